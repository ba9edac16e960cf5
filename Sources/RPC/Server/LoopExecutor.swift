// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOCore
internal import NIOPosix

/// Runs tasks on an event loop, so that a handler resumes where its connection lives.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    loop.execute { unowned.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// What the connections of one event loop share. Only that loop touches the buffers, which is the
/// guard behind `@unchecked Sendable`.
final class ServerLoop: @unchecked Sendable {
  /// The index that a call carries, for ``PerLoop/current(_:)``.
  let index: Int
  let executor: LoopExecutor
  /// One write buffer for all: an idle connection holds none. So with what streams need.
  let output = OutputBuffer()
  let memory = SessionMemory()
  let streams = StreamPool()
  /// The headers of nearly all replies; here they are reached without the check of a `static let`.
  let okHeaders = ReplyHeaders.ok
  let okTrailers = ReplyHeaders.okTrailers
  /// Where compressed requests of immediate handlers are inflated.
  var inflated = RawBuffer()

  init(index: Int, loop: any EventLoop) {
    self.index = index
    executor = LoopExecutor(loop)
  }

  deinit { inflated.free() }

  /// Connections that fell idle since memory was last given back to the system.
  private var rested = 0
  private var lastRelease = NIODeadline.now()

  /// A connection has no more calls. The C library keeps what lies between blocks in use; after many
  /// connections it is told to let go, off the event loop, and not often.
  func connectionRests() {
    rested += 1
    guard rested >= 256, NIODeadline.now() - lastRelease > .seconds(5) else { return }
    rested = 0
    lastRelease = .now()
    NIOThreadPool.singleton.submit { _ in HTTP2Session.releaseUnusedMemory() }
  }
}
