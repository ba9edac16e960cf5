// SPDX-License-Identifier: Apache-2.0

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
  private(set) var claims: [[Evidence]] = []

  func note(_ attribute: String, _ rule: String, _ words: String = "") {
    current.append(Evidence(attribute: attribute, rule: rule, words: words))
  }

  func endClaim() {
    claims.append(current)
    current = []
  }

  /// A number that became no claim leaves nothing.
  func dropClaim() { current = [] }
}
