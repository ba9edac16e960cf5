// SPDX-License-Identifier: Apache-2.0

/// A value in a table, and the words that say what it is. Ranges of tokens; empty where there is none.
struct TableCell {
  /// The token of its number.
  var number: Int
  var tokens: Range<Int>
  var rowLabel: Range<Int>
  var columnHeading: Range<Int>
  /// The first cell of the row of headings: "Year ending 31 March" says what the years in it mean.
  var corner: Range<Int> = 0..<0
  /// The lines above the table, the nearest first.
  var captions: [Range<Int>]
}

/// Finds tables as they come out of web pages and PDFs: cells between bars, tabs or columns of spaces, columns of
/// numbers below years, one cell a line, and lists of "label - value".
struct TableFinder {
  let reading: Reading

  /// Tokens of a line that may be a cell, or the label of a pair.
  private static let cellTokensMax = 12
  /// Lines above a table that may say what it is of.
  private static let captionLines = 3

  private struct Line {
    var tokens: Range<Int>
    var cells: [Range<Int>]
    var followsBlank: Bool
  }

  private enum Form { case value, label, period, bar, text }

  /// All cells with a number, in order of the text.
  func cells() -> [TableCell] {
    let lines = self.lines()
    var result: [TableCell] = []
    var index = 0
    // Lines up to here were looked through for stacked cells, in vain: a part of them holds none either.
    var barren = 0
    while index < lines.count {
      if let end = years(lines, index, &result) ?? wide(lines, index, &result) ?? flattened(lines, index, &result)
        ?? flattenedPairs(lines, index, &result) ?? columns(lines, index, &result)
        ?? stacked(lines, index, &barren, &result) ?? pairs(lines, index, &result)
      {
        index = end
      } else {
        index += 1
      }
    }
    return result
  }

  // MARK: - Lines

  private func lines() -> [Line] {
    var result: [Line] = []
    var start = 0
    for index in 1..<max(reading.tokens.count + 1, 1) {
      guard index == reading.tokens.count || reading.tokens[index].gap >= .line else { continue }
      if index > start, !isRule(start..<index) {
        result.append(
          Line(
            tokens: start..<index, cells: cells(start..<index),
            followsBlank: reading.tokens[start].gap == .paragraph))
      }
      start = index
    }
    return result
  }

  /// "---|---|---": only divides the headings of a table from its rows.
  private func isRule(_ tokens: Range<Int>) -> Bool {
    tokens.count > 2
      && tokens.allSatisfy { index in ["-", "|", ":", "=", "+"].contains { reading.isMark(index, $0) } }
  }

  /// The parts of a line between bars or wide gaps; a bar at either end makes no cell.
  private func cells(_ tokens: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = tokens.lowerBound
    for index in tokens {
      if reading.isMark(index, "|") {
        if index > tokens.lowerBound { result.append(start..<index) }
        start = index + 1
      } else if index > start, reading.tokens[index].gap == .cell {
        result.append(start..<index)
        start = index
      }
    }
    if start < tokens.upperBound { result.append(start..<tokens.upperBound) }
    // Headings are short; a longer line without a number is a sentence.
    guard result.count <= 1, tokens.count <= 4 * Self.cellTokensMax,
      tokens.count <= Self.cellTokensMax || tokens.contains(where: { reading.isNumber($0) })
    else { return result }
    return divided(tokens) ?? result
  }

