// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Kinds of thing that a figure is of: which drug, device, weapon or vehicle.
extension PopulationFinder {
  static let things: Set<String> = ["device", "weapon", "vehicle", "firearm", "drug"]

  /// What a weight is of, and which devices, weapons or vehicles are meant: "cocaine", "mobile phones", "machetes".
  func kind(_ mention: NumberMention, _ finding: MetricFinding, bound: Int) -> String? {
    // "4.5kg of class A drugs", "class A drugs worth £48,000".
    if finding.metric.hasPrefix("drugs_seized"), let text = drugClass(beside: mention, bound: bound) { return text }
    // "28kg of cocaine, valued at €1.96 million", "heroin worth £200,000".
    if finding.metric == "drugs_seized_value" {
      var index = mention.headStart
      while reading.isWord(index, .worth) { index += 1 }
      return specific(substance(from: index)) ?? substance(before: mention) ?? substanceOfText(before: mention)
    }
    // "Seizures of class A drugs fell by 7 per cent to 31,480", "a 38 percent increase in fentanyl".
    if ["drug_seizures", "drugs_seized_weight"].contains(MetricFinder.base(finding.metric)),
      finding.metric != "drugs_seized_weight" || finding.noun == nil
    {
      let before = tokenRange(reading.sentences[mention.sentence].tokens.lowerBound, mention.phraseStart)
      return substance(behind: mention, bound: bound)
        ?? known(in: before).last { $0.0.name == "drug class" }?.1 ?? substance(before: mention)
    }
    // "19,000 individual seizures of herbal cannabis".
    if let head = finding.noun, MetricFinder.base(finding.metric) == "drug_seizures",
      let drug = specific(substance(from: head + 1))
    {
      return drug
    }
    guard let head = finding.noun ?? thingBefore(mention, finding), head < reading.tokens.count else { return nil }
    let lexeme = reading.lexeme(head)
    let kind = lexeme.noun >= 0 ? reading.noun(head).kind : ""
    // "The number of phones stolen … from 28,609": the word for the things stands before the number.
    if head < mention.phraseStart {
      return Self.things.contains(kind) && !reading.isWord(head, .generalNoun) ? reading.string(head..<head + 1) : nil
    }
    // "five motorcyclist fatalities": of whom.
    if MetricFinder.base(finding.metric) == "fatalities" || MetricFinder.base(finding.metric) == "injuries",
      head > mention.headStart, Self.roadUsers.contains(reading.word(head - 1))
    {
      return reading.string(head - 1..<head)
    }
    if kind == "weight" || finding.metric == "drugs_seized_weight" {
      // "11kg of the drug": the one named before.
      return specific(substance(from: head + 1)) ?? substance(before: mention) ?? substanceOfText(before: mention)
    }
    if finding.metric == "drugs_seized_units",
      let first = tokenRange(mention.headStart, head).first(where: { isSubstance($0) })
    {
      let last = tokenRange(first, head).last { isSubstance($0) } ?? first
      let kind = first > mention.headStart && reading.isWord(first - 1, .kindOfDrug) ? first - 1 : first
      return reading.string(kind..<last + 1)
    }
    if kind == "drug" {
      let named = phrase(mention.headStart, head - 1) ?? substance(from: head + 1)
      // "348 plants", of which the text has named the kind.
      return named ?? (isForm(head) && reading.noun(head).unit == "plants" ? substanceOfText(before: mention) : nil)
    }
    // "710,000 adults", "1,865 older people": who they are, where the metric does not say.
    if reading.isWord(head, .adult), finding.unit == "persons" {
      let first =
        ["vulnerable", "young", "older", "elderly", "disabled"].contains(reading.word(head - 1)) ? head - 1 : head
      return reading.string(first..<head + 1)
    }
    // "97 young people", "five elderly householders".
    if ["young", "elderly", "older", "disabled"].contains(reading.word(head - 1)), head - 1 >= mention.headStart,
      kind == "person", finding.unit == "persons"
    {
      return reading.string(head - 1..<head + 1)
    }
    // "412 children detained", "3,112 children": of a metric that is not of children only.
    if kind == "child", finding.unit != "percent", !finding.metric.contains("child"), finding.metric != "victims" {
      return reading.string(head..<head + 1)
    }
    if finding.rules.contains("breakdown") || finding.rules.contains("included in the figure before") {
      return phrase(mention.headStart, head)
    }
    // "14 prison officers", "nine traffic officers": which of them.
    if ["officer", "staff"].contains(kind), head > mention.headStart,
      reading.tokens[head].gap == .space, reading.tokens[head - 1].kind == .word,
      Self.branches.contains(reading.word(head - 1))
    {
      return reading.string(head - 1..<head + 1)
    }
    let isRole =
      ["person", "officer", "staff", "migrant", "suspect"].contains(kind) && !reading.isWord(head, .generalNoun)
      && (reading.noun(head).metric != finding.metric || kind != "migrant")
      && !finding.metric.contains(reading.word(head))
    if isRole || finding.rules.contains("included in the figure before") { return phrase(mention.headStart, head) }
    // "9,172 computers, phones and hard drives": all of them together are of no one kind.
    let next = reading.isMark(head + 1, ",") || reading.isWord(head + 1, .and) ? head + 2 : head + 1
    if next > head + 1, reading.lexeme(next).noun >= 0,
      reading.noun(next).kind == kind
    {
      return nil
    }
    // "52 child victims", "1,044 adult potential victims".
    if kind == "victim" || kind == "offender" || kind == "suspect", !finding.metric.contains("child"),
      let age = tokenRange(mention.headStart, head).last, ["child", "adult"].contains(reading.word(age))
    {
      return Self.plurals[reading.word(age)]
    }
    // "three Romanian potential victims": the metric says that they are victims.
    if kind == "victim", !reading.demonym(mention.headStart).isEmpty, head - mention.headStart <= 2 {
      return reading.string(mention.headStart..<mention.headStart + 1)
    }
    guard
      ["device", "weapon", "vehicle", "firearm", "drug", "victim", "offender", "account", "premises"].contains(kind)
    else {
      return nil
    }
    // The general word alone tells no kind: "devices", "weapons", "victims"; "tablets" are pills or computers.
    if reading.isWord(head, .generalNoun), !(kind == "device" && finding.unit == "devices" && isPlainKind(head)) {
      let described = tokenRange(mention.headStart, head).contains { reading.isWord($0, .kindWord) }
      // "more than 600 alleged domestic violence offenders": as the text calls them.
      let isNamed = kind == "offender" && phrase(mention.headStart, head).map { $0.contains(" ") } == true
      return described || isNamed ? phrase(mention.headStart, head) : nil
    }
    return kind == "account" ? nil : phrase(mention.headStart, head)
  }

