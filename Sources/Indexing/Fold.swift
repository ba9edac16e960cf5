// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import FiguresProto
package import Gazetteer
internal import HashTreeCollections
internal import Reconciliation

/// Takes journal entries in order and makes snapshots of what they add up to.
///
/// An entry changes what its own document says and nothing else: claims are packed, and put under the keys of their facts.
/// Facts, choices and relations are made when they are asked for. Where an operation without a name may be another
/// document's too, the documents of that kind are linked anew. What a snapshot holds it shares with the fold, so that one
/// costs no more than what changed since the last.
package struct Fold: Sendable {
  private let gazetteer: Gazetteer
  private let catalog: MetricCatalog
  private let reconciler: Reconciler
  private let linker: OperationLinker
  private var packer = ClaimPacker()
  private var documents = DocumentStore()
  private var index = FactIndex()
  private var numbers = IndexNumbers()
  /// Documents with operations that evidence may link, by what they are linked by.
  private var buckets: [String: Bucket] = [:]
  /// Which operations those of a document are, where evidence says.
  private var linked = TreeDictionary<Int, [Operation: OperationIdentity]>()
  /// Documents that were separated from others, by id.
  private var separations: [String: Set<String>] = [:]
  private let cache = FactCache()
  /// The last entry that was applied.
  package private(set) var revision: UInt64 = 0
  package private(set) var journalID = ""

  private struct Bucket {
    var places: Set<Int> = []
    /// Those that evidence can move: of an operation without a name, or of a name that is told apart. Where there are none,
    /// the names decide.
    var movable: Set<Int> = []
  }

  package init(gazetteer: Gazetteer, catalog: MetricCatalog) {
    self.gazetteer = gazetteer
    self.catalog = catalog
    reconciler = Reconciler(gazetteer: gazetteer, catalog: catalog)
    linker = OperationLinker(gazetteer: gazetteer)
  }

  /// Begins with another journal: what was folded of the last one is dropped.
  package mutating func begin(journalID: String) {
    guard journalID != self.journalID else { return }
    self = Fold(gazetteer: gazetteer, catalog: catalog)
    self.journalID = journalID
  }

  /// Applies an entry. Entries that were applied before are passed over, so that a repeat after a
  /// lost connection changes nothing.
  /// - Throws: ``FoldError`` where an entry is missing in between.
  package mutating func apply(_ entry: JournalEntry) throws(FoldError) {
    let next = entry.revision
    if next <= revision { return }
    guard next == revision + 1 else { throw FoldError(expected: revision + 1, got: next) }
    revision = next
    let deed = deed(of: entry.body)
    documents.events.append(Event(recordedAtMilliseconds: entry.recordedAtMilliseconds, deed: deed))
    perform(deed, document: entry.document)
  }

  private mutating func deed(of body: EntryBody) -> Event.Deed {
    switch body {
    case .document(let document):
      let row = DocumentRow(
        id: document.id, document: document.document, extractor: document.extractor, revision: revision,
        firstClaim: documents.tables.claims.count, claimCount: document.claims.count)
      packer.append(document, to: &documents.tables)
      documents.rows.append(row)
      return .recorded(documents.rows.count - 1)
    case .retraction(let id, let reason):
      return documents.active[id].map { .retracted($0, reason) } ?? .none
    case .correction(let id, let start, let reason, let correction):
      guard let place = documents.active[id], let claim = documents.claim(of: place, at: start) else { return .none }
      return .corrected(document: place, claim: claim, correction, reason)
    case .separation(let separation): return .separated(separation)
    }
  }

  /// - Parameter document: the document of the entry, where it is at hand unpacked.
  private mutating func perform(_ deed: Event.Deed, document: RecordedDocument? = nil) {
    switch deed {
    case .recorded(let place):
      let row = documents.rows[place]
      var document = document
      if let before = documents.active[row.id] {
        remove(before)
        if documents.carryCorrections(from: before, to: place) { document = nil }
      }
      documents.active[row.id] = place
      add(place, document ?? documents.document(place))
    case .retracted(let place, _):
      remove(place)
      documents.active[documents.rows[place].id] = nil
    case .corrected(let place, let claim, let correction, _):
      remove(place)
      documents.corrections[UInt32(claim), default: []].append(correction)
      add(place, documents.document(place))
    case .separated(let separation):
      // Out with both while what they are linked by is as it was when they came in.
      let places = [separation.documents.0, separation.documents.1].compactMap { documents.active[$0] }
      for place in places { remove(place) }
      separate(separation)
      for place in places { add(place, documents.document(place)) }
    case .none: break
    }
  }

  private mutating func separate(_ separation: Separation) {
    let (one, other) = separation.documents
    for (one, other) in [(one, other), (other, one)] {
      if separation.isWithdrawn {
        separations[one]?.remove(other)
        if separations[one]?.isEmpty == true { separations[one] = nil }
      } else {
        separations[one, default: []].insert(other)
      }
    }
  }

  // MARK: - Documents in and out

  private mutating func add(_ place: Int, _ document: RecordedDocument) {
    for (bucket, isMovable) in buckets(of: document) {
      buckets[bucket, default: Bucket()].places.insert(place)
      if isMovable { buckets[bucket]?.movable.insert(place) }
      if buckets[bucket]?.movable.isEmpty == false { link(bucket, except: place) }
    }
    change(by: 1, document, place)
  }

  private mutating func remove(_ place: Int) {
    let document = documents.document(place)
    change(by: -1, document, place)
    linked[place] = nil
    for bucket in buckets(of: document).keys {
      let hadMovable = buckets[bucket]?.movable.isEmpty == false
      buckets[bucket]?.places.remove(place)
      buckets[bucket]?.movable.remove(place)
      if hadMovable { link(bucket, except: place) }
    }
  }

  private mutating func change(by sign: Int, _ document: RecordedDocument, _ place: Int) {
    let identities = documents.identities(of: document, place, linked, linker)
    let texts =
      documents.numbers(of: place, claims: document.claims.count) ?? packer.numbers(document, &documents.tables)
    let keys = reconciler.keys(of: document, identities, words: numbers.words(of: document, texts, reconciler))
    index.change(
      by: sign, document, at: place, keys, texts, offsets: documents.offsets(of: place), revision: revision, &numbers)
  }

  /// What a document's operations are linked by, and whether evidence can move one of them.
  private func buckets(of document: RecordedDocument) -> [String: Bool] {
    let isSeparated = !separations.isEmpty && separations[document.id] != nil
    var result: [String: Bool] = [:]
    for operation in document.operations {
      for bucket in OperationLinker.buckets(operation, isSeparated: isSeparated) {
        result[bucket, default: false] = result[bucket] == true || operation.name.isEmpty || isSeparated
      }
    }
    return result
  }

  /// Links the documents of a bucket anew; those that now belong elsewhere are moved.
  /// - Parameter new: a document whose claims are not in the index.
  private mutating func link(_ bucket: String, except new: Int) {
    let members = (buckets[bucket]?.places ?? []).map { ($0, documents.document($0)) }.sorted { $0.1.id < $1.1.id }
    var group: [(operation: Operation, document: RecordedDocument)] = []
    var places: [Int] = []
    for (place, document) in members {
      let isSeparated = separations[document.id] != nil
      let operations = document.operations.filter {
        OperationLinker.buckets($0, isSeparated: isSeparated).contains(bucket)
      }
      for operation in operations.sorted(by: { $0.summary < $1.summary }) {
        group.append((operation, document))
        places.append(place)
      }
    }
    let identities = linker.link(bucket, group, separations)
    for position in group.indices {
      let (place, operation) = (places[position], group[position].operation)
      guard let identity = identities[position], linked[place]?[operation] != identity else { continue }
      if place != new { change(by: -1, group[position].document, place) }
      linked[place, default: [:]][operation] = identity
      if place != new { change(by: 1, group[position].document, place) }
    }
  }

  // MARK: - Snapshots

  package func snapshot() -> Snapshot {
    Snapshot(
      revision: revision, journalID: journalID, documents: documents, index: index, linked: linked, cache: cache,
      gazetteer: gazetteer, catalog: catalog)
  }

  /// What was known when an entry was the last: the same deeds up to it, over the same claims.
  static func past(_ revision: UInt64, of snapshot: Snapshot) -> Snapshot {
    replay(snapshot, upTo: revision) { _, _ in }.snapshot()
  }

  /// Does the deeds of a snapshot again, from the first.
  /// - Parameter visit: called after each.
  @discardableResult
  static func replay(
    _ snapshot: Snapshot, upTo revision: UInt64 = .max, visit: (Event, Fold) -> Void
  ) -> Fold {
    var fold = Fold(gazetteer: snapshot.gazetteer, catalog: snapshot.catalog)
    fold.journalID = snapshot.journalID
    fold.documents = snapshot.documents
    fold.packer = ClaimPacker(snapshot.documents.tables)
    fold.documents.corrections = [:]
    fold.documents.active = [:]
    for position in 0..<min(Int(clamping: revision), snapshot.documents.events.count) {
      let event = snapshot.documents.events[position]
      fold.revision += 1
      fold.perform(event.deed)
      visit(event, fold)
    }
    return fold
  }

  /// Whether the last entry changed what a fact is read from.
  func isTouched(fact hash: UInt64) -> Bool {
    index.place(ofFact: hash).map { index.scopes[Int($0.scope)].version == revision } ?? false
  }

  func isGone(fact hash: UInt64) -> Bool { index.place(ofFact: hash) == nil }
}

