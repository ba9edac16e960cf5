// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Tells numbers that are no figures, by what stands around them.
struct Rejections {
  let reading: Reading

  /// - Returns: why a mention is no figure; nil if nothing here says so.
  func reason(_ mention: NumberMention) -> RejectionReason? {
    // "hundreds of hours of footage".
    if mention.form == .vague, reading.isWord(mention.headStart, .of), reading.isWord(mention.headStart + 1, .timeUnit)
    {
      return .duration
    }
    // "Twice I showed them": how often one did something.
    if mention.form == .multiple, reading.isWord(mention.headStart, .pronoun) { return .other }
    if let reason = frequency(mention) ?? rounding(mention) { return reason }
    // "they did not increase by 9%, as previously stated".
    if tokenRange(mention.headStart, mention.headStart + 3).contains(where: {
      reading.word($0) == "as" && ["previously", "originally", "first"].contains(reading.word($0 + 1))
        && ["stated", "reported", "published", "given", "said"].contains(reading.word($0 + 2))
    }) {
      return .corrected
    }
    // "95 per cent confidence intervals".
    if mention.form == .percent, reading.word(mention.headStart) == "confidence" { return .measure }
    // "Get 50% off a subscription": an offer, and not "knocked 8% off the total".
    if mention.form == .percent, reading.word(mention.headStart) == "off",
      ["get", "save", "enjoy", "take"].contains(reading.word(mention.phraseStart - 1))
        || mention.phraseStart == reading.sentences[mention.sentence].tokens.lowerBound
    {
      return .measure
    }
    // "significant at the 5% level".
    if mention.form == .percent, reading.isWord(mention.phraseStart - 1, .determiner),
      reading.word(mention.headStart) == "level"
    {
      return .measure
    }
    if mention.form == .money, isDenomination(mention) { return .identifier }
    guard mention.form == .plain else { return mention.form == .money ? perUnit(mention) : nil }
    // "more than one suspect", "one or more crimes": no figure.
    if mention.low == 1, reading.isWord(mention.tokens.lowerBound, .number),
      mention.precision == .moreThan || mention.precision == .atLeast,
      mention.high == 1 || mention.headStart > mention.tokens.upperBound,
      !reading.isWord(mention.phraseStart, .at)
    {
      return .pronoun
    }
    // "Where two or more people are killed".
    if mention.low <= 3, reading.isWord(mention.tokens.lowerBound, .number), mention.precision == .atLeast,
      mention.headStart > mention.tokens.upperBound,
      reading.isWord(mention.phraseStart - 1, .when | .conjunction | .question)
    {
      return .other
    }
    // "accidents where at least one driver was over the limit".
    if mention.low == 1, mention.precision == .atLeast, mention.headStart == mention.tokens.upperBound,
      ["where", "which", "whose", "if", "when"].contains(reading.word(mention.phraseStart - 1))
    {
      return .pronoun
    }
    // "There were two of us", "One child abused is one too many".
    if mention.low <= 10, reading.isWord(mention.headStart, .of), reading.word(mention.headStart + 1) == "us" {
      return .pronoun
    }
    if mention.low == 1, isOneTooMany(mention) { return .pronoun }
    // "call Triple Zero (000)".
    if mention.low == 0, reading.word(mention.phraseStart - 1) == "triple" { return .phone }
    if isContainers(mention) { return .other }
    // "although 14 to 17 is still the age at which most are drawn in".
    if mention.precision == .range, mention.high < ClaimBuilder.yearsOfAgeMax, reading.isWord(mention.headStart, .be),
      tokenRange(mention.headStart + 1, mention.headStart + 5).contains(where: { reading.word($0) == "age" })
    {
      return .age
    }
    // "a ratio of 12 to one".
    if mention.low == 1, reading.isWord(mention.phraseStart - 1, .to), reading.isNumber(mention.phraseStart - 2),
      tokenRange(max(0, mention.phraseStart - 7), mention.phraseStart).contains(where: { reading.word($0) == "ratio" })
    {
      return .denominator
    }
    if isTimeOfDay(mention) { return .time }
    if isOfPage(mention) { return .boilerplate }
    // "the top five states".
    if mention.low <= 100, reading.isWord(mention.tokens.lowerBound - 1, .level),
      reading.word(mention.tokens.lowerBound - 1) == "top",
      reading.isWord(mention.tokens.lowerBound - 2, .determiner | .pronoun)
    {
      return .rank
    }
    // "at 11 at night".
    if mention.low <= 12, reading.isWord(mention.phraseStart - 1, .at), reading.isWord(mention.headStart, .at),
      reading.word(mention.headStart + 1) == "night"
    {
      return .time
    }
    // "Section 1 (1) (a)", "Sec 1(1)".
    let open = mention.tokens.lowerBound - 1
    if reading.isMark(open, "("), reading.isMark(mention.tokens.upperBound, ")"), reading.isNumber(open - 1),
      reading.isWord(open - 2, .statute) || ["section", "sec", "s"].contains(reading.word(open - 2))
    {
      return .statute
    }
    // "(paragraphs 2.14 to 2.19)".
    if mention.high > mention.low, reading.word(mention.phraseStart - 1).hasPrefix("paragraph") {
      return .identifier
    }
    // "the highest reading being 0.140".
    if mention.low < 1, mention.low > 0, mention.low == mention.high,
      tokenRange(max(0, mention.phraseStart - 4), mention.phraseStart).contains(where: { reading.word($0) == "reading" }
      )
    {
      return .measure
    }
    // "counterfeit 10, 20 and 50 euro banknotes": what is printed on them.
    if isDenomination(mention) { return .identifier }
    // "one of the two or three biggest networks".
    if isBeforeSuperlative(mention.headStart) { return .rank }
    let first = mention.tokens.lowerBound
    let after = mention.tokens.upperBound
    if let reason = shape(first, after) { return reason }
    if let reason = date(first, after) { return reason }
    if let reason = age(mention, first, after) { return reason }
    if let reason = duration(mention, after) { return reason }
    if let reason = measure(mention, first, after) { return reason }
    return label(mention, first, after)
  }

