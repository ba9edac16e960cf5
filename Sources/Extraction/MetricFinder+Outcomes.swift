// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What was done to those counted, what came of it, and where their case stands.
extension MetricFinder {
  /// "17 were on bail", "five had been released under investigation", "seven remain in custody": where a case has got to.
  func status(_ index: Int, _ context: MetricContext) -> String? {
    var next = index
    var isVerb = false
    while next < context.sentence.upperBound, next - index < 7,
      reading.isWord(next, .be | .have | .adverb | .staying | .link) || isAction(next, "release") || isManner(next)
    {
      if reading.isWord(next, .be | .have | .staying) { isVerb = true }
      next += 1
    }
    return isVerb ? status(at: next) : nil
  }

  /// "on bail", "on police bail", "under investigation".
  func status(at index: Int) -> String? {
    if reading.isWord(index, .preposition), reading.string(index..<index + 1) == "on" {
      let bail = tokenRange(index + 1, index + 4).first { reading.isWord($0, .bailWord) }
      guard let bail, tokenRange(index + 1, bail).allSatisfy({ reading.tokens[$0].kind == .word }) else { return nil }
      return "bailed"
    }
    if reading.isWord(index, .under), reading.lexeme(index + 1).noun >= 0,
      reading.noun(index + 1).kind == "investigation", reading.lexeme(index + 2).noun < 0
    {
      return "under_investigation"
    }
    return nil
  }

  /// "were men", "had been teachers": people, said of those before.
  func saysWho(_ index: Int, _ context: MetricContext) -> Bool {
    var next = index
    while next < context.bound,
      reading.isWord(next, .be | .have | .adverb | .determiner | .describing) || isManner(next)
    {
      next += 1
    }
    return tokenRange(next, min(next + 4, context.bound)).contains { position in
      reading.lexeme(position).noun >= 0
        && (Self.peopleKinds.contains(reading.noun(position).kind)
          || ["child", "suspect", "offender", "officer", "staff"].contains(reading.noun(position).kind))
    } || reading.isWord(next, .age)
  }

  func saysChild(_ index: Int, _ context: MetricContext) -> Bool {
    tokenRange(index, min(index + 5, context.bound)).contains {
      reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "child"
    }
  }

  func isPeople(_ told: Told?) -> Bool {
    guard let told else { return false }
    return (told.unit == "persons" || told.unit == "children") && !Self.carriers.contains(told.metric) || isShare(told)
  }

