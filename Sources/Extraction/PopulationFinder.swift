// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Finds which part of a population a figure counts: "39 were men", "127 … at immediate risk".
struct PopulationFinder {
  let reading: Reading

  /// Tokens of a predicate that are read for a known dimension.
  private static let predicateTokens = 14

  func find(
    _ mention: NumberMention, finding: MetricFinding, bound: Int
  ) -> (dimensions: [Dimension], text: String) {
    var dimensions: [Dimension] = []
    var texts: [String] = []
    func add(_ range: Range<Int>) {
      for (dimension, text) in known(in: range) where !dimensions.contains(where: { $0.name == dimension.name }) {
        dimensions.append(dimension)
        texts.append(text)
      }
    }
    // The noun phrase itself, and an adverb in front of its verb ("indirectly safeguarded").
    let start = max(reading.sentences[mention.sentence].tokens.lowerBound, mention.phraseStart - 3)
    add(adverbs(tokenRange(start, mention.phraseStart)))
    if let noun = finding.noun, finding.unit != "percent" { add(tokenRange(mention.headStart, noun + 1)) }
    if let predicate = finding.predicate {
      add(tokenRange(predicate, min(bound, predicate + Self.predicateTokens)))
    }
    if dimensions.isEmpty, finding.isSubset || finding.rules.contains("stated zero"),
      let text = predicateText(finding, bound: bound)
    {
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    // A share is of something: without its words two shares of one base would be one fact.
    if dimensions.isEmpty, finding.metric.hasSuffix("_share"), let text = clause(from: mention.headStart, bound: bound)
    {
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    if let offence = finding.offence {
      dimensions.append(Dimension("offence", offence.lowercased()))
      if texts.isEmpty { texts.append(offence) }
    }
    return (dimensions.sorted(), texts.joined(separator: ", "))
  }

  /// The label of a cell's row, or the heading of its column, where it says neither what is counted nor where nor when.
  func find(
    _ cell: TableCell, finding: MetricFinding, isPlaceOrPeriod: (Range<Int>) -> Bool
  ) -> (dimensions: [Dimension], text: String) {
    var dimensions: [Dimension] = []
    var texts: [String] = []
    for words in [cell.rowLabel, cell.columnHeading] where !words.isEmpty && !isPlaceOrPeriod(words) {
      if let (dimension, text) = known(in: words).first {
        if !dimensions.contains(where: { $0.name == dimension.name }) {
          dimensions.append(dimension)
          texts.append(text)
        }
        continue
      }
      let isPlain = words.contains {
        reading.isWord($0, .total | .rank | .changeWord | .rateWord | .table) || reading.lexeme($0).action >= 0
          || reading.isNumber($0)
      }
      let isMetric = words.contains {
        reading.lexeme($0).noun >= 0 && reading.lexicon.nouns[Int(reading.lexeme($0).noun)].metric == finding.metric
      }
      guard !isPlain, !isMetric, !dimensions.contains(where: { $0.name == "description" }),
        words.contains(where: { reading.tokens[$0].kind == .word })
      else { continue }
      let text = reading.string(words)
      dimensions.append(Dimension("description", text.lowercased()))
      texts.append(text)
    }
    return (dimensions.sorted(), texts.joined(separator: ", "))
  }

  /// The words up to the end of the sentence or the next number; a comma right at the start is no end.
  private func clause(from start: Int, bound: Int) -> String? {
    var end = start
    while end < bound, !reading.isMark(end, "."), !reading.isMark(end, "\""),
      !(reading.isMark(end, ",") && end - start > 4)
    {
      end += 1
    }
    while end > start, reading.isWord(end - 1, .and | .preposition | .determiner) || reading.isMark(end - 1, ",") {
      end -= 1
    }
    return end > start ? reading.string(start..<end) : nil
  }

  private func adverbs(_ range: Range<Int>) -> Range<Int> {
    var start = range.upperBound
    while start > range.lowerBound, reading.isWord(start - 1, .adverb | .action | .have) { start -= 1 }
    return start..<range.upperBound
  }

  private func known(in range: Range<Int>) -> [(Dimension, String)] {
    var result: [(Dimension, String)] = []
    var index = range.lowerBound
    while index < range.upperBound {
      var node = PhraseTrie.root
      var position = index
      var best: (Dimension, String, Int)?
      while position < range.upperBound, reading.tokens[position].kind == .word,
        let next = reading.lexicon.populations.next(node, reading.tokens[position].symbol)
      {
        node = next
        position += 1
        if case .population(let dimension, let text) = reading.lexicon.populations.meaning(node) {
          best = (dimension, text, position)
        }
      }
      if let best {
        result.append((best.0, best.1))
        index = best.2
      } else {
        index += 1
      }
    }
    return result
  }

  /// The words of the predicate themselves, where no lexicon knows them.
  private func predicateText(_ finding: MetricFinding, bound: Int) -> String? {
    guard var start = finding.predicate else { return nil }
    while start < bound, reading.isWord(start, .be | .have | .relative | .determiner) { start += 1 }
    var end = start
    while end < bound, !reading.isMark(end, "."), !reading.isMark(end, ","), !reading.isMark(end, "\"") { end += 1 }
    while end > start, reading.isWord(end - 1, .and | .preposition | .determiner) { end -= 1 }
    return end > start ? reading.string(start..<end) : nil
  }
}
