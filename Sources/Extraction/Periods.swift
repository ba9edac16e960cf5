// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// A stated period and its words.
struct PeriodMention {
  var tokens: Range<Int>
  var period: Period
}

/// Finds periods: anchored by dates in the text, or by the publication date where it is known;
/// lengths without an anchor stay lengths.
struct PeriodFinder {
  let reading: Reading
  let published: CalendarDate?

  func periods() -> [PeriodMention] {
    var result: [PeriodMention] = []
    var index = 0
    while index < reading.tokens.count {
      if let mention = period(at: index) {
        result.append(mention)
        index = mention.tokens.upperBound
      } else {
        index += 1
      }
    }
    return result
  }

  private func period(at index: Int) -> PeriodMention? {
    guard reading.tokens[index].kind == .word else { return nil }
    return span(index) ?? since(index) ?? yearEnding(index) ?? point(index) ?? relative(index)
  }

  /// A date with the precision that it states.
  private struct Point {
    var first: CalendarDate
    var last: CalendarDate
    var end: Int
  }

  /// "July 2019", "12 July 2019", "July 12, 2019", "2019", "2019/20".
  private func date(_ index: Int) -> Point? {
    var next = index
    if reading.isWord(next, .determiner) { next += 1 }
    if reading.isWord(next, .weekday) { next += 1 }
    if reading.isNumber(next), reading.digitCount(next) <= 2, let day = reading.value(ofDigits: next) {
      var month = next + 1
      if reading.isWord(month, .ordinalSuffix) { month += 1 }
      if reading.isWord(month, .of) { month += 1 }
      guard isMonth(month), let year = reading.year(month + 1),
        let date = CalendarDate(year: year, month: self.month(month), day: Int(day))
      else { return nil }
      return Point(first: date, last: date, end: month + 2)
    }
    if isMonth(next) {
      if let year = reading.year(next + 1),
        let first = CalendarDate(year: year, month: month(next), day: 1),
        let last = CalendarDate(
          year: year, month: month(next), day: CalendarDate.days(in: month(next), of: year))
      {
        return Point(first: first, last: last, end: next + 2)
      }
      if reading.isNumber(next + 1), let day = reading.value(ofDigits: next + 1) {
        var yearIndex = next + 2
        if reading.isMark(yearIndex, ",") { yearIndex += 1 }
        if let year = reading.year(yearIndex),
          let date = CalendarDate(year: year, month: month(next), day: Int(day))
        {
          return Point(first: date, last: date, end: yearIndex + 1)
        }
      }
      return nil
    }
    if let year = reading.year(next) {
      if reading.isMark(next + 1, "/") || reading.isMark(next + 1, "-"), reading.isNumber(next + 2),
        reading.touchesPrevious(next + 1), reading.touchesPrevious(next + 2),
        let second = reading.value(ofDigits: next + 2),
        Int(second) % 100 == (year + 1) % 100,
        let first = CalendarDate(year: year, month: 4, day: 1),
        let last = CalendarDate(year: year + 1, month: 3, day: 31)
      {
        return Point(first: first, last: last, end: next + 3)
      }
      // A year before a thing that is counted is a number or a label, not a period.
      if let first = CalendarDate(year: year, month: 1, day: 1),
        let last = CalendarDate(year: year, month: 12, day: 31)
      {
        return Point(first: first, last: last, end: next + 1)
      }
    }
    return nil
  }

  private func isMonth(_ index: Int) -> Bool {
    reading.isWord(index, .month) && reading.tokens[index].isCapitalized
  }

  private func month(_ index: Int) -> Int { Int(reading.lexeme(index).value) }

