// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Numbers whose noun is left out, and stated zeros.
extension MetricFinder {
  // MARK: - Left-out nouns

  /// A number whose noun is left out: "six in Dudley", "39 were men", "41 arrested", "151 in 2011".
  func elliptical(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var next = mention.headStart
    while reading.isWord(next, .adverb), next < context.bound { next += 1 }
    // "Victims numbering 261 were identified": the noun before.
    if reading.reads(mention.phraseStart - 1, "numbering"), reading.lexeme(mention.phraseStart - 2).noun >= 0 {
      let noun = reading.noun(mention.phraseStart - 2)
      if let (metric, position) = verbAfter(next, kind: noun.kind, context) {
        return MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? noun.unit, verb: position,
          rules: ["level of a subject"])
      }
      if !noun.metric.isEmpty {
        return MetricFinding(metric: noun.metric, unit: noun.unit, rules: ["level of a subject"])
      }
    }
    // "487 under-18s were arrested".
    if let group = reading.ageGroup(next) {
      var mention = mention
      mention.headStart = group.upperBound
      return participle(group.upperBound, mention, context.whole) ?? elliptical(mention, context.whole)
    }
    // "39 of the 41 arrested were men": the whole behind it says what is counted.
    if reading.isWord(next, .of), reading.isWord(next + 1, .determiner),
      next + 2 >= context.bound || reading.isNumber(next + 2)
        || reading.isMark(next + 3, "s") && reading.isNumber(next + 4)
    {
      let whole = fromWhole(after: next + 2, context)
      // "data obtained from 41 of the 43 forces".
      if let whole, whole.metric == "forces_involved",
        tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 12), mention.phraseStart).contains(where: {
          reading.isWord($0, .dataWord)
        })
      {
        return MetricFinding(metric: "forces_responded", unit: "forces", rules: ["forces that gave data"])
      }
      if let whole, !Self.carriers.contains(whole.metric) { return whole }
      return inherit(context, mention, subset: false, rule: "n of the m") ?? whole
    }
    // "91 of the children had been reported missing", "748 of last year's cases".
    let ofYear =
      reading.isWord(next, .of) && reading.isWord(next + 1, .last | .this) && reading.isWord(next + 2, .timeUnit)
      && reading.isMark(next + 3, "s")
    if reading.isWord(next, .of), reading.isWord(next + 1, .determiner) || ofYear,
      let head = noun(from: ofYear ? next + 4 : next + 2, context, skipsOf: false),
      let counted = resulted(head + 1, context) ?? counted(head, mention, context)
    {
      var finding = counted
      finding.predicate = tokenRange(head + 1, context.bound).first { reading.isWord($0, .be | .have) }
      return finding
    }
    if reading.isWord(next, .of), reading.isWord(next + 1, .pronoun | .determiner | .relative) {
      if let head = noun(from: next + 2, context, skipsOf: false), let outcome = resulted(head + 1, context) {
        return outcome
      }
      if let outcome = outcome(of: next + 2, mention, context) { return outcome }
      // "31 of those arrested were registered sex offenders".
      if reading.lexeme(next + 2).action >= 0, let metric = done(at: next + 2, kind: "person") {
        return MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", isInherited: true, isSubset: true,
          predicate: tokenRange(next + 3, context.bound).first { reading.isWord($0, .be | .have) },
          rules: ["of those it was done to"])
      }
      if let part = inherit(context, mention, subset: true, rule: "of them").map({ found -> MetricFinding in
        var finding = found
        finding.predicate = next + 2
        if finding.metric == "vulnerable_people_safeguarded", reading.lexeme(next + 2).noun >= 0,
          reading.noun(next + 2).kind == "child"
        {
          finding.metric = "children_safeguarded"
          finding.unit = "children"
        }
        return finding
      }) {
        return part
      }
      return fromWhole(after: next + 2, context)
    }
    if reading.isMark(next, ","), reading.isWord(next + 1, .of) {
      return inherit(context, mention, subset: true, rule: "of them")
    }
    if reading.isWord(next, .relative) {
      return inherit(context, mention, subset: true, rule: "relative clause").map {
        var finding = $0
        finding.predicate = next
        return finding
      }
    }
    // "arrested 341 people and reported 306 to the procurator fiscal".
    if reading.isWord(next, .to | .for), isAction(mention.phraseStart - 1, "report"),
      tokenRange(next, min(next + 4, context.sentence.upperBound)).contains(where: { reading.isWord($0, .prosecutor) })
    {
      return MetricFinding(metric: "charges", unit: "persons", rules: ["reported for prosecution"])
    }
    if let outcome = resulted(next, context) ?? recordedAs(next, context) { return outcome }
    // "31 were told that no further action would be taken".
    if tokenRange(next, min(next + 3, context.bound)).contains(where: { reading.word($0) == "told" }),
      tokenRange(next, min(next + 12, context.bound)).contains(where: { isNoFurtherAction($0) })
    {
      return MetricFinding(metric: "no_further_action", unit: "persons", rules: ["told of no further action"])
    }
    // "Nine have been reported to the Procurator Fiscal".
    if let verb = tokenRange(next, min(next + 4, context.bound)).first(where: { isAction($0, "report") }),
      reading.isWord(verb - 1, .be),
      reading.isWord(verb + 1, .for)
        || tokenRange(verb + 1, min(verb + 6, context.sentence.upperBound)).contains(where: {
          reading.isWord($0, .prosecutor)
        })
    {
      return MetricFinding(metric: "charges", unit: "persons", rules: ["reported for prosecution"])
    }
    if let whole = ofAll(mention, next, context) ?? amongDone(mention, next, context) { return whole }
    // "74 burglaries (96 last year)": the same, in another year.
    if reading.isMark(mention.phraseStart - 1, "("), reading.isWord(next, .last | .in | .previousWord),
      tokenRange(next, next + 4).contains(where: { reading.isMark($0, ")") }),
      tokenRange(next, next + 3).contains(where: {
        reading.isWord($0, .yearWord | .timeUnit) || reading.year($0) != nil
      }),
      let told = inherit(context, mention, subset: false, rule: "label")
    {
      return withoutSubset(told)
    }
    // "412 arrests (97 linked to drug trafficking)": some of them.
    if let part = bracketedPart(mention, next, context) { return part }
    if let status = status(next, context) {
      return MetricFinding(
        metric: status, unit: lexicon.catalog[status]?.unit ?? "persons", rules: ["how a case stands"])
    }
    if let direct = participle(next, mention, context) { return direct }
    // "Fifty were men": of the people, whatever the text counted last.
    if reading.isWord(next, .be | .have), let people = saysChild(next, context) ? context.people : context.adults,
      saysWho(next, context),
      !isPeople(context.previousInSentence ?? context.previous ?? context.lastOfText)
    {
      return MetricFinding(
        metric: people.metric, unit: people.unit, isInherited: true, isSubset: true, predicate: next,
        rules: ["predicate of people"])
    }
    if reading.isWord(next, .be | .have) {
      return inherit(context, mention, subset: opensWithWhole(context, mention), rule: "predicate").map {
        var finding = $0
        finding.predicate = next
        finding.isSubset = true
        return finding
      }
    }
    // "made 97,466 referrals …, down from 109,544": the level before.
    if reading.isWord(mention.phraseStart - 1, .from),
      reading.isWord(mention.phraseStart - 2, .increase | .decrease | .up),
      let previous = context.previousInSentence, !isShare(previous), previous.unit != "percent",
      reading.isMark(mention.phraseStart - 3, ",") || reading.isMark(mention.phraseStart - 3, "-")
        || reading.isMark(mention.phraseStart - 3, "(")
    {
      let base = Self.base(previous.metric)
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? previous.unit, isInherited: true,
        rules: ["level of a change"])
    }
    // "rose to 1,398", "from 14 to 112": the figures that a change leads from and to.
    // "from 2,673 complaints in 2016 to 1,783": of the noun of the first.
    if reading.isWord(mention.phraseStart - 1, .to), let previous = context.previousInSentence, !isShare(previous),
      previous.rule == "noun",
      tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 9), mention.phraseStart - 1).contains(where: {
        reading.isWord($0, .from) && reading.isNumber($0 + 1)
      })
    {
      return MetricFinding(
        metric: previous.metric, unit: previous.unit, isInherited: true, rules: ["level of a change"])
    }
    if reading.isWord(mention.phraseStart - 1, .to | .from),
      let base = changeSubject(context, before: mention.phraseStart - 1)
    {
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? "items", rules: ["level of a change"])
    }
    // "a 6% increase on April to June 2021 (3,124)": what was before the change.
    if let change = context.previousInSentence, change.unit == "percent", Self.base(change.metric) != change.metric,
      !change.metric.hasSuffix("_share"), reading.isMark(mention.phraseStart - 1, "("), reading.isMark(next, ")"),
      reading.year(mention.phraseStart - 2) != nil
    {
      let base = Self.base(change.metric)
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? "items", isInherited: true, rules: ["level of a change"])
    }
    // "Merseyside (43)", "Arrests: 8,014", "Doncaster 377".
    let follows = mention.phraseStart - 1
    if reading.endsPlainly(next),
      reading.isMark(follows, "(") || reading.isMark(follows, ":") || reading.isMark(follows, "-")
        || reading.isWord(follows, .have) || reading.lexeme(follows).action >= 0
        || (reading.tokens.indices.contains(follows) && reading.tokens[follows].kind == .word
          && reading.tokens[follows].isCapitalized),
      let listed = labelled(mention, context) ?? startOfList(mention, context) ?? inherit(
        context, mention, subset: false, rule: "label")
        ?? labelOfList(context)
    {
      return withoutSubset(listed)
    }
    // "Scam reports numbered 67,116 – down 8 per cent".
    if reading.isWord(mention.phraseStart - 1, .level), reading.isMark(next, "-"), reading.tokens[next].gap != .none,
      let told = inherit(context, mention, subset: false, rule: "level")
    {
      return withoutSubset(told)
    }
    // "65 internationally and 49 domestically".
    if context.previousInSentence != nil, Self.places.contains(reading.word(next)) {
      return inherit(context, mention, subset: false, rule: "said of the figure before").map { withoutSubset($0) }
    }
    // "as thefts pass 13,000", "Hull saw 6,018".
    if reading.isWord(mention.phraseStart - 1, .level | .result) || reading.isWord(mention.phraseStart - 2, .level),
      reading.endsPlainly(next), let told = inherit(context, mention, subset: false, rule: "level")
    {
      return withoutSubset(told)
    }
    // "referrals made 5, arrests 1".
    if reading.endsPlainly(next), let listed = labelled(mention, context) { return listed }
    // "the figure was 163", "the total was just 190".
    var copula = mention.phraseStart - 1
    while reading.isWord(copula, .adverb) { copula -= 1 }
    if reading.endsPlainly(next), reading.isWord(copula, .be) {
      if let told = inherit(context, mention, subset: false, rule: "predicate of a figure"),
        context.previousInSentence != nil || context.previous != nil
      {
        return withoutSubset(told)
      }
      if reading.isWord(copula - 1, .rank | .total), reading.isWord(copula - 2, .determiner),
        let main = context.usual ?? context.main, !isShare(main)
      {
        return MetricFinding(metric: main.metric, unit: main.unit, rules: ["predicate of a figure"])
      }
      if let told = inherit(context, mention, subset: false, rule: "predicate of a figure") {
        return withoutSubset(told)
      }
    }
    // "Of these, 391 were …", "of which 229 involved …".
    if reading.isWord(next, .verb | .action)
      || (next < context.bound && reading.tokens[next].kind == .word && reading.tokens[next].symbol == 0),
      let part = ofThese(context, before: mention.phraseStart)
        ? inherit(context, mention, subset: true, rule: "of these") : nil
    {
      var finding = part
      finding.predicate = next
      finding.isSubset = true
      return finding
    }
    // "on the 33,186 recorded in the previous 12 months".
    if reading.isWord(mention.phraseStart - 1, .determiner), reading.lexeme(next).action >= 0,
      let told = inherit(context, mention, subset: false, rule: "the number recorded")
    {
      return withoutSubset(told)
    }
    // "160 a day", "590 each day".
    if reading.isWord(next, .determiner | .per | .every), reading.isWord(next + 1, .timeUnit) {
      return inherit(context, mention, subset: false, rule: "so many a day").map { withoutSubset($0) }
    }
    let isPlaced = reading.isWord(next, .locative | .in | .preposition | .from)
    // "in 27 it had been graded too low": a place of its own in the count before.
    if reading.isWord(mention.phraseStart - 1, .in),
      reading.isWord(next, .pronoun | .determiner | .be) || reading.isMark(next, ",")
    {
      return inherit(context, mention, subset: true, rule: "in so many")
    }
    // "12,065 arrests and 15,391 children safeguarded, compared with 10,182 and 12,940 respectively".
    if let pair = respectively(mention, context) { return pair }
    // "recorded the most rapes, 8,714, followed by …".
    if reading.isMark(mention.phraseStart - 1, ","), reading.isMark(next, ","),
      reading.lexeme(mention.phraseStart - 2).noun >= 0, isPlural(mention.phraseStart - 2),
      context.previousInSentence == nil
    {
      let noun = reading.noun(mention.phraseStart - 2)
      if !noun.metric.isEmpty, !Self.carriers.contains(noun.metric), !Self.isActors(noun.metric) {
        return MetricFinding(
          metric: noun.metric, unit: lexicon.catalog[noun.metric]?.unit ?? noun.unit, rules: ["said beside its noun"])
      }
    }
    // "Of the 16, nine have been charged": the whole, told before.
    if reading.isMark(next, ","), reading.isWord(mention.phraseStart - 1, .determiner),
      reading.isWord(mention.phraseStart - 2, .of)
    {
      if let whole = inherit(context, mention, subset: false, rule: "the whole, told before") {
        return withoutSubset(whole)
      }
    }
    // "Where the victim's gender was recorded, 17,956 (51%) identified themselves as female".
    if saysSexOrAge(mention, context), context.previousInSentence == nil {
      let people = context.people
      return MetricFinding(
        metric: people?.metric ?? (context.toldMetrics.contains("losses") ? "victims" : "persons"),
        unit: people?.unit ?? "persons", isInherited: people != nil, predicate: next, rules: ["predicate of people"])
    }
    let isClosed =
      reading.isMark(next, ";") || reading.isMark(next, "(") || next >= context.bound || reading.isMark(next, ",")
      || reading.isMark(next, "-") && !reading.touchesPrevious(next)
      || reading.isMark(next, ".")
      || reading.isWord(next, .and) || reading.isMark(next, ")") || reading.isWord(next, .to)
    if isPlaced || isHedge(next) {
      return inherit(context, mention, subset: false, rule: "noun left out")
        .map { withoutSubset($0) }
    }
    if isClosed,
      context.previousInSentence != nil || isFarther(mention)
        || numberOf(tokenRange(context.sentence.lowerBound, mention.phraseStart)) != nil
    {
      return inherit(context, mention, subset: false, rule: "list").map { withoutSubset($0) }
    }
    // "31 beaten", "16,300 joined", "7,202 (5.1%) more": said of what the text counts.
    let isTold =
      reading.isWord(mention.phraseStart - 1, .be | .have | .verb | .to | .of | .by | .with | .for | .at | .and)
      || reading.isMark(mention.phraseStart - 1, ",") || reading.isMark(mention.phraseStart - 1, ";")
      || mention.phraseStart == context.sentence.lowerBound || reading.lexeme(mention.phraseStart - 1).action >= 0
      || mention.phraseStart - 1 == context.sentence.lowerBound && reading.isMark(mention.phraseStart - 1, "*")
      || reading.isMark(mention.phraseStart - 1, "-") && mention.phraseStart - 1 == context.sentence.lowerBound
      || reading.isWord(mention.phraseStart - 1, .out)
    let goesOn = reading.isMark(next, "(") || isClosed || next < context.bound && reading.tokens[next].kind == .word
    // "Afghans were the largest group, with 5,370".
    if reading.isWord(mention.phraseStart - 1, .with), reading.isMark(mention.phraseStart - 2, ","), isClosed,
      context.lastOfText != nil || left(context, before: mention.phraseStart) != nil
    {
      return inherit(context, mention, subset: false, rule: "said of the figure before").map { withoutSubset($0) }
    }
    // "followed by Devon and Cornwall on 276".
    if reading.word(mention.phraseStart - 1) == "on", isClosed, let previous = context.previousInSentence,
      !isShare(previous),
      reading.tokens[mention.phraseStart - 2].isCapitalized, reading.tokens[mention.phraseStart - 2].kind == .word
    {
      return MetricFinding(
        metric: previous.metric, unit: previous.unit, isInherited: true, rules: ["list", "from the figure before"])
    }
    // "Police hold 53 in drugs blitz".
    if reading.word(mention.phraseStart - 1) == "hold", mention.low > 1,
      isPlaced || reading.isWord(next, .since) || ["after", "over"].contains(reading.word(next))
    {
      return MetricFinding(metric: "arrests", unit: "persons", rules: ["held, in a headline"])
    }
    // "Nelson and Colne accounted for eight, including a boy".
    if reading.isWord(mention.phraseStart - 1, .for), reading.isWord(mention.phraseStart - 2, .composition), isClosed,
      context.previousInSentence == nil, let usual = context.usual, !isShare(usual)
    {
      return MetricFinding(metric: usual.metric, unit: usual.unit, rules: ["what the text counts"])
    }
    // "The biggest total came from West Yorkshire with 412, then Kent with 297", "Liverpool had the highest number with 29".
    let isMost = tokenRange(context.sentence.lowerBound, mention.phraseStart).contains {
      reading.isWord($0, .superlative) || ["highest", "fewest", "most", "biggest"].contains(reading.word($0))
    }
    if reading.isWord(mention.phraseStart - 1, .with), isClosed, mention.low > 2,
      reading.tokens.indices.contains(mention.phraseStart - 2),
      reading.tokens[mention.phraseStart - 2].isCapitalized && context.previous == nil || isMost,
      context.previousInSentence == nil, let usual = context.usual, !isShare(usual)
    {
      // "West Yorkshire recorded the most with 1,690".
      if context.toldMetrics.contains("recorded_crimes"),
        tokenRange(context.sentence.lowerBound, mention.phraseStart).contains(where: { isAction($0, "record") })
      {
        return MetricFinding(metric: "recorded_crimes", unit: "crimes", rules: ["what the text counts"])
      }
      return MetricFinding(metric: usual.metric, unit: usual.unit, rules: ["what the text counts"])
    }
    if isTold, goesOn, context.previous != nil || context.previousInSentence != nil, mention.low >= 2 {
      return inherit(context, mention, subset: false, rule: "said of the figure before").map { withoutSubset($0) }
    }
    return nil
  }

  /// "Of all referrals, 2,248 (54%) were for …": some of what the sentence opens with.
  private func ofAll(_ mention: NumberMention, _ next: Int, _ context: MetricContext) -> MetricFinding? {
    let first = context.sentence.lowerBound
    guard reading.isWord(first, .of), reading.isMark(mention.phraseStart - 1, ","), mention.phraseStart - first <= 6,
      reading.isWord(next, .be | .have) || reading.isMark(next, "(") || reading.lexeme(next).action >= 0,
      let noun = tokenRange(first + 1, mention.phraseStart - 1).last, reading.lexeme(noun).noun >= 0, isPlural(noun),
      !tokenRange(first, mention.phraseStart).contains(where: { reading.isNumber($0) })
    else { return nil }
    let metric = reading.noun(noun).metric
    guard !metric.isEmpty, !Self.carriers.contains(metric) else { return nil }
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? reading.noun(noun).unit, predicate: next,
      rules: ["part of what the sentence opens with"])
  }

  /// "The county's arrests were among 512 made by 44 forces": of the same as the subject.
  private func amongDone(_ mention: NumberMention, _ next: Int, _ context: MetricContext) -> MetricFinding? {
    guard isAmong(mention.phraseStart - 1), reading.isWord(next, .verb | .action) || reading.word(next) == "made",
      let metric = subject(tokenRange(context.sentence.lowerBound, mention.phraseStart - 1))
    else { return nil }
    return MetricFinding(metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: ["among others"])
  }

  /// Words with which a part of a figure is told in a bracket behind it.
  private static let partWords: Set<String> = [
    "linked", "involving", "relating", "related", "for", "from", "in", "with", "under", "aged", "by", "connected",
  ]

  /// "412 arrests (97 linked to drug trafficking)".
  private func bracketedPart(_ mention: NumberMention, _ next: Int, _ context: MetricContext) -> MetricFinding? {
    let bracket = mention.phraseStart - 1
    guard reading.isMark(bracket, "("), let previous = context.previousInSentence, !isShare(previous),
      Self.partWords.contains(reading.word(next)), bracket > context.sentence.lowerBound,
      reading.lexeme(bracket - 1).noun >= 0 || Int(reading.tokens[bracket].start) - previous.span.end <= 2
    else { return nil }
    return MetricFinding(
      metric: previous.metric, unit: previous.unit, isInherited: true, isSubset: true, predicate: next,
      rules: ["part in a bracket"])
  }

  /// "referrals made 5, arrests 1", "No further action: 140": what the words between the last number and this one count.
  func labelled(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var end = mention.phraseStart
    if reading.isMark(end - 1, ":") || reading.isMark(end - 1, "-") || reading.isMark(end - 1, "(") { end -= 1 }
    var start = end
    while start > context.sentence.lowerBound, end - start < 7, reading.tokens[start - 1].kind == .word,
      reading.tokens[start].gap < .line
    {
      start -= 1
    }
    // "2013 – 2214", below a line that says of what the figures are.
    if start == end, end < mention.phraseStart, let metric = context.leadIn, context.previousInSentence == nil {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: ["line that leads in"])
    }
    guard start < end else { return nil }
    let label = tokenRange(start, end)
    if label.contains(where: { isNoFurtherAction($0) }) {
      return MetricFinding(metric: "no_further_action", unit: "persons", rules: ["label"])
    }
    let isPlain =
      end < mention.phraseStart
      || label.count <= 4 && !label.contains { reading.isWord($0, .determiner | .to | .pronoun | .timeUnit | .be) }
    if let metric = context.leadIn, end < mention.phraseStart, context.previousInSentence == nil {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: ["line that leads in"])
    }
    guard isPlain, start == context.sentence.lowerBound || reading.tokens[start - 1].kind == .mark else { return nil }
    let ofHeading = end < mention.phraseStart && context.previousInSentence == nil ? context.listHeading : nil
    guard var metric = labelMetric(label) ?? ofHeading else { return nil }
    // "The accused were picked up from Bradford (12)": what was done to them.
    if metric == "suspects" || metric == "persons",
      let verb = label.last(where: { reading.lexeme($0).action >= 0 && reading.isWord($0 - 1, .be) }),
      let done = lexicon.metric(action: reading.lexeme(verb).action, kind: "person")
    {
      metric = done
    }
    return MetricFinding(metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: ["label"])
  }

  /// The figure before that this one belongs to, where the text pairs them off.
  func respectively(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let end = context.sentence.upperBound
    guard context.pair.count == 2 else { return nil }
    let next = mention.headStart
    var isFirst: Bool?
    if reading.isWord(next, .respectively) { isFirst = false }
    if reading.isWord(next, .and), let other = NumberParser(reading: reading).cardinal(next + 1, end),
      reading.isWord(other.end, .respectively)
    {
      isFirst = true
    }
    guard let isFirst else { return nil }
    let claim = context.pair[isFirst ? 0 : 1]
    return MetricFinding(metric: claim.metric, unit: claim.unit, rules: ["respectively"])
  }

  /// "the remaining six", "a further 12".
  func isFarther(_ mention: NumberMention) -> Bool {
    reading.isWord(mention.phraseStart - 1, .link)
  }

  /// "1. Leicester: 1,402 (down 14%)" below a heading: a list of places goes on with what the text mostly counts.
  func startOfList(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    guard context.previousInSentence == nil, context.previous == nil, context.sentence.count <= 14,
      reading.isMark(mention.phraseStart - 1, ":") || reading.isMark(mention.phraseStart - 1, "-"),
      let usual = context.usual
    else { return nil }
    return MetricFinding(metric: usual.metric, unit: usual.unit, rules: ["line of a list"])
  }

  /// "Wrexham – 51" on a line of its own: it goes on with what the text counted last.
  func labelOfList(_ context: MetricContext) -> MetricFinding? {
    guard context.sentence.count <= 6, let last = context.usual ?? context.lastOfText, !isShare(last) else {
      return nil
    }
    return MetricFinding(metric: last.metric, unit: last.unit, rules: ["line of a list"])
  }

  /// What a verb or noun of change before a token is said of.
  func changeSubject(_ context: MetricContext, before index: Int) -> String? {
    guard
      let change = tokenRange(context.sentence.lowerBound, index).last(where: {
        reading.isWord($0, .increase | .decrease)
      })
    else { return nil }
    return changed(context, before: change)
      ?? context.previousInSentence.map { Self.base($0.metric) } ?? context.previous.map { Self.base($0.metric) }
  }

  /// "of these", "of which", "of whom" shortly before a number.
  func ofThese(_ context: MetricContext, before index: Int) -> Bool {
    tokenRange(max(context.sentence.lowerBound, index - 3), index).contains {
      reading.isWord($0, .of) && reading.isWord($0 + 1, .pronoun | .relative)
    }
  }

  /// A list or comparison goes on with the metric, but is no part of the figure before.
  func withoutSubset(_ finding: MetricFinding) -> MetricFinding {
    var result = finding
    result.isSubset = false
    return result
  }

  func isHedge(_ index: Int) -> Bool {
    var node = PhraseTrie.root
    var position = index
    while position < reading.tokens.count, reading.tokens[position].kind == .word,
      let next = lexicon.phrases.next(node, reading.tokens[position].symbol)
    {
      node = next
      position += 1
      if case .hedge = lexicon.phrases.meaning(node) { return true }
    }
    return false
  }

  /// "seriously", "subsequently": an adverb that no table knows.
  func isManner(_ index: Int) -> Bool {
    guard reading.tokens.indices.contains(index), reading.tokens[index].kind == .word, reading.tokens[index].symbol == 0
    else {
      return false
    }
    let end = Int(reading.tokens[index].end)
    return end - Int(reading.tokens[index].start) > 4 && reading.text[end - 1] == UInt8(ascii: "y")
      && reading.text[end - 2] == UInt8(ascii: "l")
  }

  /// Adverbs of place behind a number whose noun is left out.
  private static let places: Set<String> = [
    "internationally", "domestically", "nationally", "locally", "abroad", "overseas", "online",
  ]

  /// A number without a currency that may still be a sum of money.
  private static let smallestSum = 10_000.0

  /// The metric of what was counted before, in order: the figure before in the sentence, "the number
  /// of …", the nearest noun or verb to the left, the figure before in the text.
  func inherit(
    _ context: MetricContext, _ mention: NumberMention, subset: Bool, rule: String
  ) -> MetricFinding? {
    // "froze £3.6m in several accounts and recovered 312 SIM cards": no part of the sum.
    if let previous = context.previousInSentence, Self.currencies.contains(previous.unit), mention.form == .plain,
      mention.currency.isEmpty, mention.low < Self.smallestSum, reading.tokens.indices.contains(mention.headStart),
      reading.tokens[mention.headStart].kind == .word,
      reading.tokens[mention.headStart].symbol == 0 || isPlain(mention.headStart)
    {
      return nil
    }
    if let previous = context.previousInSentence, !isShare(previous) {
      // The level beside an amount of change: "38 more than in the same months of 2022 (562)".
      let isAmount = previous.metric.hasSuffix("_increase") || previous.metric.hasSuffix("_decrease")
      return MetricFinding(
        metric: isAmount ? Self.base(previous.metric) : previous.metric, unit: previous.unit,
        isInherited: true,
        isSubset: subset || opensWithWhole(context, mention), rules: [rule, "from the figure before"])
    }
    // "Thefts from tractors more than trebled, from 19 to 61": the levels of the change.
    if let previous = context.previousInSentence, previous.unit == "times", !previous.metric.hasSuffix("_share"),
      reading.isWord(mention.phraseStart - 1, .from)
    {
      let base = Self.base(previous.metric)
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? "items", isInherited: true,
        rules: [rule, "level of a change"])
    }
    // "Of these, 69 per cent were found by searching and 81,100 came from the public".
    if let previous = context.previousInSentence, isShare(previous),
      ofThese(context, before: context.sentence.lowerBound + 3)
    {
      let base = Self.base(previous.metric)
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? "items", isInherited: true, isSubset: subset,
        rules: [rule, "of these"])
    }
    if let metric = levelled(context, before: mention.phraseStart)
      ?? numberOf(tokenRange(context.sentence.lowerBound, mention.phraseStart))
      ?? left(context, before: mention.phraseStart)
    {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: [rule, "from the clause before"])
    }
    if let previous = context.previous ?? context.lastOfText {
      let base = isShare(previous) ? Self.base(previous.metric) : previous.metric
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? (isShare(previous) ? "items" : previous.unit),
        isInherited: true, isSubset: subset, rules: [rule, "from the sentence before"])
    }
    return nil
  }

  /// "Visits for every kind of offence numbered 21,858", "arrests stood at 12": the subject of a verb of level.
  func levelled(_ context: MetricContext, before index: Int) -> String? {
    // "have passed 1,000": the verb is the qualifier as well.
    if reading.isWord(index, .level) { return changed(context, before: index) }
    var verb = index - 1
    if reading.isWord(verb, .to | .at) { verb -= 1 }
    return reading.isWord(verb, .level) ? changed(context, before: verb) : nil
  }

  func isShare(_ claim: Told) -> Bool {
    claim.unit == "percent" || claim.unit == "times"
  }

  /// What the words behind "of the", "of those" say: what was done to the part, else to the whole.
  func fromWhole(after index: Int, _ context: MetricContext) -> MetricFinding? {
    let end = context.sentence.upperBound
    for position in tokenRange(index, min(index + 6, end)) {
      let lexeme = reading.lexeme(position)
      let noun = lexeme.noun >= 0 && !reading.noun(position).metric.isEmpty ? reading.noun(position) : nil
      let kind = noun?.kind ?? "person"
      guard noun != nil || lexicon.metric(action: lexeme.action, kind: kind) != nil else { continue }
      // "of those arrested have been convicted", "of the 43 forces replied".
      var verb = tokenRange(position + 1, min(position + 8, end)).first {
        reading.isWord($0, .be | .have) && !reading.isWord($0 - 1, .relative)
      }
      while let next = verb, reading.isWord(next, .be | .have | .adverb) || isManner(next) { verb = next + 1 }
      if verb == nil, noun != nil, reading.isWord(position + 1, .intransitive) { verb = position + 1 }
      if let verb, verb < end, let metric = lexicon.metric(action: reading.lexeme(verb).action, kind: kind) {
        return MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["n of the m: done to a part"])
      }
      if let noun {
        if let (metric, _) = verbAfter(position + 1, kind: noun.kind, context.whole) {
          return MetricFinding(
            metric: metric, unit: lexicon.catalog[metric]?.unit ?? noun.unit, rules: ["n of the m: done to the whole"])
        }
        return MetricFinding(metric: noun.metric, unit: noun.unit, rules: ["n of the m"])
      }
      if let metric = lexicon.metric(action: lexeme.action, kind: kind) {
        return MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["n of the m"])
      }
    }
    return nil
  }

  /// "Of the 660 people arrested, 39 …": the sentence opens with the whole.
  func opensWithWhole(_ context: MetricContext, _ mention: NumberMention) -> Bool {
    var first = context.sentence.lowerBound
    while reading.isMark(first, "\"") || reading.isMark(first, "'") { first += 1 }
    return reading.isWord(first, .of) && context.previousInSentence != nil
  }

  /// "the number of crimes …": what the number is of.
  func numberOf(_ tokens: Range<Int>) -> String? {
    for position in tokens.reversed()
    where position > tokens.lowerBound && reading.isWord(position, .of) && reading.isWord(position - 1, .rank | .total)
    {
      for noun in tokenRange(position + 1, min(position + 6, tokens.upperBound)) where reading.lexeme(noun).noun >= 0 {
        if noun + 1 < tokens.upperBound, reading.lexeme(noun + 1).noun >= 0 { continue }
        let kind = reading.noun(noun).kind
        let metric =
          reading.isWord(noun - 1, .describing)
          ? lexicon.metric(action: reading.lexeme(noun - 1).action, kind: kind) ?? reading.noun(noun).metric
          : reading.noun(noun).metric
        // "the number of children and young people rescued".
        let isPair = reading.isWord(noun + 1, .and)
        for verb in tokenRange(noun + 1, min(noun + (isPair ? 7 : 4), tokens.upperBound)) {
          if let done = lexicon.metric(action: reading.lexeme(verb).action, kind: kind) { return done }
        }
        return metric.isEmpty ? nil : metric
      }
    }
    return nil
  }

  /// The nearest noun or verb to the left that says what is counted.
  func left(_ context: MetricContext, before index: Int) -> String? {
    var position = index - 1
    while position >= context.sentence.lowerBound {
      let lexeme = reading.lexeme(position)
      // "Belfast City recorded 9,452": the verb does not say what.
      if isAction(position, "record") || isAction(position, "report"),
        let last = context.previous ?? context.usual, !isShare(last), lexicon.catalog[last.metric] != nil
      {
        return last.metric
      }
      if lexeme.action >= 0 {
        // "Children safeguarded: 164": done to the noun before it, if that is close.
        let before = tokenRange(max(context.sentence.lowerBound, position - 3), position).last {
          reading.lexeme($0).noun >= 0
        }
        if let before,
          let metric = lexicon.metric(action: lexeme.action, kind: reading.noun(before).kind)
        {
          return metric
        }
        // "The Metropolitan Police has closed 1,190": what the text told of that before.
        if position == index - 1,
          let metric = lexicon.metrics(action: lexeme.action).first(where: { context.toldMetrics.contains($0) })
        {
          return metric
        }
        if let metric = lexicon.metric(action: lexeme.action) ?? lexicon.metric(action: lexeme.action, kind: "person") {
          return metric
        }
      }
      if lexeme.noun >= 0 {
        let noun = reading.noun(position)
        let isTold = ![
          "person", "suspect", "child", "officer", "staff", "force", "agency", "property", "case", "search", "city",
          "country",
        ].contains(noun.kind)
        if isTold, !noun.metric.isEmpty { return noun.metric }
      }
      position -= 1
    }
    return nil
  }

  /// "one in Solihull" within a list of places.
  func startsPlaceList(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    reading.isWord(mention.headStart, .locative | .in)
      && (context.previousInSentence != nil
        || tokenRange(context.sentence.lowerBound, mention.phraseStart).contains { reading.isWord($0, .include) })
  }

  /// Marks a figure as a part of the one before where the sentence opens with the whole.
  func subset(
    of finding: MetricFinding, _ mention: NumberMention, _ head: Int, _ context: MetricContext
  ) -> MetricFinding {
    guard let previous = context.previousInSentence, opensWithWhole(context, mention) else {
      return finding
    }
    var result = finding
    result.isSubset = true
    if finding.rules == ["noun"] {
      result.metric = previous.metric
      result.unit = previous.unit
      result.isInherited = true
      result.rules = ["part of a whole told before"]
    }
    return result
  }

  // MARK: - Zero

  /// "none of those arrested is …": a stated zero of what the words behind "of" count.
  func none(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    for index in tokenRange(mention.headStart, min(mention.headStart + 8, context.sentence.upperBound)) {
      if let metric = lexicon.metric(action: reading.lexeme(index).action, kind: "person") {
        var finding = MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["stated zero"])
        finding.predicate = tokenRange(index, context.bound).first { reading.isWord($0, .be | .have) }
        return .found(finding)
      }
    }
    return .rejected(.pronoun)
  }
}
