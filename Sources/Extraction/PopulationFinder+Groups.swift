// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Groups of people by sex or age that a figure is said of: "women accounted for 54 per cent", "41 (69%) were male".
extension PopulationFinder {
  /// A group that the words around a number name, and the words.
  struct Group {
    let tokens: Range<Int>
    let dimension: Dimension
    let text: String
  }

  /// Tokens before a number within which the subject of its clause is looked for.
  private static let subjectReach = 24
  /// Tokens behind a number, or behind the figure in brackets after it, that may name a group.
  private static let objectReach = 12

  /// The group of people that a figure is said of, where its own noun names none.
  func group(_ mention: NumberMention, _ finding: MetricFinding) -> Group? {
    let sentence = reading.sentences[mention.sentence].tokens
    func isSaid(_ group: Group) -> Bool {
      // "a third of the children (544)": what the metric says already.
      finding.metric.contains("child") && ["children", "child"].contains(group.text.lowercased())
    }
    let isBracketed = reading.isMark(mention.phraseStart - 1, "(") && reading.isMark(mention.headStart, ")")
    // "males (15.4)", "women (1,203)".
    if isBracketed,
      let last = groups(in: tokenRange(max(sentence.lowerBound, mention.phraseStart - 3), mention.phraseStart)).last,
      last.tokens.upperBound == mention.phraseStart - 1, !isSaid(last)
    {
      return last
    }
    // "The victim was female in 74%".
    if reading.isWord(mention.phraseStart - 1, .in),
      let group = groups(in: tokenRange(mention.phraseStart - 2, mention.phraseStart - 1)).first,
      reading.isWord(mention.phraseStart - 3, .be)
    {
      return group
    }
    // "Four in five offences (81%)": a noun may stand between the two.
    let isNounFirst = reading.lexeme(mention.headStart).noun >= 0 && reading.isMark(mention.headStart + 1, "(")
    let end = wholeEnd(bracketEnd(isNounFirst ? mention.headStart + 1 : mention.headStart))
    // "41 (69%) were male", for both of them.
    if isBracketed || end > mention.headStart,
      let group = predicate(from: isBracketed ? mention.headStart + 1 : end, sentence.upperBound)
    {
      return group
    }
    // "One in six of the children we worked with were boys", "58% of victims were over 70": what its own clause says.
    if mention.form == .percent || mention.form == .fraction, reading.isWord(mention.headStart, .of) {
      if let group = predicate(from: mention.headStart, sentence.upperBound) { return group }
      let clause = tokenRange(mention.headStart, min(mention.headStart + 5, sentence.upperBound))
      if clause.contains(where: { reading.isWord($0, .be) && reading.lexeme($0 - 1).noun >= 0 }) { return nil }
    }
    return subject(mention, finding, sentence)
  }

  /// "Eight in 10 adults did not …", "15% of unaccompanied children": the group that a share is of, where nothing is said of
  /// it that names another.
  func counted(_ mention: NumberMention, _ finding: MetricFinding, bound: Int) -> Group? {
    let isOf = reading.isWord(mention.headStart, .of)
    var start = isOf ? mention.headStart + 1 : mention.headStart
    while reading.isWord(start, .determiner) || isOf && reading.reads(start, "them") { start += 1 }
    guard let group = groups(in: tokenRange(start, min(bound, start + 6))).first, group.tokens.lowerBound == start,
      reading.tokens[start].gap < .line
    else { return nil }
    let limit = reading.sentences[mention.sentence].tokens.upperBound
    if let other = predicate(from: group.tokens.upperBound, limit) { return other }
    let whole = withCare(group)
    // "a third of the children": what the metric says already.
    if isOf, finding.metric.contains("child"), ["children", "child"].contains(whole.text.lowercased()) { return nil }
    return whole
  }

