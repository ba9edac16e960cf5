// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RPC

@Suite struct WireTests {
  @Test(
    arguments: [
      ("1H", 3_600_000_000_000), ("2M", 120_000_000_000), ("3S", 3_000_000_000), ("4m", 4_000_000), ("5u", 5_000),
      ("6n", 6),
      ("99999999S", 99_999_999_000_000_000), ("99999999H", Int64.max), ("0n", 0),
    ] as [(String, Int64)])
  func `timeouts in every unit`(text: String, nanoseconds: Int64) {
    #expect(Array(text.utf8).withUnsafeBytes { Timeout.nanoseconds($0) } == nanoseconds)
  }

  @Test(arguments: ["", "S", "1", "123456789S", "1s", "-1S", "1 S", "1SS"])
  func `bad timeouts are refused`(text: String) {
    #expect(Array(text.utf8).withUnsafeBytes { Timeout.nanoseconds($0) } == nil)
  }

  @Test(arguments: [
    Duration.milliseconds(1), .seconds(5), .seconds(120), .seconds(200_000), .seconds(200_000_000), .zero, .seconds(-1),
  ])
  func `a timeout's header is one`(duration: Duration) throws {
    let text = Timeout.header(duration)
    let nanoseconds = try #require(Array(text.utf8).withUnsafeBytes { Timeout.nanoseconds($0) })
    let wanted = Double(max(duration, .zero).components.seconds)
    #expect(abs(Double(nanoseconds) / 1e9 - wanted) <= max(1, wanted * 0.001))
  }

  @Test(arguments: ["", "plain", "50% of it", "Ümlaut, “quotes” and\nlines", "%zz"])
  func `messages survive percent coding`(text: String) {
    #expect(PercentCoding.decode(PercentCoding.encode(text)) == text)
    #expect(PercentCoding.encode(text).allSatisfy { $0 >= 0x20 && $0 < 0x7f })
  }

  @Test func `what can't be decoded stays`() {
    #expect(PercentCoding.decode(Array("a%".utf8)) == "a%")
    #expect(PercentCoding.decode(Array("a%4".utf8)) == "a%4")
  }

  @Test func `framing finds every cut`() {
    let message: [UInt8] = [0, 0, 0, 0, 3, 1, 2, 3]
    for end in 0..<message.count {
      message[..<end].withUnsafeBytes {
        #expect(MessageFraming.head($0, messageBytesMax: 3, encoding: .identity) == .incomplete)
      }
    }
    message.withUnsafeBytes {
      #expect(
        MessageFraming.head($0, messageBytesMax: 3, encoding: .identity) == .message(length: 3, isCompressed: false))
      guard case .failed(let status) = MessageFraming.head($0, messageBytesMax: 2, encoding: .identity) else {
        Issue.record("over the limit, but taken")
        return
      }
      #expect(status.code == .resourceExhausted && status.message.contains("max-message-bytes"))
    }
    for (flag, code) in [(UInt8(1), Status.Code.internal), (2, .internal)] {
      [flag, 0, 0, 0, 0].withUnsafeBytes {
        guard case .failed(let status) = MessageFraming.head($0, messageBytesMax: 9, encoding: .identity) else {
          Issue.record("flag \(flag) taken")
          return
        }
        #expect(status.code == code)
      }
    }
  }

  @Test func `a status costs little`() {
    #expect(MemoryLayout<Status>.size <= 16)
    #expect(Status.Code.allCases.map(\.rawValue) == Array(0...16))
    #expect(Status(catching: Status.ok).code == .unknown)
    #expect(Status(catching: CancellationError()).code == .cancelled)
  }

  @Test func `backoff grows to its maximum`() {
    var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
    let delays = (0..<8).map { _ in backoff.nextDelay(random: 0) }
    #expect(delays.first == .milliseconds(100) && delays.last == .seconds(1))
    #expect(zip(delays, delays.dropFirst()).allSatisfy { $0 <= $1 })
    backoff.reset()
    #expect(backoff.nextDelay(random: 0) == .milliseconds(100))
    #expect(backoff.nextDelay(random: -1) < .milliseconds(160))
  }

  @Test func `the router finds every path and no other`() {
    var router = Router()
    let paths = (0..<100).map { "/package.Service\($0 % 7)/Method\($0)" } + ["/a.B/C"]
    for path in paths { router.immediate(path) { _, _ in .ok } }
    let table = RouteTable(router)
    for (index, path) in paths.enumerated() {
      #expect(Array(path.utf8).withUnsafeBytes { table.find($0) } == index)
      #expect(Array((path + "x").utf8).withUnsafeBytes { table.find($0) } == nil)
    }
    #expect(router.services.count == 8)
  }
}

