// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import RPC

/// `figures-client watch --region R`: changes of an area's figures as they come.
package struct WatchCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Show the changes of an area's figures as they come, until it is stopped.",
    discussion: """
      A line a change: the revision, what happened, the figure. A watch that was cut off goes on with --after and the last
      revision it showed.
      """)

  @Option(help: "The area: a name, or an id as `regions` shows it.")
  var region: String

  @Option(help: "Only this metric; may be repeated.")
  var metric: [String] = []

  @Option(help: "Begin with what changed after this revision (default 0: with all figures of the moment).")
  var after: UInt64 = 0

  @Flag(help: "Watch every area inside as well.")
  var allAreas = false

  @Flag(help: "End when all changes up to now were shown.")
  var once = false

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    var request = WatchRequest(region: region)
    request.metrics = metric
    request.afterRevision = after
    request.subAreas = allAreas ? .all : .parts
    let isOnce = once
    try await connection.with(.query) { [request] service in
      let stream = try await service.channel.serverStreaming(Methods.watch, request.encoded())
      defer { stream.cancel() }
      for try await bytes in stream {
        let event = try WatchResponse(decoding: bytes)
        guard let kind = event.kind, let fact = event.fact else {
          if isOnce {
            Output.message("all changes up to revision \(event.revision)")
            return
          }
          continue
        }
        let place = [fact.region?.name ?? "", fact.populationText, fact.period?.reading ?? ""]
          .filter { !$0.isEmpty }.joined(separator: ", ")
        Output.print(
          "\(event.revision)  \(kind.rawValue)  \(fact.quantity?.text ?? "") \(fact.metricName), \(place)  [\(fact.id)]"
        )
      }
    }
  }
}
