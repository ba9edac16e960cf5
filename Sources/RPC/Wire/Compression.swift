// SPDX-License-Identifier: Apache-2.0

internal import CZlib

/// How the payload of a message is coded on its way.
/// - Source: grpc/grpc doc/compression.md.
public enum CompressionAlgorithm: String, Sendable, CaseIterable {
  /// As it is.
  case identity
  /// RFC 1952, by zlib.
  case gzip

  /// The value of `grpc-accept-encoding` that this library sends.
  static let accepted = "identity,gzip"

  init?(_ name: UnsafeRawBufferPointer) {
    if name.equals("identity") {
      self = .identity
    } else if name.equals("gzip") {
      self = .gzip
    } else {
      return nil
    }
  }

  /// Whether a value of `grpc-accept-encoding` names gzip.
  static func acceptsGzip(_ value: UnsafeRawBufferPointer) -> Bool {
    value.split(separator: UInt8(ascii: ",")).contains { part in
      let trimmed = part.drop { $0 == UInt8(ascii: " ") }.prefix { $0 != UInt8(ascii: " ") }
      return UnsafeRawBufferPointer(rebasing: trimmed).equals("gzip")
    }
  }
}

/// gzip by zlib, a message at a time.
enum Gzip {
  /// zlib's own default: a compromise of time and size.
  private static let level: Int32 = 6

  static func compress(_ message: [UInt8]) throws(Status) -> [UInt8] {
    var stream = z_stream()
    guard czlib_gzip_init(&stream, level) == Z_OK else { throw Status(.internal, "zlib can't start") }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(message.count)))
    var failed = false
    let result = [UInt8](unsafeUninitializedCapacity: bound) { target, count in
      message.withUnsafeBufferPointer { source in
        stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        failed = deflate(&stream, Z_FINISH) != Z_STREAM_END
        count = Int(stream.total_out)
      }
    }
    guard !failed else { throw Status(.internal, "zlib can't compress the message") }
    return result
  }

  /// Inflates one message. Memory grows with what comes out, up to the bound, whatever the input says.
  ///
  /// - Throws: RESOURCE_EXHAUSTED over the bound, INTERNAL where the bytes are not one whole gzip member.
  static func inflate(
    _ bytes: UnsafeRawBufferPointer, messageBytesMax: Int, into target: inout RawBuffer
  ) throws(Status) {
    var stream = z_stream()
    guard czlib_gunzip_init(&stream) == Z_OK else { throw Status(.internal, "zlib can't start") }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutablePointer(
      mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.avail_in = UInt32(bytes.count)
    let before = target.count
    while true {
      let room = min(64 * 1024, messageBytesMax + 1 - (target.count - before))
      stream.next_out = target.reserve(room).assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(room)
      let code = CZlib.inflate(&stream, Z_NO_FLUSH)
      target.advance(room - Int(stream.avail_out))
      guard target.count - before <= messageBytesMax else {
        throw tooLarge(messageBytesMax)
      }
      if code == Z_STREAM_END { break }
      guard code == Z_OK, stream.avail_out == 0 || stream.avail_in > 0 else {
        throw Status(.internal, "a message is marked as gzip and is not whole or valid gzip")
      }
    }
    guard stream.avail_in == 0 else {
      throw Status(.internal, "a gzip message has \(stream.avail_in) bytes after its end")
    }
  }

  private static func tooLarge(_ limit: Int) -> Status {
    Status(
      .resourceExhausted,
      "a compressed message is over the limit of \(limit) bytes once inflated (max-message-bytes)")
  }

  static func inflate(_ bytes: UnsafeRawBufferPointer, messageBytesMax: Int) throws(Status) -> [UInt8] {
    var buffer = RawBuffer()
    defer { buffer.free() }
    try inflate(bytes, messageBytesMax: messageBytesMax, into: &buffer)
    return Array(buffer.bytes)
  }
}
