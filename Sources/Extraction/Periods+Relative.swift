// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Periods that lean on the text, or on its day of publication.
extension PeriodFinder {
  /// "the previous year", "the year before", "a year earlier", "the previous 12 months".
  func shifted(_ index: Int) -> PeriodMention? {
    func mention(_ end: Int, _ months: Int) -> PeriodMention {
      PeriodMention(tokens: index..<end, period: Period(text: reading.string(index..<end)), shift: months)
    }
    if reading.isWord(index, .previousWord) {
      var next = index + 1
      if reading.isWord(next, .financial) { next += 1 }
      if reading.isWord(next, .yearWord) { return mention(next + 1, 12) }
      if let number = NumberParser(reading: reading).cardinal(next, min(next + 3, reading.tokens.count)),
        reading.isWord(number.end, .timeUnit), reading.timeUnit(number.end) == "M"
      {
        return mention(number.end + 1, Int(min(number.value, 120)))
      }
      return nil
    }
    // "up from 307,418 in the 12 months before".
    if reading.isWord(index - 1, .determiner),
      let number = NumberParser(reading: reading).cardinal(index, min(index + 3, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), reading.timeUnit(number.end) == "M", number.value >= 1, number.value <= 60,
      reading.isWord(number.end + 1, .previousWord) || isBefore(number.end + 1) && reading.endsPlainly(number.end + 2)
    {
      return mention(number.end + 2, Int(number.value))
    }
    guard reading.isWord(index, .yearWord), reading.isWord(index - 1, .determiner) else { return nil }
    // "72 in 2020, a number that leapt to 118 a year later".
    if reading.isWord(index + 1, .later), reading.endsPlainly(index + 2) { return mention(index + 2, -12) }
    guard reading.isWord(index + 1, .previousWord) || isBefore(index + 1) else { return nil }
    return mention(index + 2, 12)
  }

  /// "Two months later", at the start of a sentence: as long after the period that the text speaks of.
  func laterBy(_ index: Int) -> PeriodMention? {
    guard reading.sentence(at: index)?.tokens.lowerBound == index,
      let number = NumberParser(reading: reading).cardinal(index, min(index + 3, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), reading.isWord(number.end + 1, .later),
      reading.timeUnit(number.end) == "M", number.value >= 1, number.value <= 24
    else { return nil }
    let tokens = index..<number.end + 2
    return PeriodMention(tokens: tokens, period: Period(text: reading.string(tokens)), shift: -Int(number.value))
  }

  func isBefore(_ index: Int) -> Bool {
    reading.isWord(index, .preposition) && reading.word(index) == "before"
  }

  /// "the first three months of the lockdown": a length, and what it is a part of.
  func opening(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .ordinal), reading.lexeme(index).value == 1 else { return nil }
    let parser = NumberParser(reading: reading)
    guard let number = parser.cardinal(index + 1, min(index + 5, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), number.value < 1000,
      number.value == number.value.rounded()
    else { return nil }
    var end = number.end + 1
    if reading.isWord(end, .of) {
      end += 1
      while reading.isWord(end, .determiner) { end += 1 }
      if end < reading.tokens.count, reading.tokens[end].kind == .word { end += 1 }
    }
    let tokens = index..<end
    return PeriodMention(
      tokens: tokens,
      period: Period(
        duration: Self.iso(Int(number.value), reading.timeUnit(number.end)),
        text: reading.string(tokens)))
  }

  /// "in the last 12 months", "over last year", "the past six months", "last week", "this year".
  func relative(_ index: Int) -> PeriodMention? {
    if let opening = opening(index) { return opening }
    // "this year's carnival" says which, not when.
    if reading.isWord(index, .this),
      reading.isWord(index + 1, .timeUnit) || Self.partsOfDay.contains(reading.word(index + 1)),
      !reading.isMark(index + 2, "s"),
      let period = current(index)
    {
      return period
    }
    guard reading.isWord(index, .last), !reading.isWord(index - 1, .this) else { return nil }
    let parser = NumberParser(reading: reading)
    var count = 1.0
    var next = index + 1
    let start = reading.isWord(index - 1, .determiner) ? index - 1 : index
    if let number = parser.cardinal(next, min(next + 4, reading.tokens.count)) {
      count = number.value
      next = number.end
    } else if start == index, !isOver(index - 1), let named = calendar(index) {
      return named
    } else if reading.tokens.indices.contains(next), reading.isWord(next, .timeUnit) == false {
      return nil
    }
    guard reading.isWord(next, .timeUnit) else { return nil }
    // "the last week of action": the one before.
    if reading.isWord(next + 1, .of), reading.year(next + 2) == nil, reading.tokens.indices.contains(next + 2),
      reading.tokens[next + 2].kind == .word,
      !reading.isWord(next + 2, .month | .determiner | .this | .financial | .yearWord)
    {
      return nil
    }
    // "the last three months of 2024", "the last quarter of 2022/23": its end.
    if reading.isWord(next + 1, .of), let whole = years(next + 2) {
      let months = ["M": 1.0, "Q": 3][reading.timeUnit(next)].map { Int(count * $0) }
      guard let months, months < 12, let after = whole.last.adding(days: 1) else { return nil }
      return mention(start..<whole.end, after.adding(months: -months), whole.last)
    }
    return length(start..<next + 1, count: count, unit: reading.timeUnit(next))
  }

  /// "over last year" is the twelve months up to now, not the calendar's.
  func isOver(_ index: Int) -> Bool {
    reading.isWord(index, .preposition) && ["over", "during"].contains(reading.word(index))
  }

  /// "last week", "last month", "last year", "last Thursday", "last March": of the calendar.
  func calendar(_ index: Int) -> PeriodMention? {
    let next = index + 1
    // "In 2017 … losses. … 15,690 complaints last year", in a text without a day of publication.
    if published == nil, let yearOfOpening, reading.isWord(next, .yearWord), !reading.isMark(next + 1, "s"),
      let point = months(1, 12, yearOfOpening, end: next + 1)
    {
      return mention(index..<next + 1, point.first, point.last)
    }
    guard let published else { return nil }
    if reading.isWord(next, .weekday) {
      return weekday(next).map { PeriodMention(tokens: index..<next + 1, period: $0.period) }
    }
    if isMonth(next), let point = date(next, needsYear: false) {
      return mention(index..<point.end, point.first, point.last)
    }
    guard reading.isWord(next, .timeUnit) else { return nil }
    switch reading.timeUnit(next) {
    case "W":
      guard let monday = published.adding(days: -Self.weekday(published) - 7), let sunday = monday.adding(days: 6)
      else { return nil }
      return mention(index..<next + 1, monday, sunday)
    case "M":
      guard let first = CalendarDate(year: published.year, month: published.month, day: 1)?.adding(months: -1),
        let point = months(first.month, first.month, first.year, end: next + 1)
      else { return nil }
      return mention(index..<next + 1, point.first, point.last)
    case "Y":
      guard let point = months(1, 12, published.year - 1, end: next + 1) else { return nil }
      return mention(index..<next + 1, point.first, point.last)
    default: return nil
    }
  }

  /// "this year", "this week", "this month": up to the publication date.
  func current(_ index: Int) -> PeriodMention? {
    // "Since the beginning of 2023 … so far this year", in a text without a day of publication.
    if published == nil, let latest, reading.timeUnit(index + 1) == "Y",
      reading.word(index - 1) == "far"
        || tokenRange(index + 2, min(index + 9, reading.tokens.count)).contains(where: {
          reading.word($0) == "so" && reading.word($0 + 1) == "far"
        })
    {
      return mention(index..<index + 2, CalendarDate(year: latest.year, month: 1, day: 1), nil)
    }
    guard let published else { return nil }
    if Self.partsOfDay.contains(reading.word(index + 1)) { return mention(index..<index + 2, published, published) }
    let start: CalendarDate?
    switch reading.timeUnit(index + 1) {
    case "W": start = published.adding(days: -Self.weekday(published))
    case "M": start = CalendarDate(year: published.year, month: published.month, day: 1)
    case "Y": start = CalendarDate(year: published.year, month: 1, day: 1)
    default: start = nil
    }
    return start.map { mention(index..<index + 2, $0, published) }
  }

  /// "on Wednesday", "yesterday": the last one up to the publication date.
  func weekday(_ index: Int) -> PeriodMention? {
    guard let published, !isOfStatement(index) else { return nil }
    if reading.isWord(index, .dayWord) {
      return published.adding(days: -Int(reading.lexeme(index).value)).map { mention(index..<index + 1, $0, $0) }
    }
    guard reading.isWord(index, .weekday), reading.tokens[index].isCapitalized, day(index + 1) == nil,
      !isMonth(index + 1),
      reading.isWord(index - 1, .preposition | .last | .locative)
        || reading.isWord(index - 1, .in) && reading.isMark(index + 1, "s"),
      // "until 6am on Sunday": what was still to come.
      !tokenRange(max(0, index - 5), index).contains(where: { reading.isWord($0, .until) })
    else { return nil }
    let distance = (Self.weekday(published) - Int(reading.lexeme(index).value) + 7) % 7
    return published.adding(days: -distance).map { mention(index..<index + 1, $0, $0) }
  }

  /// "INTERPOL said today", "figures published on Tuesday show": when it was said, not when it was.
  func isOfStatement(_ index: Int) -> Bool {
    var before = index - 1
    while before > index - 9, before >= 0, reading.tokens[before].kind == .word, reading.tokens[before].gap < .paragraph
    {
      if reading.isWord(before, .publishing) { return true }
      if index - before <= 3, reading.isWord(before, .saying) { return true }
      if reading.lexeme(before).action >= 0 { break }
      before -= 1
    }
    // "On Sunday, as the annual report came out, the Director General said that …".
    if reading.sentence(at: index)?.tokens.lowerBound ?? 0 >= index - 1 {
      let said = tokenRange(index + 1, min(index + Self.statementReach, reading.tokens.count)).first {
        reading.isWord($0, .saying | .publishing) || reading.lexeme($0).action >= 0 || reading.isNumber($0)
          || reading.isMark($0, ".")
      }
      if let said, reading.isWord(said, .saying | .publishing), reading.tokens[said].gap == .space { return true }
    }
    return tokenRange(index + 1, index + 3).contains {
      reading.isWord($0, .saying | .publishing) && reading.tokens.indices.contains($0)
        && reading.tokens[$0].gap == .space
    }
  }

  /// Tokens behind a day that opens a sentence within which somebody says something.
  private static let statementReach = 26

  /// 0 for Monday. The day before 0000-03-01 was a Tuesday.
  static func weekday(_ date: CalendarDate) -> Int { (date.dayNumber + 2) % 7 }

  func length(_ tokens: Range<Int>, count: Double, unit: String) -> PeriodMention? {
    guard count == count.rounded(), count > 0, count < 1000 else { return nil }
    let number = Int(count)
    var start: CalendarDate?
    if let published {
      start =
        switch unit {
        case "Y": published.adding(months: -12 * number)?.adding(days: 1)
        case "M": published.adding(months: -number)?.adding(days: 1)
        case "W": published.adding(days: -7 * number + 1)
        case "D": published.adding(days: -number + 1)
        default: nil
        }
    }
    return PeriodMention(
      tokens: tokens,
      period: Period(
        start: start, end: start == nil ? nil : published, duration: Self.iso(number, unit),
        text: reading.string(tokens)))
  }

  /// ISO 8601 of a count of units as lexicon.tsv names them.
  static func iso(_ count: Int, _ unit: String) -> String {
    switch unit {
    case "TS": "PT\(count)S"
    case "TM": "PT\(count)M"
    case "TH": "PT\(count)H"
    case "F": "P\(count * 2)W"
    case "X": "P\(count * 10)Y"
    default: "P\(count)\(unit)"
    }
  }

  func mention(
    _ tokens: Range<Int>, _ start: CalendarDate?, _ end: CalendarDate?
  ) -> PeriodMention {
    PeriodMention(
      tokens: tokens, period: Period(start: start, end: end, text: reading.string(tokens)))
  }
}
