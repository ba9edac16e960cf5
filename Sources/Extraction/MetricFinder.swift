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
  var previousInSentence: Claim?
  /// The verb whose object the figure before in the sentence is.
  var previousAction: Int16 = -1
  /// The last claim, if it is near enough to be carried over.
  var previous: Claim?
  /// The last claim of the text, however far: "of that group, more than half".
  var lastOfText: Claim?
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
  private var lexicon: Lexicon { reading.lexicon }

  enum Outcome {
    case found(MetricFinding)
    case rejected(RejectionReason)
  }

  func find(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    let outcome = metric(mention, context)
    guard case .found(var finding) = outcome else { return outcome }
    if Self.base(finding.metric) == "recorded_crimes" { finding.offence = offence(mention, context) }
    return .found(finding)
  }

  /// The offence that "the number of crimes … for X" narrows the sentence's figures to.
  private func offence(_ mention: NumberMention, _ context: MetricContext) -> String? {
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

  private func metric(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    switch mention.form {
    case .multiple: return multiple(mention, context)
    case .percent, .fraction: return share(mention, context)
    case .money: return money(mention, context)
    case .none: return none(mention, context)
    case .plain, .vague: return count(mention, context)
    }
  }

  // MARK: - Cells of tables

  /// What a cell counts: by the label of its row, the heading of its column, the lines above the table.
  func find(_ mention: NumberMention, _ cell: TableCell, lastOfText: Claim?) -> MetricFinding? {
    let words = [cell.rowLabel, cell.columnHeading] + cell.captions
    if mention.form == .money {
      let told = words.lazy.compactMap { words in
        words.lazy.compactMap { index -> String? in
          let lexeme = self.reading.lexeme(index)
          let told = self.reading.moneyMetric(index)
          return told.isEmpty ? self.lexicon.metric(action: lexeme.action, kind: "money") : told
        }.first
      }.first
      return MetricFinding(metric: told ?? "money", unit: mention.currency, rules: ["cell of a table"])
    }
    if reading.lexeme(mention.headStart).noun >= 0, cell.tokens.contains(mention.headStart) {
      let unit = lexicon.nouns[Int(reading.lexeme(mention.headStart).noun)]
      if unit.kind == "weight" {
        return MetricFinding(metric: unit.metric, unit: unitOfWeight(mention.headStart), rules: ["cell of a table"])
      }
    }
    let known =
      words.lazy.compactMap { labelMetric($0) }.first ?? words.lazy.compactMap({ anyMetric($0) }).first
      ?? lastOfText.map({ Self.base($0.metric) })
    let told = known ?? slug(cell)
    let base = Self.base(told)
    let unit = lexicon.catalog[base]?.unit ?? "items"
    func found(_ metric: String, _ unit: String) -> MetricFinding {
      MetricFinding(metric: metric, unit: unit, rules: ["cell of a table"])
    }
    let before = mention.tokens.lowerBound - 1
    let isSigned = cell.tokens.contains(before) && (reading.isMark(before, "+") || reading.isMark(before, "-"))
    let changes = [cell.columnHeading, cell.rowLabel].contains { $0.contains { reading.isWord($0, .changeWord) } }
    let rates = [cell.columnHeading, cell.rowLabel].first { $0.contains { reading.isWord($0, .rateWord) } }
    if isSigned || changes {
      let isDown = cell.tokens.contains(before) && reading.isMark(before, "-")
      return found(base + (isDown ? "_decrease" : "_increase"), mention.form == .percent ? "percent" : unit)
    }
    if let rates {
      let denominator = rates.first { reading.isWord($0, .per) && reading.isNumber($0 + 1) }
      return found(
        base + "_rate",
        mention.form == .percent ? "percent" : denominator.map { "per " + reading.string($0 + 1..<$0 + 2) } ?? "rate")
    }
    switch mention.form {
    case .percent, .fraction: return found(base + "_share", "percent")
    case .money: return found(told, mention.currency)
    default: return found(told, unit)
    }
  }

  /// The words of a column's heading, or of the row's label, where no table knows what they count.
  private func slug(_ cell: TableCell) -> String {
    for words in [cell.columnHeading, cell.rowLabel] {
      let names = words.filter {
        reading.tokens[$0].kind == .word && !reading.isWord($0, .determiner | .month | .preposition)
      }
      if !names.isEmpty, names.count <= 5 {
        return names.map { reading.string($0..<$0 + 1).lowercased() }.joined(separator: "_")
      }
    }
    return "figures"
  }

  /// What the words of a label count, if they say it: something done, or a noun that is a metric of its own.
  private func labelMetric(_ tokens: Range<Int>) -> String? {
    let nouns = tokens.filter { reading.lexeme($0).noun >= 0 }
    for index in tokens where reading.lexeme(index).action >= 0 {
      let action = reading.lexeme(index).action
      for noun in nouns {
        if let metric = lexicon.metric(action: action, kind: lexicon.nouns[Int(reading.lexeme(noun).noun)].kind) {
          return metric
        }
      }
      if let metric = lexicon.metric(action: action) ?? lexicon.metric(action: action, kind: "person") { return metric }
    }
    // The head of the first noun phrase: "offences" of "knife offences" and of "offences with a knife".
    for noun in nouns where reading.lexeme(noun + 1).noun < 0 || !tokens.contains(noun + 1) {
      let metric = lexicon.nouns[Int(reading.lexeme(noun).noun)].metric
      if !metric.isEmpty, !Self.genericMetrics.contains(metric) { return metric }
    }
    return nil
  }

  private static let genericMetrics: Set<String> = [
    "persons", "children", "items", "officers", "staff", "forces_involved", "countries_involved", "cities_involved",
    "agencies_involved", "vehicles_seized", "devices_seized", "properties_searched", "premises_visited",
  ]

  private func anyMetric(_ tokens: Range<Int>) -> String? {
    tokens.lazy.reversed().compactMap { index -> String? in
      guard reading.lexeme(index).noun >= 0 else { return nil }
      let metric = lexicon.nouns[Int(reading.lexeme(index).noun)].metric
      return metric.isEmpty ? nil : metric
    }.first
  }

  // MARK: - Counts

  private func count(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    if let years = prisonYears(mention) { return .found(years) }
    if isJury(mention, context) { return .rejected(.other) }
    if let amount = changeAmount(mention, context) { return .found(amount) }
    // "at least one deputy", "one of the 11 forces" count; "one offender was found with …" does not.
    let isOfMany =
      reading.isWord(mention.headStart, .of) && reading.isWord(mention.headStart + 1, .determiner)
      && (reading.isNumber(mention.headStart + 2) || reading.isWord(mention.headStart + 2, .number))
    let isOne = mention.isSpelled && mention.low == 1 && mention.high == 1 && mention.precision == .exact && !isOfMany
    let head = noun(from: mention.headStart, context, skipsOf: mention.form == .vague)
    if let head, let finding = counted(head, mention, context) {
      // "One offender was found with …": "one" counts only what a verb of the lexicon was done to.
      if isOne, !isCountOfOne(finding, head, context) { return .rejected(.pronoun) }
      return .found(subset(of: rate(finding, head, context) ?? finding, mention, head, context))
    }
    if head == nil, let finding = elliptical(mention, context) {
      if isOne, !startsPlaceList(mention, context), !isPartOfPrevious(finding, context) { return .rejected(.pronoun) }
      return .found(finding)
    }
    if isOne { return .rejected(.pronoun) }
    if mention.form != .vague, let finding = openNoun(mention, context) ?? openLabel(mention, context) {
      return .found(finding)
    }
    return .rejected(.other)
  }

  /// "Blue badges inspected: 1,316.", "Religion: 9,400 (down 3%)": the words before a colon are the metric, where
  /// nothing is known of them.
  private func openLabel(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let colon = mention.phraseStart - 1
    guard reading.isMark(colon, ":"), reading.endsPlainly(mention.headStart) || reading.isMark(mention.headStart, "(")
    else { return nil }
    var start = colon
    while start > context.sentence.lowerBound, colon - start < 6, reading.tokens[start - 1].kind == .word { start -= 1 }
    let words = tokenRange(start, colon).filter { !reading.isWord($0, .determiner | .this | .timeUnit | .total) }
    guard !words.isEmpty, words.count <= 5 else { return nil }
    let name = words.map { reading.string($0..<$0 + 1).lowercased() }.joined(separator: "_")
    return MetricFinding(metric: name, unit: "items", rules: ["label of the text"])
  }

  private func isPartOfPrevious(_ finding: MetricFinding, _ context: MetricContext) -> Bool {
    finding.isInherited && context.previousInSentence != nil
  }

  /// "a jury of seven women and five men": no figures of anything reported.
  private func isJury(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 6), min(mention.headStart + 2, context.bound))
      .contains { reading.isWord($0, .juryWord) }
  }

  /// "178 offences per 100,000 people": a rate.
  private func rate(_ finding: MetricFinding, _ head: Int, _ context: MetricContext) -> MetricFinding? {
    var next = head + 1
    if reading.isWord(next, .preposition), !reading.isWord(next, .per), reading.isWord(next + 1, .every) { next += 1 }
    guard reading.isWord(next, .per | .every), reading.isNumber(next + 1) else { return nil }
    var result = finding
    result.metric = Self.base(finding.metric) + "_rate"
    result.unit = "per " + reading.string(next + 1..<next + 2)
    return result
  }

  // MARK: - Amounts of change

  /// "18 fewer than the year before", "a decrease of 371", "rose by 300": how much, in the unit of what changed.
  private func changeAmount(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
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

  // MARK: - Nouns that no table knows

  /// A plural that the lexicon does not hold still says what is counted: its own word is the metric.
  private func openNoun(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
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
    var name = reading.string(head..<head + 1).lowercased()
    let action = actionAround(mention, head, context)
    // "shoplifters arrested", "arrested four administrators": whoever they are, people were.
    if let action, lexicon.isPersonal(action), let metric = lexicon.metric(action: action, kind: "person") {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", noun: head, action: action,
        rules: ["people, by what was done"])
    }
    // "among them 21 teachers": a part of the people before.
    if isIncluded(mention), let previous = context.previousInSentence ?? context.previous,
      previous.quantity.unit == "persons"
    {
      return MetricFinding(
        metric: previous.metric, unit: previous.quantity.unit, isInherited: true, isSubset: true, noun: head,
        rules: ["included in the figure before"])
    }
    if let action { name += "_" + lexicon.actionParticiples[Int(action)] }
    return MetricFinding(metric: name, unit: "items", noun: head, action: action ?? -1, rules: ["noun of the text"])
  }

  /// "including 12 …", "among them 12 …", "of whom 12 …", or the next of such a list.
  private func isIncluded(_ mention: NumberMention) -> Bool {
    var index = mention.phraseStart - 1
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

  private func isPlural(_ index: Int) -> Bool {
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
  private func actionAround(_ mention: NumberMention, _ head: Int, _ context: MetricContext) -> Int16? {
    var index = head + 1
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
  private func noun(from start: Int, _ context: MetricContext, skipsOf: Bool) -> Int? {
    var index = start
    var found: Int?
    var skipped = 0
    if skipsOf, reading.isWord(index, .of) { index += 1 }
    while skipsOf, reading.isWord(index, .determiner) { index += 1 }
    while index < context.bound {
      let token = reading.tokens[index]
      if token.kind == .mark {
        if token.mark == UInt8(ascii: "-") || (token.mark == UInt8(ascii: "\"") && found == nil)
          || (token.mark == UInt8(ascii: "'") && found == nil)
        {
          index += 1
          continue
        }
        break
      }
      guard token.kind == .word else { break }
      let lexeme = reading.lexeme(index)
      if lexeme.noun >= 0, !(lexeme.classes.intersects(.increase | .decrease) && found != nil) {
        found = index
        index += 1
        continue
      }
      if found != nil { break }
      if lexeme.classes.intersects(.action) {
        // "12 convicted offenders": a participle before the noun describes it.
        guard
          reading.lexeme(index + 1).noun >= 0
            || reading.lexeme(index + 2).noun >= 0
              && !reading.isWord(index + 1, .preposition | .locative | .determiner | .and)
        else { break }
      } else if lexeme.classes.intersects(
        .be | .have | .preposition | .locative | .relative | .pronoun | .verb | .conjunction | .to | .from | .of | .in)
      {
        break
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

  /// A number with its noun: the metric of the verb that governs them, else the noun's own.
  private func counted(
    _ head: Int, _ mention: NumberMention, _ context: MetricContext
  ) -> MetricFinding? {
    let noun = lexicon.nouns[Int(reading.lexeme(head).noun)]
    func finding(_ metric: String, _ rule: String) -> MetricFinding {
      var unit = lexicon.catalog[metric]?.unit ?? noun.unit
      if noun.kind == "weight" { unit = unitOfWeight(head) }
      if metric == "drugs_seized_units" { unit = reading.string(head..<head + 1).lowercased() }
      return MetricFinding(metric: metric, unit: unit, noun: head, rules: [rule])
    }
    let modifiers = tokenRange(mention.headStart, head)
    // "88 stop and searches", "missing children", "active lines".
    if noun.kind == "search", let stop = modifiers.first(where: { reading.lexeme($0).action >= 0 }),
      let metric = lexicon.metric(action: reading.lexeme(stop).action, kind: "person")
    {
      return finding(metric, "stop and search")
    }
    if let missing = modifiers.first(where: { reading.isWord($0, .describing) }),
      let metric = lexicon.metric(action: reading.lexeme(missing).action, kind: noun.kind)
    {
      return finding(metric, "described by a participle")
    }
    func done(_ metric: String, _ position: Int, _ rule: String) -> MetricFinding {
      var result = finding(metric, rule)
      result.action = reading.lexeme(position).action
      result.verb = position
      return result
    }
    if let (metric, position) = verbBefore(mention.phraseStart, kind: noun.kind, context, mustTouch: true) {
      return done(metric, position, "verb before: object")
    }
    if let (metric, position) = verbAfter(head + 1, kind: noun.kind, context) {
      return done(metric, position, "verb after: subject")
    }
    // "recovered 140 phones and 31 tablets": the verb of the list.
    if context.previousAction >= 0, isListGap(mention, context),
      let metric = lexicon.metric(action: context.previousAction, kind: noun.kind)
    {
      var result = finding(metric, "verb of the list")
      result.action = context.previousAction
      return result
    }
    // A share of a total told before ("of the 660 arrested, 12 teachers …") keeps its metric.
    if noun.metric != "officers",
      let (metric, position) = verbBefore(mention.phraseStart, kind: noun.kind, context, mustTouch: false)
    {
      return done(metric, position, "verb before: clause")
    }
    if let metric = nominal(mention.phraseStart, kind: noun.kind) {
      return finding(metric, "noun of action before: \"the arrest of\"")
    }
    guard !noun.metric.isEmpty else { return nil }
    // "including five teachers and two constables".
    if Self.peopleKinds.contains(noun.kind), isIncluded(mention),
      let previous = context.previousInSentence ?? context.previous,
      previous.quantity.unit == "persons"
    {
      var result = finding(previous.metric, "included in the figure before")
      result.isInherited = true
      result.isSubset = true
      return result
    }
    // People at a protest.
    if noun.kind == "person" || noun.kind == "protester", isProtest(context) {
      return finding("protest_attendance", "people at a protest")
    }
    // "eleven men, five women": people of a list are what was counted before them.
    if noun.kind == "person", let previous = context.previousInSentence, previous.quantity.unit == "persons" {
      return finding(previous.metric, "people of a list")
    }
    return finding(noun.metric, "noun")
  }

  private static let peopleKinds: Set<String> = ["person", "officer", "staff", "offender"]

  private func isProtest(_ context: MetricContext) -> Bool {
    context.sentence.contains {
      reading.isWord($0, .protestWord) && !(reading.isWord($0, .month) && reading.tokens[$0].isCapitalized)
    }
  }

  /// Only words of a list stand between the figure before and this one: no verb of its own.
  private func isListGap(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    guard let previous = context.previousInSentence else { return false }
    var index = mention.phraseStart - 1
    while index >= context.sentence.lowerBound, Int(reading.tokens[index].start) >= previous.span.end {
      if reading.isWord(index, .be | .have | .verb | .conjunction | .relative | .pronoun) { return false }
      if reading.isMark(index, ";") || reading.isMark(index, ":") { return false }
      index -= 1
    }
    return true
  }

  /// "kg", "g", "tonnes", "oz", as the text measures.
  private func unitOfWeight(_ index: Int) -> String { lexicon.nouns[Int(reading.lexeme(index).noun)].unit }

  /// "the arrest of 660 suspects": a noun of action with "of" before the number.
  private func nominal(_ index: Int, kind: String) -> String? {
    guard reading.isWord(index - 1, .of), reading.lexeme(index - 2).noun >= 0 else { return nil }
    let noun = lexicon.nouns[Int(reading.lexeme(index - 2).noun)]
    let isPersonal = ["person", "suspect", "offender", "child", "victim", "officer"].contains(kind)
    return isPersonal && ["arrest", "charge", "conviction", "deportation", "detention"].contains(noun.kind)
      ? noun.metric : nil
  }

  /// "arrested 27 suspects": the nearest verb before a number. `mustTouch`: only words without
  /// weight may stand between.
  private func verbBefore(
    _ index: Int, kind: String, _ context: MetricContext, mustTouch: Bool
  ) -> (String, Int)? {
    var position = index - 1
    var isClauseEnd = false
    while position >= context.sentence.lowerBound, !isClauseEnd {
      if reading.isNumber(position), !mustTouch { return nil }
      let lexeme = reading.lexeme(position)
      if lexeme.action >= 0, !isAttributive(position), let metric = lexicon.metric(action: lexeme.action, kind: kind) {
        return (metric, position)
      }
      if mustTouch {
        let isLight =
          lexeme.classes.intersects(.determiner | .adverb | .total | .of | .adverb)
          || reading.isMark(position, "\"") || reading.isWord(position, .link)
        guard isLight else { return nil }
      } else {
        isClauseEnd = reading.isMark(position, ";") || lexeme.classes.intersects(.conjunction)
      }
      position -= 1
    }
    return nil
  }

  /// "of stolen property": a participle that describes its noun, and does nothing.
  private func isAttributive(_ index: Int) -> Bool {
    reading.lexeme(index + 1).noun >= 0 && reading.isWord(index - 1, .of | .determiner | .number | .preposition)
  }

  /// Whether a metric counts who acted or where: forces, agencies, countries.
  static func isActors(_ metric: String) -> Bool { metric.hasSuffix("_involved") }

  /// "600 suspects have been arrested", "80 children were safeguarded", "660 arrested".
  private func verbAfter(
    _ index: Int, kind: String, _ context: MetricContext
  ) -> (String, Int)? {
    var position = index
    while position < context.bound {
      if reading.isMark(position, ";") { return nil }
      let lexeme = reading.lexeme(position)
      if lexeme.action >= 0, let metric = lexicon.metric(action: lexeme.action, kind: kind),
        isPassive(position, from: index)
      {
        return (metric, position)
      }
      position += 1
    }
    // A verb behind the list holds for all of it, if it is passive.
    while position < context.listBound {
      let lexeme = reading.lexeme(position)
      if lexeme.action >= 0 {
        guard
          reading.isWord(position - 1, .be)
            || reading.isWord(position - 1, .adverb) && reading.isWord(position - 2, .be)
        else { return nil }
        return lexicon.metric(action: lexeme.action, kind: kind).map { ($0, position) }
      }
      if reading.isMark(position, ";") || reading.isWord(position, .relative) { return nil }
      position += 1
    }
    return nil
  }

  /// A participle behind a form of "be", or directly behind what it describes; not a verb that has an
  /// object of its own.
  private func isPassive(_ index: Int, from start: Int) -> Bool {
    var before = index - 1
    while before >= start,
      reading.isWord(before, .adverb) || reading.isMark(before, "\"") || reading.isMark(before, "'") || isManner(before)
    {
      before -= 1
    }
    if before < start { return true }
    if reading.isWord(before, .be) || reading.isWord(index, .intransitive) { return true }
    // "those arrested", "people arrested", "been charged and convicted".
    if reading.isWord(before, .pronoun | .determiner) || reading.lexeme(before).noun >= 0
      || reading.isWord(before, .and)
    {
      let takesObject = reading.isNumber(index + 1) || reading.isWord(index + 1, .determiner | .pronoun)
      return !takesObject
    }
    return !reading.isWord(before, .have) && !reading.isWord(before, .relative)
      && !reading.isNumber(index + 1) && !reading.isWord(index + 1, .determiner)
  }

  private static let countsOfOne: Set<String> = [
    "arrest", "charge", "conviction", "warrant", "firearm", "weapon", "vehicle", "fatality", "caution",
  ]

  private func isCountOfOne(_ finding: MetricFinding, _ head: Int, _ context: MetricContext) -> Bool {
    if finding.rules.first != "noun" { return true }
    let kind = lexicon.nouns[Int(reading.lexeme(head).noun)].kind
    return Self.countsOfOne.contains(kind)
  }

  // MARK: - Prison terms

  /// "jailed for a total of 314 years"; single terms were rejected before.
  private func prisonYears(_ mention: NumberMention) -> MetricFinding? {
    guard reading.isWord(mention.headStart, .timeUnit),
      let action = Rejections(reading: reading).jailAction(before: mention.phraseStart, in: mention.sentence),
      let metric = lexicon.metric(action: reading.lexeme(action).action, kind: "year")
    else { return nil }
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? "years", noun: mention.headStart,
      rules: ["prison terms added up"])
  }

  // MARK: - Left-out nouns

  /// A number whose noun is left out: "six in Dudley", "39 were men", "41 arrested", "151 in 2011".
  private func elliptical(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var next = mention.headStart
    while reading.isWord(next, .adverb), next < context.bound { next += 1 }
    // "39 of the 41 arrested were men": the whole behind it says what is counted.
    if reading.isWord(next, .of), reading.isWord(next + 1, .determiner),
      next + 2 >= context.bound || reading.isNumber(next + 2)
    {
      return inherit(context, mention, subset: false, rule: "n of the m")
        ?? fromWhole(after: next + 2, context)
    }
    // "91 of the children had been reported missing".
    if reading.isWord(next, .of), reading.isWord(next + 1, .determiner),
      let head = noun(from: next + 2, context, skipsOf: false), let counted = counted(head, mention, context)
    {
      var finding = counted
      finding.predicate = tokenRange(head + 1, context.bound).first { reading.isWord($0, .be | .have) }
      return finding
    }
    if reading.isWord(next, .of), reading.isWord(next + 1, .pronoun | .determiner | .relative) {
      if let outcome = outcome(of: next + 2, mention, context) { return outcome }
      if let part = inherit(context, mention, subset: true, rule: "of them").map({ found -> MetricFinding in
        var finding = found
        finding.predicate = next + 2
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
    if let direct = participle(next, mention, context) { return direct }
    if reading.isWord(next, .be | .have) {
      return inherit(context, mention, subset: opensWithWhole(context, mention), rule: "predicate").map {
        var finding = $0
        finding.predicate = next
        finding.isSubset = true
        return finding
      }
    }
    // "rose to 1,398", "from 14 to 112": the figures that a change leads from and to.
    if reading.isWord(mention.phraseStart - 1, .to | .from),
      let base = changeSubject(context, before: mention.phraseStart - 1)
    {
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? "items", rules: ["level of a change"])
    }
    // "Merseyside (43)", "Arrests: 8,014", "Doncaster 377".
    let follows = mention.phraseStart - 1
    if reading.endsPlainly(next),
      reading.isMark(follows, "(") || reading.isMark(follows, ":") || reading.isMark(follows, "-")
        || reading.isWord(follows, .have) || reading.lexeme(follows).action >= 0
        || (reading.tokens.indices.contains(follows) && reading.tokens[follows].kind == .word
          && reading.tokens[follows].isCapitalized),
      let listed = inherit(context, mention, subset: false, rule: "label") ?? labelOfList(context)
    {
      return withoutSubset(listed)
    }
    // "the figure was 163".
    if reading.endsPlainly(next), reading.isWord(mention.phraseStart - 1, .be),
      let told = inherit(context, mention, subset: false, rule: "predicate of a figure")
    {
      return withoutSubset(told)
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
    // "Of the 16, nine have been charged": the whole, told before.
    if reading.isMark(next, ","), reading.isWord(mention.phraseStart - 1, .determiner),
      reading.isWord(mention.phraseStart - 2, .of)
    {
      if let whole = inherit(context, mention, subset: false, rule: "the whole, told before") {
        return withoutSubset(whole)
      }
    }
    let isClosed =
      reading.isMark(next, ";") || reading.isMark(next, "(") || next >= context.bound || reading.isMark(next, ",")
      || reading.isMark(next, ".")
      || reading.isWord(next, .and) || reading.isMark(next, ")") || reading.isWord(next, .to)
    if isPlaced || isHedge(next) {
      return inherit(context, mention, subset: false, rule: "noun left out")
        .map { withoutSubset($0) }
    }
    if isClosed,
      context.previousInSentence != nil || isFarther(mention) || numberOf(context, before: mention.phraseStart) != nil
    {
      return inherit(context, mention, subset: false, rule: "list").map { withoutSubset($0) }
    }
    // "31 beaten", "16,300 joined", "7,202 (5.1%) more": said of what the text counts.
    let isTold =
      reading.isWord(mention.phraseStart - 1, .be | .have | .verb | .to | .of | .by | .with | .for | .at | .and)
      || reading.isMark(mention.phraseStart - 1, ",") || reading.isMark(mention.phraseStart - 1, ";")
      || mention.phraseStart == context.sentence.lowerBound || reading.lexeme(mention.phraseStart - 1).action >= 0
    let goesOn = reading.isMark(next, "(") || isClosed || next < context.bound && reading.tokens[next].kind == .word
    if isTold, goesOn, context.previous != nil || context.previousInSentence != nil, mention.low >= 2 {
      return inherit(context, mention, subset: false, rule: "said of the figure before").map { withoutSubset($0) }
    }
    return nil
  }

  /// "two of them were later released without charge", "seized 21 of them": what was done to a part.
  private func outcome(of next: Int, _ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    guard let whole = context.previousInSentence ?? context.previous else { return nil }
    let isPersonal = whole.quantity.unit == "persons" || whole.quantity.unit == "children"
    let kind =
      isPersonal
      ? "person" : whole.quantity.unit == "vehicles" ? "vehicle" : whole.quantity.unit == "devices" ? "device" : ""
    if let (metric, _) = verbBefore(mention.phraseStart, kind: kind, context, mustTouch: true) {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? whole.quantity.unit, isInherited: true, isSubset: true,
        rules: ["done to a part"])
    }
    guard isPersonal else { return nil }
    // Over an insertion between commas: "two of them, aged 19 and 61, were …".
    var index = next
    if reading.isMark(index, ",") {
      while index + 1 < context.sentence.upperBound,
        !(reading.isMark(index, ",") && reading.isWord(index + 1, .be | .have))
      { index += 1 }
      index += 1
    }
    while index < context.sentence.upperBound, reading.isWord(index, .be | .have | .adverb) || isManner(index) {
      index += 1
    }
    guard index > next, index < context.sentence.upperBound, reading.lexeme(index).action >= 0,
      let metric = lexicon.metric(action: reading.lexeme(index).action, kind: "person")
    else { return nil }
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", isInherited: true, isSubset: true,
      rules: ["done to a part"])
  }

  /// "the remaining six", "a further 12".
  private func isFarther(_ mention: NumberMention) -> Bool {
    reading.isWord(mention.phraseStart - 1, .link)
  }

  /// "Wrexham – 51" on a line of its own: it goes on with what the text counted last.
  private func labelOfList(_ context: MetricContext) -> MetricFinding? {
    guard context.sentence.count <= 6, let last = context.lastOfText, !isShare(last) else { return nil }
    return MetricFinding(metric: last.metric, unit: last.quantity.unit, rules: ["line of a list"])
  }

  /// What a verb or noun of change before a token is said of.
  private func changeSubject(_ context: MetricContext, before index: Int) -> String? {
    guard
      let change = tokenRange(context.sentence.lowerBound, index).last(where: {
        reading.isWord($0, .increase | .decrease)
      })
    else { return nil }
    return numberOf(context, before: change) ?? changed(context, before: change)
      ?? context.previousInSentence.map { Self.base($0.metric) } ?? context.previous.map { Self.base($0.metric) }
  }

  /// "of these", "of which", "of whom" shortly before a number.
  private func ofThese(_ context: MetricContext, before index: Int) -> Bool {
    tokenRange(max(context.sentence.lowerBound, index - 3), index).contains {
      reading.isWord($0, .of) && reading.isWord($0 + 1, .pronoun | .relative)
    }
  }

  /// A list or comparison goes on with the metric, but is no part of the figure before.
  private func withoutSubset(_ finding: MetricFinding) -> MetricFinding {
    var result = finding
    result.isSubset = false
    return result
  }

  private func isHedge(_ index: Int) -> Bool {
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
  private func isManner(_ index: Int) -> Bool {
    guard reading.tokens.indices.contains(index), reading.tokens[index].kind == .word, reading.tokens[index].symbol == 0
    else {
      return false
    }
    let end = Int(reading.tokens[index].end)
    return end - Int(reading.tokens[index].start) > 4 && reading.text[end - 1] == UInt8(ascii: "y")
      && reading.text[end - 2] == UInt8(ascii: "l")
  }

  /// "41 arrested", "124 have been convicted", "45 already convicted".
  private func participle(
    _ index: Int, _ mention: NumberMention, _ context: MetricContext
  ) -> MetricFinding? {
    var next = index
    while next < context.bound, next - index < 5,
      reading.isWord(next, .be | .have | .adverb) || reading.isMark(next, "\"") || isManner(next)
    {
      next += 1
    }
    let lexeme = reading.lexeme(next)
    guard next < context.bound, lexeme.action >= 0,
      var metric = lexicon.metric(action: lexeme.action, kind: "person")
    else { return nil }
    let isAttendance =
      isProtest(context) || (context.previousInSentence ?? context.previous)?.metric == "protest_attendance"
    if metric == "visits", isAttendance { metric = "protest_attendance" }
    if metric == "protest_attendance", !isAttendance { return nil }
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["participle"])
  }

  /// The metric of what was counted before, in order: the figure before in the sentence, "the number
  /// of …", the nearest noun or verb to the left, the figure before in the text.
  private func inherit(
    _ context: MetricContext, _ mention: NumberMention, subset: Bool, rule: String
  ) -> MetricFinding? {
    if let previous = context.previousInSentence, !isShare(previous) {
      // The level beside an amount of change: "38 more than in the same months of 2022 (562)".
      let isAmount = previous.metric.hasSuffix("_increase") || previous.metric.hasSuffix("_decrease")
      return MetricFinding(
        metric: isAmount ? Self.base(previous.metric) : previous.metric, unit: previous.quantity.unit,
        isInherited: true,
        isSubset: subset || opensWithWhole(context, mention), rules: [rule, "from the figure before"])
    }
    if let metric = numberOf(context, before: mention.phraseStart) ?? left(context, before: mention.phraseStart) {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? "items", rules: [rule, "from the clause before"])
    }
    if let previous = context.previous ?? context.lastOfText {
      let base = isShare(previous) ? Self.base(previous.metric) : previous.metric
      return MetricFinding(
        metric: base, unit: lexicon.catalog[base]?.unit ?? (isShare(previous) ? "items" : previous.quantity.unit),
        isInherited: true, isSubset: subset, rules: [rule, "from the sentence before"])
    }
    return nil
  }

  private func isShare(_ claim: Claim) -> Bool {
    claim.quantity.unit == "percent" || claim.quantity.unit == "times"
  }

  private func fromWhole(after index: Int, _ context: MetricContext) -> MetricFinding? {
    for position in tokenRange(index, min(index + 6, context.sentence.upperBound)) {
      let lexeme = reading.lexeme(position)
      if let metric = lexicon.metric(action: lexeme.action, kind: "person") {
        return MetricFinding(
          metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["n of the m"])
      }
      if lexeme.noun >= 0, !lexicon.nouns[Int(lexeme.noun)].metric.isEmpty {
        let noun = lexicon.nouns[Int(lexeme.noun)]
        return MetricFinding(metric: noun.metric, unit: noun.unit, rules: ["n of the m"])
      }
    }
    return nil
  }

  /// "Of the 660 people arrested, 39 …": the sentence opens with the whole.
  private func opensWithWhole(_ context: MetricContext, _ mention: NumberMention) -> Bool {
    var first = context.sentence.lowerBound
    while reading.isMark(first, "\"") || reading.isMark(first, "'") { first += 1 }
    return reading.isWord(first, .of) && context.previousInSentence != nil
  }

  /// "the number of crimes …": what the number is of.
  private func numberOf(_ context: MetricContext, before index: Int) -> String? {
    var position = index - 1
    while position > context.sentence.lowerBound {
      if reading.isWord(position, .of), reading.isWord(position - 1, .rank | .total) {
        for noun in tokenRange(position + 1, min(position + 6, index)) where reading.lexeme(noun).noun >= 0 {
          if noun + 1 < index, reading.lexeme(noun + 1).noun >= 0 { continue }
          let metric = lexicon.nouns[Int(reading.lexeme(noun).noun)].metric
          let kind = lexicon.nouns[Int(reading.lexeme(noun).noun)].kind
          for verb in tokenRange(noun + 1, min(noun + 4, index)) {
            if let done = lexicon.metric(action: reading.lexeme(verb).action, kind: kind) { return done }
          }
          return metric.isEmpty ? nil : metric
        }
      }
      position -= 1
    }
    return nil
  }

  /// The nearest noun or verb to the left that says what is counted.
  private func left(_ context: MetricContext, before index: Int) -> String? {
    var position = index - 1
    while position >= context.sentence.lowerBound {
      let lexeme = reading.lexeme(position)
      if lexeme.action >= 0 {
        // "Children safeguarded: 164": done to the noun before it, if that is close.
        let before = tokenRange(max(context.sentence.lowerBound, position - 3), position).last {
          reading.lexeme($0).noun >= 0
        }
        if let before,
          let metric = lexicon.metric(action: lexeme.action, kind: lexicon.nouns[Int(reading.lexeme(before).noun)].kind)
        {
          return metric
        }
        if let metric = lexicon.metric(action: lexeme.action) ?? lexicon.metric(action: lexeme.action, kind: "person") {
          return metric
        }
      }
      if lexeme.noun >= 0 {
        let noun = lexicon.nouns[Int(lexeme.noun)]
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
  private func startsPlaceList(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    reading.isWord(mention.headStart, .locative | .in)
      && (context.previousInSentence != nil
        || tokenRange(context.sentence.lowerBound, mention.phraseStart).contains { reading.isWord($0, .include) })
  }

  /// Marks a figure as a part of the one before where the sentence opens with the whole.
  private func subset(
    of finding: MetricFinding, _ mention: NumberMention, _ head: Int, _ context: MetricContext
  ) -> MetricFinding {
    guard let previous = context.previousInSentence, opensWithWhole(context, mention) else {
      return finding
    }
    var result = finding
    result.isSubset = true
    if finding.rules == ["noun"] {
      result.metric = previous.metric
      result.unit = previous.quantity.unit
      result.isInherited = true
      result.rules = ["part of a whole told before"]
    }
    return result
  }

  // MARK: - Zero

  /// "none of those arrested is …": a stated zero of what the words behind "of" count.
  private func none(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
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

  // MARK: - Shares, changes, multiples

  private func share(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
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

  private func subject(after index: Int, _ context: MetricContext) -> String? {
    for position in tokenRange(index + 1, context.sentence.upperBound) where reading.lexeme(position).noun >= 0 {
      let noun = lexicon.nouns[Int(reading.lexeme(position).noun)]
      if ["offender", "suspect", "victim", "child", "person"].contains(noun.kind), !noun.metric.isEmpty {
        return noun.metric
      }
    }
    return nil
  }

  /// "increased by 181%", "a 12 per cent rise in", "up 5%", "halved".
  private func change(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
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
  private func changed(_ context: MetricContext, before index: Int) -> String? {
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
  private func isClauseJoint(_ index: Int, before end: Int) -> Bool {
    reading.isWord(index, .and) && index + 1 < end && reading.lexeme(index + 1).noun >= 0
      && tokenRange(index + 2, min(index + 6, end + 1)).contains {
        reading.isWord($0, .increase | .decrease | .by | .be | .have)
      }
  }

  private func subject(_ tokens: Range<Int>) -> String? {
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
  private static let actorKinds: Set<String> = [
    "force", "agency", "city", "country", "officer", "staff", "person", "premises", "case_study",
  ]

  private func multiple(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
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
  private static let moneyReach = 16

  private func money(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
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

  private static let currencies: Set<String> = ["GBP", "EUR", "USD", "AUD", "NZD"]
}
