// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Numbers that are somebody's age.
extension Rejections {
  /// "aged 14", "a man of 31", "Name Surname, 43,": the age of somebody.
  func age(_ mention: NumberMention, _ first: Int, _ after: Int) -> RejectionReason? {
    // "offences by children aged 10 to 17, 5% fewer".
    guard mention.form != .percent, mention.currency.isEmpty else { return nil }
    var next = after
    if reading.isMark(next, "-") { next += 1 }
    if reading.isWord(next, .yearWord) || reading.isWord(next, .timeUnit) {
      var old = next + 1
      if reading.isMark(old, "-") { old += 1 }
      if reading.isWord(old, .old) { return .age }
      if reading.isWord(old, .of), reading.isWord(old + 1, .age) { return .age }
    }
    // "Reports | Under 18": a column of an age.
    if mention.precision == .lessThan || mention.precision == .moreThan, mention.low <= 65, mention.low >= 5,
      reading.tokens[mention.phraseStart].gap == .cell || reading.isMark(mention.phraseStart - 1, "|"),
      reading.isWord(mention.phraseStart, .ageBound), reading.tokens[mention.phraseStart].isCapitalized
    {
      return .age
    }
    // "since they turned 16".
    if mention.low < 105, ["turned", "turns", "turning", "turn"].contains(reading.word(first - 1)),
      reading.endsPlainly(after) || reading.isWord(after, .and)
    {
      return .age
    }
    // "girls of 12 to 15 were the likeliest target".
    if reading.isWord(mention.phraseStart - 1, .of), mention.low >= 5, mention.high <= 18, mention.low < mention.high,
      reading.lexeme(mention.phraseStart - 2).noun >= 0, reading.noun(mention.phraseStart - 2).kind == "child"
    {
      return .age
    }
    // "range from 19 to 74 years of age": the first of two.
    if reading.isWord(after, .to | .and), reading.isNumber(after + 1), reading.isWord(after + 2, .timeUnit),
      reading.isWord(after + 3, .old) || reading.isWord(after + 3, .of) && reading.isWord(after + 4, .age)
    {
      return .age
    }
    // "aged 14", "aged between 19 and 45", "aged from 14 to 17".
    var before = mention.phraseStart - 1
    var steps = 0
    while steps < 4, before >= 0,
      reading.isWord(before, .between | .from | .to | .and | .preposition | .adverb)
        || reading.isNumber(before) || reading.isMark(before, "-")
    {
      before -= 1
      steps += 1
    }
    if reading.isWord(before, .age) || reading.isWord(mention.phraseStart - 1, .age) { return .age }
    // "A man of 31", "four boys of 15", "two men, 34 and 36,".
    if reading.isNumber(first), after == first + 1, mention.low >= 5, mention.low < 105,
      reading.digitCount(first) <= 2
    {
      let endsHere = reading.endsPlainly(after) || reading.isWord(after, .relative | .from | .pronoun | .verb | .with)
      // "The youngest, 16, cannot be named", "Two brothers, 24 and 22, broke into".
      if reading.isMark(first - 1, ","), reading.isMark(after, ","), reading.isWord(first - 2, .oldest) { return .age }
      if reading.isMark(first - 1, ","), first >= 3, reading.tokens[first - 2].kind == .word, mention.low >= 14,
        reading.isWord(first - 3, .number) && reading.lexeme(first - 3).value == 2, reading.isWord(after, .and),
        reading.isNumber(after + 1), reading.isMark(after + 2, ",")
      {
        return .age
      }
      // "Leader of the line, 28, of Romford", "Its leader, 41, was given 22 years".
      let isSet = reading.isMark(first - 1, ",") && reading.isMark(after, ",") && mention.low >= 16
      if isSet, reading.isWord(after + 1, .of), reading.tokens.indices.contains(after + 2),
        reading.tokens[after + 2].isCapitalized
      {
        return .age
      }
      // "hired a gardener, 27, an Albanian national".
      if isSet, mention.low < 100, reading.tokens[first - 2].kind == .word, !isPluralNoun(first - 2),
        reading.word(after + 1) == "a" || reading.word(after + 1) == "an"
          || reading.isWord(after + 1, .pronoun | .relative),
        tokenRange(max(0, first - 6), first - 2).contains(where: {
          ["a", "an", "the", "her", "his"].contains(reading.word($0))
        })
      {
        return .age
      }
      // "two boys, both 16, with".
      if reading.word(first - 1) == "both", reading.isMark(first - 2, ","), reading.isMark(after, ",") { return .age }
      // "62% of the missing were 16 or 17".
      if mention.low <= 18, reading.isWord(first - 1, .be), reading.isWord(after, .or), reading.isNumber(after + 1),
        reading.digitCount(after + 1) <= 2, reading.endsPlainly(after + 2)
      {
        return .age
      }
      if mention.low <= 18, reading.isWord(first - 1, .or), reading.isNumber(first - 2), reading.isWord(first - 3, .be),
        reading.digitCount(first - 2) <= 2, reading.endsPlainly(after)
      {
        return .age
      }
      // "A nan-of-three, 68, said".
      if isSet, Self.saying.contains(reading.word(after + 1)) { return .age }
      if isSet, first >= 2, reading.isWord(after + 1, .be) || Self.getting.contains(reading.word(after + 1)),
        reading.tokens[first - 2].kind == .word,
        !reading.isWord(first - 2, .month | .yearWord | .superlative | .total | .rank), !isPluralNoun(first - 2),
        reading.isWord(first - 3, .determiner | .pronoun), !reading.isWord(after + 2, .in | .locative)
      {
        return .age
      }
      if reading.isWord(first - 1, .of), isOnePerson(first - 2), endsHere || reading.isWord(after, .be | .have) {
        return .age
      }
      if reading.isMark(first - 1, ","), isOnePerson(first - 2) || reading.isWord(first - 2, .relation), endsHere {
        return .age
      }
      // "five children, the youngest of them 14,".
      if reading.isWord(first - 1, .pronoun), reading.isWord(first - 2, .of), reading.isWord(first - 3, .oldest),
        endsHere
      {
        return .age
      }
      // "when she was 12", "the oldest was 89", "the youngest 17".
      var subject = first - 1
      while reading.isWord(subject, .be | .adverb) { subject -= 1 }
      if subject < first - 1, isPersonalPronoun(subject), endsHere { return .age }
      if reading.isWord(subject, .oldest), endsHere || reading.isWord(after, .and) { return .age }
    }
    // "the youngest was just six", "a girl of four", "a widow of 92": also in words.
    if mention.low < 105, mention.precision == .exact, after == first + 1,
      reading.endsPlainly(after) || reading.isWord(after, .and | .relative)
    {
      if reading.isWord(first - 1, .of), reading.isWord(first - 3, .determiner), !isPluralNoun(first - 2),
        reading.isWord(first - 2, .noun) && isOnePerson(first - 2) || reading.isWord(first - 2, .relation)
      {
        return .age
      }
      var subject = first - 1
      while subject > first - 4, reading.isWord(subject, .be | .adverb) { subject -= 1 }
      if subject < first - 1, reading.isWord(subject, .oldest) || reading.isWord(subject, .superlative) { return .age }
    }
    // "is under five", "children of ten and under".
    if mention.low <= 18, reading.isWord(mention.tokens.lowerBound, .number),
      mention.precision == .lessThan && reading.isWord(mention.phraseStart - 1, .be) && reading.endsPlainly(after)
        || reading.isWord(first - 1, .of) && isOnePerson(first - 2) && reading.isWord(after, .and | .or)
          && reading.isWord(after + 1, .ageBound | .older | .young)
    {
      return .age
    }
    // "I'm 61", "my son, who is 17,".
    if mention.low >= 5, mention.low < 105, after == first + 1, mention.precision == .exact,
      reading.isWord(first - 1, .be),
      reading.isWord(first - 2, .relative) && reading.isMark(after, ",")
        || isPersonalPronoun(first - 2)
    {
      return .age
    }
    if reading.isNumber(first), reading.isWord(first - 1, .iAm), mention.low < 105 { return .age }
    // "now 38,".
    if reading.isWord(first - 1, .adverb), reading.isMark(first - 2, ","), reading.isMark(after, ","),
      mention.low < 105,
      mention.low >= 5, reading.isNumber(first)
    {
      return .age
    }
    // "aged under 12", "was under 12", "under 18" behind people or a form of "be".
    if mention.precision == .lessThan || mention.precision == .moreThan, reading.isNumber(first),
      mention.low <= 25 || mention.low >= 55, mention.low <= 90, mention.phraseStart < first,
      reading.isWord(mention.phraseStart - 1, .be), reading.endsPlainly(after) || reading.isWord(after, .at | .when),
      after == first + 1
    {
      return .age
    }
    // "the average age at death was 45, compared with 32", "the youngest person arrested was 11".
    if reading.isNumber(first), mention.low < 105, reading.lexeme(after).noun < 0,
      reading.endsPlainly(after) || reading.isWord(after, .and | .in | .or)
    {
      let sentence = reading.sentences[mention.sentence].tokens
      let before = tokenRange(max(sentence.lowerBound, first - 14), first)
      if before.contains(where: { reading.isWord($0, .average) && reading.isWord($0 + 1, .age) }) { return .age }
      if before.suffix(12).contains(where: { reading.isWord($0, .oldest) }), reading.isWord(first - 1, .be | .adverb) {
        return .age
      }
      if reading.isWord(after, .or), reading.isWord(after + 1, .young | .older) { return .age }
    }
    // "were younger than 11".
    if reading.isWord(mention.phraseStart, .older) || reading.isWord(first - 2, .older),
      reading.isWord(first - 1, .than),
      mention.low < 105
    {
      return .age
    }
    // "as young as 11".
    let start = reading.sentences[mention.sentence].tokens.lowerBound
    if mention.low < 105,
      tokenRange(max(start, first - 2), first).contains(where: { reading.isWord($0, .young | .old) }),
      reading.isWord(first - 1, .as | .young | .old)
    {
      return .age
    }
    // "children under 13", "anyone over 65": an age limit behind people.
    if mention.precision == .lessThan || mention.precision == .moreThan, first - mention.phraseStart == 1,
      reading.isNumber(first), let value = reading.value(ofDigits: first), value <= 100,
      (reading.isWord(mention.phraseStart - 1, .pronoun) || isSomebody(mention.phraseStart - 1))
        && reading.endsPlainly(after)
        || reading.lexeme(mention.phraseStart - 1).noun >= 0
          && ["person", "child", "victim", "suspect", "offender"].contains(reading.noun(mention.phraseStart - 1).kind),
      reading.lexeme(after).noun < 0
    {
      return .age
    }
    // "The ages of the people arrested were between 15 and 61", "most of them are under 35", "340 under 18".
    if reading.isNumber(first), mention.form == .plain, mention.high <= 100, mention.low >= 10,
      reading.endsPlainly(after)
    {
      let clause = tokenRange(reading.sentences[mention.sentence].tokens.lowerBound, mention.phraseStart)
      let isOfAges = clause.contains { reading.reads($0, "ages") } && clause.contains { reading.isWord($0, .be) }
      let isBound =
        reading.isWord(mention.phraseStart, .ageBound) && first - mention.phraseStart == 1
        && (reading.isNumber(mention.phraseStart - 1)
          || reading.isWord(mention.phraseStart - 1, .be)
            && clause.contains { isOnePerson($0) })
      if isOfAges && mention.precision == .range || isBound { return .age }
    }
    // "sold to an under-18", "the number under 18".
    if mention.precision == .lessThan, mention.low >= 5, mention.low <= 25, reading.isNumber(first),
      reading.isWord(mention.phraseStart, .ageBound), first - mention.phraseStart <= 2,
      reading.endsPlainly(after) || reading.lexeme(after).noun < 0,
      reading.isWord(mention.phraseStart - 1, .determiner) && reading.isMark(first - 1, "-")
        || reading.word(mention.phraseStart - 1) == "number"
    {
      return .age
    }
    // "under-18s", "over 65s": a plural on a number.
    if reading.tokens.indices.contains(after), reading.isMark(after, "s") || isPluralS(after) {
      return .age
    }
    // "Name Surname, 43,": a number between commas behind a name.
    if reading.isNumber(first), after == first + 1, let value = reading.value(ofDigits: first),
      value >= 5, value < 105, reading.isMark(first - 1, ","), first > 1,
      reading.tokens[first - 2].kind == .word, reading.tokens[first - 2].isCapitalized,
      reading.isMark(after, ",") || reading.isMark(after, ".") || reading.isMark(after, ")")
        || reading.isWord(after, .from)
        || reading.isWord(after, .of) && !reading.isWord(after + 1, .pronoun | .determiner | .relative)
    {
      return .age
    }
    return nil
  }

  private static let saying: Set<String> = ["said", "told", "added", "says"]
  private static let getting: Set<String> = ["got", "received", "had", "admitted", "denied", "pleaded"]

  private func isSomebody(_ index: Int) -> Bool {
    reading.tokens.indices.contains(index)
      && ["someone", "somebody", "anyone", "anybody", "nobody"].contains(reading.word(index))
  }

  private func isPersonalPronoun(_ index: Int) -> Bool {
    guard reading.isWord(index, .pronoun) else { return false }
    return ["he", "she", "i"].contains(reading.word(index))
  }

  /// A noun for people before an age, with a number or an article before it.
  private func isOnePerson(_ index: Int) -> Bool {
    guard reading.lexeme(index).noun >= 0,
      ["person", "child", "victim", "suspect", "offender", "officer"].contains(
        reading.noun(index).kind)
    else { return false }
    return true
  }

  private func isPluralS(_ index: Int) -> Bool {
    reading.tokens[index].kind == .word && reading.touchesPrevious(index)
      && reading.tokens[index].end - reading.tokens[index].start == 1
      && reading.text[Int(reading.tokens[index].start)] == UInt8(ascii: "s")
  }
}
