// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// A number as it stands in the text, before anything is known of what it counts.
struct NumberMention {
  enum Form: Sendable { case plain, percent, fraction, multiple, money, vague, none }

  /// The tokens of the number itself.
  var tokens: Range<Int>
  /// Where the qualifier before it starts; the number's own start if there is none.
  var phraseStart: Int
  /// Where the search for what is counted begins.
  var headStart: Int
  var low: Double
  /// Differs from `low` for ranges only.
  var high: Double
  var form: Form
  var precision: Precision = .exact
  var isSpelled = false
  /// ISO 4217 code of a sum of money; empty else.
  var currency = ""
  var sentence: Int

  /// "The majority of", "most of": a share without a number.
  var isInWordsOnly: Bool { form == .fraction && precision == .vague }
}

/// Finds numbers in digits and words, with magnitudes, percent signs, ranges and fractions.
struct NumberParser {
  let reading: Reading

  /// Classes of the words that a number may begin with.
  private static var openers: WordClasses {
    .number | .magnitude | .collective | .vague | .several | .fraction | .multiple | .halved | .none | .determiner
      | .doubleWord | .majority | .wholeWord
  }

  /// Whether a number may begin with a token: asked first, for most begin none.
  @inline(__always)
  func canOpen(_ index: Int) -> Bool {
    reading.tokens[index].kind == .number || reading.isWord(index, Self.openers)
  }

  /// The mention that starts at a token of a sentence; nil if none does.
  /// - Parameter limit: where the number ends at the latest, if that is before its sentence does: at the end of a cell.
  func parse(_ index: Int, sentence: Int, limit: Int = .max) -> NumberMention? {
    guard reading.tokens[index].kind == .number || reading.isWord(index, Self.openers) else { return nil }
    let end = min(limit, reading.sentences[sentence].tokens.upperBound)
    if let mention = fraction(index, sentence, end) { return mention }
    if let mention = majority(index, sentence) ?? almostAll(index, sentence) ?? vague(index, sentence, end) {
      return mention
    }
    if reading.isWord(index, .multiple),
      !reading.isWord(index + 1, .noun) || reading.lexeme(index).classes.intersects(.multiple)
    {
      return finish(
        NumberMention(
          tokens: index..<index + 1, phraseStart: index, headStart: index + 1,
          low: reading.lexeme(index).value, high: reading.lexeme(index).value, form: .multiple,
          sentence: sentence))
    }
    // "double the previous year's figure".
    if reading.isWord(index, .doubleWord),
      reading.isWord(index + 1, .determiner | .what)
        || reading.isWord(index + 1, .pronoun) && qualifier(endingAt: index - 1) != nil
        // "Domestic abuse crimes on Teesside more than double in six years".
        || reading.isWord(index + 1, .in | .since)
          && (qualifier(endingAt: index - 1) != nil || reading.lexeme(index - 1).noun >= 0)
    {
      return finish(
        NumberMention(
          tokens: index..<index + 1, phraseStart: index, headStart: index + 1,
          low: reading.lexeme(index).value, high: reading.lexeme(index).value, form: .multiple,
          sentence: sentence))
    }
    if reading.isWord(index, .halved) {
      return finish(
        NumberMention(
          tokens: index..<index + 1, phraseStart: index, headStart: index + 1, low: 50, high: 50,
          form: .percent, sentence: sentence))
    }
    if reading.isWord(index, .none), reading.isWord(index + 1, .of) {
      return finish(
        NumberMention(
          tokens: index..<index + 1, phraseStart: index, headStart: index + 1, low: 0, high: 0,
          form: .none, isSpelled: true, sentence: sentence))
    }
    guard let first = cardinal(index, end) ?? oneUnit(index, end) else { return nil }
    var mention = NumberMention(
      tokens: index..<first.end, phraseStart: index, headStart: first.end, low: first.value,
      high: first.value, form: .plain, isSpelled: reading.tokens[index].kind == .word,
      sentence: sentence)
    money(&mention)
    percent(&mention, end)
    range(&mention, index, end)
    percent(&mention, end)
    if mention.form == .plain { money(&mention) }
    suffix(&mention)
    return finish(mention)
  }

