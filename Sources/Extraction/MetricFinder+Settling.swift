// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What a noun counts by itself is settled by the words around it and by what the text told before.
extension MetricFinder {
  /// Whom people and children count as: those told before, the missing, those of the list.
  func settlePeople(_ finding: inout MetricFinding, _ mention: NumberMention, _ context: MetricContext) {
    let isPlain = finding.rules == ["noun"]
    // "Over 170,000 people were reported missing, 75,000 of them children".
    if finding.metric == "missing_persons", isOfChildren(mention, finding, context) {
      finding.metric = "missing_children"
      finding.unit = lexicon.catalog["missing_children"]?.unit ?? finding.unit
    }
    // "between 550,000 and 850,000 people who pose a sexual risk to children".
    if finding.metric == "persons", isPlain, follows(.posing, finding.noun, in: context) != nil {
      finding.metric = "offenders"
      finding.rules = ["people who pose a risk"]
      return
    }
    // "318 people reported falling victim".
    if finding.metric == "persons", isPlain, let noun = finding.noun,
      tokenRange(noun + 1, min(noun + Self.nounToFate, context.bound)).contains(where: {
        reading.word($0) == "victim" && ["fell", "fall", "falling", "fallen"].contains(reading.word($0 - 1))
      })
    {
      finding.metric = "victims"
      finding.rules = ["people who fell victim"]
      return
    }
    // "1,100 officers on duty. Six were hurt".
    if finding.metric == "injuries", finding.noun == nil, context.previousInSentence == nil,
      context.previous?.metric == "officers"
    {
      finding.metric = "officers_injured"
    }
    // "Eight of those detained were schoolboys", in a text that counts arrests: they are those.
    if finding.metric == "detentions", context.toldMetrics.contains("arrests"),
      !context.toldMetrics.contains("detentions"),
      finding.noun == nil, isOfThose(mention), isAction(mention.headStart + 2, "detain")
    {
      finding.metric = "arrests"
    }
    // "Seventeen of those stopped and arrested were": what was done to them last.
    if finding.noun == nil, isOfThose(mention), reading.isWord(mention.headStart + 3, .and),
      let last = lexicon.metric(action: reading.lexeme(mention.headStart + 4).action, kind: "person"),
      reading.lexeme(mention.headStart + 2).action >= 0
    {
      finding.metric = last
    }
    // "219 arrests, of which 146 traffickers": some of those told right before.
    if isPlain, finding.unit == "persons", reading.isWord(mention.phraseStart - 1, .relative),
      reading.isWord(mention.phraseStart - 2, .of), let previous = context.previousInSentence,
      previous.unit == "persons",
      previous.metric == Self.base(previous.metric), finding.metric != "victims"
    {
      finding.metric = previous.metric
      finding.isInherited = true
      finding.isSubset = true
      finding.rules = ["some of those before"]
      return
    }
    // "five more than in the year before. Nine were motorcyclists": of those counted, and not of the change.
    if finding.isInherited, mention.form == .plain, finding.unit == "persons", finding.noun == nil,
      finding.metric.hasSuffix("_increase") || finding.metric.hasSuffix("_decrease"), context.previousInSentence == nil
    {
      finding.metric = Self.base(finding.metric)
    }
    // "Images of nine people we wish to speak to".
    if finding.metric == "persons" || finding.metric == "protest_attendance",
      reading.isWord(mention.phraseStart - 1, .of),
      Self.pictures.contains(reading.word(mention.phraseStart - 2))
    {
      finding.metric = "suspects"
      finding.rules = ["people on pictures"]
      return
    }
    // "about 2,450 people in its workforce", "employs 340 people".
    if finding.metric == "persons", let noun = finding.noun,
      tokenRange(noun + 1, min(noun + 4, context.bound)).contains(where: { reading.word($0) == "workforce" })
        || ["employs", "employed", "employing"].contains(reading.word(mention.phraseStart - 1))
    {
      finding.metric = "staff"
      finding.rules = ["people of a workforce"]
      return
    }
    // "Seven were treated as victims of modern slavery", "two were found to be victims".
    if Self.base(finding.metric) == finding.metric, finding.unit == "persons" || finding.metric == "injuries",
      finding.noun.map({ reading.noun($0).kind != "victim" }) ?? true, isSeenAsVictim(mention, context)
    {
      finding.metric = "victims"
      finding.unit = "persons"
      finding.rules = ["people who are victims"]
      return
    }
    // "finding 26 Lithuanian workers", "84 labourers", in a text on people who were exploited.
    if reading.isOfExploitation, let noun = finding.noun, Self.exploited.contains(reading.word(noun)),
      isPlain && finding.metric == "persons" || finding.metric == "suspects" && finding.rules.first != "noun"
    {
      finding.metric = finding.metric == "suspects" ? "victims_identified" : "victims"
      finding.rules = ["people of a text on exploitation"]
      return
    }
    // "two brothers were given sentences totalling nine years".
    if finding.metric == "persons", isPlain, let noun = finding.noun,
      let given = tokenRange(noun + 1, min(noun + Self.nounToFate, context.sentence.upperBound)).first(where: {
        ["given", "handed", "received"].contains(reading.word($0))
      }),
      tokenRange(given + 1, min(given + 5, context.sentence.upperBound)).contains(where: {
        ["sentences", "sentence", "terms"].contains(reading.word($0))
      })
    {
      finding.metric = "convictions"
      finding.rules = ["people who got sentences"]
      return
    }
    // "2.4 million adults aged 16 and over experienced domestic abuse".
    if finding.metric == "persons" || finding.metric == "children", isPlain,
      let verb = follows(.enduring, finding.noun, in: context),
      tokenRange(verb + 1, min(verb + 11, context.sentence.upperBound)).contains(where: {
        reading.isWord($0, .offenceWord | .offenceNoun)
          || reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "crime"
      })
    {
      finding.metric = "victims"
      finding.unit = "persons"
      finding.rules = ["people who experienced an offence"]
      return
    }
    // "The task forces identified 211 offenders": who they are is known.
    if finding.metric == "suspects", let noun = finding.noun, reading.word(noun) == "offenders",
      !tokenRange(mention.headStart, noun).contains(where: { ["suspected", "alleged"].contains(reading.word($0)) })
    {
      finding.metric = "offenders"
    }
    // "The sex of two persons was not recorded": some of those told before.
    if finding.metric == "persons", isPlain, isCharacteristic(before: mention), let people = context.people {
      finding.metric = people.metric
      finding.unit = people.unit
      finding.isInherited = true
      finding.isSubset = true
      finding.rules = ["what is not known of those told before"]
      return
    }
    // "131 arrests (13 registered sex offenders; 19 people in positions of trust)".
    if finding.metric == "persons", isPlain, let previous = context.previous, previous.rule == "breakdown",
      previous.unit == "persons", !isClosed(previous, before: mention.phraseStart)
    {
      finding.metric = previous.metric
      finding.isInherited = true
      finding.isSubset = true
      finding.rules = ["breakdown"]
      return
    }
    // "Those held included:", above a list of people.
    if let members = context.members, finding.unit == "persons", context.previousInSentence == nil,
      finding.rules.first == "noun" || Self.carriers.contains(finding.metric)
    {
      finding.metric = members
      finding.isSubset = true
      finding.rules = ["included in the figure before"]
      return
    }
    // "They include 18 people who worked in education": some of those told before.
    if finding.metric == "persons", isPlain, isIncluded(mention), let people = context.people,
      people.unit == "persons"
    {
      finding.metric = people.metric
      finding.isInherited = true
      finding.isSubset = true
      finding.rules = ["included in the figure before"]
      return
    }
    // "The remaining seven children were overseas": the rest of those told before.
    if finding.metric == "children" || finding.metric == "persons", isPlain,
      reading.isWord(mention.phraseStart - 1, .link),
      ["remaining", "other"].contains(reading.word(mention.phraseStart - 1)),
      let people = context.people, people.unit == finding.unit
    {
      finding.metric = people.metric
      finding.isInherited = true
      finding.rules = ["the rest of those told before"]
      return
    }
    // "2,318 reports of missing children, relating to 874 individual children".
    if finding.metric == "children", isPlain, context.sentence.contains(where: { isAction($0, "missing") }) {
      finding.metric = "missing_children"
      finding.rules = ["children of a sentence on missing ones"]
      return
    }
    // "a third of the children", in a text on the missing.
    if Self.base(finding.metric) == "children", reading.isOfMissing,
      finding.rules.first?.hasPrefix("noun") == true || finding.unit == "percent"
    {
      finding.metric = "missing_children" + finding.metric.dropFirst("children".count)
      finding.rules = ["children of a text on missing ones"]
      return
    }
    // "39 children", in a list of a text that counts those it safeguarded.
    if finding.metric == "children", isPlain, context.toldMetrics.contains("children_safeguarded"),
      !context.sentence.contains(where: {
        reading.isWord($0, .be | .have | .relative) || reading.lexeme($0).action >= 0
      })
    {
      finding.metric = "children_safeguarded"
      finding.rules = ["what the text counts of children"]
      return
    }
    // "Of the 206 potential victims", in a text that counts those identified.
    if finding.metric == "victims", isPlain, context.toldMetrics.contains("victims_identified"),
      !context.toldMetrics.contains("victims")
    {
      finding.metric = "victims_identified"
      finding.rules = ["what the text counts of victims"]
    }
  }

