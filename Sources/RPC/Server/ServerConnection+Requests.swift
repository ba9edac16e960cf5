// SPDX-License-Identifier: Apache-2.0

internal import HTTP2
internal import NIOCore

/// What a request must be to reach a handler. HTTP/2's own rules were checked by then.
/// - Source: "Requests", grpc/grpc doc/PROTOCOL-HTTP2.md.
extension ServerConnection {
  @inline(__always)
  func readHeader(_ stream: Stream, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    guard stream.pointee.phase == .headers else { return }  // trailers of a request carry nothing
    stream.pointee.headerBytes &+= UInt32(name.count + value.count + 32)
    guard stream.pointee.headerBytes <= configuration.http2.headerListBytesMax else {
      stream.pointee.marks.insert(.tooLarge)
      return
    }
    switch (name.count, name[0]) {
    case (5, UInt8(ascii: ":")):  // :path
      stream.pointee.route = Int32(routes.find(value) ?? -1)
      // Kept for the message that names an unknown method.
      if stream.pointee.route < 0 {
        stream.pointee.reply.clearMessage()
        stream.pointee.reply.buffer.append(UnsafeRawBufferPointer(rebasing: value.prefix(256)))
      }
    case (7, UInt8(ascii: ":")) where name[1] == UInt8(ascii: "m"):
      if value.equals("POST") {
        stream.pointee.marks.insert(.post)
      } else if value.equals("HEAD") {
        stream.pointee.marks.insert(.head)
      }
    case (7, UInt8(ascii: ":")):  // :scheme
      if value.equals("http") || value.equals("https") { stream.pointee.marks.insert(.httpScheme) }
    case (_, UInt8(ascii: ":")):
      break
    case (12, UInt8(ascii: "c")) where name.equals("content-type"):
      if Self.isGRPC(value) { stream.pointee.marks.insert(.grpc) }
    case (2, UInt8(ascii: "t")) where name[1] == UInt8(ascii: "e"):
      stream.pointee.marks.insert(.te)  // HTTP/2 allows no value but "trailers"
    case (12, UInt8(ascii: "g")) where name.equals("grpc-timeout"):
      if let nanoseconds = Timeout.nanoseconds(value) {
        stream.pointee.timeout = nanoseconds
      } else {
        stream.pointee.marks.insert(.badTimeout)
      }
    case (13, UInt8(ascii: "g")) where name.equals("grpc-encoding"):
      if let encoding = CompressionAlgorithm(value) {
        stream.pointee.encoding = encoding
      } else {
        stream.pointee.marks.insert(.unknownEncoding)
      }
    case (20, UInt8(ascii: "g")) where name.equals("grpc-accept-encoding"):
      if CompressionAlgorithm.acceptsGzip(value) { stream.pointee.marks.insert(.acceptsGzip) }
    default:
      if !Metadata.isReserved(name) { stream.pointee.addMetadata(name: name, value: value) }
    }
  }

  /// `application/grpc`, alone, with `+proto`, or followed by parameters.
  private static func isGRPC(_ value: UnsafeRawBufferPointer) -> Bool {
    guard value.hasPrefix("application/grpc") else { return false }
    let rest = UnsafeRawBufferPointer(rebasing: value[16...])
    guard let first = rest.first else { return true }
    if first == UInt8(ascii: ";") { return true }
    return rest.hasPrefix("+proto") && (rest.count == 6 || rest[6] == UInt8(ascii: ";"))
  }

  /// The request's headers are there: chooses who answers.
  func route(_ state: Stream) {
    guard
      state.pointee.marks.isSuperset(of: .required), state.pointee.marks.isDisjoint(with: .faulty),
      state.pointee.route >= 0
    else { return refuse(state) }
    let index = Int(state.pointee.route)
    if routes.immediate(index) != nil {
      state.pointee.phase = .collecting
    } else if let handler = routes.streaming(index) {
      start(state, handler)
    }
  }