  /// "£40", "EUR 1.9 million", "2 million euros".
  private func money(_ mention: inout NumberMention) {
    let index = mention.tokens.lowerBound
    let after = mention.tokens.upperBound
    // "₹ 50.5 crore".
    if reading.isMark(index - 1, "$"),
      reading.touchesPrevious(index) || reading.tokens[index].gap == .space && reading.year(index) == nil
    {
      mention.currency = reading.currency(ofSign: index - 1)
    } else if reading.isWord(index - 1, .currency),
      reading.tokens[index - 1].isAllCaps || reading.word(index - 1) == "rs"
    {
      mention.currency = reading.currency(index - 1)
    } else if reading.isMark(index - 1, "."), reading.word(index - 2) == "rs" {
      mention.currency = reading.currency(index - 2)
    } else if reading.isWord(after, .currency), mention.form == .plain {
      mention.currency = reading.currency(after)
      mention.headStart = after + 1
    } else {
      return
    }
    mention.form = .money
  }

  /// "five-fold", "15-strong": a number that goes on behind a hyphen.
  private func suffix(_ mention: inout NumberMention) {
    let next = mention.tokens.upperBound
    guard mention.form == .plain else { return }
    if reading.isMark(next, "-") {
      if reading.isWord(next + 1, .fold) {
        mention.form = .multiple
        mention.headStart = next + 2
      } else if reading.isWord(next + 1, .strong), reading.touchesPrevious(next + 1) {
        mention.headStart = next + 2
      }
    } else if reading.isWord(next, .fold)
      || reading.isWord(next, .times)
        && (reading.isWord(next + 1, .comparative | .multiple) || isCompared(next + 1)
          // "Stalking offences have grown 2.4 times", "17 times likelier".
          || ["grown", "grew", "multiplied", "risen", "increased"].contains(reading.word(mention.phraseStart - 1))
          || reading.word(next + 1) == "likelier")
    {
      mention.form = .multiple
      mention.headStart = next + 1
    }
  }

  /// "four times as many reports as", "16 times as likely … as", "three times the number".
  private func isCompared(_ index: Int) -> Bool {
    if reading.isWord(index, .determiner) {
      // "five times the 406 recorded a year before".
      return reading.isWord(index + 1, .rank | .rateWord | .total)
        // "1.8 times the pre-pandemic level", "six times the previous figure".
        || (index + 2..<index + 7).contains {
          ["level", "levels", "figure", "number", "rate", "average", "total"].contains(reading.word($0))
            && (index + 1..<$0).allSatisfy {
              reading.tokens.indices.contains($0) && !reading.isWord($0, .preposition | .of | .in | .be)
            }
        }
        || reading.isNumber(index + 1) && reading.year(index + 1) == nil
    }
    guard reading.isWord(index, .as) else { return false }
    return reading.isWord(index + 1, .degree) || (index + 2..<index + 14).contains { reading.isWord($0, .as) }
  }

  // MARK: - Forms

  /// Digits or words, with magnitudes: "9,172", "2.5 million", "forty-one", "a dozen", "two and a half
  /// million", "half a million".
  func cardinal(_ index: Int, _ end: Int) -> (value: Double, end: Int)? {
    guard index < end else { return nil }
    // "half a million", "a quarter of a million".
    if reading.isWord(index, .fraction), reading.lexeme(index).share == 50, index + 2 < end,
      reading.isWord(index + 1, .determiner), isA(index + 1), reading.isWord(index + 2, .magnitude | .collective)
    {
      return (reading.lexeme(index + 2).value / 2, index + 3)
    }
    // "half a tonne of cocaine".
    if reading.isWord(index, .fraction), reading.lexeme(index).share == 50, index + 3 < end, isUnitOfWeight(index + 1) {
      return (0.5, index + 2)
    }
    // "a quarter of a million", "almost quarter of a million", "a quarter of a tonne of cocaine".
    let part = reading.isWord(index, .determiner) && isA(index) ? index + 1 : index
    if reading.isWord(part, .fraction), reading.isWord(part + 1, .of), part + 3 < end,
      reading.isWord(part + 2, .determiner), isA(part + 2)
    {
      let share = reading.lexeme(part).share
      if share == 25, reading.isWord(part + 3, .magnitude) {
        return (reading.lexeme(part + 3).value / 4, part + 4)
      }
      if reading.lexeme(part + 3).noun >= 0, ["tonne", "ton", "kilo", "kilogram"].contains(reading.word(part + 3)),
        reading.isWord(part + 4, .of)
      {
        return (share / 100, part + 3)
      }
    }
    guard var found = simple(index, end) else { return nil }
    // "two-and-a-half".
    if found.value < 100, reading.isMark(found.end, "-"), reading.isWord(found.end + 1, .and),
      reading.isMark(found.end + 2, "-"), reading.isWord(found.end + 3, .determiner),
      reading.isMark(found.end + 4, "-"),
      found.end + 5 < end, isA(found.end + 3), reading.isWord(found.end + 5, .fraction),
      reading.lexeme(found.end + 5).share == 50
    {
      return (found.value + 0.5, found.end + 6)
    }
    if found.value < 100, reading.isWord(found.end, .and), reading.isWord(found.end + 1, .determiner),
      found.end + 2 < end, isA(found.end + 1), reading.isWord(found.end + 2, .fraction),
      reading.lexeme(found.end + 2).share == 50 || reading.lexeme(found.end + 2).share == 25
    {
      found.value += reading.lexeme(found.end + 2).share / 100
      found.end += 3
      while found.end < end, reading.isWord(found.end, .magnitude) {
        found.value *= reading.lexeme(found.end).value
        found.end += 1
      }
    }
    return found
  }

