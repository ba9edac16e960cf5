// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
package import NIOCore

/// A call that an async handler has: messages in, messages out, metadata and deadline.
///
/// All state belongs to the connection's event loop; methods hop there if need be. That is the guard
/// behind `@unchecked Sendable`.
///
/// Back-pressure: ``next()`` opens the peer's window only for messages that were taken, and
/// ``send(_:compressed:)`` waits while more than 256 KiB are unsent. Cancellation: the handler's task is
/// cancelled when the caller leaves or the deadline passes.
public final class ServerCall: @unchecked Sendable {
  /// Reply bytes that may wait in memory before ``send(_:compressed:)`` waits.
  static let bufferedBytesMax = 256 * 1024

  /// `/package.Service/Method`.
  public let path: String
  /// What the caller sent with the call.
  public let metadata: Metadata
  /// When the caller stops waiting; nil if it did not say.
  package let deadline: NIODeadline?
  package let eventLoop: any EventLoop

  let stream: Int32
  private unowned let connection: ServerConnection
  private let acceptsGzip: Bool

  private var reader: MessageReader
  private var receivedEnd = false
  /// A request that came whole, with nothing left to count of it.
  private var handedOver: ReceivedMessage?
  private var readerWaiting: CheckedContinuation<Void, Never>?
  /// Something came since ``takeMessage()`` looked: what comes between a look and a wait is not missed.
  private var hasNews = false
  private(set) var outgoing = RawBuffer()
  private var writerWaiting: CheckedContinuation<Void, Never>?
  private var hasSentHeaders = false
  private var initialMetadata = Metadata()
  private var compressesReplies = false
  private(set) var trailers = Metadata()
  /// Set once: what ended the call early, or the handler's outcome.
  private(set) var outcome: Status?
  private var isClosed = false
  /// Whether the connection counts what is left in `reader` no more.
  private var hasLetGo = false
  private var task: Task<Void, Never>?
  private var timer: Scheduled<Void>?
  /// The connection's tick when bytes last moved.
  private var progressTick: UInt32

  init(
    connection: ServerConnection, state: ServerStream, path: String, metadata: Metadata,
    messageBytesMax: Int, eventLoop: any EventLoop
  ) {
    self.connection = connection
    stream = state.id
    self.path = path
    self.metadata = metadata
    // Longer than a century is for ever, and does not fit the clock.
    deadline = state.timeout > 3_153_600_000 * 1_000_000_000 ? nil : .now() + .nanoseconds(state.timeout)
    acceptsGzip = state.marks.contains(.acceptsGzip)
    reader = MessageReader(messageBytesMax: messageBytesMax)
    reader.encoding = state.encoding
    progressTick = state.openedTick
    self.eventLoop = eventLoop
  }

  deinit {
    reader.free()
    outgoing.free()
  }

  // MARK: - For handlers

  /// How long the caller still waits; nil if it did not say.
  public var timeRemaining: Duration? {
    deadline.map { .nanoseconds(max(0, ($0 - .now()).nanoseconds)) }
  }

  /// The request messages, in order; ends once the caller has sent its last.
  public var messages: Messages { Messages(call: self) }

  /// The next request message; nil once the caller has sent its last.
  /// - Throws: a ``Status`` if the call ended early or a message broke a rule.
  public func next() async throws -> [UInt8]? { try await nextMessage()?.bytes }

  /// The next request message, with how it was sent; nil once the caller has sent its last.
  /// - Throws: a ``Status`` if the call ended early or a message broke a rule.
  public func nextMessage() async throws -> ReceivedMessage? {
    while true {
      switch try await onLoop({ try $0.takeMessage() }) {
      case .message(let message): return message
      case .end: return nil
      case .wait: await waitForData()
      }
    }
  }

  /// The request of a method that takes exactly one.
  /// - Throws: UNIMPLEMENTED for another number, as gRPC's statuscodes.md has it.
  public func onlyMessage() async throws -> ReceivedMessage {
    guard let request = try await nextMessage() else {
      throw Status(.unimplemented, "the call has no request message; this method takes one")
    }
    if try await nextMessage() != nil { throw Self.tooManyRequests }
    return request
  }

