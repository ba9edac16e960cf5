// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import RPC

/// `figures-client fact ID`: a fact with every claim and relation.
package struct FactCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fact", abstract: "Show a fact with every claim, word for word, and why one was chosen.")

  @Argument(help: "The fact's id, as `get` shows it, with or without \"fact/\".")
  var id: String

  @OptionGroup var past: AsOfOption

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    var request = GetFactRequest(id: id.hasPrefix("fact/") ? id : "fact/" + id)
    if let earlier = try past.consistency { request.consistency = earlier }
    let answer = try await connection.with(.query) { [request] in
      try await $0.call(Methods.getFact, request, as: GetFactResponse.self)
    }
    let fact = answer.fact
    func line(_ name: String, _ value: String) {
      if !value.isEmpty { Output.print("\(name):" + String(repeating: " ", count: 12 - name.count) + value) }
    }
    Output.print("\(fact.quantity?.text ?? "") \(fact.metricName)  [\(fact.id)]")
    line("area", fact.region.map { "\($0.label)  [\($0.id)]" } ?? "")
    line("of whom", fact.populationText)
    line("period", fact.period?.reading ?? "")
    line("operation", fact.operation.map { "\($0.summary)  [\($0.id)]" } ?? "")
    line("evidence", fact.operation?.evidence ?? "")
    line("agreement", (fact.agreement?.rawValue ?? "") + (fact.certainty == .hedged ? ", unconfirmed" : ""))
    line("sources", "\(fact.sourceCount) independent, \(fact.documentCount) documents, \(fact.claimCount) claims")
    line("chosen", fact.formula.isEmpty ? fact.reason : "")
    line("derived", fact.formula.isEmpty ? "" : "\(fact.formula), of \(fact.inputs.joined(separator: ", "))")
    Output.print("\nClaims")
    for ranked in answer.claims {
      Output.print(
        "  \(ranked.claim.quantity.text)  \(ranked.rank?.rawValue ?? ""): \(ranked.reason)\n"
          + "    \(ranked.claim.section.rawValue), \(ranked.documentTitle.isEmpty ? ranked.documentID : ranked.documentTitle)"
          + (ranked.publisher.isEmpty ? "" : ", \(ranked.publisher)") + "  [\(ranked.claimID)]\n"
          + "    “\(ranked.claim.quote.split(separator: "\n").joined(separator: " "))”")
    }
    if !answer.relations.isEmpty {
      Output.print("\nRelations")
      for relation in answer.relations {
        let check = relation.check == .holds ? " holds" : relation.check == .fails ? " FAILS" : ""
        Output.print("  \(relation.kind?.reading ?? "")\(check): \(relation.detail)")
        for member in relation.members { Output.print("    \(member)") }
        for claim in relation.claims { Output.print("    \(claim)") }
      }
    }
  }
}

/// `figures-client history ID`: how a fact came to be what it is.
package struct HistoryCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Show what each entry of the journal made of a fact, newest first.",
    discussion: "The fact need not exist any more. `fact ID --as-of REVISION` shows it in full as it was.")

  @Argument(help: "The fact's id, as `get` shows it, with or without \"fact/\".")
  var id: String

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    var request = GetFactHistoryRequest(id: id.hasPrefix("fact/") ? id : "fact/" + id)
    var table = TextTable(
      ["revision", "when", "change", "figure", "agreement", "sources", "cause"], alignsRight: [0, 5])
    repeat {
      let page = try await connection.with(.query) { [request] in
        try await $0.call(Methods.getFactHistory, request, as: GetFactHistoryResponse.self)
      }
      for change in page.changes {
        let isGone = change.kind == .removed
        table.add([
          "\(change.revision)", Self.time(change.recordedAtMilliseconds), change.kind?.rawValue ?? "",
          change.fact.quantity?.text ?? "", isGone ? "" : change.fact.agreement?.rawValue ?? "",
          isGone ? "" : "\(change.fact.sourceCount)",
          "\(change.cause) \(change.documentID)" + (change.reason.isEmpty ? "" : ": \(change.reason)"),
        ])
      }
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    Output.print(table.text)
  }

  /// To the minute, in UTC.
  static func time(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    let (day, rest) = minutes.quotientAndRemainder(dividingBy: 24 * 60)
    guard let epoch = CalendarDate("1970-01-01"), let date = epoch.adding(days: Int(day)) else { return "" }
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(date)T\(two(rest / 60)):\(two(rest % 60))Z"
  }
}

extension RelationKind {
  var reading: String {
    switch self {
    case .totalOf: "total of"
    case .partOf: "part of"
    case .complement: "complement of"
    case .refines: "refines"
    case .conflictsWith: "conflicts with"
    case .duplicates: "duplicates"
    case .derivedFrom: "derived from"
    case .possiblePartOf: "may be part of"
    case .ratioOf: "ratio of"
    case .shareOf: "share of"
    case .overlaps: "overlaps"
    case .periodDiffers: "period differs"
    }
  }
}

