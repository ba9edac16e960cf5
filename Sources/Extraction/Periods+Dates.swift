// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Dates, years and quarters, and the headings of tables that state them.
extension PeriodFinder {
  /// A date with the precision that it states.
  struct Point {
    var first: CalendarDate
    var last: CalendarDate
    var end: Int
  }

  /// "July 2019", "12 July 2019", "July 12, 2019", "2019", "2019/20"; without a year ("12 July", "July") the
  /// last one up to the publication date.
  func date(_ index: Int, needsYear: Bool = true) -> Point? {
    var next = index
    if reading.isWord(next, .determiner) { next += 1 }
    // "the end of March 2023": its last day.
    if reading.isWord(next, .ending), reading.isWord(next + 1, .of) {
      return date(next + 2, needsYear: needsYear).map { Point(first: $0.last, last: $0.last, end: $0.end) }
    }
    // "the beginning of March 2023": its first day.
    if reading.isWord(next, .opening), reading.isWord(next + 1, .of), isMonth(next + 2) {
      return date(next + 2, needsYear: needsYear).map { Point(first: $0.first, last: $0.first, end: $0.end) }
    }
    if reading.isWord(next, .weekday) {
      next += 1
      if reading.isMark(next, ",") { next += 1 }
    }
    if let (date, end) = digits(next) { return Point(first: date, last: date, end: end) }
    if let named = namedDay(next) { return named }
    if let day = day(next) {
      var month = next + 1
      if reading.isWord(month, .ordinalSuffix) { month += 1 }
      if reading.isWord(month, .of) { month += 1 }
      guard isMonth(month) else { return nil }
      return self.date(day: day, month: month, yearAt: month + 1, needsYear: needsYear)
    }
    if isMonth(next) {
      // "Apr. 2, 2025": a short name with its full stop.
      let number = behindMonth(next)
      if let day = day(number), reading.tokens[number].gap < .line,
        !(reading.isMark(number + 1, "-") && day > 31)
      {
        var after = number + 1
        if reading.isWord(after, .ordinalSuffix) { after += 1 }
        var year = after
        if reading.isMark(year, ",") { year += 1 }
        return self.date(day: day, month: next, yearAt: reading.year(year) != nil ? year : after, needsYear: needsYear)
      }
      // "the December quarter 2023": the three months that end with it.
      if reading.word(number) == "quarter" { return quarter(endingWith: next, number + 1) }
      // "in February this year".
      if let published, reading.isWord(number, .this | .last), reading.isWord(number + 1, .yearWord),
        !reading.isMark(number + 2, "s")
      {
        let year = published.year - (reading.isWord(number, .last) ? 1 : 0)
        return months(month(next), month(next), year, end: number + 2)
      }
      if let year = reading.year(number) { return months(month(next), month(next), year, end: number + 1) }
      guard !needsYear, let near = published ?? latest else { return nil }
      // "over the August bank holiday": some days of it.
      if ["bank", "half"].contains(reading.word(next + 1)) { return nil }
      let isLater =
        published == nil
        && CalendarDate(year: near.year, month: month(next), day: 1).map { isSoonAfter($0) } ?? false
      let year = month(next) > near.month && !isLater ? near.year - 1 : near.year
      return months(month(next), month(next), year, end: next + 1)
    }
    return years(next)
  }

  /// "December quarter 2023", "March quarter": of the year behind it, or the last one up to the day of publication.
  private func quarter(endingWith name: Int, _ index: Int) -> Point? {
    var end = index
    let last: Int
    if let year = reading.year(reading.isWord(end, .of | .in) ? end + 1 : end) {
      end = reading.isWord(end, .of | .in) ? end + 2 : end + 1
      last = year
    } else if let near = published ?? latest {
      last = month(name) > near.month ? near.year - 1 : near.year
    } else {
      return nil
    }
    guard let whole = months(month(name), month(name), last, end: end), let first = whole.first.adding(months: -2)
    else {
      return nil
    }
    return Point(first: first, last: whole.last, end: end)
  }

