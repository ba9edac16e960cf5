// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// An area or a body that the text names.
struct Mention: TokenSpan {
  enum Kind { case region, organisation, national, anaphora }

  var tokens: Range<Int>
  var kind: Kind
  /// Index into the gazetteer's regions; -1 where a body acts in no area of it.
  var region: Int
  var organisation: Int = -1
  /// Whether "in", "across" or the like stands before it.
  var isLocative = false
  /// Whether a city abroad stands for the area that it lies in.
  var isCityAbroad = false
  /// Member of an open list ("areas such as …"): it names examples, not the place of a figure.
  var isExample = false
  /// "99 countries, Romania being the commonest": one of those that a number counts.
  var isOfCount = false
  /// A body that helped another: "supported by the South West Regional Organised Crime Unit".
  var isHelper = false
}

/// Finds areas and bodies, and decides which of the areas of one name is meant.
struct MentionFinder {
  let reading: Reading
  private var gazetteer: Gazetteer { reading.lexicon.gazetteer }

  private struct Raw {
    var tokens: Range<Int>
    var regions: [Int] = []
    var organisation = -1
    /// "Fla.": whatever else the text names, it can be nothing else.
    var isCertain = false
  }

  /// All mentions in order of the text.
  func mentions() -> [Mention] {
    let raw = withoutOtherBodies(withoutStrayAreas(ofOneCountry(withShortNames(rawMentions()))))
    let wider = widerGrounds(raw)
    let isAbroad = isAbroad(raw)
    let bodies = Set(raw.filter { $0.organisation >= 0 }.map { gazetteer.organisations[$0.organisation].jurisdiction })
    let regionalUnit = mentionsRegionalUnit()
    var result: [Mention] = []
    for mention in raw {
      if mention.organisation >= 0 {
        let jurisdiction = gazetteer.organisations[mention.organisation].jurisdiction
        result.append(
          Mention(
            tokens: mention.tokens, kind: .organisation,
            region: area(of: wider[gazetteer.organisations[mention.organisation].id] ?? jurisdiction),
            organisation: mention.organisation))
      } else {
        // "Newcastle", in a text on New South Wales.
        if isAbroad, mention.regions.allSatisfy({ gazetteer.contains("gb", gazetteer.regions[$0].id) }) { continue }
        let region = choose(
          mention.regions, bodies: bodies, hasRegionalUnit: regionalUnit,
          name: RegionNames.normalized(reading.string(mention.tokens)))
        result.append(
          Mention(
            tokens: mention.tokens, kind: .region, region: aroundCity(region), isCityAbroad: isCityAbroad(region)))
      }
    }
    markLocatives(&result)
    markHelpers(&result)
    result = joinLists(result, raw: raw)
    return addAnaphora(result)
  }

  /// Letters of a name that is hardly another thing's.
  private static let plainNameMin = 8

  /// "Washington": the town in a text on the United Kingdom, the state in one that names the United States.
  private func ofOneCountry(_ mentions: [Raw]) -> [Raw] {
    func isBritish(_ region: Int) -> Bool { gazetteer.contains("gb", gazetteer.regions[region].id) }
    func isMixed(_ mention: Raw) -> Bool {
      mention.regions.contains(where: isBritish)
        && mention.regions.contains { gazetteer.regions[$0].kind == .subdivision }
    }
    guard mentions.contains(where: isMixed) else { return mentions }
    let others = mentions.filter { !isMixed($0) }
    let isElsewhere = isAbroad(others)
    return mentions.map { mention in
      guard isMixed(mention) else { return mention }
      var result = mention
      result.regions = mention.regions.filter { isBritish($0) != isElsewhere }
      return result
    }
  }

  /// Abroad the smallest areas are countries and their first-level areas: a city there says in which of them.
  private func aroundCity(_ region: Int) -> Int {
    guard isCityAbroad(region) else { return region }
    return gazetteer.parents(of: gazetteer.regions[region].id).first.flatMap { gazetteer.index(of: $0.id) } ?? region
  }

  private func isCityAbroad(_ region: Int) -> Bool {
    region >= 0 && gazetteer.regions[region].kind == .place && !gazetteer.contains("gb", gazetteer.regions[region].id)
  }

  /// First-level areas of other countries have names that are many other things too ("Victoria", "Para"): they
  /// count where the text names their country, or two of them.
  private func withoutStrayAreas(_ mentions: [Raw]) -> [Raw] {
    func country(_ region: Int) -> String {
      gazetteer.regions[region].id.split(separator: "-").first.map(String.init) ?? ""
    }
    func isArea(_ mention: Raw) -> Bool {
      !mention.regions.isEmpty
        && mention.regions.allSatisfy { index in
          gazetteer.regions[index].kind == .subdivision
            || gazetteer.regions[index].kind == .place && !gazetteer.contains("gb", gazetteer.regions[index].id)
        }
    }
    guard mentions.contains(where: isArea) else { return mentions }
    let times = Dictionary(mentions.map { ($0.regions, 1) }, uniquingKeysWith: +)
    let grounds = Set(
      mentions.filter { $0.organisation >= 0 }.map { gazetteer.organisations[$0.organisation].jurisdiction })
    // A body of a country names it as well: "the RCMP".
    var countries = grounds
    var areas: [String: Set<Int>] = [:]
    for mention in mentions {
      for region in mention.regions {
        if isArea(mention) {
          areas[country(region), default: []].insert(region)
        } else if gazetteer.regions[region].kind == .country {
          countries.insert(gazetteer.regions[region].id)
        }
      }
    }
    return mentions.compactMap { mention in
      guard isArea(mention), !mention.isCertain else { return mention }
      // "across New South Wales", "Queensland Police": used as a place, whatever else the name can be.
      let before = mention.tokens.lowerBound - 1
      // "in St Ann's": a quarter, and no parish of Jamaica.
      let isPossessive =
        reading.isMark(mention.tokens.upperBound, "s") && reading.touchesPrevious(mention.tokens.upperBound)
      if reading.isWord(before, .locative) && !isPossessive || reading.isWord(mention.tokens.upperBound, .authority)
        // "Ontario Provincial Police".
        || ["provincial", "state", "highway"].contains(reading.word(mention.tokens.upperBound))
          && reading.isWord(mention.tokens.upperBound + 1, .authority)
      {
        return mention
      }
      // "gardaí … in the Meath Division".
      if ["division", "district"].contains(reading.word(mention.tokens.upperBound)),
        reading.tokens[mention.tokens.upperBound].isCapitalized,
        mention.regions.contains(where: { grounds.contains(country($0)) })
      {
        return mention
      }
      // "Telangana reported … The Telangana Anti-Narcotics Bureau": a long name, told more than once.
      if mention.regions.count == 1, reading.string(mention.tokens).utf8.count >= Self.plainNameMin,
        times[mention.regions, default: 0] > 1
      {
        return mention
      }
      var kept = mention
      kept.regions = mention.regions.filter { countries.contains(country($0)) || (areas[country($0)]?.count ?? 0) > 1 }
      return kept.regions.isEmpty ? nil : kept
    }
  }

