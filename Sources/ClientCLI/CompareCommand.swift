// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import RPC

/// `figures-client compare --region A --region B --metric M`: areas side by side.
package struct CompareCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Show areas side by side: a row a period, a column an area.",
    discussion: """
      Where documents state different figures for a period, all stand in the cell. Example:
        figures-client compare --metric recorded_crimes --region force/kent --region force/surrey --population offence="Knife crime"
      """)

  @Option(help: "An area: a name or an id; may be repeated, up to 50 times.")
  var region: [String]

  @Option(help: "The metric.")
  var metric: String

  @Option(help: "Only figures whose period ends on or after this date, YYYY-MM-DD.")
  var from: String?

  @Option(help: "Only figures whose period starts on or before this date, YYYY-MM-DD.")
  var to: String?

  @Option(help: "Only figures of this operation: its name or id.")
  var operation = ""

  @Option(help: "Only figures of exactly this population, NAME=VALUE; may be repeated. Without it: figures of all.")
  var population: [String] = []

  @OptionGroup var past: AsOfOption

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    var request = CompareRequest(regions: region, metric: metric)
    request.from = try GetCommand.date(from, "--from")
    request.to = try GetCommand.date(to, "--to")
    request.operation = operation
    request.population = try population.map { text in
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw ValidationError("--population is \"\(text)\"; it must be NAME=VALUE")
      }
      return Dimension(String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
    if let earlier = try past.consistency { request.consistency = earlier }
    let answer = try await connection.with(.query) { [request] in
      try await $0.call(Methods.compare, request, as: CompareResponse.self)
    }
    var periods: [String] = []
    var order: [String: Int] = [:]
    for fact in answer.series.flatMap(\.facts) {
      let name = fact.period?.reading ?? ""
      let start = fact.period?.start?.dayNumber ?? .max
      if order[name] == nil { periods.append(name) }
      order[name] = min(order[name] ?? .max, start)
    }
    periods.sort { (order[$0] ?? .max, $0) < (order[$1] ?? .max, $1) }
    var table = TextTable(["period"] + answer.series.map(\.region.label))
    for period in periods {
      let cells = answer.series.map { series in
        series.facts.filter { ($0.period?.reading ?? "") == period }.map { $0.quantity?.text ?? "" }
          .joined(separator: "; ")
      }
      table.add([period.isEmpty ? "not dated" : period] + cells)
    }
    guard !periods.isEmpty else {
      Output.message("no figures of \(metric) there")
      throw ExitCode(ClientExit.nothingFound)
    }
    Output.print(table.text)
  }
}

/// `figures-client operations`: what operations documents speak of.
package struct OperationsCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "operations", abstract: "List the operations that documents speak of.")

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let operations = try await connection.with(.query) { service in
      var result: [OperationSummaryRecord] = []
      var request = ListRequest()
      while true {
        let page = try await service.call(Methods.listOperations, request, as: ListOperationsResponse.self)
        result += page.operations
        if page.nextPageToken.isEmpty { return result }
        request.pageToken = page.nextPageToken
      }
    }
    var table = TextTable(["documents", "claims", "operation", "id"])
    for row in operations {
      table.add(["\(row.documentCount)", "\(row.claimCount)", row.operation.summary, row.operation.id])
    }
    Output.print(table.text)
    if operations.isEmpty { throw ExitCode(ClientExit.nothingFound) }
  }
}