extension DocumentStore {
  /// The numbers of the metrics, areas and periods of a document's claims; nil where claims were corrected.
  func numbers(of place: Int, claims: Int) -> [ClaimNumbers]? {
    let row = rows[place]
    let range = row.firstClaim..<row.firstClaim + row.claimCount
    guard claims == row.claimCount, corrections.isEmpty || !range.contains(where: { corrections[UInt32($0)] != nil })
    else { return nil }
    return range.map {
      let packed = tables.claims[$0]
      return ClaimNumbers(metric: packed.metric, region: packed.region, period: packed.period)
    }
  }

  /// Which operation each one that a document names is: by its name, by evidence, or one of its own.
  func identities(
    of document: RecordedDocument, _ place: Int, _ linked: TreeDictionary<Int, [Operation: OperationIdentity]>,
    _ linker: OperationLinker
  ) -> [Operation: OperationIdentity] {
    let own = linker.identities(of: document)
    guard !own.isEmpty, let evident = linked[place] else { return own }
    return own.merging(evident) { $1 }
  }
}

/// The feed skipped an entry: it must be read again from the last one that was applied.
package struct FoldError: Error, Sendable, CustomStringConvertible {
  package let expected: UInt64
  package let got: UInt64

  package var description: String { "expected entry \(expected) of the journal, got \(got)" }
}
