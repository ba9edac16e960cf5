// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import Gazetteer
internal import Indexing
internal import RPC
internal import ServiceSupport

/// The program `figures-query`.
package struct QueryCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "figures-query",
    abstract: "Follows the journal of figures-ingest and answers queries from memory.",
    discussion: """
      Every option can also be set in the environment (FIGURES_QUERY_LISTEN, …) and in a JSON file \
      ({"query": {"listen": "127.0.0.1:7102"}}) that --config or FIGURES_CONFIG names. \
      SIGTERM lets open calls end and exits with 0.
      """)

  @OptionGroup var server: ServerOptions

  @Option(help: "Where figures-ingest listens, HOST:PORT (default 127.0.0.1:7101).")
  var ingest: String?

  package init() {}

  package mutating func run() async throws {
    let settings = try await Settings(program: "query", file: server.config)
    let setup = try ServerSetup(
      program: "figures-query", options: server, settings: settings, defaultListen: "127.0.0.1:7102")
    let ingest = try HostPort(
      settings.string("ingest", self.ingest, default: "127.0.0.1:7101"), setting: "ingest")
    let fold = Fold(gazetteer: .bundled, catalog: .bundled)
    let store = SnapshotStore(group: setup.group, initial: fold.snapshot())
    var router = Router()
    let channel = RPCChannel(host: ingest.host, port: ingest.port, group: setup.group, logger: setup.logger)
    let services = ["figures.v1.Query"]
    let health = HealthService(services: services, isServing: false)
    let feed = FeedService(
      channel: channel, store: store, health: health, fold: fold, logger: setup.logger)
    QueryService(store: store, isCaughtUp: { feed.isCaughtUp }).register(in: &router)
    health.register(in: &router)
    try await setup.run([
      feed,
      ServerService(router: router, setup: setup) { health.set(isServing: false) },
    ])
  }
}
