// SPDX-License-Identifier: Apache-2.0

/// Reads the fields of one protobuf message, for the few standard messages that this layer knows.
/// Services have their messages from protobuf-c; here it would bring the whole of descriptor.proto.
/// - Source: the protobuf encoding, https://protobuf.dev/programming-guides/encoding/.
package struct ProtoReader {
  package enum Value {
    case varint(UInt64)
    case bytes(ArraySlice<UInt8>)
    /// A fixed 4 or 8 byte value, passed over.
    case fixed
  }

  private var rest: ArraySlice<UInt8>

  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field; nil at the end.
  /// - Throws: INTERNAL where the bytes are not protobuf.
  package mutating func next() throws(Status) -> (number: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw Self.malformed }
    let number = Int(tag >> 3)
    switch tag & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, try skip(8))
    case 2:
      let count = try varint()
      guard count <= UInt64(rest.count) else { throw Self.malformed }
      defer { rest = rest.dropFirst(Int(count)) }
      return (number, .bytes(rest.prefix(Int(count))))
    case 5: return (number, try skip(4))
    default: throw Self.malformed
    }
  }

  private mutating func skip(_ count: Int) throws(Status) -> Value {
    guard rest.count >= count else { throw Self.malformed }
    rest = rest.dropFirst(count)
    return .fixed
  }

  private mutating func varint() throws(Status) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard let byte = rest.popFirst() else { throw Self.malformed }
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return result }
    }
    throw Self.malformed
  }

  private static let malformed = Status(.internal, "the message is not valid protobuf")
}

/// Writes protobuf fields.
package struct ProtoWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(_ number: Int, _ value: UInt64) {
    varint(UInt64(number) << 3)
    varint(value)
  }

  package mutating func write(_ number: Int, _ value: some Collection<UInt8>) {
    varint(UInt64(number) << 3 | 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  package mutating func write(_ number: Int, _ value: String) { write(number, Array(value.utf8)) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