  /// Whether a text is on another country: its bodies and larger areas all lie abroad, and it does not name the United
  /// Kingdom.
  private func isAbroad(_ mentions: [Raw]) -> Bool {
    var abroad = 0
    for mention in mentions {
      let ids =
        mention.organisation >= 0
        ? [gazetteer.organisations[mention.organisation].jurisdiction]
        : mention.regions.map { gazetteer.regions[$0].id }
      for id in ids {
        guard let index = gazetteer.index(of: id) else { continue }
        let isBritish = id == "gb" || gazetteer.contains("gb", id)
        if isBritish, mention.organisation >= 0 || gazetteer.isNational(index) { return false }
        if !isBritish, [.subdivision, .country, .place].contains(gazetteer.regions[index].kind) {
          abroad += 1
        }
      }
    }
    let british = mentions.count { mention in
      mention.organisation < 0 && mention.regions.contains { gazetteer.contains("gb", gazetteer.regions[$0].id) }
    }
    return abroad > 0 && abroad >= british
  }

  /// "Central Statistics Office … CSO": an abbreviation that the text spells out otherwise is not the body that the
  /// gazetteer knows by it.
  private func withoutOtherBodies(_ mentions: [Raw]) -> [Raw] {
    var isOther: [Int: Bool] = [:]
    lazy var starts = capitalised()
    return mentions.filter { mention in
      guard mention.organisation >= 0, mention.tokens.count == 1,
        reading.tokens[mention.tokens.lowerBound].isAllCaps
      else { return true }
      if let known = isOther[mention.organisation] { return !known }
      let other = isSpelledOutOtherwise(mention, starts)
      isOther[mention.organisation] = other
      return !other
    }
  }

  /// "North East Regional Organised Crime Unit (NEROCU) … NEROCU": the short name that a text gives to a body.
  private func withShortNames(_ mentions: [Raw]) -> [Raw] {
    var bodies: [String: Int] = [:]
    for mention in mentions where mention.organisation >= 0 {
      let end = mention.tokens.upperBound
      guard reading.isMark(end, "("), reading.isMark(end + 2, ")"), reading.tokens[end + 1].isAllCaps,
        reading.tokens[end + 1].end - reading.tokens[end + 1].start > 2
      else { continue }
      bodies[reading.word(end + 1)] = mention.organisation
    }
    guard !bodies.isEmpty else { return mentions }
    var result: [Raw] = []
    var next = 0
    for index in reading.tokens.indices {
      while next < mentions.count, mentions[next].tokens.lowerBound <= index {
        result.append(mentions[next])
        next += 1
      }
      if let last = result.last, last.tokens.contains(index) { continue }
      guard reading.tokens[index].isAllCaps, reading.tokens[index].kind == .word,
        let body = bodies[reading.word(index)]
      else { continue }
      result.append(Raw(tokens: index..<index + 1, organisation: body))
    }
    return result + mentions[next...]
  }

  /// The words that begin with a capital and go on without.
  private func capitalised() -> [Int] {
    reading.tokens.indices.filter {
      reading.tokens[$0].kind == .word && reading.tokens[$0].isCapitalized && !reading.tokens[$0].isAllCaps
    }
  }

  private func isSpelledOutOtherwise(_ mention: Raw, _ starts: [Int]) -> Bool {
    let token = reading.tokens[mention.tokens.lowerBound]
    let letters = Array(reading.text[Int(token.start)..<Int(token.end)])
    guard letters.count > 2 else { return false }
    let name = RegionNames.normalized(gazetteer.organisations[mention.organisation].name)
    func initial(_ index: Int) -> UInt8? {
      guard reading.tokens.indices.contains(index), reading.tokens[index].kind == .word,
        reading.tokens[index].isCapitalized, !reading.tokens[index].isAllCaps
      else { return nil }
      return reading.text[Int(reading.tokens[index].start)]
    }
    for start in starts where reading.text[Int(reading.tokens[start].start)] == letters[0] {
      var index = start + 1
      var matched = 1
      while matched < letters.count, index - start < 9, reading.tokens.indices.contains(index),
        reading.tokens[index].gap == .space
      {
        if initial(index) == letters[matched] {
          matched += 1
        } else if !reading.isWord(index, .of | .and | .for | .determiner) {
          break
        }
        index += 1
      }
      guard matched == letters.count else { continue }
      // The first time that the text spells it out says which body it is.
      let words = RegionNames.normalized(reading.string(start..<index))
      return !name.contains(words) && !words.contains(name)
    }
    return false
  }

  /// Times that a text on fraud says so.
  private static let fraudWords = 3

