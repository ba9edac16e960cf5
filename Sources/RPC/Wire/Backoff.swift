// SPDX-License-Identifier: Apache-2.0

/// Waiting times between attempts: exponential, with jitter, up to a maximum.
/// - Source: grpc/grpc doc/connection-backoff.md (its defaults: 1 s, factor 1.6, jitter 0.2, 120 s).
package struct Backoff: Sendable {
  package var initial: Duration
  package var maximum: Duration
  package var factor = 1.6
  package var jitter = 0.2
  private var next: Duration?

  package init(initial: Duration = .seconds(1), maximum: Duration = .seconds(120)) {
    self.initial = initial
    self.maximum = maximum
  }

  package mutating func nextDelay(random: Double = Double.random(in: -1...1)) -> Duration {
    let current = next ?? initial
    next = min(current * factor, maximum)
    return current * (1 + jitter * random)
  }

  package mutating func reset() { next = nil }
}
