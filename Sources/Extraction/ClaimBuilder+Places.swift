// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Where a figure is from.
extension ClaimBuilder {
  // MARK: - Where

  /// The mentions between two tokens that lie before the sentence that is being read.
  func mentions(before end: Int, from start: Int) -> ArraySlice<Mention> {
    var first = min(mentionCursor, mentions.count)
    while first > 0, mentions[first - 1].tokens.lowerBound >= start { first -= 1 }
    return mentions[first..<min(mentionCursor, mentions.count)].prefix { $0.tokens.upperBound <= end }
  }

  func mentions(in range: Range<Int>) -> ArraySlice<Mention> { mentions.beginning(in: range, from: mentionCursor) }

  /// The nearest place that the grammar binds to a number; see docs/extraction.md for the order.
  func region(
    _ mention: NumberMention, sentence index: Int, bound: Int, antecedent: Int?, told: Int?, firstClaim: Int
  ) -> Int {
    let sentence = reading.sentences[index].tokens
    let after = mentions(in: tokenRange(mention.headStart, placeBound(mention, bound, sentence)))
    // "311 of the 507 uses were in Leicester": the whole is of the area that the text is about.
    let isWhole =
      reading.isWord(mention.phraseStart - 1, .determiner) && reading.isWord(mention.phraseStart - 2, .of)
      && mention.phraseStart - 2 > sentence.lowerBound
    if !isWhole,
      let bound = after.first(where: { $0.isLocative && !$0.isExample && $0.kind != .organisation && $0.region >= 0 }),
      !isOfNextNumber(bound, mention, sentence)
    {
      if let heading = headingMeant(by: bound, in: index) { return heading }
      if let wider = areaOfList(from: bound, mention, sentence) {
        trace?.note("area", "the area that a list of places lies in", name(wider))
        return wider
      }
      trace?.note("area", "a place behind the number", reading.string(bound.tokens))
      return commonOfList(around: bound, in: index)
    }
    // "44 UK police forces": whose forces they are.
    if let whose = after.first, whose.tokens.lowerBound == mention.headStart, whose.kind == .region, whose.region >= 0,
      reading.lexicon.gazetteer.isNational(whose.region),
      metrics.isForce(whose.tokens.upperBound)
        || metrics.isForce(whose.tokens.upperBound + 1)
    {
      trace?.note("area", "whose they are", name(whose.region))
      return whose.region
    }
    if let agent = agentBehind(mention, sentence) {
      trace?.note("area", "by whom it was done", reading.string(agent.tokens))
      return agent.region
    }
    if let own = respectivePlace(mention, sentence, firstClaim) {
      trace?.note("area", "respectively", name(own))
      return own
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
        // "and Sussex Police 49", "North Wales Police had 118": a body only right before the number.
        ($0.kind == .region || $0.kind == .national
          || $0.kind == .organisation
            && ($0.tokens.upperBound == mention.phraseStart
              || $0.tokens.upperBound + 1 == mention.phraseStart && reading.isWord($0.tokens.upperBound, .have)))
          && $0.region >= 0 && !$0.isExample
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
      .filter {
        $0.region >= 0 && !$0.isExample && !$0.isHelper && isPlace($0, in: index) && !isIdleDateline($0)
          && !isSpeaker($0, in: index)
      }
    // A place that an earlier number of the sentence is bound to is not this one's.
    let gazetteer = reading.lexicon.gazetteer
    let free = before.filter { candidate in
      candidate.kind == .organisation || !candidate.isLocative
        || !claims.indices[firstClaim...].contains {
          claims[$0].span.start < Int(reading.tokens[candidate.tokens.lowerBound].start)
            && !reading.isMark(candidate.tokens.lowerBound - 2, ";")
            // "Plants in Perth worth £190,000, and in Kilmarnock plants worth £610,000": the first has its own.
            && (regions[$0] < 0 || candidate.region == regions[$0]
              || gazetteer.contains(gazetteer.regions[regions[$0]].id, gazetteer.regions[candidate.region].id))
        }
    }
    if var nearest = free.last {
      // "seized by police and the UK Border Agency in England and Wales": the place behind the body says where.
      if !nearest.isLocative,
        let place = before.first(where: {
          $0.isLocative && $0.kind != .organisation && $0.tokens.lowerBound >= nearest.tokens.upperBound
            && $0.tokens.lowerBound - nearest.tokens.upperBound <= Self.bodyToPlace
        })
      {
        nearest = place
      }
      if let heading = headingMeant(by: nearest, in: index) { return heading }
      // "In Sheffield, South Yorkshire Police checked 12": the place, not the ground of its force.
      if nearest.kind == .organisation, let place = free.last(where: { $0.kind == .region }),
        reading.lexicon.gazetteer.contains(
          reading.lexicon.gazetteer.regions[nearest.region].id, reading.lexicon.gazetteer.regions[place.region].id)
      {
        nearest = place
      }
      if nearest.kind == .organisation, let area = areaOfBodies(nearest) {
        trace?.note("area", "the one of several bodies that the text is about", name(area))
        return area
      }
      if nearest.kind == .organisation, let place = placeOfBody(nearest, sentence) {
        trace?.note("area", "where the body did it", name(place))
        return place
      }
      trace?.note("area", "the nearest place or body before the number", reading.string(nearest.tokens))
      return commonOfList(around: nearest, in: index)
    }
    if claims.count > firstClaim, let last = regions.last, last >= 0 {
      trace?.note("area", "the place of the figure before in the sentence", name(last))
      return last
    }
    let rest = mentions(in: tokenRange(mention.headStart, sentence.upperBound))
      .filter { $0.region >= 0 && !$0.isExample && !$0.isHelper && isPlace($0, in: index) }
    // "froze £1.4m, while the US Secret Service seized a further $5.3m": who did it to the next number.
    func isOfNext(_ body: Mention) -> Bool {
      let next = tokenRange(body.tokens.upperBound, min(body.tokens.upperBound + Self.nextReach, sentence.upperBound))
      return reading.lexeme(body.tokens.upperBound).action >= 0
        && next.contains { reading.isNumber($0) || reading.isWord($0, .number) }
        && tokenRange(mention.headStart, body.tokens.lowerBound).contains { reading.isNumber($0) }
    }
    if let body = rest.first(where: { $0.kind == .organisation && !isOfNext($0) }) {
      trace?.note("area", "a body named after the number", reading.string(body.tokens))
      return body.region
    }
    if bound == sentence.upperBound, let any = rest.first(where: { !isAgent($0) }) {
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
    // "In total 37 arrests were made and £52,000 worth of drugs were seized in West Mercia": of the area that has the one
    // which the text is about.
    if let wider = rest.last, rest.allSatisfy({ $0.region == wider.region }), wider.isLocative, defaultRegion >= 0,
      wider.region != defaultRegion,
      gazetteer.contains(gazetteer.regions[wider.region].id, gazetteer.regions[defaultRegion].id),
      tokenRange(mention.headStart, wider.tokens.lowerBound).contains(where: { reading.isWord($0, .and) }),
      !tokenRange(mention.headStart, wider.tokens.lowerBound).contains(where: {
        reading.isMark($0, ",") || isComparison($0)
      })
    {
      trace?.note("area", "a place behind the list", name(wider.region))
      return wider.region
    }
    // "26 of the 43 forces of England and Wales": of the area of all of them.
    if isCountOfAreas(mention), let whole = rest.first,
      whole.isLocative || reading.isWord(whole.tokens.lowerBound - 1, .of),
      whole.kind == .region, gazetteer.isNational(whole.region)
    {
      trace?.note("area", "the area of the whole", name(whole.region))
      return whole.region
    }
    // "increased in eight of the 11 districts": of the whole area.
    if isCountOfAreas(mention), defaultRegion >= 0 {
      trace?.note("area", "the area that the text is about", name(defaultRegion))
      return defaultRegion
    }
    // The lines of a list are of the place in the line that leads in to it.
    if let listRegion, isListItem(reading.sentences[index]) || isLineOfList(reading.sentences[index]) {
      trace?.note("area", "the line above the list", name(listRegion))
      return listRegion
    }
    // "Behind each of the 397 arrests": of the area they were told for.
    if let told {
      trace?.note("area", "the area of the same figure before", name(regions[told]))
      return regions[told]
    }
    if let place = question(before: index)?.region {
      trace?.note("area", "the question above", name(place))
      return place
    }
    // A line of a list, and what goes on with "they" or "of those", stay where the paragraph is.
    let isBelowOther = headingRegions[index] != nil && headingRegions[index] != headingRegions[lastSentence]
    // "• 1,460 kg of cocaine found in Belgium", "• 12 firearms": a place of one line is not the next one's.
    let isNextItem =
      lastSentence >= 0 && lastSentence != index && isListItem(reading.sentences[index])
      && isListItem(reading.sentences[lastSentence])
      && mentions(inSentence: lastSentence).contains { $0.kind == .region && $0.isLocative }
    if goesOn(index), !isBelowOther, !isNextItem, let last = regions.last, last >= 0 {
      trace?.note("area", "the place of the sentence before", name(last))
      return last
    }
    if let place = placeOfParagraph(index) {
      trace?.note("area", "the place that the paragraph opened with", name(place))
      return place
    }
    if let heading = headingRegions[index] {
      trace?.note("area", "the heading above", name(heading))
      return heading
    }
    if let other = forceBefore(index) {
      trace?.note("area", "the force that the text told of last", name(other))
      return other
    }
    if let place = placeOfDispatch(index) {
      trace?.note("area", "the place of the dispatch", name(place))
      return place
    }
    if defaultRegion >= 0 { trace?.note("area", "the area that the text is about", name(defaultRegion)) }
    return defaultRegion
  }

  /// Sentences from a figure with a place of its own to the next that goes on about it.
  private static let dispatchReach = 2

  /// "In Cork city a house was searched and … seized. They came upon": in a text on a whole country, what goes on with a
  /// pronoun, over paragraphs too, is where the sentence before was.
  private func placeOfDispatch(_ index: Int) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    let first = reading.sentences[index].tokens.lowerBound
    guard defaultRegion >= 0, gazetteer.isNational(defaultRegion), let last = regions.last, last >= 0,
      last != defaultRegion, !gazetteer.isNational(last), lastSentence >= 0, index > lastSentence,
      index - lastSentence <= Self.dispatchReach, ["they", "he", "she", "officers"].contains(reading.word(first)),
      gazetteer.contains(gazetteer.regions[defaultRegion].id, gazetteer.regions[last].id)
    else { return nil }
    let between = tokenRange(reading.sentences[lastSentence].tokens.upperBound, first)
    return mentions(before: first, from: between.lowerBound).contains {
      $0.region >= 0 && $0.region != last && !gazetteer.isNational($0.region)
    } ? nil : last
  }

  /// Sentences of a paragraph back to the place that it opened with.
  private static let openingReach = 3

  /// "Cork came out on top of the counties. There were 57 there": in a text on a whole country, the place that a sentence
  /// before in the paragraph opened with.
  private func placeOfParagraph(_ index: Int) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard defaultRegion >= 0, gazetteer.isNational(defaultRegion) else { return nil }
    var sentence = index
    while sentence > 0, !reading.sentences[sentence].startsParagraph, !reading.sentences[sentence].startsBlock,
      index - sentence < Self.openingReach
    {
      sentence -= 1
      guard mentions(inSentence: sentence).contains(where: { $0.kind == .region && $0.region >= 0 }) else { continue }
      guard let place = openingPlace(of: sentence), place != defaultRegion, !gazetteer.isNational(place),
        gazetteer.contains(gazetteer.regions[defaultRegion].id, gazetteer.regions[place].id)
      else { return nil }
      return place
    }
    return nil
  }

