// SPDX-License-Identifier: Apache-2.0

/// What a handler that answers at once may see of its call. Lives until the handler returns.
public struct ImmediateCall: ~Escapable {
  /// The request message.
  public let message: RawSpan
  /// Which event loop this runs on, for ``PerLoop/current(_:)``.
  public let loop: Int
  /// Whether the request message was compressed on its way.
  public let wasCompressed: Bool
  /// Whether the caller takes replies in gzip.
  public let acceptsGzip: Bool
  private let fields: RawSpan

  @_lifetime(copy message, copy fields)
  init(message: RawSpan, fields: RawSpan, loop: Int, wasCompressed: Bool, acceptsGzip: Bool) {
    self.message = message
    self.fields = fields
    self.loop = loop
    self.wasCompressed = wasCompressed
    self.acceptsGzip = acceptsGzip
  }

  /// The caller's metadata. Made on each call of this: read it once.
  /// - Throws: INTERNAL where a value of a name in `-bin` is not base64.
  public func metadata() throws(Status) -> Metadata {
    if fields.byteCount == 0 { return Metadata() }
    return try fields.withUnsafeBytes { bytes throws(Status) in try ServerStream.decodeMetadata(bytes) }
  }
}

/// Bytes that many replies share, in memory that never moves. Written in `init` only, which is the guard
/// behind `@unchecked Sendable`.
public final class SharedBytes: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  public init(_ bytes: [UInt8]) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    memory.copyBytes(from: bytes)
    self.bytes = UnsafeRawBufferPointer(start: memory.baseAddress, count: bytes.count)
  }

  deinit { bytes.deallocate() }
}

/// The reply message of an immediate handler: bytes of its own, then bytes that somebody else keeps.
public struct ImmediateReply {
  package var buffer = RawBuffer()
  private(set) var shared = UnsafeRawBufferPointer(start: nil, count: 0)
  private var owner: Unmanaged<AnyObject>?
  /// What few replies have; nil keeps the others cheap.
  private(set) var extras: Extras?
  /// Told without a look at `extras`, which would retain it.
  private(set) var hasExtras = false

  final class Extras {
    var initialMetadata = Metadata()
    var trailers = Metadata()
    var isCompressed = false
    var successor: StreamingHandler?
  }

  init() {}

  /// Appends to the message.
  public mutating func append(_ bytes: [UInt8]) { buffer.append(bytes) }

  /// Appends to the message.
  public mutating func append(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { buffer.append($0) }
  }

  /// Ends the message with bytes that are not copied.
  public mutating func end(with bytes: SharedBytes) { end(with: bytes.bytes, keptBy: bytes) }

  /// Ends the message with bytes that are not copied. The owner is retained until they have been
  /// sent; the bytes must stay as they are for as long as it lives.
  package mutating func end(with bytes: UnsafeRawBufferPointer, keptBy owner: AnyObject) {
    precondition(self.owner == nil, "a reply ends once")
    self.owner = .passRetained(owner)
    shared = bytes
  }

  /// Metadata before the message.
  public mutating func setInitialMetadata(_ metadata: Metadata) { extra.initialMetadata = metadata }

  /// Metadata after the message, or beside the status that the handler returns.
  public mutating func setTrailers(_ trailers: Metadata) { extra.trailers = trailers }

  /// Sends the message in gzip, if the caller takes it.
  public mutating func compress() { extra.isCompressed = true }

  /// Leaves the call to a handler that may wait: for the few requests of a method that take long. It gets the request
  /// message anew, from ``ServerCall/onlyMessage()``; what was appended here is dropped.
  public mutating func handOver(to handler: @escaping StreamingHandler) { extra.successor = handler }

  private var extra: Extras {
    mutating get {
      if let extras { return extras }
      let made = Extras()
      extras = made
      hasExtras = true
      return made
    }
  }

  var count: Int { buffer.count + shared.count }

  /// Drops the message, keeps the extras.
  mutating func clearMessage(keeping kept: Int = 64 * 1024) {
    buffer.clear(keeping: kept)
    guard let owner else { return }
    owner.release()
    self.owner = nil
    shared = .init(start: nil, count: 0)
  }

  mutating func clear(keeping kept: Int) {
    clearMessage(keeping: kept)
    guard hasExtras else { return }
    extras = nil
    hasExtras = false
  }

  mutating func free() {
    clear(keeping: 0)
    buffer.free()
  }
}

/// A handler that runs to its end on the event loop: no waiting, no blocking, microseconds at most.
///
/// It appends the reply message and returns ok, or returns another status. What can't be answered so quickly is left to
/// another handler with ``ImmediateReply/handOver(to:)``.
public typealias ImmediateHandler = @Sendable (borrowing ImmediateCall, inout ImmediateReply) -> Status
