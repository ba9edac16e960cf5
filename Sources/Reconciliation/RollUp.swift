// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import Gazetteer

/// A figure for an area that no document states, of figures for areas inside it: of one metric, period and population, and of
/// one scope (an operation, a document or a release), so that nothing is added that its sources did not count together.
package struct RollUp: Sendable {
  package var metric: String
  package var region: String
  package var period: Period?
  package var operation: OperationIdentity?
  package var population: [Dimension]
  package var populationText: String
  package var certainty: Certainty
  /// Nil where the areas don't cover the area, or overlap.
  package var quantity: Quantity?
  /// "8 + 6 + 2", in order of the areas' ids; empty where there is no quantity.
  package var formula: String
  /// Ids of the facts that it is of, in the formula's order.
  package var inputs: [String]
  package var missing: [Region] = []
  /// Why there is no quantity, for reading.
  package var reason = ""

  private struct Group: Hashable {
    var metric: String
    var period: String
    var population: [Dimension]
  }

  /// - Parameters:
  ///   - facts: of one scope.
  ///   - isWanted: which of them to look at.
  /// - Returns: what can be said of an area, whether it adds up or not; nothing where fewer than two areas inside have a figure.
  package static func find(
    in facts: [Fact], for region: String, _ gazetteer: Gazetteer, _ catalog: MetricCatalog,
    isWanted: (Fact) -> Bool = { _ in true }
  ) -> [RollUp] {
    var groups: [Group: [String: Fact]] = [:]
    let whole = gazetteer.ground(region)
    for fact in facts where fact.derivation == nil && catalog[fact.metric]?.isAdditive == true && isWanted(fact) {
      let ground = gazetteer.ground(fact.region)
      guard ground == whole || gazetteer.contains(whole, ground) else { continue }
      let group = Group(metric: fact.metric, period: fact.period?.key ?? "", population: fact.population)
      groups[group, default: [:]][ground] = fact
    }
    return groups.filter { $1[whole] == nil && $1.count > 1 }
      .map { of($1, $0, region, whole, gazetteer) }
      .sorted { ($0.metric, $0.key) < ($1.metric, $1.key) }
  }

  private var key: String { (period?.key ?? "") + population.map { "\u{1f}\($0.name)=\($0.value)" }.joined() }

  private static func of(
    _ facts: [String: Fact], _ group: Group, _ region: String, _ whole: String, _ gazetteer: Gazetteer
  ) -> RollUp {
    // What lies in an area that has a figure itself is counted there already.
    let outer = facts.filter { ground, _ in !facts.keys.contains { gazetteer.contains($0, ground) } }
    let parts = outer.sorted { $0.key < $1.key }
    let first = parts[0].value
    var result = RollUp(
      metric: group.metric, region: region, period: first.period, operation: first.operation,
      population: group.population, populationText: first.populationText,
      certainty: parts.contains { $1.certainty == .hedged } ? .hedged : .stated, formula: "",
      inputs: parts.map(\.value.id))
    switch gazetteer.coverage(parts.map(\.value.region), of: whole) {
    case .unknown: result.reason = "the gazetteer does not say which areas make up this one"
    case .overlapping(let one, let other):
      let names = [one, other].map { gazetteer.region($0)?.label ?? $0 }
      result.reason = "\(names[0]) and \(names[1]) overlap"
    case .lacking(let missing):
      result.missing = missing
      result.reason = "\(missing.count) \(missing.count == 1 ? "area has" : "areas have") no figure"
    case .complete:
      if let disputed = parts.first(where: { $1.agreement == .disputed })?.value {
        result.reason = "the figure for \(gazetteer.region(disputed.region)?.label ?? disputed.region) is disputed"
      } else if let sum = sum(parts.map(\.value.quantity)) {
        result.quantity = sum
        result.formula = parts.map(\.value.quantity.text).joined(separator: " + ")
      } else {
        result.reason = "the figures have no bound in common"
      }
    }
    return result
  }

  /// Bounds add up; nil where neither side of all is bounded, or units differ.
  private static func sum(_ parts: [Quantity]) -> Quantity? {
    guard let unit = parts.first?.unit, parts.allSatisfy({ $0.unit == unit }) else { return nil }
    let low = parts.reduce(0) { $0 + max(0, $1.allowed.low) }
    let high = parts.reduce(0) { $0 + $1.allowed.high }
    if low == high { return Quantity(low, .exact, unit: unit) }
    if high.isFinite, low > 0 { return Quantity(low: low, high: high, precision: .range, unit: unit) }
    if high.isFinite { return Quantity(high, .upTo, unit: unit) }
    return low > 0 ? Quantity(low, .atLeast, unit: unit) : nil
  }
}
