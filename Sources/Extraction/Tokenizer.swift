// SPDX-License-Identifier: Apache-2.0

/// A word, a number or a mark of a text.
struct Token {
  enum Kind: UInt8 { case word, number, mark }
  enum Gap: UInt8 { case none, space, cell, line, paragraph }

  var start: Int32
  var end: Int32
  var kind: Kind
  /// What stands before it; `cell`: a tab or more than one space.
  var gap: Gap
  var isCapitalized = false
  var isAllCaps = false
  /// Words: the symbol of the word in lower case. Marks: the scalar (ASCII, with dashes as `-` and
  /// quotation marks as `"` or `'`).
  var symbol: Lexicon.Symbol = 0
  var mark: UInt8 = 0
}

/// Splits UTF-8 text into tokens with exact byte offsets.
///
/// Words are runs of letters with inner apostrophes; a possessive `'s` is a token of its own. Numbers
/// are digits with inner commas and points. Everything else that is not space is a mark.
/// Linear in the text; reads bytes, never characters.
struct Tokenizer {
  let lexicon: Lexicon

  func tokens(_ text: UnsafeRawBufferPointer) -> [Token] {
    var result: [Token] = []
    result.reserveCapacity(text.count / 5)
    var index = 0
    var gap = Token.Gap.paragraph
    var newlines = 0
    var word: [UInt8] = []
    while index < text.count {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\n"):
        newlines += 1
        gap = newlines > 1 ? .paragraph : max(gap, .line)
        index += 1
        continue
      case 0x20, 0x09, 0x0d, 0x0b, 0x0c:
        // A tab, or two spaces, may divide the cells of a table.
        let isWide = byte == 0x09 || byte == 0x20 && index + 1 < text.count && text[index + 1] == 0x20
        gap = max(gap, isWide ? .cell : .space)
        index += 1
        continue
      case 0xc2 where index + 1 < text.count && text[index + 1] == 0xa0:
        gap = max(gap, .space)
        index += 2
        continue
      default: break
      }
      newlines = 0
      let start = index
      var token = Token(start: Int32(start), end: 0, kind: .mark, gap: gap)
      gap = .none
      if Self.isDigit(byte) {
        index = Self.endOfNumber(text, index)
        token.kind = .number
      } else if Self.isLetter(text, index) > 0 {
        token.kind = .word
        token.isCapitalized =
          (65...90).contains(byte)
          || (byte == 0xc3 && index + 1 < text.count && (0x80...0x9e).contains(text[index + 1]))
        var upper = 0
        word.removeAll(keepingCapacity: true)
        while index < text.count {
          let length = Self.isLetter(text, index)
          if length > 0 {
            for offset in 0..<length {
              let letter = text[index + offset]
              if (65...90).contains(letter) {
                upper += 1
                word.append(letter | 0x20)
              } else {
                word.append(letter)
              }
            }
            index += length
            continue
          }
          let apostrophe = Self.apostrophe(text, index)
          guard apostrophe > 0, Self.isLetter(text, index + apostrophe) > 0 else { break }
          // "Ceop's": the possessive is a token of its own.
          let next = text[index + apostrophe]
          if next == UInt8(ascii: "s"), Self.isLetter(text, index + apostrophe + 1) == 0 { break }
          index += apostrophe
        }
        token.isAllCaps = upper >= 2 && upper == word.count
        // "... people arrested.South Yorkshire Police held": the space between two sentences is lost.
        if token.gap == .none, token.isCapitalized, upper == 1, word.count > 1, result.count > 1,
          result[result.count - 1].mark == UInt8(ascii: "."), result[result.count - 1].kind == .mark,
          result[result.count - 1].gap == .none, result[result.count - 2].kind == .word,
          result[result.count - 2].end - result[result.count - 2].start > 2,
          text[Int(result[result.count - 2].end) - 1] >= 97
        {
          token.gap = .space
        }
        token.symbol = word.withUnsafeBytes { lexicon.symbol($0) }
      } else {
        let apostrophe = Self.apostrophe(text, index)
        if apostrophe > 0, index + apostrophe < text.count, token.gap == .none,
          text[index + apostrophe] == UInt8(ascii: "s"),
          Self.isLetter(text, index + apostrophe + 1) == 0, result.last?.kind == .word
        {
          index += apostrophe + 1
          token.mark = UInt8(ascii: "s")
        } else if token.gap >= .line, let end = Self.endOfArrows(text, index) {
          (token.mark, index) = (UInt8(ascii: "*"), end)
        } else {
          (token.mark, index) = Self.mark(text, index)
        }
      }
      token.end = Int32(index)
      result.append(token)
    }
    return result
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