  /// "more than a tonne": one of a unit of weight.
  private func oneUnit(_ index: Int, _ end: Int) -> (value: Double, end: Int)? {
    guard index + 1 < end, reading.isWord(index, .determiner), isA(index),
      reading.lexeme(index + 1).noun >= 0,
      reading.noun(index + 1).kind == "weight",
      reading.isWord(index + 2, .of), qualifier(endingAt: index - 1) != nil
    else { return nil }
    return (1, index + 1)
  }

  /// "a tonne of": what "half" goes before is a weight.
  private func isUnitOfWeight(_ index: Int) -> Bool {
    reading.isWord(index, .determiner) && isA(index) && reading.lexeme(index + 1).noun >= 0
      && reading.noun(index + 1).kind == "weight" && reading.isWord(index + 2, .of)
  }

  private func isPluralWord(_ index: Int) -> Bool {
    reading.text[Int(reading.tokens[index].end) - 1] | 0x20 == UInt8(ascii: "s")
      || reading.isWord(index, .irregularPlural)
  }

  private func simple(_ index: Int, _ end: Int) -> (value: Double, end: Int)? {
    guard index < end else { return nil }
    if reading.tokens[index].kind == .number {
      guard var value = reading.value(ofDigits: index) else { return nil }
      var next = index + 1
      // "25 000": groups of three behind a space.
      if reading.digitCount(index) <= 3, value >= 1, value == value.rounded(),
        reading.tokens[index].end - reading.tokens[index].start <= 3,
        // "2025-03-19 422 people": behind a date.
        !(reading.isMark(index - 1, "-") && reading.touchesPrevious(index) && reading.isNumber(index - 2))
      {
        while next < end, reading.isNumber(next), reading.tokens[next].gap == .space,
          reading.tokens[next].end - reading.tokens[next].start == 3, reading.digitCount(next) == 3,
          let group = reading.value(ofDigits: next), !reading.isNumber(next + 1) || value < 1000
        {
          value = value * 1000 + group
          next += 1
        }
      }
      if next < end, reading.isWord(next, .suffix), reading.touchesPrevious(next) {
        return (Self.product(value, reading.lexeme(next).value), next + 1)
      }
      // "£1.5-million".
      if next + 1 < end, reading.isMark(next, "-"), reading.touchesPrevious(next), reading.touchesPrevious(next + 1),
        reading.isWord(next + 1, .magnitude)
      {
        next += 1
      }
      while next < end, reading.isWord(next, .magnitude) {
        value = Self.product(value, reading.lexeme(next).value)
        next += 1
      }
      return (value, next)
    }
    return words(index, end)
  }

  /// 1.7 million is 1,700,000: what binary fractions leave over is taken away.
  private static func product(_ value: Double, _ magnitude: Double) -> Double {
    let product = value * magnitude
    let whole = product.rounded()
    return abs(product - whole) < 1e-9 * abs(product) ? whole : product
  }

