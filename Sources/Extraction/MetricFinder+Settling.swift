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
      ["remaining", "other"].contains(reading.string(mention.phraseStart - 1..<mention.phraseStart).lowercased()),
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

  /// What things and bodies count as, where their noun alone says another.
  func settleThings(_ finding: inout MetricFinding, _ mention: NumberMention, _ context: MetricContext) {
    // "figures obtained from 41 police forces".
    if finding.metric == "forces_involved", reading.isWord(mention.phraseStart - 1, .from),
      tokenRange(max(context.sentence.lowerBound, mention.phraseStart - 5), mention.phraseStart - 1).contains(where: {
        reading.isWord($0, .dataWord)
      })
    {
      finding.metric = "forces_responded"
      finding.rules = ["forces that gave data"]
    }
    guard let noun = finding.noun else { return }
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
    // "Street Valium was found, with 200,000 tablets in Glasgow": pills, where the text is on drugs.
    if finding.unit == "devices", reading.isWord(noun, .formOfDrug),
      context.sentence.contains(where: { reading.moneyMetric($0) == "drugs_seized_value" })
        || context.toldMetrics.contains(where: { $0.hasPrefix("drug") })
          && !context.toldMetrics.contains(where: { $0.hasPrefix("devices") })
    {
      finding.metric = "drugs_seized_units"
      finding.unit = reading.string(noun..<noun + 1).lowercased()
    }
    // "1,400 devices were taken away": by the police, where thieves would have taken them.
    if finding.metric == "items_stolen", reading.noun(noun).kind == "device",
      let verb = context.sentence.first(where: { isAction($0, "take") }), context.sentence.contains(verb + 1),
      reading.string(verb + 1..<verb + 2).lowercased() == "away"
    {
      finding.metric = "devices_seized"
      finding.unit = "devices"
    }
  }

  /// The noun of a token where that is a seizure: "seizure" of "drug seizure incidents".
  func seizureNoun(_ index: Int) -> CountedNoun? {
    let noun = reading.noun(index)
    return noun.kind == "seizure" ? noun : nil
  }

  private func isOfChildren(_ mention: NumberMention, _ finding: MetricFinding, _ context: MetricContext) -> Bool {
    if let noun = finding.noun, reading.lexeme(noun).noun >= 0 { return reading.noun(noun).kind == "child" }
    guard let predicate = finding.predicate else { return false }
    return tokenRange(predicate, min(predicate + 3, context.bound)).contains {
      reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "child"
    }
  }
}
