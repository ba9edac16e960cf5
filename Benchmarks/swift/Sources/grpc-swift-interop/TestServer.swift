// SPDX-License-Identifier: Apache-2.0

import GRPCCore
import GRPCNIOTransportHTTP2Posix

/// grpc.testing.TestService, as gRPC's doc/interop-test-descriptions.md has it.
struct TestServer: RegistrableRPCService {
  /// Serves until the process ends.
  static func run(port: Int) async throws {
    let server = GRPCServer(
      transport: .http2NIOPosix(
        address: .ipv4(host: "127.0.0.1", port: port),
        transportSecurity: .plaintext,
        config: .defaults {
          $0.compression.enabledAlgorithms = .gzip
          $0.channelDebuggingCallbacks.onAcceptHTTP2Stream = CompressionTap.install
          // A request may have as much payload as a reply, and has some bytes around it.
          $0.rpc.maxRequestPayloadSize = Payload.bytesMax + 64 * 1024
        }),
      services: [TestServer()])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.serve() }
      if let address = try await server.listeningAddress?.ipv4 {
        print("listening on 127.0.0.1:\(address.port)")
        flushStandardOutput()
      }
      try await group.next()
    }
  }

  func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
    register(Methods.emptyCall, &router, empty)
    register(Methods.unaryCall, &router, unary)
    register(Methods.cacheableUnaryCall, &router, unary)
    register(Methods.streamingOutputCall, &router, output)
    register(Methods.streamingInputCall, &router, input)
    register(Methods.fullDuplexCall, &router, fullDuplex)
    register(Methods.halfDuplexCall, &router, halfDuplex)
  }

  private func register<Transport: ServerTransport, Request, Response>(
    _ method: Method<Request, Response>, _ router: inout RPCRouter<Transport>,
    _ body:
      @escaping @Sendable (StreamingServerRequest<Request>, Call) async throws -> StreamingServerResponse<Response>
  ) {
    router.registerHandler(
      forMethod: method.descriptor, deserializer: Deserializer<Request>(), serializer: Serializer<Response>()
    ) { requests, _ in
      try await body(requests, Call(requests.metadata))
    }
  }

  private func empty(
    _ requests: StreamingServerRequest<Empty>, _ call: Call
  ) async throws -> StreamingServerResponse<Empty> {
    let request = try await ServerRequest(stream: requests)
    return call.response { try await $0.write(request.message) }
  }

  private func unary(
    _ requests: StreamingServerRequest<SimpleRequest>, _ call: Call
  ) async throws -> StreamingServerResponse<PayloadResponse> {
    let request = try await ServerRequest(stream: requests).message
    try call.check(request.expectCompressed, message: 0)
    try call.throwIfNotOK(request.responseStatus)
    let reply = try call.reply(request.responseSize, request.responseCompressed)
    return call.response { try await $0.write(reply) }
  }

  private func output(
    _ requests: StreamingServerRequest<StreamingOutputCallRequest>, _ call: Call
  ) async throws -> StreamingServerResponse<PayloadResponse> {
    let request = try await ServerRequest(stream: requests).message
    return call.response { try await call.answer(request, $0) }
  }

  private func input(
    _ requests: StreamingServerRequest<StreamingInputCallRequest>, _ call: Call
  ) async throws -> StreamingServerResponse<StreamingInputCallResponse> {
    var (count, total) = (0, 0)
    for try await request in requests.messages {
      try call.check(request.expectCompressed, message: count)
      count += 1
      total += request.payload?.body.count ?? 0
    }
    let reply = StreamingInputCallResponse(aggregatedPayloadSize: total)
    return call.response { try await $0.write(reply) }
  }

  private func fullDuplex(
    _ requests: StreamingServerRequest<StreamingOutputCallRequest>, _ call: Call
  ) -> StreamingServerResponse<PayloadResponse> {
    call.response { writer in
      for try await request in requests.messages { try await call.answer(request, writer) }
    }
  }

  private func halfDuplex(
    _ requests: StreamingServerRequest<StreamingOutputCallRequest>, _ call: Call
  ) -> StreamingServerResponse<PayloadResponse> {
    call.response { writer in
      var all: [StreamingOutputCallRequest] = []
      for try await request in requests.messages { all.append(request) }
      for request in all { try await call.answer(request, writer) }
    }
  }
}

/// What the metadata of a call ask for, and how its messages came.
struct Call: Sendable {
  private let initial: Metadata
  private let trailing: Metadata
  private let compressesReplies: Bool
  private let notes: CompressionTap.Notes

  init(_ metadata: Metadata) throws {
    var (initial, trailing) = (Metadata(), Metadata())
    for value in metadata[stringValues: echoInitial] { initial.addString(value, forKey: echoInitial) }
    for value in metadata[binaryValues: echoTrailing] { trailing.addBinary(value, forKey: echoTrailing) }
    self.initial = initial
    self.trailing = trailing
    // As the transport does: of what the caller accepts, it takes the first that it has.
    compressesReplies =
      metadata[stringValues: "grpc-accept-encoding"]
      .flatMap { $0.split(whereSeparator: { $0 == "," || $0 == " " }) }
      .first { $0 == "gzip" || $0 == "identity" } == "gzip"
    notes = try CompressionTap.notes(metadata)
  }

  func response<Response>(
    _ body: @escaping @Sendable (RPCWriter<Response>) async throws -> Void
  ) -> StreamingServerResponse<Response> {
    StreamingServerResponse(metadata: initial) { writer in
      try await body(writer)
      return trailing
    }
  }

  func answer(_ request: StreamingOutputCallRequest, _ writer: RPCWriter<PayloadResponse>) async throws {
    for parameters in request.responseParameters {
      if parameters.intervalMicroseconds > 0 {
        try await Task.sleep(for: .microseconds(parameters.intervalMicroseconds))
      }
      try await writer.write(reply(parameters.size, parameters.compressed))
    }
    try throwIfNotOK(request.responseStatus)
  }

  func reply(_ size: Int, _ compressed: BoolValue?) throws -> PayloadResponse {
    guard (0...Payload.bytesMax).contains(size) else {
      throw error(.invalidArgument, "a reply of \(size) bytes is asked for; allowed: 0 to \(Payload.bytesMax)")
    }
    if let compressed, compressed.value != compressesReplies {
      throw error(
        .unimplemented,
        """
        \(limit) send this reply \(compressed.value ? "compressed" : "uncompressed"): all replies of a call have \
        the first encoding in grpc-accept-encoding that its transport knows
        """)
    }
    return PayloadResponse(payload: Payload(zeros: size))
  }

  /// Whether the message with this index came as it says of itself.
  func check(_ expected: BoolValue?, message index: Int) throws {
    guard let expected else { return }
    let flags = notes.all
    guard flags.indices.contains(index), flags[index] == expected.value else {
      throw error(.invalidArgument, "expect_compressed is \(expected.value), and the message came the other way")
    }
  }

  func throwIfNotOK(_ status: EchoStatus?) throws {
    guard let status, status.code != 0 else { return }
    let code = Status.Code(rawValue: status.code).flatMap(RPCError.Code.init) ?? .unknown
    throw error(code, status.message)
  }

  private func error(_ code: RPCError.Code, _ message: String) -> RPCError {
    RPCError(code: code, message: message, metadata: trailing)
  }
}
