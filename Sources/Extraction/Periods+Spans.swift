// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Periods with a beginning and an end, or with one of them.
extension PeriodFinder {
  /// "from July 2019 to June 2020", "between 2011 and 2016", "between 11 and 17 October".
  func span(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .from | .between) else { return nil }
    return span(index, from: index + 1)
  }

  /// "began on Monday, Feb. 3, and ended on Saturday, Feb. 8", "began in September and ended on Jan. 31".
  func begun(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .founded), reading.isWord(index + 1, .in | .preposition | .locative | .at) else {
      return nil
    }
    // "started at 5am on Monday and finished this morning".
    let opening = withoutClock(index + 2)
    guard
      let start = date(opening) ?? undated(opening) ?? date(opening, needsYear: false) ?? dayOfWeek(opening)
    else { return nil }
    var next = start.end
    if reading.isMark(next, ",") { next += 1 }
    // "began on 19 November, concluding on 21 November 2021".
    let goesOn = Self.concluding.contains(reading.word(next))
    guard goesOn || reading.isWord(next, .and) else { return nil }
    if !goesOn { next += 1 }
    // "and was brought to a close last week".
    if reading.isWord(next, .be) { next += 1 }
    if reading.word(next) == "brought", reading.word(next + 3) == "close" {
      next += 4
    } else if goesOn || Self.endings.contains(reading.word(next)) {
      next += 1
    } else {
      return nil
    }
    if reading.isWord(next, .in | .preposition | .locative) { next += 1 }
    let ofCalendar = calendar(next).flatMap { told in
      told.period.end.map { Point(first: told.period.start ?? $0, last: $0, end: told.tokens.upperBound) }
    }
    let last = date(next) ?? date(next, needsYear: false) ?? dayWord(next) ?? dayOfWeek(next) ?? ofCalendar
    guard let last, let first = yearOf(start.first, before: last.last), first <= last.last else { return nil }
    return mention(index..<last.end, first, last.last)
  }

  private static let concluding: Set<String> = ["concluding", "ending", "finishing", "closing"]
  private static let endings: Set<String> = ["ended", "concluded", "finished", "closed"]

  /// "Monday", the last one up to the day of publication.
  private func dayOfWeek(_ index: Int) -> Point? {
    guard let published, reading.isWord(index, .weekday), reading.tokens[index].isCapitalized, day(index + 1) == nil
    else {
      return nil
    }
    let back = (Self.weekday(published) - Int(reading.lexeme(index).value) + 7) % 7
    return published.adding(days: -back).map { Point(first: $0, last: $0, end: index + 1) }
  }

  /// "yesterday", "this morning", where the day of publication is known.
  private func dayWord(_ index: Int) -> Point? {
    if let published, reading.isWord(index, .this), Self.partsOfDay.contains(reading.word(index + 1)) {
      return Point(first: published, last: published, end: index + 2)
    }
    guard let published, reading.isWord(index, .dayWord) else { return nil }
    return published.adding(days: -Int(reading.lexeme(index).value)).map { Point(first: $0, last: $0, end: index + 1) }
  }

  /// A day without a year, in the year in which it comes before another.
  private func yearOf(_ day: CalendarDate, before end: CalendarDate) -> CalendarDate? {
    guard let same = CalendarDate(year: end.year, month: day.month, day: min(day.day, 28)) else { return nil }
    return CalendarDate(year: same <= end ? end.year : end.year - 1, month: day.month, day: day.day)
  }

  /// "between Tuesday and Thursday", "from Friday to Sunday": days up to the day of publication.
  private func weekdays(_ index: Int, _ first: Int) -> PeriodMention? {
    guard let published, reading.isWord(first, .weekday),
      reading.isWord(first + 1, .and | .to) || reading.isMark(first + 1, "-"),
      reading.isWord(first + 2, .weekday), day(first + 3) == nil, !isMonth(first + 3)
    else { return nil }
    let back = (Self.weekday(published) - Int(reading.lexeme(first + 2).value) + 7) % 7
    let length = (Int(reading.lexeme(first + 2).value) - Int(reading.lexeme(first).value) + 7) % 7
    guard length > 0, let last = published.adding(days: -back), let start = last.adding(days: -length) else {
      return nil
    }
    return mention(index..<first + 3, start, last)
  }

  /// "Monday 17 May to Sunday 23 May", "23-29 June 2025", "March 4-10", without a word before it.
  func bareSpan(_ index: Int) -> PeriodMention? {
    guard
      reading.isWord(index, .weekday | .month) && reading.tokens[index].isCapitalized
        || reading.isNumber(index) && day(index) != nil || reading.year(index) != nil
    else { return nil }
    return span(index, from: index)
  }

  /// Behind a time of day: "7am on Thursday", "6am Monday", "midnight on".
  func withoutClock(_ index: Int) -> Int {
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

  /// Years that a span of years may cover; a farther number is no year.
  private static let spanYearsMax = 45

  /// "April, May and June 2016": the months of a list.
  private func monthsOfList(_ index: Int, from first: Int) -> PeriodMention? {
    guard isMonth(first), reading.isMark(first + 1, ","), isMonth(first + 2) else { return nil }
    var last = first + 2
    while last - first < 24, reading.isMark(last + 1, ",") || reading.isWord(last + 1, .and) {
      let next = reading.isMark(last + 1, ",") && reading.isWord(last + 2, .and) ? last + 3 : last + 2
      guard isMonth(next) else { break }
      last = next
    }
    guard let end = date(last), reading.year(end.end - 1) != nil, month(first) < month(last),
      let start = CalendarDate(year: end.last.year, month: month(first), day: 1)
    else { return nil }
    return mention(index..<end.end, start, end.last)
  }

  /// Behind "and concluding at 3am on the", which joins the ends of a span.
  private func closing(_ index: Int) -> Int? {
    guard reading.isWord(index, .and), ["concluding", "ending", "finishing"].contains(reading.word(index + 1)) else {
      return nil
    }
    var next = index + 2
    while next < index + 12,
      reading.isWord(next, .preposition | .at | .locative | .in | .determiner)
        || withoutClock(next) > next
    {
      next = max(withoutClock(next), next + 1)
    }
    return next
  }

  func span(_ index: Int, from first: Int) -> PeriodMention? {
    if let months = monthsOfList(index, from: first) { return months }
    if index != first, let days = weekdays(index, first) { return days }
    func joint(_ position: Int) -> Int? {
      // "right up to 3 May".
      var at = position
      if index != first {
        if reading.word(at) == "right" { at += 1 }
        if reading.word(at) == "up", reading.isWord(at + 1, .to | .until) { at += 1 }
      }
      return index != first && reading.isWord(at, .until)
        ? at + 1
        : reading.isWord(at, .to | .and) && (index != first || reading.isWord(at, .to)) || reading.isMark(at, "-")
          || ["through", "thru"].contains(reading.word(at))
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
    // "Jan. 30 and 31".
    let dayAt = behindMonth(start)
    if isMonth(start), let firstDay = day(dayAt) {
      var next = dayAt + 1
      if reading.isWord(next, .ordinalSuffix) { next += 1 }
      let pair = reading.isWord(next, .and) && day(next + 1) == firstDay + 1 && reading.lexeme(next + 2).noun < 0
      if let second = joint(next) ?? (pair ? next + 1 : nil), let secondDay = day(second), !isMonth(second + 1),
        secondDay > firstDay,
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
    // "Saturday, 28 March and Sunday, 29 March, 2025".
    if let one = undated(start), !isMonth(start) || day(behindMonth(start)) != nil, reading.year(one.end) == nil {
      var next = one.end
      if reading.isMark(next, ","), reading.isWord(next + 1, .and) { next += 1 }
      if reading.isWord(next, .and), let two = date(next + 1), two.first == two.last,
        let from = CalendarDate(year: two.first.year, month: one.first.month, day: one.first.day),
        two.first.dayNumber - from.dayNumber == 1
      {
        return mention(index..<two.end, from, two.first)
      }
    }
    // Two dates; the first may leave its year to the second.
    if let whole = date(start), let second = joint(whole.end), let end = date(second, needsYear: false),
      whole.first <= end.last, !isYearOnly(start) || isYearOnly(second) || index != first,
      // "2017 – 2087": what was counted in 2017.
      end.last.year - whole.first.year <= Self.spanYearsMax
    {
      return mention(index..<end.end, whole.first, end.last)
    }
    // "between June 2018 and the end of May this year": the first May after it.
    if index != first, !isYearOnly(start), let whole = date(start), let second = joint(whole.end),
      let last = monthAfter(whole.first, second)
    {
      return mention(index..<last.end, whole.first, last.last)
    }
    if !isYearOnly(start), let part = undated(start) ?? date(start, needsYear: false),
      let second = closing(part.end), let end = date(second), part.first.month <= end.last.month,
      let from = CalendarDate(year: end.last.year, month: part.first.month, day: part.first.day), from <= end.last
    {
      return mention(index..<end.end, from, end.last)
    }
    if !isYearOnly(start), let part = date(start, needsYear: false) ?? undated(start), let second = joint(part.end),
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

  /// "the end of May this year", "May": the month without a year that comes first after a day.
  private func monthAfter(_ day: CalendarDate, _ index: Int) -> Point? {
    var next = index
    while reading.isWord(next, .determiner) { next += 1 }
    if reading.isWord(next, .ending), reading.isWord(next + 1, .of) { next += 2 }
    guard isMonth(next), reading.year(next + 1) == nil, !reading.isNumber(next + 1) else { return nil }
    let year = month(next) > day.month ? day.year : day.year + 1
    let isNamed = reading.isWord(next + 1, .this | .last) && reading.isWord(next + 2, .yearWord)
    return months(month(next), month(next), year, end: isNamed ? next + 3 : next + 1)
  }

  /// "July", "12 July" before a date that has the year.
  func undated(_ index: Int) -> Point? {
    if reading.isWord(index, .opening), reading.isWord(index + 1, .of), isMonth(index + 2) { return undated(index + 2) }
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

  func isYearOnly(_ index: Int) -> Bool { reading.year(index) != nil }

  /// "2021/22 …" at the start of a block or in brackets.
  func bareYears(_ index: Int) -> PeriodMention? {
    guard reading.year(index) != nil, let point = years(index) else { return nil }
    let isFinancial = point.end > index + 1
    let isBracketed = reading.isMark(index - 1, "(") && reading.isMark(point.end, ")")
    let opensLine =
      (reading.tokens[index].gap >= .line || reading.isMark(index - 1, ".") || reading.isMark(index - 1, ")"))
      && reading.isMark(point.end, ":")
    // "2013 – 2214, 2014 – 2487": before what was counted in it.
    let isListed =
      reading.isMark(point.end, "-") && !reading.touchesPrevious(point.end)
      && (reading.isNumber(point.end + 1) || reading.isMark(point.end + 1, "$"))
      && (reading.tokens[index].gap >= .line || reading.isMark(index - 1, ",") || reading.isMark(index - 1, ";")
        || reading.isMark(index - 1, "&") || reading.isMark(index - 1, ")") || reading.isWord(index - 1, .and))
    return isFinancial || isBracketed || opensLine || isListed
      ? mention(index..<point.end, point.first, point.last) : nil
  }

  /// "since its launch in November 2019, … (to 30 September 2022)": closed by the date in brackets behind it.
  func since(_ index: Int) -> PeriodMention? {
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
  static let closingReach = 16

  func opened(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .since) else { return nil }
    var next = index + 1
    while reading.isWord(next, .determiner | .last | .yearWord | .financial) { next += 1 }
    // "Since Operation Harbourgate began in January 2023 we have …".
    let reach = tokenRange(next, min(next + 9, reading.tokens.count))
    // "since the opening of the Australian Centre to Counter Child Exploitation (ACCCE) in 2018".
    if Self.beginnings.contains(reading.word(next)), reading.isWord(next + 1, .of),
      let joint = tokenRange(next + 2, min(next + Self.nameReach, reading.tokens.count)).first(where: {
        reading.isWord($0, .in) || reading.isMark($0, ",") || reading.isMark($0, ".") || reading.isNumber($0)
      }), reading.isWord(joint, .in), let point = date(joint + 1, needsYear: false)
    {
      return mention(index..<point.end, point.first, nil)
    }
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

  /// What stands for the beginning of something that a text names.
  private static let beginnings: Set<String> = [
    "opening", "beginning", "start", "launch", "creation", "foundation", "formation", "inception", "introduction",
    "establishment",
  ]

  /// Tokens of the name of something that began.
  private static let nameReach = 18

  /// "From its beginning in September 2018, the centre has …".
  func fromBeginning(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .from), reading.isWord(index + 1, .determiner),
      Self.beginnings.contains(reading.word(index + 2)), reading.isWord(index + 3, .in),
      let point = date(index + 4, needsYear: false), !reading.isWord(point.end, .to | .until)
    else { return nil }
    return mention(index..<point.end, point.first, nil)
  }

  /// "the year ending March 2023", "YE Mar 2023", "the 12 months to June 2023", "the year to 30 September 2022".
  func yearEnding(_ index: Int) -> PeriodMention? {
    var months = 12
    var next = index
    // "YE Mar 2023", at "Mar".
    if reading.isWord(index, .month), index > 0, reading.tokens[index - 1].isAllCaps, reading.word(index - 1) == "ye",
      let point = date(index), let start = Self.start(months: months, before: point.last)
    {
      return mention(index..<point.end, start, point.last)
    }
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
    guard var point = date(next, needsYear: false) ?? date(next) else { return nil }
    // "financial year ending 2022": the one that ends in that year.
    if reading.isWord(index - 1, .financial), months == 12, isYearOnly(next), point.end == next + 1,
      let year = reading.year(next), let whole = financial(year - 1, end: point.end)
    {
      point = whole
    }
    guard let start = Self.start(months: months, before: point.last) else { return nil }
    return mention(index..<point.end, start, point.last)
  }

  /// The first day of so many months that end on a day; whole months where it is the last of one.
  static func start(months: Int, before end: CalendarDate) -> CalendarDate? {
    guard let next = end.adding(days: 1) else { return nil }
    return next.adding(months: -months)
  }

  /// "the first six months of 2023", "the first half of 2023", "the second quarter of 2023", "Q1 2023".
  func part(_ index: Int) -> PeriodMention? {
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
    // "the first two weeks of July 2024".
    if length == nil, ordinal == 1,
      let number = NumberParser(reading: reading).cardinal(index + 1, min(index + 4, reading.tokens.count)),
      let days = Self.days(reading.timeUnit(number.end)).map({ $0 * Int(number.value) }), days < 28,
      reading.isWord(number.end + 1, .of), isMonth(number.end + 2), let month = date(number.end + 2, needsYear: false),
      let last = month.first.adding(days: days - 1)
    {
      return mention(index..<month.end, month.first, last)
    }
    guard let length, reading.isWord(next, .of | .in), let whole = years(next + 1) ?? namedYear(next + 1),
      ordinal * length <= 12,
      let first = whole.first.adding(months: (ordinal - 1) * length),
      let last = whole.first.adding(months: ordinal * length)?.adding(days: -1)
    else { return nil }
    return mention(index..<whole.end, first, last)
  }

  /// The days of a unit of less than a month.
  private static func days(_ unit: String) -> Int? { ["D": 1, "W": 7, "F": 14][unit] }

  /// Tokens of a length of time and what it was of, up to the word that says that it ended.
  private static let endedReach = 9

  /// "during a week of action that ended on Sunday 10 March", "over a fortnight which ended on 5 March 2023", "by the close of
  /// the force's week of action on 12 October": the days that led up to the last.
  func ended(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .in | .preposition | .locative) else { return nil }
    var next = index + 1
    while reading.isWord(next, .determiner) { next += 1 }
    let isClose = Self.closes.contains(reading.word(next)) && reading.isWord(next + 1, .of)
    if isClose { next += 2 }
    let reach = tokenRange(next, min(next + (isClose ? Self.endedReach : 3), reading.tokens.count))
    guard
      let unit = reach.first(where: { reading.isWord($0, .timeUnit) && Self.days(reading.timeUnit($0)) != nil }),
      isClose || unit == next || unit == next + 1
    else { return nil }
    var count = 1
    if unit > next {
      if let number = NumberParser(reading: reading).cardinal(unit - 1, unit) {
        count = Int(number.value)
      } else if !isClose, !reading.isMark(unit - 1, "-") {
        return nil
      }
    }
    let rest = tokenRange(unit + 1, min(unit + Self.endedReach, reading.tokens.count))
    guard
      let verb = rest.first(where: {
        isClose
          ? reading.isWord($0, .preposition) && reading.word($0) == "on"
          : Self.endings.contains(reading.word($0)) || reading.isWord($0, .ending)
      }),
      !tokenRange(unit + 1, verb).contains(where: { reading.isMark($0, ".") || reading.tokens[$0].gap >= .line })
    else { return nil }
    let at = reading.isWord(verb + 1, .preposition | .locative | .in) ? verb + 2 : verb + 1
    guard let days = Self.days(reading.timeUnit(unit)), let last = date(at, needsYear: false), last.first == last.last,
      count > 0, count < 60, let first = last.last.adding(days: 1 - days * count), days * count > 1
    else { return nil }
    return mention(index..<last.end, first, last.last)
  }

  private static let closes: Set<String> = ["close", "end", "finish"]

  /// "this year", "last year", of the calendar.
  private func namedYear(_ index: Int) -> Point? {
    guard let published, reading.isWord(index + 1, .yearWord), reading.isWord(index, .this | .last) else { return nil }
    return months(1, 12, published.year - (reading.isWord(index, .last) ? 1 : 0), end: index + 2)
  }

  /// "in 2016", "during July 2019", "on 12 May 2020", "for 2022/23", "on 14 March", "in January".
  func point(_ index: Int) -> PeriodMention? {
    guard reading.isWord(index, .in | .preposition | .locative), !reading.isWord(index, .since) else {
      return nil
    }
    var next = index + 1
    // "in calendar year 2023".
    while reading.isWord(next, .determiner | .financial | .yearWord | .timeUnit) || reading.word(next) == "calendar" {
      next += 1
    }
    // "during the week starting 8 May".
    if reading.isWord(next - 1, .timeUnit), reading.timeUnit(next - 1) == "W",
      ["starting", "beginning", "commencing"].contains(reading.word(next)),
      let first = date(next + 1, needsYear: false), first.first == first.last,
      let last = first.first.adding(days: 6)
    {
      return mention(index..<first.end, first.first, last)
    }
    // "over the weekend of April 13 and 14".
    let dayAt = behindMonth(next)
    if isMonth(next), let first = day(dayAt), reading.isWord(dayAt + 1, .and), day(dayAt + 2) == first + 1,
      let pair = span(index, from: next)
    {
      return pair
    }
    // "on June 17-23, 2019".
    if isMonth(next), day(dayAt) != nil, reading.isMark(dayAt + 1, "-") || reading.isWord(dayAt + 1, .to),
      let days = span(index, from: next), let first = days.period.start, let last = days.period.end, first < last
    {
      return days
    }
    // "on Saturday, 28 March and Sunday, 29 March, 2025".
    if reading.isWord(next, .weekday) || day(next) != nil, let days = span(index, from: next),
      let first = days.period.start, let last = days.period.end, last.dayNumber - first.dayNumber == 1
    {
      return days
    }
    if isMonth(next), let span = spanOfMonths(next) { return self.mention(index..<span.end, span.first, span.last) }
    // "during the months of April, May and June 2016", "on the 2nd December and concluding at 3am on the 4th December".
    var first = next
    while reading.isWord(first, .of | .determiner) { first += 1 }
    if let months = monthsOfList(index, from: first) { return months }
    if let part = undated(first), closing(part.end) != nil, let whole = span(index, from: first) { return whole }
    guard let point = date(next, needsYear: false) else { return nil }
    // "of the 2024 Global Report": the name of something.
    if isYearOnly(next), point.end == next + 1, reading.isWord(next - 1, .determiner),
      reading.tokens.indices.contains(point.end), reading.tokens[point.end].gap == .space,
      reading.tokens[point.end].isCapitalized
    {
      return nil
    }
    // "until 12 March", "by June 2027": what is still to come.
    if ["until", "till", "by", "to", "into"].contains(reading.word(index)) { return nil }
    if let published, point.first > published { return nil }
    return mention(index..<point.end, point.first, point.last)
  }

  /// "April 2021 to March 2022", "February and March 2015".
  func spanOfMonths(_ index: Int) -> Point? {
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
}