/// `figures-client regions NAME`: the areas a name can mean.
package struct RegionsCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "regions", abstract: "Show the areas that a name can mean.")

  @Argument(help: "A name or an id.")
  var name: String

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let request = ResolveRegionRequest(name: name)
    let answer = try await connection.with(.query) {
      try await $0.call(Methods.resolveRegion, request, as: ResolveRegionResponse.self)
    }
    guard !answer.candidates.isEmpty else {
      throw ClientError(
        exit: ClientExit.nothingFound,
        "no area is named \"\(name)\""
          + (answer.nearestNames.isEmpty ? "" : "; nearest names: \(answer.nearestNames.joined(separator: ", "))"))
    }
    var table = TextTable(["id", "area", "figures", "same ground as", "lies in"], alignsRight: [2])
    for region in answer.candidates {
      table.add([
        region.id, region.label, "\(region.figureCount)", region.sameExtent.joined(separator: ", "),
        region.parents.joined(separator: ", "),
      ])
    }
    Output.print(table.text)
  }
}

/// `figures-client metrics`: what figures are counted in.
package struct MetricsCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "List the metrics; those with figures first.")

  @Flag(help: "List the metrics without figures as well.")
  var all = false

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let answer = try await connection.with(.query) {
      try await $0.call(Methods.listMetrics, as: ListMetricsResponse.self)
    }
    var table = TextTable(["metric", "name", "unit", "kind", "adds up", "facts"], alignsRight: [5])
    let shown = answer.metrics.filter { $0.factCount > 0 } + (all ? answer.metrics.filter { $0.factCount == 0 } : [])
    for metric in shown {
      table.add([
        metric.id, metric.name, metric.unit, metric.kind, metric.isAdditive ? "yes" : "no", "\(metric.factCount)",
      ])
    }
    if shown.isEmpty {
      throw ClientError(exit: ClientExit.nothingFound, "no figures yet; --all lists the metrics that are known")
    }
    Output.print(table.text)
  }
}

/// `figures-client documents`: what was read.
package struct DocumentsCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "documents", abstract: "List the documents that were read.")

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let documents = try await connection.with(.query) { try await Self.all($0) }
    guard !documents.isEmpty else { throw ClientError(exit: ClientExit.nothingFound, "no documents yet") }
    var table = TextTable(["revision", "id", "figures", "published", "publisher", "title"], alignsRight: [0, 2])
    for document in documents {
      table.add([
        "\(document.revision)", document.id, "\(document.claimCount)",
        document.document.published?.description ?? "", document.document.publisher, document.document.title,
      ])
    }
    Output.print(table.text)
  }
}

extension DocumentsCommand {
  static func all(_ service: Service) async throws -> [DocumentRecord] {
    var all: [DocumentRecord] = []
    var request = ListRequest()
    repeat {
      let page = try await service.call(Methods.listDocuments, request, as: ListDocumentsResponse.self)
      all += page.documents
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return all
  }
}

/// `figures-client document ID`: a document's figures with their exact words.
package struct DocumentCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "document", abstract: "Show a document's claims, or its text.")

  @Argument(help: "The document's id, as `documents` shows it.")
  var id: String

  @Flag(help: "Print the text as it was submitted.")
  var text = false

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let request = GetDocumentRequest(id: id)
    let answer = try await connection.with(.query) {
      try await $0.call(Methods.getDocument, request, as: GetDocumentResponse.self)
    }
    if text {
      Output.print(answer.document.document.text)
      return
    }
    Output.print("\(answer.document.document.title)  [\(answer.document.id)]")
    var table = TextTable(["bytes", "figure", "metric", "area", "of whom", "period", "words"])
    for claim in answer.claims {
      table.add([
        "\(claim.span.start)-\(claim.span.end)", claim.quantity.text, claim.metric, claim.region,
        claim.populationText, claim.period?.reading ?? "", claim.numberText,
      ])
    }
    Output.print(table.text)
  }
}

/// `figures-client status`: what the service holds.
package struct StatusCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what the query service holds, with the digest of its facts.")

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let status = try await connection.with(.query) {
      try await $0.call(Methods.queryStatus, as: QueryStatus.self)
    }
    Output.print(
      """
      revision   \(status.revision)
      journal    \(status.journalID)
      caught up  \(status.isCaughtUp ? "yes" : "no")
      documents  \(status.documents)
      claims     \(status.claims)
      facts      \(status.facts)
      digest     \(status.factsDigest)
      """)
  }
}
