// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FiguresProto
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RPC
internal import ServiceSupport

/// The options of every command that calls a service.
struct ConnectionOptions: ParsableArguments {
  @Option(help: "Where figures-query listens, HOST:PORT or unix:PATH (default 127.0.0.1:7102).")
  var server: String?

  @Option(help: "Where figures-ingest listens, HOST:PORT or unix:PATH (default 127.0.0.1:7101).")
  var ingest: String?

  @OptionGroup var tls: ClientTLSOptions

  @Option(help: "Seconds to wait for an answer, 1 to 3600 (default 30).")
  var timeout: Int?

  @Option(help: "A JSON file with settings.")
  var config: String?

  enum Target { case query, ingest }

  /// Runs a body with a connection to one of the services, and closes it.
  func with<Value>(_ target: Target, _ body: (Service) async throws -> Value) async throws -> Value {
    let settings = try await Settings(program: "client", file: config)
    let (setting, flag, fallback) =
      target == .query ? ("server", server, "127.0.0.1:7102") : ("ingest", ingest, "127.0.0.1:7101")
    let setup = try ClientSetup(
      settings, setting, flag, default: fallback, authorities: settings.optionalString("tls-ca", tls.tlsCa),
      certificate: settings.optionalString("tls-cert", tls.tlsCert),
      key: settings.optionalString("tls-key", tls.tlsKey))
    let seconds = try settings.int("timeout", timeout, default: 30, allowed: 1...3600)
    var configuration = setup.configuration
    configuration.messageBytesMax = 64 * 1024 * 1024
    configuration.connectTimeout = .seconds(5)
    let channel = RPCChannel(
      target: setup.target, configuration: configuration, group: MultiThreadedEventLoopGroup.singleton,
      logger: Logger(label: "figures-client") { _ in SwiftLogNoOpLogHandler() })
    let service = Service(channel: channel, timeout: .seconds(seconds))
    do {
      let value = try await body(service)
      await channel.close()
      return value
    } catch {
      await channel.close()
      throw error
    }
  }
}

/// Calls of a service, typed.
struct Service {
  let channel: RPCChannel
  let timeout: Duration

  func call<Reply: WireMessage>(_ path: String, _ request: some WireMessage, as: Reply.Type) async throws -> Reply {
    let reply = try await channel.unary(path, request.encoded(), options: CallOptions(timeout: timeout))
    return try decode(reply)
  }

  /// A call whose request has no fields.
  func call<Reply: WireMessage>(_ path: String, as: Reply.Type) async throws -> Reply {
    try decode(try await channel.unary(path, [], options: CallOptions(timeout: timeout)))
  }

  private func decode<Reply: WireMessage>(_ bytes: [UInt8]) throws -> Reply {
    do { return try Reply(decoding: bytes) } catch {
      throw ClientError(exit: ClientExit.refused, "the service's answer can't be read: \(error)")
    }
  }
}
