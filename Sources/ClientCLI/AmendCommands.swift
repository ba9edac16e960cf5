// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import RPC

/// `figures-client retract DOCUMENT --reason …`: withdraws a document from every fact.
package struct RetractCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "retract", abstract: "Withdraw a document from every fact, with a reason; its history stays.",
    discussion: """
      As of earlier revisions the document still counts: figures-client get --region gb --as-of 5
      Submitting its text again records it anew.
      """)

  @Argument(help: "The document's id, as `documents` shows it.")
  var document: String

  @Option(help: "Why it no longer counts.")
  var reason: String

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let request = RetractRequest(documentID: DocumentID.full(document), reason: reason)
    let answer = try await connection.with(.ingest) {
      try await $0.call(Methods.retract, request, as: AmendResponse.self)
    }
    Output.print(
      "\(request.documentID) \(answer.outcome == .recorded ? "retracted" : "was retracted already"), revision \(answer.revision)"
    )
  }
}

/// `figures-client correct CLAIM --reason …`: withdraws a claim, or puts another reading in its place.
package struct CorrectCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "correct", abstract: "Correct one claim as it was read, or withdraw it, with a reason.",
    discussion: """
      Only what is given is changed; with nothing given the claim is withdrawn. Examples:
        figures-client correct doc/…:1668 --reason "misread" --value 413
        figures-client correct doc/…:1668 --reason "not a figure of the operation"
      """)

  @Argument(help: "The claim's id, as `fact` shows it in brackets.")
  var claim: String

  @Option(help: "Why.")
  var reason: String

  @Option(help: "The number that is stated.")
  var value: Double?

  @Option(help: "How it is put: exact, more_than, at_least, less_than, up_to, about, almost.")
  var precision: String?

  @Option(help: "Its unit: persons, children, items, percent, …")
  var unit: String?

  @Option(help: "What is counted: a metric as `metrics` lists it.")
  var metric: String?

  @Option(help: "Where: the id of an area, as `regions` shows it.")
  var region: String?

  @Option(help: "First day of its period, YYYY-MM-DD.")
  var from: String?

  @Option(help: "Last day of its period, YYYY-MM-DD.")
  var to: String?

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package func validate() throws {
    if value == nil, precision != nil || unit != nil {
      throw ValidationError("--precision and --unit say how a --value is put; give one")
    }
    if let precision, Precision(rawValue: precision) == nil || ["range", "vague"].contains(precision) {
      throw ValidationError(
        "--precision is \"\(precision)\"; allowed: exact, more_than, at_least, less_than, up_to, about, almost")
    }
  }

  package mutating func run() async throws {
    var correction = Correction(metric: metric, region: region)
    if let value {
      correction.quantity = Quantity(
        value, precision.flatMap(Precision.init(rawValue:)) ?? .exact, unit: unit ?? "persons")
    }
    let (start, end) = (try GetCommand.date(from, "--from"), try GetCommand.date(to, "--to"))
    if start != nil || end != nil { correction.period = Period(start: start, end: end) }
    let request = CorrectClaimRequest(
      claimID: DocumentID.full(claim), reason: reason, correction: correction)
    let answer = try await connection.with(.ingest) {
      try await $0.call(Methods.correctClaim, request, as: AmendResponse.self)
    }
    let done = correction.isWithdrawal ? "withdrawn" : "corrected"
    Output.print(
      "\(request.claimID) \(answer.outcome == .recorded ? done : "was \(done) already"), revision \(answer.revision)")
  }
}