  /// "five teenagers, all of them boys", "34 people, all Vietnamese": who all of them are.
  func all(behind noun: Int?) -> (dimension: Dimension, text: String)? {
    guard let noun, reading.isMark(noun + 1, ",") || reading.isMark(noun + 1, "-"),
      reading.reads(noun + 2, "all") || reading.reads(noun + 2, "both")
    else { return nil }
    let start = reading.isWord(noun + 3, .of) && reading.reads(noun + 4, "them") ? noun + 5 : noun + 3
    guard reading.tokens.indices.contains(start), reading.tokens[start].kind == .word else { return nil }
    if let group = groups(in: tokenRange(start, start + 3)).first, group.tokens.lowerBound == start {
      return (group.dimension, group.text)
    }
    guard !reading.demonym(start).isEmpty, reading.tokens[start].isCapitalized else { return nil }
    let text = reading.string(start..<(reading.reads(start + 1, "nationals") ? start + 2 : start + 1))
    return (Dimension("nationality", text.lowercased()), text)
  }

  /// Kinds of noun that say of whom a figure is, where its metric does not.
  private static let ownKinds: Set<String> = ["child", "person", "officer", "staff", "migrant"]

  /// "14 children were found dead", "64 young people", "14 officers suspended": the noun itself, where the metric does not
  /// say it.
  func ownNoun(_ finding: MetricFinding) -> String? {
    guard let noun = finding.noun, finding.unit != "percent", reading.lexeme(noun).noun >= 0,
      Self.ownKinds.contains(reading.noun(noun).kind)
    else { return nil }
    let kind = reading.noun(noun).kind
    let isNarrowed = Self.narrowing.contains(reading.word(noun - 1)) && reading.tokens[noun].gap == .space
    if reading.isWord(noun, .generalNoun), !isNarrowed { return nil }
    let isSaid =
      finding.metric.contains("child") && kind == "child" || finding.metric.hasPrefix(reading.noun(noun).metric)
    let text = reading.string((isNarrowed ? noun - 1 : noun)..<noun + 1)
    // "100 youths", of the metric "children".
    guard !isSaid || finding.metric == reading.noun(noun).metric && text.lowercased() != finding.metric else {
      return nil
    }
    return Self.plurals[text.lowercased()] ?? text
  }

  /// Words behind a number within which the age is told at which people suffered what is counted.
  private static let sufferedReach = 16

  /// "exploited as adults", "it happened to them as children".
  func suffered(_ mention: NumberMention, bound: Int) -> Group? {
    var start = mention.headStart
    if reading.isMark(start, ")") { start += 1 }
    start = bracketEnd(start)
    var index = start
    while index < start + Self.sufferedReach, reading.tokens.indices.contains(index),
      reading.tokens[index].kind == .word,
      !reading.isWord(index, .number), reading.tokens[index].gap < .line
    {
      if index > start, reading.isWord(index, .as),
        ["adults", "children", "minors"].contains(reading.word(index + 1)),
        let group = groups(in: tokenRange(index + 1, index + 2)).first
      {
        return group
      }
      index += 1
    }
    return nil
  }

  /// Tokens of a group that a clause opens with: "among Asian/Asian British people".
  private static let openingReach = 9

  /// "Among white people it was 5.0%", "of white women, 26%", "for girls the rise was 38 per cent": the group that the clause
  /// of a figure opens with.
  func clause(_ mention: NumberMention) -> Group? {
    let sentence = reading.sentences[mention.sentence].tokens
    guard mention.form == .percent || mention.form == .fraction else { return nil }
    var end = mention.phraseStart
    if reading.isMark(end - 1, ",") { end -= 1 }
    let border = tokenRange(max(sentence.lowerBound, end - Self.openingReach), end).last {
      reading.isMark($0, ",") || reading.isMark($0, ";") || reading.isMark($0, "(") || reading.isWord($0, .and)
    }
    var start = border.map { $0 + 1 } ?? sentence.lowerBound
    guard end - start <= Self.openingReach, ["among", "for", "of"].contains(reading.word(start)) else { return nil }
    start += 1
    while reading.isWord(start, .determiner | .adverb) { start += 1 }
    let words = tokenRange(start, end)
    let last = words.first {
      reading.isWord($0, .be | .have | .determiner | .increase | .decrease) || reading.word($0) == "it"
        || reading.tokens[$0].kind == .number
    }
    let stop = last ?? end
    guard stop > start, stop - start <= 6,
      tokenRange(start, stop).allSatisfy({
        reading.tokens[$0].kind == .word || reading.isMark($0, "/") || reading.isMark($0, "-")
      }),
      tokenRange(start, stop).contains(where: {
        reading.lexeme($0).noun >= 0 && ["person", "child", "victim", "offender"].contains(reading.noun($0).kind)
      })
    else { return nil }
    let text = reading.string(start..<stop)
    return Group(tokens: start..<stop, dimension: Dimension("description", text.lowercased()), text: text)
  }

