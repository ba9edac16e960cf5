// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// When a figure is of, and who states it.
extension ClaimBuilder {
  // MARK: - When

  func periods(in range: Range<Int>) -> ArraySlice<PeriodMention> { periods.beginning(in: range, from: periodCursor) }

  /// The period that the text says it is about: the first one in its lead that has a start, and the
  /// operation it is said of.
  static func leadPeriod(
    _ reading: Reading, _ periods: [PeriodMention], _ operations: [Operation?]
  ) -> (period: Period, operation: Operation?)? {
    let leadEnd = reading.openingEnd(leadSentences)
    let sentences = reading.sentences[reading.contentStart...].prefix { $0.tokens.lowerBound < leadEnd }
    // "figures, which cover 1 April to 31 December 2022": what the text itself says of itself.
    if let covered = periods.prefix(while: { $0.tokens.lowerBound < leadEnd }).first(where: { isCovered($0, reading) }),
      let index = reading.sentenceIndex(at: covered.tokens.lowerBound), sentences.indices.contains(index)
    {
      return (covered.period, operations[index])
    }
    // The time that something is said to have run, before a day or an open time that the text names first.
    let run = periodRun(reading, periods, operations, upTo: leadEnd)
    var founding: (period: Period, operation: Operation?)?
    for mention in periods where mention.shift == 0 {
      guard let index = reading.sentenceIndex(at: mention.tokens.lowerBound), sentences.indices.contains(index) else {
        break
      }
      if sentences[index].section == .boilerplate { continue }
      // A line that is nothing but a date is of the page.
      if mention.tokens.count + 2 >= sentences[index].tokens.count, mention.period.start == mention.period.end {
        continue
      }
      let isFounding = tokenRange(max(0, mention.tokens.lowerBound - 2), mention.tokens.lowerBound)
        .contains { reading.isWord($0, .founded) }
      let before = tokenRange(
        max(sentences[index].tokens.lowerBound, mention.tokens.lowerBound - 6), mention.tokens.lowerBound)
      // "an increase of nine per cent on last year", "a 31% increase on 2012".
      let on = tokenRange(mention.tokens.lowerBound - 1, mention.tokens.lowerBound + 1).first {
        reading.isWord($0, .preposition) && reading.string($0..<$0 + 1) == "on"
          || reading.isWord($0, .from) && mention.period.end != nil && mention.tokens.count <= 2
      }
      let isOnOther =
        on != nil && before.contains { reading.isWord($0, .increase | .decrease | .percent | .comparative) }
      // "more than 50,000 reports in 2013": no comparison.
      let isCompared =
        before.suffix(4).contains { reading.isWord($0, .comparedTo) && !isQualifier($0, reading) } || isOnOther
      // "from 2,514 in 2021/22 to 2,816 in 2022/23": it is the second that the text is about.
      let isFirstOfTwo =
        before.contains { reading.isWord($0, .from) && reading.isNumber($0 + 1) }
        && tokenRange(mention.tokens.upperBound, min(mention.tokens.upperBound + 3, sentences[index].tokens.upperBound))
          .contains { reading.isWord($0, .to) && reading.isNumber($0 + 1) }
      if isFirstOfTwo { continue }
      // "the second lowest total since 2017": how far a record goes back.
      // "the county's largest drugs operation this year".
      if mention.period.end == nil || reading.isWord(mention.tokens.lowerBound, .this),
        before.contains(where: { reading.isWord($0, .superlative | .ordinal) })
      {
        continue
      }
      if isUnmatched(mention, in: sentences[index], reading) { continue }
      // "On Christmas Day they received 74 calls": a day within the time that the text is about.
      if ["day", "eve"].contains(reading.word(mention.tokens.upperBound - 1)) { continue }
      if let start = mention.period.start, !isFounding, !isCompared {
        // A single day says less than when something ran, wherever that stands.
        if mention.period.end == start, let run = run ?? periodRun(reading, periods, operations) { return run }
        if let run, mention.period.end == nil { return run }
        // "Recorded crime Q2 2024", of "the year to Q2 2024".
        let end = sentences.last?.tokens.upperBound ?? 0
        let longer = periods.first { other in
          guard other.tokens.lowerBound < end, other.shift == 0, let first = other.period.start else { return false }
          return sentences[index].section != .body && other.period.end == mention.period.end && first < start
        }
        // "came to a close this week. Between Monday and Wednesday (19 – 21 June)": the days of it that the lead goes on to name.
        let closer = periods.first { other in
          guard reading.isWord(mention.tokens.lowerBound, .this),
            reading.timeUnit(mention.tokens.upperBound - 1) == "W",
            other.tokens.lowerBound < end, other.shift == 0, let first = other.period.start,
            let last = other.period.end,
            let whole = mention.period.end
          else { return false }
          return first >= start && first < last && last <= whole && other.tokens != mention.tokens
        }
        return ((closer ?? longer ?? mention).period, operations[index])
      }
      if isFounding, let week = weekBegun(mention, in: sentences[index], reading) { return (week, operations[index]) }
      // "The operation began in February this year …": open since then.
      if isFounding, founding == nil, let start = mention.period.start {
        founding = (Period(start: start, end: nil, text: mention.period.text), operations[index])
      }
    }
    return periodRun(reading, periods, operations) ?? actionDay(reading, periods, operations) ?? founding
  }

  private static let actionTimes: Set<String> = ["day", "days", "week"]

  /// "a joint action day with arrests and house searches: 13 September 2017", "the week of action on …": when something was
  /// done, wherever a text says it.
  private static func actionDay(
    _ reading: Reading, _ periods: [PeriodMention], _ operations: [Operation?]
  ) -> (period: Period, operation: Operation?)? {
    for mention in periods where mention.shift == 0 && !mention.isSame && mention.period.end != nil {
      guard let index = reading.sentenceIndex(at: mention.tokens.lowerBound) else { continue }
      let sentence = reading.sentences[index]
      guard sentence.section != .boilerplate,
        sentence.tokens.contains(where: { word in
          guard reading.word(word) == "action" else { return false }
          return actionTimes.contains(reading.word(word + 1))
            || reading.isWord(word - 1, .of) && actionTimes.contains(reading.word(word - 2))
        })
      else { continue }
      return (mention.period, operations[index])
    }
    return nil
  }

