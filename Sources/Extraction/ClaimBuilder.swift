// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Makes claims of the numbers of a reading, sentence by sentence, in order of the text.
struct ClaimBuilder {
  let reading: Reading
  let mentions: [Mention]
  let periods: [PeriodMention]
  let operations: [Operation?]
  private let operationFinder: OperationFinder
  private let rejector: Rejections
  private let metrics: MetricFinder
  private let populations: PopulationFinder
  private let defaultRegion: Int
  private let firstBody: Mention?
  private let lead: (period: Period, operation: Operation?)?

  private var claims: [Claim] = []
  private var rejections: [Rejection] = []
  /// Regions of the claims, by index into the gazetteer, beside `claims`.
  private var regions: [Int] = []
  /// The sentence of the last claim, for what is carried over.
  private var lastSentence = -1
  private var lastFrame: Period?
  /// The verb whose object the last claim's number is.
  private var lastAction: Int16 = -1
  private var mentionCursor = 0
  private var periodCursor = 0

  init(reading: Reading, published: CalendarDate?) {
    self.reading = reading
    mentions = MentionFinder(reading: reading).mentions()
    periods = PeriodFinder(reading: reading, published: published).periods()
    operationFinder = OperationFinder(reading: reading, mentions: mentions)
    operations = operationFinder.operations()
    rejector = Rejections(reading: reading)
    lead = Self.leadPeriod(reading, periods, operations)
    metrics = MetricFinder(reading: reading)
    populations = PopulationFinder(reading: reading)
    defaultRegion = Self.defaultRegion(reading, mentions)
    firstBody = mentions.first { $0.organisation >= 0 }
  }

  mutating func build() -> Extraction {
    for index in reading.sentences.indices { read(index) }
    return Extraction(claims: claims, rejections: rejections)
  }

  /// Where a document's figures are from if nothing nearer says so: the area of the headline, else
  /// the first area or body with an area.
  private static func defaultRegion(_ reading: Reading, _ mentions: [Mention]) -> Int {
    let headEnd = reading.sentences.last { $0.section == .headline }?.tokens.upperBound ?? 0
    let usable = mentions.filter { $0.region >= 0 && !$0.isExample }
    let chosen = usable.first { $0.tokens.lowerBound < headEnd } ?? usable.first
    guard let chosen else { return -1 }
    // A dateline names a town; the figures of a force's release are for the force's area.
    let gazetteer = reading.lexicon.gazetteer
    let leadEnd = reading.sentences.prefix(leadSentences).last?.tokens.upperBound ?? 0
    let body = usable.first { mention in
      mention.tokens.lowerBound < leadEnd && mention.organisation >= 0
        && ["police_force", "regional_unit"].contains(gazetteer.organisations[mention.organisation].kind)
        && gazetteer.contains(gazetteer.regions[mention.region].id, gazetteer.regions[chosen.region].id)
    }
    return body?.region ?? chosen.region
  }

  /// Sentences from the start of a text in which it says what it is about.
  private static let leadSentences = 7

  /// The period that the text says it is about: the first one in its lead that has a start, and the
  /// operation it is said of.
  private static func leadPeriod(
    _ reading: Reading, _ periods: [PeriodMention], _ operations: [Operation?]
  ) -> (period: Period, operation: Operation?)? {
    let sentences = reading.sentences.prefix(leadSentences)
    for mention in periods where mention.shift == 0 {
      guard let index = sentences.firstIndex(where: { $0.tokens.contains(mention.tokens.lowerBound) }) else {
        return nil
      }
      let isFounding = tokenRange(max(0, mention.tokens.lowerBound - 2), mention.tokens.lowerBound)
        .contains { reading.isWord($0, .founded) }
      let isCompared = tokenRange(max(sentences[index].tokens.lowerBound, mention.tokens.lowerBound - 4), mention.tokens.lowerBound)
        .contains { reading.isWord($0, .comparedTo) }
      if mention.period.start != nil, !isFounding, !isCompared {
        return (mention.period, operations[index])
      }
    }
    return nil
  }

  /// Figures of what a body has, not of what happened in a period.
  private static let stockMetrics: Set<String> = ["officers", "staff", "lines_active"]

  // MARK: - Sentences

