// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOCore

/// A call of a client, from its request to its status: messages out, messages in, in any order.
///
/// All state belongs to the connection's event loop, which is the guard behind `@unchecked Sendable`.
///
/// Back-pressure: ``send(_:compressed:)`` waits while more than 256 KiB are unsent; the server may send as
/// much as the window holds beyond what was taken with ``next()``.
public final class ClientCall: @unchecked Sendable {
  /// Request bytes that may wait in memory before ``send(_:compressed:)`` waits.
  private static let bufferedBytesMax = 256 * 1024
  /// Informational responses (1xx) that are passed over.
  private static let informationalMax = 16

  let eventLoop: any EventLoop
  /// The connection is alive as long as the call has not ended.
  private var connection: ClientConnection?
  private let compression: CompressionAlgorithm
  private let headerBytesMax: Int
  private var stream: Int32 = 0

  private(set) var outgoing = RawBuffer()
  private(set) var isRequestEnded = false
  private var writerWaiting: CheckedContinuation<Void, Never>?

  private var reader: MessageReader
  private var block = HeaderBlock()
  private var phase = Phase.waiting
  private var httpStatus = 0
  private var informational = 0
  private var initialMetadata: Metadata?
  private var trailers = Metadata()
  private(set) var outcome: Status?
  /// The server has not seen the request, or has said that it did nothing with it.
  private(set) var isUnprocessed = false
  /// What the server said about trying again, in milliseconds; negative: don't.
  private(set) var pushback: Int?
  private var readerWaiting: CheckedContinuation<Void, Never>?
  /// Something came since a look: what comes between a look and a wait is not missed.
  private var hasNews = false
  private var timer: Scheduled<Void>?

  private enum Phase { case waiting, replying, ended }

  /// What one header list said.
  private struct HeaderBlock {
    var bytes = 0
    var httpStatus = 0
    var isGRPC = false
    var grpcStatus: String?
    var grpcMessage = ""
    var details: [UInt8] = []
    var encoding = CompressionAlgorithm.identity
    var pushback: Int?
    var metadata = Metadata()
    /// A bound or rule that it broke.
    var fault: Status?
  }

  init(
    connection: ClientConnection, eventLoop: any EventLoop, compression: CompressionAlgorithm,
    messageBytesMax: Int, headerBytesMax: Int
  ) {
    self.connection = connection
    self.eventLoop = eventLoop
    self.compression = compression
    self.headerBytesMax = headerBytesMax
    reader = MessageReader(messageBytesMax: messageBytesMax)
  }

  deinit {
    reader.free()
    outgoing.free()
  }

  // MARK: - For callers

  /// Sends a request message; waits while the server is behind.
  ///
  /// - Parameter compressed: nil as the call's options have it.
  /// - Throws: the call's ``Status`` if it is over; INTERNAL after ``finishSending()``.
  public func send(_ message: [UInt8], compressed: Bool? = nil) async throws {
    let mustWait = try await onLoop { call in
      if let outcome = call.outcome { throw Self.over(outcome) }
      try call.enqueue(message, compressed: compressed)
      return call.outgoing.count > Self.bufferedBytesMax
    }
    if mustWait {
      await wait {
        $0.writerWaiting = $1
      } isOver: {
        $0.outgoing.count <= Self.bufferedBytesMax || $0.outcome != nil
      }
    }
  }

  /// Says that no more requests come.
  public func finishSending() async throws { try await onLoop { $0.endRequest() } }

  /// The next reply; nil after the last of a call that ended with ok.
  /// - Throws: the call's ``Status``.
  public func next() async throws -> [UInt8]? { try await nextMessage()?.bytes }

  /// The next reply, with how it was sent; nil after the last of a call that ended with ok.
  /// - Throws: the call's ``Status``.
  public func nextMessage() async throws -> ReceivedMessage? {
    try await withTaskCancellationHandler {
      while true {
        switch try await onLoop({ try $0.takeMessage() }) {
        case .message(let message): return message
        case .end: return nil
        case .wait: await waitForNews()
        }
      }
    } onCancel: {
      cancel()
    }
  }

  /// The replies, in order, as a sequence that is read once.
  public var replies: ReplyStream { ReplyStream(source: .call(self)) }

