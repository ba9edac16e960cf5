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
    // "Domestic abuse was experienced by an estimated 2.3 million people".
    if finding.metric == "persons", isPlain, reading.isWord(mention.phraseStart - 1, .by),
      reading.isWord(mention.phraseStart - 2, .enduring)
    {
      finding.metric = "victims"
      finding.rules = ["people who experienced an offence"]
      return
    }
    // "between 550,000 and 850,000 people who pose a sexual risk to children", "are a sexual danger to children".
    if finding.metric == "persons", isPlain,
      follows(.posing, finding.noun, in: context) != nil || isDanger(finding.noun, context)
    {
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
    // "cost victims £21.6m. Two-thirds of those who reported a loss were women": of people, and not of the sum.
    if ["losses", "cost", "money"].contains(Self.base(finding.metric)), finding.isInherited,
      mention.form == .plain || finding.unit == "percent" && finding.metric.hasSuffix("_share"),
      reading.isWord(mention.headStart, .of) && reading.word(mention.headStart + 1) == "those"
        || saysSexOrAge(mention, context)
    {
      finding.metric = finding.unit == "percent" ? "victims_share" : "victims"
      if finding.unit != "percent" { finding.unit = "persons" }
      finding.rules = ["of those who lost"]
      return
    }
    // "of 1,781 crimes 37% were of victims under 18": a share by sex or age is of people, and not of crimes.
    if Self.ofCrimes.contains(finding.metric), finding.isInherited, saysSexOrAge(mention, context) {
      finding.metric = "victims_share"
      finding.rules = ["share of people, by sex or age"]
      return
    }
    // "around 100,000 people are trapped in modern slavery".
    if finding.metric == "persons", isPlain, let noun = finding.noun,
      let held = tokenRange(noun + 1, min(noun + Self.nounToFate, context.bound)).first(where: {
        ["slavery", "servitude", "exploitation"].contains(reading.word($0))
      }),
      tokenRange(noun + 1, held).contains(where: {
        ["in", "into"].contains(reading.word($0)) || reading.word($0) == "of" && reading.word($0 - 1) == "victims"
      }),
      !tokenRange(noun + 1, held).contains(where: { reading.lexeme($0).action >= 0 && !isAction($0, "victimise") })
    {
      finding.metric = "victims"
      finding.rules = ["people in slavery"]
      return
    }
    // "with 107 being positive", "338 failing or refusing", of drivers who were tested: those over the limit.
    if ["persons", "tests", "recorded_crimes", "breath_tests"].contains(finding.metric),
      mention.form == .plain,
      tokenRange(mention.headStart, min(mention.headStart + 7, context.bound)).contains(where: {
        ["positive", "failing", "failed"].contains(reading.word($0))
          || reading.isWord($0, .limit) && reading.word($0 - 3) == "over"
      }),
      context.sentence.contains(where: {
        ["breath", "breathalysed", "tested", "tests", "test", "breathalyser", "motorists", "drivers"].contains(
          reading.word($0))
      })
    {
      finding.metric = "offenders"
      finding.unit = "persons"
      finding.rules = ["drivers over the limit"]
      return
    }
    // "The crash claimed five lives".
    if finding.metric == "persons", let noun = finding.noun, reading.word(noun) == "lives",
      tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 2), mention.phraseStart).contains(where: {
        ["claim", "claims", "claimed", "claiming", "cost", "costing", "took"].contains(reading.word($0))
      })
    {
      finding.metric = "fatalities"
      finding.rules = ["lives that were lost"]
      return
    }
    // "78 persons have lost their lives on our roads".
    if finding.metric == "persons", isPlain, let noun = finding.noun,
      tokenRange(noun + 1, min(noun + 5, context.bound)).contains(where: {
        isAction($0, "kill") && reading.word($0 + 1) == "their"
      })
    {
      finding.metric = "fatalities"
      finding.rules = ["people who lost their lives"]
      return
    }
    // "2,623 drivers were found to be speeding", "930 motorists caught over the limit".
    if ["persons", "vulnerable_people_safeguarded", "suspects", "victims_identified"].contains(finding.metric),
      let noun = finding.noun, Self.onTheRoad.contains(reading.word(noun)),
      tokenRange(noun + 1, min(noun + 8, context.bound)).contains(where: {
        reading.word($0) == "speeding" || reading.isWord($0, .limit)
      })
    {
      finding.metric = "offenders"
      finding.rules = ["drivers over the limit"]
      return
    }
    // "27 people reported a drink-driver", "58,000 people reported crime anonymously".
    if finding.metric == "persons", isPlain, let noun = finding.noun, reading.word(noun + 1) == "reported",
      reading.isWord(noun + 2, .determiner)
        || reading.lexeme(noun + 2).noun >= 0 && ["crime", "incident"].contains(reading.noun(noun + 2).kind)
    {
      finding.metric = "reports"
      finding.unit = "items"
      finding.rules = ["people who reported something"]
      return
    }
    // "Two vulnerable individuals were identified".
    if finding.metric == "suspects", let noun = finding.noun,
      tokenRange(mention.headStart, noun).contains(where: { reading.word($0) == "vulnerable" })
    {
      finding.metric = "vulnerable_people_safeguarded"
      finding.rules = ["vulnerable people who were found"]
      return
    }
    // "1,256 children and vulnerable people were safeguarded", "2,664 vulnerable people, children among them".
    if finding.metric == "children_safeguarded" || finding.metric == "adults_safeguarded",
      tokenRange(mention.headStart, min(mention.headStart + 4, context.bound)).contains(where: {
        reading.word($0) == "vulnerable"
          && ["people", "adults", "persons", "individuals"].contains(reading.word($0 + 1))
      }),
      finding.metric == "children_safeguarded" || reading.word(mention.headStart + 1) != "adults"
    {
      finding.metric = "vulnerable_people_safeguarded"
      finding.unit = "persons"
      finding.rules = ["vulnerable people"]
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

  private static let ofCrimes: Set<String> = ["recorded_crimes_share", "incidents_share"]

  /// "were women", "identified themselves as female": right behind a number or its bracket.
  func saysSexOrAge(_ mention: NumberMention, _ context: MetricContext) -> Bool {
    var index = mention.headStart
    if reading.isMark(index, "("), let close = tokenRange(index, index + 5).first(where: { reading.isMark($0, ")") }) {
      index = close + 1
    }
    if reading.isMark(index, ")") { index += 1 }
    return tokenRange(index, min(index + 5, context.sentence.upperBound)).contains {
      ["women", "men", "female", "male", "females", "males", "girls", "boys", "aged"].contains(reading.word($0))
    } && (reading.isWord(index, .be | .have) || ["identified", "were"].contains(reading.word(index)))
  }

  /// "are a sexual danger to children", behind people.
  private func isDanger(_ noun: Int?, _ context: MetricContext) -> Bool {
    guard let noun else { return false }
    // "children face a sexual danger from between 550,000 and 700,000 adults".
    let from = tokenRange(max(context.sentence.lowerBound, noun - Self.nounToFate), noun).last {
      reading.isWord($0, .from)
    }
    if let from,
      tokenRange(max(context.sentence.lowerBound, from - 5), from).contains(where: {
        reading.reads($0, "danger") || reading.reads($0, "risk") || reading.reads($0, "threat")
      }), tokenRange(context.sentence.lowerBound, from).contains(where: { reading.word($0).hasPrefix("child") })
    {
      return true
    }
    let clause = tokenRange(noun + 1, min(noun + Self.nounToFate, context.sentence.upperBound))
    return clause.contains {
      reading.isWord($0, .to) && ["danger", "risk", "threat"].contains(reading.word($0 - 1))
    } && clause.contains { reading.isWord($0, .be) }
  }

  /// Those on the road, whom police check there.
  private static let onTheRoad: Set<String> = [
    "drivers", "driver", "motorists", "motorist", "riders", "people", "persons",
  ]

  /// Tokens from people or premises to what befell them.
  static let nounToFate = 12

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
      // "2.2 million adults aged 16 and over were victims of domestic abuse".
      if reading.isWord(before, .be), reading.isWord(index + 1, .of) { return true }
      return (reading.isWord(before, .as) || reading.isWord(before, .be) && reading.isWord(before - 1, .to))
        && tokenRange(mention.headStart, before).contains {
          reading.isWord($0, .be | .have) || reading.lexeme($0).action >= 0
            || ["believed", "thought", "suspected", "considered"].contains(reading.word($0))
        }
    }
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
