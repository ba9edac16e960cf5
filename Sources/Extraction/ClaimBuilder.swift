// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Makes claims of the numbers of a reading, sentence by sentence, in order of the text. A class: as a struct it was copied for
/// every figure, which took 7 % of the time.
final class ClaimBuilder {
  let reading: Reading
  let mentions: [Mention]
  let periods: [PeriodMention]
  let operations: [Operation?]
  let operationFinder: OperationFinder
  let rejector: Rejections
  let metrics: MetricFinder
  let populations: PopulationFinder
  let defaultRegion: Int
  let headingRegions: [Int: Int]
  let headingPeriods: [Int: Period]
  let firstBody: Mention?
  /// When the text was published, as the caller or the text says.
  let publication: CalendarDate?
  /// The country of the area that the text is about, if it is one abroad: its region id.
  let country: String
  let lead: (period: Period, operation: Operation?)?
  /// Whether the text tells of one operation, and no other.
  let isOnlyOperation: Bool

  var claims: [Claim] = []
  /// Figures that the text implies without a number.
  var implied: [Claim] = []
  var rejections: [Rejection] = []
  /// Regions of the claims, by index into the gazetteer, beside `claims`.
  var regions: [Int] = []
  /// The sentence of the last claim, for what is carried over.
  var lastSentence = -1
  var lastFrame: Period?
  /// The time that something is said to have run, for what stands below it in its section: "The operation ran from 2 December
  /// 2024 to 28 February 2025".
  var run: Period?
  /// The last period that a sentence was framed by, in whatever paragraph.
  var lastStated: Period?
  /// How often each metric of the catalogue was told, and a claim of the one told most.
  var timesTold: [String: Int] = [:]
  var usual: Int?
  /// The last claim of what a text reports: not of who acted, nor of a thing that no table knows.
  var lastMain = -1
  /// The metrics of the claims so far, of those that the catalogue knows.
  var toldMetrics: Set<String> = []
  /// What the line that leads in to the list says of its lines: "The arrests were for:".
  var leadIn: String?
  /// What a heading says of the lines below it that say nothing of their own.
  var listHeading: String?
  /// The last claim outside of a table; -1 for none.
  var lastProse = -1
  /// What the people of the list below a line count as: "Those held included:".
  var members: String?
  var question: Question?
  /// The questions of a request, by the numbers that it gives them.
  var numbered: [Int: Question] = [:]
  /// The parts of its questions that have letters: "a) how many reports came in".
  var lettered: [QuestionPart: Question] = [:]
  /// The number of the question that is being asked or answered; 0 before the first.
  var questionNumber = 0
  /// What the first question of the text asks the number of: the tables of its answer may stand far below it.
  var firstAsked: MetricFinding?
  /// The last claim outside of a table of what the text reports; -1 before the first.
  var lastProseMain = -1
  /// The last sentence without a figure that stated a period; -1 before the first.
  var lastFramed = -1
  /// What the numbers in brackets of a list are of: "2022-23 (2020-21 in brackets)".
  var bracketPeriod: PeriodMention?
  /// The latest period of the cells of the row of a table that is being read.
  var lastRow: (label: Range<Int>, period: Period?) = (0..<0, nil)
  /// The place of the line that leads in to the list that is being read.
  var listRegion: Int?
  /// What each claim leaves for those after it, beside `claims`.
  var told: [Told] = []
  /// Whether each claim is what another is compared with: "up from 19", "against 708".
  var isOfOther: [Bool] = []
  /// The last claim of each plain number above two.
  var toldValues: [Double: Int] = [:]
  /// The verb whose object the last claim's number is.
  var lastAction: Int16 = -1
  let trace: Trace?
  let cells: [TableCell]
  var cellCursor = 0
  var mentionCursor = 0
  var periodCursor = 0

