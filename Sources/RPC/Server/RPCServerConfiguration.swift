// SPDX-License-Identifier: Apache-2.0

package import HTTP2

/// The bounds of a server. Each has a default, and a name that stands in the error it causes.
public struct RPCServerConfiguration: Sendable {
  package var http2 = HTTP2Limits()

  /// Bytes of one request message, as sent and as inflated (max-message-bytes).
  public var messageBytesMax = 4 * 1024 * 1024
  /// Connections at once (max-connections); more are closed as they come.
  public var connectionsMax = 16_384
  /// Bytes of finished replies that may wait on one connection; over that, calls are refused
  /// (max-unsent-bytes).
  public var unsentBytesMax = 16 * 1024 * 1024
  /// Bytes of requests that are not complete, or that no handler has taken yet, on one connection; over
  /// that, the call that sent the last of them is refused (max-pending-bytes). Two messages of the largest
  /// size always fit.
  public var pendingBytesMax = 16 * 1024 * 1024
  /// How long open calls may go on after a drain began (drain-timeout).
  public var drainTimeout: Duration = .seconds(10)
  /// How long a client may take for TLS, its preface and settings, and for each header list
  /// (handshake-timeout).
  public var handshakeTimeout: Duration = .seconds(5)
  /// How long the request of a call that takes one message may take, and how long a message that has
  /// begun may stand still while a handler waits for it (request-timeout).
  public var requestTimeout: Duration = .seconds(15)
  /// How long a peer may take nothing of what waits for it (send-stall-timeout).
  public var sendStallTimeout: Duration = .seconds(60)
  /// How long a connection may have no call (idle-timeout). gRPC's clients have 30 minutes.
  public var idleTimeout: Duration = .seconds(1800)
  /// A connection that was silent for so long is asked for a sign of life, and has so long to give it
  /// (keepalive-time, keepalive-timeout).
  /// - Source: gRFC A8 and A9.
  public var keepaliveTime: Duration = .seconds(7200)
  public var keepaliveTimeout: Duration = .seconds(20)
  /// A connection is drained once it is this old, give or take a tenth, and closed after the grace
  /// (max-connection-age, max-connection-age-grace). Nil: never.
  public var connectionAgeMax: Duration?
  public var connectionAgeGrace: Duration?
  /// Certificates; nil for clear text.
  public var tls: ServerTLS?

  public init() {}

  /// Calls at once on one connection (max-concurrent-streams).
  public var concurrentStreamsMax: Int {
    get { Int(http2.concurrentStreamsMax) }
    set { http2.concurrentStreamsMax = UInt32(clamping: newValue) }
  }

  /// The bound that holds: a message that may be sent must fit.
  var effectivePendingBytesMax: Int {
    max(pendingBytesMax, 2 * (messageBytesMax + MessageFraming.prefixBytes))
  }

  /// Bytes of one header list (max-header-bytes).
  public var headerBytesMax: Int {
    get { Int(http2.headerListBytesMax) }
    set { http2.headerListBytesMax = UInt32(clamping: newValue) }
  }
}