  /// What officers and staff are for.
  private static let branches: Set<String> = [
    "prison", "traffic", "neighbourhood", "firearms", "armed", "probation", "customs", "immigration", "response",
    "detective", "social", "support", "custody", "specialist", "bank", "riot",
  ]

  /// Who is killed or hurt on the road.
  private static let roadUsers: Set<String> = [
    "motorcyclist", "cyclist", "pedestrian", "driver", "passenger", "rider", "child", "prisoner",
  ]

  /// Tokens before and behind an amount of drugs that may name their class.
  private static let drugClassReach = 7

  /// "£100 million of class A drugs", "class A drugs worth upwards of £48,000".
  private func drugClass(beside mention: NumberMention, bound: Int) -> String? {
    let sentence = reading.sentences[mention.sentence].tokens
    func named(_ range: Range<Int>) -> String? { known(in: range).last { $0.0.name == "drug class" }?.1 }
    let end = clauseEnd(from: mention.headStart, bound: min(bound, mention.headStart + Self.drugClassReach))
    if let behind = named(tokenRange(mention.headStart, end)) { return behind }
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - Self.drugClassReach), mention.phraseStart)
    // "£220k worth of class A drugs and around 11kg of cannabis": of another amount.
    let own = (before.last { reading.isNumber($0) || reading.isWord($0, .and) }).map { $0 + 1 } ?? before.lowerBound
    let words = tokenRange(own, before.upperBound)
    guard words.contains(where: { reading.isWord($0, .worth) }) else { return nil }
    return named(words)
  }

  /// "The number of phones stolen has almost tripled, from 28,609 …": the things that the clause before is on.
  private func thingBefore(_ mention: NumberMention, _ finding: MetricFinding) -> Int? {
    guard !finding.isSubset, Self.thingMetrics.contains(MetricFinder.base(finding.metric)) else { return nil }
    let sentence = reading.sentences[mention.sentence].tokens
    return tokenRange(sentence.lowerBound, mention.phraseStart).last {
      reading.lexeme($0).noun >= 0 && Self.things.contains(reading.noun($0).kind)
    }
  }

  private static let thingMetrics: Set<String> = [
    "items_stolen", "devices_seized", "devices_recovered", "weapons_seized", "weapons_surrendered", "firearms_seized",
    "vehicles_seized",
  ]

  /// Not the word for all things of its kind.
  private func isPlainKind(_ head: Int) -> Bool {
    let word = reading.word(head)
    return !word.hasPrefix("device")
  }

  /// "the drug", "drugs": no substance of its own.
  private func specific(_ substance: String?) -> String? {
    guard let substance, !["drug", "drugs", "narcotics"].contains(substance.lowercased()) else { return nil }
    return substance
  }

  /// Tokens before a weight within which the drug may be named.
  private static let substanceReach = 160

  /// The last substance that the text names before a number.
  private func substanceOfText(before mention: NumberMention) -> String? {
    let range = tokenRange(max(0, mention.phraseStart - Self.substanceReach), mention.phraseStart)
    guard let last = range.last(where: { isSubstance($0) }) else { return nil }
    return reading.word(last)
  }

  /// "of cocaine and heroin": the words behind "of".
  private func substance(from index: Int) -> String? {
    guard reading.isWord(index, .of) else { return nil }
    var start = index + 1
    while reading.isWord(start, .determiner | .adverb | .plainWord) { start += 1 }
    // "the 0.7 tonnes of the year before": when, not of what.
    if reading.isWord(start, .yearWord | .timeUnit | .month) { return nil }
    var end = start
    while end < reading.tokens.count, end - start < 7, reading.tokens[end].kind == .word,
      reading.tokens[end].gap < .line,
      !reading.isWord(
        end, .be | .have | .preposition | .locative | .in | .from | .relative | .verb | .conjunction | .month)
        || reading.isWord(end, .and) && reading.tokens[min(end + 1, reading.tokens.count - 1)].kind == .word,
      reading.lexeme(end).action < 0
    {
      end += 1
    }
    // "cocaine and heroin worldwide": up to the last word that is a substance, where one is known.
    if let last = tokenRange(start, end).last(where: { isSubstance($0) }),
      last + 1 < end, !isForm(last + 1)
    {
      end = last + 1
    }
    while end > start, reading.isWord(end - 1, .and | .preposition | .determiner | .adverb) { end -= 1 }
    return end > start ? reading.string(start..<end) : nil
  }

  /// "Cocaine was 37% higher …, while the amount of heroin fell by 13kg": another drug than the figure before is of.
  func namesSubstance(after previous: Told, before mention: NumberMention) -> Bool {
    let sentence = reading.sentences[mention.sentence].tokens
    let told = previous.populationText.lowercased()
    return tokenRange(sentence.lowerBound, mention.phraseStart).contains { index in
      guard Int(reading.tokens[index].start) >= previous.span.end else { return false }
      if let drugClass = known(in: index..<min(index + 2, mention.phraseStart)).first(where: {
        $0.0.name == "drug class"
      }) {
        return drugClass.1.lowercased() != told
      }
      guard isSubstance(index) else { return false }
      let first = reading.isWord(index - 1, .kindOfDrug) ? index - 1 : index
      return !told.contains(reading.string(first..<(isForm(index + 1) ? index + 2 : index + 1)).lowercased())
    }
  }

  /// "a 38 percent increase in fentanyl", "8,471 of heroin": the substance behind "in" or "of" in a number's clause.
  private func substance(behind mention: NumberMention, bound: Int) -> String? {
    for index in tokenRange(
      mention.headStart, clauseEnd(from: mention.headStart, bound: min(bound, mention.headStart + 6)))
    where reading.isWord(index, .of | .in) && isSubstance(index + 1) {
      return specific(reading.string(index + 1..<(isForm(index + 2) ? index + 3 : index + 2)))
    }
    return nil
  }

  /// "cannabis resin", "heroin powder".
  func isForm(_ index: Int) -> Bool { reading.isWord(index, .formOfDrug) }

  /// "The quantity of cocaine seized was 17.7 tonnes": the last substance before the number in its sentence.
  private func substance(before mention: NumberMention) -> String? {
    let sentence = reading.sentences[mention.sentence].tokens
    guard let last = tokenRange(sentence.lowerBound, mention.phraseStart).last(where: { isSubstance($0) }) else {
      return nil
    }
    var first = last
    while first > sentence.lowerBound,
      isSubstance(first - 1) || reading.isWord(first - 1, .kindOfDrug)
        || reading.isWord(first - 1, .and) && isSubstance(first - 2)
    { first -= 1 }
    // "cannabis plants", "cannabis resin".
    let end = isForm(last + 1) && last + 1 < mention.phraseStart ? last + 2 : last + 1
    return reading.string(first..<end).lowercased()
  }

  func isSubstance(_ index: Int) -> Bool {
    reading.moneyMetric(index) == "drugs_seized_value" && !reading.isWord(index, .generalNoun)
  }

  /// A noun with the words before it that say which: without what was done to it, and how much.
  func phrase(_ start: Int, _ head: Int) -> String? {
    var first = start
    while first <= head,
      !["serving", "former", "retired"].contains(reading.word(first)),
      reading.isWord(first, .adverb | .determiner | .link | .comparative | .of | .strong)
        || reading.lexeme(first).action >= 0 && reading.lexeme(first).noun < 0
        || reading.tokens[first].kind == .mark || reading.isWord(first, .plainWord)
        || first < head && reading.tokens[first].kind == .word && reading.tokens[first].isAllCaps && !isSubstance(first)
          && reading.word(first) != "sim"
    {
      first += 1
    }
    guard first <= head else { return nil }
    // "six members of staff".
    let end = reading.isWord(head + 1, .of) && reading.word(head + 2) == "staff" ? head + 3 : head + 1
    return reading.string(first..<end)
  }
}
