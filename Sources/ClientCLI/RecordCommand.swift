// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import Foundation
internal import RPC

/// `figures-client record FILE.csv --mapping MAP.json --release ID`: loads a release of structured statistics.
package struct RecordCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record the rows of a statistical release (CSV or tab-separated).",
    discussion: """
      A mapping says which columns are what, for example:
        \(ColumnMapping.example)
      An attribute comes from a "value" for all rows, a "column", several "columns" with a "join" between them, or the \
      "heading" of the value's column; "values" translates its texts. "population" holds dimensions by name, "missing" \
      the values that say that there is none.
      Rows that can't be read are named and left out. The same rows again change nothing, so that a load that broke off is \
      begun again, or goes on with --from-row.
      """)

  @Argument(help: "A file with a line of headings.")
  var file: String

  @Option(help: "A JSON file that says which columns are what.")
  var mapping: String

  @Option(help: "Your own name of the release: letters, digits, \"-\", \"_\" and \".\".")
  var release: String

  @Option(help: "Its title.")
  var title = ""

  @Option(help: "Who published it.")
  var publisher = ""

  @Option(help: "Where it was published.")
  var url = ""

  @Option(help: "The day of publication, YYYY-MM-DD.")
  var published: String?

  @Option(help: "Go on with this row, counted from 1 below the headings.")
  var fromRow = 1

  @Option(help: "Rows a call, 1 to 10000.")
  var batch = 2000

  @Option(help: "Rows that can't be read are named up to this many.")
  var showErrors = 20

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package func validate() throws {
    guard (1...10_000).contains(batch) else { throw ValidationError("--batch is \(batch); allowed: 1 to 10000") }
    guard fromRow >= 1 else { throw ValidationError("--from-row is \(fromRow); allowed: 1 or more") }
  }

  private struct Tally {
    var row = 0
    var (recorded, unchanged, refused) = (0, 0, 0)
    var revision: UInt64 = 0
  }

  package mutating func run() async throws {
    let date = try GetCommand.date(published, "--published")
    let release = Release(id: self.release, title: title, publisher: publisher, url: url, published: date)
    guard let data = try? Data(contentsOf: URL(filePath: file), options: .mappedIfSafe) else {
      throw ClientError(exit: ClientExit.usage, "\(file) can't be read")
    }
    var reader = CSVReader(data)
    guard let head = try reader.next() else { throw ClientError(exit: ClientExit.usage, "\(file) is empty") }
    let bound = try BoundMapping(try ColumnMapping.read(mapping), headings: head.fields.map(\.text))
    let tally = try await connection.with(.ingest) { try await load(&reader, bound, release, data.count, $0) }
    Output.message(
      "\(tally.row) rows: \(tally.recorded) figures recorded, \(tally.unchanged) unchanged, \(tally.refused) refused; journal at "
        + "revision \(tally.revision)")
    if tally.recorded + tally.unchanged == 0 { throw ExitCode(ClientExit.nothingFound) }
    if tally.refused > 0 { throw ExitCode(ClientExit.refused) }
  }

  private func load(
    _ reader: inout CSVReader, _ mapping: BoundMapping, _ release: Release, _ size: Int, _ service: Service
  ) async throws -> Tally {
    var tally = Tally()
    var progress = ByteProgress(total: size)
    var rows: [FigureRow] = []
    var numbers: [Int] = []
    var first = fromRow
    while let record = try reader.next() {
      tally.row += 1
      guard tally.row >= fromRow else { continue }
      for row in mapping.rows(record) {
        rows.append(row)
        numbers.append(tally.row)
      }
      guard rows.count >= batch else { continue }
      try await send(&rows, &numbers, first, release, service, &tally, &progress)
      first = tally.row + 1
      progress.show(reader.position, "row \(tally.row)")
    }
    if !rows.isEmpty { try await send(&rows, &numbers, first, release, service, &tally, &progress) }
    progress.clear()
    return tally
  }

  /// Sends what has gathered, in calls of at most `batch` rows.
  private func send(
    _ rows: inout [FigureRow], _ numbers: inout [Int], _ first: Int, _ release: Release, _ service: Service,
    _ tally: inout Tally, _ progress: inout ByteProgress
  ) async throws {
    var start = 0
    while start < rows.count {
      let end = min(start + batch, rows.count)
      let request = RecordFiguresRequest(release: release, firstRow: 1, rows: Array(rows[start..<end]))
      let reply: RecordFiguresResponse
      do {
        reply = try await service.call(Methods.recordFigures, request, as: RecordFiguresResponse.self)
      } catch {
        progress.clear()
        let isRefused = (error as? Status).map { $0.code == .invalidArgument } ?? false
        if !isRefused { Output.message("stopped before row \(first); go on with: --from-row \(first)") }
        throw error
      }
      if reply.outcome == .unchanged {
        tally.unchanged += Int(reply.recorded)
      } else {
        tally.recorded += Int(reply.recorded)
      }
      tally.revision = max(tally.revision, reply.revision)
      for refused in reply.errors {
        tally.refused += 1
        guard tally.refused <= showErrors else { continue }
        progress.clear()
        let row = numbers[start + Int(refused.row) - 1]
        Output.message(
          "row \(row): \(refused.error.field) is \"\(refused.error.value)\"; allowed: \(refused.error.allowed)")
      }
      start = end
    }
    rows.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
  }
}

/// How far into a file a load is, on standard error; nothing where that is no terminal.
struct ByteProgress {
  private let total: Int
  private let isShown: Bool
  private var isDirty = false

  init(total: Int) {
    self.total = total
    isShown = isatty(STDERR_FILENO) == 1
  }

  mutating func show(_ bytes: Int, _ what: String) {
    guard isShown, total > 0 else { return }
    let percent = bytes * 100 / total
    let bar = String(repeating: "=", count: percent * 30 / 100)
    FileHandle.standardError.write(
      Data("\r[\(bar)\(String(repeating: " ", count: 30 - bar.count))] \(percent) %  \(what) ".utf8))
    isDirty = true
  }

  mutating func clear() {
    guard isDirty else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
    isDirty = false
  }
}
