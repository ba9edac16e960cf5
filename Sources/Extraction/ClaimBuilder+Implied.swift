// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What a text says of wholes and parts: which total a figure is a part of, and figures that it implies without a number
/// ("all the others are on bail").
extension ClaimBuilder {
  /// What is done with people after an arrest or a charge: such a figure without a noun of its own is of those people.
  private static let outcomes: Set<String> = [
    "charges", "convictions", "bailed", "cautions", "releases", "remands", "awaiting_outcome", "prison_sentences",
    "guilty_pleas",
  ]
  /// Whom outcomes are of.
  private static let cohorts: Set<String> = ["arrests", "charges", "suspects", "offenders"]
  /// Claims before an outcome among which its whole is looked for.
  private static let cohortReach = 3
  /// Claims before "the others" among which the whole and the parts are looked for.
  private static let remainderReach = 16

  /// Settles, once all claims are known, which total each is a part of.
  func settleWholes() {
    var byStart: [Int: Int] = [:]
    for index in claims.indices { byStart[claims[index].span.start] = index }
    for index in claims.indices {
      let claim = claims[index]
      if let start = claim.partOf, let target = byStart[start] {
        // "39 were men and two were women": both are parts of the total, not one of the other.
        var whole = target
        while whole < index, let next = claims[whole].partOf, claims[whole].metric == claim.metric,
          !claim.population.isEmpty, claims[whole].population.map(\.name) == claim.population.map(\.name),
          let further = byStart[next], further < whole
        {
          whole = further
        }
        claims[index].partOf = claims[whole].span.start
      } else if claim.partOf == nil, let whole = statedZero(index) ?? cohort(index) ?? shared(index) {
        claims[index].partOf = claims[whole].span.start
      }
    }
  }

  /// "None of those arrested is a serving officer": of the arrests told before.
  private func statedZero(_ index: Int) -> Int? {
    let claim = claims[index]
    guard claim.rules.first == "stated zero", !claim.population.isEmpty else { return nil }
    return claims[..<index].lastIndex {
      $0.metric == claim.metric && $0.population.isEmpty && $0.region == claim.region && $0.operation == claim.operation
    }
  }

  /// "Arrested 110 people, with 45 already convicted", "So far 124 have been convicted": of those arrested.
  private func cohort(_ index: Int) -> Int? {
    let claim = claims[index]
    guard Self.outcomes.contains(claim.metric), claim.rules.first == "participle" else { return nil }
    let near = max(0, index - Self.cohortReach)..<index
    return near.last { earlier in
      let other = claims[earlier]
      return Self.cohorts.contains(other.metric) && other.metric != claim.metric && other.region == claim.region
        && other.operation == claim.operation && (other.quantity.allowed.high >= claim.quantity.allowed.low)
        && (other.period == claim.period || other.period == nil || claim.period == nil)
    }
  }

  /// "Some 80 children were safeguarded. One in four …", "of that group, more than half …": the figure that a share is of.
  private func shared(_ index: Int) -> Int? {
    let claim = claims[index]
    guard claim.rules.first == "share of the figure before" else { return nil }
    let base = MetricFinder.base(claim.metric)
    return (max(0, index - Self.cohortReach)..<index).last {
      MetricFinder.base(claims[$0].metric) == base && claims[$0].region == claim.region
        && (claims[$0].quantity.unit != "percent" || claims[$0].quote == claim.quote)
    }
  }

  // MARK: - Figures without a number

  /// "All the others are on bail", "with the rest looking at images at work", "those not in prison": what a whole leaves
  /// when its parts are taken away. The number is not printed: the claim says what it was made of.
  func noteRemainders(_ index: Int) {
    let sentence = reading.sentences[index]
    guard !claims.isEmpty, sentence.section != .headline, sentence.section != .boilerplate else { return }
    for token in sentence.tokens {
      guard let (words, isExact) = remainder(token, sentence.tokens) else { continue }
      if let claim = shareLeft(words, index) ?? countLeft(words, isExact: isExact, index) {
        implied.append(claim)
        return
      }
    }
  }

  /// The words that stand for the others, and whether these are all but the parts: who is not in prison is more than who
  /// was not convicted.
  private func remainder(_ token: Int, _ sentence: Range<Int>) -> (Range<Int>, Bool)? {
    if reading.isWord(token, .others), reading.isWord(token - 1, .determiner),
      reading.isWord(token - 2, .with)
        || !reading.isWord(token - 2, .preposition | .locative | .by | .from | .to | .for | .at),
      !reading.isWord(token + 1, .of) || reading.isWord(token + 2, .pronoun)
    {
      let start = reading.isWord(token - 2, .total | .every) ? token - 2 : token - 1
      return (max(start, sentence.lowerBound)..<token + 1, true)
    }
    // "those not in prison", "those not charged".
    if reading.isWord(token, .pronoun), reading.isWord(token, .determiner),
      reading.isWord(token + 1, .negation), token + 3 < sentence.upperBound
    {
      let inPrison = reading.isWord(token + 2, .in) || reading.isWord(token + 2, .locative)
      return (token..<token + (inPrison ? 4 : 3), false)
    }
    return nil
  }

