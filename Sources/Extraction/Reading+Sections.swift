// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What part of a document a sentence stands in.
extension Reading {
  /// Leading blocks that do not end like a sentence are the headline, a standfirst of several words behind it, and
  /// captions; a line that is nothing but a date is none of them. Further down: lines of lists, notes that correct,
  /// and what belongs to the page and not to the text.
  func withSections(_ sentences: [Sentence]) -> [Sentence] {
    var result = sentences
    var headlineBlock: Int?
    var start = result.count
    let first = furnitureEnd(sentences)
    for index in 0..<first { result[index].section = .boilerplate }
    for index in result.indices.dropFirst(first) {
      let tokens = result[index].tokens
      var last = tokens.upperBound - 1
      while last > tokens.lowerBound, isMark(last, "\"") || isMark(last, "'") { last -= 1 }
      if isMark(last, ".") || isMark(last, ":") || isMark(last, "!") {
        start = index
        break
      }
      let words = tokens.count { self.tokens[$0].kind == .word && !isWord($0, .month | .weekday) }
      guard words > 2 else { continue }
      if headlineBlock == nil { headlineBlock = result[index].block }
      let isStandfirst =
        words >= Self.standfirstWords && result[index].block == (headlineBlock ?? 0) + 1
        && !repeats(tokens, in: result, block: headlineBlock)
      result[index].section = result[index].block == headlineBlock ? .headline : isStandfirst ? .standfirst : .caption
    }
    var block = -1
    var section: Section?
    for index in result.indices.dropFirst(start) {
      if result[index].block != block {
        block = result[index].block
        section = self.section(ofBlock: index, result)
      }
      if let section { result[index].section = section }
    }
    return result
  }

  /// Sentences at the top of a page among which its furniture is looked for.
  private static let furnitureReach = 24
  /// Words of a line before the first sure sign of furniture: "Leave this site".
  private static let furnitureLine = 4

  /// Behind the last sentence of the furniture above a text: that a page is a page, with at most two other lines between.
  private func furnitureEnd(_ sentences: [Sentence]) -> Int {
    var end = 0
    for (index, sentence) in sentences.prefix(Self.furnitureReach).enumerated() {
      if isFurniture(sentence.tokens) {
        end = index + 1
        continue
      }
      let isBetween =
        end > 0
        ? index - end < 3
        : sentence.tokens.count(where: { tokens[$0].kind == .word }) <= Self.furnitureLine && index < 2
      guard isBetween, !hasFigure(sentence.tokens) else { break }
    }
    // The rest of its line belongs to it.
    while end > 0, end < sentences.count, sentences[end].block == sentences[end - 1].block,
      !hasFigure(sentences[end].tokens)
    {
      end += 1
    }
    return end
  }

  /// Whether a sentence says a number that is not part of a telephone number: such a sentence is of the text.
  private func hasFigure(_ sentence: Range<Int>) -> Bool {
    sentence.contains {
      isNumber($0) && text[Int(tokens[$0].start)] != UInt8(ascii: "0") && !isNumber($0 - 1)
    }
  }

  /// Words that only pages say, of themselves.
  private func isFurniture(_ sentence: Range<Int>) -> Bool {
    guard sentence.count <= Self.shortBlock + 10, !hasFigure(sentence) else { return false }
    if isMenu(sentence) { return true }
    return sentence.contains { index in
      if isWord(index, .siteWord) || isWord(index, .furniture) && sentence.count <= Self.shortBlock { return true }
      guard sentence.contains(index + 1) else { return false }
      if isWord(index, .this), isWord(index + 1, .siteNoun) { return true }
      return sentence.count <= Self.shortBlock && Self.pagePhrases.contains(string(index..<index + 2).lowercased())
    }
  }

  /// Words of a line from which on it may be a menu.
  private static let menuMin = 4
  /// Words of a line between bars that is one at the most.
  private static let menuMax = 12
  private static let menuWords: Set<String> = [
    "news", "sport", "sports", "home", "weather", "traffic", "business", "opinion", "lifestyle", "jobs", "menu",
    "search",
    "login", "e-editions", "newsletters", "subscribe", "motors", "obituaries", "entertainment",
  ]

