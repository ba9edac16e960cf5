// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore
internal import NIOConcurrencyHelpers
internal import NIOPosix

/// What a caller may say about one call.
package struct CallOptions: Sendable {
  /// How long the caller waits; sent as grpc-timeout and enforced here too. Nil: no limit.
  package var timeout: Duration?
  package var metadata = Metadata()

  package init(timeout: Duration? = nil, metadata: Metadata = Metadata()) {
    self.timeout = timeout
    self.metadata = metadata
  }
}

/// A client's way to one server: connects at the first call, and again after a connection was lost.
///
/// A call fails with UNAVAILABLE where no connection can be made; nothing is retried here.
package final class RPCChannel: Sendable {
  private struct State {
    var connection: EventLoopFuture<NIOLoopBound<ClientConnection>>?
    var isClosed = false
  }

  package let host: String
  package let port: Int
  private let group: any EventLoopGroup
  private let messageBytesMax: Int
  private let connectTimeout: Duration
  private let logger: Logger
  private let state = NIOLockedValueBox(State())

  package init(
    host: String, port: Int, group: any EventLoopGroup, messageBytesMax: Int = 64 * 1024 * 1024,
    connectTimeout: Duration = .seconds(5), logger: Logger
  ) {
    self.host = host
    self.port = port
    self.group = group
    self.messageBytesMax = messageBytesMax
    self.connectTimeout = connectTimeout
    self.logger = logger
  }

  /// One request, one reply.
  package func unary(
    _ path: String, _ request: [UInt8], options: CallOptions = .init()
  ) async throws -> [UInt8] {
    let call = try await start(path, request, options)
    return try await withTaskCancellationHandler {
      guard let reply = try await call.next() else {
        throw Status(.internal, "the call ended with ok but without a reply")
      }
      guard try await call.next() == nil else {
        throw Status(.internal, "the call has more than one reply")
      }
      return reply
    } onCancel: {
      call.cancel()
    }
  }

  /// One request, a stream of replies; it ends, or throws the call's ``Status``.
  ///
  /// Back-pressure: the server may send as much as the window holds beyond what was taken.
  package func serverStreaming(
    _ path: String, _ request: [UInt8], options: CallOptions = .init()
  ) async throws -> ReplyStream {
    ReplyStream(call: try await start(path, request, options))
  }

  /// Ends the connection and every call on it.
  package func close() async {
    let connection = state.withLockedValue { state in
      state.isClosed = true
      defer { state.connection = nil }
      return state.connection
    }
    guard let bound = try? await connection?.get() else { return }
    try? await bound.eventLoop.flatSubmit { bound.value.close() }.get()
  }

  private func start(
    _ path: String, _ request: [UInt8], _ options: CallOptions
  ) async throws -> ClientCall {
    let deadline = options.timeout.map { NIODeadline.now() + TimeAmount($0) }
    let bound = try await connected()
    return try await bound.eventLoop.submit {
      try bound.value.start(path: path, request: request, options: options, deadline: deadline)
    }.get()
  }

  private func connected() async throws -> NIOLoopBound<ClientConnection> {
    let future = try state.withLockedValue { state in
      guard !state.isClosed else { throw Status(.unavailable, "the channel is closed") }
      if let future = state.connection { return future }
      let future = connect()
      state.connection = future
      return future
    }
    do {
      return try await future.get()
    } catch {
      forget(future)
      throw Status(.unavailable, "can't connect to \(host):\(port): \(Self.reason(error))")
    }
  }

  private func forget(_ future: EventLoopFuture<NIOLoopBound<ClientConnection>>) {
    state.withLockedValue { if $0.connection === future { $0.connection = nil } }
  }

  private func connect() -> EventLoopFuture<NIOLoopBound<ClientConnection>> {
    let limit = messageBytesMax
    let authority = "\(host):\(port)"
    let logger = self.logger
    let future = ClientBootstrap(group: group)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .connectTimeout(TimeAmount(connectTimeout))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            ClientConnection(authority: authority, messageBytesMax: limit, logger: logger))
        }
      }
      .connect(host: host, port: port)
      .flatMapThrowing { channel in
        let handler = try channel.pipeline.syncOperations.handler(type: ClientConnection.self)
        return NIOLoopBound(handler, eventLoop: channel.eventLoop)
      }
    // A connection that ended, or said that it takes no more calls, is not used again.
    future.whenSuccess { bound in
      bound.value.onUnusable = { [weak self] in self?.forget(future) }
    }
    return future
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return "\(first.error)" }
      return "the name \(error.host) can't be resolved"
    case let error as IOError: return error.description
    default: return "\(error)"
    }
  }
}

/// The replies of a streaming call, in order.
package struct ReplyStream: AsyncSequence, Sendable {
  package typealias Element = [UInt8]
  fileprivate let call: ClientCall

  package func makeAsyncIterator() -> Iterator { Iterator(call: call) }

  /// Ends the call; the server sees it cancelled.
  package func cancel() { call.cancel() }

  package struct Iterator: AsyncIteratorProtocol {
    fileprivate let call: ClientCall

    package func next() async throws -> [UInt8]? {
      try await withTaskCancellationHandler {
        try await call.next()
      } onCancel: {
        call.cancel()
      }
    }
  }
}