  /// Answers a request that can't be served: as gRPC if it is gRPC, in plain HTTP if not.
  private func refuse(_ state: Stream) {
    let marks = state.pointee.marks
    guard marks.isSuperset(of: [.post, .grpc, .httpScheme]) else {
      state.pointee.phase = .rejecting
      watchRejecting()
      return
    }
    if marks.contains(.tooLarge) {
      counters.count(.headerList)
      let limit = configuration.http2.headerListBytesMax
      return reject(
        state, Status(.resourceExhausted, "the headers are over the limit of \(limit) bytes (max-header-bytes)"))
    }
    if !marks.contains(.te) {
      return reject(state, Status(.internal, "the header te: trailers is missing; a proxy may have dropped it"))
    }
    if marks.contains(.badTimeout) {
      return reject(
        state, Status(.internal, "grpc-timeout is not 1 to 8 digits and a unit (H, M, S, m, u, n)"))
    }
    if marks.contains(.unknownEncoding) {
      state.pointee.phase = .replied
      state.pointee.marks.insert(.answered)
      let status = Status(
        .unimplemented, "grpc-encoding is not supported; supported: \(CompressionAlgorithm.accepted)")
      session?.submitResponse(
        state.pointee.id,
        ReplyHeaders.fields(status: status, trailers: Metadata(), isTrailersOnly: true)
          + [HeaderField("grpc-accept-encoding", CompressionAlgorithm.accepted)],
        hasBody: false)
      return
    }
    let path = String(decoding: state.pointee.reply.buffer.bytes, as: UTF8.self)
    let known = routes.router.services.joined(separator: ", ")
    reject(state, Status(.unimplemented, "unknown method \(path); services here: \(known)"))
  }

  /// Answers what is not gRPC at all in plain HTTP.
  func answerPlain(_ state: Stream) {
    let marks = state.pointee.marks
    let (code, text) =
      if marks.contains(.tooLarge) {
        (431, "the headers are over the limit of \(configuration.http2.headerListBytesMax) bytes\n")
      } else if !marks.contains(.httpScheme) {
        (400, "the scheme is neither http nor https\n")
      } else if !marks.contains(.post) {
        (405, "gRPC calls use POST\n")
      } else {
        (415, "this server speaks gRPC: content-type application/grpc\n")
      }
    state.pointee.phase = .replied
    state.pointee.marks.insert(.plain)
    state.pointee.reply.clearMessage()
    state.pointee.reply.buffer.append(Array(text.utf8))
    var headers = [
      HeaderField(":status", "\(code)"), HeaderField("content-type", "text/plain; charset=utf-8"),
      HeaderField("content-length", "\(text.utf8.count)"),
    ]
    if code == 405 { headers.append(HeaderField("allow", "POST")) }
    if marks.contains(.head) { state.pointee.marks.insert(.answered) }
    session?.submitResponse(state.pointee.id, headers, hasBody: !marks.contains(.head))
  }
}

/// Header lists of replies.
enum ReplyHeaders {
  static let ok = PreparedHeaders([
    HeaderField(":status", "200"), HeaderField("content-type", "application/grpc"),
  ])
  static let okTrailers = PreparedHeaders([HeaderField("grpc-status", "0")])

  /// What goes before the messages.
  static func fields(compressed: Bool, metadata: Metadata) -> [HeaderField] {
    var fields = [HeaderField(":status", "200"), HeaderField("content-type", "application/grpc")]
    if compressed { fields.append(HeaderField("grpc-encoding", "gzip")) }
    return fields + metadata.wireFields
  }

  /// What goes after them, or alone.
  static func fields(status: Status, trailers: Metadata, isTrailersOnly: Bool) -> [HeaderField] {
    var fields: [HeaderField] = []
    if isTrailersOnly {
      fields.append(HeaderField(":status", "200"))
      fields.append(HeaderField("content-type", "application/grpc"))
    }
    fields.append(HeaderField("grpc-status", "\(status.code.rawValue)"))
    if !status.message.isEmpty {
      fields.append(HeaderField("grpc-message", bytes: PercentCoding.encode(status.message)))
    }
    if !status.details.isEmpty {
      fields.append(HeaderField("grpc-status-details-bin", bytes: Base64.encode(status.details)))
    }
    return fields + trailers.wireFields
  }
}
