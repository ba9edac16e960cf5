// SPDX-License-Identifier: Apache-2.0

/// Markdown as plain text: marks of headings, emphasis, links and code go; lists and tables stay as they are, for
/// they read as such.
enum Markdown {
  static func text(_ source: String) -> String {
    var lines: [String] = []
    var isFenced = false
    var isFrontMatter = source.hasPrefix("---\n")
    for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if isFrontMatter {
        if number > 0, line == "---" { isFrontMatter = false }
        continue
      }
      let trimmed = line.drop { $0 == " " }
      if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
        isFenced.toggle()
        continue
      }
      if isFenced || isRule(trimmed) { continue }
      let heading = trimmed.prefix { $0 == "#" }
      if (1...6).contains(heading.count), trimmed.dropFirst(heading.count).first == " " {
        // A heading is a block of its own.
        if lines.last?.isEmpty == false { lines.append("") }
        lines.append(inline(trimmed.dropFirst(heading.count + 1)))
        lines.append("")
        continue
      }
      lines.append(inline(trimmed.hasPrefix("> ") ? trimmed.dropFirst(2) : line))
    }
    return lines.joined(separator: "\n")
  }

  /// "---", "|---|:--:|", "===": lines that are only drawn.
  private static func isRule(_ line: Substring) -> Bool {
    line.count >= 3 && line.allSatisfy { "-=|:*_ ".contains($0) } && line.contains { "-=*_".contains($0) }
  }

  /// `[text](address)` as its text; emphasis and code without their marks. An underscore inside a word stays.
  private static func inline(_ line: Substring) -> String {
    var result = ""
    var index = line.startIndex
    var previous: Character = " "
    while index < line.endIndex {
      let character = line[index]
      let next = line.index(after: index)
      if character == "\\", next < line.endIndex, line[next].isPunctuation || line[next].isSymbol {
        result.append(line[next])
        previous = line[next]
        index = line.index(after: next)
        continue
      }
      if character == "!", next < line.endIndex, line[next] == "[" {
        index = next
        continue
      }
      if character == "[", let (text, end) = link(line, index) {
        result += inline(text)
        previous = "]"
        index = end
        continue
      }
      let isMark =
        character == "`"
        || character == "*" && !(previous == " " && next < line.endIndex && line[next] == " ") && !isBullet(line, index)
        || character == "_" && (!isWordPart(previous) || next == line.endIndex || !isWordPart(line[next]))
      if !isMark { result.append(character) }
      previous = character
      index = next
    }
    return result
  }

  private static func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }

  private static func isBullet(_ line: Substring, _ index: Substring.Index) -> Bool {
    line[..<index].allSatisfy { $0 == " " } && line.index(after: index) < line.endIndex
      && line[line.index(after: index)] == " "
  }

  private static func link(_ line: Substring, _ start: Substring.Index) -> (text: Substring, end: Substring.Index)? {
    guard let close = line[start...].firstIndex(of: "]") else { return nil }
    let open = line.index(after: close)
    guard open < line.endIndex, line[open] == "(", let end = line[open...].firstIndex(of: ")") else { return nil }
    return (line[line.index(after: start)..<close], line.index(after: end))
  }
}
