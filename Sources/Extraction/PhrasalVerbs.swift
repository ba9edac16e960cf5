// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// A verb of several words, from its second word on: "up" of "rounded up", "out of action" of "put … out of action".
struct PhrasalVerb: Sendable {
  /// What follows the first word, part by part; words may stand between the parts.
  let parts: [[Lexicon.Symbol]]
  /// Whether words may stand between the first word and the first part.
  let isOpen: Bool
  /// The word that stands for all of it.
  let symbol: Lexicon.Symbol

  var length: Int { parts.reduce(0) { $0 + $1.count } }
}

/// Gives the first word of a phrasal verb the meaning of the whole: "rounded" of "23 people were rounded up" is an arrest.
struct PhrasalVerbs {
  let lexicon: Lexicon

  /// Words that may stand between two parts of a verb.
  private static let gapMax = 9

  func mark(_ tokens: inout [Token]) {
    for index in tokens.indices where tokens[index].kind == .word {
      guard lexicon.lexemes[Int(tokens[index].symbol)].classes.intersects(.phrasal),
        let verbs = lexicon.phrasalVerbs[tokens[index].symbol]
      else { continue }
      let found = verbs.filter { matches($0, tokens, after: index) }.max { $0.length < $1.length }
      if let found { tokens[index].symbol = found.symbol }
    }
  }

  private func matches(_ verb: PhrasalVerb, _ tokens: [Token], after first: Int) -> Bool {
    var index = first + 1
    for (position, part) in verb.parts.enumerated() {
      let isOpen = position > 0 || verb.isOpen
      var gap = 0
      while !follows(part, tokens, at: index) {
        guard isOpen, gap < Self.gapMax, index < tokens.count, tokens[index].gap < .line, !endsClause(tokens[index])
        else { return false }
        index += 1
        gap += 1
      }
      index += part.count
    }
    return true
  }

  private func follows(_ part: [Lexicon.Symbol], _ tokens: [Token], at start: Int) -> Bool {
    guard start + part.count <= tokens.count else { return false }
    for (offset, symbol) in part.enumerated() {
      let token = tokens[start + offset]
      guard token.kind == .word, token.symbol == symbol, token.gap < .paragraph else { return false }
    }
    return true
  }

  private func endsClause(_ token: Token) -> Bool {
    token.kind == .mark
      && [UInt8(ascii: "."), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "?")].contains(token.mark)
  }
}
