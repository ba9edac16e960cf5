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
    revision = 0
  }

  /// Applies an entry. Entries that were applied before are passed over, so that a repeat after a
  /// lost connection changes nothing.
  /// - Throws: ``FoldError`` where an entry is missing in between.
  package mutating func apply(_ entry: JournalEntry) throws(FoldError) {
    let next = entry.document.revision
    if next <= revision { return }
    guard next == revision + 1 else { throw FoldError(expected: revision + 1, got: next) }
    documents[entry.document.id] = entry.document
    revision = next
  }

  package func snapshot() -> Snapshot {
    Snapshot(
      revision: revision, journalID: journalID,
      documents: documents.values.sorted { $0.id < $1.id }, gazetteer: gazetteer, catalog: catalog)
  }
}

/// The feed skipped an entry: it must be read again from the last one that was applied.
package struct FoldError: Error, Sendable, CustomStringConvertible {
  package let expected: UInt64
  package let got: UInt64

  package var description: String { "expected entry \(expected) of the journal, got \(got)" }
}
