// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Figures that no text states and that follow from those stated.
extension RelationFinder {
  /// What a whole leaves when its parts are taken away, made anew from the facts of the moment: "41 - 1".
  func derive(_ scope: inout ScopeFacts) {
    for index in scope.indices {
      guard let first = scope.facts[index].claims.first else { continue }
      let claim = scope.claim(first.reference)
      guard let remainder = claim.remainder else { continue }
      let document = first.reference.document
      let parts = remainder.parts.compactMap { scope.fact(of: document, at: $0) }
      guard parts.count == remainder.parts.count else { continue }
      let whole = remainder.whole.flatMap { scope.fact(of: document, at: $0) }
      guard let total = whole.map({ scope.facts[$0].quantity }) ?? (remainder.whole == nil ? Self.all : nil),
        let left = difference(total, parts.map { scope.facts[$0].quantity }, claim.quantity)
      else { continue }
      let terms = ([total] + parts.map { scope.facts[$0].quantity }).map(\.text)
      let inputs = ([whole].compactMap { $0 } + parts)
      scope.derive(
        index, left, Derivation(formula: terms.joined(separator: " - "), inputs: inputs.map { scope.facts[$0].id }))
      scope.relate(
        index, .complement, to: inputs, .holds, "\(terms.joined(separator: " - ")) = \(left.text); not printed")
    }
  }

  private static let all = Quantity(100, .exact, unit: "percent")

  /// - Parameter stated: the claim's own reading: "at least" where the words take away less than the parts.
  private func difference(_ total: Quantity, _ parts: [Quantity], _ stated: Quantity) -> Quantity? {
    let taken = parts.reduce(into: (low: 0.0, high: 0.0)) { sum, part in
      sum.low += part.allowed.low
      sum.high += part.allowed.high
    }
    let (low, high) = (max(0, total.allowed.low - taken.high), total.allowed.high - taken.low)
    guard low.isFinite, high >= low else { return nil }
    if stated.precision == .atLeast || !high.isFinite { return Quantity(low, .atLeast, unit: stated.unit) }
    if low == high { return Quantity(low, .exact, unit: stated.unit) }
    return Quantity(low: low, high: high, precision: .range, unit: stated.unit)
  }
}
