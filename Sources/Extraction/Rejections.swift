// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Tells numbers that are no figures, by what stands around them.
struct Rejections {
  let reading: Reading

  /// Groups of digits that one telephone number has at most.
  private static let phoneGroupsMax = 6

  /// - Returns: why a mention is no figure; nil if nothing here says so.
  func reason(_ mention: NumberMention) -> RejectionReason? {
    // "hundreds of hours of footage".
    if mention.form == .vague, reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .timeUnit)
    {
      return .duration
    }
    // "Twice I showed them": how often one did something.
    if mention.form == .multiple, reading.isWord(mention.headStart, .pronoun) { return .other }
    if let reason = frequency(mention) ?? rounding(mention) { return reason }
    // "significant at the 5% level".
    if mention.form == .percent, reading.isWord(mention.phraseStart - 1, .determiner),
      reading.word(mention.headStart) == "level"
    {
      return .measure
    }
    guard mention.form == .plain else { return mention.form == .money ? perUnit(mention) : nil }
    // "more than one suspect", "one or more crimes": no figure.
    if mention.low == 1, reading.isWord(mention.tokens.lowerBound, .number),
      mention.precision == .moreThan || mention.precision == .atLeast,
      mention.high == 1 || mention.headStart > mention.tokens.upperBound,
      !reading.isWord(mention.phraseStart, .at)
    {
      return .pronoun
    }
    // "Where two or more people are killed".
    if mention.low <= 3, reading.isWord(mention.tokens.lowerBound, .number), mention.precision == .atLeast,
      mention.headStart > mention.tokens.upperBound,
      reading.isWord(mention.phraseStart - 1, .when | .conjunction | .question)
    {
      return .other
    }
    if isTimeOfDay(mention) { return .time }
    // "one of the two or three biggest networks".
    if isBeforeSuperlative(mention.headStart) { return .rank }
    let first = mention.tokens.lowerBound
    let after = mention.tokens.upperBound
    if let reason = shape(first, after) { return reason }
    if let reason = date(first, after) { return reason }
    if let reason = age(mention, first, after) { return reason }
    if let reason = duration(mention, after) { return reason }
    if let reason = measure(mention, first, after) { return reason }
    return label(mention, first, after)
  }

  /// "at two in the morning".
  private func isTimeOfDay(_ mention: NumberMention) -> Bool {
    let after = mention.tokens.upperBound
    return mention.low <= 12 && reading.isWord(mention.phraseStart - 1, .at) && reading.isWord(after, .in)
      && reading.isWord(after + 1, .determiner) && PeriodFinder.partsOfDay.contains(reading.word(after + 2))
  }

  /// "caught twice in the same week", "twice-yearly", "the other half": how often, and which of two.
  private func frequency(_ mention: NumberMention) -> RejectionReason? {
    let (first, after) = (mention.tokens.lowerBound, mention.tokens.upperBound)
    if mention.form == .multiple, mention.low == 2, reading.string(mention.tokens).lowercased() == "twice",
      mention.precision == .exact, !reading.isWord(after, .as | .than | .comparative | .what | .of | .determiner)
    {
      return .other
    }
    // "in the first half of the year": when.
    if mention.form == .fraction, reading.lexeme(first).share == 50, reading.isWord(first - 1, .ordinal),
      reading.isWord(after, .of)
    {
      return .date
    }
    // "a tenth of a gram".
    if mention.form == .fraction, reading.isWord(after, .of), reading.isWord(after + 1, .determiner),
      reading.lexeme(after + 2).noun >= 0, reading.noun(after + 2).kind == "weight", !isPluralNoun(after + 2)
    {
      return .measure
    }
    if mention.form == .fraction, reading.lexeme(first).share == 50, first > 0,
      reading.word(first - 1) == "other"
    {
      return .other
    }
    return nil
  }

  /// "rounded to the nearest 1%", "figures lower than 5 are not shown", "may not sum to 100": how figures are written.
  private func rounding(_ mention: NumberMention) -> RejectionReason? {
    let first = mention.tokens.lowerBound
    if reading.isWord(first - 1, .nearest) { return .measure }
    let sentence = reading.sentences[mention.sentence].tokens
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - 2), mention.phraseStart)
    if mention.precision == .lessThan, mention.low <= 10, mention.phraseStart == sentence.lowerBound + 1,
      before.contains(where: { reading.isWord($0, .dataWord | .measure) })
    {
      return .measure
    }
    // "shown as <5 so that nobody can be identified".
    if mention.precision == .lessThan, mention.low <= 10, reading.isWord(mention.phraseStart - 1, .as),
      ["shown", "given", "recorded", "displayed", "reported"].contains(reading.word(mention.phraseStart - 2))
    {
      return .measure
    }
    // "may not sum to 100", "do not add up to 100".
    if mention.low == 100, reading.isWord(first - 1, .to), first >= 2,
      ["sum", "add", "up"].contains(reading.word(first - 2))
    {
      return .measure
    }
    return nil
  }

  /// "the two or three biggest", "the 10 largest": numbers of a rank.
  private func isBeforeSuperlative(_ index: Int) -> Bool {
    var next = index
    if reading.isWord(next, .of), reading.isWord(next + 1, .determiner) { next += 2 }
    while next < index + 6, reading.isWord(next, .or | .number) || next > index && reading.isNumber(next) { next += 1 }
    return reading.isWord(next, .superlative) && (next > index || reading.isWord(index - 2, .determiner | .or))
      && !reading.isWord(next + 1, .of)
  }

  /// "less than £4 an hour", "£10 each", "a fine of £250": prices, wages, and what one offender has to pay.
  private func perUnit(_ mention: NumberMention) -> RejectionReason? {
    let after = mention.headStart
    // "every £1 invested".
    if mention.low <= 100, reading.isWord(mention.phraseStart - 1, .every | .each) { return .denominator }
    let isPer =
      reading.isWord(after, .determiner | .per) && reading.tokens[after].end - reading.tokens[after].start <= 3
    let isHourly = isPer && ["TH", "TM"].contains(reading.timeUnit(after + 1))
    let isSmall = mention.low < 1000 && mention.high < 1000
    if isHourly || isSmall && (reading.isWord(after, .each) || isPer && reading.isWord(after + 1, .timeUnit | .noun)) {
      return .measure
    }
    let sentence = reading.sentences[mention.sentence].tokens
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - 5), mention.phraseStart)
    // "fined a total of £9,900" adds up what several pay.
    let isTotal = before.contains { reading.isWord($0, .total) } || isBetweenThem(mention.headStart)
    if !isTotal, before.contains(where: { reading.isWord($0, .fine) }) { return .penalty }
    // "to pay £95 costs".
    if isSmall, before.suffix(2).contains(where: { reading.isWord($0, .pay) }) { return .penalty }
    // "for less than £20 for a ticket", "charging £3 for": a price.
    if mention.low < Self.priceMax, mention.high < Self.priceMax, reading.isWord(after, .for),
      reading.isWord(after + 1, .determiner) || reading.word(mention.phraseStart - 1).hasPrefix("charg")
    {
      return .measure
    }
    // "would exceed the appropriate limit of 18 hours (£450)": the limit of the law on freedom of information.
    if mention.low == 450 || mention.low == 600, sentence.contains(where: { reading.isWord($0, .timeUnit) }),
      sentence.contains(where: { ["limit", "exceed", "exceeds", "exceeding", "allowed"].contains(reading.word($0)) })
    {
      return .measure
    }
    return nil
  }

  /// A sum of money below this is what one thing costs, where it is "for a" thing.
  private static let priceMax = 100.0

  /// Denominators, distances, what a thing is built for: numbers that measure and do not count.
  private func measure(_ mention: NumberMention, _ first: Int, _ after: Int) -> RejectionReason? {
    if reading.isWord(mention.phraseStart - 1, .per), !reading.isWord(after, .cent) { return .denominator }
    // "for every 1,000 people".
    if reading.isWord(first - 1, .every | .each), mention.low >= 10 { return .denominator }
    var next = after
    if reading.isMark(next, "-") { next += 1 }
    if reading.isWord(next, .distance) { return .measure }
    if reading.isWord(first - 1, .preposition | .to), reading.isWord(first - 2, .capacity) { return .measure }
    // "conspiracy to distribute 400 grams or more": what the law draws its line at.
    if reading.lexeme(after).noun >= 0, reading.noun(after).kind == "weight", reading.isWord(after + 1, .or),
      reading.word(after + 2) == "more"
    {
      return .statute
    }
    // "the 11 policing districts", "the 27 EU Member States": all that there are.
    if isAllOfThem(first, after) { return .denominator }
    // "targeted five times": how often it happened to one.
    if reading.isWord(after, .times), mention.low < 20, !reading.isWord(after + 1, .comparative | .as | .of) {
      return .other
    }
    // "pleaded guilty to two counts of …": what one person is charged with.
    if reading.word(after).hasPrefix("count"), reading.isWord(mention.phraseStart - 1, .to),
      reading.word(mention.phraseStart - 2) == "guilty"
    {
      return .other
    }
    // "He faces six counts", "She has been charged with 12 offences".
    if isOfOnePerson(mention, after) { return .other }
    // "the legal limit is 35".
    if reading.isWord(first - 1, .be | .of), reading.isWord(first - 2, .limit) { return .measure }
    return nil
  }

  /// Whether a sentence that speaks of him or her alone says how many offences there are.
  private func isOfOnePerson(_ mention: NumberMention, _ after: Int) -> Bool {
    guard ["count", "counts", "offences", "charges"].contains(reading.word(after)) else { return false }
    let sentence = reading.sentences[mention.sentence].tokens
    guard ["he", "she"].contains(reading.word(sentence.lowerBound)) else { return false }
    return tokenRange(sentence.lowerBound + 1, min(sentence.lowerBound + 5, mention.phraseStart)).contains {
      ["faces", "faced", "charged", "admitted", "denied", "denies"].contains(reading.word($0))
    }
  }

  /// "four of the 11 policing districts", "its 196 member countries": how many areas there are, with "of the" or "member".
  private func isAllOfThem(_ first: Int, _ after: Int) -> Bool {
    let names = tokenRange(after, min(after + 3, reading.tokens.count))
    if names.contains(where: { ["member"].contains(reading.word($0)) && reading.lexeme($0 + 1).noun >= 0 }) {
      return true
    }
    guard reading.isWord(first - 1, .determiner), reading.isWord(first - 2, .of), reading.word(first - 1) == "the"
    else { return false }
    return names.contains { Self.partsOfCountry.contains(reading.word($0)) }
  }

  private static let partsOfCountry: Set<String> = ["districts", "boroughs", "provinces", "states", "divisions"]

  /// Phone numbers, times, dates in digits, codes: told by their marks.
  private func shape(_ first: Int, _ after: Int) -> RejectionReason? {
    guard reading.isNumber(first) else { return nil }
    if let reason = inRun(first, after) { return reason }
    // 0808 800 5000: digits that begin with 0 and are followed by more.
    var start = first
    while start > 0, first - start < Self.phoneGroupsMax, reading.isNumber(start - 1),
      reading.tokens[start].gap == .space
    {
      start -= 1
    }
    var end = after
    while end - after < Self.phoneGroupsMax, reading.isNumber(end), reading.tokens[end].gap == .space { end += 1 }
    let digits = (start..<end).reduce(0) { $0 + (reading.isNumber($1) ? reading.digitCount($1) : 0) }
    if reading.text[Int(reading.tokens[start].start)] == UInt8(ascii: "0"), digits >= 7 { return .phone }
    if reading.isMark(start - 1, "+"), digits >= 9 { return .phone }
    // "1800 666 111": the first group is too long for thousands.
    if end - start >= 3, digits >= 9, digits <= 13, reading.tokens[start].end - reading.tokens[start].start == 4,
      reading.year(start) == nil || reading.year(start + 1) == nil
    {
      return .phone
    }
    // "+1 (202) 732 4213", "(02) 6131 6333".
    if let reason = bracketed(start, end) { return reason }
    // "ring 999", "on 101".
    if digits == 3, after == first + 1, Self.shortNumbers.contains(reading.string(first..<after)),
      reading.isWord(first - 1, .phone) || reading.isMark(first - 1, "(") || isCallOn(first - 1)
    {
      return .phone
    }
    // "on 101, or 999 in an emergency".
    if Self.isShortNumber(reading, first), after == first + 1, reading.isWord(first - 1, .or),
      tokenRange(max(0, first - 4), first - 1).contains(where: { reading.isNumber($0) })
    {
      return .phone
    }
    // "41,875 999 calls", "callers to 101", "ext. 24865".
    if Self.isShortNumber(reading, first), after == first + 1,
      isCalls(after) || reading.isWord(first - 1, .to) && isCalls(first - 2)
    {
      return .phone
    }
    // "one in three 999 targets": the service.
    if Self.isShortNumber(reading, first), after == first + 1, reading.tokens.indices.contains(after),
      Self.ofService.contains(reading.word(after))
    {
      return .phone
    }
    // "Report suspicious activity: 105, or 0800 555 111".
    if digits == 3, after == first + 1, reading.isMark(first - 1, ":"),
      tokenRange(after, min(after + 3, reading.tokens.count)).contains(where: {
        reading.isNumber($0) && reading.text[Int(reading.tokens[$0].start)] == UInt8(ascii: "0")
      })
    {
      return .phone
    }
    if reading.isMark(first - 1, "."), first >= 2, reading.word(first - 2) == "ext" {
      return .phone
    }
    // "text 60066", "call us on 1400"; not "our helpline took 1,400 calls", where a verb follows.
    if let cue = (max(0, first - 3)..<first).last(where: { reading.isWord($0, .phone) }),
      !(cue + 1..<first).contains(where: { reading.isWord($0, .have) || reading.lexeme($0).action >= 0 }),
      !reading.isWord(after, .noun),
      reading.digitCount(first) >= 3, !isGrouped(first),
      !reading.isWord(first - 1, .rank) || digits >= 3
    {
      return .phone
    }
    if reading.isMark(after, ":"), reading.touchesPrevious(after), reading.isNumber(after + 1) {
      return .time
    }
    if reading.isMark(first - 1, ":"), reading.touchesPrevious(first), reading.isNumber(first - 2) {
      return .time
    }
    if reading.isWord(after, .clock) { return .time }
    // "H1 2024": a half of a year.
    if reading.year(first) != nil, after == first + 1, first >= 2, reading.touchesPrevious(first - 1),
      ["h"].contains(reading.word(first - 2))
    {
      return .date
    }
    // "5 a.m.".
    if reading.isMark(after + 1, "."), reading.isMark(after + 3, "."), reading.touchesPrevious(after + 1),
      ["a", "p"].contains(reading.word(after)),
      reading.string(after + 2..<after + 3).lowercased() == "m"
    {
      return .time
    }
    if isFootnoteMark(first, after) { return .identifier }
    if isTollFreeInDigits(first, after) { return .phone }
    // "- 30 -": where a text for the press ends.
    if reading.isMark(first - 1, "-"), reading.isMark(after, "-"), reading.tokens[first - 1].gap >= .line,
      after + 1 >= reading.tokens.count || reading.tokens[after + 1].gap >= .line
    {
      return .identifier
    }
    let slashBefore = reading.isMark(first - 1, "/") && reading.touchesPrevious(first)
    let slashAfter = reading.isMark(after, "/") && reading.touchesPrevious(after)
    if slashBefore || slashAfter {
      return reading.isNumber(first - 2) || reading.isNumber(after + 1) ? .date : .identifier
    }
    // "M6", "Covid-19", "12a".
    if reading.touchesPrevious(first), first > 0, reading.tokens[first - 1].kind == .word {
      return .identifier
    }
    if reading.isMark(first - 1, "-"), reading.touchesPrevious(first), reading.touchesPrevious(first - 1),
      first > 1, reading.tokens[first - 2].kind == .word,
      !reading.isWord(first - 2, .number | .from | .locative | .preposition)
    {
      return .identifier
    }
    if reading.touchesPrevious(after), after < reading.tokens.count,
      reading.tokens[after].kind == .word
    {
      if reading.isWord(after, .ordinalSuffix) {
        return reading.isWord(after + 1, .month) || reading.isWord(after + 1, .of) && reading.isWord(after + 2, .month)
          ? .date : .ordinal
      }
      if !reading.isWord(after, .timeUnit | .noun | .distance | .clock) { return .identifier }
    }
    return nil
  }

  /// "(excluding fraud)1 in the year", "pandemic.2 The": the number of a note, raised on the page that the text is from.
  private func isFootnoteMark(_ first: Int, _ after: Int) -> Bool {
    guard first >= 2, reading.digitCount(first) <= 2, reading.touchesPrevious(first),
      reading.tokens[first - 1].kind == .mark, reading.touchesPrevious(first - 1),
      reading.tokens[first - 2].kind == .word, reading.tokens.indices.contains(after), !reading.touchesPrevious(after)
    else { return false }
    let next = reading.tokens[after]
    if reading.isMark(first - 1, ".") { return next.kind == .word && next.isCapitalized }
    return (reading.isMark(first - 1, ")") || reading.isMark(first - 1, ",") || reading.isMark(first - 1, "\""))
      && next.kind == .word && !next.isCapitalized && next.gap == .space && !reading.isWord(after, .noun)
  }

  /// Emergency and public service numbers that texts name without a word for calling right before them.
  /// "999", "101": a number to ring.
  static func isShortNumber(_ reading: Reading, _ index: Int) -> Bool {
    reading.isNumber(index) && reading.digitCount(index) == 3
      && shortNumbers.contains(reading.string(index..<index + 1))
  }

  /// "calls", "callers", "call".
  private func isCalls(_ index: Int) -> Bool {
    reading.tokens.indices.contains(index) && reading.tokens[index].kind == .word
      && reading.word(index).hasPrefix("call")
  }

  /// What is named after the number that is rung.
  private static let ofService: Set<String> = [
    "target", "targets", "response", "operator", "operators", "service", "system", "number", "handlers", "emergency",
  ]

  private static let shortNumbers: Set<String> = ["999", "101", "112", "911", "111", "000", "116"]

  private func isCallOn(_ index: Int) -> Bool {
    tokenRange(max(0, index - 5), index + 1).contains { reading.isWord($0, .phone) }
      || reading.isWord(index, .preposition) && ["on", "via"].contains(reading.word(index))
  }

  /// A group of digits in brackets beside others.
  private func bracketed(_ start: Int, _ end: Int) -> RejectionReason? {
    var low = start
    var high = end
    var steps = 0
    while steps < 8, low > 0,
      reading.isNumber(low - 1) || reading.isMark(low - 1, "(") || reading.isMark(low - 1, ")")
        || reading.isMark(low - 1, "+")
        || reading.isMark(low - 1, "-") && reading.touchesPrevious(low - 1) && reading.touchesPrevious(low)
    {
      low -= 1
      steps += 1
    }
    steps = 0
    while steps < 8,
      reading.isNumber(high) || reading.isMark(high, ")") || reading.isMark(high, "(")
        || reading.isMark(high, "-") && reading.touchesPrevious(high) && reading.touchesPrevious(high + 1)
    {
      high += 1
      steps += 1
    }
    let tokens = tokenRange(low, high)
    let digits = tokens.reduce(0) { $0 + (reading.isNumber($1) ? reading.digitCount($1) : 0) }
    let opens = tokens.first.map { reading.isMark($0, "(") || reading.isMark($0, "+") } ?? false
    return opens && digits >= 8 && digits <= 15 && tokens.contains(where: { reading.isMark($0, ")") })
      && !tokens.contains { reading.isNumber($0) && isGrouped($0) } ? .phone : nil
  }

  /// "1,400", "2.5": digits with marks between them, as no telephone number has.
  private func isGrouped(_ index: Int) -> Bool {
    reading.tokens[index].end - reading.tokens[index].start != Int32(reading.digitCount(index))
  }

  /// Numbers within a run of characters without a space: addresses of pages, dates with times, scores, and
  /// telephone numbers with brackets and hyphens.
  private func inRun(_ first: Int, _ after: Int) -> RejectionReason? {
    let limit = 60
    var start = first
    while start > 0, first - start < limit, reading.tokens[start].gap == .none { start -= 1 }
    var end = after
    while end < reading.tokens.count, end - after < limit, reading.tokens[end].gap == .none { end += 1 }
    guard end - start > 2 else { return nil }
    if isTollFree(start) { return .phone }
    var groups = 0
    var digits = 0
    for index in start..<end {
      if reading.isMark(index, "/"), reading.isMark(index + 1, "/") { return .identifier }
      if reading.isWord(index, .webWord), index > start, reading.isMark(index - 1, ".") { return .identifier }
      guard reading.isNumber(index) else { continue }
      groups += 1
      digits += reading.digitCount(index)
    }
    let isSeparated = (start..<end).allSatisfy { index in
      reading.isNumber(index) || reading.isMark(index, "-") || reading.isMark(index, "(") || reading.isMark(index, ")")
        || reading.isMark(index, "+") || reading.isMark(index, ".") || reading.isMark(index, ",")
    }
    guard isSeparated else { return nil }
    if groups >= 4, reading.year(start) != nil { return .date }
    if groups >= 3, digits >= 9 { return .phone }
    // "lost 4-1": the first number is the larger one, or the range would have taken both.
    if groups == 2, reading.isMark(first - 1, "-"), reading.isNumber(first - 2), digits <= 4 { return .other }
    if groups == 2, reading.isMark(after, "-"), reading.isNumber(after + 1), digits <= 4 { return .other }
    return nil
  }

  /// "1-800-222-TIPS": a number of North America that costs nothing to ring, with letters for digits or without.
  private func isTollFree(_ start: Int) -> Bool {
    guard reading.isNumber(start), reading.string(start..<start + 1) == "1", reading.isMark(start + 1, "-"),
      reading.isNumber(start + 2), reading.digitCount(start + 2) == 3, reading.isMark(start + 3, "-")
    else { return false }
    return reading.text[Int(reading.tokens[start + 2].start)] == UInt8(ascii: "8")
  }

  /// "1-800-222-TIPS (8477)": the same in digits.
  private func isTollFreeInDigits(_ first: Int, _ after: Int) -> Bool {
    guard reading.isMark(first - 1, "("), reading.isMark(after, ")"), first > 6 else { return false }
    var start = first - 2
    while start > 0, first - start < 12, reading.touchesPrevious(start) { start -= 1 }
    return isTollFree(start)
  }

  private func date(_ first: Int, _ after: Int) -> RejectionReason? {
    // "ended Sept. 30, 2023".
    if reading.isNumber(first), reading.digitCount(first) <= 2, reading.isMark(first - 1, "."), isMonthName(first - 2),
      reading.isMark(after, ",") || reading.isMark(after, ".") || reading.year(after) != nil
        || reading.isWord(after, .and | .with | .to)
        || reading.isWord(first - 3, .preposition | .locative | .to | .from)
    {
      return .date
    }
    // "a 2014 tractor-trailer": of which year it is.
    if reading.year(first) != nil, reading.isWord(first - 1, .determiner),
      reading.word(first - 1) == "a"
    {
      return .date
    }
    // "the weekend of 8 and 9 June".
    if reading.isNumber(first), after == first + 1, reading.digitCount(first) <= 2,
      reading.isWord(after, .and | .to) || reading.isMark(after, "-"), reading.isNumber(after + 1),
      reading.digitCount(after + 1) <= 2, isMonthName(after + 2)
    {
      return .date
    }
    // "from October 4 to 10", "11 to 17 October": a range of days.
    if reading.isNumber(first), reading.isNumber(after - 1), isMonthName(first - 1) || isMonthName(after),
      reading.digitCount(first) <= 2, reading.digitCount(after - 1) <= 2, after == first + 3
    {
      return .date
    }
    let single = after == first + 1
    if single, reading.isWord(first - 1, .month) || reading.isWord(after, .month),
      let value = reading.isNumber(first) ? reading.value(ofDigits: first) : nil,
      value <= 31 || reading.year(first) != nil, isMonthName(first - 1) || isMonthName(after),
      !countsBelowDate(first, after)
    {
      return .date
    }
    // "over the weekend of April 13 and 14".
    if single, reading.isNumber(first), reading.digitCount(first) <= 2, reading.isWord(first - 1, .and | .to),
      reading.isNumber(first - 2), reading.digitCount(first - 2) <= 2, isMonthName(first - 3),
      reading.lexeme(after).noun < 0
    {
      return .date
    }
    // "2017 – 1977": what was counted in that year.
    let isListed =
      reading.isMark(first - 1, "-") && !reading.touchesPrevious(first) && reading.year(first - 2) != nil
    if reading.year(first) != nil, !isListed {
      // "2016 arrests were made" counts; "in 2016", "2016 figures" and a bare year do not.
      let counts =
        reading.lexeme(after).noun >= 0 && isPluralNoun(after)
        && !reading.isWord(first - 1, .in | .since | .from | .to | .of | .yearWord | .this)
        && !reading.isMark(first - 1, ",")
      if !counts { return .date }
    }
    return nil
  }

  /// "Monday 17 June⏎23 arrests": a line that begins with a figure, below a date.
  private func countsBelowDate(_ first: Int, _ after: Int) -> Bool {
    guard reading.tokens[first].gap >= .line, reading.tokens.indices.contains(after), !isMonthName(after) else {
      return false
    }
    return reading.tokens[after].kind == .word && reading.tokens[after].gap == .space && reading.year(first) == nil
      && !reading.isWord(after, .timeUnit | .weekday)
  }

  /// "May" and "March" are months only in capitals.
  private func isMonthName(_ index: Int) -> Bool {
    reading.isWord(index, .month) && reading.tokens[index].isCapitalized
  }

  func isPluralNoun(_ index: Int) -> Bool {
    let token = reading.tokens[index]
    return reading.text[Int(token.end) - 1] | 0x20 == UInt8(ascii: "s") || reading.isWord(index, .irregularPlural)
  }

  private func duration(_ mention: NumberMention, _ after: Int) -> RejectionReason? {
    var next = after
    let isHyphen = reading.isMark(next, "-") && reading.touchesPrevious(next)
    if isHyphen { next += 1 }
    // "two working days", "three consecutive nights".
    if reading.isWord(next, .dayKind), reading.isWord(next + 1, .timeUnit) { return .duration }
    guard reading.isWord(next, .timeUnit) else {
      // "two-pronged", "17-strong": the number is part of an adjective.
      if isHyphen, next < reading.tokens.count, reading.tokens[next].kind == .word,
        !reading.isWord(next, .noun | .strong | .fold), reading.lexeme(next).noun < 0
      {
        // "Sixty-plus", "2,700-plus": a qualifier.
        return mention.headStart > mention.tokens.upperBound ? nil : .other
      }
      return nil
    }
    guard !isHyphen, reading.isWord(next, .yearWord) || isYears(next) else { return .duration }
    guard let action = jailAction(before: mention.phraseStart, in: mention.sentence) else {
      if addsUpTerms(mention) { return nil }
      // "a combined total of nine years in prison".
      if reading.isWord(mention.phraseStart - 1, .of), reading.isWord(mention.phraseStart - 2, .total),
        isInPrison(next + 1)
      {
        return nil
      }
      // "They received 46 years between them".
      let isShared = tokenRange(next, min(next + 4, reading.sentences[mention.sentence].tokens.upperBound)).contains {
        isBetweenThem($0)
      }
      return isShared && reading.isWord(mention.phraseStart - 1, .receive) ? nil : .duration
    }
    // Prison terms count as a total only where the text adds them up.
    let sentence = reading.sentences[mention.sentence].tokens
    let window = tokenRange(max(sentence.lowerBound, action - 4), min(sentence.upperBound, next + 4))
    // "72 dealers jailed for more than 221 years": no single term is as long.
    if mention.low >= Self.termMax, isYears(next) || isYears(next - 1) { return nil }
    return window.contains { reading.isWord($0, .total) || isBetweenThem($0) } ? nil : .penalty
  }

  /// Words of courts and prisons before a number of years that several people got.
  private static let termWords: Set<String> = [
    "serve", "serving", "given", "handed", "terms", "sentences", "sentenced", "received", "imprisonment", "passed",
  ]

  /// "will serve almost 200 years", "were given a total of 197 years", "terms adding up to 31 years".
  func addsUpTerms(_ mention: NumberMention) -> Bool {
    let sentence = reading.sentences[mention.sentence].tokens
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - 9), mention.phraseStart)
    guard isYears(mention.tokens.upperBound), before.contains(where: { Self.termWords.contains(reading.word($0)) })
    else {
      return false
    }
    return mention.low >= Self.termMax
      || before.suffix(4).contains { reading.isWord($0, .total) || reading.word($0).hasPrefix("add") }
      || tokenRange(mention.phraseStart, mention.tokens.lowerBound).contains { reading.word($0).hasPrefix("add") }
  }

  /// "in prison", "behind bars", at "in".
  func isInPrison(_ index: Int) -> Bool {
    reading.isWord(index, .in | .locative | .preposition) && reading.isWord(index + 1, .prisonWord)
      || reading.isWord(index, .prisonWord)
  }

  /// Years: a term this long is a total of several.
  private static let termMax = 60.0

  private func isYears(_ index: Int) -> Bool { reading.timeUnit(index) == "Y" }

  private func isBetweenThem(_ index: Int) -> Bool {
    reading.isWord(index, .between) && reading.isWord(index + 1, .pronoun)
  }

  /// The verb of a prison term before a token, at most twelve tokens away.
  func jailAction(before index: Int, in sentence: Int) -> Int? {
    let start = max(reading.sentences[sentence].tokens.lowerBound, index - 12)
    return tokenRange(start, index).last {
      reading.lexicon.metric(action: reading.lexeme($0).action, kind: "year") != nil || reading.isWord($0, .prisonWord)
    }
  }

  /// Pairs of a page and the next chapter from which on a line is a table of contents.
  private static let contentsPairs = 3

  /// Tokens around a sentence that may be of the same table of contents.
  private static let contentsReach = 60

  /// "1 Introduction 2 2 Stop and search 5 3 Arrests 24 4 Other powers 37": pages and chapters.
  func isContents(_ sentence: Int) -> Bool {
    var chapter = 0.0
    var pairs = 0
    // Its leaders look like the ends of sentences: the line counts, as far as the chapters before and behind reach.
    var line = reading.sentences[sentence].tokens
    let (first, last) = (
      max(0, line.lowerBound - Self.contentsReach), min(reading.tokens.count, line.upperBound + Self.contentsReach)
    )
    while line.lowerBound > first, reading.tokens[line.lowerBound].gap < .line {
      line = line.lowerBound - 1..<line.upperBound
    }
    while line.upperBound < last, reading.tokens[line.upperBound].gap < .line {
      line = line.lowerBound..<line.upperBound + 1
    }
    for index in line
    where reading.isNumber(index) && reading.isNumber(index + 1) && reading.tokens[index + 1].gap == .space {
      guard let next = reading.value(ofDigits: index + 1), next < 40 else { return false }
      pairs = next == chapter + 1 || chapter == 0 ? pairs + 1 : 0
      chapter = next
    }
    return pairs >= Self.contentsPairs
  }

  /// Whether the number before or behind this one stands in brackets of its own as well.
  private func isNumbered(_ mention: NumberMention) -> Bool {
    let first = mention.tokens.lowerBound
    guard mention.low < 10, first >= 2, reading.tokens.indices.contains(first + 2),
      reading.tokens[first + 2].kind == .word,
      // "Fife (13) and Highland (11)": said of a name.
      reading.tokens[first - 2].kind == .mark || reading.isWord(first - 2, .and | .to | .determiner)
    else { return false }
    let sentence = reading.sentences[mention.sentence].tokens
    let reach = tokenRange(
      max(0, sentence.lowerBound - Self.enumerationReach),
      min(reading.tokens.count, sentence.upperBound + Self.enumerationReach))
    return reach.contains {
      guard reading.isNumber($0), reading.isMark($0 - 1, "("), reading.isMark($0 + 1, ")"),
        let value = reading.value(ofDigits: $0)
      else { return false }
      return abs(value - mention.low) == 1
    }
  }

  /// Things that have a number.
  private static let numbered: Set<String> = [
    "platform", "junction", "gate", "flat", "room", "terminal", "ward", "phase", "chapter", "volume", "episode",
    "season",
    "image", "photo", "picture", "caption", "lane", "unit", "appendix", "annex", "footnote",
  ]

  private static let channels: Set<String> = ["freeview", "freesat", "freely", "sky", "virgin", "channel"]

  /// "Registered charity England and Wales 216401. Scotland SC037717. Jersey 384."
  private func isOfCharity(_ mention: NumberMention) -> Bool {
    let sentence = reading.sentences[mention.sentence]
    let first = max(0, sentence.tokens.lowerBound - Self.enumerationReach)
    return tokenRange(first, mention.tokens.lowerBound).contains {
      reading.word($0) == "charity" && reading.word($0 - 1) == "registered"
    }
  }

  /// Tokens around a sentence within which the next number of an enumeration stands.
  private static let enumerationReach = 40

  /// Numbers that name something: sections, pages, houses, ranks, bullets.
  private func label(_ mention: NumberMention, _ first: Int, _ after: Int) -> RejectionReason? {
    let before = first - 1
    if reading.isWord(before, .statute), reading.lexeme(before).noun < 0 { return .statute }
    if reading.isWord(before, .page), reading.isNumber(first) { return .page }
    if reading.isWord(before, .rank), !reading.isWord(after, .noun) { return .rank }
    if reading.isWord(before, .identifier) { return .identifier }
    // "Reference: 4723…", "incident 1873", "Table 4", "Figure 2", "Question 3".
    if reading.isMark(before, ":"), reading.isWord(before - 1, .identifier) { return .identifier }
    // "Press Release Number: 24-581".
    if reading.isMark(before, ":"), reading.isWord(before - 1, .rank), mention.precision == .range {
      return .identifier
    }
    // "Case No. 25-003319".
    if reading.isMark(before, "."), reading.isWord(before - 1, .rank), mention.precision == .range {
      return .identifier
    }
    // "Long Mile Road, Dublin 12", "Phoenix Park, Dublin 8, D08 HN3X": a postal district.
    if reading.isNumber(first), mention.low < 30, before > 1, reading.tokens[before].isCapitalized,
      reading.isMark(before - 1, ","), reading.tokens[before - 2].isCapitalized,
      reading.isWord(before - 2, .street) || reading.word(before) == "dublin" && reading.endsPlainly(after)
    {
      return .address
    }
    // "Columbia, SC 29201", "2517 JR The Hague".
    if reading.isNumber(first), after == first + 1, reading.tokens.indices.contains(before),
      reading.digitCount(first) == 5,
      reading.tokens[first].end - reading.tokens[first].start == 5, reading.tokens[before].isAllCaps,
      reading.tokens[before].end - reading.tokens[before].start == 2
    {
      return .postcode
    }
    if reading.isNumber(first), after == first + 1, reading.digitCount(first) == 4,
      reading.tokens.indices.contains(after),
      reading.tokens[first].end - reading.tokens[first].start == 4, reading.tokens[after].isAllCaps,
      reading.tokens[after].end - reading.tokens[after].start == 2, reading.lexeme(after).noun < 0,
      reading.tokens.indices.contains(after + 1), reading.tokens[after + 1].isCapitalized
    {
      return .postcode
    }
    if reading.isWord(before, .table), reading.isNumber(first), mention.phraseStart == first,
      reading.tokens[before].isCapitalized || reading.endsPlainly(after)
    {
      return .identifier
    }
    if reading.isNumber(first), reading.digitCount(first) >= 9, after == first + 1,
      reading.tokens[first].end - reading.tokens[first].start == Int32(reading.digitCount(first))
    {
      return .identifier
    }
    // "charity number 1098765": no separator in as many digits.
    if reading.isNumber(first), after == first + 1, reading.digitCount(first) >= 7,
      reading.tokens[first].end - reading.tokens[first].start == Int32(reading.digitCount(first)),
      reading.lexeme(after).noun < 0, !reading.isMark(first - 1, "$")
    {
      return .identifier
    }
    if reading.isMark(before, "#") { return .identifier }
    // "lower than five and above nil": a bound, and no figure.
    if mention.low == 0, mention.precision != .exact, reading.isWord(first, .number) { return .other }
    // "Lanthorn 2 results": the second operation of a name.
    if reading.isNumber(first), mention.low < 20, after == first + 1, reading.isOperationName(before),
      mention.low < 4 || reading.lexeme(after).noun < 0
    {
      return .identifier
    }
    // "1 Introduction………2 2 Stop and search ... 5": a table of contents.
    if reading.isMark(before, "."), reading.isMark(before - 1, "."), reading.isMark(before - 2, "."),
      reading.isNumber(first)
    {
      return .page
    }
    // "pages 7 and 8".
    if reading.isWord(before, .and), reading.isNumber(before - 1), reading.isWord(before - 2, .page) { return .page }
    // "(quarter 3)", of a period that is stated beside it; "Quarter 3 performance report".
    if reading.isWord(before, .quarterLabel), mention.low <= 4,
      reading.endsPlainly(after) || reading.tokens[before].isCapitalized && reading.lexeme(after).noun < 0
    {
      return .identifier
    }
    if reading.isNumber(first), reading.isItemNumber(first) { return .bullet }
    // "REFERENCE NO: 18642", "Item 7.", "Page 1 of 2".
    if reading.isMark(before, ":"), reading.isWord(before - 1, .rank), reading.isWord(before - 2, .identifier) {
      return .identifier
    }
    if reading.tokens.indices.contains(before), reading.word(before) == "item", reading.tokens[before].isCapitalized {
      return .identifier
    }
    if reading.isWord(before, .of), reading.isNumber(before - 1), reading.isWord(before - 2, .page) { return .page }
    // "Reference: 917 - 23".
    if reading.isMark(before, "-"), reading.isNumber(before - 1),
      tokenRange(max(0, before - 4), before - 1).contains(where: { reading.isWord($0, .identifier) })
    {
      return .identifier
    }
    // "Mum of two tells how": of her children.
    if reading.isWord(before, .of), reading.isWord(before - 1, .relation), mention.low < 20 { return .other }
    // "platform 12", "Image (2)".
    if reading.isNumber(first), reading.tokens.indices.contains(before), mention.low < 100,
      Self.numbered.contains(reading.word(reading.isMark(before, "(") ? before - 1 : before)),
      reading.lexeme(after).noun < 0
    {
      return .identifier
    }
    // "Quote incident 1873", "Flat 12": a singular noun before a number names one thing.
    if reading.isNumber(first), reading.lexeme(before).noun >= 0, reading.tokens[before].gap != .paragraph,
      ["incident", "property"].contains(reading.noun(before).kind), !isPluralNoun(before),
      reading.endsPlainly(after) || reading.isWord(after, .of | .preposition), mention.phraseStart == first
    {
      return .identifier
    }
    // "nine times out of ten it is a scam".
    if reading.isWord(before, .of), reading.isWord(before - 1, .out), reading.isWord(before - 2, .times) {
      return .other
    }
    // "Registered charity in England and Wales 216401", "Freeview 262".
    if reading.isNumber(first), reading.tokens.indices.contains(before), reading.tokens[before].kind == .word,
      reading.tokens[before].isCapitalized, reading.endsPlainly(after) || reading.isWord(after, .or),
      reading.digitCount(first) >= 3,
      reading.tokens[first].end - reading.tokens[first].start == Int32(reading.digitCount(first)),
      Self.channels.contains(reading.word(before)) || isOfCharity(mention)
    {
      return .identifier
    }
    // "Comments (6)".
    if reading.isMark(before, "("), reading.isWord(before - 1, .boiler) { return .boilerplate }
    // "Comments 17", a line of the page.
    if reading.isWord(before, .boiler), reading.tokens[before].isCapitalized, reading.tokens[before].gap >= .line,
      after >= reading.tokens.count || reading.tokens[after].gap >= .line
    {
      return .boilerplate
    }
    if reading.isMark(before, "("), reading.isMark(after, ")"), reading.isNumber(first), mention.low < 30 {
      // "Section 40(2)".
      if reading.touchesPrevious(before), reading.isNumber(before - 1) { return .statute }
      // "(1) how many …, (2) how many", "(1) produce …; (2) engage in …".
      if reading.isWord(after + 1, .question) || isNumbered(mention) { return .bullet }
    }
    let sentence = reading.sentences[mention.sentence]
    // "10873 - missing persons" above an answer: the number of the request.
    if sentence.startsBlock, first == sentence.tokens.lowerBound, reading.isNumber(first),
      reading.digitCount(first) >= 5,
      reading.tokens[first].end - reading.tokens[first].start == Int32(reading.digitCount(first)),
      reading.isMark(after, "-"), !reading.touchesPrevious(after), reading.tokens.indices.contains(after + 1),
      reading.tokens[after + 1].kind == .word
    {
      return .identifier
    }
    // "2 The figures come from large systems.": a note below a table.
    if sentence.startsBlock, first == sentence.tokens.lowerBound, reading.isNumber(first), mention.low <= 20,
      after == first + 1, reading.tokens.indices.contains(after), reading.tokens[after].kind == .word,
      reading.tokens[after].isCapitalized, reading.lexeme(after).noun < 0, reading.lexeme(after).action < 0,
      reading.isMark(sentence.tokens.upperBound - 1, ".")
    {
      return .bullet
    }
    // "…, and how many were cautioned. (179432)": the number of a question.
    if reading.isMark(before, "("), reading.isMark(after, ")"), reading.isNumber(first), reading.digitCount(first) >= 5,
      reading.tokens[first].end - reading.tokens[first].start == Int32(reading.digitCount(first)),
      reading.isMark(before - 1, ".")
    {
      return .identifier
    }
    // "1 Officers searched a house": the number of a picture.
    if sentence.startsBlock, first == sentence.tokens.lowerBound, reading.isNumber(first), mention.low == 1,
      reading.tokens.indices.contains(after), reading.tokens[after].kind == .word, reading.tokens[after].isCapitalized,
      isPluralNoun(after)
    {
      return .bullet
    }
    // "2.1 The table sets out …".
    if sentence.startsBlock, first == sentence.tokens.lowerBound, reading.isNumber(first), mention.low < 100,
      mention.low != mention.low.rounded(), after < sentence.tokens.upperBound, reading.tokens[after].isCapitalized
    {
      return .bullet
    }
    if reading.isWord(after, .boiler) { return .boilerplate }
    if reading.isMark(after, "-"), reading.isWord(after + 2, .boiler) { return .boilerplate }
    if sentence.startsBlock, first == sentence.tokens.lowerBound, reading.isNumber(first),
      reading.isMark(after, ".") || reading.isMark(after, ")"), after + 1 < sentence.tokens.upperBound
    {
      return .bullet
    }
    // "2. Charnwood: 468": the full stop of the bullet ended the sentence.
    if reading.tokens[first].gap >= .line, reading.isNumber(first), mention.low < 100, reading.isMark(after, "."),
      reading.tokens.indices.contains(after + 1), reading.tokens[after + 1].gap == .space,
      reading.tokens[after + 1].kind == .word, reading.tokens[after + 1].isCapitalized
    {
      return .bullet
    }
    // "revised from 51".
    if reading.isWord(before, .from), reading.isWord(before - 1, .correctedWord) { return .corrected }
    // "4,310 a suspended one".
    if mention.low == 1, mention.isSpelled, before > 0, reading.isWord(before - 1, .determiner),
      ["a", "an", "the"].contains(reading.word(before - 1)), reading.lexeme(after).noun < 0,
      reading.tokens[before].kind == .word, !reading.isWord(before, .ageBound | .rank | .total | .link)
    {
      return .pronoun
    }
    // "(1) Seizures of unknown quantity are left out": a footnote and its mark.
    if reading.isNumber(first), mention.low < 20, reading.isMark(before, "("), reading.isMark(after, ")"),
      reading.tokens[before].gap >= .line || reading.touchesPrevious(before)
        || reading.isMark(before - 1, "|") || reading.tokens[before].gap == .cell
    {
      return .bullet
    }
    // "every one of those 225", "each one of our 123", "is one of them".
    if mention.low == 1, reading.isWord(before, .every | .each) { return .pronoun }
    if mention.low == 1, mention.isSpelled, reading.isWord(before, .be), reading.isWord(after, .of),
      reading.isWord(after + 1, .pronoun)
    {
      return .pronoun
    }
    // "One arrest may lead to more": any one.
    if mention.low == 1, mention.isSpelled, mention.precision == .exact, reading.lexeme(after).noun >= 0,
      reading.isWord(after + 1, .modal)
    {
      return .pronoun
    }
    // "how many were charged (3); and how many": the parts of a question.
    if reading.isNumber(first), mention.low < 20, reading.isMark(before, "("), reading.isMark(after, ")"),
      reading.isMark(after + 1, ";") || reading.isMark(after + 1, "."), reading.tokens.indices.contains(before - 1),
      !reading.tokens[before - 1].isCapitalized,
      tokenRange(max(sentence.tokens.lowerBound, before - 30), min(after + 30, sentence.tokens.upperBound)).contains(
        where: { other in
          reading.isNumber(other) && other != first && reading.isMark(other - 1, "(") && reading.isMark(other + 1, ")")
            && reading.value(ofDigits: other).map { abs($0 - mention.low) == 1 } == true
            && (reading.isMark(after + 1, ";") || reading.isMark(other + 2, ";"))
        })
    {
      return .identifier
    }
    // "in Tables 2 and 3".
    if reading.isWord(before, .and), reading.isNumber(before - 1), reading.isWord(before - 2, .table),
      reading.tokens[before - 2].isCapitalized
    {
      return .identifier
    }
    // "12 High Street": a number, one to three capitals, a kind of street.
    var next = after
    while next < sentence.tokens.upperBound, next - after < 3, reading.tokens[next].kind == .word,
      reading.tokens[next].isCapitalized, !reading.isWord(next, .street)
    {
      next += 1
    }
    if next > after, next < sentence.tokens.upperBound, reading.isWord(next, .street),
      reading.tokens[next].isCapitalized, sentence.section != .headline
    {
      return .address
    }
    return nil
  }
}