  /// Behind a figure in brackets that follows at once; the same place if none does.
  private func bracketEnd(_ index: Int) -> Int {
    guard reading.isMark(index, "("), reading.isNumber(index + 1) else { return index }
    let close = tokenRange(index + 2, index + 5).first { reading.isMark($0, ")") }
    return close.map { $0 + 1 } ?? index
  }

  /// Behind "of the 19"; the same place if that does not follow.
  private func wholeEnd(_ index: Int) -> Int {
    guard reading.isWord(index, .of) else { return index }
    let number = reading.isWord(index + 1, .determiner) ? index + 2 : index + 1
    return reading.isNumber(number) || reading.isWord(number, .number) ? number + 1 : index
  }

  /// "were male", "of potential victims were women", ", where known, were girls": up to the next number.
  private func predicate(from place: Int, _ limit: Int) -> Group? {
    var start = place
    if reading.isMark(start, ","), reading.isWord(start + 1, .when | .relative),
      let close = tokenRange(start + 1, min(limit, start + Self.objectReach)).first(where: { reading.isMark($0, ",") })
    {
      start = close + 1
    }
    var end = start
    var be: Int?
    while end < min(limit, start + Self.objectReach), !reading.isNumber(end), !reading.isWord(end, .number),
      reading.tokens[end].kind == .word
    {
      if reading.isWord(end, .be) { be = end }
      end += 1
    }
    guard let be else { return nil }
    return groups(in: tokenRange(be + 1, end)).first
  }

  /// "Women accounted for …", "girls were involved …", "… and boys in 3%": the group that begins the number's clause.
  private func subject(_ mention: NumberMention, _ finding: MetricFinding, _ sentence: Range<Int>) -> Group? {
    let start = max(sentence.lowerBound, mention.phraseStart - Self.subjectReach)
    for group in groups(in: tokenRange(start, mention.phraseStart)).reversed() {
      var first = group.tokens.lowerBound
      while first > sentence.lowerBound, reading.isWord(first - 1, .determiner | .adverb) { first -= 1 }
      let isFirst =
        first == sentence.lowerBound || reading.isWord(first - 1, .and | .conjunction | .when)
        || reading.isMark(first - 1, ",") || reading.isMark(first - 1, ";") || reading.isMark(first - 1, ":")
        || reading.isMark(first - 1, "-")
        // "Stops of white people dropped by 34% to 241,090".
        || isOf(group, first)
      let next = group.tokens.upperBound
      guard isFirst,
        next == mention.phraseStart
          || reading.isWord(next, .be | .have | .verb | .for | .in | .composition | .increase | .decrease)
          || isOf(group, first)
          || reading.lexeme(next).action >= 0
      else { continue }
      let between = tokenRange(next, mention.phraseStart)
      // Another group beside it, or another clause between: the figure may be of anyone.
      let isJoined =
        reading.isWord(first - 1, .and) && !groups(in: tokenRange(first - 3, first)).isEmpty
        || reading.isMark(first - 1, ",") && !groups(in: tokenRange(first - 3, first)).isEmpty
      let crosses = between.contains {
        reading.isMark($0, ";") || reading.isMark($0, ":") || reading.isWord($0, .conjunction)
      }
      if isJoined || crosses { return nil }
      // "Women were rescued and 14 phones were seized."
      let joint = between.last { reading.isWord($0, .and) || reading.isMark($0, ",") }
      if joint != nil, finding.noun != nil, finding.unit != "percent" { return nil }
      return group
    }
    return nil
  }

  /// "Stops of white people dropped", "those of black people, by 11%"; not "distribution of an indecent photo of a child".
  private func isOf(_ group: Group, _ first: Int) -> Bool {
    let next = group.tokens.upperBound
    return first == group.tokens.lowerBound && reading.isWord(first - 1, .of)
      && (reading.isWord(next, .increase | .decrease | .by)
        || reading.isMark(next, ",") && reading.isWord(next + 1, .by))
      && (reading.isWord(first - 2, .pronoun) || reading.lexeme(first - 2).noun >= 0)
  }

