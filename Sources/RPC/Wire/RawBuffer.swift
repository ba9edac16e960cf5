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
  private var storage: UnsafeMutableRawPointer?
  /// Bytes at the front that were dropped; they are moved over only once they are the larger part.
  private var start = 0
  package private(set) var count = 0
  private var capacity = 0

  package init() {}

  package var base: UnsafeMutableRawPointer? { storage.map { $0 + start } }
  package var bytes: UnsafeRawBufferPointer { .init(start: base, count: count) }

  /// Makes room for `extra` bytes after the end and returns where they start.
  package mutating func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
    if let storage, start + count + extra <= capacity { return storage + start + count }
    return grow(extra)
  }

  private mutating func grow(_ extra: Int) -> UnsafeMutableRawPointer {
    if start > 0, let storage {
      memmove(storage, storage + start, count)
      start = 0
      if count + extra <= capacity { return storage + count }
    }
    var wanted = max(capacity * 2, 512)
    while wanted < count + extra { wanted *= 2 }
    guard let grown = realloc(storage, wanted) else { fatalError("out of memory: \(wanted) bytes") }
    storage = grown
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

  /// Drops the first bytes. Constant time, but for a move once in as many bytes as it moves.
  package mutating func removeFirst(_ dropped: Int) {
    count -= dropped
    start += dropped
    if count == 0 {
      clear()
    } else if start > count, start > 4096, let storage {
      memmove(storage, storage + start, count)
      start = 0
    }
  }

  /// Empties the buffer; memory over `kept` bytes is given back.
  package mutating func clear(keeping kept: Int = 64 * 1024) {
    count = 0
    start = 0
    if capacity > kept { free() }
  }

  package mutating func free() {
    Glibc.free(storage)
    storage = nil
    start = 0
    count = 0
    capacity = 0
  }
}
