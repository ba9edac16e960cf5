// SPDX-License-Identifier: Apache-2.0

import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOPosix

/// `grpc-swift-server PORT`: the peer on grpc-swift 2 and its NIO transport, with one event loop.
@main
enum Server {
  static func main() async throws {
    guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
      fatalError("usage: grpc-swift-server PORT")
    }
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .ipv4(host: "127.0.0.1", port: port),
        transportSecurity: .plaintext,
        eventLoopGroup: MultiThreadedEventLoopGroup(numberOfThreads: 1)),
      services: [BenchService()])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      if let address = try await server.listeningAddress?.ipv4 {
        print("listening on 127.0.0.1:\(address.port)")
        flushStandardOutput()
      }
      try await group.next()
    }
  }
}

/// Registered by hand, the way that generated code does it, since the service has one method.
struct BenchService: RegistrableRPCService {
  let reply = Reply(body: [UInt8](repeating: UInt8(ascii: "x"), count: 1024))

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    router.registerHandler(
      forMethod: MethodDescriptor(
        fullyQualifiedService: "figures.bench.Bench", method: "Get", type: .unary),
      deserializer: RequestDeserializer(),
      serializer: ReplySerializer(),
      handler: { request, _ in
        let request = try await ServerRequest(stream: request)
        return StreamingServerResponse(single: try get(request))
      })
  }

  func get(_ request: ServerRequest<Request>) throws -> ServerResponse<Reply> {
    guard !request.message.body.isEmpty else {
      throw RPCError(code: .invalidArgument, message: "the body is empty")
    }
    return ServerResponse(message: reply)
  }
}
