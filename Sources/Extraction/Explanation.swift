// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// How one attribute of a claim was found: the rule that fired, and the words of the text that it used.
package struct Evidence: Hashable, Sendable {
  /// "value", "metric", "area", "period", "population".
  package let attribute: String
  package let rule: String
  /// Empty where the rule used no words of its own.
  package let words: String
}

/// A text's figures with the reasons for each, and its other numbers with theirs.
package struct Explanation: Sendable {
  package let extraction: Extraction
  /// Of each claim, in the order of the claims.
  package let evidence: [[Evidence]]
}

/// Gathers the evidence of the claim that is being made. A class, for rules that only read the text note here.
final class Trace {
  private var current: [Evidence] = []
  /// By the claims' places, for claims are put in order when the text has been read; in order where two share a place.
  private var claims: [Span: [[Evidence]]] = [:]

  func note(_ attribute: String, _ rule: String, _ words: String = "") {
    current.append(Evidence(attribute: attribute, rule: rule, words: words))
  }

  func endClaim(_ claim: Claim) {
    claims[claim.span, default: []].append(current)
    current = []
  }

  /// A number that became no claim leaves nothing.
  func dropClaim() { current = [] }

  /// Of each claim, in the order of the claims.
  func evidence(of told: [Claim]) -> [[Evidence]] {
    var taken: [Span: Int] = [:]
    return told.map { claim in
      let turn = taken[claim.span, default: 0]
      taken[claim.span] = turn + 1
      let notes = claims[claim.span] ?? []
      return turn < notes.count ? notes[turn] : []
    }
  }
}