  /// "two hundred and fifty", "forty-one", "a hundred", "two and a half million".
  private func words(_ index: Int, _ end: Int) -> (value: Double, end: Int)? {
    var total = 0.0
    var group = 0.0
    var next = index
    var hasAny = false
    if reading.isWord(next, .determiner), isA(next),
      reading.isWord(next + 1, .magnitude | .collective)
    {
      next += 1
      group = 1
    }
    while next < end {
      let lexeme = reading.lexeme(next)
      if lexeme.classes.intersects(.number) {
        // "one two" is two numbers, "twenty one" and "hundred one" are one.
        if hasAny, group != 0, !(Int(group) % 100 >= 20 && Int(group) % 10 == 0 && lexeme.value < 10),
          !(Int(group) % 100 == 0 && lexeme.value < 100)
        {
          break
        }
        group += lexeme.value
      } else if lexeme.classes.intersects(.collective) {
        group = max(group, 1) * lexeme.value
      } else if lexeme.classes.intersects(.magnitude) {
        guard hasAny || group > 0 else { break }
        if lexeme.value == 100 {
          group = max(group, 1) * 100
        } else {
          total += max(group, 1) * lexeme.value
          group = 0
        }
      } else {
        break
      }
      hasAny = true
      next += 1
      if reading.isMark(next, "-"), reading.touchesPrevious(next),
        reading.isWord(next + 1, .number | .magnitude) && Int(group) % 10 == 0 && group >= 20
          // "One-hundred and twelve".
          || reading.isWord(next + 1, .magnitude) && group > 0
      {
        next += 1
      } else if reading.isWord(next, .and), group + total >= 100, Int(group) % 100 == 0,
        reading.isWord(next + 1, .number), !reading.isWord(next, .conjunction)
      {
        next += 1
      }
    }
    return hasAny ? (total + group, next) : nil
  }

  private func isA(_ index: Int) -> Bool {
    let token = reading.tokens[index]
    return token.end - token.start <= 2
      && (reading.text[Int(token.start)] | 0x20) == UInt8(ascii: "a")
  }

  /// "between 200 and 250", "800 to 1,100", "12–15 per cent", "£40,000 and £50,000" behind "between"; not
  /// "from 12 to 288", which states two figures.
  private func range(_ mention: inout NumberMention, _ index: Int, _ end: Int) {
    let after = mention.tokens.upperBound
    guard after + 1 < end, mention.form == .plain || mention.form == .money || mention.form == .percent else { return }
    var start = index
    if reading.isMark(start - 1, "$") || mention.form == .money && reading.isWord(start - 1, .currency) { start -= 1 }
    let isBetween = reading.isWord(start - 1, .between) && reading.isWord(after, .and)
    let isFrom = reading.isWord(start - 1, .from) && !reading.isWord(start - 2, .ranging)
    // "rose by seven to 81" leads from one to the other.
    let isTo = reading.isWord(after, .to) && !isFrom && !reading.isWord(start - 1, .to | .by)
    // "two or three thefts a day".
    let isOr =
      reading.isWord(after, .or) && reading.isWord(index, .number) && reading.isWord(after + 1, .number)
      && reading.lexeme(after + 1).value == mention.low + 1
      // "around 50 or 60 plants": round numbers side by side.
      || reading.isWord(after, .or) && reading.isNumber(index) && mention.form == .plain && after == index + 1
        && reading.isNumber(after + 1) && isNextRound(mention.low, reading.value(ofDigits: after + 1))
    let isDash =
      reading.isMark(after, "-") && reading.tokens[index].kind == .number
      && (reading.touchesPrevious(after) == reading.touchesPrevious(after + 1))
    guard isBetween || isTo || isDash || isOr else { return }
    // "2013 – 2214, 2014 – 2487", "2021/22 - 57": a year and what was counted in it.
    if isDash, !reading.touchesPrevious(after),
      reading.year(index) != nil || reading.isMark(index - 1, "/") && reading.touchesPrevious(index)
    {
      return
    }
    // "in 2009 to 30,000", "in March 2020 to 1,204", "in 2019/20 to 1,204": a year ends the first figure.
    if reading.year(index) != nil, reading.isWord(index - 1, .in | .since | .preposition | .month) { return }
    if isTo, reading.isMark(index - 1, "/") || reading.isMark(index - 1, "-"), reading.touchesPrevious(index),
      reading.year(index - 2) != nil
    {
      return
    }
    var second = after + 1
    if reading.isMark(second, "$") || reading.isWord(second, .currency) { second += 1 }
    guard let other = cardinal(second, end), other.value > mention.low,
      reading.year(index) == nil || reading.year(second) == nil
    else { return }
    if mention.form == .percent, !isPercent(other.end) { return }
    if mention.form == .money, !isBetween, second == after + 1, other.value < mention.low { return }
    // "2 to 3 million": the magnitude counts for both.
    if other.value >= 1000, mention.low < 1000, other.end > second + 1,
      reading.isWord(other.end - 1, .magnitude | .suffix)
    {
      let scale = reading.lexeme(other.end - 1).value
      if scale > 1, mention.low * scale < other.value { mention.low *= scale }
    }
    mention.high = other.value
    mention.precision = .range
    mention.tokens = mention.tokens.lowerBound..<other.end
    mention.headStart = other.end
    if isBetween { mention.phraseStart = start - 1 }
  }

