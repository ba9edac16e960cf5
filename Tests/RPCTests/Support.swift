// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import RPC

let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A server and a channel on loopback for the time of a test.
func withServer(
  _ configuration: RPCServerConfiguration = .init(), client: RPCChannelConfiguration = .init(),
  _ routes: (inout Router) -> Void,
  _ body: (RPCChannel, RPCServer) async throws -> Void
) async throws {
  var router = Router()
  routes(&router)
  let group = MultiThreadedEventLoopGroup.singleton
  let server = RPCServer(router: router, configuration: configuration, group: group, logger: logger)
  let host = ownLoopbackAddress()
  let address = try await server.bind(host: host, port: 0)
  let channel = RPCChannel(
    target: .host(host, port: try #require(address.port)), configuration: client, group: group, logger: logger)
  do { try await body(channel, server) } catch {
    await channel.close()
    await server.drain()
    throw error
  }
  await channel.close()
  await server.drain()
}

/// A loopback address (RFC 1122, section 3.2.1.3: 127/8) of one test alone: once its server is gone, no server of
/// another test that runs at the same time can get the port.
func ownLoopbackAddress() -> String {
  "127.\(UInt8.random(in: 1...254)).\(UInt8.random(in: 1...254)).\(UInt8.random(in: 1...254))"
}

func status(_ body: () async throws -> Void) async -> Status.Code? {
  do {
    try await body()
    return nil
  } catch { return (error as? Status)?.code }
}

/// Waits until a condition holds, for ten seconds at most.
func eventually(_ condition: @Sendable () async -> Bool) async throws -> Bool {
  for _ in 0..<500 {
    if await condition() { return true }
    try await Task.sleep(for: .milliseconds(20))
  }
  return false
}

/// A peer that sends what it likes, byte by byte.
final class RawPeer: Sendable {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  static let settings = frame(type: 4, stream: 0, [])

  private let channel: any Channel
  private let received = NIOLockedValueBox<[UInt8]>([])

  init(_ address: SocketAddress) async throws {
    let received = self.received
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Collector(received))
        }
      }
      .connect(to: address).get()
  }

  func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  /// Returns once the other side has closed the connection.
  func closed() async throws { try await channel.closeFuture.get() }
  func close() async { try? await channel.close() }

  /// What came, cut into frames: type, flags, stream, payload.
  var frames: [(type: UInt8, flags: UInt8, stream: Int, payload: [UInt8])] {
    var rest = received.withLockedValue { $0 }[...]
    var result: [(type: UInt8, flags: UInt8, stream: Int, payload: [UInt8])] = []
    while rest.count >= 9 {
      let head = Array(rest.prefix(9))
      let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      guard rest.count >= 9 + length else { break }
      let stream = head[5...8].reduce(0) { $0 << 8 | Int($1) }
      result.append((head[3], head[4], stream, Array(rest.dropFirst(9).prefix(length))))
      rest = rest.dropFirst(9 + length)
    }
    return result
  }

  static func frame(type: UInt8, flags: UInt8 = 0, stream: Int, _ payload: [UInt8]) -> [UInt8] {
    [
      UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 0xff), UInt8(payload.count & 0xff), type, flags,
      UInt8(stream >> 24), UInt8(stream >> 16 & 0xff), UInt8(stream >> 8 & 0xff), UInt8(stream & 0xff),
    ] + payload
  }

  /// Headers of a gRPC call, as literals without compression.
  static func headers(_ path: String, stream: Int, endsStream: Bool = false, _ more: [(String, String)] = []) -> [UInt8]
  {
    let fields =
      [
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"), ("te", "trailers"),
        ("content-type", "application/grpc"),
      ] + more
    var block: [UInt8] = []
    for (name, value) in fields {
      block.append(0)
      for text in [name, value] {
        precondition(text.utf8.count < 127, "one length byte")
        block.append(UInt8(text.utf8.count))
        block += Array(text.utf8)
      }
    }
    return frame(type: 1, flags: endsStream ? 5 : 4, stream: stream, block)
  }

  private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let received: NIOLockedValueBox<[UInt8]>
    init(_ received: NIOLockedValueBox<[UInt8]>) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(unwrapInboundIn(data).readableBytesView)
      received.withLockedValue { $0 += bytes }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
