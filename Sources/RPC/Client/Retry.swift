// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// When a call that failed is tried again.
///
/// Only calls that their caller marked as idempotent are, and only before anything of the answer has
/// come. A call that the server has not seen at all is tried again in any case.
/// - Source: gRFC A6.
public struct RetryPolicy: Sendable {
  /// Attempts in all; 1 for none after the first.
  public var attemptsMax = 4
  /// Pauses: random, up to a bound that grows from `initialBackoff` by `multiplier` to `backoffMax`.
  public var initialBackoff: Duration = .milliseconds(100)
  public var backoffMax: Duration = .seconds(2)
  public var multiplier = 2.0
  /// Statuses that another attempt may cure.
  public var codes: Set<Status.Code> = [.unavailable]
  /// The budget of a channel: a failure takes one token, a success gives `tokenRatio` back; there is no
  /// second attempt while half of the tokens or more are gone.
  public var tokensMax = 10.0
  public var tokenRatio = 0.1

  public init() {}

  /// No attempt after the first, not even of a call that the server has not seen.
  public static let never: RetryPolicy = {
    var policy = RetryPolicy()
    policy.attemptsMax = 1
    return policy
  }()

  /// - Parameter attempt: 1 for the pause before the second attempt.
  func pause(after attempt: Int, random: Double = .random(in: 0...1)) -> Duration {
    var bound = initialBackoff
    for _ in 1..<max(attempt, 1) { bound = min(bound * multiplier, backoffMax) }
    return min(bound, backoffMax) * random
  }
}

/// The tokens of a channel, see ``RetryPolicy/tokensMax``.
final class RetryBudget: Sendable {
  private let policy: RetryPolicy
  private let tokens: NIOLockedValueBox<Double>

  init(_ policy: RetryPolicy) {
    self.policy = policy
    tokens = NIOLockedValueBox(policy.tokensMax)
  }

  func succeeded() {
    tokens.withLockedValue { $0 = min(policy.tokensMax, $0 + policy.tokenRatio) }
  }

  /// - Returns: whether another attempt may follow.
  func failed() -> Bool {
    tokens.withLockedValue {
      $0 = max(0, $0 - 1)
      return $0 > policy.tokensMax / 2
    }
  }
}

/// Decides, attempt by attempt, whether a call goes on.
struct Attempts {
  /// How often a call that the server did nothing with is tried again at once.
  private static let unprocessedMax = 2

  let policy: RetryPolicy
  let budget: RetryBudget
  let isIdempotent: Bool
  private(set) var failed = 0
  private var unprocessed = 0

  init(policy: RetryPolicy, budget: RetryBudget, isIdempotent: Bool) {
    self.policy = policy
    self.budget = budget
    self.isIdempotent = isIdempotent
  }

  /// - Returns: the pause before the next attempt; nil if the call has failed for good.
  mutating func next(after status: Status, isUnprocessed: Bool, pushback: Int?) -> Duration? {
    if isUnprocessed, policy.attemptsMax > 1, unprocessed < Self.unprocessedMax {
      unprocessed += 1
      return .zero
    }
    guard policy.codes.contains(status.code) else { return nil }
    let hasBudget = budget.failed()
    failed += 1
    guard isIdempotent, hasBudget, failed < policy.attemptsMax else { return nil }
    if let pushback { return pushback < 0 ? nil : .milliseconds(pushback) }
    return policy.pause(after: failed)
  }
}