  /// 50 and 60, 200 and 300: the next of as many zeros.
  private func isNextRound(_ low: Double, _ high: Double?) -> Bool {
    guard let high, low >= 10 else { return false }
    var unit = 1.0
    while low.truncatingRemainder(dividingBy: unit * 10) == 0 { unit *= 10 }
    return unit >= 10 && (high - low == unit || high - low == unit / 2)
  }

  private func isPercent(_ index: Int) -> Bool {
    // "2023 | 2022 | % Change": the sign of the next cell.
    reading.isMark(index, "%") && reading.tokens[index].gap < .cell || reading.isWord(index, .percent)
      || reading.isWord(index, .per)
        && (reading.isWord(index + 1, .cent) || reading.isMark(index + 1, "-") && reading.isWord(index + 2, .cent))
  }

  private func percent(_ mention: inout NumberMention, _ end: Int) {
    var next = mention.tokens.upperBound
    guard mention.form == .plain || mention.form == .percent else { return }
    // "a 25-per-cent drop".
    if reading.isMark(next, "-"), reading.touchesPrevious(next), reading.touchesPrevious(next + 1), isPercent(next + 1)
    {
      next += 1
      if reading.isWord(next, .per) {
        next += 1
        if reading.isMark(next, "-") { next += 1 }
        guard reading.isWord(next, .cent) else { return }
      }
      next += 1
    } else if reading.isMark(next, "%"), reading.tokens[next].gap < .cell {
      next += 1
    } else if reading.isWord(next, .percent) {
      next += 1
    } else if reading.isWord(next, .per), reading.isWord(next + 1, .cent) {
      next += 2
    } else {
      return
    }
    mention.form = .percent
    mention.tokens = mention.tokens.lowerBound..<next
    mention.headStart = next
  }

