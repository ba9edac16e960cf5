// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// A number with its noun, and what stands around both.
struct Count {
  let finder: MetricFinder
  let head: Int
  let noun: CountedNoun
  let mention: NumberMention
  let context: MetricContext

  private var reading: Reading { finder.reading }

  /// Whether the noun is one for people of any kind.
  var isOfPeople: Bool {
    MetricFinder.peopleKinds.contains(noun.kind) || ["child", "suspect", "victim", "protester"].contains(noun.kind)
  }

  /// The metric, narrowed where the words between number and noun say whom it was done to, and its unit.
  func finding(_ metric: String, _ rule: String, verb: Int? = nil) -> MetricFinding {
    let metric = metric == "vulnerable_people_safeguarded" ? safeguarded : metric
    var unit = finder.lexicon.catalog[metric]?.unit ?? noun.unit
    if noun.kind == "weight" { unit = finder.unitOfWeight(head) }
    if metric == "drugs_seized_units" { unit = reading.word(head) }
    var result = MetricFinding(metric: metric, unit: unit, noun: head, rules: [rule])
    if let verb {
      result.action = reading.lexeme(verb).action
      result.verb = verb
    }
    return result
  }

  /// The metric of an earlier claim, as a part of what that counted.
  func part(of told: Told, _ rule: String) -> MetricFinding {
    var result = finding(told.metric, rule)
    result.unit = told.unit
    result.isInherited = true
    result.isSubset = true
    return result
  }

  private var safeguarded: String {
    let words = tokenRange(mention.headStart, head + 1)
    if words.contains(where: { reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "child" }) {
      return "children_safeguarded"
    }
    return words.contains { reading.isWord($0, .adult) } ? "adults_safeguarded" : "vulnerable_people_safeguarded"
  }
}

/// What a number with a noun counts: by the words between them, the verbs around them, what was told before.
extension MetricFinder {
  /// The metric of the verb that governs a number and its noun, else the noun's own.
  func counted(_ head: Int, _ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    let count = Count(finder: self, head: head, noun: reading.noun(head), mention: mention, context: context)
    // "Gang nicked 28 Range Rovers", "burglars grabbed 57 phones".
    if ["vehicle", "device", "item"].contains(count.noun.kind), actsAsThief(context, before: mention.phraseStart) {
      return count.finding("items_stolen", "what thieves took")
    }
    if let found = described(count) ?? done(count) { return found }
    guard !count.noun.metric.isEmpty else { return nil }
    return partOfTold(count) ?? ofPeopleTold(count) ?? inCompany(count) ?? count.finding(count.noun.metric, "noun")
  }

  /// Tokens of a relative clause between people and what was done to them.
  private static let clauseMax = 36

  /// Occurrences from which on they are a figure, and not what happened to one person.
  private static let occurrencesMin = 30.0

  /// "were reported missing 3,296 times", "on at least 80 occasions": how often something happened.
  func occurrences(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    guard mention.form == .plain, mention.low >= Self.occurrencesMin,
      ["times", "occasions"].contains(reading.word(mention.headStart)),
      !reading.isWord(mention.headStart + 1, .determiner)
    else { return nil }
    let clause = tokenRange(context.sentence.lowerBound, mention.phraseStart)
    // "on the worst day I saw the same girl 104 times": told of one person.
    guard
      clause.contains(where: {
        reading.isWord($0, .be | .have) || isAction($0, "missing") || isCall($0)
      })
        || reading.word(mention.phraseStart - 1) == "on",
      !clause.contains(where: { reading.word($0) == "i" })
    else { return nil }
    let isSearch = clause.contains {
      isAction($0, "stop") && isAction($0 + 2, "search")
        || reading.word($0) == "stop" && reading.word($0 + 2).hasPrefix("search")
    }
    let isReported =
      clause.suffix(3).contains { ["reported", "contacted"].contains(reading.word($0)) }
      || clause.contains { isCall($0) }
    // "Bike theft was recorded 77 times".
    let isCrime =
      clause.suffix(1).contains { isAction($0, "record") }
      && clause.contains {
        reading.isWord($0, .offenceWord | .offenceNoun)
          || reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "crime"
      }
    let metric = isSearch ? "stop_searches" : isCrime ? "recorded_crimes" : isReported ? "reports" : "incidents"
    return MetricFinding(metric: metric, unit: lexicon.catalog[metric]?.unit ?? "incidents", rules: ["how often"])
  }

  private static let calling: Set<String> = ["contacted", "rang", "phoned", "called", "texted"]

  /// "Parents contacted the helpline 7,140 times"; not "crews were called 11,600 times".
  private func isCall(_ index: Int) -> Bool {
    Self.calling.contains(reading.word(index)) && !reading.isWord(index - 1, .be | .have | .adverb)
  }

