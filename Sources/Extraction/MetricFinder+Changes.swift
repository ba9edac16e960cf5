// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Shares, amounts of change, multiples and sums of money.
extension MetricFinder {
  // MARK: - Amounts of change

  /// "18 fewer than the year before", "a decrease of 371", "rose by 300": how much, in the unit of what changed.
  func changeAmount(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var direction: String?
    var base: String?
    let before = mention.phraseStart - 1
    if reading.isWord(before, .by | .of) {
      for index in tokenRange(max(context.sentence.lowerBound, before - 2), before) {
        if reading.isWord(index, .increase) { direction = "_increase" }
        if reading.isWord(index, .decrease) { direction = "_decrease" }
      }
    }
    var head = noun(from: mention.headStart, context, skipsOf: false)
    if direction == nil {
      var comparative = head.map { $0 + 1 } ?? mention.headStart
      // "7,202 (5.1%) more than a year earlier".
      if head == nil, reading.isMark(comparative, "("),
        let close = tokenRange(comparative, min(comparative + 6, context.sentence.upperBound)).first(where: {
          reading.isMark($0, ")")
        })
      {
        comparative = close + 1
      }
      for index in [mention.headStart, comparative] where direction == nil && reading.isWord(index, .comparative) {
        let goesOn = tokenRange(index + 1, min(index + 4, context.sentence.upperBound)).contains {
          reading.isWord($0, .than)
        }
        guard goesOn || reading.endsPlainly(index + 1) else { continue }
        direction = reading.lexeme(index).value < 0 ? "_decrease" : "_increase"
        if index == mention.headStart, head == nil { head = noun(from: index + 1, context, skipsOf: false) }
      }
    }
    guard let direction else { return nil }
    if let head { base = lexicon.nouns[Int(reading.lexeme(head).noun)].metric }
    if base?.isEmpty ?? true {
      base =
        context.previousInSentence.map { Self.base($0.metric) } ?? numberOf(context, before: mention.phraseStart)
        ?? changed(context, before: mention.phraseStart)
        ?? (context.previous ?? context.lastOfText).map { Self.base($0.metric) }
    }
    guard let base, !base.isEmpty else { return nil }
    return MetricFinding(
      metric: base + direction, unit: lexicon.catalog[base]?.unit ?? "items", rules: ["amount of a change"])
  }

  // MARK: - Shares, changes, multiples

  func share(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    if let change = change(mention, context) { return .found(change) }
    func finding(_ base: String, _ rule: String, inherited: Bool = false) -> Outcome {
      .found(
        MetricFinding(
          metric: base + "_share", unit: "percent", isInherited: inherited, rules: [rule]))
    }
    var next = mention.headStart
    let hasOf = reading.isWord(next, .of)
    if hasOf { next += 1 }
    while reading.isWord(next, .determiner), hasOf { next += 1 }
    // "two thirds of the 3,140 referrals".
    if hasOf, let whole = NumberParser(reading: reading).cardinal(next, context.sentence.upperBound) {
      next = whole.end
      if let head = noun(from: next, context.whole, skipsOf: false) {
        let metric = lexicon.nouns[Int(reading.lexeme(head).noun)].metric
        if !metric.isEmpty { return finding(metric, "share of a noun") }
      }
    }
    if let head = noun(from: next, context, skipsOf: false) {
      let noun = lexicon.nouns[Int(reading.lexeme(head).noun)]
      if noun.kind == "case", let subject = subject(after: head, context) {
        return finding(subject, "share of cases: the subject behind it")
      }
      if let (metric, _) = verbAfter(head + 1, kind: noun.kind, context), hasOf {
        return finding(metric, "share of what was done")
      }
      if !noun.metric.isEmpty { return finding(noun.metric, "share of a noun") }
    }
    if let previous = context.previousInSentence ?? context.previous ?? context.lastOfText {
      return finding(Self.base(previous.metric), "share of the figure before", inherited: true)
    }
    if let metric = left(context, before: mention.phraseStart) { return finding(metric, "share of the clause before") }
    var open = mention
    open.headStart = next
    if let noun = openNoun(open, context.whole) { return finding(noun.metric, "share of a noun of the text") }
    return .rejected(.other)
  }

  func subject(after index: Int, _ context: MetricContext) -> String? {
    for position in tokenRange(index + 1, context.sentence.upperBound) where reading.lexeme(position).noun >= 0 {
      let noun = lexicon.nouns[Int(reading.lexeme(position).noun)]
      if ["offender", "suspect", "victim", "child", "person"].contains(noun.kind), !noun.metric.isEmpty {
        return noun.metric
      }
    }
    return nil
  }

