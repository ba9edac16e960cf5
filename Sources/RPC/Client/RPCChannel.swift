// SPDX-License-Identifier: Apache-2.0

public import Logging
public import NIOCore
internal import NIOConcurrencyHelpers
internal import NIOPosix

/// A client's way to one target: finds its addresses, connects at the first call, again after a
/// connection was lost, and spreads calls as ``RPCChannelConfiguration/loadBalancing`` says.
public final class RPCChannel: Sendable {
  private enum Resolution {
    case none, running
    case done(at: NIODeadline)
    case failed(Status, until: NIODeadline)
  }

  private struct State {
    var resolution = Resolution.none
    var resolverBackoff: Backoff
    var connectors: [Connector] = []
    var next = 0
    var isClosed = false
  }

  /// How soon names are looked up again after a connection was lost or could not be made.
  private static let resolutionAgeMin = TimeAmount.seconds(1)

  /// What the channel connects to.
  public let target: Target
  private let configuration: RPCChannelConfiguration
  private let group: any EventLoopGroup
  private let logger: Logger
  private let budget: RetryBudget
  private let changes = ChangeSignal()
  private let state: NIOLockedValueBox<State>

  public init(
    target: Target, configuration: RPCChannelConfiguration = .init(), group: any EventLoopGroup, logger: Logger
  ) {
    self.target = target
    self.configuration = configuration
    self.group = group
    self.logger = logger
    budget = RetryBudget(configuration.retry)
    state = NIOLockedValueBox(
      State(
        resolverBackoff: Backoff(initial: configuration.backoffInitial, maximum: configuration.backoffMax)))
  }

  // MARK: - Calls

  /// One request, one reply.
  /// - Throws: the call's ``Status``.
  public func unary(
    _ path: String, _ request: [UInt8], options: CallOptions = .init()
  ) async throws -> [UInt8] {
    try await unaryReply(path, request, options: options).message
  }

  /// One request, one reply, with what came around it.
  /// - Throws: the call's ``Status``.
  public func unaryReply(
    _ path: String, _ request: [UInt8], options: CallOptions = .init()
  ) async throws -> UnaryReply {
    let deadline = Self.deadline(options)
    var attempts = self.attempts(options)
    while true {
      let call = try await start(path, options, deadline, message: request, attempts: attempts.failed)
      do {
        let reply = try await Self.onlyReply(of: call)
        budget.succeeded()
        return reply
      } catch let status as Status {
        try await pauseOrThrow(status, call, &attempts, deadline)
      }
    }
  }

  /// One request, a stream of replies; it ends, or throws the call's ``Status``.
  ///
  /// Back-pressure: the server may send as much as the window holds beyond what was taken.
  public func serverStreaming(
    _ path: String, _ request: [UInt8], options: CallOptions = .init()
  ) async throws -> ReplyStream {
    let deadline = Self.deadline(options)
    let first = try await start(path, options, deadline, message: request, attempts: 0)
    return ReplyStream(
      source: .retrying(
        RetryingStream(first, attempts: attempts(options)) { call, status, attempts in
          try await self.pauseOrThrow(status, call, &attempts, deadline)
          return try await self.start(path, options, deadline, message: request, attempts: attempts.failed)
        }))
  }

  /// A stream of requests, one reply: send with ``ClientCall/send(_:compressed:)``, end with
  /// ``ClientCall/finishSending()`` inside the closure, which is called once.
  /// - Throws: the call's ``Status``.
  public func clientStreaming(
    _ path: String, options: CallOptions = .init(), _ send: (ClientCall) async throws -> Void
  ) async throws -> UnaryReply {
    let call = try await self.call(path, options: options)
    do {
      try await send(call)
      try await call.finishSending()
    } catch let status as Status {
      // The server may have answered before it had all: what it said counts.
      guard call.eventLoop.inEventLoop || status.code != .internal else { throw status }
    } catch {
      call.cancel()
      throw error
    }
    return try await Self.onlyReply(of: call)
  }

