// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Finds the operations a text tells of, and says which one each sentence speaks of.
///
/// An operation is named ("Operation X", "Project Y") or described ("the six-month operation led by
/// …"). One that is described, or named in the first paragraphs, is the document's: it holds for all
/// sentences, the headline included. One named later holds from there on. What the text tells of a
/// report or study belongs to no operation.
struct OperationFinder {
  let reading: Reading
  /// The mentions of bodies, in order of the text.
  private let bodies: [Mention]

  init(reading: Reading, mentions: [Mention]) {
    self.reading = reading
    bodies = mentions.filter { $0.organisation >= 0 }
  }

  /// Blocks from the start of the text in which a named operation is the document's own.
  private static let leadSentences = 8

  /// - Returns: the operation of each sentence, by index.
  func operations() -> [Operation?] {
    let whole = documentOperation()
    var result: [Operation?] = []
    var current: Operation?
    var isStudy = false
    for (index, sentence) in reading.sentences.enumerated() {
      let named = name(in: sentence.tokens).map { Operation(name: $0, lead: lead(index) ?? "", summary: $0) }
      if let named, !isShort(named.name, of: whole?.name) {
        if current?.name != named.name { current = named }
        isStudy = false
      } else if opensStudy(sentence.tokens) {
        isStudy = true
      } else if isStudy, speaksOfOperation(sentence.tokens) {
        isStudy = false
      }
      result.append(isStudy ? nil : current ?? whole)
    }
    return result
  }

  /// "the operation", "the raids": the sentence is about the operation itself.
  func speaksOfOperation(_ tokens: Range<Int>) -> Bool {
    tokens.contains { index in
      reading.isWord(index, .operation) && reading.isWord(index - 1, .determiner)
        && ["the", "this", "these"].contains(reading.word(index - 1))
    }
  }

  private func documentOperation() -> Operation? {
    let leadEnd = reading.openingEnd(Self.leadSentences)
    for (index, sentence) in reading.sentences.enumerated() {
      if var described = description(in: sentence.tokens, index) {
        // The only operation that the text names is the one that it describes.
        let names = described.name.isEmpty ? reading.sentences.compactMap { name(in: $0.tokens) } : []
        let isOne = Set(names.map { $0.lowercased() }).count == 1
        // As it stands in the text, and not in capitals as above it.
        if isOne, let name = names.last, sentence.tokens.lowerBound < leadEnd {
          described.name = name
          described.summary = name
        }
        return described
      }
    }
    for (index, sentence) in reading.sentences.enumerated() where sentence.tokens.lowerBound < leadEnd {
      if let first = name(in: sentence.tokens) {
        // "PROJECT MAPLE SHIELD LEADS TO 94 ARRESTS", and further down "Project Maple Shield".
        let whole =
          first == first.uppercased()
          ? reading.sentences.lazy.compactMap { self.name(in: $0.tokens) }.first {
            $0 != $0.uppercased() && isShort(first, of: $0)
          } : nil
        let told = whole ?? first
        return Operation(name: told, lead: lead(index) ?? "", summary: told)
      }
    }
    return nil
  }

  /// Whether a name is another one, or in capitals its beginning.
  private func isShort(_ name: String, of whole: String?) -> Bool {
    guard let whole else { return false }
    let (small, long) = (name.lowercased(), whole.lowercased())
    return small == long || name == name.uppercased() && long.hasPrefix(small + " ")
  }

  /// "Operation Alder", "Project Birch": the word and the capitalised words behind it.
  private func name(in tokens: Range<Int>) -> String? {
    for index in tokens where reading.isWord(index, .operationName) && reading.tokens[index].isCapitalized {
      var end = index + 1
      while end < tokens.upperBound, reading.tokens[end].kind == .word, reading.tokens[end].isCapitalized,
        reading.tokens[end].gap == .space, end - index < 3,
        !reading.isWord(end, .noun | .title | .preposition | .determiner | .action)
      {
        end += 1
      }
      // "PROJECT TAMARACK NETS 42 ARRESTS": in capitals only the next word is surely of the name.
      if reading.tokens[index].isAllCaps { end = min(end, index + 2) }
      if end > index + 1 { return reading.string(index..<end) }
    }
    return nil
  }

  /// "the six-month operation", "the 48-hour crackdown led by …".
  private func description(in tokens: Range<Int>, _ sentence: Int) -> Operation? {
    let parser = NumberParser(reading: reading)
    for index in tokens {
      guard let count = parser.cardinal(index, tokens.upperBound), count.value >= 1,
        count.value == count.value.rounded(), count.value < 1000
      else { continue }
      var next = count.end
      if reading.isMark(next, "-") { next += 1 }
      guard reading.isWord(next, .timeUnit) else { continue }
      var noun = next + 1
      while noun < tokens.upperBound, noun - next < 4, !reading.isWord(noun, .operation),
        reading.tokens[noun].kind == .word, !reading.isWord(noun, .preposition | .verb | .be | .have)
      {
        noun += 1
      }
      guard noun < tokens.upperBound, reading.isWord(noun, .operation) else { continue }
      let duration = PeriodFinder.iso(Int(count.value), reading.timeUnit(next))
      let lead = lead(sentence) ?? ""
      let leadName = reading.lexicon.gazetteer.organisation(lead)?.name
      let described = reading.string(index..<noun + 1) + (leadName.map { " led by \($0)" } ?? "")
      let name = name(in: tokens)
      return Operation(name: name ?? "", lead: lead, duration: duration, summary: name ?? described)
    }
    return nil
  }

  /// The body behind "led by" in a sentence, else the last one named up to its end.
  private func lead(_ sentence: Int) -> String? {
    let tokens = reading.sentences[sentence].tokens
    // The first body behind the sentence's end, by bisection: the last one before it stands next to it.
    var low = 0
    var high = bodies.count
    while low < high {
      let middle = (low + high) / 2
      if bodies[middle].tokens.lowerBound < tokens.upperBound { low = middle + 1 } else { high = middle }
    }
    var index = low - 1
    // A body further up may only have helped: the one that the text named first leads.
    let isNear = low > 0 && bodies[low - 1].tokens.lowerBound >= paragraphStart(sentence)
    var chosen = isNear ? bodies[low - 1] : low > 0 ? bodies[0] : nil
    while index >= 0, bodies[index].tokens.lowerBound >= tokens.lowerBound {
      if isLed(bodies[index].tokens.lowerBound) { chosen = bodies[index] }
      index -= 1
    }
    return chosen.map { reading.lexicon.gazetteer.organisations[$0.organisation].id }
  }

  private func paragraphStart(_ sentence: Int) -> Int {
    var first = sentence
    while first > 0, reading.sentences[first - 1].paragraph == reading.sentences[sentence].paragraph { first -= 1 }
    return reading.sentences[first].tokens.lowerBound
  }

  private func isLed(_ index: Int) -> Bool {
    var before = index - 1
    while reading.isWord(before, .determiner) { before -= 1 }
    return reading.isWord(before, .preposition) && reading.isWord(before - 1, .verb)
      && reading.word(before - 1) == "led"
  }

  /// "Ceop's report", "the study", "a survey": a sentence that opens with one, or tells what it found.
  private func opensStudy(_ tokens: Range<Int>) -> Bool {
    tokens.prefix(6).contains { index in
      reading.isWord(index, .study)
        && (reading.isWord(index - 1, .determiner) || reading.isMark(index - 1, "s"))
    }
  }
}