  /// "One child abused is one too many": the second "one", and the first where its sentence ends so.
  private func isOneTooMany(_ mention: NumberMention) -> Bool {
    guard mention.isSpelled else { return false }
    return tokenRange(mention.headStart, reading.sentences[mention.sentence].tokens.upperBound).contains {
      reading.word($0) == "too" && reading.word($0 + 1) == "many"
        && ($0 == mention.headStart || reading.isWord($0 - 1, .number) || reading.isWord($0 - 1, .be))
    }
  }

  /// "189kg of a steroid, packed into six suitcases": what something was in.
  private func isContainers(_ mention: NumberMention) -> Bool {
    guard mention.low <= 100, mention.precision == .exact,
      ["into", "inside"].contains(reading.word(mention.phraseStart - 1))
    else { return false }
    return tokenRange(mention.headStart, mention.headStart + 3).contains { Self.containers.contains(reading.word($0)) }
  }

  private static let containers: Set<String> = [
    "suitcases", "boxes", "bags", "holdalls", "packages", "parcels", "crates", "barrels", "sacks", "jars", "tins",
    "drums", "pallets", "bottles", "envelopes", "packets", "bundles", "compartments",
  ]

  /// "3 min read", "214 views", and a number alone on a line at the top of a page: how often something was read or said.
  private func isOfPage(_ mention: NumberMention) -> Bool {
    let (first, after) = (mention.tokens.lowerBound, mention.tokens.upperBound)
    if mention.low <= 60, reading.word(after + 1) == "read", reading.word(after).hasPrefix("min") { return true }
    let sentence = reading.sentences[mention.sentence].tokens
    guard first == sentence.lowerBound, reading.tokens[first].kind == .number else { return false }
    if after + 1 == sentence.upperBound, ["views", "shares", "comments", "likes", "view"].contains(reading.word(after))
    {
      return true
    }
    return after == sentence.upperBound && reading.sentences[mention.sentence].startsParagraph
      && first < reading.openingEnd(2) && first > 0
      && (after == reading.tokens.count || reading.tokens[after].gap >= .paragraph)
  }

  /// "10, 20 and 50 euro banknotes": numbers up to 500 of a list that ends in a currency and its notes.
  private func isDenomination(_ mention: NumberMention) -> Bool {
    var index = mention.tokens.upperBound
    // "£20,000 in £1,000 bundles".
    if mention.form == .money, mention.precision == .exact,
      ["bundles", "wads", "stacks"].contains(reading.word(mention.headStart))
    {
      return true
    }
    guard mention.low <= 500, mention.precision == .exact else { return false }
    while reading.isMark(index, ",") || reading.isWord(index, .and), reading.isNumber(index + 1) { index += 2 }
    if mention.form == .money { index = mention.headStart - 1 }
    return reading.isWord(index, .currency)
      && ["banknotes", "notes", "banknote", "coins"].contains(reading.word(index + 1))
      && !reading.isMark(mention.tokens.lowerBound - 1, "$")
  }

