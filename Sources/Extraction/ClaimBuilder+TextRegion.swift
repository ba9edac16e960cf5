// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Where a whole text is from.
extension ClaimBuilder {
  /// Where a document's figures are from if nothing nearer says so: the area of the headline; else of the
  /// force whose release it is, or that it names most; else the first area or body with an area.
  static func defaultRegion(_ reading: Reading, _ mentions: [Mention]) -> Int {
    let headEnd = reading.sentences.last { $0.section == .headline }?.tokens.upperBound ?? 0
    var usable = mentions.filter { $0.region >= 0 && !$0.isExample }
    // "131 children recovered, Tucson top of the list": a city abroad that only stands there says less.
    let gazetteer = reading.lexicon.gazetteer
    let abroad = usable.dropLast().prefix { place in
      place.kind == .region && !place.isLocative && place.isCityAbroad
        // "PHOENIX — Marshals …", in a text that names Arizona as well.
        && !(isInDateline(place, reading) && usable.contains { $0.tokens != place.tokens && $0.region == place.region })
    }
    usable.removeFirst(abroad.count)
    usable = withoutPictures(withoutMenus(usable, reading), reading)
    // "U.S. Attorney's Office, Western District of Washington": the state that such an office is of.
    let openingEnd = reading.openingEnd(2)
    if let district = usable.first(where: { isOfDistrict($0, reading) && $0.tokens.lowerBound < openingEnd }) {
      return district.region
    }
    usable.removeAll { isOfByline($0, reading) }
    // "Wales News Online", above a text on the whole country: whose page it is.
    if let page = usable.first, page.kind == .region, isOfPublisher(page, reading),
      let next = usable.first(where: { !isOfPublisher($0, reading) }), next.tokens.lowerBound < reading.openingEnd(3),
      next.region != page.region
    {
      usable.removeAll { isOfPublisher($0, reading) }
    }
    // "WASHINGTON - U.S. Immigration and Customs Enforcement announced": where a national body has its seat.
    if let seat = usable.first, seat.kind == .region, capitals.contains(reading.word(seat.tokens.lowerBound)),
      isDateline(seat, reading) || isInDateline(seat, reading),
      let body = usable.dropFirst().first, body.kind == .organisation, gazetteer.isNational(body.region),
      reading.sentenceIndex(at: seat.tokens.lowerBound) == reading.sentenceIndex(at: body.tokens.lowerBound),
      gazetteer.contains(gazetteer.regions[body.region].id, gazetteer.regions[seat.region].id)
    {
      usable.removeFirst()
    }
    // "LYON, France – A global operation coordinated by INTERPOL …": where a body of the whole world has its seat.
    let isOfWorld = mentions.contains {
      $0.organisation >= 0 && gazetteer.organisations[$0.organisation].id == "org/interpol"
        && $0.tokens.lowerBound < openingEnd
    }
    // No area is what such a text is about, unless its top names one.
    if isOfWorld {
      usable.removeAll { isDateline($0, reading) || isInDateline($0, reading) }
      if !usable.contains(where: { $0.kind == .region && $0.tokens.lowerBound < openingEnd }) {
        return gazetteer.index(of: "world") ?? -1
      }
    }
    guard let first = usable.first else { return ofPeople(reading) ?? -1 }
    if let page = ofMasthead(usable, reading) { return page }
    func isForce(_ mention: Mention) -> Bool {
      mention.organisation >= 0
        && ["police_force", "regional_unit"].contains(gazetteer.organisations[mention.organisation].kind)
    }
    // "HMICFRS … Wiltshire Police: National child protection inspection": the force that was inspected.
    if first.organisation >= 0, gazetteer.organisations[first.organisation].kind == "inspectorate",
      let force = usable.first(where: isForce), !gazetteer.isNational(force.region),
      case let topEnd = reading.openingEnd(inspectionSentences), force.tokens.lowerBound < topEnd,
      usable.allSatisfy({ !isForce($0) || $0.region == force.region || $0.tokens.lowerBound >= topEnd })
    {
      return force.region
    }
    let leadEnd = reading.opening(leadSentences).last?.tokens.upperBound ?? 0
    var forces = usable.filter { isForce($0) && $0.tokens.lowerBound < leadEnd }
    if forces.contains(where: { !$0.isHelper }) { forces.removeAll(where: \.isHelper) }
    let inHeadline = usable.filter { $0.tokens.lowerBound < headEnd && !isOfUnknownPair($0, reading) }
    // "U.S. Marshals find 200 children nationwide".
    if let national = inHeadline.first(where: { $0.kind == .national }) { return national.region }
    // A place, or a force of one place, before a national body.
    let inHeadlineLocal = inHeadline.first { !gazetteer.isNational($0.region) }
    var headline = inHeadline.first { $0.kind == .region && $0.isLocative } ?? inHeadlineLocal ?? inHeadline.first
    // "NCA seizes a tonne of cocaine": where the first sentence says.
    if let body = headline, body.kind == .organisation, gazetteer.isNational(body.region),
      let opening = reading.sentences.first(where: { $0.section == .body && $0.tokens.count > 9 }),
      let place = usable.first(where: {
        $0.kind == .region && $0.isLocative && opening.tokens.contains($0.tokens.lowerBound)
      }
      ), gazetteer.contains(gazetteer.regions[body.region].id, gazetteer.regions[place.region].id)
    {
      // "in Belfast and Newtownards".
      let area = together(place, usable, reading)
      if area != place.region { return area }
      headline = place
    }
    // "FORT NELSON, British Columbia — Northern Rockies RCMP announced": the state, or the like, that a dateline names.
    if inHeadlineLocal == nil, inHeadline.allSatisfy({ $0.kind == .organisation }),
      let state = stateOfDateline(usable, reading)
    {
      return state
    }
    // "New Zealand Police … taken from Bay of Plenty gang": the one place that the top of the text names, and goes on with.
    if let body = headline ?? (first.kind == .organisation ? first : nil), gazetteer.isNational(body.region),
      body.kind == .organisation || isMasthead(body, reading)
    {
      let local = usable.filter {
        $0.kind == .region && !gazetteer.isNational($0.region) && $0.tokens.lowerBound < openingEnd
          && !isDateline($0, reading) && !isInDateline($0, reading)
      }
      let counts = Dictionary(grouping: local, by: \.region).mapValues(\.count)
      if let place = local.first, let count = counts[place.region],
        // "in the Meath Division".
        count > 1 || ["division", "district"].contains(reading.word(place.tokens.upperBound)),
        counts.values.allSatisfy({ $0 <= count }),
        body.kind != .organisation || counts.count == 1,
        gazetteer.contains(gazetteer.regions[body.region].id, gazetteer.regions[place.region].id)
      {
        return place.region
      }
    }
    // "recovered in Surrey by officers from Kent Police's Rural Task Force": the force whose officers did it.
    if let place = headline ?? usable.first(where: { $0.tokens.lowerBound < openingEnd }), place.kind == .region,
      let force = forces.first, reading.isWord(force.tokens.lowerBound - 1, .from),
      forces.allSatisfy({ $0.region == force.region }), !gazetteer.isNational(force.region),
      !isRelated(place.region, force.region, gazetteer), force.tokens.lowerBound < openingEnd,
      reading.sentenceIndex(at: place.tokens.lowerBound) == reading.sentenceIndex(at: force.tokens.lowerBound)
    {
      return force.region
    }
    // "Police Scotland reports 341 arrests in North East": a name that is another area's as well.
    if let place = headline, place.kind == .region, let force = inHeadline.first(where: { isForce($0) }),
      !isRelated(place.region, force.region, gazetteer)
    {
      headline = usable.first { $0.kind == .region && isRelated($0.region, force.region, gazetteer) } ?? force
    }
    // "Domestic abuse …, England and Wales", at the top of a text of the Office for National Statistics.
    let isOfBody = headline.map { $0.kind == .organisation && gazetteer.regions[$0.region].kind == .country } ?? true
    if isOfBody, first.kind == .organisation, gazetteer.regions[first.region].kind == .country {
      let atTop = usable.filter { $0.kind == .region && $0.tokens.lowerBound < reading.openingEnd(2) }
      if let nation = atTop.first, atTop.allSatisfy({ $0.region == nation.region }),
        gazetteer.isNational(nation.region),
        gazetteer.contains(gazetteer.regions[first.region].id, gazetteer.regions[nation.region].id)
      {
        return nation.region
      }
    }
    // "The Home Office revealed …", in a text that names one part of its country: that part.
    if headline == nil, first.kind == .organisation, gazetteer.regions[first.region].kind == .country {
      let nations = Set(
        usable.filter {
          $0.kind == .region && gazetteer.isNational($0.region) && $0.region != first.region
            && gazetteer.contains(gazetteer.regions[first.region].id, gazetteer.regions[$0.region].id)
        }.map(\.region))
      let isWhole = usable.contains { $0.kind == .region && $0.region == first.region }
      // Named where the text says what it is about, or more than once: not only "in Scotland call 101".
      let naming = usable.filter { $0.kind == .region && nations.contains($0.region) }
      let isMeant = naming.count > 1 || (naming.first?.tokens.lowerBound ?? .max) < leadEnd
      if !isWhole, isMeant, nations.count == 1, let nation = nations.first { return nation }
    }
    // "From: Home Office": where the first sentence says, if that is a part of the body's country.
    if headline == nil, first.kind == .organisation, gazetteer.regions[first.region].kind == .country,
      let opening = reading.sentences.first(where: { $0.section == .body && $0.tokens.count > 9 }),
      let nation = usable.first(where: {
        $0.kind == .region && $0.isLocative && opening.tokens.contains($0.tokens.lowerBound)
          && gazetteer.isNational($0.region)
      }), gazetteer.contains(gazetteer.regions[first.region].id, gazetteer.regions[nation.region].id)
    {
      return nation.region
    }
    guard let chosen = headline else {
      // The only force that the lead names, in its first sentences.
      let opening = isDateline(first, reading) ? 5 : 3
      let namingEnd = reading.openingEnd(opening)
      // "in a UK-wide crackdown", above a force that is named in passing.
      let isNationwide =
        first.kind == .region && gazetteer.isNational(first.region) && first.tokens.lowerBound < reading.openingEnd(2)
        && forces.count == 1 && forces[0].tokens.lowerBound >= reading.openingEnd(2)
      if let force = forces.first, force.tokens.lowerBound < namingEnd, !isNationwide,
        forces.allSatisfy({ $0.region == force.region }),
        !gazetteer.isNational(force.region) || force.tokens == first.tokens,
        first.region == force.region
          || gazetteer.contains(gazetteer.regions[first.region].id, gazetteer.regions[force.region].id)
            && (first.organisation < 0 || isBeside(first, force, reading))
          || gazetteer.contains(gazetteer.regions[force.region].id, gazetteer.regions[first.region].id)
      {
        return force.region
      }
      // A dateline, an address or one row of many is not yet what the text is about.
      // The first place of a text that names several only further on is one of them.
      let startEnd = reading.openingEnd(4)
      func others(_ mentions: [Mention]) -> Int {
        Set(mentions.filter { !isRelated($0.region, first.region, gazetteer) }.map(\.region)).count
      }
      // "11 in Luton, nine in Bedford and six in Dunstable": nor the first of a list.
      let sentence = reading.sentence(at: first.tokens.lowerBound)?.tokens ?? 0..<0
      let isOfList = others(usable.filter { $0.kind == .region && sentence.contains($0.tokens.lowerBound) }) > 1
      let isLate =
        first.kind == .region && !gazetteer.isNational(first.region)
        && (first.tokens.lowerBound >= startEnd && others(usable) > 1 || isOfList)
      let isInLead = first.tokens.lowerBound < leadEnd && !isDateline(first, reading) && !isLate
      let isNational = gazetteer.isNational(first.region)
      // The one place that a text names, once and late, is where something in it happened.
      if usable.count == 1, first.kind == .region, first.tokens.lowerBound >= leadEnd, !isNational { return -1 }
      // "gangs in Northampton, Wellingborough and Kettering", in a text on Northamptonshire Police.
      if !isInLead, let force = forces.first(where: { !gazetteer.isNational($0.region) }),
        isOfList || gazetteer.contains(gazetteer.regions[force.region].id, gazetteer.regions[first.region].id),
        forces.allSatisfy({ $0.region == force.region })
      {
        return force.region
      }
      // "The Police and Crime Commissioner for Lancashire", below a car that was stopped in Nelson.
      let isPassing =
        first.tokens.lowerBound >= reading.openingEnd(2) && usable.count { $0.region == first.region } == 1
      if !isInLead || isPassing, let area = usable.first(where: { isOfCommissioner($0, reading) })?.region,
        area == first.region || gazetteer.contains(gazetteer.regions[area].id, gazetteer.regions[first.region].id)
      {
        return area
      }
      guard isInLead || isNational else { return commonRegion(usable, gazetteer) ?? first.region }
      // A nation of the United Kingdom named late: one of those that the text is about.
      if isNational, [.nation, .policeForceArea].contains(gazetteer.regions[first.region].kind),
        first.tokens.lowerBound >= leadEnd
      {
        return gazetteer.index(of: "gb") ?? first.region
      }
      // A country named in passing, in a text on the towns of one area.
      if isNational, first.kind == .region, first.tokens.lowerBound >= startEnd {
        let local = usable.filter { !gazetteer.isNational($0.region) }
        if local.count >= 3, let common = commonRegion(local, gazetteer), !gazetteer.isNational(common) {
          return common
        }
      }
      return together(first, usable, reading)
    }
    // "57 arrested in Swindon": the headline says where.
    if chosen.kind == .region, chosen.isLocative, chosen.tokens.lowerBound < headEnd {
      return together(chosen, usable, reading)
    }
    // A dateline names a town; the figures of a force's release are for the force's area.
    let body = forces.first { mention in
      !gazetteer.isNational(mention.region)
        && gazetteer.contains(gazetteer.regions[mention.region].id, gazetteer.regions[chosen.region].id)
    }
    return body?.region ?? chosen.region
  }

