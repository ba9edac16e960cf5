// SPDX-License-Identifier: Apache-2.0

import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// What a case found wrong.
struct CaseFailure: Error, CustomStringConvertible {
  let description: String
}

/// Why the library has no words for a case, or for a part of it.
struct Inexpressible: Error, CustomStringConvertible {
  let description: String
  init(_ what: String) { description = "\(limit) \(what)" }
}

func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
  if !condition { throw CaseFailure(description: what()) }
}

/// All that came of a call.
struct Outcome<Response: Message>: Sendable {
  var initial: Metadata = [:]
  var messages: [Response] = []
  var compressed: [Bool] = []
  var trailing: Metadata = [:]
  /// Nil where the call ended with OK.
  var error: RPCError?

  init(error: RPCError) {
    self.error = error
  }

  init(_ response: ClientResponse<Response>) throws {
    switch response.accepted {
    case .success(let contents):
      initial = contents.metadata
      trailing = contents.trailingMetadata
      switch contents.message {
      case .success(let message): messages = [message]
      case .failure(let error): self.error = error
      }
      try readNotes()
    case .failure(let error):
      self.error = error
      trailing = error.metadata
    }
  }

  /// - Parameter each: gets each message when it comes, and its index.
  init(
    _ response: StreamingClientResponse<Response>, each: (Response, Int) async throws -> Void = { _, _ in }
  ) async throws {
    switch response.accepted {
    case .success(let contents):
      initial = contents.metadata
      do {
        for try await part in contents.bodyParts {
          switch part {
          case .message(let message):
            messages.append(message)
            try await each(message, messages.count - 1)
          case .trailingMetadata(let metadata):
            trailing = metadata
          }
        }
      } catch let error as RPCError {
        self.error = error
        trailing = error.metadata
      }
      try readNotes()
    case .failure(let error):
      self.error = error
      trailing = error.metadata
    }
  }

  private mutating func readNotes() throws {
    // A reply of nothing but trailers has no initial metadata, and no messages either.
    if !messages.isEmpty { compressed = try CompressionTap.notes(initial).all }
  }

  /// The messages of a call that ended with OK.
  func ok() throws -> [Response] {
    if let error { throw CaseFailure(description: "the call failed: \(error)") }
    return messages
  }

  func require(_ code: RPCError.Code, _ message: String? = nil) throws {
    guard let error else { throw CaseFailure(description: "the status is OK, not \(code)") }
    guard error.code == code, message == nil || error.message == message else {
      throw CaseFailure(
        description: "the status is \(error), not \(code)\(message.map { " with \($0.debugDescription)" } ?? "")")
    }
  }
}