  /// A call of any kind: requests and replies in any order.
  /// - Throws: a ``Status`` where it can't begin.
  public func call(_ path: String, options: CallOptions = .init()) async throws -> ClientCall {
    try await start(path, options, Self.deadline(options), message: nil, attempts: 0)
  }

  private static func onlyReply(of call: ClientCall) async throws -> UnaryReply {
    // gRPC's statuscodes.md has UNIMPLEMENTED for another number of replies.
    guard let reply = try await call.nextMessage() else {
      throw Status(.unimplemented, "the call ended with ok but without a reply")
    }
    guard try await call.nextMessage() == nil else {
      call.cancel()
      throw Status(.unimplemented, "the call has more than one reply")
    }
    return UnaryReply(
      message: reply.bytes, wasCompressed: reply.wasCompressed,
      initialMetadata: try await call.initialMetadata(), trailingMetadata: await call.trailingMetadata())
  }

  private func attempts(_ options: CallOptions) -> Attempts {
    Attempts(policy: configuration.retry, budget: budget, isIdempotent: options.isIdempotent)
  }

  /// Returns after the pause before the next attempt, or throws the status if there is none.
  private func pauseOrThrow(
    _ status: Status, _ call: ClientCall, _ attempts: inout Attempts, _ deadline: NIODeadline?
  ) async throws {
    let (isUnprocessed, pushback) = await call.retryAdvice()
    guard let pause = attempts.next(after: status, isUnprocessed: isUnprocessed, pushback: pushback) else {
      throw status
    }
    if let deadline, .now() + TimeAmount(pause) >= deadline { throw status }
    if pause > .zero { try await Task.sleep(for: pause) }
  }

  private static func deadline(_ options: CallOptions) -> NIODeadline? {
    let own = options.timeout.map { NIODeadline.now() + TimeAmount($0) }
    return [own, CallDeadline.current].compactMap { $0 }.min()
  }

  private func start(
    _ path: String, _ options: CallOptions, _ deadline: NIODeadline?, message: [UInt8]?, attempts: Int
  ) async throws -> ClientCall {
    let request = ClientConnection.Request(
      path: path, metadata: options.metadata, compression: options.compression, deadline: deadline,
      previousAttempts: attempts, message: message)
    while true {
      let bound = try await connection(waitsForReady: options.waitsForReady, deadline: deadline)
      // Nil: the connection said in this moment that it takes no more calls.
      let call: ClientCall? = try await bound.eventLoop.submit {
        guard bound.value.takesCalls else { return nil }
        return try bound.value.start(request)
      }.get()
      if let call { return call }
    }
  }

  // MARK: - Connections

  private enum Choice {
    case use(Connector.Bound)
    case fail(Status)
    case wait(until: NIODeadline?)
  }

  private func connection(
    waitsForReady: Bool, deadline: NIODeadline?
  ) async throws -> Connector.Bound {
    while true {
      try Task.checkCancellation()
      if let deadline, deadline <= .now() {
        throw Status(.deadlineExceeded, "no connection to \(target) within the time that the caller gave")
      }
      let version = changes.version
      switch choose(waitsForReady: waitsForReady) {
      case .use(let bound): return bound
      case .fail(let status): throw status
      case .wait(let until):
        let end = [until, deadline].compactMap { $0 }.min()
        await changes.wait(
          after: version, timeout: end.map { (max($0 - .now(), .milliseconds(1)), group.any()) })
      }
    }
  }