  /// "Wales News Online", "News of Wales": a place in the name of a newspaper.
  private static func isOfPublisher(_ mention: Mention, _ reading: Reading) -> Bool {
    let after = mention.tokens.upperBound
    if publishers.contains(reading.word(after)), reading.tokens[after].isCapitalized { return true }
    return reading.isWord(mention.tokens.lowerBound - 1, .of) && reading.word(mention.tokens.lowerBound - 2) == "news"
      && reading.tokens[mention.tokens.lowerBound - 2].isCapitalized
  }

  private static let publishers: Set<String> = [
    "news", "online", "live", "herald", "gazette", "echo", "chronicle", "tribune", "argus", "advertiser", "observer",
    "telegraph", "guardian", "express", "star", "mail", "times", "post", "mercury", "examiner", "courier", "standard",
  ]

  /// "Police and Crime Commissioner for Lancashire", "Kent's Police and Crime Commissioner".
  private static func isOfCommissioner(_ mention: Mention, _ reading: Reading) -> Bool {
    if reading.word(mention.tokens.lowerBound - 1) == "for",
      reading.word(mention.tokens.lowerBound - 2) == "commissioner"
    {
      return true
    }
    return tokenRange(mention.tokens.upperBound, mention.tokens.upperBound + 6).contains {
      reading.word($0) == "commissioner" && reading.word($0 - 1) == "crime"
    }
  }