  /// "one in four", "two-thirds", "a quarter", "half": percent.
  private func fraction(_ index: Int, _ sentence: Int, _ end: Int) -> NumberMention? {
    func mention(_ percent: Double, _ next: Int, from start: Int) -> NumberMention {
      finish(
        NumberMention(
          tokens: start..<next, phraseStart: start, headStart: next, low: percent, high: percent,
          form: .fraction, isSpelled: true, sentence: sentence))
    }
    if let first = simple(index, end), first.value >= 1, first.value <= 20 {
      var next = first.end
      // "four out of five".
      let isOutOf = reading.isWord(next, .out) && reading.isWord(next + 1, .of)
      if isOutOf { next += 1 }
      // "four-in-five", "1-in-10".
      if reading.isMark(next, "-"), reading.isWord(next + 1, .in), reading.isMark(next + 2, "-"),
        reading.touchesPrevious(next + 1), reading.touchesPrevious(next + 3), let second = cardinal(next + 3, end),
        second.value > first.value, second.value <= 10_000
      {
        return mention(first.value / second.value * 100, second.end, from: index)
      }
      // "three out of every 20".
      if isOutOf || reading.isWord(next, .in), reading.isWord(next + 1, .every), let second = cardinal(next + 2, end),
        second.value > first.value, second.value <= 10_000
      {
        return mention(first.value / second.value * 100, second.end, from: index)
      }
      if isOutOf || reading.isWord(next, .in), let second = cardinal(next + 1, end),
        second.value > first.value, isOutOf ? second.value <= 10 || second.value == 100 : second.value <= 10_000,
        reading.year(next + 1) == nil, !reading.isWord(second.end, .timeUnit),
        // "the 5 in 12/13".
        !(reading.isMark(second.end, "/") && reading.touchesPrevious(second.end))
      {
        return mention(first.value / second.value * 100, second.end, from: index)
      }
    }
    // "£2 in every £3".
    if reading.isNumber(index), reading.isMark(index - 1, "$"), reading.isWord(index + 1, .in), index + 4 < end {
      let sign = reading.isWord(index + 2, .every) ? index + 3 : index + 2
      if reading.isMark(sign, "$"), let above = reading.value(ofDigits: index), reading.isNumber(sign + 1),
        let below = reading.value(ofDigits: sign + 1), above < below, below <= 100
      {
        return mention(above / below * 100, sign + 2, from: index)
      }
    }
    if reading.isWord(index, .number), reading.lexeme(index).value < 20 {
      var next = index + 1
      if reading.isMark(next, "-") { next += 1 }
      if reading.isWord(next, .fraction), !reading.isWord(next + 1, .noun),
        reading.lexeme(next).share < 50 || reading.lexeme(index).value == 1
      {
        return mention(reading.lexeme(index).value * reading.lexeme(next).share, next + 1, from: index)
      }
    }
    // "2/3 of episodes".
    if reading.isNumber(index), reading.isMark(index + 1, "/"), reading.touchesPrevious(index + 1),
      reading.touchesPrevious(index + 2), reading.isNumber(index + 2), reading.isWord(index + 3, .of),
      !reading.touchesPrevious(index), let above = reading.value(ofDigits: index),
      let below = reading.value(ofDigits: index + 2), above >= 1, above < below, below <= 10
    {
      return mention(above * 100 / below, index + 3, from: index)
    }
    // "Three payments in every four".
    if reading.isWord(index, .number), reading.lexeme(index).value <= 20, index + 4 < end,
      reading.tokens[index + 1].kind == .word, reading.isWord(index + 2, .in), reading.isWord(index + 3, .every),
      let second = simple(index + 4, end), second.value > reading.lexeme(index).value, second.value <= 100,
      !reading.isWord(second.end, .timeUnit)
    {
      return mention(reading.lexeme(index).value / second.value * 100, second.end, from: index)
    }
    // "two shops in three".
    if reading.isWord(index, .number), reading.lexeme(index).value <= 9, index + 3 < end,
      reading.tokens[index + 1].kind == .word, isPluralWord(index + 1), reading.isWord(index + 2, .in),
      reading.isWord(index + 3, .number), reading.lexeme(index + 3).value <= 10,
      reading.lexeme(index + 3).value > reading.lexeme(index).value,
      reading.endsPlainly(index + 4) && !reading.isWord(index + 4, .and) || reading.isWord(index + 4, .be | .have)
        || reading.lexeme(index + 4).action >= 0 || reading.isWord(index + 4, .verb)
    {
      return mention(reading.lexeme(index).value / reading.lexeme(index + 3).value * 100, index + 4, from: index)
    }
    // "one fraud report in 50".
    if reading.isWord(index, .number), reading.lexeme(index).value == 1,
      let joint = tokenRange(index + 2, min(index + 5, end)).first(where: { reading.isWord($0, .in) }),
      tokenRange(index + 1, joint).allSatisfy({
        reading.tokens[$0].kind == .word && !reading.isWord($0, .be | .have | .preposition | .locative | .verb)
      }),
      let second = simple(joint + 1, end), second.value >= 2, second.value <= 10_000, reading.year(joint + 1) == nil,
      !reading.isWord(second.end, .timeUnit | .noun)
    {
      return mention(100 / second.value, second.end, from: index)
    }
    guard reading.isWord(index, .fraction) else { return nil }
    let isHalf = reading.lexeme(index).share == 50
    let isIndefinite = index > 0 && reading.isWord(index - 1, .determiner) && isA(index - 1)
    guard isHalf || isIndefinite else { return nil }
    let isQualified = qualifier(endingAt: isIndefinite ? index - 2 : index - 1) != nil
    let after = index + 1
    if isHalf {
      // "half a million", "half an hour", "first half", "a half": a share only if it takes "of", a
      // determiner or a verb.
      let takes =
        reading.isWord(after, .of | .be | .have) || reading.isWord(after, .determiner) || isQualified
        || reading.isWord(index - 1, .than) || isChange(before: index)
      guard takes, !isIndefinite,
        !reading.isWord(after + 1, .magnitude | .timeUnit | .collective), !isUnitOfWeight(after),
        !reading.isWord(after, .timeUnit)
      else { return nil }
    } else {
      // "Four of the suspects work at the port and a fifth is a customs employee": one more.
      let rank = (100 / reading.lexeme(index).share).rounded()
      if reading.isWord(index - 2, .and), reading.isWord(after, .be | .have),
        tokenRange(max(0, index - 24), index - 1).contains(where: {
          reading.isWord($0, .number) && reading.lexeme($0).value == rank - 1
        })
      {
        return nil
      }
      // "a third suspect" counts nothing: a share is of something, or done, or a change.
      let isShare =
        reading.isWord(after, .of | .comparative | .be | .have) || isChange(before: index - 1)
        || reading.isWord(index - 2, .increase | .decrease)
        || isQualified && !reading.isWord(after, .noun)
      guard isShare else { return nil }
    }
    return mention(reading.lexeme(index).share, index + 1, from: index)
  }

