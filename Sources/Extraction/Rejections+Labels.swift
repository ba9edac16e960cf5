// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Numbers that name something: pages, items, houses, ranks.
extension Rejections {
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

  private static let namesWithNumber: [String: Double] = [
    "catch": 22, "take": 5, "formula": 1, "radio": 5, "channel": 4,
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

  /// "Registered sex offenders in Cumbria number 811.": the verb of a plural, and no label.
  private func isCountVerb(_ index: Int, _ mention: NumberMention) -> Bool {
    let sentence = reading.sentences[mention.sentence].tokens
    guard reading.reads(index, "number"), reading.endsPlainly(mention.headStart), mention.phraseStart == index + 1,
      !reading.isWord(index - 1, .determiner | .identifier | .phone)
    else { return false }
    let clause = tokenRange(sentence.lowerBound, index)
    let head = clause.first { reading.lexeme($0).noun >= 0 && isPluralNoun($0) }
    return head != nil && head != index - 1 && !clause.contains { reading.isWord($0, .be | .have | .modal) }
  }

  /// Words for the offences that most deaths on the roads come of: "fatal four", "lifesaver offences".
  private static let roadOffences: Set<String> = ["lifesaver", "life", "fatal", "killer"]

  /// "3 of 12", as a line, or before a bar or a bracket: a page of a gallery, and how many there are.
  private func isOfPages(_ first: Int, _ after: Int) -> Bool {
    let of = reading.isWord(after, .of) ? after : first - 1
    guard reading.isWord(of, .of), reading.isNumber(of - 1), reading.isNumber(of + 1),
      reading.digitCount(of - 1) <= 2, reading.digitCount(of + 1) <= 2
    else { return false }
    let end = of + 2
    let isLine =
      reading.tokens[of - 1].gap >= .line && (end >= reading.tokens.count || reading.tokens[end].gap >= .line)
    return isLine || reading.isMark(end, "|") && reading.tokens[of - 1].gap >= .line || reading.isMark(end, "]")
  }

  /// Numbers that name something: sections, pages, houses, ranks, bullets.
  func label(_ mention: NumberMention, _ first: Int, _ after: Int) -> RejectionReason? {
    let before = first - 1
    if reading.isWord(before, .statute), reading.lexeme(before).noun < 0 { return .statute }
    if reading.isWord(before, .page), reading.isNumber(first) { return .page }
    // "3 of 12 | Next", "1 of 6]".
    if isOfPages(first, after) { return .page }
    // "HOSB 12/12, p. 7".
    if reading.isMark(before, "."), reading.isNumber(first), ["p", "pp"].contains(reading.word(before - 1)) {
      return .page
    }
    // "the four “lifesaver offences”".
    if (4...5).contains(mention.low), reading.isWord(before, .determiner),
      tokenRange(after, after + 2).contains(where: { Self.roadOffences.contains(reading.word($0)) }),
      tokenRange(after, after + 5).contains(where: { reading.word($0) == "offences" })
    {
      return .identifier
    }
    // "Catch 22", "the fatal 4 offences", "Take Five": names.
    if mention.low == 22 || mention.low <= 5, mention.precision == .exact, after == first + 1,
      // "They take 5 people to a station".
      reading.tokens.indices.contains(before) && reading.tokens[before].isCapitalized
        && (reading.isNumber(first) || reading.tokens[first].isCapitalized)
        && Self.namesWithNumber[reading.word(before)] == mention.low
        || reading.reads(before, "fatal") && (4...5).contains(mention.low)
    {
      return .identifier
    }
    // "The Joint Action Days Arktos 5 were coordinated": a name that no table knows, before a verb.
    if reading.isNumber(first), mention.low <= 20, after == first + 1, reading.tokens.indices.contains(before),
      reading.tokens[before].kind == .word, reading.tokens[before].isCapitalized, reading.tokens[before].symbol == 0,
      reading.tokens[first].gap == .space, reading.isWord(after, .be | .have)
    {
      return .identifier
    }
    // "Group 2 crimes".
    if reading.isNumber(first), mention.low <= 10, after == first + 1, reading.tokens.indices.contains(before),
      reading.tokens[before].isCapitalized,
      ["group", "category", "class", "tier", "band"].contains(reading.word(before)),
      reading.tokens[before].gap == .space || before == 0
    {
      return .identifier
    }
    if reading.isWord(before, .rank), !reading.isWord(after, .noun), !isCountVerb(before, mention) { return .rank }
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
    if reading.isNumber(first), mention.low <= 24, reading.tokens.indices.contains(before),
      reading.word(before) == "dublin", reading.tokens[before].isCapitalized,
      reading.endsPlainly(after) || reading.isWord(after, .in | .at | .last | .locative | .weekday)
        || reading.reads(after, "on")
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
      reading.tokens[after + 1].kind == .word && reading.tokens[after + 1].isCapitalized
        // "1. 45955", "2. 42045": numbered answers.
        || reading.isOfRequest && reading.isNumber(after + 1)
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
    // "the one in Kettering", "they worked as one".
    if mention.low == 1, mention.isSpelled, mention.precision == .exact,
      reading.word(before) == "the"
        && (reading.endsPlainly(after) || reading.isWord(after, .in | .locative | .of | .from))
        || reading.word(before) == "as" && reading.endsPlainly(after)
    {
      return .pronoun
    }
    // "One victim we spoke to", "One woman said".
    if mention.low == 1, mention.isSpelled, mention.precision == .exact, first == sentence.tokens.lowerBound,
      reading.lexeme(after).noun >= 0,
      ["we", "i", "said", "told", "described"].contains(reading.word(after + 1))
    {
      return .pronoun
    }
    // "A nan-of-three".
    if mention.isSpelled, reading.isMark(before, "-"), reading.word(before - 1) == "of", reading.touchesPrevious(before)
    {
      return .other
    }
    // "3 photos", "comments 27": lines of the page.
    if sentence.tokens.count <= 5, sentence.startsBlock, reading.isNumber(first), mention.low < 1000,
      first == sentence.tokens.lowerBound && ["photos", "photo", "pictures", "comments"].contains(reading.word(after))
        || reading.isWord(before, .boiler) && before == sentence.tokens.lowerBound
          && after == sentence.tokens.upperBound
    {
      return .boilerplate
    }
    // "PDF, 2 pages".
    if reading.isNumber(first), ["page", "pages"].contains(reading.word(after)),
      tokenRange(max(sentence.tokens.lowerBound, first - 4), first).contains(where: {
        reading.tokens[$0].isAllCaps && ["pdf", "doc", "docx", "odt"].contains(reading.word($0))
      })
    {
      return .page
    }
    // "Contents: 1 Key points | 2 Introduction | 3 Main findings".
    if reading.isNumber(first), mention.low < 30, reading.tokens.indices.contains(after),
      reading.tokens[after].kind == .word, reading.tokens[after].isCapitalized,
      reading.isMark(before, "|") || reading.isMark(before, ":"),
      sentence.tokens.contains(where: { other in
        reading.isNumber(other) && other != first
          && (reading.isMark(other - 1, "|") || reading.isMark(other - 1, ":"))
          && reading.tokens.indices.contains(other + 1) && reading.tokens[other + 1].isCapitalized
          && reading.value(ofDigits: other).map { abs($0 - mention.low) == 1 } == true
      })
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
    // "In one warrant, at a flat in Hanley, officers found": which one is told of.
    if mention.low == 1, mention.isSpelled, mention.precision == .exact, before == sentence.tokens.lowerBound,
      reading.isWord(before, .in), reading.lexeme(after).noun >= 0, reading.isMark(after + 1, ",")
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
