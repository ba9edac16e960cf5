// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOCore

/// A buffer that is used again once the socket has taken what was in it.
final class OutputBuffer {
  fileprivate var buffer: ByteBuffer?
}

/// Writes what a session has to say into its channel: everything that waits, in as few writes as the
/// socket takes, through one buffer.
struct SessionWriter {
  /// Room for a drain; at least 32 KiB, see ``HTTP2Session/drain(into:)``.
  private static let drainBytes = 64 * 1024

  let output: OutputBuffer

  /// A write can end in another one before it returns (the channel became writable); that one finds
  /// no buffer and makes its own.
  func write(_ session: HTTP2Session, to context: ChannelHandlerContext) throws(HTTP2Error) {
    var buffer = output.buffer ?? context.channel.allocator.buffer(capacity: Self.drainBytes)
    output.buffer = nil
    var isDone = false
    while !isDone, context.channel.isWritable {
      buffer.clear(minimumCapacity: Self.drainBytes)
      var failure: HTTP2Error?
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.drainBytes) { target in
        do throws(HTTP2Error) {
          let result = try session.drain(into: target)
          isDone = result.isDone
          return result.count
        } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      if buffer.readableBytes > 0 { context.writeAndFlush(NIOAny(buffer), promise: nil) }
    }
    output.buffer = buffer
  }
}