/// `figures-client separate DOCUMENT DOCUMENT --reason …`: refuses that two documents speak of one operation.
package struct SeparateCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "separate", abstract: "Refuse that two documents speak of one operation, with a reason.",
    discussion: """
      `fact` shows what links the documents of an operation. What is refused is no conflict any more: the figures of
      the two stand side by side. --withdraw takes it back.
      """)

  @Argument(help: "A document's id, as `documents` shows it.")
  var document: String

  @Argument(help: "The other document's id.")
  var other: String

  @Option(help: "Why they are not of one operation.")
  var reason: String

  @Flag(help: "Take an earlier separation of the two back.")
  var withdraw = false

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let request = SeparateDocumentsRequest(
      documentID: DocumentID.full(document), otherDocumentID: DocumentID.full(other), reason: reason,
      withdraw: withdraw)
    let answer = try await connection.with(.ingest) {
      try await $0.call(Methods.separateDocuments, request, as: AmendResponse.self)
    }
    let done = withdraw ? "no longer separated" : "separated"
    Output.print(
      "\(request.documentID) and \(request.otherDocumentID) "
        + (answer.outcome == .recorded ? "\(done), revision \(answer.revision)" : "were \(done) already"))
  }
}

/// `figures-client reextract [DOCUMENT …]`: reads stored texts again by the extractor of the moment.
package struct ReextractCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "reextract", abstract: "Read stored documents again where the extractor has changed since.",
    discussion: """
      What is read now takes the place of what was read before, which stays in the history. Corrections of claims
      whose number still stands there stay in force. Examples:
        figures-client reextract doc/…
        figures-client reextract --all
      """)

  @Argument(help: "Ids of documents, as `documents` shows them.")
  var documents: [String] = []

  @Flag(help: "All documents.")
  var all = false

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package func validate() throws {
    if all == !documents.isEmpty { throw ValidationError("name documents, or give --all") }
  }

  package mutating func run() async throws {
    let named = documents.map(DocumentID.full)
    let ids =
      all
      ? try await connection.with(.query) { try await DocumentsCommand.all($0).map(\.id) } : named
    var (read, unchanged) = (0, 0)
    for id in ids {
      let answer = try await connection.with(.ingest) {
        try await $0.call(Methods.reextract, ReextractRequest(documentID: id), as: SubmitDocumentResponse.self)
      }
      if answer.outcome == .recorded {
        read += 1
        Output.print("\(id) read again, \(answer.claimCount) figures, revision \(answer.revision)")
      } else {
        unchanged += 1
      }
    }
    Output.print("\(read) read again, \(unchanged) unchanged")
  }
}

/// Ids of documents as people give them.
enum DocumentID {
  /// With its kind, which may be left out.
  static func full(_ id: String) -> String { id.hasPrefix("doc/") ? id : "doc/" + id }
}

/// `--as-of`: a revision, or a time.
struct AsOfOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Show what was known at this revision, or at this time (2026-11-22 or 2026-11-22T10:30Z).",
      valueName: "revision|time"))
  var asOf: String?

  var consistency: Consistency? {
    get throws {
      guard let asOf else { return nil }
      if let revision = UInt64(asOf) { return .asOf(revision) }
      if let milliseconds = Self.milliseconds(asOf) { return .asOfTime(milliseconds) }
      throw ValidationError(
        "--as-of is \"\(asOf)\"; allowed: a revision, YYYY-MM-DD (its end) or YYYY-MM-DDTHH:MMZ, in UTC")
    }
  }

  /// A day stands for its end.
  static func milliseconds(_ text: String) -> Int64? {
    guard let epoch = CalendarDate("1970-01-01")?.dayNumber, let day = CalendarDate(String(text.prefix(10))) else {
      return nil
    }
    let start = Int64(day.dayNumber - epoch) * 86_400_000
    let rest = Array(text.dropFirst(10).utf8)
    if rest.isEmpty { return start + 86_400_000 - 1 }
    guard rest.count == 7, rest[0] == UInt8(ascii: "T"), rest[3] == UInt8(ascii: ":"), rest[6] == UInt8(ascii: "Z"),
      let hour = Int64(text.dropFirst(11).prefix(2)), let minute = Int64(text.dropFirst(14).prefix(2)), hour < 24,
      minute < 60
    else { return nil }
    return start + (hour * 60 + minute) * 60_000
  }
}
