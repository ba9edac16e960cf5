// SPDX-License-Identifier: Apache-2.0

/// Lists that a page numbers, and lists that are about the page itself.
extension Reading {
  /// Lines that are numbered from one on.
  struct NumberedList {
    /// The tokens of the numbers.
    var items: [Int]
    var tokens: Range<Int>
    /// Whether the line above says that the list is the page's: "Most read".
    var isOfPage: Bool
  }

  /// Numbered lines from which on they are a list, whatever the numbers could count.
  private static let itemsMin = 3
  /// Lines within which the next number of such a list stands.
  private static let itemReach = 4
  /// Numbers of pages are no higher.
  private static let pagesMax = 400.0
  /// Lines of a table of contents that name no page in a row.
  private static let contentsGap = 2

  private static let pageLists: Set<String> = ["read", "popular", "trending", "viewed", "stories", "shared"]

  /// The tokens of each line, in order.
  private func lines() -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start = 0
    for index in tokens.indices.dropFirst() where tokens[index].gap >= .line {
      result.append(start..<index)
      start = index
    }
    if start < tokens.count { result.append(start..<tokens.count) }
    return result
  }

  /// "1 Lorry crash on the A14⏎2 Town centre …⏎3 …": numbers without a mark, one higher each time.
  func numberedLists() -> [NumberedList] {
    let lines = self.lines()
    var result: [NumberedList] = []
    var items: [Int] = []
    var first = 0
    var last = 0
    func end() {
      guard let item = items.first else { return }
      let above = first > 0 ? lines[first - 1] : 0..<0
      let isOfPage = above.count <= 4 && above.contains { Self.pageLists.contains(word($0)) }
      // "1. …" is a list of the text, unless the line above says that it is the page's.
      guard isOfPage || items.count >= Self.itemsMin && !isMark(item + 1, ".") else { return }
      result.append(
        NumberedList(
          items: items, tokens: lines[first].lowerBound..<lines[last].upperBound, isOfPage: isOfPage))
    }
    for (index, line) in lines.enumerated() {
      guard let number = lineNumber(line) else { continue }
      if number == Double(items.count + 1), !items.isEmpty, index - last <= Self.itemReach {
        items.append(line.lowerBound)
        last = index
      } else if number == 1 {
        end()
        (items, first, last) = ([line.lowerBound], index, index)
      }
    }
    end()
    return result
  }

  /// The number that a line of text begins with, without a mark behind it or with a full stop.
  private func lineNumber(_ line: Range<Int>) -> Double? {
    let first = line.lowerBound
    guard line.count > 2, isNumber(first), digitCount(first) <= 2 else { return nil }
    let next = isMark(first + 1, ".") && touchesPrevious(first + 1) ? first + 2 : first + 1
    guard line.contains(next), tokens[next].gap == .space,
      tokens[next].kind == .word && tokens[next].isCapitalized || isMark(next, "$") || isMark(next, "\"")
    else { return nil }
    return value(ofDigits: first)
  }

  /// "a) how many": a letter and a bracket at the start of a line.
  func isListLetter(_ index: Int) -> Bool {
    (tokens[index].gap >= .line || index == 0) && tokens[index].kind == .word
      && tokens[index].end - tokens[index].start == 1 && isMark(index + 1, ")") && touchesPrevious(index + 1)
  }

  /// The lines below "Contents" that end in the number of a page.
  func contentsList() -> Range<Int>? {
    let lines = self.lines()
    guard let heading = lines.firstIndex(where: { $0.count <= 3 && word($0.upperBound - 1) == "contents" }) else {
      return nil
    }
    var page = 0.0
    var found = 0
    var end = heading
    for index in tokenRange(heading + 1, lines.count) {
      let last = lines[index].upperBound - 1
      guard isNumber(last), lines[index].count > 1, let value = value(ofDigits: last), value >= page,
        value < Self.pagesMax
      else {
        if index - end > Self.contentsGap { break }
        continue
      }
      (page, end) = (value, index)
      found += 1
    }
    return found > 1 ? lines[heading].lowerBound..<lines[end].upperBound : nil
  }
}
