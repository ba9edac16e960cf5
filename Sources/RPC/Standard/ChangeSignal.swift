// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOConcurrencyHelpers

/// Tells waiting tasks that something changed. A waiter names the version it has seen, so that no
/// change between a look and a wait is missed.
package final class ChangeSignal: Sendable {
  private struct State {
    var version = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
  }

  private let state = NIOLockedValueBox(State())

  package init() {}

  package var version: Int { state.withLockedValue { $0.version } }

  package func notify() {
    let waiters = state.withLockedValue { state in
      state.version += 1
      defer { state.waiters = [:] }
      return state.waiters
    }
    for continuation in waiters.values { continuation.resume() }
  }

  /// Returns after the next ``notify()`` since `version`, on cancellation, or after `timeout`.
  package func wait(
    after version: Int, timeout: (TimeAmount, any EventLoop)? = nil
  ) async {
    let id = state.withLockedValue { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let timer = timeout.map { amount, loop in
      loop.scheduleTask(in: amount) { self.wake(id) }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLockedValue { state in
          if state.version != version || Task.isCancelled { return true }
          state.waiters[id] = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      wake(id)
    }
    timer?.cancel()
  }

  private func wake(_ id: Int) {
    state.withLockedValue { $0.waiters.removeValue(forKey: id) }?.resume()
  }
}
