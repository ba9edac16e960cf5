// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresProto
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

  @Option(help: "Where figures-ingest listens, HOST:PORT or unix:PATH (default 127.0.0.1:7101).")
  var ingest: String?

  @Option(
    name: .long,
    help: "Speak TLS to figures-ingest: a PEM file of those who may sign its certificate; --tls-cert names us.")
  var ingestTlsCa: String?

  @Option(help: "Readings of the past and of very large areas that may wait or run at once, 1 to 10000 (default 32).")
  var maxLongReadings: Int?

  package init() {}

  package mutating func run() async throws {
    let settings = try await Settings(program: "query", file: server.config)
    let setup = try ServerSetup(
      program: "figures-query", options: server, settings: settings, defaultListen: "127.0.0.1:7102")
    let client = try ClientSetup(
      settings, "ingest", self.ingest, default: "127.0.0.1:7101",
      authorities: settings.optionalString("ingest-tls-ca", ingestTlsCa),
      certificate: settings.optionalString("tls-cert", server.tlsCert),
      key: settings.optionalString("tls-key", server.tlsKey))
    let fold = Fold(gazetteer: .bundled, catalog: .bundled)
    let store = SnapshotStore(group: setup.group, initial: fold.snapshot())
    var router = Router()
    var configuration = client.configuration
    // A journal entry is one message, see max-entry-bytes of figures-ingest.
    configuration.messageBytesMax = 64 * 1024 * 1024
    // The feed is silent for hours: a dead peer must be noticed, and it has a back-off of its own.
    configuration.keepaliveTime = .seconds(30)
    configuration.backoffInitial = .milliseconds(100)
    configuration.backoffMax = .seconds(5)
    let channel = RPCChannel(
      target: client.target, configuration: configuration, group: setup.group, logger: setup.logger)
    let services = ["figures.v1.Query"]
    let health = HealthService(services: services, isServing: false)
    let feed = FeedService(
      channel: channel, store: store, health: health, fold: fold, logger: setup.logger)
    let longReadings = try settings.int(
      "max-long-readings", maxLongReadings, default: LongReadings.countMaxDefault, allowed: 1...10_000)
    let queries = QueryService(store: store, longReadingsMax: longReadings, isCaughtUp: { feed.isCaughtUp })
    queries.register(in: &router)
    health.register(in: &router)
    try ReflectionService(descriptorSets: [Descriptors.set]).register(in: &router)
    try await setup.run([
      feed,
      ServerService(router: router, setup: setup) {
        health.shutDown()
        queries.drain()
      },
    ])
  }
}
