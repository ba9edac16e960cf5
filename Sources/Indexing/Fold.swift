// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import FiguresProto
package import Gazetteer
internal import Reconciliation

/// Takes journal entries in order and makes snapshots of what they add up to.
///
/// Documents are kept; facts are made anew for each snapshot, a pure function of the documents, so
/// that a replica that read the journal in one go and one that followed it hold the same facts.
package struct Fold: Sendable {
  private let gazetteer: Gazetteer
  private let catalog: MetricCatalog
  private var documents: [String: RecordedDocument] = [:]
  /// All entries so far, for readings as of an earlier one.
  private var entries: [JournalEntry] = []
  /// The last entry that was applied.
  package private(set) var revision: UInt64 = 0
  package private(set) var journalID = ""

  package init(gazetteer: Gazetteer, catalog: MetricCatalog) {
    self.gazetteer = gazetteer
    self.catalog = catalog
  }

  /// Begins with another journal: what was folded of the last one is dropped.
  package mutating func begin(journalID: String) {
    guard journalID != self.journalID else { return }
    self.journalID = journalID
    documents = [:]
    entries = []
    revision = 0
  }

  /// Applies an entry. Entries that were applied before are passed over, so that a repeat after a
  /// lost connection changes nothing.
  /// - Throws: ``FoldError`` where an entry is missing in between.
  package mutating func apply(_ entry: JournalEntry) throws(FoldError) {
    let next = entry.revision
    if next <= revision { return }
    guard next == revision + 1 else { throw FoldError(expected: revision + 1, got: next) }
    entries.append(entry)
    Self.apply(entry, to: &documents)
    revision = next
  }

  /// A document counts from its entry until it is retracted; a correction takes the place of the claim as it was read.
  private static func apply(_ entry: JournalEntry, to documents: inout [String: RecordedDocument]) {
    switch entry.body {
    case .document(let document): documents[document.id] = document
    case .retraction(let id, _): documents[id] = nil
    case .correction(let id, let start, _, let correction):
      guard let index = documents[id]?.claims.firstIndex(where: { $0.span.start == start }) else { return }
      if correction.isWithdrawal {
        documents[id]?.claims.remove(at: index)
      } else if let claim = documents[id]?.claims[index] {
        documents[id]?.claims[index] = correction.applied(to: claim)
      }
    }
  }

  package func snapshot() -> Snapshot {
    Snapshot(
      revision: revision, journalID: journalID, documents: documents.values.sorted { $0.id < $1.id },
      history: History(entries: entries), gazetteer: gazetteer, catalog: catalog)
  }

  /// What was known when an entry was the last: the same fold over fewer entries.
  static func past(_ revision: UInt64, of snapshot: Snapshot) -> Snapshot {
    let entries = snapshot.history.entries.prefix { $0.revision <= revision }
    var documents: [String: RecordedDocument] = [:]
    for entry in entries { apply(entry, to: &documents) }
    return Snapshot(
      revision: revision, journalID: snapshot.journalID, documents: documents.values.sorted { $0.id < $1.id },
      history: History(entries: Array(entries)), gazetteer: snapshot.gazetteer, catalog: snapshot.catalog)
  }
}

/// The entries that a snapshot was made of.
package struct History: Sendable {
  let entries: [JournalEntry]

  package init(entries: [JournalEntry] = []) { self.entries = entries }

  /// The last revision recorded up to a time; 0 if none was.
  func revision(at milliseconds: Int64) -> UInt64 {
    entries.last { $0.recordedAtMilliseconds <= milliseconds }?.revision ?? 0
  }

  /// Why a document no longer counts; nil if it never was retracted.
  package func retraction(of id: String) -> (reason: String, revision: UInt64)? {
    for entry in entries.reversed() {
      if case .retraction(id, let reason) = entry.body { return (reason, entry.revision) }
    }
    return nil
  }
}

/// The feed skipped an entry: it must be read again from the last one that was applied.
package struct FoldError: Error, Sendable, CustomStringConvertible {
  package let expected: UInt64
  package let got: UInt64

  package var description: String { "expected entry \(expected) of the journal, got \(got)" }
}