@Suite struct MetadataTests {
  @Test func `names and values are checked`() throws {
    var metadata = Metadata()
    for name in ["", "grpc-status", ":path", "te", "content-type", "with space", "ü"] {
      #expect(throws: MetadataError.self) { try metadata.add(name, "x") }
    }
    for value in ["line\nbreak", "ü", " space", "space ", "\u{7f}"] {
      #expect(throws: MetadataError.self) { try metadata.add("x", value) }
    }
    #expect(throws: MetadataError.self) { try metadata.add("x-bin", "text") }
    #expect(throws: MetadataError.self) { try metadata.add("x", binary: [1]) }
    #expect(metadata.fields.isEmpty)
  }

  private func received(_ value: String) -> [[UInt8]]? {
    var metadata = Metadata()
    let isTaken = Array("x-bin".utf8).withUnsafeBytes { name in
      Array(value.utf8).withUnsafeBytes { metadata.addReceived(name: name, value: $0) }
    }
    return isTaken ? metadata[binary: "x-bin"] : nil
  }

  @Test func `bytes come padded or not, alone or joined`() {
    #expect(received("q6ur") == [[0xab, 0xab, 0xab]])
    #expect(received("qw==") == [[0xab]] && received("qw") == [[0xab]])
    #expect(received("q6s=") == [[0xab, 0xab]] && received("q6s") == [[0xab, 0xab]])
    #expect(received("qw,q6s=,") == [[0xab], [0xab, 0xab], []])
    #expect(received("") == [[]])
    for bad in ["q", "qw=", "q*", "qwqwq", "====", "="] { #expect(received(bad) == nil, "\(bad)") }
  }

  @Test func `base64 is its own inverse`() {
    for count in 0..<40 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
      let coded = Base64.encode(bytes)
      #expect(!coded.contains(UInt8(ascii: "=")))
      #expect(coded.withUnsafeBytes { Base64.decode($0) } == bytes)
    }
  }
}

