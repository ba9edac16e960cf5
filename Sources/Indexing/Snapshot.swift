// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import FiguresModel
package import FiguresProto
package import Gazetteer
package import Reconciliation

/// Everything a replica answers from, at one revision. Immutable: read from any thread.
///
/// Facts stand in order of their ids. Each is encoded once, as it stands in a `GetFiguresResponse`;
/// an answer is these bytes put together.
package final class Snapshot: Sendable {
  package let revision: UInt64
  package let journalID: String
  package let documents: [RecordedDocument]
  package let facts: [Fact]
  /// SHA-256 over the encoded facts, in hexadecimal digits.
  package let digest: String
  package let gazetteer: Gazetteer
  package let catalog: MetricCatalog

  /// The bytes of each fact, field 4 of the answer.
  let encodedFacts: [[UInt8]]
  /// Facts stated for each ground, in the order in which they are shown.
  private let factsByGround: [String: [Int]]
  /// Areas that claims name as their own.
  private let statedRegions: Set<String>
  private let factByID: [String: Int]
  private let documentByID: [String: Int]
  /// Facts that are parts of a fact, in the order in which they are shown.
  private let partsOf: [Int: [Int]]
  /// Whole answers to requests that name an area and nothing else.
  package let plainAnswers: PlainAnswers
  package let history: History

  package init(
    revision: UInt64, journalID: String, documents: [RecordedDocument], history: History = History(),
    gazetteer: Gazetteer, catalog: MetricCatalog
  ) {
    self.history = history
    self.revision = revision
    self.journalID = journalID
    self.documents = documents
    self.gazetteer = gazetteer
    self.catalog = catalog
    let facts = Reconciler(gazetteer: gazetteer, catalog: catalog).facts(documents)
    self.facts = facts
    let factByID = Dictionary(uniqueKeysWithValues: facts.enumerated().map { ($1.id, $0) })
    self.factByID = factByID
    documentByID = Dictionary(uniqueKeysWithValues: documents.enumerated().map { ($1.id, $0) })

    statedRegions = Set(facts.map(\.region))
    let order = DisplayOrder(facts: facts, gazetteer: gazetteer, catalog: catalog)
    var byGround: [String: [Int]] = [:]
    var parts: [Int: [Int]] = [:]
    for (index, fact) in facts.enumerated() {
      byGround[gazetteer.ground(fact.region), default: []].append(index)
      if let parent = fact.partOf.first.flatMap({ factByID[$0] }) { parts[parent, default: []].append(index) }
    }
    factsByGround = byGround.mapValues { order.sorted($0) }
    partsOf = parts.mapValues { order.sortedParts($0) }

    var hasher = SHA256()
    var encoded: [[UInt8]] = []
    encoded.reserveCapacity(facts.count)
    for fact in facts {
      let bytes = FigureEncoding.factField(
        Self.record(fact, documents: documents, gazetteer: gazetteer, catalog: catalog))
      hasher.update(data: bytes)
      encoded.append(bytes)
    }
    encodedFacts = encoded
    digest = hexadecimal(hasher.finalize())
    plainAnswers = PlainAnswers()
    plainAnswers.fill(from: self)
  }

  /// Before anything was read.
  package static func empty(gazetteer: Gazetteer, catalog: MetricCatalog) -> Snapshot {
    Snapshot(revision: 0, journalID: "", documents: [], gazetteer: gazetteer, catalog: catalog)
  }

  /// Grounds that facts are stated for.
  var grounds: some Collection<String> { factsByGround.keys }

  package var claimCount: Int { documents.reduce(0) { $0 + $1.claims.count } }

  // MARK: - Areas

  /// Facts stated for an area itself, or one on the same ground.
  package func factCount(_ region: String) -> Int {
    factsByGround[gazetteer.ground(region)]?.count ?? 0
  }

  package func record(_ region: Region) -> RegionRecord {
    var record = RegionRecord(
      id: region.id, name: region.name, kind: region.kind.rawValue, label: region.label)
    record.parents = gazetteer.parents(of: region.id).map(\.id)
    record.figureCount = UInt32(clamping: factCount(region.id))
    record.sameExtent = gazetteer.sameExtent(region.id)
    return record
  }

  /// The areas a name can mean: those with figures first, then those that are meant most often.
  package func candidates(_ name: String) -> [Region] {
    let all = gazetteer.candidates(name)
    // Figures stated for the area itself weigh more than figures for another area on its ground.
    let own = all.filter { statedRegions.contains($0.id) }
    let same = all.filter { !statedRegions.contains($0.id) && factCount($0.id) > 0 }
    return own + same + all.filter { factCount($0.id) == 0 }
  }

  /// The area that a name is taken for, and the others on other ground.
  package func resolve(_ name: String) -> (shown: Region, others: [Region])? {
    let all = candidates(name)
    guard let shown = all.first else { return nil }
    var grounds: Set<String> = [gazetteer.ground(shown.id)]
    let others = all.dropFirst().filter { grounds.insert(gazetteer.ground($0.id)).inserted }
    return (shown, others)
  }

  // MARK: - Facts

  package func fact(_ id: String) -> Fact? { factByID[id].map { facts[$0] } }

  package func document(_ id: String) -> RecordedDocument? { documentByID[id].map { documents[$0] } }

  /// Facts of an area in the order in which they are shown: each followed by its parts.
  package func figures(of region: String, subAreas: SubAreas) -> [Int] {
    let ground = gazetteer.ground(region)
    let own = factsByGround[ground] ?? []
    switch subAreas {
    case .none: return own
    case .parts: return withParts(own)
    case .all:
      let inner = factsByGround.keys.filter { $0 != ground && gazetteer.contains(region, $0) }.sorted()
      return withParts(own + inner.flatMap { factsByGround[$0] ?? [] })
    }
  }

  private func withParts(_ roots: [Int]) -> [Int] {
    var seen: Set<Int> = []
    var result: [Int] = []
    func add(_ index: Int) {
      guard seen.insert(index).inserted else { return }
      result.append(index)
      for part in partsOf[index] ?? [] { add(part) }
    }
    // A fact that is a part of another one of the list comes behind it.
    let listed = Set(roots.map { facts[$0].id })
    for root in roots where !facts[root].partOf.contains(where: { listed.contains($0) }) { add(root) }
    for root in roots { add(root) }
    return result
  }

  package func record(_ fact: Fact) -> FactRecord {
    Self.record(fact, documents: documents, gazetteer: gazetteer, catalog: catalog)
  }

  private static func record(
    _ fact: Fact, documents: [RecordedDocument], gazetteer: Gazetteer, catalog: MetricCatalog
  ) -> FactRecord {
    var record = FactRecord()
    record.id = fact.id
    record.metric = fact.metric
    record.metricName = catalog[fact.metric]?.name ?? fact.metric
    record.quantity = fact.quantity
    record.region = gazetteer.region(fact.region).map {
      RegionRecord(id: $0.id, name: $0.name, kind: $0.kind.rawValue, label: $0.label)
    }
    record.period = fact.period
    record.operation = fact.operation.map {
      OperationRecord(
        id: $0.id, name: $0.operation.name, lead: $0.operation.lead, duration: $0.operation.duration,
        summary: $0.operation.summary)
    }
    record.population = fact.population
    record.populationText = fact.populationText
    record.agreement = fact.agreement
    record.sourceCount = UInt32(clamping: fact.sourceCount)
    record.claimCount = UInt32(clamping: fact.claims.count)
    record.documentCount = UInt32(clamping: fact.documentCount)
    if let chosen = fact.claims.first {
      let document = documents[chosen.reference.document]
      record.chosenClaim = document.claimID(document.claims[chosen.reference.claim])
    }
    record.reason = fact.reason
    record.partOf = fact.partOf
    record.conflicting = fact.conflicting
    record.certainty = fact.certainty
    record.check = fact.check
    record.formula = fact.derivation?.formula ?? ""
    record.inputs = fact.derivation?.inputs ?? []
    return record
  }
}

/// The order in which facts are shown: by operation, then as the catalogue lists the metrics, wholes
/// before parts, larger parts first.
struct DisplayOrder {
  private let keys: [(String, Int, String, Int, Double, String)]
  private let facts: [Fact]

  init(facts: [Fact], gazetteer: Gazetteer, catalog: MetricCatalog) {
    self.facts = facts
    let rank = Dictionary(uniqueKeysWithValues: catalog.metrics.enumerated().map { ($1.id, $0) })
    keys = facts.map { fact in
      let operation = fact.operation.map { "0" + $0.id } ?? "1"
      let base = rank[fact.metric] ?? rank.count
      return (
        operation, base, fact.metric, fact.population.isEmpty ? 0 : 1, -(fact.quantity.nominal ?? 0), fact.id
      )
    }
  }

  func sorted(_ list: [Int]) -> [Int] {
    list.sorted { keys[$0] < keys[$1] }
  }

  /// Areas first, by size of the figure; then parts of a population.
  func sortedParts(_ list: [Int]) -> [Int] {
    list.sorted {
      let (a, b) = (keys[$0], keys[$1])
      return (a.3, a.4, facts[$0].region, a.5) < (b.3, b.4, facts[$1].region, b.5)
    }
  }
}
