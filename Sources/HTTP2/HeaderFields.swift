// SPDX-License-Identifier: Apache-2.0

internal import CNghttp2

/// One header field: a lower-case name and its value as bytes.
package struct HeaderField: Sendable, Equatable {
  package var name: String
  package var value: [UInt8]

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = Array(value.utf8)
  }

  package init(_ name: String, bytes: [UInt8]) {
    self.name = name
    self.value = bytes
  }
}

/// A header list laid out once, in memory that never moves and is never freed, for use on every call.
/// Make them `static`.
///
/// nghttp2 copies neither names nor values of it (`NO_COPY`), which saves about 550 instructions a call;
/// and nothing counts references to it, which all cores would do on the same line of memory.
package struct PreparedHeaders: @unchecked Sendable {
  // Written in init only: that is the guard behind `@unchecked Sendable`.
  let fields: UnsafeMutablePointer<nghttp2_nv>
  let count: Int

  package init(_ list: [HeaderField]) {
    count = list.count
    fields = .allocate(capacity: max(list.count, 1))
    for (index, field) in list.enumerated() {
      let flags = UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue)
      let name = Array(field.name.utf8)
      fields[index] = nghttp2_nv(
        name: Self.copy(name), value: Self.copy(field.value), namelen: name.count,
        valuelen: field.value.count, flags: flags)
    }
  }

  private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<UInt8> {
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    for (index, byte) in bytes.enumerated() { memory[index] = byte }
    return memory
  }
}
