// SPDX-License-Identifier: Apache-2.0

/// The replies of a streaming call, in order; they are read once.
public struct ReplyStream: AsyncSequence, Sendable {
  public typealias Element = [UInt8]

  enum Source: Sendable {
    case call(ClientCall)
    case retrying(RetryingStream)
  }

  let source: Source

  public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

  /// Ends the call; the server sees it cancelled.
  public func cancel() {
    switch source {
    case .call(let call): call.cancel()
    case .retrying(let stream): stream.cancel()
    }
  }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let source: Source

    public func next() async throws -> [UInt8]? {
      switch source {
      case .call(let call): try await call.next()
      case .retrying(let stream): try await stream.next()
      }
    }
  }
}

internal import NIOConcurrencyHelpers

/// A call with one request whose first reply may take more than one attempt.
final class RetryingStream: Sendable {
  private struct State {
    var call: ClientCall
    var attempts: Attempts
    var hasReceived = false
    var isCancelled = false
  }

  private let state: NIOLockedValueBox<State>
  private let again: @Sendable (ClientCall, Status, inout Attempts) async throws -> ClientCall

  /// - Parameter again: gives the next attempt, or throws the status.
  init(
    _ call: ClientCall, attempts: Attempts,
    again: @escaping @Sendable (ClientCall, Status, inout Attempts) async throws -> ClientCall
  ) {
    state = NIOLockedValueBox(State(call: call, attempts: attempts))
    self.again = again
  }

  func next() async throws -> [UInt8]? {
    while true {
      let (call, hasReceived) = state.withLockedValue { ($0.call, $0.hasReceived) }
      do {
        let message = try await call.next()
        if !hasReceived { state.withLockedValue { $0.hasReceived = true } }
        return message
      } catch let status as Status where !hasReceived {
        var attempts = state.withLockedValue { $0.attempts }
        let new = try await again(call, status, &attempts)
        let isCancelled = state.withLockedValue { state in
          state.call = new
          state.attempts = attempts
          return state.isCancelled
        }
        if isCancelled { new.cancel() }
      }
    }
  }

  func cancel() {
    state.withLockedValue { state in
      state.isCancelled = true
      return state.call
    }.cancel()
  }
}
