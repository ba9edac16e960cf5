// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Shares, amounts of change, multiples and sums of money.
extension MetricFinder {
  // MARK: - Amounts of change

  /// "18 fewer than the year before", "a decrease of 371", "rose by 300": how much, in the unit of what changed.
  func changeAmount(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    var direction: String?
    var base: String?
    let before = mention.phraseStart - 1
    if reading.isWord(before, .by | .of) {
      // "rose over the year by 878", "an increase in volume of 146,670".
      let reach = reading.isWord(before, .by) ? 6 : 4
      for index in tokenRange(max(context.sentence.lowerBound, before - reach), before)
      where before - index <= 2
        || !tokenRange(index + 1, before).contains(where: {
          reading.isNumber($0) || reading.isMark($0, ",") || reading.isMark($0, "(") || reading.isWord($0, .from | .to)
            || reading.lexeme($0).noun >= 0 && !reading.noun($0).metric.isEmpty
        })
      {
        // "made up of 44 constables", "the doors of 3 flats".
        if reading.isWord(before, .of), ["up", "down"].contains(reading.word(index)) { continue }
        if reading.isWord(index, .increase) { direction = "_increase" }
        if reading.isWord(index, .decrease) { direction = "_decrease" }
      }
    }
    // "76,412 incidents, up 4,121 from 72,291".
    if reading.isWord(mention.headStart, .from), reading.isWord(before, .increase | .decrease | .up),
      context.previousInSentence != nil, context.previousInSentence?.unit != "percent",
      reading.isNumber(mention.headStart + 1)
        || tokenRange(mention.headStart + 1, mention.headStart + 4).contains(where: {
          reading.isWord($0, .yearWord | .previousWord | .timeUnit)
        })
    {
      direction = reading.isWord(before, .decrease) ? "_decrease" : "_increase"
    }
    // "which was up 118,706 on the previous year".
    if reading.isWord(before, .increase | .decrease | .up), reading.word(mention.headStart) == "on",
      context.previousInSentence != nil || context.previous != nil
    {
      direction = reading.isWord(before, .decrease) ? "_decrease" : "_increase"
    }
    // "(-11 incidents or -24%)".
    let sign = mention.tokens.lowerBound - 1
    if reading.isMark(sign - 1, "("), reading.touchesPrevious(mention.tokens.lowerBound) {
      if reading.isMark(sign, "+") { direction = "_increase" }
      if reading.isMark(sign, "-") { direction = "_decrease" }
    }
    // "up by 7.9% (1,994 incidents)", "down 14.2% or 1,280 crimes": the same change, counted.
    if let previous = context.previousInSentence, previous.unit == "percent",
      let suffix = ["_increase", "_decrease"].first(where: { previous.metric.hasSuffix($0) }),
      reading.isMark(before, "(") || reading.isWord(before, .or),
      Int(reading.tokens[before].start) - previous.span.end <= 1
    {
      let base = Self.base(previous.metric)
      return MetricFinding(
        metric: base + suffix, unit: lexicon.catalog[base]?.unit ?? "items", rules: ["the same change, counted"])
    }
    var head = noun(from: mention.headStart, context, skipsOf: false)
    // "10 incidents or 12% fewer than in 2023".
    if direction == nil, let head, reading.isWord(head + 1, .or), reading.isNumber(head + 2),
      let word = tokenRange(head + 3, min(head + 6, context.sentence.upperBound)).first(where: {
        reading.isWord($0, .comparative)
      }), reading.isWord(word + 1, .than)
    {
      direction = reading.lexeme(word).value < 0 ? "_decrease" : "_increase"
    }
    if direction == nil {
      var comparative = head.map { $0 + 1 } ?? mention.headStart
      // "7,202 (5.1%) more than a year earlier".
      if head == nil, reading.isMark(comparative, "("),
        let close = tokenRange(comparative, min(comparative + 6, context.sentence.upperBound)).first(where: {
          reading.isMark($0, ")")
        })
      {
        comparative = close + 1
      }
      for index in [mention.headStart, comparative] where direction == nil && reading.isWord(index, .comparative) {
        let goesOn =
          tokenRange(index + 1, min(index + 4, context.sentence.upperBound)).contains {
            reading.isWord($0, .than)
          }
          // "Almost 1,000 more missing person investigations in a year".
          || tokenRange(index + 1, min(index + 8, context.sentence.upperBound)).contains {
            reading.reads($0, "in") && reading.reads($0 + 1, "a") && reading.reads($0 + 2, "year")
          }
        // "Eight more, who had no right to work": no comparison.
        let isAddition = reading.lexeme(index).value > 0 && !goesOn
        // "567 fewer offences", "8,000 fewer crimes": always fewer than some time before.
        let isFewer =
          (reading.lexeme(index).value < 0
            // "rose by 878, because there were 864 more burglaries".
            || context.previousInSentence?.metric.hasSuffix("_increase") == true
              && reading.isWord(mention.phraseStart - 1, .be))
          && noun(from: index + 1, context, skipsOf: false) != nil
        guard goesOn || isFewer || reading.endsPlainly(index + 1), !isAddition || isFewer else { continue }
        direction = reading.lexeme(index).value < 0 ? "_decrease" : "_increase"
        if index == mention.headStart, head == nil { head = noun(from: index + 1, context, skipsOf: false) }
      }
    }
    guard let direction else { return nil }
    if let head {
      base = reading.noun(head).metric
      if let (metric, _) = verbBefore(mention.phraseStart, kind: reading.noun(head).kind, context, mustTouch: true) {
        base = metric
      }
    }
    if base?.isEmpty ?? true {
      base =
        changed(context, before: mention.phraseStart) ?? figureBefore(context).map { Self.base($0.metric) }
    }
    guard let base, !base.isEmpty else { return nil }
    return MetricFinding(
      metric: base + direction, unit: lexicon.catalog[base]?.unit ?? "items", rules: ["amount of a change"])
  }