  private mutating func read(_ index: Int) {
    let sentence = reading.sentences[index]
    while mentionCursor < mentions.count, mentions[mentionCursor].tokens.upperBound <= sentence.tokens.lowerBound {
      mentionCursor += 1
    }
    while periodCursor < periods.count, periods[periodCursor].tokens.upperBound <= sentence.tokens.lowerBound {
      periodCursor += 1
    }
    let parser = NumberParser(reading: reading)
    var numbers: [NumberMention] = []
    var token = sentence.tokens.lowerBound
    var lastAge = -1
    while token < sentence.tokens.upperBound {
      guard var mention = parser.parse(token, sentence: index) else {
        token += 1
        continue
      }
      // A qualifier or a sign is looked for across the sentence's borders; it does not count there.
      mention.phraseStart = max(mention.phraseStart, sentence.tokens.lowerBound)
      mention.headStart = min(mention.headStart, sentence.tokens.upperBound)
      let joinsAge = lastAge >= 0 && reading.isJoint(lastAge, mention.tokens.lowerBound)
      if let reason = rejector.reason(mention) ?? (joinsAge ? .age : isInPeriod(mention) ? .date : nil) {
        lastAge = reason == .age ? mention.tokens.upperBound : -1
        reject(mention, reason)
        // A range in an age or a date is one number with it.
      } else {
        numbers.append(mention)
      }
      token = mention.tokens.upperBound
    }
    guard !numbers.isEmpty else {
      if sentence.startsParagraph { lastFrame = nil }
      return
    }
    let frame = framePeriod(sentence, numbers)
    let firstClaim = claims.count
    for position in numbers.indices {
      let bound =
        position + 1 < numbers.count ? numbers[position + 1].phraseStart : sentence.tokens.upperBound
      let previousEnd = position > 0 ? numbers[position - 1].tokens.upperBound : sentence.tokens.lowerBound
      add(
        numbers[position], sentence: index, after: previousEnd, bound: bound, firstClaim: firstClaim, frame: frame)
    }
    lastFrame = frame
    if claims.count > firstClaim { lastSentence = index }
  }

  private mutating func reject(_ mention: NumberMention, _ reason: RejectionReason) {
    let span = span(mention)
    rejections.append(
      Rejection(span: span, text: reading.string(mention.tokens), reason: reason))
  }

  private func span(_ mention: NumberMention) -> Span {
    Span(
      Int(reading.tokens[mention.tokens.lowerBound].start),
      Int(reading.tokens[mention.tokens.upperBound - 1].end))
  }

  private func isInPeriod(_ mention: NumberMention) -> Bool {
    var cursor = periodCursor
    while cursor < periods.count, periods[cursor].tokens.lowerBound < mention.tokens.upperBound {
      if periods[cursor].tokens.overlaps(mention.tokens) { return true }
      cursor += 1
    }
    return false
  }

  // MARK: - One claim

  private mutating func add(
    _ mention: NumberMention, sentence index: Int, after previousEnd: Int, bound: Int, firstClaim: Int, frame: Period?
  ) {
    let sentence = reading.sentences[index]
    let previous = claims.indices.last
    let context = MetricContext(
      sentence: sentence.tokens, bound: bound,
      previousInSentence: claims.count > firstClaim ? claims.last : nil,
      previousAction: claims.count > firstClaim ? lastAction : -1,
      previous: isNear(index) ? claims.last : nil, lastOfText: claims.last)
    switch metrics.find(mention, context) {
    case .rejected(let reason):
      reject(mention, reason)
    case .found(let finding):
      let antecedent = finding.isInherited ? previous : nil
      let subset = finding.isSubset ? previous : nil
      let place = region(mention, sentence: index, bound: bound, antecedent: antecedent, firstClaim: firstClaim)
      let population = populations.find(mention, finding: finding, bound: bound)
      let operation = operations[index]
      let isChange = finding.unit == "percent" && !finding.metric.hasSuffix("_share") || finding.metric != MetricFinder.base(finding.metric) && !finding.metric.hasSuffix("_share")
      var period = period(
        mention, after: previousEnd, bound: bound, sentence: sentence, frame: frame, isChange: isChange)
      if period == nil, let antecedent { period = claims[antecedent].period }
      if period == nil, let lead, lead.operation == operation, !Self.stockMetrics.contains(finding.metric) {
        period = lead.period
      }
      let quantity = quantity(mention, finding)
      let body = organisation(mention, sentence: sentence.tokens, operation: operation)
      claims.append(
        Claim(
          span: span(mention), numberText: reading.string(mention.tokens),
          quote: reading.string(sentence.tokens), quantity: quantity, metric: finding.metric,
          region: place < 0 ? "" : reading.lexicon.gazetteer.regions[place].id, period: period,
          operation: operation, population: population.dimensions, populationText: population.text,
          organisation: body, certainty: isHedged(mention, sentence.tokens) ? .hedged : .stated,
          section: sentence.section, partOf: subset.map { claims[$0].span.start },
          rules: finding.rules))
      regions.append(place)
      lastAction = finding.action
    }
  }

