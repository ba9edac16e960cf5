// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOCore

/// One call of a client, from its request to its status.
///
/// All state belongs to the connection's event loop, which is the guard behind `@unchecked Sendable`.
final class ClientCall: @unchecked Sendable {
  let eventLoop: any EventLoop
  /// The connection is alive as long as the call has not ended; see ``end(_:)``.
  private var connection: ClientConnection?
  private let messageBytesMax: Int
  fileprivate(set) var stream: Int32 = 0

  private var request: [UInt8]
  private var requestSent = 0
  private var received = RawBuffer()
  private var consumedAhead = 0
  private var httpStatus = 0
  private var isGRPC = false
  private var grpcStatus: Int?
  private var grpcMessage = ""
  private(set) var outcome: Status?
  private var reader: CheckedContinuation<Void, Never>?
  /// Something came since ``takeMessage()`` looked: what comes between a look and a wait is not missed.
  private var hasNews = false
  private var timer: Scheduled<Void>?

  init(connection: ClientConnection, eventLoop: any EventLoop, message: [UInt8], messageBytesMax: Int) {
    self.connection = connection
    self.eventLoop = eventLoop
    self.messageBytesMax = messageBytesMax
    request = [0]
    let length = UInt32(message.count)
    request.append(contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
    request.append(contentsOf: message)
  }

  deinit { received.free() }

  // MARK: - For callers

  /// The next reply; nil after the last of a call that ended with ok.
  func next() async throws -> [UInt8]? {
    while true {
      let taken: Taken =
        eventLoop.inEventLoop
        ? try takeMessage() : try await eventLoop.submit { try self.takeMessage() }.get()
      switch taken {
      case .message(let message): return message
      case .end: return nil
      case .wait: await waitForData()
      }
    }
  }

  func cancel() {
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

  /// Ends the call from this side.
  func abort(_ status: Status) {
    guard outcome == nil, let connection else { return }
    let stream = self.stream
    end(status)
    connection.cancel(stream)
  }

  func headerReceived(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    if name.elementsEqual(":status".utf8) {
      httpStatus = Int(String(decoding: value, as: UTF8.self)) ?? 0
    } else if name.elementsEqual("content-type".utf8) {
      isGRPC = value.starts(with: "application/grpc".utf8)
    } else if name.elementsEqual("grpc-status".utf8) {
      grpcStatus = Int(String(decoding: value, as: UTF8.self)) ?? -1
    } else if name.elementsEqual("grpc-message".utf8) {
      grpcMessage = PercentCoding.decode(value)
    }
  }

  func dataReceived(_ bytes: UnsafeRawBufferPointer) {
    guard outcome == nil, isGRPC else {
      connection?.consume(bytes.count, stream: stream)
      return
    }
    received.append(bytes)
    if case .failed(let status) = MessageFraming.head(received.bytes, messageBytesMax: messageBytesMax) {
      return abort(status)
    }
    wake()
  }

  /// The server has sent all: the status is known.
  func streamEnded() { end(statusOfTrailers()) }

  func streamClosed(_ code: HTTP2ErrorCode) {
    guard outcome == nil else { return }
    if code == .noError || grpcStatus != nil { return end(statusOfTrailers()) }
    end(Self.status(of: code))
  }

  func connectionLost() {
    end(Status(.unavailable, "the connection was lost before the call was answered"))
  }

  var remainingRequest: Int { request.count - requestSent }

  func copyRequest(into target: UnsafeMutableRawPointer, count: Int) {
    request.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { target.copyMemory(from: base + requestSent, byteCount: count) }
    }
    requestSent += count
    if requestSent == request.count {
      request = []
      requestSent = 0
    }
  }

  private func statusOfTrailers() -> Status {
    if let grpcStatus {
      guard let raw = UInt8(exactly: grpcStatus), let code = Status.Code(rawValue: raw) else {
        return Status(.unknown, "grpc-status is not a code of gRPC: \(grpcStatus)")
      }
      return Status(code, grpcMessage)
    }
    return httpStatus == 200
      ? Status(.unknown, "the call ended without a grpc-status") : Status(httpStatus: httpStatus)
  }

  /// - Source: "HTTP2 Transport Mapping, Errors", grpc/grpc doc/PROTOCOL-HTTP2.md.
  private static func status(of code: HTTP2ErrorCode) -> Status {
    let text = "the server reset the call with HTTP/2 code \(code.rawValue)"
    return switch code {
    case .refusedStream: Status(.unavailable, text)
    case .cancel: Status(.cancelled, text)
    case .enhanceYourCalm: Status(.resourceExhausted, text)
    default: Status(.internal, text)
    }
  }

  private func end(_ status: Status) {
    guard outcome == nil else { return }
    outcome = status
    timer?.cancel()
    timer = nil
    wake()
  }

  /// The connection has no more to say to this call.
  func detach() { connection = nil }

  private enum Taken: Sendable {
    case message([UInt8])
    case end, wait
  }

  private func takeMessage() throws -> Taken {
    hasNews = false
    switch MessageFraming.head(received.bytes, messageBytesMax: messageBytesMax) {
    case .message(let length):
      let whole = MessageFraming.prefixBytes + length
      let message = Array(received.bytes[MessageFraming.prefixBytes..<whole])
      received.removeFirst(whole)
      connection?.consume(whole - consumedAhead, stream: stream)
      consumedAhead = 0
      return .message(message)
    case .failed(let status):
      throw status
    case .incomplete:
      if let outcome {
        guard outcome.isOK else { throw outcome }
        guard received.count == 0 else {
          throw Status(.internal, "the reply stream ended inside a message")
        }
        return .end
      }
      let ahead = received.count - consumedAhead
      if ahead > 0 {
        consumedAhead = received.count
        connection?.consume(ahead, stream: stream)
      }
      return .wait
    }
  }

  private func wake() {
    hasNews = true
    if let waiting = reader {
      reader = nil
      waiting.resume()
    }
  }

  private func waitForData() async {
    await withCheckedContinuation { continuation in
      eventLoop.execute {
        if self.hasNews { continuation.resume() } else { self.reader = continuation }
      }
    }
  }
}
