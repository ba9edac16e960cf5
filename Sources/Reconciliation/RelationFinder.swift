// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Finds parts and totals among facts and checks the sums that the text closes.
///
/// A sum is checked only where the parts cover the total without overlap: areas that partition the
/// total's area, or men and women. All parts and the total must be exact, of one metric that adds up,
/// one period and one operation. Everything else is a part without a sum.
struct RelationFinder {
  let gazetteer: Gazetteer
  let catalog: MetricCatalog

  private struct Family: Hashable {
    var metric: String
    var scope: String
    var period: String
  }

  func relate(_ facts: inout [Fact], keys: [FactKey]) {
    var families: [Family: [Int]] = [:]
    for (index, key) in keys.enumerated() {
      families[Family(metric: key.metric, scope: key.scope, period: key.period), default: []].append(index)
    }
    for (family, members) in families where members.count > 1 {
      let addsUp = catalog[family.metric]?.isAdditive ?? false
      let kind = catalog[family.metric]?.kind ?? ""
      guard kind == "count" || kind == "sum" else { continue }
      relate(members, &facts, keys, addsUp: addsUp)
    }
    for index in facts.indices { facts[index].relations.sort { $0.order < $1.order } }
  }

  private func relate(_ members: [Int], _ facts: inout [Fact], _ keys: [FactKey], addsUp: Bool) {
    for index in members {
      // Nearest whole: the same population in the smallest area around, or the same area without
      // the population's dimension.
      let around = members.filter {
        $0 != index && keys[$0].population == keys[index].population
          && gazetteer.contains(keys[$0].region, keys[index].region)
      }
      let nearest = around.first { outer in
        !around.contains { $0 != outer && gazetteer.contains(keys[outer].region, keys[$0].region) }
      }
      let whole =
        keys[index].population.isEmpty
        ? nil : members.first { keys[$0].population.isEmpty && keys[$0].region == keys[index].region }
      for parent in [whole, nearest].compactMap({ $0 }) where fits(facts[index], in: facts[parent]) {
        facts[index].partOf.append(facts[parent].id)
        facts[index].relations.append(
          Relation(
            kind: .partOf, members: [facts[parent].id], check: .notChecked,
            detail: "\(facts[index].quantity.text) of \(facts[parent].quantity.text)"))
      }
    }
    guard addsUp else { return }
    for total in members {
      let parts = members.filter { facts[$0].partOf.contains(facts[total].id) }
      let areas = parts.filter {
        keys[$0].population == keys[total].population && keys[$0].region != keys[total].region
      }
      if gazetteer.areas(areas.map { keys[$0].region }, partition: keys[total].region) {
        check(total, areas, "\(areas.count) areas", &facts)
      }
      let sexes = parts.filter { keys[$0].region == keys[total].region && isSex(keys[$0].population) }
      if sexes.count == 2, keys[total].population.isEmpty { check(total, sexes, "men and women", &facts) }
    }
  }

  private func isSex(_ population: [Dimension]) -> Bool {
    population.count == 1 && population[0].name == "sex"
  }

  /// A part can't be larger than its whole.
  private func fits(_ part: Fact, in whole: Fact) -> Bool {
    part.quantity.allowed.low <= whole.quantity.allowed.high
  }

  private func check(_ total: Int, _ parts: [Int], _ what: String, _ facts: inout [Fact]) {
    let quantities = parts.map { facts[$0].quantity }
    guard let whole = facts[total].quantity.low, facts[total].quantity.precision == .exact,
      quantities.allSatisfy({ $0.precision == .exact && $0.low != nil })
    else { return }
    let sum = quantities.reduce(0) { $0 + ($1.low ?? 0) }
    let holds = sum == whole
    let terms = quantities.map { Quantity.format($0.low ?? 0) }.joined(separator: " + ")
    let detail =
      holds
      ? "\(what) add up to \(Quantity.format(sum)) (\(terms))"
      : "\(what) add up to \(Quantity.format(sum)) (\(terms)), the total says \(Quantity.format(whole))"
    facts[total].relations.append(
      Relation(
        kind: .totalOf, members: parts.map { facts[$0].id }.sorted(), check: holds ? .holds : .fails,
        detail: detail))
  }
}

extension Relation {
  /// A fixed order, so that two replicas list relations alike.
  fileprivate var order: String { "\(kind.rawValue) \(members.joined(separator: " ")) \(detail)" }
}

extension Relation {
  fileprivate static func < (left: Relation, right: Relation) -> Bool { left.order < right.order }
}
