// SPDX-License-Identifier: Apache-2.0

package import HTTP2
package import Logging
package import NIOCore
internal import NIOConcurrencyHelpers
package import NIOPosix

/// The bounds of a server; every one has a default and a name in its error.
package struct RPCServerConfiguration: Sendable {
  package var http2 = HTTP2Limits()
  /// Bytes of one request message (max-message-bytes).
  package var messageBytesMax = 4 * 1024 * 1024
  /// Connections at once (max-connections); more are closed as they come.
  package var connectionsMax = 10_000
  /// How long open calls may go on after a drain began (drain-timeout).
  package var drainTimeout: Duration = .seconds(10)

  package init() {}
}

/// A gRPC server on one listening socket.
///
/// Life: ``init``, ``bind(host:port:)``, ``drain()``. The open connections stand in a table that a
/// lock guards; nothing of it is touched on the path of a call.
package final class RPCServer: Sendable {
  private struct State {
    var listener: (any Channel)?
    var connections: [ObjectIdentifier: NIOLoopBound<ServerConnection>] = [:]
    var isDraining = false
    var onEmpty: EventLoopPromise<Void>?

    /// The promise to fulfil, once, when the last connection of a drain is gone.
    mutating func takeOnEmpty() -> EventLoopPromise<Void>? {
      guard connections.isEmpty else { return nil }
      defer { onEmpty = nil }
      return onEmpty
    }
  }

  private let router: Router
  private let configuration: RPCServerConfiguration
  private let group: MultiThreadedEventLoopGroup
  private let logger: Logger
  private let loops: [ObjectIdentifier: (index: Int, executor: LoopExecutor)]
  private let state = NIOLockedValueBox(State())

  package init(
    router: Router, configuration: RPCServerConfiguration = .init(),
    group: MultiThreadedEventLoopGroup, logger: Logger
  ) {
    self.router = router
    self.configuration = configuration
    self.group = group
    self.logger = logger
    var loops: [ObjectIdentifier: (index: Int, executor: LoopExecutor)] = [:]
    for (index, loop) in group.makeIterator().enumerated() {
      loops[ObjectIdentifier(loop)] = (index, LoopExecutor(loop))
    }
    self.loops = loops
  }

  /// Listens. - Parameter port: 0 picks a free one.
  /// - Returns: the address that is listened on.
  package func bind(host: String, port: Int) async throws -> SocketAddress {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
      }
    let listener = try await bootstrap.bind(host: host, port: port).get()
    state.withLockedValue { $0.listener = listener }
    guard let address = listener.localAddress else {
      throw Status(.internal, "the listening socket has no address")
    }
    return address
  }

  private func accept(_ channel: any Channel) throws {
    guard let (index, executor) = loops[ObjectIdentifier(channel.eventLoop)] else {
      throw Status(.internal, "a connection came on a foreign event loop")
    }
    let connection = ServerConnection(
      router: router, configuration: configuration, loop: index, executor: executor,
      logger: logger)
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
      logger.warning(
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
    try channel.pipeline.syncOperations.addHandler(connection)
  }

  /// Takes no more connections and calls, waits for the open calls, at most `drainTimeout`, and
  /// closes what is left.
  package func drain() async {
    let promise = group.any().makePromise(of: Void.self)
    let (listener, open) = state.withLockedValue { state in
      state.isDraining = true
      state.onEmpty = promise
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