  /// Tokens behind a body within which the number that it acted on stands.
  private static let nextReach = 6

  /// Sentences back to a force that a digest of several forces' news still tells of.
  private static let digestReach = 4

  /// "… in a crackdown by West Midlands Police.⏎⏎97 of the 793 under-25s tested were over the limit", in a text that opens
  /// with another force.
  private func forceBefore(_ index: Int) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard defaultRegion >= 0, !gazetteer.isNational(defaultRegion), index > 0 else { return nil }
    let start = reading.sentences[max(0, index - Self.digestReach)].tokens.lowerBound
    let force = mentions(before: reading.sentences[index].tokens.lowerBound, from: start).last {
      $0.kind == .region && $0.isLocative && $0.region >= 0
        || $0.organisation >= 0 && gazetteer.organisations[$0.organisation].kind == "police_force" && !$0.isHelper
    }
    guard let force, force.organisation >= 0, !gazetteer.isNational(force.region),
      !Self.isRelated(force.region, defaultRegion, gazetteer), regions.last == force.region
    else { return nil }
    return force.region
  }

  /// "In London 17 suspects were arrested, in Scotland 12": where each number has its place before it, the place behind is
  /// the next one's.
  private func isOfNextNumber(_ place: Mention, _ mention: NumberMention, _ sentence: Range<Int>) -> Bool {
    // "Plants in Perth worth £190,000 were seized, and in Kilmarnock plants worth £610,000": of the clause that follows.
    let joint = place.tokens.lowerBound - 2
    if joint > mention.headStart, reading.isWord(joint, .and),
      tokenRange(place.tokens.upperBound, sentence.upperBound).contains(where: { reading.isNumber($0) }),
      mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart)).contains(where: {
        $0.kind == .region && $0.isLocative && $0.region >= 0
      })
    {
      return true
    }
    let next = place.tokens.upperBound
    guard sentence.contains(next), reading.isNumber(next) || reading.isWord(next, .number) else { return false }
    // "In Scotland we opened 94 cases, in Wales 61".
    let isOfClause = reading.isMark(joint, ",") && joint > mention.headStart
    return mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart)).contains {
      (isOfClause && $0.kind == .region || $0.tokens.upperBound == mention.phraseStart) && $0.isLocative
        && $0.region >= 0
    }
  }

  /// "Officers across the region made 241 arrests", below the heading "North West ROCU".
  private func headingMeant(by place: Mention, in sentence: Int) -> Int? {
    guard place.kind == .anaphora, let heading = headingRegions[sentence] else { return nil }
    trace?.note("area", "the heading above", name(heading))
    return heading
  }

  /// "In Kent, six men were arrested in Maidstone, Gillingham and Whitfield": the area before the number that its places lie
  /// in, where they are several.
  private func areaOfList(from place: Mention, _ mention: NumberMention, _ sentence: Range<Int>) -> Int? {
    let end = place.tokens.upperBound
    guard place.kind == .region, reading.isMark(end, ",") || reading.isWord(end, .and), sentence.contains(end + 1),
      reading.tokens[end + 1].kind == .word, reading.tokens[end + 1].isCapitalized
    else { return nil }
    let gazetteer = reading.lexicon.gazetteer
    return mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart)).last {
      $0.region >= 0 && $0.region != place.region && !gazetteer.isNational($0.region)
        && gazetteer.contains(gazetteer.regions[$0.region].id, gazetteer.regions[place.region].id)
    }?.region
  }

  /// "led by the Netherlands": who did it, not where.
  private func isAgent(_ place: Mention) -> Bool {
    var before = place.tokens.lowerBound - 1
    while reading.isWord(before, .determiner) { before -= 1 }
    return place.kind == .region && !place.isLocative && reading.isWord(before, .by)
      && reading.lexicon.gazetteer.isNational(place.region)
  }

  /// "Essex Police, arresting six people in Colchester and safeguarding 11": the one place of a sentence that lies in the
  /// area of the body which acts in it.
  private func placeOfBody(_ body: Mention, _ sentence: Range<Int>) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    let named = mentions(in: sentence).filter { $0.region >= 0 && !$0.isExample }
    let places = named.filter { $0.kind == .region && $0.isLocative }
    guard let place = places.first, Set(places.map(\.region)).count == 1, place.region != body.region,
      gazetteer.contains(gazetteer.regions[body.region].id, gazetteer.regions[place.region].id),
      !gazetteer.isNational(body.region), place.tokens.lowerBound > body.tokens.lowerBound
    else { return nil }
    return place.region
  }

  /// "Officers from the AFP, Queensland Police and New South Wales Police", in a text on Queensland: the area of the one, of
  /// several bodies that acted together, that the text is about.
  private func areaOfBodies(_ last: Mention) -> Int? {
    var index = firstMention(from: last.tokens.lowerBound)
    guard defaultRegion >= 0, last.region != defaultRegion, mentions.indices.contains(index),
      mentions[index].tokens == last.tokens
    else { return nil }
    while index > 0, mentions[index - 1].kind == .organisation,
      reading.isWord(mentions[index].tokens.lowerBound - 1, .and)
        || reading.isMark(mentions[index].tokens.lowerBound - 1, ",")
        || reading.isWord(mentions[index].tokens.lowerBound - 1, .determiner),
      mentions[index].tokens.lowerBound - mentions[index - 1].tokens.upperBound <= 3
    {
      index -= 1
      if mentions[index].region == defaultRegion { return defaultRegion }
    }
    return nil
  }

  /// Tokens between a body and the place behind it that says where it did something: "Border Agency (UKBA) in".
  private static let bodyToPlace = 8

  /// "Arrests in Derby and Leicester were 31 and 44 respectively": the place of a list that stands where the number does.
  func respectivePlace(_ mention: NumberMention, _ sentence: Range<Int>, _ firstClaim: Int) -> Int? {
    guard tokenRange(mention.headStart, sentence.upperBound).contains(where: { reading.isWord($0, .respectively) })
    else { return nil }
    let numbers = claims[firstClaim...].filter { !$0.quantity.isShareInWords }
    let start = numbers.first?.span.start ?? Int(reading.tokens[mention.phraseStart].start)
    let places = mentions(in: sentence).filter {
      $0.kind == .region && $0.region >= 0 && !$0.isExample && Int(reading.tokens[$0.tokens.lowerBound].start) < start
    }
    let isLast = !tokenRange(mention.headStart, sentence.upperBound).contains {
      reading.isNumber($0) || reading.isWord($0, .number)
    }
    let position = isLast ? places.count - 1 : numbers.count
    guard places.count >= 2, position < places.count,
      reading.isWord(places[places.count - 1].tokens.lowerBound - 1, .and)
    else { return nil }
    return places[position].region
  }

  /// "Officers in Herefordshire, Shropshire, Telford and Worcestershire": the area that all places of a list of three or
  /// more lie in, where there is one below a country.
  func commonOfList(around mention: Mention, in index: Int) -> Int {
    guard mention.kind == .region else { return mention.region }
    var first = firstMention(from: mention.tokens.lowerBound)
    guard mentions.indices.contains(first), mentions[first].tokens == mention.tokens else { return mention.region }
    func isJoined(_ left: Int, _ right: Int) -> Bool {
      mentions[left].kind == .region && mentions[right].kind == .region && mentions[left].region >= 0
        && mentions[right].region >= 0
        && tokenRange(mentions[left].tokens.upperBound, mentions[right].tokens.lowerBound).allSatisfy {
          reading.isMark($0, ",") || reading.isWord($0, .and)
        } && mentions[right].tokens.lowerBound - mentions[left].tokens.upperBound <= 2
    }
    var last = first
    while first > 0, isJoined(first - 1, first) { first -= 1 }
    while last + 1 < mentions.count, isJoined(last, last + 1) { last += 1 }
    if let rest = restOfList(behind: last, of: mention.region) { return rest }
    let gazetteer = reading.lexicon.gazetteer
    // "held in Consett and Seaham in County Durham", "in Memphis and across West Tennessee".
    if mentions.indices.contains(last + 1), mentions[last + 1].kind == .region, mentions[last + 1].isLocative,
      mentions[last + 1].region >= 0, mentions[last + 1].tokens.lowerBound - mentions[last].tokens.upperBound <= 3,
      last > first || reading.isWord(mentions[last].tokens.upperBound, .and),
      (first...last).allSatisfy({
        gazetteer.contains(
          gazetteer.regions[mentions[last + 1].region].id, gazetteer.regions[mentions[$0].region].id)
      })
    {
      return mentions[last + 1].region
    }
    guard last > first else { return mention.region }
    var common = mentions[first].region
    for index in first + 1...last {
      // "in Luton, Bedfordshire": the county only says which Luton.
      let (before, region) = (mentions[index - 1], mentions[index].region)
      if reading.isMark(before.tokens.upperBound, ","), before.region != region,
        gazetteer.contains(gazetteer.regions[region].id, gazetteer.regions[before.region].id)
      {
        continue
      }
      guard let next = gazetteer.common(common, mentions[index].region),
        Self.isMeantByParts(next, mentions[first...last].map(\.region), gazetteer),
        gazetteer.regions[next].kind != .onsRegion
      else {
        return hereOfMost(mentions[first...last], in: index) ?? mention.region
      }
      common = next
    }
    if gazetteer.regions[common].kind != .localAuthority, let named = namedArea(of: mentions[first...last], in: index) {
      return named
    }
    return common
  }

  /// "Properties in Redhill, Horley, Merstham and London": the area that the text is about, where it has all but one of
  /// four or more places.
  private func hereOfMost(_ places: ArraySlice<Mention>, in index: Int) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard let here = headingRegions[index] ?? (defaultRegion >= 0 ? defaultRegion : nil), !gazetteer.isNational(here),
      places.count >= Self.mostOfList,
      places.filter({ !gazetteer.contains(gazetteer.regions[here].id, gazetteer.regions[$0.region].id) }).count == 1
    else { return nil }
    return here
  }

  /// Places of a list of which one may lie elsewhere.
  private static let mostOfList = 4

  /// Places of a list that a heading's area may stand for.
  private static let placesMax = 30

  /// "warrants in Newcastle, Sunderland and Gateshead", below the heading "Northumbria": the area that the text is about
  /// here, where it has all places of a list, and none of them the others.
  private func namedArea(of places: ArraySlice<Mention>, in index: Int) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard let here = headingRegions[index] ?? (defaultRegion >= 0 ? defaultRegion : nil), !gazetteer.isNational(here),
      [.policeForceArea, .county].contains(gazetteer.regions[here].kind), places.count <= Self.placesMax,
      places.allSatisfy({
        $0.region != here && gazetteer.contains(gazetteer.regions[here].id, gazetteer.regions[$0.region].id)
      }),
      places.allSatisfy({ place in
        places.allSatisfy { !Self.isRelated(place.region, $0.region, gazetteer) || place.region == $0.region }
      })
    else { return nil }
    return here
  }

  /// "Hucknall, Bulwell and the rest of Nottinghamshire": the whole that a list of its places ends with.
  private func restOfList(behind last: Int, of region: Int) -> Int? {
    guard mentions.indices.contains(last + 1) else { return nil }
    let (list, whole) = (mentions[last], mentions[last + 1])
    let gazetteer = reading.lexicon.gazetteer
    guard whole.region >= 0, whole.tokens.lowerBound - list.tokens.upperBound <= 8,
      tokenRange(list.tokens.upperBound, whole.tokens.lowerBound).contains(where: { reading.isWord($0, .others) }),
      gazetteer.contains(gazetteer.regions[whole.region].id, gazetteer.regions[region].id)
    else { return nil }
    return whole.region
  }

  /// Where the words that can say where a number is from end: at the next number or a semicolon. "311 of the 507 uses
  /// were in Leicester": the whole does not end them.
  func placeBound(_ mention: NumberMention, _ bound: Int, _ sentence: Range<Int>) -> Int {
    var end = bound
    if reading.isWord(mention.headStart, .of), bound < sentence.upperBound, bound - mention.headStart <= 3 {
      end =
        tokenRange(bound + 1, sentence.upperBound).first { reading.isNumber($0) && !Self.isPartOfYear($0, reading) }
        ?? sentence.upperBound
    }
    // "94 cars worth £3.8m vanished from driveways across Hertfordshire": what they are worth does not end them.
    if end < sentence.upperBound, reading.isWord(reading.before(end), .worth) {
      end =
        tokenRange(end + 1, sentence.upperBound).first { reading.isNumber($0) && !Self.isPartOfYear($0, reading) }
        ?? sentence.upperBound
    }
    // "1,300 packets of cigarettes and £70,000 seized in Newcastle": what is joined has its verb, and place, in common.
    while end < sentence.upperBound, isJoined(mention.headStart, end, sentence) {
      end =
        tokenRange(end + 2, sentence.upperBound).first { reading.isNumber($0) && !Self.isPartOfYear($0, reading) }
        ?? sentence.upperBound
    }
    // "In Tamworth, six people were arrested, while a boy missing from Birmingham was found": another matter.
    let isPlaced = mentions(in: tokenRange(sentence.lowerBound, mention.phraseStart)).contains {
      $0.kind == .region && $0.isLocative && $0.region >= 0
    }
    return tokenRange(mention.headStart, end).first {
      reading.isMark($0, ";")
        || isPlaced && reading.isMark($0, ",") && ["while", "whilst", "whereas"].contains(reading.word($0 + 1))
    } ?? end
  }

  /// Whether only "and", and no verb or place, stands between a number and the next one.
  private func isJoined(_ start: Int, _ next: Int, _ sentence: Range<Int>) -> Bool {
    var joint = next - 1
    if reading.isMark(joint, "$") { joint -= 1 }
    guard reading.isWord(joint, .and), joint > start, !reading.isMark(joint - 1, ","),
      tokenRange(start, joint).allSatisfy({
        reading.lexeme($0).action < 0 && !reading.isWord($0, .be | .have | .verb | .in | .locative)
          && !reading.isMark($0, ";") && !reading.isMark($0, ":")
      })
    else { return false }
    return mentions(in: tokenRange(start, joint)).isEmpty
  }

  /// "25% (12,755) were recorded by the Metropolitan Police, 10% (5,188) by West Midlands Police": the force that "by" names
  /// right behind a number, or its bracket.
  private func agentBehind(_ mention: NumberMention, _ sentence: Range<Int>) -> Mention? {
    var index = mention.headStart
    if reading.isMark(index, "("), let close = tokenRange(index, index + 4).first(where: { reading.isMark($0, ")") }) {
      index = close + 1
    }
    if reading.isMark(index, ")") { index += 1 }
    let start = index
    while reading.isWord(index, .be | .have) || reading.lexeme(index).action >= 0 { index += 1 }
    // "were down to the Metropolitan Police, 10% (5,188) to West Midlands Police".
    let isDownTo = ["down", "due"].contains(reading.word(index)) && reading.isWord(index + 1, .to)
    let isTo = index == start && reading.isWord(index, .to) && start > mention.headStart
    guard reading.isWord(index, .by) || isDownTo || isTo else { return nil }
    index += isDownTo ? 2 : 1
    if reading.isWord(index, .determiner) { index += 1 }
    return mentions(in: index..<index + 1).first {
      $0.organisation >= 0 && $0.tokens.lowerBound == index && $0.region >= 0
        && reading.lexicon.gazetteer.organisations[$0.organisation].kind == "police_force"
    }
  }

  /// "eight of the 11 districts", "34 of the 43 forces".
  func isCountOfAreas(_ mention: NumberMention) -> Bool {
    guard reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .determiner),
      let whole = NumberParser(reading: reading).cardinal(mention.headStart + 2, reading.tokens.count)
    else { return false }
    return tokenRange(whole.end, whole.end + 3).contains {
      reading.isWord($0, .areaNoun) || reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "force"
    }
  }

  /// Tokens of a heading of a list, and of its lines.
  private static let listHeadingMax = 8

  /// A line of a list without bullets: it begins with its figure.
  private func isLineOfList(_ sentence: Sentence) -> Bool {
    guard listRegion != nil, sentence.startsBlock else { return false }
    let first = sentence.tokens.lowerBound
    return reading.isNumber(first) || reading.isWord(first, .number) || reading.isNumber(first + 1)
  }

  /// The place that a sentence opens with: "In Hampshire the Constabulary ran", "Cork came out on top".
  private func openingPlace(of index: Int) -> Int? {
    let sentence = reading.sentences[index].tokens
    let isBullet = reading.isMark(sentence.lowerBound, "*") || reading.isMark(sentence.lowerBound, "-")
    let first = sentence.lowerBound + (isBullet ? 1 : 0)
    return mentions(inSentence: index).first {
      $0.kind == .region && $0.region >= 0 && !$0.isExample
        && ($0.tokens.lowerBound == first || $0.isLocative && $0.tokens.lowerBound == first + 1)
    }?.region
  }

  /// What a line says of the lines below it: a question of its answer, "searches at 11 premises in Luton and
  /// Peterborough uncovered:" of a list.
  func noteLeadIn(_ index: Int) {
    let sentence = reading.sentences[index]
    var place: Int? {
      let named = mentions(in: sentence.tokens).filter { $0.kind == .region && $0.region >= 0 && !$0.isExample }
      // "A search of a house near Ashbourne, Co. Meath, led to the discovery of:".
      return (named.first { $0.isLocative } ?? (named.count == 1 ? named.first : nil))?.region
    }
    if metrics.isQuestion(sentence.tokens) {
      question = Question(
        sentence: index, asked: metrics.asked(index, previous: told.last), region: place,
        population: populations.asked(sentence.tokens))
      if firstAsked == nil { firstAsked = question?.asked.flatMap { metrics.isOfTable($0) ? $0 : nil } }
    }
    let last = sentence.tokens.upperBound - 1
    let isFollowed = reading.isMark(last, ".") && reading.word(last - 1) == "follows"
    if isFollowed || reading.isMark(last, ":") {
      listHeading = nil
      leadIn = metrics.metricOfLeadIn(sentence.tokens)
      members = metrics.metricOfMembers(sentence.tokens, people: people(near: index) { _ in true })
      // "In Hampshire the Constabulary ran operations of its own. The main results were these:".
      listRegion =
        place ?? (sentence.startsBlock || index == 0 ? nil : openingPlace(of: index - 1))
    } else if sentence.startsBlock, sentence.section == .body, sentence.tokens.count <= Self.listHeadingMax,
      !reading.isMark(last, "."),
      !sentence.tokens.contains(where: { reading.isNumber($0) || reading.isWord($0, .number) }),
      let heading = metrics.labelMetric(sentence.tokens)
    {
      // "Where the arrests were made", above lines of places.
      listHeading = heading
      leadIn = nil
      members = nil
      listRegion = nil
    } else if listHeading != nil, sentence.startsBlock, sentence.tokens.count <= Self.listHeadingMax,
      !reading.isMark(last, "."),
      sentence.tokens.contains(where: { reading.isNumber($0) || reading.isWord($0, .number) })
    {
      return
    } else if sentence.startsBlock, !isListItem(sentence), !isLineOfList(sentence) {
      // A further sentence of a line leaves the list as it is.
      listHeading = nil
      leadIn = nil
      members = nil
      listRegion = nil
    }
  }

  /// "LYON, France –", "WARSAW, Feb 6 (Agency) -", above what was done in many countries.
  private func isIdleDateline(_ mention: Mention) -> Bool {
    let gazetteer = reading.lexicon.gazetteer
    guard defaultRegion >= 0, mention.kind == .region, mention.region != defaultRegion,
      gazetteer.regions[defaultRegion].kind == .nationGroup
        || gazetteer.regions[defaultRegion].kind == .country && gazetteer.isNational(defaultRegion)
          && gazetteer.contains(gazetteer.regions[defaultRegion].id, gazetteer.regions[mention.region].id)
    else { return false }
    // "West Midlands – 377 reports": a line of a list.
    let isOfList = tokenRange(mention.tokens.upperBound, mention.tokens.upperBound + 3).contains {
      reading.isMark($0, "-") && reading.isNumber($0 + 1)
    }
    return !isOfList && (Self.isDateline(mention, reading) || Self.isInDateline(mention, reading))
  }

  private func mentions(inSentence index: Int) -> ArraySlice<Mention> {
    let tokens = reading.sentences[index].tokens
    return mentions[firstMention(from: tokens.lowerBound)..<firstMention(from: tokens.upperBound)]
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
      && !gazetteer.isNational(mention.region)
    return isLocal || !gazetteer.contains(gazetteer.regions[mention.region].id, gazetteer.regions[here].id)
  }

  /// "Gardaí said that three people were arrested": a national body that says something below a place of its country.
  private func isSpeaker(_ mention: Mention, in sentence: Int) -> Bool {
    let gazetteer = reading.lexicon.gazetteer
    guard mention.kind == .organisation, mention.organisation >= 0, gazetteer.isNational(mention.region),
      tokenRange(mention.tokens.upperBound, mention.tokens.upperBound + 3).contains(where: {
        reading.isWord($0, .saying)
      }), goesOn(sentence), let last = regions.last, last >= 0
    else { return false }
    return last != mention.region
      && gazetteer.contains(gazetteer.regions[mention.region].id, gazetteer.regions[last].id)
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

  /// The place that a heading gives to the lines below it: a short line that names one, with a figure only where
  /// it ends with the place and is a paragraph of its own; the next heading ends it.
  static func headingRegions(_ reading: Reading, _ mentions: [Mention]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    var current: Int?
    var placeLine = -1
    var cursor = 0
    for (index, sentence) in reading.sentences.enumerated() {
      while cursor < mentions.count, mentions[cursor].tokens.upperBound <= sentence.tokens.lowerBound { cursor += 1 }
      let last = sentence.tokens.upperBound - 1
      // "ERSOU: early totals from the Eastern region": a line that opens with whom it is about may be longer.
      let opens =
        cursor < mentions.count && mentions[cursor].tokens.lowerBound == sentence.tokens.lowerBound
        && reading.isMark(mentions[cursor].tokens.upperBound, ":")
      // "Cannabis, cocaine and other drugs seized in Waterford City": so may one that ends with where.
      let ends = mentions[cursor...].prefix { $0.tokens.lowerBound <= last }.contains {
        $0.kind == .region && $0.isLocative && $0.tokens.upperBound + 1 >= last
      }
      // "Cannabis worth over €200,000 found in Cork": a line of its own with a figure, where what is told next is.
      let isParagraph = last + 1 < reading.tokens.count && reading.tokens[last + 1].gap >= .paragraph
      let hasFigure =
        sentence.tokens.contains { reading.isNumber($0) && !isPartOfYear($0, reading) }
        || reading.isMark(last - 1, ":") && reading.isWord(last, .number)
      let isHeading =
        isLine(sentence, reading) && sentence.tokens.count <= (opens || ends && isParagraph ? 16 : ends ? 12 : 8)
        && (hasFigure ? ends && isParagraph : reading.tokens[sentence.tokens.lowerBound].isCapitalized)
      if isHeading {
        let inside = mentions[cursor...].prefix { $0.tokens.lowerBound < sentence.tokens.upperBound }
          .filter { $0.region >= 0 && !$0.isExample }
        // "KINGSTON UPON THAMES⏎Cocaine by boat": the headline of an item below the line that says where it is.
        let isBelowPlace =
          inside.isEmpty && placeLine == index - 1 && reading.tokens[sentence.tokens.lowerBound].gap == .line
        if !isBelowPlace { current = inside.first?.region }
        if inside.first.map({ $0.kind == .region && $0.tokens == sentence.tokens }) ?? false { placeLine = index }
        // "NSPCC Scotland": the body's part there.
        if inside.count == 2, inside[0].kind == .organisation, inside[1].kind == .region,
          inside[1].tokens.lowerBound == inside[0].tokens.upperBound
        {
          current = inside[1].region
        }
      }
      if let current { result[index] = current }
    }
    return result
  }

  /// A line of its own in the body that is no whole sentence, no quotation and no line of a list.
  private static func isLine(_ sentence: Sentence, _ reading: Reading) -> Bool {
    let first = sentence.tokens.lowerBound
    let last = sentence.tokens.upperBound - 1
    return sentence.startsBlock && sentence.section == .body && !reading.isMark(last, ".")
      && !reading.isMark(last, "\"") && !reading.isMark(first, "*") && !reading.isMark(first, "-")
      && (last + 1 >= reading.tokens.count || reading.tokens[last + 1].gap >= .line)
  }

  /// "2022", "2022/23".
  static func isPartOfYear(_ index: Int, _ reading: Reading) -> Bool {
    reading.year(index) != nil
      || (reading.isMark(index - 1, "/") || reading.isMark(index - 1, "-")) && reading.year(index - 2) != nil
  }

  func adjacentPlace(_ mention: NumberMention) -> Int? {
    var before = mention.phraseStart - 1
    // "Cleveland Police (159 per 100,000)".
    let isBracketed =
      reading.isMark(before, "(") && reading.isWord(mention.headStart, .per)
      && reading.isMark(mention.headStart + 2, ")")
    guard isBracketed || reading.endsPlainly(mention.headStart) else { return nil }
    if reading.isMark(before, "(") || reading.isMark(before, ":") || reading.isMark(before, "-") { before -= 1 }
    return mentions(in: tokenRange(max(0, before - 8), before + 1))
      .last { $0.tokens.upperBound == before + 1 && $0.region >= 0 && $0.kind != .anaphora }?.region
  }

}
