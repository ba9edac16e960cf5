// SPDX-License-Identifier: Apache-2.0

import GRPCCore

struct Method<Request: Message, Response: Message>: Sendable {
  let descriptor: MethodDescriptor

  init(_ name: String, _ type: MethodDescriptor.RPCType, of service: String = "grpc.testing.TestService") {
    descriptor = MethodDescriptor(fullyQualifiedService: service, method: name, type: type)
  }
}

/// The methods of grpc.testing.TestService, and the one of its UnimplementedService.
enum Methods {
  static let emptyCall = Method<Empty, Empty>("EmptyCall", .unary)
  static let unaryCall = Method<SimpleRequest, PayloadResponse>("UnaryCall", .unary)
  static let cacheableUnaryCall = Method<SimpleRequest, PayloadResponse>("CacheableUnaryCall", .unary)
  static let streamingOutputCall = Method<StreamingOutputCallRequest, PayloadResponse>(
    "StreamingOutputCall", .serverStreaming)
  static let streamingInputCall = Method<StreamingInputCallRequest, StreamingInputCallResponse>(
    "StreamingInputCall", .clientStreaming)
  static let fullDuplexCall = Method<StreamingOutputCallRequest, PayloadResponse>(
    "FullDuplexCall", .bidirectionalStreaming)
  static let halfDuplexCall = Method<StreamingOutputCallRequest, PayloadResponse>(
    "HalfDuplexCall", .bidirectionalStreaming)

  // Never served.
  static let unimplementedCall = Method<Empty, Empty>("UnimplementedCall", .unary)
  static let unimplementedService = Method<Empty, Empty>(
    "UnimplementedCall", .unary, of: "grpc.testing.UnimplementedService")
}

/// What this program's cases and refusals begin with where the library, not the other side, is the limit.
let limit = "grpc-swift 2 cannot"

let echoInitial = "x-grpc-test-echo-initial"
let echoTrailing = "x-grpc-test-echo-trailing-bin"