  /// - Parameter trace: notes why each claim is what it is; nil to leave that out.
  init(reading: Reading, published: CalendarDate?, trace: Trace? = nil) {
    self.trace = trace
    let named = MentionFinder(reading: reading)
    mentions = named.mentions()
    var about = Self.defaultRegion(reading, mentions)
    // A report of a court: the lead names no nation, and no body of one.
    let leadEnd = reading.opening(Self.leadSentences).last?.tokens.upperBound ?? 0
    if about < 0 || reading.lexicon.gazetteer.isNational(about),
      !mentions.contains(where: {
        $0.region >= 0 && $0.tokens.lowerBound < leadEnd && reading.lexicon.gazetteer.isNational($0.region)
          && !named.isCourt($0)
      })
    {
      let towns = named.courtTowns()
      if let first = towns.first, first.token < leadEnd, towns.allSatisfy({ $0.region == first.region }) {
        about = Self.onlyForce(around: first.region, reading, mentions) ?? first.region
      }
    }
    about = Self.onlyTown(of: about, reading, mentions) ?? about
    about = Self.policedPart(of: about, reading, mentions) ?? about
    defaultRegion = about
    let area = defaultRegion < 0 ? "" : reading.lexicon.gazetteer.regions[defaultRegion].id
    country = area.split(separator: "-").first.map(String.init) ?? ""
    reading.dollars = Reading.dollarsOf[country] ?? "USD"
    self.reading = reading
    let finder = PeriodFinder(reading: reading, published: published, country: country)
    publication = finder.published
    periods = Self.anchoredLengths(
      reading, Self.reportingYears(reading, Self.yearsOfTitle(Self.namedDays(reading, finder.periods()))))
    operationFinder = OperationFinder(reading: reading, mentions: mentions)
    operations = operationFinder.operations()
    rejector = Rejections(reading: reading)
    cells = TableFinder(reading: reading).cells()
    lead = Self.leadPeriod(reading, periods, operations)
    metrics = MetricFinder(reading: reading)
    populations = PopulationFinder(reading: reading)
    headingRegions = Self.headingRegions(reading, mentions)
    headingPeriods = Self.headingPeriods(reading, periods)
    isOnlyOperation = Set(operations.compactMap { $0 }).count == 1
    firstBody = mentions.first { $0.organisation >= 0 }
  }

  /// Tokens of a text for each figure that room is made for: more figures make the list grow as it goes.
  private static let tokensPerClaim = 40

  func build() -> Extraction {
    claims.reserveCapacity(reading.tokens.count / Self.tokensPerClaim)
    for index in reading.sentences.indices {
      read(index)
      noteRemainders(index)
    }
    settleWholes()
    if !implied.isEmpty { merge(implied.sorted { $0.span < $1.span }) }
    return Extraction(claims: claims, rejections: rejections)
  }

  /// Puts other claims where they stand in the text, from the last on: those that are there are moved, and not copied.
  private func merge(_ others: [Claim]) {
    var (from, to, next) = (claims.count - 1, claims.count + others.count - 1, others.count - 1)
    claims.append(contentsOf: others)
    while next >= 0 {
      if from >= 0, others[next].span < claims[from].span {
        claims.swapAt(from, to)
        from -= 1
      } else {
        claims[to] = others[next]
        next -= 1
      }
      to -= 1
    }
  }

  /// Sentences from the start of a text in which it says what it is about.
  static let leadSentences = 7

  /// Figures of what a body has, not of what happened in a period.
  static let stockMetrics: Set<String> = ["officers", "staff", "lines_active"]

  // MARK: - Sentences