  static let tooManyRequests = Status(
    .unimplemented, "the call has more than one request message; this method takes one")

  /// Sends metadata before the first message; without it that goes with the first message.
  /// - Throws: a ``Status`` if the call is over.
  public func sendInitialMetadata(_ metadata: Metadata) async throws {
    try await onLoop { call in
      if let outcome = call.outcome { throw Self.over(outcome) }
      guard !call.hasSentHeaders else { throw Status(.internal, "initial metadata goes out once") }
      call.initialMetadata = metadata
      call.sendHeaders()
      call.connection.scheduleFlush()
    }
  }

  /// Sends replies in gzip from now on, unless ``send(_:compressed:)`` says otherwise.
  /// - Returns: false where the caller does not take it, or something was sent already.
  @discardableResult
  public func compressReplies() async -> Bool {
    guard acceptsGzip else { return false }
    let isSet = try? await onLoop { call in
      guard !call.hasSentHeaders else { return false }
      call.compressesReplies = true
      return true
    }
    return isSet ?? false
  }

  /// Sends a reply message; waits while the peer is behind.
  ///
  /// - Parameter compressed: nil as ``compressReplies()`` has it; true has an effect after it only.
  /// - Throws: a ``Status`` if the call is over.
  public func send(_ message: [UInt8], compressed: Bool? = nil) async throws {
    let mustWait = try await onLoop { call in
      try call.enqueue(message, compressed: compressed)
      return call.outgoing.count > Self.bufferedBytesMax
    }
    if mustWait { await waitForRoom() }
  }

  /// Adds metadata to what goes out with the status.
  public func addTrailers(_ trailers: Metadata) async {
    _ = try? await onLoop { $0.trailers.append(trailers) }
  }

  /// The request messages of a call, as a sequence that is read once.
  public struct Messages: AsyncSequence, Sendable {
    fileprivate let call: ServerCall
    public func makeAsyncIterator() -> Iterator { Iterator(call: call) }

    public struct Iterator: AsyncIteratorProtocol {
      fileprivate let call: ServerCall
      public func next() async throws -> [UInt8]? { try await call.next() }
    }
  }

  // MARK: - On the loop

  func start(_ handler: @escaping StreamingHandler, executor: LoopExecutor) {
    eventLoop.assertInEventLoop()
    if let deadline {
      timer = eventLoop.scheduleTask(deadline: deadline) { [weak self] in
        self?.fail(Status(.deadlineExceeded, "the deadline passed before the call was answered"))
      }
    }
    let task = Task.immediate(executorPreference: executor) {
      var status = Status.ok
      do {
        if let deadline {
          try await CallDeadline.$current.withValue(deadline) { try await handler(self) }
        } else {
          try await handler(self)
        }
      } catch { status = Status(catching: error) }
      let outcome = status
      _ = try? await self.onLoop { $0.finish(outcome) }
    }
    if !isClosed { self.task = task }
  }

  /// The only request, which another handler has had before.
  func received(_ message: ReceivedMessage) {
    handedOver = message
    receivedEnd = true
  }

  func dataReceived(_ bytes: UnsafeRawBufferPointer) {
    guard outcome == nil else {
      connection.letGo(bytes.count)
      return connection.consume(bytes.count, stream: stream)
    }
    progressTick = connection.tick
    // What can't fit into one message is told at once, not after it has all arrived.
    if let status = reader.append(bytes) { return fail(status) }
    wakeReader()
  }

  func endReceived() {
    receivedEnd = true
    wakeReader()
  }

  /// Ends the call from outside the handler: deadline, broken rule.
  func fail(_ status: Status) {
    guard outcome == nil else { return }
    task?.cancel()
    finish(status)
  }

  /// The stream is gone: cancelled by the peer, or answered in full.
  func streamClosed() {
    isClosed = true
    if outcome == nil {
      outcome = Status(.cancelled, "the caller cancelled the call")
      task?.cancel()
    }
    release()
  }

