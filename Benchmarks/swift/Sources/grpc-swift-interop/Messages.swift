// SPDX-License-Identifier: Apache-2.0

import GRPCCore

// The messages of grpc.testing, coded by hand: the fields that the test cases use, no others.

protocol Message: Sendable, Equatable {
  init()
  mutating func read(_ field: UInt64, _ value: FieldReader.Value) throws
  func write(to writer: inout FieldWriter)
}

extension Message {
  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.init()
    var reader = FieldReader(buffer: bytes)
    while let (field, value) = try reader.next() { try read(field, value) }
  }
}

struct Empty: Message {
  mutating func read(_ field: UInt64, _ value: FieldReader.Value) {}
  func write(to writer: inout FieldWriter) {}
}

struct BoolValue: Message {
  var value = false

  init() {}
  init(_ value: Bool) { self.value = value }

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) {
    if field == 1 { self.value = value.int != 0 }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(1, value ? 1 : 0)
  }
}

/// The type is left out: COMPRESSABLE, the only one, is 0.
struct Payload: Message {
  static let bytesMax = 4 * 1024 * 1024

  var body: [UInt8] = []

  init() {}
  init(zeros: Int) { body = [UInt8](repeating: 0, count: zeros) }

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) {
    if field == 2, let bytes = value.bytes { body = [UInt8](bytes) }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(2, body)
  }
}

struct EchoStatus: Message {
  var code = 0
  var message = ""

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) {
    if field == 1 { code = value.int }
    if field == 2, let bytes = value.bytes { message = String(decoding: bytes, as: UTF8.self) }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(1, code)
    writer.write(2, Array(message.utf8))
  }
}

struct SimpleRequest: Message {
  var responseSize = 0
  var payload: Payload?
  var responseCompressed: BoolValue?
  var responseStatus: EchoStatus?
  var expectCompressed: BoolValue?

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) throws {
    switch field {
    case 2: responseSize = value.int
    case 3: payload = try value.message()
    case 6: responseCompressed = try value.message()
    case 7: responseStatus = try value.message()
    case 8: expectCompressed = try value.message()
    default: break
    }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(2, responseSize)
    writer.write(3, payload)
    writer.write(6, responseCompressed)
    writer.write(7, responseStatus)
    writer.write(8, expectCompressed)
  }
}

/// SimpleResponse and StreamingOutputCallResponse, which have the same payload in the same field.
struct PayloadResponse: Message {
  var payload: Payload?

  var bytes: [UInt8] { payload?.body ?? [] }

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) throws {
    if field == 1 { payload = try value.message() }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(1, payload)
  }
}

struct StreamingInputCallRequest: Message {
  var payload: Payload?
  var expectCompressed: BoolValue?

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) throws {
    if field == 1 { payload = try value.message() }
    if field == 2 { expectCompressed = try value.message() }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(1, payload)
    writer.write(2, expectCompressed)
  }
}

struct StreamingInputCallResponse: Message {
  var aggregatedPayloadSize = 0

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) {
    if field == 1 { aggregatedPayloadSize = value.int }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(1, aggregatedPayloadSize)
  }
}

struct ResponseParameters: Message {
  var size = 0
  var intervalMicroseconds = 0
  var compressed: BoolValue?

  init() {}
  init(size: Int, compressed: Bool? = nil) {
    self.size = size
    self.compressed = compressed.map(BoolValue.init)
  }

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) throws {
    switch field {
    case 1: size = value.int
    case 2: intervalMicroseconds = value.int
    case 3: compressed = try value.message()
    default: break
    }
  }

  func write(to writer: inout FieldWriter) {
    writer.write(1, size)
    writer.write(2, intervalMicroseconds)
    writer.write(3, compressed)
  }
}

struct StreamingOutputCallRequest: Message {
  var responseParameters: [ResponseParameters] = []
  var payload: Payload?
  var responseStatus: EchoStatus?

  mutating func read(_ field: UInt64, _ value: FieldReader.Value) throws {
    switch field {
    case 2: responseParameters.append(try value.message())
    case 3: payload = try value.message()
    case 7: responseStatus = try value.message()
    default: break
    }
  }

  func write(to writer: inout FieldWriter) {
    for parameters in responseParameters { writer.write(2, parameters) }
    writer.write(3, payload)
    writer.write(7, responseStatus)
  }
}

// MARK: - Coding

struct Serializer<M: Message>: MessageSerializer {
  func serialize<Bytes: GRPCContiguousBytes>(_ message: M) throws -> Bytes {
    var writer = FieldWriter()
    message.write(to: &writer)
    return Bytes(writer.bytes)
  }
}

struct Deserializer<M: Message>: MessageDeserializer {
  func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> M {
    try bytes.withUnsafeBytes { try M($0) }
  }
}

struct FieldWriter {
  private(set) var bytes: [UInt8] = []

  /// An int32; zero is what an absent field means.
  mutating func write(_ field: UInt64, _ value: Int) {
    guard value != 0 else { return }
    varint(field << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func write(_ field: UInt64, _ content: [UInt8]) {
    guard !content.isEmpty else { return }
    lengthDelimited(field, content)
  }

  /// A message is written even if it is empty, for it says something to be there.
  mutating func write(_ field: UInt64, _ message: (some Message)?) {
    guard let message else { return }
    var inner = FieldWriter()
    message.write(to: &inner)
    lengthDelimited(field, inner.bytes)
  }

  private mutating func lengthDelimited(_ field: UInt64, _ content: [UInt8]) {
    varint(field << 3 | 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

/// Walks the fields of a message; fixed ones are stepped over, as no message here has any.
struct FieldReader {
  enum Value {
    case varint(UInt64)
    case bytes(UnsafeRawBufferPointer)
    case fixed

    var int: Int {
      if case .varint(let raw) = self { Int(Int32(truncatingIfNeeded: raw)) } else { 0 }
    }

    var bytes: UnsafeRawBufferPointer? {
      if case .bytes(let content) = self { content } else { nil }
    }

    func message<M: Message>() throws -> M {
      guard let bytes else { throw malformed }
      return try M(bytes)
    }
  }

  let buffer: UnsafeRawBufferPointer
  private var at = 0

  init(buffer: UnsafeRawBufferPointer) {
    self.buffer = buffer
  }

  mutating func next() throws -> (field: UInt64, value: Value)? {
    guard at < buffer.count else { return nil }
    let key = try varint()
    switch key & 7 {
    case 0: return (key >> 3, .varint(try varint()))
    case 2: return (key >> 3, .bytes(try take(varint())))
    case 1, 5:
      _ = try take(key & 7 == 1 ? 8 : 4)
      return (key >> 3, .fixed)
    default: throw malformed
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
}

private var malformed: RPCError {
  RPCError(code: .internalError, message: "the bytes are no message of grpc.testing")
}
