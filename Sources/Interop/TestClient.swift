// SPDX-License-Identifier: Apache-2.0

internal import RPC

/// What a test case found wrong.
struct CaseFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
  if !condition { throw CaseFailure(what()) }
}

/// The test cases of gRPC's doc/interop-test-descriptions.md that need no accounts, by their names there.
struct TestClient: Sendable {
  typealias Case = @Sendable (TestClient) async throws -> Void

  let channel: RPCChannel

  static let cases: [String: Case] = [
    "empty_unary": { try await $0.emptyUnary() },
    "cacheable_unary": { try await $0.cacheableUnary() },
    "large_unary": { try await $0.largeUnary() },
    "client_compressed_unary": { try await $0.clientCompressedUnary() },
    "server_compressed_unary": { try await $0.serverCompressedUnary() },
    "client_streaming": { try await $0.clientStreaming() },
    "client_compressed_streaming": { try await $0.clientCompressedStreaming() },
    "server_streaming": { try await $0.serverStreaming() },
    "server_compressed_streaming": { try await $0.serverCompressedStreaming() },
    "ping_pong": { try await $0.pingPong() },
    "empty_stream": { try await $0.emptyStream() },
    "custom_metadata": { try await $0.customMetadata() },
    "status_code_and_message": { try await $0.statusCodeAndMessage() },
    "special_status_message": { try await $0.specialStatusMessage() },
    "unimplemented_method": { try await $0.unimplementedMethod() },
    "unimplemented_service": { try await $0.unimplementedService() },
    "cancel_after_begin": { try await $0.cancelAfterBegin() },
    "cancel_after_first_response": { try await $0.cancelAfterFirstResponse() },
    "timeout_on_sleeping_server": { try await $0.timeoutOnSleepingServer() },
  ]

  // The sizes that the descriptions name.
  static let largeRequest = 271_828
  static let largeReply = 314_159
  private static let requestSizes = [27_182, 8, 1_828, 45_904]
  private static let replySizes = [31_415, 9, 2_653, 58_979]

  static func path(_ method: String) -> String { "/\(TestServer.service)/\(method)" }

  /// A large unary call whose answer has the right size.
  func largeUnary(_ options: CallOptions = .init()) async throws {
    let request = SimpleRequest(responseSize: Self.largeReply, payload: Self.largeRequest)
    let reply = try await channel.unary(Self.path("UnaryCall"), request.encoded(), options: options)
    try Self.check(try Payload.sizeOfReply(reply), Self.largeReply)
  }

  private static func check(_ size: Int, _ wanted: Int) throws {
    try require(size == wanted, "the reply's payload has \(size) bytes, not \(wanted)")
  }

  /// The status of what should fail.
  static func status(of body: () async throws -> Void) async throws -> Status {
    do {
      try await body()
      return .ok
    } catch let status as Status { return status }
  }

  private static func expect(_ wanted: Status.Code, _ body: () async throws -> Void) async throws {
    let status = try await status(of: body)
    try require(status.code == wanted, "the status is \(status), not \(wanted.name)")
  }

  // MARK: - Unary

  private func emptyUnary() async throws {
    let reply = try await channel.unary(Self.path("EmptyCall"), [])
    try require(reply.isEmpty, "the reply has \(reply.count) bytes, not 0")
  }

  private func cacheableUnary() async throws {
    var metadata = Metadata()
    try metadata.add("x-user-ip", "1.2.3.4")
    let options = CallOptions(metadata: metadata, isIdempotent: true)
    let request = SimpleRequest(responseSize: 10, payload: 10).encoded()
    let first = try await channel.unary(Self.path("CacheableUnaryCall"), request, options: options)
    let second = try await channel.unary(Self.path("CacheableUnaryCall"), request, options: options)
    try require(first == second, "two answers to one request differ")
  }

