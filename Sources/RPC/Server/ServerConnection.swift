// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import Logging
internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One connection of the server: bytes from the socket into the HTTP/2 session, calls to handlers,
/// replies back.
///
/// How a call goes, once its connection stands: one read from the socket goes into one
/// `receive`; immediate handlers run inside it and leave their reply in the stream's buffer; when the
/// socket has no more for now, everything that is to be sent is drained into one buffer and written
/// once. No object is made for a call of an immediate handler.
final class ServerConnection: HTTP2SessionDelegate, ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let router: Router
  private let configuration: RPCServerConfiguration
  private let loop: Int
  private let executor: LoopExecutor
  private let logger: Logger

  private var session: HTTP2Session?
  private var context: ChannelHandlerContext?
  private let writer = SessionWriter()
  /// Every stream state that was made here, in use or free.
  private var allStreams: [UnsafeMutablePointer<ServerStream>] = []
  private var freeStreams: UnsafeMutablePointer<ServerStream>?
  private var calls: [Int32: ServerCall] = [:]
  private var openStreams = 0
  private var isReading = false
  private var isFlushScheduled = false
  private var drainPhase = DrainPhase.no

  private enum DrainPhase { case no, noticeSent, goAwaySent }

  init(
    router: Router, configuration: RPCServerConfiguration, loop: Int, executor: LoopExecutor,
    logger: Logger
  ) {
    self.router = router
    self.configuration = configuration
    self.loop = loop
    self.executor = executor
    self.logger = logger
  }

  deinit {
    for stream in allStreams {
      // nghttp2 does not close the streams of a session that is deleted.
      stream.pointee.call?.release()
      stream.pointee.free()
      stream.deallocate()
    }
  }

  // MARK: - Channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    do {
      session = try HTTP2Session(role: .server, limits: configuration.http2, delegate: self)
    } catch {
      logger.error("no HTTP/2 session", metadata: ["error": "\(error)"])
      context.close(promise: nil)
    }
  }

  func channelActive(context: ChannelHandlerContext) { flush() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session else { return }
    isReading = true
    let bytes = unwrapInboundIn(data)
    do {
      try bytes.withUnsafeReadableBytes { pointer in try session.receive(pointer) }
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

  func channelInactive(context: ChannelHandlerContext) { end() }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  private func end() {
    guard context != nil else { return }
    let open = calls
    calls = [:]
    for call in open.values { call.streamClosed() }
    context = nil
    session = nil
  }

  // MARK: - Sending

  /// Sends all that waits, in as few writes as the socket takes.
  func flush() {
    guard let context, let session else { return }
    do {
      try writer.write(session, to: context)
    } catch {
      logger.debug("connection ended while sending", metadata: ["error": "\(error)"])
      context.close(promise: nil)
      return
    }
    if isOver(session) { context.close(promise: nil) }
  }

  private func isOver(_ session: HTTP2Session) -> Bool {
    if drainPhase == .goAwaySent, openStreams == 0, !session.wantsWrite { return true }
    return !session.wantsRead && !session.wantsWrite
  }

  /// Flushes at the end of the read that is under way, or else in the loop's next turn.
  func scheduleFlush() {
    guard !isReading, !isFlushScheduled, let context else { return }
    isFlushScheduled = true
    context.eventLoop.assumeIsolated().execute {
      self.isFlushScheduled = false
      self.flush()
    }
  }

  func consume(_ count: Int, stream: Int32) {
    session?.consume(count, stream: stream)
    scheduleFlush()
  }

  func resumeBody(_ stream: Int32) { session?.resumeBody(stream) }

  func sendHeaders(_ stream: Int32) {
    session?.submitResponse(stream, ReplyHeaders.ok, hasBody: true)
  }

  func sendTrailersOnly(_ stream: Int32, status: Status, trailers: Metadata) {
    session?.submitResponse(
      stream, ReplyHeaders.fields(status: status, trailers: trailers, isTrailersOnly: true),
      hasBody: false)
  }

  // MARK: - Drain

  /// Says that no new calls are taken, lets the open ones end, then closes.
  func drain() {
    guard drainPhase == .no, let session, let context else { return }
    drainPhase = .noticeSent
    session.submitShutdownNotice()
    // The peer answers the PING after it has seen the notice: only then is the last stream known.
    session.submitPing()
    flush()
    context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(1)) { self.sendGoAway() }
  }

  override func pingAcknowledged() {
    if drainPhase == .noticeSent { sendGoAway() }
  }

  private func sendGoAway() {
    guard drainPhase == .noticeSent, let session else { return }
    drainPhase = .goAwaySent
    session.submitGoAway(.noError)
    if isReading { return }
    flush()
  }

  override func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}

  func closeNow() { context?.close(promise: nil) }

  // MARK: - Streams

  private typealias Pointer = UnsafeMutablePointer<ServerStream>

  override func streamOpened(_ stream: Int32) -> UnsafeMutableRawPointer {
    let pointer: Pointer
    if let free = freeStreams {
      freeStreams = free.pointee.nextFree
      pointer = free
    } else {
      pointer = .allocate(capacity: 1)
      pointer.initialize(to: ServerStream())
      allStreams.append(pointer)
    }
    pointer.pointee.id = stream
    openStreams += 1
    return UnsafeMutableRawPointer(pointer)
  }

  override func streamClosed(
    _ raw: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode
  ) {
    let pointer = raw.assumingMemoryBound(to: ServerStream.self)
    if let call = pointer.pointee.call {
      pointer.pointee.call = nil
      calls[stream] = nil
      call.takeUnretainedValue().streamClosed()
      call.release()
    }
    pointer.pointee.reset()
    pointer.pointee.nextFree = freeStreams
    freeStreams = pointer
    openStreams -= 1
  }

  override func headerReceived(
    _ raw: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) {
    let stream = raw.assumingMemoryBound(to: ServerStream.self)
    guard stream.pointee.phase == .headers else { return }  // trailers of a request carry nothing
    switch (name.count, name[0]) {
    case (5, UInt8(ascii: ":")) where name[1] == UInt8(ascii: "p"):
      stream.pointee.hasPath = value.first == UInt8(ascii: "/")
      stream.pointee.route = Int32(router.find(value) ?? -1)
      // Kept for the message that names an unknown method.
      if stream.pointee.route < 0 {
        stream.pointee.reply.clear()
        stream.pointee.reply.buffer.append(UnsafeRawBufferPointer(rebasing: value.prefix(256)))
      }
    case (7, UInt8(ascii: ":")) where name[1] == UInt8(ascii: "m"):
      stream.pointee.isPost = value.equals("POST")
    case (_, UInt8(ascii: ":")):
      break
    case (12, UInt8(ascii: "c")) where name.equals("content-type"):
      stream.pointee.isGRPC = Self.isGRPC(value)
    case (2, UInt8(ascii: "t")) where name[1] == UInt8(ascii: "e"):
      break
    case (12, UInt8(ascii: "g")) where name.equals("grpc-timeout"):
      if let nanoseconds = Timeout.nanoseconds(value) {
        stream.pointee.timeout = nanoseconds
      } else {
        stream.pointee.hasBadTimeout = true
      }
    case (13, UInt8(ascii: "g")) where name.equals("grpc-encoding"):
      stream.pointee.isCompressed = !value.equals("identity")
    default:
      if !Metadata.isReserved(name) { stream.pointee.addMetadata(name: name, value: value) }
    }
  }

  /// `application/grpc`, alone or followed by `+` or `;`.
  private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
    guard value.hasPrefix("application/grpc") else { return false }
    return value.count == 16 || value[16] == UInt8(ascii: "+") || value[16] == UInt8(ascii: ";")
  }

  override func headersEnded(
    _ raw: UnsafeMutableRawPointer, stream: Int32, endsStream: Bool, isTrailers: Bool
  ) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    if isTrailers {
      if endsStream { endReceived(raw, stream: stream) }
      return
    }
    guard state.pointee.isPost else { return reject(state, http: 405) }
    guard state.pointee.isGRPC else { return reject(state, http: 415) }
    guard state.pointee.route >= 0 else {
      let path = String(decoding: state.pointee.reply.buffer.bytes, as: UTF8.self)
      state.pointee.reply.clear()
      let known = router.services.joined(separator: ", ")
      return reject(
        state, Status(.unimplemented, "unknown method \(path); services here: \(known)"))
    }
    if state.pointee.hasBadTimeout {
      return reject(
        state,
        Status(.invalidArgument, "grpc-timeout is not 1 to 8 digits and a unit (H, M, S, m, u, n)"))
    }
    if state.pointee.isCompressed {
      return reject(
        state, Status(.unimplemented, "grpc-encoding is not supported; supported: identity"))
    }
    switch router.routes[Int(state.pointee.route)].handler {
    case .immediate:
      state.pointee.phase = .collecting
    case .streaming(let handler):
      state.pointee.phase = .streaming
      start(state, handler)
    }
    if endsStream { endReceived(raw, stream: stream) }
  }

  private func start(_ state: Pointer, _ handler: @escaping StreamingHandler) {
    guard let context else { return }
    let route = router.routes[Int(state.pointee.route)]
    let call = ServerCall(
      connection: self, stream: state.pointee.id, path: String(decoding: route.path, as: UTF8.self),
      metadata: state.pointee.decodedMetadata(), timeout: state.pointee.timeout,
      messageBytesMax: configuration.messageBytesMax, eventLoop: context.eventLoop)
    state.pointee.call = .passRetained(call)
    calls[state.pointee.id] = call
    call.start(handler, executor: executor)
  }

  override func dataReceived(
    _ raw: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer
  ) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    switch state.pointee.phase {
    case .headers, .replied:
      session?.consume(bytes.count, stream: stream)
    case .collecting:
      session?.consume(bytes.count, stream: stream)
      state.pointee.request.append(bytes)
      let head = MessageFraming.head(
        state.pointee.request.bytes, messageBytesMax: configuration.messageBytesMax)
      if case .failed(let status) = head { reject(state, status) }
    case .streaming:
      state.pointee.call?.takeUnretainedValue().dataReceived(bytes)
    }
  }

  override func endReceived(_ raw: UnsafeMutableRawPointer, stream: Int32) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    switch state.pointee.phase {
    case .headers, .replied: break
    case .collecting: answer(state)
    case .streaming: state.pointee.call?.takeUnretainedValue().endReceived()
    }
  }

  /// Runs an immediate handler and submits its reply.
  private func answer(_ state: Pointer) {
    guard
      case .immediate(let handler) = router.routes[Int(state.pointee.route)].handler
    else { return }
    let request = state.pointee.request.bytes
    switch MessageFraming.head(request, messageBytesMax: configuration.messageBytesMax) {
    case .failed(let status): return reject(state, status)
    case .incomplete:
      let text =
        request.count == 0
        ? "the call has no request message; this method takes one"
        : "the request stream ended inside a message"
      return reject(state, Status(request.count == 0 ? .invalidArgument : .internal, text))
    case .message(let length):
      let whole = MessageFraming.prefixBytes + length
      guard request.count == whole else {
        return reject(
          state,
          Status(
            .invalidArgument, "the call has more than one request message; this method takes one"))
      }
      _ = state.pointee.reply.buffer.reserve(MessageFraming.prefixBytes)
      state.pointee.reply.buffer.advance(MessageFraming.prefixBytes)
      let call = ImmediateCall(
        message: UnsafeRawBufferPointer(rebasing: request[MessageFraming.prefixBytes..<whole]),
        loop: loop)
      let status = handler(call, &state.pointee.reply)
      guard status.isOK else {
        state.pointee.reply.clear()
        return reject(state, status)
      }
      if let base = state.pointee.reply.buffer.base {
        MessageFraming.writePrefix(
          base, length: state.pointee.reply.count - MessageFraming.prefixBytes)
      }
      state.pointee.phase = .replied
      session?.submitResponse(state.pointee.id, ReplyHeaders.ok, hasBody: true)
    }
  }

  /// Answers with a status and no message. A peer that is still sending is told to stop.
  private func reject(_ state: Pointer, _ status: Status) {
    state.pointee.phase = .replied
    sendTrailersOnly(state.pointee.id, status: status, trailers: Metadata())
  }

  /// Answers what is not gRPC at all in plain HTTP.
  private func reject(_ state: Pointer, http: Int) {
    state.pointee.phase = .replied
    let text =
      http == 405
      ? "gRPC calls use POST\n" : "this server speaks gRPC: content-type application/grpc\n"
    state.pointee.reply.buffer.append(Array(text.utf8))
    session?.submitResponse(
      state.pointee.id,
      [
        HeaderField(":status", "\(http)"), HeaderField("content-type", "text/plain; charset=utf-8"),
        HeaderField("content-length", "\(text.utf8.count)"),
      ], hasBody: true)
  }

  override func bodyAvailable(
    _ raw: UnsafeMutableRawPointer, stream: Int32, limit: Int
  ) -> BodyPortion {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    if let unmanaged = state.pointee.call {
      let call = unmanaged.takeUnretainedValue()
      let count = min(limit, call.outgoing.count)
      let isLast = call.isBodyComplete && count == call.outgoing.count
      if count == 0, !isLast { return .later }
      if isLast, let outcome = call.outcome {
        session?.submitTrailers(
          stream,
          ReplyHeaders.fields(
            status: outcome, trailers: call.trailerFields(), isTrailersOnly: false))
      }
      return BodyPortion(count: count, end: isLast ? .withTrailers : .no)
    }
    let rest = state.pointee.reply.count - state.pointee.replySent
    let count = min(limit, rest)
    guard count == rest else { return BodyPortion(count: count, end: .no) }
    guard state.pointee.isPost, state.pointee.isGRPC else {
      return BodyPortion(count: count, end: .withoutTrailers)
    }
    session?.submitTrailers(stream, ReplyHeaders.okTrailers)
    return BodyPortion(count: count, end: .withTrailers)
  }

  override func copyBody(
    _ raw: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int
  ) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    if let unmanaged = state.pointee.call {
      let call = unmanaged.takeUnretainedValue()
      if let base = call.outgoing.base { memcpy(target, base, count) }
      call.outgoingSent(count)
      return
    }
    let sent = state.pointee.replySent
    let own = max(0, min(count, state.pointee.reply.buffer.count - sent))
    if own > 0, let base = state.pointee.reply.buffer.base { memcpy(target, base + sent, own) }
    if count > own, let base = state.pointee.reply.shared.baseAddress {
      memcpy(target + own, base + (sent + own - state.pointee.reply.buffer.count), count - own)
    }
    state.pointee.replySent += count
  }
}

/// Header lists of replies.
enum ReplyHeaders {
  static let ok = PreparedHeaders([
    HeaderField(":status", "200"), HeaderField("content-type", "application/grpc"),
  ])
  static let okTrailers = PreparedHeaders([HeaderField("grpc-status", "0")])

  static func fields(status: Status, trailers: Metadata, isTrailersOnly: Bool) -> [HeaderField] {
    var fields: [HeaderField] = []
    if isTrailersOnly {
      fields.append(HeaderField(":status", "200"))
      fields.append(HeaderField("content-type", "application/grpc"))
    }
    fields.append(HeaderField("grpc-status", "\(status.code.rawValue)"))
    if !status.message.isEmpty {
      fields.append(HeaderField("grpc-message", bytes: PercentCoding.encode(status.message)))
    }
    return fields + trailers.fields
  }
}
