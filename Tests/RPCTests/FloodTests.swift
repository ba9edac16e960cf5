// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Testing

@testable import RPC

/// One test a bound: the connection ends, the counter counts, and others are served.
@Suite(.timeLimit(.minutes(1))) struct FloodTests {
  /// Serves `/t/Echo` (immediate) and `/t/Wait` (never answers), lets a peer do its worst, and makes a
  /// well-formed call afterwards.
  private func attack(
    _ bound: String, _ configure: (inout RPCServerConfiguration) -> Void = { _ in }, endsConnection: Bool = true,
    _ body: (RawPeer) async throws -> Void
  ) async throws {
    var configuration = RPCServerConfiguration()
    configure(&configuration)
    var router = Router()
    router.immediate("/t/Echo") { call, reply in
      reply.append(call.message)
      return .ok
    }
    router.streaming("/t/Wait") { call in
      while try await call.next() != nil {}
      try await Task.sleep(for: .seconds(30))
    }
    router.unary("/t/Large") { _, call in
      for _ in 0..<64 { try await call.send([UInt8](repeating: 1, count: 65_536)) }
      return []
    }
    let group = MultiThreadedEventLoopGroup.singleton
    let server = RPCServer(router: router, configuration: configuration, group: group, logger: logger)
    let address = try await server.bind(host: "127.0.0.1", port: 0)
    let peer = try await RawPeer(address)
    try? await peer.send(RawPeer.preface + RawPeer.settings)
    try? await body(peer)
    if endsConnection {
      try await peer.closed()
      #expect(peer.frames.contains { $0.type == 7 }, "no GOAWAY")
    }
    #expect(try await eventually { server.boundsPassed[bound] ?? 0 > 0 }, "\(server.boundsPassed)")
    let channel = RPCChannel(target: .host("127.0.0.1", port: try #require(address.port)), group: group, logger: logger)
    #expect(try await channel.unary("/t/Echo", [1], options: CallOptions(timeout: .seconds(1))) == [1])
    await channel.close()
    await peer.close()
    #expect(try await eventually { server.connectionCount == 0 })
    await server.drain()
  }

  @Test func `PING`() async throws {
    try await attack("too_many_pings") { peer in
      for _ in 0..<10 { try await peer.send(RawPeer.frame(type: 6, stream: 0, [UInt8](repeating: 0, count: 8))) }
    }
  }

  @Test func `SETTINGS`() async throws {
    try await attack("settings-frames") { peer in
      try await peer.send(Array(repeatElement(RawPeer.settings, count: 400).joined()))
    }
  }

  @Test func `empty DATA`() async throws {
    try await attack("empty-frames") { peer in
      try await peer.send(RawPeer.headers("/t/Wait", stream: 1))
      for _ in 0..<3 { try await peer.send(RawPeer.frame(type: 0, stream: 1, [])) }
    }
  }

  @Test func `DATA of padding only`() async throws {
    try await attack("empty-frames") { peer in
      try await peer.send(RawPeer.headers("/t/Wait", stream: 1))
      let padded = RawPeer.frame(type: 0, flags: 8, stream: 1, [9] + [UInt8](repeating: 0, count: 9))
      for _ in 0..<3 { try await peer.send(padded) }
    }
  }

  @Test func `PRIORITY`() async throws {
    try await attack("priority-frames") { peer in
      let priority = RawPeer.frame(type: 2, stream: 3, [0, 0, 0, 0, 1])
      try await peer.send(Array(repeatElement(priority, count: 300).joined()))
    }
  }

  @Test func `WINDOW_UPDATE`() async throws {
    try await attack("window-updates") { peer in
      try await peer.send(RawPeer.headers("/t/Wait", stream: 1))
      let update = RawPeer.frame(type: 8, stream: 1, [0, 0, 0, 1])
      try await peer.send(Array(repeatElement(update, count: 100).joined()))
    }
  }

  @Test func `rapid reset`() async throws {
    try await attack("early-resets") { peer in
      for stream in stride(from: 1, to: 1201, by: 2) {
        try await peer.send(
          RawPeer.headers("/t/Wait", stream: stream) + RawPeer.frame(type: 3, stream: stream, [0, 0, 0, 8]))
      }
    }
  }

  @Test func `resets that the server was made to send`() async throws {
    try await attack("early-resets") { peer in
      for stream in stride(from: 1, to: 1201, by: 2) {
        // A window that overflows is an error of the stream: the server resets it.
        try await peer.send(
          RawPeer.headers("/t/Wait", stream: stream)
            + RawPeer.frame(type: 8, stream: stream, [0x7f, 0xff, 0xff, 0xff]))
      }
    }
  }

  @Test func `CONTINUATION`() async throws {
    try await attack("continuations") { peer in
      try await peer.send(RawPeer.frame(type: 1, stream: 1, [0, 1, 97, 1, 98]))
      for index in 0..<100 {
        try await peer.send(RawPeer.frame(type: 9, stream: 1, [0, 1, 97, 1, UInt8(index % 26 + 97)]))
      }
    }
  }

  @Test func `header lists that inflate`() async throws {
    try await attack("max-header-bytes") { peer in
      // One field of 4000 bytes into the table, then a byte for each time that it is meant (index 62).
      let large: [UInt8] = [0x40, 1, 97, 0x7f, 0xa1, 0x1e] + [UInt8](repeating: 98, count: 4000)
      let block = large + [UInt8](repeating: 0xbe, count: 10_000)
      try await peer.send(RawPeer.frame(type: 1, flags: 4, stream: 1, block))
    }
  }

  @Test func `a preface that does not come`() async throws {
    var configuration = RPCServerConfiguration()
    configuration.handshakeTimeout = .seconds(1)
    let server = RPCServer(
      router: Router(), configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let address = try await server.bind(host: "127.0.0.1", port: 0)
    let silent = try await RawPeer(address)
    let slow = try await RawPeer(address)
    try await slow.send(Array(RawPeer.preface.prefix(5)))
    try await silent.closed()
    try await slow.closed()
    #expect(server.boundsPassed["handshake-timeout"] == 2)
    await server.drain()
  }

  @Test func `headers that do not end`() async throws {
    try await attack("handshake-timeout", { $0.handshakeTimeout = .seconds(1) }) { peer in
      try await peer.send(RawPeer.frame(type: 1, stream: 1, [0, 1, 97, 1, 98]))
    }
  }

  @Test func `a request that stops halfway`() async throws {
    try await attack("request-timeout", { $0.requestTimeout = .seconds(1) }, endsConnection: false) { peer in
      try await peer.send(RawPeer.headers("/t/Echo", stream: 1))
      #expect(try await eventually { peer.frames.contains { $0.type == 3 } })
    }
  }

  @Test func `a frame that stops halfway`() async throws {
    try await attack("request-timeout", { $0.requestTimeout = .seconds(1) }) { peer in
      try await peer.send([0, 0, 9])
    }
  }

  @Test func `a peer that takes nothing of a reply`() async throws {
    try await attack("send-stall-timeout", { $0.sendStallTimeout = .seconds(1) }, endsConnection: false) { peer in
      try await peer.send(RawPeer.frame(type: 4, stream: 0, [0, 4, 0, 0, 0, 0]))
      try await peer.send(RawPeer.headers("/t/Echo", stream: 1))
      try await peer.send(RawPeer.frame(type: 0, flags: 1, stream: 1, [0, 0, 0, 0, 1, 7]))
      try await peer.send(RawPeer.headers("/t/Large", stream: 3))
      try await peer.send(RawPeer.frame(type: 0, flags: 1, stream: 3, [0, 0, 0, 0, 0]))
      #expect(try await eventually { peer.frames.filter { $0.type == 3 }.count == 2 })
    }
  }

  @Test func `requests that never end`() async throws {
    try await attack(
      "max-pending-bytes",
      {
        $0.pendingBytesMax = 100_000
        $0.messageBytesMax = 40_000
      }, endsConnection: false
    ) { peer in
      for stream in stride(from: 1, to: 21, by: 2) {
        try await peer.send(RawPeer.headers("/t/Echo", stream: stream))
        try await peer.send(
          RawPeer.frame(type: 0, stream: stream, [0, 0, 0, 0x90, 0] + [UInt8](repeating: 1, count: 16_000)))
      }
    }
  }

  @Test func `replies that nobody takes`() async throws {
    try await attack("max-unsent-bytes", { $0.unsentBytesMax = 50_000 }, endsConnection: false) { peer in
      try await peer.send(RawPeer.frame(type: 4, stream: 0, [0, 4, 0, 0, 0, 0]))
      let message: [UInt8] = [0, 0, 0, 0x27, 0x10] + [UInt8](repeating: 1, count: 10_000)
      for stream in stride(from: 1, to: 31, by: 2) {
        try await peer.send(
          RawPeer.headers("/t/Echo", stream: stream) + RawPeer.frame(type: 0, flags: 1, stream: stream, message))
      }
    }
  }

  @Test func `headers over the limit are answered`() async throws {
    try await attack("max-header-bytes", { $0.headerBytesMax = 1024 }, endsConnection: false) { peer in
      let more = (0..<12).map { ("name-\($0)", String(repeating: "v", count: 100)) }
      try await peer.send(RawPeer.headers("/t/Echo", stream: 1, more))
      #expect(try await eventually { peer.frames.contains { $0.type == 1 } })
    }
  }

  @Test func `connections over the limit are closed`() async throws {
    var configuration = RPCServerConfiguration()
    configuration.connectionsMax = 2
    let server = RPCServer(
      router: Router(), configuration: configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let address = try await server.bind(host: "127.0.0.1", port: 0)
    let first = try await RawPeer(address)
    let second = try await RawPeer(address)
    #expect(try await eventually { server.connectionCount == 2 })
    let third = try await RawPeer(address)
    try await third.closed()
    #expect(server.boundsPassed["max-connections"] == 1)
    await first.close()
    await second.close()
    await server.drain()
  }

  @Test func `idle and old connections are drained`() async throws {
    for (bound, configure) in [
      ("idle-timeout", { $0.idleTimeout = .seconds(1) }), ("max-connection-age", { $0.connectionAgeMax = .seconds(1) }),
    ] as [(String, (inout RPCServerConfiguration) -> Void)] {
      try await attack(bound, configure) { (peer: RawPeer) async throws in
        #expect(try await eventually { peer.frames.contains { $0.type == 7 } })
        // The PING beside the notice is answered, as any client does; then the second GOAWAY comes.
        for ping in peer.frames where ping.type == 6 && ping.flags == 0 {
          try await peer.send(RawPeer.frame(type: 6, flags: 1, stream: 0, ping.payload))
        }
      }
    }
  }

  @Test func `a peer that gives no sign of life is dropped`() async throws {
    try await attack(
      "keepalive-timeout",
      {
        $0.keepaliveTime = .seconds(1)
        $0.keepaliveTimeout = .seconds(1)
      }
    ) { (peer: RawPeer) async throws in
      #expect(try await eventually { peer.frames.contains { $0.type == 6 } })
    }
  }
}
