// SPDX-License-Identifier: Apache-2.0

internal import CProtobufC
internal import CStandardProto
internal import NIOConcurrencyHelpers

/// The standard health service: what is served, and what is not yet, by service name.
///
/// The empty name stands for the whole server.
/// - Source: grpc/grpc doc/health-checking.md.
public final class HealthService: Sendable {
  private let serving: NIOLockedValueBox<[String: Bool]>
  private let changes = ChangeSignal()
  private let ending = NIOLockedValueBox(false)

  public init(services: [String], isServing: Bool) {
    serving = NIOLockedValueBox(
      Dictionary(uniqueKeysWithValues: (services + [""]).map { ($0, isServing) }))
  }

  /// Sets all services at once and tells the watchers.
  public func set(isServing: Bool) {
    serving.withLockedValue { serving in
      for name in serving.keys { serving[name] = isServing }
    }
    changes.notify()
  }

  /// For the end of a server: NOT_SERVING, and watchers are let go, so that they hold up no drain.
  public func shutDown() {
    ending.withLockedValue { $0 = true }
    set(isServing: false)
  }

  /// What the whole server reports.
  public var isServing: Bool { serving.withLockedValue { $0[""] ?? false } }

  /// Adds Check and Watch.
  public func register(in router: inout Router) {
    router.unary("/\(Self.name)/Check") { request, _ in
      let name = try Self.service(request)
      guard let isServing = self.serving.withLockedValue({ $0[name] }) else {
        throw Status(.notFound, "no service \(name.prefix(128)) here")
      }
      return Self.response(
        isServing
          ? GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
          : GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING)
    }
    router.serverStreaming(Self.watchPath) { request, call in
      let name = try Self.service(request)
      var last: Bool??
      while !Task.isCancelled {
        let version = self.changes.version
        let now = self.serving.withLockedValue { $0[name] }
        if last != .some(now) {
          last = .some(now)
          let status =
            switch now {
            case .none: GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN
            case .some(true): GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
            case .some(false): GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING
            }
          try await call.send(Self.response(status))
        }
        if self.ending.withLockedValue({ $0 }) { throw Status(.unavailable, "the server is shutting down") }
        await self.changes.wait(after: version)
      }
    }
  }

  /// The service's full name.
  public static let name = "grpc.health.v1.Health"
  static let watchPath = "/\(name)/Watch"

  /// An encoded request, for clients.
  static func request(for service: String) -> [UInt8] {
    var writer = ProtoWriter()
    if !service.isEmpty { writer.write(1, service) }
    return writer.bytes
  }

  /// Whether a reply says SERVING (1).
  static func isServing(_ reply: [UInt8]) -> Bool {
    var reader = ProtoReader(reply[...])
    while let field = try? reader.next() {
      if field.number == 1, case .varint(let value) = field.value { return value == 1 }
    }
    return false
  }

  private static func service(_ request: [UInt8]) throws -> String {
    guard let message = grpc__health__v1__health_check_request__unpack(nil, request.count, request)
    else { throw Status(.internal, "the request is not a valid grpc.health.v1.HealthCheckRequest") }
    defer { grpc__health__v1__health_check_request__free_unpacked(message, nil) }
    guard let name = message.pointee.service, let text = String(validatingCString: name) else {
      throw Status(.invalidArgument, "service is not valid UTF-8")
    }
    return text
  }

  private static func response(
    _ status: Grpc__Health__V1__HealthCheckResponse__ServingStatus
  ) -> [UInt8] {
    var message = Grpc__Health__V1__HealthCheckResponse()
    grpc__health__v1__health_check_response__init(&message)
    message.status = status
    let size = grpc__health__v1__health_check_response__get_packed_size(&message)
    return [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
      if let base = buffer.baseAddress {
        count = grpc__health__v1__health_check_response__pack(&message, base)
      }
    }
  }
}