  /// "rose by a fifth", "down nearly a tenth", "a fall of a quarter".
  private func isChange(before index: Int) -> Bool {
    tokenRange(max(0, index - 4), index).contains {
      reading.isWord($0, .increase | .decrease) && (reading.isWord($0 + 1, .by | .of) || index - $0 < 3)
    }
  }

  /// "the majority of those arrested", "most of them": more than half, in words only.
  private func majority(_ index: Int, _ sentence: Int) -> NumberMention? {
    guard reading.isWord(index, .majority) else { return nil }
    let next = index + 1
    if reading.isWord(index, .superlative) {
      // "most of those", "most were men", ", most aged between 19 and 45".
      let isOfSome = reading.isWord(next, .of) && reading.isWord(next + 1, .determiner | .pronoun | .relative)
      let isOpening =
        index == reading.sentences[sentence].tokens.lowerBound || reading.isMark(index - 1, ",")
        || reading.isWord(index - 1, .and | .conjunction)
      // "Most searches were for drugs".
      let isOfNoun =
        index == reading.sentences[sentence].tokens.lowerBound && reading.lexeme(next).noun >= 0
        && reading.isWord(next + 1, .be)
      guard isOfSome || isOfNoun || isOpening && reading.isWord(next, .be | .age) else { return nil }
    } else {
      guard reading.isWord(index - 1, .determiner) || reading.isWord(index - 2, .determiner),
        reading.isWord(next, .of)
          || reading.tokens.indices.contains(next) && reading.tokens[next].kind == .word
            && !reading.isWord(next, .noun | .bodyNoun | .authority)
      else { return nil }
    }
    return NumberMention(
      tokens: index..<next, phraseStart: index, headStart: next, low: 50, high: 100, form: .fraction,
      precision: .vague, isSpelled: true, sentence: sentence)
  }

  /// "almost all of those convicted", "nearly every force", "almost exclusively men": less than all, in words only.
  private func almostAll(_ index: Int, _ sentence: Int) -> NumberMention? {
    guard reading.isWord(index, .wholeWord), let (precision, start) = qualifier(endingAt: index - 1),
      precision == .almost, start >= reading.sentences[sentence].tokens.lowerBound
    else { return nil }
    let next = index + 1
    // "almost every day": how often, no share.
    if reading.isWord(next, .timeUnit | .weekday | .dayWord | .number) || reading.isNumber(next) { return nil }
    return NumberMention(
      tokens: start..<next, phraseStart: start, headStart: next, low: 0, high: 100, form: .fraction,
      precision: .vague, isSpelled: true, sentence: sentence)
  }

  /// "hundreds", "several hundred", "hundreds of thousands": a lower bound.
  private func vague(_ index: Int, _ sentence: Int, _ end: Int) -> NumberMention? {
    var low: Double
    var next = index + 1
    if reading.isWord(index, .several), reading.isWord(index + 1, .magnitude | .collective) {
      low = 2 * reading.lexeme(index + 1).value
      next = index + 2
    } else if reading.isWord(index, .vague) {
      low = reading.lexeme(index).value
      if reading.isWord(next, .of), reading.isWord(next + 1, .vague) {
        low *= reading.lexeme(next + 1).value / 2
        next += 2
      }
    } else {
      return nil
    }
    return NumberMention(
      tokens: index..<next, phraseStart: index, headStart: next, low: low, high: low, form: .vague,
      precision: .vague, isSpelled: true, sentence: sentence)
  }

  // MARK: - Qualifiers