  /// The group behind a number: "£13,600 for women", "were against girls", "came from men".
  func object(_ start: Int, _ bound: Int) -> Group? {
    var index = start
    while index < min(bound, start + Self.objectReach), reading.tokens[index].kind == .word {
      // "were living with children": how they live, and no group.
      if reading.isWord(index, .with), ["living", "lived", "live"].contains(reading.word(index - 1)) { return nil }
      // "115,000 incidents relate to missing adults".
      let isRelated =
        reading.isWord(index, .to) && reading.word(index - 1).hasPrefix("relat")
        || ["concern", "concerned", "concerning"].contains(reading.word(index))
      if isRelated || reading.isWord(index, .preposition | .for | .from | .by | .include | .with) {
        let end = min(bound, index + 4)
        if let group = groups(in: tokenRange(index + 1, end)).first,
          tokenRange(index + 1, group.tokens.lowerBound).allSatisfy({
            reading.isWord($0, .determiner | .adverb | .describing)
          })
        {
          return withCare(group)
        }
      }
      index += 1
    }
    return nil
  }

  /// "children in care", "women in custody": where a group is kept narrows it.
  private func withCare(_ group: Group) -> Group {
    let next = group.tokens.upperBound
    guard reading.word(next) == "in", ["care", "custody"].contains(reading.word(next + 1)) else { return group }
    let tokens = group.tokens.lowerBound..<next + 2
    let text = reading.string(tokens)
    return Group(tokens: tokens, dimension: Dimension("description", text.lowercased()), text: text)
  }

  /// "People aged between 50 and 59", "those aged 16 to 24": the words of the age.
  private func agedGroup(_ index: Int) -> Range<Int>? {
    guard reading.isWord(index, .pronoun | .determiner) || reading.lexeme(index).noun >= 0,
      reading.reads(index + 1, "aged")
    else { return nil }
    var last = index + 2
    while last - index < 8,
      reading.isNumber(last) || reading.timeUnit(last) == "Y" || reading.isWord(last, .old)
        || reading.isWord(last, .between | .ageBound | .to | .number)
        || reading.isMark(last, "-")
        || reading.isWord(last, .and)
          && (reading.isNumber(last + 1) && !reading.isWord(last - 1, .ageBound)
            || reading.isWord(last + 1, .ageBound | .comparative | .older))
    {
      last += 1
    }
    // "children aged 10 to 17".
    let isOfChildren =
      reading.isWord(index, .adult) || reading.lexeme(index).noun >= 0 && reading.noun(index).kind == "child"
      // "males aged between 15 and 34".
      || known(in: index..<index + 1).contains { $0.0.name == "sex" }
    return last > index + 2 ? (isOfChildren ? index : index + 1)..<last : nil
  }

  /// The groups that some words name: men, working women, trafficked children, under-25s, 50-59 year-olds.
  func groups(in range: Range<Int>) -> [Group] {
    let words = tokenRange(max(0, range.lowerBound), min(range.upperBound, reading.tokens.count))
    var result: [Group] = []
    var index = words.lowerBound
    while index < words.upperBound {
      guard let group = group(at: index, words) else {
        index += 1
        continue
      }
      result.append(group)
      index = max(index + 1, group.tokens.upperBound)
    }
    return joined(result)
  }

