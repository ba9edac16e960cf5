// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Gazetteer

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Ready answers to requests that name an area and ask for nothing else: the query that is asked most.
///
/// A table from the exact bytes of a name or id to two pieces: what depends on the name (the area
/// shown, the others), and the facts, which names of one area share. Only names of areas with
/// figures are here, as they are written in the gazetteer; others take the general path, and get the
/// same answer.
package final class PlainAnswers: @unchecked Sendable {
  // Filled once, before the snapshot that owns it is shared: that is the guard behind
  // `@unchecked Sendable`.

  private struct Slot {
    var hash: UInt64 = 0
    var name: UnsafeRawBufferPointer = .init(start: nil, count: 0)
    var head: UnsafeRawBufferPointer = .init(start: nil, count: 0)
    var facts: UnsafeRawBufferPointer = .init(start: nil, count: 0)
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var mask = 0
  private var owned: [UnsafeMutableRawPointer] = []
  /// Facts that fit one page; areas with more take the general path.
  package static let factsMax = 500

  init() {
    slots = .allocate(capacity: 1)
    slots.initialize(to: Slot())
  }

  deinit {
    slots.deallocate()
    for memory in owned { memory.deallocate() }
  }

  /// The two pieces of the answer for a name; nil if there is none. No allocation.
  package func find(
    _ name: UnsafeRawBufferPointer
  ) -> (head: UnsafeRawBufferPointer, facts: UnsafeRawBufferPointer)? {
    guard let start = name.baseAddress else { return nil }
    let hash = Self.hash(name)
    var index = Int(truncatingIfNeeded: hash) & mask
    while let known = slots[index].name.baseAddress {
      if slots[index].hash == hash, slots[index].name.count == name.count,
        memcmp(known, start, name.count) == 0
      {
        return (slots[index].head, slots[index].facts)
      }
      index = (index + 1) & mask
    }
    return nil
  }

  func fill(from snapshot: Snapshot) {
    var names: Set<String> = []
    for ground in snapshot.grounds {
      for id in [ground] + snapshot.gazetteer.sameExtent(ground) {
        names.insert(id)
        names.formUnion(snapshot.gazetteer.names(of: id))
      }
    }
    names.remove("")
    var size = 1
    while size < names.count * 2 { size *= 2 }
    slots.deallocate()
    slots = .allocate(capacity: size)
    slots.initialize(repeating: Slot(), count: size)
    mask = size - 1
    var shared: [String: (UnsafeRawBufferPointer, Int)] = [:]
    for name in names.sorted() {
      guard let (shown, others) = snapshot.resolve(name) else { continue }
      let facts: (UnsafeRawBufferPointer, Int)
      if let known = shared[shown.id] {
        facts = known
      } else {
        let list = snapshot.figures(of: shown.id, subAreas: .parts)
        facts = (own(Array(list.map { snapshot.encodedFacts[$0] }.joined())), list.count)
        shared[shown.id] = facts
      }
      guard facts.1 <= Self.factsMax else { continue }
      let head = own(GeneralAnswer.head(snapshot, shown: shown, others: others, total: facts.1))
      let key = own(Array(name.utf8))
      let hash = Self.hash(key)
      var index = Int(truncatingIfNeeded: hash) & mask
      while slots[index].name.count > 0 { index = (index + 1) & mask }
      slots[index] = Slot(hash: hash, name: key, head: head, facts: facts.0)
    }
  }

  private func own(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 8)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { memory.copyMemory(from: base, byteCount: bytes.count) }
    }
    owned.append(memory)
    return UnsafeRawBufferPointer(start: memory, count: bytes.count)
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let hash = FNV1a.hash(bytes)
    return hash ^ (hash >> 31)
  }
}