  /// Where a force speaks as the body of wider ground that it runs: the City of London Police, where the text names
  /// Action Fraud or is on fraud, for which it is the national lead force of the United Kingdom.
  private func widerGrounds(_ mentions: [Raw]) -> [String: String] {
    var result: [String: String] = [:]
    if let lead = gazetteer.organisation("org/city-of-london-police"),
      mentions.contains(where: { $0.organisation >= 0 && gazetteer.organisations[$0.organisation].id == lead.id }),
      reading.tokens.lazy.indices.filter({ reading.word($0).hasPrefix("fraud") }).prefix(Self.fraudWords).count
        == Self.fraudWords
    {
      result[lead.id] = "gb"
    }
    for mention in mentions where mention.organisation >= 0 {
      let body = gazetteer.organisations[mention.organisation]
      guard let parent = gazetteer.organisation(body.parent), parent.kind == "police_force",
        gazetteer.contains(body.jurisdiction, parent.jurisdiction)
      else { continue }
      result[parent.id] = body.jurisdiction
    }
    return result
  }

  /// The ground that a jurisdiction covers: a special force has none of its own among the areas.
  private func area(of jurisdiction: String) -> Int {
    let isSpecial = ["force/btp", "force/mdp", "force/cnc"].contains(jurisdiction)
    return gazetteer.index(of: isSpecial ? "gb-gbn" : jurisdiction) ?? -1
  }

  // MARK: - Courts

  /// The towns of the courts of the United Kingdom that a text names, in order, and where: "Nottingham Crown Court".
  func courtTowns() -> [(region: Int, token: Int)] {
    var result: [(region: Int, token: Int)] = []
    for index in reading.tokens.indices
    where reading.isWord(index, .courtWord) && reading.tokens[index].isCapitalized {
      var first = index
      // Over the words of its kind.
      while reading.isWord(first - 1, .venue) || reading.isMark(first - 1, "'") || reading.isMark(first - 1, "s") {
        first -= 1
      }
      guard first < index else { continue }
      for length in [3, 2, 1] where first - length >= 0 {
        guard let regions = regions(exactly: first - length..<first) else { continue }
        let named = RegionNames.normalized(reading.string(first - length..<first))
        result.append((choose(regions, bodies: [], hasRegionalUnit: false, name: named), index))
        break
      }
    }
    return result
  }

  /// "Crown Court": a body of England and Wales, of which one sits in each town.
  func isCourt(_ mention: Mention) -> Bool {
    mention.organisation >= 0 && gazetteer.organisations[mention.organisation].kind == "court"
  }

  /// The areas that have exactly these words as a name.
  private func regions(exactly words: Range<Int>) -> [Int]? {
    var node = PhraseTrie.root
    for index in words {
      guard reading.tokens[index].kind == .word,
        let next = reading.lexicon.names.next(node, reading.tokens[index].symbol)
      else { return nil }
      node = next
    }
    guard case .regions(let regions) = reading.lexicon.names.meaning(node), isName(words) else { return nil }
    return regions
  }

  // MARK: - Matching

  private func rawMentions() -> [Raw] {
    var result: [Raw] = []
    var index = 0
    while index < reading.tokens.count {
      if let match = longest(at: index) {
        result.append(match)
        index = match.tokens.upperBound
      } else {
        index += 1
      }
    }
    return result
  }

  private func longest(at start: Int) -> Raw? {
    guard reading.tokens[start].kind == .word else { return nil }
    // "GOV.UK", "www.nca.gov.uk": a part of an address.
    if start > 1, reading.touchesPrevious(start), reading.isMark(start - 1, "."), reading.touchesPrevious(start - 1) {
      return nil
    }
    if let state = labelledState(at: start) ?? shortenedState(at: start) { return state }
    var node = PhraseTrie.root
    var best: Raw?
    var index = start
    while index < reading.tokens.count, index - start < 14 {
      let token = reading.tokens[index]
      if index > start, token.gap >= .paragraph { break }
      // Hyphens, possessives and commas inside a name: "Stoke-on-Trent", "King's Lynn", "Newry, Mourne and Down".
      if token.kind == .mark {
        guard index > start,
          token.mark == UInt8(ascii: "-") || token.mark == UInt8(ascii: "s") || token.mark == UInt8(ascii: "&")
            || token.mark == UInt8(ascii: ",") && node != PhraseTrie.root
        else { break }
        // "Ards & North Down" is "Ards and North Down".
        if token.mark == UInt8(ascii: "&"), let next = reading.lexicon.names.next(node, reading.lexicon.and) {
          node = next
        }
        index += 1
        continue
      }
      guard token.kind == .word, let next = reading.lexicon.names.next(node, token.symbol) else { break }
      node = next
      index += 1
      guard let meaning = reading.lexicon.names.meaning(node), isName(start..<index) else { continue }
      switch meaning {
      case .regions(let regions):
        if acceptable(start..<index, regions) { best = Raw(tokens: start..<index, regions: regions) }
      case .organisation(let organisation):
        // "(AFP via Getty Images)": an agency of news.
        if reading.word(index) == "via" || reading.isMark(index, "/") && reading.word(start) == "afp" { continue }
        // "Home Office Code", "Home Office Counting Rules": how crimes are sorted.
        if ["code", "codes", "counting"].contains(reading.word(index)) { continue }
        best = Raw(tokens: start..<index, organisation: organisation)
      default: break
      }
    }
    guard var found = best else { return gardai(at: start) ?? authorities(at: start) }
    // A police force named as an area's alias ("West Midlands Police") is the body of that area.
    if found.organisation < 0, let body = force(found) { found.organisation = body }
    return found
  }

  /// "gardaí", "a garda operation": the police of Ireland, whom texts write in small letters.
  private func gardai(at index: Int) -> Raw? {
    let token = reading.tokens[index]
    guard token.end - token.start >= 5, token.end - token.start <= 7,
      reading.text[Int(token.start)] | 0x20 == UInt8(ascii: "g"),
      ["garda", "gardai", "gardaí"].contains(reading.word(index))
    else { return nil }
    return gazetteer.organisations.firstIndex { $0.id == "org/garda-siochana" }
      .map { Raw(tokens: index..<index + 1, organisation: $0) }
  }