  /// "2022 — 84 — 37", "Cleveland: 1,486: 1,532", "2018: 987 / 402": a line that the same mark divides more than
  /// once, or a label and values between strokes.
  private func divided(_ line: Range<Int>) -> [Range<Int>]? {
    // "- Seatbelts – 75": the first dash is the bullet of the line.
    let isListed = reading.isMark(line.lowerBound, "-") && !reading.touchesPrevious(line.lowerBound + 1)
    let tokens = isListed ? line.lowerBound + 1..<line.upperBound : line
    func parts(_ isDivider: (Int) -> Bool) -> [Range<Int>] {
      var result: [Range<Int>] = []
      var start = tokens.lowerBound
      for index in tokens where isDivider(index) {
        result.append(start..<index)
        start = index + 1
      }
      result.append(start..<tokens.upperBound)
      return result
    }
    func isSpaced(_ index: Int) -> Bool { !reading.touchesPrevious(index) && !reading.touchesPrevious(index + 1) }
    let dashes = parts { reading.isMark($0, "-") && isSpaced($0) }
    if dashes.count > 2 { return dashes }
    let colons = parts { reading.isMark($0, ":") && !reading.touchesPrevious($0 + 1) }
    if colons.count > 2 { return colons }
    let strokes = parts {
      reading.isMark($0, "/") && isSpaced($0) || reading.isMark($0, ":") && !reading.touchesPrevious($0 + 1)
    }
    // "Torfaen / 12 / 23 / 19": a label and values, or years, between strokes alone.
    let bare = parts { reading.isMark($0, "/") && isSpaced($0) }
    if bare.count > 2,
      bare.count(where: { $0.count == 1 && reading.isNumber($0.lowerBound) || isPeriod($0) }) + 1 >= bare.count
    {
      return bare
    }
    let hasStroke = tokens.contains { reading.isMark($0, "/") && isSpaced($0) }
    return hasStroke && colons.count == 2 && strokes.count > 2 ? strokes : nil
  }

  private func form(_ cell: Range<Int>) -> Form {
    if cell.isEmpty { return .bar }
    if isPeriod(cell) { return .period }
    if valueToken(cell) != nil { return .value }
    let isText =
      cell.count > Self.cellTokensMax || reading.isMark(cell.upperBound - 1, ".")
      || reading.isMark(cell.upperBound - 1, "?")
    return isText ? .text : .label
  }

  private func isPeriod(_ cell: Range<Int>) -> Bool {
    guard cell.count <= 8 else { return false }
    if cell.count == 1 { return reading.year(cell.lowerBound) != nil }
    guard PeriodFinder(reading: reading, country: "").period(inHeading: cell) != nil else {
      return false
    }
    return !cell.contains { reading.lexeme($0).noun >= 0 || reading.lexeme($0).action >= 0 }
  }

  /// The number of a cell that is nothing but a value: "1,204", "<5", "+7.9%", "£4.6m", "12 (8%)", "297kg".
  private func valueToken(_ cell: Range<Int>) -> Int? {
    var index = cell.lowerBound
    while index < cell.upperBound, reading.tokens[index].kind == .mark, !reading.isMark(index, "("),
      index - cell.lowerBound < 3
    {
      index += 1
    }
    // "nil", "zero".
    if index + 1 == cell.upperBound, reading.isWord(index, .number), reading.lexeme(index).value == 0 { return index }
    guard index < cell.upperBound, reading.isNumber(index), cell.upperBound - index <= 6 else { return nil }
    let first = index
    // "1.", above the answers to the parts of a first question.
    if cell.count == 2, reading.digitCount(first) <= 2, reading.isMark(first + 1, ".") || reading.isMark(first + 1, ")")
    {
      return nil
    }
    // "06/02/2023": a date.
    if reading.isMark(first + 1, "/"), reading.touchesPrevious(first + 1), reading.isNumber(first + 2),
      reading.touchesPrevious(first + 2), reading.isMark(first + 3, "/")
    {
      return nil
    }
    // "705-555-0126": a telephone number.
    if (first..<cell.upperBound).count(where: { reading.isNumber($0) }) > 2, reading.isMark(first + 1, "-") {
      return nil
    }
    index += 1
    var depth = 0
    while index < cell.upperBound {
      if reading.isMark(index, "(") { depth += 1 }
      let isUnit =
        reading.tokens[index].kind == .mark && !reading.isMark(index, "/")
        || reading.isWord(index, .suffix | .percent | .magnitude | .per | .cent)
        || reading.touchesPrevious(index) || depth > 0 && reading.isNumber(index)
      guard isUnit else { return nil }
      index += 1
    }
    return first
  }