  /// By the words between the number and its noun.
  private func described(_ count: Count) -> MetricFinding? {
    let modifiers = tokenRange(count.mention.headStart, count.head)
    // "missing persons cases", "missing child investigations".
    if ["case", "investigation"].contains(count.noun.kind),
      let missing = modifiers.first(where: { isAction($0, "missing") }),
      missing + 1 < count.head, reading.lexeme(missing + 1).noun >= 0
    {
      let isChild = reading.noun(missing + 1).kind == "child"
      return count.finding(isChild ? "missing_children" : "missing_persons", "cases of the missing")
    }
    // "88 stop and searches", "missing children", "active lines".
    if count.noun.kind == "search", let stop = modifiers.first(where: { reading.lexeme($0).action >= 0 }),
      let metric = lexicon.metric(action: reading.lexeme(stop).action, kind: "person")
    {
      return count.finding(metric, "stop and search")
    }
    // "Gardaí stopped and searched 27 vehicles".
    let verb = count.mention.phraseStart - 1
    if isAction(verb, "search"), reading.isWord(verb - 1, .and), isAction(verb - 2, "stop") {
      return count.finding("stop_searches", "stop and search")
    }
    // "visited 138 premises", "5,800 licensed premises inspected": of businesses.
    if ["premise", "premises"].contains(reading.word(count.head)),
      isAction(verb, "visit") || isAction(verb, "examine")
        || tokenRange(count.head + 1, min(count.head + 4, count.context.bound)).contains(where: {
          isAction($0, "visit") || isAction($0, "examine")
        })
    {
      return count.finding("premises_visited", "visits to premises")
    }
    // "112 house searches", "21 premises raids".
    if count.noun.kind == "search" || count.noun.kind == "raid",
      modifiers.contains(where: {
        reading.lexeme($0).noun >= 0 && ["property", "premises"].contains(reading.noun($0).kind)
      })
    {
      return count.finding("properties_searched", "searches of homes")
    }
    // "four members of staff".
    if reading.word(count.head).hasPrefix("member"), reading.isWord(count.head + 1, .of),
      reading.word(count.head + 2) == "staff"
    {
      return count.finding("staff", "members of staff")
    }
    // "Ten members of a crack cocaine smuggling network": what the network does is done to nobody of them.
    if reading.word(count.head).hasPrefix("member"), reading.isWord(count.head + 1, .of),
      let group = tokenRange(count.head + 2, min(count.head + 12, count.context.bound)).first(where: {
        reading.isWord($0, .gang) || ["network", "group", "ring", "syndicate"].contains(reading.word($0))
      }),
      tokenRange(count.head + 2, group).contains(where: { reading.lexeme($0).action >= 0 })
    {
      if let (metric, position) = verbBefore(
        count.mention.phraseStart, kind: "person", count.context, mustTouch: true)
      {
        return count.finding(metric, "verb before: object", verb: position)
      }
      if let (metric, position) = verbAfter(group + 1, kind: "person", count.context) {
        return count.finding(metric, "verb after: subject", verb: position)
      }
      return count.finding("offenders", "members of a gang")
    }
    // "Twenty-two members of a gang, who ploughed £20 million-worth of drugs around the country, have been jailed".
    if reading.word(count.head).hasPrefix("member") || Self.peopleKinds.contains(count.noun.kind),
      let clause = tokenRange(count.head + 1, min(count.head + 7, count.context.bound)).first(where: {
        reading.isMark($0, ",") && reading.isWord($0 + 1, .relative)
      }),
      let close = tokenRange(clause + 2, min(clause + Self.clauseMax, count.context.sentence.upperBound)).first(where: {
        reading.isMark($0, ",") && reading.isWord($0 + 1, .be | .have)
      })
    {
      var verb = close + 1
      while reading.isWord(verb, .be | .have | .adverb) { verb += 1 }
      if count.context.sentence.contains(verb), let metric = done(at: verb, kind: "person") {
        return count.finding(metric, "verb after: subject", verb: verb)
      }
    }
    // "40,000 ecstasy tablets": drugs, whatever else the noun can be.
    if count.noun.kind == "device", modifiers.contains(where: { reading.moneyMetric($0) == "drugs_seized_value" }) {
      return count.finding("drugs_seized_units", "pills of a drug")
    }
    // "missing children", "active lines".
    if let missing = modifiers.first(where: { reading.isWord($0, .describing) }),
      let metric = lexicon.metric(action: reading.lexeme(missing).action, kind: count.noun.kind)
    {
      return count.finding(metric, "described by a participle")
    }
    return nil
  }