  /// "which cover …", "relates to the period …": a period of which a text says that it is on it.
  static func isCovered(_ mention: PeriodMention, _ reading: Reading) -> Bool {
    guard mention.shift == 0, !mention.isSame, let start = mention.period.start, let end = mention.period.end,
      start < end
    else { return false }
    return tokenRange(max(0, mention.tokens.lowerBound - 5), mention.tokens.lowerBound).contains {
      coverWords.contains(reading.word($0))
    }
  }

  private static let coverWords: Set<String> = ["cover", "covers", "covering", "relate", "relates"]

  /// "The week of action … started on Monday 8 October": its seven days.
  private static func weekBegun(_ mention: PeriodMention, in sentence: Sentence, _ reading: Reading) -> Period? {
    guard let first = mention.period.start, mention.period.end == first, let last = first.adding(days: 6),
      tokenRange(sentence.tokens.lowerBound, mention.tokens.lowerBound).contains(where: {
        reading.isWord($0, .timeUnit) && reading.timeUnit($0) == "W"
      })
    else { return nil }
    return Period(start: first, end: last, text: mention.period.text)
  }

  /// Tokens before a period within which a verb says that something ran in it.
  private static let runReach = 6

  /// "Operation Larkspur … took place between 5 June and 14 July", "figures covering the period between …": wherever a text
  /// that says nothing in its opening tells of when it is.
  private static func periodRun(
    _ reading: Reading, _ periods: [PeriodMention], _ operations: [Operation?], upTo end: Int = .max
  ) -> (period: Period, operation: Operation?)? {
    var index = 0
    for mention in periods where mention.shift == 0 && !mention.isSame && mention.tokens.lowerBound < end {
      guard let start = mention.period.start, let end = mention.period.end, start < end else { continue }
      while index + 1 < reading.sentences.count,
        reading.sentences[index].tokens.upperBound <= mention.tokens.lowerBound
      {
        index += 1
      }
      let sentence = reading.sentences[index].tokens
      let before = tokenRange(
        max(sentence.lowerBound, mention.tokens.lowerBound - runReach), mention.tokens.lowerBound)
      guard
        before.contains(where: { reading.isWord($0, .running) }) || reading.isWord(mention.tokens.lowerBound, .founded)
      else { continue }
      return (mention.period, operations[index])
    }
    return nil
  }

  /// Days after its end within which a year is "the last year".
  private static let ageMax = 100

  /// "in the last year", "in five years", in the opening of a text that states the dates of as long a time that had just
  /// ended: those dates.
  static func anchoredLengths(_ reading: Reading, _ periods: [PeriodMention]) -> [PeriodMention] {
    let end = reading.openingEnd(leadSentences)
    let opening = periods.prefix { $0.tokens.lowerBound < end }
    // In whole months, or else in days.
    func months(_ mention: PeriodMention) -> Int? {
      if let months = wholeMonths(mention.period) { return months }
      guard let start = mention.period.start, let end = mention.period.end, end.dayNumber - start.dayNumber < daysMax
      else { return nil }
      return start.dayNumber - end.dayNumber - 1
    }
    return periods.enumerated().map { position, mention in
      // Without a day of publication "the past five years" are those that the opening dates; "the last 12 months" may be others.
      if position < opening.count, mention.period.start == nil, mention.shift == 0, !mention.isSame,
        let length = monthsOfDuration(mention.period.duration), length >= 24,
        let dated = opening.first(where: {
          $0.period.duration.isEmpty && $0.shift == 0 && wholeMonths($0.period) == length
        })
      {
        var result = mention
        result.period.start = dated.period.start
        result.period.end = dated.period.end
        return result
      }
      guard position < opening.count, !mention.period.duration.isEmpty, let length = months(mention),
        let now = mention.period.end,
        let dated = opening.first(where: { other in
          guard other.period.duration.isEmpty, other.shift == 0, let last = other.period.end else { return false }
          return months(other) == length && last <= now && now.dayNumber - last.dayNumber <= max(ageMax, length * 6)
            && other.tokens != mention.tokens
        })
      else { return mention }
      var result = mention
      result.period = Period(
        start: dated.period.start, end: dated.period.end, duration: mention.period.duration, text: mention.period.text)
      return result
    }
  }

  /// "last week (23 June-30 June)": the days that the brackets name.
  static func namedDays(_ reading: Reading, _ periods: [PeriodMention]) -> [PeriodMention] {
    var result = periods
    for (index, named) in periods.enumerated().dropFirst() {
      let last = periods[index - 1].tokens.upperBound
      guard named.tokens.lowerBound == last + 1, reading.isMark(last, "("), named.shift == 0, named.period.end != nil,
        reading.isMark(named.tokens.upperBound, ")"), reading.timeUnit(last - 1) == "W",
        let start = named.period.start, let first = periods[index - 1].period.start,
        abs(first.dayNumber - start.dayNumber) <= daysMax
      else { continue }
      result[index - 1].period = named.period
    }
    return result
  }

  /// "Hate crime, England and Wales, 2022 to 2023", on the year ending March 2023: the title means that year.
  static func yearsOfTitle(_ periods: [PeriodMention]) -> [PeriodMention] {
    // The first year that ends within each calendar year, and not with it.
    var years: [Int: Period] = [:]
    for mention in periods where mention.shift == 0 && mention.period.duration.isEmpty {
      guard let end = mention.period.end, end.month != 12, years[end.year] == nil, wholeMonths(mention.period) == 12
      else { continue }
      years[end.year] = mention.period
    }
    return periods.map { mention in
      guard let first = mention.period.start, let last = mention.period.end, mention.shift == 0,
        first.month == 1, first.day == 1, last.month == 12, last.day == 31, last.year == first.year + 1,
        let year = years[last.year]
      else { return mention }
      var result = mention
      result.period = Period(start: year.start, end: year.end, text: mention.period.text)
      return result
    }
  }

