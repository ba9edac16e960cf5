// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// When a text was published, where it says so.
extension PeriodFinder {
  /// Blocks from the start, and from the end, of a text in which it may say when it was published.
  static let publicationBlocks = 12

  /// Tokens before a date within which a word says that it is the day of publication.
  private static let cueReach = 9

  /// "Published: 14 March 2024", a line that is nothing but a date below the headline, a dateline
  /// ("London, 11 May 2024 –"), or the one such line below the text. A date above the headline is a masthead's: of the page, not of the text.
  func publicationDate() -> (date: CalendarDate, tokens: Range<Int>)? {
    var isFirst = true
    var fromLine: (date: CalendarDate, tokens: Range<Int>)?
    var atEnd: [(date: CalendarDate, tokens: Range<Int>)] = []
    let firstBlocks = (reading.opening(1).first?.block ?? 0) + Self.publicationBlocks
    let openingEnd = reading.openingEnd(3)
    for sentence in reading.sentences[reading.contentStart...] {
      defer { isFirst = false }
      let isAtTop = sentence.block < firstBlocks || sentence.tokens.lowerBound < openingEnd
      guard isAtTop || sentence.tokens.count <= 14 else { continue }
      let tokens = sentence.tokens
      guard let (date, range) = firstDate(in: tokens.prefix(20)) else { continue }
      // "Posted: 5:42 PM EST Feb 11, 2025", "Last updated: 4.30pm on Friday 5 July 2019".
      let hasCue = tokenRange(max(tokens.lowerBound, range.lowerBound - Self.cueReach), range.lowerBound).contains {
        cue in
        guard reading.isWord(cue, .publishCue) else { return false }
        // Farther away only a time of day may stand between.
        return range.lowerBound - cue <= 5
          || tokenRange(cue + 1, range.lowerBound).allSatisfy {
            reading.tokens[$0].kind != .word || reading.isWord($0, .clock | .weekday | .preposition | .at | .month)
              || reading.tokens[$0].isAllCaps
          }
      }
      if hasCue { return (date, range) }
      // "1 April 2022 to 31 March 2023": when the figures are of.
      if reading.isWord(range.upperBound, .to) || reading.isMark(range.upperBound, "-"),
        self.date(range.upperBound + 1) != nil
      {
        continue
      }
      // "March 14, 2025 11:42 AM GMT Updated 2 hours ago".
      let isStamp =
        range.lowerBound == tokens.lowerBound && hasClock(tokens, beside: range)
        && !reading.isMark(tokens.upperBound - 1, ".")
      if !isAtTop, sentence.startsBlock, tokens == range || isStamp { atEnd.append((date, range)) }
      guard fromLine == nil, isAtTop else { continue }
      let rest = tokens.count { index in
        !range.contains(index) && reading.tokens[index].kind == .word
          && !reading.isWord(index, .weekday | .clock | .preposition)
      }
      // "ITV News | Crime | Newcastle | Thursday 25 April 2024 at 6:00am".
      if fromLine == nil, sentence.startsBlock, tokens.count(where: { reading.isMark($0, "|") }) > 1,
        tokenRange(range.upperBound, tokens.upperBound).allSatisfy({
          reading.isNumber($0) || reading.tokens[$0].kind == .mark
            || reading.isWord($0, .clock | .at | .preposition | .publishCue)
            || reading.tokens[$0].end - reading.tokens[$0].start == 1 || reading.word($0) == "updated"
        })
      {
        fromLine = (date, range)
        continue
      }
      // A line with at most a place or a name beside the date. Above the headline only with a time of day, or alone and
      // without a day of the week, which a masthead has.
      let isAlone = rest == 0 && !tokens.contains { reading.isWord($0, .weekday) }
      if !isFirst || isAlone || hasClock(tokens, beside: range), sentence.startsBlock, rest <= 3,
        tokens.count <= 14 || tokens.count <= 22 && hasClock(tokens, beside: range),
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
    // "8 March 2024", the one line below a release that is nothing but a date.
    return fromLine ?? (atEnd.count == 1 ? atEnd[0] : nil)
  }

  /// "10:35am", "4.15 pm", beside a date.
  func hasClock(_ tokens: Range<Int>, beside date: Range<Int>) -> Bool {
    tokens.contains { index in
      guard !date.contains(index) else { return false }
      return reading.isWord(index, .clock)
        || reading.isMark(index, ":") && reading.isNumber(index - 1) && reading.isNumber(index + 1)
    }
  }

  func firstDate(in tokens: Range<Int>) -> (CalendarDate, Range<Int>)? {
    for index in tokens
    where !reading.isWord(index, .ending | .opening) && !reading.isWord(index + 1, .ending | .opening) {
      if let point = date(index), point.first == point.last { return (point.first, index..<point.end) }
      if let (date, end) = digits(index) { return (date, index..<end) }
    }
    return nil
  }

  /// "2021-10-21", "08/06/2023" (day first).
  func digits(_ index: Int) -> (CalendarDate, Int)? {
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
}