  /// What the server sent before its first message; waits for it.
  /// - Throws: the call's ``Status`` if it ended without.
  public func initialMetadata() async throws -> Metadata {
    while true {
      let found: Metadata? = try await onLoop { call in
        call.hasNews = false
        if let metadata = call.initialMetadata { return metadata }
        guard let outcome = call.outcome else { return nil }
        if outcome.isOK { return Metadata() }
        throw outcome
      }
      if let found { return found }
      await waitForNews()
    }
  }

  /// What the server sent with the status; empty until the call has ended.
  public func trailingMetadata() async -> Metadata { (try? await onLoop { $0.trailers }) ?? Metadata() }

  /// The call's status, once it has ended and its replies were read.
  public func status() async -> Status {
    do {
      while try await nextMessage() != nil {}
      return .ok
    } catch {
      return Status(catching: error)
    }
  }

  /// What the call's end says about another attempt.
  func retryAdvice() async -> (isUnprocessed: Bool, pushback: Int?) {
    (try? await onLoop { ($0.isUnprocessed, $0.pushback) }) ?? (false, nil)
  }

  /// Ends the call; the server sees it cancelled.
  public func cancel() {
    eventLoop.execute { self.abort(Status(.cancelled, "the caller cancelled the call")) }
  }

  // MARK: - On the loop

  func began(stream: Int32, deadline: NIODeadline?) {
    self.stream = stream
    if let deadline {
      timer = eventLoop.scheduleTask(deadline: deadline) {
        self.abort(Status(.deadlineExceeded, "no answer within the time that the caller gave"))
      }
    }
  }

  func enqueue(_ message: [UInt8], compressed: Bool?) throws(Status) {
    guard !isRequestEnded else { throw Status(.internal, "the request stream was ended before") }
    try MessageFraming.append(
      message, compressed: compression == .gzip && compressed != false, to: &outgoing)
    connection?.requestGrew(stream)
  }

  func endRequest() {
    guard !isRequestEnded else { return }
    isRequestEnded = true
    connection?.requestGrew(stream)
  }

  /// Ends the call from this side.
  func abort(_ status: Status) {
    guard outcome == nil, let connection else { return }
    let stream = self.stream
    end(status)
    connection.cancel(stream)
  }

  func headerReceived(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    block.bytes += name.count + value.count + 32
    guard block.bytes <= headerBytesMax else {
      block.fault = Status(
        .resourceExhausted,
        "the server's headers are over the limit of \(headerBytesMax) bytes (max-header-bytes)")
      return
    }
    let text = { String(decoding: value, as: UTF8.self) }
    if name.equals(":status") {
      block.httpStatus = Int(text()) ?? 0
    } else if name.equals("content-type") {
      block.isGRPC =
        value.equals("application/grpc") || value.hasPrefix("application/grpc+")
        || value.hasPrefix("application/grpc;")
    } else if name.equals("grpc-status") {
      if block.grpcStatus != nil { block.fault = Status(.unknown, "the server sent grpc-status twice") }
      block.grpcStatus = text()
    } else if name.equals("grpc-message") {
      block.grpcMessage = PercentCoding.decode(value)
    } else if name.equals("grpc-status-details-bin") {
      block.details = Base64.decode(value) ?? []
    } else if name.equals("grpc-encoding") {
      block.encoding = CompressionAlgorithm(value) ?? .identity
    } else if name.equals("grpc-retry-pushback-ms") {
      block.pushback = Int(text()) ?? -1
    } else if !Metadata.isReserved(name), !block.metadata.addReceived(name: name, value: value) {
      block.fault = Status(.internal, "metadata \(String(decoding: name, as: UTF8.self)): the value is not base64")
    }
  }

  func headersEnded(endsStream: Bool) {
    let block = self.block
    self.block = HeaderBlock()
    guard outcome == nil else { return }
    if let fault = block.fault { return abort(fault) }
    switch phase {
    case .waiting where (100..<200).contains(block.httpStatus) && !endsStream:
      informational += 1
      if informational > Self.informationalMax {
        abort(Status(.internal, "the server sent more than \(Self.informationalMax) informational responses"))
      }
    case .waiting where endsStream:
      finish(block, httpStatus: block.httpStatus)
    case .waiting:
      guard block.isGRPC else { return abort(Self.status(ofPlain: block.httpStatus)) }
      phase = .replying
      httpStatus = block.httpStatus
      reader.encoding = block.encoding
      initialMetadata = block.metadata
      wake()
    case .replying:
      finish(block, httpStatus: httpStatus)
    case .ended:
      break
    }
  }

