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
  /// Answers to PING and SETTINGS that may wait to be sent; more end the connection.
  package var outboundAcksMax: Int = 1000
  /// Stream resets by the peer: a bucket of this many, refilled by `streamResetsPerSecond`.
  package var streamResetsBurst: UInt64 = 500
  package var streamResetsPerSecond: UInt64 = 33
  /// CONTINUATION frames of one header list.
  package var continuationsMax: Int = 8
  /// Entries of one SETTINGS frame.
  package var settingsMax: Int = 32

  package init() {}
}