  private func isMissing(_ cell: Range<Int>) -> Bool {
    cell.isEmpty
      || cell.count <= 3 && !cell.contains { reading.isNumber($0) }
        && cell.allSatisfy { index in
          reading.tokens[index].kind == .mark || reading.tokens[index].end - reading.tokens[index].start <= 1
        }
  }

  private func captions(_ lines: [Line], before index: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var line = index - 1
    while line >= 0, result.count < Self.captionLines {
      // "- 116km/h … Co. Monaghan⏎Other offences were:⏎- Seatbelts – 75": the end of another list.
      let first = lines[line].tokens.lowerBound
      if let below = result.last, reading.isMark(below.upperBound - 1, ":"),
        reading.isMark(first, "-") || reading.isMark(first, "*")
      {
        break
      }
      if !lines[line].tokens.contains(where: { reading.isMark($0, "|") }) { result.append(lines[line].tokens) }
      line -= 1
    }
    return result
  }

  // MARK: - Tables of rows

  /// Rows of cells side by side. - Returns: the line after the table; nil if none begins here.
  private func wide(_ lines: [Line], _ start: Int, _ result: inout [TableCell]) -> Int? {
    func isRow(_ line: Line) -> Bool {
      line.cells.count >= 2 && line.cells.dropFirst().contains { valueToken($0) != nil && !isPeriod($0) }
        && line.cells.dropFirst().allSatisfy { form($0) != .text } && line.cells[0].count <= Self.cellTokensMax
    }
    func isHeading(_ line: Line) -> Bool {
      line.cells.count >= 2 && line.cells.allSatisfy { [.period, .label, .bar].contains(form($0)) }
    }
    var end = start
    var heading: Line?
    if isHeading(lines[start]) {
      heading = lines[start]
      end += 1
    }
    let firstRow = end
    while end < lines.count, isRow(lines[end]) { end += 1 }
    guard end > firstRow, heading != nil || end - firstRow >= 2 else { return nil }
    let captions = captions(lines, before: start)
    for line in lines[firstRow..<end].map({ withOwnLabel($0, of: heading) }) {
      let label = line.cells[0]
      for (column, cell) in line.cells.enumerated().dropFirst() {
        guard let number = valueToken(cell), !isPeriod(cell) || heading != nil else { continue }
        var above: Range<Int> = cell.lowerBound..<cell.lowerBound
        if let heading {
          let shifted = column - (line.cells.count - heading.cells.count)
          let place = heading.cells.count == line.cells.count ? column : shifted
          if heading.cells.indices.contains(place) { above = heading.cells[place] }
        }
        result.append(
          TableCell(
            number: number, tokens: cell, rowLabel: label, columnHeading: above, corner: heading?.cells.first ?? 0..<0,
            captions: captions))
      }
    }
    return end
  }

  /// Lines that each hold a year and one value, from which on they are a table.
  private static let yearRows = 2

  /// "Year Count⏎2015/16 32056⏎2016/17 32877", "2011 | 2120⏎2012 | 1953": lines of a year each, in order, with one value. A
  /// value may look like a year: the lines say that it is none.
  private func years(_ lines: [Line], _ start: Int, _ result: inout [TableCell]) -> Int? {
    func row(_ line: Line) -> (year: Int, heading: Range<Int>, value: Range<Int>)? {
      let first = line.tokens.lowerBound
      guard let heading = yearHeading(first), let year = reading.year(first) else { return nil }
      let value = heading.upperBound + (reading.isMark(heading.upperBound, "|") ? 1 : 0)
      guard line.tokens.count == value + 1 - first, reading.isNumber(value), !reading.touchesPrevious(value) else {
        return nil
      }
      return (year, heading, value..<value + 1)
    }
    var rows: [(year: Int, heading: Range<Int>, value: Range<Int>)] = []
    var end = start
    while end < lines.count, let row = row(lines[end]), rows.last.map({ abs(row.year - $0.year) == 1 }) ?? true {
      rows.append(row)
      end += 1
    }
    guard rows.count >= Self.yearRows else { return nil }
    // "Year Count".
    let above = start > 0 ? lines[start - 1].tokens : 0..<0
    let isHeaded = above.count >= 2 && above.count <= Self.changeTokens && reading.word(above.lowerBound) == "year"
    let heading = isHeaded ? above.dropFirst().filter { !reading.isMark($0, "|") } : []
    let captions = captions(lines, before: isHeaded ? start - 1 : start)
    for row in rows {
      result.append(
        TableCell(
          number: row.value.lowerBound, tokens: row.value, rowLabel: row.heading,
          columnHeading: heading.first.map { $0..<above.upperBound } ?? row.value.lowerBound..<row.value.lowerBound,
          captions: captions))
    }
    return end
  }

