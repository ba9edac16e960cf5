// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Sums of money.
extension MetricFinder {
  private static let moneyMetrics: Set<String> = [
    "cost", "losses", "damage", "cash_seized", "drugs_seized_value", "goods_seized_value", "assets_seized",
    "assets_restrained", "assets_recovered",
  ]

  /// Where cash was that was found.
  private static let hiding: Set<String> = ["hidden", "stashed", "concealed", "buried", "stuffed"]

  /// Orders of a court on money, and what a sum of them is.
  private static let orders = [
    "restraint": "assets_restrained", "freezing": "assets_restrained", "confiscation": "assets_recovered",
    "forfeiture": "assets_recovered",
  ]

  /// Who bears what crime costs, where it is no single victim.
  private static let bearers: Set<String> = [
    "uk", "economy", "society", "taxpayer", "taxpayers", "nhs", "britain", "country", "nation", "government", "state",
    "public",
  ]

  /// Tokens within which a word says what a sum of money is.
  static let moneyReach = 16

  func money(_ mention: NumberMention, _ context: MetricContext) -> Outcome {
    func found(_ metric: String, _ rule: String) -> Outcome {
      .found(MetricFinding(metric: metric, unit: mention.currency, rules: ["sum of money", rule]))
    }
    // "more than 230 million euros ($250 million)": the same sum.
    if reading.isMark(reading.before(mention.phraseStart), "(") || reading.isMark(mention.phraseStart - 1, "("),
      let previous = context.previousInSentence, Self.currencies.contains(previous.unit),
      previous.unit != mention.currency
    {
      return found(previous.metric, "the same sum in another currency")
    }
    // "38 pounds of fentanyl": a weight.
    if reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart - 1, .currency),
      mention.currency == "GBP",
      reading.moneyMetric(mention.headStart + 1) == "drugs_seized_value"
        || reading.word(mention.headStart + 1) == "powder"
    {
      return .found(MetricFinding(metric: "drugs_seized_weight", unit: "lb", rules: ["weight in pounds"]))
    }
    if let change = changeAmount(mention, context), change.metric.hasPrefix("losses") || change.metric.hasPrefix("cost")
    {
      return found(change.metric, "amount of a change")
    }
    // "a further £1.4m restrained in bank accounts": what was done to it stands right behind.
    if !reading.isWord(mention.headStart, .be | .have),
      !tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 6), mention.phraseStart).contains(where: {
        reading.isWord($0, .worth)
      }),
      var done = lexicon.metric(action: reading.lexeme(mention.headStart).action, kind: "money")
    {
      // "61 grams of meth and $2,140 recovered": found beside drugs.
      if done == "assets_recovered", let previous = context.previousInSentence,
        previous.metric.hasPrefix("drugs_seized") || previous.metric == "firearms_seized"
          || previous.metric == "weapons_seized"
      {
        done = "cash_seized"
      }
      return found(done, "what was done to it")
    }
    // "£310,000 has been repaid, with another £75,000 to follow".
    if reading.isWord(mention.phraseStart - 1, .link) || reading.isWord(mention.phraseStart - 2, .link),
      let previous = context.previousInSentence ?? context.previous, Self.currencies.contains(previous.unit)
    {
      // "recovered assets worth £41.7m and restrained or froze a further £187m".
      let verbs = tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 4), mention.phraseStart)
      let done = previous.metric.hasPrefix("assets") ? assetsDone(verbs) : nil
      return found(done ?? previous.metric, "goes on with the sum before")
    }
    // "£10m in restraint orders", "confiscation orders worth £2m".
    if reading.isWord(mention.headStart, .in | .of), reading.word(mention.headStart + 2).hasPrefix("order"),
      let metric = Self.orders[reading.word(mention.headStart + 1)]
    {
      return found(metric, "sum of court orders")
    }
    // "£1.2m of drugs", "£450,000 worth of assets has been restrained", "£38,500 in cash".
    var index = mention.headStart
    // "£900,000-worth of watches".
    if reading.isMark(index, "-"), reading.isWord(index + 1, .worth) { index += 1 }
    var isLinked = false
    while reading.isWord(index, .worth) || reading.isWord(index, .of) || reading.isWord(index, .in)
      || reading.isWord(index, .determiner | .adverb)
    {
      if reading.isWord(index, .worth | .of | .in) { isLinked = true }
      index += 1
    }
    if isLinked || reading.moneyMetric(index).isEmpty == false {
      let end = min(index + 5, context.bound)
      if let thing = tokenRange(index, end).first(where: {
        !reading.moneyMetric($0).isEmpty && reading.lexeme($0).action < 0
      }) {
        let metric = reading.moneyMetric(thing)
        if metric.hasPrefix("assets"),
          let done = assetsDone(
            tokenRange(
              max(context.sentence.lowerBound, mention.phraseStart - 3), min(thing + 6, context.sentence.upperBound)))
        {
          return found(done, "what was done to the assets")
        }
        return found(metric, "what it is in")
      }
    }
    // "seized £6,300 worth of fireworks".
    let worth = reading.isMark(mention.headStart, "-") ? mention.headStart + 1 : mention.headStart
    if reading.isWord(worth, .worth), reading.isWord(worth + 1, .of),
      isSeizing(context, before: mention.phraseStart)
    {
      return found("goods_seized_value", "worth of things")
    }
    // "a street value of £90m", "worth £3m": of what the sentence, or the figure before, is about.
    var nearStart = mention.phraseStart
    while nearStart > max(context.sentence.lowerBound, mention.phraseStart - 12), !reading.isNumber(nearStart - 1) {
      nearStart -= 1
    }
    let near = tokenRange(nearStart, mention.phraseStart)
    if near.contains(where: { reading.isWord($0, .worth) }) {
      // "Damage worth £23,700 was done".
      if near.contains(where: { reading.moneyMetric($0) == "damage" }) { return found("damage", "worth of damage") }
      // "The restraint of property valued at A$47m", "police restrained houses worth £2m".
      if let verb = near.last(where: { isAction($0, "restrain") }),
        !tokenRange(verb, mention.phraseStart).contains(where: { reading.isWord($0, .conjunction) })
      {
        return found("assets_restrained", "worth of what was restrained")
      }
      // "recovered stolen property worth more than £280,000".
      if let verb = near.last(where: { isAction($0, "recover") }),
        tokenRange(verb, mention.phraseStart).contains(where: { isAction($0, "steal") }),
        !near.contains(where: { reading.moneyMetric($0) == "drugs_seized_value" })
      {
        return found("assets_recovered", "worth of what was recovered")
      }
      // "He took jewellery worth more than £60,000, and only £4,500 of it has been recovered".
      let isTheft = near.contains { place in
        ["lose", "steal", "take"].contains { isAction(place, $0) }
          && ["he", "she", "they", "who", "thieves", "burglars"].contains(reading.word(place - 1))
      }
      if isTheft, !context.sentence.contains(where: { reading.moneyMetric($0) == "drugs_seized_value" }) {
        return found("losses", "worth of what was taken")
      }
      if near.contains(where: { reading.moneyMetric($0).hasPrefix("assets") }),
        // "assets, and drugs worth EUR 3 billion".
        near.last(where: { !reading.moneyMetric($0).isEmpty && reading.lexeme($0).action < 0 }).map({
          reading.moneyMetric($0) != "drugs_seized_value"
        }) ?? true
      {
        return found(
          assetsDone(near) ?? assetsDone(
            tokenRange(mention.headStart, min(mention.headStart + 14, context.sentence.upperBound)))
            ?? "assets_seized", "value of assets")
      }
      // "cash to the value of £2,455".
      if let last = near.last(where: { !reading.moneyMetric($0).isEmpty }), reading.moneyMetric(last) == "cash_seized" {
        return found("cash_seized", "value of cash")
      }
      // "Jewellery worth more than £130,000 was taken"; drugs are taken by the police.
      let after = tokenRange(mention.headStart, min(mention.headStart + 3, context.sentence.upperBound))
      if reading.isWord(mention.headStart, .be),
        !near.contains(where: { reading.moneyMetric($0) == "drugs_seized_value" }),
        after.contains(where: { verb in ["lose", "steal", "take"].contains { isAction(verb, $0) } })
      {
        return found("losses", "worth of what was taken")
      }
      // "Machinery worth around £90,000 has been recovered".
      if let end = tokenRange(mention.headStart, min(mention.headStart + 5, context.sentence.upperBound)).first(where: {
        isAction($0, "recover")
      }),
        tokenRange(mention.headStart, end).allSatisfy({
          reading.isWord($0, .be | .have | .adverb) || reading.isMark($0, ",")
        }),
        !context.sentence.contains(where: {
          reading.moneyMetric($0) == "drugs_seized_value"
            || reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "drug"
        })
      {
        return found("assets_recovered", "worth of what was recovered")
      }
      // "lost jewellery worth £14,000".
      let verb = near.last {
        reading.lexeme($0).action >= 0 && !isAttributive($0)
          && !(reading.lexeme($0 + 1).noun >= 0 && reading.lexeme($0 - 1).action >= 0)
      }
      if let verb,
        ["lose", "steal", "take"].contains(where: { isAction(verb, $0) })
      {
        return found("losses", "worth of what was lost")
      }
      let isTobacco = context.sentence.contains {
        ["cigarettes", "tobacco", "vapes", "fireworks", "counterfeit"].contains(reading.word($0))
      }
      let drug =
        !isTobacco && context.sentence.contains { reading.moneyMetric($0) == "drugs_seized_value" || isDrugFarm($0) }
        || !isTobacco && near.contains { reading.isWord($0, .street) && reading.isWord($0 + 1, .worth) }
        || context.sentence.contains { reading.isWord($0, .street) }
          && context.toldMetrics.contains { $0.hasPrefix("drugs_seized") }
      let previous = context.previousInSentence ?? context.previous ?? context.lastOfText
      if drug || !isTobacco && previous?.metric.hasPrefix("drug") == true {
        return found("drugs_seized_value", "value of drugs")
      }
      return found("goods_seized_value", "value of goods")
    }
    // "seized three handguns, $8,460 and 210 grams of …", "1.2 million cigarettes and $310,000": cash of a list.
    let joint = reading.before(mention.phraseStart)
    if reading.isMark(joint, ",") || reading.isWord(joint, .and),
      reading.isMark(mention.headStart, ",") || reading.isMark(mention.headStart, ".")
        || reading.isWord(mention.headStart, .and) || Self.hiding.contains(reading.word(mention.headStart)),
      !reading.isMark(mention.headStart + 1, "$"),
      let previous = context.previousInSentence, !Self.currencies.contains(previous.unit), previous.unit != "percent",
      isListGap(mention, context),
      previous.metric.contains("_seized") || isSeizing(context, before: mention.phraseStart)
    {
      return found("cash_seized", "in a list of what was seized")
    }
    // Else the nearest word that says what the money is: a verb of seizing, losing …
    var best: (metric: String, distance: Int)?
    var source = -1
    for index in tokenRange(
      max(context.sentence.lowerBound, mention.phraseStart - Self.moneyReach),
      min(context.sentence.upperBound, mention.headStart + Self.moneyReach))
    {
      // "frozen Rs 3.6 crore": the currency parts no verb from its sum.
      let start = reading.isWord(mention.phraseStart - 1, .currency) ? mention.phraseStart - 1 : mention.phraseStart
      let distance = index < mention.phraseStart ? start - index : index - mention.headStart
      let lexeme = reading.lexeme(index)
      let money = reading.moneyMetric(index)
      let told = money.isEmpty ? lexicon.metric(action: lexeme.action, kind: "money") : money
      if let told, distance < best?.distance ?? Self.moneyReach {
        best = (told, distance)
        source = index
      }
    }
    // "Thieves made off with £80,000", "fraudsters netted €3.4m".
    if let best, best.metric == "cash_seized", actsAsThief(context, before: mention.phraseStart) {
      return found("losses", "what thieves took")
    }
    // "Criminal proceeds seized exceeded $55 million", "alcohol and cigarettes seized: £2m": what was seized was no cash.
    if best?.metric == "cash_seized", reading.lexeme(source).action >= 0,
      let thing = tokenRange(max(context.sentence.lowerBound, source - Self.seizedReach), source).last(where: {
        let metric = reading.moneyMetric($0)
        return reading.lexeme($0).action < 0
          && (metric == "assets_seized" || metric == "goods_seized_value" || metric == "drugs_seized_value")
      }), !tokenRange(thing, source).contains(where: { reading.isNumber($0) || reading.isMark($0, ",") })
    {
      return found(reading.moneyMetric(thing), "what was seized")
    }
    // "got £51,700 back".
    if ["got", "get", "getting"].contains(reading.word(mention.phraseStart - 1)),
      reading.word(mention.headStart) == "back"
    {
      return found("assets_recovered", "got back")
    }
    // "theft cost shops £953m": what crime costs is lost.
    let cost = tokenRange(context.sentence.lowerBound, mention.phraseStart).last { reading.moneyMetric($0) == "cost" }
    // "fraud costs the UK £6.8bn", "domestic abuse costs society £66 billion": the economy's.
    if best?.metric == "cost", let cost,
      tokenRange(cost + 1, min(cost + 5, mention.phraseStart)).contains(where: {
        Self.bearers.contains(reading.word($0))
      })
    {
      return found("cost", "what it costs the economy")
    }
    if best?.metric == "cost", let cost,
      tokenRange(context.sentence.lowerBound, cost).contains(where: {
        reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "crime" || reading.moneyMetric($0) == "losses"
      })
    {
      return found("losses", "what crime costs")
    }
    if let best { return found(best.metric, "the nearest word for money") }
    if let previous = context.previousInSentence ?? context.previous, Self.currencies.contains(previous.unit) {
      return found(previous.metric, "from the sum before")
    }
    // "the bill rose to £52.8m, up 4.3% from £50.6m": what the change is of.
    if let change = context.previousInSentence, change.unit == "percent", Self.base(change.metric) != change.metric,
      Self.moneyMetrics.contains(Self.base(change.metric))
    {
      return found(Self.base(change.metric), "level of a change")
    }
    // "West Midlands – 377 reports, £3.1m", in a text on losses.
    let told = Self.moneyMetrics.filter { context.toldMetrics.contains($0) }
    if told.count == 1, let only = told.first, only == "losses" || only == "cost" || only == "damage" {
      return found(only, "the money that the text tells of")
    }
    // "11 arrests, £6,400, 40 wraps": in a list of what was seized it is cash.
    let nearby = [context.previousInSentence, context.previous].compactMap { $0?.metric }
    if nearby.contains(where: { $0 == "arrests" || $0.contains("_seized") }) {
      return found("cash_seized", "in a list of what was seized")
    }
    return found("money", "not told")
  }

  /// Tokens from what was seized to the verb.
  private static let seizedReach = 5

  /// "pot farm", "cannabis factory", whose worth is that of the drugs.
  private func isDrugFarm(_ index: Int) -> Bool {
    ["pot", "weed", "skunk"].contains(reading.word(index))
      && ["farm", "factory", "grow", "crop", "plants", "stash"].contains(reading.word(index + 1))
  }

  /// "Thieves made off with …", "fraudsters netted …": who acts right before a number takes what is others'; not "detectives
  /// chasing thieves recovered …".
  func actsAsThief(_ context: MetricContext, before end: Int) -> Bool {
    guard
      let actor = tokenRange(max(context.sentence.lowerBound, end - Self.thiefReach), end).last(where: {
        reading.lexeme($0).noun >= 0 || Self.thieves.contains(reading.word($0))
      })
    else { return false }
    return Self.thieves.contains(reading.word(actor))
      && tokenRange(actor + 1, end).allSatisfy { index in
        reading.tokens[index].kind == .word && !reading.isWord(index, .be)
          && !["recover", "find", "seize", "arrest", "identify"].contains { isAction(index, $0) }
          || reading.reads(index, "grabbed") || reading.isMark(index, "$")
      }
  }

  /// Tokens from a thief to what was taken.
  private static let thiefReach = 6

  private static let thieves: Set<String> = [
    "thieves", "thief", "raiders", "burglars", "robbers", "rustlers", "poachers", "looters", "shoplifters",
    "fraudsters", "scammers", "conmen", "pickpockets", "muggers", "hackers", "crooks", "cybercriminals", "swindlers",
  ]

  /// "seized …", "turned up …", before a list.
  private func isSeizing(_ context: MetricContext, before end: Int) -> Bool {
    tokenRange(context.sentence.lowerBound, end).contains {
      isAction($0, "seize") || reading.word($0) == "turned" && reading.word($0 + 1) == "up"
    }
  }

  static let currencies: Set<String> = [
    "GBP", "EUR", "USD", "AUD", "NZD", "CAD", "HKD", "SGD", "PLN", "SEK", "INR", "PKR", "NPR", "LKR",
  ]
}