  /// "from July 2019 to June 2020", "between 2011 and 2016".
  private func span(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .from | .between) else { return nil }
    if let days = days(index) { return days }
    var start = date(index + 1)
    var joint: Int
    if let start {
      joint = start.end
    } else if isMonth(index + 1) {
      joint = index + 2
    } else {
      return nil
    }
    guard reading.isWord(joint, .to | .and) || reading.isMark(joint, "-") else { return nil }
    joint += 1
    guard let end = date(joint) else { return nil }
    if start == nil,
      let first = CalendarDate(
        year: month(index + 1) <= end.last.month ? end.last.year : end.last.year - 1,
        month: month(index + 1), day: 1)
    {
      start = Point(first: first, last: first, end: joint)
    }
    guard let start, start.first <= end.last else { return nil }
    return mention(index..<end.end, start.first, end.last)
  }

  /// "between 5 and 12 June 2023": two days of one month.
  private func days(_ index: Int) -> PeriodMention? {
    guard reading.isNumber(index + 1), reading.digitCount(index + 1) <= 2,
      let first = reading.value(ofDigits: index + 1), first >= 1, first <= 31
    else { return nil }
    var joint = index + 2
    if reading.isWord(joint, .ordinalSuffix) { joint += 1 }
    guard reading.isWord(joint, .and | .to) || reading.isMark(joint, "-"), let end = date(joint + 1),
      end.first == end.last,
      let start = CalendarDate(year: end.last.year, month: end.last.month, day: Int(first)), start <= end.last
    else { return nil }
    return mention(index..<end.end, start, end.last)
  }

  private func since(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .since), let point = date(index + 1) else { return nil }
    return mention(index..<point.end, point.first, nil)
  }

  /// "the year ending March 2023", "the year to June 2023".
  private func yearEnding(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .yearWord) else { return nil }
    var next = index + 1
    guard reading.isWord(next, .ending) || reading.isWord(next, .to) else { return nil }
    next += 1
    if reading.isWord(next, .preposition) { next += 1 }
    guard let point = date(next), let start = point.last.adding(days: 1)?.adding(months: -12) else {
      return nil
    }
    return mention(index..<point.end, start, point.last)
  }

  /// "in 2016", "during July 2019", "on 12 May 2020", "for 2022/23".
  private func point(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .in | .preposition | .locative), !reading.isWord(index, .since) else {
      return nil
    }
    var next = index + 1
    while reading.isWord(next, .determiner | .financial | .yearWord | .timeUnit) { next += 1 }
    guard let point = date(next) else { return nil }
    // "2,016 people" has a comma and is no year; "in 2016 people" is rare enough.
    return mention(index..<point.end, point.first, point.last)
  }

  /// "the first three months of the lockdown": a length, and what it is a part of.
  private func opening(_ index: Int) -> PeriodMention? {
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
        duration: Self.iso(Int(number.value), reading.lexeme(number.end).timeUnit),
        text: reading.string(tokens)))
  }

  /// "in the last 12 months", "over last year", "the past six months", "this year".
  private func relative(_ index: Int) -> PeriodMention? {
    if let opening = opening(index) { return opening }
    if reading.isWord(index, .last), !reading.isWord(index - 1, .this) {
      let parser = NumberParser(reading: reading)
      var count = 1.0
      var next = index + 1
      if let number = parser.cardinal(next, min(next + 4, reading.tokens.count)) {
        count = number.value
        next = number.end
      } else if reading.tokens.indices.contains(next), reading.isWord(next, .timeUnit) == false {
        return nil
      }
      guard reading.isWord(next, .timeUnit) else { return nil }
      let start = reading.isWord(index - 1, .determiner) ? index - 1 : index
      return length(start..<next + 1, count: count, unit: reading.lexeme(next).timeUnit)
    }
    return nil
  }

  private func length(_ tokens: Range<Int>, count: Double, unit: String) -> PeriodMention? {
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

  private func mention(
    _ tokens: Range<Int>, _ start: CalendarDate?, _ end: CalendarDate?
  ) -> PeriodMention {
    PeriodMention(
      tokens: tokens, period: Period(start: start, end: end, text: reading.string(tokens)))
  }
}