  /// "increased by 181%", "a 12 per cent rise in", "up 5%", "halved".
  func change(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let window = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 3), mention.phraseStart)
    var direction: String?
    var anchor = mention.phraseStart
    for index in window.reversed() where direction == nil {
      // "Men made up 71%": a share.
      let isMadeUp = reading.isWord(index - 1, .verb) || reading.lexeme(index - 1).action >= 0
      if reading.isWord(index, .increase), !isMadeUp || reading.isWord(index + 1, .by) { direction = "_increase" }
      if reading.isWord(index, .decrease) { direction = "_decrease" }
      anchor = index
    }
    // "(+12%)", "-4%".
    if direction == nil, reading.isMark(mention.tokens.lowerBound - 1, "+") { direction = "_increase" }
    if direction == nil, reading.isWord(mention.tokens.lowerBound, .halved) { direction = "_decrease" }
    var after: Int?
    if direction == nil {
      for index in tokenRange(mention.headStart, min(mention.headStart + 2, context.bound)) where direction == nil {
        if reading.isWord(index, .increase) { direction = "_increase" }
        if reading.isWord(index, .decrease) { direction = "_decrease" }
        if reading.isWord(index, .comparative) || reading.isWord(index, .above) {
          direction = reading.lexeme(index).value < 0 ? "_decrease" : "_increase"
        }
        if direction != nil { after = index }
      }
    }
    // "a decrease of 371 (1.1%)", "411, or 41.6%": the same change in percent.
    if direction == nil, let previous = context.previousInSentence,
      reading.isMark(mention.phraseStart - 1, "(")
        || reading.isMark(mention.phraseStart - 1, ",") && reading.isWord(mention.phraseStart, .or)
        || reading.isWord(mention.phraseStart - 1, .or),
      previous.metric.hasSuffix("_increase") || previous.metric.hasSuffix("_decrease")
    {
      return MetricFinding(metric: previous.metric, unit: "percent", rules: ["the same change in percent"])
    }
    if direction == nil, let previous = context.previousInSentence, reading.isMark(mention.phraseStart - 1, "("),
      reading.isMark(mention.headStart, ")"),
      tokenRange(mention.headStart + 1, min(mention.headStart + 3, context.sentence.upperBound)).contains(where: {
        reading.isWord($0, .comparative)
      })
    {
      let isLess = tokenRange(mention.headStart + 1, mention.headStart + 3).contains {
        reading.isWord($0, .comparative) && reading.lexeme($0).value < 0
      }
      return MetricFinding(
        metric: Self.base(previous.metric) + (isLess ? "_decrease" : "_increase"), unit: "percent",
        rules: ["the same change in percent"])
    }
    guard let direction else { return nil }
    var base: String?
    // "17 per cent more reports than in the year before".
    if let after, reading.isWord(after, .comparative), let head = noun(from: after + 1, context, skipsOf: false) {
      base = lexicon.nouns[Int(reading.lexeme(head).noun)].metric
    }
    if let after, reading.isWord(after + 1, .in | .of | .preposition),
      let head = noun(from: after + 2, context, skipsOf: false)
    {
      let noun = lexicon.nouns[Int(reading.lexeme(head).noun)]
      base = verbAfter(head + 1, kind: noun.kind, context)?.0 ?? noun.metric
    }
    base =
      base ?? numberOf(context, before: anchor) ?? changed(context, before: anchor)
      ?? (context.previousInSentence ?? context.previous ?? context.lastOfText).map { Self.base($0.metric) }
    guard let base, !base.isEmpty else { return nil }
    return MetricFinding(metric: base + direction, unit: "percent", rules: ["change"])
  }

  /// The subject of a verb of change: the first noun of the clause that has a metric.
  func changed(_ context: MetricContext, before index: Int) -> String? {
    // The subject of the nearest clause: behind the last conjunction, semicolon or bracket.
    var start = context.sentence.lowerBound
    for position in tokenRange(start, index)
    where reading.isWord(position, .conjunction) || reading.isMark(position, ";")
      || reading.isWord(position, .relative)
        && reading.isMark(position - 1, ",")
      || isClauseJoint(position, before: index)
    {
      start = position + 1
    }
    return subject(tokenRange(start, index))
      ?? (start > context.sentence.lowerBound ? subject(tokenRange(context.sentence.lowerBound, index)) : nil)
  }

  /// ", and raids by 77 per cent": a new subject.
  func isClauseJoint(_ index: Int, before end: Int) -> Bool {
    reading.isWord(index, .and) && index + 1 < end && reading.lexeme(index + 1).noun >= 0
      && tokenRange(index + 2, min(index + 6, end + 1)).contains {
        reading.isWord($0, .increase | .decrease | .by | .be | .have)
      }
  }

  func subject(_ tokens: Range<Int>) -> String? {
    for position in tokens {
      let lexeme = reading.lexeme(position)
      if lexeme.noun >= 0 {
        // "knife offences": the last noun of a compound is its head.
        if position + 1 < tokens.upperBound, reading.lexeme(position + 1).noun >= 0 { continue }
        let noun = lexicon.nouns[Int(lexeme.noun)]
        if !Self.actorKinds.contains(noun.kind), !noun.metric.isEmpty {
          for verb in tokenRange(position + 1, min(position + 4, tokens.upperBound)) {
            if let done = lexicon.metric(action: reading.lexeme(verb).action, kind: noun.kind) { return done }
          }
          return noun.metric
        }
      } else if reading.isWord(position, .sumNoun), lexeme.action < 0,
        position + 1 >= tokens.upperBound || reading.lexeme(position + 1).noun < 0
      {
        return reading.moneyMetric(position)
      }
    }
    return nil
  }

  /// Kinds of noun that act, or where something is: what changes is seldom their number.
  static let actorKinds: Set<String> = [
    "force", "agency", "city", "country", "officer", "staff", "person", "premises", "case_study",
  ]

  func multiple(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    // "meets twice a month".
    if reading.isWord(mention.headStart, .determiner | .per | .every), reading.isWord(mention.headStart + 1, .timeUnit)
    {
      return .rejected(.other)
    }
    let base =
      numberOf(context, before: mention.phraseStart) ?? changed(context, before: mention.phraseStart)
      ?? (context.previous ?? context.lastOfText).map { Self.base($0.metric) }
      ?? changed(context, before: context.sentence.upperBound)
    guard let base else { return .rejected(.other) }
    return .found(MetricFinding(metric: base + "_multiple", unit: "times", rules: ["multiple"]))
  }

  /// A metric without the suffix of a share or change.
  static func base(_ metric: String) -> String {
    for suffix in ["_share", "_increase", "_decrease", "_multiple", "_ratio", "_rate"]
    where metric.hasSuffix(suffix) {
      return String(metric.dropLast(suffix.count))
    }
    return metric
  }

  // MARK: - Money

  /// Tokens within which a word says what a sum of money is.
  static let moneyReach = 16

  func money(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    func found(_ metric: String, _ rule: String) -> Outcome {
      .found(MetricFinding(metric: metric, unit: mention.currency, rules: ["sum of money", rule]))
    }
    if let change = changeAmount(mention, context), change.metric.hasPrefix("losses") || change.metric.hasPrefix("cost")
    {
      return found(change.metric, "amount of a change")
    }
    // "£1.2m of drugs", "£450,000 worth of assets has been restrained", "£38,500 in cash".
    var index = mention.headStart
    while reading.isWord(index, .worth) || reading.isWord(index, .of) || reading.isWord(index, .in)
      || reading.isWord(index, .determiner | .adverb)
    {
      index += 1
    }
    if index > mention.headStart || reading.moneyMetric(index).isEmpty == false {
      let end = min(index + 5, context.bound)
      if let thing = tokenRange(index, end).first(where: {
        !reading.moneyMetric($0).isEmpty && reading.lexeme($0).action < 0
      }) {
        let metric = reading.moneyMetric(thing)
        if metric.hasPrefix("assets"),
          let verb = tokenRange(
            max(context.sentence.lowerBound, mention.phraseStart - 3), min(thing + 6, context.sentence.upperBound)
          ).first(where: { lexicon.metric(action: reading.lexeme($0).action, kind: "asset") != nil }),
          let done = lexicon.metric(action: reading.lexeme(verb).action, kind: "asset")
        {
          return found(done, "what was done to the assets")
        }
        return found(metric, "what it is in")
      }
    }
    // "a street value of £90m", "worth £3m": of what the sentence, or the figure before, is about.
    let near = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 8), mention.phraseStart)
    if near.contains(where: { reading.isWord($0, .worth) }) {
      let drug = context.sentence.contains { reading.moneyMetric($0) == "drugs_seized_value" }
      let previous = context.previousInSentence ?? context.previous ?? context.lastOfText
      if drug || previous?.metric.hasPrefix("drug") == true { return found("drugs_seized_value", "value of drugs") }
      return found("goods_seized_value", "value of goods")
    }
    // Else the nearest word that says what the money is: a verb of seizing, losing …
    var best: (metric: String, distance: Int)?
    for index in tokenRange(
      max(context.sentence.lowerBound, mention.phraseStart - Self.moneyReach),
      min(context.sentence.upperBound, mention.headStart + Self.moneyReach))
    {
      let distance = index < mention.phraseStart ? mention.phraseStart - index : index - mention.headStart
      let lexeme = reading.lexeme(index)
      let money = reading.moneyMetric(index)
      let told = money.isEmpty ? lexicon.metric(action: lexeme.action, kind: "money") : money
      if let told, distance < best?.distance ?? Self.moneyReach { best = (told, distance) }
    }
    if let best { return found(best.metric, "the nearest word for money") }
    if let previous = context.previousInSentence ?? context.previous, Self.currencies.contains(previous.quantity.unit) {
      return found(previous.metric, "from the sum before")
    }
    return found("money", "not told")
  }

  static let currencies: Set<String> = ["GBP", "EUR", "USD", "AUD", "NZD"]
}
