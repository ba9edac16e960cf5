// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// A stated period and its words.
struct PeriodMention: TokenSpan {
  var tokens: Range<Int>
  var period: Period
  /// "the previous year": as many months before the period that the text speaks of; 0 for all others.
  var shift = 0
  /// "the same period", "the same months of 2023": the period that the text speaks of, in another year if one is
  /// given.
  var isSame = false
  var sameYear: Int?
  /// "since 2013/14": the last day of what it counts from.
  var firstPoint: CalendarDate?
}

/// Finds periods: anchored by dates in the text, or by the publication date where it is known;
/// lengths without an anchor stay lengths.
struct PeriodFinder {
  let reading: Reading
  /// What "last week" and "on Friday" are counted from.
  let published: CalendarDate?
  /// Where the text says when it was published.
  private let publication: Range<Int>?
  /// The month in which a financial year begins.
  private let firstMonth: Int

  /// - Parameter published: as the caller knows it; else the text is searched for it.
  /// - Parameter country: region id of the country whose financial years the text counts in.
  init(reading: Reading, published: CalendarDate?, country: String) {
    let found = PeriodFinder(reading: reading, anchor: nil).publicationDate()
    self.init(reading: reading, anchor: published ?? found?.date, publication: found?.tokens, country: country)
  }

  /// Leaves the text unsearched: for headings of tables.
  init(reading: Reading, country: String) {
    self.init(reading: reading, anchor: nil, country: country)
  }

  private init(
    reading: Reading, anchor: CalendarDate?, publication: Range<Int>? = nil, country: String = ""
  ) {
    self.reading = reading
    published = anchor
    self.publication = publication
    firstMonth = Self.firstMonths[country] ?? 4
    self.country = country
  }

  private let country: String

  /// Where the financial years of the state do not begin in April.
  private static let firstMonths = ["au": 7, "nz": 7]

  func periods() -> [PeriodMention] {
    var result: [PeriodMention] = []
    var index = 0
    while index < reading.tokens.count {
      guard canOpen(index) else {
        index += 1
        continue
      }
      // "Tuesday 27 August 2024, 10:15": the day of publication, also behind its weekday.
      if let mention = period(at: index) {
        if publication?.overlaps(mention.tokens) ?? false {
          index = max(mention.tokens.upperBound, index + 1)
          continue
        }
        result.append(mention)
        index = max(mention.tokens.upperBound, index + 1)
      } else {
        index += 1
      }
    }
    return result
  }

  /// Whether a period may begin with a token: asked first, for most begin none.
  @inline(__always)
  private func canOpen(_ index: Int) -> Bool {
    let token = reading.tokens[index]
    if token.kind == .number { return token.end - token.start <= 4 }
    guard reading.isWord(index, Self.openers) else { return false }
    // "in", "on", "from", "this": only before words of time.
    if reading.isWord(index, .month | .weekday | .dayWord | .since | .yearWord | .number) { return true }
    return tokenRange(index + 1, min(index + 6, reading.tokens.count)).contains {
      reading.isNumber($0) || reading.isWord($0, Self.timeWords)
    }
  }

  private static var timeWords: WordClasses {
    .month | .weekday | .yearWord | .timeUnit | .periodWord | .quarterLabel | .fiscal | .ordinal | .dayWord | .number
      | .fraction | .previousWord
      | .last | .ending
  }

  private func period(at index: Int) -> PeriodMention? {
    if let published = publication, published.contains(index) { return nil }
    if reading.tokens[index].kind == .number {
      guard reading.tokens[index].end - reading.tokens[index].start <= 4 else { return nil }
      return bareSpan(index) ?? yearEnding(index) ?? bareYears(index) ?? bareDate(index)
    }
    guard reading.isWord(index, Self.openers) else { return nil }
    if let stated = span(index) ?? since(index) ?? yearEnding(index) ?? part(index) { return stated }
    if let named = numberedQuarter(index) ?? fiscalYear(index) {
      return mention(index..<named.end, named.first, named.last)
    }
    if let told = same(index) ?? point(index) ?? shifted(index) ?? relative(index) { return told }
    return weekday(index) ?? bareSpan(index) ?? bareDate(index)
  }

  /// Classes of the words that a period may begin with.
  private static var openers: WordClasses {
    .from | .between | .since | .yearWord | .periodWord | .quarterLabel | .fiscal | .ordinal | .same | .in
      | .preposition | .locative | .previousWord | .last
      | .this | .weekday | .month | .dayWord | .number
  }