  /// "Romanian authorities", "Spanish police": the country of those who acted.
  private func authorities(at index: Int) -> Raw? {
    guard reading.isWord(index, .demonym), reading.tokens[index].isCapitalized else { return nil }
    // "Polish, Spanish and Italian law enforcement authorities".
    var last = index
    while reading.isMark(last + 1, ",") || reading.isWord(last + 1, .and), reading.isWord(last + 2, .demonym) {
      last += 2
    }
    guard tokenRange(last + 1, last + (last > index ? 4 : 3)).contains(where: { reading.isWord($0, .authority) }),
      let region = gazetteer.index(of: reading.demonym(index))
    else { return nil }
    return Raw(tokens: index..<index + 1, regions: [region])
  }

  /// "VIC: 14 search warrants": a line that opens with the short form of a state or province.
  private func labelledState(at index: Int) -> Raw? {
    let token = reading.tokens[index]
    guard token.isAllCaps, token.end - token.start <= 3, token.end - token.start > 1, reading.isMark(index + 1, ":"),
      index == 0 || token.gap >= .line || reading.isMark(index - 1, "*") || reading.isMark(index - 1, "-")
    else { return nil }
    let states = Self.federations.compactMap { gazetteer.index(of: $0 + "-" + reading.word(index)) }
    return states.isEmpty ? nil : Raw(tokens: index..<index + 1, regions: states)
  }

  /// "POLK COUNTY, Fla.": a state of the United States as newspapers there shorten it, behind a place.
  private func shortenedState(at index: Int) -> Raw? {
    // Asked of every word: what few have first.
    guard reading.isMark(index + 1, "."), reading.isMark(index - 1, ","), reading.tokens[index].isCapitalized,
      index > 1,
      reading.tokens[index - 2].isCapitalized, let state = Self.shortStates[reading.word(index)],
      let region = gazetteer.index(of: "us-" + state)
    else { return nil }
    return Raw(tokens: index..<index + 1, regions: [region], isCertain: true)
  }

  /// States as the Associated Press shortens them in datelines, by the letters of ISO 3166-2.
  private static let shortStates = [
    "ala": "al", "ariz": "az", "ark": "ar", "calif": "ca", "colo": "co", "conn": "ct", "del": "de", "fla": "fl",
    "ga": "ga", "ill": "il", "ind": "in", "kan": "ks", "ky": "ky", "la": "la", "md": "md", "mass": "ma", "mich": "mi",
    "minn": "mn", "miss": "ms", "mo": "mo", "mont": "mt", "neb": "ne", "nev": "nv", "okla": "ok", "ore": "or",
    "pa": "pa", "tenn": "tn", "vt": "vt", "va": "va", "wash": "wa", "wis": "wi", "wyo": "wy",
  ]

  /// Countries whose parts are called by their letters.
  private static let federations = ["au", "us", "ca"]

  private func isName(_ range: Range<Int>) -> Bool {
    let words = range.filter { reading.tokens[$0].kind == .word }
    guard let last = words.last, reading.tokens[last].isCapitalized || words.count > 1 else { return false }
    // One word of three letters or fewer is an abbreviation: it counts in capitals only.
    if words.count == 1, reading.tokens[last].end - reading.tokens[last].start <= 3 {
      return reading.tokens[last].isAllCaps
        // "the Met".
        || reading.tokens[last].isCapitalized && isThe(last - 1) && !reading.isWord(last + 1, .bodyNoun)
          && reading.string(last..<last + 1) == "Met"
        || reading.isWord(last - 1, .locative) && reading.tokens[last].end - reading.tokens[last].start == 3
    }
    return words.contains { reading.tokens[$0].isCapitalized && !reading.isWord($0, .determiner) }
      || isEnglishRegion(words)
  }

  /// "in the north west", "across the east midlands": a region of England in small letters.
  private func isEnglishRegion(_ words: [Int]) -> Bool {
    guard words.count == 2, let first = words.first, isThe(first - 1),
      reading.isWord(first - 2, .locative | .in) || reading.word(first - 2) == "across",
      ["north", "south", "east", "west"].contains(reading.word(first)), reading.tokens[first + 1].gap == .space
    else { return false }
    let after = reading.word(first + 2)
    return after != "of" && !["corner", "side", "part", "coast", "area", "end"].contains(after)
      && ["west", "east", "midlands"].contains(reading.word(first + 1))
  }