  /// By a verb or a noun of action.
  private func done(_ count: Count) -> MetricFinding? {
    // "84 children and vulnerable people safeguarded".
    if count.noun.kind == "child", reading.isWord(count.head + 1, .and),
      let people = tokenRange(count.head + 2, min(count.head + 5, count.context.bound)).first(where: {
        reading.lexeme($0).noun >= 0 && Self.peopleKinds.contains(reading.noun($0).kind) || reading.isWord($0, .adult)
      }),
      tokenRange(people + 1, min(people + 5, count.context.bound)).contains(where: { isAction($0, "safeguard") })
    {
      return count.finding("vulnerable_people_safeguarded", "verb after: subject")
    }
    // "reported 118 drivers for no insurance", "306 people were reported to the procurator fiscal".
    if let position = reportedForProsecution(count.mention, count.head, count.context) {
      return count.finding("charges", "reported for prosecution", verb: position)
    }
    // "moved 287 children to a place of safety", "bringing 11 girls to safety", "out of harm's way".
    if Self.peopleKinds.contains(count.noun.kind) || count.noun.kind == "child" || count.noun.kind == "victim",
      tokenRange(count.head + 1, min(count.head + 13, count.context.bound)).contains(where: {
        reading.isWord($0, .safety) && reading.isWord($0 - 1, .to | .of | .from)
      })
    {
      return count.finding(
        count.noun.kind == "child" ? "children_safeguarded" : "vulnerable_people_safeguarded", "brought to safety")
    }
    // "raids on 103 locations", "warrants were carried out at eight addresses": not where, but what was searched.
    if ["property", "premises", "site"].contains(count.noun.kind), isRaided(count) {
      return count.finding("properties_searched", "raids on places")
    }
    // "thieves broke into 38 homes", "almost 3,000 homes were broken into".
    if ["property", "premises"].contains(count.noun.kind), isBrokenInto(count) {
      return count.finding("recorded_crimes", "broken into")
    }
    if let (metric, position) = verbBefore(
      count.mention.phraseStart, kind: count.noun.kind, count.context, mustTouch: true)
    {
      // "identified 83 people scammed by the caller".
      if metric == "suspects",
        tokenRange(count.head + 1, min(count.head + 4, count.context.bound)).contains(where: {
          isAction($0, "victimise") || isAction($0, "defraud")
        })
      {
        return count.finding("victims_identified", "those harmed who were found", verb: position)
      }
      return count.finding(metric, "verb before: object", verb: position)
    }
    // "Police arrest 150 vendors": a headline's verb that is a noun elsewhere.
    if reading.lexeme(count.mention.phraseStart - 1).noun >= 0,
      reading.noun(count.mention.phraseStart - 1).kind == "arrest",
      !isPlural(count.mention.phraseStart - 1),
      Self.peopleKinds.contains(count.noun.kind)
        || ["suspect", "migrant", "officer", "staff"].contains(count.noun.kind)
    {
      return count.finding("arrests", "verb before: object")
    }
    if let metric = nominal(count.mention.phraseStart, kind: count.noun.kind) {
      return count.finding(metric, "noun of action before")
    }
    // "A gang who targeted 37 victims were jailed": the victims were not.
    let verb = count.mention.phraseStart - 1
    let isOfClause = reading.isWord(verb - 1, .relative) && reading.word(verb).hasSuffix("ed")
    if !isOfClause, var (metric, position) = verbAfter(count.head + 1, kind: count.noun.kind, count.context) {
      // "14 vulnerable people visited and safeguarded".
      if metric == "visits", reading.isWord(position + 1, .and | .or), isAction(position + 2, "safeguard"),
        let more = lexicon.metric(action: reading.lexeme(position + 2).action, kind: count.noun.kind)
      {
        (metric, position) = (more, position + 2)
      }
      return count.finding(metric, "verb after: subject", verb: position)
    }
    // "recovered 140 phones and 31 tablets": the verb of the list.
    if count.context.previousAction >= 0, isListGap(count.mention, count.context),
      let metric = lexicon.metric(action: count.context.previousAction, kind: count.noun.kind)
    {
      var result = count.finding(metric, "verb of the list")
      result.action = count.context.previousAction
      return result
    }
    // "five teachers are among 131 people arrested": what was done to the whole.
    if count.isOfPeople || Self.peopleKinds.contains(count.noun.kind), reading.isWord(count.head + 1, .be),
      isAmong(count.head + 2),
      let whole = NumberParser(reading: reading).cardinal(count.head + 3, count.context.sentence.upperBound),
      var finding = fromWhole(after: whole.end, count.context.whole)
    {
      finding.isSubset = true
      finding.noun = count.head
      finding.rules = ["included in the figure before"]
      return finding
    }
    // "72 men and women now behind bars".
    if count.isOfPeople || Self.peopleKinds.contains(count.noun.kind),
      tokenRange(count.head + 1, min(count.head + 6, count.context.bound)).contains(where: {
        reading.isWord($0, .prisonWord) && reading.isWord($0 + 1, .prisonBar)
      })
    {
      return count.finding("convictions", "behind bars")
    }
    // "brought 31 people before the courts", "30 suspects in court".
    if count.isOfPeople || Self.peopleKinds.contains(count.noun.kind),
      let court = tokenRange(count.head + 1, min(count.head + 5, count.context.sentence.upperBound)).first(where: {
        reading.isWord($0, .courtWord)
      }),
      tokenRange(count.head + 1, court).contains(where: {
        reading.isWord($0, .in) || ["before", "in"].contains(reading.word($0))
      }),
      tokenRange(count.head + 1, court).allSatisfy({ reading.isWord($0, .determiner | .preposition | .in | .locative) })
    {
      return count.finding("court_appearances", "before a court")
    }
    // "13 people were found dead".
    if count.isOfPeople || Self.peopleKinds.contains(count.noun.kind),
      tokenRange(count.head + 1, min(count.head + 6, count.context.bound)).contains(where: {
        reading.word($0) == "found" && reading.word($0 + 1) == "dead"
      })
    {
      return count.finding("fatalities", "found dead")
    }
    // "got away with 61 cars".
    if ["vehicle", "device", "item"].contains(count.noun.kind), reading.isWord(count.mention.phraseStart - 1, .with),
      ["away", "off"].contains(reading.word(count.mention.phraseStart - 2))
    {
      return count.finding("items_stolen", "taken away")
    }
    // "The force fired 58 officers".
    if count.noun.kind == "officer", reading.word(count.mention.phraseStart - 1) == "fired" {
      return count.finding("dismissals", "fired")
    }
    // "193 officers lost their jobs".
    if Self.peopleKinds.contains(count.noun.kind),
      tokenRange(count.head + 1, min(count.head + 5, count.context.bound)).contains(where: {
        reading.isWord($0 + 1, .determiner | .pronoun) && reading.word($0) == "lost"
          && ["job", "jobs"].contains(reading.word($0 + 2))
      })
    {
      return count.finding("dismissals", "lost their jobs")
    }
    // "went through 10,340 computers".
    let through = count.mention.phraseStart - 1
    if count.noun.kind == "device", through > count.context.sentence.lowerBound,
      reading.word(through) == "through",
      ["went", "gone", "going"].contains(reading.word(through - 1))
    {
      return count.finding("devices_examined", "gone through")
    }
    if let (metric, position) = sharedVerb(count) {
      return count.finding(metric, "verb shared with the next of a list", verb: position)
    }
    // "5,600 offenders were given an immediate custodial sentence", "eight officers received a written warning".
    if count.isOfPeople || Self.servingKinds.contains(count.noun.kind),
      let outcome = resulted(count.head + 1, count.context), Self.receivedByPeople.contains(outcome.metric)
    {
      return count.finding(outcome.metric, "what people received")
    }
    if let given = given(count) { return count.finding(given, "what people were given") }
    // "two officers needed treatment", "11 officers suffered injuries".
    if ["officer", "staff", "person"].contains(count.noun.kind), reading.isWord(count.head + 1, .result | .suffering),
      tokenRange(count.head + 2, min(count.head + 10, count.context.bound)).contains(where: {
        reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "injury" || reading.isWord($0, .treatment)
      })
    {
      return count.finding(count.noun.kind == "officer" ? "officers_injured" : "injuries", "injuries suffered")
    }
    // A share of a total told before ("of the 660 arrested, 12 teachers …") keeps its metric.
    if count.noun.metric != "officers",
      let (metric, position) = verbBefore(
        count.mention.phraseStart, kind: count.noun.kind, count.context, mustTouch: false)
    {
      return count.finding(metric, "verb before: clause", verb: position)
    }
    return nil
  }

