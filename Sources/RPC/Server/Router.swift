// SPDX-License-Identifier: Apache-2.0

/// What a handler that answers at once may see of its call. Lives until the handler returns.
package struct ImmediateCall {
  /// The request message. The bytes end with the handler.
  package let message: UnsafeRawBufferPointer
  /// Which event loop this runs on, for ``PerLoop/current(_:)``.
  package let loop: Int
}

/// The reply message of an immediate handler: bytes of its own, then bytes that somebody else keeps.
package struct ImmediateReply {
  package var buffer = RawBuffer()
  private(set) var shared = UnsafeRawBufferPointer(start: nil, count: 0)
  private var owner: Unmanaged<AnyObject>?

  /// Ends the message with bytes that are not copied. The owner is retained until they have been
  /// sent; the bytes must stay as they are for as long as it lives.
  package mutating func end(with bytes: UnsafeRawBufferPointer, keptBy owner: AnyObject) {
    precondition(self.owner == nil, "a reply ends once")
    self.owner = .passRetained(owner)
    shared = bytes
  }

  var count: Int { buffer.count + shared.count }

  mutating func clear() {
    buffer.clear()
    guard let owner else { return }
    owner.release()
    self.owner = nil
    shared = .init(start: nil, count: 0)
  }

  mutating func free() {
    clear()
    buffer.free()
  }
}

/// A handler that runs to its end on the event loop: no waiting, no blocking, microseconds at most.
///
/// It appends the reply message and returns ok, or returns another status.
package typealias ImmediateHandler = @Sendable (ImmediateCall, inout ImmediateReply) -> Status

/// A handler that may wait: all four kinds of call are this one. It returns for ok, or throws a
/// ``Status``. It is started on the connection's event loop and resumes there after each wait.
package typealias StreamingHandler = @Sendable (ServerCall) async throws -> Void

/// The methods that a server serves, by path (`/package.Service/Method`).
package struct Router: Sendable {
  enum Handler: Sendable {
    case immediate(ImmediateHandler)
    case streaming(StreamingHandler)
  }

  struct Route: Sendable {
    let path: [UInt8]
    let handler: Handler
  }

  private(set) var routes: [Route] = []
  /// Open addressing over `routes`, by ``hash(_:)``; -1 is empty. Its size is a power of two, and at
  /// least twice the number of routes.
  private var table: [Int32] = [-1, -1]

  package init() {}

  /// Names of the services that have a method here, sorted.
  package var services: [String] {
    Set(routes.map { String(decoding: $0.path.dropFirst().prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self) })
      .sorted()
  }

  package mutating func immediate(_ path: String, _ handler: @escaping ImmediateHandler) {
    add(Route(path: Array(path.utf8), handler: .immediate(handler)))
  }

  /// Adds a method of any kind; see ``StreamingHandler``.
  package mutating func streaming(_ path: String, _ handler: @escaping StreamingHandler) {
    add(Route(path: Array(path.utf8), handler: .streaming(handler)))
  }

  /// Adds a method with one request and one reply whose handler waits.
  package mutating func unary(
    _ path: String, _ handler: @escaping @Sendable ([UInt8], ServerCall) async throws -> [UInt8]
  ) {
    streaming(path) { call in
      let reply = try await handler(try await call.onlyRequest(), call)
      try await call.send(reply)
    }
  }

  /// Adds a method with one request and a stream of replies.
  package mutating func serverStreaming(
    _ path: String, _ handler: @escaping @Sendable ([UInt8], ServerCall) async throws -> Void
  ) {
    streaming(path) { call in try await handler(try await call.onlyRequest(), call) }
  }

  private mutating func add(_ route: Route) {
    precondition(route.path.first == UInt8(ascii: "/"), "a path begins with a slash")
    precondition(
      route.path.withUnsafeBytes { find($0) } == nil,
      "two handlers for \(String(decoding: route.path, as: UTF8.self))")
    routes.append(route)
    var size = 2
    while size < routes.count * 4 { size *= 2 }
    table = Array(repeating: -1, count: size)
    for (index, route) in routes.enumerated() {
      var slot = route.path.withUnsafeBytes { Self.hash($0) } & (size - 1)
      while table[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      table[slot] = Int32(index)
    }
  }

  /// - Returns: the index into `routes`; nil where no method has the path.
  func find(_ path: UnsafeRawBufferPointer) -> Int? {
    let mask = table.count - 1
    var slot = Self.hash(path) & mask
    while table[slot] >= 0 {
      let index = Int(table[slot])
      let candidate = routes[index].path
      if candidate.withUnsafeBytes({ $0.equals(path) }) { return index }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// FNV-1a over the last 16 bytes and the length: method names differ at their end.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
    for index in max(0, bytes.count - 16)..<bytes.count {
      hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3
    }
    return Int(truncatingIfNeeded: hash ^ (hash >> 29)) & Int.max
  }
}
