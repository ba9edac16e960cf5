// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import Extraction
internal import FiguresModel
internal import Foundation
internal import Gazetteer

/// `figures-client explain FILE`: the text with its figures marked, and the reasons for each.
package struct ExplainCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show a text with its figures marked, the rules that fired for each, and why other numbers are none.",
    discussion: """
      In the text, [660 #1] is figure 1, and {14 date} a number that is not recorded, with the reason. Below it \
      stands each figure: its reading, then for each attribute the rule and the words that the rule used. \
      Nothing is sent or stored.
      """)

  @OptionGroup var description: DocumentOptions

  @Flag(help: "Leave the text out.")
  var figuresOnly = false

  @Argument(help: TextFile.help)
  var file: String

  package init() {}

  package mutating func run() async throws {
    let document = try description.document(path: file)
    let explanation = Extractor().explain(document)
    let style = MarkStyle(isTerminal: Output.isTerminal)
    if !figuresOnly {
      Output.print(Self.marked(document.text, explanation.extraction, style))
      Output.print("")
    }
    for (index, claim) in explanation.extraction.claims.enumerated() {
      Output.print(Self.heading(index + 1, claim, style))
      for evidence in explanation.evidence[index] {
        let words = evidence.words.isEmpty ? "" : ": \u{201C}\(Self.flat(evidence.words))\u{201D}"
        Output.print(
          "    " + evidence.attribute.padding(toLength: 11, withPad: " ", startingAt: 0) + evidence.rule + words)
      }
    }
    let reasons = Dictionary(grouping: explanation.extraction.rejections, by: \.reason)
    let counts = RejectionReason.allCases.compactMap { reason in
      reasons[reason].map { "\(reason.rawValue) \($0.count)" }
    }
    Output.print("")
    Output.print(
      "\(explanation.extraction.claims.count) figures; not recorded: "
        + (counts.isEmpty ? "nothing" : counts.joined(separator: ", ")))
    if explanation.extraction.claims.isEmpty { throw ExitCode(ClientExit.nothingFound) }
  }

  private static func heading(_ number: Int, _ claim: Claim, _ style: MarkStyle) -> String {
    let area = Gazetteer.bundled.region(claim.region)?.name ?? "no area"
    let period = claim.period.map(\.reading) ?? "no period"
    let population = claim.populationText.isEmpty ? "" : ", \(flat(claim.populationText))"
    return style.strong("#\(number)  \(claim.quantity.text) \(claim.metric)\(population)")
      + " (\(claim.quantity.unit)) - \(area) - \(period) - \(claim.section.rawValue)"
      + (claim.certainty == .hedged ? " - hedged" : "")
  }

  /// Words of the text on one line.
  private static func flat(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// The text with a mark at each number. Offsets are bytes of its UTF-8.
  static func marked(_ text: String, _ extraction: Extraction, _ style: MarkStyle) -> String {
    var marks: [(span: Span, text: (String) -> String)] = []
    for (index, claim) in extraction.claims.enumerated() {
      marks.append((claim.span, { style.figure($0, index + 1) }))
    }
    for rejection in extraction.rejections {
      marks.append((rejection.span, { style.rejected($0, rejection.reason) }))
    }
    let bytes = Array(text.utf8)
    var result = ""
    var end = 0
    for mark in marks.sorted(by: { $0.span < $1.span }) where mark.span.start >= end {
      result += String(decoding: bytes[end..<mark.span.start], as: UTF8.self)
      result += mark.text(String(decoding: bytes[mark.span.start..<mark.span.end], as: UTF8.self))
      end = mark.span.end
    }
    return result + String(decoding: bytes[end...], as: UTF8.self)
  }
}

/// How marks look: in bold and faint on a terminal, with brackets everywhere.
struct MarkStyle {
  let isTerminal: Bool

  func figure(_ words: String, _ number: Int) -> String { strong("[\(words) #\(number)]") }

  func rejected(_ words: String, _ reason: RejectionReason) -> String {
    let mark = "{\(words) \(reason.rawValue)}"
    return isTerminal ? "\u{1B}[2m\(mark)\u{1B}[0m" : mark
  }

  func strong(_ text: String) -> String { isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
}
