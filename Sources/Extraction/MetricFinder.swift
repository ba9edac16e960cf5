// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What a number counts, and how that was found.
struct MetricFinding {
  var metric: String
  var unit: String
  /// Taken over from the figure before, with its place ("39 were men").
  var isInherited = false
  /// Stated to be a part of the figure before ("of the 660 …, 39 …").
  var isSubset = false
  /// Taken over from the claim whose number is said again, with its place.
  var isToldBefore = false
  /// The token of the noun that is counted; nil where it is left out.
  var noun: Int?
  /// Where the words behind the number begin that say which part it is.
  var predicate: Int?
  /// The token of the verb that says what was done.
  var verb: Int?
  /// The verb that the number was the object of, for the next number of a list.
  var action: Int16 = -1
  /// "crimes recorded for the distribution of …": what a count of crimes is narrowed to.
  var offence: String?
  var rules: [String]
}

/// What stands around a number.
struct MetricContext {
  var sentence: Range<Int>
  /// Where the next number's phrase begins, or the sentence ends.
  var bound: Int
  /// Where the list of numbers ends that this one stands in; at least `bound`.
  var listBound: Int
  var previousInSentence: Told?
  /// The verb whose object the figure before in the sentence is.
  var previousAction: Int16 = -1
  /// The last claim, if it is near enough to be carried over.
  var previous: Told?
  /// The last claim of the text, however far: "of that group, more than half".
  var lastOfText: Told?
  /// The last claim of what the text reports, where the last of all says who acted or where.
  var main: Told?
  /// The claim whose number is said again: "the 2,816 cases", "ten of the 13".
  var told: Told?
  /// The first two claims of the sentence: what "respectively" pairs off.
  var pair: [Told] = []
  /// The last claim near by that counts people by what they are or what was done: whom "the children" are.
  var people: Told?
  /// The same, of those that are not of children only.
  var adults: Told?
  /// What most counts of the text so far are of: what a list of places after a heading goes on with.
  var usual: Told?
  /// What a line that ends in "for:" says of the lines of the list below it.
  var leadIn: String?
  /// What a heading says of the lines of the list below it: "Where the arrests were made".
  var listHeading: String?
  /// What the people of a list count as, where the line above it says whom it is of.
  var members: String?
  /// What the question above asks the number of.
  var asked: MetricFinding?
  /// The metrics that the text has told so far.
  var toldMetrics: Set<String> = []
}

extension MetricContext {
  /// The same, without the border at the next number.
  var whole: MetricContext {
    var result = self
    result.bound = sentence.upperBound
    return result
  }
}

/// Finds what a number counts: by the noun behind it and the verb that governs both; by what the
/// sentence counted before, where the noun is left out.
struct MetricFinder {
  let reading: Reading
  var lexicon: Lexicon { reading.lexicon }

  enum Outcome {
    case found(MetricFinding)
    case rejected(RejectionReason)
  }

  func find(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    var context = context
    // "94 cars worth £3.8m were stolen": what they are worth does not part them from their verb.
    if mention.form == .plain, context.bound < context.sentence.upperBound,
      reading.isWord(reading.before(context.bound), .worth)
    {
      let sum = tokenRange(context.bound, context.sentence.upperBound).first { reading.isNumber($0) } ?? context.bound
      context.bound =
        tokenRange(sum + 1, context.sentence.upperBound).first { reading.isNumber($0) } ?? context.sentence.upperBound
    }
    let outcome = metric(mention, context)
    guard case .found(var finding) = outcome else { return outcome }
    settlePeople(&finding, mention, context)
    settleThings(&finding, mention, context)
    settleSubject(&finding, mention, context)
    // "The lowest rates were in Shetland (52)", "the incident rates per 10,000 people were highest in:": of a rate.
    if finding.noun == nil, finding.isInherited || finding.rules == ["list"], mention.form == .plain,
      isOfRates(mention, context)
    {
      finding.metric = Self.base(finding.metric) + "_rate"
    }
    // "694 involved black people, a rate of 19.8 per 1,000 black residents".
    if finding.noun == nil, mention.form == .plain, !finding.metric.hasSuffix("_rate"),
      let rate = rate(finding, mention.headStart - 1, context)
    {
      return .found(rate)
    }
    if Self.base(finding.metric) == "recorded_crimes" { finding.offence = offence(mention, context) }
    return .found(finding)
  }

  /// The offence that "the number of crimes … for X" narrows the sentence's figures to.
  func offence(_ mention: NumberMention, _ context: MetricContext) -> String? {
    for index in tokenRange(context.sentence.lowerBound, mention.phraseStart)
    where reading.isWord(index, .rank) && reading.isWord(index + 1, .of) && reading.lexeme(index + 2).noun >= 0 {
      var start = index + 3
      while start < mention.phraseStart, reading.isWord(start, .action) { start += 1 }
      // "for …", "relating to …", "involving …".
      if !reading.isWord(start, .preposition), reading.isWord(start + 1, .to) { start += 1 }
      guard reading.isWord(start, .preposition | .to) else { return nil }
      start += 1
      while reading.isWord(start, .determiner) { start += 1 }
      var end = start
      while end < mention.phraseStart, reading.tokens[end].kind == .word,
        !reading.isWord(end, .increase | .decrease | .be | .have | .locative)
      {
        end += 1
      }
      return end > start ? reading.string(start..<end) : nil
    }
    return nil
  }

  func metric(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    switch mention.form {
    case .multiple: return multiple(mention, context)
    case .percent, .fraction: return share(mention, context)
    case .money: return money(mention, context)
    case .none: return none(mention, context)
    case .plain, .vague: return count(mention, context)
    }
  }

  // MARK: - Counts

