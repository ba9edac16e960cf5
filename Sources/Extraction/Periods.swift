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
  let publication: Range<Int>?
  /// The month in which a financial year begins.
  let firstMonth: Int

  /// - Parameter published: as the caller knows it; else the text is searched for it.
  /// - Parameter country: region id of the country whose financial years the text counts in.
  init(reading: Reading, published: CalendarDate?, country: String) {
    let found = PeriodFinder(reading: reading, anchor: nil).publicationDate()
    let anchor = published ?? found?.date
    let dates =
      anchor == nil
      ? PeriodFinder(reading: reading, anchor: nil, country: country).datesOfOpening() : (latest: nil, year: nil)
    self.init(
      reading: reading, anchor: anchor, publication: found?.tokens, country: country, latest: dates.latest,
      year: dates.year)
  }

  /// Leaves the text unsearched: for headings of tables.
  init(reading: Reading, country: String) {
    self.init(reading: reading, anchor: nil, country: country)
  }

  private init(
    reading: Reading, anchor: CalendarDate?, publication: Range<Int>? = nil, country: String = "",
    latest: CalendarDate? = nil, year: Int? = nil
  ) {
    self.reading = reading
    self.latest = latest
    yearOfOpening = year
    published = anchor
    self.publication = publication
    firstMonth = Self.firstMonths[country] ?? 4
    self.country = country
  }

  let country: String
  /// Where nothing says when a text was published: the last day that its opening dates. A month without a year is the last
  /// one up to it.
  let latest: CalendarDate?
  /// Where nothing says so: the first year of the calendar that its opening states. "last year" is that one.
  let yearOfOpening: Int?

  /// Sentences whose dates say when a text is from.
  private static let openingSentences = 6

  private func datesOfOpening() -> (latest: CalendarDate?, year: Int?) {
    let end = reading.openingEnd(Self.openingSentences)
    var result: CalendarDate?
    var year: Int?
    var index = 0
    while index < end {
      guard canOpen(index), let mention = period(at: index) else {
        // "June 2024 again brings seizures": a month that opens nothing still says when the text is from.
        if isMonth(index), reading.year(index + 1) != nil, let last = date(index)?.last,
          result.map({ $0 < last }) ?? true
        {
          result = last
        }
        index += 1
        continue
      }
      if mention.shift == 0, let last = mention.period.end, result.map({ $0 < last }) ?? true { result = last }
      if year == nil, mention.shift == 0, let first = mention.period.start, let last = mention.period.end,
        first.month == 1, first.day == 1, last.month == 12, last.day == 31, first.year == last.year
      {
        year = first.year
      }
      index = max(mention.tokens.upperBound, index + 1)
    }
    return (result, year)
  }

  /// Where the financial years of the state do not begin in April.
  static let firstMonths = ["au": 7, "nz": 7]

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
  func canOpen(_ index: Int) -> Bool {
    let token = reading.tokens[index]
    if token.kind == .number { return token.end - token.start <= 4 }
    guard reading.isWord(index, Self.openers) else { return false }
    // "began on 3 February and ended on 8 February".
    if reading.isWord(index, .founded) { return isFollowedByDate(index) }
    // "was 2013, when".
    if reading.isWord(index, .be) { return reading.year(index + 1) != nil }
    // "this morning".
    if reading.isWord(index, .this), Self.partsOfDay.contains(reading.word(index + 1)) { return true }
    // "in", "on", "from", "this": only before words of time.
    if reading.isWord(index, .month | .weekday | .dayWord | .since | .yearWord | .number | .later) { return true }
    return tokenRange(index + 1, min(index + 9, reading.tokens.count)).contains {
      reading.isNumber($0) || reading.isWord($0, Self.timeWords)
    }
  }

  private func isFollowedByDate(_ index: Int) -> Bool {
    tokenRange(index + 1, min(index + 5, reading.tokens.count)).contains {
      reading.isNumber($0) || reading.isWord($0, .month | .weekday)
    }
  }

  static let partsOfDay: Set<String> = ["morning", "afternoon", "evening"]

  static var timeWords: WordClasses {
    .month | .weekday | .yearWord | .timeUnit | .periodWord | .quarterLabel | .fiscal | .ordinal | .dayWord | .number
      | .fraction | .previousWord
      | .last | .ending
  }

  func period(at index: Int) -> PeriodMention? {
    if let published = publication, published.contains(index) { return nil }
    if reading.tokens[index].kind == .number {
      guard reading.tokens[index].end - reading.tokens[index].start <= 4 else { return nil }
      return bareSpan(index) ?? yearEnding(index) ?? bareYears(index) ?? bareDate(index) ?? laterBy(index)
    }
    guard reading.isWord(index, Self.openers) else { return nil }
    if let stated = ended(index) ?? span(index) ?? fromBeginning(index) ?? begun(index) ?? since(index) ?? yearEnding(
      index) ?? part(index)
    {
      return stated
    }
    if let named = numberedQuarter(index) ?? fiscalYear(index) {
      return mention(index..<named.end, named.first, named.last)
    }
    if let told = same(index) ?? point(index) ?? shifted(index) ?? laterBy(index) ?? relative(index) { return told }
    return weekday(index) ?? bareSpan(index) ?? bareDate(index) ?? yearOfClause(index)
  }

  /// Classes of the words that a period may begin with.
  static var openers: WordClasses { statedOpeners | relativeOpeners }

  private static var statedOpeners: WordClasses {
    .from | .between | .since | .yearWord | .periodWord | .quarterLabel | .fiscal | .ordinal | .in | .preposition
      | .locative | .weekday | .month | .number | .founded
  }

  private static var relativeOpeners: WordClasses {
    .same | .previousWord | .last | .this | .dayWord | .later | .be
  }

  /// "The last full year was 2013, when 13,182 reports …": at "was".
  private func yearOfClause(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .be), reading.year(index + 1) != nil, reading.isMark(index + 2, ","),
      reading.isWord(index + 3, .when | .with), let point = years(index + 1)
    else { return nil }
    return mention(index..<point.end, point.first, point.last)
  }

  /// "13 September 2022.", "January 2025:", "(June 2019)": a date by itself that says when what follows was.
  func bareDate(_ index: Int) -> PeriodMention? {
    // "Newport neighbourhood team update: May 2025", "On the action day, 16 April, officers".
    let endsLine =
      reading.isMark(index - 1, ":")
      && (date(index).map {
        $0.end >= reading.tokens.count || reading.tokens[$0.end].gap >= .line || reading.isMark($0.end, ".")
      } ?? false)
    if reading.isMark(index - 1, ","), reading.timeUnit(index - 2) == "D", let point = date(index, needsYear: false),
      reading.isMark(point.end, ",") || reading.isMark(point.end, ".")
    {
      return mention(index..<point.end, point.first, point.last)
    }
    let opens =
      endsLine || reading.tokens[index].gap >= .line || reading.isMark(index - 1, "(") || reading.isMark(index - 1, ".")
    guard opens, reading.year(index) == nil else { return nil }
    // "Thursday 27 June", as a line: of the year of publication.
    let ofLine =
      reading.tokens[index].gap >= .line && reading.isWord(index, .weekday)
      ? date(index, needsYear: false).flatMap {
        $0.end < reading.tokens.count && reading.tokens[$0.end].gap < .line ? nil : $0
      } : nil
    guard let point = date(index) ?? ofLine else { return nil }
    let end = point.end
    let closes =
      [":", ".", ")", ",", "-"].contains { reading.isMark(end, $0) } || end >= reading.tokens.count
      || reading.tokens[end].gap >= .line
    return closes ? mention(index..<end, point.first, point.last) : nil
  }

  /// "the same period", "the same three months of 2023", "the same month last year".
  func same(_ index: Int) -> PeriodMention? {
    if let told = wholeOfContext(index) { return told }
    // "Later that month".
    if reading.isWord(index, .later | .previousWord), reading.word(index + 1) == "that",
      ["month", "week", "year"].contains(reading.word(index + 2))
    {
      return PeriodMention(
        tokens: index..<index + 3, period: Period(text: reading.string(index..<index + 3)), isSame: true)
    }
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
  func wholeOfContext(_ index: Int) -> PeriodMention? {
    // "In that time we have made 415 arrests".
    if reading.reads(index + 1, "that") || reading.reads(index + 1, "this"),
      reading.isWord(index, .in) || ["during", "over", "across"].contains(reading.word(index)),
      ["time", "period"].contains(reading.word(index + 2))
    {
      return PeriodMention(
        tokens: index..<index + 3, period: Period(text: reading.string(index..<index + 3)), isSame: true)
    }
    // "Over the course of the month".
    if reading.isWord(index, .preposition | .in), reading.word(index + 2) == "course", reading.isWord(index + 3, .of) {
      let end = index + 6
      guard reading.word(index + 4) == "the", ["month", "week", "year"].contains(reading.word(index + 5)) else {
        return nil
      }
      return PeriodMention(tokens: index..<end, period: Period(text: reading.string(index..<end)), isSame: true)
    }
    guard reading.isWord(index, .in | .preposition | .locative), reading.isWord(index + 1, .determiner),
      reading.isWord(index + 2, .yearWord | .periodWord | .number) || reading.isNumber(index + 2)
        || reading.timeUnit(index + 2) == "W" || reading.timeUnit(index + 2) == "M",
      ["during", "over", "in", "throughout", "across"].contains(reading.word(index)),
      reading.word(index + 1) == "the"
    else { return nil }
    var next = index + 2
    var isMonths = false
    if let number = NumberParser(reading: reading).cardinal(next, min(next + 3, reading.tokens.count)),
      reading.isWord(number.end, .timeUnit), reading.timeUnit(number.end) == "M"
    {
      next = number.end
      isMonths = true
    }
    guard
      isMonths || reading.isWord(next, .yearWord | .periodWord) && !reading.isWord(next, .financial)
        || reading.timeUnit(next) == "W" && reading.word(next) == "week"
        || reading.timeUnit(next) == "M" && reading.word(next) == "month"
    else {
      return nil
    }
    next += 1
    let isOther =
      reading.isWord(next, .to | .ending | .of | .since | .previousWord | .from) || isBefore(next)
      || reading.year(next) != nil || isMonth(next)
      || ["starting", "beginning", "commencing", "after"].contains(reading.word(next))
    guard !isOther else { return nil }
    return PeriodMention(tokens: index..<next, period: Period(text: reading.string(index..<next)), isSame: true)
  }
}
