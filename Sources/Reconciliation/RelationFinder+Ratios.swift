// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Ratios, changes and shares beside the levels they are of; periods that overlap.
extension RelationFinder {
  /// What the levels of a ratio share.
  private struct Series: Hashable {
    var metric: String
    var region: String
    var population: [Dimension]
  }

  /// Facts of one metric, area and population whose periods are compared one by one; more are a series, not a text.
  private static let seriesMax = 24

  private func series(_ scope: ScopeFacts) -> [Series: [Int]] {
    var result: [Series: [Int]] = [:]
    for index in scope.indices where isCount(scope.keys[index].metric) {
      let key = scope.keys[index]
      result[Series(metric: key.metric, region: key.region, population: key.population), default: []].append(index)
    }
    return result
  }

  // MARK: - Ratios and changes

  /// "More than quadrupled" beside 640 and 151; two levels without a stated ratio get it, marked as not stated.
  func relateRatios(_ scope: inout ScopeFacts) {
    let series = series(scope)
    var checked: Set<Series> = []
    for index in scope.indices {
      let key = scope.keys[index]
      guard let change = Change(metric: key.metric) else { continue }
      for population in [key.population, []] {
        let levels = Series(metric: change.base, region: key.region, population: population)
        guard let (earlier, later) = pair(series[levels] ?? [], scope, within: scope.facts[index].period) else {
          continue
        }
        check(index, change, earlier, later, &scope)
        checked.insert(levels)
        break
      }
    }
    for (levels, members) in series where !checked.contains(levels) {
      guard let (earlier, later) = pair(members, scope, within: nil), let before = exact(earlier, scope),
        let after = exact(later, scope), before > 0
      else { continue }
      scope.relate(
        later, .ratioOf, to: [earlier], .notChecked,
        "\(Quantity.format(after)) / \(Quantity.format(before)) = \(Quantity.format(after / before)); no text states it"
      )
    }
  }

  /// The two levels that a change leads from and to: exact, of two periods of which none reaches into the other.
  private func pair(_ members: [Int], _ scope: ScopeFacts, within period: Period?) -> (Int, Int)? {
    func start(_ index: Int) -> CalendarDate? { scope.facts[index].period?.start }
    let dated = members.filter { start($0) != nil && scope.facts[$0].period?.end != nil && exact($0, scope) != nil }
    guard dated.count == 2, members.count <= Self.seriesMax else { return nil }
    let ordered = dated.sorted { (start($0)?.dayNumber ?? 0, $0) < (start($1)?.dayNumber ?? 0, $1) }
    guard let end = scope.facts[ordered[0]].period?.end, let next = start(ordered[1]), end < next else { return nil }
    return (ordered[0], ordered[1])
  }

  private func exact(_ index: Int, _ scope: ScopeFacts) -> Double? {
    scope.facts[index].quantity.precision == .exact ? scope.facts[index].quantity.low : nil
  }

  private func check(_ index: Int, _ change: Change, _ earlier: Int, _ later: Int, _ scope: inout ScopeFacts) {
    guard let before = exact(earlier, scope), let after = exact(later, scope), before > 0 else { return }
    let stated = scope.facts[index].quantity
    let value = change.value(before, after)
    let holds = Compatibility.allows(stated.rounded, Quantity(value, .exact, unit: stated.unit))
    let sum =
      change.isMultiple
      ? "\(Quantity.format(after)) / \(Quantity.format(before)) = \(Quantity.format(value))"
      : "\(Quantity.format(before)) to \(Quantity.format(after)) is \(Quantity.format(value)) %"
    scope.relate(
      index, .ratioOf, to: [earlier, later], holds ? .holds : .fails,
      "\(sum); stated: \(stated.text)")
  }

  /// A metric that says how another one changed.
  private struct Change {
    var base: String
    var isMultiple = false
    private var isDecrease = false

    init?(metric: String) {
      for (suffix, multiple, decrease) in [
        ("_multiple", true, false), ("_increase", false, false), ("_decrease", false, true),
      ] where metric.hasSuffix(suffix) {
        base = String(metric.dropLast(suffix.count))
        isMultiple = multiple
        isDecrease = decrease
        return
      }
      return nil
    }

    /// As a factor, or in percent of what was before.
    func value(_ before: Double, _ after: Double) -> Double {
      isMultiple ? after / before : (isDecrease ? before - after : after - before) / before * 100
    }
  }

  // MARK: - Shares

