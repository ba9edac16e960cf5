// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Makes claims of the rows of a release.
struct RowReader: Sendable {
  /// Stands where the version of the extractor stands for documents that were read.
  static let version = "rows/1"

  let gazetteer: Gazetteer
  let catalog: MetricCatalog

  /// The text and the claims of the rows that can be read, and why the others can't.
  func read(_ rows: [FigureRow], firstRow: UInt32) -> (text: String, claims: [Claim], errors: [(UInt32, RowError)]) {
    var text = ""
    var claims: [Claim] = []
    var errors: [(UInt32, RowError)] = []
    for (index, row) in rows.enumerated() {
      do {
        var (line, at) = try words(of: row)
        line.append("\n")
        claims.append(try claim(row, line: line, valueStart: at, lineStart: text.utf8.count))
        text += line
      } catch {
        errors.append((max(firstRow, 1) + UInt32(index), error))
      }
    }
    return (text, claims, errors)
  }

  /// The row's line, and where its value stands in it.
  private func words(of row: FigureRow) throws(RowError) -> (String, Int) {
    if row.line.isEmpty {
      let before =
        ([row.metric, row.region, row.period] + row.population.map { "\($0.name)=\($0.value)" })
        .joined(separator: ",") + ","
      return (before + row.value, before.utf8.count)
    }
    guard !row.line.utf8.contains(where: { $0 == 10 || $0 == 13 }) else {
      throw RowError(field: "line", value: row.line, allowed: "one line")
    }
    let bytes = row.line.utf8.dropFirst(row.valueStart).prefix(row.value.utf8.count)
    guard !row.value.isEmpty, bytes.elementsEqual(row.value.utf8) else {
      throw RowError(
        field: "value_start", value: "\(row.valueStart)", allowed: "where \"\(row.value)\" stands in the line, in bytes"
      )
    }
    return (row.line, row.valueStart)
  }

  private func claim(_ row: FigureRow, line: String, valueStart: Int, lineStart: Int) throws(RowError) -> Claim {
    guard let metric = catalog[row.metric] else {
      throw RowError(field: "metric", value: row.metric, allowed: "a metric that ListMetrics lists")
    }
    guard let period = Period(stated: row.period) else {
      throw RowError(field: "period", value: row.period, allowed: Period.statedForms)
    }
    guard let quantity = Quantity(stated: row.value, unit: row.unit.isEmpty ? metric.unit : row.unit) else {
      throw RowError(field: "value", value: row.value, allowed: Quantity.statedForms)
    }
    for dimension in row.population where dimension.name.isEmpty || dimension.value.isEmpty {
      throw RowError(
        field: "population", value: "\(dimension.name)=\(dimension.value)",
        allowed: "dimensions with a name and a value")
    }
    let start = lineStart + valueStart
    return Claim(
      span: Span(start, start + row.value.utf8.count), numberText: row.value, quote: String(line.dropLast()),
      quantity: quantity, metric: row.metric, region: try region(row.region), period: period,
      population: row.population.sorted(), populationText: row.population.map(\.value).joined(separator: ", "),
      section: .table, rules: ["recorded row"])
  }

  /// The one area that an id or a name means.
  private func region(_ name: String) throws(RowError) -> String {
    let candidates = gazetteer.candidates(name)
    guard let first = candidates.first else {
      let nearest = gazetteer.nearestNames(to: name)
      throw RowError(
        field: "region", value: name,
        allowed: "the id or a name of an area"
          + (nearest.isEmpty ? "" : "; nearest: \(nearest.joined(separator: ", "))"))
    }
    let grounds = Set(candidates.map { gazetteer.ground($0.id) })
    guard grounds.count == 1 else {
      throw RowError(
        field: "region", value: name, allowed: "one area; this names \(candidates.map(\.id).joined(separator: ", "))")
    }
    return first.id
  }
}
