// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import Logging
internal import NIOCore

/// One connection of a client: calls onto HTTP/2 streams, bytes to and from the socket.
final class ClientConnection: HTTP2SessionDelegate, ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let authority: String
  private let messageBytesMax: Int
  private let logger: Logger
  private var session: HTTP2Session?
  private let writer = SessionWriter()
  private var context: ChannelHandlerContext?
  /// Open calls by stream. A stream's context is its call, retained here.
  private var calls: [Int32: ClientCall] = [:]
  private var isReading = false
  private var isFlushScheduled = false
  private var takesCalls = true
  /// Called once, when no more calls may be started here.
  var onUnusable: (() -> Void)?

  init(authority: String, messageBytesMax: Int, logger: Logger) {
    self.authority = authority
    self.messageBytesMax = messageBytesMax
    self.logger = logger
  }

  // MARK: - Calls

  func start(
    path: String, request: [UInt8], options: CallOptions, deadline: NIODeadline?
  ) throws -> ClientCall {
    guard takesCalls, let session, let context else {
      throw Status(.unavailable, "the connection to \(authority) is gone")
    }
    var headers = [
      HeaderField(":method", "POST"), HeaderField(":scheme", "http"), HeaderField(":path", path),
      HeaderField(":authority", authority), HeaderField("te", "trailers"),
      HeaderField("content-type", "application/grpc"), HeaderField("user-agent", "figures-swift/1"),
    ]
    if let timeout = options.timeout {
      headers.append(HeaderField("grpc-timeout", Timeout.header(timeout)))
    }
    headers += options.metadata.fields
    let call = ClientCall(
      connection: self, eventLoop: context.eventLoop, message: request,
      messageBytesMax: messageBytesMax)
    let stream: Int32
    do {
      stream = try session.submitRequest(
        headers, context: Unmanaged.passUnretained(call).toOpaque(), hasBody: true)
    } catch {
      throw Status(.unavailable, "no call can be started: \(error)")
    }
    calls[stream] = call
    call.began(stream: stream, deadline: deadline)
    scheduleFlush()
    return call
  }

  func cancel(_ stream: Int32) {
    session?.reset(stream, .cancel)
    scheduleFlush()
  }

  func consume(_ count: Int, stream: Int32) {
    session?.consume(count, stream: stream)
    scheduleFlush()
  }

  func close() -> EventLoopFuture<Void> {
    guard let context else { preconditionFailure("closed before it was added") }
    session?.submitGoAway(.noError)
    flush()
    return context.close()
  }

  private func becomeUnusable() {
    guard takesCalls else { return }
    takesCalls = false
    onUnusable?()
    onUnusable = nil
  }

  // MARK: - Channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    do {
      session = try HTTP2Session(role: .client, limits: HTTP2Limits(), delegate: self)
    } catch {
      logger.error("no HTTP/2 session", metadata: ["error": "\(error)"])
      context.close(promise: nil)
    }
  }

  func channelActive(context: ChannelHandlerContext) { flush() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session else { return }
    isReading = true
    do {
      try unwrapInboundIn(data).withUnsafeReadableBytes { try session.receive($0) }
    } catch {
      logger.debug("connection ended by a protocol error", metadata: ["error": "\(error)"])
      flush()
      context.close(promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { flush() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    becomeUnusable()
    let open = calls
    calls = [:]
    for call in open.values {
      call.connectionLost()
      call.detach()
    }
    session = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  private func scheduleFlush() {
    guard !isReading, !isFlushScheduled, let context else { return }
    isFlushScheduled = true
    context.eventLoop.assumeIsolated().execute {
      self.isFlushScheduled = false
      self.flush()
    }
  }

  private func flush() {
    guard let context, let session, context.channel.isActive else { return }
    do {
      try writer.write(session, to: context)
    } catch {
      logger.debug("connection ended while sending", metadata: ["error": "\(error)"])
      context.close(promise: nil)
      return
    }
    if !session.wantsRead, !session.wantsWrite { context.close(promise: nil) }
  }

  // MARK: - Session

  private func call(_ raw: UnsafeMutableRawPointer) -> ClientCall {
    Unmanaged<ClientCall>.fromOpaque(raw).takeUnretainedValue()
  }

  override func streamOpened(_ stream: Int32) -> UnsafeMutableRawPointer {
    preconditionFailure("a client's session opens no streams for the server")
  }

  override func headerReceived(
    _ context: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) {
    call(context).headerReceived(name: name, value: value)
  }

  override func headersEnded(
    _ context: UnsafeMutableRawPointer, stream: Int32, endsStream: Bool, isTrailers: Bool
  ) {
    if endsStream { call(context).streamEnded() }
  }

  override func dataReceived(
    _ context: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer
  ) {
    call(context).dataReceived(bytes)
  }

  override func endReceived(_ context: UnsafeMutableRawPointer, stream: Int32) {
    call(context).streamEnded()
  }

  override func streamClosed(_ context: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode) {
    let call = call(context)
    calls[stream] = nil
    call.streamClosed(code)
    call.detach()
  }

  override func bodyAvailable(
    _ context: UnsafeMutableRawPointer, stream: Int32, limit: Int
  ) -> BodyPortion {
    let rest = call(context).remainingRequest
    let count = min(limit, rest)
    return BodyPortion(count: count, end: count == rest ? .withoutTrailers : .no)
  }

  override func copyBody(
    _ context: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int
  ) {
    call(context).copyRequest(into: target, count: count)
  }

  override func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) { becomeUnusable() }

  override func pingAcknowledged() {}
}
