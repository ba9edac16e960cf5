// SPDX-License-Identifier: Apache-2.0

/// Structured statistics that somebody publishes as a table: a dataset, or one edition of it.
package struct Release: Hashable, Sendable {
  /// The caller's own name of it; figures of one release are compared with each other.
  package var id: String
  package var title: String
  package var publisher: String
  package var url: String
  package var published: CalendarDate?

  package init(
    id: String, title: String = "", publisher: String = "", url: String = "", published: CalendarDate? = nil
  ) {
    self.id = id
    self.title = title
    self.publisher = publisher
    self.url = url
    self.published = published
  }
}

/// One row of a release as it was put: what it says is read by whoever records it.
package struct FigureRow: Hashable, Sendable {
  /// Id of a metric.
  package var metric: String
  /// Id of an area, or a name that means one.
  package var region: String
  /// "2023", "2023-04", "2023-Q2", "2022/23", "2022/23 Q1", "2023-04-01/2024-03-31".
  package var period: String
  /// "1,204", "12.5", "<5", ">100", "~80".
  package var value: String
  package var population: [Dimension]
  /// Empty: the metric's.
  package var unit: String
  /// The row as it stands in the release.
  package var line: String
  /// Where the value stands in `line`, in bytes.
  package var valueStart: Int

  package init(
    metric: String, region: String, period: String, value: String, population: [Dimension] = [], unit: String = "",
    line: String = "", valueStart: Int = 0
  ) {
    self.metric = metric
    self.region = region
    self.period = period
    self.value = value
    self.population = population
    self.unit = unit
    self.line = line
    self.valueStart = valueStart
  }
}

/// Why a row was not recorded.
package struct RowError: Error, Hashable, Sendable {
  /// The field at fault: "metric", "region", "period", "value", "population", "line".
  package var field: String
  package var value: String
  /// What would be taken instead.
  package var allowed: String

  package init(field: String, value: String, allowed: String) {
    self.field = field
    self.value = value
    self.allowed = allowed
  }
}

extension Period {
  package static let statedForms =
    "2023, 2023-04, 2023-04-17, 2023-Q2, 2022/23 (April to March), 2022/23 Q1 (April to June), or two dates with \"/\""

  /// Reads a period as tables name it; nil for anything but ``statedForms``.
  package init?(stated text: String) {
    let trimmed = text.split(separator: " ").joined(separator: " ")
    if let dash = trimmed.firstIndex(of: "/"), let start = CalendarDate(trimmed[..<dash]),
      let end = CalendarDate(trimmed[trimmed.index(after: dash)...]), start <= end
    {
      self.init(start: start, end: end, text: text)
      return
    }
    if let day = CalendarDate(trimmed) {
      self.init(start: day, end: day, text: text)
      return
    }
    guard let year = Int(trimmed.prefix(4)), trimmed.utf8.count >= 4,
      trimmed.utf8.prefix(4).allSatisfy({ (48...57).contains($0) })
    else { return nil }
    var rest = trimmed.dropFirst(4)
    var firstMonth = 1
    // "2022/23", "2022-23", "2022/2023": April to March.
    if let mark = rest.first, mark == "/" || mark == "-", let next = Int(rest.dropFirst().prefix { $0.isNumber }),
      [2, 4].contains(rest.dropFirst().prefix { $0.isNumber }.count),
      next == (rest.dropFirst().prefix { $0.isNumber }.count == 2 ? (year + 1) % 100 : year + 1),
      !(mark == "-" && rest.count == 3 && next <= 12)
    {
      firstMonth = 4
      rest = rest.dropFirst().drop { $0.isNumber }
    }
    var months = 12
    rest = rest.drop { $0 == " " || $0 == "-" }
    if let first = rest.first, first == "Q" || first == "q" {
      guard let quarter = Int(rest.dropFirst()), (1...4).contains(quarter) else { return nil }
      firstMonth += (quarter - 1) * 3
      months = 3
    } else if !rest.isEmpty {
      guard firstMonth == 1, rest.count == 2, let month = Int(rest), (1...12).contains(month) else { return nil }
      firstMonth = month
      months = 1
    }
    guard let start = CalendarDate(year: year, month: 1, day: 1)?.adding(months: firstMonth - 1),
      let end = start.adding(months: months)?.adding(days: -1)
    else { return nil }
    self.init(start: start, end: end, text: text)
  }
}

extension Quantity {
  package static let statedForms = "a number, with <, >, <=, >= or ~ before it where it is not exact"

  /// Reads a value as tables print it; nil for anything but ``statedForms``.
  package init?(stated text: String, unit: String) {
    var rest = text.filter { $0 != "," && $0 != " " && $0 != "\u{a0}" }[...]
    var precision = Precision.exact
    for (mark, meaning) in [
      ("<=", Precision.upTo), (">=", .atLeast), ("<", .lessThan), (">", .moreThan), ("~", .about),
    ] where rest.hasPrefix(mark) {
      precision = meaning
      rest = rest.dropFirst(mark.count)
      break
    }
    if rest.hasSuffix("%"), unit == "percent" { rest = rest.dropLast() }
    guard !rest.isEmpty, rest.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }),
      let value = Double(rest), value.isFinite
    else { return nil }
    self.init(value, precision, unit: unit)
  }
}