  /// "Christmas Day", "Boxing Day", "New Year's Eve": the last one up to the publication date, or of the year behind it.
  private func namedDay(_ index: Int) -> Point? {
    // Asked of every word that may begin a date: "C", "B" or "N" first.
    guard reading.tokens.indices.contains(index + 1), reading.tokens[index].kind == .word,
      reading.tokens[index].isCapitalized,
      [UInt8(ascii: "C"), UInt8(ascii: "B"), UInt8(ascii: "N")].contains(
        reading.text[Int(reading.tokens[index].start)]),
      reading.tokens[index + 1].isCapitalized
    else { return nil }
    var end = index + 1
    if reading.word(index) == "new", reading.word(end) == "year" {
      end += 1
      if reading.isMark(end, "s") { end += 1 }
    }
    let isEve = reading.word(end) == "eve"
    guard isEve || reading.word(end) == "day", reading.tokens.indices.contains(end), reading.tokens[end].isCapitalized
    else {
      return nil
    }
    let month: Int
    let day: Int
    switch reading.word(index) {
    case "christmas": (month, day) = (12, isEve ? 24 : 25)
    case "boxing" where !isEve: (month, day) = (12, 26)
    case "new" where end > index + 1: (month, day) = isEve ? (12, 31) : (1, 1)
    default: return nil
    }
    if let year = reading.year(end + 1) {
      return CalendarDate(year: year, month: month, day: day).map { Point(first: $0, last: $0, end: end + 2) }
    }
    guard let published, let date = CalendarDate(year: published.year, month: month, day: day),
      let last = date <= published ? date : date.adding(months: -12)
    else { return nil }
    return Point(first: last, last: last, end: end + 1)
  }

  func day(_ index: Int) -> Int? {
    // "Q2 Jul-Sep 2018": of the word before it.
    guard reading.isNumber(index), reading.digitCount(index) <= 2,
      // "2024-06 June 2024": a month in digits.
      !(reading.isMark(index - 1, "-") && reading.touchesPrevious(index) && reading.year(index - 2) != nil
        && isMonth(index + 1) && reading.value(ofDigits: index) == Double(month(index + 1))),
      !(reading.touchesPrevious(index) && index > 0 && reading.tokens[index - 1].kind == .word),
      reading.tokens[index].end - reading.tokens[index].start <= 2,
      let value = reading.value(ofDigits: index), value >= 1, value <= 31
    else { return nil }
    return Int(value)
  }

  func date(day: Int, month: Int, yearAt index: Int, needsYear: Bool) -> Point? {
    var next = index
    if reading.isMark(next, ","), reading.year(next + 1) != nil { next += 1 }
    if let year = reading.year(next) {
      return CalendarDate(year: year, month: self.month(month), day: day).map {
        Point(first: $0, last: $0, end: next + 1)
      }
    }
    guard !needsYear, let near = published ?? latest else { return nil }
    guard let date = CalendarDate(year: near.year, month: self.month(month), day: day) else { return nil }
    let last = date <= near || isSoonAfter(date) ? date : date.adding(months: -12)
    return last.map { Point(first: $0, last: $0, end: index) }
  }

  /// "on 3 March 2023 … On 5 March": what an opening dates goes on for weeks, unless that day ends a year of figures.
  private func isSoonAfter(_ date: CalendarDate) -> Bool {
    // Texts without a year look ahead by days, and not back by most of a year.
    if let published { return date.dayNumber - published.dayNumber <= Self.aheadDays }
    guard let latest, !(latest.day == 31 && (latest.month == 12 || latest.month == 3)) else {
      return false
    }
    return date.dayNumber - latest.dayNumber <= Self.storyDays
  }

  /// Days from the last date of a text's opening within which a day without a year is of the same year.
  private static let storyDays = 92
  /// Days after its publication that a text without a year may name.
  private static let aheadDays = 21

  func months(_ first: Int, _ last: Int, _ year: Int, end: Int) -> Point? {
    guard let start = CalendarDate(year: year, month: first, day: 1),
      let finish = CalendarDate(year: year, month: last, day: CalendarDate.days(in: last, of: year))
    else { return nil }
    return Point(first: start, last: finish, end: end)
  }

