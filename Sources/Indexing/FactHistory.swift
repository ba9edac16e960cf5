// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
package import FiguresProto
internal import Reconciliation

/// How a fact came to be what it is.
///
/// The journal's deeds are done again one by one, and the fact is read after each that touched its scope. That costs a fold of
/// the whole journal, and is asked for seldom.
package enum FactHistory {
  /// - Returns: newest first; nil where there never was a fact of that id.
  package static func changes(of id: String, _ newest: Snapshot) -> [FactChangeRecord]? {
    guard let hash = FactKey.hash(ofID: id) else { return nil }
    var changes: [FactChangeRecord] = []
    var last: FactRecord?
    /// Documents that were recorded before, and whether they count.
    var known: [String: Bool] = [:]
    Fold.replay(newest) { event, fold in
      let cause = cause(of: event.deed, newest, &known)
      guard fold.isTouched(fact: hash) || last != nil && fold.isGone(fact: hash) else { return }
      let snapshot = fold.snapshot()
      let now = snapshot.fact(id).map { snapshot.record($0.fact, $0.documents) }
      guard now != last, let shown = now ?? last else { return }
      changes.append(
        FactChangeRecord(
          revision: fold.revision, recordedAtMilliseconds: event.recordedAtMilliseconds,
          kind: last == nil ? .added : now == nil ? .removed : .changed, fact: shown, cause: cause.name,
          documentID: cause.document, reason: cause.reason))
      last = now
    }
    return changes.isEmpty ? nil : changes.reversed()
  }

  private static func cause(
    of deed: Event.Deed, _ snapshot: Snapshot, _ known: inout [String: Bool]
  ) -> (name: String, document: String, reason: String) {
    let rows = snapshot.documents.rows
    switch deed {
    case .recorded(let place):
      let id = rows[place].id
      // A recording that ends no retraction is another reading of the same text.
      let name = known[id].map { $0 ? "read again" : "recorded again" } ?? "recorded"
      known[id] = true
      return (name, id, "")
    case .retracted(let place, let reason):
      known[rows[place].id] = false
      return ("retracted", rows[place].id, reason)
    case .corrected(let place, _, _, let reason): return ("corrected", rows[place].id, reason)
    case .separated(let separation):
      return (
        separation.isWithdrawn ? "separation withdrawn" : "separated", separation.documents.0, separation.reason
      )
    case .none: return ("", "", "")
    }
  }
}
