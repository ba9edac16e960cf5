// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What the cells of tables count.
extension MetricFinder {
  /// Tokens of a sentence above a table that may still be about it.
  private static let captionTokens = 20

  // MARK: - Cells of tables

  /// What a cell counts: by the label of its row, the heading of its column, the lines above the table.
  /// - Parameter toldIn: what the figures count that a line above the table has itself; nil where it has none, empty where
  ///   they don't tell.
  func find(
    _ mention: NumberMention, _ cell: TableCell, lastOfText: Told?, asked: MetricFinding?,
    toldIn: (Range<Int>) -> String?
  ) -> MetricFinding? {
    // Below an answer's words on the law a table is of what was asked.
    let captions = cell.captions.filter {
      asked == nil || $0.count <= Self.captionTokens || !reading.isMark($0.upperBound - 1, ".")
    }
    let words = [cell.rowLabel, cell.columnHeading] + captions
    if mention.form == .money {
      let told = words.lazy.compactMap { words in
        words.lazy.compactMap { index -> String? in
          let lexeme = self.reading.lexeme(index)
          let told = self.reading.moneyMetric(index)
          if told.hasPrefix("assets"), let done = assetsDone(words) { return done }
          return told.isEmpty ? self.lexicon.metric(action: lexeme.action, kind: "money") : told
        }.first
      }.first
      return MetricFinding(metric: told ?? "money", unit: mention.currency, rules: ["cell of a table"])
    }
    if reading.lexeme(mention.headStart).noun >= 0, cell.tokens.contains(mention.headStart) {
      let unit = reading.noun(mention.headStart)
      if unit.kind == "weight" {
        return MetricFinding(metric: unit.metric, unit: unitOfWeight(mention.headStart), rules: ["cell of a table"])
      }
    }
    // "Herbal cannabis (kg)": the label says in what it is weighed.
    if let unit = cell.rowLabel.last(where: { reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "weight" }),
      reading.isMark(unit - 1, "("), reading.isMark(unit + 1, ")")
    {
      return MetricFinding(metric: reading.noun(unit).metric, unit: unitOfWeight(unit), rules: ["cell of a table"])
    }
    // A sentence above the table says what its own figures count, before any other of its words.
    let told = words.map { toldIn($0) }
    let labels = zip(words, told).filter { $0.1 == nil }.map(\.0)
    let ofFirst = zip(words, told).lazy.compactMap { words, told in
      told.map { $0.isEmpty ? nil : $0 } ?? labelMetric(words).flatMap { isSaidByTheWay($0, in: words) ? nil : $0 }
    }.first
    // "Outcome | Number": of what the outcomes are is said above.
    let ofOutcome =
      (cell.corner.contains { reading.isWord($0, .result) } && labelMetric(cell.rowLabel) == nil
        || cell.corner.contains { reading.isWord($0, .reasonWord) }) && labelMetric(cell.columnHeading) == nil
      ? lastOfText.map { Self.base($0.metric) } : nil
    // "Force total | 76": a word for those who acted says less than what was asked.
    let ofAny = labels.lazy.compactMap { anyMetric($0) }.first
    let ofLabel =
      ofFirst ?? (ofAny.map { Self.isActors($0) || Self.genericMetrics.contains($0) } ?? true ? asked?.metric : nil)
      ?? ofAny
    let ofText = lastOfText.map { Self.base($0.metric) }
    let known =
      ofOutcome ?? ofLabel ?? ofText ?? words.lazy.compactMap { labelMetric($0) ?? anyMetric($0) }.first
    // "The arrests were for:", above lines of offences.
    var metric =
      cell.captions.first.flatMap { metricOfLeadIn($0) ?? doneForOffence($0, label: cell.rowLabel) } ?? known
      ?? asked?.metric ?? slug(cell)
    // "Handling offensive weapons", "Criminal damage", in a table of recorded crimes: no things that were seized.
    if let ofText, metric.hasSuffix("_seized") || metric == "offenders", metric == labelMetric(cell.rowLabel),
      ofText == "recorded_crimes" || ofText == "stop_searches",
      !cell.rowLabel.contains(where: { reading.lexeme($0).action >= 0 }),
      !cell.captions.contains(where: { $0.contains { isAction($0, "seize") } })
    {
      metric = ofText
    }
    // "Possession of article with blade or point": an offence.
    if metric.hasSuffix("_seized"), words.contains(where: { $0.contains { reading.word($0) == "possession" } }),
      !words.contains(where: { $0.contains { isAction($0, "seize") } })
    {
      metric = "recorded_crimes"
    }
    // "The number of cases sent to each force", below a question for referrals.
    if let asked, metric == "recorded_crimes" || metric == "cases",
      let noun = cell.captions.lazy.flatMap({ $0 }).first(where: { index in
        self.reading.lexeme(index).noun >= 0 && ["case", "crime"].contains(self.reading.noun(index).kind)
      }), reading.noun(noun).kind == "case"
    {
      metric = asked.metric
    }
    // "Individual children", in a table on missing people.
    let isOfChildren = [cell.rowLabel, cell.columnHeading].contains {
      $0.contains { reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "child" }
    }
    if metric == "missing_persons", isOfChildren { metric = "missing_children" }
    let base = Self.base(metric)
    let unit = lexicon.catalog[base]?.unit ?? "items"
    func found(_ metric: String, _ unit: String) -> MetricFinding {
      MetricFinding(metric: metric, unit: unit, rules: ["cell of a table"])
    }
    let before = mention.tokens.lowerBound - 1
    let isSigned = cell.tokens.contains(before) && (reading.isMark(before, "+") || reading.isMark(before, "-"))
    let changes = [cell.columnHeading, cell.rowLabel].contains { $0.contains { reading.isWord($0, .changeWord) } }
    // "The highest rates per 10,000 people were in:", above a table of counts for each place.
    let rates =
      [cell.columnHeading, cell.rowLabel].first { $0.contains { reading.isWord($0, .rateWord) } }
      ?? cell.captions.first.flatMap { caption in
        reading.isMark(caption.upperBound - 1, ":") && caption.contains { reading.isWord($0, .rateWord) }
          && lastOfText?.metric.hasSuffix("_rate") == true ? caption : nil
      }
    if isSigned || changes {
      let isDown = cell.tokens.contains(before) && reading.isMark(before, "-")
      // "% change": of the numbers below, which have no sign of their own.
      let isPercent = mention.form == .percent || cell.columnHeading.contains { reading.isMark($0, "%") }
      return found(base + (isDown ? "_decrease" : "_increase"), isPercent ? "percent" : unit)
    }
    if let rates {
      let denominator = rates.first { reading.isWord($0, .per) && reading.isNumber($0 + 1) }
      return found(
        // A rate in percent is a share.
        base + (mention.form == .percent ? "_share" : "_rate"),
        mention.form == .percent ? "percent" : denominator.map { "per " + reading.string($0 + 1..<$0 + 2) } ?? "rate")
    }
    switch mention.form {
    case .percent, .fraction: return found(base + "_share", "percent")
    case .money: return found(metric, mention.currency)
    default: return found(metric, unit)
    }
  }