  private func choose(waitsForReady: Bool) -> Choice {
    let (connectors, next) = state.withLockedValue { state in
      state.next &+= 1
      return (state.connectors, state.next)
    }
    if state.withLockedValue({ $0.isClosed }) {
      return .fail(Status(.unavailable, "the channel is closed"))
    }
    guard !connectors.isEmpty else { return resolve(waitsForReady: waitsForReady) }
    var isConnecting = false
    var failure: (status: Status, until: NIODeadline)?
    for offset in connectors.indices {
      let connector = connectors[(next &+ offset) % connectors.count]
      connector.wake()
      switch connector.state {
      case .ready(let bound, true): return .use(bound)
      case .ready(_, false):
        failure = failure ?? (Status(.unavailable, "the server reports that it is not serving"), .now() + .seconds(1))
      case .connecting, .idle, .ready(_, nil): isConnecting = true
      case .failed(let status, let until):
        if failure.map({ until < $0.until }) ?? true { failure = (status, until) }
      }
    }
    guard let failure, !isConnecting else { return .wait(until: nil) }
    return waitsForReady ? .wait(until: failure.until) : .fail(failure.status)
  }

  private func resolve(waitsForReady: Bool) -> Choice {
    let (begins, choice) = state.withLockedValue { state -> (Bool, Choice) in
      switch state.resolution {
      case .running, .done: return (false, .wait(until: nil))
      case .failed(let status, let until) where .now() < until:
        return (false, waitsForReady ? .wait(until: until) : .fail(status))
      case .none, .failed:
        state.resolution = .running
        return (true, .wait(until: nil))
      }
    }
    if begins { lookUp() }
    return choice
  }

  /// Finds the target's addresses. On a task of its own: several calls may wait for it.
  private func lookUp() {
    Task {
      do {
        use(try await Resolver.resolve(target))
      } catch {
        let status = error as? Status ?? Status(.unavailable, "\(target): \(error)")
        state.withLockedValue { state in
          let pause = state.resolverBackoff.nextDelay()
          state.resolution = .failed(status, until: .now() + TimeAmount(pause))
        }
      }
      changes.notify()
    }
  }

  private func use(_ endpoints: [Endpoint]) {
    let removed = state.withLockedValue { state -> [Connector] in
      state.resolution = .done(at: .now())
      state.resolverBackoff.reset()
      guard !state.isClosed else { return [] }
      switch configuration.loadBalancing {
      case .pickFirst:
        if let connector = state.connectors.first {
          connector.replaceEndpoints(endpoints)
        } else {
          state.connectors = [connector(for: endpoints)]
        }
        return []
      case .roundRobin:
        let old = state.connectors
        state.connectors = endpoints.map { endpoint in
          old.first { $0.endpoints == [endpoint] } ?? connector(for: [endpoint])
        }
        return old.filter { kept in !state.connectors.contains { $0 === kept } }
      }
    }
    for connector in removed { Task { await connector.close(grace: .seconds(30)) } }
  }

  private func connector(for endpoints: [Endpoint]) -> Connector {
    Connector(
      target: target, endpoints: endpoints, configuration: configuration, group: group, logger: logger
    ) { [weak self] wasLost in
      self?.changed(wasLost: wasLost)
    }
  }

  private func changed(wasLost: Bool) {
    let (looksUp, connectors) = state.withLockedValue { state -> (Bool, [Connector]) in
      guard wasLost, !state.isClosed else { return (false, []) }
      // round_robin keeps all of its connections up.
      let connectors = configuration.loadBalancing == .roundRobin ? state.connectors : []
      guard case .name = target.kind, case .done(let at) = state.resolution,
        .now() - at >= Self.resolutionAgeMin
      else { return (false, connectors) }
      state.resolution = .running
      return (true, connectors)
    }
    if looksUp { lookUp() }
    for connector in connectors { connector.wake() }
    changes.notify()
  }

  /// Takes no more calls, and ends the connections.
  /// - Parameter grace: how long open calls may go on; without it they end with UNAVAILABLE.
  public func close(grace: Duration = .zero) async {
    let connectors = state.withLockedValue { state in
      state.isClosed = true
      defer { state.connectors = [] }
      return state.connectors
    }
    changes.notify()
    for connector in connectors { await connector.close(grace: grace) }
  }
}

/// The reply of a call that has one, with what came around it.
public struct UnaryReply: Sendable {
  public let message: [UInt8]
  public let wasCompressed: Bool
  public let initialMetadata: Metadata
  public let trailingMetadata: Metadata
}
