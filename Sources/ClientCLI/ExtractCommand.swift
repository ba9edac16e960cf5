// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import Extraction
internal import FiguresModel
internal import Foundation
internal import Gazetteer

/// `figures-client extract FILE`: reads the figures of a text in this process; stores nothing.
package struct ExtractCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Read the figures of a text and print them; nothing is sent or stored.")

  @Flag(
    help:
      "Print one JSON object a line; what is said without a number (\"the majority\", \"all the others\") is left out.")
  var jsonl = false

  @Flag(help: "Print the numbers that are no figures as well, with the reason.")
  var rejections = false

  @Flag(help: "Read the text again and again for three seconds, and print the speed instead of the figures.")
  var speed = false

  @OptionGroup var description: DocumentOptions

  @Argument(help: TextFile.help)
  var file: String

  package init() {}

  package mutating func run() async throws {
    let document = try description.document(path: file)
    if speed { return measure(document) }
    let extraction = Extractor().extract(document)
    if jsonl {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      for claim in extraction.claims where !claim.quantity.isShareInWords && claim.remainder == nil {
        let line = try encoder.encode(ClaimRow(claim, gazetteer: .bundled))
        Output.print(String(decoding: line, as: UTF8.self))
      }
    } else {
      var table = TextTable(["span", "value", "metric", "area", "period", "population", "words"])
      for claim in extraction.claims {
        table.add([
          "\(claim.span.start)-\(claim.span.end)", claim.quantity.text, claim.metric,
          Gazetteer.bundled.region(claim.region)?.name ?? "", claim.period.map(\.reading) ?? "",
          claim.populationText, claim.numberText,
        ])
      }
      Output.print(table.text)
    }
    if rejections {
      for rejection in extraction.rejections {
        Output.print(
          "\(rejection.span.start)-\(rejection.span.end)  not a figure: \(rejection.reason.rawValue)  \(rejection.text)"
        )
      }
    }
    if extraction.claims.isEmpty { throw ExitCode(ClientExit.nothingFound) }
  }

  /// The median of single readings, after one that warms up: without reading files and printing.
  private func measure(_ document: Document) {
    let extractor = Extractor()
    let clock = ContinuousClock()
    var durations: [Duration] = []
    var claims = extractor.extract(document).claims.count
    let start = clock.now
    while clock.now - start < .seconds(3) || durations.count < 3 {
      durations.append(clock.measure { claims = extractor.extract(document).claims.count })
    }
    let median = durations.sorted()[durations.count / 2]
    let seconds = Double(median.components.seconds) + Double(median.components.attoseconds) / 1e18
    let megabytes = Double(document.text.utf8.count) / 1e6
    Output.print(
      String(
        format: "%.2f MB/s (%d bytes, %d figures, median of %d readings)", megabytes / max(seconds, 1e-9),
        document.text.utf8.count, claims, durations.count))
  }
}

extension Period {
  /// For reading: dates if there are any, else the words, else the length. Whole years and months are
  /// written as such: "2016", "2019-07 to 2020-06", "since 2016-06".
  var reading: String {
    guard start != nil || end != nil else { return text.isEmpty ? duration : text }
    let startsMonth = start.map { $0.day == 1 } ?? true
    let endsMonth = end.map { $0.day == CalendarDate.days(in: $0.month, of: $0.year) } ?? true
    let isWholeMonths = startsMonth && endsMonth
    func short(_ date: CalendarDate) -> String {
      isWholeMonths ? String(date.description.prefix(7)) : date.description
    }
    guard let start else { return end.map { "until \(short($0))" } ?? "" }
    guard let end else { return "since \(short(start))" }
    if isWholeMonths, start.month == 1, end.month == 12 {
      return start.year == end.year ? "\(start.year)" : "\(start.year) to \(end.year)"
    }
    return short(start) == short(end) ? short(start) : "\(short(start)) to \(short(end))"
  }
}

/// A claim as one JSON object.
struct ClaimRow: Encodable {
  let start: Int
  let end: Int
  let low: Double?
  let high: Double?
  let precision: String
  let metric: String
  let unit: String
  let region: String
  let region_id: String
  let period_start: String
  let period_end: String
  let period: String
  let duration: String
  let population: String
  let operation: String
  let organisation: String
  let certainty: String
  let section: String
  let number_text: String
  let quote: String
  let rules: [String]

  init(_ claim: Claim, gazetteer: Gazetteer) {
    start = claim.span.start
    end = claim.span.end
    low = claim.quantity.low
    high = claim.quantity.high
    precision = claim.quantity.precision.rawValue
    metric = claim.metric
    unit = claim.quantity.unit
    region = gazetteer.region(claim.region)?.name ?? ""
    region_id = claim.region
    period_start = claim.period?.start?.description ?? ""
    period_end = claim.period?.end?.description ?? ""
    period = claim.period?.text ?? ""
    duration = claim.period?.duration ?? ""
    population = claim.populationText
    operation = claim.operation?.summary ?? ""
    organisation = gazetteer.organisation(claim.organisation)?.name ?? ""
    certainty = claim.certainty.rawValue
    section = claim.section.rawValue
    number_text = claim.numberText
    quote = claim.quote
    rules = claim.rules
  }
}
