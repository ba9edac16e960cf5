// SPDX-License-Identifier: Apache-2.0

/// An array in pieces of fixed size: a copy shares all pieces, and a change after it copies one.
///
/// Snapshots hold copies while the fold goes on, so that publishing one costs nothing for what did not change.
struct ChunkedArray<Element: Sendable>: Sendable {
  private static var chunkBits: Int { 10 }
  private static var chunkSize: Int { 1 << chunkBits }

  private var chunks: [ContiguousArray<Element>] = []
  private(set) var count = 0

  var indices: Range<Int> { 0..<count }

  mutating func append(_ element: Element) {
    if count & (Self.chunkSize - 1) == 0 {
      var chunk = ContiguousArray<Element>()
      chunk.reserveCapacity(Self.chunkSize)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }

  subscript(index: Int) -> Element {
    get {
      precondition(index < count)
      return chunks[index >> Self.chunkBits][index & (Self.chunkSize - 1)]
    }
    _modify {
      precondition(index < count)
      yield &chunks[index >> Self.chunkBits][index & (Self.chunkSize - 1)]
    }
  }
}

/// Numbers of values that come again and again, each kept once. The values themselves are in an array that snapshots share.
struct Numbering<Value: Hashable & Sendable>: Sendable {
  private var numbers: [Value: UInt32] = [:]

  init() {}

  /// - Parameter values: what has numbers already.
  init(_ values: ChunkedArray<Value>) {
    for index in values.indices { numbers[values[index]] = UInt32(index) }
  }

  mutating func number(of value: Value, in values: inout ChunkedArray<Value>) -> UInt32 {
    if let known = numbers[value] { return known }
    let number = UInt32(values.count)
    numbers[value] = number
    values.append(value)
    return number
  }
}
