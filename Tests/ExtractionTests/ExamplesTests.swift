// SPDX-License-Identifier: Apache-2.0

import Extraction
import FiguresModel
import Foundation
import Gazetteer
import Testing

/// The project's own short examples, in every house style: Resources/examples.tsv.
///
/// Column `expected`: `number text|precision|low|high|metric|region|population|period`, joined by " ; "; what is
/// empty is not checked. Column `rejected`: `number text|reason`. Column `open` names what is not read rightly yet:
/// an example that gets better or worse fails until the column says so.
struct Example: Sendable, CustomTestStringConvertible {
  let id: String
  let text: String
  let expected: [[String]]
  let rejected: [[String]]
  let open: String

  var testDescription: String { id }

  static let all: [Example] = {
    guard let url = Bundle.module.url(forResource: "examples", withExtension: "tsv", subdirectory: "Resources"),
      let table = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return table.split(separator: "\n").dropFirst().map { line in
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      func entries(_ cell: String) -> [[String]] {
        cell.isEmpty
          ? [] : cell.components(separatedBy: " ; ").map { $0.components(separatedBy: "|") }
      }
      return Example(
        id: cells[0], text: cells[3].replacing("\\n", with: "\n").replacing("\\t", with: "\t"),
        expected: entries(cells[4]), rejected: entries(cells[5]), open: cells[6])
    }
  }()

  /// What is not read as the table expects, in a fixed order: "value", "metric", …
  func faults() -> [String] {
    let extraction = Extractor().extract(Document(text: text))
    var faults: Set<String> = []
    var cursor = text.startIndex
    for entry in expected {
      guard let span = span(of: entry[0], &cursor) else { return ["table"] }
      let claims = extraction.claims.filter { $0.span.start < span.end && $0.span.end > span.start }
      guard let claim = claims.first(where: { hasValue($0.quantity, entry) }) else {
        faults.insert("value")
        continue
      }
      if !entry[4].isEmpty, !entry[4].split(separator: "/").contains(Substring(claim.metric)) {
        faults.insert("metric")
      }
      let area = Gazetteer.bundled.region(claim.region)?.name ?? ""
      if !entry[5].isEmpty, plain(area) != plain(entry[5]) { faults.insert("region") }
      if !entry[6].isEmpty, plain(claim.populationText) != plain(entry[6]) { faults.insert("population") }
      let start = claim.period?.start?.description ?? ""
      let end = claim.period?.end?.description ?? ""
      if !entry[7].isEmpty, "\(start)..\(end)" != entry[7] { faults.insert("period") }
    }
    cursor = text.startIndex
    for entry in rejected {
      guard let span = span(of: entry[0], &cursor) else { return ["table"] }
      if extraction.claims.contains(where: { $0.span.start < span.end && $0.span.end > span.start }) {
        faults.insert("recorded")
      } else if entry[1] != "other",
        !extraction.rejections.contains(where: {
          $0.span.start < span.end && $0.span.end > span.start && $0.reason.rawValue == entry[1]
        })
      {
        faults.insert("reason")
      }
    }
    return faults.sorted()
  }

  private func hasValue(_ quantity: Quantity, _ entry: [String]) -> Bool {
    func agree(_ value: Double?, _ text: String) -> Bool {
      guard let stated = Double(text) else { return true }
      guard let value else { return false }
      let tolerance = quantity.unit == "percent" ? 0.1 : abs(stated) * 5e-4
      return abs(value - stated) <= max(tolerance, 1e-9)
    }
    return quantity.precision.rawValue == entry[1] && agree(quantity.low, entry[2]) && agree(quantity.high, entry[3])
  }

  /// The next place of some words that is not inside a longer number or word.
  private func span(of words: String, _ cursor: inout String.Index) -> Span? {
    var from = cursor
    while let range = text.range(of: words, range: from..<text.endIndex) {
      let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
      let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
      func isPart(_ outer: Character, _ inner: Character?) -> Bool {
        guard let inner else { return false }
        return outer.isNumber && inner.isNumber || outer.isLetter && inner.isLetter
      }
      if !isPart(before, words.first), !isPart(after, words.last) {
        cursor = range.upperBound
        return Span(
          text.utf8.distance(from: text.startIndex, to: range.lowerBound),
          text.utf8.distance(from: text.startIndex, to: range.upperBound))
      }
      from = text.index(after: range.lowerBound)
    }
    return nil
  }

  /// As the scorer compares names: without articles, marks and "police force area".
  private func plain(_ text: String) -> String {
    let words = text.lowercased().replacing("&", with: "and").components(
      separatedBy: CharacterSet.alphanumerics.inverted)
    let name = words.filter { !$0.isEmpty && $0 != "the" }.joined(separator: " ")
    return ["greater london": "london", "metropolitan police": "london", "great britain": "united kingdom"][name]
      ?? name
  }
}

@Suite struct ExamplesTests {
  @Test func `there are examples of every kind`() {
    #expect(Example.all.count >= 400)
    #expect(Example.all.count { $0.expected.isEmpty } >= 60)
  }

  @Test(arguments: Example.all)
  func `an example is read as the table says`(example: Example) {
    let faults = example.faults().joined(separator: ",")
    #expect(faults == example.open, "\(example.text)")
  }

  /// How far the open ones may go: a bound that only ever falls.
  @Test func `most examples are read in full`() {
    let values = Example.all.count { $0.open.contains("value") || $0.open.contains("recorded") }
    #expect(Double(values) <= 0.2 * Double(Example.all.count))
  }

  /// What this version makes of all examples.
  private static let fingerprints = ["1.9": "a9f0d2dd2be1fe2a"]

  @Test func `what is read differently is another version of the extractor`() {
    let extractor = Extractor()
    let lines = Example.all.flatMap { example in
      extractor.extract(Document(text: example.text)).claims.map { claim in
        "\(example.id) \(claim.span) \(claim.quantity) \(claim.metric) \(claim.region) \(claim.population) "
          + "\(claim.period?.start?.description ?? "") \(claim.period?.end?.description ?? "") \(claim.partOf ?? -1)"
      }
    }
    let fingerprint = String(FNV1a.hash(lines.joined(separator: "\n").utf8), radix: 16)
    #expect(
      Self.fingerprints[Extractor.version] == fingerprint,
      "raise Extractor.version, unless it was not released yet, and write its fingerprint here")
  }
}
