// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What makes claims state one fact.
struct FactKey: Hashable, Comparable {
  var metric: String
  /// Region id; areas on one ground share it.
  var region: String
  /// Operation id; without an operation, the document's id: figures of two documents are compared
  /// only where something says that they belong together.
  var scope: String
  /// Anchored: "2016-01-01/2016-12-31"; a length: "P12M"; empty: the operation's own, or none stated.
  var period: String
  var population: [Dimension]

  /// One line that is the same for the same key for ever: ids are made of it.
  var line: String {
    ([metric, region, scope, period] + population.map { "\($0.name)=\($0.value)" })
      .joined(separator: "\u{1f}")
  }

  static func < (left: FactKey, right: FactKey) -> Bool { left.line < right.line }

  /// "fact/" and 16 hexadecimal digits: FNV-1a of the key's line.
  var id: String {
    let digits = String(FNV1a.hash(line.utf8), radix: 16)
    return "fact/" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Period {
  /// The period's part of a key. Lengths are in months where they can be.
  var key: String {
    if isAnchored { return "\(start?.description ?? "")/\(end?.description ?? "")" }
    return months.map { "P\($0)M" } ?? duration
  }

  /// A length in whole months: of "P1Y" and "P12M", or of dates; nil for other lengths.
  var months: Int? {
    if let start, let end {
      guard let after = end.adding(days: 1) else { return nil }
      let count = (after.year - start.year) * 12 + after.month - start.month
      return start.adding(months: count) == after ? count : nil
    }
    guard duration.hasPrefix("P"), !duration.hasPrefix("PT"), let count = Int(duration.dropFirst().dropLast()) else {
      return nil
    }
    switch duration.last {
    case "Y": return count * 12
    case "M": return count
    default: return nil
    }
  }
}