  /// "13 September 2022.", "January 2025:", "(June 2019)": a date by itself that says when what follows was.
  private func bareDate(_ index: Int) -> PeriodMention? {
    let opens = reading.tokens[index].gap >= .line || reading.isMark(index - 1, "(") || reading.isMark(index - 1, ".")
    guard opens, reading.year(index) == nil, let point = date(index) else { return nil }
    let end = point.end
    let closes =
      [":", ".", ")", ",", "-"].contains { reading.isMark(end, $0) } || end >= reading.tokens.count
      || reading.tokens[end].gap >= .line
    return closes ? mention(index..<end, point.first, point.last) : nil
  }

  /// "the same period", "the same three months of 2023", "the same month last year".
  private func same(_ index: Int) -> PeriodMention? {
    if let told = wholeOfContext(index) { return told }
    guard reading.isWord(index, .same) else { return nil }
    var next = index + 1
    if let number = NumberParser(reading: reading).cardinal(next, min(next + 3, reading.tokens.count)) {
      next = number.end
    }
    guard reading.isWord(next, .timeUnit | .periodWord) else { return nil }
    next += 1
    var result = PeriodMention(tokens: index..<next, period: Period(text: reading.string(index..<next)), isSame: true)
    if reading.isWord(next, .of | .in), let year = reading.year(next + 1) {
      result.sameYear = year
      result.tokens = index..<next + 2
    } else if reading.isWord(next, .last | .previousWord)
      || reading.isWord(next, .determiner) && reading.isWord(next + 1, .previousWord)
    {
      result.shift = 12
      result.tokens = index..<next + 2
    } else if reading.isWord(next, .determiner | .in | .of),
      reading.isWord(next + 1, .yearWord | .previousWord | .determiner)
    {
      result.shift = 12
      result.tokens = index..<next + 2
    }
    result.period.text = reading.string(result.tokens.lowerBound..<min(result.tokens.upperBound, reading.tokens.count))
    return result
  }

  /// "during the year", "over the 12 months", "in the six months": the period that the text speaks of.
  private func wholeOfContext(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .in | .preposition | .locative), reading.isWord(index + 1, .determiner),
      reading.isWord(index + 2, .yearWord | .periodWord | .number) || reading.isNumber(index + 2),
      ["during", "over", "in", "throughout", "across"].contains(reading.string(index..<index + 1).lowercased()),
      reading.string(index + 1..<index + 2).lowercased() == "the"
    else { return nil }
    var next = index + 2
    var isMonths = false
    if let number = NumberParser(reading: reading).cardinal(next, min(next + 3, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), reading.timeUnit(number.end) == "M"
    {
      next = number.end
      isMonths = true
    }
    guard isMonths || reading.isWord(next, .yearWord | .periodWord) && !reading.isWord(next, .financial) else {
      return nil
    }
    next += 1
    let isOther =
      reading.isWord(next, .to | .ending | .of | .since | .previousWord | .from) || isBefore(next)
      || reading.year(next) != nil
    guard !isOther else { return nil }
    return PeriodMention(tokens: index..<next, period: Period(text: reading.string(index..<next)), isSame: true)
  }

  // MARK: - Publication

  /// Blocks from the start, and from the end, of a text in which it may say when it was published.
  private static let publicationBlocks = 12

  /// "Published: 14 March 2024", a line that is nothing but a date below the headline, a dateline
  /// ("London, 11 May 2024 –"). A date above the headline is a masthead's: of the page, not of the text.
  private func publicationDate() -> (date: CalendarDate, tokens: Range<Int>)? {
    var isFirst = true
    var fromLine: (date: CalendarDate, tokens: Range<Int>)?
    for sentence in reading.sentences {
      defer { isFirst = false }
      guard sentence.block < Self.publicationBlocks || sentence.tokens.count <= 14 else { continue }
      let tokens = sentence.tokens
      guard let (date, range) = firstDate(in: tokens.prefix(20)) else { continue }
      let hasCue = tokenRange(max(tokens.lowerBound, range.lowerBound - 5), range.lowerBound).contains {
        reading.isWord($0, .publishCue)
      }
      if hasCue { return (date, range) }
      // "1 April 2022 to 31 March 2023": when the figures are of.
      if reading.isWord(range.upperBound, .to) || reading.isMark(range.upperBound, "-"),
        self.date(range.upperBound + 1) != nil
      {
        continue
      }
      guard fromLine == nil, sentence.block < Self.publicationBlocks else { continue }
      let rest = tokens.count { index in
        !range.contains(index) && reading.tokens[index].kind == .word
          && !reading.isWord(index, .weekday | .clock | .preposition)
      }
      // "ITV News | Crime | Newcastle | Thursday 25 April 2024 at 6:00am".
      if fromLine == nil, sentence.startsBlock, tokens.count(where: { reading.isMark($0, "|") }) > 1,
        tokenRange(range.upperBound, tokens.upperBound).allSatisfy({
          reading.isNumber($0) || reading.tokens[$0].kind == .mark || reading.isWord($0, .clock | .at | .preposition)
        })
      {
        fromLine = (date, range)
        continue
      }
      // A line with at most a place or a name beside the date. Above the headline only with a time of day.
      if !isFirst || hasClock(tokens, beside: range), sentence.startsBlock, tokens.count <= 14, rest <= 3,
        !reading.isMark(tokens.upperBound - 1, ".")
      {
        fromLine = (date, range)
      } else if sentence.startsBlock, range.lowerBound - tokens.lowerBound <= 5,
        reading.isMark(range.upperBound, "-") || reading.isMark(range.upperBound, ":") && !isFirst,
        !tokenRange(tokens.lowerBound, range.lowerBound).contains(where: {
          reading.tokens[$0].kind == .word && !reading.tokens[$0].isCapitalized
        })
      {
        fromLine = (date, range)
      }
    }
    return fromLine
  }

