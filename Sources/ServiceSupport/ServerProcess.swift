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
  @Option(name: .long, help: "Where to listen, HOST:PORT; port 0 picks a free one and prints it.")
  package var listen: String?

  @Option(name: .long, help: "A JSON file with settings.")
  package var config: String?

  @Option(name: .long, help: "Event loops, 1 to 64 (default: the number of cores).")
  package var threads: Int?

  @Option(name: .long, help: "Seconds that open calls may go on after SIGTERM, 0 to 600 (default 10).")
  package var drainTimeout: Int?

  @Option(name: .long, help: "What is logged: trace, debug, info, notice, warning, error (default info).")
  package var logLevel: String?

  @Flag(name: .long, help: "Listen in clear text on an address that is not loopback.")
  package var insecureListen = false

  package init() {}
}

/// What a service is run with, settled from its options.
package struct ServerSetup: Sendable {
  package let listen: HostPort
  package let logger: Logger
  package let group: MultiThreadedEventLoopGroup
  package var rpc = RPCServerConfiguration()

  package init(
    program: String, options: ServerOptions, settings: Settings, defaultListen: String
  ) throws {
    listen = try HostPort(
      settings.string("listen", options.listen, default: defaultListen), setting: "listen")
    guard listen.isLoopback || settings.flag("insecure-listen", options.insecureListen) else {
      throw ValidationError(
        "listen is \(listen), which is not loopback, and calls are in clear text; "
          + "listen on 127.0.0.1, or say --insecure-listen")
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
    let address: SocketAddress
    do {
      address = try await server.bind(host: setup.listen.host, port: setup.listen.port)
    } catch {
      throw StartError("can't listen on \(setup.listen): \(error)")
    }
    FileHandle.standardOutput.write(
      Data("listening on \(setup.listen.host):\(address.port ?? setup.listen.port)\n".utf8))
    setup.logger.info("listening", metadata: ["address": "\(setup.listen.host):\(address.port ?? 0)"])
    try? await gracefulShutdown()
    setup.logger.info("draining")
    onDrain()
    await server.drain()
    setup.logger.info("stopped")
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
