// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import Foundation
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPC

/// The program `grpc-interop`: gRPC's interoperability tests, either side.
package struct InteropCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "grpc-interop",
    abstract: "gRPC's interoperability tests: a server, and a client with the official cases.",
    subcommands: [ServerCommand.self, ClientCommand.self])

  package init() {}

  /// Runs with the flags of gRPC's own programs, which write switches as `--use_tls=true`.
  package static func runMain() async {
    let arguments = CommandLine.arguments.dropFirst().compactMap { argument -> String? in
      if argument == "--use_tls=true" { return "--use_tls" }
      return argument == "--use_tls=false" ? nil : argument
    }
    await main(Array(arguments))
  }
}

struct ServerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "server", abstract: "Serves grpc.testing.TestService on 127.0.0.1, with health and reflection.")

  @Option(name: .customLong("port"), help: "0 picks a free port.")
  var port: Int

  @Flag(name: .customLong("use_tls"), help: "Serve TLS; needs both files.")
  var useTLS = false

  @Option(name: .customLong("tls_cert_file"), help: "A PEM file with the certificate and those that signed it.")
  var certificateFile: String?

  @Option(name: .customLong("tls_key_file"), help: "A PEM file with its key.")
  var keyFile: String?

  @Option(name: .customLong("threads"), help: "Event loops (default 2).")
  var threads = 2

  mutating func validate() throws {
    if useTLS, certificateFile == nil || keyFile == nil {
      throw ValidationError("--use_tls needs --tls_cert_file and --tls_key_file")
    }
  }

  mutating func run() async throws {
    var router = Router()
    TestServer.register(in: &router)
    HealthService(services: router.services, isServing: true).register(in: &router)
    try ReflectionService(descriptorSets: [TestServer.descriptors]).register(in: &router)
    var configuration = RPCServerConfiguration()
    // A reply may have 4 MiB of payload, and so may a request.
    configuration.messageBytesMax = Payload.bytesMax + 64 * 1024
    if useTLS, let certificateFile, let keyFile {
      configuration.tls = ServerTLS(certificateChainFile: certificateFile, privateKeyFile: keyFile)
    }
    var logger = Logger(label: "grpc-interop") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .notice
    let server = RPCServer(
      router: router, configuration: configuration, group: MultiThreadedEventLoopGroup(numberOfThreads: threads),
      logger: logger)
    let address = try await server.bind(host: "127.0.0.1", port: port)
    FileHandle.standardOutput.write(Data("listening on 127.0.0.1:\(address.port ?? port)\n".utf8))
    // Until it is ended by a signal.
    while true { try await Task.sleep(for: .seconds(3600)) }
  }
}

struct ClientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "client",
    abstract: "Runs one test case; the exit code is 0 where it holds.",
    discussion: "Cases: "
      + (TestClient.cases.keys.sorted() + TestClient.negativeCases.keys.sorted()).joined(separator: ", "))

  @Option(name: .customLong("server_host"), help: "The server's name or address.")
  var host = "localhost"

  @Option(name: .customLong("server_port"), help: "The server's port.")
  var port: Int

  @Option(name: .customLong("server_host_override"), help: "The name that the server's certificate has.")
  var hostOverride: String?

  @Option(name: .customLong("test_case"), help: "The name of the case.")
  var testCase: String

  @Flag(name: .customLong("use_tls"), help: "Speak TLS.")
  var useTLS = false

  @Option(name: .customLong("ca_file"), help: "A PEM file of those who may sign the server's certificate.")
  var authoritiesFile: String?

  mutating func run() async throws {
    guard let body = TestClient.cases[testCase] ?? TestClient.negativeCases[testCase] else {
      throw ValidationError("no case \(testCase); see --help")
    }
    var configuration = RPCChannelConfiguration()
    if useTLS { configuration.tls = ClientTLS(trustedCertificatesFile: authoritiesFile, serverName: hostOverride) }
    configuration.authority = hostOverride.map { "\($0):\(port)" }
    if testCase.hasPrefix("probe") { configuration.retry = .never }
    let channel = RPCChannel(
      target: .host(host, port: port), configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "grpc-interop") { _ in SwiftLogNoOpLogHandler() })
    let client = TestClient(channel: channel)
    do {
      try await body(client)
    } catch {
      FileHandle.standardError.write(Data("\(testCase): \(error)\n".utf8))
      throw ExitCode.failure
    }
    await channel.close()
  }
}