  /// The months of "P5Y" and "P18M".
  private static func monthsOfDuration(_ duration: String) -> Int? {
    guard duration.hasPrefix("P"), let unit = duration.last, unit == "Y" || unit == "M",
      let count = Int(duration.dropFirst().dropLast())
    else { return nil }
    return unit == "Y" ? count * 12 : count
  }

  /// Days of a length that is told in days or weeks.
  private static let daysMax = 28

  /// "last year" is the reporting year, where the opening of a text states one that is not the calendar's: "Between 1
  /// April 2023 and 31 March 2024".
  static func reportingYears(_ reading: Reading, _ periods: [PeriodMention]) -> [PeriodMention] {
    let end = reading.openingEnd(leadSentences)
    var stated = periods.prefix { $0.tokens.lowerBound < end }.first { mention in
      guard let start = mention.period.start, let last = mention.period.end, mention.period.duration.isEmpty else {
        return false
      }
      let days = last.dayNumber - start.dayNumber
      return days >= 360 && days <= 366 && start.month != 1
    }
    // "Nearly 32,000 incidents last year … up by 460 on 2017/18": the year after the one that it is compared with.
    if let compared = stated, reading.word(compared.tokens.lowerBound) == "on",
      tokenRange(max(0, compared.tokens.lowerBound - 4), compared.tokens.lowerBound).contains(where: {
        reading.isWord($0, .up | .increase | .decrease)
      }), let end = compared.period.end
    {
      stated?.period.start = end.adding(days: 1)
      stated?.period.end = end.adding(months: 12)
    }
    guard let stated, let first = stated.period.start else { return periods }
    return periods.map { mention in
      let last = mention.tokens.upperBound - 2
      guard
        mention.tokens.count == 2 || mention.tokens.count == 3 && mention.period.start == nil
          // "over the last year".
          || mention.tokens.count <= 4 && reading.isWord(mention.tokens.lowerBound, .preposition | .in),
        reading.isWord(last, .last), reading.isWord(last + 1, .yearWord)
      else { return mention }
      // Without a day of publication "last year" can be no other.
      if let start = mention.period.start, abs(start.dayNumber - first.dayNumber) >= 366 { return mention }
      var result = mention
      result.period = Period(start: first, end: stated.period.end, text: mention.period.text)
      return result
    }
  }

  /// The period that holds for a whole sentence: the first one that is not said of a figure it is compared
  /// with.
  func framePeriod(_ sentence: Sentence, _ numbers: [NumberMention]) -> Period? {
    // "rose by 12 per cent, from 2,514 in 2021/22 to 2,816 in 2022/23": of the year that it led to.
    let stated = periods(in: sentence.tokens).filter { $0.shift == 0 && !$0.isSame && $0.period.end != nil }
    if stated.count == 2,
      let from = tokenRange(sentence.tokens.lowerBound, stated[0].tokens.lowerBound).last(where: {
        reading.isWord($0, .from)
      }), reading.isNumber(from + 1),
      tokenRange(stated[0].tokens.upperBound, stated[1].tokens.lowerBound).contains(where: {
        reading.isWord($0, .to)
      })
    {
      return stated[1].period
    }
    if let covered = periods(in: sentence.tokens).first(where: { Self.isCovered($0, reading) }) {
      return covered.period
    }
    if let later = laterOfChange(sentence) { return later }
    let free = periods(in: sentence.tokens).first { period in
      !isFounding(period) && period.shift == 0 && !isRecord(period, in: sentence) && !isOfBracket(period)
        && !isCompared(period, numbers, in: sentence)
    }
    if let free {
      // "the firearms given up in the 2017 surrender": when the text says that it was.
      let year = free.tokens.upperBound - 1
      if let about = lead?.period, let first = about.start, let last = about.end, reading.year(year) == first.year,
        first.year == last.year, first < last, Self.wholeMonths(about) != 12, reading.isWord(year - 1, .determiner),
        Self.events.contains(reading.word(year + 1))
      {
        return about
      }
      guard free.isSame else { return free.period }
      // "During the year", behind a day of it: the year that the text is about.
      let isOfWeek = free.tokens.contains { reading.timeUnit($0) == "W" }
      if isOfWeek, let week = [lastFrame, lastStated, lead?.period].compactMap({ $0 }).first(where: { isWeek($0) }) {
        return week
      }
      let isOfMonth = free.tokens.contains { reading.word($0) == "month" }
      // "On 12 October … Later that month".
      if isOfMonth, reading.isWord(free.tokens.lowerBound, .later), let day = (lastFrame ?? lastStated)?.start {
        return Self.month(of: day)
      }
      if isOfMonth,
        let month = [lastFrame, lastStated, lead?.period].compactMap({ $0 }).first(where: {
          Self.wholeMonths($0) == 1 || ($0.end?.dayNumber ?? 0) - ($0.start?.dayNumber ?? 0) + 1 == Self.daysOfMonth
        })
      {
        return month
      }
      // "the twelfth march since October. In that time": the time that the text said last that it is open.
      if reading.word(free.tokens.upperBound - 1) == "time",
        let open = periods[..<min(periodCursor, periods.count)].suffix(Self.openPeriods).last(where: {
          $0.period.start != nil && $0.period.end == nil && $0.shift == 0
            && free.tokens.lowerBound - $0.tokens.upperBound <= Self.openReach
        })
      {
        return open.period
      }
      let isOfYear = free.tokens.contains { reading.isWord($0, .yearWord) }
      let isShort = lastFrame.map { frame in
        guard let start = frame.start, let end = frame.end else { return false }
        return end.dayNumber - start.dayNumber < 300
      }
      // "cases opened between 1 July and 31 December. … In that period": what was dated right before.
      let isOfThat = free.tokens.contains { ["that", "this"].contains(reading.word($0)) }
      let dated =
        isOfThat && lastFrame == nil
        ? periods[..<min(periodCursor, periods.count)].last(where: {
          $0.period.start != nil && $0.shift == 0 && free.tokens.lowerBound - $0.tokens.upperBound <= Self.openReach
        })?.period : nil
      return resolve(
        free, in: dated ?? (isOfYear && isShort == true ? lead?.period ?? lastFrame : lastFrame ?? latest))
    }
    if carriesOn(sentence) || isListItem(sentence) { return lastFrame }
    return nil
  }

