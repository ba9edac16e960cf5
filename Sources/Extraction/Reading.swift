// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// The tokens from one place to another; none where the end lies before the start.
func tokenRange(_ start: Int, _ end: Int) -> Range<Int> { start..<max(start, end) }

/// What stands for some tokens of a reading.
protocol TokenSpan {
  var tokens: Range<Int> { get }
}

extension Array where Element: TokenSpan {
  /// The spans that begin in a range, of spans in order of the text. `cursor`: none before it does.
  func beginning(in range: Range<Int>, from cursor: Int) -> ArraySlice<Element> {
    var start = cursor
    while start < count, self[start].tokens.lowerBound < range.lowerBound { start += 1 }
    var end = start
    while end < count, self[end].tokens.lowerBound < range.upperBound { end += 1 }
    return self[start..<end]
  }
}

/// A sentence: its tokens, and where in the document it stands.
struct Sentence {
  var tokens: Range<Int>
  var block: Int
  /// Counts the blank lines before it.
  var paragraph: Int
  var section: Section
  /// Whether a blank line stands before its block.
  var startsParagraph: Bool
  var startsBlock: Bool
}

/// A text as the rules see it: tokens, classes, sentences. The text lives as long as the reading.
final class Reading {
  let text: UnsafeRawBufferPointer
  let lexicon: Lexicon
  let tokens: [Token]
  private(set) var sentences: [Sentence] = []
  /// The first words of the names of operations, in small letters.
  private var operationNames: Set<String> = []
  /// The first sentence behind the furniture that the page stands before the text: notes on cookies, ways to reach it.
  private(set) var contentStart = 0
  /// Where the first sentences that say something end.
  private var openingEnds: [Int] = []
  /// The numbers of lists whose lines are numbered from one on without any mark.
  private var itemNumbers: Set<Int> = []
  /// Whether the headline says that the text is about the missing.
  private(set) var isOfMissing = false
  /// Whether the text speaks of the right to know of a partner's past.
  private(set) var isOfDisclosure = false
  /// Whose rupees "Rs" are: India's, where the text names no other country that has them.
  private(set) var rupees = "INR"
  /// Whose dollars "$" are: those of the country that the text is about.
  var dollars = "USD"
  /// Whether the text answers a request under the Freedom of Information Act, or tells of one.
  private(set) var isOfRequest = false
  /// Whether a bank, an insurer or a charity tells its own cases: incidents, and no crimes that the police recorded.
  private(set) var isOfCaseworkers = false
  /// Whether those who tell of cases are banks.
  private(set) var isOfBanks = false
  /// Whether the top of the text says that it is about people who are exploited.
  private(set) var isOfExploitation = false
  /// Whether "search" alone means a stop and search here: the text is about them.
  private(set) var isOfStopSearches = false

  init(_ text: UnsafeRawBufferPointer, lexicon: Lexicon) {
    self.text = text
    self.lexicon = lexicon
    var tokens = Tokenizer(lexicon: lexicon).tokens(text)
    PhrasalVerbs(lexicon: lexicon).mark(&tokens)
    CompoundNouns(lexicon: lexicon).mark(&tokens)
    // "The count went up": no charge; "one count of fraud" is.
    for index in tokens.indices.dropLast()
    where tokens[index].symbol == lexicon.count && tokens[index].gap != .none
      && lexicon.lexeme(tokens[index + 1].symbol).classes.intersects(.of) == false
    {
      tokens[index].symbol = lexicon.tally
    }
    self.tokens = tokens
    sentences = makeSentences()
    operationNames = Set(
      tokens.indices.dropFirst().filter {
        isWord($0 - 1, .operation) && tokens[$0].isCapitalized && tokens[$0].kind == .word
      }
      .map { word($0) })
    contentStart = sentences.prefix { $0.section == .boilerplate }.count
    openingEnds = endsOfOpening()
    readLists()
    isOfStopSearches = tellsOfStopSearches()
    let top = tokenRange(sentences.isEmpty ? 0 : opening(1).first?.tokens.lowerBound ?? 0, openingEnd(3))
    isOfExploitation = top.contains { isWord($0, .exploitation) }
    isOfDisclosure = tokens.indices.contains {
      // "Clare's Law", "the Child Sex Offender Disclosure Scheme".
      isWord($0, .disclosureLaw)
        || lexeme($0).noun >= 0 && lexicon.nouns[Int(lexeme($0).noun)].kind == "disclosure"
          && word($0 + 1).hasPrefix("scheme")
    }
    if let country = tokens.indices.first(where: { isWord($0, .rupeeCountry) && tokens[$0].isCapitalized }) {
      rupees = ["pakistan": "PKR", "nepal": "NPR", "lanka": "LKR"][word(country)] ?? "INR"
    }
    isOfRequest =
      tokens.indices.contains {
        isWord($0, .requestLaw) && (tokens[$0].isAllCaps || isWord($0 + 1, .of) && word($0 + 2) == "information")
      }
      // "This is in answer to your request of 24 August".
      || top.contains { word($0) == "your" && word($0 + 1) == "request" }
    isOfCaseworkers =
      top.contains { isWord($0, .caseworker) } && !top.contains { word($0) == "police" || isWord($0, .authority) }
    isOfBanks =
      isOfCaseworkers
      && top.contains { reads($0, "bank") || reads($0, "banks") || reads($0, "lender") || reads($0, "finance") }
    isOfMissing = sentences[contentStart...].contains {
      ($0.section == .headline || $0.section == .caption) && $0.tokens.contains { word($0) == "missing" }
    }
  }

