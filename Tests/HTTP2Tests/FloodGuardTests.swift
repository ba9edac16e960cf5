// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP2

@Suite struct FloodGuardTests {
  private func make(judgesPings: Bool = true) -> FloodGuard {
    FloodGuard(limits: FloodLimits(), judgesPings: judgesPings)
  }

  @Test func `the second empty frame in a row is one too many`() {
    var guardian = make()
    #expect(guardian.payloadFrame(hasPayload: false, endsStream: false) == nil)
    #expect(guardian.payloadFrame(hasPayload: true, endsStream: false) == nil)
    #expect(guardian.payloadFrame(hasPayload: false, endsStream: false) == nil)
    #expect(guardian.payloadFrame(hasPayload: false, endsStream: true) == nil)
    #expect(guardian.payloadFrame(hasPayload: false, endsStream: false) == nil)
    #expect(guardian.payloadFrame(hasPayload: false, endsStream: false) == .emptyFrames)
  }

  @Test func `a hundred PRIORITY frames a stream`() {
    var guardian = make()
    for _ in 0..<100 { #expect(guardian.priorityFrame() == nil) }
    #expect(guardian.priorityFrame() == .priority)
    guardian.streamOpened()
    #expect(guardian.priorityFrame() == nil)
  }

  @Test func `ten WINDOW_UPDATE frames a DATA frame`() {
    var guardian = make()
    for _ in 0..<5 { #expect(guardian.windowUpdate() == nil) }
    #expect(guardian.windowUpdate() == .windowUpdates)
    guardian.streamOpened()
    guardian.dataSent()
    for _ in 6..<27 { #expect(guardian.windowUpdate() == nil) }
    #expect(guardian.windowUpdate() == .windowUpdates)
  }

  @Test func `half of five hundred streams may be reset early`() {
    var guardian = make()
    for _ in 0..<249 { #expect(guardian.streamClosed(wasResetEarly: true) == nil) }
    #expect(guardian.streamClosed(wasResetEarly: true) == .earlyResets)
    guardian = make()
    for _ in 0..<1000 { #expect(guardian.streamClosed(wasResetEarly: false) == nil) }
    for _ in 0..<999 { #expect(guardian.streamClosed(wasResetEarly: true) == nil) }
    #expect(guardian.streamClosed(wasResetEarly: true) == .earlyResets)
  }

  @Test func `two strikes of PING, forgiven by an answer`() {
    var guardian = make()
    let step = FloodLimits().pingInterval
    for turn in 0..<10 as Range<UInt64> { #expect(guardian.ping(now: turn * step) == nil) }
    let now = 10 * step
    #expect(guardian.ping(now: now - 1) == nil)
    #expect(guardian.ping(now: now) == nil)
    guardian.dataSent()
    #expect(guardian.ping(now: now + 1) == nil)
    #expect(guardian.ping(now: now + 2) == nil)
    #expect(guardian.ping(now: now + 3) == nil)
    #expect(guardian.ping(now: now + 4) == .pings)
  }

  @Test func `a client takes many a PING`() {
    var guardian = make(judgesPings: false)
    for _ in 0..<500 { #expect(guardian.ping(now: 1) == nil) }
    #expect(guardian.ping(now: 1) == .pings)
    #expect(guardian.ping(now: 1_000_000_000) == nil)
  }

  @Test func `a bucket of SETTINGS fills again`() {
    var guardian = make()
    for _ in 0..<100 { #expect(guardian.settingsFrame(now: 5) == nil) }
    #expect(guardian.settingsFrame(now: 5) == .settings)
    #expect(guardian.settingsFrame(now: 1_000_000_005) == nil)
  }

  @Test(arguments: [1, 2, 3, 8, 9, 10, 1000])
  func `frames are followed however their bytes are cut`(step: Int) {
    let preface = [UInt8](repeating: 0, count: 24)
    let frames: [[UInt8]] = [0, 5, 300].map {
      [0, UInt8($0 >> 8), UInt8($0 & 255)] + [UInt8](repeating: 9, count: 6 + $0)
    }
    let bytes = preface + frames.joined()
    let ends = [24, 33, 47, 356]
    var boundary = FrameBoundary(prefaceBytes: 24)
    var index = 0
    while index < bytes.count {
      let end = min(index + step, bytes.count)
      bytes[index..<end].withUnsafeBytes { boundary.advance($0) }
      index = end
      #expect(boundary.isInside == !ends.contains(index))
    }
    #expect(boundary.frames == 3)
  }
}
