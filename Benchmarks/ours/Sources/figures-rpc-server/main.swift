// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import NIOCore
import NIOPosix
import RPC

/// The benchmark's service on this project's RPC library, by its public interface alone.

/// The body of a figures.bench.Request, which is its only field.
func bodyCount(_ message: RawSpan) -> Int? {
  guard message.byteCount >= 2, message.unsafeLoad(fromByteOffset: 0, as: UInt8.self) == 0x0a else { return nil }
  var count = 0
  for index in 1..<min(message.byteCount, 6) {
    let byte = message.unsafeLoad(fromByteOffset: index, as: UInt8.self)
    count |= Int(byte & 0x7f) << (7 * (index - 1))
    if byte < 0x80 { return message.byteCount == index + 1 + count ? count : nil }
  }
  return nil
}

/// The body is made once, as in the other servers; what holds it is sent without a copy, as figures-query does.
let body = SharedBytes([UInt8](repeating: UInt8(ascii: "x"), count: 1024))
/// Field 1 of a figures.bench.Reply, 1024 bytes long.
let head: [UInt8] = [0x0a, UInt8(1024 & 0x7f | 0x80), UInt8(1024 >> 7)]

var router = Router()
router.immediate("/figures.bench.Bench/Get") { call, reply in
  guard let count = bodyCount(call.message), count > 0 else {
    return Status(.invalidArgument, "body: it is empty; allowed: 1 byte and more")
  }
  reply.append(head)
  reply.end(with: body)
  return .ok
}
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0
let server = RPCServer(
  router: router, group: MultiThreadedEventLoopGroup(numberOfThreads: 1), logger: Logger(label: "figures-rpc-server"))
let address = try await server.bind(host: "127.0.0.1", port: port)
FileHandle.standardOutput.write(Data("listening on 127.0.0.1:\(address.port ?? port)\n".utf8))
while true { try await Task.sleep(for: .seconds(3600)) }
