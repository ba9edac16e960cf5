// SPDX-License-Identifier: Apache-2.0

internal import HTTP2

/// Custom metadata of a call: names in lower case, repeats kept in order.
///
/// A name that ends in `-bin` has bytes as its values, any other has printable ASCII text.
/// - Source: "Custom-Metadata", grpc/grpc doc/PROTOCOL-HTTP2.md.
public struct Metadata: Sendable, Equatable {
  /// One entry.
  public struct Field: Sendable, Equatable {
    /// In lower case.
    public let name: String
    public let value: Value
  }

  /// A value, whose kind follows from the name.
  public enum Value: Sendable, Equatable {
    /// Printable ASCII, without spaces around it.
    case text(String)
    /// Of a name in `-bin`; base64 on the wire.
    case binary([UInt8])
  }

  /// All entries, in order.
  public private(set) var fields: [Field] = []

  public init() {}

  /// - Throws: ``MetadataError`` where the name or the value can't be sent.
  public mutating func add(_ name: String, _ value: String) throws(MetadataError) {
    let name = try Self.checked(name)
    guard !name.hasSuffix("-bin") else { throw MetadataError(name, "a name in -bin takes bytes") }
    guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw MetadataError(name, "allowed in a value: printable ASCII; use a name in -bin for bytes")
    }
    let isTrimmed = value.utf8.first != UInt8(ascii: " ") && value.utf8.last != UInt8(ascii: " ")
    guard isTrimmed else { throw MetadataError(name, "a value has no spaces around it") }
    fields.append(Field(name: name, value: .text(value)))
  }

  /// - Parameter name: ends in `-bin`.
  /// - Throws: ``MetadataError`` where the name can't be sent.
  public mutating func add(_ name: String, binary value: [UInt8]) throws(MetadataError) {
    let name = try Self.checked(name)
    guard name.hasSuffix("-bin") else { throw MetadataError(name, "bytes need a name in -bin") }
    fields.append(Field(name: name, value: .binary(value)))
  }

  /// Adds all entries of another.
  public mutating func append(_ other: Metadata) { fields += other.fields }

  /// All text values of a name, in order.
  public subscript(name: String) -> [String] {
    fields.compactMap { if $0.name == name, case .text(let text) = $0.value { text } else { nil } }
  }

  /// All values of a name in `-bin`, in order.
  public subscript(binary name: String) -> [[UInt8]] {
    fields.compactMap { if $0.name == name, case .binary(let bytes) = $0.value { bytes } else { nil } }
  }

  private static func checked(_ name: String) throws(MetadataError) -> String {
    let name = name.lowercased()
    let isAllowed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
      default: false
      }
    }
    guard isAllowed, !name.isEmpty else {
      throw MetadataError(name, "allowed in a name: a to z, 0 to 9, _, -, .")
    }
    var bytes = name
    guard !bytes.withUTF8({ isReserved(UnsafeRawBufferPointer($0)) }) else {
      throw MetadataError(name, "the name is HTTP/2's or gRPC's own")
    }
    return name
  }

  // MARK: - Wire

  /// As header fields: values of names in `-bin` in base64 without padding.
  var wireFields: [HeaderField] {
    fields.map {
      switch $0.value {
      case .text(let text): HeaderField($0.name, text)
      case .binary(let bytes): HeaderField($0.name, bytes: Base64.encode(bytes))
      }
    }
  }

  /// Adds a field as it was received.
  /// - Returns: false where the value is not base64 although the name says so.
  mutating func addReceived(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
    let key = String(decoding: name, as: UTF8.self)
    guard name.count >= 4, UnsafeRawBufferPointer(rebasing: name.suffix(4)).equals("-bin") else {
      fields.append(Field(name: key, value: .text(String(decoding: value, as: UTF8.self))))
      return true
    }
    // Several values of one name may stand in one field, joined by commas (RFC 9110 section 5.3).
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      guard let bytes = Base64.decode(UnsafeRawBufferPointer(rebasing: part)) else { return false }
      fields.append(Field(name: key, value: .binary(bytes)))
    }
    return true
  }

  /// Names of HTTP/2 and gRPC itself; they are not metadata of the caller's.
  static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let first = name.first else { return true }
    switch first {
    case UInt8(ascii: ":"): return true
    case UInt8(ascii: "g"): return name.hasPrefix("grpc-")
    case UInt8(ascii: "t"): return name.equals("te")
    case UInt8(ascii: "c"): return name.equals("content-type") || name.equals("content-length")
    default: return false
    }
  }
}

/// Metadata that can't be sent.
public struct MetadataError: Error, Sendable, CustomStringConvertible {
  /// The name as it was given, in lower case.
  public let name: String
  /// The rule that it broke.
  public let rule: String

  init(_ name: String, _ rule: String) {
    self.name = name
    self.rule = rule
  }

  public var description: String { "metadata \"\(name)\": \(rule)" }
}

/// Base64 as gRPC has it: sent without padding, taken with or without.
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xff, count: 256)
    for (index, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(index) }
    return values
  }()

  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count * 4 + 2) / 3)
    var index = 0
    while index < bytes.count {
      let rest = min(3, bytes.count - index)
      var group = UInt32(bytes[index]) << 16
      if rest > 1 { group |= UInt32(bytes[index + 1]) << 8 }
      if rest > 2 { group |= UInt32(bytes[index + 2]) }
      for digit in 0...rest { result.append(alphabet[Int(group >> (18 - 6 * UInt32(digit))) & 63]) }
      index += 3
    }
    return result
  }

  /// - Returns: nil where it is not base64.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var count = bytes.count
    if count % 4 == 0, count > 0, bytes[count - 1] == UInt8(ascii: "=") {
      count -= bytes[count - 2] == UInt8(ascii: "=") ? 2 : 1
    }
    guard count % 4 != 1 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(count * 3 / 4)
    var group: UInt32 = 0
    var bits: UInt32 = 0
    for index in 0..<count {
      let value = values[Int(bytes[index])]
      guard value != 0xff else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        result.append(UInt8(truncatingIfNeeded: group >> bits))
      }
    }
    return result
  }
}
