// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Where a figure is from.
extension ClaimBuilder {
  // MARK: - Where

  func mentions(in range: Range<Int>) -> ArraySlice<Mention> { mentions.beginning(in: range, from: mentionCursor) }

  /// The nearest place that the grammar binds to a number; see docs/extraction.md for the order.
  func region(
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

  func name(_ region: Int) -> String { region < 0 ? "" : reading.lexicon.gazetteer.regions[region].name }

  /// Whether a mention says where: a national body acts for the whole country, and the text that speaks of
  /// one force or town does not leave it for that.
  func isPlace(_ mention: Mention, in sentence: Int) -> Bool {
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
  func goesOn(_ index: Int) -> Bool {
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
  static func headingRegions(_ reading: Reading, _ mentions: [Mention]) -> [Int: Int] {
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

  func adjacentPlace(_ mention: NumberMention) -> Int? {
    var before = mention.phraseStart - 1
    guard reading.endsPlainly(mention.headStart) else { return nil }
    if reading.isMark(before, "(") || reading.isMark(before, ":") || reading.isMark(before, "-") { before -= 1 }
    return mentions(in: tokenRange(max(0, before - 8), before + 1))
      .last { $0.tokens.upperBound == before + 1 && $0.region >= 0 && $0.kind != .anaphora }?.region
  }

  // MARK: - Where the whole text is from

  /// Where a document's figures are from if nothing nearer says so: the area of the headline; else of the
  /// force whose release it is, or that it names most; else the first area or body with an area.
  static func defaultRegion(_ reading: Reading, _ mentions: [Mention]) -> Int {
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
      // A dateline, an address or one row of many is not yet what the text is about.
      let isInLead = first.tokens.lowerBound < leadEnd && !isDateline(first, reading)
      let isNational = [.country, .nation, .nationGroup].contains(gazetteer.regions[first.region].kind)
      return isInLead || isNational ? first.region : commonRegion(usable, gazetteer) ?? first.region
    }
    // A dateline names a town; the figures of a force's release are for the force's area.
    let body = forces.first { mention in
      ![.country, .nation].contains(gazetteer.regions[mention.region].kind)
        && gazetteer.contains(gazetteer.regions[mention.region].id, gazetteer.regions[chosen.region].id)
    }
    return body?.region ?? chosen.region
  }

  /// A place in a line of its own with the date: "Chelmsford, 4 May 2023".
  static func isDateline(_ mention: Mention, _ reading: Reading) -> Bool {
    guard let sentence = reading.sentences.first(where: { $0.tokens.contains(mention.tokens.lowerBound) }) else {
      return false
    }
    return sentence.tokens.count <= 9 && sentence.tokens.contains { reading.isWord($0, .month) }
  }

  /// The smallest area of those that a text names which most of its places lie in.
  static func commonRegion(_ mentions: [Mention], _ gazetteer: Gazetteer) -> Int? {
    let places = Dictionary(grouping: mentions, by: \.region).mapValues(\.count)
    func inside(_ outer: Int) -> Int {
      places.filter { gazetteer.contains(gazetteer.regions[outer].id, gazetteer.regions[$0.key].id) }.values.reduce(
        0, +)
    }
    let wide = places.keys.filter { inside($0) * 2 > mentions.count }
    return wide.min { (inside($0), gazetteer.regions[$0].name) < (inside($1), gazetteer.regions[$1].name) }
  }
}