  /// Whether searches, raids or warrants right before are of so many places.
  private func isRaided(_ count: Count) -> Bool {
    let link = count.mention.phraseStart - 1
    guard ["on", "at", "of"].contains(reading.word(link)), count.context.previousInSentence == nil else { return false }
    let start = max(count.context.sentence.lowerBound, link - 5)
    guard
      let noun = tokenRange(start, link).last(where: {
        reading.lexeme($0).noun >= 0
          && (["search", "warrant"].contains(reading.noun($0).kind) || ["raid", "raids"].contains(reading.word($0)))
      })
    else { return false }
    return noun == link - 1
      || tokenRange(noun + 1, link).allSatisfy {
        reading.isWord($0, .be | .have | .adverb) || Self.carrying.contains(reading.word($0))
          || isAction($0, "execute")
      }
  }

  private static let carrying: Set<String> = [
    "carried", "out", "conducted", "made", "executed", "took", "place", "simultaneously",
  ]

  private static let servingKinds: Set<String> = ["officer", "staff"]

  /// What people get that counts them, each once.
  private static let receivedByPeople: Set<String> = [
    "convictions", "cautions", "warnings", "dismissals", "no_further_action",
  ]

  /// Tokens from what was given to the people who got it.
  private static let givenReach = 11

  /// "Suspended sentences were given to 13 men", "warnings to six", "the dismissal of charges against 14 defendants": people
  /// behind what they got.
  private func given(_ count: Count) -> String? {
    let kind = count.noun.kind
    guard count.isOfPeople || Self.servingKinds.contains(kind), count.noun.metric != "victims" else { return nil }
    let link = reading.word(count.mention.phraseStart - 1)
    guard ["to", "on", "against", "for"].contains(link) else { return nil }
    let end = count.mention.phraseStart - 1
    let clause = tokenRange(max(count.context.sentence.lowerBound, end - Self.givenReach), end)
    guard !clause.contains(where: { reading.isNumber($0) || reading.isMark($0, ";") || reading.isMark($0, ":") }) else {
      return nil
    }
    if link == "against" {
      if clause.contains(where: { isNoFurtherAction($0) || Self.dropping.contains(reading.word($0)) }) {
        return "no_further_action"
      }
    }
    if link == "on" || link == "for", let last = clause.last, reading.isWord(last, .action | .be) { return nil }
    for index in clause.reversed() where reading.lexeme(index).noun >= 0 {
      let noun = reading.noun(index)
      // "on 12 people": right behind it, or with the verb that gives it.
      let isGiven =
        index == end - 1 && link != "for"
        || tokenRange(index + 1, end).contains {
          reading.isWord($0, .receive) || Self.giving.contains(reading.word($0))
        }
        || tokenRange(max(clause.lowerBound, index - 6), index).contains {
          reading.isWord($0, .receive) || Self.giving.contains(reading.word($0)) || reading.isWord($0, .result)
        }
      guard isGiven else { return nil }
      switch noun.kind {
      case "caution", "warning", "conviction", "sentence", "dismissal", "charge": return noun.metric
      case "injury" where link == "to": return kind == "officer" ? "officers_injured" : "injuries"
      case "deportation": return noun.metric
      case "order":
        let before = reading.lexeme(index - 1).noun >= 0 ? reading.noun(index - 1).kind : ""
        if before == "deportation" { return "deportations" }
        if before == "safeguard" { return kind == "child" ? "children_safeguarded" : "vulnerable_people_safeguarded" }
        return nil
      case "safeguard": return kind == "child" ? "children_safeguarded" : "vulnerable_people_safeguarded"
      default:
        if !Self.peopleKinds.contains(noun.kind) { return nil }
      }
    }
    return nil
  }