  private func quantity(_ mention: NumberMention, _ finding: MetricFinding) -> Quantity {
    if mention.precision == .range {
      return Quantity(low: mention.low, high: mention.high, precision: .range, unit: finding.unit)
    }
    return Quantity(mention.low, mention.precision, unit: finding.unit)
  }

  /// Whether what was said last may be carried over: the same paragraph, or the line before.
  private func isNear(_ index: Int) -> Bool {
    guard lastSentence >= 0 else { return false }
    return reading.sentences[lastSentence].paragraph == reading.sentences[index].paragraph
  }

  private func isHedged(_ mention: NumberMention, _ tokens: Range<Int>) -> Bool {
    for start in tokenRange(tokens.lowerBound, mention.phraseStart) {
      var node = PhraseTrie.root
      var index = start
      while index < mention.phraseStart, reading.tokens[index].kind == .word,
        let next = reading.lexicon.phrases.next(node, reading.tokens[index].symbol)
      {
        node = next
        index += 1
        if case .hedge = reading.lexicon.phrases.meaning(node) { return true }
      }
    }
    return false
  }

  // MARK: - Where

  private func mentions(in range: Range<Int>) -> ArraySlice<Mention> {
    var start = mentionCursor
    while start < mentions.count, mentions[start].tokens.lowerBound < range.lowerBound { start += 1 }
    var end = start
    while end < mentions.count, mentions[end].tokens.lowerBound < range.upperBound { end += 1 }
    return mentions[start..<end]
  }

