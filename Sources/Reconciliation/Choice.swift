// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Whether two quantities can both be true of one thing.
enum Compatibility {
  static func allows(_ left: Quantity, _ right: Quantity) -> Bool {
    let (a, b) = (left.allowed, right.allowed)
    let low = max(a.low, b.low)
    let high = min(a.high, b.high)
    if low < high { return true }
    guard low == high else { return false }
    let lowOpen = (a.low == low && a.lowExclusive) || (b.low == low && b.lowExclusive)
    let highOpen = (a.high == high && a.highExclusive) || (b.high == high && b.highExclusive)
    return !lowOpen && !highOpen
  }
}

/// Which of the claims of one key is chosen, and why.
///
/// Where all claims allow each other, the tightest is chosen. Where some conflict, those that weigh
/// most speak: the body before the headline, the headline before a caption, what is stated before
/// what is hedged. If these allow each other, their tightest value is chosen; if not, the value that
/// most documents and claims allow, a repeat within a document counting once. If that does not decide
/// between two values, none is preferred: the fact is disputed.
struct Choice {
  private(set) var chosen = 0
  private(set) var ranks: [ClaimRank]
  private(set) var reasons: [String]
  private(set) var agreement: Agreement
  private(set) var reason: String

  init(claims: [Claim], documents: [Int]) {
    func allows(_ left: Int, _ right: Int) -> Bool {
      Compatibility.allows(claims[left].quantity, claims[right].quantity)
    }
    func agree(_ list: [Int]) -> Bool {
      list.allSatisfy { left in list.allSatisfy { allows(left, $0) } }
    }
    func tightest(_ list: [Int]) -> Int {
      list.min { left, right in
        let (a, b) = (claims[left].tightness, claims[right].tightness)
        if a != b { return a < b }
        return (-claims[left].weight, left) < (-claims[right].weight, right)
      } ?? 0
    }
    /// Distinct values of documents that allow a claim's value.
    func support(_ index: Int) -> Int {
      Set(
        claims.indices.filter { allows(index, $0) }.map {
          Statement(document: documents[$0], quantity: claims[$0].quantity)
        }
      )
      .count
    }
    ranks = Array(repeating: .agrees, count: claims.count)
    reasons = Array(repeating: "", count: claims.count)
    let all = Array(claims.indices)
    if agree(all) {
      chosen = tightest(all)
      agreement = claims.count == 1 ? .single : .agreed
      reason =
        claims.count == 1
        ? "the only claim" : "the tightest value that all \(claims.count) claims allow"
    } else {
      let weight = claims.map(\.weight).max() ?? 0
      let heaviest = all.filter { claims[$0].weight == weight }
      if agree(heaviest) {
        chosen = tightest(heaviest)
        agreement = .conflict
      } else {
        let best = heaviest.map(support).max() ?? 0
        let supported = heaviest.filter { support($0) == best }
        chosen = tightest(supported)
        agreement = agree(supported) ? .conflict : .disputed
      }
      reason =
        agreement == .disputed
        ? "claims of equal weight conflict; none is preferred"
        : "it weighs most among claims that conflict: \(Self.ground(claims[chosen]))"
    }
    for index in claims.indices {
      if index == chosen {
        ranks[index] = .chosen
        reasons[index] = reason
      } else if allows(chosen, index) {
        reasons[index] =
          claims[index].quantity == claims[chosen].quantity ? "states the same value" : "allows the chosen value"
      } else {
        ranks[index] = .conflicts
        reasons[index] = Self.conflict(claims[index], claims[chosen], agreement)
      }
    }
  }

  /// A value that a document states, however often.
  private struct Statement: Hashable {
    var document: Int
    var quantity: Quantity
  }

  private static func ground(_ claim: Claim) -> String {
    switch claim.section {
    case .body: "the text of the document states it"
    case .quotation: "an official is quoted with it"
    case .headline: "the headline states it"
    case .caption: "a caption states it"
    case .standfirst: "the lines below the headline state it"
    case .list: "a list of the document states it"
    case .table: "a table of the document states it"
    case .correction: "a correction states it"
    case .boilerplate: "the page around the document states it"
    }
  }

  private static func conflict(_ claim: Claim, _ chosen: Claim, _ agreement: Agreement) -> String {
    if agreement == .disputed { return "conflicts with a claim of equal weight" }
    if claim.section.weight < chosen.section.weight {
      return "a \(claim.section.rawValue) that rounds or cuts a figure the text states"
    }
    if claim.certainty == .hedged { return "hedged, and outside the figure that is stated" }
    return "outside the value that more claims allow"
  }
}

extension Claim {
  /// How much it weighs against claims it conflicts with; what is hedged weighs least.
  fileprivate var weight: Int { certainty == .hedged ? -1 : section.weight }

  /// Smaller is tighter: the class of the precision, then the width of what it allows.
  fileprivate var tightness: Tightness {
    let allowed = quantity.allowed
    return Tightness(order: quantity.precision.order, width: allowed.high - allowed.low)
  }
}

private struct Tightness: Comparable {
  var order: Int
  var width: Double

  static func < (left: Tightness, right: Tightness) -> Bool {
    left.order != right.order ? left.order < right.order : left.width < right.width
  }
}

extension Precision {
  /// Tighter classes first.
  var order: Int {
    switch self {
    case .exact: 0
    case .range: 1
    case .about: 2
    case .almost: 3
    case .atLeast, .moreThan: 4
    case .upTo, .lessThan: 5
    case .vague: 6
    }
  }
}
