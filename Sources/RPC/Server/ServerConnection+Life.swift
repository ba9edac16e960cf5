// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import Logging
internal import NIOCore

/// Times and ends of a connection.
///
/// One timer a connection: about once a second while something is outstanding (the handshake, an open
/// stream, bytes that the socket does not take), and rarely while it is idle, so that ten thousand idle
/// connections cost nothing.
extension ServerConnection {
  struct Life {
    enum Phase {
      /// The client's preface and settings have not come.
      case handshake
      case open
      /// A first GOAWAY said that no new calls are taken.
      case noticeSent
      /// A second one named the last call that was taken.
      case goAwaySent
      /// Said farewell; what still comes is dropped.
      case closing
    }

    var phase = Phase.handshake
    var began = NIODeadline.now()
    /// When the connection is told to end for its age; nil for never.
    var endOfAge: NIODeadline?
    var idleSince: NIODeadline?
    var hasRead = false
    var lastRead = NIODeadline.now()
    /// When the PING that asks for a sign of life must have been answered.
    var pingDue: NIODeadline?
    /// Turns of the timer since the frame that has begun, if one has.
    var insideFrameTicks: UInt32 = 0
    var framesBegun: UInt64 = 0
    /// Turns of the timer during which the socket took nothing.
    var blockedTicks: UInt32 = 0
    var timer: Scheduled<Void>?
    var isTimerShort = false
    var isRejecting = false
  }

  private static let second = TimeAmount.seconds(1)

  func begin() {
    if let age = configuration.connectionAgeMax {
      // Gone at different times, so that clients do not all come back at once (gRFC A9: ±10 %).
      life.endOfAge = life.began + TimeAmount(age * Double.random(in: 0.9...1.1))
    }
    arm(Self.second)
  }

  /// Something is outstanding: the timer must turn soon.
  @inline(__always)
  func watch() {
    if !life.isTimerShort { arm(Self.second) }
  }

  private func arm(_ delay: TimeAmount) {
    guard let context else { return }
    life.timer?.cancel()
    life.isTimerShort = delay <= Self.second
    life.timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { self.turn() }
  }

  func stopTimer() {
    life.timer?.cancel()
    life.timer = nil
  }