  /// Whether what a question asks the number of may be what the cells below it count.
  func isOfTable(_ asked: MetricFinding) -> Bool {
    lexicon.catalog[asked.metric] != nil && !Self.isActors(asked.metric) && !Self.genericMetrics.contains(asked.metric)
  }

  /// What a line that ends in "for:" says of the lines below it.
  func metricOfLeadIn(_ tokens: Range<Int>) -> String? {
    // "Figures for missing persons are as follows.", "led to the following arrests in several countries:".
    if let follow = tokens.last(where: { ["follows", "following"].contains(reading.word($0)) }) {
      let isLast = follow + 2 >= tokens.upperBound && reading.isWord(follow - 1, .as)
      let named = isLast ? labelMetric(tokens.lowerBound..<follow) : nil
      if let named { return named }
      if reading.isMark(tokens.upperBound - 1, ":"), let metric = labelMetric(follow + 1..<tokens.upperBound) {
        return metric
      }
    }
    guard reading.isMark(tokens.upperBound - 1, ":"), reading.isWord(tokens.upperBound - 2, .for) else { return nil }
    return labelMetric(tokens)
  }

  /// "Arrests in several countries:", "Arrests by offence", above "Document fraud: 12": what was done, and for what.
  private func doneForOffence(_ caption: Range<Int>, label: Range<Int>) -> String? {
    guard !reading.isMark(caption.upperBound - 1, "."), label.contains(where: { saysOffence($0) }),
      !label.contains(where: { reading.isWord($0, .action) && reading.lexeme($0).noun < 0 }),
      // "Charges | Convictions": a label that says by itself what was done.
      label.lazy.compactMap({ index -> String? in
        self.reading.lexeme(index).noun >= 0 ? self.reading.noun(index).metric : nil
      }).allSatisfy({ !Self.doneToPeople.contains($0) }),
      let metric = labelMetric(caption), Self.doneToPeople.contains(metric)
    else { return nil }
    return metric
  }