  /// Tokens from people or premises to what befell them.
  private static let nounToFate = 12

  /// "of those arrested", behind a number.
  private func isOfThose(_ mention: NumberMention) -> Bool {
    reading.isWord(mention.headStart, .of) && reading.isWord(mention.headStart + 1, .pronoun | .determiner)
  }

  private static let pictures: Set<String> = ["images", "pictures", "photographs", "photos", "image", "footage"]

  /// Those who are exploited, as texts on it call them.
  private static let exploited: Set<String> = [
    "workers", "labourers", "women", "girls", "boys", "nationals", "teenagers", "youngsters",
  ]

  /// "as victims", "to be victims", "as potential victims of", behind a number and its verb.
  private func isSeenAsVictim(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    tokenRange(mention.headStart, min(mention.headStart + Self.nounToFate, context.bound)).contains { index in
      guard reading.lexeme(index).noun >= 0, reading.noun(index).kind == "victim" else { return false }
      let before = ["potential", "possible", "suspected"].contains(reading.word(index - 1)) ? index - 2 : index - 1
      return (reading.isWord(before, .as) || reading.isWord(before, .be) && reading.isWord(before - 1, .to))
        && tokenRange(mention.headStart, before).contains {
          reading.isWord($0, .be | .have) || reading.lexeme($0).action >= 0
        }
    }
  }

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
      }), mention.phraseStart - verb <= 3, reading.lexeme(verb - 2).noun >= 0
    else { return }
    let subject = reading.noun(verb - 2)
    guard !subject.metric.isEmpty, !Self.carriers.contains(subject.metric), subject.metric != "recorded_crimes",
      lexicon.catalog[subject.metric] != nil
    else { return }
    finding.metric = subject.metric
    finding.unit = lexicon.catalog[subject.metric]?.unit ?? subject.unit
    finding.rules = ["subject that was made, brought or paid"]
  }

  private static let bringing: Set<String> = ["made", "brought", "paid", "issued", "secured"]
  private static let subjectReach = 8

  /// What things and bodies count as, where their noun alone says another.
  func settleThings(_ finding: inout MetricFinding, _ mention: NumberMention, _ context: MetricContext) {
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
      !context.toldMetrics.contains("recorded_crimes"), reading.isWord(verb - 1, .be | .adverb | .link)
    {
      finding.metric = reading.noun(noun).kind == "vehicle" ? "vehicles_seized" : "devices_seized"
      finding.unit = reading.noun(noun).kind == "vehicle" ? "vehicles" : "devices"
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
    // "Under Clare's Law the force received 2,870 applications".
    if reading.isOfDisclosure, Self.base(finding.metric) == "applications" {
      finding.metric = "disclosure_requests" + finding.metric.dropFirst("applications".count)
    }
    guard let noun = finding.noun else { return }
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

  private func isForce(_ index: Int) -> Bool {
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

  /// Tokens behind a noun within which a relative clause or a verb says who its people are.
  private static let clauseReach = 12

  /// The word of a class in the clause behind a noun.
  private func follows(_ words: WordClasses, _ noun: Int?, in context: MetricContext) -> Int? {
    guard let noun else { return nil }
    return tokenRange(noun + 1, min(noun + Self.clauseReach, context.sentence.upperBound)).first {
      reading.isWord($0, words)
    }
  }

  /// "the sex of two persons", "ethnicity was not stated for 12 people".
  private func isCharacteristic(before mention: NumberMention) -> Bool {
    guard reading.isWord(mention.phraseStart - 1, .of | .for) else { return false }
    return tokenRange(
      max(reading.sentences[mention.sentence].tokens.lowerBound, mention.phraseStart - 7), mention.phraseStart
    )
    .contains {
      ["sex", "gender", "age", "ethnicity", "nationality"].contains(reading.word($0))
    }
  }

  /// Tokens of a bracket within which its parts go on.
  private static let bracketReach = 60

  /// Whether a bracket is closed between a figure and a token.
  private func isClosed(_ previous: Told, before index: Int) -> Bool {
    var position = index - 1
    while position >= max(0, index - Self.bracketReach), Int(reading.tokens[position].start) >= previous.span.end {
      if reading.isMark(position, ")") { return true }
      position -= 1
    }
    return false
  }

  private func isOfChildren(_ mention: NumberMention, _ finding: MetricFinding, _ context: MetricContext) -> Bool {
    if let noun = finding.noun, reading.lexeme(noun).noun >= 0 { return reading.noun(noun).kind == "child" }
    // "Of the children involved, 301 have been located and 143 remained missing".
    if finding.noun == nil,
      context.people?.unit == "children"
        || context.toldMetrics.contains("missing_children")
          && !context.toldMetrics.contains("missing_persons")
        || tokenRange(context.sentence.lowerBound, mention.phraseStart).contains(where: {
          reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "child"
        })
    {
      return true
    }
    guard let predicate = finding.predicate else { return false }
    return tokenRange(predicate, min(predicate + 3, context.bound)).contains {
      reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "child"
    }
  }
}
