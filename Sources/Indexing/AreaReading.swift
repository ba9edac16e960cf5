// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Gazetteer
internal import Reconciliation

/// The facts of the scopes that an area's figures stand in, in the order in which they are shown.
struct AreaReading {
  let facts: [Fact]
  let encoded: [[UInt8]]
  private let gazetteer: Gazetteer
  private let order: DisplayOrder
  private let factsByGround: [String: [Int]]
  /// Facts that are parts of a fact, in the order in which they are shown.
  private let partsOf: [Int: [Int]]

  init(_ readings: [ScopeReading], gazetteer: Gazetteer, catalog: MetricCatalog) {
    facts = readings.flatMap(\.facts)
    encoded = readings.flatMap(\.encoded)
    self.gazetteer = gazetteer
    order = DisplayOrder(facts: facts, catalog: catalog)
    let byID = Dictionary(facts.enumerated().map { ($1.id, $0) }) { first, _ in first }
    var byGround: [String: [Int]] = [:]
    var parts: [Int: [Int]] = [:]
    for (index, fact) in facts.enumerated() {
      byGround[gazetteer.ground(fact.region), default: []].append(index)
      if let parent = fact.partOf.first.flatMap({ byID[$0] }) { parts[parent, default: []].append(index) }
    }
    factsByGround = byGround
    partsOf = parts.mapValues { [order] in order.sortedParts($0) }
  }

  /// Facts of an area: each followed by its parts.
  func figures(of region: String, subAreas: SubAreas) -> [Int] {
    let ground = gazetteer.ground(region)
    let own = order.sorted(factsByGround[ground] ?? [])
    switch subAreas {
    case .none: return own
    case .parts: return withParts(own)
    case .all:
      let inner = factsByGround.keys.filter { $0 != ground && gazetteer.contains(region, $0) }.sorted()
      return withParts(own + inner.flatMap { order.sorted(factsByGround[$0] ?? []) })
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
}

/// The order in which facts are shown: by operation, then as the catalogue lists the metrics, wholes
/// before parts, larger parts first.
struct DisplayOrder {
  private let keys: [(String, Int, String, Int, Double, String)]
  private let facts: [Fact]

  init(facts: [Fact], catalog: MetricCatalog) {
    self.facts = facts
    keys = facts.map { fact in
      let operation = fact.operation.map { "0" + $0.id } ?? "1"
      let base = catalog.rank(of: fact.metric)
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
