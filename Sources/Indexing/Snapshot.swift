// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import FiguresProto
package import Gazetteer
internal import HashTreeCollections
package import Reconciliation
internal import Synchronization

/// Everything a replica answers from, at one revision. Immutable: read from any thread.
///
/// It holds claims in packed form and which facts they make; a fact is made of its claims when it is asked for, and kept
/// while there is room.
package final class Snapshot: Sendable {
  package let revision: UInt64
  package let journalID: String
  package let gazetteer: Gazetteer
  package let catalog: MetricCatalog
  /// Field 1 of every answer.
  package let revisionField: [UInt8]
  /// No two snapshots of a process have the same.
  let sequence: UInt64
  let documents: DocumentStore
  private let index: FactIndex
  private let linked: TreeDictionary<Int, [Operation: OperationIdentity]>
  private let cache: FactCache

  private static let made = Atomic<UInt64>(0)

  init(
    revision: UInt64, journalID: String, documents: DocumentStore, index: FactIndex,
    linked: TreeDictionary<Int, [Operation: OperationIdentity]>, cache: FactCache, gazetteer: Gazetteer,
    catalog: MetricCatalog
  ) {
    self.revision = revision
    self.journalID = journalID
    self.documents = documents
    self.index = index
    self.linked = linked
    self.cache = cache
    self.gazetteer = gazetteer
    self.catalog = catalog
    revisionField = FigureEncoding.revisionField(revision)
    sequence = Self.made.add(1, ordering: .relaxed).newValue
  }

  package var claimCount: Int { index.claimCount }
  package var documentCount: Int { documents.active.count }
  package var factCount: Int { index.facts.count }

  /// Of all claims and the facts they make, in hexadecimal digits: replicas that hold the same have the same.
  package var digest: String {
    [index.digest.0, index.digest.1].map { value in
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Facts of each metric that has any.
  package var factsByMetric: [String: Int] { index.factsByMetric(documents.tables.texts) }

  // MARK: - Areas

  private func ground(_ region: String) -> Int? { index.groundOf[gazetteer.ground(region)] }

  /// Facts stated for an area itself, or one on the same ground.
  package func factCount(_ region: String) -> Int { ground(region).map { index.grounds[$0].factCount } ?? 0 }

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
    let own = all.filter { index.isStated($0.id) }
    let same = all.filter { !index.isStated($0.id) && factCount($0.id) > 0 }
    return own + same + all.filter { !index.isStated($0.id) && factCount($0.id) == 0 }
  }

  /// The area that a name is taken for, and the others on other ground.
  package func resolve(_ name: String) -> (shown: Region, others: [Region])? {
    let all = candidates(name)
    guard let shown = all.first else { return nil }
    var grounds: Set<String> = [gazetteer.ground(shown.id)]
    let others = all.dropFirst().filter { grounds.insert(gazetteer.ground($0.id)).inserted }
    return (shown, others)
  }

  /// The revision that last changed what is shown of a ground: its own facts, or others of their scopes, which may be parts.
  private func version(ofGround place: Int) -> UInt64 {
    index.grounds[place].scopes.reduce(into: index.grounds[place].version) { version, scope in
      version = max(version, index.scopes[Int(scope)].version)
    }
  }

  /// The places and versions of all areas that the answer to a name depends on. An area that has no figures yet has a
  /// negative place, which says which area it is.
  func grounds(of name: String) -> [(place: Int, version: UInt64)] {
    gazetteer.candidates(name).map { region in
      guard let place = ground(region.id) else { return (-1 - (gazetteer.index(of: region.id) ?? 0), 0) }
      return (place, version(ofGround: place))
    }
  }

  /// Whether nothing has changed in the areas that an answer was made of.
  func stands(_ answer: ReadyAnswer) -> Bool {
    answer.grounds.allSatisfy { place, version in
      // An area that had no figures: it still has none.
      if place < 0 { return ground(gazetteer.regions[-1 - place].id) == nil }
      return place < index.grounds.count && self.version(ofGround: place) == version
    }
  }

  // MARK: - Facts

  /// Claims of a release's scope above which it is read in parts.
  private static let wholeScopeMax = 512

  /// Which claims of a scope bear on the facts of a ground: nil for all of them. In a release, whose rows say nothing of each
  /// other, they are those of the ground itself, of areas around it and of areas inside.
  private struct Neighbourhood {
    let ground: Int
    private var isNear: [Int: Bool] = [:]
    private let snapshot: Snapshot
    private let id: String

    init(_ ground: Int, _ snapshot: Snapshot) {
      self.ground = ground
      self.snapshot = snapshot
      id = snapshot.index.grounds[ground].id
    }

    mutating func contains(_ text: UInt32) -> Bool {
      if let known = isNear[Int(text)] { return known }
      let gazetteer = snapshot.gazetteer
      let region = gazetteer.ground(snapshot.documents.tables.texts[Int(text)])
      let near = region == id || gazetteer.contains(region, id) || gazetteer.contains(id, region)
      isNear[Int(text)] = near
      return near
    }
  }

  /// The facts of a scope, at least those of a neighbourhood.
  private func reading(_ scope: Int, _ near: inout Neighbourhood?) -> ScopeReading {
    let row = index.scopes[scope]
    let isPart =
      near != nil && row.id.hasPrefix("release/") && row.runs.reduce(0) { $0 + Int($1.count) } > Self.wholeScopeMax
    let ground = isPart ? near?.ground ?? -1 : -1
    return cache.reading(scope, version: row.version, ground: ground) {
      let linker = OperationLinker(gazetteer: gazetteer)
      var ranges: [Int: [Range<Int>]] = [:]
      for run in row.runs {
        ranges[Int(run.document), default: []].append(Int(run.first)..<Int(run.first + run.count))
      }
      let members = ranges.map { place, ranges in
        (place, documents.document(place, ranges) { isPart ? near?.contains($0) ?? true : true })
      }
      .filter { !$0.1.claims.isEmpty }.sorted { $0.1.id < $1.1.id }
      let recorded = members.map(\.1)
      let facts = Reconciler(gazetteer: gazetteer, catalog: catalog).facts(
        of: row.id, recorded, members.map { documents.identities(of: $1, $0, linked, linker) })
      return ScopeReading(
        documents: recorded, facts: facts, encoded: facts.map { FigureEncoding.factField(record($0, recorded)) })
    }
  }

  /// A fact with the documents that its claims refer to; nil if there is none of that id.
  package func fact(_ id: String) -> (fact: Fact, documents: [RecordedDocument])? {
    guard let hash = FactKey.hash(ofID: id), let place = index.place(ofFact: hash) else { return nil }
    var near: Neighbourhood? = Neighbourhood(Int(place.ground), self)
    let reading = reading(Int(place.scope), &near)
    return reading.facts.first { $0.id == id }.map { ($0, reading.documents) }
  }

  /// Claims above which the reading of an area takes longer than an event loop may be held up: some 50 ms.
  private static let quickClaimsMax = 20_000

  /// Whether the figures of an area are read quickly: they were read before, or are not many.
  func isQuick(_ region: String, subAreas: SubAreas) -> Bool {
    if claimCount <= Self.quickClaimsMax || cache.hasListing(listingKey(region, subAreas)) { return true }
    guard subAreas != .all else { return false }
    guard let ground = ground(region) else { return true }
    var claims = 0
    for scope in Set(index.grounds[ground].scopes) {
      for run in index.scopes[Int(scope)].runs { claims += Int(run.count) }
      if claims > Self.quickClaimsMax { return false }
    }
    return true
  }

  /// Whether the claims that a fact is read from are few.
  package func isQuick(fact id: String) -> Bool {
    guard let hash = FactKey.hash(ofID: id), let place = index.place(ofFact: hash) else { return true }
    return index.scopes[Int(place.scope)].runs.reduce(0) { $0 + Int($1.count) } <= Self.quickClaimsMax
  }

  private func listingKey(_ region: String, _ subAreas: SubAreas) -> FactCache.ListingKey {
    let version = subAreas == .all ? revision : ground(region).map { self.version(ofGround: $0) } ?? 0
    return FactCache.ListingKey(region: region, subAreas: subAreas, version: version)
  }

  /// The figures of an area as they are shown.
  func listing(_ region: String, subAreas: SubAreas) -> AreaListing {
    cache.listing(listingKey(region, subAreas)) {
      let area = area(region, subAreas: subAreas)
      return AreaListing(area: area, figures: area.figures(of: region, subAreas: subAreas))
    }
  }

  /// The facts of an area, with those of the areas inside where they are asked for.
  func area(_ region: String, subAreas: SubAreas) -> AreaReading {
    var scopes: Set<UInt32> = []
    var near: Neighbourhood?
    if let ground = ground(region) {
      scopes.formUnion(index.grounds[ground].scopes)
      near = Neighbourhood(ground, self)
    }
    if subAreas == .all {
      near = nil
      for ground in index.grounds.indices
      where index.grounds[ground].factCount > 0 && gazetteer.contains(region, index.grounds[ground].id) {
        scopes.formUnion(index.grounds[ground].scopes)
      }
    }
    // A scope whose facts here are gone has no claim, or gives none.
    let ordered = scopes.filter { !index.scopes[Int($0)].runs.isEmpty }.sorted {
      index.scopes[Int($0)].id < index.scopes[Int($1)].id
    }
    return AreaReading(ordered.map { reading(Int($0), &near) }, gazetteer: gazetteer, catalog: catalog)
  }

  private func place(_ region: String) -> RegionRecord? { gazetteer.region(region).map { place($0) } }

  private func place(_ region: Region) -> RegionRecord {
    RegionRecord(id: region.id, name: region.name, kind: region.kind.rawValue, label: region.label)
  }

  private func record(_ identity: OperationIdentity) -> OperationRecord {
    OperationRecord(
      id: identity.id, name: identity.operation.name, lead: identity.operation.lead,
      duration: identity.operation.duration, summary: identity.operation.summary)
  }

  func record(_ rollUp: RollUp) -> RollUpRecord {
    var fact = FactRecord()
    fact.metric = rollUp.metric
    fact.metricName = catalog[rollUp.metric]?.name ?? rollUp.metric
    fact.quantity = rollUp.quantity
    fact.region = place(rollUp.region)
    fact.period = rollUp.period
    fact.operation = rollUp.operation.map { record($0) }
    fact.population = rollUp.population
    fact.populationText = rollUp.populationText
    fact.certainty = rollUp.certainty
    fact.formula = rollUp.formula
    fact.inputs = rollUp.inputs
    return RollUpRecord(
      fact: fact, missing: rollUp.missing.prefix(RollUpRecord.missingMax).map { place($0) },
      missingCount: UInt32(clamping: rollUp.missing.count), reason: rollUp.reason)
  }

  package func record(_ fact: Fact, _ documents: [RecordedDocument]) -> FactRecord {
    var record = FactRecord()
    record.id = fact.id
    record.metric = fact.metric
    record.metricName = catalog[fact.metric]?.name ?? fact.metric
    record.quantity = fact.quantity
    record.region = place(fact.region)
    record.period = fact.period
    record.operation = fact.operation.map { self.record($0) }
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

  // MARK: - Operations

  /// Operations that counting documents speak of, in order of their ids.
  /// - Returns: at most `limit` behind an id, and whether there are more.
  package func operations(after id: String, limit: Int) -> (page: [OperationSummaryRecord], hasMore: Bool) {
    let scopes = index.scopes.indices.filter {
      index.scopes[$0].id.hasPrefix("op/") && index.scopes[$0].id > id && !index.scopes[$0].runs.isEmpty
    }.sorted { index.scopes[$0].id < index.scopes[$1].id }
    let linker = OperationLinker(gazetteer: gazetteer)
    let page = scopes.prefix(limit).compactMap { scope -> OperationSummaryRecord? in
      let row = index.scopes[scope]
      let places = Set(row.runs.map { Int($0.document) }).sorted { documents.rows[$0].id < documents.rows[$1].id }
      let identity = places.lazy.compactMap { place in
        self.documents.identities(of: self.documents.document(place), place, self.linked, linker).values
          .first { $0.id == row.id }
      }.first
      guard let identity else { return nil }
      var operation = record(identity)
      operation.evidence = identity.evidence
      return OperationSummaryRecord(
        operation: operation,
        documentCount: UInt32(clamping: places.count),
        claimCount: row.runs.reduce(0) { $0 + $1.count })
    }
    return (page, scopes.count > limit)
  }

  // MARK: - Documents

  package func document(_ id: String) -> RecordedDocument? { documents.active[id].map { documents.document($0) } }

  /// Documents that count, in order of revision, without their claims.
  /// - Returns: at most `limit` after a revision, and whether there are more.
  package func documents(after revision: UInt64, limit: Int) -> (page: [DocumentRecord], hasMore: Bool) {
    var page: [DocumentRecord] = []
    var place = revision == 0 ? 0 : documents.firstRow(after: revision)
    while place < documents.rows.count {
      let row = documents.rows[place]
      if documents.active[row.id] == place {
        if page.count == limit { return (page, true) }
        var record = DocumentRecord(document: row.document)
        record.document.text = ""
        record.id = row.id
        record.claimCount = UInt32(clamping: row.claimCount)
        record.revision = row.revision
        record.extractor = row.extractor
        page.append(record)
      }
      place += 1
    }
    return (page, false)
  }

  /// The last revision recorded up to a time; 0 if none was.
  func revision(at milliseconds: Int64) -> UInt64 {
    let events = documents.events
    let last = events.indices.last { events[$0].recordedAtMilliseconds <= milliseconds }
    return last.map { UInt64($0 + 1) } ?? 0
  }
}