  func read(_ index: Int) {
    let sentence = reading.sentences[index]
    defer { noteLeadIn(index) }
    noteNumber(index)
    while mentionCursor < mentions.count, mentions[mentionCursor].tokens.upperBound <= sentence.tokens.lowerBound {
      mentionCursor += 1
    }
    while periodCursor < periods.count, periods[periodCursor].tokens.upperBound <= sentence.tokens.lowerBound {
      periodCursor += 1
    }
    let parser = NumberParser(reading: reading)
    let isContents = rejector.isContents(index)
    var numbers: [NumberMention] = []
    var token = sentence.tokens.lowerBound
    var lastAge = -1
    var cellMentions: [(NumberMention, TableCell)] = []
    while token < sentence.tokens.upperBound {
      if sentence.section != .boilerplate, let cell = nextCell(containing: token),
        let mention = parser.parse(cell.number, sentence: index, limit: cell.tokens.upperBound)
      {
        cellMentions.append((mention, cell))
        token = max(cell.tokens.upperBound, mention.tokens.upperBound)
        continue
      }
      guard parser.canOpen(token), var mention = parser.parse(token, sentence: index) else {
        token += 1
        continue
      }
      // A qualifier or a sign is looked for across the sentence's borders; it does not count there.
      mention.phraseStart = max(mention.phraseStart, sentence.tokens.lowerBound)
      // "38 | arrests": a table whose numbers stand first.
      if reading.isMark(mention.headStart, "|"), !reading.isMark(mention.phraseStart - 1, "|") {
        mention.headStart += 1
      }
      mention.headStart = min(mention.headStart, sentence.tokens.upperBound)
      let joinsAge =
        lastAge >= 0 && mention.form == .plain && mention.low <= Self.yearsOfAgeMax
        && reading.isJoint(lastAge, mention.tokens.lowerBound)
      if let reason = rejector.reason(mention) ?? (joinsAge ? .age : isInPeriod(mention) ? .date : nil)
        ?? reasonOfPlace(mention, index, isContents: isContents)
      {
        lastAge = reason == .age ? mention.tokens.upperBound : -1
        reject(mention, reason)
        // A range in an age or a date is one number with it.
      } else {
        numbers.append(mention)
      }
      token = mention.tokens.upperBound
    }
    noteBrackets(sentence)
    let firstClaim = claims.count
    for (mention, cell) in cellMentions { add(mention, cell, sentence: index) }
    guard !numbers.isEmpty else {
      if !cellMentions.isEmpty { lastSentence = index }
      noteRun(sentence)
      // "There have been no deaths since 2015." says nothing of the next sentence.
      if let told = framePeriod(sentence, []), told.end != nil || sentence.startsBlock {
        lastFrame = told
        lastFramed = index
        lastSentence = claims.isEmpty ? lastSentence : index
      } else if sentence.startsParagraph, cellMentions.isEmpty {
        lastFrame = nil
      }
      return
    }
    let frame = framePeriod(sentence, numbers)
    for position in numbers.indices {
      let bound =
        position + 1 < numbers.count ? numbers[position + 1].phraseStart : sentence.tokens.upperBound
      // "Six officers, a sergeant and two members of the public were hurt": the verb stands behind the whole list.
      var last = position
      var next = position + 1
      while next < numbers.count,
        reading.isWord(numbers[next].phraseStart - 1, .and) || reading.isMark(numbers[next].phraseStart - 1, ",")
      {
        // "15,000 crimes, and three-fifths have been solved": a share is no member of a list of counts.
        let isShare = [.percent, .fraction].contains(numbers[next].form)
        if isShare != [.percent, .fraction].contains(numbers[position].form) { break }
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
    // "On Christmas Day it was 74": of its sentence only.
    let isNamedDay =
      frame.map { $0.start == $0.end && ($0.text.hasSuffix(" Day") || $0.text.hasSuffix(" Eve")) } ?? false
    let isPassing = isNamedDay || isLookBack(sentence, frame)
    if frame != nil, !isListItem(sentence) { run = nil }
    if !isPassing, frame != nil || !inParagraph(index) {
      lastFrame = carriedPeriod(sentence, frame, firstClaim: firstClaim)
    }
    if frame != nil, !isPassing { lastStated = lastFrame }
    if claims.count > firstClaim { lastSentence = index }
  }

  func reject(_ mention: NumberMention, _ reason: RejectionReason) {
    let span = span(mention)
    rejections.append(
      Rejection(span: span, text: reading.string(mention.tokens), reason: reason))
  }

  func span(_ mention: NumberMention) -> Span {
    Span(
      Int(reading.tokens[mention.tokens.lowerBound].start),
      Int(reading.tokens[mention.tokens.upperBound - 1].end))
  }

  func isInPeriod(_ mention: NumberMention) -> Bool {
    var cursor = periodCursor
    while cursor < periods.count, periods[cursor].tokens.lowerBound < mention.tokens.upperBound {
      if periods[cursor].tokens.overlaps(mention.tokens) { return true }
      cursor += 1
    }
    return false
  }

  /// Why a number is no figure where it stands: in a label of a table, a table of contents, the number of a question.
  private func reasonOfPlace(_ mention: NumberMention, _ index: Int, isContents: Bool) -> RejectionReason? {
    if isTableLabel(mention.tokens.lowerBound) { return .identifier }
    if isContents { return .page }
    if isQuestionNumber(mention, index) { return .bullet }
    return reasonOfSection(mention, reading.sentences[index])
  }

  /// Numbers of the page, and those that a correction takes back: "an earlier version said 340".
  func reasonOfSection(_ mention: NumberMention, _ sentence: Sentence) -> RejectionReason? {
    switch sentence.section {
    case .boilerplate: return .boilerplate
    case .correction:
      let isOld = sentence.tokens.contains {
        reading.isWord($0, .earlier) && reading.isWord($0 + 1, .version)
          || reading.isWord($0, .wrongly) && $0 < mention.phraseStart
      }
      // "…, which gave 61, has been corrected to 65".
      if let right = sentence.tokens.last(where: { reading.isWord($0, .correctedWord) }), mention.phraseStart < right {
        return .corrected
      }
      // "…; the correct number is 3,016": a sentence of its own, or what stands behind the word.
      let isRight = tokenRange(sentence.tokens.lowerBound, mention.phraseStart).contains { reading.isWord($0, .right) }
      return isOld && !isRight ? .corrected : nil
    default: return nil
    }
  }

  // MARK: - Cells of tables

  func nextCell(containing token: Int) -> TableCell? {
    while cellCursor < cells.count, cells[cellCursor].tokens.upperBound <= token { cellCursor += 1 }
    guard cellCursor < cells.count, cells[cellCursor].tokens.contains(token) else { return nil }
    return cells[cellCursor]
  }

  /// A number in the label of a row is a code or a part of a name.
  func isTableLabel(_ token: Int) -> Bool {
    cellCursor < cells.count && cells[cellCursor].rowLabel.contains(token)
  }

  /// What figures count that stand in some tokens before a table: the last of them that says more than that they are people
  /// or things; empty where none does, nil where there are none.
  private func metric(toldIn tokens: Range<Int>) -> String? {
    guard !tokens.isEmpty else { return nil }
    let span = Int(reading.tokens[tokens.lowerBound].start)..<Int(reading.tokens[tokens.upperBound - 1].end)
    // From the last one outside of a table: a table may be long, and each of its cells asks.
    var index = lastProse
    while index >= 0, claims[index].span.start >= span.upperBound { index -= 1 }
    guard index >= 0, span.contains(claims[index].span.start) else { return nil }
    while index >= 0, span.contains(claims[index].span.start) {
      let metric = MetricFinder.base(claims[index].metric)
      if told[index].isMain, !MetricFinder.genericMetrics.contains(metric) { return metric }
      index -= 1
    }
    return ""
  }

  func add(_ mention: NumberMention, _ cell: TableCell, sentence index: Int) {
    var cell = cell
    // "c) 25979": the letter of the part of a question that the line answers.
    let label = cell.rowLabel
    if label.count == 2, reading.isListLetter(label.lowerBound), let part = part(reading.word(label.lowerBound)) {
      question = part
      question?.sentence = index
      cell.rowLabel = label.upperBound..<label.upperBound
    }
    // "2. 42045⏎3. 2011 - 912": the lines above are of another question.
    let numbered = question(before: index).flatMap { $0.isNumbered ? $0 : nil }
    if let numbered, numbered.asked != nil {
      let first = reading.sentences[numbered.sentence].tokens.lowerBound
      cell.captions.removeAll { $0.lowerBound < first }
    }
    let before = lastProseMain >= 0 ? lastProseMain : lastMain
    let main = before >= 0 ? told[before] : told.last
    let asked =
      question(before: index)?.asked.flatMap { metrics.isOfTable($0) ? $0 : nil }
      ?? (reading.isOfRequest ? firstAsked : nil)
    // "comments | 27".
    if cell.rowLabel.count == 1, let label = cell.rowLabel.first, reading.isWord(label, .boiler) {
      return reject(mention, .boilerplate)
    }
    // A share that stands there is of what was asked, and not its number.
    let answer = cell.rowLabel.isEmpty && mention.form == .plain ? numbered?.asked : nil
    guard
      let finding = answer
        ?? metrics.find(mention, cell, lastOfText: main, asked: asked, toldIn: { metric(toldIn: $0) })
    else {
      return reject(mention, .other)
    }
    // "Nationality | Number": the row says who, not where.
    let isOfNationalities = cell.corner.contains { reading.isWord($0, .nationality) }
    let row = isOfNationalities ? [cell.columnHeading] : [cell.rowLabel, cell.columnHeading]
    // A paragraph further up may name other places on the way; the period that it sets goes on.
    let captions = cell.captions.enumerated()
      .prefix { $0.offset == 0 || !reading.isMark($0.element.upperBound - 1, ".") }.map(\.element)
    let place =
      (row + captions).compactMap { self.place(in: $0) }.first ?? headingRegions[index]
      ?? defaultRegion
    let finder = PeriodFinder(reading: reading, country: country)
    noteValue(mention)
    trace?.note(
      "metric", finding.rules.joined(separator: "; "),
      [cell.rowLabel, cell.columnHeading].map { reading.string($0) }.joined(separator: " | "))
    func period(in words: Range<Int>) -> Period? {
      let corner = captions.first { finder.statesEndOfYears($0) } ?? cell.corner
      // The line with the day of publication is no caption.
      return finder.period(inHeading: words, corner: corner).flatMap {
        $0.start != $0.end || $0.start != publication ? $0 : nil
      }
    }
    let stated =
      period(in: cell.rowLabel) ?? period(in: cell.columnHeading) ?? (cell.rowLabel.isEmpty ? numbered?.period : nil)
    // "2022 | 2023 | Change": a change is of the year that it led to.
    let ofRow =
      stated == nil && cell.rowLabel == lastRow.label && MetricFinder.base(finding.metric) != finding.metric
      ? lastRow.period : nil
    // What a sentence above the table compares with is not of when the table is.
    var ofCaption: Period?
    for caption in cell.captions where ofCaption == nil && stated == nil && ofRow == nil {
      if lastFrame == nil && lastStated == nil || !reading.isMark(caption.upperBound - 1, ".") {
        ofCaption = period(in: caption)
      }
    }
    let whole = stated ?? ofRow ?? ofCaption ?? headingPeriods[index] ?? lastFrame ?? lead?.period
    // "Jan | Feb | Mar": of the year that another heading, or a line above, states.
    let ofMonth = whole.flatMap { whole in
      [cell.columnHeading, cell.rowLabel].lazy.compactMap { finder.month(inHeading: $0, of: whole) }.first
    }
    let period = ofMonth ?? whole
    if let start = stated?.start, cell.rowLabel != lastRow.label || (lastRow.period?.start).map({ start > $0 }) ?? true
    {
      lastRow = (cell.rowLabel, stated)
    } else if cell.rowLabel != lastRow.label {
      lastRow = (cell.rowLabel, nil)
    }
    var population = populations.find(cell, finding: finding) {
      self.place(in: $0) != nil || finder.period(inHeading: $0) != nil
        || $0.count == 1 && reading.isWord($0.lowerBound, .month)
    }
    // "How many were under the age of 18?", above a line for each year.
    if population.dimensions.isEmpty, cell.columnHeading.isEmpty, let asked = question(before: index)?.population {
      population = asked
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
    isOfOther.append(false)
    told.append(Told(claims[claims.count - 1], isMain: isMain(finding.metric)))
    if told[told.count - 1].isMain { lastMain = claims.count - 1 }
    lastAction = -1
    noteRest(
      claims[claims.count - 1], area: "row, column or line above the table",
      period: "row, column or line above the table")
    trace?.endClaim(claims[claims.count - 1])
  }

  // MARK: - Evidence

  func noteValue(_ mention: NumberMention) {
    guard let trace else { return }
    trace.note(
      "value", "\(mention.form)" == "plain" ? "number" : "number: \(mention.form)", reading.string(mention.tokens))
    guard mention.precision != .exact else { return }
    let before = reading.string(tokenRange(mention.phraseStart, mention.tokens.lowerBound))
    let after = reading.string(tokenRange(mention.tokens.upperBound, mention.headStart))
    trace.note("value", "qualifier: \(mention.precision.rawValue)", before.isEmpty ? after : before)
  }

  func noteMetric(_ finding: MetricFinding) {
    guard let trace else { return }
    let tokens = [finding.verb, finding.noun].compactMap { $0 }.sorted()
    trace.note(
      "metric", finding.rules.joined(separator: "; "),
      tokens.map { reading.string($0..<$0 + 1) }.joined(separator: " … "))
  }

  func noteRest(_ claim: Claim, area: String? = nil, period: String? = nil) {
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

  /// The index of the first mention that begins at a token or behind it.
  func firstMention(from token: Int) -> Int {
    var low = 0
    var high = mentions.count
    while low < high {
      let middle = (low + high) / 2
      if mentions[middle].tokens.lowerBound < token { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The area that is named in some words of a table.
  func place(in tokens: Range<Int>) -> Int? {
    guard !tokens.isEmpty else { return nil }
    var low = firstMention(from: tokens.lowerBound)
    var first: Int?
    // "the NCA, police forces in England and Wales, Police Scotland …": a sentence that lists bodies is of none of them.
    if reading.isMark(tokens.upperBound - 1, "."), defaultRegion >= 0,
      Set(
        mentions[low..<firstMention(from: tokens.upperBound)].filter {
          $0.region >= 0 && $0.region != defaultRegion && !$0.isExample
        }.map(\.region)
      ).count > 1
    {
      return nil
    }
    while low < mentions.count, mentions[low].tokens.lowerBound < tokens.upperBound {
      if mentions[low].region >= 0, !mentions[low].isExample {
        // "supplied to the UK Missing Persons Unit by forces in England and Wales".
        if mentions[low].kind == .region, mentions[low].isLocative { return mentions[low].region }
        // "seizures by police forces and Border Force", in a text on England and Wales: no area of its own.
        let isWiderBody =
          mentions[low].organisation >= 0 && defaultRegion >= 0
          && reading.lexicon.gazetteer.isNational(mentions[low].region)
          && reading.lexicon.gazetteer.contains(
            reading.lexicon.gazetteer.regions[mentions[low].region].id,
            reading.lexicon.gazetteer.regions[defaultRegion].id)
        if !isWiderBody { first = first ?? mentions[low].region }
      }
      low += 1
    }
    return first
  }

  // MARK: - One claim

  /// "71 reports and losses of £640,000. There were 46 in Eastbourne", "27 were jailed, for a total of 94 years. Nineteen of
  /// them": what a number that is no sum goes on with.
  private func countBefore(_ last: Int, _ mention: NumberMention) -> Int {
    func isSum(_ claim: Int) -> Bool {
      MetricFinder.currencies.contains(told[claim].unit) || told[claim].metric == "jail_years"
    }
    guard mention.currency.isEmpty, isSum(last) else { return last }
    return claims.indices[..<last].reversed().prefix { told[$0].span.start >= startOfLastSentence }.first {
      !isSum($0)
    } ?? last
  }

  func add(
    _ mention: NumberMention, sentence index: Int, after previousEnd: Int, bound: Int, listBound: Int, firstClaim: Int,
    frame: Period?
  ) {
    let sentence = reading.sentences[index]
    // "147,430 officers in the 43 forces", "71 arrests as two marches converged": what is left out later is seldom the
    // forces, or a thing that no table knows.
    let previous = lastMain >= firstClaim ? lastMain : claims.indices.last
    // "The sex of two persons was not recorded. Sixty-four were under 18": of those told before.
    let isPassing = claims.last.map { $0.metric == "persons" && $0.rules == ["noun"] } ?? false
    let isOfLast =
      lastMain >= 0
      && (claims[lastMain].span.start >= startOfLastSentence
        || isPassing && told[lastMain].isPeople && claims.count - lastMain <= 2)
    let recent = !isNear(index) ? nil : isOfLast ? lastMain : claims.indices.last
    var context = MetricContext(
      sentence: sentence.tokens, bound: bound, listBound: listBound,
      previousInSentence: claims.count > firstClaim ? previous.map { told[$0] } : nil,
      previousAction: claims.count > firstClaim ? lastAction : -1,
      previous: recent.map { told[countBefore($0, mention)] }, lastOfText: told.last)
    context.toldMetrics = toldMetrics
    context.main = lastMain >= 0 ? told[lastMain] : nil
    context.people = people(near: index) { _ in true }
    context.adults = people(near: index) { $0.unit == "persons" }
    context.leadIn = leadIn
    context.listHeading = listHeading
    context.members = members
    context.asked = question(before: index)?.asked
    if claims.count > firstClaim + 1 { context.pair = Array(told[firstClaim..<firstClaim + 2]) }
    context.usual = usual.map { told[$0] }
    let again = toldBefore(mention, sentence.tokens.upperBound)
    context.told = again.map { told[$0] }
    switch metrics.find(mention, context) {
    case .rejected(let reason):
      trace?.dropClaim()
      reject(mention, reason)
    case .found(let finding):
      noteValue(mention)
      noteMetric(finding)
      let antecedent = finding.isToldBefore ? again : finding.isInherited ? previous : nil
      let subset = finding.isSubset ? antecedent ?? previous : nil
      let place = region(
        mention, sentence: index, bound: bound, antecedent: antecedent,
        told: again.flatMap { claims[$0].metric == finding.metric ? $0 : nil }, firstClaim: firstClaim)
      var population = populations.find(
        mention, finding: finding, bound: bound, previous: claims.count > firstClaim ? told.last : nil,
        places: mentions(in: sentence.tokens))
      // "1,320 potential victims in London, the North West for 811".
      if population.dimensions.isEmpty, !finding.isSubset, let antecedent,
        claims.count > firstClaim || finding.isToldBefore
      {
        population = (claims[antecedent].population, claims[antecedent].populationText)
      }
      // "How many of those were under 16?", above the number of an answer.
      if population.dimensions.isEmpty, finding.rules.first == "answer to a question",
        let asked = question(before: index)?.population
      {
        population = asked
      }
      let operation = operations[index]
      let isChange =
        finding.unit == "percent" && !finding.metric.hasSuffix("_share")
        || finding.metric != MetricFinder.base(finding.metric) && !finding.metric.hasSuffix("_share")
      var period =
        periodOfBracket(mention)
        ?? period(
          mention, after: previousEnd, bound: bound, sentence: sentence, frame: frame, isChange: isChange)
      var periodRule =
        period == nil ? "" : period == frame ? "the period of the sentence" : "a period beside the number"
      if period == nil, let antecedent {
        let inherited = claims[ofMain(antecedent)].period
        period =
          claims.count > firstClaim || finding.isToldBefore ? inherited : goesOn(index) ? lastFrame ?? inherited : nil
      }
      if period != nil, periodRule.isEmpty { periodRule = "the period of the figure before" }
      if period == nil, finding.rules.first == "answer to a question",
        let asked = question(before: index).flatMap({ $0.isNumbered ? $0.period : nil })
      {
        period = asked
        periodRule = "the question"
      }
      let isStock =
        Self.stockMetrics.contains(finding.metric)
        && !sentence.tokens.contains { reading.isWord($0, .deployment) }
      if period == nil, inParagraph(index) || goesOnAfterPeriod(index), !isStock, let lastFrame {
        period = lastFrame
        periodRule = "the period of the paragraph"
      }
      if period == nil, !isStock, let heading = headingPeriods[index] {
        period = heading
        periodRule = "the heading above"
      }
      if period == nil, !isStock, let run {
        period = run
        periodRule = "the time that the section tells of"
      }
      if period == nil, let lead,
        lead.operation == operation || operation == nil || lead.operation == nil && isOnlyOperation,
        !isStock
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
      lastProse = claims.count - 1
      regions.append(place)
      isOfOther.append(isCompared(mention, sentence.tokens))
      told.append(Told(claims[claims.count - 1], isMain: isMain(finding.metric)))
      if told[told.count - 1].isMain {
        toldMetrics.insert(finding.metric)
        lastMain = claims.count - 1
        lastProseMain = lastMain
        noteUsual(finding)
      }
      if mention.form == .plain, mention.low > 2 { toldValues[mention.low] = claims.count - 1 }
      lastAction = finding.action
      noteRest(claims[claims.count - 1])
      trace?.endClaim(claims[claims.count - 1])
    }
  }

  /// The claim whose number is said again with an article: "the 2,816 cases", "ten of the 13".
  func toldBefore(_ mention: NumberMention, _ end: Int) -> Int? {
    guard mention.form == .plain, mention.precision == .exact else { return nil }
    if reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .determiner) {
      guard let whole = NumberParser(reading: reading).cardinal(mention.headStart + 2, end) else { return nil }
      return toldValues[whole.value]
    }
    guard reading.isWord(mention.tokens.lowerBound - 1, .determiner) else { return nil }
    return toldValues[mention.low]
  }

  /// Whether what a metric counts is what a text reports, not who acted or a thing that no table knows.
  func isMain(_ metric: String) -> Bool {
    !MetricFinder.isActors(metric) && reading.lexicon.catalog[MetricFinder.base(metric)] != nil
  }

  /// Counts how often each metric is told, and keeps a claim of the one told most.
  func noteUsual(_ finding: MetricFinding) {
    guard finding.unit != "percent", finding.unit != "times", finding.metric == MetricFinder.base(finding.metric) else {
      return
    }
    let count = (timesTold[finding.metric] ?? 0) + 1
    timesTold[finding.metric] = count
    if count >= (usual.flatMap { timesTold[claims[$0].metric] } ?? 0) { usual = claims.count - 1 }
  }

  /// Which part of a question: "2 c)".
  struct QuestionPart: Hashable {
    let number: Int
    let letter: String
  }

  /// The last question of a text.
  struct Question {
    var sentence: Int
    /// What it asks the number of.
    let asked: MetricFinding?
    /// Where it asks for it.
    let region: Int?
    /// Of which part.
    let population: (dimensions: [Dimension], text: String)
    /// Whether the number of an answer says that it is meant.
    var isNumbered = false
    /// When, if it says so itself.
    var period: Period?
  }

  /// Sentences from a question to the last line of its answer.
  private static let answerReach = 12

  /// The question that a sentence may answer.
  func question(before index: Int) -> Question? {
    question.flatMap { index - $0.sentence <= Self.answerReach ? $0 : nil }
  }

  /// No age is over this: "under 18 and 212 were …".
  static let yearsOfAgeMax = 110.0

  /// Claims back to which "the children" may point.
  private static let peopleReach = 12
  private static let peopleTokens = 200

  /// The last claim of people whose metric says more than that they are people.
  func people(near index: Int, _ isMeant: (Told) -> Bool) -> Told? {
    let first = reading.sentences[index].tokens.lowerBound
    guard let last = told.suffix(Self.peopleReach).last(where: { $0.isPeople && isMeant($0) }) else { return nil }
    let reach = reading.tokens[max(0, first - Self.peopleTokens)].start
    return last.span.start >= Int(reach) ? last : nil
  }

  private var startOfLastSentence: Int {
    lastSentence < 0 ? 0 : Int(reading.tokens[reading.sentences[lastSentence].tokens.lowerBound].start)
  }

  func quantity(_ mention: NumberMention, _ finding: MetricFinding) -> Quantity {
    if mention.precision == .range || mention.isInWordsOnly {
      // "Almost all": below the whole, and no words for how far.
      let isBelowOnly = mention.isInWordsOnly && mention.low == 0
      return Quantity(
        low: isBelowOnly ? nil : mention.low, high: mention.high, precision: mention.precision, unit: finding.unit)
    }
    return Quantity(mention.low + months(beside: mention, finding), mention.precision, unit: finding.unit)
  }

  /// "87 years and four months" in prison: the months, in years.
  private func months(beside mention: NumberMention, _ finding: MetricFinding) -> Double {
    let year = mention.headStart
    guard finding.metric == "jail_years", reading.timeUnit(year) == "Y", reading.isWord(year + 1, .and),
      let number = NumberParser(reading: reading).cardinal(year + 2, min(year + 5, reading.tokens.count)),
      reading.timeUnit(number.end) == "M", number.value < 12
    else { return 0 }
    return number.value / 12
  }

  /// Whether what was said last may be carried over: the same paragraph, or the line before.
  func isNear(_ index: Int) -> Bool {
    guard lastSentence >= 0 else { return false }
    return reading.sentences[lastSentence].paragraph == reading.sentences[index].paragraph
  }

  func isHedged(_ mention: NumberMention, _ tokens: Range<Int>) -> Bool {
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
}
