// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct CallTests {
  @Test(arguments: [0, 1, 16_384, 70_000, 1_000_000])
  func `messages of every size come back`(size: Int) async throws {
    try await withServer { router in
      router.immediate("/t/Echo") { call, reply in
        reply.append(call.message)
        return .ok
      }
      router.unary("/t/AsyncEcho") { request, _ in request }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let message = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
      #expect(try await channel.unary("/t/Echo", message) == message)
      #expect(try await channel.unary("/t/AsyncEcho", message) == message)
    }
  }

  @Test func `shared bytes go out and their owner is let go`() async throws {
    final class Owner: Sendable {
      let onEnd: @Sendable () -> Void
      init(_ onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
      deinit { onEnd() }
    }
    let ended = NIOLockedValueBox(0)
    let bytes = UnsafeRawBufferPointer(
      UnsafeMutableRawBufferPointer.allocate(byteCount: 40_000, alignment: 8).initialized(7))
    defer { bytes.deallocate() }
    let shared = SharedBytes(bytes: bytes)
    try await withServer { router in
      router.immediate("/t/Shared") { _, reply in
        reply.buffer.append([1, 2, 3])
        reply.end(with: shared.bytes, keptBy: Owner { ended.withLockedValue { $0 += 1 } })
        return .ok
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      for _ in 0..<5 {
        #expect(try await channel.unary("/t/Shared", []) == [1, 2, 3] + Array(bytes))
      }
    }
    #expect(ended.withLockedValue { $0 } == 5)
  }

  @Test(arguments: [5, 40_000]) func `a call that takes long is handed over`(size: Int) async throws {
    try await withServer { router in
      router.immediate("/t/Halves") { call, reply in
        reply.append([0])
        guard call.message.byteCount % 2 == 1 else { return .ok }
        reply.handOver { call in
          let request = try await call.onlyMessage()
          try await Task.sleep(for: .milliseconds(5))
          if request.bytes.first == 9 { throw Status(.notFound, "nine") }
          try await call.send([request.wasCompressed ? 1 : 2] + request.bytes)
        }
        return .ok
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let message = [UInt8](repeating: 7, count: size | 1)
      for _ in 0..<20 {
        #expect(try await channel.unary("/t/Halves", message) == [2] + message)
        #expect(try await channel.unary("/t/Halves", [1, 2]) == [0])
      }
      let options = CallOptions(compression: .gzip)
      #expect(try await channel.unary("/t/Halves", message, options: options).first == 1)
      let status = await #expect(throws: Status.self) { try await channel.unary("/t/Halves", [9]) }
      #expect(status?.code == .notFound)
    }
  }

  @Test func `the message limit holds to the byte`() async throws {
    var configuration = RPCServerConfiguration()
    configuration.messageBytesMax = 1000
    try await withServer(configuration) { router in
      router.immediate("/t/Echo") { call, reply in
        reply.append(call.message)
        return .ok
      }
      router.unary("/t/AsyncEcho") { request, _ in request }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      for path in ["/t/Echo", "/t/AsyncEcho"] {
        #expect(try await channel.unary(path, [UInt8](repeating: 1, count: 1000)).count == 1000)
        #expect(
          await status { _ = try await channel.unary(path, [UInt8](repeating: 1, count: 1001)) } == .resourceExhausted)
        // The connection is still good.
        #expect(try await channel.unary(path, [1]) == [1])
      }
    }
  }

  @Test func `errors carry code and message`() async throws {
    try await withServer { router in
      router.immediate("/t/Fail") { _, _ in Status(.notFound, "no “ä” 100 %") }
      router.unary("/t/AsyncFail") { _, _ in throw Status(.aborted, "later") }
      router.unary("/t/Throws") { _, _ in
        struct Secret: Error {}
        throw Secret()
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      do {
        _ = try await channel.unary("/t/Fail", [])
        Issue.record("no error")
      } catch let status as Status { #expect(status == Status(.notFound, "no “ä” 100 %")) }
      #expect(await status { _ = try await channel.unary("/t/AsyncFail", []) } == .aborted)
      #expect(await status { _ = try await channel.unary("/t/Throws", []) } == .unknown)
      #expect(await status { _ = try await channel.unary("/t/Nothing", []) } == .unimplemented)
    }
  }

  @Test func `a slow reader holds the writer back`() async throws {
    let sent = NIOLockedValueBox(0)
    try await withServer { router in
      router.serverStreaming("/t/Flood") { _, call in
        for _ in 0..<400 {
          try await call.send([UInt8](repeating: 1, count: 64 * 1024))
          sent.withLockedValue { $0 += 1 }
        }
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let stream = try await channel.serverStreaming("/t/Flood", [])
      let iterator = stream.makeAsyncIterator()
      #expect(try await iterator.next()?.count == 64 * 1024)
      try await Task.sleep(for: .milliseconds(300))
      // Windows, socket buffers and the writer's own bound, but not the 25 MB.
      #expect(sent.withLockedValue { $0 } < 200)
      var count = 1
      while try await iterator.next() != nil { count += 1 }
      #expect(count == 400)
    }
  }

  @Test func `deadlines are enforced on both sides, and cancel the handler`() async throws {
    let began = NIOLockedValueBox(false)
    let cancelled = NIOLockedValueBox(false)
    try await withServer { router in
      router.unary("/t/Sleep") { _, call in
        #expect(call.deadline != nil)
        began.withLockedValue { $0 = true }
        do { try await Task.sleep(for: .seconds(30)) } catch { cancelled.withLockedValue { $0 = true } }
        return []
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      // On a busy machine the time can be up before the handler began: then there is nothing to cancel.
      for attempt in 1...20 where !began.withLockedValue({ $0 }) {
        let options = CallOptions(timeout: .milliseconds(100 * attempt))
        #expect(await status { _ = try await channel.unary("/t/Sleep", [], options: options) } == .deadlineExceeded)
      }
      for _ in 0..<500 where !cancelled.withLockedValue({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
      #expect(began.withLockedValue { $0 })
      #expect(cancelled.withLockedValue { $0 })
    }
  }

  @Test func `a caller that leaves cancels the handler`() async throws {
    let cancelled = NIOLockedValueBox(false)
    try await withServer { router in
      router.serverStreaming("/t/Wait") { _, call in
        try await call.send([1])
        do { try await Task.sleep(for: .seconds(30)) } catch { cancelled.withLockedValue { $0 = true } }
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let stream = try await channel.serverStreaming("/t/Wait", [])
      let iterator = stream.makeAsyncIterator()
      _ = try await iterator.next()
      stream.cancel()
      for _ in 0..<500 where !cancelled.withLockedValue({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
      #expect(cancelled.withLockedValue { $0 })
    }
  }

  @Test func `a drain lets open calls end and takes no new ones`() async throws {
    let hasStarted = NIOLockedValueBox(false)
    let mayEnd = NIOLockedValueBox(false)
    try await withServer { router in
      router.unary("/t/Slow") { _, _ in
        hasStarted.withLockedValue { $0 = true }
        while !mayEnd.withLockedValue({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        return [42]
      }
    } _: { (channel: RPCChannel, server: RPCServer) async throws in
      async let open = channel.unary("/t/Slow", [])
      while !hasStarted.withLockedValue({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
      async let drained: Void = server.drain()
      try await Task.sleep(for: .milliseconds(100))
      mayEnd.withLockedValue { $0 = true }
      #expect(try await open == [42])
      await drained
      #expect(await status { _ = try await channel.unary("/t/Slow", []) } == .unavailable)
    }
  }

  @Test func `metadata reaches the handler`() async throws {
    try await withServer { router in
      router.unary("/t/Meta") { _, call in Array(call.metadata["x-test"].joined(separator: "|").utf8) }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      var metadata = Metadata()
      try metadata.add("X-Test", "one")
      try metadata.add("x-test", "two")
      #expect(try await channel.unary("/t/Meta", [], options: CallOptions(metadata: metadata)) == Array("one|two".utf8))
    }
  }

  @Test func `a channel connects again after its server came back`() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    var router = Router()
    router.unary("/t/Echo") { request, _ in request }
    let first = RPCServer(router: router, group: group, logger: logger)
    let host = ownLoopbackAddress()
    let port = try #require(try await first.bind(host: host, port: 0).port)
    let channel = RPCChannel(target: .host(host, port: port), group: group, logger: logger)
    #expect(try await channel.unary("/t/Echo", [1]) == [1])
    await first.drain()
    #expect(await status { _ = try await channel.unary("/t/Echo", [1]) } == .unavailable)
    let second = RPCServer(router: router, group: group, logger: logger)
    _ = try await second.bind(host: host, port: port)
    #expect(try await channel.unary("/t/Echo", [2], options: CallOptions(waitsForReady: true)) == [2])
    await channel.close()
    await second.drain()
  }
}

private struct SharedBytes: @unchecked Sendable {
  // Allocated before the server starts and freed after it has drained.
  let bytes: UnsafeRawBufferPointer
}

extension UnsafeMutableRawBufferPointer {
  fileprivate func initialized(_ byte: UInt8) -> UnsafeMutableRawBufferPointer {
    for index in indices { self[index] = byte }
    return self
  }
}
