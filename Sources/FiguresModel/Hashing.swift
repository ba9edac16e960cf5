// SPDX-License-Identifier: Apache-2.0

/// FNV-1a over 64 bits: for tables, and for ids that must be the same for ever. It is no defence
/// against somebody who picks the bytes.
/// - Source: Fowler, Noll and Vo; offset basis and prime as in draft-eastlake-fnv.
package enum FNV1a {
  /// The hash of bytes that come in pieces.
  package struct Running {
    package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    package init() {}

    @inline(__always)
    package mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    package mutating func add(_ bytes: String.UTF8View) {
      let isWhole: Void? = bytes.withContiguousStorageIfAvailable { for byte in $0 { add(byte) } }
      if isWhole == nil { for byte in bytes { add(byte) } }
    }
  }

  package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }
}

/// Bytes as hexadecimal digits, two a byte, in lower case.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }.joined()
}
