// SPDX-License-Identifier: Apache-2.0

import HTTP2
import Testing

/// One side of a connection in memory: notes what it is told, sends one body.
private final class Side: HTTP2SessionDelegate {
  var events: [String] = []
  var received: [Int32: [UInt8]] = [:]
  /// The stream of each DATA frame.
  var order: [Int32] = []
  var body: [UInt8] = []
  var sent = 0
  var endsWithTrailers = false
  var session: HTTP2Session?
  private var contexts: [UnsafeMutableRawPointer] = []

  deinit { for context in contexts { context.deallocate() } }

  func context() -> UnsafeMutableRawPointer {
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    contexts.append(pointer)
    return pointer
  }

  override func streamOpened(_ stream: Int32) -> UnsafeMutableRawPointer {
    events.append("opened \(stream)")
    return context()
  }

  override func headerReceived(
    _ context: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) {
    events.append("\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self))")
  }

  override func headersEnded(_ context: UnsafeMutableRawPointer, stream: Int32, endsStream: Bool, isTrailers: Bool) {
    events.append(isTrailers ? "trailers \(stream)" : "headers \(stream)")
  }

  override func dataReceived(
    _ context: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer, endsStream: Bool
  ) {
    received[stream, default: []] += Array(bytes)
    order.append(stream)
    session?.consume(bytes.count, stream: stream)
  }

  override func endReceived(_ context: UnsafeMutableRawPointer, stream: Int32) { events.append("end \(stream)") }

  override func streamClosed(_ context: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode) {
    events.append("closed \(stream) \(code.rawValue)")
  }

  override func bodyAvailable(_ context: UnsafeMutableRawPointer, stream: Int32, limit: Int) -> BodyPortion {
    let count = min(limit, body.count - sent)
    guard sent + count == body.count else { return BodyPortion(count: count, end: .no) }
    guard endsWithTrailers else { return BodyPortion(count: count, end: .withoutTrailers) }
    session?.submitTrailers(stream, [HeaderField("grpc-status", "0")])
    return BodyPortion(count: count, end: .withTrailers)
  }

  override func copyBody(_ context: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int) {
    body[sent..<sent + count].withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: target, count: count).copyMemory(from: $0)
    }
    sent += count
  }

  override func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {
    events.append("goaway \(lastStream) \(code.rawValue)")
  }
  override func pingAcknowledged() { events.append("ping") }
}

private struct Pair {
  let client = Side(), server = Side()
  let chunk: Int

  init(chunk: Int) throws {
    self.chunk = chunk
    client.session = try HTTP2Session(role: .client, limits: HTTP2Limits(), delegate: client)
    server.session = try HTTP2Session(role: .server, limits: HTTP2Limits(), delegate: server)
  }

  /// Carries bytes both ways until both sides are quiet.
  func exchange() throws {
    while true {
      let moved = try move(client, server) + move(server, client)
      if moved == 0 { return }
    }
  }

  private func move(_ from: Side, _ to: Side) throws -> Int {
    var total = 0
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    var isDone = false
    while !isDone {
      let (count, done) = try buffer.withUnsafeMutableBytes { try #require(from.session).drain(into: $0) }
      isDone = done
      total += count
      var start = 0
      while start < count {
        let end = min(count, start + chunk)
        try buffer[start..<end].withUnsafeBytes { try #require(to.session).receive($0) }
        start = end
      }
      if count == 0 { break }
    }
    return total
  }
}

@Suite struct SessionTests {
  @Test(arguments: [1, 7, 65_536])
  func `a call goes there and back, however its bytes are cut`(chunk: Int) throws {
    let pair = try Pair(chunk: chunk)
    pair.client.body = Array("request".utf8)
    pair.server.body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }  // beyond the first window
    pair.server.endsWithTrailers = true
    let stream = try #require(pair.client.session).submitRequest(
      [
        HeaderField(":method", "POST"), HeaderField(":scheme", "http"), HeaderField(":path", "/a/b"),
        HeaderField(":authority", "x"),
      ],
      context: pair.client.context(), hasBody: true)
    try pair.exchange()
    #expect(pair.server.received[stream] == Array("request".utf8))
    #expect(pair.server.events.contains(":path=/a/b") && pair.server.events.contains("end \(stream)"))
    try #require(pair.server.session).submitResponse(stream, [HeaderField(":status", "200")], hasBody: true)
    try pair.exchange()
    #expect(pair.client.received[stream] == pair.server.body)
    #expect(pair.client.events.contains("grpc-status=0") && pair.client.events.contains("trailers \(stream)"))
    #expect(pair.client.events.last == "closed \(stream) 0")
    #expect(pair.server.events.last == "closed \(stream) 0")
  }

  @Test func `long bodies take turns`() throws {
    let pair = try Pair(chunk: 65_536)
    pair.server.body = [UInt8](repeating: 1, count: 60_000)
    let headers = [
      HeaderField(":method", "GET"), HeaderField(":scheme", "http"), HeaderField(":path", "/"),
      HeaderField(":authority", "x"),
    ]
    let client = try #require(pair.client.session), server = try #require(pair.server.session)
    let streams = try (0..<2).map { _ in
      try client.submitRequest(headers, context: pair.client.context(), hasBody: false)
    }
    try pair.exchange()
    for stream in streams { server.submitResponse(stream, [HeaderField(":status", "200")], hasBody: true) }
    try pair.exchange()
    let first = pair.client.order.prefix(4)
    #expect(first.count { $0 == streams[0] } == 2, "\(pair.client.order)")
  }

  @Test func `a reset reaches the other side with its code`() throws {
    let pair = try Pair(chunk: 1000)
    let stream = try #require(pair.client.session).submitRequest(
      [
        HeaderField(":method", "POST"), HeaderField(":scheme", "http"), HeaderField(":path", "/"),
        HeaderField(":authority", "x"),
      ],
      context: pair.client.context(), hasBody: false)
    try pair.exchange()
    pair.server.session?.reset(stream, .cancel)
    try pair.exchange()
    #expect(pair.client.events.last == "closed \(stream) 8")
  }

  @Test func `goaway and ping arrive`() throws {
    let pair = try Pair(chunk: 1000)
    pair.server.session?.submitShutdownNotice()
    pair.server.session?.submitPing()
    try pair.exchange()
    #expect(pair.client.events.contains("goaway 2147483647 0"))
    #expect(pair.server.events.contains("ping"))
  }

  @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"])
  func `what is no HTTP/2 is an error of the peer`(text: String) throws {
    let side = Side()
    let session = try HTTP2Session(role: .server, limits: HTTP2Limits(), delegate: side)
    let error = #expect(throws: HTTP2Error.self) { try Array(text.utf8).withUnsafeBytes { try session.receive($0) } }
    #expect(error?.initiator == .remote && error?.scope == .connection)
  }
}
