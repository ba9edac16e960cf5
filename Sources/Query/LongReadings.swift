// SPDX-License-Identifier: Apache-2.0

internal import Indexing
internal import NIOConcurrencyHelpers
internal import NIOPosix
internal import RPC

/// Readings that take too long for an event loop: of what was known before, of very large areas, of a fact's history.
///
/// They are done one after the other on a thread of their own: each may take as much memory as the index.
package final class LongReadings: Sendable {
  /// `max-long-readings`: how many may wait or run.
  package static let countMaxDefault = 32

  private let threads = NIOThreadPool(numberOfThreads: 1)
  private let countMax: Int
  private let count = NIOLockedValueBox(0)

  init(countMax: Int) {
    self.countMax = countMax
    threads.start()
  }

  deinit { threads.shutdownGracefully { _ in } }

  /// - Throws: RESOURCE_EXHAUSTED where too many wait; what the work throws.
  func run<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    let hasRoom = count.withLockedValue { count in
      guard count < countMax else { return false }
      count += 1
      return true
    }
    guard hasRoom else {
      throw Status(
        .resourceExhausted, "\(countMax) readings of the past or of large areas wait already (max-long-readings)")
    }
    defer { count.withLockedValue { $0 -= 1 } }
    return try await threads.runIfActive(work)
  }

  /// A handler that sends what the work gives.
  func handler(_ work: @escaping @Sendable () throws -> [UInt8]) -> StreamingHandler {
    { call in
      let reply: [UInt8]
      do { reply = try await self.run(work) } catch { throw QueryError.status(of: error) }
      try await call.send(reply)
    }
  }
}
