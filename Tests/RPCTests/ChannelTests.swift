// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct ChannelTests {
  private static let group = MultiThreadedEventLoopGroup.singleton
  private let host = ownLoopbackAddress()

  /// A server whose method says which one it is.
  private func server(
    _ name: UInt8, health: HealthService? = nil, host: String? = nil, port: Int = 0
  ) async throws -> (server: RPCServer, port: Int) {
    var router = Router()
    router.unary("/t/Name") { _, _ in [name] }
    health?.register(in: &router)
    let server = RPCServer(router: router, group: Self.group, logger: logger)
    let address = try await server.bind(host: host ?? self.host, port: port)
    return (server, try #require(address.port))
  }

  private func channel(
    _ target: String, _ configure: (inout RPCChannelConfiguration) -> Void = { _ in }
  ) throws -> RPCChannel {
    var configuration = RPCChannelConfiguration()
    configuration.backoffInitial = .milliseconds(50)
    configure(&configuration)
    return RPCChannel(target: try Target(target), configuration: configuration, group: Self.group, logger: logger)
  }

  private func names(_ channel: RPCChannel, calls: Int) async throws -> [UInt8: Int] {
    var counts: [UInt8: Int] = [:]
    for _ in 0..<calls {
      counts[try await channel.unary("/t/Name", [])[0], default: 0] += 1
    }
    return counts
  }

  @Test func `pick_first stays with the first that answers`() async throws {
    let (first, firstPort) = try await server(1)
    let (second, secondPort) = try await server(2)
    // Nobody listens on port 1.
    let channel = try channel("ipv4:\(host):1,\(host):\(firstPort),\(host):\(secondPort)")
    #expect(try await names(channel, calls: 10) == [1: 10])
    await first.drain()
    #expect(try await names(channel, calls: 10) == [2: 10])
    await channel.close()
    await second.drain()
  }

  @Test func `round_robin takes turns, and leaves out what is gone`() async throws {
    let (first, firstPort) = try await server(1)
    let (second, secondPort) = try await server(2)
    let channel = try channel("ipv4:\(host):\(firstPort),\(host):\(secondPort)") { $0.loadBalancing = .roundRobin }
    #expect(
      try await eventually {
        let counts = (try? await names(channel, calls: 20)) ?? [:]
        return counts == [1: 10, 2: 10]
      })
    await first.drain()
    #expect(try await names(channel, calls: 10) == [2: 10])
    let (again, _) = try await server(3, port: firstPort)
    #expect(try await eventually { ((try? await names(channel, calls: 10)) ?? [:])[3] == 5 })
    await channel.close()
    await again.drain()
    await second.drain()
  }

  @Test func `an unhealthy server gets no calls`() async throws {
    let healths = [
      HealthService(services: ["t"], isServing: true), HealthService(services: ["t"], isServing: false),
    ]
    let (first, firstPort) = try await server(1, health: healths[0])
    let (second, secondPort) = try await server(2, health: healths[1])
    let channel = try channel("ipv4:\(host):\(firstPort),\(host):\(secondPort)") {
      $0.loadBalancing = .roundRobin
      $0.healthCheckedService = "t"
    }
    #expect(try await names(channel, calls: 10) == [1: 10])
    healths[1].set(isServing: true)
    #expect(try await eventually { ((try? await names(channel, calls: 10)) ?? [:]) == [1: 5, 2: 5] })
    healths[0].set(isServing: false)
    #expect(try await eventually { ((try? await names(channel, calls: 10)) ?? [:]) == [2: 10] })
    healths[1].set(isServing: false)
    #expect(
      try await eventually { await status { _ = try await channel.unary("/t/Name", []) } == .unavailable })
    await channel.close()
    await first.drain()
    await second.drain()
  }

  @Test func `a server without a health service counts as healthy`() async throws {
    let (server, port) = try await server(1)
    let channel = try channel("\(host):\(port)") { $0.healthCheckedService = "t" }
    #expect(try await names(channel, calls: 1) == [1: 1])
    await channel.close()
    await server.drain()
  }

  @Test func `names resolve`() async throws {
    let (server, port) = try await server(1, host: "127.0.0.1")
    for target in ["localhost:\(port)", "dns:localhost:\(port)", "dns:///localhost:\(port)", "ipv4:127.0.0.1:\(port)"] {
      let channel = try channel(target)
      #expect(try await names(channel, calls: 1) == [1: 1])
      await channel.close()
    }
    let unknown = try channel("name.invalid:1")
    #expect(await status { _ = try await unknown.unary("/t/Name", []) } == .unavailable)
    await unknown.close()
    await server.drain()
  }

  @Test(arguments: [
    "", "unix:", "host:99999", "host:x", "ipv4:name:1", "ipv6:[::1", "a b:1", "dns://a", "ipv4:", "host:1:2/",
  ])
  func `bad targets are refused`(text: String) {
    #expect(throws: Status.self) { try Target(text) }
  }

  @Test func `targets have an authority`() throws {
    #expect(try Target("example.org").authority == "example.org:443")
    #expect(try Target("ipv6:[::1]:7").authority == "[::1]:7")
    #expect(try Target("[::1]:7").authority == "[::1]:7")
    #expect(try Target("::1").authority == "[::1]:443")
    #expect(try Target("unix:///a/b").authority == "localhost")
    #expect(Target.host("::1", port: 5).description == "[::1]:5")
  }

  @Test func `calls go through a socket in the file system`() async throws {
    let path = "/tmp/figures-\(UInt32.random(in: 0...UInt32.max)).sock"
    for _ in 0..<2 {
      // The second time the socket of the first is still there.
      var router = Router()
      router.unary("/t/Name") { _, _ in [1] }
      let server = RPCServer(router: router, group: Self.group, logger: logger)
      _ = try await server.bind(unixDomainSocketPath: path)
      let channel = try channel("unix:\(path)")
      #expect(try await names(channel, calls: 3) == [1: 3])
      await channel.close()
      await server.drain()
    }
  }

  @Test func `a call may wait for a server`() async throws {
    let (early, port) = try await server(1)
    await early.drain()
    let channel = try channel("\(host):\(port)")
    #expect(await status { _ = try await channel.unary("/t/Name", []) } == .unavailable)
    #expect(
      await status {
        _ = try await channel.unary(
          "/t/Name", [], options: CallOptions(timeout: .milliseconds(200), waitsForReady: true))
      } == .deadlineExceeded)
    async let waiting = channel.unary("/t/Name", [], options: CallOptions(timeout: .seconds(20), waitsForReady: true))
    try await Task.sleep(for: .milliseconds(100))
    let (late, _) = try await server(2, port: port)
    #expect(try await waiting == [2])
    await channel.close()
    await late.drain()
  }

  @Test func `idempotent calls are tried again, within a budget`() async throws {
    let calls = NIOLockedValueBox(0)
    var client = RPCChannelConfiguration()
    client.retry.initialBackoff = .milliseconds(1)
    try await withServer(client: client) { router in
      router.unary("/t/Third") { _, call in
        let count = calls.withLockedValue { count in
          count += 1
          return count
        }
        guard count % 3 == 0 else { throw Status(.unavailable, "attempt \(count)") }
        return Array(call.metadata["grpc-previous-rpc-attempts"].joined().utf8)
      }
      router.unary("/t/Never") { _, _ in
        calls.withLockedValue { $0 += 1 }
        throw Status(.unavailable, "never")
      }
      router.unary("/t/Pushed") { _, call in
        calls.withLockedValue { $0 += 1 }
        var trailers = Metadata(unchecked: "grpc-retry-pushback-ms", "-1")
        trailers.append(Metadata())
        await call.addTrailers(trailers)
        throw Status(.unavailable, "do not try again")
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let again = CallOptions(isIdempotent: true)
      #expect(await status { _ = try await channel.unary("/t/Third", []) } == .unavailable)
      calls.withLockedValue { $0 = 0 }
      _ = try await channel.unary("/t/Third", [], options: again)
      #expect(calls.withLockedValue { $0 } == 3)
      var replies = 0
      calls.withLockedValue { $0 = 0 }
      for try await _ in try await channel.serverStreaming("/t/Third", [], options: again) { replies += 1 }
      #expect(replies == 1 && calls.withLockedValue { $0 } == 3)
      calls.withLockedValue { $0 = 0 }
      #expect(await status { _ = try await channel.unary("/t/Pushed", [], options: again) } == .unavailable)
      #expect(calls.withLockedValue { $0 } == 1)
      calls.withLockedValue { $0 = 0 }
      for _ in 0..<20 {
        #expect(await status { _ = try await channel.unary("/t/Never", [], options: again) } == .unavailable)
      }
      // Without a budget it would be 80: the tokens end it.
      #expect(calls.withLockedValue { $0 } < 30)
    }
  }

  @Test func `deadlines go on to the calls that a handler makes`() async throws {
    let seen = NIOLockedValueBox<Duration?>(nil)
    let (inner, port) = try await { () async throws -> (RPCServer, Int) in
      var router = Router()
      router.unary("/t/Inner") { _, call in
        seen.withLockedValue { $0 = call.timeRemaining }
        try await Task.sleep(for: .seconds(30))
        return []
      }
      let server = RPCServer(router: router, group: Self.group, logger: logger)
      return (server, try #require(try await server.bind(host: "127.0.0.1", port: 0).port))
    }()
    let onward = try channel("127.0.0.1:\(port)")
    try await withServer { router in
      router.unary("/t/Outer") { request, _ in try await onward.unary("/t/Inner", request) }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      #expect(
        await status { _ = try await channel.unary("/t/Outer", [], options: CallOptions(timeout: .seconds(2))) }
          == .deadlineExceeded)
      let remaining = try #require(seen.withLockedValue { $0 })
      #expect(remaining <= .seconds(2))
    }
    await onward.close()
    await inner.drain()
  }

  @Test func `a closing channel lets open calls end`() async throws {
    let hasStarted = NIOLockedValueBox(false)
    let mayEnd = NIOLockedValueBox(false)
    try await withServer { router in
      router.unary("/t/Slow") { _, _ in
        hasStarted.withLockedValue { $0 = true }
        while !mayEnd.withLockedValue({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        return [1]
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      async let reply = channel.unary("/t/Slow", [])
      #expect(try await eventually { hasStarted.withLockedValue { $0 } })
      async let closed: Void = channel.close(grace: .seconds(20))
      try await Task.sleep(for: .milliseconds(50))
      mayEnd.withLockedValue { $0 = true }
      #expect(try await reply == [1])
      await closed
      #expect(await status { _ = try await channel.unary("/t/Slow", []) } == .unavailable)
    }
  }

  @Test func `a server that falls silent is given up`() async throws {
    var client = RPCChannelConfiguration()
    client.keepaliveTime = .milliseconds(200)
    client.keepaliveTimeout = .milliseconds(200)
    // Says that it is there, and nothing ever after.
    let silent = try await ServerBootstrap(group: Self.group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          channel.writeAndFlush(ByteBuffer(bytes: RawPeer.settings), promise: nil)
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let channel = RPCChannel(
      target: .host("127.0.0.1", port: try #require(silent.localAddress?.port)), configuration: client,
      group: Self.group, logger: logger)
    #expect(await status { _ = try await channel.unary("/t/Name", []) } == .unavailable)
    await channel.close()
    try await silent.close()
  }
}

extension Metadata {
  /// A field of gRPC's own, which callers may not send.
  init(unchecked name: String, _ value: String) {
    self.init()
    _ = Array(name.utf8).withUnsafeBytes { name in
      Array(value.utf8).withUnsafeBytes { addReceived(name: name, value: $0) }
    }
  }
}
