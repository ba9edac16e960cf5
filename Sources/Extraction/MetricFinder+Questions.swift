// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// Questions, as answers to freedom of information requests repeat them, and the numbers that answer them.
extension MetricFinder {
  /// Tokens that may stand before the number of an answer: "2019/20:", "A2.", "Answer:".
  private static let answerLabelMax = 8

  /// What a question asks the number of: "How many arrests were made in 2021?"; nil if of nothing, or of several things.
  ///
  /// - Parameter previous: the last claim, for "How many of those were charged?".
  func asked(_ index: Int, previous: Told?) -> MetricFinding? {
    let sentence = reading.sentences[index].tokens
    let asking = sentence.filter { reading.isWord($0, .question) && reading.isWord($0 + 1, .degree) }
    guard let how = asking.first else {
      return numberOf(sentence).map {
        MetricFinding(metric: $0, unit: lexicon.catalog[$0]?.unit ?? "items", rules: ["number asked for"])
      }
    }
    guard asking.count == 1 else { return nil }
    let mention = NumberMention(
      tokens: how..<how + 2, phraseStart: how, headStart: how + 2, low: 2, high: 2, form: .plain, sentence: index)
    let context = MetricContext(
      sentence: sentence, bound: sentence.upperBound, listBound: sentence.upperBound, previous: previous,
      lastOfText: previous)
    guard case .found(let finding) = find(mention, context) else { return nil }
    return finding
  }

  /// "How many …?", "Please tell me the number of arrests …".
  func isQuestion(_ sentence: Range<Int>) -> Bool {
    // "1. The number of home burglaries reported for the years 2017, 2018 and 2019": of a request.
    if reading.isOfRequest,
      let first = sentence.first(where: { !reading.isNumber($0) && reading.tokens[$0].kind != .mark }),
      case let number = reading.isWord(first, .determiner) ? first + 1 : first,
      number - sentence.lowerBound <= 4,
      reading.reads(number, "number") || reading.reads(number, "numbers")
        || reading.reads(number, "how") && reading.reads(number + 1, "many")
        || reading.reads(number, "total") && reading.reads(number + 1, "number")
    {
      return true
    }
    return reading.isMark(sentence.upperBound - 1, "?") || sentence.prefix(6).contains { reading.isWord($0, .please) }
      // "May I ask the Home Secretary … how many …", "To ask the Secretary of State how many …": a written question.
      || sentence.prefix(4).contains { reading.reads($0, "ask") }
        && sentence.contains { reading.reads($0, "how") && reading.reads($0 + 1, "many") }
      || reading.isWord(sentence.lowerBound, .to) && reading.reads(sentence.lowerBound + 1, "ask")
  }

  /// "342", "A1. 342", "2019: 342", "So far, 342 people": a number that is the whole of an answer.
  func answer(_ mention: NumberMention, _ head: Int?, _ context: MetricContext) -> MetricFinding? {
    guard let asked = context.asked, context.previousInSentence == nil, asked.unit != "percent",
      reading.endsPlainly(head.map { $0 + 1 } ?? mention.headStart), !reading.isMark(mention.headStart, ")")
    else { return nil }
    if let head, !Self.carriers.contains(reading.noun(head).metric), reading.noun(head).metric != asked.metric {
      return nil
    }
    let label = tokenRange(context.sentence.lowerBound, mention.phraseStart)
    guard label.count <= Self.answerLabelMax else { return nil }
    if let last = label.last {
      guard
        [":", "-", ".", ","].contains(where: { reading.isMark(last, $0) }) || reading.isListLetter(label.lowerBound),
        !label.contains(where: { reading.lexeme($0).action >= 0 || reading.lexeme($0).noun >= 0 })
      else { return nil }
    }
    return MetricFinding(metric: asked.metric, unit: asked.unit, noun: head, rules: ["answer to a question"])
  }
}
