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
    var scopes: [String: [(FactKey, ClaimReference)]] = [:]
    for (document, recorded) in documents.enumerated() {
      for (key, reference) in keys(recorded, document, identities[document]) {
        scopes[key.scope, default: []].append((key, reference))
      }
    }
    let facts = scopes.values.flatMap { members in
      self.facts(members, documents, identities: identities, announcements: announcements)
    }
    return facts.sorted { $0.id < $1.id }
  }

  /// The facts of one scope: an operation, or what one document says outside of any. Facts of two scopes have nothing to
  /// do with each other.
  private func facts(
    _ members: [(key: FactKey, reference: ClaimReference)], _ documents: [RecordedDocument],
    identities: [[Operation: OperationIdentity]], announcements: [Int]
  ) -> [Fact] {
    var groups: [FactKey: [ClaimReference]] = [:]
    for (key, reference) in members { groups[key, default: []].append(reference) }
    var scope = ScopeFacts(documents: documents)
    for (key, references) in groups.sorted(by: { $0.key < $1.key }) {
      let first = documents[references[0].document].claims[references[0].claim]
      let identity = first.operation.flatMap { identities[references[0].document][$0] }
      scope.append(
        fact(key, references.sorted(), documents, identity: identity, announcements: announcements), key: key)
    }
    let finder = RelationFinder(gazetteer: gazetteer, catalog: catalog)
    finder.relate(&scope, announcements: announcements)
    return scope.facts
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
    // What a text only implies gives way to what any text states.
    let isStated = { (reference: ClaimReference) in
      documents[reference.document].claims[reference.claim].remainder == nil
    }
    let stated = references.filter(isStated)
    let references = stated.isEmpty ? references : stated
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