  /// "two of them were later released without charge", "seized 21 of them": what was done to a part.
  func outcome(
    of next: Int, _ mention: NumberMention, _ context: MetricContext, whole told: Told? = nil
  ) -> MetricFinding? {
    // "forty of those held".
    let isOfDone =
      reading.lexeme(next).action >= 0 && lexicon.metric(action: reading.lexeme(next).action, kind: "person") != nil
    let whole = told ?? context.previousInSentence ?? context.previous
    guard whole != nil || isOfDone else { return nil }
    let isPersonal = whole?.unit == "persons" || whole?.unit == "children" || isOfDone
    let kind =
      isPersonal
      ? "person" : whole?.unit == "vehicles" ? "vehicle" : whole?.unit == "devices" ? "device" : ""
    if let (metric, _) = verbBefore(mention.phraseStart, kind: kind, context, mustTouch: true) {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? whole?.unit ?? "items",
        isInherited: whole != nil, isSubset: whole != nil, isToldBefore: told != nil, rules: ["done to a part"])
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
    // Over what narrows the whole: "of the 20 people charged after the match have appeared".
    if !reading.isWord(index, .be | .have | .adverb), reading.lexeme(index).action >= 0,
      let verb = tokenRange(index + 1, context.bound > index ? context.bound : context.sentence.upperBound).first(
        where: {
          reading.isWord($0, .be | .have) && !reading.isWord($0 - 1, .relative)
        })
    {
      index = verb
    }
    while index < context.sentence.upperBound, reading.isWord(index, .be | .have | .adverb) || isManner(index) {
      index += 1
    }
    guard index > next, index < context.sentence.upperBound, reading.lexeme(index).action >= 0,
      let metric = done(at: index, kind: "person")
    else { return nil }
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", isInherited: whole != nil,
      isSubset: whole != nil, isToldBefore: told != nil, rules: ["done to a part"])
  }

  /// "Fewer than 5 resulted in a charge", "207 in an arrest", "14 received final written warnings": what came of them, or
  /// what they got.
  func resulted(_ index: Int, _ context: MetricContext) -> MetricFinding? {
    var next = index
    while next < context.bound, reading.isWord(next, .be | .have | .adverb) { next += 1 }
    let isResult = reading.isWord(next, .result | .receive | .suffering)
    // "1,090 resulted in no further action, 207 in an arrest".
    let goesOn = reading.isWord(next, .in) && context.previousInSentence?.rule == "came of it"
    guard isResult || goesOn else { return nil }
    for position in tokenRange(next, min(next + 6, context.bound)) {
      if isNoFurtherAction(position) {
        return MetricFinding(metric: "no_further_action", unit: "persons", rules: ["came of it"])
      }
      let lexeme = reading.lexeme(position)
      if reading.isNumber(position) || reading.isWord(position, .number) { return nil }
      // "ended with somebody being charged".
      if reading.isWord(position - 1, .be), let metric = lexicon.metric(action: lexeme.action, kind: "person") {
        return MetricFinding(metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["came of it"])
      }
      guard lexeme.noun >= 0, reading.lexeme(position + 1).noun < 0 else { continue }
      let noun = reading.noun(position)
      guard Self.outcomeKinds.contains(noun.kind) else { return nil }
      if noun.kind == "injury", (context.previousInSentence ?? context.previous)?.metric == "officers" {
        return MetricFinding(metric: "officers_injured", unit: "persons", noun: position, rules: ["came of it"])
      }
      // What people got counts the people.
      let unit = reading.isWord(next, .receive) ? "persons" : lexicon.catalog[noun.metric]?.unit ?? "items"
      return MetricFinding(metric: noun.metric, unit: unit, noun: position, rules: ["came of it"])
    }
    return nil
  }

  static let outcomeKinds: Set<String> = [
    "arrest", "charge", "caution", "conviction", "prosecution", "resolution", "penalty", "dismissal", "warning",
    "injury", "order", "sentence",
  ]

  /// "recorded as crimes", "classed as hate crimes": as what they count.
  func recordedAs(_ index: Int, _ context: MetricContext) -> MetricFinding? {
    var next = index
    while next < context.sentence.upperBound, reading.isWord(next, .be | .have | .adverb) || isManner(next) {
      next += 1
    }
    guard Self.classing.contains(reading.word(next)), reading.isWord(next + 1, .as) else { return nil }
    for position in tokenRange(next + 2, min(next + 6, context.sentence.upperBound))
    where reading.lexeme(position).noun >= 0 && reading.noun(position).kind == "crime"
      && reading.lexeme(position + 1).noun < 0
    {
      return MetricFinding(
        metric: reading.noun(position).metric, unit: reading.noun(position).unit,
        isInherited: context.previousInSentence != nil,
        rules: ["recorded as"])
    }
    return nil
  }

  private static let classing: Set<String> = ["recorded", "classed", "classified", "crimed", "logged", "treated"]

  /// "no further action", at "further".
  func isNoFurtherAction(_ index: Int) -> Bool {
    reading.isWord(index - 1, .no)
      && (reading.isWord(index, .furtherAction)
        || reading.isWord(index, .link) && reading.isWord(index + 1, .furtherAction))
  }

  /// "41 arrested", "124 have been convicted", "45 already convicted".
  func participle(
    _ index: Int, _ mention: NumberMention, _ context: MetricContext
  ) -> MetricFinding? {
    var next = index
    // "the remaining six, aged between 27 and 55, appeared at court".
    if reading.isMark(next, ","), reading.isWord(next + 1, .age),
      let close = tokenRange(next + 2, min(next + 9, context.sentence.upperBound)).first(where: {
        reading.isMark($0, ",")
      })
    {
      next = close + 1
    }
    while next < context.sentence.upperBound, next - index < 14,
      reading.isWord(next, .be | .have | .adverb | .plea) || reading.isMark(next, "\"") || isManner(next)
        || reading.isWord(next, .in) && reading.lexeme(next + 1).action >= 0
        || reading.isWord(next, .since) && reading.isWord(next - 1, .have)
    {
      next += 1
    }
    let lexeme = reading.lexeme(next)
    guard next < context.sentence.upperBound, next < context.bound || next > index + 4,
      lexeme.action >= 0 || lexeme.classes.intersects(.movement)
    else {
      return nil
    }
    // "23 were defected and four impounded": of the things before.
    if let previous = context.previousInSentence, let kind = Self.kindsOfUnits[previous.unit],
      let metric = lexicon.metric(action: lexeme.action, kind: kind)
    {
      return MetricFinding(
        metric: metric, unit: lexicon.catalog[metric]?.unit ?? previous.unit, rules: ["participle of things"])
    }
    // "All but 80 held the rank of constable": what they had.
    if next == index, reading.isWord(next + 1, .determiner), reading.word(next) == "held" { return nil }
    guard var metric = done(at: next, kind: "person") else { return nil }
    let isAttendance =
      isProtest(context) || (context.previousInSentence ?? context.previous)?.metric == "protest_attendance"
    if metric == "visits", isAttendance { metric = "protest_attendance" }
    if metric == "protest_attendance", !isAttendance { return nil }
    return MetricFinding(
      metric: metric, unit: lexicon.catalog[metric]?.unit ?? "persons", rules: ["participle"])
  }

  /// Whether a token is a word of an action of metric_rules.tsv.
  func isAction(_ index: Int, _ name: String) -> Bool {
    let action = reading.lexeme(index).action
    return action >= 0 && lexicon.actionNames[Int(action)] == name
  }

  /// The metric of what was done at a token: "released without charge" is the end of a case.
  func done(at index: Int, kind: String) -> String? {
    let action = reading.lexeme(index).action
    // "lost their lives", "found guilty", "sent to prison".
    if isAction(index, "lose"),
      tokenRange(index + 1, index + 4).contains(where: { reading.isWord($0, .lifeWord) })
    {
      return "fatalities"
    }
    // "17,956 identified themselves as female": what they said of themselves.
    if isAction(index, "identify"), !reading.isWord(index - 1, .be | .have),
      reading.isWord(index + 1, .as) || reading.isWord(index + 2, .as),
      tokenRange(index + 2, index + 4).contains(where: {
        ["female", "male", "white", "black"].contains(reading.word($0))
      })
    {
      return nil
    }
    // "47 had abused their position": they did it.
    if isAction(index, "victimise"), reading.isWord(index - 1, .have), !reading.isWord(index - 1, .be) { return nil }
    // "stabbed to death".
    if action >= 0, reading.isWord(index + 1, .to), reading.lexeme(index + 2).noun >= 0,
      reading.noun(index + 2).kind == "fatality"
    {
      return "fatalities"
    }
    if action >= 0, isAction(index + 1, "convict"), let metric = lexicon.metric(action: "convict", kind: kind) {
      return metric
    }
    let to = reading.isWord(index + 1, .to) ? index + 1 : index + 2
    if reading.isWord(index, .movement), reading.isWord(to, .to), reading.isWord(to + 1, .prisonWord),
      let metric = lexicon.metric(action: "jail", kind: kind)
    {
      return metric
    }
    if isAction(index, "release"), let status = status(at: index + 1) { return status }
    if isAction(index, "release"), reading.isWord(index + 1, .without),
      reading.lexeme(index + 2).noun >= 0
    {
      return "no_further_action"
    }
    return lexicon.metric(action: action, kind: kind)
  }

  /// Kinds of thing that a unit tells.
  static let kindsOfUnits = [
    "vehicles": "vehicle", "devices": "device", "children": "child", "crimes": "crime", "forces": "force",
  ]
}
