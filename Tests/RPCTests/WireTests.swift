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
      message[..<end].withUnsafeBytes { #expect(MessageFraming.head($0, messageBytesMax: 3, encoding: .identity) == .incomplete) }
    }
    message.withUnsafeBytes {
      #expect(MessageFraming.head($0, messageBytesMax: 3, encoding: .identity) == .message(length: 3, isCompressed: false))
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
    let paths = (0..<100).map { "/package.Service\($0 % 7)/Method\($0)" }
    for path in paths { router.immediate(path) { _, _ in .ok } }
    for (index, path) in paths.enumerated() {
      #expect(Array(path.utf8).withUnsafeBytes { router.find($0) } == index)
      #expect(Array((path + "x").utf8).withUnsafeBytes { router.find($0) } == nil)
    }
    #expect(router.services.count == 7)
  }
}
