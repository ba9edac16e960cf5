// SPDX-License-Identifier: Apache-2.0

import GRPCCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

// The messages of bench.proto, coded by hand. A general protobuf library does the same and more, so
// this can only flatter the peer.

struct Request: Sendable {
  var body: [UInt8] = []
}

struct Reply: Sendable {
  var body: [UInt8]
}

struct RequestDeserializer: MessageDeserializer {
  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Request {
    try bytes.withUnsafeBytes { buffer in
      var reader = FieldReader(buffer: buffer)
      var request = Request()
      while let (number, content) = try reader.next() {
        if number == 1, let content { request.body = [UInt8](content) }
      }
      return request
    }
  }
}

struct ReplySerializer: MessageSerializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ reply: Reply) throws -> Bytes {
    let count = reply.body.count
    guard count > 0 else { return Bytes(repeating: 0, count: 0) }
    let prefix = 1 + varintSize(UInt64(count))
    var bytes = Bytes(repeating: 0, count: prefix + count)
    bytes.withUnsafeMutableBytes { buffer in
      buffer[0] = 1 << 3 | 2
      var rest = UInt64(count)
      var at = 1
      while rest >= 0x80 {
        buffer[at] = UInt8(truncatingIfNeeded: rest) | 0x80
        rest >>= 7
        at += 1
      }
      buffer[at] = UInt8(rest)
      UnsafeMutableRawBufferPointer(rebasing: buffer[prefix...]).copyBytes(from: reply.body)
    }
    return bytes
  }
}

/// Walks the fields of a message; those that are not length-delimited are stepped over.
struct FieldReader {
  let buffer: UnsafeRawBufferPointer
  var at = 0

  init(buffer: UnsafeRawBufferPointer) {
    self.buffer = buffer
  }

  mutating func next() throws -> (number: UInt64, content: UnsafeRawBufferPointer?)? {
    guard at < buffer.count else { return nil }
    let key = try varint()
    switch key & 7 {
    case 0:
      _ = try varint()
      return (key >> 3, nil)
    case 1:
      _ = try take(8)
      return (key >> 3, nil)
    case 2:
      return (key >> 3, try take(varint()))
    case 5:
      _ = try take(4)
      return (key >> 3, nil)
    default:
      throw malformed
    }
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard at < buffer.count else { throw malformed }
      let byte = buffer[at]
      at += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw malformed
  }

  private mutating func take(_ count: UInt64) throws -> UnsafeRawBufferPointer {
    guard count <= UInt64(buffer.count - at) else { throw malformed }
    defer { at += Int(count) }
    return UnsafeRawBufferPointer(rebasing: buffer[at..<(at + Int(count))])
  }

  private var malformed: RPCError {
    RPCError(code: .internalError, message: "the request is no protobuf message")
  }
}

func varintSize(_ value: UInt64) -> Int {
  max(1, (64 - value.leadingZeroBitCount + 6) / 7)
}

/// Standard output is no terminal when a script reads it, and then it is written only when full.
func flushStandardOutput() {
  fflush(nil)
}
