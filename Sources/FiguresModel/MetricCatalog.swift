// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What is counted: an id, a name for people, a unit, and whether figures of it add up.
package struct Metric: Hashable, Sendable {
  package var id: String
  package var name: String
  package var unit: String
  /// "count", "sum", "share", "change", "ratio".
  package var kind: String
  /// Whether figures of disjoint groups add up to the figure of their union.
  package var isAdditive: Bool
}

/// The vocabulary of metrics: Resources/metrics.tsv, and the suffixes for changes and shares.
package struct MetricCatalog: Sendable {
  package let metrics: [Metric]
  private let byID: [String: Int]

  /// Suffixes that make another metric of a base metric, with unit and kind.
  private static let suffixes: [(suffix: String, unit: String, kind: String, name: String)] = [
    ("_share", "percent", "share", "share"),
    ("_increase", "percent", "change", "increase"),
    ("_decrease", "percent", "change", "decrease"),
    ("_multiple", "times", "ratio", "multiple"),
    ("_ratio", "times", "ratio", "ratio"),
    ("_rate", "rate", "ratio", "rate"),
  ]

  package init(_ table: TSV) {
    let (id, name, unit, kind, additive) = (
      table.column("metric"), table.column("name"), table.column("unit"), table.column("kind"),
      table.column("additive")
    )
    metrics = table.rows.map {
      Metric(id: $0[id], name: $0[name], unit: $0[unit], kind: $0[kind], isAdditive: $0[additive] == "yes")
    }
    byID = Dictionary(uniqueKeysWithValues: metrics.enumerated().map { ($1.id, $0) })
  }

  package static let bundled = MetricCatalog(.resource("metrics", in: .module))

  /// The place of a metric in the catalogue; the last for one that is not in it.
  package func rank(of id: String) -> Int { byID[id] ?? metrics.count }

  package subscript(id: String) -> Metric? {
    if let index = byID[id] { return metrics[index] }
    for entry in Self.suffixes where id.hasSuffix(entry.suffix) {
      guard let base = self[String(id.dropLast(entry.suffix.count))] else { return nil }
      return Metric(
        id: id, name: "\(base.name) (\(entry.name))", unit: entry.unit, kind: entry.kind,
        isAdditive: false)
    }
    return nil
  }
}
