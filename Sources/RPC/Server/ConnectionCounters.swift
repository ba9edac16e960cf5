// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOConcurrencyHelpers

/// Why a server ended a connection or a stream on its own, or refused it.
enum ConnectionEvent: Hashable {
  case flood(Flood)
  case protocolError, handshakeTimeout, keepaliveTimeout, requestStall, sendStall, unsentBytes, pendingBytes
  case headerList, connections, age, idle

  var name: String {
    switch self {
    case .flood(let flood): flood.rawValue
    case .protocolError: "protocol-error"
    case .handshakeTimeout: "handshake-timeout"
    case .keepaliveTimeout: "keepalive-timeout"
    case .requestStall: "request-timeout"
    case .sendStall: "send-stall-timeout"
    case .unsentBytes: "max-unsent-bytes"
    case .pendingBytes: "max-pending-bytes"
    case .headerList: "max-header-bytes"
    case .connections: "max-connections"
    case .age: "max-connection-age"
    case .idle: "idle-timeout"
    }
  }
}

/// Counts ``ConnectionEvent``s of a server. Behind a lock: none of them is on the path of a good call.
final class ConnectionCounters: Sendable {
  private let counts = NIOLockedValueBox<[ConnectionEvent: Int]>([:])

  func count(_ event: ConnectionEvent) { counts.withLockedValue { $0[event, default: 0] += 1 } }

  /// By the name of the bound.
  var byName: [String: Int] {
    counts.withLockedValue { Dictionary(uniqueKeysWithValues: $0.map { ($0.key.name, $0.value) }) }
  }
}