  /// "News  Crime  Burnley  Blackburn  Sport": nothing but names, two of which only menus have.
  private func isMenu(_ sentence: Range<Int>) -> Bool {
    let words = sentence.filter { tokens[$0].kind == .word }
    // "England | Local News | Regions | Somerset".
    let bars = sentence.count { isMark($0, "|") }
    if bars > 1, words.count <= Self.menuMax, words.allSatisfy({ tokens[$0].isCapitalized || touchesPrevious($0) }) {
      return true
    }
    if bars > 2, words.count <= Self.menuMax * 2, tokens[words.first ?? sentence.lowerBound].isCapitalized {
      return true
    }
    // "What we do   Get support   Get involved   Jobs".
    let gaps = sentence.dropFirst().count { tokens[$0].gap == .cell }
    if gaps > 2, words.count <= Self.menuMax * 2, words.count <= (gaps + 1) * 3 { return true }
    // "News  Sport  Weather  iPlayer  Sounds".
    let known = words.count { Self.menuWords.contains(word($0)) }
    if known > 2, known * 2 >= words.count { return true }
    guard words.count >= Self.menuMin,
      words.allSatisfy({
        tokens[$0].isCapitalized || isWord($0, .and | .in | .preposition) || touchesPrevious($0)
      })
    else { return false }
    return known > 1
  }

  /// Pairs of words that a page says of itself above a text.
  private static let pagePhrases: Set<String> = [
    "contact us", "follow us", "email us", "media enquiries", "press enquiries", "press office", "share this",
    "skip to",
    "official website", "you know", "try again", "sign up", "sign in", "log in", "main menu", "printable version",
  ]

  /// Words of a line below the headline from which on it sums the text up.
  private static let standfirstWords = 8
  /// Tokens of a block that may be site furniture, or the start of one that may be a correction.
  private static let shortBlock = 30

  /// Whether a line says again what the headline says: most of its words are there.
  private func repeats(_ tokens: Range<Int>, in sentences: [Sentence], block: Int?) -> Bool {
    let headline = Set(
      sentences.prefix { $0.block <= block ?? 0 }.filter { $0.block == block }.flatMap {
        $0.tokens.map { self.tokens[$0].symbol }
      })
    let known = tokens.filter { self.tokens[$0].kind == .word && self.tokens[$0].symbol != 0 }
    return known.count { headline.contains(self.tokens[$0].symbol) } * 3 > known.count * 2
  }

  private func section(ofBlock index: Int, _ sentences: [Sentence]) -> Section? {
    let tokens = sentences[index].tokens
    let first = tokens.lowerBound
    let opening = tokens.prefix(Self.shortBlock)
    var word = first
    while word < tokens.upperBound, self.tokens[word].kind == .mark { word += 1 }
    if isWord(word, .correction) && (isMark(word + 1, ":") || isMark(word + 1, "-") || isMark(first, "*"))
      || opening.contains(where: { isWord($0, .earlier) && isWord($0 + 1, .version) })
    {
      return .correction
    }
    // "This was published under the 2019 to 2022 Conservative government".
    if tokens.count < 16, tokens.contains(where: { reads($0, "published") && isWord($0 + 1, .under) }) {
      return .boilerplate
    }
    // "READ MORE: …".
    if reads(first, "read"), reads(first + 1, "more") { return .boilerplate }
    let isShort = tokens.count <= Self.shortBlock
    if isShort, opening.contains(where: { isWord($0, .furniture) }), !hasFigure(tokens) { return .boilerplate }
    if isMark(first, "*") || isMark(first, "-") && !touchesPrevious(first + 1) || isBullet(first, tokens) {
      return .list
    }
    return nil
  }

  /// "1. …", "2) …" at the start of a line.
  private func isBullet(_ first: Int, _ tokens: Range<Int>) -> Bool {
    isNumber(first) && digitCount(first) <= 2 && first + 2 < tokens.upperBound
      && (isMark(first + 1, ")") || isMark(first + 1, ".")) && touchesPrevious(first + 1)
  }
}
