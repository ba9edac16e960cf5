// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOConcurrencyHelpers
internal import NIOPosix
internal import NIOSSL

/// Keeps one connection to the first of some endpoints that answers: connects when asked, waits
/// between failures, and starts over when the connection is lost.
///
/// pick_first has one of these for all addresses, round_robin one for each.
final class Connector: Sendable {
  /// A connection with the loop that it lives on.
  struct Bound: Sendable, Equatable {
    private let bound: NIOLoopBound<ClientConnection>
    private let id: ObjectIdentifier

    /// On the connection's loop.
    init(_ connection: ClientConnection, _ loop: any EventLoop) {
      bound = NIOLoopBound(connection, eventLoop: loop)
      id = ObjectIdentifier(connection)
    }

    var eventLoop: any EventLoop { bound.eventLoop }
    /// On the connection's loop only.
    var value: ClientConnection { bound.value }

    static func == (left: Self, right: Self) -> Bool { left.id == right.id }
  }

  enum State: Sendable {
    case idle
    case connecting
    /// `isHealthy` is what the health check said; true without one, nil before its first word.
    case ready(Bound, isHealthy: Bool?)
    case failed(Status, until: NIODeadline)
  }

  private struct Box {
    var state = State.idle
    var endpoints: [Endpoint]
    var backoff: Backoff
    var isClosed = false
    var healthWatch: Task<Void, Never>?
  }

  private let target: Target
  private let configuration: RPCChannelConfiguration
  private let group: any EventLoopGroup
  private let logger: Logger
  private let onChange: @Sendable (_ wasLost: Bool) -> Void
  private let box: NIOLockedValueBox<Box>

  init(
    target: Target, endpoints: [Endpoint], configuration: RPCChannelConfiguration, group: any EventLoopGroup,
    logger: Logger, onChange: @escaping @Sendable (_ wasLost: Bool) -> Void
  ) {
    self.target = target
    self.configuration = configuration
    self.group = group
    self.logger = logger
    self.onChange = onChange
    box = NIOLockedValueBox(
      Box(
        endpoints: endpoints,
        backoff: Backoff(initial: configuration.backoffInitial, maximum: configuration.backoffMax)))
  }

  var state: State { box.withLockedValue { $0.state } }
  var endpoints: [Endpoint] { box.withLockedValue { $0.endpoints } }

  func replaceEndpoints(_ endpoints: [Endpoint]) { box.withLockedValue { $0.endpoints = endpoints } }

  /// Connects if there is neither a connection nor a reason to wait.
  func wake() {
    let endpoints: [Endpoint]? = box.withLockedValue { box in
      guard !box.isClosed else { return nil }
      switch box.state {
      case .connecting, .ready: return nil
      case .failed(_, let until) where NIODeadline.now() < until: return nil
      case .failed, .idle:
        box.state = .connecting
        return box.endpoints
      }
    }
    if let endpoints { connect(endpoints[...], last: nil) }
  }

  /// - Parameter grace: how long open calls may go on.
  func close(grace: Duration) async {
    let (bound, watch) = box.withLockedValue { box in
      box.isClosed = true
      defer { box.state = .idle }
      if case .ready(let bound, _) = box.state { return (Bound?.some(bound), box.healthWatch) }
      return (nil, box.healthWatch)
    }
    watch?.cancel()
    guard let bound else { return }
    let done = bound.eventLoop.makePromise(of: Void.self)
    bound.eventLoop.execute {
      bound.value.onClose = done
      if grace > .zero {
        bound.value.drain()
        bound.eventLoop.scheduleTask(in: TimeAmount(grace)) { bound.value.closeNow("the channel was closed") }
      } else {
        bound.value.closeNow("the channel was closed")
      }
    }
    try? await done.futureResult.get()
  }

  // MARK: - Connecting

  private func connect(_ endpoints: ArraySlice<Endpoint>, last: Status?) {
    guard let endpoint = endpoints.first else {
      return fail(last ?? Status(.unavailable, "\(target) has no address"))
    }
    let loop = group.next()
    open(endpoint, on: loop).whenComplete { result in
      switch result {
      case .success(let bound): self.established(bound)
      case .failure(let error):
        let status = Status(.unavailable, "can't connect to \(endpoint): \(Self.reason(error))")
        self.logger.debug("no connection", metadata: ["address": "\(endpoint)", "error": "\(error)"])
        self.connect(endpoints.dropFirst(), last: status)
      }
    }
  }

