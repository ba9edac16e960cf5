// SPDX-License-Identifier: Apache-2.0

/// How a channel connects, balances and gives up.
public struct RPCChannelConfiguration: Sendable {
  /// Which of a target's addresses a call goes to.
  public enum LoadBalancing: Sendable {
    /// The first that answers, until it is lost.
    case pickFirst
    /// All that answer, in turn.
    case roundRobin
  }

  /// See ``LoadBalancing-swift.enum``.
  public var loadBalancing = LoadBalancing.pickFirst
  /// With round_robin: the service whose health (grpc.health.v1) a server must report as SERVING.
  public var healthCheckedService: String?
  /// Nil for clear text.
  public var tls: ClientTLS?
  /// What stands in `:authority`; nil for the target's.
  public var authority: String?
  /// Bytes of one reply message, as sent and as inflated.
  public var messageBytesMax = 4 * 1024 * 1024
  /// Bytes of one header list from the server.
  public var headerBytesMax = 16 * 1024
  /// How long TCP, TLS and the server's settings may take. - Source: doc/connection-backoff.md.
  public var connectTimeout: Duration = .seconds(20)
  /// Pauses between attempts to connect. - Source: doc/connection-backoff.md.
  public var backoffInitial: Duration = .seconds(1)
  public var backoffMax: Duration = .seconds(120)
  /// A connection with calls that was silent for so long is asked for a sign of life; nil: never.
  /// - Source: gRFC A8.
  public var keepaliveTime: Duration?
  public var keepaliveTimeout: Duration = .seconds(20)
  public var keepaliveWithoutCalls = false
  /// How long a connection may be without a call.
  public var idleTimeout: Duration = .seconds(1800)
  public var retry = RetryPolicy()

  public init() {}
}

/// What a caller may say about one call.
public struct CallOptions: Sendable {
  /// How long the caller waits; sent as grpc-timeout and enforced here too. Nil: no limit of its own. A
  /// call that is made while another is served ends with that one's deadline at the latest.
  public var timeout: Duration?
  public var metadata = Metadata()
  /// Whether to wait where no server can be reached, rather than to fail with UNAVAILABLE.
  public var waitsForReady = false
  /// Whether the call may be carried out twice, see ``RetryPolicy``.
  public var isIdempotent = false
  /// How request messages are coded.
  public var compression = CompressionAlgorithm.identity

  public init(
    timeout: Duration? = nil, metadata: Metadata = Metadata(), waitsForReady: Bool = false,
    isIdempotent: Bool = false, compression: CompressionAlgorithm = .identity
  ) {
    self.timeout = timeout
    self.metadata = metadata
    self.waitsForReady = waitsForReady
    self.isIdempotent = isIdempotent
    self.compression = compression
  }
}
