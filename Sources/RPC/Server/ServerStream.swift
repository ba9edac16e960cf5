// SPDX-License-Identifier: Apache-2.0

/// The state of one stream on the server. Lives behind the pointer that nghttp2 carries for the
/// stream, comes from a free list, and keeps its buffers from call to call.
struct ServerStream {
  enum Phase: UInt8 {
    /// Request headers are coming in.
    case headers
    /// The route is an immediate handler; the request message is being collected.
    case collecting
    /// An async handler has the call.
    case streaming
    /// The reply is on its way; what the peer still sends is dropped.
    case replied
  }

  var id: Int32 = 0
  var route: Int32 = -1
  var phase = Phase.headers
  var hasPath = false
  var isPost = false
  var isGRPC = false
  /// `grpc-encoding` named something other than identity.
  var isCompressed = false
  var hasBadTimeout = false
  /// Nanoseconds of `grpc-timeout`; `.max` without one.
  var timeout = Int64.max
  var request = RawBuffer()
  var reply = ImmediateReply()
  var replySent = 0
  /// Custom metadata as name length (4 bytes), value length (4 bytes), name, value.
  var metadata = RawBuffer()
  /// Retained while an async handler has the call.
  var call: Unmanaged<ServerCall>?
  var nextFree: UnsafeMutablePointer<ServerStream>?

  mutating func reset() {
    id = 0
    route = -1
    phase = .headers
    hasPath = false
    isPost = false
    isGRPC = false
    isCompressed = false
    hasBadTimeout = false
    timeout = .max
    request.clear()
    reply.clear()
    replySent = 0
    metadata.clear()
  }

  mutating func free() {
    request.free()
    reply.free()
    metadata.free()
  }

  mutating func addMetadata(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let target = metadata.reserve(8)
    target.storeBytes(of: UInt32(name.count), as: UInt32.self)
    target.storeBytes(of: UInt32(value.count), toByteOffset: 4, as: UInt32.self)
    metadata.advance(8)
    metadata.append(name)
    metadata.append(value)
  }

  /// The metadata as values, made when somebody asks.
  func decodedMetadata() -> Metadata {
    var result = Metadata()
    var rest = UnsafeRawBufferPointer(metadata.bytes)
    while rest.count >= 8 {
      let name = Int(rest.loadUnaligned(as: UInt32.self))
      let value = Int(rest.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      result.add(
        name: UnsafeRawBufferPointer(rebasing: rest[8..<8 + name]),
        value: UnsafeRawBufferPointer(rebasing: rest[8 + name..<8 + name + value]))
      rest = UnsafeRawBufferPointer(rebasing: rest[(8 + name + value)...])
    }
    return result
  }
}