  /// "decreased by five per cent between 2010/11 and 2011/12, to 33,481": of the year that it led to.
  private func laterOfChange(_ sentence: Sentence) -> Period? {
    guard sentence.tokens.contains(where: { reading.isWord($0, .increase | .decrease) }) else { return nil }
    for span in periods(in: sentence.tokens) where reading.isWord(span.tokens.lowerBound, .between) {
      let finder = PeriodFinder(reading: reading, country: country)
      guard let joint = span.tokens.first(where: { reading.isWord($0, .and) }),
        let first = finder.period(inHeading: span.tokens.lowerBound + 1..<joint),
        let second = finder.period(inHeading: joint + 1..<span.tokens.upperBound),
        let months = Self.wholeMonths(second), months >= 3, Self.wholeMonths(first) == months,
        first.end?.adding(days: 1) == second.start
      else { continue }
      return second
    }
    return nil
  }

  private static let daysOfMonth = 30
  private static let events: Set<String> = [
    "surrender", "campaign", "operation", "amnesty", "week", "crackdown", "event", "initiative", "festival", "season",
  ]
  /// Tokens, and periods, before "in that time" within which the text says since when.
  private static let openReach = 40
  private static let openPeriods = 3

  /// The month that a day lies in.
  private static func month(of day: CalendarDate) -> Period? {
    CalendarDate(year: day.year, month: day.month, day: 1).map {
      Period(start: $0, end: $0.adding(months: 1)?.adding(days: -1), text: "")
    }
  }

  /// Five to nine days: what "the week" may mean.
  private func isWeek(_ period: Period) -> Bool {
    guard let start = period.start, let end = period.end else { return false }
    return (4...8).contains(end.dayNumber - start.dayNumber)
  }

  /// What a sentence leaves for those after it: of several periods in order, the last. "19 in 2007 and 42 in 2008."
  func carriedPeriod(_ sentence: Sentence, _ frame: Period?, firstClaim: Int) -> Period? {
    guard let frame, let first = frame.start else { return frame }
    let told = claims[firstClaim...].indices.filter {
      !isOfOther[$0] && MetricFinder.base(claims[$0].metric) == claims[$0].metric
    }
    .compactMap { claims[$0].period }
    guard let last = told.last, let start = last.start, start > first,
      Self.wholeMonths(last) == Self.wholeMonths(frame), Self.wholeMonths(last) != nil,
      zip(told, told.dropFirst()).allSatisfy({ ($0.start ?? first) <= ($1.start ?? first) })
    else { return frame }
    return last
  }

  /// "In 2015/16 the figure was 8,350": what an earlier period is looked back to for, in a text that goes on with a later one.
  func isLookBack(_ sentence: Sentence, _ frame: Period?) -> Bool {
    guard let start = frame?.start, let last = lastStated?.start ?? lead?.period.start, start < last,
      let own = periods(in: sentence.tokens).first, own.tokens.lowerBound <= sentence.tokens.lowerBound + 1
    else { return false }
    let next = own.tokens.upperBound
    let subject = reading.isWord(next, .determiner) ? next + 1 : next
    return ["figure", "number", "total", "it", "there", "rate"].contains(reading.word(subject))
      && reading.isWord(subject + 1, .be | .have | .verb)
  }

  /// The later of the periods that the text told last and that it is about.
  private var latest: Period? {
    guard let stated = lastStated, let start = stated.start else { return lead?.period }
    guard let about = lead?.period, let first = about.start else { return stated }
    return first > start ? about : stated
  }

  /// A line of a list stays in the period of the line that leads in to it.
  func isListItem(_ sentence: Sentence) -> Bool {
    let first = sentence.tokens.lowerBound
    return sentence.startsBlock && (reading.isMark(first, "*") || reading.isMark(first, "-"))
  }

  /// "the lowest number since 2014": how far a record goes back.
  func isRecord(_ period: PeriodMention, in sentence: Sentence) -> Bool {
    // "one of the highest figures since the start of the data series in 2004/05".
    let before = tokenRange(max(sentence.tokens.lowerBound, period.tokens.lowerBound - 10), period.tokens.lowerBound)
    if let since = before.last(where: { reading.isWord($0, .since) }),
      tokenRange(since, period.tokens.lowerBound).contains(where: { reading.isWord($0, .opening | .founded) }),
      !tokenRange(since, period.tokens.lowerBound).contains(where: { reading.isNumber($0) || reading.isMark($0, ",") })
    {
      return true
    }
    if Self.isUnmatched(period, in: sentence, reading) { return true }
    return
      (period.period.end == nil || reading.isWord(period.tokens.lowerBound, .this) && period.tokens.count == 2
      || reading.isWord(period.tokens.lowerBound - 1, .since))
      && tokenRange(max(sentence.tokens.lowerBound, period.tokens.lowerBound - 7), period.tokens.lowerBound)
        .contains { reading.isWord($0, .superlative) || reading.isWord($0, .ordinal) }
  }

