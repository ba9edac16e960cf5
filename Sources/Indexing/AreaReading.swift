// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Gazetteer
internal import Reconciliation

/// The facts of the scopes that an area's figures stand in, in the order in which they are shown.
///
/// Facts are referred to by their place among all of them, and not copied: an area may have thousands.
struct AreaReading {
  /// The order in which facts are shown: by operation, then as the catalogue lists the metrics, wholes before parts, larger
  /// figures first. All as numbers: a long listing is sorted on every change.
  private struct Order {
    var operation: Int
    var metric: Int
    var isPart: Bool
    /// Negative, for larger ones come first.
    var value: Double
    var region: Int
    var hash: UInt64

    static func isBefore(_ left: Order, _ right: Order) -> Bool {
      if left.operation != right.operation { return left.operation < right.operation }
      if left.metric != right.metric { return left.metric < right.metric }
      return isBeforeAsPart(left, right, byRegion: false)
    }

    /// Areas first, by size of the figure; then parts of a population.
    static func isBeforeAsPart(_ left: Order, _ right: Order, byRegion: Bool = true) -> Bool {
      if left.isPart != right.isPart { return right.isPart }
      if left.value != right.value { return left.value < right.value }
      if byRegion, left.region != right.region { return left.region < right.region }
      return left.hash < right.hash
    }
  }

  private let readings: [ScopeReading]
  /// Where each reading's facts begin.
  private var starts: [Int] = []
  /// Of each fact, its reading.
  private var readingOf: [Int32] = []
  private let gazetteer: Gazetteer
  private var orders: [Order] = []
  private var factsByGround: [String: [Int]] = [:]
  /// Facts that are parts of a fact, in the order in which they are shown.
  private var partsOf: [Int: [Int]] = [:]

  init(_ readings: [ScopeReading], gazetteer: Gazetteer, catalog: MetricCatalog) {
    self.readings = readings
    self.gazetteer = gazetteer
    let operations = Self.ranks(readings.flatMap { $0.facts.compactMap { $0.operation?.id } })
    let metrics = Self.ranks(readings.flatMap { $0.facts.map(\.metric) })
    let regions = Self.ranks(readings.flatMap { $0.facts.map(\.region) })
    var grounds: [String: String] = [:]
    var byID: [String: Int] = [:]
    for (number, reading) in readings.enumerated() {
      starts.append(readingOf.count)
      for fact in reading.facts {
        let index = readingOf.count
        readingOf.append(Int32(number))
        byID[fact.id] = index
        orders.append(
          Order(
            operation: fact.operation.flatMap { operations[$0.id] } ?? operations.count,
            metric: catalog.rank(of: fact.metric) << 32 | (metrics[fact.metric] ?? 0), isPart: !fact.population.isEmpty,
            value: -(fact.quantity.nominal ?? 0), region: regions[fact.region] ?? 0,
            hash: FactKey.hash(ofID: fact.id) ?? 0))
        let ground = grounds[fact.region] ?? gazetteer.ground(fact.region)
        grounds[fact.region] = ground
        factsByGround[ground, default: []].append(index)
      }
    }
    for index in readingOf.indices {
      guard let whole = self[index].partOf.first, let parent = byID[whole] else { continue }
      partsOf[parent, default: []].append(index)
    }
    for parent in partsOf.keys {
      partsOf[parent]?.sort { [orders] in Order.isBeforeAsPart(orders[$0], orders[$1]) }
    }
  }

  /// The place of each text among all, in order.
  private static func ranks(_ texts: [String]) -> [String: Int] {
    Dictionary(uniqueKeysWithValues: Set(texts).sorted().enumerated().map { ($1, $0) })
  }

  var count: Int { readingOf.count }

  subscript(index: Int) -> Fact {
    let reading = Int(readingOf[index])
    return readings[reading].facts[index - starts[reading]]
  }

  var facts: [Fact] { readings.flatMap(\.facts) }

  func record(_ index: Int, _ snapshot: Snapshot) -> FactRecord {
    snapshot.record(self[index], readings[Int(readingOf[index])].documents)
  }

  /// Field 4 of a `GetFiguresResponse`.
  func encoded(_ index: Int) -> [UInt8] {
    let reading = Int(readingOf[index])
    return readings[reading].encoded[index - starts[reading]]
  }

  /// What the facts of areas inside an area add up to, scope by scope; with the documents of the scope.
  func rollUps(
    for region: String, _ catalog: MetricCatalog, isWanted: (Fact) -> Bool
  ) -> [(rollUp: RollUp, documents: [RecordedDocument])] {
    readings.flatMap { reading in
      RollUp.find(in: reading.facts, for: region, gazetteer, catalog, isWanted: isWanted).map {
        ($0, reading.documents)
      }
    }
  }

  /// Facts of an area: each followed by its parts.
  func figures(of region: String, subAreas: SubAreas) -> [Int] {
    let ground = gazetteer.ground(region)
    let own = sorted(factsByGround[ground] ?? [])
    switch subAreas {
    case .none: return own
    case .parts: return withParts(own)
    case .all:
      let inner = factsByGround.keys.filter { $0 != ground && gazetteer.contains(region, $0) }.sorted()
      return withParts(own + inner.flatMap { sorted(factsByGround[$0] ?? []) })
    }
  }

  private func sorted(_ list: [Int]) -> [Int] { list.sorted { Order.isBefore(orders[$0], orders[$1]) } }

  private func withParts(_ roots: [Int]) -> [Int] {
    var isSeen = [Bool](repeating: false, count: count)
    var result: [Int] = []
    func add(_ index: Int) {
      guard !isSeen[index] else { return }
      isSeen[index] = true
      result.append(index)
      for part in partsOf[index] ?? [] { add(part) }
    }
    // A fact that is a part of another one of the list comes behind it.
    var isPart = [Bool](repeating: false, count: count)
    for root in roots {
      for part in partsOf[root] ?? [] { isPart[part] = true }
    }
    for root in roots where !isPart[root] { add(root) }
    for root in roots { add(root) }
    return result
  }
}
