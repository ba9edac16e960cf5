// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Numbers that their marks tell: of telephones, times of day, notes, addresses of pages.
extension Rejections {
  /// Groups of digits that one telephone number has at most.
  private static let phoneGroupsMax = 6

  /// "2023-03-09", "22-02-2024": any of the three numbers of a date in digits.
  private func isOfDigitDate(_ first: Int) -> Bool {
    guard
      [first - 1, first + 1].contains(where: {
        (reading.isMark($0, "-") || reading.isMark($0, "/")) && reading.touchesPrevious($0)
          && reading.touchesPrevious($0 + 1)
      })
    else { return false }
    let dates = PeriodFinder(reading: reading, country: "")
    return [first, first - 2, first - 4].contains { start in
      start >= 0 && dates.digits(start).map { $0.1 > first } ?? false
    }
  }

  /// Phone numbers, times, dates in digits, codes: told by their marks.
  func shape(_ first: Int, _ after: Int) -> RejectionReason? {
    guard reading.isNumber(first) else { return nil }
    if isOfDigitDate(first) { return .date }
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
    // "call Emergency 999 or any station".
    if Self.isShortNumber(reading, first), after == first + 1, reading.word(first - 1) == "emergency" { return .phone }
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
      !(cue + 1..<first).contains(where: { reading.isWord($0, .have | .and) || reading.lexeme($0).action >= 0 }),
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
}
