// SPDX-License-Identifier: Apache-2.0

package import FiguresModel

/// Where a claim stands among the documents that were reconciled.
package struct ClaimReference: Hashable, Sendable, Comparable {
  /// Index into the documents, which are in order of their ids.
  package var document: Int
  /// Index into the document's claims.
  package var claim: Int

  package static func < (left: ClaimReference, right: ClaimReference) -> Bool {
    (left.document, left.claim) < (right.document, right.claim)
  }
}

package struct RankedClaim: Hashable, Sendable {
  package var reference: ClaimReference
  package var rank: ClaimRank
  package var reason: String
}

/// What holds between a fact and others, or between its claims.
package struct Relation: Hashable, Sendable {
  package var kind: RelationKind
  /// Ids of the other facts: of a sum in order of their areas, of a ratio the earlier one first.
  package var members: [String]
  /// The claims that it holds between, where it is one within a fact.
  package var claims: [ClaimReference] = []
  package var check: CheckResult
  /// For reading: "8 + 6 + 2 = 16".
  package var detail: String
}

/// How a figure was made that no text states.
package struct Derivation: Hashable, Sendable {
  /// "41 - 1".
  package var formula: String
  /// Ids of the facts it was made of, in the formula's order.
  package var inputs: [String]
}

/// The operation a fact belongs to: an operation as documents describe it, with an identity.
package struct OperationIdentity: Hashable, Sendable {
  package var id: String
  package var operation: Operation
  /// Why documents were linked to it, and what was refused; empty where the name says it.
  package var evidence: String
  /// Documents that may speak of the same operation and are not linked, because values differ.
  package var rivals: [Rival] = []
}

/// A document that agrees in enough values to be of one operation, and disagrees in others.
package struct Rival: Hashable, Sendable {
  /// A value that the rival states differently.
  package struct Difference: Hashable, Sendable {
    /// The rival's fact.
    package var key: FactKey
    package var value: Double
  }

  package var document: String
  /// How many exact values agree.
  package var agreeing: Int
  /// In order of their keys.
  package var differences: [Difference]
}

/// Claims of one key (metric, region, period, operation, population) reconciled.
package struct Fact: Sendable {
  package var id: String
  package var metric: String
  package var quantity: Quantity
  package var region: String
  package var period: Period?
  package var operation: OperationIdentity?
  package var population: [Dimension]
  package var populationText: String
  package var agreement: Agreement
  package var certainty: Certainty
  /// Independent sources: documents that repeat one announcement count once.
  package var sourceCount: Int
  package var documentCount: Int
  /// Chosen first, then those that agree, then those that conflict.
  package var claims: [RankedClaim]
  package var reason: String
  /// Ids of the facts that this one is a part of, nearest first.
  package var partOf: [String] = []
  /// Values that conflict with the chosen one, for reading.
  package var conflicting: [String]
  package var relations: [Relation] = []
  /// Nil for what a document states.
  package var derivation: Derivation?

  /// The same with claims of documents that are listed elsewhere.
  func moved(_ place: (Int) -> Int) -> Fact {
    func moved(_ reference: ClaimReference) -> ClaimReference {
      ClaimReference(document: place(reference.document), claim: reference.claim)
    }
    var result = self
    for index in claims.indices { result.claims[index].reference = moved(claims[index].reference) }
    for index in relations.indices { result.relations[index].claims = relations[index].claims.map(moved) }
    return result
  }

  /// Outcome of the sums, and of a comparison with documents that may be of the same operation, for reading; empty where
  /// nothing can be checked.
  package var check: String {
    relations.filter {
      $0.kind == .totalOf && $0.check != .notChecked || $0.kind == .conflictsWith && !$0.members.isEmpty
    }.map(\.detail).joined(separator: "; ")
  }
}
