// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import Gazetteer

/// Makes facts of claims. A pure function: the same documents give the same facts, in whatever order
/// they came.
package struct Reconciler: Sendable {
  private let gazetteer: Gazetteer
  private let catalog: MetricCatalog

  package init(gazetteer: Gazetteer, catalog: MetricCatalog) {
    self.gazetteer = gazetteer
    self.catalog = catalog
  }

  /// - Parameter documents: in order of their ids; each once.
  /// - Returns: facts in order of their ids.
  package func facts(_ documents: [RecordedDocument]) -> [Fact] {
    let linker = OperationLinker(gazetteer: gazetteer, documents: documents)
    let identities = linker.identities()
    let announcements = linker.announcements(identities)
    var groups: [FactKey: [ClaimReference]] = [:]
    for (document, recorded) in documents.enumerated() {
      for (key, reference) in keys(recorded, document, identities[document]) {
        groups[key, default: []].append(reference)
      }
    }
    var facts: [Fact] = []
    var keys: [FactKey] = []
    for (key, references) in groups.sorted(by: { $0.key < $1.key }) {
      let first = documents[references[0].document].claims[references[0].claim]
      let identity = first.operation.flatMap { identities[references[0].document][$0] }
      facts.append(
        fact(key, references.sorted(), documents, identity: identity, announcements: announcements))
      keys.append(key)
    }
    RelationFinder(gazetteer: gazetteer, catalog: catalog).relate(&facts, keys: keys)
    return facts.sorted { $0.id < $1.id }
  }

  // MARK: - Keys

  private func keys(
    _ recorded: RecordedDocument, _ document: Int, _ identities: [Operation: OperationIdentity]
  ) -> [(FactKey, ClaimReference)] {
    var result = recorded.claims.enumerated().map { index, claim in
      let identity = claim.operation.flatMap { identities[$0] }
      var period = claim.period?.key ?? ""
      // Within an operation a length without an anchor is the operation's own.
      if identity != nil, claim.period?.isAnchored != true { period = "" }
      return (
        FactKey(
          metric: claim.metric, region: gazetteer.ground(claim.region),
          scope: identity?.id ?? recorded.id, period: period, population: claim.population.sorted()),
        ClaimReference(document: document, claim: index)
      )
    }
    anchorLengths(&result, recorded)
    return result
  }

  /// "In the last 12 months" beside "from July 2019 to June 2020" in one document: where metric, area
  /// and population are the same, the lengths are equal and the values allow each other, the dates
  /// say which twelve months were meant.
  private func anchorLengths(
    _ keys: inout [(FactKey, ClaimReference)], _ recorded: RecordedDocument
  ) {
    for index in keys.indices {
      let claim = recorded.claims[keys[index].1.claim]
      guard let period = claim.period, !period.duration.isEmpty, let months = period.months ?? lengthInMonths(period)
      else { continue }
      let anchors = Set(
        keys.filter { key, reference in
          let other = recorded.claims[reference.claim]
          return key.metric == keys[index].0.metric && key.region == keys[index].0.region
            && key.scope == keys[index].0.scope && key.population == keys[index].0.population
            && other.period?.duration.isEmpty == true && other.period?.months == months
            && Compatibility.allows(claim.quantity, other.quantity)
        }.map(\.0.period))
      if anchors.count == 1, let anchor = anchors.first { keys[index].0.period = anchor }
    }
  }

  /// The stated length where a publication date has anchored it too.
  private func lengthInMonths(_ period: Period) -> Int? {
    Period(duration: period.duration).months
  }

  // MARK: - One fact

  private func fact(
    _ key: FactKey, _ references: [ClaimReference], _ documents: [RecordedDocument],
    identity: OperationIdentity?, announcements: [Int]
  ) -> Fact {
    let claims = references.map { documents[$0.document].claims[$0.claim] }
    let choice = Choice(claims: claims, documents: references.map(\.document))
    var ranked: [RankedClaim] = []
    for (index, reference) in references.enumerated() {
      ranked.append(
        RankedClaim(reference: reference, rank: choice.ranks[index], reason: choice.reasons[index]))
    }
    ranked.sort {
      ($0.rank.order, $0.reference) < ($1.rank.order, $1.reference)
    }
    let chosen = claims[choice.chosen]
    // The best-anchored period of the claims of this key.
    let period =
      claims.compactMap(\.period).first { $0.isAnchored && $0.key == key.period } ?? chosen.period
      ?? claims.compactMap(\.period).first
    let conflicting = Set(
      claims.indices.filter { choice.ranks[$0] == .conflicts }.map { claims[$0].quantity.text })
    let distinctDocuments = Set(references.map(\.document))
    let texts = claims.map(\.populationText)
    return Fact(
      id: key.id, metric: key.metric, quantity: chosen.quantity, region: chosen.region, period: period,
      operation: identity, population: key.population,
      populationText: texts.filter { !$0.isEmpty }.min() ?? "", agreement: choice.agreement,
      certainty: claims.contains { $0.certainty == .stated } ? .stated : .hedged,
      sourceCount: Set(distinctDocuments.map { announcements[$0] }).count,
      documentCount: distinctDocuments.count, claims: ranked, reason: choice.reason,
      conflicting: conflicting.sorted())
  }
}

extension ClaimRank {
  var order: Int {
    switch self {
    case .chosen: 0
    case .agrees: 1
    case .conflicts: 2
    }
  }
}

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
