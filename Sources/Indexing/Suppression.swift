// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Reconciliation

/// Which figures of a listing are hidden, so that no small count about people can be read or worked out.
///
/// Primary suppression hides what is above zero and below the threshold. Then, as long as one hidden figure is the only unknown
/// of an equation that the listing gives away (a checked sum, a complement, a derived figure), another of its figures is hidden
/// too, the smallest first.
/// - Source: the two steps of the usual practice of statistical offices, as in the Government Statistical Service's guidance on
///   disclosure control for tables of administrative data.
struct Suppression {
  private(set) var hidden: Set<String> = []

  private static let peopleUnits: Set<String> = ["persons", "children", "crimes", "cases"]
  /// Counts of what was done to or said of single people, although they are counts of things.
  private static let personalMetrics: Set<String> = [
    "referrals", "reports", "searches", "stop_searches", "decisions", "disclosures", "disclosure_requests", "orders",
    "interviews", "fixed_penalties", "calls",
  ]

  private static func isAboutPeople(_ fact: Fact) -> Bool {
    peopleUnits.contains(fact.quantity.unit) || personalMetrics.contains(fact.metric)
  }

  /// Facts of which at most one may be unknown to whoever reads the others.
  private var equations: [[String]] = []

  init(_ facts: [Fact], below threshold: Double) {
    let byID = Dictionary(facts.map { ($0.id, $0) }) { first, _ in first }
    for fact in facts {
      let allowed = fact.quantity.allowed
      if Self.isAboutPeople(fact), allowed.high > 0,
        allowed.high < threshold || allowed.high == threshold && allowed.highExclusive
      {
        hidden.insert(fact.id)
      }
      for relation in fact.relations where [.totalOf, .complement, .derivedFrom].contains(relation.kind) {
        equations.append([fact.id] + relation.members)
      }
    }
    close(byID)
  }

  private mutating func close(_ facts: [String: Fact]) {
    var hasChanged = true
    while hasChanged {
      hasChanged = false
      for equation in equations {
        // A figure that is not listed is known from elsewhere at worst: it hides nothing.
        let unknown = equation.filter { hidden.contains($0) }
        guard unknown.count == 1 else { continue }
        let shown = equation.compactMap { facts[$0] }.filter { !hidden.contains($0.id) }
        guard
          let next = shown.filter({ ($0.quantity.nominal ?? 0) > 0 }).min(by: { left, right in
            (left.quantity.nominal ?? 0, left.id) < (right.quantity.nominal ?? 0, right.id)
          }) ?? shown.first
        else { continue }
        hidden.insert(next.id)
        hasChanged = true
      }
    }
  }

  /// A fact as it is shown: without what would tell a hidden figure.
  func shown(_ record: FactRecord, _ fact: Fact, threshold: UInt32) -> FactRecord {
    var result = record
    let tells = fact.relations.contains { relation in relation.members.contains { hidden.contains($0) } }
    if tells {
      result.check = ""
      result.formula = ""
      result.inputs = []
      result.reason = ""
    }
    guard hidden.contains(fact.id) else { return result }
    let isSmall = fact.quantity.allowed.high <= Double(threshold)
    result.quantity = nil
    result.chosenClaim = ""
    result.conflicting = []
    result.check = ""
    result.formula = ""
    result.inputs = []
    result.reason = ""
    result.suppressed = isSmall ? "below \(threshold)" : "it would give a figure below \(threshold) away"
    return result
  }
}