  /// Reads the qualifier before or after a number.
  private func finish(_ mention: NumberMention) -> NumberMention {
    var result = mention
    var before = mention.phraseStart - 1
    // Between qualifier and number: a currency sign, "a total of", "a further", an article.
    if reading.isMark(before, "$") { before -= 1 }
    if mention.form == .money, reading.isWord(before, .currency), reading.tokens[before].isAllCaps { before -= 1 }
    if reading.isWord(before, .determiner), isA(before), mention.form == .fraction { before -= 1 }
    if mention.precision == .exact, reading.isMark(before, "<") || reading.isMark(before, ">") {
      result.precision = reading.isMark(before, "<") ? .lessThan : .moreThan
      result.phraseStart = before
    } else if mention.precision == .exact,
      // "approx. 13kg".
      let (precision, start) = qualifier(
        endingAt: reading.isMark(before, ".") && reading.word(before - 1).hasPrefix("approx") ? before - 1 : before)
    {
      result.precision = precision
      result.phraseStart = start
    }
    // "more than 230 million euros ($250 million)": the same sum, as exact as the first.
    if result.precision == .exact, mention.form == .money, reading.isMark(before, "("),
      let start = startOfSum(endingAt: before - 1), let (precision, _) = qualifier(endingAt: start - 1)
    {
      result.precision = precision
    }
    if mention.precision == .exact, result.precision == .exact {
      let after = mention.tokens.upperBound
      if reading.isMark(after, "+"), reading.touchesPrevious(after) {
        result.precision = .atLeast
        result.headStart = after + 1
      } else if reading.isMark(after, "-"), reading.touchesPrevious(after + 1), reading.touchesPrevious(after),
        let (precision, end) = qualifier(startingAt: after + 1)
      {
        result.precision = precision
        result.headStart = end
      } else if let (precision, end) = qualifier(startingAt: after) {
        result.precision = precision
        result.headStart = end
      }
    }
    return result
  }

  /// Where a sum of money begins, with its sign, that ends at a token.
  private func startOfSum(endingAt index: Int) -> Int? {
    var start = index
    while start >= 0, index - start < 5, reading.isWord(start, .currency | .magnitude | .suffix) { start -= 1 }
    guard start >= 0, start < index || reading.isMark(start - 1, "$"), reading.isNumber(start) else { return nil }
    return reading.isMark(start - 1, "$") ? start - 1 : start
  }

  private func qualifier(endingAt index: Int) -> (Precision, Int)? {
    var node = PhraseTrie.root
    var position = index
    var best: (Precision, Int)?
    while position >= 0, reading.tokens[position].kind == .word || reading.isMark(position, "-"),
      index - position < 6
    {
      if reading.tokens[position].kind == .word {
        guard let next = reading.lexicon.qualifiers.next(node, reading.tokens[position].symbol) else {
          break
        }
        node = next
        if case .qualifierBefore(let precision) = reading.lexicon.qualifiers.meaning(node), !isOfVerb(position, index) {
          best = (precision, position)
        }
      }
      position -= 1
    }
    return best
  }

  /// Verbs that "over" belongs to.
  private static let withOver: Set<String> = [
    "pulled", "pulling", "pull", "handed", "handing", "hand", "turned", "orders", "order", "brought",
  ]

  /// What is done to somebody over something.
  private static let accusing: Set<String> = ["charge", "arrest", "jail", "convict", "detain"]

  /// "pulled over 1,044 vehicles", "passed 28,410 pieces of information to the police": no qualifier, but part of what was
  /// done.
  private func isOfVerb(_ first: Int, _ last: Int) -> Bool {
    guard first == last else { return false }
    // "the top five states", "charged over 260kg of cocaine".
    if reading.word(first) == "top" { return reading.isWord(first - 1, .determiner) }
    if reading.word(first) == "over", reading.lexeme(first - 1).action >= 0,
      Self.accusing.contains(reading.lexicon.actionNames[Int(reading.lexeme(first - 1).action)]),
      reading.isMark(first + 1, "$")
        || tokenRange(first + 2, first + 5).contains(where: {
          reading.lexeme($0).noun >= 0 && reading.noun($0).kind == "weight"
        })
    {
      return true
    }
    if reading.word(first) == "over" { return Self.withOver.contains(reading.word(first - 1)) }
    guard reading.word(first) == "passed", !reading.isWord(first - 1, .have) else { return false }
    return tokenRange(last + 2, min(last + 9, reading.tokens.count)).contains {
      reading.isWord($0, .to) && reading.tokens[$0].gap < .line
    }
  }

  private func qualifier(startingAt index: Int) -> (Precision, Int)? {
    var node = PhraseTrie.root
    var position = index
    var best: (Precision, Int)?
    while position < reading.tokens.count, reading.tokens[position].kind == .word {
      guard let next = reading.lexicon.phrases.next(node, reading.tokens[position].symbol) else {
        break
      }
      node = next
      position += 1
      if case .qualifierAfter(let precision) = reading.lexicon.phrases.meaning(node) {
        best = (precision, position)
      }
    }
    return best
  }
}
