// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto
internal import CProtobufC

/// Memory for protobuf-c messages, freed all at once: for building a message before it is packed,
/// and as the allocator of an unpack.
///
/// Bump allocation in chunks; ``reset()`` keeps the first chunk, so that a reused arena allocates
/// nothing for ordinary requests. Not thread-safe: one owner at a time.
final class ProtoArena {
  private static let chunkBytes = 16 * 1024

  private var chunks: [UnsafeMutableRawPointer] = []
  private var next: UnsafeMutableRawPointer
  private var remaining: Int
  private let first: UnsafeMutableRawPointer
  private let allocatorPointer: UnsafeMutablePointer<ProtobufCAllocator>

  init() {
    first = .allocate(byteCount: Self.chunkBytes, alignment: 16)
    next = first
    remaining = Self.chunkBytes
    allocatorPointer = .allocate(capacity: 1)
    allocatorPointer.initialize(
      to: ProtobufCAllocator(
        alloc: { data, size in
          guard let data else { return nil }
          return Unmanaged<ProtoArena>.fromOpaque(data).takeUnretainedValue().allocate(size)
        },
        free: { _, _ in },  // everything goes with the arena
        allocator_data: nil))
    allocatorPointer.pointee.allocator_data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    for chunk in chunks { chunk.deallocate() }
    first.deallocate()
    allocatorPointer.deallocate()
  }

  func reset() {
    for chunk in chunks { chunk.deallocate() }
    chunks.removeAll(keepingCapacity: true)
    next = first
    remaining = Self.chunkBytes
  }

  func allocate(_ size: Int) -> UnsafeMutableRawPointer {
    let rounded = (size + 15) & ~15
    if rounded > remaining {
      let bytes = max(rounded, Self.chunkBytes)
      let chunk = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
      chunks.append(chunk)
      next = chunk
      remaining = bytes
    }
    defer {
      next += rounded
      remaining -= rounded
    }
    return next
  }

  var allocator: UnsafeMutablePointer<ProtobufCAllocator> { allocatorPointer }

  // MARK: - Building

  /// A message as its generated `init` function leaves it.
  func make<Message>(_ initialize: (UnsafeMutablePointer<Message>?) -> Void) -> UnsafeMutablePointer<Message> {
    let pointer = allocate(MemoryLayout<Message>.size).bindMemory(to: Message.self, capacity: 1)
    initialize(pointer)
    return pointer
  }

  /// A C string; U+0000 is left out, since protobuf-c would cut the text there.
  func string(_ text: String) -> UnsafeMutablePointer<CChar> {
    var text = text
    return text.withUTF8 { bytes in
      let pointer = allocate(bytes.count + 1).bindMemory(to: CChar.self, capacity: bytes.count + 1)
      var count = 0
      for byte in bytes where byte != 0 {
        pointer[count] = CChar(bitPattern: byte)
        count += 1
      }
      pointer[count] = 0
      return pointer
    }
  }

  func array<Element>(
    _ elements: [UnsafeMutablePointer<Element>]
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<Element>?>? {
    guard !elements.isEmpty else { return nil }
    let pointer = allocate(elements.count * MemoryLayout<UnsafeMutablePointer<Element>?>.stride)
      .bindMemory(to: UnsafeMutablePointer<Element>?.self, capacity: elements.count)
    for (index, element) in elements.enumerated() { pointer[index] = element }
    return pointer
  }

  func numbers(_ values: [UInt32]) -> UnsafeMutablePointer<UInt32>? {
    guard !values.isEmpty else { return nil }
    let pointer = allocate(values.count * MemoryLayout<UInt32>.stride)
      .bindMemory(to: UInt32.self, capacity: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
    return pointer
  }

  // MARK: - Bytes

  static func pack<Message>(_ message: UnsafeMutablePointer<Message>) -> [UInt8] {
    let base = UnsafeMutableRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self)
    let size = protobuf_c_message_get_packed_size(base)
    guard size > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = protobuf_c_message_pack(base, buffer.baseAddress)
    }
  }

  /// Checks the bytes against the rules that protobuf-c does not check, then unpacks into the arena.
  func unpack<Message>(
    _ bytes: UnsafeRawBufferPointer, _ initialize: (UnsafeMutablePointer<Message>?) -> Void
  ) throws(WireError) -> UnsafeMutablePointer<Message> {
    let probe = make(initialize)
    let descriptor = UnsafeMutableRawPointer(probe)
      .assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
    guard let descriptor else { preconditionFailure("a message without a descriptor") }
    try WireCheck.check(bytes, descriptor)
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard let message = protobuf_c_message_unpack(descriptor, allocator, bytes.count, start) else {
      throw WireError(field: "", message: "the bytes are not a \(String(cString: descriptor.pointee.name))")
    }
    return UnsafeMutableRawPointer(message).assumingMemoryBound(to: Message.self)
  }
}

