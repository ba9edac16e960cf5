// SPDX-License-Identifier: Apache-2.0

package import Indexing
package import NIOCore
internal import NIOConcurrencyHelpers
package import RPC

/// The snapshot that is answered from. Handlers on an event loop read it without a lock.
package final class SnapshotStore: Sendable {
  private let perLoop: PerLoop<Snapshot>
  private let newest: NIOLockedValueBox<Snapshot>
  package let loopCount: Int
  /// Notified when another snapshot was published.
  package let changes = ChangeSignal()

  package init(group: any EventLoopGroup, initial: Snapshot) {
    perLoop = PerLoop(group: group, initial: initial)
    newest = NIOLockedValueBox(initial)
    loopCount = Array(group.makeIterator()).count
  }

  package func publish(_ snapshot: Snapshot) {
    newest.withLockedValue { $0 = snapshot }
    perLoop.publish(snapshot)
    changes.notify()
  }

  /// On the path of a call: the snapshot of the loop that the call runs on.
  package func current(_ loop: Int) -> Snapshot { perLoop.current(loop) }

  /// Off the path of a call.
  package var latest: Snapshot { newest.withLockedValue { $0 } }
}
