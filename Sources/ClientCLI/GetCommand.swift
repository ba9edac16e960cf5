// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import RPC

/// `figures-client get --region R`: the figures of an area.
package struct GetCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show the figures of an area.",
    discussion: """
      Parts stand indented under their total. Examples:
        figures-client get --region "West Midlands"
        figures-client get --region gb --metric children_safeguarded --json
      """)

  @Option(help: "The area: a name, or an id as `regions` shows it.")
  var region: String

  @Option(help: "Only this metric; may be repeated.")
  var metric: [String] = []

  @Option(help: "Only figures whose period ends on or after this date, YYYY-MM-DD.")
  var from: String?

  @Option(help: "Only figures whose period starts on or before this date, YYYY-MM-DD.")
  var to: String?

  @Option(help: "Only figures of this operation: its name or id.")
  var operation: String?

  @Flag(help: "Show the figures of every area inside as well.")
  var allAreas = false

  @Flag(help: "Show the figures of the area alone, without parts in smaller areas.")
  var noParts = false

  @Option(help: "Wait until the service has read the journal up to this revision.")
  var atLeast: UInt64?

  @OptionGroup var past: AsOfOption

  @Option(
    help: """
      Hide figures of people above zero and below this number, and others that would give them away; 1 to 1000.
      """)
  var suppressBelow: UInt32?

  @Flag(help: "Add up the figures of areas inside, where they cover the area and no document states its own.")
  var rollUp = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package func validate() throws {
    if atLeast != nil, past.asOf != nil { throw ValidationError("--at-least and --as-of exclude each other") }
    if allAreas, noParts { throw ValidationError("--all-areas and --no-parts exclude each other") }
  }

  package mutating func run() async throws {
    var request = GetFiguresRequest(region: region)
    request.metrics = metric
    request.from = try Self.date(from, "--from")
    request.to = try Self.date(to, "--to")
    request.operation = operation ?? ""
    request.subAreas = allAreas ? .all : noParts ? .none : .parts
    request.suppressBelow = suppressBelow ?? 0
    request.rollUp = rollUp
    if let atLeast { request.consistency = .atLeast(atLeast) }
    if let earlier = try past.consistency { request.consistency = earlier }
    let answer = try await connection.with(.query) { try await Self.fetch(request, $0) }
    if json {
      Output.print(try FigureJSON.text(answer))
    } else {
      Self.show(answer, asked: region)
      if rollUp, answer.rollUps.isEmpty {
        Output.message(
          "nothing to add up: no two areas inside have a figure of one metric, period and population in one operation, "
            + "document or release, without one for \(answer.region.label) itself")
      }
    }
    if answer.facts.isEmpty, answer.rollUps.isEmpty { throw ExitCode(ClientExit.nothingFound) }
  }

  static func date(_ text: String?, _ name: String) throws -> CalendarDate? {
    guard let text else { return nil }
    guard let date = CalendarDate(text) else {
      throw ValidationError("\(name) is \"\(text)\"; it must be a date, YYYY-MM-DD")
    }
    return date
  }

  /// All pages. While the service has not reached the revision that was asked for, it is asked again.
  private static func fetch(_ first: GetFiguresRequest, _ service: Service) async throws -> GetFiguresResponse {
    var request = first
    var result: GetFiguresResponse?
    let end = ContinuousClock.now + service.timeout
    while true {
      let page: GetFiguresResponse
      do {
        page = try await service.call(Methods.getFigures, request, as: GetFiguresResponse.self)
      } catch let status as Status
        where status.code == .unavailable && request.consistency != .any && ContinuousClock.now < end
        && status.message.hasPrefix("consistency")
      {
        try await Task.sleep(for: .milliseconds(50))
        continue
      }
      if result == nil { result = page } else { result?.facts += page.facts }
      if page.nextPageToken.isEmpty { return result ?? page }
      request.pageToken = page.nextPageToken
    }
  }

  // MARK: - Reading

  private static func show(_ answer: GetFiguresResponse, asked: String) {
    Output.print("\(answer.region.label)  [\(answer.region.id)]")
    if !answer.others.isEmpty {
      Output.message("\"\(asked)\" is the name of several areas; this is \(answer.region.label). The others:")
      for other in answer.others {
        let count = other.figureCount == 0 ? "no figures" : "\(other.figureCount) figures"
        Output.message("  \(other.label), \(count): figures-client get --region \(other.id)")
      }
    }
    if answer.suppressed > 0 {
      Output.message("\(answer.suppressed) figures are hidden: they are small, or would give small ones away")
    }
    defer { show(answer.rollUps) }
    guard !answer.facts.isEmpty else {
      Output.message("no figures for \(answer.region.label)")
      return
    }
    Output.print("")
    Output.print(FigureTable(facts: answer.facts, region: answer.region).text)
    for fact in answer.facts where !fact.formula.isEmpty {
      if fact.id == answer.facts.first(where: { !$0.formula.isEmpty })?.id { Output.print("") }
      Output.print(
        "\(fact.quantity?.text ?? "") \(fact.metricName), \(fact.region?.name ?? ""): derived, \(fact.formula); not printed "
          + "anywhere (figures-client fact \(fact.shortID))")
    }
    let conflicts = answer.facts.filter { !$0.conflicting.isEmpty }
    let checks = answer.facts.filter { !$0.check.isEmpty }
    if !conflicts.isEmpty || !checks.isEmpty { Output.print("") }
    for fact in checks {
      Output.print("\(fact.quantity?.text ?? "") \(fact.metricName), \(fact.region?.name ?? ""): \(fact.check)")
    }
    for fact in conflicts {
      Output.print(
        "\(fact.quantity?.text ?? "") \(fact.metricName), \(fact.region?.name ?? ""): "
          + "conflicts with \(fact.conflicting.joined(separator: ", ")) (figures-client fact \(fact.shortID))")
    }
  }
}

