// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import RPC

extension RPCServerConfiguration {
  /// The bounds that operators may set: in the environment or the configuration file, see
  /// docs/architecture.md. Times are in seconds.
  ///
  /// - Throws: `ValidationError` that names the setting and what is allowed.
  mutating func readLimits(_ settings: Settings) throws {
    try read(settings, "max-connections", \.connectionsMax, 1...1_000_000)
    try read(settings, "max-concurrent-streams", \.concurrentStreamsMax, 1...100_000)
    try read(settings, "max-header-bytes", \.headerBytesMax, 1024...1_048_576)
    try read(settings, "max-unsent-bytes", \.unsentBytesMax, 65_536...1_073_741_824)
    try read(settings, "max-pending-bytes", \.pendingBytesMax, 65_536...1_073_741_824)
    try read(settings, "handshake-timeout", \.handshakeTimeout, 1...600)
    try read(settings, "request-timeout", \.requestTimeout, 1...3600)
    try read(settings, "send-stall-timeout", \.sendStallTimeout, 1...3600)
    try read(settings, "idle-timeout", \.idleTimeout, 1...86_400)
    try read(settings, "keepalive-time", \.keepaliveTime, 1...86_400)
    try read(settings, "keepalive-timeout", \.keepaliveTimeout, 1...3600)
    // 0: never.
    let age = try settings.int("max-connection-age", nil, default: 0, allowed: 0...604_800)
    connectionAgeMax = age == 0 ? nil : .seconds(age)
    let grace = try settings.int("max-connection-age-grace", nil, default: 0, allowed: 0...86_400)
    connectionAgeGrace = grace == 0 ? nil : .seconds(grace)
  }

  private mutating func read(
    _ settings: Settings, _ name: String, _ bound: WritableKeyPath<Self, Int>, _ allowed: ClosedRange<Int>
  ) throws {
    self[keyPath: bound] = try settings.int(name, nil, default: self[keyPath: bound], allowed: allowed)
  }

  private mutating func read(
    _ settings: Settings, _ name: String, _ bound: WritableKeyPath<Self, Duration>,
    _ allowed: ClosedRange<Int>
  ) throws {
    let seconds = Int(self[keyPath: bound].components.seconds)
    self[keyPath: bound] = .seconds(try settings.int(name, nil, default: seconds, allowed: allowed))
  }
}

/// How many files, and so connections, a process may have open.
enum OpenFiles {
  /// Takes all that the system allows: the default of many shells, 1024, is less than `max-connections`.
  static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