  /// The group whose name stands at a word, with what narrows it.
  private func group(at index: Int, _ words: Range<Int>) -> Group? {
    func named(_ tokens: Range<Int>, _ text: String) -> Group {
      Group(tokens: tokens, dimension: Dimension("age", text.lowercased()), text: text)
    }
    if let years = yearsGroup(index) ?? reading.ageGroup(index) { return named(years, reading.string(years)) }
    guard reading.tokens[index].kind == .word else { return nil }
    if let aged = agedGroup(index) { return named(index..<aged.upperBound, reading.string(aged)) }
    if let (dimension, text) = known(in: index..<index + 1).first, dimension.name == "sex" || dimension.name == "age" {
      let end = ageRange(index + 1)?.upperBound ?? index + 1
      return modified(Group(tokens: index..<end, dimension: dimension, text: Self.plurals[text] ?? text), words)
    }
    // "were under 18": without "aged".
    if reading.isWord(index, .ageBound), reading.isWord(index - 1, .be | .adverb), let range = ageRange(index) {
      return named(range, reading.string(range))
    }
    // "8.1 per 1,000 Britons", "for Romanians".
    if reading.tokens[index].isCapitalized,
      reading.isWord(index - 1, .for | .of | .preposition | .by | .from | .number)
        || reading.isNumber(index - 1), reading.word(index).hasSuffix("s"),
      reading.lexeme(index).noun >= 0, reading.noun(index).kind == "person"
    {
      let text = reading.string(index..<index + 1)
      return Group(tokens: index..<index + 1, dimension: Dimension("nationality", text.lowercased()), text: text)
    }
    if index + 1 < words.upperBound, let (dimension, text) = known(in: index..<index + 2).first,
      dimension.name == "ethnicity" || dimension.name == "nationality"
    {
      return Group(tokens: index..<index + 2, dimension: dimension, text: text)
    }
    guard reading.isWord(index, .adult) || reading.lexeme(index).noun >= 0 && reading.noun(index).kind == "child" else {
      return nil
    }
    let text = reading.string(index..<index + 1)
    // "child victims", "adult potential victims".
    return modified(named(index..<index + 1, Self.plurals[text.lowercased()] ?? text), words)
  }

  /// A group with the participles and adjectives before it that narrow it: "trafficked children", "pregnant women".
  private func modified(_ group: Group, _ words: Range<Int>) -> Group {
    let first = modifierStart(group.tokens.lowerBound, words.lowerBound)
    guard first < group.tokens.lowerBound else { return group }
    let text = reading.string(first..<group.tokens.upperBound)
    return Group(
      tokens: first..<group.tokens.upperBound, dimension: Dimension("description", text.lowercased()), text: text)
  }

  /// Where the words begin that narrow the group at a noun; the noun itself where there are none.
  private func modifierStart(_ noun: Int, _ limit: Int) -> Int {
    func narrows(_ index: Int) -> Bool {
      guard index >= limit, reading.tokens[index].kind == .word,
        reading.tokens[index + 1].gap == .space
          || reading.isMark(index + 1, "-")
      else { return false }
      return Self.narrowing.contains(reading.word(index)) || Self.narrowingParticiples.contains(reading.word(index))
    }
    var start = noun
    while start > limit {
      if narrows(start - 1) {
        start -= 1
      } else if start < noun, reading.isWord(start - 1, .and), narrows(start - 2) {
        start -= 2
      } else if reading.reads(start - 1, "after"), reading.reads(start - 2, "looked"), start - 2 >= limit {
        start -= 2
      } else if reading.isMark(start - 1, "-"), reading.reads(start - 2, "after"), reading.isMark(start - 3, "-"),
        reading.reads(start - 4, "looked"), start - 4 >= limit
      {
        start -= 4
      } else if reading.reads(start - 1, "seeking"), start - 3 >= limit,
        reading.reads(start - 2, "asylum") || reading.isMark(start - 2, "-") && reading.reads(start - 3, "asylum")
      {
        start -= reading.isMark(start - 2, "-") ? 3 : 2
      } else {
        break
      }
    }
    return start
  }

  /// Participles that say which people a group is of: what became of them, and not what a report did with them.
  private static let narrowingParticiples: Set<String> = [
    "trafficked", "unaccompanied", "exploited", "accompanied", "abused", "displaced", "separated", "sentenced",
  ]

  /// "women and girls", "children and teenagers": two groups that share what is said of them.
  private func joined(_ groups: [Group]) -> [Group] {
    var result: [Group] = []
    for group in groups {
      guard let last = result.last, group.tokens.lowerBound == last.tokens.upperBound + 1,
        reading.isWord(last.tokens.upperBound, .and | .or), last.dimension != group.dimension,
        reading.tokens[group.tokens.upperBound - 1].kind == .word
      else {
        result.append(group)
        continue
      }
      let tokens = last.tokens.lowerBound..<group.tokens.upperBound
      let text = reading.string(tokens)
      result[result.count - 1] = Group(
        tokens: tokens, dimension: Dimension("description", text.lowercased()), text: text)
    }
    return result
  }
}
