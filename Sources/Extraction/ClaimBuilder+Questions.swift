// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// The numbered questions of a request, and the answers that have their numbers.
extension ClaimBuilder {
  /// Questions that a request may number.
  private static let questionsMax = 60

  /// "1. Reports of domestic abuse received", "3. How many arrests …?" of a request; "1. 45955", "Q3: 912" of its answer,
  /// which answers the question of its number and not the last one.
  func noteNumber(_ index: Int) {
    guard reading.isOfRequest else { return }
    let sentence = reading.sentences[index].tokens
    if reading.isListLetter(sentence.lowerBound) { return noteLetter(index) }
    guard let (number, start) = listNumber(index) else { return }
    if let asked = numbered[number] {
      questionNumber = number
      question = asked
      question?.sentence = index
      return
    }
    guard numbered.count < Self.questionsMax, number == numbered.count + 1 else { return }
    // The full stop of the number may have ended the sentence.
    let end =
      start < reading.sentences[index].tokens.upperBound || index + 1 == reading.sentences.count
      ? reading.sentences[index].tokens.upperBound : reading.sentences[index + 1].tokens.upperBound
    let words = tokenRange(start, end)
    let isNumber = words.first.map { reading.isNumber($0) } ?? true
    let dated = periodOfQuestion(words)
    // A line with a number is a question only if it asks: "How many 999 calls …?", or leads in to parts that do.
    guard !isNumber,
      reading.isMark(end - 1, "?") || reading.isMark(end - 1, ":")
        || !words.contains(where: { reading.isNumber($0) && reading.year($0) == nil })
    else { return }
    let asked =
      metrics.asked(index, previous: told.last)
      ?? metrics.labelMetric(words).map {
        MetricFinding(
          metric: $0, unit: reading.lexicon.catalog[$0]?.unit ?? "items", rules: ["number asked for"])
      }
    var population = populations.asked(words)
    if population.dimensions.isEmpty { population = populations.named(in: words.prefix(Self.groupReach)) }
    numbered[number] = Question(
      sentence: index, asked: asked, region: nil, population: population, isNumbered: true, period: dated)
    questionNumber = number
  }

  /// The part of a question that a letter means: of the question that is being answered, else of the only one that has it.
  func part(_ letter: String) -> Question? {
    if let own = lettered[QuestionPart(number: questionNumber, letter: letter)] { return own }
    let parts = lettered.filter { $0.key.letter == letter }
    return parts.count == 1 ? parts.first?.value : nil
  }

  /// "a) how many reports came in" of a request; "a) 45955" of its answer. A part that names only a group asks for what the
  /// part before it does: "e) how many men were arrested", "f) how many women were".
  private func noteLetter(_ index: Int) {
    let sentence = reading.sentences[index].tokens
    let letter = reading.word(sentence.lowerBound)
    let words = tokenRange(sentence.lowerBound + 2, sentence.upperBound)
    guard words.contains(where: { reading.isWord($0, .question) && reading.isWord($0 + 1, .degree) }) else {
      guard let part = part(letter), words.first.map({ reading.isNumber($0) }) == true else { return }
      question = part
      question?.sentence = index
      return
    }
    guard lettered.count < Self.questionsMax else { return }
    var asked = metrics.asked(index, previous: told.last)
    let before = letter.unicodeScalars.first.flatMap { Unicode.Scalar($0.value - 1) }.map(String.init) ?? ""
    // Behind "how many".
    if let last = lettered[QuestionPart(number: questionNumber, letter: before)]?.asked,
      words.count <= Self.groupReach + 2,
      asked.map({ MetricFinder.carriers.contains($0.metric) }) ?? true
    {
      asked = last
    }
    var population = populations.asked(words)
    if population.dimensions.isEmpty {
      population = populations.named(in: words.dropFirst(2).prefix(Self.groupReach))
    }
    lettered[QuestionPart(number: questionNumber, letter: letter)] = Question(
      sentence: index, asked: asked, region: nil, population: population, isNumbered: true,
      period: numbered[questionNumber]?.period)
  }

  /// When a question says that what it asks for was.
  private func periodOfQuestion(_ words: Range<Int>) -> Period? {
    periods(in: words).first { $0.shift == 0 && !$0.isSame && $0.period.start != nil }?.period
  }

  /// "2.", as a line above the answers to the parts of the second question.
  func isQuestionNumber(_ mention: NumberMention, _ index: Int) -> Bool {
    guard let (number, start) = listNumber(index) else { return false }
    return numbered[number] != nil && Double(number) == mention.low
      && start == reading.sentences[index].tokens.upperBound
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
      value == value.rounded(), value >= 1
    else { return nil }
    if [".", ")", ":", "-"].contains(where: { reading.isMark(first + 1, $0) }), reading.touchesPrevious(first + 1) {
      return (Int(value), first + 2)
    }
    // "Question 1", as a line.
    let isLine = first + 1 == reading.tokens.count || reading.tokens[first + 1].gap >= .line
    return first > sentence.lowerBound && isLine ? (Int(value), first + 1) : nil
  }
}
