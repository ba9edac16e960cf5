// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// The numbered questions of a request, and the answers that have their numbers.
extension ClaimBuilder {
  /// Questions that a request may number.
  private static let questionsMax = 60

  /// "1. Reports of domestic abuse received", "3. How many arrests …?" of a request; "1. 45955", "Q3: 912" of its answer,
  /// which answers the question of its number and not the last one.
  func noteNumber(_ index: Int) {
    guard reading.isOfRequest, let (number, start) = listNumber(index) else { return }
    if let asked = numbered[number] {
      question = Question(
        sentence: index, asked: asked.asked, region: asked.region, population: asked.population, isNumbered: true)
      return
    }
    guard numbered.count < Self.questionsMax, number == numbered.count + 1 else { return }
    // The full stop of the number may have ended the sentence.
    let end =
      start < reading.sentences[index].tokens.upperBound || index + 1 == reading.sentences.count
      ? reading.sentences[index].tokens.upperBound : reading.sentences[index + 1].tokens.upperBound
    let words = tokenRange(start, end)
    let isNumber = words.first.map { reading.isNumber($0) } ?? true
    // A line with a number is a question only if it asks: "How many 999 calls …?".
    guard !isNumber,
      reading.isMark(end - 1, "?") || !words.contains(where: { reading.isNumber($0) && reading.year($0) == nil })
    else { return }
    let asked =
      metrics.asked(index, previous: told.last)
      ?? metrics.labelMetric(words).map {
        MetricFinding(
          metric: $0, unit: reading.lexicon.catalog[$0]?.unit ?? "items", rules: ["number asked for"])
      }
    var population = populations.asked(words)
    if population.dimensions.isEmpty { population = populations.named(in: words.prefix(Self.groupReach)) }
    numbered[number] = Question(sentence: index, asked: asked, region: nil, population: population)
  }

  /// Words at the start of a question in which it may name a group: "Women who were victims".
  private static let groupReach = 3

  /// The number of a numbered line, and the token behind it.
  private func listNumber(_ index: Int) -> (number: Int, start: Int)? {
    let sentence = reading.sentences[index].tokens
    var first = sentence.lowerBound
    guard reading.tokens[first].gap >= .line || first == 0 else { return nil }
    if reading.reads(first, "q") || reading.reads(first, "a") || reading.reads(first, "question")
      || reading.reads(first, "answer")
    {
      first += 1
    }
    guard reading.isNumber(first), reading.digitCount(first) <= 2, let value = reading.value(ofDigits: first),
      value == value.rounded(), value >= 1,
      [".", ")", ":", "-"].contains(where: { reading.isMark(first + 1, $0) }) && reading.touchesPrevious(first + 1)
    else { return nil }
    return (Int(value), first + 2)
  }
}
