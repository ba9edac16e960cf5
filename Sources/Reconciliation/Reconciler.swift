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

  /// The facts of all documents at once: each scope by itself.
  ///
  /// - Parameters:
  ///   - documents: in order of their ids; each once.
  ///   - separations: ids of the documents that each one, by its id, was separated from.
  /// - Returns: facts in order of their ids; claims are referred to by the documents' places here.
  package func facts(_ documents: [RecordedDocument], separations: [String: Set<String>] = [:]) -> [Fact] {
    let identities = OperationLinker(gazetteer: gazetteer).identities(documents, separations)
    var scopes: [String: [Int]] = [:]
    for (index, document) in documents.enumerated() {
      for scope in Set(keys(of: document, identities[index]).map(\.scope)) { scopes[scope, default: []].append(index) }
    }
    return scopes.flatMap { scope, members in
      facts(of: scope, members.map { documents[$0] }, members.map { identities[$0] }).map { $0.moved { members[$0] } }
    }.sorted { $0.id < $1.id }
  }

  /// The facts of one scope: an operation, or what one document says outside of any. Facts of two scopes have nothing to
  /// do with each other.
  ///
  /// - Parameters:
  ///   - documents: all that have a claim in the scope, in order of their ids.
  ///   - identities: for each of them, which operation each operation it names is.
  package func facts(
    of scope: String, _ documents: [RecordedDocument], _ identities: [[Operation: OperationIdentity]]
  ) -> [Fact] {
    let announcements = OperationLinker(gazetteer: gazetteer).announcements(documents)
    var groups: [FactKey: [ClaimReference]] = [:]
    for (index, document) in documents.enumerated() {
      for (claim, key) in keys(of: document, identities[index]).enumerated() where key.scope == scope {
        groups[key, default: []].append(ClaimReference(document: index, claim: claim))
      }
    }
    var result = ScopeFacts(documents: documents)
    for (key, references) in groups.sorted(by: { $0.key < $1.key }) {
      let first = documents[references[0].document].claims[references[0].claim]
      let identity = first.operation.flatMap { identities[references[0].document][$0] }
      result.append(
        fact(key, references.sorted(), documents, identity: identity, announcements: announcements), key: key)
    }
    compareRivals(&result, scope, identities)
    RelationFinder(gazetteer: gazetteer, catalog: catalog).relate(&result, announcements: announcements)
    return result.facts
  }

  /// What documents say that may be of the same operation and are not linked to it: a conflict that no fact holds.
  private func compareRivals(
    _ result: inout ScopeFacts, _ scope: String, _ identities: [[Operation: OperationIdentity]]
  ) {
    let rivals = Set(identities.flatMap { $0.values.filter { $0.id == scope }.flatMap(\.rivals) })
    var said: [Rival.Difference: [Rival]] = [:]
    for rival in rivals {
      for difference in rival.differences { said[difference, default: []].append(rival) }
    }
    for (difference, rivals) in said.sorted(by: { ($0.key.key, $0.key.value) < ($1.key.key, $1.key.value) }) {
      guard let index = result.fact(of: difference.key.inScope(scope)) else { continue }
      let count = Set(rivals.map(\.document)).count
      let who = count == 1 ? "another document says" : "\(count) other documents say"
      let whose = count == 1 ? "its" : "their"
      let agreeing = rivals.map(\.agreeing).max() ?? 0
      result.relate(
        index, .conflictsWith, toFacts: [difference.key.id], .fails,
        "\(who) \(Quantity.format(difference.value)): \(whose) lead body, \(whose) duration and "
          + "\(agreeing == 1 ? "one value is" : "\(agreeing) values are") the same, so it may be of the same operation")
    }
  }

  // MARK: - Keys

  /// Where a claim outside of any operation is compared: within its document, or among the figures of its release that are
  /// of the same metric and period, however many documents these came in.
  private static func scope(of claim: Claim, _ recorded: RecordedDocument, _ period: String) -> String {
    recorded.document.release.isEmpty
      ? recorded.id : "release/\(recorded.document.release)/\(claim.metric)/\(period)"
  }

  /// What stands in keys for an area: areas on one ground share it.
  package func ground(of region: String) -> String { gazetteer.ground(region) }

  /// What each claim of a document is of, in order.
  ///
  /// - Parameter words: what stands in each claim's key for its area and period, where that is known already.
  package func keys(
    of recorded: RecordedDocument, _ identities: [Operation: OperationIdentity], words: [KeyWords]? = nil
  ) -> [FactKey] {
    var hasLengths = false
    var last: (operation: Operation, identity: OperationIdentity?)?
    // Claims are read in place: a copy of one takes hold of each of its texts.
    var result = recorded.claims.withUnsafeBufferPointer { claims in
      claims.indices.map { index in
        let operation = claims[index].operation
        if let operation, last?.operation != operation { last = (operation, identities[operation]) }
        let identity = operation == nil ? nil : last?.identity
        let words =
          words?[index]
          ?? KeyWords(ground: ground(of: claims[index].region), period: claims[index].period?.key ?? "")
        // Within an operation a length without an anchor is the operation's own.
        let isOwn = identity != nil && claims[index].period?.isAnchored != true
        if claims[index].period?.duration.isEmpty == false { hasLengths = true }
        let period = isOwn ? "" : words.period
        let population = claims[index].population
        return FactKey(
          metric: claims[index].metric, region: words.ground,
          scope: identity?.id ?? Self.scope(of: claims[index], recorded, period), period: period,
          population: population.count > 1 ? population.sorted() : population)
      }
    }
    if hasLengths { anchorLengths(&result, recorded) }
    return result
  }

  /// "In the last 12 months" beside "from July 2019 to June 2020" in one document: where metric, area
  /// and population are the same, the lengths are equal and the values allow each other, the dates
  /// say which twelve months were meant.
  private func anchorLengths(_ keys: inout [FactKey], _ recorded: RecordedDocument) {
    /// The figures of whole months with dates, by what they are of but for the period.
    var anchored: [FactKey: [Int]] = [:]
    for (index, claim) in recorded.claims.enumerated()
    where claim.period?.duration.isEmpty == true && claim.period?.months != nil {
      anchored[keys[index].withoutPeriod, default: []].append(index)
    }
    guard !anchored.isEmpty else { return }
    let stated = keys
    for index in keys.indices {
      let claim = recorded.claims[index]
      guard let period = claim.period, !period.duration.isEmpty, let months = period.months ?? lengthInMonths(period),
        let others = anchored[stated[index].withoutPeriod]
      else { continue }
      let anchors = Set(
        others.filter { other in
          recorded.claims[other].period?.months == months
            && Compatibility.allows(claim.quantity, recorded.claims[other].quantity)
        }.map { stated[$0].period })
      if anchors.count == 1, let anchor = anchors.first { keys[index].period = anchor }
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