  private func clientCompressedUnary() async throws {
    // First without compression where it is expected: a server that does not refuse does not look.
    var request = SimpleRequest(responseSize: Self.largeReply, payload: Self.largeRequest, expectCompressed: true)
    try await Self.expect(.invalidArgument) {
      _ = try await channel.unary(Self.path("UnaryCall"), request.encoded())
    }
    for compressed in [true, false] {
      request.expectCompressed = compressed
      let options = CallOptions(compression: compressed ? .gzip : .identity)
      let reply = try await channel.unary(Self.path("UnaryCall"), request.encoded(), options: options)
      try Self.check(try Payload.sizeOfReply(reply), Self.largeReply)
    }
  }

  private func serverCompressedUnary() async throws {
    for compressed in [true, false] {
      let request = SimpleRequest(
        responseSize: Self.largeReply, payload: Self.largeRequest, responseCompressed: compressed)
      let reply = try await channel.unaryReply(Self.path("UnaryCall"), request.encoded())
      try Self.check(try Payload.sizeOfReply(reply.message), Self.largeReply)
      try require(reply.wasCompressed == compressed, "the reply was compressed: \(reply.wasCompressed)")
    }
  }

  // MARK: - Streams

  private func clientStreaming() async throws {
    let reply = try await channel.clientStreaming(Self.path("StreamingInputCall")) { call in
      for size in Self.requestSizes {
        try await call.send(StreamingInputRequest(payload: size).encoded())
      }
    }
    try Self.checkTotal(reply, Self.requestSizes.reduce(0, +))
  }

  private static func checkTotal(_ reply: UnaryReply, _ wanted: Int) throws {
    var total = 0
    try Fields.read(reply.message[...]) { number, value throws(Status) in
      if number == 1 { total = Fields.int(value) }
    }
    try require(total == wanted, "aggregated_payload_size is \(total), not \(wanted)")
  }

  private func clientCompressedStreaming() async throws {
    try await Self.expect(.invalidArgument) {
      _ = try await channel.clientStreaming(Self.path("StreamingInputCall")) { call in
        try await call.send(StreamingInputRequest(payload: 27_182, expectCompressed: true).encoded())
      }
    }
    let reply = try await channel.clientStreaming(
      Self.path("StreamingInputCall"), options: CallOptions(compression: .gzip)
    ) { call in
      for (size, compressed) in [(27_182, true), (45_904, false)] {
        try await call.send(
          StreamingInputRequest(payload: size, expectCompressed: compressed).encoded(), compressed: compressed)
      }
    }
    try Self.checkTotal(reply, 73_086)
  }

  private func serverStreaming() async throws {
    let request = StreamingOutputRequest(parameters: Self.replySizes.map { .init(size: $0) })
    var sizes: [Int] = []
    for try await reply in try await channel.serverStreaming(Self.path("StreamingOutputCall"), request.encoded()) {
      sizes.append(try Payload.sizeOfReply(reply))
    }
    try require(sizes == Self.replySizes, "the replies have \(sizes) bytes")
  }

  private func serverCompressedStreaming() async throws {
    let wanted = [(31_415, true), (92_653, false)]
    let request = StreamingOutputRequest(parameters: wanted.map { .init(size: $0.0, compressed: $0.1) })
    let call = try await channel.call(Self.path("StreamingOutputCall"))
    try await call.send(request.encoded())
    try await call.finishSending()
    for (size, compressed) in wanted {
      guard let reply = try await call.nextMessage() else { throw CaseFailure("too few replies") }
      try Self.check(try Payload.sizeOfReply(reply.bytes), size)
      try require(reply.wasCompressed == compressed, "the reply was compressed: \(reply.wasCompressed)")
    }
    try require(try await call.next() == nil, "too many replies")
  }

  private func pingPong() async throws {
    let call = try await channel.call(Self.path("FullDuplexCall"))
    for (payload, size) in zip(Self.requestSizes, Self.replySizes) {
      try await call.send(StreamingOutputRequest(parameters: [.init(size: size)], payload: payload).encoded())
      guard let reply = try await call.next() else { throw CaseFailure("too few replies") }
      try Self.check(try Payload.sizeOfReply(reply), size)
    }
    try await call.finishSending()
    try require(try await call.next() == nil, "too many replies")
  }