  /// "10:35am", "4.15 pm", beside a date.
  private func hasClock(_ tokens: Range<Int>, beside date: Range<Int>) -> Bool {
    tokens.contains { index in
      guard !date.contains(index) else { return false }
      return reading.isWord(index, .clock)
        || reading.isMark(index, ":") && reading.isNumber(index - 1) && reading.isNumber(index + 1)
    }
  }

  private func firstDate(in tokens: Range<Int>) -> (CalendarDate, Range<Int>)? {
    for index in tokens {
      if let point = date(index), point.first == point.last { return (point.first, index..<point.end) }
      if let (date, end) = digits(index) { return (date, index..<end) }
    }
    return nil
  }

  /// "2021-10-21", "08/06/2023" (day first).
  private func digits(_ index: Int) -> (CalendarDate, Int)? {
    guard reading.isNumber(index), reading.isNumber(index + 2), reading.isNumber(index + 4),
      reading.tokens[index + 1].kind == .mark, reading.tokens[index + 1].mark == reading.tokens[index + 3].mark,
      [UInt8(ascii: "-"), UInt8(ascii: "/")].contains(reading.tokens[index + 1].mark),
      (index + 1...index + 4).allSatisfy({ reading.touchesPrevious($0) }),
      let first = reading.value(ofDigits: index), let middle = reading.value(ofDigits: index + 2),
      let last = reading.value(ofDigits: index + 4), first < 10_000, middle < 100, last < 10_000
    else { return nil }
    let date =
      reading.year(index) != nil
      ? CalendarDate(year: Int(first), month: Int(middle), day: Int(last))
      : reading.year(index + 4) != nil ? CalendarDate(year: Int(last), month: Int(middle), day: Int(first)) : nil
    return date.map { ($0, index + 5) }
  }

  // MARK: - Dates

  /// A date with the precision that it states.
  private struct Point {
    var first: CalendarDate
    var last: CalendarDate
    var end: Int
  }

  /// "July 2019", "12 July 2019", "July 12, 2019", "2019", "2019/20"; without a year ("12 July", "July") the
  /// last one up to the publication date.
  private func date(_ index: Int, needsYear: Bool = true) -> Point? {
    var next = index
    if reading.isWord(next, .determiner) { next += 1 }
    // "the end of March 2023": its last day.
    if reading.isWord(next, .ending), reading.isWord(next + 1, .of) {
      return date(next + 2, needsYear: needsYear).map { Point(first: $0.last, last: $0.last, end: $0.end) }
    }
    if reading.isWord(next, .weekday) {
      next += 1
      if reading.isMark(next, ",") { next += 1 }
    }
    if let (date, end) = digits(next) { return Point(first: date, last: date, end: end) }
    if let day = day(next) {
      var month = next + 1
      if reading.isWord(month, .ordinalSuffix) { month += 1 }
      if reading.isWord(month, .of) { month += 1 }
      guard isMonth(month) else { return nil }
      return self.date(day: day, month: month, yearAt: month + 1, needsYear: needsYear)
    }
    if isMonth(next) {
      // "Apr. 2, 2025": a short name with its full stop.
      let number =
        reading.isMark(next + 1, ".") && reading.touchesPrevious(next + 1) && isShort(next) ? next + 2 : next + 1
      if let day = day(number), reading.tokens[number].gap < .line,
        !(reading.isMark(number + 1, "-") && day > 31)
      {
        var after = number + 1
        if reading.isWord(after, .ordinalSuffix) { after += 1 }
        var year = after
        if reading.isMark(year, ",") { year += 1 }
        return self.date(day: day, month: next, yearAt: reading.year(year) != nil ? year : after, needsYear: needsYear)
      }
      if let year = reading.year(number) { return months(month(next), month(next), year, end: number + 1) }
      guard !needsYear, let published else { return nil }
      let year = month(next) > published.month ? published.year - 1 : published.year
      return months(month(next), month(next), year, end: next + 1)
    }
    return years(next)
  }

