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
  private let headingRegions: [Int: Int]
  private let headingPeriods: [Int: Period]
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
  private let trace: Trace?
  private let cells: [TableCell]
  private var cellCursor = 0
  private var mentionCursor = 0
  private var periodCursor = 0

  /// - Parameter trace: notes why each claim is what it is; nil to leave that out.
  init(reading: Reading, published: CalendarDate?, trace: Trace? = nil) {
    self.reading = reading
    self.trace = trace
    mentions = MentionFinder(reading: reading).mentions()
    periods = PeriodFinder(reading: reading, published: published).periods()
    operationFinder = OperationFinder(reading: reading, mentions: mentions)
    operations = operationFinder.operations()
    rejector = Rejections(reading: reading)
    cells = TableFinder(reading: reading).cells()
    lead = Self.leadPeriod(reading, periods, operations)
    metrics = MetricFinder(reading: reading)
    populations = PopulationFinder(reading: reading)
    defaultRegion = Self.defaultRegion(reading, mentions)
    headingRegions = Self.headingRegions(reading, mentions)
    headingPeriods = Self.headingPeriods(reading, periods)
    firstBody = mentions.first { $0.organisation >= 0 }
  }

  mutating func build() -> Extraction {
    for index in reading.sentences.indices { read(index) }
    return Extraction(claims: claims, rejections: rejections)
  }

  /// Where a document's figures are from if nothing nearer says so: the area of the headline; else of the
  /// force whose release it is, or that it names most; else the first area or body with an area.
  private static func defaultRegion(_ reading: Reading, _ mentions: [Mention]) -> Int {
    let headEnd = reading.sentences.last { $0.section == .headline }?.tokens.upperBound ?? 0
    let usable = mentions.filter { $0.region >= 0 && !$0.isExample }
    guard let first = usable.first else { return -1 }
    let gazetteer = reading.lexicon.gazetteer
    func isForce(_ mention: Mention) -> Bool {
      mention.organisation >= 0
        && ["police_force", "regional_unit"].contains(gazetteer.organisations[mention.organisation].kind)
    }
    let leadEnd = reading.sentences.prefix(leadSentences).last?.tokens.upperBound ?? 0
    let forces = usable.filter { isForce($0) && $0.tokens.lowerBound < leadEnd }
    let inHeadline = usable.filter { $0.tokens.lowerBound < headEnd }
    let headline = inHeadline.first { $0.kind == .region && $0.isLocative } ?? inHeadline.first
    guard let chosen = headline else {
      // The only force that the lead names, in its first sentences.
      let openingEnd = reading.sentences.prefix(3).last?.tokens.upperBound ?? 0
      if let force = forces.first, force.tokens.lowerBound < openingEnd,
        forces.allSatisfy({ $0.region == force.region }),
        gazetteer.contains(gazetteer.regions[first.region].id, gazetteer.regions[force.region].id)
          && first.organisation < 0
          || gazetteer.contains(gazetteer.regions[force.region].id, gazetteer.regions[first.region].id)
      {
        return force.region
      }
      return first.region
    }
    // A dateline names a town; the figures of a force's release are for the force's area.
    let body = forces.first { mention in
      ![.country, .nation].contains(gazetteer.regions[mention.region].kind)
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
      // A line that is nothing but a date is of the page.
      if mention.tokens.count + 2 >= sentences[index].tokens.count { continue }
      let isFounding = tokenRange(max(0, mention.tokens.lowerBound - 2), mention.tokens.lowerBound)
        .contains { reading.isWord($0, .founded) }
      let isCompared = tokenRange(
        max(sentences[index].tokens.lowerBound, mention.tokens.lowerBound - 4), mention.tokens.lowerBound
      )
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
    var cellMentions: [(NumberMention, TableCell)] = []
    while token < sentence.tokens.upperBound {
      if let cell = nextCell(containing: token), let mention = parser.parse(cell.number, sentence: index) {
        cellMentions.append((mention, cell))
        token = max(cell.tokens.upperBound, mention.tokens.upperBound)
        continue
      }
      guard var mention = parser.parse(token, sentence: index) else {
        token += 1
        continue
      }
      // A qualifier or a sign is looked for across the sentence's borders; it does not count there.
      mention.phraseStart = max(mention.phraseStart, sentence.tokens.lowerBound)
      mention.headStart = min(mention.headStart, sentence.tokens.upperBound)
      let joinsAge = lastAge >= 0 && reading.isJoint(lastAge, mention.tokens.lowerBound)
      if let reason = rejector.reason(mention) ?? (joinsAge ? .age : isInPeriod(mention) ? .date : nil)
        ?? (isTableLabel(token) ? .identifier : nil) ?? reasonOfSection(mention, sentence)
      {
        lastAge = reason == .age ? mention.tokens.upperBound : -1
        reject(mention, reason)
        // A range in an age or a date is one number with it.
      } else {
        numbers.append(mention)
      }
      token = mention.tokens.upperBound
    }
    for (mention, cell) in cellMentions { add(mention, cell, sentence: index) }
    guard !numbers.isEmpty else {
      if !cellMentions.isEmpty { lastSentence = index }
      if let told = framePeriod(sentence, []) {
        lastFrame = told
        lastSentence = claims.isEmpty ? lastSentence : index
      } else if sentence.startsParagraph {
        lastFrame = nil
      }
      return
    }
    let frame = framePeriod(sentence, numbers)
    let firstClaim = claims.count
    for position in numbers.indices {
      let bound =
        position + 1 < numbers.count ? numbers[position + 1].phraseStart : sentence.tokens.upperBound
      // "Six officers, a sergeant and two members of the public were hurt": the verb stands behind the whole list.
      var last = position
      var next = position + 1
      while next < numbers.count,
        reading.isWord(numbers[next].phraseStart - 1, .and) || reading.isMark(numbers[next].phraseStart - 1, ",")
      {
        if reading.isWord(numbers[next].phraseStart - 1, .and) { last = next }
        next += 1
      }
      let listBound =
        last + 1 < numbers.count ? numbers[last + 1].phraseStart : last > position ? sentence.tokens.upperBound : bound
      let previousEnd = position > 0 ? numbers[position - 1].tokens.upperBound : sentence.tokens.lowerBound
      add(
        numbers[position], sentence: index, after: previousEnd, bound: bound, listBound: listBound,
        firstClaim: firstClaim, frame: frame)
    }
    if frame != nil || !inParagraph(index) { lastFrame = frame }
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

  /// Numbers of the page, and those that a correction takes back: "an earlier version said 340".
  private func reasonOfSection(_ mention: NumberMention, _ sentence: Sentence) -> RejectionReason? {
    switch sentence.section {
    case .boilerplate: return .boilerplate
    case .correction:
      let isOld = sentence.tokens.contains {
        reading.isWord($0, .earlier) && reading.isWord($0 + 1, .version)
          || reading.isWord($0, .wrongly) && $0 < mention.phraseStart
      }
      // "…; the correct number is 3,016": a sentence of its own, or what stands behind the word.
      let isRight = tokenRange(sentence.tokens.lowerBound, mention.phraseStart).contains { reading.isWord($0, .right) }
      return isOld && !isRight ? .corrected : nil
    default: return nil
    }
  }

  // MARK: - Cells of tables

  private mutating func nextCell(containing token: Int) -> TableCell? {
    while cellCursor < cells.count, cells[cellCursor].tokens.upperBound <= token { cellCursor += 1 }
    guard cellCursor < cells.count, cells[cellCursor].tokens.contains(token) else { return nil }
    return cells[cellCursor]
  }

  /// A number in the label of a row is a code or a part of a name.
  private func isTableLabel(_ token: Int) -> Bool {
    cellCursor < cells.count && cells[cellCursor].rowLabel.contains(token)
  }

  private mutating func add(_ mention: NumberMention, _ cell: TableCell, sentence index: Int) {
    guard let finding = metrics.find(mention, cell, lastOfText: claims.last) else {
      return reject(mention, .other)
    }
    let places = [cell.rowLabel, cell.columnHeading] + cell.captions
    let place = places.compactMap { self.place(in: $0) }.first ?? headingRegions[index] ?? defaultRegion
    let finder = PeriodFinder(reading: reading, published: nil, finds: false)
    noteValue(mention)
    trace?.note(
      "metric", finding.rules.joined(separator: "; "),
      [cell.rowLabel, cell.columnHeading].map { reading.string($0) }.joined(separator: " | "))
    let period =
      places.compactMap { finder.period(inHeading: $0, corner: cell.corner) }.first ?? headingPeriods[index]
      ?? lastFrame ?? lead?.period
    let population = populations.find(cell, finding: finding) {
      self.place(in: $0) != nil || finder.period(inHeading: $0) != nil
    }
    let sentence = reading.sentences[index]
    let operation = operations[index]
    claims.append(
      Claim(
        span: span(mention), numberText: reading.string(mention.tokens), quote: reading.string(sentence.tokens),
        quantity: quantity(mention, finding), metric: finding.metric,
        region: place < 0 ? "" : reading.lexicon.gazetteer.regions[place].id, period: period, operation: operation,
        population: population.dimensions, populationText: population.text,
        organisation: organisation(mention, sentence: sentence.tokens, operation: operation), section: .table,
        rules: finding.rules))
    regions.append(place)
    lastAction = -1
    noteRest(
      claims[claims.count - 1], area: "row, column or line above the table",
      period: "row, column or line above the table")
    trace?.endClaim()
  }

  // MARK: - Evidence

  private func noteValue(_ mention: NumberMention) {
    guard let trace else { return }
    trace.note(
      "value", "\(mention.form)" == "plain" ? "number" : "number: \(mention.form)", reading.string(mention.tokens))
    guard mention.precision != .exact else { return }
    let before = reading.string(tokenRange(mention.phraseStart, mention.tokens.lowerBound))
    let after = reading.string(tokenRange(mention.tokens.upperBound, mention.headStart))
    trace.note("value", "qualifier: \(mention.precision.rawValue)", before.isEmpty ? after : before)
  }

  private func noteMetric(_ finding: MetricFinding) {
    guard let trace else { return }
    let tokens = [finding.verb, finding.noun].compactMap { $0 }.sorted()
    trace.note(
      "metric", finding.rules.joined(separator: "; "),
      tokens.map { reading.string($0..<$0 + 1) }.joined(separator: " … "))
  }

  private func noteRest(_ claim: Claim, area: String? = nil, period: String? = nil) {
    guard let trace else { return }
    if let area, !claim.region.isEmpty {
      trace.note("area", area, reading.lexicon.gazetteer.region(claim.region)?.name ?? "")
    }
    if let period, let stated = claim.period { trace.note("period", period, stated.text) }
    if !claim.population.isEmpty {
      trace.note("population", claim.population.map(\.name).joined(separator: ", "), claim.populationText)
    }
    if let operation = claim.operation { trace.note("operation", "of the paragraph or the text", operation.summary) }
  }

  /// The area that is named in some words of a table.
  private func place(in tokens: Range<Int>) -> Int? {
    guard !tokens.isEmpty else { return nil }
    var low = 0
    var high = mentions.count
    while low < high {
      let middle = (low + high) / 2
      if mentions[middle].tokens.lowerBound < tokens.lowerBound { low = middle + 1 } else { high = middle }
    }
    while low < mentions.count, mentions[low].tokens.lowerBound < tokens.upperBound {
      if mentions[low].region >= 0, !mentions[low].isExample { return mentions[low].region }
      low += 1
    }
    return nil
  }

  // MARK: - One claim

  private mutating func add(
    _ mention: NumberMention, sentence index: Int, after previousEnd: Int, bound: Int, listBound: Int, firstClaim: Int,
    frame: Period?
  ) {
    let sentence = reading.sentences[index]
    // "147,430 officers in the 43 forces": what is left out later is seldom the forces.
    let previous =
      claims.indices[firstClaim...].last { !MetricFinder.isActors(claims[$0].metric) } ?? claims.indices.last
    let context = MetricContext(
      sentence: sentence.tokens, bound: bound, listBound: listBound,
      previousInSentence: claims.count > firstClaim ? previous.map { claims[$0] } : nil,
      previousAction: claims.count > firstClaim ? lastAction : -1,
      previous: isNear(index) ? claims.last : nil, lastOfText: claims.last)
    switch metrics.find(mention, context) {
    case .rejected(let reason):
      trace?.dropClaim()
      reject(mention, reason)
    case .found(let finding):
      noteValue(mention)
      noteMetric(finding)
      let antecedent = finding.isInherited ? previous : nil
      let subset = finding.isSubset ? previous : nil
      let place = region(mention, sentence: index, bound: bound, antecedent: antecedent, firstClaim: firstClaim)
      var population = populations.find(mention, finding: finding, bound: bound)
      // "1,320 potential victims in London, the North West for 811".
      if population.dimensions.isEmpty, !finding.isSubset, let antecedent, claims.count > firstClaim {
        population = (claims[antecedent].population, claims[antecedent].populationText)
      }
      let operation = operations[index]
      let isChange =
        finding.unit == "percent" && !finding.metric.hasSuffix("_share")
        || finding.metric != MetricFinder.base(finding.metric) && !finding.metric.hasSuffix("_share")
      var period = period(
        mention, after: previousEnd, bound: bound, sentence: sentence, frame: frame, isChange: isChange)
      var periodRule =
        period == nil ? "" : period == frame ? "the period of the sentence" : "a period beside the number"
      if period == nil, let antecedent {
        period =
          claims.count > firstClaim
          ? claims[antecedent].period : goesOn(index) ? lastFrame ?? claims[antecedent].period : nil
      }
      if period != nil, periodRule.isEmpty { periodRule = "the period of the figure before" }
      let isStock = Self.stockMetrics.contains(finding.metric)
      if period == nil, inParagraph(index), !isStock, let lastFrame {
        period = lastFrame
        periodRule = "the period of the paragraph"
      }
      if period == nil, !isStock, let heading = headingPeriods[index] {
        period = heading
        periodRule = "the heading above"
      }
      if period == nil, let lead, lead.operation == operation || operation == nil,
        !Self.stockMetrics.contains(finding.metric)
      {
        period = lead.period
        periodRule = "the period that the text is about"
      }
      if let period { trace?.note("period", periodRule, period.text) }
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
      noteRest(claims[claims.count - 1])
      trace?.endClaim()
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
      trace?.note("area", "a place behind the number", reading.string(bound.tokens))
      return bound.region
    }
    // "Merseyside (43)", "Doncaster 377": the name right before a number that has no noun of its own.
    if let named = adjacentPlace(mention) {
      trace?.note("area", "the name right before the number", name(named))
      return named
    }
    // "Sheffield had 702", "the North West for 811": a place since the last number.
    let since =
      claims.count > firstClaim ? claims[claims.count - 1].span.end : Int(reading.tokens[sentence.lowerBound].start)
    if antecedent != nil,
      let own = mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart)).last(where: {
        $0.kind == .region && $0.region >= 0 && !$0.isExample
          && Int(reading.tokens[$0.tokens.lowerBound].start) >= since
      })
    {
      trace?.note("area", "a place since the last number", reading.string(own.tokens))
      return own.region
    }
    if let antecedent, claims.count > firstClaim || goesOn(index) {
      trace?.note("area", "the place of the figure before", name(regions[antecedent]))
      return regions[antecedent]
    }
    let before = mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart))
      .filter { $0.region >= 0 && !$0.isExample && isPlace($0, in: index) }
    // A place that an earlier number of the sentence is bound to is not this one's.
    let taken = claims[firstClaim...].map(\.span.start)
    let free = before.filter { candidate in
      candidate.kind == .organisation || !candidate.isLocative
        || !taken.contains { $0 < Int(reading.tokens[candidate.tokens.lowerBound].start) }
    }
    if let nearest = free.last {
      trace?.note("area", "the nearest place or body before the number", reading.string(nearest.tokens))
      return nearest.region
    }
    if claims.count > firstClaim, let last = regions.last, last >= 0 {
      trace?.note("area", "the place of the figure before in the sentence", name(last))
      return last
    }
    let rest = mentions(in: tokenRange(mention.headStart, sentence.upperBound))
      .filter { $0.region >= 0 && !$0.isExample && isPlace($0, in: index) }
    if let body = rest.first(where: { $0.kind == .organisation }) {
      trace?.note("area", "a body named after the number", reading.string(body.tokens))
      return body.region
    }
    if bound == sentence.upperBound, let any = rest.first {
      trace?.note("area", "a place named after the number", reading.string(any.tokens))
      return any.region
    }
    if operationFinder.speaksOfOperation(sentence), let lead = operations[index]?.lead,
      let jurisdiction = reading.lexicon.gazetteer.organisation(lead)?.jurisdiction,
      let area = reading.lexicon.gazetteer.index(of: jurisdiction)
    {
      trace?.note("area", "the area of the operation's lead body", name(area))
      return area
    }
    // A line of a list, and what goes on with "they" or "of those", stay where the paragraph is.
    if goesOn(index), let last = regions.last, last >= 0 {
      trace?.note("area", "the place of the sentence before", name(last))
      return last
    }
    if let heading = headingRegions[index] {
      trace?.note("area", "the heading above", name(heading))
      return heading
    }
    if defaultRegion >= 0 { trace?.note("area", "the area that the text is about", name(defaultRegion)) }
    return defaultRegion
  }

  private func name(_ region: Int) -> String { region < 0 ? "" : reading.lexicon.gazetteer.regions[region].name }

  /// Whether a mention says where: a national body acts for the whole country, and the text that speaks of
  /// one force or town does not leave it for that.
  private func isPlace(_ mention: Mention, in sentence: Int) -> Bool {
    let here = headingRegions[sentence] ?? defaultRegion
    guard mention.kind == .organisation, mention.organisation >= 0, here >= 0 else { return true }
    let gazetteer = reading.lexicon.gazetteer
    let isLocal =
      ["police_force", "regional_unit"].contains(gazetteer.organisations[mention.organisation].kind)
      && ![.country, .nation].contains(gazetteer.regions[mention.region].kind)
    return isLocal || !gazetteer.contains(gazetteer.regions[mention.region].id, gazetteer.regions[here].id)
  }

  /// Whether a sentence stays with the place of the one before: in one paragraph, where all figures of the
  /// last sentence are of one place.
  private func goesOn(_ index: Int) -> Bool {
    guard isNear(index), let last = regions.last else { return false }
    let previous = reading.sentences[lastSentence].tokens
    let start = Int(reading.tokens[previous.lowerBound].start)
    var position = claims.count - 1
    while position >= 0, claims[position].span.start >= start {
      if regions[position] != last { return false }
      position -= 1
    }
    return true
  }

  /// The place that a heading gives to the lines below it: a short line without a figure that names one; the
  /// next heading ends it.
  private static func headingRegions(_ reading: Reading, _ mentions: [Mention]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    var current: Int?
    var cursor = 0
    for (index, sentence) in reading.sentences.enumerated() {
      while cursor < mentions.count, mentions[cursor].tokens.upperBound <= sentence.tokens.lowerBound { cursor += 1 }
      let last = sentence.tokens.upperBound - 1
      let isHeading =
        sentence.startsBlock && sentence.section == .body && sentence.tokens.count <= 8
        && !reading.isMark(last, ".") && !reading.isMark(last, "\"") && !reading.isMark(sentence.tokens.lowerBound, "*")
        && !reading.isMark(sentence.tokens.lowerBound, "-") && !sentence.tokens.contains { reading.isNumber($0) }
        && reading.tokens[sentence.tokens.lowerBound].isCapitalized
        && (last + 1 >= reading.tokens.count || reading.tokens[last + 1].gap >= .line)
      if isHeading {
        let inside = mentions[cursor...].prefix { $0.tokens.lowerBound < sentence.tokens.upperBound }
        current = inside.first { $0.region >= 0 && !$0.isExample }?.region
      }
      if let current { result[index] = current }
    }
    return result
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
      !isFounding(period) && period.shift == 0 && !isRecord(period, in: sentence)
        && !isCompared(period, numbers, in: sentence)
    }
    if let free { return free.isSame ? resolve(free, in: lastFrame ?? lead?.period) : free.period }
    if carriesOn(sentence) || isListItem(sentence) { return lastFrame }
    return nil
  }

  /// A line of a list stays in the period of the line that leads in to it.
  private func isListItem(_ sentence: Sentence) -> Bool {
    let first = sentence.tokens.lowerBound
    return sentence.startsBlock && (reading.isMark(first, "*") || reading.isMark(first, "-"))
  }

  /// "the lowest number since 2014": how far a record goes back.
  private func isRecord(_ period: PeriodMention, in sentence: Sentence) -> Bool {
    period.period.end == nil
      && tokenRange(max(sentence.tokens.lowerBound, period.tokens.lowerBound - 7), period.tokens.lowerBound)
        .contains { reading.isWord($0, .superlative) || reading.isWord($0, .ordinal) }
  }

  /// Whether the last figures stand in the same paragraph.
  private func inParagraph(_ index: Int) -> Bool {
    isNear(index) && !reading.sentences[index].startsParagraph
  }

  /// The period that a heading gives to the lines below it, until the next heading.
  private static func headingPeriods(_ reading: Reading, _ periods: [PeriodMention]) -> [Int: Period] {
    var result: [Int: Period] = [:]
    var current: Period?
    var cursor = 0
    // A date above the headline is the page's.
    let leading =
      reading.sentences.prefix(16).lastIndex { [.headline, .caption, .standfirst].contains($0.section) } ?? -1
    for (index, sentence) in reading.sentences.enumerated() where index > leading {
      while cursor < periods.count, periods[cursor].tokens.upperBound <= sentence.tokens.lowerBound { cursor += 1 }
      let last = sentence.tokens.upperBound - 1
      let inside = periods[cursor...].prefix { $0.tokens.lowerBound < sentence.tokens.upperBound }
      let isHeading =
        sentence.startsBlock && sentence.tokens.count <= 12 && index > 0
        && (last + 1 >= reading.tokens.count || reading.tokens[last + 1].gap >= .line)
        && ![".", "\"", ",", ";"].contains { reading.isMark(last, $0) }
        && !sentence.tokens.contains { number in
          reading.isNumber(number) && !inside.contains { $0.tokens.contains(number) }
            && number > sentence.tokens.lowerBound + 1
        }
      // A date by itself opens what follows in its paragraph as well.
      let isDate = inside.first.map { $0.tokens.count + 2 >= sentence.tokens.count } ?? false
      if isHeading && !reading.isMark(sentence.tokens.lowerBound, "*")
        && !reading.isMark(sentence.tokens.lowerBound, "-") || isDate
      {
        current = inside.first { $0.shift == 0 && !$0.isSame && $0.period.start != nil }?.period
      }
      if let current { result[index] = current }
    }
    return result
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
    reading.isWord(index, .than)
      && (reading.isNumber(index + 1) || reading.isWord(index + 1, .number | .fraction | .magnitude))
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
        gap.contains { reading.isWord($0, .when) }
        || gap.count <= 2
          && gap.contains { reading.isMark($0, "(") || reading.isMark($0, ":") || reading.isMark($0, "-") }
      if leads { return resolve(before, in: context) }
    }
    // "22,142, up 1.6% from 21,791", "1,204, compared with 987": of the year before, where the figures are of years.
    if !isChange, let context, let start = context.start, let end = context.end, end.dayNumber - start.dayNumber >= 360,
      let word = tokenRange(max(sentence.tokens.lowerBound, mention.phraseStart - 3), mention.phraseStart).last(where: {
        isComparison($0)
      }),
      !reading.isWord(word, .than) || reading.isWord(word + 1, .determiner),
      reading.isWord(word, .comparedTo)
        || tokenRange(max(sentence.tokens.lowerBound, word - 6), word).contains(where: {
          reading.isWord($0, .increase | .decrease)
        }),
      tokenRange(sentence.tokens.lowerBound, word).contains(where: {
        reading.isNumber($0) || reading.isWord($0, .number | .fraction | .halved | .multiple)
      })
    {
      return resolve(
        PeriodMention(tokens: mention.tokens, period: Period(text: "the year before"), shift: 12), in: context)
    }
    return frame
  }

  private func resolve(_ mention: PeriodMention, in context: Period?) -> Period? {
    if mention.isSame, let context {
      guard let year = mention.sameYear, let start = context.start else {
        if mention.shift == 0 { return context }
        return resolve(PeriodMention(tokens: mention.tokens, period: mention.period, shift: mention.shift), in: context)
      }
      return resolve(
        PeriodMention(tokens: mention.tokens, period: mention.period, shift: (start.year - year) * 12), in: context)
    }
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