  private func emptyStream() async throws {
    let call = try await channel.call(Self.path("FullDuplexCall"))
    try await call.finishSending()
    try require(try await call.next() == nil, "a reply to nothing")
  }

  // MARK: - Metadata and status

  private func customMetadata() async throws {
    let text = "test_initial_metadata_value"
    let bytes: [UInt8] = [0xab, 0xab, 0xab]
    var metadata = Metadata()
    try metadata.add("x-grpc-test-echo-initial", text)
    try metadata.add("x-grpc-test-echo-trailing-bin", binary: bytes)
    let options = CallOptions(metadata: metadata)
    func check(_ initial: Metadata, _ trailing: Metadata) throws {
      try require(initial["x-grpc-test-echo-initial"] == [text], "the initial metadata did not come back")
      try require(
        trailing[binary: "x-grpc-test-echo-trailing-bin"] == [bytes], "the trailing metadata did not come back")
    }
    let request = SimpleRequest(responseSize: Self.largeReply, payload: Self.largeRequest).encoded()
    let reply = try await channel.unaryReply(Self.path("UnaryCall"), request, options: options)
    try check(reply.initialMetadata, reply.trailingMetadata)
    let call = try await channel.call(Self.path("FullDuplexCall"), options: options)
    try await call.send(
      StreamingOutputRequest(parameters: [.init(size: Self.largeReply)], payload: Self.largeRequest).encoded())
    try await call.finishSending()
    while try await call.next() != nil {}
    try check(try await call.initialMetadata(), await call.trailingMetadata())
  }

  private func statusCodeAndMessage() async throws {
    let wanted = Status(.unknown, "test status message")
    let unary = try await Self.status {
      _ = try await channel.unary(Self.path("UnaryCall"), SimpleRequest(responseStatus: wanted).encoded())
    }
    try require(unary == wanted, "the status of UnaryCall is \(unary)")
    let call = try await channel.call(Self.path("FullDuplexCall"))
    try await call.send(StreamingOutputRequest(responseStatus: wanted).encoded())
    try await call.finishSending()
    let duplex = await call.status()
    try require(duplex == wanted, "the status of FullDuplexCall is \(duplex)")
  }

  private func specialStatusMessage() async throws {
    let wanted = Status(
      .unknown, "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n")
    let status = try await Self.status {
      _ = try await channel.unary(Self.path("UnaryCall"), SimpleRequest(responseStatus: wanted).encoded())
    }
    try require(status == wanted, "the status is \(status)")
  }

  private func unimplementedMethod() async throws {
    try await Self.expect(.unimplemented) { _ = try await channel.unary(Self.path("UnimplementedCall"), []) }
  }

  private func unimplementedService() async throws {
    try await Self.expect(.unimplemented) {
      _ = try await channel.unary("/grpc.testing.UnimplementedService/UnimplementedCall", [])
    }
  }

  // MARK: - Cancellation and time

  private func cancelAfterBegin() async throws {
    let call = try await channel.call(Self.path("StreamingInputCall"))
    call.cancel()
    let status = await call.status()
    try require(status.code == .cancelled, "the status is \(status)")
  }

  private func cancelAfterFirstResponse() async throws {
    let call = try await channel.call(Self.path("FullDuplexCall"))
    try await call.send(
      StreamingOutputRequest(parameters: [.init(size: Self.replySizes[0])], payload: Self.requestSizes[0]).encoded())
    guard let reply = try await call.next() else { throw CaseFailure("no reply") }
    try Self.check(try Payload.sizeOfReply(reply), Self.replySizes[0])
    call.cancel()
    let status = await call.status()
    try require(status.code == .cancelled, "the status is \(status)")
  }

  private func timeoutOnSleepingServer() async throws {
    try await Self.expect(.deadlineExceeded) {
      let call = try await channel.call(
        Self.path("FullDuplexCall"), options: CallOptions(timeout: .milliseconds(1)))
      do {
        try await call.send(StreamingOutputRequest(payload: Self.requestSizes[0]).encoded())
      } catch is Status {
        // The time may be up before the request is out: the call's status says so.
      }
      let status = await call.status()
      if !status.isOK { throw status }
    }
  }
}