  /// Whether a name that is an area's is meant as one here.
  private func acceptable(_ range: Range<Int>, _ regions: [Int]) -> Bool {
    let after = range.upperBound
    let isCompound = range.count > 1
    // "Berkshire West", "West Tennessee": part of what is named beside it, and no region of Cameroon.
    if !isCompound, isCompass(range.lowerBound) { return false }
    // "South-East Europe".
    if reading.isWord(after, .continent) { return false }
    // "Southern California": a part of what is named behind it, and no province of that name.
    if !isCompound, regions.allSatisfy({ gazetteer.regions[$0].kind == .subdivision }),
      ["southern", "northern"].contains(reading.word(range.lowerBound))
    {
      return false
    }
    // "in March": a month before a town of that name.
    if !isCompound, reading.isWord(range.lowerBound, .month) { return false }
    // "Birmingham Crown Court", "Coventry Observer": the area is part of another name.
    let isFacility =
      after < reading.tokens.count && reading.tokens[after].isCapitalized && reading.tokens[after].kind == .word
      && (Self.facilities.contains(reading.word(after))
        // "Waterford City"; "Stoke City" is a club.
        || reading.word(after) == "city"
          && (isCompound || regions.allSatisfy { gazetteer.contains("ie", gazetteer.regions[$0].id) }))
    if after < reading.tokens.count, reading.tokens[after].isCapitalized, reading.tokens[after].gap == .space,
      reading.isWord(after, .venue), !isFacility
    {
      return false
    }
    // "Rye Place", "Lincoln Road": a street.
    if after < reading.tokens.count, reading.tokens[after].isCapitalized, reading.tokens[after].gap == .space,
      Self.streets.contains(reading.word(after)), !reading.tokens[after].isAllCaps
    {
      return false
    }
    // "before Dudley magistrates": where the court sits.
    if reading.word(after) == "magistrates" { return false }
    // "Electricity North West": a company's name.
    let previous = range.lowerBound - 1
    if !isCompound, isCompass(range.lowerBound), previous >= 0, isCompass(previous),
      reading.tokens[previous].isCapitalized
    {
      return false
    }
    if isCompound, isCompass(range.lowerBound), previous >= 0, reading.tokens[range.lowerBound].gap == .space,
      reading.tokens[previous].kind == .word, reading.tokens[previous].isCapitalized,
      reading.tokens[previous].gap == .space, !reading.tokens[previous].isAllCaps,
      !reading.isWord(previous, .preposition | .locative | .determiner | .and | .noun | .authority | .bodyNoun | .in),
      regions.contains(where: { gazetteer.regions[$0].kind == .onsRegion })
    {
      return false
    }
    // "New South Wales".
    if reading.isWord(range.lowerBound - 1, .new), reading.tokens[range.lowerBound - 1].isCapitalized { return false }
    // "the UK's largest ever": said of a record, not of where the figure is from.
    if reading.isMark(after, "s"),
      tokenRange(after + 1, min(after + 4, reading.tokens.count)).contains(where: { reading.isWord($0, .superlative) })
    {
      return false
    }
    let isPlace = regions.allSatisfy { gazetteer.regions[$0].kind == .place }
    guard isPlace else { return true }
    if !isCompound, reading.isWord(range.lowerBound, .commonWord) {
      return reading.isWord(range.lowerBound - 1, .locative)
    }
    // "Nev Kemp", "Supt Drover": behind a capitalised word that is no name of ours, it is a person's.
    let before = range.lowerBound - 1
    if before >= 0, reading.tokens[range.lowerBound].gap == .space, reading.tokens[before].kind == .word,
      reading.tokens[before].isCapitalized,
      !reading.isWord(before, .preposition | .locative | .determiner | .and)
    {
      return false
    }
    if after < reading.tokens.count, reading.tokens[after].kind == .word, reading.tokens[after].isCapitalized,
      reading.tokens[after].gap == .space, !isCompound, !isHeadlineCase(range.lowerBound), !isFacility
    {
      return false
    }
    return true
  }

  private static let streets: Set<String> = [
    "place", "road", "street", "lane", "avenue", "close", "drive", "crescent", "terrace", "gardens", "way", "hill",
  ]

  /// What is named after the place where it is: "Harwich Port", "Luton Airport".
  private static let facilities: Set<String> = [
    "port", "docks", "dock", "harbour", "airport", "marina", "ferry",
  ]

  private func isHeadlineCase(_ index: Int) -> Bool {
    index + 1 < reading.tokens.count && reading.isWord(index + 1, .noun | .action)
  }

  /// The police force or unit whose own name these words are.
  private func force(_ mention: Raw) -> Int? {
    let last = mention.tokens.upperBound - 1
    guard reading.isWord(last, .noun) || mention.tokens.count > 1 else { return nil }
    guard
      reading.reads(last, "police") || reading.reads(last, "constabulary") || reading.reads(last, "unit")
        || reading.reads(last, "service")
    else { return nil }
    return mention.regions.lazy.compactMap { gazetteer.force(of: gazetteer.regions[$0].id) }.first
  }

  private func mentionsRegionalUnit() -> Bool {
    reading.tokens.indices.contains { index in
      guard reading.isWord(index, .bodyNoun), index > 1 else { return false }
      let words = RegionNames.normalized(reading.string(max(0, index - 3)..<index + 1))
      return words.hasSuffix("regional organised crime unit")
    }
  }

  // MARK: - Choice

  /// Which of several areas is meant: one whose body the document names; a unit's area where the
  /// document speaks of the unit; else the one that is meant most often.
  private func choose(
    _ candidates: [Int], bodies: Set<String>, hasRegionalUnit: Bool, name: @autoclosure () -> String
  )
    -> Int
  {
    guard candidates.count > 1 else { return candidates.first ?? -1 }
    if hasRegionalUnit,
      let unit = candidates.first(where: { gazetteer.regions[$0].kind == .rocu })
    {
      return unit
    }
    if let named = candidates.first(where: { bodies.contains(gazetteer.regions[$0].id) }) {
      return named
    }
    // "Durham": the area of exactly that name before the county that is called so for short.
    let areas = candidates.filter { gazetteer.regions[$0].kind != .place }
    guard areas.count > 1 else { return areas.first ?? candidates[0] }
    let name = name()
    return areas.first { RegionNames.normalized(gazetteer.regions[$0].name) == name } ?? areas[0]
  }