  private static let dropping: Set<String> = ["dropped", "discontinued", "abandoned", "dismissal"]
  private static let giving: Set<String> = [
    "imposed", "served", "signed", "obtained", "awarded", "administered", "passed", "dished", "recorded", "secured",
    "offered", "imposes", "impose", "gives", "give", "hands", "hand", "offer", "offers", "granted",
  ]

  private func isBrokenInto(_ count: Count) -> Bool {
    func isInto(_ index: Int) -> Bool { reading.word(index) == "into" }
    let before = count.mention.phraseStart - 1
    // "forced their way into 41 houses".
    if before > count.context.sentence.lowerBound, isInto(before),
      reading.word(before - 1) == "way"
    {
      return true
    }
    if before > count.context.sentence.lowerBound, isInto(before), reading.isWord(before - 1, .breaking) { return true }
    return tokenRange(count.head + 1, min(count.head + 9, count.context.bound)).contains {
      reading.isWord($0, .breaking) && count.context.sentence.contains($0 + 1) && isInto($0 + 1)
    }
  }

  /// "500 men and 86 women arrested", "519 adults and 364 children were safeguarded": the verb behind the last of a pair.
  private func sharedVerb(_ count: Count) -> (String, Int)? {
    let joint = count.head + 1
    guard count.isOfPeople, reading.isWord(joint, .and),
      let other = NumberParser(reading: reading).cardinal(joint + 1, count.context.sentence.upperBound)
    else { return nil }
    var context = count.context
    context.bound = context.sentence.upperBound
    guard let head = noun(from: other.end, context, skipsOf: false),
      Self.peopleKinds.contains(reading.noun(head).kind)
        || ["child", "suspect", "victim"].contains(reading.noun(head).kind)
    else { return nil }
    var verb = head + 1
    while reading.isWord(verb, .be | .have | .adverb) || isManner(verb) { verb += 1 }
    guard verb < context.bound, let metric = done(at: verb, kind: count.noun.kind), isPassive(verb, from: head + 1)
    else {
      return nil
    }
    return (metric, verb)
  }