  /// "2019", "2019/20", "2019-2020".
  func years(_ index: Int) -> Point? {
    if let fiscal = fiscalYear(index) ?? numberedQuarter(index) { return fiscal }
    guard let year = reading.year(index) else { return nil }
    if reading.isMark(index + 1, "/") || reading.isMark(index + 1, "-"), reading.isNumber(index + 2),
      reading.touchesPrevious(index + 1), reading.touchesPrevious(index + 2),
      let second = reading.value(ofDigits: index + 2),
      Int(second) % 100 == (year + 1) % 100, reading.digitCount(index + 2) == 2 || reading.year(index + 2) != nil
    {
      return financial(year, end: index + 3).map { quarter(of: $0) ?? cut($0) }
    }
    // "the 2022 to 2023 financial year".
    if reading.isWord(index + 1, .to), reading.year(index + 2) == year + 1, reading.isWord(index + 3, .financial) {
      return financial(year, end: index + 4)
    }
    return months(1, 12, year, end: index + 1).map { cut($0) }
  }

  /// "2021-22 Quarter 3", "2022/23 Q2".
  private func quarter(of whole: Point) -> Point? {
    let label = whole.end
    guard reading.isWord(label, .quarterLabel), reading.isNumber(label + 1), reading.digitCount(label + 1) == 1,
      let quarter = reading.value(ofDigits: label + 1).map({ Int($0) }), (1...4).contains(quarter),
      let first = whole.first.adding(months: (quarter - 1) * 3),
      let last = whole.first.adding(months: quarter * 3)?.adding(days: -1)
    else { return nil }
    return Point(first: first, last: last, end: label + 2)
  }

  /// "2018 to September", "2023/24 to 31 October", "2024 (to 30 June)": a year up to a day of it.
  private func cut(_ whole: Point) -> Point {
    var next = whole.end
    let isBracketed = reading.isMark(next, "(")
    if isBracketed { next += 1 }
    guard reading.isWord(next, .to | .until) else { return whole }
    next += 1
    while reading.isWord(next, .determiner | .ending | .of) { next += 1 }
    let day = day(next)
    if day != nil { next += reading.isWord(next + 1, .ordinalSuffix) ? 2 : 1 }
    guard isMonth(next), reading.year(next + 1) == nil, day == nil || !isBracketed || reading.isMark(next + 1, ")")
    else {
      return whole
    }
    let month = month(next)
    let year = month >= whole.first.month ? whole.first.year : whole.first.year + 1
    guard
      let last = CalendarDate(year: year, month: month, day: day ?? CalendarDate.days(in: month, of: year)),
      last >= whole.first, last <= whole.last
    else { return whole }
    return Point(first: whole.first, last: last, end: next + 1 + (isBracketed && reading.isMark(next + 1, ")") ? 1 : 0))
  }

  /// "Fiscal Year 2023", "FY 2023", "FY2023" of the government of the United States: October 2022 to September 2023.
  /// - Source: 31 U.S.C. 1102.
  func fiscalYear(_ index: Int) -> Point? {
    guard country == "us" else { return nil }
    var next = index
    if reading.isWord(next, .fiscal) {
      next += 1
      if reading.isWord(next, .yearWord) { next += 1 }
      // "Fiscal Year (FY) 2021".
      if reading.isMark(next, "("), reading.isWord(next + 1, .fiscal), reading.isMark(next + 2, ")") { next += 3 }
    }
    guard next > index, let year = reading.year(next), let first = CalendarDate(year: year - 1, month: 10, day: 1),
      let last = CalendarDate(year: year, month: 9, day: 30)
    else { return nil }
    return Point(first: first, last: last, end: next + 1)
  }

  /// "H1 2024": a half of a year.
  func half(_ index: Int) -> Point? {
    guard reading.tokens.indices.contains(index + 2), reading.isNumber(index + 1), reading.touchesPrevious(index + 1),
      reading.word(index) == "h", let half = reading.value(ofDigits: index + 1), half == 1 || half == 2,
      let year = reading.year(index + 2)
    else { return nil }
    return months(half == 1 ? 1 : 7, half == 1 ? 6 : 12, year, end: index + 3)
  }