  /// "losses reported by Australians": the country of the people that the opening of a text names, where it names no place.
  private static func ofPeople(_ reading: Reading) -> Int? {
    let end = reading.openingEnd(leadSentences)
    let people = Set(
      tokenRange(0, end).filter { reading.isWord($0, .demonym) && reading.tokens[$0].isCapitalized }
        .map { reading.demonym($0) })
    return people.count == 1 ? people.first.flatMap { reading.lexicon.gazetteer.index(of: $0) } : nil
  }

  /// "Sussex Police", in a report of Lewes Crown Court: the one force that a text names, where the court lies in its area.
  static func onlyForce(around town: Int, _ reading: Reading, _ mentions: [Mention]) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    let forces = Set(
      mentions.filter {
        $0.organisation >= 0 && $0.region >= 0 && !gazetteer.isNational($0.region)
          && gazetteer.organisations[$0.organisation].kind == "police_force"
      }.map(\.region))
    guard forces.count == 1, let force = forces.first,
      gazetteer.contains(gazetteer.regions[force].id, gazetteer.regions[town].id)
    else { return nil }
    return force
  }

  /// "Bedfordshire Police's week of action in Luton": the one place of a force's or county's area that a text names, where
  /// its opening says that it all was there.
  static func onlyTown(of area: Int, _ reading: Reading, _ mentions: [Mention]) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard area >= 0, !gazetteer.isNational(area),
      [.policeForceArea, .county].contains(gazetteer.regions[area].kind)
    else { return nil }
    let end = reading.openingEnd(4)
    let places = mentions.filter {
      $0.kind == .region && $0.region >= 0 && !$0.isExample && $0.region != area
        && gazetteer.contains(gazetteer.regions[area].id, gazetteer.regions[$0.region].id)
    }
    guard let place = places.first, places.allSatisfy({ $0.region == place.region }),
      places.contains(where: { $0.isLocative && $0.tokens.lowerBound < end }),
      // "across Essex": the whole of it.
      !mentions.contains(where: {
        $0.kind == .region && $0.region >= 0 && $0.isLocative && $0.region != place.region
          && ($0.region == area
            || gazetteer.contains(gazetteer.regions[$0.region].id, gazetteer.regions[area].id)
              && !gazetteer.isNational($0.region))
      })
    else { return nil }
    return place.region
  }

  /// "crimes recorded by the police in England and Wales", in a text that names the United Kingdom only in passing, or by a
  /// body of it: recorded crime is counted for England and Wales.
  static func policedPart(of area: Int, _ reading: Reading, _ mentions: [Mention]) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard area >= 0, gazetteer.regions[area].id == "gb",
      let part = mentions.first(where: { mention in
        mention.kind == .region && mention.isLocative && mention.region >= 0
          && gazetteer.regions[mention.region].id == "gb-eaw"
          && tokenRange(max(0, mention.tokens.lowerBound - policedReach), mention.tokens.lowerBound).contains {
            ["police", "forces", "constabularies"].contains(reading.word($0))
          }
      })
    else { return nil }
    let isWhole =
      mentions.count { $0.kind == .region && $0.region == area } > 1
      || mentions.contains { $0.kind != .organisation && $0.region == area && isAtTop($0, reading) }
      // "Police Scotland, the Police Service of Northern Ireland": of the others too.
      || mentions.contains { mention in
        mention.region >= 0 && ["gb-sct", "gb-nir"].contains(gazetteer.ground(gazetteer.regions[mention.region].id))
      }
    return isWhole ? nil : part.region
  }

  /// Tokens before an area within which a word says that it is policed.
  private static let policedReach = 4

  private static func isAtTop(_ mention: Mention, _ reading: Reading) -> Bool {
    mention.tokens.lowerBound < reading.openingEnd(2)
  }

  /// "Western District of Washington", "District of Oregon".
  private static func isOfDistrict(_ mention: Mention, _ reading: Reading) -> Bool {
    let index = mention.tokens.lowerBound
    return mention.kind == .region && reading.isWord(index - 1, .of) && reading.word(index - 2) == "district"
      && reading.tokens[index - 2].isCapitalized
  }

  /// "LYON, France –": between the start of a paragraph and a dash.
  static func isInDateline(_ mention: Mention, _ reading: Reading) -> Bool {
    guard let sentence = reading.sentence(at: mention.tokens.lowerBound),
      sentence.startsBlock, mention.tokens.lowerBound - sentence.tokens.lowerBound <= 3
    else { return false }
    return tokenRange(mention.tokens.upperBound, min(mention.tokens.upperBound + 4, sentence.tokens.upperBound))
      .contains {
        reading.isMark($0, "-") && reading.tokens[$0].gap != .none
      }
  }

  /// "FORT NELSON, British Columbia —", "PHOENIX —", in a text that names Arizona as well: the first-level area abroad that a
  /// dateline names, where no other one stands in the opening.
  private static func stateOfDateline(_ usable: [Mention], _ reading: Reading) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    let end = reading.openingEnd(5)
    let places = usable.prefix { $0.tokens.lowerBound < end }.filter {
      $0.kind == .region && !gazetteer.isNational($0.region)
    }
    guard let place = places.first(where: { isInDateline($0, reading) }),
      gazetteer.regions[place.region].kind == .subdivision, places.allSatisfy({ $0.region == place.region }),
      !place.isCityAbroad
        || !capitals.contains(reading.word(place.tokens.lowerBound))
          && usable.contains(where: { $0.tokens != place.tokens && $0.region == place.region })
    else { return nil }
    return place.region
  }

  /// "officers from the Gangmasters and Labour Abuse Authority and Greater Manchester Police": two bodies that acted together.
  private static func isBeside(_ first: Mention, _ second: Mention, _ reading: Reading) -> Bool {
    let end = first.tokens.upperBound
    return (reading.isWord(end, .and) || reading.isMark(end, ",")) && second.tokens.lowerBound - end <= 2
  }

  /// "at Heathrow and Manchester": one of two places, of which no table knows the other.
  private static func isOfUnknownPair(_ mention: Mention, _ reading: Reading) -> Bool {
    let joint = mention.tokens.lowerBound - 1
    return mention.kind == .region && !mention.isLocative && reading.isWord(joint, .and) && joint > 1
      && reading.tokens[joint - 1].kind == .word && reading.tokens[joint - 1].isCapitalized
      && reading.isWord(joint - 2, .locative)
  }

  /// Cities in which national bodies have their seat, as datelines name them.
  private static let capitals: Set<String> = [
    "washington", "london", "ottawa", "canberra", "dublin", "wellington", "delhi",
  ]

  /// Lines at the top of a page within which its masthead stands.
  private static let mastheadLines = 3

  /// "Medway Council", "Wiltshire Police", "NSPCC Scotland": the area of the body that a line at the top names and nothing
  /// else, where the headline names no other place.
  private static func ofMasthead(_ usable: [Mention], _ reading: Reading) -> Int? {
    let gazetteer = reading.lexicon.gazetteer
    guard let first = usable.first,
      let line = reading.sentenceIndex(at: first.tokens.lowerBound), line < reading.contentStart + mastheadLines,
      case let sentence = reading.sentences[line], sentence.startsBlock,
      first.tokens.lowerBound == sentence.tokens.lowerBound
    else { return nil }
    // "NSPCC Scotland".
    if first.organisation >= 0, let part = usable.dropFirst().first, part.kind == .region,
      part.tokens.lowerBound == first.tokens.upperBound, part.tokens.upperBound == sentence.tokens.upperBound,
      gazetteer.contains(gazetteer.regions[first.region].id, gazetteer.regions[part.region].id)
    {
      return part.region
    }
    let isCouncil = tokenRange(first.tokens.lowerBound, min(first.tokens.upperBound + 2, sentence.tokens.upperBound))
      .contains { reading.word($0) == "council" }
    let isForce =
      first.organisation >= 0 && gazetteer.organisations[first.organisation].kind == "police_force"
      && !gazetteer.isNational(first.region)
    guard isCouncil && sentence.tokens.count <= first.tokens.count + 2 || isForce && sentence.tokens == first.tokens
    else { return nil }
    // "57 arrested in Swindon", below "Wiltshire Police": the headline says where.
    let headEnd = reading.sentences.last { $0.section == .headline }?.tokens.upperBound ?? 0
    let isElsewhere = usable.contains {
      $0.kind == .region && $0.region != first.region && !$0.isExample && $0.tokens.lowerBound < headEnd
    }
    return isElsewhere ? nil : first.region
  }

  /// Tokens of a line above the headline that says whose page it is.
  private static let mastheadMax = 8

  /// "New Zealand Police", "Ireland's National Police and Security Service": a short line that names whose page it is.
  private static func isMasthead(_ mention: Mention, _ reading: Reading) -> Bool {
    guard let sentence = reading.sentence(at: mention.tokens.lowerBound) else { return false }
    return sentence.section == .headline && sentence.tokens.count <= mastheadMax
      && sentence.tokens.contains { reading.isWord($0, .authority) }
  }

  /// "By a crime reporter in Sydney": where a text was written.
  private static func isOfByline(_ mention: Mention, _ reading: Reading) -> Bool {
    guard mention.kind == .region, mention.tokens.lowerBound < reading.openingEnd(2),
      let sentence = reading.sentence(at: mention.tokens.lowerBound)
    else { return false }
    return sentence.startsBlock && sentence.tokens.count <= 8 && reading.word(sentence.tokens.lowerBound) == "by"
  }

  /// "Barnardo's Cymru | Scotland | Northern Ireland": without the areas of a menu, which lie side by side; those of
  /// "England | Local News | Somerset" lie in each other.
  private static func withoutMenus(_ usable: [Mention], _ reading: Reading) -> [Mention] {
    guard reading.contentStart > 0 else { return usable }
    let end = reading.sentences[reading.contentStart - 1].tokens.upperBound
    let gazetteer = reading.lexicon.gazetteer
    let places = usable.prefix { $0.tokens.lowerBound < end }.filter { $0.kind == .region }
    return usable.filter { mention in
      guard mention.kind == .region, mention.tokens.lowerBound < end,
        let line = reading.sentence(at: mention.tokens.lowerBound)
      else { return true }
      return places.allSatisfy {
        !line.tokens.contains($0.tokens.lowerBound) || isRelated($0.region, mention.region, gazetteer)
      }
    }
  }

  /// "Officers carry out a stop in Hackney": without the places of pictures before the others, in a text that names a nation.
  private static func withoutPictures(_ usable: [Mention], _ reading: Reading) -> [Mention] {
    let gazetteer = reading.lexicon.gazetteer
    guard usable.contains(where: { $0.kind == .region && gazetteer.isNational($0.region) }) else { return usable }
    // Far into a text a place is more than that.
    let leadEnd = reading.openingEnd(leadSentences)
    var dropped: Set<Int> = []
    for place in usable where !dropped.contains(place.region) {
      guard place.kind == .region, !gazetteer.isNational(place.region), dropped.count < picturesMax else { break }
      let named = usable.filter { $0.region == place.region }
      guard let last = named.last, last.tokens.lowerBound < leadEnd else { break }
      let lines = named.compactMap { reading.sentenceIndex(at: $0.tokens.lowerBound) }
        .filter { $0 >= reading.contentStart }.map { reading.sentences[$0] }
      // Pages say below a picture once more what stands beside it.
      let isRepeated = lines.count > 1 && Set(lines.map { reading.string($0.tokens.prefix(6)) }).count == 1
      guard isRepeated || lines.count == 1 && (lines[0].section == .caption || isDatedCaption(lines[0], reading)) else {
        break
      }
      dropped.insert(place.region)
    }
    return usable.filter { !dropped.contains($0.region) }
  }

  /// "date 2023-09-29 A knife bin in London": what a stored page says of its picture, behind its date and without a verb.
  private static func isDatedCaption(_ line: Sentence, _ reading: Reading) -> Bool {
    let first = line.tokens.lowerBound
    return reading.word(first) == "date" && PeriodFinder(reading: reading, country: "").digits(first + 1) != nil
      && !line.tokens.contains { reading.isWord($0, .be | .have | .verb) || reading.lexeme($0).action >= 0 }
  }

  /// Sentences at the top of a report that say which force was inspected.
  private static let inspectionSentences = 4

  /// Places of pictures that a text may open with.
  private static let picturesMax = 8

  /// Whether one area is, or lies in, the other.
  static func isRelated(_ first: Int, _ second: Int, _ gazetteer: Gazetteer) -> Bool {
    let (first, second) = (gazetteer.regions[first].id, gazetteer.regions[second].id)
    return gazetteer.ground(first) == gazetteer.ground(second) || gazetteer.contains(first, second)
      || gazetteer.contains(second, first)
  }

  /// "in Rotherham and Sheffield": the area that both lie in.
  static func together(_ first: Mention, _ mentions: [Mention], _ reading: Reading) -> Int {
    let gazetteer = reading.lexicon.gazetteer
    let end = first.tokens.upperBound
    guard first.kind == .region, reading.isWord(end, .and) || reading.isMark(end, ","),
      let next = mentions.first(where: { $0.tokens.lowerBound == end + 1 && $0.kind == .region }),
      let common = gazetteer.common(first.region, next.region),
      isMeantByParts(common, [first.region, next.region], gazetteer),
      // Two counties are no region of ten.
      gazetteer.regions[common].kind != .onsRegion && gazetteer.regions[common].kind != .rocu
    else { return first.region }
    return common
  }

  /// Whether an area may stand for some of its parts that a list names: no country for its towns, but Europe for countries,
  /// and a nation that has one police force.
  static func isMeantByParts(_ whole: Int, _ parts: [Int], _ gazetteer: Gazetteer) -> Bool {
    if !gazetteer.isNational(whole) { return true }
    if gazetteer.regions[whole].kind == .nationGroup {
      return parts.allSatisfy { gazetteer.regions[$0].kind == .country }
    }
    return gazetteer.regions[whole].kind == .nation && gazetteer.force(of: gazetteer.regions[whole].id) != nil
  }

  /// A place in a line of its own with the date: "Chelmsford, 4 May 2023".
  static func isDateline(_ mention: Mention, _ reading: Reading) -> Bool {
    guard let sentence = reading.sentence(at: mention.tokens.lowerBound) else {
      return false
    }
    // "EDINBURGH, Aug 20 -", "ABERDEEN –".
    let end = mention.tokens.upperBound
    if mention.tokens.lowerBound == sentence.tokens.lowerBound, sentence.startsBlock,
      reading.tokens[mention.tokens.lowerBound].isAllCaps,
      tokenRange(end, min(end + 9, sentence.tokens.upperBound)).contains(where: {
        reading.isMark($0, "-") && reading.tokens[$0].gap != .none
          // "MELBOURNE, 30 October 2022: In …".
          || reading.isMark($0, ":") && reading.year($0 - 1) != nil
      })
    {
      return true
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
    func smallest(_ regions: [Int], of count: Int) -> Int? {
      regions.filter { inside($0) * 2 > count }
        .min { (inside($0), gazetteer.regions[$0].name) < (inside($1), gazetteer.regions[$1].name) }
    }
    // The towns of one county or force first, whether or not the text names it; a country only where they are of several.
    let local = places.keys.filter { !gazetteer.isNational($0) }.sorted()
    if local.count > 2 {
      if let named = smallest(local, of: local.reduce(0) { $0 + (places[$1] ?? 0) }) { return named }
      var common = local.first
      for region in local.dropFirst() { common = common.flatMap { gazetteer.common($0, region) } }
      // Cardiff, Newport and Swansea lie in the area of a regional unit: of the nation, where the text names that.
      if let common, gazetteer.regions[common].kind == .rocu || gazetteer.regions[common].kind == .onsRegion,
        let nation = places.keys.filter({
          gazetteer.regions[$0].kind == .nation
            && gazetteer.contains(gazetteer.regions[$0].id, gazetteer.regions[local[0]].id)
        }).min(), local.allSatisfy({ gazetteer.contains(gazetteer.regions[nation].id, gazetteer.regions[$0].id) })
      {
        return nation
      }
      if let common, !gazetteer.isNational(common) { return common }
    }
    return smallest(Array(places.keys), of: mentions.count)
  }
}