/// The cases of gRPC's doc/interop-test-descriptions.md that need no accounts, by their names there.
struct TestClient: Sendable {
  typealias Case = @Sendable (TestClient) async throws -> Void

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
    "unimplemented_method": { try await $0.unimplemented(Methods.unimplementedCall) },
    "unimplemented_service": { try await $0.unimplemented(Methods.unimplementedService) },
    "cancel_after_begin": { try await $0.cancelAfterBegin() },
    "cancel_after_first_response": { try await $0.cancelAfterFirstResponse() },
    "timeout_on_sleeping_server": { try await $0.timeoutOnSleepingServer() },
  ]

  static func run(host: String, port: Int, _ body: @escaping Case) async throws {
    let transport = try HTTP2ClientTransport.Posix(
      target: .dns(host: host, port: port),
      transportSecurity: .plaintext,
      config: .defaults {
        $0.compression.enabledAlgorithms = .gzip
        $0.channelDebuggingCallbacks.onCreateHTTP2Stream = CompressionTap.install
      })
    try await withGRPCClient(transport: transport) { try await body(TestClient(client: $0)) }
  }

  let client: GRPCClient<HTTP2ClientTransport.Posix>

  // The sizes that the descriptions name.
  private static let largeRequest = 271_828
  private static let largeReply = 314_159
  private static let requestSizes = [27_182, 8, 1_828, 45_904]
  private static let replySizes = [31_415, 9, 2_653, 58_979]

  // MARK: - Calls

  private func unary<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, metadata: Metadata = [:], compressed: Bool = false
  ) async throws -> Outcome<Response> {
    try await outcome {
      try await client.unary(
        request: ClientRequest(message: request, metadata: metadata), descriptor: method.descriptor,
        serializer: Serializer<Request>(), deserializer: Deserializer<Response>(), options: options(compressed)
      ) { try Outcome($0) }
    }
  }

  private func inputCall(
    compressed: Bool = false,
    _ producer: @escaping @Sendable (RPCWriter<StreamingInputCallRequest>) async throws -> Void
  ) async throws -> Outcome<StreamingInputCallResponse> {
    try await outcome {
      try await client.clientStreaming(
        request: StreamingClientRequest(producer: producer), descriptor: Methods.streamingInputCall.descriptor,
        serializer: Serializer<StreamingInputCallRequest>(),
        deserializer: Deserializer<StreamingInputCallResponse>(), options: options(compressed)
      ) { try Outcome($0) }
    }
  }

  private func outputCall(_ parameters: [ResponseParameters]) async throws -> Outcome<PayloadResponse> {
    try await outcome {
      try await client.serverStreaming(
        request: ClientRequest(message: StreamingOutputCallRequest(responseParameters: parameters)),
        descriptor: Methods.streamingOutputCall.descriptor,
        serializer: Serializer<StreamingOutputCallRequest>(), deserializer: Deserializer<PayloadResponse>(),
        options: options(false)
      ) { try await Outcome($0) }
    }
  }

  private func duplexCall(
    metadata: Metadata = [:], timeout: Duration? = nil,
    _ producer: @escaping @Sendable (RPCWriter<StreamingOutputCallRequest>) async throws -> Void,
    each: @escaping @Sendable (PayloadResponse, Int) async throws -> Void = { _, _ in }
  ) async throws -> Outcome<PayloadResponse> {
    var options = options(false)
    options.timeout = timeout
    return try await outcome { [options] in
      try await client.bidirectionalStreaming(
        request: StreamingClientRequest(metadata: metadata, producer: producer),
        descriptor: Methods.fullDuplexCall.descriptor,
        serializer: Serializer<StreamingOutputCallRequest>(), deserializer: Deserializer<PayloadResponse>(),
        options: options
      ) { try await Outcome($0, each: each) }
    }
  }

  private func options(_ compressed: Bool) -> CallOptions {
    var options = CallOptions.defaults
    options.compression = compressed ? .gzip : CompressionAlgorithm.none
    return options
  }

  /// The library throws the statuses that it comes to by itself, such as that of a deadline.
  private func outcome<Response>(_ body: () async throws -> Outcome<Response>) async throws -> Outcome<Response> {
    do {
      return try await body()
    } catch let error as RPCError {
      return Outcome(error: error)
    }
  }

  // MARK: - Unary

  private func emptyUnary() async throws {
    let messages = try await unary(Methods.emptyCall, Empty()).ok()
    try require(messages.count == 1, "\(messages.count) replies")
  }

  private func largeUnary() async throws {
    let request = SimpleRequest(responseSize: Self.largeReply, payload: Payload(zeros: Self.largeRequest))
    try Self.check(try await unary(Methods.unaryCall, request), [Self.largeReply])
  }

  /// The replies have payloads of these sizes, all zeros.
  private static func check(_ outcome: Outcome<PayloadResponse>, _ sizes: [Int]) throws {
    let payloads = try outcome.ok().map(\.bytes)
    try require(payloads.map(\.count) == sizes, "the payloads have \(payloads.map(\.count)) bytes, not \(sizes)")
    try require(payloads.allSatisfy { $0.allSatisfy { $0 == 0 } }, "a payload is not all zeros")
  }

  private func cacheableUnary() async throws {
    let request = SimpleRequest(responseSize: 10, payload: Payload(zeros: 10))
    let metadata: Metadata = ["x-user-ip": "1.2.3.4"]
    let first = try await unary(Methods.cacheableUnaryCall, request, metadata: metadata).ok()
    let second = try await unary(Methods.cacheableUnaryCall, request, metadata: metadata).ok()
    try require(first == second, "two answers to one request differ")
  }

  private func clientCompressedUnary() async throws {
    var request = SimpleRequest(responseSize: Self.largeReply, payload: Payload(zeros: Self.largeRequest))
    // First not compressed where it is expected: a server that does not refuse does not look.
    request.expectCompressed = BoolValue(true)
    try await unary(Methods.unaryCall, request).require(.invalidArgument)
    for compressed in [true, false] {
      request.expectCompressed = BoolValue(compressed)
      try Self.check(try await unary(Methods.unaryCall, request, compressed: compressed), [Self.largeReply])
    }
  }

  private func serverCompressedUnary() async throws {
    for compressed in [true, false] {
      var request = SimpleRequest(responseSize: Self.largeReply, payload: Payload(zeros: Self.largeRequest))
      request.responseCompressed = BoolValue(compressed)
      let outcome = try await unary(Methods.unaryCall, request)
      try Self.check(outcome, [Self.largeReply])
      try require(outcome.compressed == [compressed], "the reply was compressed: \(outcome.compressed)")
    }
  }

  // MARK: - Streams

  private func clientStreaming() async throws {
    let outcome = try await inputCall { writer in
      for size in Self.requestSizes {
        try await writer.write(StreamingInputCallRequest(payload: Payload(zeros: size)))
      }
    }
    try Self.check(outcome, total: Self.requestSizes.reduce(0, +))
  }

  private static func check(_ outcome: Outcome<StreamingInputCallResponse>, total: Int) throws {
    let totals = try outcome.ok().map(\.aggregatedPayloadSize)
    try require(totals == [total], "aggregated_payload_size is \(totals), not \(total)")
  }

  private func clientCompressedStreaming() async throws {
    let first = StreamingInputCallRequest(payload: Payload(zeros: 27_182), expectCompressed: BoolValue(true))
    try await inputCall { try await $0.write(first) }.require(.invalidArgument)
    // As much of the rest as can be said: the first message as it should be, and the second compressed too.
    let second = StreamingInputCallRequest(payload: Payload(zeros: 45_904), expectCompressed: BoolValue(true))
    let outcome = try await inputCall(compressed: true) {
      try await $0.write(first)
      try await $0.write(second)
    }
    try Self.check(outcome, total: 73_086)
    throw Inexpressible(
      "send one message of a call compressed and another not: CallOptions.compression is for all (the rest holds)")
  }

  private func serverStreaming() async throws {
    try Self.check(try await outputCall(Self.replySizes.map { ResponseParameters(size: $0) }), Self.replySizes)
  }

  private func serverCompressedStreaming() async throws {
    let outcome = try await outputCall([
      ResponseParameters(size: 31_415, compressed: true), ResponseParameters(size: 92_653, compressed: false),
    ])
    try Self.check(outcome, [31_415, 92_653])
    try require(outcome.compressed == [true, false], "the replies were compressed: \(outcome.compressed)")
  }

  private func pingPong() async throws {
    let (requests, next) = AsyncStream.makeStream(of: StreamingOutputCallRequest.self)
    let send: @Sendable (Int) -> Void = { index in
      guard index < Self.requestSizes.count else { return next.finish() }
      next.yield(Self.ping(index))
    }
    send(0)
    let outcome = try await duplexCall {
      for await request in requests { try await $0.write(request) }
    } each: { _, index in
      send(index + 1)
    }
    try Self.check(outcome, Self.replySizes)
  }

  private static func ping(_ index: Int) -> StreamingOutputCallRequest {
    StreamingOutputCallRequest(
      responseParameters: [ResponseParameters(size: replySizes[index])], payload: Payload(zeros: requestSizes[index]))
  }

  private func emptyStream() async throws {
    let messages = try await duplexCall { _ in }.ok()
    try require(messages.isEmpty, "\(messages.count) replies to nothing")
  }

  // MARK: - Metadata and status

  private func customMetadata() async throws {
    let text = "test_initial_metadata_value"
    let bytes: [UInt8] = [0xab, 0xab, 0xab]
    var metadata = Metadata()
    metadata.addString(text, forKey: echoInitial)
    metadata.addBinary(bytes, forKey: echoTrailing)

    func check(_ outcome: Outcome<PayloadResponse>) throws {
      try Self.check(outcome, [Self.largeReply])
      let initial = Array(outcome.initial[stringValues: echoInitial])
      let trailing = Array(outcome.trailing[binaryValues: echoTrailing])
      try require(initial == [text], "\(echoInitial) came back as \(initial)")
      try require(trailing == [bytes], "\(echoTrailing) came back as \(trailing)")
    }
    let request = SimpleRequest(responseSize: Self.largeReply, payload: Payload(zeros: Self.largeRequest))
    try check(try await unary(Methods.unaryCall, request, metadata: metadata))
    try check(
      try await duplexCall(metadata: metadata) {
        try await $0.write(
          StreamingOutputCallRequest(
            responseParameters: [ResponseParameters(size: Self.largeReply)],
            payload: Payload(zeros: Self.largeRequest)))
      })
  }

  private func statusCodeAndMessage() async throws {
    let wanted = EchoStatus(code: 2, message: "test status message")
    try await unary(Methods.unaryCall, SimpleRequest(responseStatus: wanted)).require(.unknown, wanted.message)
    try await duplexCall { try await $0.write(StreamingOutputCallRequest(responseStatus: wanted)) }
      .require(.unknown, wanted.message)
  }

  private func specialStatusMessage() async throws {
    let wanted = EchoStatus(
      code: 2, message: "\t\ntest with whitespace\r\nand Unicode BMP \u{263A} and non-BMP \u{1F608}\t\n")
    try await unary(Methods.unaryCall, SimpleRequest(responseStatus: wanted)).require(.unknown, wanted.message)
  }

  private func unimplemented(_ method: Method<Empty, Empty>) async throws {
    try await unary(method, Empty()).require(.unimplemented)
  }

  // MARK: - Cancellation and time

  private func cancelAfterBegin() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let call = Task {
      defer { begin.finish() }
      return try await inputCall { _ in
        begin.finish()
        await Self.untilCancelled()
      }
    }
    for await _ in begun {}
    call.cancel()
    try await Self.requireCancelled(call)
  }

  private func cancelAfterFirstResponse() async throws {
    let (replies, reply) = AsyncStream.makeStream(of: Int.self)
    let call = Task {
      defer { reply.finish() }
      return try await duplexCall {
        try await $0.write(Self.ping(0))
        await Self.untilCancelled()
      } each: { message, _ in
        reply.yield(message.bytes.count)
      }
    }
    for await size in replies {
      try require(size == Self.replySizes[0], "the payload has \(size) bytes, not \(Self.replySizes[0])")
      call.cancel()
    }
    try await Self.requireCancelled(call)
  }

  /// Keeps the requests of a call from their end till it is cancelled, and a bit longer: what a producer throws
  /// or ends with while its call is being cancelled can take the place of the call's own end (as UNAVAILABLE).
  private static func untilCancelled() async {
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
    await Task.detached { try? await Task.sleep(for: .milliseconds(500)) }.value
  }

  /// A call is cancelled by its task. Of such a call grpc-swift 2 does not say CANCELLED but throws Swift's
  /// CancellationError, or UNKNOWN with that as its cause (issue 9 of grpc/grpc-swift-2).
  private static func requireCancelled<Response>(_ call: Task<Outcome<Response>, any Error>) async throws {
    do {
      let outcome = try await call.value
      if outcome.error?.cause is CancellationError { return }
      try outcome.require(.cancelled)
    } catch is CancellationError {}
  }

  private func timeoutOnSleepingServer() async throws {
    // Connects: otherwise the time is up before that, and the server hears nothing of the call.
    try await emptyUnary()
    try await duplexCall(timeout: .milliseconds(1)) {
      try await $0.write(StreamingOutputCallRequest(payload: Payload(zeros: Self.requestSizes[0])))
      try await Task.sleep(for: .seconds(60))
    }.require(.deadlineExceeded)
  }
}
