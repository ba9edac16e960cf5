// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
package import Indexing
package import Logging
internal import NIOConcurrencyHelpers
package import RPC
internal import ServiceLifecycle

/// Follows the journal: subscribes from the last entry that was folded, folds what comes, publishes
/// snapshots; connects again, with growing pauses, when ingest is gone.
package final class FeedService: Service {
  private struct State {
    var fold: Fold
    /// Entries folded since the last snapshot.
    var isDirty = false
    var isCaughtUp = false
  }

  private let channel: RPCChannel
  private let store: SnapshotStore
  private let health: HealthService
  private let logger: Logger
  private let state: NIOLockedValueBox<State>
  private let changes = ChangeSignal()

  package init(
    channel: RPCChannel, store: SnapshotStore, health: HealthService, fold: Fold, logger: Logger
  ) {
    self.channel = channel
    self.store = store
    self.health = health
    self.logger = logger
    state = NIOLockedValueBox(State(fold: fold))
  }

  package var isCaughtUp: Bool { state.withLockedValue { $0.isCaughtUp } }

  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.publish() }
      group.addTask { await self.follow() }
      try? await gracefulShutdown()
      group.cancelAll()
    }
    await channel.close()
  }

  // MARK: - Following

  private func follow() async {
    var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5))
    while !Task.isCancelled {
      do {
        try await subscribe { backoff.reset() }
        logger.warning("the feed ended; subscribing again")
      } catch {
        if Task.isCancelled { return }
        logger.warning("the feed broke; subscribing again", metadata: ["error": "\(error)"])
      }
      try? await Task.sleep(for: backoff.nextDelay())
    }
  }

  private func subscribe(onAlive: () -> Void) async throws {
    let request = state.withLockedValue {
      SubscribeRequest(afterRevision: $0.fold.revision, journalID: $0.fold.journalID)
    }
    do {
      let stream = try await channel.serverStreaming(Methods.subscribe, request.encoded())
      // However this ends, ingest is told that nobody listens any more.
      defer { stream.cancel() }
      for try await message in stream {
        onAlive()
        try take(try FeedEvent(decoding: message))
      }
    } catch let status as Status
      where status.code == .failedPrecondition || status.code == .outOfRange
    {
      // Another journal: what was folded is of no use any more.
      logger.error("the journal is another one; starting over", metadata: ["status": "\(status)"])
      health.set(isServing: false)
      state.withLockedValue {
        $0.fold.begin(journalID: "")
        $0.isCaughtUp = false
        $0.isDirty = true
      }
    }
  }

  private func take(_ event: FeedEvent) throws {
    switch event {
    case .hello(let journalID, let head):
      logger.info("subscribed", metadata: ["journal": "\(journalID)", "head": "\(head)"])
      state.withLockedValue { $0.fold.begin(journalID: journalID) }
    case .entry(let entry):
      try state.withLockedValue {
        try $0.fold.apply(entry)
        $0.isDirty = true
      }
      changes.notify()
    case .caughtUp(let revision):
      logger.info("caught up", metadata: ["revision": "\(revision)"])
      state.withLockedValue {
        $0.isCaughtUp = true
        $0.isDirty = true
      }
      changes.notify()
    case .checkpoint: break
    }
  }

  // MARK: - Publishing

  /// Makes a snapshot whenever something was folded. What comes while one is being made goes into the
  /// next: a burst costs a few snapshots and not one an entry. During catch-up none is made.
  private func publish() async {
    while !Task.isCancelled {
      let version = changes.version
      let made = state.withLockedValue { state -> Snapshot? in
        guard state.isDirty, state.isCaughtUp else { return nil }
        state.isDirty = false
        // Inside the lock: a copy of the fold would make its next change copy all that it holds.
        return state.fold.snapshot()
      }
      guard let snapshot = made else {
        await changes.wait(after: version)
        continue
      }
      store.publish(snapshot)
      if !health.isServing { health.set(isServing: true) }
      logger.debug(
        "snapshot published",
        metadata: ["revision": "\(snapshot.revision)", "facts": "\(snapshot.factCount)"])
    }
  }
}
