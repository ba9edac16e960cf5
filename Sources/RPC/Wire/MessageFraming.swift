// SPDX-License-Identifier: Apache-2.0

/// A gRPC message on the wire: 1 byte compressed flag (0 or 1), 4 bytes length (big-endian), payload.
/// - Source: "Length-Prefixed-Message", grpc/grpc doc/PROTOCOL-HTTP2.md.
package enum MessageFraming {
  package static let prefixBytes = 5

  static func writePrefix(_ target: UnsafeMutableRawPointer, length: Int, isCompressed: Bool = false) {
    target.storeBytes(of: isCompressed ? 1 : 0, as: UInt8.self)
    target.storeBytes(of: UInt32(length).bigEndian, toByteOffset: 1, as: UInt32.self)
  }

  /// What stands at the start of some received bytes.
  package enum Head: Equatable {
    case incomplete
    /// A whole message: its payload is `prefixBytes ..< prefixBytes + length`.
    case message(length: Int, isCompressed: Bool)
    case failed(Status)
  }

  /// The payload's length, where the bytes are exactly one message that is not compressed: what nearly
  /// every request of one message is.
  @inline(__always)
  static func onlyPlainMessage(_ bytes: UnsafeRawBufferPointer, messageBytesMax: Int) -> Int? {
    guard bytes.count >= prefixBytes, bytes[0] == 0 else { return nil }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
    return length <= messageBytesMax && bytes.count == prefixBytes + length ? length : nil
  }

  /// Looks at the first message. The length is checked before any of the payload is kept.
  ///
  /// - Parameter encoding: what the peer's `grpc-encoding` named.
  package static func head(
    _ bytes: UnsafeRawBufferPointer, messageBytesMax: Int, encoding: CompressionAlgorithm
  ) -> Head {
    guard bytes.count >= prefixBytes else {
      if let flag = bytes.first, flag > 1 { return .failed(badFlag(flag)) }
      return .incomplete
    }
    let flag = bytes[0]
    guard flag <= 1 else { return .failed(badFlag(flag)) }
    guard flag == 0 || encoding != .identity else {
      return .failed(
        Status(.internal, "a message is marked as compressed, but grpc-encoding names no compression"))
    }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
    guard length <= messageBytesMax else {
      return .failed(
        Status(
          .resourceExhausted,
          "a message of \(length) bytes is over the limit of \(messageBytesMax) bytes (max-message-bytes)"))
    }
    guard bytes.count >= prefixBytes + length else { return .incomplete }
    return .message(length: length, isCompressed: flag == 1)
  }

  private static func badFlag(_ flag: UInt8) -> Status {
    Status(.internal, "the compressed flag of a message is \(flag); allowed: 0 and 1")
  }

  /// Appends one message with its prefix.
  static func append(
    _ message: [UInt8], compressed: Bool, to buffer: inout RawBuffer
  ) throws(Status) {
    let payload = compressed ? try Gzip.compress(message) : message
    writePrefix(buffer.reserve(prefixBytes), length: payload.count, isCompressed: compressed)
    buffer.advance(prefixBytes)
    buffer.append(payload)
  }
}

/// A message as it was received.
public struct ReceivedMessage: Sendable, Equatable {
  public let bytes: [UInt8]
  /// Whether it was compressed on its way.
  public let wasCompressed: Bool
}

/// Cuts received bytes into messages, and says how much of the peer's window to open.
struct MessageReader {
  private let messageBytesMax: Int
  var encoding = CompressionAlgorithm.identity
  private var received = RawBuffer()
  /// Bytes of an incomplete message that the window was already opened for. Bounded, as the message
  /// is, by `messageBytesMax`.
  private var consumedAhead = 0

  init(messageBytesMax: Int) { self.messageBytesMax = messageBytesMax }

  mutating func free() { received.free() }

  /// Bytes that are kept.
  var count: Int { received.count }

  /// Whether a message has begun and not ended.
  var isInsideMessage: Bool { received.count > 0 }

  /// - Returns: what is wrong with what has come, if anything: known at once, not after it has all arrived.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Status? {
    received.append(bytes)
    if case .failed(let status) = head() { return status }
    return nil
  }

  private func head() -> MessageFraming.Head {
    MessageFraming.head(received.bytes, messageBytesMax: messageBytesMax, encoding: encoding)
  }

  /// The next whole message; nil if there is none yet. `consumed` bytes may be sent again by the peer.
  mutating func next() throws(Status) -> (message: ReceivedMessage?, consumed: Int) {
    switch head() {
    case .message(let length, let isCompressed):
      let whole = MessageFraming.prefixBytes + length
      let payload = UnsafeRawBufferPointer(rebasing: received.bytes[MessageFraming.prefixBytes..<whole])
      let bytes =
        isCompressed ? try Gzip.inflate(payload, messageBytesMax: messageBytesMax) : Array(payload)
      received.removeFirst(whole)
      defer { consumedAhead = 0 }
      return (ReceivedMessage(bytes: bytes, wasCompressed: isCompressed), whole - consumedAhead)
    case .failed(let status):
      throw status
    case .incomplete:
      // A message larger than the window arrives only if we open it as we go.
      defer { consumedAhead = received.count }
      return (nil, received.count - consumedAhead)
    }
  }
}
