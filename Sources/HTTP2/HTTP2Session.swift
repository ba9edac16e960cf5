// SPDX-License-Identifier: Apache-2.0

internal import CNghttp2

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// What a session tells the layer above. Every call happens inside ``HTTP2Session/receive(_:)`` or
/// ``HTTP2Session/drain(into:)``, on the caller's thread.
///
/// `context` is what ``streamOpened(_:)`` returned or ``HTTP2Session/submitRequest(_:context:hasBody:)``
/// was given. The bytes passed in live until the call returns.
///
/// A class and not a protocol: callbacks reach it through an unmanaged reference, without a retain.
open class HTTP2SessionDelegate {
  public init() {}

  /// A peer opened a stream (server only). The returned pointer comes back with all its events.
  open func streamOpened(_ stream: Int32) -> UnsafeMutableRawPointer {
    preconditionFailure("streamOpened is not overridden")
  }
  open func headerReceived(
    _ context: UnsafeMutableRawPointer, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer
  ) {}
  /// A header list ended. `isTrailers`: it came after the body.
  open func headersEnded(
    _ context: UnsafeMutableRawPointer, stream: Int32, endsStream: Bool, isTrailers: Bool
  ) {}
  /// Body bytes. The receiver says when they are consumed, see ``HTTP2Session/consume(_:stream:)``.
  /// `endsStream`: of the stream's last DATA frame, though there may be more of it to come.
  open func dataReceived(
    _ context: UnsafeMutableRawPointer, stream: Int32, bytes: UnsafeRawBufferPointer, endsStream: Bool
  ) {}
  /// The peer ended its half of the stream with a DATA frame.
  open func endReceived(_ context: UnsafeMutableRawPointer, stream: Int32) {}
  /// The last event of a stream: its context is free again.
  open func streamClosed(_ context: UnsafeMutableRawPointer, stream: Int32, code: HTTP2ErrorCode) {}
  /// How much body may be sent now, of at most `limit` bytes.
  open func bodyAvailable(
    _ context: UnsafeMutableRawPointer, stream: Int32, limit: Int
  ) -> BodyPortion { .later }
  /// Copies the next `count` bytes of the body, as ``bodyAvailable(_:stream:limit:)`` promised them.
  open func copyBody(
    _ context: UnsafeMutableRawPointer, into target: UnsafeMutableRawPointer, count: Int
  ) {}
  open func goAwayReceived(lastStream: Int32, code: HTTP2ErrorCode) {}
  open func pingAcknowledged() {}
  /// The peer's settings came (not the acknowledgement of ours).
  open func settingsReceived() {}
  /// A request that was submitted will never go out (client only); the peer has not seen it.
  open func requestNotSent(stream: Int32) {}
}

/// An answer of ``HTTP2SessionDelegate/bodyAvailable(_:stream:limit:)``.
public struct BodyPortion: Sendable {
  package enum End: Sendable { case no, withTrailers, withoutTrailers }
  package var count: Int
  package var end: End

  package init(count: Int, end: End) {
    self.count = count
    self.end = end
  }

  /// Nothing now; ``HTTP2Session/resumeBody(_:)`` asks again.
  package static let later = BodyPortion(count: -1, end: .no)
}