  /// "No year since the scheme began in 2009 has seen more", "Not since 2016 had the total been lower".
  static func isUnmatched(_ period: PeriodMention, in sentence: Sentence, _ reading: Reading) -> Bool {
    guard period.period.end == nil else { return false }
    let first = period.tokens.lowerBound
    let before = tokenRange(max(sentence.tokens.lowerBound, first - recordReach), first)
    guard let no = before.last(where: { ["no", "not", "never"].contains(reading.word($0)) }) else { return false }
    if no == first - 1 { return true }
    return tokenRange(period.tokens.upperBound, min(period.tokens.upperBound + 6, sentence.tokens.upperBound)).contains
    {
      reading.isWord($0, .have | .be)
        && (reading.word($0 + 1) == "seen" || reading.word($0 + 1) == "had"
          || reading.word($0 + 1) == "as" || reading.isWord($0 + 1, .comparative))
    } || tokenRange(no, first).contains { reading.word($0) == "seen" && reading.word($0 + 1) == "as" }
      || reading.word(first - 1) == "many" && reading.word(first - 2) == "as"
  }

  /// Tokens before a period within which its sentence may say that nothing since then was like it.
  private static let recordReach = 8

  /// "The operation ran from 2 December 2024 to 28 February 2025": of what stands below it, up to the next heading.
  func noteRun(_ sentence: Sentence) {
    let isHeading =
      sentence.startsBlock && sentence.tokens.count <= Self.leadingTokens
      && !reading.isMark(sentence.tokens.upperBound - 1, ".") && !reading.isMark(sentence.tokens.upperBound - 1, ":")
      && !isListItem(sentence)
    if isHeading { run = nil }
    let told = periods(in: sentence.tokens).first { period in
      guard period.shift == 0, !period.isSame, let start = period.period.start, let end = period.period.end else {
        return false
      }
      return start < end
        && tokenRange(
          max(sentence.tokens.lowerBound, period.tokens.lowerBound - Self.runReach), period.tokens.lowerBound
        )
        .contains { reading.isWord($0, .running) || reading.word($0) == "place" && reading.word($0 - 1) == "took" }
    }
    if let told { run = told.period }
  }

  /// Whether the last figures stand in the same paragraph.
  func inParagraph(_ index: Int) -> Bool {
    isNear(index) && !reading.sentences[index].startsParagraph
  }

  /// "Between 4 and 10 July officers joined colleagues …⏎⏎They called at 47 nail bars": a paragraph that goes on with what
  /// the sentence before it says.
  func goesOnAfterPeriod(_ index: Int) -> Bool {
    guard lastFramed >= 0, index - lastFramed <= 2,
      lastFramed == index - 1 || !reading.sentences[index - 1].startsParagraph
    else { return false }
    let first = reading.sentences[index].tokens.lowerBound
    return ["they", "it", "this", "these"].contains(reading.word(first))
  }

  /// Tokens of a sentence of the body with which the top of a text has ended.
  private static let leadingTokens = 6

  /// Tokens of a heading below one that is a date.
  private static let subheadingTokens = 3

  /// The period that a heading gives to the lines below it, until the next heading.
  static func headingPeriods(_ reading: Reading, _ periods: [PeriodMention]) -> [Int: Period] {
    var result: [Int: Period] = [:]
    var current: Period?
    var isOfDay = false
    var cursor = 0
    // A date above the headline is the page's.
    let head = reading.sentences.prefix(reading.contentStart + 16).prefix {
      $0.section != .body || $0.tokens.count < leadingTokens
    }
    let leading = head.lastIndex { [.headline, .caption, .standfirst].contains($0.section) } ?? -1
    for (index, sentence) in reading.sentences.enumerated() {
      // A line that leads in to a list speaks of the list, wherever it stands.
      guard index > leading || reading.isMark(sentence.tokens.upperBound - 1, ":") else { continue }
      while cursor < periods.count, periods[cursor].tokens.upperBound <= sentence.tokens.lowerBound { cursor += 1 }
      let last = sentence.tokens.upperBound - 1
      let inside = periods[cursor...].prefix { $0.tokens.lowerBound < sentence.tokens.upperBound }
      // "2. Child trafficking": the number may stand for a sentence of its own.
      let isNumbered =
        index > 0 && reading.sentences[index - 1].startsBlock && reading.sentences[index - 1].tokens.count <= 2
        && reading.isNumber(reading.sentences[index - 1].tokens.lowerBound)
      let isHeading =
        (sentence.startsBlock || isNumbered)
        && sentence.tokens.count <= (reading.isMark(last, ")") ? 24 : reading.isMark(last, ":") ? 20 : 12) && index > 0
        && (last + 1 >= reading.tokens.count || reading.tokens[last + 1].gap >= .line)
        && ![".", "\"", ",", ";", "?"].contains { reading.isMark(last, $0) }
        && !sentence.tokens.contains { number in
          reading.isNumber(number) && !inside.contains { $0.tokens.contains(number) }
            && number > sentence.tokens.lowerBound + 1 && !reading.isWord(number + 1, .timeUnit)
        }
      // A question says of when the answers below it are.
      let isQuestion =
        MetricFinder(reading: reading).isQuestion(sentence.tokens) && sentence.section == .body && index > 0
      if isQuestion {
        current = inside.first { $0.shift == 0 && !$0.isSame && $0.period.start != nil }?.period ?? current
      }
      // A date by itself opens what follows in its paragraph as well.
      let isDate = inside.first.map { $0.tokens.count + 2 >= sentence.tokens.count } ?? false
      if isHeading && !reading.isMark(sentence.tokens.lowerBound, "*")
        && !reading.isMark(sentence.tokens.lowerBound, "-") || isDate
      {
        // "Compared with the year before:" says of when the other figures are.
        let isOfOther = sentence.tokens.prefix(3).contains { reading.isWord($0, .comparedTo) }
        // "Offence | 2021/22 | 2022/23": the columns of a table, each of its own.
        let isColumns = inside.filter { $0.shift == 0 && !$0.isSame && $0.period.start != nil }.count > 1
        // "Sheffield", below "Saturday, 13 April": of that day.
        let isBelowDay = isOfDay && inside.isEmpty && sentence.tokens.count <= Self.subheadingTokens
        // "Friday, 1 March 2019", the first line of all: the page's.
        let isOfPage =
          isDate && index <= reading.contentStart && sentence.tokens.contains { reading.isWord($0, .weekday) }
          && inside.first.map { $0.period.start == $0.period.end } == true
        if !isOfOther, !isColumns, !isBelowDay, !isOfPage {
          isOfDay = isDate && inside.first.map { $0.period.start == $0.period.end } == true
          current = inside.first { $0.shift == 0 && !$0.isSame && $0.period.start != nil }?.period
        }
      }
      if let current { result[index] = current }
    }
    return result
  }

