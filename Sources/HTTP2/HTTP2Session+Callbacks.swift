// SPDX-License-Identifier: Apache-2.0

internal import CNghttp2

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// nghttp2's callbacks. Each recovers the context, calls one method, and returns a code.
enum Callbacks {
  /// Made once, never changed afterwards and never freed: that is why it is safe to share.
  nonisolated(unsafe) static let table: OpaquePointer? = {
    var callbacks: OpaquePointer?  // nghttp2_session_callbacks *
    nghttp2_session_callbacks_new(&callbacks)

    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks) { session, header, user in
      guard let header, let context = Callbacks.context(user) else { return 0 }
      return Callbacks.judge(header.pointee, session, context)
    }

    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { session, frame, user in
      guard let frame, let context = Callbacks.context(user) else { return 0 }
      context.pointee.guardian.headerListBegan()
      let stream = frame.pointee.hd.stream_id
      guard
        frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue),
        frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST
      else {
        context.turn(to: stream, nghttp2_session_get_stream_user_data(session, stream))
        return 0
      }
      context.pointee.guardian.streamOpened()
      let pointer = context.tell { $0.streamOpened(stream) }
      nghttp2_session_set_stream_user_data(session, stream, pointer)
      context.turn(to: stream, pointer)
      return 0
    }

    nghttp2_session_callbacks_set_on_header_callback(callbacks) {
      session, frame, name, nameCount, value, valueCount, _, user in
      guard let frame, let context = Callbacks.context(user) else { return 0 }
      if let flood = context.pointee.guardian.headerField(bytes: nameCount + valueCount) {
        return context.violation(flood)
      }
      guard let stream = context.stream(frame.pointee.hd.stream_id, session) else { return 0 }
      context.tell {
        $0.headerReceived(
          stream, name: UnsafeRawBufferPointer(start: name, count: nameCount),
          value: UnsafeRawBufferPointer(start: value, count: valueCount))
      }
      return 0
    }

    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { session, frame, user in
      guard let frame, let context = Callbacks.context(user) else { return 0 }
      let header = frame.pointee.hd
      let endsStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
      switch UInt32(header.type) {
      case NGHTTP2_HEADERS.rawValue:
        if let stream = context.stream(header.stream_id, session) {
          let isTrailers = frame.pointee.headers.cat == NGHTTP2_HCAT_HEADERS
          context.tell {
            $0.headersEnded(
              stream, stream: header.stream_id, endsStream: endsStream, isTrailers: isTrailers)
          }
        }
      case NGHTTP2_DATA.rawValue:
        // The padding, with the byte that tells its length, is no payload.
        let hasPayload = header.length > frame.pointee.data.padlen
        if let flood = context.pointee.guardian.payloadFrame(
          hasPayload: hasPayload, endsStream: endsStream)
        {
          return context.violation(flood)
        }
        guard endsStream else { break }
        if let stream = context.stream(header.stream_id, session) {
          context.tell { $0.endReceived(stream, stream: header.stream_id) }
        }
      case NGHTTP2_GOAWAY.rawValue:
        context.tell {
          $0.goAwayReceived(
            lastStream: frame.pointee.goaway.last_stream_id,
            code: HTTP2ErrorCode(rawValue: frame.pointee.goaway.error_code))
        }
      case NGHTTP2_SETTINGS.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
        // One frame to send is the acknowledgement. More are resets of streams whose window the new
        // initial size took over its maximum: RFC 9113 section 6.9.2 has a connection error for that.
        let queued = nghttp2_session_get_outbound_queue_size(session) - context.pointee.queuedBeforeSettings
        if queued > 1 {
          return context.fault(.flowControlError, "SETTINGS_INITIAL_WINDOW_SIZE takes a window over 2^31-1")
        }
        context.tell { $0.settingsReceived() }
      case NGHTTP2_PING.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0:
        context.tell { $0.pingAcknowledged() }
      default:
        break
      }
      return 0
    }

    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) {
      session, flags, stream, data, count, user in
      guard let context = Callbacks.context(user) else { return 0 }
      nghttp2_session_consume_connection(session, count)
      if let pointer = context.stream(stream, session) {
        context.tell {
          $0.dataReceived(
            pointer, stream: stream, bytes: UnsafeRawBufferPointer(start: data, count: count),
            endsStream: flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0)
        }
      }
      return 0
    }

    // RFC 9113 section 8.1: a server that has answered in full before the request was complete may ask
    // the client to stop, with RST_STREAM and NO_ERROR. Only after the last frame went out: nghttp2
    // drops what waits for a stream once a reset was submitted.
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks) { session, frame, user in
      guard let frame, let context = Callbacks.context(user) else { return 0 }
      switch UInt32(frame.pointee.hd.type) {
      case NGHTTP2_DATA.rawValue: context.pointee.guardian.dataSent()
      case NGHTTP2_HEADERS.rawValue: context.pointee.guardian.headersSent()
      default: return 0
      }
      guard
        context.pointee.role == .server,
        frame.pointee.hd.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
        nghttp2_session_get_stream_remote_close(session, frame.pointee.hd.stream_id) == 0
      else { return 0 }
      nghttp2_submit_rst_stream(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), frame.pointee.hd.stream_id,
        NGHTTP2_NO_ERROR.rawValue)
      return 0
    }

    // A request that never went out: cancelled while it waited, or stopped by the peer's GOAWAY.
    // Or an answer whose headers are too large for nghttp2: the peer must not wait for it.
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks) { session, frame, _, user in
      guard
        let frame, let context = Callbacks.context(user),
        frame.pointee.hd.type == UInt8(NGHTTP2_HEADERS.rawValue)
      else { return 0 }
      let stream = frame.pointee.hd.stream_id
      if context.pointee.role == .server {
        nghttp2_submit_rst_stream(
          session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, NGHTTP2_INTERNAL_ERROR.rawValue)
      } else if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
        context.tell { $0.requestNotSent(stream: stream) }
      }
      return 0
    }

    // nghttp2 would drop a field with a bad name or value and go on; RFC 9113 section 8.2.1 calls the
    // message malformed.
    nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks) { _, _, _, _, _, _ in
      NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
    }

    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) {
      session, stream, code, user in
      guard
        let context = Callbacks.context(user),
        let pointer = nghttp2_session_get_stream_user_data(session, stream)
      else { return 0 }
      // From here on nghttp2 answers nil for the stream, although it keeps the pointer for a while.
      context.turn(to: 0, nil)
      context.tell { $0.streamClosed(pointer, stream: stream, code: HTTP2ErrorCode(rawValue: code)) }
      return 0
    }

    nghttp2_session_callbacks_set_send_data_callback(callbacks) {
      _, _, frameHeader, count, source, user in
      guard
        let frameHeader, let context = Callbacks.context(user), let stream = source?.pointee.ptr
      else { return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue }
      guard let sink = context.pointee.sink, context.pointee.sinkRemaining >= count + 9 else {
        return NGHTTP2_ERR_WOULDBLOCK.rawValue
      }
      memcpy(sink, frameHeader, 9)
      if count > 0 { context.tell { $0.copyBody(stream, into: sink + 9, count: count) } }
      context.pointee.sink = sink + 9 + count
      context.pointee.sinkRemaining -= 9 + count
      return 0
    }

    nghttp2_session_callbacks_set_error_callback2(callbacks) { _, _, text, count, user in
      guard let context = Callbacks.context(user), let text else { return 0 }
      context.pointee.lastError = String(
        decoding: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
      return 0
    }
    return callbacks
  }()

  /// Looks at a frame's header before anything else does.
  @inline(__always)
  private static func judge(
    _ header: nghttp2_frame_hd, _ session: OpaquePointer?, _ context: UnsafeMutablePointer<HTTP2Session.Context>
  ) -> Int32 {
    let flood: Flood?
    switch UInt32(header.type) {
    case NGHTTP2_DATA.rawValue: return 0  // judged once its padding is known
    case NGHTTP2_HEADERS.rawValue where isPassedOver(header.stream_id, session, context):
      return context.fault(.protocolError, "HEADERS on a stream below the last one, which was never opened")
    case NGHTTP2_CONTINUATION.rawValue where header.length > HTTP2Session.frameBytesMax - 9:
      return context.fault(.frameSizeError, "a CONTINUATION frame over SETTINGS_MAX_FRAME_SIZE")
    case NGHTTP2_HEADERS.rawValue, NGHTTP2_CONTINUATION.rawValue:
      flood = context.pointee.guardian.payloadFrame(hasPayload: header.length > 0, endsStream: false)
    case NGHTTP2_PRIORITY.rawValue: flood = context.pointee.guardian.priorityFrame()
    case NGHTTP2_WINDOW_UPDATE.rawValue: flood = context.pointee.guardian.windowUpdate()
    case NGHTTP2_SETTINGS.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
      context.pointee.queuedBeforeSettings = nghttp2_session_get_outbound_queue_size(session)
      flood = context.pointee.guardian.settingsFrame(now: FloodGuard.now())
    case NGHTTP2_PING.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
      flood = context.pointee.guardian.ping(now: FloodGuard.now())
    default: return 0
    }
    guard let flood else { return 0 }
    return context.violation(flood)
  }

  /// RFC 9113 section 5.1.1: a client that opens a stream closes all idle ones below it. nghttp2 knows
  /// streams that are open, and for a while those that were.
  @inline(__always)
  private static func isPassedOver(
    _ stream: Int32, _ session: OpaquePointer?, _ context: UnsafeMutablePointer<HTTP2Session.Context>
  ) -> Bool {
    context.pointee.role == .server && stream < nghttp2_session_get_last_proc_stream_id(session)
      && nghttp2_session_find_stream(session, stream) == nil
  }

  /// Gives nghttp2 the body of a stream, without a copy through its own buffers. nghttp2 asks only for
  /// streams that it has not closed, so `pointer` needs no look-up.
  @inline(__always)
  static func bodyProvider(_ pointer: UnsafeMutableRawPointer?) -> nghttp2_data_provider {
    nghttp2_data_provider(source: nghttp2_data_source(ptr: pointer), read_callback: readBody)
  }

  private static let readBody: nghttp2_data_source_read_callback = { _, stream, _, limit, flags, source, user in
    guard let flags, let context = Callbacks.context(user), let pointer = source?.pointee.ptr
    else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
    let portion = context.tell { $0.bodyAvailable(pointer, stream: stream, limit: limit) }
    if portion.count < 0 { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
    flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
    switch portion.end {
    case .no: break
    case .withTrailers:
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue | NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
    case .withoutTrailers: flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    }
    return portion.count
  }

  /// The session owns the context and outlives the C session.
  @inline(__always)
  static func context(_ user: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<HTTP2Session.Context>? {
    user?.assumingMemoryBound(to: HTTP2Session.Context.self)
  }
}

extension UnsafeMutablePointer<HTTP2Session.Context> {
  /// Calls the delegate without retaining it: it outlives the session.
  @inline(__always)
  func tell<Result>(_ body: (HTTP2SessionDelegate) -> Result) -> Result {
    pointee.delegate._withUnsafeGuaranteedRef(body)
  }

  /// The stream that the following callbacks are most likely about: most come in runs, and a look-up
  /// for each was a twentieth of a call.
  @inline(__always)
  func turn(to stream: Int32, _ pointer: UnsafeMutableRawPointer?) {
    pointee.currentStream = stream
    pointee.current = pointer
  }

  /// The delegate's pointer for a stream; nil where the stream is closed.
  @inline(__always)
  func stream(_ stream: Int32, _ session: OpaquePointer?) -> UnsafeMutableRawPointer? {
    if pointee.currentStream != stream {
      turn(to: stream, nghttp2_session_get_stream_user_data(session, stream))
    }
    return pointee.current
  }

  /// Ends the session for a broken rule.
  func fault(_ code: HTTP2ErrorCode, _ message: String) -> Int32 {
    pointee.fault = Fault(code: code, message: message)
    return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
  }

  /// Ends the session: the code that a callback returns, see ``HTTP2Session/receive(_:)``.
  func violation(_ flood: Flood) -> Int32 {
    pointee.flood = flood
    return NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
  }
}