  /// By the figure that this is a part of, or of a kind with.
  private func partOfTold(_ count: Count) -> MetricFinding? {
    // "cited in 125 cases": of what was told before.
    if count.noun.kind == "case", reading.isWord(count.mention.phraseStart - 1, .in),
      let previous = count.context.previousInSentence ?? count.context.previous, !isShare(previous)
    {
      var result = count.finding(previous.metric, "in so many cases")
      result.unit = previous.unit
      return result
    }
    // "Charges have been brought against 274 individuals".
    if Self.peopleKinds.contains(count.noun.kind) || count.noun.kind == "suspect",
      reading.isWord(count.mention.phraseStart - 1, .against),
      let told = tokenRange(
        max(count.context.sentence.lowerBound, count.mention.phraseStart - 9), count.mention.phraseStart
      ).last(
        where: {
          reading.lexeme($0).noun >= 0
            && ["charge", "complaint", "prosecution", "warrant"].contains(reading.noun($0).kind)
        })
    {
      return count.finding(reading.noun(told).metric, "brought against people")
    }
    // "131 arrests (13 registered sex offenders; 19 people in …)", "17,940 incidents: 12,392 girls, 4,595 boys".
    if count.isOfPeople,
      let previous = count.context.previousInSentence, isBreakdown(count.mention, of: previous, count.context)
    {
      return count.part(of: previous, "breakdown")
    }
    // "The victims, 14 men and three women", "Those arrested - seven men".
    let before = count.mention.phraseStart - 1
    if count.isOfPeople,
      reading.isMark(before, ",") || reading.isMark(before, "(")
        || reading.isMark(before, "-") && !reading.touchesPrevious(before),
      count.context.previousInSentence == nil
    {
      if reading.lexeme(before - 1).noun >= 0,
        ["victim", "suspect", "offender"].contains(reading.noun(before - 1).kind),
        isPlural(before - 1)
      {
        return count.finding(reading.noun(before - 1).metric, "apposition")
      }
      if reading.isWord(before - 2, .determiner | .pronoun),
        let metric = lexicon.metric(action: reading.lexeme(before - 1).action, kind: "person")
      {
        return count.finding(metric, "apposition")
      }
    }
    // "the arrest of 88 traffickers and 63 smugglers".
    if let previous = count.context.previousInSentence, previous.rule == "noun of action before",
      previous.unit == "persons", Self.peopleKinds.contains(count.noun.kind), isListGap(count.mention, count.context)
    {
      return count.finding(previous.metric, "noun of action before")
    }
    // "put 104 suspects under arrest".
    if reading.isWord(count.head + 1, .under), reading.lexeme(count.head + 2).noun >= 0,
      reading.noun(count.head + 2).kind == "arrest"
    {
      return count.finding("arrests", "under arrest")
    }
    return nil
  }

  /// By whom the text told of before.
  private func ofPeopleTold(_ count: Count) -> MetricFinding? {
    // "just 299 people made the journey", in a text on arrivals.
    if count.noun.kind == "person", count.noun.metric == "persons", count.context.usual?.metric == "irregular_arrivals",
      reading.isWord(count.head + 1, .composition | .verb)
    {
      return count.finding("irregular_arrivals", "people of a text on arrivals")
    }
    // "712 people were in the care sector": of the people told before.
    if Self.carriers.contains(count.noun.metric), count.noun.metric != "officers", reading.isWord(count.head + 1, .be),
      reading.isWord(count.head + 2, .in | .locative | .of | .for | .preposition)
        || reading.lexeme(count.head + 2).noun >= 0,
      let people = count.context.people, count.noun.kind != "child" || people.unit == "children"
    {
      var result = count.finding(people.metric, "of the people told before")
      result.predicate = count.head + 1
      return result
    }
    // "Thirty-three officers had abused …", in a paragraph on those dismissed.
    if count.noun.kind == "officer", count.noun.metric == "officers", let people = count.context.people,
      people.metric == "dismissals" || people.metric == "officers_accused", count.context.previous != nil,
      !reading.isWord(count.head + 1, .in | .preposition | .locative | .of)
    {
      var result = count.finding(people.metric, "of the people told before")
      result.isSubset = true
      result.predicate = count.head + 1
      return result
    }
    // "including five teachers and two constables".
    if Self.peopleKinds.contains(count.noun.kind) || count.noun.kind == "child", isIncluded(count.mention),
      let previous = count.context.previousInSentence ?? count.context.previous,
      previous.unit == "persons"
    {
      return count.part(of: previous, "included in the figure before")
    }
    return nil
  }

