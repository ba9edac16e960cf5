// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOCore

/// Writes what a session has to say into its channel: everything that waits, in as few writes as the
/// socket takes, through one buffer that is used again once the socket has taken it.
///
/// A class: a write can end in another one before it returns (the channel became writable), which a
/// struct's exclusive access would not allow.
final class SessionWriter {
  /// Room for a drain; at least 32 KiB, see ``HTTP2Session/drain(into:)``.
  private static let drainBytes = 64 * 1024

  private var buffer: ByteBuffer?

  func write(_ session: HTTP2Session, to context: ChannelHandlerContext) throws(HTTP2Error) {
    var output = buffer ?? context.channel.allocator.buffer(capacity: Self.drainBytes)
    buffer = nil
    var isDone = false
    while !isDone, context.channel.isWritable {
      output.clear(minimumCapacity: Self.drainBytes)
      var failure: HTTP2Error?
      output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.drainBytes) { target in
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
      if output.readableBytes > 0 { context.writeAndFlush(NIOAny(output), promise: nil) }
    }
    buffer = output
  }
}
