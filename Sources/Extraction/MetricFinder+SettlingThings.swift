// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What things, bodies and the subject of a clause count as, where their noun alone says another.
extension MetricFinder {
  /// Premises that do business.
  private static let businesses: Set<String> = [
    "shops", "shop", "businesses", "stores", "bars", "salons", "takeaways", "pubs", "washes", "restaurants", "garages",
    "barbers", "barbershops", "workshops", "factories", "nightclubs", "clubs", "off-licences",
  ]

  /// What a business does that an offence was done to.
  private static let suffering: Set<String> = ["suffered", "lost", "suffer", "lose"]

  /// "Arrests were made in 1,204 cases", "charges were brought over just 23", "safety visits were paid to 116 victims": it is
  /// the subject that is counted.
  func settleSubject(_ finding: inout MetricFinding, _ mention: NumberMention, _ context: MetricContext) {
    guard mention.form == .plain || mention.form == .percent,
      reading.isWord(mention.phraseStart - 1, .in | .to | .for | .preposition | .adverb),
      finding.noun.map({ ["case", "victim", "person", "crime", "incident"].contains(reading.noun($0).kind) }) ?? true
    else { return }
    let from = max(context.sentence.lowerBound, mention.phraseStart - Self.subjectReach)
    guard
      let verb = tokenRange(from, mention.phraseStart).last(where: {
        Self.bringing.contains(reading.word($0)) && reading.isWord($0 - 1, .be)
      }), mention.phraseStart - verb <= 3, !reading.isMark(verb + 1, ","), reading.lexeme(verb - 2).noun >= 0
    else { return }
    let subject = reading.noun(verb - 2)
    guard !subject.metric.isEmpty, !Self.carriers.contains(subject.metric), subject.metric != "recorded_crimes",
      lexicon.catalog[subject.metric] != nil
    else { return }
    finding.metric = subject.metric
    finding.unit = lexicon.catalog[subject.metric]?.unit ?? subject.unit
    finding.rules = ["subject that was made, brought or paid"]
  }

  /// Tokens from a share of prosecutions to the conviction that they led to.
  private static let convictionReach = 14

  private static let bringing: Set<String> = ["made", "brought", "paid", "issued", "secured"]
  private static let subjectReach = 8

