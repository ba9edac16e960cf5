// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Snapshots of earlier revisions, made when they are asked for; the last few are kept.
///
/// Making one folds all entries up to its revision again. Pages of one listing and the facts of one answer are asked for
/// one after the other, so that most readings find theirs kept.
package final class PastSnapshots: Sendable {
  private static let kept = 4

  private struct Kept {
    var journalID: String
    var snapshot: Snapshot
  }

  private let snapshots = Mutex<[Kept]>([])

  package init() {}

  /// A snapshot that need not be made; nil where it must be.
  func atHand(_ revision: UInt64, of newest: Snapshot) -> Snapshot? {
    if revision == newest.revision { return newest }
    return snapshots.withLock { list in
      list.first { $0.snapshot.revision == revision && $0.journalID == newest.journalID }?.snapshot
    }
  }

  func snapshot(at revision: UInt64, of newest: Snapshot) -> Snapshot {
    if let known = atHand(revision, of: newest) { return known }
    let made = Fold.past(revision, of: newest)
    snapshots.withLock { list in
      list.insert(Kept(journalID: newest.journalID, snapshot: made), at: 0)
      if list.count > Self.kept { list.removeLast() }
    }
    return made
  }
}