  /// Done once the server's settings have come.
  private func open(_ endpoint: Endpoint, on loop: any EventLoop) -> EventLoopFuture<Bound> {
    let ready = loop.makePromise(of: Void.self)
    let (target, configuration, logger) = (self.target, self.configuration, self.logger)
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(TimeAmount(configuration.connectTimeout))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if case .inet = endpoint { try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1) }
          let serverName = configuration.tls.flatMap { $0.serverName ?? target.serverName }
          if let tls = configuration.tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls.makeContext(), serverHostname: serverName))
          }
          try channel.pipeline.syncOperations.addHandler(
            ClientConnection(
              authority: configuration.authority ?? target.authority, serverName: serverName,
              configuration: configuration,
              ready: ready, logger: logger))
        }
      }
    let channel =
      switch endpoint {
      case .inet(let host, let port): bootstrap.connect(host: host, port: port)
      case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    channel.whenFailure { ready.fail($0) }
    let timeout = loop.scheduleTask(in: TimeAmount(configuration.connectTimeout)) {
      ready.fail(Status(.unavailable, "no HTTP/2 settings within \(configuration.connectTimeout)"))
      channel.whenSuccess { $0.close(promise: nil) }
    }
    return channel.flatMap { channel in
      ready.futureResult.flatMapThrowing {
        let handler = try channel.pipeline.syncOperations.handler(type: ClientConnection.self)
        return Bound(handler, channel.eventLoop)
      }
    }.always { _ in timeout.cancel() }
  }

  private func established(_ bound: Bound) {
    let needsCheck = configuration.healthCheckedService != nil
    let isTaken = box.withLockedValue { box in
      guard !box.isClosed else { return false }
      box.state = .ready(bound, isHealthy: needsCheck ? nil : true)
      return true
    }
    bound.value.onUnusable = { [weak self] in self?.lost(bound) }
    guard isTaken else { return bound.value.closeNow("the channel was closed") }
    if let service = configuration.healthCheckedService { watchHealth(of: service, on: bound) }
    onChange(false)
  }

  private func fail(_ status: Status) {
    box.withLockedValue { box in
      let pause = box.backoff.nextDelay()
      box.state = .failed(status, until: .now() + TimeAmount(pause))
    }
    onChange(true)
  }

  private func lost(_ bound: Bound) {
    let watch: Task<Void, Never>? = box.withLockedValue { box in
      guard case .ready(let current, _) = box.state, current == bound else { return nil }
      if bound.value.hasCarried {
        box.backoff.reset()
        box.state = .idle
      } else {
        // A server that greets and leaves before any call could begin is as good as none: without a
        // pause here, a call that waits would connect again and again.
        let status = Status(.unavailable, "\(target) ended the connection at once: \(bound.value.ended)")
        box.state = .failed(status, until: .now() + TimeAmount(box.backoff.nextDelay()))
      }
      defer { box.healthWatch = nil }
      return box.healthWatch
    }
    watch?.cancel()
    onChange(true)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return reason(first.error) }
      return "the name \(error.host) can't be resolved"
    case let error as IOError: return String(cString: strerror(error.errnoCode))
    case let error as Status: return error.message
    default: return "\(error)"
    }
  }

  // MARK: - Health

  /// Follows grpc.health.v1 on a connection; a server without it counts as healthy (gRFC A17).
  private func watchHealth(of service: String, on bound: Bound) {
    let task = Task {
      do {
        let call = try await bound.eventLoop.submit {
          try bound.value.start(
            ClientConnection.Request(
              path: HealthService.watchPath, metadata: Metadata(), compression: .identity, deadline: nil,
              previousAttempts: 0, message: HealthService.request(for: service)))
        }.get()
        while let reply = try await call.next() {
          self.set(isHealthy: HealthService.isServing(reply), bound)
        }
        self.set(isHealthy: false, bound)
      } catch let status as Status where status.code == .unimplemented {
        self.set(isHealthy: true, bound)
      } catch {
        self.set(isHealthy: false, bound)
      }
    }
    box.withLockedValue { $0.healthWatch = task }
  }

  private func set(isHealthy: Bool, _ bound: Bound) {
    box.withLockedValue { box in
      guard case .ready(let current, _) = box.state, current == bound else { return }
      box.state = .ready(bound, isHealthy: isHealthy)
    }
    onChange(false)
  }
}
