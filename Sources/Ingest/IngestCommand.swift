// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresProto
internal import Extraction
internal import Journaling
internal import Logging
internal import NIOPosix
internal import RPC
internal import ServiceSupport

/// The program `figures-ingest`.
package struct IngestCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "figures-ingest",
    abstract: "Takes documents in, extracts their figures and keeps the journal.",
    discussion: """
      Every option can also be set in the environment (FIGURES_INGEST_LISTEN, …) and in a JSON file \
      ({"ingest": {"listen": "127.0.0.1:7101"}}) that --config or FIGURES_CONFIG names. \
      SIGTERM lets open calls end and exits with 0.
      """)

  @OptionGroup var server: ServerOptions

  @Option(help: "The directory of the journal; it is made if it is not there (default figures-data).")
  var data: String?

  @Option(help: "Bytes of the largest document, 1 to 64 MiB (default 10485760).")
  var maxDocumentBytes: Int?

  @Option(help: "Bytes of the largest journal entry, 1 to 56 MiB (default 58720256).")
  var maxEntryBytes: Int?

  package init() {}

  package mutating func run() async throws {
    let settings = try await Settings(program: "ingest", file: server.config)
    var setup = try ServerSetup(
      program: "figures-ingest", options: server, settings: settings, defaultListen: "127.0.0.1:7101")
    var limits = IngestLimits()
    limits.documentBytesMax = try settings.int(
      "max-document-bytes", maxDocumentBytes, default: limits.documentBytesMax,
      allowed: 1...64 * 1024 * 1024)
    limits.entryBytesMax = try settings.int(
      "max-entry-bytes", maxEntryBytes, default: limits.entryBytesMax, allowed: 1...limits.entryBytesMax)
    setup.rpc.messageBytesMax = limits.messageBytesMax
    let directory = settings.string("data", data, default: "figures-data")
    let journal: SQLiteJournal
    do {
      journal = try SQLiteJournal(directory: directory)
    } catch {
      throw StartError("the journal in \(directory) can't be opened: \(error)")
    }
    let head = try await journal.head()
    setup.logger.info(
      "journal open",
      metadata: ["data": "\(directory)", "journal": "\(journal.id)", "head": "\(head)"])
    let service = IngestService(
      journal: journal, extractor: Extractor(), limits: limits, threads: .singleton, logger: setup.logger)
    var router = Router()
    service.register(in: &router)
    let health = HealthService(services: router.services, isServing: true)
    health.register(in: &router)
    try ReflectionService(descriptorSets: [Descriptors.set]).register(in: &router)
    try await setup.run([
      ServerService(router: router, setup: setup) {
        health.shutDown()
        service.drain()
      }
    ])
  }
}
