// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import Logging
internal import NIOCore
internal import NIOTLS

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One connection of a client: calls onto HTTP/2 streams, bytes to and from the socket.
final class ClientConnection: HTTP2SessionDelegate, ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A call of this connection as it begins.
  struct Request {
    var path: String
    var metadata: Metadata
    var compression: CompressionAlgorithm
    var deadline: NIODeadline?
    /// Attempts before this one, for `grpc-previous-rpc-attempts`.
    var previousAttempts: Int
    /// The only message of the call; nil where messages come later.
    var message: [UInt8]?
  }

  private let authority: String
  /// The name that the server's certificate must have; nil in clear text and for addresses.
  private let serverName: String?
  private let configuration: RPCChannelConfiguration
  private let logger: Logger
  private var session: HTTP2Session?
  private let writer = SessionWriter(output: OutputBuffer())
  private var context: ChannelHandlerContext?
  /// Open calls by stream. A stream's context is its call, retained here.
  private var calls: [Int32: ClientCall] = [:]
  private var isReading = false
  private var isFlushScheduled = false
  private var isReady = false
  private(set) var takesCalls = true
  private(set) var ended = "closed by the server"
  /// Whether any call ever began here.
  private(set) var hasCarried = false
  /// Fulfilled with the server's settings, or with what went wrong before they came.
  private let ready: EventLoopPromise<Void>
  /// Called once, when no more calls may be started here.
  var onUnusable: (() -> Void)?
  /// Fulfilled when the connection is gone.
  var onClose: EventLoopPromise<Void>? {
    didSet { if context == nil { onClose?.succeed() } }
  }

  private var timer: Scheduled<Void>?
  private var timerDue = NIODeadline.distantFuture
  private var lastRead = NIODeadline.now()
  private var hasRead = false
  private var pingDue: NIODeadline?
  private var idleSince: NIODeadline? = .now()

  init(
    authority: String, serverName: String?, configuration: RPCChannelConfiguration, ready: EventLoopPromise<Void>,
    logger: Logger
  ) {
    self.authority = authority
    self.serverName = serverName
    self.configuration = configuration
    self.ready = ready
    self.logger = logger
  }

  // MARK: - Calls

  /// - Throws: UNAVAILABLE where no call can begin here any more.
  func start(_ request: Request) throws(Status) -> ClientCall {
    guard takesCalls, let session, let context else {
      throw Status(.unavailable, "the connection to \(authority) is gone")
    }
    var headers = [
      HeaderField(":method", "POST"), HeaderField(":scheme", configuration.tls == nil ? "http" : "https"),
      HeaderField(":path", request.path), HeaderField(":authority", authority), HeaderField("te", "trailers"),
      HeaderField("content-type", "application/grpc"), HeaderField("user-agent", "grpc-swift-figures/1"),
      HeaderField("grpc-accept-encoding", CompressionAlgorithm.accepted),
    ]
    if request.compression != .identity {
      headers.append(HeaderField("grpc-encoding", request.compression.rawValue))
    }
    if let deadline = request.deadline {
      let left = max(0, (deadline - .now()).nanoseconds)
      headers.append(HeaderField("grpc-timeout", Timeout.header(.nanoseconds(left))))
    }
    if request.previousAttempts > 0 {
      headers.append(HeaderField("grpc-previous-rpc-attempts", "\(request.previousAttempts)"))
    }
    headers += request.metadata.wireFields
    let call = ClientCall(
      connection: self, eventLoop: context.eventLoop, compression: request.compression,
      messageBytesMax: configuration.messageBytesMax, headerBytesMax: configuration.headerBytesMax)
    if let message = request.message {
      try call.enqueue(message, compressed: nil)
      call.endRequest()
    }
    let stream: Int32
    do {
      stream = try session.submitRequest(
        headers, context: Unmanaged.passUnretained(call).toOpaque(), hasBody: true)
    } catch {
      becomeUnusable()
      throw Status(.unavailable, "no call can be started: \(error)")
    }
    calls[stream] = call
    hasCarried = true
    idleSince = nil
    call.began(stream: stream, deadline: request.deadline)
    scheduleFlush()
    arm()
    return call
  }

  func cancel(_ stream: Int32) {
    guard stream > 0 else { return }
    session?.reset(stream, .cancel)
    scheduleFlush()
  }

  func consume(_ count: Int, stream: Int32) {
    session?.consume(count, stream: stream)
    scheduleFlush()
  }

  /// The call has more to send, or has ended its half.
  func requestGrew(_ stream: Int32) {
    guard stream > 0 else { return }
    session?.resumeBody(stream)
    scheduleFlush()
  }

  /// Takes no more calls, and closes once the open ones have ended.
  func drain() {
    becomeUnusable()
    session?.submitGoAway(.noError)
    closeIfDone()
    flush()
  }

  func closeNow(_ reason: String) {
    becomeUnusable()
    ended = reason
    session?.submitGoAway(.noError)
    flush()
    context?.close(promise: nil)
  }

  private func becomeUnusable() {
    guard takesCalls else { return }
    takesCalls = false
    onUnusable?()
    onUnusable = nil
  }

  private func closeIfDone() {
    if !takesCalls, isReady, calls.isEmpty { context?.close(promise: nil) }
  }

  // MARK: - Life

  /// Sets the timer to the next bound of time, unless it is set to something sooner.
  private func arm() {
    guard let context else { return }
    let keepalive = calls.isEmpty && !configuration.keepaliveWithoutCalls ? nil : configuration.keepaliveTime
    let waits = [
      keepalive.map { lastRead + TimeAmount($0) }, pingDue,
      idleSince.map { $0 + TimeAmount(configuration.idleTimeout) },
    ]
    guard let next = waits.compactMap({ $0 }).min() else { return }
    if timer != nil, timerDue <= next { return }
    timer?.cancel()
    timerDue = next
    let delay = max(next - .now(), .milliseconds(10))
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
      self.timer = nil
      self.turn()
    }
  }

  private func turn() {
    let now = NIODeadline.now()
    if hasRead {
      hasRead = false
      lastRead = now
      pingDue = nil
    }
    if let pingDue, now >= pingDue { return closeNow("the server gave no sign of life (keepalive-timeout)") }
    if let idleSince, now >= idleSince + TimeAmount(configuration.idleTimeout) {
      return closeNow("no call for long (idle-timeout)")
    }
    let mayPing = !calls.isEmpty || configuration.keepaliveWithoutCalls
    if mayPing, pingDue == nil, let keepaliveTime = configuration.keepaliveTime,
      now >= lastRead + TimeAmount(keepaliveTime)
    {
      pingDue = now + TimeAmount(configuration.keepaliveTimeout)
      session?.submitPing()
      flush()
    }
    arm()
  }

  override func settingsReceived() {
    guard !isReady else { return }
    isReady = true
    ready.succeed()
    arm()
  }

  // MARK: - Channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    do {
      var limits = HTTP2Limits.client
      limits.headerListBytesMax = UInt32(clamping: configuration.headerBytesMax)
      session = try HTTP2Session(role: .client, limits: limits, delegate: self)
    } catch {
      logger.error("no HTTP/2 session", metadata: ["error": "\(error)"])
      context.close(promise: nil)
    }
  }

  func channelActive(context: ChannelHandlerContext) { flush() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session else { return }
    isReading = true
    hasRead = true
    do throws(HTTP2Error) {
      try unwrapInboundIn(data).withUnsafeReadableBytes { bytes throws(HTTP2Error) in try session.receive(bytes) }
    } catch {
      ended = error.message
      logger.debug("connection ended by a protocol error", metadata: ["error": "\(error)"])
      isReading = false
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

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
      if negotiated != "h2" {
        ended = "the server did not choose h2 by ALPN"
        context.close(promise: nil)
      } else if let serverName, !CertificateName.isValid(serverName, on: context.pipeline.syncOperations) {
        ended = "the server's certificate is not for \(serverName)"
        context.close(promise: nil)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) { end() }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  private func end() {
    guard context != nil else { return }
    context = nil
    timer?.cancel()
    timer = nil
    becomeUnusable()
    let open = calls
    calls = [:]
    for call in open.values {
      call.connectionLost(ended)
      call.detach()
    }
    session = nil
    ready.fail(Status(.unavailable, ended))
    onClose?.succeed()
    onClose = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    ended = "\(error)"
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
    if !session.wantsRead, !session.wantsWrite {
      ended = "a protocol error of the server"
      context.close(promise: nil)
    }
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
    call(context).headersEnded(endsStream: endsStream)
  }

  override func dataReceived(
    _ context: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer, endsStream: Bool
  ) {
    call(context).dataReceived(bytes)
  }

  override func endReceived(_ context: UnsafeMutableRawPointer, stream: Int32) {
    call(context).streamEnded()
  }

  override func streamClosed(_ context: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode) {
    let call = call(context)
    call.streamClosed(code)
    remove(call, stream)
  }

  override func requestNotSent(stream: Int32) {
    guard let call = calls[stream] else { return }
    call.neverSent()
    remove(call, stream)
  }

  private func remove(_ call: ClientCall, _ stream: Int32) {
    calls[stream] = nil
    call.detach()
    guard calls.isEmpty else { return }
    idleSince = .now()
    if !takesCalls, let context {
      context.eventLoop.assumeIsolated().execute { self.closeIfDone() }
    }
  }

  override func bodyAvailable(
    _ context: UnsafeMutableRawPointer, stream: Int32, limit: Int
  ) -> BodyPortion {
    let call = call(context)
    let count = min(limit, call.outgoing.count)
    let isLast = call.isRequestEnded && count == call.outgoing.count
    if count == 0, !isLast { return .later }
    return BodyPortion(count: count, end: isLast ? .withoutTrailers : .no)
  }

  override func copyBody(
    _ context: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int
  ) {
    let call = call(context)
    if let base = call.outgoing.base { memcpy(target, base, count) }
    call.outgoingSent(count)
  }

  override func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {
    ended = "the server ended the connection with GOAWAY, code \(code.rawValue)"
    becomeUnusable()
    if let context { context.eventLoop.assumeIsolated().execute { self.closeIfDone() } }
  }
}
