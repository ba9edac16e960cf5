// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Ages that say which part of a population a figure counts: "aged 12 to 17", "under-18s", "50-59 year-olds".
extension PopulationFinder {
  /// Tokens behind a number within which an age says which part it is.
  private static let ageReach = 9

  /// People whose ages are told one by one, at most.
  private static let listedMax = 6.0

  /// "aged 12 to 17", "under 18", "aged ten or younger": the age that narrows a count of people.
  func ages(after mention: NumberMention, _ finding: MetricFinding, bound: Int) -> String? {
    let end = min(bound, mention.headStart + Self.ageReach)
    let isPart = finding.isSubset || finding.metric.hasSuffix("_share") || finding.predicate != nil
    for index in tokenRange(mention.headStart, end) {
      if reading.isMark(index, ",") || reading.isMark(index, ";") || reading.isMark(index, ".") { return nil }
      let isAged = reading.isWord(index, .age) && reading.word(index) == "aged"
      // "1,720 victims under 18", "64 suspects were under 18".
      let isRight = finding.noun.map { index == $0 + 1 || index == $0 + 2 && reading.isWord($0 + 1, .be) } ?? false
      guard isAged || (isPart || isRight) && reading.isWord(index, .ageBound) else { continue }
      var last = index + 1
      while reading.isWord(last, .ageBound | .between) { last += 1 }
      // "under the age of 18".
      if reading.isWord(last, .determiner), reading.isWord(last + 1, .age), reading.isWord(last + 2, .of) { last += 3 }
      guard reading.isNumber(last) || reading.isWord(last, .number) else { continue }
      // "30 under 20 kg": what follows is no age.
      if !isAged, reading.lexeme(last + 1).noun >= 0 || reading.isWord(last + 1, .timeUnit | .distance) { continue }
      last += 1
      // "two brothers aged 24 and 26", "three men aged 24, 26 and 30": the age of each, and no group.
      if isAged, mention.form == .plain, mention.low <= Self.listedMax, reading.isNumber(last + 1),
        reading.isMark(last, ",") || reading.isWord(last, .and),
        !tokenRange(index, last).contains(where: { reading.isWord($0, .between) })
      {
        return nil
      }
      // "aged 16 years and over".
      if reading.timeUnit(last) == "Y", reading.isWord(last + 1, .and | .or),
        reading.isWord(last + 2, .ageBound | .older | .young)
      {
        let isOfAdults = isAged && index - 1 >= mention.headStart && reading.isWord(index - 1, .adult)
        return reading.string((isOfAdults && finding.noun != index - 1 ? index - 1 : index)..<last + 3)
      }
      let isBetween = tokenRange(index, last).contains { reading.isWord($0, .between) }
      while reading.isWord(last, .to | .or | .old | .young | .ageBound | .comparative | .older)
        || reading.isMark(last, "-")
        || reading.isWord(last, .and)
          && (isBetween || reading.isWord(last + 1, .old | .young | .ageBound | .comparative | .older))
        || (reading.isNumber(last) || reading.isWord(last, .number))
          && (isBetween || reading.isWord(last - 1, .to) || reading.isMark(last - 1, "-"))
      {
        last += 1
      }
      while last > index + 1, reading.isWord(last - 1, .to | .and | .or) { last -= 1 }
      // "3,470 offences by children aged 10 to 17".
      let isOfChildren =
        isAged && index - 1 > mention.headStart && finding.noun != index - 1 && reading.lexeme(index - 1).noun >= 0
        && reading.noun(index - 1).kind == "child"
      // "24 were young drivers aged between 17 and 24".
      if isAged, index - 1 > mention.headStart, finding.noun == nil,
        let be = tokenRange(mention.headStart, index).last(where: { reading.isWord($0, .be) }), index - be <= 4,
        tokenRange(be + 1, index).allSatisfy({ reading.tokens[$0].kind == .word && !reading.isWord($0, .of | .in) }),
        be + 1 < index
      {
        return reading.string(be + 1..<last)
      }
      // "were of males aged between 15 and 34".
      let isOfGroup =
        isAged && index - 1 > mention.headStart && finding.noun != index - 1
        && known(in: index - 1..<index).contains { $0.0.name == "sex" }
      return reading.string((isOfChildren || isOfGroup ? index - 1 : index)..<last)
    }
    return nil
  }

  private static let oldest = 110.0

  /// "55-64: £7,760", at the start of a line: the ages of those that a figure is of.
  func ageLabel(_ mention: NumberMention) -> String? {
    var colon = mention.phraseStart - 1
    if reading.isMark(colon, "$") { colon -= 1 }
    let first = colon - 3
    guard reading.isMark(colon, ":"), first >= 0, reading.isNumber(first), reading.isMark(first + 1, "-"),
      reading.isNumber(first + 2), reading.touchesPrevious(first + 2),
      first == reading.sentences[mention.sentence].tokens.lowerBound || reading.tokens[first].gap >= .line,
      let from = reading.value(ofDigits: first), let to = reading.value(ofDigits: first + 2), from < to,
      to <= Self.oldest,
      reading.digitCount(first) == 2
    else { return nil }
    return "aged \(Int(from)) to \(Int(to))"
  }

  /// "under the age of 16", "aged 14 to 17", "aged 65 and over": an age that narrows a group; not the age of each.
  func ageRange(_ start: Int) -> Range<Int>? {
    var index = start
    let isAged = reading.word(index) == "aged"
    if isAged { index += 1 }
    let isBound = reading.isWord(index, .ageBound)
    guard isAged || isBound else { return nil }
    while reading.isWord(index, .ageBound) { index += 1 }
    if reading.isWord(index, .determiner), reading.isWord(index + 1, .age), reading.isWord(index + 2, .of) {
      index += 3
    }
    guard reading.isNumber(index) || reading.isWord(index, .number),
      reading.lexeme(index + 1).noun < 0 || reading.tokens[index + 1].gap >= .line
    else {
      return nil
    }
    index += 1
    if isBound {
      // "under the age of one year", "over 75 years old".
      if reading.timeUnit(index) == "Y", reading.tokens[index].gap < .line {
        index += reading.isWord(index + 1, .old) ? 2 : 1
      }
      return start..<index
    }
    if reading.isWord(index, .to) || reading.isMark(index, "-"), reading.isNumber(index + 1) {
      return start..<index + 2
    }
    if reading.isWord(index, .and | .or), reading.isWord(index + 1, .ageBound | .older | .young | .comparative) {
      return start..<index + 2
    }
    return nil
  }

  /// "50-59 year-olds", "the 30-to-39 age group", "the 12-17 years group", "18-year-olds": at the first number.
  func yearsGroup(_ index: Int) -> Range<Int>? {
    guard reading.isNumber(index), !reading.isMark(index - 1, "-") else { return nil }
    var end = index + 1
    var joint = end
    while reading.isMark(joint, "-") || reading.isWord(joint, .to | .and | .or) { joint += 1 }
    if joint > end, joint - end <= 3, reading.isNumber(joint) { end = joint + 1 }
    while reading.isMark(end, "-") { end += 1 }
    let hasYear = reading.timeUnit(end) == "Y"
    if hasYear { end += 1 }
    while reading.isMark(end, "-") { end += 1 }
    if hasYear, reading.reads(end, "olds") { return index..<end + 1 }
    if hasYear, reading.isWord(end, .old) { end += 1 }
    let hasAge = reading.isWord(end, .age)
    if hasAge { end += 1 }
    guard hasYear || hasAge, reading.reads(end, "group") || reading.reads(end, "bracket") || reading.reads(end, "range")
    else { return nil }
    return index..<end + 1
  }
}