  // MARK: - Tokens

  func lexeme(_ index: Int) -> Lexeme {
    tokens.indices.contains(index) && tokens[index].kind == .word
      ? lexicon.lexemes[Int(tokens[index].symbol)] : Lexeme()
  }

  /// The noun of a token; one of no kind where its lexeme has none.
  func noun(_ index: Int) -> CountedNoun {
    let place = Int(lexeme(index).noun)
    guard place >= 0 else { return .none }
    let noun = lexicon.nouns[place]
    if isOfStopSearches, noun.kind == "search" { return .stopSearch }
    if noun.kind == "request", !isOfDisclosure { return .plainRequest }
    guard isOfCaseworkers, noun.kind == "case" else { return noun }
    return isOfBanks ? .caseOfBank : .caseOfOthers
  }

  /// How many mentions of searches one of "stop and search" stands for.
  private static let searchesForOneTopic = 4

  private func tellsOfStopSearches() -> Bool {
    var mentions = 0
    var searches = 0
    for index in tokens.indices where lexeme(index).noun >= 0 && lexicon.nouns[Int(lexeme(index).noun)].kind == "search"
    {
      searches += 1
      var before = index - 1
      while before > index - 4, isMark(before, "-") || isWord(before, .and) { before -= 1 }
      if isWord(before, .action), lexicon.metric(action: lexeme(before).action, kind: "person") == "stop_searches" {
        // The headline names the topic.
        if let head = opening(1).first, head.tokens.contains(index) { return true }
        mentions += 1
      }
    }
    return mentions * Self.searchesForOneTopic >= searches && mentions > 0
  }

  /// ISO 8601 designator of a unit of time; empty for other words.
  func timeUnit(_ index: Int) -> String { lexicon.texts[Int(lexeme(index).timeUnit)] }
  /// The metric of a sum of money near a word; empty for other words.
  func moneyMetric(_ index: Int) -> String { lexicon.texts[Int(lexeme(index).moneyMetric)] }
  /// ISO 4217 code of a word; empty for other words.
  func currency(_ index: Int) -> String {
    let code = lexicon.texts[Int(lexeme(index).currency)]
    return code == "INR" ? rupees : code == "USD" && word(index) == "dollars" ? dollars : code
  }
  /// Region id of a demonym; empty for other words.
  func demonym(_ index: Int) -> String { lexicon.texts[Int(lexeme(index).demonym)] }

  @inline(__always)
  func isWord(_ index: Int, _ classes: WordClasses) -> Bool {
    guard tokens.indices.contains(index), tokens[index].kind == .word else { return false }
    return lexicon.lexemes[Int(tokens[index].symbol)].classes.intersects(classes)
  }

