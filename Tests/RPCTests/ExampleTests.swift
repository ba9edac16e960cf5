// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import NIOCore
import NIOPosix
import RPC
import Testing

/// The worked example of the module's documentation, as a user of its public interface writes it.
@Suite(.timeLimit(.minutes(1))) struct ExampleTests {
  @Test func `the worked example does what it says`() async throws {
    var output: [String] = []
    func print(_ items: String...) { output.append(items.joined(separator: " ")) }

    // example
    var router = Router()
    // Runs on the event loop: no waiting in here.
    router.immediate("/demo.Demo/Count") { call, reply in
      guard call.message.byteCount > 0 else {
        return Status(.invalidArgument, "text: it is empty; allowed: 1 byte and more")
      }
      reply.append(Array("\(call.message.byteCount) bytes".utf8))
      return .ok
    }
    // Waits as it likes: requests in, replies out, in any order.
    router.bidirectional("/demo.Demo/Echo") { requests, call in
      for try await request in requests {
        try await call.send(request)
      }
    }
    let logger = Logger(label: "demo")
    let group = MultiThreadedEventLoopGroup.singleton
    let server = RPCServer(router: router, group: group, logger: logger)
    let address = try await server.bind(host: "127.0.0.1", port: 0)

    let target = Target.host("127.0.0.1", port: address.port ?? 0)
    let channel = RPCChannel(target: target, group: group, logger: logger)
    let options = CallOptions(timeout: .seconds(2), isIdempotent: true)
    let count = try await channel.unary("/demo.Demo/Count", Array("hello".utf8), options: options)
    print(String(decoding: count, as: UTF8.self))

    let echo = try await channel.call("/demo.Demo/Echo")
    for word in ["one", "two"] {
      try await echo.send(Array(word.utf8))
      if let reply = try await echo.next() { print(String(decoding: reply, as: UTF8.self)) }
    }
    try await echo.finishSending()
    _ = try await echo.next()

    do {
      _ = try await channel.unary("/demo.Demo/Count", [])
    } catch let status as Status {
      print(status.code.name, status.message)
    }
    await channel.close()
    await server.drain()
    // end of the example

    #expect(
      output == ["5 bytes", "one", "two", "INVALID_ARGUMENT text: it is empty; allowed: 1 byte and more"])
  }

  @Test func `the documentation shows this example`() throws {
    let here = URL(filePath: #filePath)
    let documentation = try String(
      contentsOf: here.appending(path: "../../../Sources/RPC/RPC.docc/RPC.md").standardized, encoding: .utf8)
    let source = try String(contentsOf: here, encoding: .utf8)
    func part(_ text: String, _ begin: String, _ end: String) throws -> [String] {
      let start = try #require(text.range(of: begin)).upperBound
      let stop = try #require(text.range(of: end, range: start..<text.endIndex)).lowerBound
      return text[start..<stop].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
        !$0.isEmpty
      }
    }
    #expect(
      try part(documentation, "```swift\n", "```") == part(source, "    // example\n", "    // end of the example"))
  }
}
