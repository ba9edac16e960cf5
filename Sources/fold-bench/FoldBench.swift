// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FiguresModel
import FiguresProto
import Foundation
import Gazetteer
import Indexing

/// Measures the fold: claims a second on one core, bytes a claim in memory, the time a snapshot takes.
@main
struct FoldBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fold-bench", abstract: "Folds made-up documents and says how fast, and in how much memory.")

  @Option(help: "Claims in all.")
  var claims = 1_000_000

  @Option(help: "Claims a document.")
  var perDocument = 20

  @Option(help: "Documents that name one operation; the others name none.")
  var perOperation = 10

  @Flag(help: "Take a snapshot after every document, as a replica that follows a slow feed does.")
  var snapshots = false

  func run() throws {
    let regions = Gazetteer.bundled.regions.map(\.id)
    let metrics = MetricCatalog.bundled.metrics.map(\.id)
    let generator = Generator(regions: regions, metrics: metrics, perDocument: perDocument, perOperation: perOperation)
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    let clock = ContinuousClock()
    var (folding, decoding, snapping) = (Duration.zero, Duration.zero, Duration.zero)
    var longest = Duration.zero
    var textBytes = 0
    let before = Self.residentBytes()
    let documents = claims / perDocument
    for number in 0..<documents {
      let (bytes, text) = generator.entry(number)
      textBytes += text
      var entry: JournalEntry?
      decoding += try clock.measure {
        guard case .entry(let decoded) = try FeedEvent(decoding: bytes) else { return }
        entry = decoded
      }
      guard let entry else { throw ValidationError("entry \(number) can't be read back") }
      folding += try clock.measure { try fold.apply(entry) }
      guard snapshots else { continue }
      let taken = clock.measure { _ = fold.snapshot() }
      snapping += taken
      longest = max(longest, taken)
    }
    let snapshot = fold.snapshot()
    let after = Self.residentBytes()
    let count = Double(snapshot.claimCount)
    func seconds(_ duration: Duration) -> Double {
      Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
    print(
      String(
        format: """
          %d claims of %d documents make %d facts
          fold: %.0f claims a second (%.2f us each); with decoding %.0f a second
          memory: %.0f bytes a claim beside %.0f of text
          """, snapshot.claimCount, snapshot.documentCount, snapshot.factCount, count / seconds(folding),
        seconds(folding) * 1e6 / count, count / (seconds(folding) + seconds(decoding)),
        (Double(after - before) - Double(textBytes)) / count, Double(textBytes) / count))
    if snapshots {
      print(
        String(
          format: "snapshots: %.1f us each, the longest %.2f ms", seconds(snapping) * 1e6 / Double(documents),
          seconds(longest) * 1e3))
    }
  }

  /// What the process holds in memory, in bytes.
  private static func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    return (Int(text.split(separator: " ")[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}

/// Documents of lists: "12 arrests in Leeds." a line, in areas, metrics and years that a number generator picks.
private struct Generator {
  let regions: [String]
  let metrics: [String]
  let perDocument: Int
  let perOperation: Int

  /// The bytes of a document's entry as the feed sends it, and of its text.
  func entry(_ number: Int) -> ([UInt8], Int) {
    var random = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 &+ 1
    func pick(_ count: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(random >> 33) % count
    }
    let operation = number % (perOperation * 2) < perOperation ? "Operation \(number / (perOperation * 2))" : ""
    var text = ""
    var claims: [Claim] = []
    for _ in 0..<perDocument {
      let value = pick(5000)
      let region = regions[pick(regions.count)]
      let metric = metrics[pick(metrics.count)]
      let year = 2000 + pick(24)
      let start = text.utf8.count
      let quote = "\(value) \(metric) in \(region) in \(year)."
      text += quote + "\n"
      claims.append(
        Claim(
          span: Span(start, start + "\(value)".utf8.count), numberText: "\(value)", quote: quote,
          quantity: Quantity(Double(value), pick(10) == 0 ? .moreThan : .exact, unit: "persons"), metric: metric,
          region: region,
          period: Period(
            start: CalendarDate("\(year)-01-01"), end: CalendarDate("\(year)-12-31"), text: "in \(year)"),
          operation: operation.isEmpty ? nil : Operation(name: operation, summary: operation),
          population: pick(4) == 0 ? [Dimension("sex", "male")] : [], populationText: "",
          organisation: "org/national-crime-agency", rules: ["noun", "made up"]))
    }
    let hex = String(number, radix: 16)
    let id = "doc/" + String(repeating: "0", count: 32 - hex.count) + hex
    let document = RecordedDocument(
      id: id, document: Document(title: "Document \(number)", publisher: "Bench", text: text), claims: claims,
      extractor: "1.0", revision: 0)
    let entry = JournalEntry(recordedAtMilliseconds: Int64(number), requestID: "", body: .document(document))
    return (FeedEvent.encoded(entry: entry.encoded(), revision: UInt64(number + 1)), text.utf8.count)
  }
}