  /// By what stands around people: the money taken from them, a protest, others of a list.
  private func inCompany(_ count: Count) -> MetricFinding? {
    // "stole £1.6 million from 4,100 customers".
    if Self.peopleKinds.contains(count.noun.kind), reading.isWord(count.mention.phraseStart - 1, .from),
      count.context.previousInSentence?.metric == "losses"
    {
      return count.finding("victims", "money was taken from them")
    }
    // People at a protest.
    if count.noun.kind == "person" || count.noun.kind == "protester", isProtest(count.context) {
      return count.finding("protest_attendance", "people at a protest")
    }
    if count.noun.kind == "person" || count.noun.kind == "protester",
      reading.isWord(count.mention.phraseStart - 1, .of),
      reading.isWord(count.mention.phraseStart - 2, .crowd | .group),
      count.context.toldMetrics.contains("protest_attendance")
    {
      return count.finding("protest_attendance", "a group at a protest")
    }
    // "eleven men, five women": people of a list are what was counted before them.
    let joint = count.mention.phraseStart - 1
    if count.noun.kind == "person", let previous = count.context.previousInSentence, previous.unit == "persons",
      !reading.tokens.indices.contains(joint) || reading.tokens[joint].kind != .word
        || reading.isWord(joint, .and | .or | .with | .include)
    {
      return count.finding(previous.metric, "people of a list")
    }
    return nil
  }

  /// "reported 118 drivers for …", "reported for … / to the procurator fiscal" behind people.
  func reportedForProsecution(_ mention: NumberMention, _ head: Int, _ context: MetricContext) -> Int? {
    guard Self.peopleKinds.contains(reading.noun(head).kind) else { return nil }
    func isReported(_ index: Int) -> Bool {
      isAction(index, "report")
    }
    var before = mention.phraseStart - 1
    while reading.isWord(before, .determiner | .adverb | .link) { before -= 1 }
    if before >= context.sentence.lowerBound, isReported(before), reading.isWord(head + 1, .for) { return before }
    var after = head + 1
    while reading.isWord(after, .be | .have | .adverb) { after += 1 }
    guard after > head + 1, after < context.bound, isReported(after) else { return nil }
    let isToProsecutor =
      reading.isWord(after + 1, .for)
      || tokenRange(after + 1, min(after + 5, context.sentence.upperBound)).contains { reading.isWord($0, .prosecutor) }
    return isToProsecutor ? after : nil
  }

  static let peopleKinds: Set<String> = ["person", "officer", "staff", "offender"]

  func isProtest(_ context: MetricContext) -> Bool {
    context.sentence.contains {
      reading.isWord($0, .protestWord) && !(reading.isWord($0, .month) && reading.tokens[$0].isCapitalized)
    }
  }

  /// Whether a colon or an open bracket stands between a figure and this one, or this goes on with such a list.
  func isBreakdown(_ mention: NumberMention, of previous: Told, _ context: MetricContext) -> Bool {
    let isOpened = previous.rule == "breakdown"
    var index = mention.phraseStart - 1
    while index >= context.sentence.lowerBound, Int(reading.tokens[index].start) >= previous.span.end {
      if reading.isMark(index, ")") || reading.isWord(index, .be | .have | .conjunction) { return false }
      if reading.isMark(index, ":") || reading.isMark(index, "(") { return true }
      index -= 1
    }
    return isOpened
  }

