// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// The facts of one scope while relations are found among them.
struct ScopeFacts {
  let documents: [RecordedDocument]
  private(set) var facts: [Fact] = []
  private(set) var keys: [FactKey] = []
  /// The fact that each claim belongs to.
  private var factOfClaim: [ClaimReference: Int] = [:]
  private var factOfKey: [FactKey: Int] = [:]

  init(documents: [RecordedDocument]) { self.documents = documents }

  mutating func append(_ fact: Fact, key: FactKey) {
    for ranked in fact.claims { factOfClaim[ranked.reference] = facts.count }
    factOfKey[key] = facts.count
    facts.append(fact)
    keys.append(key)
  }

  /// The fact of a key; nil if there is none.
  func fact(of key: FactKey) -> Int? { factOfKey[key] }

  var indices: Range<Int> { facts.indices }

  func claim(_ reference: ClaimReference) -> Claim { documents[reference.document].claims[reference.claim] }

  /// The fact of a document's claim whose span starts at a byte of its text; nil if it is of another scope.
  func fact(of document: Int, at start: Int) -> Int? {
    let claims = documents[document].claims
    var low = 0
    var high = claims.count
    while low < high {
      let middle = (low + high) / 2
      if claims[middle].span.start < start { low = middle + 1 } else { high = middle }
    }
    guard low < claims.count, claims[low].span.start == start else { return nil }
    return factOfClaim[ClaimReference(document: document, claim: low)]
  }

  mutating func relate(
    _ index: Int, _ kind: RelationKind, to members: [Int] = [], claims: [ClaimReference] = [], _ check: CheckResult,
    _ detail: String
  ) {
    relate(index, kind, toFacts: members.map { facts[$0].id }, claims: claims, check, detail)
  }

  /// - Parameter members: ids of facts, of this scope or another one.
  mutating func relate(
    _ index: Int, _ kind: RelationKind, toFacts members: [String], claims: [ClaimReference] = [], _ check: CheckResult,
    _ detail: String
  ) {
    let relation = Relation(kind: kind, members: members, claims: claims, check: check, detail: detail)
    if !facts[index].relations.contains(relation) { facts[index].relations.append(relation) }
  }

  /// Notes that a fact is a part of another one, once.
  mutating func makePart(_ index: Int, of whole: Int) {
    if !facts[index].partOf.contains(facts[whole].id) { facts[index].partOf.append(facts[whole].id) }
  }

  mutating func derive(_ index: Int, _ quantity: Quantity, _ derivation: Derivation) {
    facts[index].quantity = quantity
    facts[index].derivation = derivation
    facts[index].reason = "derived: \(derivation.formula)"
    facts[index].sourceCount = 0
  }

  mutating func sortRelations() {
    for index in facts.indices { facts[index].relations.sort { $0.order < $1.order } }
  }
}

extension Relation {
  /// A fixed order, so that two replicas list relations alike.
  fileprivate var order: String { "\(kind.rawValue) \(members.joined(separator: " ")) \(detail)" }
}