  /// The figure before; of what the text reports where the last one tells who acted: "recorded by 40 forces. … the 34 per
  /// cent rise".
  func figureBefore(_ context: MetricContext) -> Told? {
    let last = context.previousInSentence ?? context.previous ?? context.lastOfText
    return last.map { Self.isActors(Self.base($0.metric)) } == true ? context.main ?? last : last
  }

  // MARK: - Changes and multiples

  /// "increased by 181%", "a 12 per cent rise in", "up 5%", "halved".
  func change(_ mention: NumberMention, _ context: MetricContext) -> MetricFinding? {
    // "has increased across England and Wales by 15%".
    let reach = reading.isWord(mention.phraseStart - 1, .by) ? 10 : 3
    let window = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - reach), mention.phraseStart)
    var direction: String?
    var anchor = mention.phraseStart
    for index in window.reversed() where direction == nil {
      if reading.isNumber(index) || reading.isMark(index, ";") || reading.isMark(index, ")") { break }
      // "Men made up 71%": a share.
      let isMadeUp =
        reading.word(index) == "up" && (reading.isWord(index - 1, .verb) || reading.lexeme(index - 1).action >= 0)
        && !["shot", "went", "gone", "going", "go"].contains(reading.word(index - 1))
      // "The clear up rate was 54.3%".
      let isOfRate = reading.isWord(index + 1, .rateWord)
      if reading.isWord(index, .increase), !isMadeUp || reading.isWord(index + 1, .by), !isOfRate {
        direction = "_increase"
      }
      if reading.isWord(index, .decrease) { direction = "_decrease" }
      if direction != nil { anchor = index }
    }
    // "(+12%)", "-4%".
    if direction == nil, reading.isMark(mention.tokens.lowerBound - 1, "+") { direction = "_increase" }
    if direction == nil, reading.isWord(mention.tokens.lowerBound, .halved) { direction = "_decrease" }
    var after: Int?
    if direction == nil {
      // "It was 30%, down from 36%": of the other number.
      let end = reading.isMark(mention.headStart, ",") ? mention.headStart : mention.headStart + 2
      for index in tokenRange(mention.headStart, min(end, context.bound)) where direction == nil {
        if reading.isWord(index, .increase) { direction = "_increase" }
        if reading.isWord(index, .decrease) { direction = "_decrease" }
        if reading.isWord(index, .comparative) || reading.isWord(index, .above) {
          direction = reading.lexeme(index).value < 0 ? "_decrease" : "_increase"
        }
        if direction != nil { after = index }
      }
    }
    // "Arrests rose by 83 per cent and raids by 77 per cent": the verb is left out.
    if direction == nil, reading.isWord(mention.phraseStart - 1, .by), let previous = context.previousInSentence,
      let suffix = ["_increase", "_decrease"].first(where: { previous.metric.hasSuffix($0) })
    {
      direction = suffix
    }
    // "(up 6% and 14% respectively)": the direction of the first.
    if direction == nil, reading.isWord(mention.phraseStart - 1, .and), let previous = context.previousInSentence,
      previous.unit == "percent", mention.form == .percent, !reading.isWord(mention.headStart, .of),
      let suffix = ["_increase", "_decrease"].first(where: { previous.metric.hasSuffix($0) }),
      Int(reading.tokens[mention.phraseStart - 1].start) - previous.span.end <= 2
    {
      return MetricFinding(
        metric: Self.base(previous.metric) + suffix, unit: "percent", rules: ["the same change of another"])
    }
    // "a decrease of 371 (1.1%)", "411, or 41.6%": the same change in percent.
    if direction == nil, let previous = context.previousInSentence,
      reading.isMark(mention.phraseStart - 1, "(")
        || reading.isMark(mention.phraseStart - 1, ",") && reading.isWord(mention.phraseStart, .or)
        || reading.isWord(mention.phraseStart - 1, .or),
      previous.metric.hasSuffix("_increase") || previous.metric.hasSuffix("_decrease")
    {
      return MetricFinding(metric: previous.metric, unit: "percent", rules: ["the same change in percent"])
    }
    if direction == nil, let previous = context.previousInSentence, reading.isMark(mention.phraseStart - 1, "("),
      reading.isMark(mention.headStart, ")"),
      tokenRange(mention.headStart + 1, min(mention.headStart + 3, context.sentence.upperBound)).contains(where: {
        reading.isWord($0, .comparative)
      })
    {
      let isLess = tokenRange(mention.headStart + 1, mention.headStart + 3).contains {
        reading.isWord($0, .comparative) && reading.lexeme($0).value < 0
      }
      return MetricFinding(
        metric: Self.base(previous.metric) + (isLess ? "_decrease" : "_increase"), unit: "percent",
        rules: ["the same change in percent"])
    }
    // "The rise in reports over the year was fairly small, at less than 3%", "put the national rise since 2017/18 at 84 per cent".
    var isLevel = false
    if direction == nil, reading.isWord(mention.phraseStart - 1, .at) {
      let clause = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 16), mention.phraseStart - 1)
      if let word = clause.last(where: { reading.isWord($0, .increase | .decrease) }),
        !clause.contains(where: { $0 > word && reading.isNumber($0) && !isOfYear($0) }),
        reading.isWord(word - 1, .determiner) || reading.isWord(word - 2, .determiner)
      {
        direction = reading.isWord(word, .increase) ? "_increase" : "_decrease"
        anchor = word
        isLevel = true
      }
    }
    // "nearly half as many again as at the same point of last year".
    if direction == nil, reading.isWord(mention.headStart, .as), reading.word(mention.headStart + 1) == "many",
      reading.word(mention.headStart + 2) == "again"
    {
      direction = "_increase"
    }
    guard let direction else { return nil }
    var base: String?
    // "There was also a rise in charges and summons, by 24 per cent": what the rise is in.
    if anchor < mention.phraseStart, reading.isWord(anchor + 1, .in | .of),
      isLevel || reading.isWord(mention.phraseStart - 1, .by)
    {
      base = subject(tokenRange(anchor + 2, mention.phraseStart))
    }
    // "a rise of 21% on the 2,820 reports made the year before".
    if after == nil, reading.word(mention.headStart) == "on", reading.isWord(mention.headStart + 1, .determiner),
      let level = NumberParser(reading: reading).cardinal(mention.headStart + 2, context.sentence.upperBound),
      let head = noun(from: level.end, context.whole, skipsOf: false)
    {
      base = verbAfter(head + 1, kind: reading.noun(head).kind, context.whole)?.0 ?? reading.noun(head).metric
    }
    // "17 per cent more reports than in the year before".
    if let after, reading.isWord(after, .comparative), let head = noun(from: after + 1, context, skipsOf: false) {
      // "48 per cent more handsets were stolen": what was done to them.
      let kind = reading.noun(head).kind
      base =
        verbBefore(mention.phraseStart, kind: kind, context, mustTouch: true)?.0 ?? verbAfter(
          head + 1, kind: kind, context)?.0
        ?? reading.noun(head).metric
    }
    if let after, reading.isWord(after + 1, .in | .of | .preposition),
      let head = noun(from: after + 2, context, skipsOf: false)
    {
      let noun = reading.noun(head)
      base = verbAfter(head + 1, kind: noun.kind, context)?.0 ?? noun.metric
    }
    // "Up 6%: homicides in England and Wales".
    if base == nil, reading.isMark(mention.headStart, ":") {
      base = subject(tokenRange(mention.headStart + 1, context.sentence.upperBound))
    }
    // "A decrease of 6 per cent in arrests": what it is in.
    if base == nil, after == nil, anchor < mention.phraseStart, reading.isWord(mention.headStart, .in),
      reading.isWord(mention.phraseStart - 1, .of),
      let head = noun(from: mention.headStart + 1, context.whole, skipsOf: false),
      !Self.actorKinds.contains(reading.noun(head).kind)
    {
      base = verbAfter(head + 1, kind: reading.noun(head).kind, context.whole)?.0 ?? reading.noun(head).metric
    }
    if base?.isEmpty == true { base = nil }
    // "The scheme reduced disorder incidents by 62.7 per cent", "patrols cut violence by 26 per cent": the verb's object.
    if base == nil, anchor + 1 < mention.phraseStart, reading.isWord(mention.phraseStart - 1, .by),
      !reading.isWord(anchor + 1, .in | .of | .by | .preposition | .locative | .to | .from | .adverb)
    {
      let object = tokenRange(anchor + 1, mention.phraseStart - 1)
      base =
        subject(object)
        ?? (object.contains { reading.isWord($0, .offenceWord | .offenceNoun) } ? "recorded_crimes" : nil)
    }
    // "21 per cent fewer dogs stolen".
    if base == nil, let after, reading.isWord(after, .comparative) {
      var open = mention
      open.headStart = after + 1
      if let noun = openNoun(open, context), noun.rules != ["noun of the text"] { base = noun.metric }
    }
    // "20% increase within a year in drug seizures".
    if base == nil, let after, !reading.isWord(after, .comparative),
      let link = tokenRange(after + 1, min(after + 6, context.sentence.upperBound)).last(where: {
        reading.isWord($0, .in) && !reading.isWord($0 + 1, .determiner | .timeUnit | .pronoun)
      }), tokenRange(after + 1, link).contains(where: { reading.isWord($0, .timeUnit | .yearWord) })
    {
      base = subject(tokenRange(link + 1, min(link + 5, context.sentence.upperBound)))
    }
    // "The number of crimes hardly moved. It rose less than 1%".
    if base == nil, context.previousInSentence == nil, context.previous == nil, mention.sentence > 0,
      reading.word(context.sentence.lowerBound) == "it"
    {
      base = numberOf(reading.sentences[mention.sentence - 1].tokens)
    }
    base =
      base ?? changed(context, before: anchor) ?? ofWhat(mention, anchor, context)
      ?? figureBefore(context).map { Self.base($0.metric) }
      ?? ofSubject(tokenRange(context.sentence.lowerBound, anchor)).map { Self.base($0.metric) }
      ?? (mention.form == .percent && !reading.isWord(mention.headStart, .of) ? "items" : nil)
    guard var base, !base.isEmpty else { return nil }
    // "Fraud rose by 58% to £70.9 million": of the money.
    let to = mention.headStart
    if base == "recorded_crimes", reading.isWord(to, .to),
      tokenRange(to + 1, min(to + 5, context.sentence.upperBound)).contains(where: { reading.isMark($0, "$") })
    {
      base = "losses"
    }
    return MetricFinding(metric: base + direction, unit: "percent", rules: ["change"])
  }

  /// "An uplift of 13% in recorded domestic abuse", "an increase of 4% in charging", "a reduction of 13.1% in reported losses":
  /// offences, actions and sums behind "in".
  private func ofWhat(_ mention: NumberMention, _ anchor: Int, _ context: MetricContext) -> String? {
    guard anchor < mention.phraseStart, reading.isWord(mention.headStart, .in),
      reading.isWord(mention.phraseStart - 1, .of)
    else { return nil }
    for index in tokenRange(mention.headStart + 1, min(mention.headStart + 5, context.sentence.upperBound)) {
      if reading.isWord(index, .offenceWord | .offenceNoun) { return "recorded_crimes" }
      let lexeme = reading.lexeme(index)
      if lexeme.noun < 0, lexeme.action < 0, !reading.moneyMetric(index).isEmpty { return reading.moneyMetric(index) }
      if index == mention.headStart + 1, lexeme.action >= 0, reading.word(index).hasSuffix("ing") {
        return lexicon.metric(action: lexeme.action, kind: "person")
      }
      if reading.isWord(index, .be | .have | .preposition | .in | .of) { return nil }
    }
    return nil
  }

  /// Tokens before a word of change within which its subject is looked for.
  static let changeReach = 80

  /// What a word of change is said of: the subject of the nearest part of the sentence that has one, or the figure that
  /// this part tells. "1,254 arrests in 2025, with arrests up", "622 arrests (up".
  func changed(_ context: MetricContext, before index: Int) -> String? {
    var end = index
    var position = index
    // Whether the words of the change follow the part at once: "12,000 thefts, up".
    var isNext = isBorder(index - 1, before: index)
    let first = max(context.sentence.lowerBound, index - Self.changeReach)
    while position > first {
      position -= 1
      let isStart = position == first
      guard isStart || isBorder(position, before: index) else { continue }
      let start = isStart && !reading.isMark(position, "\"") ? position : position + 1
      let part = tokenRange(start, end)
      end = position
      // "Arrests, which include cautions, rose": an insertion is no subject.
      if reading.isWord(start, .relative | .include) { continue }
      // "Referrals of suspects, for a decision on charging, dropped": nor what they were for.
      if !isStart, end < index || isNext, reading.isWord(start, .for | .of) || reading.isWord(start, .by) { continue }
      // "cases of servitude, in which people serve in a home": nor what happened in them.
      if reading.isWord(start, .in | .preposition), reading.isWord(start + 1, .relative) { continue }
      if let metric = numberOf(part) { return metric }
      // "8,036 reports of fraud, 0.9 per cent fewer", "Reports at 12 stations rose".
      if let previous = context.previousInSentence, start < index,
        previous.span.start >= Int(reading.tokens[start].start)
      {
        let told = part.first { Int(reading.tokens[$0].start) >= previous.span.start } ?? part.upperBound
        return (isNext ? nil : subject(tokenRange(start, told))) ?? Self.base(previous.metric)
      }
      if let metric = offence(part) ?? subject(part) { return metric }
      if part.contains(where: { reading.tokens[$0].kind == .word }), end < index { isNext = false }
    }
    return nil
  }

  /// "criminal damage", "violence with injury", "domestic abuse": offences whose words count other things by themselves.
  func offence(_ tokens: Range<Int>) -> String? {
    let isOffence = tokens.contains { index in
      guard tokens.contains(index + 1) else { return false }
      if reading.isWord(index, .offenceWord), reading.isWord(index + 1, .offenceNoun) { return true }
      return reading.isWord(index, .offenceNoun) && reading.isWord(index + 1, .with | .without)
    }
    guard isOffence, !tokens.contains(where: { saysMore($0) }) else { return nil }
    return "recorded_crimes"
  }

  /// A noun that is counted for itself: "arrests for criminal damage".
  private func saysMore(_ index: Int) -> Bool {
    guard reading.lexeme(index).noun >= 0, !reading.isWord(index, .offenceWord | .offenceNoun) else { return false }
    return !["crime", "injury", "offender"].contains(reading.noun(index).kind)
  }

  /// Where one part of a sentence ends and the next may have a subject of its own.
  func isBorder(_ index: Int, before end: Int) -> Bool {
    guard reading.tokens.indices.contains(index) else { return true }
    guard reading.tokens[index].kind == .mark else {
      return reading.isWord(index, .conjunction) || isClauseJoint(index, before: end)
    }
    let mark = reading.tokens[index].mark
    if mark == UInt8(ascii: "-") { return reading.tokens[index].gap != .none }
    // "the Crown Prosecution Service (CPS) for a charging decision": a short name ends nothing.
    if isOfShortName(index) { return false }
    return [",", ";", ":", "(", ")"].contains { mark == UInt8(ascii: $0) }
  }

  /// A bracket around nothing but an abbreviation.
  private func isOfShortName(_ index: Int) -> Bool {
    let word = reading.isMark(index, "(") ? index + 1 : reading.isMark(index, ")") ? index - 1 : -1
    return reading.tokens.indices.contains(word) && reading.tokens[word].kind == .word && reading.tokens[word].isAllCaps
      && reading.isMark(word - 1, "(") && reading.isMark(word + 1, ")")
  }

  /// ", and raids by 77 per cent": a new subject.
  func isClauseJoint(_ index: Int, before end: Int) -> Bool {
    guard reading.isWord(index, .and), index + 1 < end else { return false }
    if reading.isNumber(index + 1) { return true }
    return reading.lexeme(index + 1).noun >= 0
      && tokenRange(index + 2, min(index + 6, end + 1)).contains {
        reading.isWord($0, .increase | .decrease | .by | .be | .have)
      }
  }

  func subject(_ tokens: Range<Int>) -> String? {
    for position in tokens {
      let lexeme = reading.lexeme(position)
      // "The amount of cash seized rose", "the value of assets recovered", "the amount stolen".
      if ["amount", "value", "sum"].contains(reading.word(position)) {
        if reading.isWord(position + 1, .of), tokens.contains(position + 2),
          reading.moneyMetric(position + 2) == "cash_seized"
        {
          return "cash_seized"
        }
        if reading.isWord(position + 1, .of), tokens.contains(position + 3),
          reading.moneyMetric(position + 2) == "assets_seized",
          let done = lexicon.metric(action: reading.lexeme(position + 3).action, kind: "asset")
        {
          return done
        }
        if tokens.contains(position + 1),
          let done = lexicon.metric(action: reading.lexeme(position + 1).action, kind: "money")
        {
          return done
        }
      }
      // "the quantity of cocaine seized rose": its weight.
      if ["quantity", "amount", "weight", "volume"].contains(reading.word(position)), reading.isWord(position + 1, .of),
        tokens.contains(position + 2), reading.moneyMetric(position + 2) == "drugs_seized_value"
      {
        return "drugs_seized_weight"
      }
      if lexeme.noun >= 0 {
        // "The annual report shows …": what tells of the figures.
        if isPublication(position) { continue }
        // "knife offences": the last noun of a compound is its head.
        if position + 1 < tokens.upperBound, reading.lexeme(position + 1).noun >= 0 { continue }
        let noun = reading.noun(position)
        // "killings committed with a knife": nor what it was done with.
        if reading.word(position - 1) == "with"
          || reading.isWord(position - 1, .determiner) && reading.word(position - 2) == "with"
        {
          continue
        }
        // "the Public Order Act": a name.
        if reading.tokens[position].isCapitalized, position + 1 < tokens.upperBound,
          reading.isWord(position + 1, .statute),
          reading.tokens[position + 1].isCapitalized
        {
          continue
        }
        // "Online child abuse arrests rise", "mobile banking fraud": what only says which.
        if Self.countedKinds.contains(noun.kind), !isPlural(position), position + 1 < tokens.upperBound,
          !reading.isWord(position - 1, .determiner), reading.tokens[position + 1].kind == .word,
          !reading.isWord(position + 1, .be | .have | .adverb | .increase | .decrease | .in | .of | .preposition)
        {
          continue
        }
        if isOfHomeOffice(position) { continue }
        // "professionals from bodies such as local government": none of the dead.
        if noun.kind == "fatality", reading.word(position) == "bodies" { continue }
        // "Card fraud losses dropped", "retail crime costs climbed": of the sum.
        if tokens.contains(position + 1), reading.tokens[position + 1].gap == .space,
          ["losses", "costs"].contains(reading.word(position + 1))
        {
          return reading.moneyMetric(position + 1)
        }
        // "Gun seizures rose", "seizures of illicit phones".
        if noun.kind == "seizure", noun.metric == "drug_seizures", let thing = seized(position, in: tokens) {
          return thing
        }
        // "Missing children", "injured officers".
        if reading.isWord(position - 1, .describing), tokens.contains(position - 1),
          let described = lexicon.metric(action: reading.lexeme(position - 1).action, kind: noun.kind)
        {
          return described
        }
        // "Cash seizures rose".
        if noun.kind == "seizure", reading.moneyMetric(position - 1) == "cash_seized" { return "cash_seized" }
        // "Officer numbers fell", "staff numbers rose": of how many there are.
        let isNumbered =
          ["numbers", "headcount", "staffing", "strength"].contains(reading.word(position + 1))
          && ["officer", "staff"].contains(noun.kind)
        if !Self.actorKinds.contains(noun.kind) || isNumbered, !noun.metric.isEmpty {
          for verb in tokenRange(position + 1, min(position + 4, tokens.upperBound)) {
            if let done = lexicon.metric(action: reading.lexeme(verb).action, kind: noun.kind) { return done }
          }
          return noun.metric
        }
      } else if reading.isWord(position, .sumNoun), lexeme.action < 0,
        position + 1 >= tokens.upperBound || reading.lexeme(position + 1).noun < 0
      {
        // "money lost to fraud": what was done to it says which.
        let told = tokenRange(position, min(position + 3, tokens.upperBound)).first {
          !reading.moneyMetric($0).isEmpty
        }
        return told.map { reading.moneyMetric($0) }
      }
    }
    return nil
  }

  /// What "gun seizures", "seizures of illicit phones" are of, where no drugs.
  private func seized(_ seizure: Int, in tokens: Range<Int>) -> String? {
    let behind = reading.isWord(seizure + 1, .of) ? tokenRange(seizure + 2, min(seizure + 6, tokens.upperBound)) : 0..<0
    let before = tokens.contains(seizure - 1) ? seizure - 1..<seizure : 0..<0
    let thing = [behind, before].joined().first { reading.lexeme($0).noun >= 0 }.map { reading.noun($0).metric }
    // "Seizures of cannabis plants": the seizures are counted, not the plants.
    return thing.flatMap { $0.hasSuffix("_seized") ? $0 : nil }
  }

  /// Kinds of noun that are counted one by one: without an article or a plural they only say which of another thing.
  private static let countedKinds: Set<String> = [
    "child", "device", "vehicle", "weapon", "firearm", "person", "suspect", "offender", "victim", "property",
  ]

  /// "the Home Office received referrals", "Home Office Code": no homes.
  func isOfHomeOffice(_ index: Int) -> Bool { reading.reads(index, "home") && reading.reads(index + 1, "office") }

  /// "The annual report", "this report": a publication, and no count of reports.
  func isPublication(_ index: Int) -> Bool {
    reading.lexeme(index).noun >= 0 && reading.noun(index).kind == "report" && !isPlural(index)
  }

  /// Kinds of noun that act, or where something is: what changes is seldom their number.
  static let actorKinds: Set<String> = [
    "force", "agency", "city", "country", "officer", "staff", "person", "premises", "case_study",
  ]

  func multiple(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    // "meets twice a month".
    if reading.isWord(mention.headStart, .determiner | .per | .every), reading.isWord(mention.headStart + 1, .timeUnit)
    {
      return .rejected(.other)
    }
    // "four times as many reports as", "three times the number of arrests".
    let end = min(mention.headStart + 6, context.sentence.upperBound)
    let named =
      numberOf(tokenRange(mention.headStart, end))
      ?? tokenRange(mention.headStart + 1, end).first { reading.lexeme($0).noun >= 0 }.flatMap { index in
        guard reading.isWord(mention.headStart, .as), index == mention.headStart + 2 else { return nil }
        // "twice as many children were safeguarded".
        return verbAfter(index + 1, kind: reading.noun(index).kind, context)?.0 ?? reading.noun(index).metric
      }
    // "17 times more likely to be searched": what is done to them.
    let likely = tokenRange(mention.headStart, min(mention.headStart + 7, context.sentence.upperBound)).first {
      reading.isWord($0 - 1, .be) && reading.lexeme($0).action >= 0
    }
    let done = likely.flatMap { lexicon.metric(action: reading.lexeme($0).action, kind: "person") }
    let base =
      named ?? done ?? changed(context, before: mention.phraseStart)
      ?? (context.previous ?? context.lastOfText).map { Self.base($0.metric) }
      ?? changed(context, before: context.sentence.upperBound)
    guard let base else { return .rejected(.other) }
    return .found(MetricFinding(metric: base + "_multiple", unit: "times", rules: ["multiple"]))
  }

  /// "Assets restrained", "in assets frozen": what was done to assets.
  func assetsDone(_ tokens: Range<Int>) -> String? {
    tokens.lazy.compactMap { lexicon.metric(action: reading.lexeme($0).action, kind: "asset") }.first
  }

  /// A metric without the suffix of a share or change.
  static func base(_ metric: String) -> String {
    // "arrests": asked of every figure several times; every suffix ends with one of two letters.
    guard let last = metric.utf8.last, last == UInt8(ascii: "e") || last == UInt8(ascii: "o") else { return metric }
    for suffix in ["_share", "_increase", "_decrease", "_multiple", "_ratio", "_rate"]
    where metric.hasSuffix(suffix) {
      return String(metric.dropLast(suffix.count))
    }
    return metric
  }

}
