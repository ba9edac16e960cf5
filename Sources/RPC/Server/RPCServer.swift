// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
public import Logging
public import NIOCore
internal import NIOConcurrencyHelpers
public import NIOPosix
internal import NIOSSL

/// A gRPC server on one listening socket.
///
/// Life: ``init(router:configuration:group:logger:)``, ``bind(host:port:)`` or
/// ``bind(unixDomainSocketPath:)``, ``drain()``. The open connections stand in a table that a lock
/// guards; nothing of it is touched on the path of a call.
public final class RPCServer: Sendable {
  private struct State {
    var listener: (any Channel)?
    var connections: [ObjectIdentifier: NIOLoopBound<ServerConnection>] = [:]
    var isDraining = false
    var onEmpty: EventLoopPromise<Void>?
    var certificateTimer: RepeatedTask?

    /// The promise to fulfil, once, when the last connection of a drain is gone.
    mutating func takeOnEmpty() -> EventLoopPromise<Void>? {
      guard connections.isEmpty else { return nil }
      defer { onEmpty = nil }
      return onEmpty
    }
  }

  private let routes: RouteTable
  private let configuration: RPCServerConfiguration
  private let group: MultiThreadedEventLoopGroup
  private let logger: Logger
  private let loops: [ObjectIdentifier: ServerLoop]
  private let counters = ConnectionCounters()
  private let state = NIOLockedValueBox(State())

  public init(
    router: Router, configuration: RPCServerConfiguration = .init(),
    group: MultiThreadedEventLoopGroup, logger: Logger
  ) {
    routes = RouteTable(router)
    self.configuration = configuration
    self.group = group
    self.logger = logger
    var loops: [ObjectIdentifier: ServerLoop] = [:]
    for (index, loop) in group.makeIterator().enumerated() {
      loops[ObjectIdentifier(loop)] = ServerLoop(index: index, loop: loop)
    }
    self.loops = loops
  }

  /// Connections that are open now.
  public var connectionCount: Int { state.withLockedValue { $0.connections.count } }

  /// How often each bound of ``RPCServerConfiguration`` ended a connection or a call, by its name.
  public var boundsPassed: [String: Int] { counters.byName }

  /// Listens on an address. - Parameter port: 0 picks a free one.
  /// - Returns: the address that is listened on.
  /// - Throws: a ``Status`` where a certificate can't be used; an `IOError` where the address can't.
  public func bind(host: String, port: Int) async throws -> SocketAddress {
    try await listen { try await $0.bind(host: host, port: port).get() }
  }

  /// Listens on a socket in the file system. A socket that nobody listens on any more is replaced.
  public func bind(unixDomainSocketPath path: String) async throws -> SocketAddress {
    try await listen {
      try await $0.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
    }
  }

  private func listen(
    _ bind: (ServerBootstrap) async throws -> any Channel
  ) async throws -> SocketAddress {
    let certificates = try configuration.tls.map { try CertificateStore($0, logger: logger) }
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      // Each connection keeps a buffer of its last size: it begins small, and grows with what comes.
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 512, maximum: 65_536)
      )
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.accept(channel, certificates) }
      }
    let listener = try await bind(bootstrap)
    let timer = configuration.tls.map { tls in
      let interval = TimeAmount(tls.reloadInterval)
      return group.any().scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
        certificates?.reloadIfChanged()
      }
    }
    state.withLockedValue {
      $0.listener = listener
      $0.certificateTimer = timer
    }
    guard let address = listener.localAddress else {
      throw Status(.internal, "the listening socket has no address")
    }
    return address
  }

  private func accept(_ channel: any Channel, _ certificates: CertificateStore?) throws {
    guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else {
      throw Status(.internal, "a connection came on a foreign event loop")
    }
    if channel.remoteAddress?.port != nil {
      try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
    }
    let connection = ServerConnection(
      routes: routes, configuration: configuration, loop: loop, counters: counters, logger: logger)
    let id = ObjectIdentifier(connection)
    let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
    let isTaken = state.withLockedValue { state in
      guard !state.isDraining, state.connections.count < configuration.connectionsMax else {
        return false
      }
      state.connections[id] = bound
      return true
    }
    guard isTaken else {
      counters.count(.connections)
      logger.debug(
        "connection refused: over max-connections",
        metadata: ["max-connections": "\(configuration.connectionsMax)"])
      throw Status(.resourceExhausted, "over max-connections")
    }
    channel.closeFuture.whenComplete { _ in
      let promise = self.state.withLockedValue { state in
        state.connections[id] = nil
        return state.takeOnEmpty()
      }
      promise?.succeed()
    }
    if let certificates {
      try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificates.context))
    }
    try channel.pipeline.syncOperations.addHandler(connection)
  }

  /// Takes no more connections and calls, waits for the open calls, at most `drainTimeout`, and
  /// closes what is left.
  public func drain() async {
    let promise = group.any().makePromise(of: Void.self)
    let (listener, open) = state.withLockedValue { state in
      state.isDraining = true
      state.onEmpty = promise
      state.certificateTimer?.cancel()
      state.certificateTimer = nil
      defer { state.listener = nil }
      return (state.listener, Array(state.connections.values))
    }
    try? await listener?.close()
    for connection in open {
      connection.eventLoop.execute { connection.value.drain() }
    }
    state.withLockedValue { $0.takeOnEmpty() }?.succeed()
    let timer = group.any().scheduleTask(in: TimeAmount(configuration.drainTimeout)) {
      let left = self.state.withLockedValue { Array($0.connections.values) }
      for connection in left {
        connection.eventLoop.execute { connection.value.closeNow() }
      }
    }
    try? await promise.futureResult.get()
    timer.cancel()
  }
}