  private static func status(ofPlain httpStatus: Int) -> Status {
    httpStatus == 200
      ? Status(.unknown, "the server's answer is not gRPC: its content-type is another")
      : Status(httpStatus: httpStatus)
  }

  private func finish(_ block: HeaderBlock, httpStatus: Int) {
    phase = .ended
    trailers = block.metadata
    pushback = block.pushback
    if let text = block.grpcStatus {
      guard let raw = UInt8(text), let code = Status.Code(rawValue: raw) else {
        return end(Status(.unknown, "grpc-status is not a code of gRPC: \(text.prefix(32))"))
      }
      return end(Status(code, block.grpcMessage, details: block.details))
    }
    end(
      httpStatus == 200
        ? Status(.unknown, "the call ended without a grpc-status") : Status(httpStatus: httpStatus))
  }

  func dataReceived(_ bytes: UnsafeRawBufferPointer) {
    guard outcome == nil, phase == .replying else {
      connection?.consume(bytes.count, stream: stream)
      return
    }
    if let status = reader.append(bytes) { return abort(status) }
    wake()
  }

  /// The server ended the stream with a DATA frame.
  func streamEnded() {
    guard outcome == nil else { return }
    finish(HeaderBlock(), httpStatus: httpStatus)
  }

  func streamClosed(_ code: HTTP2ErrorCode) {
    guard outcome == nil else { return }
    isUnprocessed = code == .refusedStream && phase == .waiting
    end(Status(reset: code))
  }

  /// The request will never go out.
  func neverSent() {
    guard outcome == nil else { return }
    isUnprocessed = true
    end(Status(.unavailable, "the connection ended before the request went out"))
  }

  func connectionLost(_ reason: String) {
    end(Status(.unavailable, "the connection was lost before the call was answered: \(reason)"))
  }

  func outgoingSent(_ count: Int) {
    outgoing.removeFirst(count)
    if outgoing.count <= Self.bufferedBytesMax / 2 { wakeWriter() }
  }

  private func end(_ status: Status) {
    guard outcome == nil else { return }
    outcome = status
    phase = .ended
    timer?.cancel()
    timer = nil
    wake()
    wakeWriter()
  }

  /// The connection has no more to say to this call.
  func detach() { connection = nil }

  private enum Taken: Sendable {
    case message(ReceivedMessage)
    case end, wait
  }

  private static func over(_ outcome: Status) -> Status {
    outcome.isOK ? Status(.internal, "the call has ended") : outcome
  }

  private func takeMessage() throws(Status) -> Taken {
    hasNews = false
    do throws(Status) {
      let (message, consumed) = try reader.next()
      if consumed > 0 { connection?.consume(consumed, stream: stream) }
      if let message { return .message(message) }
    } catch {
      if let outcome, !outcome.isOK { throw outcome }
      abort(error)
      throw error
    }
    guard let outcome else { return .wait }
    guard outcome.isOK else { throw outcome }
    guard !reader.isInsideMessage else {
      throw Status(.internal, "the reply stream ended inside a message")
    }
    return .end
  }

  private func wake() {
    hasNews = true
    if let waiting = readerWaiting {
      readerWaiting = nil
      waiting.resume()
    }
  }

  private func wakeWriter() {
    if let waiting = writerWaiting {
      writerWaiting = nil
      waiting.resume()
    }
  }

  private func waitForNews() async {
    await wait {
      $0.readerWaiting = $1
    } isOver: {
      $0.hasNews
    }
  }

  private func wait(
    _ set: @escaping @Sendable (ClientCall, CheckedContinuation<Void, Never>) -> Void,
    isOver: @escaping @Sendable (ClientCall) -> Bool
  ) async {
    await withCheckedContinuation { continuation in
      eventLoop.execute {
        if isOver(self) {
          continuation.resume()
        } else {
          set(self, continuation)
        }
      }
    }
  }

  private func onLoop<Result: Sendable>(
    _ body: @escaping @Sendable (ClientCall) throws -> Result
  ) async throws -> Result {
    if eventLoop.inEventLoop { return try body(self) }
    return try await eventLoop.submit { try body(self) }.get()
  }
}
