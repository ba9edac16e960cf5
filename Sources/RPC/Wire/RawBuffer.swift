// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A growing byte buffer in plain memory, reused from call to call.
///
/// The owner calls ``free()``. A struct without references, so that a call's state can live behind a
/// pointer and cost no retain, release or allocation.
package struct RawBuffer {
  package private(set) var base: UnsafeMutableRawPointer?
  package private(set) var count = 0
  private var capacity = 0

  package init() {}

  package var bytes: UnsafeRawBufferPointer { .init(start: base, count: count) }

  /// Makes room for `extra` bytes after the end and returns where they start.
  package mutating func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
    if let base, count + extra <= capacity { return base + count }
    var wanted = max(capacity * 2, 512)
    while wanted < count + extra { wanted *= 2 }
    guard let grown = realloc(base, wanted) else { fatalError("out of memory: \(wanted) bytes") }
    base = grown
    capacity = wanted
    return grown + count
  }

  /// Counts bytes that were written where ``reserve(_:)`` said.
  package mutating func advance(_ written: Int) { count += written }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    memcpy(reserve(bytes.count), source, bytes.count)
    count += bytes.count
  }

  package mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Drops the first bytes.
  package mutating func removeFirst(_ dropped: Int) {
    count -= dropped
    if count > 0, let base { memmove(base, base + dropped, count) }
  }

  /// Empties the buffer; memory over `kept` bytes is given back.
  package mutating func clear(keeping kept: Int = 64 * 1024) {
    count = 0
    if capacity > kept { free() }
  }

  package mutating func free() {
    Glibc.free(base)
    base = nil
    count = 0
    capacity = 0
  }
}