  private func day(_ index: Int) -> Int? {
    guard reading.isNumber(index), reading.digitCount(index) <= 2,
      reading.tokens[index].end - reading.tokens[index].start <= 2,
      let value = reading.value(ofDigits: index), value >= 1, value <= 31
    else { return nil }
    return Int(value)
  }

  private func date(day: Int, month: Int, yearAt index: Int, needsYear: Bool) -> Point? {
    var next = index
    if reading.isMark(next, ","), reading.year(next + 1) != nil { next += 1 }
    if let year = reading.year(next) {
      return CalendarDate(year: year, month: self.month(month), day: day).map {
        Point(first: $0, last: $0, end: next + 1)
      }
    }
    guard !needsYear, let published else { return nil }
    guard let date = CalendarDate(year: published.year, month: self.month(month), day: day) else { return nil }
    let last = date <= published ? date : date.adding(months: -12)
    return last.map { Point(first: $0, last: $0, end: index) }
  }

  private func months(_ first: Int, _ last: Int, _ year: Int, end: Int) -> Point? {
    guard let start = CalendarDate(year: year, month: first, day: 1),
      let finish = CalendarDate(year: year, month: last, day: CalendarDate.days(in: last, of: year))
    else { return nil }
    return Point(first: start, last: finish, end: end)
  }

  /// "2019", "2019/20", "2019-2020".
  private func years(_ index: Int) -> Point? {
    if let fiscal = fiscalYear(index) ?? numberedQuarter(index) { return fiscal }
    guard let year = reading.year(index) else { return nil }
    if reading.isMark(index + 1, "/") || reading.isMark(index + 1, "-"), reading.isNumber(index + 2),
      reading.touchesPrevious(index + 1), reading.touchesPrevious(index + 2),
      let second = reading.value(ofDigits: index + 2),
      Int(second) % 100 == (year + 1) % 100, reading.digitCount(index + 2) == 2 || reading.year(index + 2) != nil
    {
      return financial(year, end: index + 3)
    }
    return months(1, 12, year, end: index + 1)
  }

  /// "Fiscal Year 2023", "FY 2023", "FY2023" of the government of the United States: October 2022 to September 2023.
  /// - Source: 31 U.S.C. 1102.
  private func fiscalYear(_ index: Int) -> Point? {
    guard country == "us" else { return nil }
    var next = index
    if reading.isWord(next, .fiscal) {
      next += 1
      if reading.isWord(next, .yearWord) { next += 1 }
    }
    guard next > index, let year = reading.year(next), let first = CalendarDate(year: year - 1, month: 10, day: 1),
      let last = CalendarDate(year: year, month: 9, day: 30)
    else { return nil }
    return Point(first: first, last: last, end: next + 1)
  }