/// A message that breaks a rule of the contract: which field, and what is allowed.
package struct WireError: Error, Sendable, CustomStringConvertible {
  /// "document.text"; empty where no field can be named.
  package var field: String
  package var message: String

  package init(field: String, message: String) {
    self.field = field
    self.message = message
  }

  package var description: String { field.isEmpty ? message : "\(field): \(message)" }
}

/// Rules that protobuf-c does not enforce: strings are UTF-8 without U+0000, nesting is bounded.
///
/// Walks the wire bytes along the message's descriptor. What it does not understand it leaves to
/// the unpack.
enum WireCheck {
  private static let depthMax = 16

  static func check(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) throws(WireError) {
    try check(bytes, descriptor, depth: 0)
  }

  private static func check(
    _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, depth: Int
  ) throws(WireError) {
    guard depth < depthMax else {
      throw WireError(field: "", message: "messages are nested more than \(depthMax) deep")
    }
    var index = 0
    while index < bytes.count {
      guard let tag = varint(bytes, &index) else { return }
      switch tag & 7 {
      case 0: guard varint(bytes, &index) != nil else { return }
      case 1: index += 8
      case 5: index += 4
      case 2:
        guard let length = varint(bytes, &index), length <= UInt64(bytes.count - index) else { return }
        let value = UnsafeRawBufferPointer(rebasing: bytes[index..<index + Int(length)])
        index += Int(length)
        guard let field = field(UInt32(truncatingIfNeeded: tag >> 3), descriptor) else { continue }
        if field.pointee.type == PROTOBUF_C_TYPE_STRING {
          try checkString(value, field)
        } else if field.pointee.type == PROTOBUF_C_TYPE_MESSAGE, let inner = field.pointee.descriptor {
          do throws(WireError) {
            try check(
              value, inner.assumingMemoryBound(to: ProtobufCMessageDescriptor.self), depth: depth + 1)
          } catch {
            let name = String(cString: field.pointee.name)
            throw WireError(
              field: error.field.isEmpty ? name : "\(name).\(error.field)", message: error.message)
          }
        }
      default: return
      }
    }
  }

  private static func field(
    _ id: UInt32, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
  ) -> UnsafePointer<ProtobufCFieldDescriptor>? {
    for index in 0..<Int(descriptor.pointee.n_fields) {
      let field = descriptor.pointee.fields + index
      if field.pointee.id == id { return field }
    }
    return nil
  }

  private static func checkString(
    _ value: UnsafeRawBufferPointer, _ field: UnsafePointer<ProtobufCFieldDescriptor>
  ) throws(WireError) {
    if let offset = UTF8Check.firstInvalid(value) {
      throw WireError(
        field: String(cString: field.pointee.name),
        message: "it is not valid UTF-8 (byte \(offset)); allowed: UTF-8 without U+0000")
    }
    if let offset = value.firstIndex(of: 0) {
      throw WireError(
        field: String(cString: field.pointee.name),
        message: "it holds U+0000 (byte \(offset)); allowed: UTF-8 without U+0000")
    }
  }

  private static func varint(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < bytes.count, shift < 64 {
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }
}

/// Validation of UTF-8 by the table of Unicode 15, section 3.9.
package enum UTF8Check {
  /// - Returns: the offset of the first byte that does not begin or go on with a character; nil if
  ///   all is well.
  package static func firstInvalid(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        index += 1
        continue
      }
      let (length, low, high): (Int, UInt8, UInt8)
      switch byte {
      case 0xc2...0xdf: (length, low, high) = (2, 0x80, 0xbf)
      case 0xe0: (length, low, high) = (3, 0xa0, 0xbf)
      case 0xed: (length, low, high) = (3, 0x80, 0x9f)
      case 0xe1...0xef: (length, low, high) = (3, 0x80, 0xbf)
      case 0xf0: (length, low, high) = (4, 0x90, 0xbf)
      case 0xf1...0xf3: (length, low, high) = (4, 0x80, 0xbf)
      case 0xf4: (length, low, high) = (4, 0x80, 0x8f)
      default: return index
      }
      guard index + length <= bytes.count, bytes[index + 1] >= low, bytes[index + 1] <= high else {
        return index
      }
      for offset in 2..<max(length, 2) where offset < length {
        guard bytes[index + offset] & 0xc0 == 0x80 else { return index }
      }
      index += length
    }
    return nil
  }
}
