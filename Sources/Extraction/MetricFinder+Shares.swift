// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What shares are of: "41% of missing children", "a charge rate of 7 per cent", "Seven out of ten were aged 70 or over".
extension MetricFinder {
  func share(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    // "The conviction rate of 86.2% was higher than …".
    if reading.isWord(mention.phraseStart - 1, .of), reading.isWord(mention.phraseStart - 2, .rateWord),
      let base = Self.rates[reading.word(mention.phraseStart - 3)], mention.form == .percent
    {
      return .found(MetricFinding(metric: base + "_share", unit: "percent", rules: ["rate"]))
    }
    // "The share of crime that ended in a charge was 9.8%".
    if mention.form == .percent, let charged = endedInCharge(mention, context) {
      return .found(MetricFinding(metric: charged + "_share", unit: "percent", rules: ["share that ended so"]))
    }
    // "crimes had almost doubled (99%)", "more than doubled, up 112%": the change again.
    if mention.form == .percent, let previous = context.previousInSentence, previous.metric.hasSuffix("_multiple"),
      !reading.isWord(mention.headStart, .of),
      Int(reading.tokens[mention.phraseStart - 1].start) >= previous.span.end,
      Int(reading.tokens[max(0, mention.phraseStart - 3)].start) < previous.span.end
    {
      return .found(
        MetricFinding(
          metric: Self.base(previous.metric) + "_increase", unit: "percent", isInherited: true,
          rules: ["change told twice"]))
    }
    if let level = rateLevel(mention, context) ?? level(mention, context) { return .found(level) }
    if hasOutcome(mention, context) {
      return .found(MetricFinding(metric: "detections_share", unit: "percent", rules: ["outcomes"]))
    }
    if let endured = endured(mention, context) { return .found(endured) }
    if let ended = endsIn(mention, context) {
      return .found(MetricFinding(metric: ended + "_share", unit: "percent", rules: ["share that ended so"]))
    }
    if let change = change(mention, context) { return .found(change) }
    func finding(_ name: String, _ rule: String, inherited: Bool = false) -> Outcome {
      // "31% of county lines": of all lines, active or not.
      let base = name == "lines_active" && !context.sentence.contains { isAction($0, "active") } ? "lines" : name
      return .found(
        MetricFinding(
          metric: base + "_share", unit: "percent", isInherited: inherited, rules: [rule]))
    }
    // "The outcome rate for racist crimes was 13.7 per cent".
    let before = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - Self.rateReach), mention.phraseStart)
    if let rate = before.last(where: { reading.isWord($0, .rateWord) }),
      !before.contains(where: { reading.isNumber($0) && $0 > rate && !isOfYear($0) })
    {
      // "The rate of charging", "the clear up rate"; "had an outcome, a rate of 25.4 per cent".
      let named = reading.isWord(rate + 1, .of) && rate + 2 < mention.phraseStart ? rate + 2 : rate - 1
      let outcome = before.last { $0 < rate && ["outcome", "outcomes"].contains(reading.word($0)) }
      let metric =
        Self.rates[reading.word(named)]
        ?? (reading.lexeme(named).noun >= 0 ? reading.noun(named).metric : outcome == nil ? "" : "detections")
      if !metric.isEmpty {
        return .found(MetricFinding(metric: metric + "_share", unit: "percent", rules: ["rate"]))
      }
    }
    // "In 53% no suspect was identified".
    if reading.isWord(mention.phraseStart - 1, .in),
      hasNoSuspect(tokenRange(mention.headStart, min(mention.headStart + 8, context.sentence.upperBound)))
    {
      return finding("crimes_unsolved", "no suspect found")
    }
    // "No suspect was found for 91% of them".
    if reading.isWord(mention.phraseStart - 1, .for | .in),
      hasNoSuspect(tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 8), mention.phraseStart))
    {
      return finding("crimes_unsolved", "no suspect found")
    }
    var next = mention.headStart
    // "Over half, 55%, of all decisions": the same share twice, and then of what.
    if reading.isMark(next, ","), let close = tokenRange(next + 1, next + 5).first(where: { reading.isMark($0, ",") }),
      reading.isNumber(next + 1), reading.isWord(close + 1, .of)
    {
      next = close + 1
    } else if reading.isMark(next, ","), reading.isWord(next + 1, .of),
      reading.isMark(mention.phraseStart - 1, ",")
    {
      next += 1
    }
    var hasOf = reading.isWord(next, .of)
    // "79% (3,269) of referrals".
    var context = context
    if !hasOf, reading.isMark(next, "("), reading.isNumber(next + 1),
      let close = tokenRange(next + 2, next + 5).first(where: { reading.isMark($0, ")") }),
      reading.isWord(close + 1, .of)
    {
      next = close + 1
      hasOf = true
      context = context.whole
    }
    if hasOf { next += 1 }
    // "29 per cent of losses".
    if hasOf, let money = tokenRange(next, next + 4).first(where: { !reading.moneyMetric($0).isEmpty }),
      reading.moneyMetric(money) == "losses", reading.lexeme(money).action < 0, reading.lexeme(money).noun < 0,
      tokenRange(next, money).allSatisfy({
        reading.isWord($0, .determiner | .total | .wholeWord) || reading.tokens[$0].isAllCaps
          || reading.word($0) == "all"
      })
    {
      return finding("losses", "share of a sum")
    }
    // "86% of those dismissed", "two-thirds of those we arrest".
    if hasOf, reading.isWord(next, .pronoun | .determiner) {
      var verb = next + 1
      if reading.word(next) == "those" {
        while ["we", "they"].contains(reading.word(verb)) || reading.isWord(verb, .relative | .be | .have) { verb += 1 }
        // "of those who were reported missing".
        if isAction(verb, "report"), isAction(verb + 1, "missing") { verb += 1 }
      }
      if reading.lexeme(verb).action >= 0,
        let metric = lexicon.metric(action: reading.lexeme(verb).action, kind: "person")
      {
        return finding(metric, "share of those it was done to")
      }
    }
    // "Women accounted for 54 per cent of reports and £61.7m of the losses; men for 43 per cent".
    if !hasOf, reading.isWord(mention.phraseStart - 1, .for), reading.isMark(mention.phraseStart - 3, ";"),
      let first = context.pair.first, first.metric.hasSuffix("_share")
    {
      return finding(Self.base(first.metric), "share of what the sentence shares out", inherited: true)
    }
    // "Of the victims, nine out of ten were women, and one in three was under 18".
    let opening = context.sentence.lowerBound
    if !hasOf, reading.isWord(opening, .of), reading.isWord(opening + 1, .determiner),
      reading.lexeme(opening + 2).noun >= 0, reading.lexeme(opening + 3).noun < 0,
      let comma = tokenRange(opening + 3, min(opening + 12, mention.phraseStart)).first(where: {
        reading.isMark($0, ",")
      }), !tokenRange(opening + 3, comma).contains(where: { reading.isNumber($0) && !isOfYear($0) })
    {
      let metric = reading.noun(opening + 2).metric
      if !metric.isEmpty, !Self.carriers.contains(metric) {
        // The text may count them as something more: those identified, those safeguarded.
        let told = context.people.map { Self.base($0.metric) }
        return finding(told?.hasPrefix(metric) == true ? told ?? metric : metric, "share of whom the sentence is of")
      }
    }
    // "Offenders who also attacked children were almost exclusively men".
    if !hasOf, let metric = subjectWithClause(context, before: mention.phraseStart) {
      return finding(metric, "share of the subject")
    }
    while reading.isWord(next, .determiner), hasOf { next += 1 }
    // "two thirds of the 3,140 referrals".
    if hasOf, let whole = NumberParser(reading: reading).cardinal(next, context.sentence.upperBound) {
      next = whole.end
      if let head = noun(from: next, context.whole, skipsOf: false) {
        let metric = reading.noun(head).kind == "call" && isEmergencyCall(head) ? "calls" : reading.noun(head).metric
        if !metric.isEmpty { return finding(metric, "share of a noun") }
      }
    }
    // "68 per cent of victims were female and 32 per cent male. One in nine was under 18."
    if !hasOf, let previous = context.previousInSentence ?? context.previous, previous.metric.hasSuffix("_share"),
      reading.isWord(next, .be) || isSex(next) && reading.lexeme(next + 1).noun < 0
    {
      return finding(Self.base(previous.metric), "share of the figure before", inherited: true)
    }
    if let head = noun(from: next, context, skipsOf: false) {
      let noun = reading.noun(head)
      if ["crime", "case"].contains(noun.kind), hasNoSuspect(tokenRange(head + 1, context.bound)) {
        return finding("crimes_unsolved", "no suspect found")
      }
      // "solves about one in twelve thefts".
      if let (metric, _) = verbBefore(mention.phraseStart, kind: noun.kind, context, mustTouch: true) {
        return finding(metric, "share: verb before")
      }
      // "decided to charge in 70.9% of the cases".
      if noun.kind == "case", reading.isWord(mention.phraseStart - 1, .in),
        let done = lexicon.metric(action: reading.lexeme(mention.phraseStart - 2).action, kind: "person")
      {
        return finding(done, "done in a share of the cases")
      }
      if noun.kind == "case", reading.isWord(mention.phraseStart - 1, .in),
        let previous = [context.previous, context.lastOfText, context.usual].compactMap({ $0 }).first(where: {
          !Self.currencies.contains($0.unit)
        })
      {
        return finding(Self.base(previous.metric), "in so many cases", inherited: true)
      }
      // "1 in 9 looked-after children are reported missing".
      if let (metric, _) = verbAfter(head + 1, kind: noun.kind, context), hasOf || metric.hasPrefix("missing") {
        return finding(metric, "share of what was done")
      }
      if noun.metric == "persons" || noun.metric == "children", let people = context.people,
        noun.kind != "child" || people.unit == "children" || people.metric.hasPrefix("victims")
      {
        return finding(Self.base(people.metric), "share of the people told before", inherited: true)
      }
      // "58% of all potential victims", where the text counts those identified.
      if noun.metric == "victims", context.toldMetrics.contains("victims_identified"),
        !context.toldMetrics.contains("victims")
      {
        return finding("victims_identified", "share of a noun told before")
      }
      // "Girls were 80% of the children targeted".
      if ["child", "person"].contains(noun.kind), Self.harmed.contains(reading.word(head + 1)) {
        return finding("victims", "share of those harmed")
      }
      // "41% of missing children", "46% of injured officers".
      if reading.isWord(head - 1, .describing), head - 1 >= next,
        let described = lexicon.metric(action: reading.lexeme(head - 1).action, kind: noun.kind)
      {
        return finding(described, "share of a described noun")
      }
      if !noun.metric.isEmpty { return finding(noun.metric, "share of a noun") }
    }
    if let victims = ofVictims(mention, context) { return finding(victims, "share of victims") }
    if let previous = sharedOut(mention, next, context) {
      return finding(Self.base(previous.metric), "share of the figure before", inherited: true)
    }
    // "Arrests resulting in a charge: 23%", "Officers working on the front line: 91%": of the head of the label.
    if mention.form == .percent, reading.isMark(mention.phraseStart - 1, ":"),
      let metric = subject(tokenRange(context.sentence.lowerBound, mention.phraseStart - 1)),
      !tokenRange(context.sentence.lowerBound, mention.phraseStart - 1).contains(where: { reading.isNumber($0) })
    {
      return finding(Self.base(metric), "share of a label")
    }
    // "The proportion of robberies closed with no culprit was 57 per cent": of the noun behind "of".
    if let share = before.last(where: { Self.shareWords.contains(reading.word($0)) && reading.isWord($0 + 1, .of) }),
      !before.contains(where: { $0 > share && reading.isNumber($0) && !isOfYear($0) }),
      let metric = subject(tokenRange(share + 2, mention.phraseStart))
    {
      let isUnsolved = hasNoSuspect(tokenRange(share + 2, mention.phraseStart))
      return finding(isUnsolved ? "crimes_unsolved" : metric, "share that a noun names")
    }
    if let metric = left(context, before: mention.phraseStart) { return finding(metric, "share of the clause before") }
    var open = mention
    open.headStart = next
    if let noun = openNoun(open, context.whole) { return finding(noun.metric, "share of a noun of the text") }
    // "Serious violence in Hull is down by 27 per cent".
    if mention.form == .percent || mention.form == .fraction,
      let word = before.last(where: { reading.isWord($0, .increase | .decrease) }),
      before.contains(where: { $0 < word && reading.isWord($0, .offenceWord | .offenceNoun) })
    {
      return .found(
        MetricFinding(
          metric: "recorded_crimes" + (reading.isWord(word, .increase) ? "_increase" : "_decrease"), unit: "percent",
          rules: ["change of an offence"]))
    }
    // "Female suspects comprised 7 per cent": of whatever the sentence is on.
    if mention.form == .percent {
      let told =
        ofSubject(tokenRange(context.sentence.lowerBound, mention.phraseStart))?.metric
        ?? context.usual.map { Self.base($0.metric) }
      return finding(told.map { Self.base($0) } ?? "items", "told by its form")
    }
    return .rejected(.other)
  }

  /// The figure that a share is of where no noun says it: the one before, but no sum of money and nobody who acted, and of
  /// people where the words are of people: "Of the £21m … Seven out of ten were aged 70 or over".
  private func sharedOut(_ mention: NumberMention, _ next: Int, _ context: MetricContext) -> Told? {
    let told = [context.previousInSentence, context.previous, context.lastOfText, context.main, context.usual]
      .compactMap { $0 }
    // "half of it", "40% of the total".
    if next > mention.headStart,
      reading.word(next) == "it" || reading.isWord(next, .total) || reading.isWord(next, .sumNoun)
    {
      return told.first
    }
    if reading.isWord(next, .be | .have), saysWho(next, context), !isPeople(told.first), let people = context.adults {
      return people
    }
    return told.first { !Self.currencies.contains($0.unit) && !Self.isActors(Self.base($0.metric)) } ?? told.first
  }

  /// "Where the gender of the victim was known, 83% were girls".
  private func ofVictims(_ mention: NumberMention, _ context: MetricContext) -> String? {
    guard
      let noun = tokenRange(context.sentence.lowerBound, mention.phraseStart).last(where: {
        reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "victim"
      }), reading.isWord(noun - 1, .determiner) || reading.isWord(noun - 1, .of),
      tokenRange(context.sentence.lowerBound, noun).contains(where: {
        ["sex", "gender", "age", "ethnicity", "nationality"].contains(reading.word($0))
      })
    else { return nil }
    return "victims"
  }

  /// "The proportion of crimes ending in a charge or summons slipped to", "the share that ended in a charge was".
  private func endedInCharge(_ mention: NumberMention, _ context: MetricContext) -> String? {
    let before = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - Self.rateReach), mention.phraseStart)
    guard let share = before.last(where: { Self.shareWords.contains(reading.word($0)) }),
      !before.contains(where: { $0 > share && reading.isNumber($0) && !isOfYear($0) }),
      let end = before.first(where: {
        $0 > share && reading.isWord($0, .in | .to) && Self.endWords.contains(reading.word($0 - 1))
      })
    else { return nil }
    return outcomeNamed(tokenRange(end + 1, min(end + 4, mention.phraseStart)))
  }

  /// "2.6% of rapes resulted in a charge", "charges followed in 11% of domestic abuse crimes", "no further action was taken in
  /// 42% of cases": what came of a share of crimes or cases.
  private func endsIn(_ mention: NumberMention, _ context: MetricContext) -> String? {
    guard mention.form == .percent, reading.isWord(mention.headStart, .of),
      let head = noun(from: mention.headStart + 1, context.whole, skipsOf: false),
      ["crime", "case", "report", "incident", "allegation"].contains(reading.noun(head).kind)
    else { return nil }
    let after = tokenRange(head + 1, min(head + Self.outcomeReach, context.bound))
    if let end = after.first(where: { Self.endWords.contains(reading.word($0)) && reading.isWord($0 + 1, .in | .to) }) {
      return outcomeNamed(tokenRange(end + 2, min(end + 5, context.bound)))
    }
    guard reading.isWord(mention.phraseStart - 1, .in | .for) else { return nil }
    let before = tokenRange(
      max(context.sentence.lowerBound, mention.phraseStart - Self.outcomeReach), mention.phraseStart)
    if before.contains(where: { reading.isNumber($0) || reading.isMark($0, ";") }) { return nil }
    if before.contains(where: { isNoFurtherAction($0) }) { return "no_further_action" }
    let verb = mention.phraseStart - 2
    let isGiven = ["followed", "made", "given", "brought", "issued", "secured", "taken"].contains(reading.word(verb))
    return isGiven ? outcomeNamed(before) : nil
  }

  /// The first outcome of a case that some words name.
  private func outcomeNamed(_ tokens: Range<Int>) -> String? {
    tokens.lazy.compactMap { index -> String? in
      guard reading.lexeme(index).noun >= 0 else { return nil }
      let metric = reading.noun(index).metric
      return ["charges", "convictions", "cautions", "arrests", "prosecutions"].contains(metric) ? metric : nil
    }.first
  }

  private static let harmed: Set<String> = ["targeted", "affected", "abused", "exploited", "groomed", "harmed"]

  private static let shareWords: Set<String> = ["share", "proportion", "percentage"]
  private static let endWords: Set<String> = [
    "ending", "ended", "ends", "resulting", "resulted", "results", "leading", "led", "leads",
  ]

  /// Outcomes that say that a crime was cleared up.
  private static let clearedKinds: Set<String> = [
    "positive", "criminal", "formal", "successful", "sanction", "outcome",
  ]

  /// "positive outcomes in 20% of cases", "949 had a criminal outcome, a rate of 22.9 per cent".
  private func hasOutcome(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    guard mention.form == .percent || mention.form == .fraction,
      // What came of searches is of them.
      (context.previousInSentence ?? context.previous).map({ Self.base($0.metric) }) != "stop_searches"
    else { return false }
    func isOutcome(_ index: Int) -> Bool {
      ["outcome", "outcomes"].contains(reading.word(index)) && Self.clearedKinds.contains(reading.word(index - 1))
    }
    let before = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 5), mention.phraseStart)
    if reading.isWord(mention.phraseStart - 1, .in | .of | .for) {
      if before.contains(where: isOutcome) { return true }
    }
    let after = tokenRange(mention.headStart, min(mention.headStart + Self.outcomeReach, context.bound))
    return reading.isWord(mention.headStart, .of) && after.contains(where: isOutcome)
  }

  /// Tokens from a share to the outcome of its crimes: "14 per cent of the rapes led to a positive outcome".
  private static let outcomeReach = 12

  /// "1 in 4 women will at some time in her life experience domestic abuse": a share of people who were victims.
  private func endured(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    // "Of the Black women who experience domestic abuse 35% are …".
    if let verb = tokenRange(context.sentence.lowerBound, mention.phraseStart).first(where: {
      reading.isWord($0, .enduring)
    }), reading.isWord(context.sentence.lowerBound, .of),
      tokenRange(context.sentence.lowerBound, verb).contains(where: {
        reading.lexeme($0).noun >= 0 && Self.peopleKinds.contains(reading.noun($0).kind)
      }), !reading.isNumber(verb + 1),
      !tokenRange(verb, mention.phraseStart).contains(where: { reading.isNumber($0) || reading.isMark($0, ";") })
    {
      return MetricFinding(metric: "victims_share", unit: "percent", rules: ["people who were victims"])
    }
    var next = mention.headStart
    if reading.isWord(next, .of) { next += 1 }
    guard let head = noun(from: next, context.whole, skipsOf: false),
      Self.peopleKinds.contains(reading.noun(head).kind)
        || reading.noun(head).kind == "child"
    else { return nil }
    let clause = tokenRange(head + 1, min(head + Self.enduredReach, context.sentence.upperBound)).prefix {
      !reading.isMark($0, ",") && !reading.isMark($0, ";")
        && (!reading.isNumber($0) || reading.isWord($0 - 1, .age))
    }
    let verb = clause.first {
      reading.isWord($0, .enduring) || reading.word($0) == "victims" && reading.isWord($0 - 1, .be)
    }
    guard let verb else { return nil }
    let offence = tokenRange(verb, min(verb + 8, context.sentence.upperBound)).contains {
      reading.isWord($0, .offenceWord | .offenceNoun) || ["abuse", "violence", "victims"].contains(reading.word($0))
        || reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "crime"
    }
    return offence
      ? MetricFinding(metric: "victims_share", unit: "percent", noun: head, rules: ["people who were victims"])
      : nil
  }

  /// Tokens from people to the verb that says what they went through.
  private static let enduredReach = 14

  /// Tokens from the name of a rate to its value: "The charging rate in England and Wales in the year ending March 2020 was".
  private static let rateReach = 22

  /// Whose rate it is, where no noun says it: "the charging rate", "the clear up rate".
  private static let rates = [
    "charging": "charges", "charge": "charges", "up": "detections", "clearance": "detections",
    "detection": "detections",
    "solved": "detections", "conviction": "convictions", "victimisation": "victims",
  ]

  /// A year, or the second half of "2012-13" and "2024/25".
  func isOfYear(_ index: Int) -> Bool {
    reading.year(index) != nil
      || (reading.isMark(index - 1, "-") || reading.isMark(index - 1, "/")) && reading.year(index - 2) != nil
  }

  /// "The charging rate has dropped – from 23.2% in 2016 to a shocking 9% in 2020": levels of the one rate that a sentence is
  /// on.
  private func rateLevel(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    guard mention.form == .percent,
      let rate = tokenRange(context.sentence.lowerBound, mention.phraseStart).last(where: {
        reading.isWord($0, .rateWord)
      }), let base = Self.rates[reading.word(rate - 1)],
      tokenRange(rate, mention.phraseStart).contains(where: { reading.isWord($0, .from | .increase | .decrease) }),
      reading.isWord(mention.phraseStart - 1, .from | .to)
        || reading.isWord(mention.phraseStart - 1, .determiner | .adverb)
        || reading.isWord(mention.phraseStart - 3, .to) && reading.isWord(mention.phraseStart - 2, .determiner)
    else { return nil }
    return MetricFinding(metric: base + "_share", unit: "percent", rules: ["level of a rate"])
  }

  /// "It was 30%, down from 36%", "fell from 76% to 74%": shares that a change leads from and to.
  private func level(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let before = mention.phraseStart - 1
    guard mention.form == .percent else { return nil }
    let previous = context.previousInSentence.flatMap { $0.unit == "percent" ? $0 : nil }
    if let previous,
      reading.isWord(before, .from | .to) || reading.isWord(before, .comparedTo) || reading.isWord(before, .with),
      previous.metric.hasSuffix("_share") || previous.metric.hasSuffix("_rate"),
      !reading.isWord(mention.headStart, .of)
    {
      return MetricFinding(metric: previous.metric, unit: "percent", isInherited: true, rules: ["level of a share"])
    }
    guard reading.isWord(before, .from), reading.isWord(mention.headStart, .to), reading.isNumber(mention.headStart + 1)
    else { return nil }
    let words = tokenRange(max(context.sentence.lowerBound, before - 10), before)
    if let rate = words.last(where: { reading.isWord($0, .rateWord) }), let base = Self.rates[reading.word(rate - 1)] {
      return MetricFinding(metric: base + "_share", unit: "percent", rules: ["level of a rate"])
    }
    guard let base = changed(context, before: before) ?? figureBefore(context).map({ Self.base($0.metric) }) else {
      return nil
    }
    return MetricFinding(metric: base + "_share", unit: "percent", rules: ["level of a share"])
  }

  /// "male", "women": words that only say which of the people.
  private func isSex(_ index: Int) -> Bool {
    guard reading.tokens.indices.contains(index), reading.tokens[index].kind == .word,
      let node = lexicon.populations.next(PhraseTrie.root, reading.tokens[index].symbol),
      case .population(let dimension, _) = lexicon.populations.meaning(node)
    else { return false }
    return dimension.name == "sex"
  }

  /// The metric of a noun with a relative clause, of which a share "is" or "were" what follows.
  private func subjectWithClause(_ context: MetricContext, before end: Int) -> String? {
    let be = reading.isMark(end - 1, "\"") ? end - 2 : end - 1
    guard reading.isWord(be, .be) else { return nil }
    let relative = tokenRange(context.sentence.lowerBound, be).last {
      reading.isWord($0, .relative) && reading.lexeme($0 - 1).noun >= 0
    }
    guard let relative else { return nil }
    let metric = reading.noun(relative - 1).metric
    return metric.isEmpty ? nil : metric
  }
}
