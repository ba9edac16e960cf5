// SPDX-License-Identifier: Apache-2.0

/// Follows frames through received bytes, to tell a peer that is between frames from one that has
/// stopped inside one: nghttp2 does not say. Only lengths are read; what is wrong in them is nghttp2's.
struct FrameBoundary: Sendable {
  /// Bytes of the preface, or of a frame's payload, that are still to come.
  private var rest: Int
  /// Bytes of a frame header that have come, 0 to 8, and the length they tell.
  private var headerBytes = 0
  private var length = 0

  init(prefaceBytes: Int) { rest = prefaceBytes }

  /// Frames that have begun so far.
  private(set) var frames: UInt64 = 0

  var isInside: Bool { rest > 0 || headerBytes > 0 }

  mutating func advance(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    while index < bytes.count {
      if rest > 0 {
        let taken = min(rest, bytes.count - index)
        rest -= taken
        index += taken
      } else if headerBytes == 0, bytes.count - index >= 9 {
        rest = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
        index += 9
        frames &+= 1
      } else {
        if headerBytes < 3 { length = length << 8 | Int(bytes[index]) }
        headerBytes += 1
        index += 1
        if headerBytes == 9 {
          rest = length
          length = 0
          headerBytes = 0
          frames &+= 1
        }
      }
    }
  }
}
