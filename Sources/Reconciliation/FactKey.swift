// SPDX-License-Identifier: Apache-2.0

package import FiguresModel

/// What stands in a claim's key for its area and its period.
package struct KeyWords: Sendable {
  package var ground: String
  package var period: String

  package init(ground: String, period: String) {
    self.ground = ground
    self.period = period
  }
}

/// What makes claims state one fact.
package struct FactKey: Hashable, Comparable, Sendable {
  package var metric: String
  /// Region id; areas on one ground share it.
  package var region: String
  /// Operation id; without an operation, the document's id: figures of two documents are compared
  /// only where something says that they belong together.
  package var scope: String
  /// Anchored: "2016-01-01/2016-12-31"; a length: "P12M"; empty: the operation's own, or none stated.
  package var period: String
  package var population: [Dimension]

  /// One line that is the same for the same key for ever: ids are made of it.
  private var line: String {
    ([metric, region, scope, period] + population.map { "\($0.name)=\($0.value)" })
      .joined(separator: "\u{1f}")
  }

  package static func < (left: FactKey, right: FactKey) -> Bool { left.line < right.line }

  /// FNV-1a of the key's line.
  package var hash: UInt64 {
    var hash = FNV1a.Running()
    hash.add(metric.utf8)
    for part in [region, scope, period] {
      hash.add(0x1f)
      hash.add(part.utf8)
    }
    for dimension in population {
      hash.add(0x1f)
      hash.add(dimension.name.utf8)
      hash.add(UInt8(ascii: "="))
      hash.add(dimension.value.utf8)
    }
    return hash.value
  }

  /// "fact/" and 16 hexadecimal digits of ``hash``.
  var id: String { Self.id(of: hash) }

  package static func id(of hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return "fact/" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The hash in an id as ``id(of:)`` makes it; nil for other texts.
  package static func hash(ofID id: String) -> UInt64? {
    guard id.utf8.count == 21, id.hasPrefix("fact/"), let hash = UInt64(id.dropFirst(5), radix: 16),
      self.id(of: hash) == id
    else { return nil }
    return hash
  }

  func inScope(_ scope: String) -> FactKey {
    var result = self
    result.scope = scope
    return result
  }

  var withoutPeriod: FactKey {
    var result = self
    result.period = ""
    return result
  }

  /// What a share's figure in numbers would be of, if it were derived: the same of the metric that is shared.
  package var ofWhole: FactKey? {
    guard metric.hasSuffix("_share"), !population.isEmpty else { return nil }
    var result = self
    result.metric = String(metric.dropLast("_share".count))
    return result
  }
}

extension Period {
  /// The period's part of a key. Lengths are in months where they can be.
  package var key: String {
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
