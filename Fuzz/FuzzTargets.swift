// SPDX-License-Identifier: Apache-2.0

// What a peer's bytes meet first, fed with whatever libFuzzer makes up. Built by scripts/fuzz.sh; the
// environment variable FUZZ_TARGET chooses: server, client or messages.

internal import Glibc
internal import HTTP2

/// Any answer, to whatever comes: the session must neither crash nor hang nor leak.
final class Echo: HTTP2SessionDelegate {
  var session: HTTP2Session?
  private var open: Set<Int32> = []
  private static let reply = PreparedHeaders([HeaderField(":status", "200")])
  private static let trailers = PreparedHeaders([HeaderField("grpc-status", "0")])

  override func streamOpened(_ stream: Int32) -> UnsafeMutableRawPointer {
    open.insert(stream)
    guard let context = UnsafeMutableRawPointer(bitPattern: Int(stream)) else { fatalError("a stream has a number") }
    return context
  }

  override func headersEnded(
    _ context: UnsafeMutableRawPointer, stream: Int32, endsStream: Bool, isTrailers: Bool
  ) {
    if endsStream, open.contains(stream) { session?.submitResponse(stream, Self.reply, hasBody: true) }
  }

  override func dataReceived(
    _ context: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer, endsStream: Bool
  ) {
    session?.consume(bytes.count, stream: stream)
  }

  override func endReceived(_ context: UnsafeMutableRawPointer, stream: Int32) {
    if open.contains(stream) { session?.submitResponse(stream, Self.reply, hasBody: true) }
  }

  override func streamClosed(_ context: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode) {
    open.remove(stream)
    session?.countClosed(wasResetEarly: code != .noError)
  }

  override func bodyAvailable(_ context: UnsafeMutableRawPointer, stream: Int32, limit: Int) -> BodyPortion {
    if open.contains(stream) { session?.submitTrailers(stream, Self.trailers) }
    return BodyPortion(count: min(limit, 5), end: .withTrailers)
  }

  override func copyBody(_ context: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int) {
    memset(target, 0, count)
  }
}

func fuzzSession(_ role: HTTP2Session.Role, _ input: UnsafeRawBufferPointer) {
  let echo = Echo()
  guard let session = try? HTTP2Session(role: role, limits: HTTP2Limits(), delegate: echo) else { return }
  echo.session = session
  defer { echo.session = nil }
  let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 1)
  defer { target.deallocate() }
  func drain() throws { while !(try session.drain(into: target).isDone) {} }
  do {
    if role == .server {
      try Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8).withUnsafeBytes { try session.receive($0) }
    } else {
      for stream in [1, 3] {
        let headers = [
          HeaderField(":method", "POST"), HeaderField(":scheme", "http"), HeaderField(":path", "/"),
          HeaderField(":authority", "a"),
        ]
        if let context = UnsafeMutableRawPointer(bitPattern: stream) {
          _ = try session.submitRequest(headers, context: context, hasBody: true)
        }
      }
    }
    try drain()
    // The first byte says into how small pieces the rest is cut.
    let step = max(1, Int(input.first ?? 1) * 8)
    var rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    while !rest.isEmpty {
      try session.receive(UnsafeRawBufferPointer(rebasing: rest.prefix(step)))
      try drain()
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step))
    }
  } catch {
    // What is wrong ends the session; what it says about it still goes out.
    try? drain()
  }
}

func fuzzMessages(_ input: UnsafeRawBufferPointer) {
  var reader = MessageReader(messageBytesMax: 100_000)
  defer { reader.free() }
  reader.encoding = (input.first ?? 0) & 1 == 0 ? .identity : .gzip
  let step = max(1, Int(input.first ?? 1) >> 1)
  var rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  while !rest.isEmpty, reader.append(UnsafeRawBufferPointer(rebasing: rest.prefix(step))) == nil {
    while let next = try? reader.next(), let message = next.message {
      precondition(message.bytes.count <= 100_000, "over the bound")
      var fields = ProtoReader(message.bytes[...])
      while let _ = try? fields.next() {}
    }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(step))
  }
  let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  _ = try? Gzip.inflate(bytes, messageBytesMax: 100_000)
  if let decoded = Base64.decode(bytes) {
    precondition(decoded.count <= bytes.count, "base64 grew")
  }
  _ = PercentCoding.decode(bytes)
  _ = Timeout.nanoseconds(bytes)
  _ = CompressionAlgorithm.acceptsGzip(bytes)
  _ = try? Status(.unknown, "", details: Array(bytes)).decodedDetails()
  var metadata = Metadata()
  _ = Array("x-bin".utf8).withUnsafeBytes { metadata.addReceived(name: $0, value: bytes) }
}

let target = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? "server"

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  switch target {
  case "client": fuzzSession(.client, input)
  case "messages": fuzzMessages(input)
  default: fuzzSession(.server, input)
  }
  return 0
}
