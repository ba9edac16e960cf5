// SPDX-License-Identifier: Apache-2.0

internal import RPC

/// The cases of gRPC's doc/http2-interop-test-descriptions.md, against servers that misbehave on purpose,
/// and two probes that say what came of a call.
extension TestClient {
  static let negativeCases: [String: Case] = [
    "goaway": { try await $0.goAway() },
    "rst_after_header": { try await $0.mustFail() },
    "rst_during_data": { try await $0.mustFail() },
    "rst_after_data": { try await $0.mustFail() },
    "ping": { try await $0.largeUnary() },
    "max_streams": { try await $0.maxStreams() },
    "probe_unary": { try await $0.probe() },
    "probe_twice": {
      try await $0.probe()
      try await Task.sleep(for: .milliseconds(300))
      try await $0.probe()
    },
  ]

  private func goAway() async throws {
    try await largeUnary()
    try await Task.sleep(for: .seconds(1))
    try await largeUnary()
  }

  private func mustFail() async throws {
    let status = try await Self.status { try await largeUnary() }
    try require(!status.isOK, "the call succeeded")
  }

  /// More calls at once than the server takes: they wait for each other.
  private func maxStreams() async throws {
    try await largeUnary()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<10 { group.addTask { try await largeUnary() } }
      try await group.waitForAll()
    }
  }

  private func probe() async throws {
    let status = try await Self.status {
      let request = SimpleRequest(responseSize: 10, payload: 10).encoded()
      let reply = try await channel.unary(
        Self.path("UnaryCall"), request, options: CallOptions(timeout: .seconds(3)))
      _ = try Payload.sizeOfReply(reply)
    }
    let message = status.message.split(whereSeparator: \.isNewline).joined(separator: " ")
    print("STATUS \(status.code.rawValue) \(message)")
  }
}