  /// "…, compared with 987 in 2018", "a rise of 116 % on 2021": the period of the other figure.
  func isCompared(_ period: PeriodMention, _ numbers: [NumberMention], in sentence: Sentence) -> Bool {
    let start = period.tokens.lowerBound
    if let first = numbers.first, start < first.phraseStart { return false }
    // "from 1 October 2018 to 30 September 2019": the first word is the period's own.
    let isSpan = reading.isWord(start, .from) && period.tokens.contains { reading.isWord($0, .to) }
    let words = tokenRange(max(sentence.tokens.lowerBound, start - 8), isSpan ? start : start + 1)
    // "less than half the 514,000 seen in 2010".
    let isOfPart = words.contains {
      reading.isWord($0, .fraction | .multiple | .doubleWord) && reading.isWord($0 + 1, .determiner)
        && (reading.isNumber($0 + 2) || reading.isWord($0 + 2, .rank | .total))
    }
    if isOfPart { return true }
    // "8% below the level of stop and search in the year ending March 2020".
    let level = tokenRange(max(sentence.tokens.lowerBound, start - Self.levelReach), start).contains {
      reading.isWord($0, .above) && reading.isWord($0 + 1, .determiner) && reading.word($0 + 2) == "level"
    }
    guard let word = words.last(where: { isComparison($0) }) else { return level }
    return start - word <= 8
  }

  /// Tokens from "below the level of" to when that was.
  private static let levelReach = 12

  func isComparison(_ index: Int) -> Bool {
    if reading.isWord(index, .comparedTo), !Self.isQualifier(index, reading) { return true }
    // "a similar level to the year ending March 2019", "much the same as the year before".
    if reading.reads(index, "similar") { return true }
    if reading.isWord(index, .as), reading.isWord(index - 1, .same) { return true }
    // "18% more than 2023-24".
    if reading.isWord(index, .than), reading.isWord(index - 1, .comparative | .above), reading.year(index + 1) != nil {
      return true
    }
    // "on 2021", "up from 19", "up on the 91,481", "20% below the peak".
    if reading.isWord(index, .from) { return true }
    if reading.isWord(index, .above), reading.isWord(index + 1, .determiner) { return true }
    if reading.isWord(index - 1, .increase | .decrease | .comparative), reading.isWord(index, .preposition),
      reading.reads(index, "on")
    {
      return true
    }
    // "a rise of 21% on the same period of 2020".
    if reading.isWord(index, .preposition), reading.reads(index, "on"),
      reading.isMark(index - 1, "%") || reading.isNumber(index - 1) || reading.isWord(index - 1, .cent | .percent),
      tokenRange(max(0, index - 6), index).contains(where: { reading.isWord($0, .increase | .decrease | .up) }),
      // "down from 98 on the same night": when that was.
      !reading.isWord(index - 2, .from)
    {
      return true
    }
    return reading.isWord(index, .preposition) && reading.year(index + 1) != nil
      && reading.reads(index, "on")
  }

  /// "more than 12": no comparison with another figure.
  static func isQualifier(_ index: Int, _ reading: Reading) -> Bool {
    reading.isWord(index, .than)
      && (reading.isNumber(index + 1) || reading.isWord(index + 1, .number | .fraction | .magnitude))
  }

  /// "compared with 987", "from 82 to …", "an increase on April to June 2021 (3,124)": a number that another is compared
  /// with.
  func isCompared(_ mention: NumberMention, _ sentence: Range<Int>) -> Bool {
    let bracket = mention.phraseStart - 1
    if reading.isMark(bracket, "("),
      let period = periods(in: sentence).last(where: { $0.tokens.upperBound == bracket }),
      tokenRange(max(sentence.lowerBound, period.tokens.lowerBound - 2), period.tokens.lowerBound + 1)
        .contains(where: { isComparison($0) })
    {
      return true
    }
    // "29 (43 in 2023)".
    if reading.isMark(bracket, "("),
      periods(in: tokenRange(mention.headStart, mention.headStart + 3)).contains(where: {
        reading.isMark($0.tokens.upperBound, ")")
      })
    {
      return true
    }
    var index = mention.phraseStart - 1
    while index >= max(sentence.lowerBound, mention.phraseStart - 4), !reading.isNumber(index) {
      if isComparison(index) { return true }
      index -= 1
    }
    return false
  }

  /// The claim itself, or the one that it is compared with, before it in the text.
  func ofMain(_ claim: Int) -> Int {
    var index = claim
    while index > 0, isOfOther[index],
      MetricFinder.base(claims[index - 1].metric) == MetricFinder.base(claims[index].metric)
    {
      index -= 1
    }
    return isOfOther[index] ? claim : index
  }

  /// "which launched in 2017": the start of the operation, not the period of a figure.
  func isFounding(_ period: PeriodMention) -> Bool {
    if reading.isWord(period.tokens.lowerBound, .since) { return false }
    return (max(0, period.tokens.lowerBound - 2)..<period.tokens.lowerBound).contains { reading.isWord($0, .founded) }
  }

  /// "And 691 arrests were made …": a sentence that goes on with what the last one said.
  func carriesOn(_ sentence: Sentence) -> Bool {
    let first = sentence.tokens.lowerBound
    return reading.isWord(first, .and | .conjunction | .link)
      // "That was down 43 per cent on …".
      || reading.isWord(first + 1, .be) && (reading.reads(first, "that") || reading.reads(first, "this"))
      || (reading.isWord(first, .of) && !sentence.startsParagraph)
  }

