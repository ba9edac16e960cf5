// SPDX-License-Identifier: Apache-2.0

import GRPCCore
import NIOCore
import NIOHTTP2
import Synchronization

/// Sits between HTTP/2 and gRPC on a stream and notes which of the messages that come in are compressed.
///
/// grpc-swift 2 hands messages on unpacked and does not say how they came, but lets a program add handlers
/// to its streams. This one changes nothing that goes over the wire; to the fields that come in it adds one
/// of its own, by which whoever handles the call finds the notes.
final class CompressionTap: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame.FramePayload
  typealias InboundOut = HTTP2Frame.FramePayload

  /// Of the messages that came so far, whether each was compressed. gRPC gets a message after its note.
  final class Notes: Sendable {
    private let flags = Mutex<[Bool]>([])

    var all: [Bool] { flags.withLock { $0 } }

    fileprivate func add(_ flag: Bool) { flags.withLock { $0.append(flag) } }
  }

  private struct Book {
    var last = 0
    var notes: [Int: Notes] = [:]
  }

  private static let field = "x-interop-stream"
  private static let book = Mutex(Book())

  /// Takes the notes of the stream with these initial metadata.
  static func notes(_ metadata: Metadata) throws -> Notes {
    guard let number = metadata[stringValues: field].first(where: { _ in true }).flatMap({ Int($0) }),
      let notes = book.withLock({ $0.notes.removeValue(forKey: number) })
    else { throw RPCError(code: .internalError, message: "no notes were taken of this stream") }
    return notes
  }

  static let install: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
    channel.eventLoop.makeCompletedFuture {
      try channel.pipeline.syncOperations.addHandler(CompressionTap(), position: .first)
    }
  }

  private let notes: Notes
  private let number: Int
  private var prefix: [UInt8] = []
  private var bytesLeft = 0

  init() {
    let notes = Notes()
    self.notes = notes
    number = Self.book.withLock { book in
      book.last += 1
      book.notes[book.last] = notes
      // Those of streams that got no handler are not kept for ever.
      book.notes[book.last - 1024] = nil
      return book.last
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .headers(var payload):
      payload.headers.add(name: Self.field, value: String(number))
      context.fireChannelRead(wrapInboundOut(.headers(payload)))
      return
    case .data(let payload):
      if case .byteBuffer(let bytes) = payload.data { note(bytes.readableBytesView) }
    default:
      break
    }
    context.fireChannelRead(data)
  }

  /// Messages are a byte that says whether they are compressed, four of their size, and that many bytes.
  private func note(_ bytes: ByteBufferView) {
    var rest = bytes
    while !rest.isEmpty {
      let skipped = min(bytesLeft, rest.count)
      rest = rest.dropFirst(skipped)
      bytesLeft -= skipped
      guard bytesLeft == 0, let byte = rest.popFirst() else { continue }
      prefix.append(byte)
      if prefix.count == 5 {
        bytesLeft = prefix[1...].reduce(0) { $0 << 8 | Int($1) }
        notes.add(prefix[0] == 1)
        prefix = []
      }
    }
  }
}