/// One HTTP/2 connection without its I/O: bytes in, bytes out, events to a delegate.
///
/// Wraps one `nghttp2_session`. Header and message rules of RFC 9113 are checked by nghttp2; the
/// bounds are those of ``HTTP2Limits``. Not `Sendable`: it belongs to one event loop.
package final class HTTP2Session {
  package enum Role { case server, client }

  private let session: OpaquePointer  // nghttp2_session *
  private let memory: SessionMemory
  private let context: UnsafeMutablePointer<Context>
  private let queuedFramesMax: Int

  /// What callbacks see: the delegate, and where bytes go during a drain. A struct behind a pointer and
  /// an unmanaged reference, so that a callback neither retains nor releases: they were a tenth of a call.
  struct Context {
    let delegate: Unmanaged<HTTP2SessionDelegate>
    let role: Role
    var sink: UnsafeMutableRawPointer?
    var sinkRemaining = 0
    var lastError: String?
    var guardian: FloodGuard
    var flood: Flood?
    /// A broken rule that nghttp2 would let pass; ends the session.
    var fault: Fault?
    /// The stream that callbacks were last about, and the delegate's pointer for it.
    var currentStream: Int32 = 0
    var current: UnsafeMutableRawPointer?
    /// Frames that waited to be sent when the SETTINGS frame that is being read began.
    var queuedBeforeSettings = 0
  }

  /// Where the last frame that was received ends.
  private var boundary: FrameBoundary

  /// Set by ``end()``.
  private var hasEnded = false

  /// Whether a frame, or the preface, has begun and not ended.
  package var isInsideFrame: Bool { boundary.isInside }
  /// Frames that have begun so far.
  package var framesBegun: UInt64 { boundary.frames }

  /// A chunk of nghttp2's that did not fit the last drain's buffer; valid until the next `mem_send`.
  private var pending: UnsafeRawBufferPointer = .init(start: nil, count: 0)

  /// - Parameters:
  ///   - delegate: must outlive the session; it is not retained.
  ///   - memory: where nghttp2 has its blocks from; shared by sessions of one event loop.
  package init(
    role: Role, limits: HTTP2Limits, delegate: HTTP2SessionDelegate, memory: SessionMemory = SessionMemory()
  ) throws(HTTP2Error) {
    self.memory = memory
    context = .allocate(capacity: 1)
    context.initialize(
      to: Context(
        delegate: .passUnretained(delegate), role: role,
        guardian: FloodGuard(limits: limits.floods, judgesPings: role == .server)))
    queuedFramesMax = limits.queuedFramesMax
    boundary = FrameBoundary(prefaceBytes: role == .server ? 24 : 0)

    var option: OpaquePointer?
    nghttp2_option_new(&option)
    defer { nghttp2_option_del(option) }
    // Windows are opened as bytes are consumed, not as they arrive: that is the back-pressure.
    nghttp2_option_set_no_auto_window_update(option, 1)
    nghttp2_option_set_max_outbound_ack(option, limits.controlFramesMax)
    // What we send has few header fields: a quarter of the usual table holds them all.
    nghttp2_option_set_max_deflate_dynamic_table_size(option, 1024)
    nghttp2_option_set_max_settings(option, limits.settingsMax)
    nghttp2_option_set_max_continuations(option, limits.continuationsMax)
    nghttp2_option_set_stream_reset_rate_limit(
      option, limits.streamResetsBurst, limits.streamResetsPerSecond)
    if role == .client {
      nghttp2_option_set_peer_max_concurrent_streams(option, 100)
    }

    let user = UnsafeMutableRawPointer(context)
    var made: OpaquePointer?
    let code =
      role == .server
      ? nghttp2_session_server_new3(&made, Callbacks.table, user, option, memory.functions)
      : nghttp2_session_client_new3(&made, Callbacks.table, user, option, memory.functions)
    guard code == 0, let made else {
      throw Self.error(code, scope: .connection, initiator: .local)
    }
    session = made

    var entries = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
        value: role == .server ? limits.concurrentStreamsMax : 0),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(limits.streamWindowBytes)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: limits.headerListBytesMax),
    ]
    if role == .client {
      entries.append(
        nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0))
    }
    try check(
      nghttp2_submit_settings(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), &entries, entries.count))
    try check(
      nghttp2_session_set_local_window_size(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, limits.connectionWindowBytes))
  }

  deinit {
    nghttp2_session_del(session)
    context.deinitialize(count: 1)
    context.deallocate()
  }

  // MARK: - Bytes

  /// Takes bytes from the peer. Events reach the delegate before this returns.
  ///
  /// - Throws: an error of scope connection where the connection can't go on. What nghttp2 wants
  ///   to say about it (GOAWAY) is still to be drained and sent.
  package func receive(_ bytes: UnsafeRawBufferPointer) throws(HTTP2Error) {
    guard bytes.count > 0, !hasEnded else { return }
    boundary.advance(bytes)
    let taken = nghttp2_session_mem_recv(
      session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if taken < 0 { throw failure(Int32(taken)) }
    if nghttp2_session_get_outbound_queue_size(session) > queuedFramesMax {
      context.pointee.flood = .queuedFrames
      throw failure(NGHTTP2_ERR_FLOODED.rawValue)
    }
    if context.pointee.flood != nil { throw failure(NGHTTP2_ERR_FLOODED.rawValue) }
  }

  /// What ended the session in ``receive(_:)``. For a flood the peer is told so with GOAWAY.
  private func failure(_ code: Int32) -> HTTP2Error {
    var error = Self.error(code, scope: .connection, initiator: .remote)
    error.flood = context.pointee.flood
    if error.flood == nil, code == NGHTTP2_ERR_FLOODED.rawValue { error.flood = .controlFrames }
    if code == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue { error.flood = .continuations }
    if let fault = context.pointee.fault {
      error.message = fault.message
      submitGoAway(fault.code, debug: fault.message)
    } else if let flood = error.flood {
      error.message = "the peer passed the bound on \(flood.rawValue)"
      submitGoAway(.enhanceYourCalm, debug: flood.rawValue)
    } else if let text = context.pointee.lastError {
      error.message += ": " + text
    }
    return error
  }

  /// Counts a stream that has ended. Only during ``receive(_:)`` and ``drain(into:)``, which end the
  /// connection where too many were reset early.
  @inline(__always)
  package func countClosed(wasResetEarly: Bool) {
    if let flood = context.pointee.guardian.streamClosed(wasResetEarly: wasResetEarly) {
      context.pointee.flood = flood
    }
  }

  /// Fills `target` with what is to be sent.
  ///
  /// - Parameter target: at least 32 KiB, so that any one DATA frame fits.
  /// - Returns: the bytes written; `isDone` once nothing is left to send at this moment.
  package func drain(
    into target: UnsafeMutableRawBufferPointer
  ) throws(HTTP2Error) -> (count: Int, isDone: Bool) {
    guard !hasEnded else { return (0, true) }
    context.pointee.sink = target.baseAddress
    context.pointee.sinkRemaining = target.count
    defer {
      context.pointee.sink = nil
      context.pointee.sinkRemaining = 0
    }
    while true {
      if pending.count > 0 {
        let count = min(pending.count, context.pointee.sinkRemaining)
        guard count > 0, let sink = context.pointee.sink, let source = pending.baseAddress else {
          return (target.count - context.pointee.sinkRemaining, false)
        }
        memcpy(sink, source, count)
        context.pointee.sink = sink + count
        context.pointee.sinkRemaining -= count
        pending = .init(start: source + count, count: pending.count - count)
        continue
      }
      let before = context.pointee.sinkRemaining
      var data: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &data)
      if count < 0 { throw Self.error(Int32(count), scope: .connection, initiator: .local) }
      if count == 0 {
        // 0 with a DATA frame just written by the callback is not the end.
        if context.pointee.sinkRemaining != before { continue }
        let isBlocked = nghttp2_session_want_write(session) != 0 && context.pointee.isSinkFull
        return (target.count - context.pointee.sinkRemaining, !isBlocked)
      }
      pending = .init(start: data, count: count)
    }
  }

  /// The connection is gone: the delegate hears nothing more, even where a drain is under way.
  package func end() { hasEnded = true }

  /// Gives memory that the C library keeps back to the system. Takes milliseconds.
  package static func releaseUnusedMemory() { cnghttp2_malloc_trim() }

  /// Whether anything is to be sent now.
  package var wantsWrite: Bool { pending.count > 0 || nghttp2_session_want_write(session) != 0 }
  /// False once the session has said, or was told, that it is over.
  package var wantsRead: Bool { nghttp2_session_want_read(session) != 0 }

  // MARK: - Streams

  package func submitResponse(_ stream: Int32, _ headers: PreparedHeaders, hasBody: Bool) {
    let code = respond(stream, headers.fields, headers.count, hasBody: hasBody)
    precondition(code == 0 || code != NGHTTP2_ERR_INVALID_ARGUMENT.rawValue, "submit_response: \(code)")
  }

  package func submitResponse(_ stream: Int32, _ headers: [HeaderField], hasBody: Bool) {
    _ = Self.withFields(headers) { fields, count in
      respond(stream, fields, count, hasBody: hasBody)
    }
  }

  @inline(__always)
  private func respond(
    _ stream: Int32, _ fields: UnsafePointer<nghttp2_nv>?, _ count: Int, hasBody: Bool
  ) -> Int32 {
    guard hasBody else { return nghttp2_submit_response(session, stream, fields, count, nil) }
    var provider = Callbacks.bodyProvider(context.stream(stream, session))
    return nghttp2_submit_response(session, stream, fields, count, &provider)
  }

  package func submitTrailers(_ stream: Int32, _ headers: PreparedHeaders) {
    nghttp2_submit_trailer(session, stream, headers.fields, headers.count)
  }

  package func submitTrailers(_ stream: Int32, _ headers: [HeaderField]) {
    _ = Self.withFields(headers) { fields, count in
      nghttp2_submit_trailer(session, stream, fields, count)
    }
  }

  /// Opens a stream (client only). - Returns: its id.
  package func submitRequest(
    _ headers: [HeaderField], context: UnsafeMutableRawPointer, hasBody: Bool
  ) throws(HTTP2Error) -> Int32 {
    let id = Self.withFields(headers) { fields, count in
      guard hasBody else { return nghttp2_submit_request(session, nil, fields, count, nil, context) }
      var provider = Callbacks.bodyProvider(context)
      return nghttp2_submit_request(session, nil, fields, count, &provider, context)
    }
    guard id > 0 else { throw Self.error(id, scope: .connection, initiator: .local) }
    return id
  }

  /// Asks for the body of a stream again after ``BodyPortion/later``.
  package func resumeBody(_ stream: Int32) {
    // NGHTTP2_ERR_INVALID_ARGUMENT: the body was not waiting, or the stream is gone. Both are fine.
    nghttp2_session_resume_data(session, stream)
  }

  package func reset(_ stream: Int32, _ code: HTTP2ErrorCode) {
    nghttp2_submit_rst_stream(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, code.rawValue)
  }

  /// Says that body bytes were used, so that the peer may send as many again on the stream.
  package func consume(_ count: Int, stream: Int32) {
    nghttp2_session_consume_stream(session, stream, count)
  }

  /// The same for the connection's window. Done as bytes arrive: one slow stream must not stop others.
  package func consumeConnection(_ count: Int) {
    nghttp2_session_consume_connection(session, count)
  }

  // MARK: - Connection

  /// First step of a graceful end: GOAWAY with the highest id, so that calls on their way still land.
  package func submitShutdownNotice() { nghttp2_submit_shutdown_notice(session) }

  /// Second step: GOAWAY with the last stream that was taken.
  ///
  /// - Parameter debug: the reason, for people; sent as debug data.
  package func submitGoAway(_ code: HTTP2ErrorCode, debug: String = "") {
    let text = Array(debug.utf8)
    nghttp2_submit_goaway(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
      code.rawValue, text, text.count)
  }

  package func submitPing() {
    nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nil)
  }

  // MARK: - Helpers

  private func check(_ code: Int32) throws(HTTP2Error) {
    if code != 0 { throw Self.error(code, scope: .connection, initiator: .local) }
  }

  private static func error(
    _ code: Int32, scope: HTTP2Error.Scope, initiator: HTTP2Error.Initiator
  ) -> HTTP2Error {
    HTTP2Error(
      scope: scope, initiator: initiator, libraryCode: code,
      message: String(cString: nghttp2_strerror(code)))
  }

  /// Lays headers out for one submit call; nghttp2 copies them.
  private static func withFields(
    _ headers: [HeaderField], _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Int32
  ) -> Int32 {
    var bytes: [UInt8] = []
    for field in headers {
      bytes.append(contentsOf: field.name.utf8)
      bytes.append(contentsOf: field.value)
    }
    return bytes.withUnsafeMutableBufferPointer { buffer in
      // An empty list still needs a base address; nghttp2 reads no byte of it.
      var cursor = buffer.baseAddress ?? UnsafeMutablePointer<UInt8>(bitPattern: 1)
      var fields: [nghttp2_nv] = []
      fields.reserveCapacity(headers.count)
      for field in headers {
        guard let start = cursor else { break }
        let nameCount = field.name.utf8.count
        fields.append(
          nghttp2_nv(
            name: start, value: start + nameCount, namelen: nameCount,
            valuelen: field.value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
        cursor = start + nameCount + field.value.count
      }
      return body(fields, fields.count)
    }
  }
}

/// A rule of RFC 9113 that the peer broke, with the code that the RFC has for it.
struct Fault {
  let code: HTTP2ErrorCode
  let message: String
}

extension HTTP2Session.Context {
  /// Whether a DATA frame was put off because the buffer of the drain had no room for it.
  var isSinkFull: Bool { sinkRemaining < HTTP2Session.frameBytesMax }
}

extension HTTP2Session {
  /// Bytes of the largest DATA frame that is sent, its 9-byte header included.
  static let frameBytesMax = 16_384 + 9
}