  /// What may be counted by offence in the lines of a list.
  private static let doneToPeople: Set<String> = ["arrests", "charges", "convictions", "detentions", "cautions"]

  private func saysOffence(_ index: Int) -> Bool {
    reading.isWord(index, .offenceWord | .offenceNoun) || !reading.moneyMetric(index).isEmpty
      || ["trafficking", "smuggling", "possession", "immigration", "crimes", "offences", "warrant"].contains(
        reading.word(index))
      || reading.lexeme(index).noun >= 0 && reading.noun(index).kind == "crime"
  }

  /// "Those held included:", "Among those arrested:", "They include:": what the people of the list below count as.
  func metricOfMembers(_ tokens: Range<Int>, people: Told?) -> String? {
    guard reading.isMark(tokens.upperBound - 1, ":"), tokens.count <= Self.memberLineTokens,
      tokens.contains(where: { reading.isWord($0, .include) }) || isAmong(tokens.lowerBound),
      !tokens.contains(where: { reading.lexeme($0).noun >= 0 && reading.noun($0).unit != "persons" })
    else { return nil }
    let done = tokens.lazy.compactMap { index in
      let action = self.reading.lexeme(index).action
      return action >= 0 ? self.lexicon.metric(action: action, kind: "person") : nil
    }.first
    return done ?? (reading.isWord(tokens.lowerBound, .pronoun) ? people.map { Self.base($0.metric) } : nil)
  }

  /// Tokens of a line that only says whom the list below it is of.
  private static let memberLineTokens = 10

  func isAmong(_ index: Int) -> Bool {
    reading.isWord(index, .preposition) && reading.word(index).hasPrefix("among")
  }

  /// The words of a column's heading, or of the row's label, where no table knows what they count.
  func slug(_ cell: TableCell) -> String {
    for words in [cell.columnHeading, cell.rowLabel] {
      let names = words.filter {
        reading.tokens[$0].kind == .word && !reading.isWord($0, .determiner | .month | .preposition)
      }
      if !names.isEmpty, names.count <= 5 {
        return names.map { reading.word($0) }.joined(separator: "_")
      }
    }
    return "figures"
  }