  func count(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    // "passed 28,410 pieces of information to police".
    if reading.isWord(mention.headStart + 1, .of),
      ["pieces", "items", "bits"].contains(reading.word(mention.headStart)),
      ["information", "intelligence"].contains(reading.word(mention.headStart + 2))
    {
      return .found(
        MetricFinding(metric: "reports", unit: "items", noun: mention.headStart, rules: ["pieces of information"]))
    }
    if reading.isWord(mention.phraseStart - 1, .determiner), reading.isWord(mention.phraseStart - 2, .of),
      reading.isNumber(mention.phraseStart - 3) || reading.isWord(mention.phraseStart - 3, .number),
      Self.forceCounts.contains(mention.low), isAction(mention.headStart, "respond")
    {
      return .rejected(.denominator)
    }
    // "only 38 of the 43 replied in full": forces, where the text asked them.
    if reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .determiner),
      let whole = NumberParser(reading: reading).cardinal(mention.headStart + 2, context.sentence.upperBound),
      Self.forceCounts.contains(whole.value), isAction(whole.end, "respond")
    {
      return .found(MetricFinding(metric: "forces_responded", unit: "forces", rules: ["forces that answered"]))
    }
    // "records from 20 police areas".
    if reading.isWord(mention.headStart, .authority) || reading.word(mention.headStart) == "force",
      reading.word(mention.headStart + 1) == "areas" || reading.word(mention.headStart + 2) == "areas"
    {
      return .found(MetricFinding(metric: "forces_involved", unit: "forces", rules: ["areas of forces"]))
    }
    if let years = prisonYears(mention) { return .found(years) }
    // "arrested 24 persons in 10 cases": what those were arrested for.
    if reading.isWord(mention.phraseStart - 1, .in), context.previousInSentence?.metric == "arrests",
      let cases = tokenRange(mention.headStart, min(mention.headStart + 4, context.bound)).first(where: {
        ["case", "cases"].contains(reading.word($0))
      })
    {
      return .found(
        MetricFinding(
          metric: "recorded_crimes", unit: "crimes", noun: cases, rules: ["cases that people were arrested in"]))
    }
    if isJury(mention, context) { return .rejected(.other) }
    if let amount = changeAmount(mention, context) { return .found(amount) }
    if reading.isWord(mention.phraseStart - 1, .of | .at), reading.isWord(mention.phraseStart - 2, .crowd) {
      return .found(
        MetricFinding(metric: "protest_attendance", unit: "persons", rules: ["size of a crowd"]))
    }
    // "a 15-strong team", "a 26-member gang".
    if reading.isWord(mention.headStart - 1, .strong),
      let group = tokenRange(mention.headStart, min(mention.headStart + 4, context.sentence.upperBound)).first(where: {
        reading.isWord($0, .team | .gang | .crowd) || ["group", "network", "syndicate"].contains(reading.word($0))
      })
    {
      let metric =
        reading.isWord(group, .team) ? "officers" : reading.isWord(group, .crowd) ? "protest_attendance" : "offenders"
      return .found(MetricFinding(metric: metric, unit: "persons", rules: ["strength of a group"]))
    }
    // "millions in dirty cash", "thousands in cash".
    if mention.form == .vague, reading.isWord(mention.headStart, .in),
      tokenRange(mention.headStart + 1, min(mention.headStart + 4, context.bound)).contains(where: {
        reading.moneyMetric($0) == "cash_seized"
      })
    {
      // In which currency the text does not say.
      return .found(
        MetricFinding(
          metric: "cash_seized", unit: lexicon.catalog["cash_seized"]?.unit ?? "currency",
          rules: ["sum of money", "what it is in"]))
    }
    // "across eight jails": prisons, and no verb.
    if isAction(mention.headStart, "jail"), reading.word(mention.headStart) == "jails" {
      return .found(MetricFinding(metric: "prisons", unit: "items", noun: mention.headStart, rules: ["noun"]))
    }
    // "1 500 counterfeit euro banknotes".
    if ["counterfeit", "fake", "forged"].contains(reading.word(mention.headStart)),
      let notes = tokenRange(mention.headStart + 1, min(mention.headStart + 4, context.bound)).first(where: {
        ["banknotes", "notes", "coins", "bills"].contains(reading.word($0))
      })
    {
      return .found(
        MetricFinding(metric: "counterfeit_banknotes", unit: "items", noun: notes, rules: ["counterfeit money"]))
    }
    if let unsolved = unsolved(mention, context) {
      return .found(unsolved)
    }
    // "at least one deputy", "one of the 11 forces" count; "one offender was found with …" does not.
    let isOfMany =
      reading.isWord(mention.headStart, .of) && reading.isWord(mention.headStart + 1, .determiner)
      && (reading.isNumber(mention.headStart + 2) || reading.isWord(mention.headStart + 2, .number))
      // "Officers at one of the 13 addresses".
      && !reading.isWord(mention.phraseStart - 1, .at | .in | .locative | .preposition)
    let isOne = mention.isSpelled && mention.low == 1 && mention.high == 1 && mention.precision == .exact && !isOfMany
    let head = noun(from: mention.headStart, context, skipsOf: mention.form == .vague)
    if let again = toldBefore(mention, head, context) { return .found(again) }
    if let answer = answer(mention, head, context) { return .found(answer) }
    if let head, let finding = counted(head, mention, context) {
      // "One offender was found with …": "one" counts only what a verb of the lexicon was done to.
      // "One man told me", "one person may be arrested more than once".
      if isOne, Self.peopleKinds.contains(reading.noun(head).kind) || reading.noun(head).kind == "child",
        reading.isWord(head + 1, .modal | .saying)
      {
        return .rejected(.pronoun)
      }
      // "one man, aged 47, was stopped".
      let isTold =
        isOne && !reading.isMark(mention.phraseStart - 1, ":") && reading.isMark(head + 1, ",")
        && Self.peopleKinds.contains(reading.noun(head).kind)
      if isOne, isTold || !isCountOfOne(finding, head, context) { return .rejected(.pronoun) }
      // "my three kids": of somebody's own life.
      if mention.isSpelled, mention.low < 12, finding.rules == ["noun"],
        Self.carriers.contains(finding.metric) || ["property", "premises"].contains(reading.noun(head).kind),
        reading.sentences[mention.sentence].section == .quotation
      {
        return .rejected(.other)
      }
      if isKnownBodies(finding, mention, head) { return .rejected(.denominator) }
      return .found(subset(of: rate(finding, head, context) ?? finding, mention, head, context))
    }
    // "151 arrests (93 drink, 58 drugs)".
    if head == nil || reading.noun(head ?? 0).metric.isEmpty || reading.noun(head ?? 0).kind == "drug",
      let previous = context.previousInSentence, !isShare(previous),
      reading.isMark(mention.phraseStart - 1, "(") || previous.rule == "breakdown",
      isBreakdown(mention, of: previous, context), reading.tokens.indices.contains(mention.headStart),
      reading.tokens[mention.headStart].kind == .word,
      reading.isMark(mention.headStart + 1, ",") || reading.isMark(mention.headStart + 1, ")")
    {
      return .found(
        MetricFinding(
          metric: previous.metric, unit: previous.unit, isInherited: true, isSubset: true,
          predicate: mention.headStart, rules: ["breakdown"]))
    }
    // "5,161 reasonable grounds and 3,893 conclusive grounds decisions".
    if head == nil, let finding = sharedNoun(mention, context) { return .found(finding) }
    // "accounted for 203 and 141 firearms".
    if head == nil, reading.isWord(mention.headStart, .and),
      let other = NumberParser(reading: reading).cardinal(mention.headStart + 1, context.listBound)
    {
      var shared = mention
      shared.headStart = other.end
      if noun(from: other.end, context.whole, skipsOf: false) != nil,
        case .found(var finding) = count(shared, context.whole)
      {
        finding.rules.append("noun shared by two numbers")
        return .found(finding)
      }
    }
    // "219 workers were freed and 41 supervisors arrested": the verb behind a plural of its own.
    // "on all three floors": how a place is made.
    if head == nil, reading.isWord(mention.headStart, .stopNoun), !reading.isWord(mention.headStart, .times),
      isPlural(mention.headStart)
    {
      return .rejected(.other)
    }
    if head == nil, let finding = occurrences(mention, context) { return .found(finding) }
    if head == nil, let finding = openNoun(mention, context), let own = finding.noun, isDone(own, context) {
      return .found(finding)
    }
    if head == nil, let finding = elliptical(mention, context) {
      if isOne, !startsPlaceList(mention, context), !isPartOfPrevious(finding, context),
        !isOneOfPeople(finding, mention, context)
      {
        return .rejected(.pronoun)
      }
      if isOne, isObjectOfOther(mention) { return .rejected(.pronoun) }
      return .found(finding)
    }
    if isOne { return .rejected(.pronoun) }
    if mention.form != .vague, let finding = openNoun(mention, context) ?? openLabel(mention, context) {
      // "crosses three borders", somebody says: a way to speak.
      let isSaid = reading.sentences[mention.sentence].section == .quotation
      if finding.action < 0, finding.rules == ["noun of the text"],
        mention.low <= Self.fewest || isSaid && mention.low <= Self.spokenMax
      {
        return .rejected(.other)
      }
      return .found(finding)
    }
    if let finding = lastResort(mention, context) { return .found(finding) }
    return .rejected(.other)
  }

  /// "the three agencies", "the two services": those that the text named; "the 43 territorial forces": all that there are.
  private func isKnownBodies(_ finding: MetricFinding, _ mention: NumberMention, _ head: Int) -> Bool {
    guard finding.metric == "agencies_involved" || finding.metric == "forces_involved",
      reading.word(mention.phraseStart - 1) == "the", finding.verb == nil
    else { return false }
    if mention.isSpelled, mention.low <= 5 { return true }
    let isAll = finding.metric == "forces_involved" && [43, 45].contains(mention.low)
    return isAll
      && (reading.isWord(head + 1, .in | .locative | .pronoun) || reading.endsPlainly(head + 1)
        || reading.isWord(mention.phraseStart - 2, .in | .locative | .preposition | .to))
  }

  /// How many forces there are in England and Wales, with the national ones, and in the United Kingdom.
  private static let forceCounts: Set<Double> = [43, 44, 45, 46, 48]

  /// Numbers of things that no table knows and to which nothing was done, up to which they report nothing: "in three parts
  /// of the country", "two sources".
  private static let fewest = 4.0
  /// Numbers of things that no table knows, up to which a quotation reports nothing with them.
  private static let spokenMax = 30.0

  /// "228 of the 2,816 cases", "the 58", of 2,816 thefts and 58 orders told before: the same things, or a part of them.
  func toldBefore(_ mention: NumberMention, _ head: Int?, _ context: MetricContext) -> MetricFinding? {
    guard let told = context.told else { return nil }
    let isPart = reading.isWord(mention.headStart, .of)
    if !isPart, let head {
      let own = counted(head, mention, context)
      let isCarrier = reading.noun(head).kind == "case" && own?.verb == nil
      guard isCarrier || own.map({ Self.carriers.contains($0.metric) || $0.isInherited }) ?? true else { return nil }
    }
    if isPart, let outcome = outcome(of: wholeEnd(mention), mention, context, whole: told) {
      return outcome
    }
    // "The 17 were convicted", of a gang of 17.
    if !isPart, head == nil, ["offenders", "suspects", "persons"].contains(told.metric),
      let own = participle(mention.headStart, mention, context)
    {
      return own
    }
    return MetricFinding(
      metric: told.metric, unit: told.unit, isInherited: true, isSubset: isPart, isToldBefore: true,
      noun: isPart ? nil : head, predicate: isPart ? wholeEnd(mention) : nil,
      rules: [isPart ? "n of the m" : "told before"])
  }

  /// Behind the number and the noun of "of the 13 men".
  private func wholeEnd(_ mention: NumberMention) -> Int {
    var index = mention.headStart + 2
    if let whole = NumberParser(reading: reading).cardinal(index, reading.sentences[mention.sentence].tokens.upperBound)
    {
      index = whole.end
    }
    while reading.lexeme(index).noun >= 0 { index += 1 }
    return index
  }

  /// Metrics of nouns that only point at what was counted: people, cases.
  static let carriers: Set<String> = ["persons", "children", "cases", "items", "officers", "suspects", "offenders"]

  /// "No suspect was identified in 2,871 of the cases", "no suspect identified 18".
  func unsolved(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var start = mention.phraseStart
    let end = context.previousInSentence?.span.end ?? 0
    while start > max(context.sentence.lowerBound, mention.phraseStart - 10),
      Int(reading.tokens[start - 1].start) >= end
    {
      start -= 1
    }
    // "2,264 cases, or 75%, were closed without a suspect".
    let isDoubled =
      reading.isWord(context.bound, .or) || reading.isWord(context.bound - 1, .or)
      || reading.isMark(context.bound - 1, "(")
    let last = isDoubled ? context.sentence.upperBound : context.bound
    guard hasNoSuspect(tokenRange(start, min(last, mention.headStart + (isDoubled ? 18 : 14)))) else { return nil }
    return MetricFinding(metric: "crimes_unsolved", unit: "crimes", rules: ["no suspect found"])
  }

  /// "without a suspect", "no suspect": how forces close a crime that is not solved.
  func hasNoSuspect(_ tokens: Range<Int>) -> Bool {
    tokens.contains {
      guard reading.lexeme($0).noun >= 0,
        reading.noun($0).kind == "suspect" || ["culprit", "offender", "perpetrator"].contains(reading.word($0))
      else { return false }
      return reading.isWord($0 - 1, .without) || reading.isWord($0 - 2, .without)
        || reading.isWord($0 - 1, .no)
    }
  }

  /// "Blue badges inspected: 1,316.", "Religion: 9,400 (down 3%)": the words before a colon are the metric, where
  /// nothing is known of them.
  func openLabel(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let colon = mention.phraseStart - 1
    guard reading.isMark(colon, ":"), reading.endsPlainly(mention.headStart) || reading.isMark(mention.headStart, "(")
    else { return nil }
    var start = colon
    while start > context.sentence.lowerBound, colon - start < 6, reading.tokens[start - 1].kind == .word { start -= 1 }
    // "Total officers deployed: 1,480".
    if let metric = labelMetric(tokenRange(start, colon)) ?? anyMetric(tokenRange(start, colon)) {
      return MetricFinding(metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: ["label"])
    }
    let words = tokenRange(start, colon).filter { !reading.isWord($0, .determiner | .this | .timeUnit | .total) }
    guard !words.isEmpty, words.count <= 5 else { return nil }
    let name = words.map { reading.word($0) }.joined(separator: "_")
    return MetricFinding(metric: name, unit: "items", rules: ["label of the text"])
  }

  /// "six had been charged and one had been released without charge".
  private func isOneOfPeople(_ finding: MetricFinding, _ mention: NumberMention, _ context: MetricContext) -> Bool {
    guard let previous = context.previousInSentence, previous.unit == "persons" || previous.unit == "children" else {
      return false
    }
    return ["participle", "how a case stands", "came of it", "done to a part"].contains(finding.rules.first ?? "")
      && reading.isWord(mention.headStart, .be | .have)
  }

  /// "Three sold one.", "at one of the addresses": one of things that nothing was done to.
  private func isObjectOfOther(_ mention: NumberMention) -> Bool {
    let before = mention.phraseStart - 1
    if reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .determiner | .pronoun),
      reading.isWord(before, .in | .at | .locative | .preposition | .from)
    {
      return true
    }
    return reading.endsPlainly(mention.headStart) && reading.tokens.indices.contains(before)
      && reading.tokens[before].kind == .word
      && (reading.tokens[before].symbol == 0
        || ["sold", "bought", "had", "took", "made"].contains(reading.word(before)))
      && !reading.tokens[before].isCapitalized
  }

  func isPartOfPrevious(_ finding: MetricFinding, _ context: MetricContext) -> Bool {
    finding.isInherited && context.previousInSentence != nil
  }

  /// "a jury of seven women and five men": no figures of anything reported.
  func isJury(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 6), min(mention.headStart + 2, context.bound))
      .contains {
        reading.isWord($0, .juryWord)
          && (reading.isWord($0 + 1, .of | .by) || $0 >= mention.headStart || reading.isWord($0 - 1, .of | .by))
      }
  }

  /// "178 offences per 100,000 people": a rate.
  func rate(_ finding: MetricFinding, _ head: Int, _ context: MetricContext) -> MetricFinding? {
    var next = head + 1
    // "9 crimes recorded per 1,000 population", "19 crimes for each million journeys".
    while next < head + 3, reading.lexeme(next).action >= 0 || reading.isWord(next, .verb) { next += 1 }
    if reading.isWord(next, .preposition | .for), !reading.isWord(next, .per), reading.isWord(next + 1, .every | .each)
    {
      next += 1
    }
    // "For every 100 crimes there were 33.1 arrests".
    let opening = context.sentence.lowerBound
    if reading.isWord(opening, .for), reading.isWord(opening + 1, .every | .each), reading.isNumber(opening + 2),
      !reading.isWord(next, .per | .every | .each)
    {
      var result = finding
      result.metric = Self.base(finding.metric) + "_rate"
      result.unit = "per " + reading.string(opening + 2..<opening + 3)
      return result
    }
    // "17 incidents and 12 crimes per 1,000 population".
    if reading.isWord(next, .and),
      let other = NumberParser(reading: reading).cardinal(next + 1, context.sentence.upperBound),
      let head = noun(from: other.end, context.whole, skipsOf: false)
    {
      next = head + 1
      while next < head + 3, reading.lexeme(next).action >= 0 { next += 1 }
    }
    // "116 incidents of domestic abuse recorded by the police in Scotland per 10,000 population".
    if !reading.isWord(next, .per | .every | .each),
      let far = tokenRange(next, min(next + Self.rateReach, context.sentence.upperBound)).first(where: {
        reading.isWord($0, .per) || reading.isNumber($0) || reading.isWord($0, .number) || reading.isMark($0, ",")
      }), reading.isWord(far, .per), reading.isNumber(far + 1),
      Self.inhabitants.contains(reading.word(far + 2))
    {
      next = far
    }
    // "27.5 arrests were made per 1,000 foreign nationals", "10.9 offences last year for every 1,000 people".
    if !reading.isWord(next, .per | .every | .each),
      let far = tokenRange(next, min(next + Self.rateReach, context.sentence.upperBound)).first(where: {
        reading.isWord($0, .per) || reading.isWord($0, .every) && reading.isWord($0 - 1, .for) || reading.isNumber($0)
          || reading.isWord($0, .number) || reading.isMark($0, ",")
      }), reading.isWord(far, .per | .every),
      // "9.6 arrests were made per thousand residents".
      reading.isWord(far + 1, .magnitude)
        || reading.isNumber(far + 1) && (reading.value(ofDigits: far + 1) ?? 0) >= Self.smallestBase
    {
      next = far
    }
    guard reading.isWord(next, .per | .every | .each),
      reading.isNumber(next + 1) || reading.isWord(next + 1, .magnitude)
    else {
      return nil
    }
    var result = finding
    result.metric = Self.base(finding.metric) + "_rate"
    result.unit = "per " + reading.string(next + 1..<next + 2)
    return result
  }

  /// Whether the clause that a number goes on with speaks of rates.
  private func isOfRates(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    tokenRange(context.sentence.lowerBound, mention.phraseStart).contains {
      reading.word($0) == "rates" && (reading.isWord($0 + 1, .be) || reading.isWord($0 + 1, .per))
    }
  }

  /// Rates of reported figures are of a thousand or more; "two officers per 40 pupils" is none.
  private static let smallestBase = 1000.0
  /// Tokens behind a noun within which it is told of how many inhabitants a rate is.
  private static let rateReach = 14
  private static let inhabitants: Set<String> = [
    "population", "people", "residents", "inhabitants", "children", "adults", "households",
  ]

  // MARK: - Nouns that no table knows

  /// A plural that the lexicon does not hold still says what is counted: its own word is the metric.
  func openNoun(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var index = mention.headStart
    var head: Int?
    while index < context.sentence.upperBound, index - mention.headStart < 6 {
      let token = reading.tokens[index]
      if token.kind == .mark,
        token.mark == UInt8(ascii: "-") || token.mark == UInt8(ascii: "\"") || token.mark == UInt8(ascii: "'")
          || token.mark == UInt8(ascii: "s")
      {
        index += 1
        continue
      }
      guard
        token.kind == .word || reading.isNumber(index) && index > mention.headStart && reading.isMark(index + 1, "-")
      else { break }
      if token.gap >= .line { break }
      let isEnd = reading.isWord(
        index,
        .be | .have | .preposition | .locative | .relative | .pronoun | .conjunction | .and | .to | .from | .of | .in
          | .month | .weekday | .timeUnit | .verb | .distance | .than)
      if isEnd { break }
      if isPlural(index) { head = index } else if head != nil { break }
      index += 1
    }
    if head == nil, mention.low == 1, index > mention.headStart, !mention.isSpelled { head = index - 1 }
    guard let head, reading.tokens[head].kind == .word else { return nil }
    if reading.isWord(head, .stopNoun) { return nil }
    // "Some 6,000 police will guard the route".
    if head == mention.headStart, reading.reads(head, "police") {
      return MetricFinding(metric: "officers", unit: "persons", noun: head, rules: ["noun"])
    }
    var name = reading.word(head)
    // "Raiders took 17 watches", "rustlers made off with 72 cattle".
    if actsAsThief(context, before: mention.phraseStart) {
      return MetricFinding(metric: "items_stolen", unit: "items", noun: head, rules: ["what thieves took"])
    }
    let action = actionAround(mention, head, context)
    // "raided eleven village halls": things, where no table knows them.
    if let action, lexicon.actionNames[Int(action)] == "search" {
      return MetricFinding(
        metric: "searches", unit: "items", noun: head, action: action, rules: ["things, by what was done"])
    }
    // "shoplifters arrested", "arrested four administrators": whoever they are, people were.
    if let action, lexicon.isPersonal(action), let metric = lexicon.metric(action: action, kind: "person") {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", noun: head, action: action,
        rules: ["people, by what was done"])
    }
    // "among them 21 teachers": a part of the people before.
    if isIncluded(mention), let previous = context.previousInSentence ?? context.previous,
      previous.unit == "persons"
    {
      return MetricFinding(
        metric: previous.metric, unit: previous.unit, isInherited: true, isSubset: true, noun: head,
        rules: ["included in the figure before"])
    }
    // "2,500 Easter eggs stolen", "visited 86 banks": some actions make one metric of all things.
    if let action, let metric = lexicon.metric(action: action, kind: "thing") {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", noun: head, action: action,
        rules: ["things, by what was done"])
    }
    if let action { name += "_" + lexicon.actionParticiples[Int(action)] }
    return MetricFinding(metric: name, unit: "items", noun: head, action: action ?? -1, rules: ["noun of the text"])
  }

  /// Whether a participle behind a noun says what was done to it.
  private func isDone(_ noun: Int, _ context: MetricContext) -> Bool {
    var next = noun + 1
    while next < context.bound, reading.isWord(next, .be | .have | .adverb) { next += 1 }
    return next < context.bound && reading.lexeme(next).action >= 0
      && lexicon.metric(action: reading.lexeme(next).action, kind: "person") != nil
      && isPassive(next, from: noun + 1)
  }

  /// "including 12 …", "among them 12 …", "of whom 12 …", or the next of such a list.
  func isIncluded(_ mention: NumberMention) -> Bool {
    var index = mention.phraseStart - 1
    // "Included were 139 people".
    if reading.isWord(index, .be), ["included", "among"].contains(reading.word(index - 1)) { return true }
    let start = max(reading.sentences[mention.sentence].tokens.lowerBound, index - 6)
    while index >= start {
      if reading.isWord(index, .include) { return true }
      if reading.isWord(index, .pronoun), reading.isWord(index - 1, .preposition) { return true }
      if reading.isMark(index, ".") || reading.isMark(index, ";") || reading.isWord(index, .be | .have)
        || reading.lexeme(index).action >= 0
      {
        return false
      }
      index -= 1
    }
    return false
  }

  func isPlural(_ index: Int) -> Bool {
    guard reading.tokens[index].kind == .word else { return false }
    if reading.isWord(index, .irregularPlural) { return true }
    let token = reading.tokens[index]
    guard token.end - token.start > 3, reading.text[Int(token.end) - 1] | 0x20 == UInt8(ascii: "s") else {
      return false
    }
    let before = reading.text[Int(token.end) - 2] | 0x20
    return before != UInt8(ascii: "s") && before != UInt8(ascii: "u") && before != UInt8(ascii: "i")
  }

  /// The verb that a number and its noun are the object or the subject of.
  func actionAround(_ mention: NumberMention, _ head: Int, _ context: MetricContext) -> Int16? {
    var index = head + 1
    // "Six 'high-value targets' were held".
    if reading.isMark(index, "'") || reading.isMark(index, "\"") { index += 1 }
    while reading.isWord(index, .be | .have | .adverb) { index += 1 }
    if index < context.bound, reading.lexeme(index).action >= 0 { return reading.lexeme(index).action }
    index = mention.phraseStart - 1
    while index >= context.sentence.lowerBound, reading.isWord(index, .determiner | .adverb | .total | .of | .link) {
      index -= 1
    }
    if index >= context.sentence.lowerBound, reading.lexeme(index).action >= 0 { return reading.lexeme(index).action }
    return context.previousAction >= 0 ? context.previousAction : nil
  }

  /// The counted noun behind a number: known words after at most five modifiers.
  func noun(from start: Int, _ context: MetricContext, skipsOf: Bool) -> Int? {
    if let agencies = agencies(from: start, context) { return agencies }
    var index = start
    var found: Int?
    var skipped = 0
    if skipsOf, reading.isWord(index, .of) { index += 1 }
    while skipsOf, reading.isWord(index, .determiner) { index += 1 }
    while index < context.bound {
      let token = reading.tokens[index]
      if token.kind == .mark {
        // "entry/search warrants".
        if token.mark == UInt8(ascii: "/"), reading.touchesPrevious(index), reading.touchesPrevious(index + 1),
          !reading.isNumber(index + 1)
        {
          found = nil
          index += 1
          continue
        }
        // "Taser-trained officers": the first word only describes.
        if token.mark == UInt8(ascii: "-"), found == index - 1, reading.touchesPrevious(index + 1),
          !reading.isNumber(index + 1)
        {
          found = nil
        }
        if token.mark == UInt8(ascii: "-") || (token.mark == UInt8(ascii: "\"") && found == nil)
          || (token.mark == UInt8(ascii: "'") && found == nil)
        {
          index += 1
          continue
        }
        // "1,075 Mandatory Intoxicant Testing (MIT) checkpoints", "full-time equivalent (FTE) officers": a short name.
        if token.mark == UInt8(ascii: "("), index > start, found == nil, reading.isMark(index + 2, ")"),
          reading.tokens.indices.contains(index + 3), reading.tokens[index + 1].isAllCaps,
          reading.tokens[index + 3].gap == .space
        {
          index += 3
          continue
        }
        // "18 sheriff's offices": whose they are.
        if token.mark == UInt8(ascii: "s"), index > start, found == nil, reading.lexeme(index + 1).noun >= 0 {
          index += 1
          continue
        }
        break
      }
      // "three 16-year-old girls": how old they are.
      if token.kind == .number, index == start, reading.isMark(index + 1, "-"),
        reading.isWord(index + 2, .yearWord | .timeUnit),
        reading.isMark(index + 3, "-"), reading.isWord(index + 4, .old)
      {
        index += 5
        continue
      }
      // "41,875 999 calls": the number that was rung.
      if Rejections.isShortNumber(reading, index), reading.lexeme(index + 1).noun >= 0 {
        index += 1
        continue
      }
      // "412,000 counterfeit M30 pills".
      if token.kind == .number, index > start, reading.touchesPrevious(index), reading.tokens[index - 1].kind == .word {
        index += 1
        continue
      }
      guard token.kind == .word else { break }
      // "31 US cities": no pronoun; "threat-to-life notices", "confirmed crimes": only describe.
      if found == nil, describesOnly(index) {
        index += 1
        continue
      }
      // "looked-after children".
      if reading.isMark(index + 1, "-"), reading.isWord(index + 2, .preposition), reading.touchesPrevious(index + 2),
        reading.word(index) == "looked"
      {
        index += 3
        continue
      }
      let lexeme = reading.lexeme(index)
      // "the number of suspects officers sought to charge": who acted begins another clause.
      if let last = found, lexeme.noun >= 0, isPlural(last), ["officer", "force"].contains(reading.noun(index).kind),
        ["suspect", "victim", "child", "offender", "crime", "property", "premises"].contains(reading.noun(last).kind),
        isPlural(index)
      {
        break
      }
      // "12 officers raid addresses", "officers visit 61 homes": a verb that is a noun elsewhere.
      if let last = found, lexeme.noun >= 0, isPlural(last), !isPlural(index),
        ["officer", "force"].contains(reading.noun(last).kind),
        ["search", "visit", "arrest"].contains(reading.noun(index).kind)
      {
        break
      }
      if lexeme.noun >= 0, !(lexeme.classes.intersects(.increase | .decrease) && found != nil) {
        found = index
        index += 1
        continue
      }
      // "county lines gang members": the people are the head.
      if found != nil, reading.isWord(index, .gang), reading.lexeme(index + 1).noun >= 0 {
        found = index + 1
        index += 2
        continue
      }
      // "61 firearms related arrests": what they are related to only describes.
      if found != nil, reading.lexeme(index + 1).noun >= 0, token.symbol == 0 || token.end - token.start == 7,
        reading.word(index) == "related"
      {
        found = nil
        index += 1
        continue
      }
      // "drone pilots": a plural that no table knows is the head.
      if let last = found, token.symbol == 0, token.gap == .space, isPlural(index), !isPlural(last),
        reading.noun(last).kind != "weight"
      {
        return nil
      }
      // "103,496 child sexual abuse offences", "18,427 knife and offensive weapon offences": the plural is the head.
      if let last = found, !isPlural(last), reading.noun(last).kind != "weight", let head = pluralHead(index, context) {
        found = head
        index = head + 1
        continue
      }
      // "two crime groups", "the five crime types": groups and types are counted.
      if let last = found, !isPlural(last), Self.sorts.contains(reading.word(index)), token.gap == .space { return nil }
      if found != nil { break }
      if lexeme.classes.intersects(.action) {
        // "12 convicted offenders": a participle before the noun describes it.
        guard
          reading.lexeme(index + 1).noun >= 0
            || reading.lexeme(index + 2).noun >= 0 && reading.noun(index + 2).kind == "search"
            || reading.lexeme(index + 2).noun >= 0
              && !reading.isWord(
                index + 1, .preposition | .locative | .determiner | .and | .as | .conjunction | .when | .without)
            || reading.isWord(index, .describing) && reading.isWord(index + 1, .and)
              && reading.lexeme(index + 3).noun >= 0
            // "39 deactivated and converted firearms".
            || reading.isWord(index + 1, .and) && reading.word(index).hasSuffix("ed")
              && reading.word(index + 2).hasSuffix("ed") && reading.lexeme(index + 3).noun >= 0
        else { break }
        // "38 missing and endangered children".
        if reading.isWord(index + 1, .and), reading.lexeme(index + 1).noun < 0 {
          index += reading.lexeme(index + 2).action >= 0 && reading.lexeme(index + 3).noun >= 0 ? 2 : 1
        }
      } else if lexeme.classes.intersects(
        .be | .have | .preposition | .locative | .relative | .pronoun | .verb | .conjunction | .to | .from | .of | .in
          | .without)
      {
        // "1,125 Duty to Notify reports": a word in a name.
        let isInName =
          found == nil && index > start && reading.tokens[index - 1].isCapitalized && !token.isCapitalized
          && token.gap == .space && reading.tokens.indices.contains(index + 1)
          && reading.tokens[index + 1].isCapitalized
        // "Sexual Communication with a Child offences".
        let isWithArticle =
          found == nil && index > start && reading.tokens[index - 1].isCapitalized
          && reading.isWord(index + 1, .determiner)
          && reading.tokens.indices.contains(index + 2) && reading.tokens[index + 2].isCapitalized
          && reading.isWord(index, .with)
        if isWithArticle { index += 1 }
        guard isWithArticle || isInName && lexeme.classes.intersects(.to | .of | .from) else { break }
      } else if lexeme.classes.intersects(.and), skipped == 0 {
        break
      } else if lexeme.classes.intersects(.adverb | .determiner), skipped == 0, token.symbol != 0,
        !reading.isWord(index, .adverb)
      {
        break
      }
      skipped += 1
      if skipped > 5 { break }
      index += 1
    }
    return found
  }

  /// Sorts and parts that are counted themselves, where one of a noun without a plural is before them.
  private static let sorts: Set<String> = [
    "groups", "types", "categories", "areas", "levels", "rates", "trends", "figures", "statistics", "hubs", "units",
    "teams", "scenes",
  ]

  /// Words that elsewhere begin another phrase, and here only describe the noun that is to come.
  private func describesOnly(_ index: Int) -> Bool {
    if reading.isWord(index, .pronoun), reading.tokens[index].isAllCaps, reading.word(index) == "us" { return true }
    if reading.isWord(index, .to), reading.isMark(index - 1, "-"), reading.isMark(index + 1, "-"),
      reading.touchesPrevious(index), reading.touchesPrevious(index + 2)
    {
      return true
    }
    return Self.proving.contains(reading.word(index)) && reading.lexeme(index + 1).noun >= 0 && isPlural(index + 1)
  }

  /// Verbs that as participles say that what is counted has been looked into.
  private static let proving: Set<String> = ["confirmed", "verified", "proven", "substantiated"]

  /// Words with which a list of levels of government begins.
  private static let levels: Set<String> = ["federal", "state", "local", "provincial", "national", "international"]
  /// Tokens of such a list, up to the noun that they describe.
  private static let levelsReach = 12

  /// "3,500 federal, state, local and tribal law enforcement agencies".
  private func agencies(from start: Int, _ context: MetricContext) -> Int? {
    guard reading.isMark(start + 1, ",") || reading.isWord(start + 1, .and), Self.levels.contains(reading.word(start))
    else { return nil }
    for index in tokenRange(start + 1, min(start + Self.levelsReach, context.bound)) {
      if reading.isMark(index, ",") || reading.isWord(index, .and) { continue }
      guard reading.tokens[index].kind == .word, !reading.isWord(index, .be | .have | .preposition | .in) else {
        return nil
      }
      if reading.lexeme(index).noun >= 0, isPlural(index) { return index }
    }
    return nil
  }

  /// The rule of a number whose noun stands behind the next one's own words.
  static let sharedNounRule = "noun shared with the next number"
  /// Words of a number's own before the "and" of the pair.
  private static let ownWordsMax = 3

  /// "5,161 reasonable grounds and 3,893 conclusive grounds decisions": the noun of the second, which both count.
  private func sharedNoun(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var joint = mention.headStart
    while joint < context.bound, joint - mention.headStart <= Self.ownWordsMax, reading.tokens[joint].kind == .word,
      reading.tokens[joint].gap < .line, reading.lexeme(joint).noun < 0, reading.lexeme(joint).action < 0,
      !reading.isWord(
        joint,
        .and | .be | .have | .preposition | .locative | .in | .of | .for | .from | .to | .at | .relative | .verb
          | .pronoun
          | .conjunction | .timeUnit | .month)
    {
      joint += 1
    }
    guard joint > mention.headStart, joint - mention.headStart <= Self.ownWordsMax, reading.isWord(joint, .and),
      let other = NumberParser(reading: reading).cardinal(joint + 1, context.sentence.upperBound),
      let head = noun(from: other.end, context.whole, skipsOf: false), head > other.end,
      head - other.end <= Self.ownWordsMax,
      !reading.noun(head).metric.isEmpty
    else { return nil }
    return MetricFinding(
      metric: reading.noun(head).metric, unit: reading.noun(head).unit, rules: [Self.sharedNounRule])
  }

  /// The last plural of a compound that goes on from a token; nil where a word of another kind ends it before.
  private func pluralHead(_ index: Int, _ context: MetricContext) -> Int? {
    var result: Int?
    for position in tokenRange(index, min(index + 6, context.bound)) {
      let isNoun = reading.lexeme(position).noun >= 0 && reading.tokens[position].gap == .space
      guard isNoun || isPlain(position) || position == index && reading.isWord(position, .and) else { break }
      if isNoun, isPlural(position) {
        result = position
        break
      }
    }
    return result
  }

  /// A word between the parts of a compound, that says nothing to the rules: "sexual abuse" of "child sexual abuse offences".
  func isPlain(_ index: Int) -> Bool {
    let token = reading.tokens[index]
    let lexeme = reading.lexeme(index)
    return token.kind == .word && token.gap == .space && lexeme.noun < 0 && lexeme.action < 0
      && (token.symbol == 0
        || !lexeme.classes.intersects(
          .be | .have | .preposition | .locative | .relative | .pronoun | .verb | .conjunction | .to | .from | .of | .in
            | .and | .for | .at | .by | .with | .adverb | .determiner | .month | .weekday | .timeUnit | .than | .or
            | .increase | .decrease | .comparative))
  }

  static let countsOfOne: Set<String> = [
    "arrest", "charge", "conviction", "warrant", "firearm", "weapon", "vehicle", "fatality", "caution",
  ]

  func isCountOfOne(_ finding: MetricFinding, _ head: Int, _ context: MetricContext) -> Bool {
    if finding.rules.first == "in so many cases" { return false }
    if finding.rules.first != "noun" { return true }
    let kind = reading.noun(head).kind
    // "five tonnes of cocaine plus one tonne of cannabis".
    if kind == "weight", context.previousInSentence?.metric == finding.metric { return true }
    // "one cannabis factory was found".
    if kind == "premises", reading.isWord(head + 1, .be), reading.lexeme(head + 2).action >= 0 { return true }
    return Self.countsOfOne.contains(kind)
  }

  // MARK: - Prison terms

  /// "jailed for a total of 314 years"; single terms were rejected before.
  func prisonYears(_ mention: NumberMention) -> MetricFinding? {
    guard reading.isWord(mention.headStart, .timeUnit),
      Rejections(reading: reading).jailAction(before: mention.phraseStart, in: mention.sentence) != nil
        || reading.isWord(mention.phraseStart - 1, .receive)
        || Rejections(reading: reading).isInPrison(mention.headStart + 1)
        || Rejections(reading: reading).addsUpTerms(mention)
    else { return nil }
    let metric = "jail_years"
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? "years", noun: mention.headStart,
      rules: ["prison terms added up"])
  }
}