  private func markLocatives(_ mentions: inout [Mention]) {
    for index in mentions.indices {
      var before = mentions[index].tokens.lowerBound - 1
      while reading.isWord(before, .determiner | .adverb) || isCompass(before) { before -= 1 }
      // "in Co. Cork".
      if reading.isMark(before, "."), reading.reads(before - 1, "co") { before -= 1 }
      if reading.reads(before, "co"), reading.tokens[before].isCapitalized { before -= 1 }
      // "killed on Bradford's roads".
      let end = mentions[index].tokens.upperBound
      let isOwner =
        mentions[index].kind == .region && reading.isMark(end, "s") && reading.touchesPrevious(end)
        && ["on", "off", "around"].contains(reading.word(before))
      mentions[index].isLocative =
        reading.isWord(before, .locative) || (reading.isWord(before, .from) && mentions[index].kind == .region)
        || reading.isWord(before, .of) && reading.isWord(before - 1, .out) || isOwner
      // "had arrived from Ecuador", "the most in the country after London": neither is where the figure is from.
      // "working with police in Lithuania": partners.
      let isPartner =
        reading.isWord(before, .locative)
        && (reading.isWord(before - 1, .authority)
          || reading.lexeme(before - 1).noun >= 0
            && ["officer", "force", "agency"].contains(reading.noun(before - 1).kind))
        && tokenRange(max(0, before - 5), before - 1).contains { reading.isWord($0, .with) }
      if reading.isWord(before, .from) && reading.isWord(before - 1, .movement) || isRanked(before) || isPartner {
        mentions[index].isExample = true
      }
      // "excluding Greater Manchester", "apart from Kent", "(Devon and Cornwall left out)".
      let after = mentions[index].tokens.upperBound
      if reading.isWord(before, .except) || reading.isWord(before, .from) && reading.isWord(before - 1, .except)
        || reading.isMark(before, "(") && isLeftOut(after)
      {
        mentions[index].isExample = true
      }
      // "from Berwick to Sunderland": how far, and neither of the two.
      if mentions[index].kind == .region, reading.isWord(before, .from), reading.word(after) == "to",
        index + 1 < mentions.count, mentions[index + 1].tokens.lowerBound == after + 1,
        mentions[index + 1].kind == .region
      {
        mentions[index].isExample = true
      }
      if index > 0, mentions[index - 1].isExample,
        mentions[index].tokens.lowerBound == mentions[index - 1].tokens.upperBound + 1,
        reading.isWord(before, .to), reading.isWord(mentions[index - 1].tokens.lowerBound - 1, .from)
      {
        mentions[index].isExample = true
      }
      // "two women and five men from India": where they come from.
      if mentions[index].kind == .region, reading.isWord(before, .from), mentions[index].region >= 0,
        gazetteer.regions[mentions[index].region].kind == .country,
        reading.lexeme(before - 1).noun >= 0
          && ["person", "migrant", "child", "suspect", "victim"].contains(reading.noun(before - 1).kind)
          // "… and are from Cuba", "All come from Vietnam".
          || reading.isWord(before - 1, .be)
          || (reading.reads(before - 1, "come") || reading.reads(before - 1, "came"))
            && Self.comers.contains(reading.word(before - 2))
      {
        mentions[index].isExample = true
      }
      // "between the Netherlands, Hull and the North East", "at the border with Benin".
      if reading.isWord(before, .between) || reading.isWord(before, .with) && reading.word(before - 1) == "border" {
        mentions[index].isExample = true
      }
      // "victims of 99 countries, Romania being the commonest, then India": which these are.
      if mentions[index].kind == .region, mentions[index].region >= 0,
        gazetteer.regions[mentions[index].region].kind == .country,
        reading.isMark(before, ",") && reading.isWord(before - 1, .countryNoun | .noun)
          && reading.lexeme(before - 1).noun >= 0 && reading.noun(before - 1).kind == "country"
          || index > 0 && mentions[index - 1].isExample && mentions[index - 1].isOfCount
            && reading.sentenceIndex(at: mentions[index - 1].tokens.lowerBound)
              == reading.sentenceIndex(at: mentions[index].tokens.lowerBound)
      {
        mentions[index].isExample = true
        mentions[index].isOfCount = true
      }
      // "the Constabulary, like other forces in England and Wales, ran": beside whom.
      if tokenRange(max(0, before - Self.likeReach), before + 1).contains(where: {
        (reading.reads($0, "like") || reading.reads($0, "unlike")) && reading.isMark($0 - 1, ",")
          && !tokenRange($0, before).contains { reading.isMark($0, ",") }
      }), tokenRange(after, after + 2).contains(where: { reading.isMark($0, ",") }) {
        mentions[index].isExample = true
      }
      // "as far away as Torquay and Aberdeen".
      if reading.isWord(before, .as), ["far", "away", "afield"].contains(reading.word(before - 1)) {
        mentions[index].isExample = true
      }
      // "areas such as A, B and C", "including A".
      // "what it looks like in the UK": no example.
      if reading.isWord(before, .suchAs) || reading.isWord(before, .include)
        || (reading.isWord(before - 1, .suchAs) && !reading.isMark(before, ".")
          && !reading.word(before - 2).hasPrefix("look"))
      {
        mentions[index].isExample = true
      }
    }
  }

  /// Tokens before a body within which a word says that it helped.
  private static let helperReach = 14
  /// What stands before "by" or "with" and says that somebody helped.
  private static let helping: Set<String> = [
    "supported", "assisted", "joined", "helped", "aided", "accompanied", "worked", "working", "partnership",
    "conjunction", "together", "teamed", "collaboration", "jointly", "along",
  ]

  /// "supported by the South West Regional Organised Crime Unit", "worked with other forces such as the Metropolitan Police".
  private func markHelpers(_ mentions: inout [Mention]) {
    for index in mentions.indices where mentions[index].organisation >= 0 {
      var before = mentions[index].tokens.lowerBound - 1
      while before >= 0, mentions[index].tokens.lowerBound - before <= Self.helperReach,
        reading.tokens[before + 1].gap < .line, !reading.isMark(before, "."), !reading.isNumber(before)
      {
        let length = reading.tokens[before].end - reading.tokens[before].start
        if length == 9, reading.word(before) == "alongside" { mentions[index].isHelper = true }
        if reading.isWord(before, .by | .with),
          tokenRange(max(0, before - 2), before).contains(where: { Self.helping.contains(reading.word($0)) })
        {
          mentions[index].isHelper = true
        }
        if mentions[index].isHelper || reading.lexeme(before).action >= 0 && !reading.isWord(before, .noun) { break }
        before -= 1
      }
    }
  }

  /// "excluded", "are not included", "left out": behind a name in brackets.
  private func isLeftOut(_ index: Int) -> Bool {
    tokenRange(index, index + 4).contains {
      reading.isWord($0, .except) || reading.isWord($0, .include) && reading.isWord($0 - 1, .negation)
        || reading.isWord($0, .out) && reading.tokens[$0 - 1].kind == .word && reading.isMark($0 + 1, ")")
    }
  }

