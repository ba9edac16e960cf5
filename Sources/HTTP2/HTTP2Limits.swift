// SPDX-License-Identifier: Apache-2.0

/// The bounds of one HTTP/2 connection. All of them are set when the session is made.
package struct HTTP2Limits: Sendable {
  /// Streams that the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS).
  package var concurrentStreamsMax: UInt32 = 256
  /// Bytes of one header list, as RFC 9113 section 6.5.2 counts them.
  package var headerListBytesMax: UInt32 = 16 * 1024
  /// Bytes that a peer may send on one stream before we say that more are welcome.
  package var streamWindowBytes: Int32 = 256 * 1024
  /// The same for the whole connection.
  package var connectionWindowBytes: Int32 = 1024 * 1024
  /// Frames that may wait to be sent.
  package var queuedFramesMax = 10_000
  /// Answers to PING and SETTINGS that may wait to be sent; more end the connection.
  package var controlFramesMax = 1000
  /// Stream resets by the peer: a bucket of this many, refilled by `streamResetsPerSecond`.
  package var streamResetsBurst: UInt64 = 500
  package var streamResetsPerSecond: UInt64 = 33
  /// CONTINUATION frames of one header list.
  package var continuationsMax = 8
  /// Entries of one SETTINGS frame.
  package var settingsMax = 32
  /// What ``FloodGuard`` counts.
  package var floods = FloodLimits()

  package init() {}

  /// What a client grants the one server that it chose: clumsy is not hostile there, and a flood costs
  /// one connection of its own.
  package static let client: HTTP2Limits = {
    var limits = HTTP2Limits()
    limits.continuationsMax = 64
    limits.floods.emptyFramesInARow = 10_000
    limits.floods.settingsBurst = 1000
    limits.floods.settingsPerSecond = 100
    return limits
  }()
}

/// The bounds on frames that cost us more than the peer. The numbers are Envoy's defaults where it has
/// one (its `Http2ProtocolOptions` and `overload.premature_reset_total_stream_count`).
package struct FloodLimits: Sendable {
  /// DATA, HEADERS or CONTINUATION frames without payload and END_STREAM, one after the other.
  package var emptyFramesInARow = 1
  /// Bytes of one header list, however small it is on the wire, before the connection is ended.
  package var headerListBytesMax = 256 * 1024
  /// PRIORITY frames a stream.
  package var priorityFramesPerStream = 100
  /// WINDOW_UPDATE frames a DATA frame sent.
  package var windowUpdatesPerDataFrame = 10
  /// Once so many streams have closed, at most half of them may have been reset early.
  package var closedStreamsJudged = 500
  /// SETTINGS frames: a bucket of this many, refilled by `settingsPerSecond`.
  package var settingsBurst = 100
  package var settingsPerSecond = 10
  /// PING frames that come sooner than `pingInterval` after the one before, while nothing was sent to
  /// the peer in between; more of them end the connection.
  /// - Source: gRFC A8, "Server Enforcement": two strikes.
  package var pingStrikesMax = 2
  /// Nanoseconds. gRFC A8 has 5 minutes here and lets clients ping every 10 s at the least; we take
  /// the latter, so that no client that keeps to it is turned away.
  package var pingInterval: UInt64 = 9_500_000_000

  package init() {}
}