  /// "at two in the morning".
  private func isTimeOfDay(_ mention: NumberMention) -> Bool {
    let after = mention.tokens.upperBound
    return mention.low <= 12 && reading.isWord(mention.phraseStart - 1, .at) && reading.isWord(after, .in)
      && reading.isWord(after + 1, .determiner) && PeriodFinder.partsOfDay.contains(reading.word(after + 2))
  }

  /// "caught twice in the same week", "twice-yearly", "the other half": how often, and which of two.
  private func frequency(_ mention: NumberMention) -> RejectionReason? {
    let (first, after) = (mention.tokens.lowerBound, mention.tokens.upperBound)
    if mention.form == .multiple, mention.low == 2, reading.string(mention.tokens).lowercased() == "twice",
      mention.precision == .exact, !reading.isWord(after, .as | .than | .comparative | .what | .of | .determiner)
    {
      return .other
    }
    // "in the first half of the year": when.
    if mention.form == .fraction, reading.lexeme(first).share == 50, reading.isWord(first - 1, .ordinal),
      reading.isWord(after, .of)
    {
      return .date
    }
    // "a tenth of a gram".
    if mention.form == .fraction, reading.isWord(after, .of), reading.isWord(after + 1, .determiner),
      reading.lexeme(after + 2).noun >= 0, reading.noun(after + 2).kind == "weight", !isPluralNoun(after + 2)
    {
      return .measure
    }
    if mention.form == .fraction, reading.lexeme(first).share == 50, first > 0,
      reading.word(first - 1) == "other"
    {
      return .other
    }
    return nil
  }