  /// "the biggest of any force in", "the most in the country": words of a comparison before a name.
  private func isRanked(_ index: Int) -> Bool {
    var position = index
    while position > index - 6, position >= 0, reading.tokens[position].kind == .word,
      reading.tokens[position].gap < .line
    {
      if reading.isWord(position, .superlative) {
        // "most of the arrests in Leeds": a majority, no rank.
        return !reading.isWord(position + 1, .of) || !isThe(position + 2)
      }
      if reading.isWord(position, .be | .have | .verb) || reading.lexeme(position).action >= 0 { return false }
      position -= 1
    }
    return false
  }

  private func isCompass(_ index: Int) -> Bool {
    guard reading.tokens.indices.contains(index), reading.tokens[index].kind == .word else { return false }
    return ["north", "south", "east", "west", "parts", "areas", "central", "all", "western", "eastern"].contains(
      reading.word(index))
  }

  /// "A, B, C and D": one place if the areas together are exactly an area; the members of an open
  /// list stay examples.
  private func joinLists(_ mentions: [Mention], raw: [Raw]) -> [Mention] {
    var result: [Mention] = []
    var index = 0
    while index < mentions.count {
      var end = index + 1
      while end < mentions.count, mentions[end].kind == .region, mentions[end - 1].kind == .region,
        isListGap(mentions[end - 1].tokens.upperBound, mentions[end].tokens.lowerBound)
      {
        end += 1
      }
      var regions = raw[index..<end].map(\.regions)
      // "Northumbria, Durham and Cleveland Police".
      if end < mentions.count, mentions[end - 1].kind == .region, mentions[end].organisation >= 0,
        gazetteer.organisations[mentions[end].organisation].kind == "police_force",
        isListGap(mentions[end - 1].tokens.upperBound, mentions[end].tokens.lowerBound),
        union(regions + [[mentions[end].region]]) != nil
      {
        regions.append([mentions[end].region])
        end += 1
      }
      guard end - index > 1 else {
        result.append(mentions[index])
        index = end
        continue
      }
      let isExample = mentions[index].isExample
      if !isExample, let union = union(regions) {
        var joined = mentions[index]
        joined.tokens = mentions[index].tokens.lowerBound..<mentions[end - 1].tokens.upperBound
        joined.region = union
        result.append(joined)
      } else {
        for position in index..<end {
          var mention = mentions[position]
          mention.isExample = isExample
          mention.isLocative = mentions[index].isLocative
          result.append(mention)
        }
      }
      index = end
    }
    return result
  }

  private func isListGap(_ from: Int, _ to: Int) -> Bool {
    (from..<to).allSatisfy { reading.isMark($0, ",") || reading.isWord($0, .and | .determiner) } && to > from
      && to - from <= 3
  }

  /// The area that consists of exactly the areas of a list, all of them read as one kind.
  private func union(_ list: [[Int]]) -> Int? {
    for kind in Region.Kind.allCases where kind != .place && kind != .subdivision {
      let members = list.map { regions in regions.first { gazetteer.regions[$0].kind == kind } }
      let found = members.compactMap { $0 }
      guard found.count == list.count, found.count > 1 else { continue }
      let unions = gazetteer.unions(of: found.map { gazetteer.regions[$0].id })
      // A unit's area before the statistical region on the same ground: the list is of forces.
      let best = kind == .policeForceArea ? unions.first { $0.kind == .rocu } ?? unions.first : unions.first
      if let best { return gazetteer.index(of: best.id) }
    }
    return nil
  }

  // MARK: - Words that stand for a name

  /// Tokens before a body within which a word says that it only helped.
  private static let partnerReach = 12

  /// "worked alongside the Metropolitan Police", "officers from the Met and Essex Police were also used": a body that helped
  /// one that the text has named.
  private func isPartner(_ mention: Mention, _ named: [String: Mention]) -> Bool {
    let kind = gazetteer.organisations[mention.organisation].kind
    guard kind == "police_force" else { return false }
    var index = mention.tokens.lowerBound - 1
    while index >= 0, mention.tokens.lowerBound - index <= Self.partnerReach, !reading.isMark(index, "."),
      reading.tokens[index + 1].gap < .line
    {
      if reading.word(index) == "alongside" { return true }
      if named[kind] != nil, reading.isWord(index, .from), reading.isWord(index - 1, .authority) { return true }
      index -= 1
    }
    return false
  }

  /// The United Kingdom, or a group of its nations.
  private func isWholeCountry(_ region: Int) -> Bool {
    region >= 0 && (gazetteer.regions[region].id == "gb" || gazetteer.regions[region].kind == .nationGroup)
  }

