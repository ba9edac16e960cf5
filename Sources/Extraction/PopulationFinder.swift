// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Finds which part of a population a figure counts: "39 were men", "127 … at immediate risk".
struct PopulationFinder {
  let reading: Reading

  /// Tokens of a predicate that are read for a known dimension.
  private static let predicateTokens = 14

  /// - Parameter previous: the figure before in the sentence, whose population a change of it shares.
  func find(
    _ mention: NumberMention, finding: MetricFinding, bound: Int, previous: Told? = nil,
    places: ArraySlice<Mention> = []
  ) -> (dimensions: [Dimension], text: String) {
    var dimensions: [Dimension] = []
    var texts: [String] = []
    func add(_ range: Range<Int>) {
      for (dimension, text) in known(in: range) where !dimensions.contains(where: { $0.name == dimension.name }) {
        dimensions.append(dimension)
        texts.append(text)
      }
    }
    // The noun phrase itself, and an adverb in front of its verb ("indirectly safeguarded").
    let start = max(reading.sentences[mention.sentence].tokens.lowerBound, mention.phraseStart - 3)
    add(adverbs(tokenRange(start, mention.phraseStart)))
    if let noun = finding.noun, finding.unit != "percent" { add(tokenRange(mention.headStart, noun + 1)) }
    // "Women made up 68 per cent of victims aged 18 and over": the group comes before what it is a part of.
    if dimensions.isEmpty, let group = group(mention, finding) {
      dimensions.append(group.dimension)
      texts.append(group.text)
    }
    if dimensions.isEmpty, let predicate = finding.predicate {
      add(tokenRange(predicate, min(bound, predicate + Self.predicateTokens)))
    }
    // "£13,600 for women": what is no count of people may be of a group of them.
    let isOfPeople = finding.unit == "persons" || finding.unit == "children"
    if dimensions.isEmpty, !isOfPeople, let group = object(mention.headStart, bound) {
      dimensions.append(group.dimension)
      texts.append(group.text)
    }
    // "18 who were under 18", "326 victims aged ten or younger".
    if dimensions.isEmpty, let text = ages(after: mention, finding, bound: bound) {
      dimensions.append(Dimension("age", text.lowercased()))
      texts.append(text)
    }
    // "Men accounted for 692 of the deaths and women for 359".
    if dimensions.isEmpty, let text = subjectOfPart(mention, previous),
      !places.contains(where: { $0.kind == .region && $0.tokens.overlaps(text) })
    {
      dimensions = known(in: text).map(\.0)
      texts = [known(in: text).first?.1 ?? reading.string(text)]
      if dimensions.isEmpty { dimensions.append(Dimension("description", texts[0].lowercased())) }
    }
    // "17.7 tonnes, down 6%": a change of what was counted before.
    if dimensions.isEmpty, let previous, finding.metric != MetricFinder.base(finding.metric),
      !finding.metric.hasSuffix("_share"), MetricFinder.base(finding.metric) == MetricFinder.base(previous.metric),
      !namesSubstance(after: previous, before: mention)
    {
      return (previous.population, previous.populationText)
    }
    if dimensions.isEmpty, finding.metric.hasSuffix("_share") {
      let range = tokenRange(mention.headStart, clauseEnd(from: mention.headStart, bound: bound))
      if finding.predicate == nil { add(range) }
    }
    // "947 were Albanian and 702 Vietnamese", "34 gave their nationality as Vietnamese".
    if dimensions.isEmpty, let text = nationality(mention, bound: bound) {
      dimensions.append(Dimension("nationality", text.lowercased()))
      texts.append(text)
    }
    // "Four had pleaded guilty", "seventeen held positions of trust".
    if dimensions.isEmpty, finding.unit != "percent" {
      let end = clauseEnd(from: mention.headStart, bound: bound)
      if let (dimension, text) = known(in: tokenRange(mention.headStart, end)).first(where: {
        Self.conditions.contains($0.0.name)
      }) {
        dimensions.append(dimension)
        texts.append(text)
      }
    }
    // "5,161 reasonable grounds and 3,893 conclusive grounds decisions": the words of each.
    if dimensions.isEmpty, let text = ownWords(mention, finding, previous, bound: bound) {
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    if dimensions.isEmpty, let text = kind(mention, finding, bound: bound) {
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    if dimensions.isEmpty, finding.isSubset || finding.rules.contains("stated zero"),
      let text = predicateText(finding, bound: bound)
    {
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    // A share is of something: without its words two shares of one base would be one fact.
    if dimensions.isEmpty, finding.metric.hasSuffix("_share"), let text = shareText(mention, bound: bound) {
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    if let offence = finding.offence {
      dimensions.append(Dimension("offence", offence.lowercased()))
      if texts.isEmpty { texts.append(offence) }
    }
    return (dimensions.sorted(), texts.joined(separator: ", "))
  }

  /// Dimensions that what is said of a number may state anywhere in its clause.
  private static let conditions: Set<String> = ["status", "plea", "severity", "bail"]

  /// The label of a cell's row, or the heading of its column, where it says neither what is counted nor where nor when.
  func find(
    _ cell: TableCell, finding: MetricFinding, isPlaceOrPeriod: (Range<Int>) -> Bool
  ) -> (dimensions: [Dimension], text: String) {
    var dimensions: [Dimension] = []
    var texts: [String] = []
    let isOfNationalities = cell.corner.contains { reading.isWord($0, .nationality) }
    for words in [cell.rowLabel, cell.columnHeading] where !words.isEmpty {
      if isOfNationalities, words == cell.rowLabel {
        let text = reading.string(words)
        dimensions.append(Dimension("nationality", text.lowercased()))
        texts.append(text)
        continue
      }
      if isPlaceOrPeriod(words) { continue }
      // "Under 16", "Aged 10 to 17": a column of an age.
      if reading.isWord(words.lowerBound, .ageBound | .age), words.contains(where: { reading.isNumber($0) }) {
        let text = reading.string(words)
        dimensions.append(Dimension("age", text.lowercased()))
        texts.append(text)
        continue
      }
      if let (dimension, text) = known(in: words).first {
        if !dimensions.contains(where: { $0.name == dimension.name }) {
          dimensions.append(dimension)
          texts.append(text)
        }
        continue
      }
      // "Heroin (kg)", "Cannabis plants".
      if finding.metric.hasPrefix("drug"), let first = words.first(where: { isSubstance($0) }) {
        let from = words.contains(first - 1) && reading.isWord(first - 1, .kindOfDrug) ? first - 1 : first
        let text = reading.string(from..<(words.contains(first + 1) && isForm(first + 1) ? first + 2 : first + 1))
        dimensions.append(Dimension("description", text.lowercased()))
        texts.append(text)
        continue
      }
      // "E-scooters seized": which things, where the word is not the one for all of their kind.
      if let noun = words.first(where: { reading.lexeme($0).noun >= 0 }),
        reading.lexeme(noun + 1).action >= 0 || reading.isWord(noun + 1, .movement),
        noun + 1 < words.upperBound, Self.things.contains(reading.noun(noun).kind), !reading.isWord(noun, .generalNoun),
        let text = phrase(words.lowerBound, noun)
      {
        dimensions.append(Dimension("description", text.lowercased()))
        texts.append(text)
        continue
      }
      let isPlain = words.contains {
        reading.isWord($0, .total | .rank | .changeWord | .rateWord | .table | .measure)
          || reading.lexeme($0).action >= 0
          || reading.isNumber($0)
      }
      let isMetric = words.contains {
        reading.lexeme($0).noun >= 0 && reading.noun($0).metric == finding.metric
      }
      guard !isPlain, !isMetric, !dimensions.contains(where: { $0.name == "description" }),
        words.contains(where: { reading.tokens[$0].kind == .word })
      else { continue }
      let text = reading.string(words)
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    return (dimensions.sorted(), texts.joined(separator: ", "))
  }

  /// The nationality that a number's own words end with.
  private func nationality(_ mention: NumberMention, bound: Int) -> String? {
    let end = clauseEnd(from: mention.headStart, bound: min(bound, mention.headStart + Self.predicateTokens))
    var last = end - 1
    while last > mention.headStart, reading.isWord(last, .and) || reading.tokens[last].kind == .mark { last -= 1 }
    guard last >= mention.headStart, reading.tokens[last].isCapitalized,
      !reading.demonym(last).isEmpty || reading.string(last..<last + 1) == "British",
      last == mention.headStart || reading.isWord(last - 1, .be | .as)
    else { return nil }
    return reading.string(last..<last + 1)
  }

  /// The words that tell the two numbers of a pair with one noun apart.
  private func ownWords(
    _ mention: NumberMention, _ finding: MetricFinding, _ previous: Told?, bound: Int
  ) -> String? {
    if finding.rules == [MetricFinder.sharedNounRule] {
      let end = tokenRange(mention.headStart, bound).first { reading.isWord($0, .and) } ?? bound
      return reading.string(mention.headStart..<end)
    }
    guard previous?.rule == MetricFinder.sharedNounRule, let noun = finding.noun, noun > mention.headStart else {
      return nil
    }
    return reading.string(mention.headStart..<noun)
  }

  // MARK: - Kinds of thing

  private static let things: Set<String> = ["device", "weapon", "vehicle", "firearm", "drug"]

  /// What a weight is of, and which devices, weapons or vehicles are meant: "cocaine", "mobile phones", "machetes".
  private func kind(_ mention: NumberMention, _ finding: MetricFinding, bound: Int) -> String? {
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
    guard let head = finding.noun ?? thingBefore(mention, finding), head < reading.tokens.count else { return nil }
    let lexeme = reading.lexeme(head)
    let kind = lexeme.noun >= 0 ? reading.noun(head).kind : ""
    // "The number of phones stolen … from 28,609": the word for the things stands before the number.
    if head < mention.phraseStart {
      return Self.things.contains(kind) && !reading.isWord(head, .generalNoun) ? reading.string(head..<head + 1) : nil
    }
    if kind == "weight" || finding.metric == "drugs_seized_weight" {
      // "11kg of the drug": the one named before.
      return specific(substance(from: head + 1)) ?? substance(before: mention) ?? substanceOfText(before: mention)
    }
    if finding.metric == "drugs_seized_units",
      let first = tokenRange(mention.headStart, head).first(where: { isSubstance($0) })
    {
      let last = tokenRange(first, head).last { isSubstance($0) } ?? first
      return reading.string(first..<last + 1)
    }
    if kind == "drug" {
      let named = phrase(mention.headStart, head - 1) ?? substance(from: head + 1)
      // "348 plants", of which the text has named the kind.
      return named ?? (isForm(head) && reading.noun(head).unit == "plants" ? substanceOfText(before: mention) : nil)
    }
    // "710,000 adults", "1,865 older people": who they are, where the metric does not say.
    if reading.isWord(head, .adult), finding.unit == "persons" { return reading.string(head..<head + 1) }
    // "412 children detained", "3,112 children": of a metric that is not of children only.
    if kind == "child", finding.unit != "percent", !finding.metric.contains("child"), finding.metric != "victims" {
      return reading.string(head..<head + 1)
    }
    if finding.rules.contains("breakdown") || finding.rules.contains("included in the figure before") {
      return phrase(mention.headStart, head)
    }
    let isRole =
      ["person", "officer", "staff", "migrant"].contains(kind) && !reading.isWord(head, .generalNoun)
      && reading.noun(head).metric != finding.metric
    if isRole || finding.rules.contains("included in the figure before") { return phrase(mention.headStart, head) }
    // "9,172 computers, phones and hard drives": all of them together are of no one kind.
    let next = reading.isMark(head + 1, ",") || reading.isWord(head + 1, .and) ? head + 2 : head + 1
    if next > head + 1, reading.lexeme(next).noun >= 0,
      reading.noun(next).kind == kind
    {
      return nil
    }
    guard
      ["device", "weapon", "vehicle", "firearm", "drug", "victim", "offender", "account", "premises"].contains(kind)
    else {
      return nil
    }
    // The general word alone tells no kind: "devices", "weapons", "victims"; "tablets" are pills or computers.
    if reading.isWord(head, .generalNoun), !(kind == "device" && finding.unit == "devices" && isPlainKind(head)) {
      let described = tokenRange(mention.headStart, head).contains { reading.isWord($0, .kindWord) }
      return described ? phrase(mention.headStart, head) : nil
    }
    return kind == "account" ? nil : phrase(mention.headStart, head)
  }

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
    let word = reading.string(head..<head + 1).lowercased()
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
    return reading.string(last..<last + 1).lowercased()
  }

  /// Tokens behind a number within which an age says which part it is.
  private static let ageReach = 9

  /// "aged 12 to 17", "under 18", "aged ten or younger": the age that narrows a count of people.
  private func ages(after mention: NumberMention, _ finding: MetricFinding, bound: Int) -> String? {
    let end = min(bound, mention.headStart + Self.ageReach)
    let isPart = finding.isSubset || finding.metric.hasSuffix("_share") || finding.predicate != nil
    for index in tokenRange(mention.headStart, end) {
      if reading.isMark(index, ",") || reading.isMark(index, ";") || reading.isMark(index, ".") { return nil }
      let isAged = reading.isWord(index, .age) && reading.string(index..<index + 1).lowercased() == "aged"
      // "1,720 victims under 18", "64 suspects were under 18".
      let isRight = finding.noun.map { index == $0 + 1 || index == $0 + 2 && reading.isWord($0 + 1, .be) } ?? false
      guard isAged || (isPart || isRight) && reading.isWord(index, .ageBound) else { continue }
      var last = index + 1
      while reading.isWord(last, .ageBound | .between) { last += 1 }
      // "under the age of 18".
      if reading.isWord(last, .determiner), reading.isWord(last + 1, .age), reading.isWord(last + 2, .of) { last += 3 }
      guard reading.isNumber(last) || reading.isWord(last, .number) else { continue }
      // "30 under 20 kg": what follows is no age.
      if !isAged, reading.lexeme(last + 1).noun >= 0 || reading.isWord(last + 1, .timeUnit | .distance) { continue }
      last += 1
      let isBetween = tokenRange(index, last).contains { reading.isWord($0, .between) }
      while reading.isWord(last, .to | .or | .old | .young | .ageBound | .comparative | .older)
        || reading.isMark(last, "-")
        || reading.isWord(last, .and)
          && (isBetween || reading.isWord(last + 1, .old | .young | .ageBound | .comparative | .older))
        || (reading.isNumber(last) || reading.isWord(last, .number))
          && (isBetween || reading.isWord(last - 1, .to) || reading.isMark(last - 1, "-"))
      {
        last += 1
      }
      while last > index + 1, reading.isWord(last - 1, .to | .and | .or) { last -= 1 }
      return reading.string(index..<last)
    }
    return nil
  }

  /// "Men accounted for 692", "children made up 125,084 of them and adults 82,106": who or what stands before such a
  /// verb, or in its place in the next part of the list.
  private func subjectOfPart(_ mention: NumberMention, _ previous: Told?) -> Range<Int>? {
    let sentence = reading.sentences[mention.sentence].tokens
    var end = mention.phraseStart
    if reading.isWord(end - 1, .for | .in) { end -= 1 }
    // "Syrians (4,232)", "constables: 519".
    if reading.isMark(mention.phraseStart - 1, "(") || reading.isMark(mention.phraseStart - 1, ":"),
      reading.endsPlainly(mention.headStart), reading.lexeme(mention.phraseStart - 2).noun >= 0,
      ["person", "officer", "child", "migrant"].contains(reading.noun(mention.phraseStart - 2).kind),
      !reading.isWord(mention.phraseStart - 2, .generalNoun)
    {
      return mention.phraseStart - 2..<mention.phraseStart - 1
    }
    // "Cocaine was implicated in 479, and benzodiazepines in 601".
    if reading.isWord(end, .in), end < mention.phraseStart, let range = presentIn(end, sentence, previous) {
      return range
    }
    var verb = end - 1
    while verb > sentence.lowerBound, reading.isWord(verb, .up | .for | .increase) { verb -= 1 }
    let isMadeUp = reading.isWord(verb, .composition)
    // "… and women for 359".
    let goesOn =
      previous.map { previous in
        previous.population.contains { $0.name == "sex" }
      } ?? false
    guard isMadeUp || goesOn && (reading.isWord(end, .for | .in) || end == mention.phraseStart) else { return nil }
    if isMadeUp { end = verb }
    // "Persons under 18 accounted for 9".
    if isMadeUp, reading.isNumber(end - 1), reading.isWord(end - 2, .ageBound) { return end - 2..<end }
    var start = end
    while start > sentence.lowerBound, end - start < 4, reading.tokens[start - 1].kind == .word,
      !reading.isWord(start - 1, .and | .conjunction | .pronoun | .be | .have)
    {
      start -= 1
    }
    while start < end, reading.isWord(start, .determiner) { start += 1 }
    guard start < end, isMadeUp || !known(in: tokenRange(start, end)).isEmpty else { return nil }
    return tokenRange(start, end)
  }

  /// What "was implicated in", "were present in" a number is said of, or the next of such a list.
  private func presentIn(_ index: Int, _ sentence: Range<Int>, _ previous: Told?) -> Range<Int>? {
    var end = index
    while end > sentence.lowerBound, index - end < 3, !reading.isWord(end - 1, .be),
      reading.lexeme(end - 1).action >= 0 || reading.isWord(end - 1, .adverb | .presence)
    {
      end -= 1
    }
    let isSaid = end < index && reading.isWord(end - 1, .be)
    let goesOn = end == index && previous?.population.contains { $0.name == "description" } ?? false
    guard isSaid || goesOn else { return nil }
    if isSaid { end -= 1 }
    var start = end
    while start > sentence.lowerBound, end - start < 4,
      reading.tokens[start - 1].kind == .word || reading.isMark(start - 1, "-"),
      !reading.isWord(start - 1, .and | .conjunction | .pronoun | .be | .have | .number),
      reading.tokens[start].gap < .line
    {
      start -= 1
    }
    while start < end, reading.isWord(start, .determiner | .adverb) { start += 1 }
    return start < end ? tokenRange(start, end) : nil
  }

  /// "of cocaine and heroin": the words behind "of".
  private func substance(from index: Int) -> String? {
    guard reading.isWord(index, .of) else { return nil }
    var start = index + 1
    while reading.isWord(start, .determiner | .adverb) { start += 1 }
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
      end - last <= 2 || reading.isWord(last + 1, .and), last + 1 < end, !isForm(last + 1)
    {
      end = last + 1
    }
    while end > start, reading.isWord(end - 1, .and | .preposition | .determiner | .adverb) { end -= 1 }
    return end > start ? reading.string(start..<end) : nil
  }

  /// "Cocaine was 37% higher …, while the amount of heroin fell by 13kg": another drug than the figure before is of.
  private func namesSubstance(after previous: Told, before mention: NumberMention) -> Bool {
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
  private func isForm(_ index: Int) -> Bool { reading.isWord(index, .formOfDrug) }

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

  private func isSubstance(_ index: Int) -> Bool {
    reading.moneyMetric(index) == "drugs_seized_value" && !reading.isWord(index, .generalNoun)
  }

  /// A noun with the words before it that say which: without what was done to it, and how much.
  private func phrase(_ start: Int, _ head: Int) -> String? {
    var first = start
    while first <= head,
      reading.isWord(first, .adverb | .determiner | .link | .comparative | .of | .strong)
        || reading.lexeme(first).action >= 0 && reading.lexeme(first).noun < 0
        || reading.tokens[first].kind == .mark || reading.isWord(first, .plainWord)
        || first < head && reading.tokens[first].kind == .word && reading.tokens[first].isAllCaps && !isSubstance(first)
    {
      first += 1
    }
    return first <= head ? reading.string(first..<head + 1) : nil
  }

  /// "People aged 50 to 69 made up 49%", "agriculture (44%)": who or what has the share stands before it.
  private func subjectText(_ mention: NumberMention) -> String? {
    let sentence = reading.sentences[mention.sentence].tokens
    var end = mention.phraseStart
    while end > sentence.lowerBound,
      reading.isMark(end - 1, "(")
        || reading.isWord(end - 1, .verb | .increase | .be | .have | .for | .adverb | .preposition)
        || reading.lexeme(end - 1).action >= 0
    {
      end -= 1
    }
    var start = end
    while start > sentence.lowerBound, end - start < 6, reading.tokens[start - 1].kind != .mark,
      !reading.isWord(start - 1, .be | .have | .and | .conjunction | .relative)
    {
      start -= 1
    }
    while start < end, reading.isWord(start, .determiner | .adverb | .preposition) { start += 1 }
    // "Children now make up 92%".
    while start < end, reading.isWord(end - 1, .adverb) { end -= 1 }
    return start < end && end < mention.phraseStart ? reading.string(start..<end) : nil
  }

  private func clauseEnd(from start: Int, bound: Int) -> Int {
    var end = start
    while end < bound, !reading.isMark(end, "."), !reading.isMark(end, "\""), !reading.isMark(end, ";"),
      !reading.isMark(end, ")"),
      !(reading.isMark(end, ",") && end > start), end == start || reading.tokens[end].gap < .line
    {
      end += 1
    }
    return end
  }

  /// What a share is of its whole: "were men" is "men", "of them overseas" is "overseas".
  private func shareText(_ mention: NumberMention, bound: Int) -> String? {
    let end = clauseEnd(from: mention.headStart, bound: bound)
    var start = mention.headStart
    if let be = tokenRange(start, end).first(where: { reading.isWord($0, .be | .have) }) {
      start = be
    } else if reading.isWord(start, .of) {
      start += 1
      while start < end, reading.isWord(start, .determiner | .pronoun | .adverb) { start += 1 }
      if start < end, reading.lexeme(start).noun >= 0 { start += 1 }
    } else if reading.isWord(start, .include) || reading.isWord(start, .verb) {
      start += 1
    }
    if (start >= end || reading.isMark(start, ",")) && !reading.isWord(mention.headStart, .of) {
      return subjectText(mention)
    }
    while start < end,
      reading.isWord(start, .be | .have | .determiner | .adverb | .relative | .preposition | .verb | .for | .in | .at),
      !reading.isWord(start, .negation)
    {
      start += 1
    }
    var last = end
    while last > start,
      reading.isWord(last - 1, .and | .preposition | .determiner | .conjunction)
        || reading.tokens[last - 1].kind == .mark
    { last -= 1 }
    // "85% of cases, offenders … did so at home".
    if last <= start, reading.isMark(end, ","), end + 1 < bound {
      let rest = clauseEnd(from: end + 1, bound: bound)
      return rest > end + 1 ? reading.string(end + 1..<rest) : nil
    }
    guard last > start else { return nil }
    let text = reading.string(start..<last)
    return Self.plurals[text] ?? text
  }

  /// Groups are named in the plural, as where they are counted: "one in four was a child".
  private static let plurals = [
    "woman": "women", "man": "men", "girl": "girls", "boy": "boys", "child": "children", "adult": "adults",
    "teenager": "teenagers",
  ]

  private func adverbs(_ range: Range<Int>) -> Range<Int> {
    var start = range.upperBound
    while start > range.lowerBound, reading.isWord(start - 1, .adverb | .action | .have) { start -= 1 }
    return start..<range.upperBound
  }

  func known(in range: Range<Int>) -> [(Dimension, String)] {
    var result: [(Dimension, String)] = []
    var index = range.lowerBound
    while index < range.upperBound {
      var node = PhraseTrie.root
      var position = index
      var best: (Dimension, String, Int)?
      while position < range.upperBound, reading.tokens[position].kind == .word,
        let next = reading.lexicon.populations.next(node, reading.tokens[position].symbol)
      {
        node = next
        position += 1
        if case .population(let dimension, let text) = reading.lexicon.populations.meaning(node) {
          best = (dimension, text, position)
        }
      }
      if let best {
        var text = best.1
        // "at risk of criminal exploitation".
        if best.0.name == "risk", reading.isWord(best.2, .of) {
          var end = best.2 + 1
          while end < best.2 + 5, reading.tokens.indices.contains(end), reading.tokens[end].kind == .word,
            reading.tokens[end].gap == .space,
            !reading.isWord(end, .and | .be | .have | .preposition | .conjunction | .relative | .locative | .in | .or)
          {
            end += 1
          }
          if text == "at risk", end > best.2 + 1 { text = reading.string(best.2 - 2..<end) }
        }
        result.append((best.0, text))
        index = best.2
      } else {
        index += 1
      }
    }
    return result
  }

  /// The words of the predicate themselves, where no lexicon knows them.
  private func predicateText(_ finding: MetricFinding, bound: Int) -> String? {
    guard var start = finding.predicate else { return nil }
    // "41 of them in the West Midlands": a place is no population.
    if reading.isWord(start, .locative | .in) { return nil }
    while start < bound,
      reading.isWord(start, .be | .have | .relative | .determiner | .adverb | .preposition | .for | .pronoun)
        && !(reading.isWord(start, .in | .under | .from) && start + 1 < bound
          && !reading.isWord(start + 1, .determiner))
        || reading.isMark(start, ",")
    {
      start += 1
    }
    let end0 = clauseEnd(from: start, bound: bound)
    var end = end0
    while end > start, reading.isWord(end - 1, .and | .preposition | .determiner) { end -= 1 }
    return end > start ? reading.string(start..<end) : nil
  }
}