  /// "Damage and reckless behaviour 46,205  43,894  -5": a row whose first gap is no wider than one between words.
  private func withOwnLabel(_ line: Line, of heading: Line?) -> Line {
    guard let heading, line.cells.count == heading.cells.count - 1, let first = line.cells.first, first.count > 1,
      let value = trailingValues(first).last, value.lowerBound > first.lowerBound, reading.year(value.lowerBound) == nil
    else { return line }
    var result = line
    result.cells.replaceSubrange(0..<1, with: [first.lowerBound..<value.lowerBound, value])
    return result
  }

  /// "Home Office Code 2012 2013 2014", then rows that end in as many numbers, with single spaces.
  private func columns(_ lines: [Line], _ start: Int, _ result: inout [TableCell]) -> Int? {
    guard let headings = yearHeadings(lines[start].tokens) else { return grid(lines, start, &result) }
    var end = start + 1
    let captions = captions(lines, before: start) + [lines[start].tokens]
    while end < lines.count, !lines[end].followsBlank {
      let values = trailingValues(lines[end].tokens)
      guard let from = values.first?.lowerBound, values.count <= headings.count,
        from - lines[end].tokens.lowerBound <= Self.cellTokensMax
      else { break }
      // "November 1739 1850 1220": the last year is not over yet.
      let isOfMonth = reading.isWord(lines[end].tokens.lowerBound, .month)
      for (value, heading) in zip(values, isOfMonth ? headings.prefix(values.count) : headings.suffix(values.count)) {
        guard let number = valueToken(value) else { continue }
        result.append(
          TableCell(
            number: number, tokens: value, rowLabel: lines[end].tokens.lowerBound..<from, columnHeading: heading,
            corner: lines[start].tokens.lowerBound..<headings[0].lowerBound, captions: captions))
      }
      end += 1
    }
    return end > start + 1 ? end : nil
  }

  /// Rows from which on lines that end in as many values are a table, whatever stands above them.
  private static let gridRows = 3

  /// "Force Hate crimes 2022-23 Change on year", then "South Wales 2,852 -8%"; "FORCE REFERRED CRIMES TOTAL OUTCOMES", then
  /// "Cheshire 630 410": rows that end in as many values.
  private func grid(_ lines: [Line], _ start: Int, _ result: inout [TableCell]) -> Int? {
    func values(_ line: Line) -> [Range<Int>]? {
      var values = trailingValues(line.tokens)
      // "2012 153 5": years, each with its values behind it.
      let year = yearHeading(line.tokens.lowerBound)
      if let year, values.first == year { values.removeFirst() }
      guard values.count >= 2, let from = values.first?.lowerBound else { return nil }
      if year?.upperBound == from { return values }
      guard from > line.tokens.lowerBound, from - line.tokens.lowerBound <= Self.cellTokensMax,
        (line.tokens.lowerBound..<from).allSatisfy({
          !reading.isNumber($0) && !reading.isWord($0, .be | .have | .month)
        }),
        reading.tokens[line.tokens.lowerBound].isCapitalized
      else { return nil }
      return values
    }
    guard let width = values(lines[start])?.count else { return nil }
    var end = start
    while end < lines.count, end == start || !lines[end].followsBlank, values(lines[end])?.count == width { end += 1 }
    guard end - start >= Self.gridRows else { return nil }
    let headings = start > 0 && !lines[start].followsBlank ? columnHeadings(lines[start - 1].tokens, width) : nil
    let captions = captions(lines, before: headings == nil ? start : start - 1)
    for line in lines[start..<end] {
      let cells = values(line) ?? []
      for (column, cell) in cells.enumerated() {
        guard let number = valueToken(cell), let from = cells.first?.lowerBound else { continue }
        result.append(
          TableCell(
            number: number, tokens: cell, rowLabel: line.tokens.lowerBound..<from,
            columnHeading: headings?[column] ?? cell.lowerBound..<cell.lowerBound, captions: captions))
      }
    }
    return end
  }

