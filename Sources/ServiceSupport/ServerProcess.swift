// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import Foundation
package import Logging
internal import NIOCore
package import NIOPosix
package import RPC
package import ServiceLifecycle
internal import UnixSignals

/// The options that both services have.
package struct ServerOptions: ParsableArguments {
  @Option(name: .long, help: "Where to listen, HOST:PORT or unix:PATH; port 0 picks a free one and prints it.")
  package var listen: String?

  @Option(name: .long, help: "Serve TLS: a PEM file with the certificate and those that signed it.")
  package var tlsCert: String?

  @Option(name: .long, help: "A PEM file with the key of --tls-cert. Both are read again when they change.")
  package var tlsKey: String?

  @Option(name: .long, help: "Ask clients for a certificate signed by one in this PEM file.")
  package var tlsClientCa: String?

  @Option(name: .long, help: "A JSON file with settings.")
  package var config: String?

  @Option(name: .long, help: "Event loops, 1 to 64 (default: the number of cores).")
  package var threads: Int?

  @Option(name: .long, help: "Seconds that open calls may go on after SIGTERM, 0 to 600 (default 10).")
  package var drainTimeout: Int?

  @Option(name: .long, help: "What is logged: trace, debug, info, notice, warning, error (default info).")
  package var logLevel: String?

  @Flag(name: .long, help: "Listen on an address that is not loopback without TLS and clients' certificates.")
  package var insecureListen = false

  package init() {}
}

/// What a service is run with, settled from its options.
package struct ServerSetup: Sendable {
  package let listen: ListenAddress
  package let logger: Logger
  package let group: MultiThreadedEventLoopGroup
  package var rpc = RPCServerConfiguration()

  package init(
    program: String, options: ServerOptions, settings: Settings, defaultListen: String
  ) throws {
    listen = try ListenAddress(
      settings.string("listen", options.listen, default: defaultListen), setting: "listen")
    rpc.tls = try Self.tls(options, settings)
    guard
      listen.isLocal || rpc.tls?.clientCertificatesFile != nil
        || settings.flag("insecure-listen", options.insecureListen)
    else {
      throw ValidationError(
        "listen is \(listen), which is not loopback, and anybody could call; listen on 127.0.0.1, "
          + "give --tls-cert, --tls-key and --tls-client-ca, or say --insecure-listen")
    }
    let level = settings.string("log-level", options.logLevel, default: "info")
    guard let parsed = Logger.Level(rawValue: level) else {
      throw ValidationError(
        "log-level is \"\(level)\"; allowed: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    var logger = Logger(label: program) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = parsed
    self.logger = logger
    let threads = try settings.int(
      "threads", options.threads, default: System.coreCount, allowed: 1...64)
    group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
    rpc.drainTimeout = .seconds(
      try settings.int("drain-timeout", options.drainTimeout, default: 10, allowed: 0...600))
    try rpc.readLimits(settings)
    OpenFiles.raiseLimit()
  }

  private static func tls(_ options: ServerOptions, _ settings: Settings) throws -> ServerTLS? {
    let certificate = settings.optionalString("tls-cert", options.tlsCert)
    let key = settings.optionalString("tls-key", options.tlsKey)
    let clients = settings.optionalString("tls-client-ca", options.tlsClientCa)
    guard let certificate, let key else {
      guard certificate == nil, key == nil, clients == nil else {
        throw ValidationError("TLS needs both tls-cert and tls-key")
      }
      return nil
    }
    return ServerTLS(certificateChainFile: certificate, privateKeyFile: key, clientCertificatesFile: clients)
  }

  /// Runs services until SIGTERM or SIGINT, lets each end in order, and returns.
  package func run(_ services: [any Service]) async throws {
    let group = ServiceGroup(
      configuration: .init(
        services: services.map { .init(service: $0) },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
  }

  /// The service group tells of every step; only its warnings are for operators.
  private var quiet: Logger {
    var result = logger
    result.logLevel = max(result.logLevel, .warning)
    return result
  }
}

/// A gRPC server as a part of a process: listens, says where, and drains on shutdown.
package struct ServerService: Service {
  private let router: Router
  private let setup: ServerSetup
  private let onDrain: @Sendable () -> Void

  /// - Parameter onDrain: called once when shutdown begins, so that streams without an end may end.
  package init(router: Router, setup: ServerSetup, onDrain: @escaping @Sendable () -> Void) {
    self.router = router
    self.setup = setup
    self.onDrain = onDrain
  }

  package func run() async throws {
    let server = RPCServer(
      router: router, configuration: setup.rpc, group: setup.group, logger: setup.logger)
    let bound: SocketAddress
    do {
      switch setup.listen {
      case .tcp(let address): bound = try await server.bind(host: address.host, port: address.port)
      case .unix(let path): bound = try await server.bind(unixDomainSocketPath: path)
      }
    } catch let status as Status {
      throw StartError("can't listen on \(setup.listen): \(status.message)")
    } catch {
      throw StartError("can't listen on \(setup.listen): \(error)")
    }
    let shown = setup.listen.description(port: bound.port)
    FileHandle.standardOutput.write(Data("listening on \(shown)\n".utf8))
    setup.logger.info("listening", metadata: ["address": "\(shown)", "tls": "\(setup.rpc.tls != nil)"])
    try? await gracefulShutdown()
    setup.logger.info("draining")
    onDrain()
    await server.drain()
    let passed = server.boundsPassed.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    setup.logger.info("stopped", metadata: passed.isEmpty ? [:] : ["bounds-passed": "\(passed.joined(separator: " "))"])
  }
}

/// A failure to start: its text is all that an operator needs.
package struct StartError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// Runs a program's main function: what is wrong goes to standard error, and the exit code says what
/// kind it was: 2 for wrong usage, 1 for a failure to start.
package enum ServerMain {
  package static func run<Command: AsyncParsableCommand>(_ command: Command.Type) async {
    do {
      var parsed = try command.parseAsRoot()
      if var asynchronous = parsed as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try parsed.run()
      }
    } catch let error as StartError {
      fail("error: \(error)", code: 1)
    } catch {
      exit(command, with: error)
    }
  }

  /// Ends the program as ArgumentParser would, but with 2 for wrong usage.
  package static func exit(_ command: any ParsableCommand.Type, with error: any Error) -> Never {
    if command.exitCode(for: error) == .validationFailure {
      fail(command.fullMessage(for: error), code: 2)
    }
    command.exit(withError: error)
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    Foundation.exit(code)
  }
}