extension GetCommand {
  /// What the figures of areas inside add up to: those that do come first.
  private static func show(_ rollUps: [RollUpRecord]) {
    guard !rollUps.isEmpty else { return }
    Output.print("\nAdded up from areas inside, printed nowhere")
    let ordered = rollUps.filter { $0.fact.quantity != nil } + rollUps.filter { $0.fact.quantity == nil }
    for rollUp in ordered {
      let fact = rollUp.fact
      let what = [fact.metricName, fact.populationText, fact.period?.reading ?? "", fact.operation?.summary ?? ""]
        .filter { !$0.isEmpty }.joined(separator: ", ")
      if let quantity = fact.quantity {
        Output.print("  \(quantity.text) \(what): \(fact.formula)")
      } else {
        let named = rollUp.missing.prefix(5).map(\.name)
        let more = Int(rollUp.missingCount) > named.count ? [" and \(Int(rollUp.missingCount) - named.count) more"] : []
        let missing = named.isEmpty ? "" : ": " + named.joined(separator: ", ") + more.joined()
        Output.print("  no sum of \(what): \(fact.suppressed.isEmpty ? rollUp.reason : fact.suppressed)\(missing)")
      }
    }
  }
}

extension FactRecord {
  /// The id without its kind; `fact` takes both.
  var shortID: String { id.hasPrefix("fact/") ? String(id.dropFirst(5)) : id }
}

/// Facts as a table for reading: one block an operation, parts indented under their total.
struct FigureTable {
  let facts: [FactRecord]
  let region: RegionRecord

  var text: String {
    var depth: [String: Int] = [:]
    var rows: [(heading: String, cells: [String])] = []
    for fact in facts {
      let level = fact.partOf.compactMap { depth[$0] }.max().map { $0 + 1 } ?? 0
      depth[fact.id] = level
      let sources =
        !fact.formula.isEmpty
        ? ""
        : fact.documentCount > fact.sourceCount
          ? "\(fact.sourceCount) (\(fact.documentCount) documents)" : "\(fact.sourceCount)"
      let agreement =
        fact.formula.isEmpty
        ? (fact.agreement?.rawValue ?? "") + (fact.certainty == .hedged ? ", unconfirmed" : "") : "derived"
      let area =
        fact.region?.id == region.id || region.sameExtent.contains(fact.region?.id ?? "")
        ? "" : fact.region?.name ?? ""
      let part = [area, fact.populationText].filter { !$0.isEmpty }.joined(separator: ", ")
      rows.append(
        (
          fact.operation?.summary ?? "",
          [
            String(repeating: "  ", count: level) + (fact.suppressed.isEmpty ? fact.quantity?.text ?? "" : "hidden"),
            fact.metricName,
            part,
            fact.period?.reading ?? "", sources, agreement, fact.shortID,
          ]
        ))
    }
    var table = TextTable(
      ["figure", "metric", "where, of whom", "period", "sources", "agreement", "id"], shrinks: 2, width: Output.width)
    for row in rows { table.add(row.cells) }
    var lines = table.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // Headings go in from the end, so that the places before them stay where they are.
    let hasHeadings = rows.contains { !$0.heading.isEmpty }
    for index in rows.indices.reversed()
    where index == 0 ? hasHeadings : rows[index].heading != rows[index - 1].heading {
      let heading = rows[index].heading.isEmpty ? "no operation stated" : rows[index].heading
      lines.insert(contentsOf: index == 0 ? [heading] : ["", heading], at: index + 1)
    }
    return lines.joined(separator: "\n")
  }
}