  /// "2022-23 (2020-21 in brackets)", "74 burglaries (96 last year)": what the numbers in brackets of the lines below are of.
  func noteBrackets(_ sentence: Sentence) {
    let inside = periods(in: sentence.tokens)
    let word = sentence.tokens.last { reading.isWord($0, .bracketWord) }
    if let word, let own = inside.last(where: { $0.tokens.upperBound <= word && word - $0.tokens.upperBound <= 6 }) {
      bracketPeriod = own
    } else if let own = inside.last, reading.isMark(own.tokens.upperBound, ")"),
      reading.isNumber(own.tokens.lowerBound - 1),
      reading.isMark(own.tokens.lowerBound - 2, "("), isListItem(sentence) || sentence.startsBlock
    {
      bracketPeriod = own
    } else if sentence.tokens.count > Self.bracketLine {
      bracketPeriod = nil
    }
  }

  /// "(96 last year)", "(last year: 11)": of the number in the bracket only.
  private func isOfBracket(_ period: PeriodMention) -> Bool {
    if reading.isMark(period.tokens.lowerBound - 1, "("), reading.isMark(period.tokens.upperBound, ":"),
      reading.isNumber(period.tokens.upperBound + 1)
    {
      return true
    }
    return isBehindBracketed(period) || isInBracket(period)
  }

  /// "(the previous high was 10,611 in 2019)": behind a number in the same brackets.
  private func isInBracket(_ period: PeriodMention) -> Bool {
    guard reading.tokens.indices.contains(period.tokens.upperBound), reading.isMark(period.tokens.upperBound, ")")
    else { return false }
    var index = period.tokens.lowerBound - 1
    var hasNumber = false
    while index > period.tokens.lowerBound - Self.bracketReach, index >= 0, !reading.isMark(index, ")") {
      if reading.isMark(index, "(") { return hasNumber }
      hasNumber = hasNumber || reading.isNumber(index)
      index -= 1
    }
    return false
  }

  /// Tokens of a remark in brackets before its period.
  private static let bracketReach = 12

  private func isBehindBracketed(_ period: PeriodMention) -> Bool {
    reading.isNumber(period.tokens.lowerBound - 1) && reading.isMark(period.tokens.lowerBound - 2, "(")
      && reading.isMark(period.tokens.upperBound, ")")
  }

  /// Tokens of a line of a list with numbers in brackets.
  private static let bracketLine = 14

  /// The period of a number that stands alone in brackets, where a line above says which it is.
  func periodOfBracket(_ mention: NumberMention) -> Period? {
    guard let bracketPeriod, reading.isMark(mention.phraseStart - 1, "("), reading.isMark(mention.headStart, ")") else {
      return nil
    }
    return resolve(bracketPeriod, in: lastFrame ?? lead?.period)
  }

  /// The period that the grammar binds to a number, else the one of its sentence.
  func period(
    _ mention: NumberMention, after previousEnd: Int, bound: Int, sentence: Sentence, frame: Period?, isChange: Bool
  ) -> Period? {
    let context = frame ?? lastFrame ?? lead?.period ?? lastStated
    if isChange, let later = laterOfChange(sentence) { return later }
    // "in the whole of 2024 (26.5 tonnes)".
    if !isChange, reading.isMark(mention.phraseStart - 1, "("),
      let own = periods(in: tokenRange(previousEnd, mention.phraseStart)).last,
      own.tokens.upperBound == mention.phraseStart - 1, own.shift == 0, !own.isSame, own.period.start != nil
    {
      return resolve(own, in: context)
    }
    let behind = periods(in: tokenRange(mention.headStart, bound)).first { period in
      guard !isFounding(period), !isRecord(period, in: sentence) else { return false }
      // "£690 million (2022/23: £571 million)": of the next number.
      if reading.isMark(period.tokens.lowerBound - 1, "("), reading.isMark(period.tokens.upperBound, ":") {
        return false
      }
      // "2013 – 2214, 2014 – 2487": it leads in to the next one.
      let end = period.tokens.upperBound
      if reading.isMark(end, "-") || reading.isMark(end, ":"), reading.tokens[end].gap < .line,
        !reading.touchesPrevious(end + 1), reading.isNumber(end + 1), period.tokens.lowerBound > mention.headStart
      {
        return false
      }
      let gap = tokenRange(mention.headStart, period.tokens.lowerBound + 1)
      // "less than half the number recorded in 2009/10".
      let isPartOfOther =
        (mention.form == .fraction || mention.form == .multiple) && reading.isWord(mention.headStart, .determiner)
        && tokenRange(mention.headStart + 1, mention.headStart + 4).contains {
          reading.isWord($0, .rank | .rateWord | .total)
        }
      let isOfOther = isPartOfOther || gap.contains { isComparison($0) || reading.isMark($0, ";") }
      return !(isOfOther && (isChange || bound < sentence.tokens.upperBound || period.shift != 0))
    }
    if let behind, behind.shift == 0 || !isChange { return resolve(behind, in: context) }
    // "the previous year (219,100)", "2013/14, when the total was 484,645", "2018: 12".
    let before = periods(in: tokenRange(previousEnd, mention.phraseStart)).last
    if let before, !isChange,
      !isFounding(before)
        || reading.isMark(before.tokens.upperBound, ",") && reading.isWord(before.tokens.upperBound + 1, .when)
    {
      let gap = tokenRange(before.tokens.upperBound, mention.phraseStart)
      let leads =
        gap.count == 1 && reading.isMark(mention.phraseStart - 1, "(") && before.shift == 0
        || gap.contains { reading.isWord($0, .when) || reading.isWord($0, .relative) && reading.isWord($0 - 1, .in) }
        || gap.count <= 2
          && gap.contains { reading.isMark($0, "(") || reading.isMark($0, ":") || reading.isMark($0, "-") }
      if leads, let last = before.firstPoint {
        return Period(start: before.period.start, end: last, text: before.period.text)
      }
      if leads { return resolve(before, in: context) }
      let start = before.tokens.lowerBound
      let isOther = tokenRange(max(previousEnd, start - 3), mention.phraseStart).contains {
        isComparison($0) && !before.tokens.contains($0)
      }
      // "A year earlier it had been 405,798."
      if before.shift != 0, !isOther, start <= sentence.tokens.lowerBound + 2 {
        return resolve(before, in: lastFrame ?? context)
      }
      // "…; the low starting point, in the year to September 2012, was 13,990", "but in 2021 fell to 1,398".
      let border = tokenRange(previousEnd, start).last {
        reading.isMark($0, ";") || reading.isWord($0, .conjunction | .and)
      }
      if before.shift == 0, !isOther, previousEnd > sentence.tokens.lowerBound, border != nil {
        return resolve(before, in: context)
      }
    }
    // "…, and since September 2018: 877 charged with 7,029 offences".
    if let opening = periods(in: tokenRange(sentence.tokens.lowerBound, mention.phraseStart)).last(where: {
      reading.isMark($0.tokens.upperBound, ":")
    }), !isChange, !isCompared(mention, sentence.tokens) {
      return resolve(opening, in: context)
    }
    // "rose from 8,962 to 9,688" in a text on a year: the first is of the year before.
    if !isChange, let context, isLevelBefore(mention, sentence), let months = Self.wholeMonths(context), months <= 12 {
      return resolve(
        PeriodMention(tokens: mention.tokens, period: Period(text: "the year before"), shift: 12), in: context)
    }
    // "22,142, up 1.6% from 21,791", "1,204, compared with 987": of the year before, where the figures are of years.
    if !isChange, let context, let start = context.start, let end = context.end, end.dayNumber - start.dayNumber >= 360,
      let word = tokenRange(max(sentence.tokens.lowerBound, mention.phraseStart - 3), mention.phraseStart).last(where: {
        isComparison($0) || reading.isNumber($0)
      }), !reading.isNumber(word),
      !reading.isWord(word, .than) || reading.isWord(word + 1, .determiner),
      reading.isWord(word, .comparedTo)
        || tokenRange(max(sentence.tokens.lowerBound, word - 6), word).contains(where: {
          reading.isWord($0, .increase | .decrease)
        }),
      tokenRange(sentence.tokens.lowerBound, word).contains(where: {
        reading.isNumber($0) || reading.isWord($0, .number | .fraction | .halved | .multiple)
      })
    {
      return resolve(
        PeriodMention(tokens: mention.tokens, period: Period(text: "the year before"), shift: 12), in: context)
    }
    // "Over the same period a year earlier there were 680 calls and 151 arrests."
    if frame == nil, !isChange,
      let opening = periods(in: sentence.tokens).first, opening.shift != 0,
      opening.tokens.lowerBound <= sentence.tokens.lowerBound + 2
    {
      return resolve(opening, in: context)
    }
    return frame
  }

