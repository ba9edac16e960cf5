// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// A noun that the words before it make another one: "cards" of "SIM cards".
struct CompoundNoun: Sendable {
  /// The words before it, the last one first.
  let modifiers: [Lexicon.Symbol]
  /// The word that stands for all of it.
  let symbol: Lexicon.Symbol
}

/// Gives the last word of a compound the meaning of the whole: "checks" of "118 vehicle checks" are checks on roads.
struct CompoundNouns {
  let lexicon: Lexicon

  func mark(_ tokens: inout [Token]) {
    for index in tokens.indices where tokens[index].kind == .word {
      guard lexicon.lexemes[Int(tokens[index].symbol)].classes.intersects(.compoundHead),
        let compounds = lexicon.compounds[tokens[index].symbol],
        let found = compounds.first(where: { follows($0.modifiers, tokens, before: index) })
      else { continue }
      tokens[index].symbol = found.symbol
    }
  }

  /// Whether some words stand before a token, over a hyphen or the mark of a genitive: "Clare's Law requests", "drink-drivers".
  private func follows(_ words: [Lexicon.Symbol], _ tokens: [Token], before head: Int) -> Bool {
    var index = head
    for word in words {
      guard tokens[index].gap < .line else { return false }
      index -= 1
      while index >= 0, tokens[index].kind == .mark, Self.joints.contains(tokens[index].mark),
        tokens[index].gap == .none
      {
        index -= 1
      }
      guard index >= 0, tokens[index].kind == .word, tokens[index].symbol == word else { return false }
    }
    return true
  }

  private static let joints: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "'"), UInt8(ascii: "s")]
}
