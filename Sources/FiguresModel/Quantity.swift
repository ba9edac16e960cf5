// SPDX-License-Identifier: Apache-2.0

/// How a figure was put. The classes are never merged.
package enum Precision: String, Sendable, CaseIterable {
  case exact
  case moreThan = "more_than"
  case atLeast = "at_least"
  case lessThan = "less_than"
  case upTo = "up_to"
  case about, almost, range, vague
}

/// A number as stated: bounds with presence, and how they were put. `>600` is never 600.
package struct Quantity: Hashable, Sendable {
  /// Lower bound: exclusive for more_than, nominal for about, absent for less_than, up_to and almost.
  package var low: Double?
  /// Upper bound: exclusive for less_than and almost, nominal for about, absent for more_than, at_least.
  package var high: Double?
  package var precision: Precision
  /// "persons", "children", "percent", "times", …
  package var unit: String

  package init(low: Double?, high: Double?, precision: Precision, unit: String) {
    self.low = low
    self.high = high
    self.precision = precision
    self.unit = unit
  }

  /// A stated number with its qualifier: each class keeps the bounds it defines.
  package init(_ value: Double, _ precision: Precision, unit: String) {
    switch precision {
    case .exact, .about, .range: self.init(low: value, high: value, precision: precision, unit: unit)
    case .moreThan, .atLeast, .vague: self.init(low: value, high: nil, precision: precision, unit: unit)
    case .lessThan, .upTo, .almost: self.init(low: nil, high: value, precision: precision, unit: unit)
    }
  }

  /// "The majority", "most of": more than half; "almost all": below the whole. Said without a number.
  package var isShareInWords: Bool { precision == .vague && unit == "percent" }

  /// The one number that was printed; nil for ranges and vague words.
  package var nominal: Double? {
    switch precision {
    case .range, .vague: nil
    case .lessThan, .upTo, .almost: high
    default: low
    }
  }

  /// The values that the words allow, for comparison with other claims.
  ///
  /// "About" allows a tenth either way, "almost" a tenth below: the project's convention, wide enough
  /// for the rounding that the words announce.
  package var allowed: (low: Double, lowExclusive: Bool, high: Double, highExclusive: Bool) {
    switch precision {
    case .exact, .range: (low ?? -.infinity, false, high ?? .infinity, false)
    case .moreThan: (low ?? -.infinity, true, .infinity, false)
    case .atLeast, .vague: (low ?? -.infinity, false, high ?? .infinity, false)
    case .lessThan: (0, false, high ?? .infinity, true)
    case .upTo: (0, false, high ?? .infinity, false)
    case .about: ((low ?? 0) * 0.9, false, (high ?? .infinity) * 1.1, false)
    case .almost: ((high ?? 0) * 0.9, false, high ?? .infinity, true)
    }
  }

  /// For reading: "more than 400", "about 80", "431", "2.5 million", "25 %".
  package var text: String {
    func number(_ value: Double?) -> String {
      let text = Self.format(value ?? 0)
      return switch unit {
      case "percent": text + " %"
      case "times": text + " times"
      default: text
      }
    }
    return switch precision {
    case .exact: number(low)
    case .moreThan: "more than \(number(low))"
    case .atLeast: "at least \(number(low))"
    case .lessThan: "less than \(number(high))"
    case .upTo: "up to \(number(high))"
    case .about: "about \(number(low))"
    case .almost: "almost \(number(high))"
    case .range: "\(Self.format(low ?? 0)) to \(number(high))"
    case .vague where low == 50 && isShareInWords: "more than half (vague)"
    case .vague where low == nil && isShareInWords: "almost all (vague)"
    case .vague: low == nil ? "at most \(number(high)) (vague)" : "at least \(number(low)) (vague)"
    }
  }

  /// Digits in groups of three; millions with at most two decimals in words.
  package static func format(_ value: Double) -> String {
    let magnitude = abs(value)
    for (size, name) in [(1e9, "billion"), (1e6, "million")] where magnitude >= size {
      let scaled = value / size
      if (scaled * 100).rounded() == scaled * 100 { return "\(decimal(scaled)) \(name)" }
    }
    return decimal(value)
  }

  private static func decimal(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    guard abs(rounded) < 1e15 else { return "\(value)" }
    let whole = Int64(abs(rounded))
    var digits = String(whole)
    var index = digits.count - 3
    while index > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
      index -= 3
    }
    let cents = Int(((abs(rounded) - Double(whole)) * 100).rounded())
    if cents > 0 {
      digits += cents % 10 == 0 ? ".\(cents / 10)" : "." + (cents < 10 ? "0" : "") + "\(cents)"
    }
    return (rounded < 0 ? "-" : "") + digits
  }
}