  /// "rose from 812 to 666", "halved from 38 to 19": the level that a change led from, where both are of the period that is
  /// spoken of.
  private func isLevelBefore(_ mention: NumberMention, _ sentence: Sentence) -> Bool {
    let from = mention.phraseStart - 1
    guard reading.isWord(from, .from), reading.isWord(mention.headStart, .to), reading.isNumber(mention.headStart + 1)
    else { return false }
    return tokenRange(max(sentence.tokens.lowerBound, from - 6), from).contains {
      reading.isWord($0, .increase | .decrease | .halved | .multiple | .up)
    }
  }

  /// The length of a period in whole months; nil for others.
  static func wholeMonths(_ period: Period) -> Int? {
    guard let start = period.start, let after = period.end?.adding(days: 1) else { return nil }
    let count = (after.year - start.year) * 12 + after.month - start.month
    return count > 0 && start.adding(months: count) == after ? count : nil
  }

  func resolve(_ mention: PeriodMention, in context: Period?) -> Period? {
    if mention.isSame, let context {
      guard let year = mention.sameYear, let start = context.start else {
        if mention.shift == 0 { return context }
        return resolve(PeriodMention(tokens: mention.tokens, period: mention.period, shift: mention.shift), in: context)
      }
      return resolve(
        PeriodMention(tokens: mention.tokens, period: mention.period, shift: (start.year - year) * 12), in: context)
    }
    guard mention.shift != 0 else { return mention.period }
    // "… was 2,088 on 31 March 2025. Over the preceding year": the twelve months up to that day.
    if let day = context?.end, context?.start == day, mention.shift == 12,
      reading.isWord(mention.tokens.lowerBound, .previousWord),
      let start = PeriodFinder.start(months: mention.shift, before: day)
    {
      return Period(start: start, end: day, text: mention.period.text)
    }
    // "Two months later", behind a day: the month.
    if mention.shift < 0, mention.shift > -12, let last = context.flatMap({ $0.end ?? $0.start }) {
      guard let month = Self.month(of: last), let start = month.start?.adding(months: -mention.shift) else {
        return mention.period
      }
      return Period(
        start: start, end: start.adding(months: 1)?.adding(days: -1), text: mention.period.text)
    }
    guard let context, let start = context.start?.adding(months: -mention.shift) else { return mention.period }
    // "since April 2023, compared with … the previous financial year": that year as a whole.
    let end =
      context.end?.adding(days: 1)?.adding(months: -mention.shift)?.adding(days: -1)
      ?? context.start?.adding(days: -1)
    return Period(start: start, end: end, text: mention.period.text)
  }

  // MARK: - Who

  func organisation(
    _ mention: NumberMention, sentence: Range<Int>, operation: Operation?
  ) -> String {
    let bodies = mentions(in: sentence).filter { $0.organisation >= 0 }
    let chosen = bodies.last { $0.tokens.lowerBound < mention.phraseStart } ?? bodies.first
    if let chosen { return reading.lexicon.gazetteer.organisations[chosen.organisation].id }
    if let lead = operation?.lead, !lead.isEmpty { return lead }
    guard let first = firstBody else { return "" }
    return reading.lexicon.gazetteer.organisations[first.organisation].id
  }
}