  /// "Q3 2021", "quarter 3 2021", "Q2 2022/23": of the calendar, or of a financial year where it is one.
  private func numberedQuarter(_ index: Int) -> Point? {
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
  private func financial(_ year: Int, end: Int) -> Point? {
    guard let first = CalendarDate(year: year, month: firstMonth, day: 1),
      let last = first.adding(months: 12)?.adding(days: -1)
    else { return nil }
    return Point(first: first, last: last, end: end)
  }

  private func isMonth(_ index: Int) -> Bool {
    reading.isWord(index, .month) && reading.tokens[index].isCapitalized
  }

  /// "Apr", "Sept".
  private func isShort(_ index: Int) -> Bool {
    reading.tokens.indices.contains(index) && reading.tokens[index].end - reading.tokens[index].start <= 4
  }

  private func month(_ index: Int) -> Int { Int(reading.lexeme(index).value) }

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
    let stated = tokens.compactMap { reading.year($0) }
    if stated.count == 1, let year = stated.first, let month = yearEnd(corner) ?? quarterEnd(corner),
      let last = months(month, month, year, end: tokens.upperBound)?.last,
      let start = Self.start(months: 12, before: last)
    {
      return Period(start: start, end: last, text: reading.string(tokens))
    }
    for index in tokens {
      if let span = shortMonths(index) { return span }
      // "April to June 2023".
      if isMonth(index), let span = spanOfMonths(index), span.end <= tokens.upperBound {
        return mention(index..<span.end, span.first, span.last).period
      }
      if let span = span(index), span.tokens.upperBound <= tokens.upperBound { return span.period }
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

  /// Whether a line above a table says when its years end, and not which they are.
  func statesEndOfYears(_ caption: Range<Int>) -> Bool { yearEnd(caption) != nil || quarterEnd(caption) != nil }

  /// The month in which years end, where a caption says so without a year: "12 months to 30 June", "years ending December".
  private func yearEnd(_ caption: Range<Int>) -> Int? {
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
  private func quarterEnd(_ caption: Range<Int>) -> Int? {
    let label = caption.first {
      reading.isWord($0, .quarterLabel) && reading.isWord($0 - 1, .to | .ending) && reading.isWord($0 - 2, .yearWord)
    }
    guard let label, let quarter = reading.value(ofDigits: label + 1).map({ Int($0) }), (1...4).contains(quarter),
      reading.year(label + 2) == nil
    else { return nil }
    return quarter * 3
  }

  /// "Nov 21-Oct 22" in a heading: months with years of two digits.
  private func shortMonths(_ index: Int) -> Period? {
    func year(_ index: Int) -> Int? {
      if let year = reading.year(index) { return year }
      guard reading.isNumber(index), reading.digitCount(index) == 2, let short = reading.value(ofDigits: index) else {
        return nil
      }
      return Int(short) + (short < 70 ? 2000 : 1900)
    }
    guard isMonth(index), let first = year(index + 1), reading.isMark(index + 2, "-") || reading.isWord(index + 2, .to),
      isMonth(index + 3), let second = year(index + 4),
      let start = months(month(index), month(index), first, end: index)?.first,
      let end = months(month(index + 3), month(index + 3), second, end: index)?.last, start < end
    else { return nil }
    return Period(start: start, end: end, text: reading.string(index..<index + 5))
  }

  /// "11/12" in a heading: a financial year.
  private func shortYears(_ index: Int) -> Point? {
    guard reading.isNumber(index), reading.digitCount(index) == 2, reading.isMark(index + 1, "/"),
      reading.isNumber(index + 2), reading.digitCount(index + 2) == 2,
      let first = reading.value(ofDigits: index), let second = reading.value(ofDigits: index + 2),
      Int(second) == (Int(first) + 1) % 100
    else { return nil }
    return financial(Int(first) + (first < 70 ? 2000 : 1900), end: index + 3)
  }

  // MARK: - Spans

  /// "from July 2019 to June 2020", "between 2011 and 2016", "between 11 and 17 October".
  private func span(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .from | .between) else { return nil }
    return span(index, from: index + 1)
  }

  /// "Monday 17 May to Sunday 23 May", "23-29 June 2025", "March 4-10", without a word before it.
  private func bareSpan(_ index: Int) -> PeriodMention? {
    guard
      reading.isWord(index, .weekday | .month) && reading.tokens[index].isCapitalized
        || reading.isNumber(index) && day(index) != nil || reading.year(index) != nil
    else { return nil }
    return span(index, from: index)
  }

  /// Behind a time of day: "7am on Thursday", "6am Monday", "midnight on".
  private func withoutClock(_ index: Int) -> Int {
    var next = index
    if reading.isNumber(next), reading.isWord(next + 1, .clock) {
      next += 2
    } else if reading.isNumber(next), reading.isMark(next + 1, ":") || reading.isMark(next + 1, "."),
      reading.isNumber(next + 2)
    {
      next += 3
      if reading.isWord(next, .clock) { next += 1 }
    } else {
      return index
    }
    if reading.isWord(next, .preposition), reading.isWord(next + 1, .weekday) || day(next + 1) != nil { next += 1 }
    return next
  }

  private func span(_ index: Int, from first: Int) -> PeriodMention? {
    func joint(_ at: Int) -> Int? {
      reading.isWord(at, .to | .and) && (index != first || reading.isWord(at, .to)) || reading.isMark(at, "-")
        || reading.isWord(at, .preposition) && reading.string(at..<at + 1) == "through"
        ? withoutClock(at + 1) : nil
    }
    var start = withoutClock(first)
    while reading.isWord(start, .determiner) { start += 1 }
    if let opening = yearEnding(start), var second = joint(opening.tokens.upperBound) {
      while reading.isWord(second, .determiner) { second += 1 }
      if let closing = yearEnding(second), let from = opening.period.start, let to = closing.period.end, from < to {
        return mention(index..<closing.tokens.upperBound, from, to)
      }
    }
    if reading.isWord(start, .weekday) {
      start += 1
      if reading.isMark(start, ",") { start += 1 }
    }
    // Two days of one month: "5 and 12 June 2023", "October 11 and 17".
    if let firstDay = day(start) {
      var next = start + 1
      if reading.isWord(next, .ordinalSuffix) { next += 1 }
      if let second = joint(next) ?? (reading.isWord(next, .and) ? next + 1 : nil),
        day(second) ?? (reading.isWord(second, .weekday) ? day(second + 1) : nil) != nil,
        let end = date(second, needsYear: false), end.first == end.last,
        let from = CalendarDate(year: end.last.year, month: end.last.month, day: firstDay), from <= end.last
      {
        return mention(index..<end.end, from, end.last)
      }
    }
    if isMonth(start), let firstDay = day(start + 1) {
      var next = start + 2
      if reading.isWord(next, .ordinalSuffix) { next += 1 }
      if let second = joint(next), let secondDay = day(second), !isMonth(second + 1), secondDay > firstDay,
        let end = date(day: secondDay, month: start, yearAt: second + 1, needsYear: false),
        let from = CalendarDate(year: end.last.year, month: end.last.month, day: firstDay)
      {
        return mention(index..<end.end, from, end.last)
      }
    }
    // "Tuesday, 10 September, and Wednesday, 11 September": two days in a row.
    if let one = date(start, needsYear: false), one.first == one.last {
      var next = one.end
      if reading.isMark(next, ","), reading.isWord(next + 1, .and) { next += 1 }
      if reading.isWord(next, .and), let two = date(next + 1, needsYear: false), two.first == two.last,
        two.first.dayNumber - one.first.dayNumber == 1
      {
        return mention(index..<two.end, one.first, two.last)
      }
    }
    // Two dates; the first may leave its year to the second.
    if let whole = date(start), let second = joint(whole.end), let end = date(second, needsYear: false),
      whole.first <= end.last, !isYearOnly(start) || isYearOnly(second) || index != first
    {
      return mention(index..<end.end, whole.first, end.last)
    }
    if let part = date(start, needsYear: false) ?? undated(start), let second = joint(part.end),
      let end = date(second) ?? date(second, needsYear: false)
    {
      var from = part.first
      if let same = CalendarDate(year: end.last.year, month: from.month, day: min(from.day, 28)),
        same.month == from.month
      {
        let year = same <= end.last ? end.last.year : end.last.year - 1
        from = CalendarDate(year: year, month: from.month, day: from.day) ?? from
      }
      if from <= end.last { return mention(index..<end.end, from, end.last) }
    }
    return nil
  }

  /// "July", "12 July" before a date that has the year.
  private func undated(_ index: Int) -> Point? {
    if isMonth(index) {
      let next = day(index + 1) != nil && reading.year(index + 1) == nil ? index + 2 : index + 1
      return CalendarDate(year: 2000, month: month(index), day: next == index + 2 ? day(index + 1) ?? 1 : 1)
        .map { Point(first: $0, last: $0, end: next) }
    }
    guard let day = day(index) else { return nil }
    var month = index + 1
    if reading.isWord(month, .ordinalSuffix) { month += 1 }
    guard isMonth(month) else { return nil }
    return CalendarDate(year: 2000, month: self.month(month), day: day).map {
      Point(first: $0, last: $0, end: month + 1)
    }
  }

  private func isYearOnly(_ index: Int) -> Bool { reading.year(index) != nil }

  /// "2021/22 …" at the start of a block or in brackets.
  private func bareYears(_ index: Int) -> PeriodMention? {
    guard reading.year(index) != nil, let point = years(index) else { return nil }
    let isFinancial = point.end > index + 1
    let isBracketed = reading.isMark(index - 1, "(") && reading.isMark(point.end, ")")
    let opensLine =
      (reading.tokens[index].gap >= .line || reading.isMark(index - 1, ".") || reading.isMark(index - 1, ")"))
      && reading.isMark(point.end, ":")
    return isFinancial || isBracketed || opensLine ? mention(index..<point.end, point.first, point.last) : nil
  }

  /// "since its launch in November 2019, … (to 30 September 2022)": closed by the date in brackets behind it.
  private func since(_ index: Int) -> PeriodMention? {
    guard var result = opened(index) else { return nil }
    let reach = tokenRange(
      result.tokens.upperBound, min(result.tokens.upperBound + Self.closingReach, reading.tokens.count))
    let close = reach.first { reading.isMark($0, "(") || reading.isMark($0, ".") || reading.tokens[$0].gap >= .line }
    if let close, reading.isMark(close, "("), reading.isWord(close + 1, .to | .until),
      let last = date(close + 2), reading.isMark(last.end, ")"), let start = result.period.start, start < last.last
    {
      result.period.end = last.last
      result.firstPoint = nil
    }
    return result
  }

  /// Tokens behind the beginning of a period within which its end may stand in brackets.
  private static let closingReach = 16

  private func opened(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .since) else { return nil }
    var next = index + 1
    while reading.isWord(next, .determiner | .last | .yearWord | .financial) { next += 1 }
    // "Since Operation Harbourgate began in January 2023 we have …".
    let reach = tokenRange(next, min(next + 9, reading.tokens.count))
    // "since the launch of the programme in November 2019".
    if let launch = reach.first(where: { reading.isWord($0, .founded) || reading.isMark($0, ",") }),
      reading.isWord(launch, .founded),
      let joint = tokenRange(launch + 1, min(launch + 10, reading.tokens.count)).first(where: {
        reading.isWord($0, .in) || reading.isMark($0, ",") || reading.isMark($0, ".")
      }), reading.isWord(joint, .in), let point = date(joint + 1, needsYear: false)
    {
      return mention(index..<point.end, point.first, nil)
    }
    if let founded = reach.first(where: { reading.isWord($0, .founded) || reading.isMark($0, ",") }),
      reading.isWord(founded, .founded), reading.isWord(founded + 1, .in | .preposition | .locative),
      let point = date(founded + 2, needsYear: false)
    {
      return mention(index..<point.end, point.first, nil)
    }
    // "since the start of the year".
    if reading.isWord(next, .opening), reading.isWord(next + 1, .of) {
      next += 2
      while reading.isWord(next, .determiner | .this) { next += 1 }
      if reading.isWord(next, .timeUnit), reading.timeUnit(next) == "Y", let published,
        let first = CalendarDate(year: published.year, month: 1, day: 1)
      {
        return mention(index..<next + 1, first, nil)
      }
    }
    guard let point = date(next, needsYear: false) else { return nil }
    var result = mention(index..<point.end, point.first, nil)
    result.firstPoint = point.last
    return result
  }

  /// "the year ending March 2023", "the 12 months to June 2023", "the year to 30 September 2022".
  private func yearEnding(_ index: Int) -> PeriodMention? {
    var months = 12
    var next = index
    if reading.isWord(index, .yearWord) {
      next += 1
    } else if let number = NumberParser(reading: reading).cardinal(index, min(index + 3, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), reading.timeUnit(number.end) == "M", number.value >= 1,
      number.value <= 120
    {
      months = Int(number.value)
      next = number.end + 1
    } else {
      return nil
    }
    guard reading.isWord(next, .ending | .to) else { return nil }
    next += 1
    while reading.isWord(next, .preposition | .determiner) || reading.isWord(next, .ending) || reading.isWord(next, .of)
    {
      next += 1
    }
    guard let point = date(next, needsYear: false) ?? date(next),
      let start = Self.start(months: months, before: point.last)
    else { return nil }
    return mention(index..<point.end, start, point.last)
  }

  /// The first day of so many months that end on a day; whole months where it is the last of one.
  private static func start(months: Int, before end: CalendarDate) -> CalendarDate? {
    guard let next = end.adding(days: 1) else { return nil }
    return next.adding(months: -months)
  }

  /// "the first six months of 2023", "the first half of 2023", "the second quarter of 2023", "Q1 2023".
  private func part(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .ordinal), reading.lexeme(index).value <= 4 else { return nil }
    let ordinal = Int(reading.lexeme(index).value)
    var next = index + 1
    var length: Int?
    if reading.isWord(next, .fraction) {
      length = reading.lexeme(next).share == 50 ? 6 : reading.lexeme(next).share == 25 ? 3 : nil
      next += 1
    } else if let number = NumberParser(reading: reading).cardinal(next, min(next + 3, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), reading.timeUnit(number.end) == "M", ordinal == 1,
      number.value <= 12,
      number.value >= 1
    {
      length = Int(number.value)
      next = number.end + 1
    }
    guard let length, reading.isWord(next, .of | .in), let whole = years(next + 1), ordinal * length <= 12,
      let first = whole.first.adding(months: (ordinal - 1) * length),
      let last = whole.first.adding(months: ordinal * length)?.adding(days: -1)
    else { return nil }
    return mention(index..<whole.end, first, last)
  }

  /// "in 2016", "during July 2019", "on 12 May 2020", "for 2022/23", "on 14 March", "in January".
  private func point(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .in | .preposition | .locative), !reading.isWord(index, .since) else {
      return nil
    }
    var next = index + 1
    while reading.isWord(next, .determiner | .financial | .yearWord | .timeUnit) { next += 1 }
    if isMonth(next), let span = spanOfMonths(next) { return self.mention(index..<span.end, span.first, span.last) }
    guard let point = date(next, needsYear: false) else { return nil }
    // "until 12 March", "by June 2027": what is still to come.
    if ["until", "till", "by", "to", "into"].contains(reading.string(index..<index + 1).lowercased()) { return nil }
    if let published, point.first > published { return nil }
    return mention(index..<point.end, point.first, point.last)
  }

  /// "April 2021 to March 2022", "February and March 2015".
  private func spanOfMonths(_ index: Int) -> Point? {
    let next = reading.year(index + 1) == nil ? index + 1 : index + 2
    guard reading.isWord(next, .to | .and) || reading.isMark(next, "-"), isMonth(next + 1), day(next + 2) == nil,
      let second = date(next + 1, needsYear: false)
    else { return nil }
    if let first = date(index), first.first <= second.last {
      return Point(first: first.first, last: second.last, end: second.end)
    }
    let year = month(index) <= second.last.month ? second.last.year : second.last.year - 1
    guard let first = CalendarDate(year: year, month: month(index), day: 1) else { return nil }
    return Point(first: first, last: second.last, end: second.end)
  }

  // MARK: - Relative to the text, and to its date

  /// "the previous year", "the year before", "a year earlier", "the previous 12 months".
  private func shifted(_ index: Int) -> PeriodMention? {
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
    guard reading.isWord(index, .yearWord), reading.isWord(index - 1, .determiner),
      reading.isWord(index + 1, .previousWord) || isBefore(index + 1)
    else { return nil }
    return mention(index + 2, 12)
  }

  private func isBefore(_ index: Int) -> Bool {
    reading.isWord(index, .preposition) && reading.string(index..<index + 1).lowercased() == "before"
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
        duration: Self.iso(Int(number.value), reading.timeUnit(number.end)),
        text: reading.string(tokens)))
  }

  /// "in the last 12 months", "over last year", "the past six months", "last week", "this year".
  private func relative(_ index: Int) -> PeriodMention? {
    if let opening = opening(index) { return opening }
    // "this year's carnival" says which, not when.
    if reading.isWord(index, .this), reading.isWord(index + 1, .timeUnit), !reading.isMark(index + 2, "s"),
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
    // "the last three months of 2024", "the last quarter of 2022/23": its end.
    if reading.isWord(next + 1, .of), let whole = years(next + 2) {
      let months = ["M": 1.0, "Q": 3][reading.timeUnit(next)].map { Int(count * $0) }
      guard let months, months < 12, let after = whole.last.adding(days: 1) else { return nil }
      return mention(start..<whole.end, after.adding(months: -months), whole.last)
    }
    return length(start..<next + 1, count: count, unit: reading.timeUnit(next))
  }

  /// "over last year" is the twelve months up to now, not the calendar's.
  private func isOver(_ index: Int) -> Bool {
    reading.isWord(index, .preposition) && ["over", "during"].contains(reading.string(index..<index + 1).lowercased())
  }

  /// "last week", "last month", "last year", "last Thursday", "last March": of the calendar.
  private func calendar(_ index: Int) -> PeriodMention? {
    guard let published else { return nil }
    let next = index + 1
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
  private func current(_ index: Int) -> PeriodMention? {
    guard let published else { return nil }
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
  private func weekday(_ index: Int) -> PeriodMention? {
    guard let published, !isOfStatement(index) else { return nil }
    if reading.isWord(index, .dayWord) {
      return published.adding(days: -Int(reading.lexeme(index).value)).map { mention(index..<index + 1, $0, $0) }
    }
    guard reading.isWord(index, .weekday), reading.tokens[index].isCapitalized, day(index + 1) == nil,
      !isMonth(index + 1),
      reading.isWord(index - 1, .preposition | .last | .locative),
      // "until 6am on Sunday": what was still to come.
      !tokenRange(max(0, index - 5), index).contains(where: { reading.isWord($0, .until) })
    else { return nil }
    let distance = (Self.weekday(published) - Int(reading.lexeme(index).value) + 7) % 7
    return published.adding(days: -distance).map { mention(index..<index + 1, $0, $0) }
  }

  /// "INTERPOL said today", "figures published on Tuesday show": when it was said, not when it was.
  private func isOfStatement(_ index: Int) -> Bool {
    var before = index - 1
    while before > index - 9, before >= 0, reading.tokens[before].kind == .word, reading.tokens[before].gap < .paragraph
    {
      if reading.isWord(before, .publishing) { return true }
      if index - before <= 3, reading.isWord(before, .saying) { return true }
      if reading.lexeme(before).action >= 0 { break }
      before -= 1
    }
    return tokenRange(index + 1, index + 3).contains {
      reading.isWord($0, .saying | .publishing) && reading.tokens.indices.contains($0)
        && reading.tokens[$0].gap == .space
    }
  }

  /// 0 for Monday. The day before 0000-03-01 was a Tuesday.
  private static func weekday(_ date: CalendarDate) -> Int { (date.dayNumber + 2) % 7 }

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