  /// A share beside what it is a share of: the figure that its words name, else the figure of all.
  func relateShares(_ scope: inout ScopeFacts) {
    for index in scope.indices where scope.keys[index].metric.hasSuffix("_share") {
      guard let whole = denominator(index, scope), whole != index else { continue }
      let (share, total) = (scope.facts[index].quantity, scope.facts[whole].quantity)
      guard let product = share.share(of: total) else { continue }
      let ofAll = total.unit == "percent" ? " of all" : ""
      scope.relate(
        index, .shareOf, to: [whole], .notChecked, "\(share.text) of \(total.text) is \(product.text)\(ofAll)")
      derive(product, share: index, of: whole, &scope)
    }
  }

  /// "One in four" of about 80: about 20, unless a text states it.
  private func derive(_ product: Quantity, share: Int, of whole: Int, _ scope: inout ScopeFacts) {
    guard product.unit != "percent", product.nominal != nil, product.precision == .exact || product.precision == .about,
      !scope.keys[share].population.isEmpty
    else { return }
    var key = scope.keys[share]
    key.metric = scope.keys[whole].metric
    guard scope.fact(of: key) == nil else { return }
    let formula = "\(scope.facts[share].quantity.text) of \(scope.facts[whole].quantity.text)"
    let inputs = [share, whole].map { scope.facts[$0].id }
    var fact = scope.facts[share]
    fact.id = key.id
    fact.metric = key.metric
    fact.quantity = product
    fact.claims = []
    fact.conflicting = []
    fact.agreement = .single
    fact.sourceCount = 0
    fact.documentCount = 0
    fact.partOf = []
    fact.relations = []
    fact.reason = "derived: \(formula)"
    fact.derivation = Derivation(formula: formula, inputs: inputs)
    scope.append(fact, key: key)
    scope.relate(
      scope.indices.upperBound - 1, .derivedFrom, to: [share, whole], .holds,
      "\(formula) is \(product.text); not printed")
  }

  func denominator(_ index: Int, _ scope: ScopeFacts) -> Int? {
    for ranked in scope.facts[index].claims {
      if let start = scope.claim(ranked.reference).partOf,
        let whole = scope.fact(of: ranked.reference.document, at: start)
      {
        return whole
      }
    }
    var key = scope.keys[index]
    key.metric = String(key.metric.dropLast("_share".count))
    key.population = []
    return scope.fact(of: key)
  }

  // MARK: - Periods

  /// Figures of one metric, area and population whose periods overlap, or may: they are never added.
  func relatePeriods(_ scope: inout ScopeFacts) {
    for (_, members) in series(scope) where members.count > 1 && members.count <= Self.seriesMax {
      for (position, left) in members.enumerated() {
        for right in members[(position + 1)...] {
          guard let reason = overlap(scope.facts[left].period, scope.facts[right].period) else { continue }
          scope.relate(left, .overlaps, to: [right], .notChecked, reason)
          scope.relate(right, .overlaps, to: [left], .notChecked, reason)
        }
      }
    }
  }

  private func overlap(_ left: Period?, _ right: Period?) -> String? {
    guard let left, let right else { return nil }
    let names = [left.text, right.text].sorted().map { "“\($0)”" }.joined(separator: " and ")
    if let a = left.start, let b = right.start, let c = left.end, let d = right.end {
      return a <= d && b <= c ? "\(names) overlap: never to be added" : nil
    }
    guard !left.isAnchored || !right.isAnchored else { return nil }
    return "\(names) may overlap, for one has no dates: never to be added"
  }
}

extension Quantity {
  /// What a printed value allows that was rounded to its last digit: 12 % is 11.5 to 12.5 %. A factor in words ("doubled")
  /// is taken to a tenth either way: the project's convention.
  fileprivate var rounded: Quantity {
    guard precision == .exact, let value = low else { return self }
    let half = unit == "times" ? value * 0.1 : value == value.rounded() ? 0.5 : 0.05
    return Quantity(low: value - half, high: value + half, precision: .range, unit: unit)
  }

  /// A share of a figure; nil where neither bound is known. Approximate unless both are exact and the product is whole.
  func share(of total: Quantity) -> Quantity? {
    if let part = nominal, let whole = total.nominal, precision == .exact || precision == .about,
      total.precision == .exact || total.precision == .about
    {
      let value = part / 100 * whole
      let isWhole = precision == .exact && total.precision == .exact && abs(value - value.rounded()) < 1e-9
      // People and things come whole.
      return Quantity(
        total.unit == "percent" ? value : value.rounded(), isWhole ? .exact : .about, unit: total.unit)
    }
    guard let part = low, let whole = total.low, !isUpper, !total.isUpper else { return nil }
    let isExclusive = precision == .moreThan || total.precision == .moreThan || isShareInWords || total.isShareInWords
    return Quantity(part * whole / 100, isExclusive ? .moreThan : .atLeast, unit: total.unit)
  }

  private var isUpper: Bool { [.lessThan, .upTo, .almost].contains(precision) }
}
