// SPDX-License-Identifier: Apache-2.0

/// The state of one stream on the server. Lives behind the pointer that nghttp2 carries for the
/// stream, comes from a ``StreamPool``, and keeps its buffers from call to call.
struct ServerStream {
  enum Phase: UInt8 {
    /// Request headers are coming in.
    case headers
    /// The route is an immediate handler; the request message is being collected.
    case collecting
    /// An async handler has the call.
    case streaming
    /// Not gRPC: the answer waits for the end of the request, or a moment.
    case rejecting
    /// The reply is on its way; what the peer still sends is dropped.
    case replied
  }

  /// Rules that a request's headers kept or broke, gathered as they come in.
  struct Marks: OptionSet {
    let rawValue: UInt16
    static let post = Marks(rawValue: 1)
    static let grpc = Marks(rawValue: 2)
    static let te = Marks(rawValue: 4)
    static let httpScheme = Marks(rawValue: 8)
    static let acceptsGzip = Marks(rawValue: 16)
    static let badTimeout = Marks(rawValue: 32)
    static let unknownEncoding = Marks(rawValue: 64)
    static let tooLarge = Marks(rawValue: 128)
    /// The body that goes out is of plain HTTP: no trailers after it.
    static let plain = Marks(rawValue: 256)
    /// All of the answer has been handed to HTTP/2.
    static let answered = Marks(rawValue: 512)
    /// A HEAD request: its answer has headers only.
    static let head = Marks(rawValue: 1024)

    static let required: Marks = [.post, .grpc, .te, .httpScheme]
    static let faulty: Marks = [.badTimeout, .unknownEncoding, .tooLarge]
  }

  var id: Int32 = 0
  var route: Int32 = -1
  var phase = Phase.headers
  var marks: Marks = []
  var encoding = CompressionAlgorithm.identity
  /// Bytes of the header list so far, counted as RFC 9113 section 6.5.2 does.
  var headerBytes: UInt32 = 0
  /// The connection's tick when the stream opened, and when its answer last got on.
  var openedTick: UInt32 = 0
  var progressTick: UInt32 = 0
  /// Nanoseconds of `grpc-timeout`; `.max` without one.
  var timeout = Int64.max
  var request = RawBuffer()
  var reply = ImmediateReply()
  var replySent = 0
  /// Whether the connection counts the reply as unsent.
  var isCounted = false
  /// Custom metadata as name length (4 bytes), value length (4 bytes), name, value.
  var metadata = RawBuffer()
  /// Retained while an async handler has the call.
  var call: Unmanaged<ServerCall>?
  /// Neighbours in the list that the state is in: its connection's open streams, or a pool.
  var next: UnsafeMutablePointer<ServerStream>?
  var previous: UnsafeMutablePointer<ServerStream>?

  mutating func reset() {
    id = 0
    route = -1
    phase = .headers
    marks = []
    encoding = .identity
    headerBytes = 0
    timeout = .max
    request.clear(keeping: Self.keptBytes)
    reply.clear(keeping: Self.keptBytes)
    replySent = 0
    isCounted = false
    metadata.clear(keeping: 1024)
  }

  /// What a stream's buffers keep for the next call.
  private static let keptBytes = 16 * 1024

  mutating func free() {
    request.free()
    reply.free()
    metadata.free()
  }

  @inline(__always)
  mutating func addMetadata(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    let target = metadata.reserve(8 + name.count + value.count)
    target.storeBytes(of: UInt32(name.count), as: UInt32.self)
    target.storeBytes(of: UInt32(value.count), toByteOffset: 4, as: UInt32.self)
    UnsafeMutableRawBufferPointer(start: target + 8, count: name.count).copyMemory(from: name)
    UnsafeMutableRawBufferPointer(start: target + 8 + name.count, count: value.count).copyMemory(from: value)
    metadata.advance(8 + name.count + value.count)
  }

  /// The metadata as values, made when somebody asks.
  /// - Throws: INTERNAL where a value of a name in `-bin` is not base64.
  func decodedMetadata() throws(Status) -> Metadata {
    try Self.decodeMetadata(metadata.bytes)
  }

  static func decodeMetadata(_ bytes: UnsafeRawBufferPointer) throws(Status) -> Metadata {
    var result = Metadata()
    var rest = bytes
    while rest.count >= 8 {
      let nameCount = Int(rest.loadUnaligned(as: UInt32.self))
      let valueCount = Int(rest.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      let name = UnsafeRawBufferPointer(rebasing: rest[8..<8 + nameCount])
      let value = UnsafeRawBufferPointer(rebasing: rest[8 + nameCount..<8 + nameCount + valueCount])
      guard result.addReceived(name: name, value: value) else {
        throw Status(.internal, "metadata \(String(decoding: name, as: UTF8.self)): the value is not base64")
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[(8 + nameCount + valueCount)...])
    }
    return result
  }
}

/// States that no stream has now. One for all connections of an event loop: what one call has left is in
/// the cache when the next one begins, and an idle connection keeps nothing.
final class StreamPool {
  /// More states than that are given back to the system; each may keep 48 KiB.
  private static let keptMax = 512

  private var first: UnsafeMutablePointer<ServerStream>?
  private var count = 0

  /// - Returns: a state as new, in no list.
  @inline(__always)
  func take() -> UnsafeMutablePointer<ServerStream> {
    guard let state = first else {
      let state = UnsafeMutablePointer<ServerStream>.allocate(capacity: 1)
      state.initialize(to: ServerStream())
      return state
    }
    first = state.pointee.next
    count -= 1
    return state
  }

  /// Takes back a state that is in no list.
  @inline(__always)
  func give(_ state: UnsafeMutablePointer<ServerStream>) {
    guard count < Self.keptMax else { return Self.discard(state) }
    state.pointee.reset()
    state.pointee.next = first
    first = state
    count += 1
  }

  private static func discard(_ state: UnsafeMutablePointer<ServerStream>) {
    state.pointee.free()
    state.deallocate()
  }

  deinit {
    var next = first
    while let state = next {
      next = state.pointee.next
      Self.discard(state)
    }
  }
}