  /// "nationally", "the country": the document's country. "the region", "the force": its main area
  /// or body. "the agency": the agency named before.
  private func addAnaphora(_ mentions: [Mention]) -> [Mention] {
    // A national force speaks of its own nation; a text on England and Wales of both.
    func isOfForce(_ mention: Mention) -> Bool {
      mention.organisation >= 0 && gazetteer.organisations[mention.organisation].kind == "police_force"
        && gazetteer.organisations[mention.organisation].jurisdiction != "force/btp"
    }
    // One of several forces speaks for no country: "Kent Police …; Police Scotland …".
    let isOneForce = Set(mentions.filter(isOfForce).map(\.region)).count == 1
    let nation = mentions.first { mention in
      guard mention.region >= 0 else { return false }
      let isForce = isOneForce && isOfForce(mention)
      return gazetteer.isNational(mention.region)
        && (isForce || mention.kind == .region && gazetteer.regions[mention.region].kind == .nationGroup)
    }?.region
    let country =
      nation ?? mentions.first { $0.region >= 0 && gazetteer.regions[$0.region].kind == .country }?.region
      ?? (mentions.contains { $0.region >= 0 && gazetteer.contains("gb", gazetteer.regions[$0.region].id) }
        ? gazetteer.index(of: "gb") : nil)
    let area = mentions.first { mention in
      mention.region >= 0 && !mention.isExample
        && [.policeForceArea, .county, .onsRegion, .rocu].contains(gazetteer.regions[mention.region].kind)
    }?.region
    var result: [Mention] = []
    var next = 0
    var lastBody: [String: Mention] = [:]
    // The United Kingdom, or a group of its nations, as the text named it last.
    var lastCountry: Int?
    for index in reading.tokens.indices {
      while next < mentions.count, mentions[next].tokens.lowerBound <= index {
        let mention = mentions[next]
        if mention.organisation >= 0, !isPartner(mention, lastBody) {
          lastBody[gazetteer.organisations[mention.organisation].kind] = mention
        }
        if mention.kind == .region, isWholeCountry(mention.region) { lastCountry = mention.region }
        result.append(mention)
        next += 1
      }
      if let last = result.last, last.tokens.contains(index) { continue }
      guard reading.tokens[index].kind == .word else { continue }
      if reading.isWord(index, .national), let country = lastCountry ?? country {
        result.append(Mention(tokens: index..<index + 1, kind: .national, region: country, isLocative: true))
        continue
      }
      // "below the national rate of 7.4".
      if isNationalFigure(index), let country {
        result.append(Mention(tokens: index..<index + 1, kind: .national, region: country))
        continue
      }
      // "In this region": the one named last.
      if reading.isWord(index, .areaNoun), reading.isWord(index - 1, .this), reading.isWord(index - 2, .locative | .in),
        let last = result.last(where: {
          $0.region >= 0 && !gazetteer.isNational($0.region)
            && (reading.word(index) != "county"
              || [.county, .policeForceArea].contains(gazetteer.regions[$0.region].kind))
        })
      {
        result.append(Mention(tokens: index..<index + 1, kind: .anaphora, region: last.region, isLocative: true))
        continue
      }
      // "over the whole nation".
      if reading.isWord(index, .countryNoun), reading.reads(index - 1, "whole") || reading.reads(index - 1, "entire"),
        isThe(index - 2),
        let country = lastCountry ?? country
      {
        result.append(Mention(tokens: index..<index + 1, kind: .national, region: country, isLocative: true))
        continue
      }
      // "The area thus had 10.9 offences for every 1,000 people", "of that area": the one named last.
      if reading.reads(index, "area"), isThe(index - 1) && opensSentence(index - 1) || reading.reads(index - 1, "that"),
        let last = result.last(where: { $0.region >= 0 }), !gazetteer.isNational(last.region), !last.isExample
      {
        result.append(Mention(tokens: index..<index + 1, kind: .anaphora, region: last.region, isLocative: true))
        continue
      }
      guard isThe(index - 1) else { continue }
      let isLocative = reading.isWord(index - 2, .locative)
      if reading.isWord(index, .countryNoun), isLocative, isRanked(index - 2) { continue }
      if reading.isWord(index, .countryNoun), isLocative, let country {
        result.append(Mention(tokens: index..<index + 1, kind: .national, region: country, isLocative: true))
      } else if reading.isWord(index, .bodyNoun), !isLocative,
        let body = lastBody[bodyKind(index)], reading.touchesBody(index + 1)
      {
        var mention = body
        // "In Lancashire, £1.9 million was seized. The force also …": the force of the place named since.
        if bodyKind(index) == "police_force",
          let place = result.last(where: { $0.region >= 0 && $0.kind == .region && $0.isLocative }),
          place.tokens.lowerBound > body.tokens.lowerBound, index - place.tokens.upperBound < Self.forceReach,
          !tokenRange(place.tokens.upperBound, index).contains(where: { reading.tokens[$0].gap == .paragraph }),
          gazetteer.regions[place.region].kind == .policeForceArea || gazetteer.regions[place.region].kind == .county
        {
          mention.region = place.region
          mention.organisation = -1
        }
        mention.tokens = index..<index + 1
        mention.kind = .organisation
        mention.isLocative = false
        result.append(mention)
      } else if reading.isWord(index, .areaNoun), isLocative, let area {
        result.append(
          Mention(
            tokens: index..<index + 1, kind: .anaphora, region: area, isLocative: true,
            isExample: isRanked(index - 2)))
      }
    }
    while next < mentions.count {
      result.append(mentions[next])
      next += 1
    }
    return result
  }

  /// Who comes from a country, in words that stand for people.
  private static let comers: Set<String> = ["all", "they", "most", "many", "some", "both", "who", "them"]

  private func opensSentence(_ index: Int) -> Bool {
    reading.sentenceIndex(at: index).map { reading.sentences[$0].tokens.lowerBound == index } ?? false
  }

  /// Tokens from "like" to the place of those that somebody is likened to.
  private static let likeReach = 5

  /// Tokens behind the name of an area within which "the force" is its force.
  private static let forceReach = 60

  /// "the national rate", "a national average".
  private func isNationalFigure(_ index: Int) -> Bool {
    reading.isWord(index, .nationalWord) && !reading.tokens[index].isCapitalized
      && reading.isWord(index + 1, .rateWord | .average | .rank | .total)
  }

  private func isThe(_ index: Int) -> Bool {
    index >= 0 && reading.tokens[index].kind == .word && reading.tokens[index].end - reading.tokens[index].start == 3
      && reading.isWord(index, .determiner)
  }

  private func bodyKind(_ index: Int) -> String {
    switch reading.word(index) {
    case "agency": "national_agency"
    case "unit": "regional_unit"
    case "charity": "charity"
    default: "police_force"
    }
  }
}

extension Reading {
  /// A body noun stands for itself: no noun follows that it would only describe ("the force area").
  func touchesBody(_ index: Int) -> Bool { !isWord(index, .areaNoun) && !isWord(index, .noun) }
}
