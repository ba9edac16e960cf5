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

/// One connection of the server: bytes from the socket into the HTTP/2 session, calls to handlers,
/// replies back. Its timers and its end are in `ServerConnection+Life.swift`, what a request must be in
/// `ServerConnection+Requests.swift`.
///
/// How a call goes, once its connection stands: one read from the socket goes into one
/// `receive`; immediate handlers run inside it and leave their reply in the stream's buffer; when the
/// socket has no more for now, everything that is to be sent is drained into one buffer and written
/// once. No object is made for a call of an immediate handler.
final class ServerConnection: HTTP2SessionDelegate, ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  typealias Stream = UnsafeMutablePointer<ServerStream>

  let routes: RouteTable
  let configuration: RPCServerConfiguration
  let loop: ServerLoop
  let counters: ConnectionCounters
  let logger: Logger
  private let writer: SessionWriter

  var session: HTTP2Session? {
    didSet { unretainedSession = session.map(Unmanaged.passUnretained) }
  }
  private var unretainedSession: Unmanaged<HTTP2Session>?
  var context: ChannelHandlerContext?
  /// A request message in the bytes that are being read, on its way to its handler without a copy.
  private var borrowed: (stream: Stream, bytes: UnsafeRawBufferPointer)?
  /// The states of open streams, the latest first.
  private var firstStream: Stream?
  /// Whether there was a call since the connection last rested.
  var hasServed = false
  private var calls: [Int32: ServerCall] = [:]
  private(set) var openStreams = 0
  /// Bytes of replies that wait here to be sent; of immediate handlers only, async ones have a bound each.
  private var unsentBytes = 0
  /// Bytes of requests that are not complete or not taken.
  private var pendingBytes = 0
  private var isFlushScheduled = false
  var isReading = false
  var life = Life()
  /// Counts the turns of the connection's timer: about one a second while a stream is open.
  var tick: UInt32 = 0

  init(
    routes: RouteTable, configuration: RPCServerConfiguration, loop: ServerLoop, counters: ConnectionCounters,
    logger: Logger
  ) {
    self.routes = routes
    self.configuration = configuration
    self.loop = loop
    self.counters = counters
    self.logger = logger
    writer = SessionWriter(output: loop.output)
  }

  // MARK: - Channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    do {
      session = try HTTP2Session(
        role: .server, limits: configuration.http2, delegate: self, memory: loop.memory)
      begin()
    } catch {
      logger.error("no HTTP/2 session", metadata: ["error": "\(error)"])
      context.close(promise: nil)
    }
  }

  func channelActive(context: ChannelHandlerContext) { flush() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let session, life.phase != .closing else { return }
    isReading = true
    life.hasRead = true
    let bytes = unwrapInboundIn(data)
    do throws(HTTP2Error) {
      try bytes.withUnsafeReadableBytes { pointer throws(HTTP2Error) in
        defer { keepBorrowed() }
        try session.receive(pointer)
      }
    } catch {
      isReading = false
      end(for: error)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    if let session, session.isInsideFrame { watch() }
    flush()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      flush()
    } else {
      watch()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent, negotiated != "h2" {
      logger.debug("connection refused: the client did not ask for h2 by ALPN")
      context.close(promise: nil)
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) { end() }

  func handlerRemoved(context: ChannelHandlerContext) { end() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    logger.debug("connection failed", metadata: ["error": "\(error)"])
    context.close(promise: nil)
  }

  private func end() {
    guard context != nil else { return }
    stopTimer()
    let open = calls
    calls = [:]
    for call in open.values { call.streamClosed() }
    context = nil
    session?.end()
    session = nil
    // nghttp2 does not close the streams of a session that is deleted.
    while let stream = firstStream {
      stream.pointee.call?.release()
      stream.pointee.call = nil
      remove(stream)
    }
  }

  /// Calls the session without retaining it. For its own callbacks, whose caller keeps it.
  @inline(__always)
  private func engine(_ body: (HTTP2Session) -> Void) {
    unretainedSession?._withUnsafeGuaranteedRef(body)
  }

  // MARK: - Sending

  /// Sends all that waits, in as few writes as the socket takes.
  func flush() {
    guard let context, let session, life.phase != .closing else { return }
    do {
      try writer.write(session, to: context)
    } catch {
      logger.debug("connection ended while sending", metadata: ["error": "\(error)"])
      context.close(promise: nil)
      return
    }
    if isOver(session) { closeGently() }
  }

  private func isOver(_ session: HTTP2Session) -> Bool {
    if life.phase == .goAwaySent, openStreams == 0, !session.wantsWrite { return true }
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

  func sendHeaders(_ stream: Int32, compressed: Bool, metadata: Metadata) {
    guard compressed || !metadata.fields.isEmpty else {
      session?.submitResponse(stream, ReplyHeaders.ok, hasBody: true)
      return
    }
    session?.submitResponse(
      stream, ReplyHeaders.fields(compressed: compressed, metadata: metadata), hasBody: true)
  }

  func sendTrailersOnly(_ stream: Int32, status: Status, trailers: Metadata) {
    session?.submitResponse(
      stream, ReplyHeaders.fields(status: status, trailers: trailers, isTrailersOnly: true),
      hasBody: false)
  }

  // MARK: - Streams

  override func streamOpened(_ stream: Int32) -> UnsafeMutableRawPointer {
    let pointer = loop.streams.take()
    pointer.pointee.id = stream
    pointer.pointee.openedTick = tick
    pointer.pointee.progressTick = tick
    pointer.pointee.previous = nil
    pointer.pointee.next = firstStream
    firstStream?.pointee.previous = pointer
    firstStream = pointer
    openStreams += 1
    hasServed = true
    watch()
    return UnsafeMutableRawPointer(pointer)
  }

  /// Gives the state of a stream back.
  private func remove(_ stream: Stream) {
    let (previous, next) = (stream.pointee.previous, stream.pointee.next)
    next?.pointee.previous = previous
    if let previous { previous.pointee.next = next } else { firstStream = next }
    openStreams -= 1
    loop.streams.give(stream)
  }

  /// Calls `body` for each open stream. It may reset streams, but not send.
  func forEachStream(_ body: (Stream) -> Void) {
    var next = firstStream
    while let stream = next {
      next = stream.pointee.next
      body(stream)
    }
  }

  override func streamClosed(
    _ raw: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode
  ) {
    let pointer = raw.assumingMemoryBound(to: ServerStream.self)
    let wasResetEarly =
      code != .noError && !pointer.pointee.marks.contains(.answered)
      && tick &- pointer.pointee.openedTick <= 1
    engine { $0.countClosed(wasResetEarly: wasResetEarly) }
    if borrowed?.stream == pointer { borrowed = nil }
    if let call = pointer.pointee.call {
      pointer.pointee.call = nil
      calls[stream] = nil
      call.takeUnretainedValue().streamClosed()
      call.release()
    }
    unsentBytes -= pointer.pointee.isCounted ? pointer.pointee.reply.buffer.count : 0
    pendingBytes -= pointer.pointee.request.count
    remove(pointer)
  }

  override func headerReceived(
    _ raw: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) {
    readHeader(raw.assumingMemoryBound(to: ServerStream.self), name: name, value: value)
  }

  override func headersEnded(
    _ raw: UnsafeMutableRawPointer, stream: Int32, endsStream: Bool, isTrailers: Bool
  ) {
    if !isTrailers { route(raw.assumingMemoryBound(to: ServerStream.self)) }
    if endsStream { endReceived(raw, stream: stream) }
  }

  override func settingsReceived() { finishHandshake() }
  override func pingAcknowledged() { noticeSeen() }

  /// - Parameter message: the request, where it has all come already.
  func start(_ state: Stream, _ handler: @escaping StreamingHandler, _ message: ReceivedMessage? = nil) {
    guard let context else { return }
    let metadata: Metadata
    do {
      metadata = try state.pointee.decodedMetadata()
    } catch {
      return reject(state, error)
    }
    let call = ServerCall(
      connection: self, state: state.pointee, path: routes.router.routes[Int(state.pointee.route)].path,
      metadata: metadata, messageBytesMax: configuration.messageBytesMax, eventLoop: context.eventLoop)
    state.pointee.phase = .streaming
    state.pointee.call = .passRetained(call)
    calls[state.pointee.id] = call
    if let message { call.received(message) }
    call.start(handler, executor: loop.executor)
  }

  override func dataReceived(
    _ raw: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer, endsStream: Bool
  ) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    switch state.pointee.phase {
    case .headers, .rejecting, .replied:
      session?.consume(bytes.count, stream: stream)
    case .collecting:
      // Nearly every request: one message in one frame. It waits where it is for the frame's end, which
      // may hold padding or not have come; no window needs to be opened after it.
      if endsStream, state.pointee.request.count == 0, borrowed == nil, plainMessage(bytes) != nil {
        borrowed = (state, bytes)
        return
      }
      collect(state, bytes)
    case .streaming: streamingDataReceived(state, bytes)
    }
  }

  /// Keeps a part of the request of an immediate handler.
  private func collect(_ state: Stream, _ bytes: UnsafeRawBufferPointer) {
    keepBorrowed()
    session?.consume(bytes.count, stream: state.pointee.id)
    guard hold(bytes.count) else { return reject(state, tooMuchPending) }
    state.pointee.request.append(bytes)
    if plainMessage(state.pointee.request.bytes) != nil { return }
    switch head(state) {
    case .failed(let status): reject(state, status)
    case .message(let length, _) where state.pointee.request.count > MessageFraming.prefixBytes + length:
      reject(state, ServerCall.tooManyRequests)
    default: break
    }
  }

  private func streamingDataReceived(_ state: Stream, _ bytes: UnsafeRawBufferPointer) {
    guard let call = state.pointee.call?.takeUnretainedValue() else { return }
    guard hold(bytes.count) else { return call.fail(tooMuchPending) }
    call.dataReceived(bytes)
  }

  /// Counts request bytes that are kept here. - Returns: false, and counts nothing, over the bound.
  private func hold(_ count: Int) -> Bool {
    guard pendingBytes + count <= configuration.effectivePendingBytesMax else {
      counters.count(.pendingBytes)
      return false
    }
    pendingBytes += count
    return true
  }

  /// Request bytes that are no longer kept.
  func letGo(_ count: Int) { pendingBytes -= count }

  private var tooMuchPending: Status {
    Status(
      .resourceExhausted,
      "requests of over \(configuration.effectivePendingBytesMax) bytes wait for their end or their handler "
        + "(max-pending-bytes)")
  }

  /// The end of what was read came before the end of the frame: keeps what is borrowed of it.
  private func keepBorrowed() {
    guard let (state, bytes) = borrowed else { return }
    borrowed = nil
    guard state.pointee.phase == .collecting else { return }
    guard hold(bytes.count) else { return reject(state, tooMuchPending) }
    state.pointee.request.append(bytes)
  }

  @inline(__always)
  private func plainMessage(_ bytes: UnsafeRawBufferPointer) -> Int? {
    MessageFraming.onlyPlainMessage(bytes, messageBytesMax: configuration.messageBytesMax)
  }

  private func head(_ state: Stream) -> MessageFraming.Head {
    MessageFraming.head(
      state.pointee.request.bytes, messageBytesMax: configuration.messageBytesMax,
      encoding: state.pointee.encoding)
  }

  override func endReceived(_ raw: UnsafeMutableRawPointer, stream: Int32) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    switch state.pointee.phase {
    case .headers, .replied: break
    case .rejecting: answerPlain(state)
    case .collecting:
      guard let (stream, bytes) = borrowed, stream == state else {
        return answer(state, state.pointee.request.bytes)
      }
      borrowed = nil
      answer(state, bytes)
    case .streaming: state.pointee.call?.takeUnretainedValue().endReceived()
    }
  }

  /// Runs an immediate handler and submits its reply.
  private func answer(_ state: Stream, _ request: UnsafeRawBufferPointer) {
    guard let route = routes.immediate(Int(state.pointee.route)) else { return }
    switch plainMessage(request).map({ .message(length: $0, isCompressed: false) }) ?? head(state) {
    case .failed(let status): return reject(state, status)
    case .incomplete:
      let isEmpty = state.pointee.request.count == 0
      return reject(
        state,
        isEmpty
          ? Status(.unimplemented, "the call has no request message; this method takes one")
          : Status(.internal, "the request stream ended inside a message"))
    case .message(let length, let isCompressed):
      guard unsentBytes <= configuration.unsentBytesMax else {
        counters.count(.unsentBytes)
        return reject(
          state,
          Status(
            .resourceExhausted,
            "replies of over \(configuration.unsentBytesMax) bytes wait to be read (max-unsent-bytes)"))
      }
      let whole = MessageFraming.prefixBytes + length
      var message = UnsafeRawBufferPointer(
        rebasing: request[MessageFraming.prefixBytes..<whole])
      if isCompressed {
        do {
          loop.inflated.clear()
          try Gzip.inflate(message, messageBytesMax: configuration.messageBytesMax, into: &loop.inflated)
        } catch {
          return reject(state, error)
        }
        message = loop.inflated.bytes
      }
      _ = state.pointee.reply.buffer.reserve(MessageFraming.prefixBytes)
      state.pointee.reply.buffer.advance(MessageFraming.prefixBytes)
      let status = route._withUnsafeGuaranteedRef {
        $0.handler(
          ImmediateCall(
            message: message.bytes, fields: state.pointee.metadata.bytes.bytes, loop: loop.index,
            wasCompressed: isCompressed, acceptsGzip: state.pointee.marks.contains(.acceptsGzip)),
          &state.pointee.reply)
      }
      guard status.isOK else { return reject(state, status) }
      if state.pointee.reply.hasExtras, let successor = state.pointee.reply.extras?.successor {
        let message = ReceivedMessage(bytes: Array(message), wasCompressed: isCompressed)
        state.pointee.reply.clear(keeping: 0)
        pendingBytes -= state.pointee.request.count
        state.pointee.request.clear()
        return start(state, successor, message)
      }
      submitReply(state)
    }
  }

  private func submitReply(_ state: Stream) {
    var isCompressed = false
    if state.pointee.reply.hasExtras, state.pointee.reply.extras?.isCompressed == true,
      state.pointee.marks.contains(.acceptsGzip)
    {
      do {
        try compressReply(state)
        isCompressed = true
      } catch {
        return reject(state, error)
      }
    }
    if let base = state.pointee.reply.buffer.base {
      MessageFraming.writePrefix(
        base, length: state.pointee.reply.count - MessageFraming.prefixBytes, isCompressed: isCompressed)
    }
    unsentBytes += state.pointee.reply.buffer.count
    state.pointee.isCounted = true
    state.pointee.phase = .replied
    state.pointee.progressTick = tick
    if state.pointee.reply.hasExtras, let extras = state.pointee.reply.extras {
      sendHeaders(state.pointee.id, compressed: isCompressed, metadata: extras.initialMetadata)
    } else {
      engine { $0.submitResponse(state.pointee.id, loop.okHeaders, hasBody: true) }
    }
  }

  private func compressReply(_ state: Stream) throws(Status) {
    var message = Array(state.pointee.reply.buffer.bytes.dropFirst(MessageFraming.prefixBytes))
    message.append(contentsOf: state.pointee.reply.shared)
    let compressed = try Gzip.compress(message)
    state.pointee.reply.clearMessage()
    _ = state.pointee.reply.buffer.reserve(MessageFraming.prefixBytes)
    state.pointee.reply.buffer.advance(MessageFraming.prefixBytes)
    state.pointee.reply.buffer.append(compressed)
  }

  /// Answers with a status and no message. A peer that is still sending is told to stop.
  func reject(_ state: Stream, _ status: Status) {
    state.pointee.phase = .replied
    state.pointee.progressTick = tick
    state.pointee.reply.clearMessage()
    pendingBytes -= state.pointee.request.count
    state.pointee.request.clear()
    state.pointee.marks.insert(.answered)
    sendTrailersOnly(
      state.pointee.id, status: status, trailers: state.pointee.reply.extras?.trailers ?? Metadata())
  }

  // MARK: - Bodies

  override func bodyAvailable(
    _ raw: UnsafeMutableRawPointer, stream: Int32, limit: Int
  ) -> BodyPortion {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    if let call = state.pointee.call { return bodyAvailable(state, of: call, limit: limit) }
    let rest = state.pointee.reply.count - state.pointee.replySent
    let count = min(limit, rest)
    guard count == rest else { return BodyPortion(count: count, end: .no) }
    state.pointee.marks.insert(.answered)
    if state.pointee.marks.contains(.plain) { return BodyPortion(count: count, end: .withoutTrailers) }
    if state.pointee.reply.hasExtras, let extras = state.pointee.reply.extras {
      session?.submitTrailers(
        stream, ReplyHeaders.fields(status: .ok, trailers: extras.trailers, isTrailersOnly: false))
    } else {
      engine { $0.submitTrailers(stream, loop.okTrailers) }
    }
    return BodyPortion(count: count, end: .withTrailers)
  }

  private func bodyAvailable(_ state: Stream, of unmanaged: Unmanaged<ServerCall>, limit: Int) -> BodyPortion {
    let call = unmanaged.takeUnretainedValue()
    let count = min(limit, call.outgoing.count)
    guard let outcome = call.outcome, count == call.outgoing.count else {
      return count == 0 ? .later : BodyPortion(count: count, end: .no)
    }
    state.pointee.marks.insert(.answered)
    session?.submitTrailers(
      state.pointee.id,
      ReplyHeaders.fields(status: outcome, trailers: call.trailers, isTrailersOnly: false))
    return BodyPortion(count: count, end: .withTrailers)
  }

  override func copyBody(
    _ raw: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int
  ) {
    let state = raw.assumingMemoryBound(to: ServerStream.self)
    state.pointee.progressTick = tick
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