  /// "FORCE REFERRED CRIMES TOTAL OUTCOMES JUDICIAL OUTCOMES", of three columns: each ends with a plural.
  private func columnHeadings(_ line: Range<Int>, _ width: Int) -> [Range<Int>]? {
    guard !reading.isMark(line.upperBound - 1, "."), !line.contains(where: { reading.isNumber($0) }) else { return nil }
    // "Year Arrest Caution": a word a column.
    if line.count == width + 1, ["year", "month", "quarter"].contains(reading.word(line.lowerBound)) {
      return line.dropFirst().map { $0..<$0 + 1 }
    }
    let ends = line.filter { index in
      let token = reading.tokens[index]
      return token.kind == .word && token.end - token.start > 3
        && reading.text[Int(token.end) - 1] | 0x20 == UInt8(ascii: "s")
    }
    guard ends.count == width, ends.last == line.upperBound - 1 else { return nil }
    var start = line.lowerBound
    return ends.map { end in
      defer { start = end + 1 }
      return start..<end + 1
    }
  }

  /// "Home Office Code 2012 2013", "Year ending March 2021 2022 Change", "2013-14 2014-15 % change 13-14 to 14-15": the
  /// years of a line, behind its label, and the change between them.
  private func yearHeadings(_ line: Range<Int>) -> [Range<Int>]? {
    var first = line.lowerBound
    while first < line.upperBound, first - line.lowerBound <= Self.cellTokensMax {
      var headings: [Range<Int>] = []
      var index = first
      while index < line.upperBound, let heading = yearHeading(index), heading.upperBound <= line.upperBound {
        headings.append(heading)
        index = heading.upperBound
      }
      if headings.count >= 2 {
        let change = index..<line.upperBound
        guard
          change.isEmpty
            || change.count <= Self.changeTokens && change.contains(where: { reading.isWord($0, .changeWord) })
        else { return nil }
        return headings + (change.isEmpty ? [] : [change])
      }
      first += 1
    }
    return nil
  }

  /// Tokens of the heading of a column of changes.
  private static let changeTokens = 10

  /// "2013", "2013-14", "2013/14".
  private func yearHeading(_ index: Int) -> Range<Int>? {
    guard reading.year(index) != nil else { return nil }
    let isSplit =
      (reading.isMark(index + 1, "-") || reading.isMark(index + 1, "/")) && reading.touchesPrevious(index + 1)
      && reading.touchesPrevious(index + 2) && reading.isNumber(index + 2) && reading.digitCount(index + 2) == 2
    return isSplit ? index..<index + 3 : index..<index + 1
  }

