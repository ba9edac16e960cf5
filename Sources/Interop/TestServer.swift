// SPDX-License-Identifier: Apache-2.0

internal import CInteropProto
internal import RPC

/// grpc.testing.TestService, as gRPC's doc/interop-test-descriptions.md has it.
enum TestServer {
  static let service = "grpc.testing.TestService"
  private static let echoInitial = "x-grpc-test-echo-initial"
  private static let echoTrailing = "x-grpc-test-echo-trailing-bin"

  static var descriptors: [UInt8] {
    var count = 0
    let bytes = interop_descriptors(&count)
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }

  static func register(in router: inout Router) {
    router.immediate("/\(service)/EmptyCall") { call, reply in
      answer(call, &reply) { (_, _) throws(Status) in }
    }
    for method in ["UnaryCall", "CacheableUnaryCall"] {
      router.immediate("/\(service)/\(method)") { call, reply in
        let wasCompressed = call.wasCompressed
        return answer(call, &reply) { (bytes, reply) throws(Status) in
          let request = try SimpleRequest(decoding: bytes)
          try check(request.expectCompressed, wasCompressed)
          if let status = request.responseStatus, !status.isOK { throw status }
          reply.append(Payload.reply(try Payload.checked(request.responseSize)))
          if request.responseCompressed == true { reply.compress() }
        }
      }
    }
    router.streaming("/\(service)/StreamingOutputCall") { call in
      try await echo(call)
      let request = try StreamingOutputRequest(decoding: try await call.onlyMessage().bytes)
      try await answer(request, call)
    }
    router.streaming("/\(service)/StreamingInputCall") { call in
      try await echo(call)
      var total = 0
      while let message = try await call.nextMessage() {
        let request = try StreamingInputRequest(decoding: message.bytes)
        try check(request.expectCompressed, message.wasCompressed)
        total += request.payload
      }
      var reply = ProtoWriter()
      reply.write(1, UInt64(total))
      try await call.send(reply.bytes)
    }
    router.bidirectional("/\(service)/FullDuplexCall") { requests, call in
      try await echo(call)
      for try await request in requests {
        try await answer(try StreamingOutputRequest(decoding: request), call)
      }
    }
    router.bidirectional("/\(service)/HalfDuplexCall") { requests, call in
      try await echo(call)
      var all: [StreamingOutputRequest] = []
      for try await request in requests { all.append(try StreamingOutputRequest(decoding: request)) }
      for request in all { try await answer(request, call) }
    }
  }

  private static func answer(
    _ call: borrowing ImmediateCall, _ reply: inout ImmediateReply,
    _ body: (ArraySlice<UInt8>, inout ImmediateReply) throws(Status) -> Void
  ) -> Status {
    do throws(Status) {
      let metadata = try call.metadata()
      if !metadata.fields.isEmpty {
        let (initial, trailing) = try echoes(metadata)
        if !initial.fields.isEmpty { reply.setInitialMetadata(initial) }
        if !trailing.fields.isEmpty { reply.setTrailers(trailing) }
      }
      try body(call.message.withUnsafeBytes { Array($0) }[...], &reply)
      return .ok
    } catch {
      return error
    }
  }

  private static func answer(_ request: StreamingOutputRequest, _ call: ServerCall) async throws {
    if request.parameters.contains(where: { $0.compressed == true }) { await call.compressReplies() }
    for parameter in request.parameters {
      if parameter.intervalMicroseconds > 0 {
        try await Task.sleep(for: .microseconds(parameter.intervalMicroseconds))
      }
      try await call.send(
        Payload.reply(try Payload.checked(parameter.size)), compressed: parameter.compressed ?? false)
    }
    if let status = request.responseStatus, !status.isOK { throw status }
  }

  private static func check(_ expected: Bool?, _ wasCompressed: Bool) throws(Status) {
    if let expected, expected != wasCompressed {
      throw Status(.invalidArgument, "expect_compressed is \(expected), and the message came the other way")
    }
  }

  private static func echo(_ call: ServerCall) async throws {
    let (initial, trailing) = try echoes(call.metadata)
    if !initial.fields.isEmpty { try await call.sendInitialMetadata(initial) }
    if !trailing.fields.isEmpty { await call.addTrailers(trailing) }
  }

  private static func echoes(_ metadata: Metadata) throws(Status) -> (initial: Metadata, trailing: Metadata) {
    var initial = Metadata()
    var trailing = Metadata()
    do {
      for value in metadata[echoInitial] { try initial.add(echoInitial, value) }
      for value in metadata[binary: echoTrailing] { try trailing.add(echoTrailing, binary: value) }
    } catch {
      throw Status(.internal, "\(error)")
    }
    return (initial, trailing)
  }
}