  @inline(__always)
  func isMark(_ index: Int, _ character: Unicode.Scalar) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .mark
      && tokens[index].mark == UInt8(truncatingIfNeeded: character.value)
  }

  func isNumber(_ index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .number
  }

  /// No space between this token and the one before.
  func touchesPrevious(_ index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].gap == .none
  }

  func string(_ start: Int32, _ end: Int32) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: text[Int(start)..<Int(end)]), as: UTF8.self)
  }

  func string(_ range: Range<Int>) -> String {
    range.isEmpty ? "" : string(tokens[range.lowerBound].start, tokens[range.upperBound - 1].end)
  }

  /// One word in small letters; empty where there is none.
  func word(_ index: Int) -> String {
    guard tokens.indices.contains(index) else { return "" }
    let bytes = text[Int(tokens[index].start)..<Int(tokens[index].end)]
    // Asked several times of every number: words in ASCII, nearly all, are copied once, and short ones need no memory.
    guard bytes.allSatisfy({ $0 < 0x80 }) else { return string(index..<index + 1).lowercased() }
    return String(unsafeUninitializedCapacity: bytes.count) { buffer in
      for (place, byte) in bytes.enumerated() {
        buffer[place] = byte &- 65 < 26 ? byte | 0x20 : byte
      }
      return bytes.count
    }
  }

  /// Whether a token is a word of small ASCII letters, whatever its capitals: asked often, it makes no string.
  @inline(__always)
  func reads(_ index: Int, _ word: StaticString) -> Bool {
    guard tokens.indices.contains(index) else { return false }
    let start = Int(tokens[index].start)
    guard Int(tokens[index].end) - start == word.utf8CodeUnitCount else { return false }
    for place in 0..<word.utf8CodeUnitCount where text[start + place] | 0x20 != word.utf8Start[place] { return false }
    return true
  }

  /// "under-18s", "over 65s": people of an age, at "under".
  func ageGroup(_ index: Int) -> Range<Int>? {
    guard isWord(index, .ageBound) else { return nil }
    let number = isMark(index + 1, "-") ? index + 2 : index + 1
    guard isNumber(number), tokens.indices.contains(number + 1),
      isMark(number + 1, "s") || touchesPrevious(number + 1) && word(number + 1) == "s"
    else { return nil }
    return index..<number + 2
  }

  /// "1 The quantity of …⏎2 The number of …": the number of a line, and no figure.
  func isItemNumber(_ index: Int) -> Bool { itemNumbers.contains(index) }

  /// Notes the numbers of numbered lines, and which lists are the page's own: its contents, what others read most.
  private func readLists() {
    let lists = numberedLists()
    for list in lists { itemNumbers.formUnion(list.items) }
    let ofPage = lists.filter(\.isOfPage).map(\.tokens) + [contentsList()].compactMap { $0 }
    for tokens in ofPage {
      for index in sentences.indices where tokens.contains(sentences[index].tokens.lowerBound) {
        sentences[index].section = .boilerplate
      }
    }
  }

  /// Whether a token is the name of an operation that the text tells of.
  func isOperationName(_ index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .word && tokens[index].isCapitalized
      && operationNames.contains(word(index))
  }

  /// A digits token as a number: commas are separators, a point is a decimal point.
  func value(ofDigits index: Int) -> Double? {
    var whole = 0.0
    var scale = 0.0
    var points = 0
    for byte in text[Int(tokens[index].start)..<Int(tokens[index].end)] {
      switch byte {
      case UInt8(ascii: ","): continue
      case UInt8(ascii: "."):
        points += 1
        scale = 1
      default:
        if points > 0 {
          scale /= 10
          whole += Double(byte - 48) * scale
        } else {
          whole = whole * 10 + Double(byte - 48)
        }
      }
    }
    // "50.000 people": points between groups of three, where a fraction would be all zeros.
    if points == 1, isGroupOfZeros(index) { return whole * 1000 }
    return points > 1 ? nil : whole
  }

  private func isGroupOfZeros(_ index: Int) -> Bool {
    let bytes = text[Int(tokens[index].start)..<Int(tokens[index].end)]
    return bytes.count > 4 && bytes.suffix(4).elementsEqual(".000".utf8)
  }

  /// ISO 4217 codes of dollars by the letters before their sign: "A$82.1 million".
  private static let dollarSigns = [
    "us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD",
  ]

  /// ISO 4217 codes of the countries that have dollars of their own, by their ids.
  static let dollarsOf = ["au": "AUD", "ca": "CAD", "nz": "NZD", "hk": "HKD", "sg": "SGD"]

  /// ISO 4217 code of a currency sign; dollars without a prefix are those of the country that the text is about.
  func currency(ofSign index: Int) -> String {
    switch text[Int(tokens[index].start)] {
    case 0xc2: "GBP"
    case 0xe2: text[Int(tokens[index].start) + 2] == 0xb9 ? rupees : "EUR"
    default:
      touchesPrevious(index) && tokens.indices.contains(index - 1) && tokens[index - 1].kind == .word
        ? Self.dollarSigns[word(index - 1)] ?? (isWord(index - 1, .currency) ? currency(index - 1) : dollars) : dollars
    }
  }

  /// "47 and 52", "14 to 17": nothing but a joint stands between two numbers.
  func isJoint(_ from: Int, _ to: Int) -> Bool {
    to > from && to - from <= 2
      && (from..<to).allSatisfy { isWord($0, .and | .to) || isMark($0, ",") || isMark($0, "-") }
  }

  /// Whether what follows a number ends its phrase: a closing bracket, a comma, a full stop, "and", or
  /// the end of the line.
  func endsPlainly(_ index: Int) -> Bool {
    guard index < tokens.count, tokens[index].gap < .line else { return true }
    return isMark(index, ")") || isMark(index, "(") || isMark(index, ",") || isMark(index, ".") || isMark(index, ";")
      || isMark(index, "|") || isMark(index, "&")
      || isWord(index, .and)
  }

  func digitCount(_ index: Int) -> Int {
    text[Int(tokens[index].start)..<Int(tokens[index].end)].count { Tokenizer.isDigit($0) }
  }

  /// The token before a number; before its currency sign where it has one.
  func before(_ number: Int) -> Int { isMark(number - 1, "$") ? number - 2 : number - 1 }

  /// A number of four digits above it may be a count: texts report what has been.
  private static let latestYear = 2030.0

  /// A plausible year: four digits, 1900 to 2099, without separators.
  func year(_ index: Int) -> Int? {
    guard isNumber(index), tokens[index].end - tokens[index].start == 4, digitCount(index) == 4,
      let value = value(ofDigits: index), value >= 1900, value < 2100
    else { return nil }
    // "laid 2032 child abuse-related charges": a year that is to come stands behind "by", "in" or the like.
    if value > Self.latestYear, lexeme(index - 1).action >= 0 { return nil }
    return Int(value)
  }

  // MARK: - Structure

  /// The first sentences of the text itself.
  func opening(_ count: Int) -> ArraySlice<Sentence> { sentences[contentStart...].prefix(count) }

  /// Words of a sentence that says something: dates, times and labels have fewer.
  private static let proseWords = 6

  /// The end of the first sentences of the text that say something; of at most `openingMax`.
  func openingEnd(_ count: Int) -> Int {
    openingEnds.indices.contains(count - 1) ? openingEnds[count - 1] : sentences.last?.tokens.upperBound ?? 0
  }

  /// How many sentences an opening may have.
  private static let openingMax = 16

  private func endsOfOpening() -> [Int] {
    var ends: [Int] = []
    for sentence in sentences[contentStart...] where ends.count < Self.openingMax {
      let words = sentence.tokens.count { tokens[$0].kind == .word && !isWord($0, .month | .weekday | .publishCue) }
      if words >= Self.proseWords { ends.append(sentence.tokens.upperBound) }
    }
    return ends
  }

  /// The sentence that a token stands in.
  func sentence(at token: Int) -> Sentence? {
    sentenceIndex(at: token).map { sentences[$0] }
  }

  func sentenceIndex(at token: Int) -> Int? {
    var (low, high) = (0, sentences.count)
    while low < high {
      let middle = (low + high) / 2
      if sentences[middle].tokens.upperBound <= token { low = middle + 1 } else { high = middle }
    }
    return low < sentences.count && sentences[low].tokens.contains(token) ? low : nil
  }

  /// Lines that end like a sentence, below which no blank line tells whether lines are paragraphs.
  private static let linesMin = 3

  /// Whether every line is a paragraph: pages lose their blank lines on the way.
  private func hasLinesForParagraphs() -> Bool {
    var lines = 0
    var paragraphs = 0
    for index in tokens.indices.dropFirst() where tokens[index].gap >= .line {
      if tokens[index].gap == .paragraph {
        paragraphs += 1
      } else if endsLineAsSentence(before: index) {
        lines += 1
      }
    }
    return lines >= Self.linesMin && lines > paragraphs
  }

  /// "… on Monday.⏎The week …": the line ends, and the next one begins, as a sentence does.
  private func endsLineAsSentence(before index: Int) -> Bool {
    guard tokens[index].kind == .number || tokens[index].isCapitalized || isMark(index, "\"") else { return false }
    var last = index - 1
    while last > 0, isMark(last, "\"") || isMark(last, "'") || isMark(last, ")") { last -= 1 }
    return isMark(last, ".") || isMark(last, "!") || isMark(last, "?")
  }

  /// A sentence longer than this is cut: what the rules look at around a number stays bounded, and
  /// reading stays linear in the text.
  private static let sentenceTokensMax = 256

  /// Blocks end at a line's end, unless the next line plainly goes on with the same sentence.
  private func makeSentences() -> [Sentence] {
    var result: [Sentence] = []
    var start = 0
    var block = 0
    var paragraph = 0
    var quoteOpen = false
    var startsBlock = true
    var startsParagraph = true
    let areLinesParagraphs = hasLinesForParagraphs()
    func end(_ index: Int) {
      guard index > start else { return }
      result.append(
        Sentence(
          tokens: start..<index, block: block, paragraph: paragraph, section: quoteOpen ? .quotation : .body,
          startsParagraph: startsParagraph, startsBlock: startsBlock))
      start = index
      startsBlock = false
      startsParagraph = false
    }
    for index in tokens.indices {
      let token = tokens[index]
      if index > start, token.gap >= .line, token.gap == .paragraph || !continuesLine(index) {
        end(index)
        block += 1
        startsParagraph = token.gap == .paragraph || areLinesParagraphs && endsLineAsSentence(before: index)
        if startsParagraph { paragraph += 1 }
        quoteOpen = false
        startsBlock = true
      } else if index > start, endsSentence(before: index) || index - start >= Self.sentenceTokensMax {
        end(index)
      }
      if token.kind == .mark, token.mark == UInt8(ascii: "\"") {
        quoteOpen = isOpeningQuote(index)
      }
    }
    end(tokens.count)
    return withSections(result)
  }

  private func continuesLine(_ index: Int) -> Bool {
    let previous = tokens[index - 1]
    if previous.kind == .mark,
      [UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: "\"")].contains(
        previous.mark)
    {
      return false
    }
    return tokens[index].kind == .word && !tokens[index].isCapitalized && !isListLetter(index)
  }

  private func isOpeningQuote(_ index: Int) -> Bool {
    tokens[index].gap != .none || (index > 0 && tokens[index - 1].kind == .mark)
      ? index + 1 < tokens.count && tokens[index + 1].gap == .none : false
  }

  private func endsSentence(before index: Int) -> Bool {
    guard tokens[index].gap != .none else { return false }
    let next = tokens[index]
    let startsLikeSentence =
      next.kind == .number || next.isCapitalized
      || (next.kind == .mark && (next.mark == UInt8(ascii: "\"") || next.mark == UInt8(ascii: "'")))
    guard startsLikeSentence else { return false }
    var last = index - 1
    while last >= 0, index - last < 8, tokens[last].kind == .mark,
      [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")")].contains(tokens[last].mark)
    {
      last -= 1
    }
    guard last > 0, tokens[last].kind == .mark else { return false }
    switch tokens[last].mark {
    case UInt8(ascii: "!"), UInt8(ascii: "?"): return true
    // "Albanian (23%; 952)": one figure said twice.
    case UInt8(ascii: ";"): return !(next.kind == .number && isMark(index + 1, ")"))
    case UInt8(ascii: "."):
      // "Det. Insp. Smith", "J. Smith": an abbreviation, not an end.
      let word = tokens[last - 1]
      if word.kind == .word, word.end - word.start == 1, word.isCapitalized { return false }
      // "Co. Meath".
      if self.word(last - 1) == "co", word.isCapitalized, next.isCapitalized { return false }
      return !(isWord(last - 1, .title) && word.isCapitalized)
    default: return false
    }
  }
}
