// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Foundation

/// Which columns of a table say what: a JSON file beside a release.
struct ColumnMapping: Decodable {
  /// Where one attribute of a row comes from: the same for all rows, a column, several columns put together, or the
  /// heading of the value's column.
  struct Source: Decodable {
    var value: String?
    var column: String?
    var columns: [String]?
    /// Between several columns.
    var join: String?
    /// What the column's texts stand for; a text that is not among them is taken as it is.
    var values: [String: String]?
    var heading: Bool?
  }

  var metric: Source
  var region: Source
  var period: Source
  /// One column, or several that each make a figure of a row.
  var value: Source
  var population: [String: Source]?
  var unit: Source?
  /// Values that say that there is none: rows with them are passed over.
  var missing: [String]?

  static let example =
    "{\"metric\": {\"value\": \"recorded_crimes\"}, \"region\": {\"column\": \"Force\"}, \"period\": {\"column\": \"Year\"}, "
    + "\"value\": {\"column\": \"Number\"}}"

  static func read(_ path: String) throws -> ColumnMapping {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ClientError(exit: ClientExit.usage, "\(path) can't be read")
    }
    do { return try JSONDecoder().decode(ColumnMapping.self, from: data) } catch DecodingError.keyNotFound(let key, _) {
      throw ClientError(
        exit: ClientExit.usage, "\(path): \"\(key.stringValue)\" is missing; required: metric, region, period, value")
    } catch {
      throw ClientError(exit: ClientExit.usage, "\(path) is no column mapping; an example: \(example)")
    }
  }
}

/// A mapping bound to the columns of a file.
struct BoundMapping {
  private enum Source {
    case constant(String)
    case columns([Int], join: String, values: [String: String])
    case heading(values: [String: String])
  }

  private let headings: [String]
  private let metric: Source
  private let region: Source
  private let period: Source
  private let unit: Source?
  private let population: [(String, Source)]
  private let values: [Int]
  private let missing: Set<String>

  init(_ mapping: ColumnMapping, headings: [String]) throws {
    self.headings = headings
    func index(_ name: String, _ field: String) throws -> Int {
      guard let found = headings.firstIndex(of: name) else {
        throw ClientError(
          exit: ClientExit.usage,
          "\(field): the file has no column \"\(name)\"; columns: \(headings.joined(separator: ", "))")
      }
      return found
    }
    func bind(_ source: ColumnMapping.Source, _ field: String) throws -> Source {
      if let value = source.value { return .constant(value) }
      if source.heading == true { return .heading(values: source.values ?? [:]) }
      let names = source.columns ?? source.column.map { [$0] } ?? []
      guard !names.isEmpty else {
        throw ClientError(
          exit: ClientExit.usage, "\(field): say where it comes from: \"value\", \"column\", \"columns\" or \"heading\""
        )
      }
      return .columns(
        try names.map { try index($0, field) }, join: source.join ?? " ", values: source.values ?? [:])
    }
    metric = try bind(mapping.metric, "metric")
    region = try bind(mapping.region, "region")
    period = try bind(mapping.period, "period")
    unit = try mapping.unit.map { try bind($0, "unit") }
    population = try (mapping.population ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, try bind($0.value, $0.key)) }
    values = try (mapping.value.columns ?? mapping.value.column.map { [$0] } ?? []).map { try index($0, "value") }
    guard !values.isEmpty else {
      throw ClientError(exit: ClientExit.usage, "value: name its \"column\", or several \"columns\"")
    }
    missing = Set(mapping.missing ?? ["", "-", "..", ":", "[x]", "[z]", "N/A"])
  }

  /// The figures of a record: one for each column of values that has one.
  func rows(_ record: CSVReader.Record) -> [FigureRow] {
    func text(_ source: Source, _ column: Int) -> String {
      switch source {
      case .constant(let value): return value
      case .heading(let values): return values[headings[column]] ?? headings[column]
      case .columns(let columns, let join, let values):
        let text = columns.map { record.fields.indices.contains($0) ? record.fields[$0].text : "" }
          .joined(separator: join).trimmingCharacters(in: .whitespaces)
        return values[text] ?? text
      }
    }
    return values.compactMap { column in
      guard record.fields.indices.contains(column) else { return nil }
      let field = record.fields[column]
      let value = field.text.trimmingCharacters(in: .whitespaces)
      guard !missing.contains(value) else { return nil }
      var row = FigureRow(
        metric: text(metric, column), region: text(region, column), period: text(period, column), value: value,
        population: population.map { Dimension($0.0, text($0.1, column)) }.filter { !$0.value.isEmpty },
        unit: unit.map { text($0, column) } ?? "")
      // A record over several lines, or a value with quotes in it, is put together anew by the service.
      let spaces = field.text.utf8.prefix { $0 == 32 || $0 == 9 }.count
      let isPlain = record.line.utf8.dropFirst(field.start + spaces).prefix(value.utf8.count).elementsEqual(value.utf8)
      if isPlain, !record.line.utf8.contains(10), !record.line.utf8.contains(13) {
        row.line = record.line
        row.valueStart = field.start + spaces
      }
      return row
    }
  }
}