@Suite struct CodingTests {
  @Test func `gzip is its own inverse, and every cut is seen`() throws {
    let message = (0..<5000).map { UInt8(truncatingIfNeeded: $0 * $0) }
    let coded = try Gzip.compress(message)
    #expect(try coded.withUnsafeBytes { try Gzip.inflate($0, messageBytesMax: 5000) } == message)
    for end in 0..<coded.count {
      #expect(throws: Status.self) {
        try coded[..<end].withUnsafeBytes { try Gzip.inflate($0, messageBytesMax: 5000) }
      }
    }
    #expect(throws: Status.self) { try (coded + [0]).withUnsafeBytes { try Gzip.inflate($0, messageBytesMax: 5000) } }
    #expect(throws: Status.self) { try coded.withUnsafeBytes { try Gzip.inflate($0, messageBytesMax: 4999) } }
    #expect(try Gzip.compress([]).withUnsafeBytes { try Gzip.inflate($0, messageBytesMax: 0) } == [])
  }

  @Test func `messages are found however their bytes are cut`() throws {
    let messages: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 3000), [2, 3]]
    var wire = RawBuffer()
    defer { wire.free() }
    for message in messages { try MessageFraming.append(message, compressed: message.count > 100, to: &wire) }
    for step in [1, 2, 3, 5, 7, 100] {
      var reader = MessageReader(messageBytesMax: 3000)
      reader.encoding = .gzip
      defer { reader.free() }
      var found: [[UInt8]] = []
      var consumed = 0
      for start in stride(from: 0, to: wire.count, by: step) {
        let piece = UnsafeRawBufferPointer(rebasing: wire.bytes[start..<min(start + step, wire.count)])
        #expect(reader.append(piece) == nil)
        while true {
          let next = try reader.next()
          consumed += next.consumed
          guard let message = next.message else { break }
          #expect(message.wasCompressed == (message.bytes.count > 100))
          found.append(message.bytes)
        }
      }
      #expect(found == messages)
      #expect(consumed == wire.count && !reader.isInsideMessage)
    }
  }

  @Test func `a buffer keeps its bytes through every use`() {
    var buffer = RawBuffer()
    defer { buffer.free() }
    var model: [UInt8] = []
    var random = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      if Bool.random(using: &random) {
        let added = (0..<Int.random(in: 0...900, using: &random)).map { _ in UInt8.random(in: 0...255) }
        buffer.append(added)
        model += added
      } else {
        let dropped = Int.random(in: 0...model.count, using: &random)
        buffer.removeFirst(dropped)
        model.removeFirst(dropped)
      }
      #expect(Array(buffer.bytes) == model)
    }
  }

  @Test func `a long message is cut at a character`() {
    let coded = PercentCoding.encode(String(repeating: "ü", count: 10_000))
    #expect(coded.count <= PercentCoding.encodedBytesMax)
    let text = PercentCoding.decode(coded)
    #expect(text.hasSuffix("...") && text.dropLast(3).allSatisfy { $0 == "ü" })
  }

  @Test func `protobuf fields are read, and every cut is seen or harmless`() throws {
    var writer = ProtoWriter()
    writer.write(1, UInt64.max)
    writer.write(2, "text")
    writer.write(200, [UInt8](repeating: 1, count: 300))
    var reader = ProtoReader(writer.bytes[...])
    var numbers: [Int] = []
    while let field = try reader.next() { numbers.append(field.number) }
    #expect(numbers == [1, 2, 200])
    for end in 0..<writer.bytes.count {
      var reader = ProtoReader(writer.bytes[..<end])
      while let _ = try? reader.next() {}
    }
    for bad in [
      [0x00, 0x01], [0x0b], [0x0a, 0x05, 1], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
    ]
      as [[UInt8]]
    {
      var reader = ProtoReader(bad[...])
      #expect(throws: Status.self) { try reader.next() }
    }
  }

  @Test func `retries pause within their bounds, and end`() {
    var policy = RetryPolicy()
    #expect(policy.pause(after: 1, random: 1) == .milliseconds(100))
    #expect(policy.pause(after: 3, random: 1) == .milliseconds(400))
    #expect(policy.pause(after: 20, random: 1) == .seconds(2))
    policy.attemptsMax = 2
    var attempts = Attempts(policy: policy, budget: RetryBudget(policy), isIdempotent: true)
    let status = Status(.unavailable, "")
    #expect(attempts.next(after: Status(.internal, ""), isUnprocessed: false, pushback: nil) == nil)
    #expect(attempts.next(after: status, isUnprocessed: false, pushback: 7) == .milliseconds(7))
    #expect(attempts.next(after: status, isUnprocessed: false, pushback: nil) == nil)
    #expect(attempts.next(after: status, isUnprocessed: true, pushback: nil) == .zero)
    var never = Attempts(policy: .never, budget: RetryBudget(.never), isIdempotent: true)
    #expect(never.next(after: status, isUnprocessed: true, pushback: nil) == nil)
  }
}

@Suite struct CertificateNameTests {
  @Test func `names match label by label`() {
    #expect(CertificateName.matches("a.example", "A.Example"))
    #expect(CertificateName.matches("*.a.example", "b.a.example"))
    for (pattern, name) in [
      ("*.a.example", "a.example"), ("*.a.example", "c.b.a.example"), ("*.example", "a.example"), ("*", "a"),
      ("b*.a.example", "bc.a.example"), ("a.example", "b.example"), ("*.a.example", ".a.example"),
    ] { #expect(!CertificateName.matches(pattern, name)) }
  }
}
