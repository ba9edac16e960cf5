// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import Testing

@testable import RPC

@Suite(.timeLimit(.minutes(1))) struct StreamingTests {
  @Test func `many requests make one reply`() async throws {
    try await withServer { router in
      router.clientStreaming("/t/Sum") { requests, _ in
        var sum: UInt8 = 0
        for try await request in requests { sum &+= request.reduce(0, &+) }
        return [sum]
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let reply = try await channel.clientStreaming("/t/Sum") { call in
        for value in 1...100 as ClosedRange<UInt8> { try await call.send([value]) }
      }
      #expect(reply.message == [UInt8(5050 & 255)])
    }
  }

  @Test func `requests and replies in any order`() async throws {
    try await withServer { router in
      router.bidirectional("/t/Echo") { requests, call in
        for try await request in requests { try await call.send(request) }
      }
      router.bidirectional("/t/After") { requests, call in
        var all: [[UInt8]] = []
        for try await request in requests { all.append(request) }
        for request in all.reversed() { try await call.send(request) }
      }
      router.bidirectional("/t/Before") { requests, call in
        for value in 0..<3 as Range<UInt8> { try await call.send([value]) }
        for try await _ in requests {}
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let echo = try await channel.call("/t/Echo")
      for value in 0..<20 as Range<UInt8> {
        try await echo.send([value])
        #expect(try await echo.next() == [value])
      }
      try await echo.finishSending()
      #expect(try await echo.next() == nil)

      let after = try await channel.call("/t/After")
      for value in 0..<20 as Range<UInt8> { try await after.send([value]) }
      try await after.finishSending()
      var replies: [[UInt8]] = []
      for try await reply in after.replies { replies.append(reply) }
      #expect(replies == (0..<20 as Range<UInt8>).reversed().map { [$0] })

      let before = try await channel.call("/t/Before")
      for value in 0..<3 as Range<UInt8> { #expect(try await before.next() == [value]) }
      try await before.finishSending()
      #expect(try await before.next() == nil)
      await #expect(throws: Status.self) { try await before.send([1]) }
    }
  }

  @Test func `a server may answer before it has all`() async throws {
    try await withServer { router in
      router.streaming("/t/Enough") { call in
        _ = try await call.next()
        throw Status(.outOfRange, "enough")
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let call = try await channel.call("/t/Enough")
      try await call.send([1])
      #expect(await call.status() == Status(.outOfRange, "enough"))
      await #expect(throws: Status(.outOfRange, "enough")) { try await call.send([2]) }
      #expect(
        await status {
          _ = try await channel.clientStreaming("/t/Enough") { call in
            for _ in 0..<1000 { try await call.send([UInt8](repeating: 0, count: 10_000)) }
          }
        } == .outOfRange)
    }
  }

  @Test func `a slow handler holds the caller back`() async throws {
    let mayRead = NIOLockedValueBox(false)
    try await withServer { router in
      router.clientStreaming("/t/Slow") { requests, _ in
        while !mayRead.withLockedValue({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        var count = 0
        for try await _ in requests { count += 1 }
        return [UInt8(count & 255)]
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let sent = NIOLockedValueBox(0)
      async let reply = channel.clientStreaming("/t/Slow") { call in
        for _ in 0..<400 {
          try await call.send([UInt8](repeating: 0, count: 65_536))
          sent.withLockedValue { $0 += 1 }
        }
      }
      try await Task.sleep(for: .milliseconds(300))
      // The window of a stream and the writer's own bound, but not the 25 MB.
      #expect(sent.withLockedValue { $0 } < 100)
      mayRead.withLockedValue { $0 = true }
      #expect(try await reply.message == [UInt8(400 & 255)])
    }
  }

  @Test func `metadata goes both ways, bytes too`() async throws {
    try await withServer { router in
      router.streaming("/t/Meta") { call in
        var initial = Metadata()
        try initial.add("x-first", call.metadata["x-text"].joined(separator: "+"))
        try await call.sendInitialMetadata(initial)
        var trailers = Metadata()
        for value in call.metadata[binary: "x-bytes-bin"] { try trailers.add("x-bytes-bin", binary: value) }
        await call.addTrailers(trailers)
        while let request = try await call.next() { try await call.send(request) }
      }
      router.immediate("/t/MetaNow") { call, reply in
        do throws(Status) {
          reply.setTrailers(try call.metadata())
          return .ok
        } catch { return error }
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      var metadata = Metadata()
      try metadata.add("x-text", "one")
      try metadata.add("X-Text", "two")
      for length in 0..<5 { try metadata.add("x-bytes-bin", binary: [UInt8](repeating: 0xfe, count: length)) }
      for path in ["/t/Meta", "/t/MetaNow"] {
        let reply = try await channel.unaryReply(path, [1], options: CallOptions(metadata: metadata))
        #expect(
          reply.trailingMetadata[binary: "x-bytes-bin"] == (0..<5).map { [UInt8](repeating: 0xfe, count: $0) })
        if path == "/t/Meta" { #expect(reply.initialMetadata["x-first"] == ["one+two"]) }
      }
    }
  }

  @Test func `status details arrive`() async throws {
    let detail = StatusDetail.errorInfo(reason: "NO_SUCH_AREA", domain: "figures", metadata: ["name": "Atlantis"])
    try await withServer { router in
      router.immediate("/t/Fail") { _, _ in Status(.notFound, "no area", details: [detail]) }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      do {
        _ = try await channel.unary("/t/Fail", [])
        Issue.record("no error")
      } catch let status as Status {
        #expect(status.code == .notFound)
        #expect(try status.decodedDetails() == [detail])
      }
    }
  }

  @Test func `messages are compressed where both sides say so`() async throws {
    try await withServer { router in
      router.immediate("/t/Now") { call, reply in
        reply.append(call.message)
        if call.wasCompressed { reply.compress() }
        return .ok
      }
      router.streaming("/t/Later") { call in
        await call.compressReplies()
        while let request = try await call.nextMessage() {
          try await call.send(request.bytes, compressed: request.wasCompressed)
        }
      }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let message = [UInt8](repeating: 65, count: 100_000)
      for path in ["/t/Now", "/t/Later"] {
        for compression in CompressionAlgorithm.allCases {
          let reply = try await channel.unaryReply(path, message, options: CallOptions(compression: compression))
          #expect(reply.message == message)
          #expect(reply.wasCompressed == (compression == .gzip))
        }
      }
    }
  }

  @Test func `what inflates over the limit is refused`() async throws {
    var configuration = RPCServerConfiguration()
    configuration.messageBytesMax = 10_000
    try await withServer(configuration) { router in
      router.immediate("/t/Now") { call, reply in
        reply.append(call.message)
        return .ok
      }
      router.unary("/t/Later") { request, _ in request }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      for path in ["/t/Now", "/t/Later"] {
        for (size, code) in [(10_000, nil), (10_001, Status.Code.resourceExhausted), (10_000_000, .resourceExhausted)] {
          let message = [UInt8](repeating: 0, count: size)
          #expect(
            await status { _ = try await channel.unary(path, message, options: CallOptions(compression: .gzip)) }
              == code)
        }
      }
    }
  }

  @Test func `headers too large to send end the call`() async throws {
    try await withServer { router in
      router.unary("/t/Large") { _, call in
        var trailers = Metadata()
        for index in 0..<40 { try trailers.add("x-\(index)", String(repeating: "v", count: 4000)) }
        await call.addTrailers(trailers)
        throw Status(.aborted, "too much to say")
      }
      router.unary("/t/Echo") { request, _ in request }
    } _: { (channel: RPCChannel, _: RPCServer) async throws in
      let code = await status {
        _ = try await channel.unary("/t/Large", [], options: CallOptions(timeout: .seconds(5)))
      }
      #expect(code == .internal || code == .resourceExhausted)
      #expect(try await channel.unary("/t/Echo", [1]) == [1])
    }
  }
}
