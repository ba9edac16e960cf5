// SPDX-License-Identifier: Apache-2.0

internal import CProtobufC
internal import CStandardProto
internal import NIOConcurrencyHelpers

/// The standard health service: what is served, and what is not yet, by service name.
///
/// The empty name stands for the whole server.
/// - Source: grpc/grpc doc/health-checking.md.
package final class HealthService: Sendable {
  private struct State {
    var serving: [String: Bool] = [:]
    var version = 0
    var watchers: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWatcher = 0
  }

  private let state = NIOLockedValueBox(State())

  package init(services: [String], isServing: Bool) {
    state.withLockedValue { state in
      for name in services + [""] { state.serving[name] = isServing }
    }
  }

  /// Sets all services at once and tells the watchers.
  package func set(isServing: Bool) {
    let waiting = state.withLockedValue { state in
      for name in state.serving.keys { state.serving[name] = isServing }
      state.version += 1
      defer { state.watchers = [:] }
      return state.watchers
    }
    for continuation in waiting.values { continuation.resume() }
  }

  package var isServing: Bool { state.withLockedValue { $0.serving[""] ?? false } }

  package func register(in router: inout Router) {
    router.unary("/grpc.health.v1.Health/Check") { request, _ in
      let name = try Self.service(request)
      guard let isServing = self.state.withLockedValue({ $0.serving[name] }) else {
        throw Status(.notFound, "no service \(name) here")
      }
      return Self.response(
        isServing
          ? GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
          : GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING)
    }
    router.serverStreaming("/grpc.health.v1.Health/Watch") { request, call in
      let name = try Self.service(request)
      var last: Bool??
      while !Task.isCancelled {
        let (version, now) = self.state.withLockedValue { ($0.version, $0.serving[name]) }
        if last == nil || last! != now {
          last = .some(now)
          let status =
            switch now {
            case .none: GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN
            case .some(true): GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
            case .some(false): GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING
            }
          try await call.send(Self.response(status))
        }
        await self.waitForChange(after: version)
      }
    }
  }

  private func waitForChange(after version: Int) async {
    let id = state.withLockedValue { state in
      state.nextWatcher += 1
      return state.nextWatcher
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLockedValue { state in
          if state.version != version || Task.isCancelled { return true }
          state.watchers[id] = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      state.withLockedValue { $0.watchers.removeValue(forKey: id) }?.resume()
    }
  }

  private static func service(_ request: [UInt8]) throws -> String {
    guard let message = grpc__health__v1__health_check_request__unpack(nil, request.count, request)
    else { throw Status(.invalidArgument, "not a grpc.health.v1.HealthCheckRequest") }
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