  /// How long bytes have been due and none has moved, in ticks of the connection: to the peer, or from
  /// it in the middle of a message that the handler waits for.
  func ticksSinceProgress() -> (sending: UInt32, receiving: UInt32) {
    let ticks = connection.tick &- progressTick
    let isReceiving = readerWaiting != nil && reader.isInsideMessage && !receivedEnd
    return (outgoing.count > 0 ? ticks : 0, isReceiving ? ticks : 0)
  }

  func outgoingSent(_ count: Int) {
    progressTick = connection.tick
    outgoing.removeFirst(count)
    if outgoing.count <= Self.bufferedBytesMax / 2, let waiting = writerWaiting {
      writerWaiting = nil
      waiting.resume()
    }
  }

  private enum Taken {
    case message(ReceivedMessage)
    case end, wait
  }

  private static func over(_ outcome: Status) -> Status {
    outcome.isOK ? Status(.cancelled, "the call is over") : outcome
  }

  private func takeMessage() throws(Status) -> Taken {
    hasNews = false
    if let outcome { throw Self.over(outcome) }
    if let message = handedOver {
      handedOver = nil
      return .message(message)
    }
    let before = reader.count
    let (message, consumed) = try reader.next()
    connection.letGo(before - reader.count)
    if consumed > 0 { connection.consume(consumed, stream: stream) }
    if let message { return .message(message) }
    guard receivedEnd else { return .wait }
    guard !reader.isInsideMessage else {
      throw Status(.internal, "the request stream ended inside a message")
    }
    return .end
  }

  private func enqueue(_ message: [UInt8], compressed: Bool?) throws(Status) {
    if let outcome { throw Self.over(outcome) }
    if outgoing.count == 0 { progressTick = connection.tick }
    try MessageFraming.append(
      message, compressed: compressesReplies && compressed != false, to: &outgoing)
    if hasSentHeaders {
      connection.resumeBody(stream)
    } else {
      sendHeaders()
    }
    connection.scheduleFlush()
  }

  private func sendHeaders() {
    hasSentHeaders = true
    connection.sendHeaders(stream, compressed: compressesReplies, metadata: initialMetadata)
  }

  private func finish(_ status: Status) {
    guard outcome == nil else { return }
    outcome = status
    timer?.cancel()
    timer = nil
    guard !isClosed else { return }
    if hasSentHeaders {
      connection.resumeBody(stream)
    } else {
      connection.sendTrailersOnly(stream, status: status, trailers: trailers)
    }
    release()
    connection.scheduleFlush()
  }

  private func release() {
    if !hasLetGo {
      hasLetGo = true
      connection.letGo(reader.count)
    }
    timer?.cancel()
    timer = nil
    wakeReader()
    if let waiting = writerWaiting {
      writerWaiting = nil
      waiting.resume()
    }
    task = nil
  }

  private func wakeReader() {
    hasNews = true
    if let waiting = readerWaiting {
      readerWaiting = nil
      waiting.resume()
    }
  }

  private func waitForData() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        hop {
          if $0.hasNews || Task.isCancelled { continuation.resume() } else { $0.readerWaiting = continuation }
        }
      }
    } onCancel: {
      hop { $0.wakeReader() }
    }
  }

  private func waitForRoom() async {
    await withCheckedContinuation { continuation in
      hop {
        if $0.outgoing.count <= Self.bufferedBytesMax || $0.isClosed || $0.outcome != nil {
          continuation.resume()
        } else {
          $0.writerWaiting = continuation
        }
      }
    }
  }

  private func hop(_ body: @escaping @Sendable (ServerCall) -> Void) {
    if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
  }

  private func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (ServerCall) throws -> Result
  ) async throws -> Result {
    if eventLoop.inEventLoop { return try body(self) }
    return try await eventLoop.submit { try body(self) }.get()
  }
}

/// The deadline of the call that the current task serves. Calls that are made from there end by then,
/// too.
enum CallDeadline {
  @TaskLocal static var current: NIODeadline?
}
