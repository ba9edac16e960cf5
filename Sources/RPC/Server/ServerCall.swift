// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A call that an async handler has: messages in, messages out, metadata and deadline.
///
/// All state belongs to the connection's event loop; methods hop there if need be. That is the guard
/// behind `@unchecked Sendable`.
///
/// Back-pressure: ``next()`` opens the peer's window only for messages that were taken, and
/// ``send(_:)`` waits while more than ``bufferedBytesMax`` are unsent.
package final class ServerCall: @unchecked Sendable {
  /// Reply bytes that may wait in memory before ``send(_:)`` waits.
  static let bufferedBytesMax = 256 * 1024

  package let path: String
  package let metadata: Metadata
  /// When the caller stops waiting; nil if it did not say.
  package let deadline: NIODeadline?
  package let eventLoop: any EventLoop

  let stream: Int32
  private let messageBytesMax: Int
  private unowned let connection: ServerConnection

  private var received = RawBuffer()
  private var receivedEnd = false
  private var reader: CheckedContinuation<Void, Never>?
  /// Something came since ``takeMessage()`` looked: what comes between a look and a wait is not missed.
  private var hasNews = false
  private(set) var outgoing = RawBuffer()
  private var writer: CheckedContinuation<Void, Never>?
  private var hasSentHeaders = false
  private var trailers = Metadata()
  /// Set once: what ended the call early, or the handler's outcome.
  private(set) var outcome: Status?
  private var isClosed = false
  private var task: Task<Void, Never>?
  private var timer: Scheduled<Void>?

  init(
    connection: ServerConnection, stream: Int32, path: String, metadata: Metadata,
    timeout: Int64, messageBytesMax: Int, eventLoop: any EventLoop
  ) {
    self.connection = connection
    self.stream = stream
    self.path = path
    self.metadata = metadata
    self.deadline = timeout == .max ? nil : .now() + .nanoseconds(timeout)
    self.messageBytesMax = messageBytesMax
    self.eventLoop = eventLoop
  }

  deinit {
    received.free()
    outgoing.free()
  }

  // MARK: - For handlers

  /// The next request message; nil once the caller has sent its last.
  /// - Throws: a ``Status`` if the call ended early or a message broke a rule.
  package func next() async throws -> [UInt8]? {
    while true {
      switch try await onLoop({ try $0.takeMessage() }) {
      case .message(let message): return message
      case .end: return nil
      case .wait: await waitForData()
      }
    }
  }

  /// The request of a method that takes exactly one.
  func onlyRequest() async throws -> [UInt8] {
    guard let request = try await next() else {
      throw Status(.invalidArgument, "the call has no request message; this method takes one")
    }
    if try await next() != nil {
      throw Status(.invalidArgument, "the call has more than one request message; this method takes one")
    }
    return request
  }

  /// Sends a reply message; waits while the peer is behind.
  /// - Throws: a ``Status`` if the call is over.
  package func send(_ message: [UInt8]) async throws {
    let mustWait = try await onLoop { call in
      try call.enqueue(message)
      return call.outgoing.count > Self.bufferedBytesMax
    }
    if mustWait { await waitForRoom() }
  }

  /// Adds metadata to the trailers.
  package func addTrailer(_ name: String, _ value: String) async {
    _ = try? await onLoop { $0.trailers.add(name, value) }
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
      do { try await handler(self) } catch { status = Status(of: error) }
      let outcome = status
      _ = try? await self.onLoop { $0.finish(outcome) }
    }
    if !isClosed { self.task = task }
  }

  func dataReceived(_ bytes: UnsafeRawBufferPointer) {
    guard outcome == nil else { return connection.consume(bytes.count, stream: stream) }
    received.append(bytes)
    // What can't fit into one message is told at once, not after it has all arrived.
    if case .failed(let status) = MessageFraming.head(received.bytes, messageBytesMax: messageBytesMax) {
      return fail(status)
    }
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

  /// What may go out now, see ``HTTP2SessionDelegate``.
  var isBodyComplete: Bool { outcome != nil }

  func outgoingSent(_ count: Int) {
    outgoing.removeFirst(count)
    if outgoing.count <= Self.bufferedBytesMax / 2, let waiting = writer {
      writer = nil
      waiting.resume()
    }
  }

  func trailerFields() -> Metadata { trailers }

  private enum Taken {
    case message([UInt8])
    case end, wait
  }

  private func takeMessage() throws -> Taken {
    hasNews = false
    if let outcome { throw outcome.isOK ? Status(.cancelled, "the call is over") : outcome }
    switch MessageFraming.head(received.bytes, messageBytesMax: messageBytesMax) {
    case .message(let length):
      let whole = MessageFraming.prefixBytes + length
      let message = Array(received.bytes[MessageFraming.prefixBytes..<whole])
      received.removeFirst(whole)
      connection.consume(whole - consumedAhead, stream: stream)
      consumedAhead = 0
      return .message(message)
    case .failed(let status):
      throw status
    case .incomplete:
      // A message larger than the window arrives only if we open it as we go.
      let ahead = received.count - consumedAhead
      if ahead > 0 {
        consumedAhead = received.count
        connection.consume(ahead, stream: stream)
      }
      guard receivedEnd else { return .wait }
      guard received.count == 0 else {
        throw Status(.internal, "the request stream ended inside a message")
      }
      return .end
    }
  }

  /// Bytes of an incomplete message that the window was already opened for. Bounded, as the message
  /// is, by `messageBytesMax`.
  private var consumedAhead = 0

  private func enqueue(_ message: [UInt8]) throws {
    if let outcome { throw outcome.isOK ? Status(.cancelled, "the call is over") : outcome }
    MessageFraming.writePrefix(
      outgoing.reserve(MessageFraming.prefixBytes), length: message.count)
    outgoing.advance(MessageFraming.prefixBytes)
    outgoing.append(message)
    if hasSentHeaders {
      connection.resumeBody(stream)
    } else {
      hasSentHeaders = true
      connection.sendHeaders(stream)
    }
    connection.scheduleFlush()
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
    timer?.cancel()
    timer = nil
    wakeReader()
    if let waiting = writer {
      writer = nil
      waiting.resume()
    }
    task = nil
  }

  private func wakeReader() {
    hasNews = true
    if let waiting = reader {
      reader = nil
      waiting.resume()
    }
  }

  private func waitForData() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        hop {
          if $0.hasNews || Task.isCancelled { continuation.resume() } else { $0.reader = continuation }
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
          $0.writer = continuation
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