  /// The values with which a line ends, with single spaces: "34,275 31,190 -9%".
  private func trailingValues(_ line: Range<Int>) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var end = line.upperBound
    while end > line.lowerBound {
      var number = end - 1
      if reading.isMark(number, "%"), number > line.lowerBound { number -= 1 }
      guard reading.isNumber(number) else { break }
      var start = number
      if start > line.lowerBound, reading.touchesPrevious(start),
        ["-", "+", "<"].contains(where: { reading.isMark(start - 1, $0) })
      {
        start -= 1
      }
      guard reading.tokens[start].gap != .none else { break }
      result.append(start..<end)
      end = start
    }
    return result.reversed()
  }

  // MARK: - A table on one line

  /// Headings from which on a line is a table that lost its lines.
  private static let flattenedColumns = 3
  /// Tokens of the label of such a row.
  private static let flattenedLabel = 7

  /// "Police force area 2002 2003 2004 Bedfordshire 32 41 58 City of London 0 3 17": years, then names that each have as
  /// many values.
  private func flattened(_ lines: [Line], _ index: Int, _ result: inout [TableCell]) -> Int? {
    let line = lines[index].tokens
    guard line.count > 4 * Self.flattenedColumns else { return nil }
    var first = line.lowerBound
    var width = 0
    while first < line.upperBound {
      width = 0
      while first + width < line.upperBound, let year = reading.year(first + width),
        width == 0 || reading.year(first + width - 1) == year - 1
      {
        width += 1
      }
      if width >= Self.flattenedColumns { break }
      first += max(width, 1)
    }
    guard width >= Self.flattenedColumns else { return nil }
    var found: [TableCell] = []
    let captions = [line.lowerBound..<first].filter { !$0.isEmpty } + captions(lines, before: index)
    var cursor = first + width
    while cursor < line.upperBound {
      let label = cursor
      // A digit that touches its word is a note's: "Suffolk5".
      while cursor < line.upperBound, cursor - label < Self.flattenedLabel,
        reading.tokens[cursor].kind == .word || reading.isMark(cursor, "&") || reading.isMark(cursor, "*")
          || reading.isMark(cursor, "(") || reading.isMark(cursor, ")")
          || (reading.isMark(cursor, "-") || reading.isNumber(cursor)) && reading.touchesPrevious(cursor)
      {
        cursor += 1
      }
      let values = tokenRange(cursor, cursor + width)
      guard cursor > label, values.upperBound <= line.upperBound,
        values.allSatisfy({ reading.isNumber($0) && !reading.touchesPrevious($0) || reading.isMark($0, "-") }),
        values.upperBound == line.upperBound || !reading.isNumber(values.upperBound)
      else { break }
      for value in values where reading.isNumber(value) {
        let heading = first + value - cursor
        found.append(
          TableCell(
            number: value, tokens: value..<value + 1, rowLabel: label..<cursor, columnHeading: heading..<heading + 1,
            captions: captions))
      }
      cursor = values.upperBound
    }
    guard found.count >= 2 * width - 1 else { return nil }
    result += found
    return index + 1
  }

  /// "Year Number of arrests 2018 143 2019 188 2020 176": years, each with its value behind it.
  private func flattenedPairs(_ lines: [Line], _ index: Int, _ result: inout [TableCell]) -> Int? {
    let line = lines[index].tokens
    guard line.count >= 2 * Self.flattenedColumns else { return nil }
    func isPair(_ position: Int, after year: Int?) -> Bool {
      guard position + 1 < line.upperBound, let own = reading.year(position), reading.isNumber(position + 1),
        reading.year(position + 1) == nil, reading.tokens[position + 1].gap == .space
      else { return false }
      return year.map { own == $0 + 1 } ?? true
    }
    var first = line.lowerBound
    while first < line.upperBound {
      var end = first
      while isPair(end, after: end == first ? nil : reading.year(end - 2)) { end += 2 }
      if (end - first) / 2 >= Self.flattenedColumns {
        let captions = [line.lowerBound..<first].filter { !$0.isEmpty } + captions(lines, before: index)
        for year in stride(from: first, to: end, by: 2) {
          result.append(
            TableCell(
              number: year + 1, tokens: year + 1..<year + 2, rowLabel: year..<year + 1,
              columnHeading: year + 1..<year + 1, captions: captions))
        }
        return index + 1
      }
      first = max(end, first + 1)
    }
    return nil
  }

  // MARK: - One cell a line

  /// Labels and values on lines of their own, as tables come out of web pages.
  private func stacked(_ lines: [Line], _ start: Int, _ barren: inout Int, _ result: inout [TableCell]) -> Int? {
    guard start >= barren else { return nil }
    var cells: [(form: Form, tokens: Range<Int>)] = []
    var end = start
    while end < lines.count {
      guard lines[end].cells.count <= 1 else { break }
      let cell = lines[end].cells.first ?? lines[end].tokens.lowerBound..<lines[end].tokens.lowerBound
      let form = form(cell)
      guard form != .text else { break }
      if form != .bar { cells.append((form, cell)) }
      end += 1
    }
    if yearColumns(cells, captions: captions(lines, before: start), &result) { return end }
    // Runs of values behind a label.
    var rows: [(label: Int, values: Range<Int>)] = []
    var index = 0
    while index < cells.count {
      guard cells[index].form != .value else {
        index += 1
        continue
      }
      var last = index + 1
      while last < cells.count, cells[last].form == .value || isMissing(cells[last].tokens) { last += 1 }
      if last > index + 1 { rows.append((index, index + 1..<last)) }
      index = max(last, index + 1)
    }
    guard let width = rows.map(\.values.count).max(), rows.count >= 2 else {
      barren = end
      return nil
    }
    let firstLabel = rows[0].label
    // The headings may stand side by side above the cells.
    let above = start > 0 && lines[start - 1].cells.count == width + 1 ? lines[start - 1].cells : []
    let heading =
      !above.isEmpty
      ? above.dropFirst().map { (form: Form.label, tokens: $0) }
      : firstLabel >= width ? Array(cells[(firstLabel - width)..<firstLabel]) : []
    let captionEnd =
      lines.firstIndex {
        $0.tokens.lowerBound >= cells[above.isEmpty ? max(0, firstLabel - heading.count) : 0].tokens.lowerBound
      } ?? start
    let captions = captions(lines, before: captionEnd)
    for row in rows {
      for (column, position) in row.values.enumerated() {
        guard let number = valueToken(cells[position].tokens) else { continue }
        let above = heading.count == width && row.values.count == width ? heading[column].tokens : number..<number
        result.append(
          TableCell(
            number: number, tokens: cells[position].tokens, rowLabel: cells[row.label].tokens, columnHeading: above,
            captions: captions))
      }
    }
    return end
  }

  /// A row of three years or more that follow each other, then rows of a label and as many values. A value may look like
  /// a year: its column says that it is none.
  private func yearColumns(
    _ cells: [(form: Form, tokens: Range<Int>)], captions: [Range<Int>], _ result: inout [TableCell]
  ) -> Bool {
    func year(_ index: Int) -> Int? {
      cells[index].tokens.first(where: { reading.tokens[$0].kind != .mark }).flatMap { reading.year($0) }
    }
    guard let first = cells.indices.first(where: { cells[$0].form == .period }), first <= 1, year(first) != nil else {
      return false
    }
    var end = first + 1
    while end < cells.count, let own = year(end), own == year(end - 1).map({ $0 + 1 }) { end += 1 }
    let headings = first..<end
    guard headings.count >= Self.flattenedColumns else { return false }
    var found: [TableCell] = []
    var label = end
    while label + headings.count < cells.count,
      cells[label].tokens.contains(where: { reading.tokens[$0].kind == .word })
    {
      let values = label + 1..<label + 1 + headings.count
      guard
        values.allSatisfy({ cells[$0].form == .value || year($0) != nil || isMissing(cells[$0].tokens) })
      else { break }
      for (value, heading) in zip(values, headings) {
        guard let number = valueToken(cells[value].tokens) else { continue }
        found.append(
          TableCell(
            number: number, tokens: cells[value].tokens, rowLabel: cells[label].tokens,
            columnHeading: cells[heading].tokens, corner: first > 0 ? cells[0].tokens : 0..<0, captions: captions))
      }
      label = values.upperBound
    }
    guard found.count >= headings.count, label >= cells.count else { return false }
    // "Arrests in Cleveland", the line above the first year.
    let titles = first > 0 ? [cells[0].tokens] : []
    result += found.map {
      var cell = $0
      cell.captions = titles + cell.captions
      return cell
    }
    return true
  }

  // MARK: - Lists of pairs

  /// "2019/20 - 40", "Boys 26", "arrests ..... 212": at least two lines of a label and a value.
  private func pairs(_ lines: [Line], _ start: Int, _ result: inout [TableCell]) -> Int? {
    guard lines[start].tokens.contains(where: { reading.isNumber($0) }) else { return nil }
    var found: [TableCell] = []
    var end = start
    let captions = captions(lines, before: start)
    // Pages may put a blank line behind every line.
    let areApart = start + 1 < lines.count && lines[start + 1].followsBlank
    while end < lines.count, end == start || lines[end].followsBlank == areApart,
      !areApart || lines[end].tokens.count <= Self.apartTokensMax, let pair = pair(lines[end], captions)
    {
      found.append(pair)
      end += 1
    }
    guard found.count >= 2 else { return nil }
    result += found
    return end
  }

  /// Tokens of a pair among blank lines: longer lines are text.
  private static let apartTokensMax = 8

  private func pair(_ line: Line, _ captions: [Range<Int>]) -> TableCell? {
    guard line.cells.count == 1, line.tokens.count <= Self.cellTokensMax + 6 else { return nil }
    // A bracket at the end says more of the value.
    var last = line.tokens.upperBound
    if reading.isMark(last - 1, ")"), let open = line.tokens.last(where: { reading.isMark($0, "(") }),
      open > line.tokens.lowerBound
    {
      last = open
    }
    var start = last
    while start > line.tokens.lowerBound, !isSeparator(start - 1), last - start < 6 { start -= 1 }
    // A label in letters needs no separator: "Boys 26".
    if start == line.tokens.lowerBound || !isSeparator(start - 1) {
      // "Kent174221183": cells that ran together.
      // "Q1 (Apr-Jun) 1,158".
      guard reading.isNumber(last - 1), last - 1 > line.tokens.lowerBound,
        !(reading.touchesPrevious(last - 1) && reading.tokens[last - 2].kind == .word)
      else {
        return nil
      }
      start = reading.isMark(last - 2, "<") ? last - 2 : last - 1
      guard line.tokens.lowerBound < start, start - line.tokens.lowerBound <= (isBracketed(start - 1) ? 9 : 5),
        (line.tokens.lowerBound..<start).allSatisfy({
          reading.tokens[$0].kind == .word || isBracketed(start - 1) && isOfLabel($0)
        }),
        !(line.tokens.lowerBound..<start).contains(where: {
          reading.isWord($0, .month | .be | .have | .preposition | .table | .statute | .page)
        })
      else { return nil }
    }
    guard let number = valueToken(start..<last), reading.year(number) == nil || last - start > 1 else { return nil }
    // "16 August - 12:45pm": the time of day.
    if reading.isMark(start - 1, ":"), reading.touchesPrevious(start), reading.touchesPrevious(start - 1),
      reading.isNumber(start - 2)
    {
      return nil
    }
    var labelEnd = start
    while labelEnd > line.tokens.lowerBound, isSeparator(labelEnd - 1) { labelEnd -= 1 }
    let label = line.tokens.lowerBound..<labelEnd
    guard label.contains(where: { reading.tokens[$0].kind != .mark }), label.count <= Self.cellTokensMax,
      !label.contains(where: { reading.isWord($0, .be | .have | .pronoun) })
    else { return nil }
    // Numbers of the label that are no period make this a sentence or a figure of its own.
    guard
      !label.contains(where: { reading.isNumber($0) && !isOfLabel($0) }) || isPeriod(label)
        || isPeriod(label.lowerBound..<min(label.upperBound, label.lowerBound + 3))
    else { return nil }
    return TableCell(
      number: number, tokens: start..<last, rowLabel: label, columnHeading: number..<number, captions: captions)
  }

  private func isBracketed(_ index: Int) -> Bool { reading.isMark(index, ")") }

  /// What a label has beside words: brackets, hyphens, the number of a quarter.
  private func isOfLabel(_ index: Int) -> Bool {
    ["(", ")", "-", "/"].contains { reading.isMark(index, $0) }
      || reading.isNumber(index) && reading.touchesPrevious(index) && reading.tokens[index - 1].kind == .word
  }

  private func isSeparator(_ index: Int) -> Bool {
    reading.isMark(index, ":") || reading.isMark(index, ".") || reading.isMark(index, "=")
      || reading.isMark(index, "-") && !reading.touchesPrevious(index)
  }
}
