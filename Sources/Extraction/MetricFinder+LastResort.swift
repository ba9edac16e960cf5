// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Figures of which no rule on nouns and verbs knows what they count, and which their form still shows to be figures.
extension MetricFinder {
  func lastResort(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    guard mention.form == .plain, mention.low >= 2 else { return nil }
    if let level = subjectOfLevel(mention, context) ?? labelDone(mention, context) { return level }
    let before = mention.phraseStart - 1
    // "Almost 100,000 were victims of investment fraud".
    if reading.isWord(mention.headStart, .be), let noun = noun(from: mention.headStart + 1, context, skipsOf: false),
      isPlural(noun), !reading.noun(noun).metric.isEmpty
    {
      return MetricFinding(
        metric: reading.noun(noun).metric, unit: reading.noun(noun).unit, rules: ["what they were"])
    }
    // "a workforce of 350".
    if reading.isWord(before, .of), reading.lexeme(before - 1).noun >= 0, reading.noun(before - 1).kind == "staff",
      reading.endsPlainly(mention.headStart)
    {
      return MetricFinding(metric: "staff", unit: "persons", rules: ["strength of a group"])
    }
    // "Farmers' protest: 13,000 descend on Whitehall".
    if mention.low >= Self.smallestCrowd, isProtest(context), reading.tokens.indices.contains(mention.headStart),
      reading.tokens[mention.headStart].kind == .word
    {
      return MetricFinding(metric: "protest_attendance", unit: "persons", rules: ["people at a protest"])
    }
    // "Crypto fraud crimes have multiplied by 5", "cases went up by a factor of three".
    let isFactor = reading.isWord(before, .of) && reading.word(before - 1) == "factor"
    if isFactor || reading.isWord(before, .by) && reading.word(before - 1) == "multiplied",
      let base = ofSubject(tokenRange(context.sentence.lowerBound, before - 1))?.metric
    {
      return MetricFinding(metric: Self.base(base) + "_multiple", unit: "times", rules: ["multiple"])
    }
    guard hasThousands(mention) || isFarther(mention), !isPopulationOfPlace(mention) else { return nil }
    return inherit(context, mention, subset: false, rule: "told by its form").map { withoutSubset($0) }
      ?? MetricFinding(metric: "items", unit: "items", rules: ["told by its form"])
  }

  /// "Police staff numbered 78,400", "Border Force headcount stood at 10,900", "dogs stolen last year came to 2,290": the
  /// subject of a verb of level, whoever or whatever it is.
  private func subjectOfLevel(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let isNumbering = reading.word(mention.phraseStart - 1) == "numbering"
    guard isNumbering || reading.endsPlainly(mention.headStart) || isAfterLevel(mention.headStart) else { return nil }
    var verb = mention.phraseStart - 1
    // "have passed 1,000": the verb is the qualifier as well.
    if reading.isWord(mention.phraseStart, .level) { verb = mention.phraseStart }
    while reading.isWord(verb, .determiner | .adverb) { verb -= 1 }
    let isAt = reading.isWord(verb, .at)
    if reading.isWord(verb, .to | .at), verb > context.sentence.lowerBound { verb -= 1 }
    guard verb > context.sentence.lowerBound,
      reading.isWord(verb, .level)
        || (isAt ? Self.levelsAt : Self.levelsOfPlurals).contains(reading.word(verb))
    else { return nil }
    var start = verb
    while start > context.sentence.lowerBound, !isBorder(start - 1, before: verb), !reading.isNumber(start - 1) {
      start -= 1
    }
    return ofSubject(tokenRange(start, verb))
  }

  /// "Social accounts used by smugglers: 533 closed": what the label names, by what was done to it.
  private func labelDone(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let colon = mention.phraseStart - 1
    guard reading.isMark(colon, ":"), context.sentence.contains(mention.headStart),
      reading.lexeme(mention.headStart).action >= 0
    else { return nil }
    let action = reading.lexeme(mention.headStart).action
    let label = tokenRange(max(context.sentence.lowerBound, colon - Self.labelMax), colon)
    for index in label where reading.lexeme(index).noun >= 0 {
      if let metric = lexicon.metric(action: action, kind: reading.noun(index).kind) {
        return MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? reading.noun(index).unit,
          rules: ["label, and what was done"])
      }
    }
    return nil
  }

  /// Tokens of a label that may say what a number behind it was done to.
  private static let labelMax = 10
  /// People without a noun from which on they are a crowd.
  private static let smallestCrowd = 100.0

  /// Verbs that tell a level before "at": "peaked at 9,200".
  private static let levelsAt: Set<String> = ["peaked", "estimated", "put"]
  /// Verbs of plurals that tell how many they are: "offenders in Cumbria number 811".
  private static let levelsOfPlurals: Set<String> = ["number", "total"]

  private func isAfterLevel(_ index: Int) -> Bool {
    reading.isWord(index, .in | .last | .this | .locative | .preposition | .by | .from | .since | .of | .conjunction)
  }

  /// The metric of a subject: of its first plural or, without one, of its first noun.
  func ofSubject(_ tokens: Range<Int>) -> MetricFinding? {
    if let metric = subject(tokens) {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: ["level of a subject"])
    }
    if tokens.contains(where: { reading.isWord($0, .offenceWord | .offenceNoun) }),
      !tokens.contains(where: { reading.lexeme($0).noun >= 0 && !Self.areas.contains(reading.noun($0).kind) })
    {
      return MetricFinding(metric: "recorded_crimes", unit: "crimes", rules: ["level of a subject"])
    }
    for index in tokens {
      guard reading.tokens[index].kind == .word else { continue }
      let isNoun = reading.lexeme(index).noun >= 0
      // "the Crown Prosecution Service": the last noun of a compound is its head.
      if isNoun, tokens.contains(index + 1), reading.lexeme(index + 1).noun >= 0 { continue }
      if isNoun, Self.areas.contains(reading.noun(index).kind), !isPlural(index) { continue }
      guard isNoun && !reading.noun(index).metric.isEmpty || isPlural(index) && reading.tokens[index].symbol == 0 else {
        continue
      }
      let kind = isNoun ? reading.noun(index).kind : "thing"
      for verb in tokenRange(index + 1, min(index + 4, tokens.upperBound)) {
        if let metric = lexicon.metric(action: reading.lexeme(verb).action, kind: kind) {
          return MetricFinding(
            metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", noun: index, rules: ["level of a subject"])
        }
      }
      guard isNoun else {
        return MetricFinding(
          metric: reading.word(index), unit: "items", noun: index, rules: ["level of a subject"])
      }
      return MetricFinding(
        metric: reading.noun(index).metric, unit: reading.noun(index).unit, noun: index, rules: ["level of a subject"])
    }
    return nil
  }

  /// Kinds of noun that only say where.
  private static let areas: Set<String> = ["city", "country"]

  /// "1,783": a number written with separators is a count, whatever it counts.
  private func hasThousands(_ mention: NumberMention) -> Bool {
    mention.low >= 1_000
      && mention.tokens.contains { index in
        reading.isNumber(index)
          // A comma, a space or a thin space.
          && reading.text[Int(reading.tokens[index].start)..<Int(reading.tokens[index].end)].contains {
            !Tokenizer.isDigit($0) && $0 != UInt8(ascii: ".")
          }
      }
  }

  /// "a city of 435,000", "the town's population of 60,000".
  private func isPopulationOfPlace(_ mention: NumberMention) -> Bool {
    reading.isWord(mention.phraseStart - 1, .of)
      && ["city", "town", "village", "population", "community", "island"].contains(
        reading.word(mention.phraseStart - 2))
  }
}