  /// "Q3 2021", "quarter 3 2021", "Q2 2022/23": of the calendar, or of a financial year where it is one.
  func numberedQuarter(_ index: Int) -> Point? {
    var next = index
    guard reading.isWord(next, .quarterLabel), reading.isNumber(next + 1), reading.digitCount(next + 1) == 1,
      let quarter = reading.value(ofDigits: next + 1).map({ Int($0) }), (1...4).contains(quarter)
    else { return nil }
    next += 2
    while reading.isWord(next, .of) || reading.isMark(next, ",") || reading.isMark(next, "-") { next += 1 }
    guard !reading.isWord(next, .quarterLabel), let whole = years(next),
      let first = whole.first.adding(months: (quarter - 1) * 3),
      let last = whole.first.adding(months: quarter * 3)?.adding(days: -1)
    else { return nil }
    return Point(first: first, last: last, end: whole.end)
  }

  /// The financial year: April to March in the United Kingdom, July to June in Australia.
  func financial(_ year: Int, end: Int) -> Point? {
    guard let first = CalendarDate(year: year, month: firstMonth, day: 1),
      let last = first.adding(months: 12)?.adding(days: -1)
    else { return nil }
    return Point(first: first, last: last, end: end)
  }

  func isMonth(_ index: Int) -> Bool {
    reading.isWord(index, .month) && reading.tokens[index].isCapitalized
  }

  /// "Apr", "Sept".
  func isShort(_ index: Int) -> Bool {
    reading.tokens.indices.contains(index) && reading.tokens[index].end - reading.tokens[index].start <= 4
  }

  /// The token behind the name of a month: behind its full stop where it is short.
  func behindMonth(_ index: Int) -> Int {
    reading.isMark(index + 1, ".") && reading.touchesPrevious(index + 1) && isShort(index) ? index + 2 : index + 1
  }

  func month(_ index: Int) -> Int { Int(reading.lexeme(index).value) }

  /// The period that a heading of a table states: "2021", "2021/22", "11/12", "Year ending March 2023".
  func period(inHeading tokens: Range<Int>, corner: Range<Int> = 0..<0) -> Period? {
    // "Year ending 31 March | 2021".
    if let year = tokens.first.flatMap({ reading.year($0) }), tokens.count == 1,
      corner.contains(where: { reading.isWord($0, .ending) }),
      let name = corner.first(where: { reading.isWord($0, .month) }),
      let last = months(month(name), month(name), year, end: tokens.upperBound)?.last,
      let start = Self.start(months: 12, before: last)
    {
      return Period(start: start, end: last, text: reading.string(tokens))
    }
    // "12 months to 30 June | Incidents 2022", "…, year to Q2 | 2023".
    let stated = tokens.compactMap { index in
      // "each year to 31 March | 2021-22": the year that ends in the second.
      reading.year(index).map { $0 + (isSplitYear(index) ? 1 : 0) }
    }
    if stated.count == 1, let year = stated.first, let month = yearEnd(corner) ?? quarterEnd(corner),
      let last = months(month, month, year, end: tokens.upperBound)?.last,
      let start = Self.start(months: 12, before: last)
    {
      return Period(start: start, end: last, text: reading.string(tokens))
    }
    for index in tokens where !reading.isWord(index - 1, .since) {
      if let span = shortMonths(index) { return span }
      if let half = half(index) { return mention(index..<half.end, half.first, half.last).period }
      // "April to June 2023".
      if isMonth(index), let span = spanOfMonths(index), span.end <= tokens.upperBound {
        return mention(index..<span.end, span.first, span.last).period
      }
      if let span = span(index) ?? bareSpan(index), span.tokens.upperBound <= tokens.upperBound { return span.period }
      if let ending = yearEnding(index) { return ending.period }
      if let point = date(index), point.end <= tokens.upperBound {
        return mention(index..<point.end, point.first, point.last).period
      }
      if let point = shortYears(index), point.end <= tokens.upperBound {
        return mention(index..<point.end, point.first, point.last).period
      }
    }
    return nil
  }

  /// "2021-22", "2021/22": the first of two years that one period of twelve months touches.
  private func isSplitYear(_ index: Int) -> Bool {
    (reading.isMark(index + 1, "-") || reading.isMark(index + 1, "/")) && reading.touchesPrevious(index + 1)
      && reading.touchesPrevious(index + 2) && reading.isNumber(index + 2) && reading.digitCount(index + 2) == 2
  }