  /// What things and bodies count as, where their noun alone says another.
  func settleThings(_ finding: inout MetricFinding, _ mention: NumberMention, _ context: MetricContext) {
    // "they face 1,135 offences".
    if finding.metric == "recorded_crimes", finding.rules == ["noun"],
      ["face", "faces", "faced", "facing"].contains(reading.word(mention.phraseStart - 1))
    {
      finding.metric = "charges"
      finding.unit = lexicon.catalog["charges"]?.unit ?? "persons"
      finding.rules = ["offences that people face"]
    }
    // "figures obtained from 41 police forces".
    if finding.metric == "forces_involved", reading.isWord(mention.phraseStart - 1, .from),
      tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 12), mention.phraseStart - 1).contains(where: {
        reading.isWord($0, .dataWord)
      })
    {
      finding.metric = "forces_responded"
      finding.rules = ["forces that gave data"]
    }
    // "650 children were strip-searched".
    if finding.metric == "stop_searches",
      let verb = finding.verb ?? context.sentence.first(where: { isAction($0, "search") }), isStripped(verb)
    {
      finding.metric = "strip_searches"
    }
    // "Officers recovered 17 mobile phones": seized, where nothing was stolen.
    if finding.metric == "devices_recovered", !context.toldMetrics.contains("items_stolen"),
      !context.toldMetrics.contains("devices_recovered"),
      !context.sentence.contains(where: { isAction($0, "steal") || isAction($0, "take") })
    {
      finding.metric = "devices_seized"
    }
    // "41 of the 45 police forces supplied figures".
    if finding.metric == "forces_involved",
      let noun = finding.noun ?? context.sentence.first(where: { isForce($0) && $0 >= mention.headStart }),
      let data = tokenRange(noun + 1, min(noun + 9, context.sentence.upperBound)).first(where: {
        reading.isWord($0, .dataWord)
      }),
      tokenRange(noun + 1, data).contains(where: { Self.answering.contains(reading.word($0)) })
    {
      finding.metric = "forces_responded"
      finding.rules = ["forces that gave data"]
    }
    // "All 43 forces in England and Wales answered".
    if finding.metric == "forces_involved", let noun = finding.noun,
      tokenRange(noun + 1, min(noun + 7, context.sentence.upperBound)).contains(where: {
        ["answered", "responded", "replied"].contains(reading.word($0))
      })
    {
      finding.metric = "forces_responded"
      finding.rules = ["forces that gave data"]
    }
    // "Seven vehicles and 40 phones were also taken", by those who made arrests.
    if finding.metric == "items_stolen", let verb = finding.verb, isAction(verb, "take"),
      let noun = finding.noun, ["vehicle", "device"].contains(reading.noun(noun).kind),
      context.toldMetrics.contains("arrests"), !context.toldMetrics.contains("items_stolen"),
      !context.toldMetrics.contains("recorded_crimes"),
      reading.isWord(verb - 1, .be | .adverb | .link) || verb == noun + 1
    {
      finding.metric = reading.noun(noun).kind == "vehicle" ? "vehicles_seized" : "devices_seized"
      finding.unit = reading.noun(noun).kind == "vehicle" ? "vehicles" : "devices"
    }
    // "From the address police took 35 items".
    if finding.metric == "items_stolen", let verb = finding.verb, isAction(verb, "take"),
      reading.isWord(verb - 1, .authority)
    {
      let isDevices = finding.noun.map { reading.noun($0).kind == "device" } ?? false
      finding.metric = isDevices ? "devices_seized" : "items_seized"
    }
    // "92% of the pages removed": people are deported, pages are not.
    if Self.base(finding.metric) == "deportations", !context.toldMetrics.contains("deportations"), finding.noun == nil,
      let told = context.previousInSentence ?? context.usual ?? context.lastOfText,
      told.unit != "persons", told.unit != "children"
    {
      finding.metric = Self.base(told.metric) + finding.metric.dropFirst("deportations".count)
      if finding.unit == "persons" { finding.unit = told.unit }
    }
    // "1,702 cases involving victims from here", in a text on the National Referral Mechanism.
    if finding.metric == "recorded_crimes", finding.rules == ["noun"], let noun = finding.noun,
      reading.noun(noun).kind == "case", context.toldMetrics.contains("referrals"),
      !context.toldMetrics.contains("recorded_crimes")
    {
      finding.metric = "referrals"
      finding.unit = lexicon.catalog["referrals"]?.unit ?? "items"
      finding.rules = ["cases of a text on referrals"]
    }
    // "South Wales logged 662 cases", in a text that counts reports.
    if finding.metric == "recorded_crimes", finding.rules == ["noun"] || finding.rules.first == "verb before",
      let noun = finding.noun, reading.noun(noun).kind == "case", context.toldMetrics.contains("reports"),
      !context.toldMetrics.contains("recorded_crimes"), !context.toldMetrics.contains("arrests")
    {
      finding.metric = "reports"
      finding.unit = lexicon.catalog["reports"]?.unit ?? "items"
      finding.rules = ["cases of a text on reports"]
    }
    // "took action against 268,914 webpages", and the pages that the text goes on with.
    if Self.base(finding.metric) == "web_pages",
      context.toldMetrics.contains("links_taken_down")
        || tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 4), mention.phraseStart).contains(where: {
          reading.word($0) == "action"
        })
    {
      finding.metric = "links_taken_down" + finding.metric.dropFirst("web_pages".count)
    }
    // "92,000 people attended": at a protest, where the text is on one.
    if finding.metric == "visits" || finding.metric == "persons", let noun = finding.noun,
      Self.peopleKinds.contains(reading.noun(noun).kind),
      isProtest(context) || context.toldMetrics.contains("protest_attendance"),
      tokenRange(noun + 1, min(noun + 4, context.sentence.upperBound)).contains(where: {
        isAction($0, "attend")
          || ["attended", "took", "joined", "gathered", "marched", "attending"].contains(reading.word($0))
      })
    {
      finding.metric = "protest_attendance"
      finding.unit = "persons"
    }
    // "Figures supplied by 39 forces".
    if finding.metric == "forces_involved", reading.isWord(mention.phraseStart - 1, .by),
      Self.answering.contains(reading.word(mention.phraseStart - 2))
    {
      finding.metric = "forces_responded"
      finding.rules = ["forces that gave data"]
    }
    // "received a response from 42".
    if finding.metric == "forces_involved", reading.isWord(mention.phraseStart - 1, .from),
      ["response", "responses", "replies", "reply", "answers"].contains(reading.word(mention.phraseStart - 2))
    {
      finding.metric = "forces_responded"
    }
    // "officers recovered cash, two cars": seized, where nothing was stolen.
    if finding.metric == "vehicles_recovered", !context.toldMetrics.contains("items_stolen"),
      !context.sentence.contains(where: { isAction($0, "steal") || isAction($0, "take") || isAction($0, "missing") })
    {
      finding.metric = "vehicles_seized"
    }
    // "In 1,404 cases no further action was taken".
    if finding.metric == "recorded_crimes", mention.form == .plain, finding.rules == ["noun"],
      reading.isWord(mention.phraseStart - 1, .in),
      tokenRange(mention.headStart, min(mention.headStart + 6, context.sentence.upperBound)).contains(where: {
        isNoFurtherAction($0)
      })
    {
      finding.metric = "no_further_action"
      finding.unit = "persons"
    }
    // "One in six led to a charge", "6% resulted in someone being charged".
    if finding.metric == "recorded_crimes_share", finding.noun == nil,
      ["led", "resulted", "ended"].contains(reading.word(mention.headStart)),
      let outcome = tokenRange(mention.headStart + 1, min(mention.headStart + 7, context.bound)).first(where: {
        isAction($0, "charge") || reading.lexeme($0).noun >= 0 && reading.noun($0).metric == "charges"
      }), context.sentence.contains(outcome)
    {
      finding.metric = "charges_share"
      finding.rules = ["share that led to a charge"]
    }
    // "Over three-quarters of prosecutions were successful in securing a conviction".
    if finding.metric == "prosecutions_share",
      tokenRange(mention.headStart, min(mention.headStart + Self.convictionReach, context.sentence.upperBound))
        .contains(where: { reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "conviction" })
    {
      finding.metric = "convictions_share"
      finding.rules = ["prosecutions that led to a conviction"]
    }
    // "Four of the offences had an outcome of charge or summons".
    if finding.metric == "recorded_crimes", mention.form == .plain, finding.noun != nil,
      let outcome = tokenRange(mention.headStart, min(mention.headStart + 12, context.bound + 12)).first(where: {
        reading.word($0) == "outcome" && reading.isWord($0 + 1, .of)
      }), context.sentence.contains(outcome + 2),
      isAction(outcome + 2, "charge")
        || reading.lexeme(outcome + 2).noun >= 0 && reading.noun(outcome + 2).kind == "charge"
    {
      finding.metric = "charges"
      finding.unit = "persons"
      finding.rules = ["what came of it"]
    }
    // "Thirty-six of the seizures", in a text on vehicles.
    if finding.metric == "drug_seizures", reading.isWord(mention.headStart, .of),
      let previous = context.previousInSentence ?? context.previous ?? context.usual,
      previous.metric.hasSuffix("_seized"), !context.toldMetrics.contains("drug_seizures"),
      context.sentence.allSatisfy({ reading.moneyMetric($0) != "drugs_seized_value" })
    {
      finding.metric = previous.metric
      finding.unit = previous.unit
      finding.rules = ["seizures told before"]
    }
    // "prosecutions of two retail premises".
    if reading.isWord(mention.phraseStart - 1, .of), reading.lexeme(mention.phraseStart - 2).noun >= 0,
      reading.noun(mention.phraseStart - 2).kind == "prosecution", finding.unit != "percent"
    {
      finding.metric = "prosecutions"
      finding.unit = "items"
      finding.rules = ["noun of action before"]
    }
    // "Under Clare's Law the force received 2,870 applications".
    if reading.isOfDisclosure, Self.base(finding.metric) == "applications" {
      finding.metric = "disclosure_requests" + finding.metric.dropFirst("applications".count)
    }
    guard let noun = finding.noun else { return }
    // "143 complaints against officers", "4,210 police complaints": of those who are complained of.
    if finding.metric == "reports", ["complaints", "complaint"].contains(reading.word(noun)),
      reading.isWord(noun - 1, .authority) && noun - 1 >= mention.headStart
        || tokenRange(noun + 1, min(noun + 7, context.sentence.upperBound)).contains(where: {
          reading.lexeme($0).noun >= 0 && ["officer", "force"].contains(reading.noun($0).kind)
        }) && tokenRange(noun + 1, noun + 4).contains(where: { ["against", "about"].contains(reading.word($0)) })
        || context.toldMetrics.contains("officers_accused") || context.toldMetrics.contains("dismissals")
    {
      finding.metric = "complaints"
    }
    // "41,875 999 calls": no reports of anything yet.
    if finding.metric == "reports", reading.noun(noun).kind == "call", isEmergencyCall(noun) {
      finding.metric = "calls"
    }
    // "611 intelligence packages were disseminated".
    if finding.metric == "items", reading.word(noun).hasPrefix("package"), noun - 1 >= mention.headStart,
      reading.word(noun - 1) == "intelligence"
    {
      finding.metric = "referrals"
    }
    // "210 pouches of tobacco": no drug.
    if finding.metric == "drugs_seized_units",
      tokenRange(noun, min(noun + 4, context.sentence.upperBound)).contains(where: {
        ["tobacco", "cigarettes", "vapes", "snus", "shisha"].contains(reading.word($0))
      })
    {
      finding.metric = "tobacco_products"
      finding.unit = "items"
    }
    // "a total of 1,126 items were counted", in a text on knives that were handed in.
    if finding.metric == "items", context.toldMetrics.contains("weapons_surrendered"), reading.word(noun) == "items" {
      finding.metric = "weapons_surrendered"
    }
    // "131 inmates searched", in prisons.
    if finding.metric == "stop_searches", ["inmates", "prisoners", "inmate"].contains(reading.word(noun)) {
      finding.metric = "searches"
      finding.unit = "items"
    }
    // "raided eleven shops".
    if finding.metric == "properties_searched", Self.businesses.contains(reading.word(noun)),
      !reading.isWord(noun + 1, .and), !reading.isMark(noun + 1, ","), !reading.isWord(noun - 1, .and)
    {
      finding.metric = "premises_visited"
      finding.unit = "premises"
    }
    // "317 phone numbers used by fraudsters were taken down": no devices.
    if finding.unit == "devices", reading.word(noun + 1) == "numbers" {
      let isTaken = finding.verb.map { isAction($0, "take_down") || isAction($0, "remove") } ?? false
      finding.metric = isTaken ? "links_taken_down" : "phone_numbers"
      finding.unit = "items"
    }
    // "Twenty-six police services took part".
    if reading.word(noun) == "services", noun - 1 >= mention.headStart,
      reading.word(noun - 1) == "police"
    {
      finding.metric = "forces_involved"
      finding.unit = "forces"
    }
    // "46 child abduction warning notices", "122 cease-and-desist notices".
    if finding.metric == "orders",
      tokenRange(mention.headStart, noun).contains(where: {
        reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "warning"
          || reading.word($0) == "desist"
      })
    {
      finding.metric = "warnings"
    }
    // "74,912 recorded incidents of theft": recorded by the police.
    if finding.metric == "incidents", finding.rules == ["noun"], noun - 1 >= mention.headStart,
      ["recorded", "crime"].contains(reading.word(noun - 1))
    {
      finding.metric = "recorded_crimes"
    }
    // "7,941 drug seizure incidents": the incidents are what the noun before says.
    if finding.metric == "incidents", noun - 1 >= mention.headStart, let seizure = seizureNoun(noun - 1) {
      finding.metric = seizure.metric
      finding.unit = seizure.unit
    }
    // "11 cannabis factories", "two cannabis farms": no premises that were visited.
    if finding.metric == "premises_visited" || finding.metric == "properties_searched",
      reading.noun(noun).kind == "premises", noun - 1 >= mention.headStart,
      reading.moneyMetric(noun - 1) == "drugs_seized_value"
    {
      finding.metric = "cannabis_farms"
      finding.unit = "premises"
    }
    // "At least 16 farms in northern Lincolnshire suffered losses".
    if finding.metric == "premises_visited", finding.rules == ["noun"],
      tokenRange(noun + 1, min(noun + Self.nounToFate, context.bound)).contains(where: {
        Self.suffering.contains(reading.word($0))
      })
    {
      finding.metric = "victims"
      finding.rules = ["premises that suffered an offence"]
    }
    // "5,800 premises inspected", "inspected 41 premises".
    if finding.metric == "properties_searched", reading.word(noun).hasPrefix("premises"),
      [noun + 1, noun + 2, mention.phraseStart - 1].contains(where: {
        ["inspected", "checked", "inspecting", "inspections"].contains(reading.word($0))
      })
    {
      finding.metric = "premises_visited"
      finding.unit = "premises"
    }
    // "visited 1,240 premises".
    if finding.metric == "visits", reading.word(noun).hasPrefix("premises") {
      finding.metric = "premises_visited"
      finding.unit = "premises"
    }
    // "all 55 FBI field offices", "18 sheriff's offices": bodies, and no buildings.
    if finding.metric == "premises_visited", reading.word(noun) == "offices", finding.rules.first == "noun",
      tokenRange(mention.headStart, noun).contains(where: { Self.ofOffices.contains(reading.word($0)) })
    {
      finding.metric = "agencies_involved"
      finding.unit = "agencies"
      finding.rules = ["offices of a body"]
    }
    // "Street Valium was found, with 200,000 tablets in Glasgow": pills, where the text is on drugs.
    if finding.unit == "devices", reading.isWord(noun, .formOfDrug),
      context.sentence.contains(where: { reading.moneyMetric($0) == "drugs_seized_value" })
        || context.toldMetrics.contains(where: { $0.hasPrefix("drug") })
          && !context.toldMetrics.contains(where: { $0.hasPrefix("devices") })
    {
      finding.metric = "drugs_seized_units"
      finding.unit = reading.word(noun)
    }
    // "1,400 devices were taken away": by the police, where thieves would have taken them.
    if finding.metric == "items_stolen", reading.noun(noun).kind == "device",
      let verb = context.sentence.first(where: { isAction($0, "take") }), context.sentence.contains(verb + 1),
      reading.word(verb + 1) == "away"
    {
      finding.metric = "devices_seized"
      finding.unit = "devices"
    }
  }

  /// Whose offices are bodies that act.
  private static let ofOffices: Set<String> = [
    "field", "sheriff", "sheriffs", "attorney", "attorneys", "regional", "prosecutor", "prosecutors",
  ]

  /// How forces answer a request.
  private static let answering: Set<String> = [
    "supplied", "provided", "gave", "disclosed", "returned", "sent", "supply", "provide", "submitted", "released",
  ]

  /// "999 calls", "emergency calls", "phone calls", "nuisance calls": how often a telephone rang.
  func isEmergencyCall(_ noun: Int) -> Bool {
    Rejections.isShortNumber(reading, noun - 1)
      || ["emergency", "phone", "telephone", "nuisance", "hoax", "video"].contains(reading.word(noun - 1))
  }

  func isForce(_ index: Int) -> Bool {
    reading.lexeme(index).noun >= 0 && reading.noun(index).kind == "force"
  }

  /// "strip-searched", "strip searched", "searched and stripped" is not.
  private func isStripped(_ verb: Int) -> Bool {
    tokenRange(max(verb - 2, 0), verb).contains { reading.word($0) == "strip" }
  }

  /// The noun of a token where that is a seizure: "seizure" of "drug seizure incidents".
  func seizureNoun(_ index: Int) -> CountedNoun? {
    let noun = reading.noun(index)
    return noun.kind == "seizure" ? noun : nil
  }
}
