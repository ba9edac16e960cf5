// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A whole answer but for its first field, the revision, in memory that never moves.
package final class ReadyAnswer: @unchecked Sendable {
  // Written in `init` only: that is the guard behind `@unchecked Sendable`.
  package let bytes: UnsafeRawBufferPointer
  /// The areas that it was made of, by place, and the revisions that had changed them last.
  let grounds: [(place: Int, version: UInt64)]

  init(_ answer: [UInt8], grounds: [(place: Int, version: UInt64)]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(answer.count, 1), alignment: 8)
    memory.copyBytes(from: answer)
    bytes = UnsafeRawBufferPointer(start: memory.baseAddress, count: answer.count)
    self.grounds = grounds
  }

  deinit { bytes.deallocate() }
}

/// Ready answers to requests that name an area and ask for nothing else: the query that is asked most.
///
/// One for each event loop, which alone uses it: that is the guard behind `@unchecked Sendable`. An answer is put together
/// when it is asked for, and stands until one of its areas changes.
package final class AnswerCache: @unchecked Sendable {
  /// Names that are kept, and bytes of their answers.
  private static let namesMax = 4096
  private static let bytesMax = 64 * 1024 * 1024

  private struct Slot {
    var hash: UInt64 = 0
    var name: UnsafeRawBufferPointer = .init(start: nil, count: 0)
    var answer: Unmanaged<ReadyAnswer>?
    /// The snapshot that the answer was last found to stand in.
    var sequence: UInt64 = 0
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let mask = namesMax * 2 - 1
  private var count = 0
  private var bytes = 0

  package init() {
    slots = .allocate(capacity: Self.namesMax * 2)
    slots.initialize(repeating: Slot(), count: Self.namesMax * 2)
  }

  deinit {
    clear()
    slots.deallocate()
  }

  /// The answer to a name in a snapshot; nil if it must be put together. No allocation.
  @inline(__always)
  package func find(_ name: UnsafeRawBufferPointer, _ snapshot: Snapshot) -> ReadyAnswer? {
    guard let slot = slot(of: name), let answer = slots[slot].answer else { return nil }
    if slots[slot].sequence != snapshot.sequence {
      guard snapshot.stands(answer.takeUnretainedValue()) else { return nil }
      slots[slot].sequence = snapshot.sequence
    }
    return answer.takeUnretainedValue()
  }

  package func keep(_ answer: ReadyAnswer, for name: UnsafeRawBufferPointer, _ snapshot: Snapshot) {
    guard name.count > 0, answer.bytes.count < Self.bytesMax / 8 else { return }
    if count == Self.namesMax || bytes + answer.bytes.count > Self.bytesMax { clear() }
    let hash = Self.hash(name)
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].name.count > 0, !isSlot(index, hash, name) { index = (index + 1) & mask }
    if let before = slots[index].answer {
      bytes -= before.takeUnretainedValue().bytes.count
      before.release()
    } else {
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: name.count, alignment: 1)
      copy.copyMemory(from: name)
      slots[index].name = UnsafeRawBufferPointer(copy)
      slots[index].hash = hash
      count += 1
    }
    slots[index].answer = .passRetained(answer)
    slots[index].sequence = snapshot.sequence
    bytes += answer.bytes.count
  }

  private func slot(of name: UnsafeRawBufferPointer) -> Int? {
    guard name.count > 0 else { return nil }
    let hash = Self.hash(name)
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].name.count > 0 {
      if isSlot(index, hash, name) { return index }
      index = (index + 1) & mask
    }
    return nil
  }

  private func isSlot(_ index: Int, _ hash: UInt64, _ name: UnsafeRawBufferPointer) -> Bool {
    guard slots[index].hash == hash, slots[index].name.count == name.count, let known = slots[index].name.baseAddress,
      let asked = name.baseAddress
    else { return false }
    return memcmp(known, asked, name.count) == 0
  }

  private func clear() {
    for index in 0...mask where slots[index].name.count > 0 {
      slots[index].name.deallocate()
      slots[index].answer?.release()
      slots[index] = Slot()
    }
    count = 0
    bytes = 0
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let hash = FNV1a.hash(bytes)
    return hash ^ (hash >> 31)
  }
}