  /// ">> 204 arrests", "> 12 warrants": where the sign of a list ends that stands at the start of a line; nil for ">5", which
  /// is more than five.
  private static func endOfArrows(_ text: UnsafeRawBufferPointer, _ from: Int) -> Int? {
    var index = from
    while index < text.count, text[index] == UInt8(ascii: ">") { index += 1 }
    let isApart = index < text.count && text[index] == UInt8(ascii: " ")
    return index - from > 1 || index > from && isApart ? index : nil
  }

  /// Digits, and commas and points between digits.
  private static func endOfNumber(_ text: UnsafeRawBufferPointer, _ from: Int) -> Int {
    var index = from
    while index < text.count {
      if isDigit(text[index]) {
        index += 1
      } else if text[index] == UInt8(ascii: ",") || text[index] == UInt8(ascii: "."),
        index + 1 < text.count, isDigit(text[index + 1])
      {
        index += 2
      } else {
        break
      }
    }
    return index
  }

  /// - Returns: the bytes of the letter at an index; 0 if there is none.
  private static func isLetter(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    guard index < text.count else { return 0 }
    let byte = text[index]
    if (byte | 0x20) >= 97 && (byte | 0x20) <= 122 { return 1 }
    if byte < 0xc3 { return 0 }
    if byte < 0xe0 { return index + 1 < text.count ? 2 : 0 }
    // General punctuation, arrows, symbols and the like are marks; other scripts are letters.
    if byte == 0xe2 || byte == 0xef { return 0 }
    let length = byte < 0xf0 ? 3 : 4
    return byte < 0xf0 && index + length <= text.count ? length : 0
  }

  /// - Returns: the bytes of an apostrophe (' or ’); 0 if there is none.
  private static func apostrophe(_ text: UnsafeRawBufferPointer, _ index: Int) -> Int {
    guard index < text.count else { return 0 }
    if text[index] == UInt8(ascii: "'") { return 1 }
    if index + 2 < text.count, text[index] == 0xe2, text[index + 1] == 0x80, text[index + 2] == 0x99 {
      return 3
    }
    return 0
  }

  /// One mark, as the ASCII character that stands for it; 0 for all others.
  private static func mark(_ text: UnsafeRawBufferPointer, _ index: Int) -> (UInt8, Int) {
    let byte = text[index]
    if byte < 0x80 { return (byte, index + 1) }
    if byte == 0xc2, index + 1 < text.count {
      return (text[index + 1] == 0xa3 ? UInt8(ascii: "$") : 0, index + 2)  // £
    }
    if byte == 0xe2, index + 2 < text.count {
      let (second, third) = (text[index + 1], text[index + 2])
      let mark: UInt8 =
        switch (second, third) {
        case (0x80, 0x90...0x95), (0x88, 0x92): UInt8(ascii: "-")
        case (0x80, 0x98), (0x80, 0x99): UInt8(ascii: "'")
        case (0x80, 0x9c...0x9e): UInt8(ascii: "\"")
        case (0x80, 0xa2): UInt8(ascii: "*")
        case (0x82, 0xac), (0x82, 0xb9): UInt8(ascii: "$")  // € and ₹
        default: 0
        }
      return (mark, index + 3)
    }
    let length = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return (0, min(index + length, text.count))
  }
}

extension Token.Gap: Comparable {
  static func < (left: Token.Gap, right: Token.Gap) -> Bool { left.rawValue < right.rawValue }
}
