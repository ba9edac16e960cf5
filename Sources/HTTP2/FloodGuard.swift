// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// What a peer overdid.
package enum Flood: String, Sendable, CaseIterable {
  case queuedFrames = "queued-frames"
  case controlFrames = "control-frames"
  case continuations
  case headerBytes = "max-header-bytes"
  case emptyFrames = "empty-frames"
  case priority = "priority-frames"
  case windowUpdates = "window-updates"
  case earlyResets = "early-resets"
  case settings = "settings-frames"
  case pings = "too_many_pings"
}

/// Counts the frames of one connection that are cheap to send and dear to receive, and says when a
/// bound of ``FloodLimits`` is passed. nghttp2 bounds the others: resets a second, CONTINUATION,
/// queued acknowledgements.
///
/// A plain struct of numbers, so that it can stand in the session's context and be tested alone.
package struct FloodGuard: Sendable {
  private let limits: FloodLimits
  /// Only a server judges its peer by PING; a client answers those of its server, within a bucket.
  private let judgesPings: Bool

  private var streamsOpened = 0
  private var streamsClosed = 0
  private var earlyResets = 0
  private var emptyFramesInARow = 0
  private var priorityFrames = 0
  private var windowUpdates = 0
  private var dataFramesSent = 0
  private var settings: TokenBucket
  private var clientPings = TokenBucket(burst: 500, perSecond: 50)
  private var lastPing: UInt64?
  private var pingStrikes = 0
  private var hasSentSincePing = false
  private var headerListBytes = 0

  package init(limits: FloodLimits, judgesPings: Bool) {
    self.limits = limits
    self.judgesPings = judgesPings
    settings = TokenBucket(burst: limits.settingsBurst, perSecond: limits.settingsPerSecond)
  }

  @inline(__always)
  mutating func streamOpened() { streamsOpened += 1 }

  /// - Source: Envoy's rule on premature resets: too many are known as soon as good streams could not
  ///   make up for them.
  mutating func streamClosed(wasResetEarly: Bool) -> Flood? {
    streamsClosed += 1
    guard wasResetEarly else { return nil }
    earlyResets += 1
    return earlyResets * 2 >= max(streamsClosed, limits.closedStreamsJudged) ? .earlyResets : nil
  }

  /// A DATA frame (`hasPayload` without its padding), or a header block's frame.
  @inline(__always)
  mutating func payloadFrame(hasPayload: Bool, endsStream: Bool) -> Flood? {
    guard !hasPayload, !endsStream else {
      emptyFramesInARow = 0
      return nil
    }
    emptyFramesInARow += 1
    return emptyFramesInARow > limits.emptyFramesInARow ? .emptyFrames : nil
  }

  @inline(__always)
  mutating func headerListBegan() { headerListBytes = 0 }

  /// A field of a header list, counted as RFC 9113 section 6.5.2 does. Over the stated limit the layer
  /// above answers; far over it, a few bytes on the wire are being made into very many.
  @inline(__always)
  mutating func headerField(bytes: Int) -> Flood? {
    headerListBytes += bytes + 32
    return headerListBytes > limits.headerListBytesMax ? .headerBytes : nil
  }

  mutating func priorityFrame() -> Flood? {
    priorityFrames += 1
    return priorityFrames > limits.priorityFramesPerStream * (1 + streamsOpened) ? .priority : nil
  }

  /// - Source: Envoy's allowance: 5 + 2 × (streams + bound × DATA frames sent).
  mutating func windowUpdate() -> Flood? {
    windowUpdates += 1
    let allowed = 5 + 2 * (streamsOpened + limits.windowUpdatesPerDataFrame * dataFramesSent)
    return windowUpdates > allowed ? .windowUpdates : nil
  }

  mutating func settingsFrame(now: UInt64) -> Flood? { settings.take(now: now) ? nil : .settings }

  mutating func ping(now: UInt64) -> Flood? {
    guard judgesPings else { return clientPings.take(now: now) ? nil : .pings }
    defer {
      lastPing = now
      hasSentSincePing = false
    }
    if hasSentSincePing { pingStrikes = 0 }
    guard !hasSentSincePing, let lastPing, now &- lastPing < limits.pingInterval else { return nil }
    pingStrikes += 1
    return pingStrikes > limits.pingStrikesMax ? .pings : nil
  }

  /// A HEADERS frame of ours went out: a peer's PING after it measures the way, and is no strike.
  @inline(__always)
  mutating func headersSent() { hasSentSincePing = true }

  @inline(__always)
  mutating func dataSent() {
    dataFramesSent += 1
    hasSentSincePing = true
  }

  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// So many at once, and so many a second after that.
struct TokenBucket: Sendable {
  private let burst: Double
  private let perSecond: Double
  private var tokens: Double
  private var last: UInt64?

  init(burst: Int, perSecond: Int) {
    self.burst = Double(burst)
    self.perSecond = Double(perSecond)
    tokens = Double(burst)
  }

  /// - Parameter now: nanoseconds of a monotonic clock.
  mutating func take(now: UInt64) -> Bool {
    if let last { tokens = min(burst, tokens + Double(now &- last) / 1e9 * perSecond) }
    last = now
    guard tokens >= 1 else { return false }
    tokens -= 1
    return true
  }
}