  private func turn() {
    guard let context, life.phase != .closing else { return }
    tick &+= 1
    let now = NIODeadline.now()
    if life.hasRead {
      life.hasRead = false
      life.lastRead = now
      life.pingDue = nil
    }
    if life.phase == .handshake {
      guard now < life.began + TimeAmount(configuration.handshakeTimeout) else {
        return end(.handshakeTimeout, .noError)
      }
      return arm(Self.second)
    }
    checkFrame()
    if Duration.seconds(Int(life.insideFrameTicks)) > configuration.requestTimeout {
      return end(.requestStall, .enhanceYourCalm)
    }
    if let due = life.pingDue, now >= due { return end(.keepaliveTimeout, .noError) }
    if !checkSending(context) || !checkStreams() { return }
    if let end = life.endOfAge, now >= end {
      life.endOfAge = nil
      counters.count(.age)
      drain()
      if let grace = configuration.connectionAgeGrace {
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(grace)) { self.closeNow() }
      }
    }
    if openStreams > 0 { life.idleSince = nil } else if life.idleSince == nil { life.idleSince = now }
    if openStreams == 0, hasServed {
      hasServed = false
      loop.connectionRests()
    }
    let idleEnd = life.idleSince.map { $0 + TimeAmount(configuration.idleTimeout) }
    if let idleEnd, now >= idleEnd, life.phase == .open {
      counters.count(.idle)
      drain()
    }
    let pingAt = life.lastRead + TimeAmount(configuration.keepaliveTime)
    if life.pingDue == nil, now >= pingAt {
      life.pingDue = now + TimeAmount(configuration.keepaliveTimeout)
      session?.submitPing()
      flush()
    }
    guard openStreams == 0, life.insideFrameTicks == 0, context.channel.isWritable else {
      return arm(Self.second)
    }
    let next = [idleEnd, life.endOfAge, life.pingDue ?? pingAt].compactMap { $0 }.min() ?? .distantFuture
    arm(max(next - now, Self.second))
  }

  /// Counts how long the connection has stood inside one and the same frame.
  private func checkFrame() {
    guard let session else { return }
    let isSame = session.isInsideFrame && session.framesBegun == life.framesBegun
    life.insideFrameTicks = isSame ? life.insideFrameTicks + 1 : (session.isInsideFrame ? 1 : 0)
    life.framesBegun = session.framesBegun
  }

  /// - Returns: false if the connection was ended because the socket takes nothing.
  private func checkSending(_ context: ChannelHandlerContext) -> Bool {
    life.blockedTicks = context.channel.isWritable ? 0 : life.blockedTicks + 1
    guard Duration.seconds(Int(life.blockedTicks)) > configuration.sendStallTimeout else { return true }
    counters.count(.sendStall)
    logger.debug("connection ended: the peer does not read")
    closeNow()
    return false
  }

  /// Ends streams that do not get on.
  /// - Returns: false if the whole connection was ended.
  private func checkStreams() -> Bool {
    guard openStreams > 0 else { return true }
    var isStuck = false
    var hasReset = false
    forEachStream { stream in
      // A header list that does not end blocks the whole connection.
      if stream.pointee.phase == .headers, age(stream) >= configuration.handshakeTimeout { isStuck = true }
      guard let reason = stall(stream) else { return }
      counters.count(reason)
      session?.reset(stream.pointee.id, .cancel)
      hasReset = true
    }
    if isStuck {
      end(.handshakeTimeout, .enhanceYourCalm)
      return false
    }
    if hasReset { flush() }
    return true
  }

  private func age(_ stream: Stream) -> Duration { .seconds(Int(tick &- stream.pointee.openedTick) - 1) }

  /// Why a stream is to be ended, if it does not get on.
  private func stall(_ stream: Stream) -> ConnectionEvent? {
    switch stream.pointee.phase {
    case .headers: return nil
    case .collecting, .rejecting:
      return age(stream) >= configuration.requestTimeout ? .requestStall : nil
    case .replied:
      let still = Duration.seconds(Int(tick &- stream.pointee.progressTick) - 1)
      return still >= configuration.sendStallTimeout ? .sendStall : nil
    case .streaming:
      guard let call = stream.pointee.call?.takeUnretainedValue() else { return nil }
      let (sending, receiving) = call.ticksSinceProgress()
      if Duration.seconds(Int(sending) - 1) >= configuration.sendStallTimeout { return .sendStall }
      return Duration.seconds(Int(receiving) - 1) >= configuration.requestTimeout ? .requestStall : nil
    }
  }

  func finishHandshake() {
    if life.phase == .handshake { life.phase = .open }
  }

  /// Plain answers wait for the end of their request: an answer that overtakes it would hide what else is
  /// wrong with it. But they do not wait for long.
  func watchRejecting() {
    guard !life.isRejecting, let context else { return }
    life.isRejecting = true
    context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) {
      self.life.isRejecting = false
      self.forEachStream { if $0.pointee.phase == .rejecting { self.answerPlain($0) } }
      self.flush()
    }
  }

  // MARK: - End

  /// Says that no new calls are taken, lets the open ones end, then closes.
  func drain() {
    guard life.phase == .open || life.phase == .handshake, let session, let context else { return }
    life.phase = .noticeSent
    session.submitShutdownNotice()
    // The peer answers the PING after it has seen the notice: only then is the last stream known.
    session.submitPing()
    flush()
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.second) { self.sendGoAway() }
  }

  func noticeSeen() {
    if life.phase == .noticeSent { sendGoAway() }
  }

  private func sendGoAway() {
    guard life.phase == .noticeSent, let session else { return }
    life.phase = .goAwaySent
    session.submitGoAway(.noError)
    if isReading { return }
    flush()
  }

  /// Ends the connection for what the peer sent; what HTTP/2 has to say about it goes out first.
  func end(for error: HTTP2Error) {
    if let flood = error.flood {
      counters.count(.flood(flood))
      logger.info("connection ended: flood", metadata: ["bound": "\(flood.rawValue)"])
    } else {
      counters.count(.protocolError)
      logger.debug("connection ended by a protocol error", metadata: ["error": "\(error)"])
    }
    flush()
    closeGently()
  }

  private func end(_ event: ConnectionEvent, _ code: HTTP2ErrorCode) {
    counters.count(event)
    logger.debug("connection ended", metadata: ["reason": "\(event.name)"])
    session?.submitGoAway(code, debug: event.name)
    flush()
    closeGently()
  }

  /// Ends our half, and takes what the peer still sends for a moment: a close with unread bytes would
  /// reset the connection, and take what we said last with it.
  func closeGently() {
    guard let context, life.phase != .closing else { return }
    life.phase = .closing
    stopTimer()
    context.close(mode: .output, promise: nil)
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.second) { self.closeNow() }
  }

  func closeNow() { context?.close(promise: nil) }
}
