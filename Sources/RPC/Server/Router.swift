// SPDX-License-Identifier: Apache-2.0

/// A handler that may wait: all four kinds of call are this one. It returns for ok, or throws a
/// ``Status``. It is started on the connection's event loop and resumes there after each wait.
public typealias StreamingHandler = @Sendable (ServerCall) async throws -> Void

/// The methods that a server serves, by path (`/package.Service/Method`).
public struct Router: Sendable {
  enum Handler: Sendable {
    case immediate(ImmediateHandler)
    case streaming(StreamingHandler)
  }

  struct Route: Sendable {
    let path: String
    let handler: Handler
  }

  private(set) var routes: [Route] = []

  public init() {}

  /// Paths of all methods, in the order in which they were added.
  public var paths: [String] { routes.map(\.path) }

  /// Names of the services that have a method here, sorted.
  public var services: [String] {
    Set(routes.map { String($0.path.dropFirst().prefix { $0 != "/" }) }).sorted()
  }

  /// Adds a method with one request and one reply whose handler answers at once; see ``ImmediateHandler``.
  public mutating func immediate(_ path: String, _ handler: @escaping ImmediateHandler) {
    add(Route(path: path, handler: .immediate(handler)))
  }

  /// Adds a method of any kind; see ``StreamingHandler``.
  public mutating func streaming(_ path: String, _ handler: @escaping StreamingHandler) {
    add(Route(path: path, handler: .streaming(handler)))
  }

  /// Adds a method with one request and one reply whose handler waits.
  public mutating func unary(
    _ path: String, _ handler: @escaping @Sendable ([UInt8], ServerCall) async throws -> [UInt8]
  ) {
    streaming(path) { call in
      let reply = try await handler(try await call.onlyMessage().bytes, call)
      try await call.send(reply)
    }
  }

  /// Adds a method with one request and a stream of replies.
  public mutating func serverStreaming(
    _ path: String, _ handler: @escaping @Sendable ([UInt8], ServerCall) async throws -> Void
  ) {
    streaming(path) { call in try await handler(try await call.onlyMessage().bytes, call) }
  }

  /// Adds a method with a stream of requests and one reply.
  public mutating func clientStreaming(
    _ path: String,
    _ handler: @escaping @Sendable (ServerCall.Messages, ServerCall) async throws -> [UInt8]
  ) {
    streaming(path) { call in
      let reply = try await handler(call.messages, call)
      try await call.send(reply)
    }
  }

  /// Adds a method with a stream of requests and a stream of replies, in any order.
  public mutating func bidirectional(
    _ path: String, _ handler: @escaping @Sendable (ServerCall.Messages, ServerCall) async throws -> Void
  ) {
    streaming(path) { call in try await handler(call.messages, call) }
  }

  private mutating func add(_ route: Route) {
    precondition(route.path.first == "/", "a path begins with a slash")
    precondition(!routes.contains { $0.path == route.path }, "two handlers for \(route.path)")
    routes.append(route)
  }
}

/// The routes of a server as its connections look them up: no reference is counted on the way to a
/// handler that answers at once, for all cores would count on the same line of memory.
///
/// Written in `init` only, which is the guard behind `@unchecked Sendable`.
final class RouteTable: @unchecked Sendable {
  /// Nothing here holds a reference but for as long as the table lives.
  private struct Entry {
    let path: UnsafeRawBufferPointer
    let immediate: Unmanaged<ImmediateRoute>?
  }

  /// A handler in a class, through which it is called without being retained.
  final class ImmediateRoute {
    let handler: ImmediateHandler
    init(_ handler: @escaping ImmediateHandler) { self.handler = handler }
  }

  let router: Router
  private let entries: UnsafeMutableBufferPointer<Entry>
  /// Open addressing over `entries`, by ``hash(_:)``; -1 is empty. Its size is a power of two, and at
  /// least twice the number of routes.
  private let slots: UnsafeMutableBufferPointer<Int32>

  init(_ router: Router) {
    self.router = router
    entries = .allocate(capacity: router.routes.count)
    var size = 2
    while size < router.routes.count * 4 { size *= 2 }
    slots = .allocate(capacity: size)
    slots.initialize(repeating: -1)
    for (index, route) in router.routes.enumerated() {
      let path = UnsafeMutableRawBufferPointer.allocate(byteCount: route.path.utf8.count, alignment: 1)
      path.copyBytes(from: route.path.utf8)
      let entry: Entry
      if case .immediate(let handler) = route.handler {
        entry = Entry(path: .init(path), immediate: .passRetained(ImmediateRoute(handler)))
      } else {
        entry = Entry(path: .init(path), immediate: nil)
      }
      entries.initializeElement(at: index, to: entry)
      var slot = Self.hash(entry.path) & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(index)
    }
  }

  deinit {
    for entry in entries {
      entry.path.deallocate()
      entry.immediate?.release()
    }
    entries.deallocate()
    slots.deallocate()
  }

  /// - Returns: the index of a route; nil where no method has the path.
  @inline(__always)
  func find(_ path: UnsafeRawBufferPointer) -> Int? {
    let mask = slots.count - 1
    var slot = Self.hash(path) & mask
    while slots[slot] >= 0 {
      let index = Int(slots[slot])
      if entries[index].path.equals(path) { return index }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// The handler of a route, if it answers at once. The table keeps it.
  @inline(__always)
  func immediate(_ index: Int) -> Unmanaged<ImmediateRoute>? { entries[index].immediate }

  /// The handler of a route, if it may wait.
  func streaming(_ index: Int) -> StreamingHandler? {
    guard case .streaming(let handler) = router.routes[index].handler else { return nil }
    return handler
  }

  /// Of the last 16 bytes and the length: method names differ at their end.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    var hash = UInt64(bytes.count) &* 0x9e37_79b9_7f4a_7c15
    if bytes.count >= 16 {
      hash ^= bytes.loadUnaligned(fromByteOffset: bytes.count - 16, as: UInt64.self)
      hash = (hash ^ (hash >> 32)) &* 0xd6e8_feb8_6659_fd93
      hash ^= bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
    } else {
      for byte in bytes { hash = (hash << 8 | hash >> 56) ^ UInt64(byte) }
    }
    hash = (hash ^ (hash >> 32)) &* 0xd6e8_feb8_6659_fd93
    return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & Int.max
  }
}
