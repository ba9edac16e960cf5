// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// A value that many event loops read without a lock, and that is replaced now and then.
///
/// Each loop has its own slot, and only that loop reads and writes it: that is the guard behind
/// `@unchecked Sendable`. A reader sees a new value within one turn of its loop.
public final class PerLoop<Value: Sendable>: @unchecked Sendable {
  private let loops: [any EventLoop]
  private let slots: UnsafeMutablePointer<Value>

  public init(group: any EventLoopGroup, initial: Value) {
    loops = Array(group.makeIterator())
    slots = .allocate(capacity: loops.count)
    slots.initialize(repeating: initial, count: loops.count)
  }

  deinit {
    slots.deinitialize(count: loops.count)
    slots.deallocate()
  }

  /// The value on this loop. - Parameter loop: the index that a call carries; call it there only.
  public func current(_ loop: Int) -> Value { slots[loop] }

  /// Replaces the value on every loop, one after the other.
  public func publish(_ value: Value) {
    for (index, loop) in loops.enumerated() {
      loop.execute { self.slots[index] = value }
    }
  }
}
