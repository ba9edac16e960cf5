// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Finds what holds among the facts of one scope, and checks it.
///
/// A part is asserted where the text says so (a claim that names its total), where an area lies in another, or where a
/// figure counts one sex or age of what another counts. A sum is checked only where its parts are closed. What a text
/// leaves open is a possible part, and is never added.
struct RelationFinder {
  let gazetteer: Gazetteer
  let catalog: MetricCatalog

  /// Dimensions that divide people by nature: whoever has one of their values is among all that were counted.
  private static let dividing: Set<String> = ["sex", "age"]
  /// Dimensions whose values are figures of their own and never parts: 413 safeguarded directly, about 10,000 indirectly.
  private static let separate: Set<String> = ["mode"]

  struct Family: Hashable {
    var metric: String
    var period: String
  }

  private struct Place: Hashable {
    var region: String
    var population: [Dimension]
  }

  func relate(_ scope: inout ScopeFacts, announcements: [Int]) {
    relateClaims(&scope, announcements)
    let stated = statedParts(&scope)
    var families: [Family: [Int]] = [:]
    for index in scope.indices where isCount(scope.keys[index].metric) && scope.facts[index].derivation == nil {
      let key = scope.keys[index]
      families[Family(metric: key.metric, period: key.period), default: []].append(index)
    }
    for (family, members) in families where members.count > 1 {
      relate(members, &scope, stated, addsUp: catalog[family.metric]?.isAdditive ?? false)
    }
    relateRatios(&scope)
    relateShares(&scope)
    relatePeriods(&scope)
    derive(&scope)
    scope.sortRelations()
  }

  func isCount(_ metric: String) -> Bool {
    guard let kind = catalog[metric]?.kind else { return false }
    return kind == "count" || kind == "sum"
  }

  // MARK: - Parts

  /// Parts by the words of the text: of which fact each fact is one.
  private func statedParts(_ scope: inout ScopeFacts) -> [Int: Set<Int>] {
    var result: [Int: Set<Int>] = [:]
    for index in scope.indices {
      for ranked in scope.facts[index].claims {
        let claim = scope.claim(ranked.reference)
        guard let start = claim.partOf, claim.quantity.unit != "percent",
          let whole = scope.fact(of: ranked.reference.document, at: start), whole != index,
          scope.facts[whole].quantity.unit != "percent"
        else { continue }
        result[index, default: []].insert(whole)
      }
      for whole in (result[index] ?? []).sorted() { assertPart(index, of: whole, &scope) }
    }
    return result
  }

  private func assertPart(_ index: Int, of whole: Int, _ scope: inout ScopeFacts) {
    let (part, total) = (scope.facts[index].quantity, scope.facts[whole].quantity)
    if part.allowed.low > total.allowed.high {
      scope.relate(index, .partOf, to: [whole], .fails, "\(part.text) is more than its total, \(total.text)")
      return
    }
    scope.makePart(index, of: whole)
    scope.relate(
      index, .partOf, to: [whole], part.allowed.high <= total.allowed.low ? .holds : .notChecked,
      "\(part.text) of \(total.text)")
  }

  private func relate(_ members: [Int], _ scope: inout ScopeFacts, _ stated: [Int: Set<Int>], addsUp: Bool) {
    var places: [Place: Int] = [:]
    for index in members {
      let key = scope.keys[index]
      places[Place(region: key.region, population: key.population)] = index
    }
    var areas: [Int: [Int]] = [:]
    for index in members {
      let key = scope.keys[index]
      // The smallest area around that the same is told of.
      let around = gazetteer.areas(around: key.region).filter {
        places[Place(region: $0, population: key.population)] != nil
      }
      if let nearest = around.first(where: { outer in !around.contains { gazetteer.contains(outer, $0) } }),
        let whole = places[Place(region: nearest, population: key.population)]
      {
        assertPart(index, of: whole, &scope)
        areas[whole, default: []].append(index)
      }
      guard !key.population.isEmpty, let whole = places[Place(region: key.region, population: [])],
        !key.population.contains(where: { Self.separate.contains($0.name) })
      else { continue }
      if key.population.allSatisfy({ Self.dividing.contains($0.name) }) {
        assertPart(index, of: whole, &scope)
      } else if !(stated[index]?.contains(whole) ?? false) {
        scope.relate(
          index, .possiblePartOf, to: [whole], .notChecked,
          "\(scope.facts[index].quantity.text) may be among \(scope.facts[whole].quantity.text); no text says so")
      }
    }
    guard addsUp else { return }
    for total in members {
      let parts = areas[total] ?? []
      if parts.count > 1, gazetteer.areas(parts.map { scope.keys[$0].region }, partition: scope.keys[total].region) {
        check(total, parts, "\(parts.count) areas", &scope)
      }
      guard scope.keys[total].population.isEmpty else { continue }
      let sexes = ["male", "female"].compactMap {
        places[Place(region: scope.keys[total].region, population: [Dimension("sex", $0)])]
      }
      if sexes.count == 2 { check(total, sexes, "men and women", &scope) }
    }
  }

  private func check(_ total: Int, _ parts: [Int], _ what: String, _ scope: inout ScopeFacts) {
    let quantities = parts.map { scope.facts[$0].quantity }
    guard let whole = scope.facts[total].quantity.low, scope.facts[total].quantity.precision == .exact,
      quantities.allSatisfy({ $0.precision == .exact && $0.low != nil })
    else { return }
    let sum = quantities.reduce(0) { $0 + ($1.low ?? 0) }
    let terms = quantities.map { Quantity.format($0.low ?? 0) }.joined(separator: " + ")
    let holds = sum == whole
    scope.relate(
      total, .totalOf, to: parts, holds ? .holds : .fails,
      "\(what) add up to \(Quantity.format(sum)) (\(terms))"
        + (holds ? "" : ", the total says \(Quantity.format(whole))"))
  }
}