  /// "rounded to the nearest 1%", "figures lower than 5 are not shown", "may not sum to 100": how figures are written.
  private func rounding(_ mention: NumberMention) -> RejectionReason? {
    let first = mention.tokens.lowerBound
    if reading.isWord(first - 1, .nearest) { return .measure }
    let sentence = reading.sentences[mention.sentence].tokens
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - 2), mention.phraseStart)
    if mention.precision == .lessThan, mention.low <= 10, mention.phraseStart == sentence.lowerBound + 1,
      before.contains(where: { reading.isWord($0, .dataWord | .measure) })
    {
      return .measure
    }
    // "shown as <5 so that nobody can be identified".
    if mention.precision == .lessThan, mention.low <= 10, reading.isWord(mention.phraseStart - 1, .as),
      ["shown", "given", "recorded", "displayed", "reported"].contains(reading.word(mention.phraseStart - 2))
    {
      return .measure
    }
    // "may not sum to 100", "do not add up to 100".
    if mention.low == 100, reading.isWord(first - 1, .to), first >= 2,
      ["sum", "add"].contains(reading.word(first - 2))
        || reading.word(first - 2) == "up" && reading.word(first - 3).hasPrefix("add")
    {
      return .measure
    }
    return nil
  }

  /// "the two or three biggest", "the 10 largest": numbers of a rank.
  private func isBeforeSuperlative(_ index: Int) -> Bool {
    var next = index
    if reading.isWord(next, .of), reading.isWord(next + 1, .determiner) { next += 2 }
    // "the ten shops that are most often targeted".
    if reading.lexeme(next).noun >= 0, reading.isWord(index - 2, .determiner), reading.isWord(next + 1, .relative),
      reading.isWord(next + 2, .be), reading.isWord(next + 3, .superlative)
    {
      return true
    }
    while next < index + 6, reading.isWord(next, .or | .number) || next > index && reading.isNumber(next) { next += 1 }
    return reading.isWord(next, .superlative) && (next > index || reading.isWord(index - 2, .determiner | .or))
      && !reading.isWord(next + 1, .of)
  }

  /// "less than £4 an hour", "£10 each", "a fine of £250": prices, wages, and what one offender has to pay.
  /// What one business or person pays at most of fines and costs, in the text's currency.
  private static let penaltyMax = 20_000.0

  private func perUnit(_ mention: NumberMention) -> RejectionReason? {
    let after = mention.headStart
    // "for a £1.99 fee".
    if mention.low < Self.priceMax, ["fee", "ticket", "voucher", "discount"].contains(reading.word(after)) {
      return .measure
    }
    // "every £1 invested".
    if mention.low <= 100, reading.isWord(mention.phraseStart - 1, .every | .each) { return .denominator }
    let isPer =
      reading.isWord(after, .determiner | .per) && reading.tokens[after].end - reading.tokens[after].start <= 3
    let isHourly = isPer && ["TH", "TM"].contains(reading.timeUnit(after + 1))
    let isSmall = mention.low < 1000 && mention.high < 1000
    if isHourly || isSmall && (reading.isWord(after, .each) || isPer && reading.isWord(after + 1, .timeUnit | .noun)) {
      return .measure
    }
    let sentence = reading.sentences[mention.sentence].tokens
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - 5), mention.phraseStart)
    // "fined a total of £9,900" adds up what several pay.
    let isTotal = before.contains { reading.isWord($0, .total) } || isBetweenThem(mention.headStart)
    if !isTotal, before.contains(where: { reading.isWord($0, .fine) }) { return .penalty }
    // "£25 could pay for a call", "a reward of up to £1,000".
    if isSmall, ["could", "can", "will", "would"].contains(reading.word(after)),
      ["pay", "help", "provide", "fund", "buy"].contains(reading.word(after + 1))
    {
      return .measure
    }
    if before.contains(where: { ["reward", "rewards"].contains(reading.word($0)) }) { return .other }
    // "victim surcharges of £698 and costs of £1,091".
    if mention.low < Self.penaltyMax,
      before.contains(where: { ["surcharge", "surcharges"].contains(reading.word($0)) })
        || tokenRange(sentence.lowerBound, mention.phraseStart).contains(where: {
          reading.isWord($0, .fine) || reading.word($0) == "fines"
        }) && before.contains(where: { ["costs", "fines", "totalling"].contains(reading.word($0)) })
    {
      return .penalty
    }
    // "told to pay £1,091 in costs".
    if mention.low < Self.penaltyMax,
      tokenRange(after, min(after + 3, sentence.upperBound)).contains(where: { reading.word($0) == "costs" }),
      tokenRange(sentence.lowerBound, mention.phraseStart).contains(where: {
        reading.isWord($0, .fine | .pay) || reading.word($0) == "ordered"
      })
    {
      return .penalty
    }
    // "A fine which could come to £60,000", "or be made to pay up to £5,000": what a court may impose.
    if tokenRange(sentence.lowerBound, mention.phraseStart).contains(where: {
      ["could", "may", "can", "might"].contains(reading.word($0))
    }),
      before.contains(where: { reading.isWord($0, .pay) }) && mention.low <= Self.penaltyMax
        && sentence.contains(where: { reading.isWord($0, .prisonWord | .courtWord | .fine) })
        || tokenRange(max(sentence.lowerBound, mention.phraseStart - 8), mention.phraseStart).contains(where: {
          ["fine", "penalty"].contains(reading.word($0))
        })
    {
      return .penalty
    }
    // "to pay £95 costs".
    if isSmall, before.suffix(2).contains(where: { reading.isWord($0, .pay) }) { return .penalty }
    // "Your gift of £15 could pay for", "six months of digital access for £6".
    let ahead = reading.before(mention.phraseStart)
    if isSmall, reading.isWord(ahead, .of), ["gift", "donation"].contains(reading.word(ahead - 1)) { return .measure }
    if mention.low < Self.priceMax, mention.high < Self.priceMax, reading.isWord(ahead, .for),
      reading.endsPlainly(after)
    {
      return .measure
    }
    // "$1 = 3.9980 zlotys".
    if reading.isMark(after, "=") || reading.isMark(ahead, "=") { return .measure }
    // "for less than £20 for a ticket", "charging £3 for": a price.
    if mention.low < Self.priceMax, mention.high < Self.priceMax, reading.isWord(after, .for),
      reading.isWord(after + 1, .determiner) || reading.word(mention.phraseStart - 1).hasPrefix("charg")
    {
      return .measure
    }
    // "would exceed the appropriate limit of 18 hours (£450)": the limit of the law on freedom of information.
    if mention.low == 450 || mention.low == 600, sentence.contains(where: { reading.isWord($0, .timeUnit) }),
      sentence.contains(where: { ["limit", "exceed", "exceeds", "exceeding", "allowed"].contains(reading.word($0)) })
    {
      return .measure
    }
    return nil
  }

  /// A sum of money below this is what one thing costs, where it is "for a" thing.
  private static let priceMax = 100.0

  /// Denominators, distances, what a thing is built for: numbers that measure and do not count.
  private func measure(_ mention: NumberMention, _ first: Int, _ after: Int) -> RejectionReason? {
    if reading.isWord(mention.phraseStart - 1, .per), !reading.isWord(after, .cent) { return .denominator }
    // "for every 1,000 people".
    if reading.isWord(first - 1, .every | .each), mention.low >= 10 { return .denominator }
    var next = after
    if reading.isMark(next, "-") { next += 1 }
    // "losses of nine figures": how long a number is.
    if reading.word(next) == "figures" || reading.word(next) == "figure", mention.isSpelled, mention.low >= 4,
      mention.low <= 12,
      reading.isWord(mention.phraseStart - 1, .of | .in | .determiner)
        || reading.word(mention.phraseStart - 1) == "into"
    {
      return .measure
    }
    // "an area of 1,346 square miles".
    if ["square", "sq"].contains(reading.word(next)), reading.isWord(next + 1, .distance) { return .measure }
    if reading.isWord(next, .distance) { return .measure }
    // "moulds of 8 and 14 meters".
    if reading.isWord(next, .and), reading.isNumber(next + 1), reading.isWord(next + 2, .distance), mention.low < 1000 {
      return .measure
    }
    // "PDF, 842 KB", "£1 = 1.17 euros".
    if Self.fileSizes.contains(reading.word(next)), reading.tokens[next].isAllCaps { return .measure }
    if reading.isMark(after, "=") || reading.isMark(first - 1, "=") || reading.isMark(first - 2, "=") {
      return .measure
    }
    // "on at least one occasion", "39% had at least one crime": what has to be met.
    if mention.low == 1, mention.isSpelled, mention.precision == .atLeast,
      reading.lexeme(after).noun >= 0 || reading.lexeme(after + 1).noun >= 0,
      reading.isWord(mention.phraseStart - 1, .of | .have | .with | .for | .in | .preposition)
        || reading.word(mention.phraseStart - 1) == "had"
    {
      return .pronoun
    }
    // "Where a number is fewer than five we have not given it".
    if mention.precision == .lessThan, mention.low <= 10, reading.isWord(mention.phraseStart - 1, .be),
      ["where", "if", "when"].contains(reading.word(reading.sentences[mention.sentence].tokens.lowerBound)),
      mention.phraseStart - reading.sentences[mention.sentence].tokens.lowerBound < 8
    {
      return .measure
    }
    // "found in two warehouses": where it was.
    if mention.isSpelled, mention.low <= 5, reading.isWord(mention.phraseStart - 1, .in), mention.precision == .exact,
      ["found", "hidden", "discovered", "stored", "concealed", "living", "kept", "housed", "sleeping"].contains(
        reading.word(mention.phraseStart - 2)),
      reading.lexeme(after).noun >= 0,
      ["premises", "container", "property", "vehicle"].contains(reading.noun(after).kind)
    {
      return .other
    }
    if reading.isWord(first - 1, .preposition | .to), reading.isWord(first - 2, .capacity) { return .measure }
    // "conspiracy to distribute 400 grams or more": what the law draws its line at.
    if reading.lexeme(after).noun >= 0, reading.noun(after).kind == "weight", reading.isWord(after + 1, .or),
      reading.word(after + 2) == "more"
    {
      return .statute
    }
    // "the 11 policing districts", "the 27 EU Member States": all that there are.
    if isAllOfThem(first, after) { return .denominator }
    // "Section 1 of the Act places two duties on public authorities": what the law says.
    if mention.isSpelled, reading.word(after) == "duties" { return .statute }
    // "jailed at the two crown courts": where it was done.
    if mention.isSpelled, mention.low <= 5, reading.isWord(first - 1, .determiner),
      tokenRange(after, after + 3).contains(where: { reading.word($0) == "courts" })
    {
      return .other
    }
    // "targeted five times": how often it happened to one.
    if mention.precision == .atLeast, reading.isWord(mention.headStart, .times), mention.low <= 20 { return .other }
    if reading.isWord(after, .times), mention.low < 20, !reading.isWord(after + 1, .comparative | .as | .of) {
      return .other
    }
    // "pleaded guilty to two counts of …": what one person is charged with.
    if reading.word(after).hasPrefix("count"), reading.isWord(mention.phraseStart - 1, .to),
      reading.word(mention.phraseStart - 2) == "guilty"
    {
      return .other
    }
    // "He faces six counts", "She has been charged with 12 offences".
    if isOfOnePerson(mention, after) { return .other }
    // "the legal limit is 35".
    if reading.isWord(first - 1, .be | .of), reading.isWord(first - 2, .limit) { return .measure }
    return nil
  }

  private static let fileSizes: Set<String> = ["kb", "mb"]

  /// Whether a sentence that speaks of him or her alone says how many offences there are.
  private func isOfOnePerson(_ mention: NumberMention, _ after: Int) -> Bool {
    guard ["count", "counts", "offences", "charges"].contains(reading.word(after)) else { return false }
    let sentence = reading.sentences[mention.sentence].tokens
    guard ["he", "she"].contains(reading.word(sentence.lowerBound)) else { return false }
    return tokenRange(sentence.lowerBound + 1, min(sentence.lowerBound + 5, mention.phraseStart)).contains {
      ["faces", "faced", "charged", "admitted", "denied", "denies"].contains(reading.word($0))
    }
  }

  /// "four of the 11 policing districts", "its 196 member countries": how many areas there are, with "of the" or "member".
  private func isAllOfThem(_ first: Int, _ after: Int) -> Bool {
    let names = tokenRange(after, min(after + 3, reading.tokens.count))
    if reading.isWord(first - 1, .determiner | .have) || reading.isMark(first - 1, "s"),
      names.contains(where: { reading.word($0) == "member" && reading.lexeme($0 + 1).noun >= 0 })
    {
      return true
    }
    // "an operation that spanned five counties", "throughout the five counties": how far something reached.
    let reach = reading.isWord(first - 1, .determiner) ? first - 2 : first - 1
    let isArea =
      reading.tokens.indices.contains(after) && reading.tokens[after].kind == .word && isPluralNoun(after)
      && Self.partsOfCountry.contains(reading.word(after))
    // "carried out in five counties", "the five counties": where it was.
    if isArea, reading.isWord(first, .number),
      !["councils", "authorities"].contains(reading.word(after)), !reading.isMark(after + 1, "s"),
      !reading.isMark(after + 1, "'"), reading.isWord(reach, .in | .locative | .preposition) || reach < first - 1
    {
      return true
    }
    if isArea, Self.reachWords.contains(reading.word(reach)) { return true }
    // "in the other six districts": what is left of them.
    let isRest = reading.word(first - 1) == "other" && reading.isWord(first - 2, .determiner)
    guard
      isRest
        || reading.isWord(first - 1, .determiner) && reading.isWord(first - 2, .of) && reading.word(first - 1) == "the"
        // "138 of England's 153 councils".
        || reading.isMark(first - 1, "s") && reading.touchesPrevious(first - 1) && reading.isWord(first - 3, .of)
    else { return false }
    return names.contains { Self.partsOfCountry.contains(reading.word($0)) }
  }

  private static let reachWords: Set<String> = ["spanned", "spanning", "spans", "throughout"]
  private static let partsOfCountry: Set<String> = [
    "counties", "districts", "boroughs", "provinces", "states", "divisions", "authorities", "councils",
  ]

  private func date(_ first: Int, _ after: Int) -> RejectionReason? {
    // "ended Sept. 30, 2023".
    if reading.isNumber(first), reading.digitCount(first) <= 2, reading.isMark(first - 1, "."), isMonthName(first - 2),
      reading.isMark(after, ",") || reading.isMark(after, ".") || reading.year(after) != nil
        || reading.isWord(after, .and | .with | .to)
        || reading.isWord(first - 3, .preposition | .locative | .to | .from)
    {
      return .date
    }
    // "% change 13-14 to 14-15", in the heading of a table of years.
    if reading.isNumber(first), after == first + 3, reading.isMark(first + 1, "-"), reading.touchesPrevious(first + 1),
      reading.digitCount(first) == 2, reading.digitCount(first + 2) == 2,
      let year = reading.value(ofDigits: first), reading.value(ofDigits: first + 2) == year + 1,
      tokenRange(max(0, first - 5), first).contains(where: { reading.isWord($0, .changeWord) })
    {
      return .date
    }
    // "a 2014 tractor-trailer": of which year it is.
    if reading.year(first) != nil, reading.isWord(first - 1, .determiner),
      reading.word(first - 1) == "a"
    {
      return .date
    }
    // "the weekend of 8 and 9 June".
    if reading.isNumber(first), after == first + 1, reading.digitCount(first) <= 2,
      reading.isWord(after, .and | .to) || reading.isMark(after, "-"), reading.isNumber(after + 1),
      reading.digitCount(after + 1) <= 2, isMonthName(after + 2)
    {
      return .date
    }
    // "from October 4 to 10", "11 to 17 October": a range of days.
    if reading.isNumber(first), reading.isNumber(after - 1), isMonthName(first - 1) || isMonthName(after),
      reading.digitCount(first) <= 2, reading.digitCount(after - 1) <= 2, after == first + 3
    {
      return .date
    }
    let single = after == first + 1
    if single, reading.isWord(first - 1, .month) || reading.isWord(after, .month),
      let value = reading.isNumber(first) ? reading.value(ofDigits: first) : nil,
      value <= 31 || reading.year(first) != nil, isMonthName(first - 1) || isMonthName(after),
      !countsBelowDate(first, after)
    {
      return .date
    }
    // "over the weekend of April 13 and 14".
    if single, reading.isNumber(first), reading.digitCount(first) <= 2, reading.isWord(first - 1, .and | .to),
      reading.isNumber(first - 2), reading.digitCount(first - 2) <= 2,
      isMonthName(first - 3) || reading.isMark(first - 3, ".") && isMonthName(first - 4),
      reading.lexeme(after).noun < 0
    {
      return .date
    }
    // "2017 – 1977": what was counted in that year.
    let isListed =
      reading.isMark(first - 1, "-") && !reading.touchesPrevious(first) && reading.year(first - 2) != nil
    if reading.year(first) != nil, !isListed {
      // "2016 arrests were made" counts; "in 2016", "2016 figures" and a bare year do not.
      let counts =
        reading.lexeme(after).noun >= 0 && isPluralNoun(after)
        && !reading.isWord(first - 1, .in | .since | .from | .to | .of | .yearWord | .this)
        && !reading.isMark(first - 1, ",")
      if !counts { return .date }
    }
    return nil
  }

  /// "Monday 17 June⏎23 arrests": a line that begins with a figure, below a date.
  private func countsBelowDate(_ first: Int, _ after: Int) -> Bool {
    guard reading.tokens[first].gap >= .line, reading.tokens.indices.contains(after), !isMonthName(after) else {
      return false
    }
    return reading.tokens[after].kind == .word && reading.tokens[after].gap == .space && reading.year(first) == nil
      && !reading.isWord(after, .timeUnit | .weekday)
  }

  /// "May" and "March" are months only in capitals.
  private func isMonthName(_ index: Int) -> Bool {
    reading.isWord(index, .month) && reading.tokens[index].isCapitalized
  }

  func isPluralNoun(_ index: Int) -> Bool {
    let token = reading.tokens[index]
    return reading.text[Int(token.end) - 1] | 0x20 == UInt8(ascii: "s") || reading.isWord(index, .irregularPlural)
  }

  private func duration(_ mention: NumberMention, _ after: Int) -> RejectionReason? {
    var next = after
    let isHyphen = reading.isMark(next, "-") && reading.touchesPrevious(next)
    if isHyphen { next += 1 }
    // "two working days", "three consecutive nights".
    if reading.isWord(next, .dayKind), reading.isWord(next + 1, .timeUnit) { return .duration }
    // "247 second hand dealers".
    if !isHyphen, reading.word(next) == "second", ["hand", "home", "homes"].contains(reading.word(next + 1)) {
      return nil
    }
    guard reading.isWord(next, .timeUnit) else {
      // "two-pronged", "17-strong": the number is part of an adjective.
      if isHyphen, next < reading.tokens.count, reading.tokens[next].kind == .word,
        !reading.isWord(next, .noun | .strong | .fold), reading.lexeme(next).noun < 0
      {
        // "Sixty-plus", "2,700-plus": a qualifier.
        return mention.headStart > mention.tokens.upperBound ? nil : .other
      }
      return nil
    }
    guard !isHyphen, reading.isWord(next, .yearWord) || isYears(next) else { return .duration }
    guard let action = jailAction(before: mention.phraseStart, in: mention.sentence) else {
      if addsUpTerms(mention) { return nil }
      // "a combined total of nine years in prison".
      if reading.isWord(mention.phraseStart - 1, .of), reading.isWord(mention.phraseStart - 2, .total),
        isInPrison(next + 1)
      {
        return nil
      }
      // "They received 46 years between them".
      let isShared = tokenRange(next, min(next + 4, reading.sentences[mention.sentence].tokens.upperBound)).contains {
        isBetweenThem($0)
      }
      return isShared && reading.isWord(mention.phraseStart - 1, .receive) ? nil : .duration
    }
    // Prison terms count as a total only where the text adds them up.
    let sentence = reading.sentences[mention.sentence].tokens
    let window = tokenRange(max(sentence.lowerBound, action - 4), min(sentence.upperBound, next + 4))
    // "72 dealers jailed for more than 221 years": no single term is as long.
    if mention.low >= Self.termMax, isYears(next) || isYears(next - 1) { return nil }
    return window.contains { reading.isWord($0, .total) || isBetweenThem($0) } ? nil : .penalty
  }

  /// Words of courts and prisons before a number of years that several people got.
  private static let termWords: Set<String> = [
    "get", "gets", "got",
    "serve", "serving", "given", "handed", "terms", "sentences", "sentenced", "received", "imprisonment", "passed",
  ]

  /// "will serve almost 200 years", "were given a total of 197 years", "terms adding up to 31 years".
  func addsUpTerms(_ mention: NumberMention) -> Bool {
    let sentence = reading.sentences[mention.sentence].tokens
    let before = tokenRange(max(sentence.lowerBound, mention.phraseStart - 9), mention.phraseStart)
    // "438 years behind bars for dealers".
    if isYears(mention.tokens.upperBound), mention.low >= Self.termMax, isInPrison(mention.tokens.upperBound + 1) {
      return true
    }
    // "80 years for Telford dealers", as a heading.
    let next = mention.tokens.upperBound + 1
    if isYears(next - 1), mention.low >= Self.termMax, mention.phraseStart == sentence.lowerBound,
      reading.isWord(next, .for), !reading.isMark(sentence.upperBound - 1, "."),
      tokenRange(next + 1, sentence.upperBound).contains(where: {
        reading.lexeme($0).noun >= 0 && ["offender", "group", "suspect"].contains(reading.noun($0).kind)
      })
    {
      return true
    }
    guard isYears(mention.tokens.upperBound), before.contains(where: { Self.termWords.contains(reading.word($0)) })
    else {
      return false
    }
    return mention.low >= Self.termMax
      || before.suffix(4).contains { reading.isWord($0, .total) || reading.word($0).hasPrefix("add") }
      || tokenRange(mention.phraseStart, mention.tokens.lowerBound).contains { reading.word($0).hasPrefix("add") }
  }

  /// "in prison", "behind bars", at "in".
  func isInPrison(_ index: Int) -> Bool {
    reading.isWord(index, .in | .locative | .preposition) && reading.isWord(index + 1, .prisonWord)
      || reading.isWord(index, .prisonWord)
  }

  /// Years: a term this long is a total of several.
  private static let termMax = 60.0

  private func isYears(_ index: Int) -> Bool { reading.timeUnit(index) == "Y" }

  private func isBetweenThem(_ index: Int) -> Bool {
    reading.isWord(index, .between) && reading.isWord(index + 1, .pronoun)
  }

  /// The verb of a prison term before a token, at most twelve tokens away, or twice as many before a total: "27 were jailed
  /// at two courts in July, for a combined total of 94 years".
  func jailAction(before index: Int, in sentence: Int) -> Int? {
    let isTotal = reading.isWord(index - 1, .of) && reading.isWord(index - 2, .total)
    let start = max(reading.sentences[sentence].tokens.lowerBound, index - (isTotal ? 24 : 12))
    return tokenRange(start, index).last {
      reading.lexicon.metric(action: reading.lexeme($0).action, kind: "year") != nil || reading.isWord($0, .prisonWord)
    }
  }

}