  /// What the words of a label count, if they say it: something done, or a noun that is a metric of its own.
  func labelMetric(_ tokens: Range<Int>) -> String? {
    if tokens.contains(where: { isNoFurtherAction($0) || reading.word($0) == "evidential" }) {
      return "no_further_action"
    }
    // "Not recorded", "Not stated".
    if let first = tokens.first, tokens.count <= 3, reading.word(first) == "not" {
      return nil
    }
    // "Convicted of stalking", "Released without charge", "Charged with robbery": people, whatever the rest names.
    if let first = tokens.first, tokens.contains(first + 1), reading.lexeme(first).action >= 0,
      lexicon.isPersonal(reading.lexeme(first).action),
      reading.isWord(first + 1, .of | .with | .for | .without | .in | .preposition),
      let metric = lexicon.metric(action: reading.lexeme(first).action, kind: "person")
    {
      return metric
    }
    // "Drivers reported for prosecution".
    if let report = tokens.first(where: { isAction($0, "report") }), tokens.contains(report + 2),
      reading.isWord(report + 1, .for | .to),
      tokenRange(report + 2, tokens.upperBound).contains(where: {
        reading.isWord($0, .prosecutor) || reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "prosecution"
      })
    {
      return "charges"
    }
    // "of which county lines flagged": a kind of crime, and no telephone lines.
    let nouns = tokens.filter {
      reading.lexeme($0).noun >= 0
        && !(reading.word($0 - 1) == "county" && tokens.count > 2 && reading.noun($0).kind == "line")
        && !isOfHomeOffice($0)
    }
    // "Fake diazepam tablets seized": pills, and no devices.
    if nouns.contains(where: {
      reading.reads($0, "tablets") && tokens.contains($0 - 1) && reading.moneyMetric($0 - 1) == "drugs_seized_value"
    }) {
      return "drugs_seized_units"
    }
    for index in tokens where reading.lexeme(index).action >= 0 {
      let action = reading.lexeme(index).action
      // "Persons found guilty of having an article with a blade": the second word says what was.
      if tokens.contains(index + 1), reading.lexeme(index + 1).action >= 0, reading.reads(index, "found") { continue }
      // "Stolen phones recovered": what was done last.
      if isAction(index, "steal"), reading.lexeme(index + 1).noun >= 0,
        tokens.contains(where: { $0 > index + 1 && reading.lexeme($0).action >= 0 })
      {
        continue
      }
      for noun in nouns {
        if let metric = lexicon.metric(action: action, kind: reading.noun(noun).kind) {
          return metric
        }
      }
      // "Safeguarding referrals": the word only describes.
      if reading.lexeme(index + 1).noun >= 0, tokens.contains(index + 1), !reading.noun(index + 1).metric.isEmpty,
        !Self.genericMetrics.contains(reading.noun(index + 1).metric)
      {
        continue
      }
      if nouns.allSatisfy({ reading.noun($0).metric.isEmpty }),
        let metric = lexicon.metric(action: action) ?? lexicon.metric(action: action, kind: "person")
      {
        return metric
      }
    }
    // The head of the first noun phrase: "offences" of "knife offences" and of "offences with a knife".
    for noun in nouns where (reading.lexeme(noun + 1).noun < 0 || !tokens.contains(noun + 1)) && !isPublication(noun) {
      var metric = reading.noun(noun).metric
      // "drug seizure incidents": what the noun before says.
      if metric == "incidents", tokens.contains(noun - 1), let seizure = seizureNoun(noun - 1) {
        metric = seizure.metric
      }
      if !metric.isEmpty, !Self.genericMetrics.contains(metric) { return metric }
    }
    return nil
  }

  /// "The figures show how offenders are using …", "Having carried out searches, …": what a sentence above a table names on
  /// the way, and a thing in a row of a table on something else.
  private func isSaidByTheWay(_ metric: String, in words: Range<Int>) -> Bool {
    guard reading.isMark(words.upperBound - 1, ".") else { return false }
    return Self.carriers.contains(metric) || ["searches", "victims", "forces_involved"].contains(metric)
  }

  static let genericMetrics: Set<String> = [
    "persons", "children", "items", "officers", "staff", "forces_involved", "countries_involved", "cities_involved",
    "agencies_involved", "vehicles_seized", "devices_seized", "properties_searched", "premises_visited",
  ]

  func anyMetric(_ tokens: Range<Int>) -> String? {
    tokens.lazy.reversed().compactMap { index -> String? in
      guard reading.lexeme(index).noun >= 0, !isPublication(index), !isOfHomeOffice(index) else { return nil }
      let metric = reading.noun(index).metric
      return metric.isEmpty ? nil : metric
    }.first
  }
}
