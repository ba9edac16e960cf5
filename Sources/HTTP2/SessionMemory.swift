// SPDX-License-Identifier: Apache-2.0

internal import CNghttp2

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The allocator of nghttp2 sessions on one event loop: free lists by size class over `malloc`.
///
/// nghttp2 allocates and frees the same few sizes for every stream; taking them from a list saves
/// about a thousand instructions a call (measured with callgrind). One for all sessions of a loop: what
/// one connection has just given back is in the cache when the next one asks, and an idle connection
/// keeps nothing. A block carries 16 bytes in front of it that hold its class. Blocks over 1 KiB go to
/// `malloc` and back at once: they are those of the session itself, and rounding them up would cost
/// ten thousand idle connections dear.
///
/// Not thread-safe: whoever shares one makes, uses and ends the sessions on one event loop.
package final class SessionMemory {
  private static let headerBytes = 16
  private static let classCount = 6  // 32, 64, … 1024 bytes
  private static let unpooledClass = UInt(classCount)
  /// Bytes kept a class; more go back to `malloc`, so that one burst does not hold memory for ever.
  private static let keptBytes = 256 * 1024

  private struct FreeList {
    var head: UnsafeMutableRawPointer?
    var room = 0
  }

  private let lists: UnsafeMutablePointer<FreeList>
  /// What nghttp2 gets; its `mem_user_data` is `lists`, which this object outlives the session with.
  let functions: UnsafeMutablePointer<nghttp2_mem>

  package init() {
    lists = .allocate(capacity: Self.classCount)
    for index in 0..<Self.classCount {
      (lists + index).initialize(to: FreeList(head: nil, room: Self.keptBytes / (32 << index)))
    }
    functions = .allocate(capacity: 1)
    functions.initialize(
      to: nghttp2_mem(
        mem_user_data: UnsafeMutableRawPointer(lists),
        malloc: { size, data in SessionMemory.allocate(size, data) },
        free: { block, data in SessionMemory.free(block, data) },
        calloc: { count, size, data in
          let (total, overflow) = count.multipliedReportingOverflow(by: size)
          guard !overflow else { return nil }
          if SessionMemory.sizeClass(total) >= SessionMemory.classCount {
            // The C library knows which memory is zero already, and leaves it untouched.
            return SessionMemory.unpooled(Glibc.calloc(1, total + SessionMemory.headerBytes), total)
          }
          guard let block = SessionMemory.allocate(total, data) else { return nil }
          memset(block, 0, total)
          return block
        },
        realloc: { block, size, data in SessionMemory.reallocate(block, size, data) }))
  }

  deinit {
    for index in 0..<Self.classCount {
      var next = lists[index].head
      while let block = next {
        next = block.load(as: UnsafeMutableRawPointer?.self)
        Glibc.free(block - Self.headerBytes)
      }
    }
    lists.deallocate()
    functions.deallocate()
  }

  @inline(__always)
  private static func sizeClass(_ size: Int) -> Int {
    size <= 32 ? 0 : (Int.bitWidth - (size - 1).leadingZeroBitCount) - 5
  }

  @inline(__always)
  private static func allocate(
    _ size: Int, _ data: UnsafeMutableRawPointer?
  ) -> UnsafeMutableRawPointer? {
    let index = sizeClass(size)
    guard index < classCount, let data else {
      return unpooled(malloc(size + headerBytes), size)
    }
    let list = data.assumingMemoryBound(to: FreeList.self) + index
    if let block = list.pointee.head {
      list.pointee.head = block.load(as: UnsafeMutableRawPointer?.self)
      list.pointee.room += 1
      return block
    }
    guard let raw = malloc((32 << index) + headerBytes) else { return nil }
    raw.storeBytes(of: UInt(index), as: UInt.self)
    raw.storeBytes(of: 32 << index, toByteOffset: 8, as: Int.self)
    return raw + headerBytes
  }

  /// Marks a block as one that goes back to `malloc`.
  private static func unpooled(_ raw: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
    guard let raw else { return nil }
    raw.storeBytes(of: unpooledClass, as: UInt.self)
    raw.storeBytes(of: size, toByteOffset: 8, as: Int.self)
    return raw + headerBytes
  }

  @inline(__always)
  private static func free(_ block: UnsafeMutableRawPointer?, _ data: UnsafeMutableRawPointer?) {
    guard let block else { return }
    let raw = block - headerBytes
    let index = Int(raw.load(as: UInt.self))
    guard index < classCount, let data else { return Glibc.free(raw) }
    let list = data.assumingMemoryBound(to: FreeList.self) + index
    guard list.pointee.room > 0 else { return Glibc.free(raw) }
    block.storeBytes(of: list.pointee.head, as: UnsafeMutableRawPointer?.self)
    list.pointee.head = block
    list.pointee.room -= 1
  }

  private static func reallocate(
    _ block: UnsafeMutableRawPointer?, _ size: Int, _ data: UnsafeMutableRawPointer?
  ) -> UnsafeMutableRawPointer? {
    guard let block else { return allocate(size, data) }
    let held = (block - headerBytes).load(fromByteOffset: 8, as: Int.self)
    if size <= held { return block }
    guard let new = allocate(size, data) else { return nil }
    memcpy(new, block, held)
    free(block, data)
    return new
  }
}