  /// The nearest place that the grammar binds to a number; see docs/extraction.md for the order.
  private func region(
    _ mention: NumberMention, sentence index: Int, bound: Int, antecedent: Int?, firstClaim: Int
  ) -> Int {
    let sentence = reading.sentences[index].tokens
    let after = mentions(in: tokenRange(mention.headStart, bound))
    if let bound = after.first(where: { $0.isLocative && !$0.isExample && $0.kind != .organisation && $0.region >= 0 })
    {
      return bound.region
    }
    // "Merseyside (43)", "Doncaster 377": the name right before a number that has no noun of its own.
    if let named = adjacentPlace(mention) { return named }
    if let antecedent { return regions[antecedent] }
    let before = mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart))
      .filter { $0.region >= 0 && !$0.isExample }
    // A place that an earlier number of the sentence is bound to is not this one's.
    let taken = claims[firstClaim...].map(\.span.start)
    let free = before.filter { candidate in
      candidate.kind == .organisation || !candidate.isLocative
        || !taken.contains { $0 < Int(reading.tokens[candidate.tokens.lowerBound].start) }
    }
    if let nearest = free.last { return nearest.region }
    if claims.count > firstClaim, let last = regions.last, last >= 0 { return last }
    let rest = mentions(in: tokenRange(mention.headStart, sentence.upperBound))
      .filter { $0.region >= 0 && !$0.isExample }
    if let body = rest.first(where: { $0.kind == .organisation }) { return body.region }
    if bound == sentence.upperBound, let any = rest.first { return any.region }
    if operationFinder.speaksOfOperation(sentence), let lead = operations[index]?.lead,
      let jurisdiction = reading.lexicon.gazetteer.organisation(lead)?.jurisdiction,
      let area = reading.lexicon.gazetteer.index(of: jurisdiction)
    {
      return area
    }
    if isNear(index), let last = regions.last, last >= 0 { return last }
    return defaultRegion
  }

  private func adjacentPlace(_ mention: NumberMention) -> Int? {
    var before = mention.phraseStart - 1
    guard reading.endsPlainly(mention.headStart) else { return nil }
    if reading.isMark(before, "(") || reading.isMark(before, ":") || reading.isMark(before, "-") { before -= 1 }
    return mentions(in: tokenRange(max(0, before - 8), before + 1))
      .last { $0.tokens.upperBound == before + 1 && $0.region >= 0 && $0.kind != .anaphora }?.region
  }

  // MARK: - When

  private func periods(in range: Range<Int>) -> ArraySlice<PeriodMention> {
    var start = periodCursor
    while start < periods.count, periods[start].tokens.lowerBound < range.lowerBound { start += 1 }
    var end = start
    while end < periods.count, periods[end].tokens.lowerBound < range.upperBound { end += 1 }
    return periods[start..<end]
  }

  /// The period that holds for a whole sentence: the first one that is not said of a figure it is compared
  /// with.
  private func framePeriod(_ sentence: Sentence, _ numbers: [NumberMention]) -> Period? {
    let free = periods(in: sentence.tokens).first { period in
      !isFounding(period) && period.shift == 0 && !isCompared(period, numbers, in: sentence)
    }
    if let free { return free.period }
    return carriesOn(sentence) ? lastFrame : nil
  }

  /// "…, compared with 987 in 2018", "a rise of 116 % on 2021": the period of the other figure.
  private func isCompared(_ period: PeriodMention, _ numbers: [NumberMention], in sentence: Sentence) -> Bool {
    let start = period.tokens.lowerBound
    if let first = numbers.first, start < first.phraseStart { return false }
    let words = tokenRange(max(sentence.tokens.lowerBound, start - 8), start + 1)
    guard let word = words.last(where: { isComparison($0) }) else { return false }
    return start - word <= 8
  }

  private func isComparison(_ index: Int) -> Bool {
    if reading.isWord(index, .comparedTo), !isQualifier(index) { return true }
    // "on 2021", "up from 19".
    if reading.isWord(index, .from) { return true }
    return reading.isWord(index, .preposition) && reading.year(index + 1) != nil
      && reading.string(index..<index + 1).lowercased() == "on"
  }

  /// "more than 12": no comparison with another figure.
  private func isQualifier(_ index: Int) -> Bool {
    reading.isWord(index, .than) && (reading.isNumber(index + 1) || reading.isWord(index + 1, .number | .fraction | .magnitude))
  }

  /// "which launched in 2017": the start of the operation, not the period of a figure.
  private func isFounding(_ period: PeriodMention) -> Bool {
    (max(0, period.tokens.lowerBound - 2)..<period.tokens.lowerBound).contains { reading.isWord($0, .founded) }
  }

  /// "And 691 arrests were made …": a sentence that goes on with what the last one said.
  private func carriesOn(_ sentence: Sentence) -> Bool {
    let first = sentence.tokens.lowerBound
    return reading.isWord(first, .and | .conjunction | .link)
      || (reading.isWord(first, .of) && !sentence.startsParagraph)
  }

  /// The period that the grammar binds to a number, else the one of its sentence.
  private func period(
    _ mention: NumberMention, after previousEnd: Int, bound: Int, sentence: Sentence, frame: Period?, isChange: Bool
  ) -> Period? {
    let context = frame ?? lastFrame ?? lead?.period
    let behind = periods(in: tokenRange(mention.headStart, bound)).first { period in
      guard !isFounding(period) else { return false }
      let gap = tokenRange(mention.headStart, period.tokens.lowerBound + 1)
      let isOfOther = gap.contains { isComparison($0) || reading.isMark($0, ";") }
      return !(isOfOther && (isChange || bound < sentence.tokens.upperBound || period.shift != 0))
    }
    if let behind, behind.shift == 0 || !isChange { return resolve(behind, in: context) }
    // "the previous year (219,100)", "2013/14, when the total was 484,645", "2018: 12".
    let before = periods(in: tokenRange(previousEnd, mention.phraseStart)).last
    if let before, !isChange, !isFounding(before) {
      let gap = tokenRange(before.tokens.upperBound, mention.phraseStart)
      let leads =
        gap.contains { reading.isWord($0, .when) } || gap.count <= 2 && gap.contains { reading.isMark($0, "(") || reading.isMark($0, ":") || reading.isMark($0, "-") }
      if leads { return resolve(before, in: context) }
    }
    return frame
  }

  private func resolve(_ mention: PeriodMention, in context: Period?) -> Period? {
    guard mention.shift != 0 else { return mention.period }
    guard let context, let start = context.start?.adding(months: -mention.shift) else { return mention.period }
    let end = context.end?.adding(days: 1)?.adding(months: -mention.shift)?.adding(days: -1)
    return Period(start: start, end: end, text: mention.period.text)
  }

  // MARK: - Who

  private func organisation(
    _ mention: NumberMention, sentence: Range<Int>, operation: Operation?
  ) -> String {
    let bodies = mentions(in: sentence).filter { $0.organisation >= 0 }
    let chosen = bodies.last { $0.tokens.lowerBound < mention.phraseStart } ?? bodies.first
    if let chosen { return reading.lexicon.gazetteer.organisations[chosen.organisation].id }
    if let lead = operation?.lead, !lead.isEmpty { return lead }
    guard let first = firstBody else { return "" }
    return reading.lexicon.gazetteer.organisations[first.organisation].id
  }
}