  /// "In 85 % of cases …, with the rest …".
  private func shareLeft(_ words: Range<Int>, _ sentence: Int) -> Claim? {
    guard let last = claims.last, last.quantity.unit == "percent", last.metric.hasSuffix("_share"),
      last.quantity.precision == .exact, !last.quantity.isShareInWords, last.span.start >= start(of: sentence)
    else { return nil }
    let parts = claims.reversed().prefix { $0.metric == last.metric && $0.span.start >= start(of: sentence) }
    let sum = parts.reduce(0) { $0 + ($1.quantity.low ?? 0) }
    guard sum < 100, parts.allSatisfy({ $0.quantity.precision == .exact }) else { return nil }
    return impliedClaim(
      words, sentence, like: last, metric: last.metric, Quantity(100 - sum, .exact, unit: "percent"),
      Remainder(whole: nil, parts: parts.map(\.span.start).sorted()))
  }

  private func countLeft(_ words: Range<Int>, isExact: Bool, _ sentence: Int) -> Claim? {
    let reach = max(0, claims.count - Self.remainderReach)..<claims.count
    guard let last = reach.last(where: { Self.isOfPeople(claims[$0]) && claims[$0].quantity.precision == .exact }),
      reading.sentences[sentenceOf(claims[last])].paragraph >= reading.sentences[sentence].paragraph - 1
    else { return nil }
    let part = claims[last]
    let whole =
      reach.last { index in
        let other = claims[index]
        if let stated = part.partOf { return other.span.start == stated }
        return index < last && Self.isOfPeople(other) && other.metric != part.metric && other.population.isEmpty
          && other.region == part.region && other.quantity.precision == .exact
      } ?? (part.partOf == nil ? nil : cohort(last))
    guard let whole = whole ?? cohort(last), let total = claims[whole].quantity.low,
      claims[whole].quantity.precision == .exact, let taken = part.quantity.low, total > taken,
      claims[whole].metric != part.metric
    else { return nil }
    let verb = tokenRange(words.upperBound, reading.sentences[sentence].tokens.upperBound)
    let metric = verb.lazy.prefix(8).compactMap { self.outcome(at: $0) }.first ?? claims[whole].metric
    return impliedClaim(
      words, sentence, like: claims[whole], metric: metric,
      Quantity(total - taken, isExact ? .exact : .atLeast, unit: "persons"),
      Remainder(whole: claims[whole].span.start, parts: [part.span.start]))
  }

  private static func isOfPeople(_ claim: Claim) -> Bool {
    outcomes.contains(claim.metric) || cohorts.contains(claim.metric)
  }

  /// "are on police bail", "are awaiting trial".
  private func outcome(at index: Int) -> String? {
    let word = reading.word(index)
    switch word {
    case "bail", "bailed": return "bailed"
    case "awaiting", "await": return "awaiting_outcome"
    case "released": return "releases"
    case "charged": return "charges"
    default: return nil
    }
  }

  private func impliedClaim(
    _ words: Range<Int>, _ sentence: Int, like whole: Claim, metric: String, _ quantity: Quantity,
    _ remainder: Remainder
  ) -> Claim {
    let tokens = reading.sentences[sentence].tokens
    // "all the others arrested are presently on police bail while …": "on police bail".
    var first = words.upperBound
    let clause = tokenRange(first, tokens.upperBound).prefix {
      !reading.isMark($0, ".") && !reading.isMark($0, ",") && !reading.isWord($0, .conjunction)
    }
    if let be = clause.first(where: { reading.isWord($0, .be | .have) }) { first = be + 1 }
    while first < clause.upperBound, reading.isWord(first, .be | .have | .adverb) { first += 1 }
    let text = first < clause.upperBound ? reading.string(first..<clause.upperBound) : ""
    let claim = Claim(
      span: Span(Int(reading.tokens[words.lowerBound].start), Int(reading.tokens[words.upperBound - 1].end)),
      numberText: reading.string(words), quote: reading.string(tokens), quantity: quantity, metric: metric,
      region: whole.region, period: whole.period, operation: whole.operation,
      population: text.isEmpty ? [] : [Dimension("description", text.lowercased())], populationText: text,
      organisation: whole.organisation, section: reading.sentences[sentence].section, rules: ["what the parts leave"],
      remainder: remainder)
    trace?.note("value", "what the parts leave", claim.numberText)
    trace?.note("metric", "as the whole that it is a part of", whole.numberText)
    trace?.endClaim(claim)
    return claim
  }

  private func start(of sentence: Int) -> Int {
    Int(reading.tokens[reading.sentences[sentence].tokens.lowerBound].start)
  }

  private func sentenceOf(_ claim: Claim) -> Int {
    var low = 0
    var high = reading.sentences.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if start(of: middle) <= claim.span.start { low = middle } else { high = middle }
    }
    return low
  }
}