  /// Whether a line above a table says when its years end, and not which they are.
  func statesEndOfYears(_ caption: Range<Int>) -> Bool { yearEnd(caption) != nil || quarterEnd(caption) != nil }

  /// The month in which years end, where a caption says so without a year: "12 months to 30 June", "years ending December".
  func yearEnd(_ caption: Range<Int>) -> Int? {
    guard let name = caption.last(where: { isMonth($0) }), reading.year(name + 1) == nil else { return nil }
    let before = tokenRange(max(caption.lowerBound, name - 5), name)
    guard let joint = before.last(where: { reading.isWord($0, .to | .ending) }), joint > caption.lowerBound else {
      return nil
    }
    let isYear =
      reading.isWord(joint - 1, .yearWord)
      || reading.isWord(joint - 1, .timeUnit) && reading.timeUnit(joint - 1) == "M"
        && (reading.value(ofDigits: joint - 2) == 12 || reading.lexeme(joint - 2).value == 12)
      || reading.isWord(joint - 1, .timeUnit) && reading.timeUnit(joint - 1) == "Y"
    return isYear ? month(name) : nil
  }

  /// The last month of the quarter with which years end: "year to Q2".
  func quarterEnd(_ caption: Range<Int>) -> Int? {
    let label = caption.first {
      reading.isWord($0, .quarterLabel) && reading.isWord($0 - 1, .to | .ending) && reading.isWord($0 - 2, .yearWord)
    }
    guard let label, let quarter = reading.value(ofDigits: label + 1).map({ Int($0) }), (1...4).contains(quarter),
      reading.year(label + 2) == nil
    else { return nil }
    return quarter * 3
  }

  /// "Nov 21-Oct 22" in a heading: months with years of two digits.
  func shortMonths(_ index: Int) -> Period? {
    func year(_ index: Int) -> Int? {
      if let year = reading.year(index) { return year }
      guard reading.isNumber(index), reading.digitCount(index) == 2, let short = reading.value(ofDigits: index) else {
        return nil
      }
      return Int(short) + (short < 70 ? 2000 : 1900)
    }
    // "Oct'17-Sep'18".
    if reading.isMark(index + 1, "'"), reading.isMark(index + 5, "'") {
      guard isMonth(index), isMonth(index + 4), reading.isMark(index + 3, "-"), let first = year(index + 2),
        let second = year(index + 6), let start = months(month(index), month(index), first, end: index)?.first,
        let end = months(month(index + 4), month(index + 4), second, end: index)?.last, start < end
      else { return nil }
      return Period(start: start, end: end, text: reading.string(index..<index + 7))
    }
    guard isMonth(index), let first = year(index + 1), reading.isMark(index + 2, "-") || reading.isWord(index + 2, .to),
      isMonth(index + 3), let second = year(index + 4),
      let start = months(month(index), month(index), first, end: index)?.first,
      let end = months(month(index + 3), month(index + 3), second, end: index)?.last, start < end
    else { return nil }
    return Period(start: start, end: end, text: reading.string(index..<index + 5))
  }

  /// "Apr" of a table's heading, in a table of a period that has that month once.
  func month(inHeading tokens: Range<Int>, of whole: Period) -> Period? {
    guard tokens.count == 1, let name = tokens.first, isMonth(name), let start = whole.start, let end = whole.end,
      let months = ClaimBuilder.wholeMonths(whole), months <= 12
    else { return nil }
    let year = month(name) >= start.month ? start.year : start.year + 1
    guard let point = self.months(month(name), month(name), year, end: tokens.upperBound), point.first >= start,
      point.last <= end
    else { return nil }
    return Period(start: point.first, end: point.last, text: reading.string(tokens))
  }

  /// "11/12" in a heading: a financial year.
  func shortYears(_ index: Int) -> Point? {
    guard reading.isNumber(index), reading.digitCount(index) == 2, reading.isMark(index + 1, "/"),
      reading.isNumber(index + 2), reading.digitCount(index + 2) == 2,
      let first = reading.value(ofDigits: index), let second = reading.value(ofDigits: index + 2),
      Int(second) == (Int(first) + 1) % 100
    else { return nil }
    return financial(Int(first) + (first < 70 ? 2000 : 1900), end: index + 3)
  }
}
