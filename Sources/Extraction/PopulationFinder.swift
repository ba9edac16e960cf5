// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Finds which part of a population a figure counts: "39 were men", "127 … at immediate risk".
struct PopulationFinder {
  let reading: Reading

  /// Tokens of a predicate that are read for a known dimension.
  private static let predicateTokens = 14

  /// The dimensions that were found, and the words for them.
  private struct Parts {
    var dimensions: [Dimension] = []
    var texts: [String] = []

    var isEmpty: Bool { dimensions.isEmpty }
    var result: (dimensions: [Dimension], text: String) { (dimensions.sorted(), texts.joined(separator: ", ")) }

    func has(_ name: String) -> Bool { dimensions.contains { $0.name == name } }

    mutating func say(_ dimension: Dimension, _ text: String) {
      dimensions.append(dimension)
      texts.append(text)
    }

    mutating func say(_ name: String, _ text: String) { say(Dimension(name, text.lowercased()), text) }
  }

  /// - Parameter previous: the figure before in the sentence, whose population a change of it shares.
  func find(
    _ mention: NumberMention, finding: MetricFinding, bound: Int, previous: Told? = nil,
    places: ArraySlice<Mention> = []
  ) -> (dimensions: [Dimension], text: String) {
    var parts = Parts()
    let bound = behindBracket(mention, bound)
    func add(_ range: Range<Int>) {
      for (dimension, text) in known(in: range) where !parts.has(dimension.name) {
        parts.say(dimension, text)
      }
    }
    // The noun phrase itself, and an adverb in front of its verb ("indirectly safeguarded").
    let start = max(reading.sentences[mention.sentence].tokens.lowerBound, mention.phraseStart - 3)
    add(adverbs(tokenRange(start, mention.phraseStart)))
    if let noun = finding.noun, finding.unit != "percent" {
      // "84 children and vulnerable people safeguarded", "44 officers and staff".
      let pair = known(in: tokenRange(noun, min(noun + 4, bound))).first {
        $0.1.contains(" and ") || $0.1.contains(" or ")
      }
      if let pair, reading.isWord(noun + 1, .and | .or) { parts.say(pair.0, pair.1) }
      add(tokenRange(mention.headStart, noun + 1))
    }
    // "five teenagers, all of them boys", "nine people, all Vietnamese".
    if let group = all(behind: finding.noun) {
      parts = Parts()
      parts.say(group.dimension, group.text)
    }
    // "55-64: £7,760": the label is an age.
    if parts.isEmpty, let text = ageLabel(mention) { parts.say("age", text) }
    // "487 under-18s were arrested".
    if parts.isEmpty, let group = reading.ageGroup(mention.headStart) { parts.say("age", reading.string(group)) }
    // "97 of the 793 under-25s".
    if parts.isEmpty, reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .determiner),
      let whole = NumberParser(reading: reading).cardinal(mention.headStart + 2, bound + 3),
      let group = reading.ageGroup(whole.end)
    {
      parts.say("age", reading.string(group))
    }
    // "1,084 children looked after".
    if parts.isEmpty, let noun = finding.noun, reading.lexeme(noun).noun >= 0, reading.noun(noun).kind == "child",
      reading.word(noun + 1) == "looked", reading.word(noun + 2) == "after", reading.tokens[noun + 1].gap == .space
    {
      parts.say("status", reading.string(noun + 1..<noun + 3))
    }
    // "612 arrests of under-18s": the group behind a noun that names what was done.
    if parts.isEmpty, let noun = finding.noun, finding.unit == "persons", reading.lexeme(noun).noun >= 0,
      !Self.personKinds.contains(reading.noun(noun).kind), reading.isWord(noun + 1, .of)
    {
      if let age = reading.ageGroup(noun + 2) {
        parts.say("age", reading.string(age))
      } else if let group = object(noun + 1, min(bound, noun + 4)) {
        parts.say(group.dimension, group.text)
      }
    }
    // "26 Lithuanian nationals", "Albanian (23%; 952)".
    if parts.isEmpty, let text = nationals(mention, finding) { parts.say("nationality", text) }
    // "1,795 (43%) for people who said it happened to them as children".
    if parts.isEmpty, let group = suffered(mention, bound: bound) { parts.say(group.dimension, group.text) }
    // "Women made up 68 per cent of victims aged 18 and over": the group comes before what it is a part of.
    if parts.isEmpty, let group = group(mention, finding) {
      parts.say(group.dimension, group.text)
    }
    if parts.isEmpty, !reading.isWord(mention.headStart, .be | .of), let group = clause(mention) {
      parts.say(group.dimension, group.text)
    }
    // "Eight in 10 adults", "one in five children in the UK".
    if parts.isEmpty, isShare(mention), let group = counted(mention, finding, bound: bound) {
      parts.say(group.dimension, group.text)
    }
    if parts.isEmpty, let predicate = finding.predicate {
      add(tokenRange(predicate, min(bound, predicate + Self.predicateTokens)))
    }
    // "£13,600 for women": what is no count of people may be of a group of them.
    let isOfPeople = finding.unit == "persons" || finding.unit == "children"
    if parts.isEmpty, !isOfPeople, let group = object(mention.headStart, bound) {
      parts.say(group.dimension, group.text)
    }
    // "18 who were under 18", "326 victims aged ten or younger".
    if parts.isEmpty, let text = ages(after: mention, finding, bound: bound) {
      // "2,218 children aged 10 to 17 appeared in court".
      let child = finding.noun.flatMap { noun in
        let isChild = reading.lexeme(noun).noun >= 0 && reading.noun(noun).kind == "child"
        let isNamed = isChild || reading.isWord(noun, .adult)
        return isNamed && text.hasPrefix("aged") ? reading.string(noun..<noun + 1) : nil as String?
      }
      parts.say("age", child.map { "\($0) \(text)" } ?? text)
    }
    // "In 98 cases the victim was under 18".
    if parts.isEmpty, let text = victimOfCase(mention, bound: bound) { parts.say("age", text) }
    // "41 supervisors arrested": who they are.
    if parts.isEmpty, finding.rules.first == "people, by what was done", let noun = finding.noun,
      let text = phrase(mention.headStart, noun)
    {
      parts.say("description", text)
    }
    if parts.isEmpty, finding.metric.hasPrefix("drugs_seized"), let text = kind(mention, finding, bound: bound) {
      parts.say("description", text)
    }
    // "Men accounted for 692 of the deaths and women for 359".
    if parts.isEmpty, let text = subjectOfPart(mention, previous),
      Self.ofNation.contains(reading.word(text.upperBound - 1))
        || !places.contains(where: { $0.kind == .region && $0.tokens.overlaps(text) })
    {
      let named = known(in: text)
      if named.isEmpty { parts.say("description", reading.string(text)) }
      parts.dimensions += named.map(\.0)
      parts.texts += named.prefix(1).map(\.1)
    }
    // "Albanian (28%; 1,284)", "children 42% (1,738)": one figure said twice.
    if parts.isEmpty, finding.noun == nil, let previous, isSaidTwice(mention, previous), !previous.population.isEmpty {
      return (previous.population, previous.populationText)
    }
    // "27% of trafficked children were reported missing (244 of 910)": the share in numbers.
    if parts.isEmpty, finding.noun == nil, !isShare(mention), let previous, previous.unit == "percent",
      !previous.population.isEmpty, endsInBracket(mention, previous)
    {
      return (previous.population, previous.populationText)
    }
    // "twelve were Slovakian and seven Romanian".
    if parts.isEmpty, finding.noun == nil, let text = nationality(mention, bound: bound) {
      parts.say("nationality", text)
    }
    // "12 of whom were wanted for sex offenses, 7 for homicide": what the first was said of, with words of its own.
    if parts.isEmpty, finding.noun == nil, let text = likePrevious(mention, finding, previous, bound: bound) {
      parts.say("description", text)
    }
    // "1,074 knives, and a further 8,401 were given up": of the things before.
    if parts.isEmpty, finding.isInherited, !isOfPeople, finding.unit != "percent", finding.noun == nil, let previous,
      previous.metric == finding.metric, !previous.population.isEmpty, !reading.isWord(mention.headStart, .of),
      finding.predicate.map({ saysWhatBecame(from: $0, bound: bound) }) ?? true
    {
      return (previous.population, previous.populationText)
    }
    // "17.7 tonnes, down 6%": a change of what was counted before.
    if parts.isEmpty, let previous, finding.metric != MetricFinder.base(finding.metric),
      !finding.metric.hasSuffix("_share"), MetricFinder.base(finding.metric) == MetricFinder.base(previous.metric),
      !namesSubstance(after: previous, before: mention)
    {
      return (previous.population, previous.populationText)
    }
    if parts.isEmpty, finding.metric.hasSuffix("_share") {
      let range = tokenRange(mention.headStart, clauseEnd(from: mention.headStart, bound: bound))
      if finding.predicate == nil { add(range) }
    }
    // "947 were Albanian and 702 Vietnamese", "34 gave their nationality as Vietnamese".
    if parts.isEmpty, let text = nationality(mention, bound: bound) {
      parts.say("nationality", text)
    }
    // "Four had pleaded guilty", "seventeen held positions of trust".
    if parts.isEmpty, finding.unit != "percent" {
      let end = clauseEnd(from: mention.headStart, bound: bound)
      if let (dimension, text) = known(in: tokenRange(mention.headStart, end)).first(where: {
        Self.conditions.contains($0.0.name)
      }) {
        parts.say(dimension, text)
      }
    }
    // "Women lost £145,559,718", "offenders aged 10 to 17 committed 3,490 offences": of those that the clause begins with.
    if parts.isEmpty, !isOfPeople, finding.unit != "percent", let group = actors(mention, finding) {
      parts.say(group.dimension, group.text)
    }
    // "a third of the children (544) were in care": said of both.
    if parts.isEmpty, reading.isMark(mention.phraseStart - 1, "("), reading.isMark(mention.headStart, ")"),
      reading.isWord(mention.headStart + 1, .be)
    {
      add(tokenRange(mention.headStart + 1, clauseEnd(from: mention.headStart + 1, bound: bound)))
    }
    // "5,161 reasonable grounds and 3,893 conclusive grounds decisions": the words of each.
    if parts.isEmpty, let text = ownWords(mention, finding, previous, bound: bound) {
      parts.say("description", text)
    }
    if parts.isEmpty, let text = kind(mention, finding, bound: bound) {
      parts.say("description", text)
    }
    if parts.isEmpty,
      finding.isSubset || finding.rules.contains("stated zero")
        || finding.rules.first == "of the people told before"
        || finding.isInherited && finding.noun == nil && isOfPeople,
      let text = predicateText(finding, bound: bound).flatMap({ cleaned($0) }), saysWhich(text)
    {
      parts.say("description", text)
    }
    // "60 were white, 20 Asian and 15 black": the words of each.
    if parts.isEmpty, finding.isInherited, finding.noun == nil, let previous, !previous.population.isEmpty,
      let text = describing(mention.headStart, bound),
      !places.contains(where: { $0.kind == .region && $0.tokens.contains(mention.headStart) })
    {
      parts.say("description", text)
    }
    // "All but two of those arrested were men".
    if reading.word(mention.phraseStart - 1) == "but", reading.word(mention.phraseStart - 2) == "all", !parts.isEmpty,
      reading.isWord(mention.headStart, .of | .be)
    {
      let text = "not \(parts.texts[0])"
      return ([Dimension("description", text.lowercased())], text)
    }
    // A share is of something: without its words two shares of one base would be one fact.
    if parts.isEmpty, finding.metric.hasSuffix("_share"),
      let text = shareText(mention, bound: bound).flatMap({ cleaned($0) }), saysWhich(text)
    {
      parts.say("description", text)
    }
    // "453 adults safeguarded", "18 members of a gang": what the metric says already, or nothing.
    if parts.texts.count == 1,
      finding.metric == "adults_safeguarded" && parts.texts[0].lowercased() == "adults"
        || ["members", "member", "gang members"].contains(parts.texts[0].lowercased())
    {
      parts = Parts()
    }
    if parts.isEmpty, let text = ownNoun(finding) { parts.say("description", text) }
    // "Ten suspects brought illegal drugs", "Twenty-six agreed to enter the scheme": what is said of people and is no count of
    // its own.
    if parts.isEmpty, isOfPeople, finding.verb == nil, finding.predicate == nil,
      let text = ownPredicate(mention, finding, bound: bound)
    {
      parts.say("description", text)
    }
    if let offence = finding.offence {
      parts.dimensions.append(Dimension("offence", offence.lowercased()))
      if parts.texts.isEmpty { parts.texts.append(offence) }
    }
    return parts.result
  }

  private static let personKinds: Set<String> = [
    "person", "child", "victim", "suspect", "offender", "officer", "staff", "migrant", "protester",
  ]

  /// Words before a group that narrow it: "young women", "elderly men".
  static let narrowing: Set<String> = [
    "young", "elderly", "older", "pregnant", "teenage", "working", "married", "homeless", "disabled", "vulnerable",
  ]

  /// "for homicide" behind "wanted for sex offenses": "wanted for homicide".
  private func likePrevious(
    _ mention: NumberMention, _ finding: MetricFinding, _ previous: Told?, bound: Int
  ) -> String? {
    guard finding.isInherited, let previous, let told = previous.population.first, told.name == "description",
      mention.form == .plain, reading.isWord(mention.headStart, .preposition | .for),
      !reading.isWord(mention.headStart, .locative | .in)
    else { return nil }
    let words = previous.populationText.split(separator: " ")
    guard let place = words.firstIndex(where: { $0.lowercased() == reading.word(mention.headStart) }), place > 0 else {
      return nil
    }
    var end = clauseEnd(from: mention.headStart, bound: bound)
    while end > mention.headStart + 1, reading.isWord(end - 1, .and) { end -= 1 }
    guard end - mention.headStart > 1, end - mention.headStart < Self.predicateTokens else { return nil }
    return words[..<place].joined(separator: " ") + " " + reading.string(mention.headStart..<end)
  }

  /// Where the words end that are said of a number: behind the next one, where that says the same in a bracket.
  private func behindBracket(_ mention: NumberMention, _ bound: Int) -> Int {
    guard reading.isMark(bound - 1, "("), reading.isNumber(bound) else { return bound }
    let end = reading.sentences[mention.sentence].tokens.upperBound
    guard let close = tokenRange(bound, min(bound + 4, end)).first(where: { reading.isMark($0, ")") }),
      reading.isWord(close + 1, .be | .of)
    else { return bound }
    if reading.isWord(close + 1, .of) { return clauseEnd(from: close + 1, bound: end) }
    return tokenRange(close + 1, end).first { reading.isNumber($0) || reading.isMark($0, ",") } ?? end
  }

  /// Words that end or begin nobody's name: "white people it", "and among Asian people".
  private static let strayWords: Set<String> = ["it", "there", "they", "and", "among", "but", "or", "of", "the"]

  /// Words that a share may stand behind and that are no group.
  private static let nobody: Set<String> = ["rate", "outcome", "figure", "proportion", "share", "books", "due"]

  /// The words for a group without a bracket, another figure or a stray word; nil where they are of no group.
  private func cleaned(_ text: String) -> String? {
    var rest = Substring(text)
    if let stop = text.utf8.firstIndex(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "%") }) {
      // "and exploitation overseas only by 31%": another figure.
      if text.utf8[stop] == UInt8(ascii: "%") { return nil }
      rest = text[..<stop]
    }
    while let last = rest.last, last == " " { rest.removeLast() }
    while let space = rest.utf8.lastIndex(of: UInt8(ascii: " ")),
      Self.strayWords.contains(rest[rest.utf8.index(after: space)...].lowercased())
    {
      rest = rest[..<space]
    }
    while let space = rest.utf8.firstIndex(of: UInt8(ascii: " ")),
      Self.strayWords.contains(rest[..<space].lowercased())
    {
      rest = rest[rest.utf8.index(after: space)...]
    }
    let isOneWord = !rest.utf8.contains(UInt8(ascii: " "))
    let isNobody = isOneWord && (Self.nobody.contains(rest.lowercased()) || Self.strayWords.contains(rest.lowercased()))
    return rest.isEmpty || isNobody ? nil : String(rest)
  }

  /// Words that say how much or when, and of whom nothing.
  private static let emptyWords: Set<String> = [
    "the", "a", "an", "in", "of", "to", "for", "at", "on", "up", "all", "these", "this", "that", "those", "them",
    "total",
    "half", "third", "thirds", "quarter", "quarters", "fifth", "fifths", "tenth", "one", "two", "three", "four", "five",
    "year", "years", "ending", "end", "month", "months", "week", "time", "period", "during", "same", "last", "previous",
    "latest", "approximately", "almost", "nearly", "around", "about", "just", "over", "under", "more", "less", "than",
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December", "and", "or", "offences", "cases", "crimes", "figure", "figures", "number", "overall", "now",
    "previously",
  ]

  /// Whether some words of a predicate say more than how much and when: "one half", "in the year ending March 2021" don't.
  private func saysWhich(_ text: String) -> Bool {
    text.split(whereSeparator: { $0 == " " || $0 == "-" || $0 == "," || $0 == "\n" }).contains { word in
      !Self.emptyWords.contains(String(word)) && !Self.emptyWords.contains(word.lowercased())
        && word.contains(where: \.isLetter)
    }
  }

  /// The first group that some words name: "Women who were victims".
  func named(in range: Range<Int>) -> (dimensions: [Dimension], text: String) {
    var parts = Parts()
    if let (dimension, text) = known(in: range).first { parts.say(dimension, text) }
    return parts.result
  }

  /// "How many of those were under 16?": the part that a question asks the number of.
  func asked(_ sentence: Range<Int>) -> (dimensions: [Dimension], text: String) {
    var parts = Parts()
    guard
      let be = sentence.last(where: {
        reading.isWord($0, .be)
          && (reading.isWord($0 + 1, .ageBound | .age)
            || !known(in: tokenRange($0 + 1, min($0 + 4, sentence.upperBound))).isEmpty)
      })
    else { return parts.result }
    if let (dimension, text) = known(in: tokenRange(be + 1, min(be + 4, sentence.upperBound))).first {
      parts.say(dimension, text)
    } else if let number = tokenRange(be + 1, min(be + 5, sentence.upperBound)).first(where: { reading.isNumber($0) }) {
      parts.say("age", reading.string(be + 1..<number + 1))
    }
    return parts.result
  }

  /// "were given up or found in sweeps": what was done to things, and not which they are.
  private func saysWhatBecame(from predicate: Int, bound: Int) -> Bool {
    tokenRange(predicate, min(predicate + 5, bound)).contains {
      reading.lexeme($0).action >= 0 || reading.isWord($0, .receive | .movement)
    }
  }

  /// Whether nothing but the marks of a bracket stands between a figure and the one before.
  private func isSaidTwice(_ mention: NumberMention, _ previous: Told) -> Bool {
    var index = mention.phraseStart - 1
    var hasOpen = false
    while index >= 0, Int(reading.tokens[index].start) >= previous.span.end {
      guard reading.isMark(index, "(") || reading.isMark(index, ";") else { return false }
      hasOpen = true
      index -= 1
    }
    // Of the two one is the share, so both count one thing.
    let isShare = previous.unit == "percent"
    // "Two thirds (66%) of searches".
    if hasOpen, isShare, mention.form == .percent { return true }
    return hasOpen && isShare != (mention.form == .percent || mention.form == .fraction)
  }

  private func isShare(_ mention: NumberMention) -> Bool { mention.form == .percent || mention.form == .fraction }

  /// Whether a number stands alone in a bracket behind the clause of the figure before: "(244 of 910)", "(1,317)".
  private func endsInBracket(_ mention: NumberMention, _ previous: Told) -> Bool {
    guard reading.isMark(mention.phraseStart - 1, "("), !reading.isWord(mention.headStart + 1, .be),
      reading.endsPlainly(mention.headStart) || reading.isWord(mention.headStart, .of)
    else { return false }
    var index = mention.phraseStart - 2
    while index >= 0, Int(reading.tokens[index].start) >= previous.span.end {
      if reading.isNumber(index) || reading.isMark(index, ".") || reading.isMark(index, ";") { return false }
      index -= 1
    }
    return true
  }

  /// Tokens from the group that a clause begins with to what it lost, reported or did.
  private static let actorsReach = 9

  /// What groups of people do of which a figure is: they lose money, report and commit crimes, suffer them.
  private static let groupVerbs: Set<String> = [
    "lost", "lose", "losing", "reported", "report", "made", "committed", "commit", "suffered", "told", "sent", "paid",
    "experienced", "fell", "handed", "filed", "lodged",
  ]

  /// The group at the start of a clause whose verb governs a sum, or a number of crimes or reports.
  private func actors(_ mention: NumberMention, _ finding: MetricFinding) -> (dimension: Dimension, text: String)? {
    guard Self.ofActors.contains(MetricFinder.base(finding.metric)) else { return nil }
    let sentence = reading.sentences[mention.sentence].tokens
    let clause = tokenRange(max(sentence.lowerBound, mention.phraseStart - Self.actorsReach), mention.phraseStart)
    guard let verb = clause.last(where: { Self.groupVerbs.contains(reading.word($0)) }),
      !tokenRange(verb, mention.phraseStart).contains(where: { reading.isNumber($0) || reading.isMark($0, ";") })
    else { return nil }
    var start = verb
    while start > sentence.lowerBound, reading.tokens[start - 1].kind == .word || reading.isNumber(start - 1),
      !reading.isWord(start - 1, .and | .conjunction | .relative)
    {
      start -= 1
    }
    // "Women made fewer reports but lost £145m": whom the sentence begins with.
    if start == verb, reading.isWord(verb - 1, .and | .conjunction), verb - sentence.lowerBound <= Self.predicateTokens
    {
      start = sentence.lowerBound
    }
    // "Offenders aged 10 to 17 committed": the age.
    if let aged = tokenRange(start, verb).first(where: { reading.isWord($0, .age) && reading.word($0) == "aged" }),
      aged - start <= 2, verb - aged <= 6, reading.isNumber(aged + 1) || reading.isWord(aged + 1, .between | .ageBound)
    {
      let isNamed = known(in: start..<aged).first.map { $0.0.name == "sex" } ?? false
      let text = reading.string((isNamed ? start : aged)..<verb)
      return (Dimension("age", text.lowercased()), text)
    }
    guard let first = known(in: tokenRange(start, min(start + 3, verb))).first,
      first.0.name == "sex" || first.0.name == "age"
    else { return nil }
    // "The man who lost": one of them is no group.
    return ["men", "women", "boys", "girls", "males", "females", "teenagers", "juveniles", "minors"].contains {
      first.1.lowercased().contains($0)
    } ? (first.0, first.1) : nil
  }

  private static let ofActors: Set<String> = [
    "losses", "money", "recorded_crimes", "reports", "incidents", "calls", "cost",
  ]

  /// Dimensions that what is said of a number may state anywhere in its clause.
  private static let conditions: Set<String> = ["status", "plea", "severity", "bail"]

  /// The label of a cell's row, or the heading of its column, where it says neither what is counted nor where nor when.
  func find(
    _ cell: TableCell, finding: MetricFinding, isPlaceOrPeriod: (Range<Int>) -> Bool
  ) -> (dimensions: [Dimension], text: String) {
    var parts = Parts()
    let isOfNationalities = cell.corner.contains { reading.isWord($0, .nationality) }
    let labels = [cell.rowLabel, cell.columnHeading].map { words in
      // "* religion: 576".
      words.drop { reading.isMark($0, "*") || reading.isMark($0, "-") }
    }
    for words in labels where !words.isEmpty {
      if isOfNationalities, words.upperBound == cell.rowLabel.upperBound {
        let text = reading.string(words)
        parts.say("nationality", text)
        continue
      }
      if isPlaceOrPeriod(words) { continue }
      // "Under 16", "Aged 10 to 17": a column of an age.
      if reading.isWord(words.lowerBound, .ageBound | .age), words.contains(where: { reading.isNumber($0) }) {
        let text = reading.string(words)
        parts.say("age", text)
        continue
      }
      // "2. Suspects aged under 18", "Stop searches, under 18s".
      if let bound = words.first(where: { reading.isWord($0, .ageBound) && reading.isNumber($0 + 1) }),
        words.contains(bound + 1), bound > words.lowerBound, !parts.has("age")
      {
        let text = reading.string(bound..<bound + 2)
        parts.say("age", text)
        continue
      }
      if let (dimension, text) = known(in: words).first {
        if !parts.has(dimension.name) {
          parts.say(dimension, text)
        }
        continue
      }
      // "Heroin (kg)", "Cannabis plants".
      if finding.metric.hasPrefix("drug"), let first = words.first(where: { isSubstance($0) }) {
        let from = words.contains(first - 1) && reading.isWord(first - 1, .kindOfDrug) ? first - 1 : first
        let text = reading.string(from..<(words.contains(first + 1) && isForm(first + 1) ? first + 2 : first + 1))
        parts.say("description", text)
        continue
      }
      // "E-scooters seized": which things, where the word is not the one for all of their kind.
      if let noun = words.first(where: { reading.lexeme($0).noun >= 0 }),
        reading.lexeme(noun + 1).action >= 0 || reading.isWord(noun + 1, .movement),
        noun + 1 < words.upperBound, Self.things.contains(reading.noun(noun).kind), !reading.isWord(noun, .generalNoun),
        let text = phrase(words.lowerBound, noun)
      {
        parts.say("description", text)
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
      guard !isPlain, !isMetric, !parts.has("description"),
        words.contains(where: { reading.tokens[$0].kind == .word })
      else { continue }
      let text = reading.string(words)
      parts.say("description", text)
    }
    // "How many people under the age of 18 were arrested?", and years below it.
    if parts.isEmpty, let above = cell.captions.first, let last = above.last,
      reading.isMark(last, ":") || reading.isMark(last, "?"),
      let group = groups(in: above).first(where: { $0.dimension.name == "age" })
    {
      parts.say(group.dimension, group.text)
    }
    return parts.result
  }

  /// "the victim was under 18", "the victims were aged 12 to 15", behind a number of cases.
  private func victimOfCase(_ mention: NumberMention, bound: Int) -> String? {
    guard reading.isWord(mention.phraseStart - 1, .in), reading.lexeme(mention.headStart).noun >= 0,
      ["case", "crime", "incident"].contains(reading.noun(mention.headStart).kind)
    else { return nil }
    let end = min(bound, mention.headStart + Self.predicateTokens)
    guard let be = tokenRange(mention.headStart + 1, end).first(where: { reading.isWord($0, .be) }),
      reading.lexeme(be - 1).noun >= 0, ["victim", "child", "suspect"].contains(reading.noun(be - 1).kind)
    else { return nil }
    var last = be + 1
    while reading.isWord(last, .ageBound | .age) { last += 1 }
    guard last > be + 1, reading.isNumber(last) else { return nil }
    return reading.string(be + 1..<last + 1)
  }

  private func nationals(_ mention: NumberMention, _ finding: MetricFinding) -> String? {
    if let noun = finding.noun, noun > mention.headStart, ["nationals", "citizens"].contains(reading.word(noun)),
      !reading.demonym(noun - 1).isEmpty, reading.tokens[noun - 1].isCapitalized
    {
      return reading.string(noun - 1..<noun + 1)
    }
    // "17 Vietnamese lads".
    if let noun = finding.noun, noun > mention.headStart, reading.lexeme(noun).noun >= 0,
      reading.noun(noun).kind == "person",
      reading.isWord(noun, .generalNoun), !reading.demonym(noun - 1).isEmpty, reading.tokens[noun - 1].isCapitalized
    {
      return reading.string(noun - 1..<noun)
    }
    let bracket = mention.phraseStart - 1
    guard reading.isMark(bracket, "("),
      reading.isMark(mention.headStart, ")") || reading.isMark(mention.headStart, ";")
    else { return nil }
    if let named = nationality(endingAt: bracket) { return named }
    // "UK nationals were referred most often this quarter (24%; 1,105)": whom the sentence is about.
    let first = reading.sentences[mention.sentence].tokens.first { reading.tokens[$0].kind == .word } ?? bracket
    guard first + 2 < bracket, reading.isWord(first + 2, .be), Self.ofNation.contains(reading.word(first + 1)),
      !tokenRange(first + 2, bracket).contains(where: { reading.isNumber($0) || reading.isMark($0, ",") })
    else { return nil }
    return nationality(endingAt: first + 2)
  }

  private static let ofNation: Set<String> = ["nationals", "citizens"]

  /// "Albanian nationals", "Albanian", right before a bracket: people of a nation.
  private func nationality(endingAt end: Int) -> String? {
    func isNation(_ index: Int) -> Bool {
      reading.tokens.indices.contains(index) && reading.tokens[index].isCapitalized
        && (!reading.demonym(index).isEmpty || reading.string(index..<index + 1) == "UK"
          || reading.isWord(index, .nationalName))
    }
    if Self.ofNation.contains(reading.word(end - 1)), isNation(end - 2) { return reading.string(end - 2..<end) }
    // "the nationalities referred most often were UK (26%), Albanian (13%)".
    if reading.string(end - 1..<end) == "UK", reading.isWord(end - 2, .be) || reading.isMark(end - 2, "-") {
      return "UK nationals"
    }
    guard !reading.demonym(end - 1).isEmpty, reading.tokens[end - 1].isCapitalized else { return nil }
    return reading.string(end - 1..<end)
  }

  /// The nationality that a number's own words end with.
  private func nationality(_ mention: NumberMention, bound: Int) -> String? {
    let end = clauseEnd(from: mention.headStart, bound: min(bound, mention.headStart + Self.predicateTokens))
    var last = end - 1
    while last > mention.headStart, reading.isWord(last, .and) || reading.tokens[last].kind == .mark { last -= 1 }
    guard last >= mention.headStart, reading.tokens[last].isCapitalized,
      !reading.demonym(last).isEmpty || reading.isWord(last, .nationalName),
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
    // "Men made up 71%"; not "officers made 18,432 arrests".
    let isMadeUp =
      reading.isWord(verb, .composition)
      && (!["made", "make", "makes", "making"].contains(reading.word(verb)) || reading.isWord(verb + 1, .up))
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
    while start < end, reading.isWord(start, .determiner | .link) { start += 1 }
    // "In Suffolk police made 1,412 seizures": where, and no part.
    if reading.isWord(start, .in | .locative) { return nil }
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
    // "In the latest 12 months cannabis was found in three-quarters".
    if let drug = tokenRange(start, end).first(where: { isSubstance($0) }) { start = drug }
    return start < end ? tokenRange(start, end) : nil
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
    // "Seven in ten (70%)", "down from 37% five years earlier (30%)": a number, or a time, is nobody.
    if tokenRange(start, end).contains(where: { reading.isWord($0, .number | .timeUnit) }) { return nil }
    return start < end && end < mention.phraseStart ? reading.string(start..<end) : nil
  }

  func clauseEnd(from start: Int, bound: Int) -> Int {
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
    // "Two thirds (66%) of searches were of males": behind the bracket.
    var head = mention.headStart
    if reading.isMark(head, "("), let close = tokenRange(head, head + 5).first(where: { reading.isMark($0, ")") }),
      reading.isWord(close + 1, .of)
    {
      head = close + 1
    } else if reading.isMark(head, ")"), reading.isWord(head + 1, .of) {
      head += 1
    }
    let end = clauseEnd(from: head, bound: bound)
    var start = head
    if let be = tokenRange(start, end).first(where: { reading.isWord($0, .be | .have) }) {
      start = be
    } else if reading.isWord(start, .of) {
      start += 1
      while start < end, reading.isWord(start, .determiner | .pronoun | .adverb) { start += 1 }
      // "of victims", "of those convicted": the whole.
      if start + 1 < end, reading.isWord(start, .describing | .kindWord), reading.lexeme(start + 1).noun >= 0 {
        start += 1
      }
      if start < end, reading.lexeme(start).noun >= 0 || reading.lexeme(start).action >= 0 { start += 1 }
      if reading.word(start) == "came", reading.isWord(start + 1, .from) {
        return start + 2 < end ? reading.string(start + 1..<end) : nil
      }
    } else if reading.isWord(start, .include) || reading.isWord(start, .verb) {
      start += 1
    } else if mention.form == .fraction, start + 1 < end, reading.lexeme(start).noun >= 0 {
      // "More than 1 in 4 arrests followed a collision": the whole.
      start += 1
      if reading.word(start) == "came" { return start + 1 < end ? reading.string(start + 1..<end) : nil }
    }
    if (start >= end || reading.isMark(start, ",")) && !reading.isWord(mention.headStart, .of) {
      return subjectText(mention)
    }
    while start < end,
      reading.isWord(
        start, .be | .have | .determiner | .adverb | .relative | .preposition | .verb | .for | .in | .at | .as),
      !reading.isWord(start, .negation), !(reading.isWord(start, .ageBound) && reading.isNumber(start + 1)),
      !Self.tellingVerbs.contains(reading.word(start))
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

  /// Verbs that say of people which they are: "tested positive", "lived alone".
  private static let tellingVerbs: Set<String> = [
    "tested", "refused", "lived", "worked", "denied", "pleaded", "failed", "remained", "went", "left",
  ]

  /// Groups are named in the plural, as where they are counted: "one in four was a child".
  static let plurals = [
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
      while position < range.upperBound {
        // "the sex offenders' register", "looked-after children".
        if position > index,
          reading.isMark(position, "'") || reading.isMark(position, "-") && reading.touchesPrevious(position)
        {
          position += 1
          continue
        }
        guard reading.tokens[position].kind == .word,
          let next = reading.lexicon.populations.next(node, reading.tokens[position].symbol)
        else { break }
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
        // "19 held positions of trust".
        if best.0.value == "position of trust", ["held", "hold", "holding"].contains(reading.word(index - 1)) {
          text = reading.string(index - 1..<best.2)
        }
        // "38 young women".
        if best.0.name == "sex", best.2 == index + 1, Self.narrowing.contains(reading.word(index - 1)),
          reading.tokens[index].gap == .space
        {
          text = reading.string(index - 1..<best.2)
        }
        // "28 of them were adult males".
        if best.0.name == "sex", reading.isWord(index - 1, .adult), reading.word(best.2 - 1).contains("male"),
          reading.tokens[index].gap == .space
        {
          text = reading.string(index - 1..<best.2)
        }
        // "three of them boys under the age of 16", "girls aged 14 to 17".
        if best.0.name == "sex", let age = ageRange(best.2) {
          text = reading.string(best.2 - 1..<age.upperBound)
        }
        // "243 children in care": who is in care.
        if text == "in care", reading.lexeme(index - 1).noun >= 0, reading.noun(index - 1).kind == "child",
          reading.tokens[index].gap < .line
        {
          text = reading.string(index - 1..<best.2)
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
        && !saysHow(start, bound)
        || reading.isMark(start, ",") || Self.judging.contains(reading.word(start))
    {
      start += 1
    }
    // "103 had outstanding warrants over violent crimes", "110 have convictions for": with what they have.
    if start > 0, ["had", "have", "has"].contains(reading.word(start - 1)), reading.lexeme(start).action < 0,
      !reading.isWord(start, .be | .have | .verb),
      tokenRange(start, min(start + 3, bound)).contains(where: { reading.lexeme($0).noun >= 0 })
    {
      let end = clauseEnd(from: start, bound: bound)
      let stop =
        tokenRange(start + 1, end).first {
          reading.isWord($0, .preposition | .for | .relative | .and | .suchAs | .of | .in | .with)
        } ?? end
      return reading.string(start - 1..<stop)
    }
    // "450 who came from other forces".
    if reading.word(start) == "came", reading.isWord(start + 1, .from) { start += 1 }
    var end = clauseEnd(from: start, bound: bound)
    // "five are youths who cannot be named", "young persons and cannot be named".
    if let clause = tokenRange(start + 1, end).first(where: {
      reading.isWord($0, .relative) || reading.isWord($0, .and) && Self.modals.contains(reading.word($0 + 1))
    }) {
      end = clause
    }
    while end > start, reading.isWord(end - 1, .and | .preposition | .determiner) { end -= 1 }
    return end > start ? reading.string(start..<end) : nil
  }

  /// What stands behind people whose number no verb of a table explains.
  private func ownPredicate(_ mention: NumberMention, _ finding: MetricFinding, bound: Int) -> String? {
    let start: Int
    if let noun = finding.noun, finding.rules.first == "noun" {
      guard reading.lexeme(noun).noun >= 0, Self.personKinds.contains(reading.noun(noun).kind) else { return nil }
      start = noun + 1
    } else if finding.noun == nil, finding.isInherited,
      reading.isWord(mention.phraseStart - 1, .conjunction)
        || mention.phraseStart == reading.sentences[mention.sentence].tokens.lowerBound
    {
      start = mention.headStart
    } else {
      return nil
    }
    guard reading.tokens.indices.contains(start), start < bound, reading.tokens[start].kind == .word,
      reading.tokens[start].gap < .line,
      reading.isWord(start, .be | .have | .relative) || reading.word(start).hasSuffix("ed")
        || Self.sayingWhich.contains(reading.word(start))
    else { return nil }
    var said = finding
    said.predicate = start
    return predicateText(said, bound: bound).flatMap { cleaned($0) }.flatMap { saysWhich($0) ? $0 : nil }
  }

  /// Verbs that say of people which they are, and that no table knows.
  private static let sayingWhich: Set<String> = ["came", "brought", "said", "did", "held", "worked", "lived", "went"]

  /// "three are considered High-Value Targets".
  private static let judging: Set<String> = ["considered", "deemed", "classed", "described"]

  private static let modals: Set<String> = ["cannot", "can", "could", "may", "will", "would", "must", "should"]

  /// Whether a preposition begins what is said: "in care", "from abroad", "were on bail", "were under the age of 16".
  private func saysHow(_ index: Int, _ bound: Int) -> Bool {
    guard index + 1 < bound else { return false }
    if reading.isWord(index, .in | .under | .from), !reading.isWord(index + 1, .determiner) { return true }
    return reading.isWord(index - 1, .be) && ["on", "under"].contains(reading.word(index))
  }

  /// Words that an ellipsis may have for its own.
  private static let ellipsisMax = 3

  /// "Asian", of "20 Asian and": a few words that describe, up to the end of the part.
  private func describing(_ start: Int, _ bound: Int) -> String? {
    let part = tokenRange(start, clauseEnd(from: start, bound: bound))
    let end = part.first { reading.isWord($0, .and) } ?? part.upperBound
    guard start < end, end - start <= Self.ellipsisMax,
      tokenRange(start, end).allSatisfy({
        reading.tokens[$0].kind == .word && reading.lexeme($0).action < 0
          && !reading.isWord(
            $0, .be | .have | .in | .locative | .preposition | .for | .of | .pronoun | .adverb | .verb | .determiner)
      })
    else { return nil }
    return reading.string(start..<end)
  }
}
