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
    let path: [UInt8]
    let handler: Handler
    let name: String
    /// Told without a look into `handler`, which would retain it.
    let isImmediate: Bool

    init(_ path: String, _ handler: Handler) {
      self.path = Array(path.utf8)
      self.handler = handler
      name = path
      if case .immediate = handler { isImmediate = true } else { isImmediate = false }
    }
  }

  private(set) var routes: [Route] = []
  /// Open addressing over `routes`, by ``hash(_:)``; -1 is empty. Its size is a power of two, and at
  /// least twice the number of routes.
  private var table: [Int32] = [-1, -1]

  public init() {}

  /// Paths of all methods, in the order in which they were added.
  public var paths: [String] { routes.map(\.name) }

  /// Names of the services that have a method here, sorted.
  public var services: [String] {
    Set(routes.map { String($0.name.dropFirst().prefix { $0 != "/" }) }).sorted()
  }

  /// Adds a method with one request and one reply whose handler answers at once; see ``ImmediateHandler``.
  public mutating func immediate(_ path: String, _ handler: @escaping ImmediateHandler) {
    add(Route(path, .immediate(handler)))
  }

  /// Adds a method of any kind; see ``StreamingHandler``.
  public mutating func streaming(_ path: String, _ handler: @escaping StreamingHandler) {
    add(Route(path, .streaming(handler)))
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
