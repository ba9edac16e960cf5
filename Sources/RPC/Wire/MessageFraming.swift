// SPDX-License-Identifier: Apache-2.0

/// A gRPC message on the wire: 1 byte compressed flag (0 or 1), 4 bytes length (big-endian), payload.
/// - Source: "Length-Prefixed-Message", grpc/grpc doc/PROTOCOL-HTTP2.md.
enum MessageFraming {
  static let prefixBytes = 5

  static func writePrefix(_ target: UnsafeMutableRawPointer, length: Int) {
    target.storeBytes(of: 0, as: UInt8.self)
    target.storeBytes(of: UInt32(length).bigEndian, toByteOffset: 1, as: UInt32.self)
  }

  /// What stands at the start of some received bytes.
  enum Head: Equatable {
    case incomplete
    /// A whole message: its payload is `prefixBytes ..< prefixBytes + length`.
    case message(length: Int)
    case failed(Status)
  }

  /// Looks at the first message. The length is checked before any of the payload is kept.
  static func head(_ bytes: UnsafeRawBufferPointer, messageBytesMax: Int) -> Head {
    guard bytes.count >= prefixBytes else { return .incomplete }
    if bytes[0] != 0 {
      let text =
        bytes[0] == 1
        ? "the message is compressed, but no grpc-encoding that is supported here was named (supported: identity)"
        : "the compressed flag of a message is \(bytes[0]); allowed: 0 and 1"
      return .failed(Status(bytes[0] == 1 ? .unimplemented : .internal, text))
    }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
    guard length <= messageBytesMax else {
      return .failed(
        Status(
          .resourceExhausted,
          "a message of \(length) bytes is over the limit of \(messageBytesMax) bytes (max-message-bytes)"))
    }
    return bytes.count >= prefixBytes + length ? .message(length: length) : .incomplete
  }
}