  /// Only words of a list stand between the figure before and this one: no verb of its own.
  func isListGap(_ mention: NumberMention, _ context: MetricContext) -> Bool {
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
  func unitOfWeight(_ index: Int) -> String { reading.noun(index).unit }

  /// "the arrest of 660 suspects": a noun of action with "of" before the number.
  func nominal(_ index: Int, kind: String) -> String? {
    // "the dismantling of 250 county lines".
    if reading.isWord(index - 1, .of), reading.lexeme(index - 2).action >= 0, reading.word(index - 2).hasSuffix("ing"),
      let metric = lexicon.metric(action: reading.lexeme(index - 2).action, kind: kind)
    {
      return metric
    }
    guard reading.isWord(index - 1, .of), reading.lexeme(index - 2).noun >= 0 else { return nil }
    let noun = reading.noun(index - 2)
    // "the rescue of 500 victims", "the closure of three lines".
    if let action = Self.nominalActions[noun.kind], let metric = lexicon.metric(action: action, kind: kind) {
      return metric
    }
    let isPersonal = ["person", "suspect", "offender", "child", "victim", "officer", "staff", "migrant", "protester"]
      .contains(kind)
    return isPersonal
      && ["arrest", "charge", "conviction", "deportation", "detention", "fatality", "referral", "court_appearance"]
        .contains(
          noun.kind)
      ? noun.metric : nil
  }

  /// Kinds of noun that name an action.
  static let nominalActions = [
    "safeguard": "safeguard", "closure": "close", "seizure": "seize", "recovery": "recover",
    "identification": "identify", "search": "search", "visit": "visit",
  ]

  /// "arrested 27 suspects": the nearest verb before a number. `mustTouch`: only words without
  /// weight may stand between.
  func verbBefore(
    _ index: Int, kind: String, _ context: MetricContext, mustTouch: Bool
  ) -> (String, Int)? {
    var position = index - 1
    var isClauseEnd = false
    while position >= context.sentence.lowerBound, !isClauseEnd {
      if reading.isNumber(position), !mustTouch { return nil }
      let lexeme = reading.lexeme(position)
      if lexeme.action >= 0, !isAttributive(position), !isReporting(position, before: index),
        let metric = lexicon.metric(action: lexeme.action, kind: kind)
      {
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

  /// "found that 1,400 children were abused": what was found is told, and not counted.
  private func isReporting(_ verb: Int, before index: Int) -> Bool {
    verb + 1 < index && reading.word(verb + 1) == "that"
  }

  /// "of stolen property": a participle that describes its noun, and does nothing.
  func isAttributive(_ index: Int) -> Bool {
    reading.lexeme(index + 1).noun >= 0
      && (reading.isNumber(index - 1) || reading.isWord(index - 1, .of | .determiner | .number | .preposition)
        || index > 0 && reading.tokens[index].gap == .space && reading.isWord(index - 1, .magnitude))
  }

  /// Whether a metric counts who acted or where: forces, agencies, countries.
  static func isActors(_ metric: String) -> Bool {
    metric.hasSuffix("_involved") || metric == "forces_responded"
  }

  private static let supposing: Set<String> = ["thought", "believed", "suspected", "understood", "alleged"]

  /// "600 suspects have been arrested", "80 children were safeguarded", "660 arrested".
  func verbAfter(
    _ index: Int, kind: String, _ context: MetricContext
  ) -> (String, Int)? {
    var position = index
    var hasVerb = false
    // "29 vulnerable people, 12 of them children, had been safeguarded": over an insertion with a number of its own.
    if reading.isMark(index, ","), context.bound - index <= 2,
      let close = tokenRange(context.bound, min(context.bound + 10, context.sentence.upperBound)).first(where: {
        reading.isMark($0, ",")
      }), reading.isWord(close + 1, .be | .have | .intransitive)
    {
      var verb = close + 1
      while reading.isWord(verb, .be | .have | .adverb) || isManner(verb) { verb += 1 }
      if verb < context.sentence.upperBound, let metric = done(at: verb, kind: kind) { return (metric, verb) }
    }
    while position < context.bound {
      if reading.isMark(position, ";") { return nil }
      if reading.isWord(position, .be | .have) { hasVerb = true }
      let lexeme = reading.lexeme(position)
      // "reported missing": the second word says what was.
      if lexeme.action >= 0, reading.isWord(position + 1, .describing),
        let metric = lexicon.metric(action: reading.lexeme(position + 1).action, kind: kind)
      {
        return (metric, position + 1)
      }
      // "wraps of heroin, besides goods thought to be stolen": said of the goods.
      if lexeme.action >= 0, position - 4 >= index, reading.isWord(position - 1, .be),
        reading.isWord(position - 2, .to),
        Self.supposing.contains(reading.word(position - 3)), reading.tokens[position - 4].kind == .word,
        !reading.isWord(position - 4, .be | .have | .adverb)
      {
        position += 1
        continue
      }
      // "were found to have been abused": what was found is told by the next verb.
      let isReported =
        reading.isWord(position + 1, .to) && reading.isWord(position + 2, .be | .have) && isAction(position, "find")
      if !isReported, lexeme.action >= 0 || lexeme.classes.intersects(.movement),
        let metric = done(at: position, kind: kind), isPassive(position, from: index)
      {
        return (metric, position)
      }
      position += 1
    }
    // "Sixty-three people in seven provinces have been arrested": over a place with a number of its own.
    if !hasVerb, position == context.bound,
      reading.isWord(position - 1, .in | .locative) || reading.isWord(position - 1, .from)
    {
      var verb = position
      while verb < context.sentence.upperBound, verb - position < 6,
        reading.tokens[verb].kind != .mark, !reading.isWord(verb, .be | .have)
      {
        verb += 1
      }
      let start = verb
      while reading.isWord(verb, .be | .have | .adverb) { verb += 1 }
      if verb > start, verb < context.sentence.upperBound, let metric = done(at: verb, kind: kind) {
        return (metric, verb)
      }
    }
    // A verb behind the list holds for all of it, if it is passive and this one has none of its own.
    if hasVerb { return nil }
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
  func isPassive(_ index: Int, from start: Int) -> Bool {
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
}
