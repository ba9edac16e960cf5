// SPDX-License-Identifier: Apache-2.0

internal import RPC

/// The messages of grpc.testing that the test cases need, as `proto/grpc/testing/interop.proto` has them.
struct SimpleRequest {
  var responseSize = 0
  var payload: Int?
  var responseCompressed: Bool?
  var responseStatus: Status?
  var expectCompressed: Bool?
}

struct StreamingOutputRequest {
  struct Parameters {
    var size = 0
    var intervalMicroseconds = 0
    var compressed: Bool?
  }

  var parameters: [Parameters] = []
  var payload: Int?
  var responseStatus: Status?
}

struct StreamingInputRequest {
  var payload = 0
  var expectCompressed: Bool?
}

/// Payloads are zeros, and what matters of one that was received is its size.
enum Payload {
  static let bytesMax = 4 * 1024 * 1024

  static func encoded(_ size: Int) -> [UInt8] {
    var writer = ProtoWriter()
    writer.write(2, [UInt8](repeating: 0, count: size))
    return writer.bytes
  }

  static func size(_ bytes: ArraySlice<UInt8>) throws(Status) -> Int {
    var size = 0
    try Fields.read(bytes) { number, value throws(Status) in
      if number == 2, case .bytes(let body) = value { size = body.count }
    }
    return size
  }

  /// - Throws: INVALID_ARGUMENT for a size that the contract does not allow.
  static func checked(_ size: Int) throws(Status) -> Int {
    guard (0...bytesMax).contains(size) else {
      throw Status(.invalidArgument, "response_size is \(size); allowed: 0 to \(bytesMax)")
    }
    return size
  }

  /// A reply that holds nothing but a payload, in field 1.
  static func reply(_ size: Int) -> [UInt8] {
    var writer = ProtoWriter()
    writer.write(1, encoded(size))
    return writer.bytes
  }

  static func sizeOfReply(_ reply: [UInt8]) throws(Status) -> Int {
    var size = 0
    try Fields.read(reply[...]) { number, value throws(Status) in
      if number == 1, case .bytes(let payload) = value { size = try Payload.size(payload) }
    }
    return size
  }
}

enum Fields {
  static func read(
    _ bytes: ArraySlice<UInt8>, _ body: (Int, ProtoReader.Value) throws(Status) -> Void
  ) throws(Status) {
    var reader = ProtoReader(bytes)
    while let (number, value) = try reader.next() { try body(number, value) }
  }

  static func bool(_ bytes: ArraySlice<UInt8>) throws(Status) -> Bool {
    var result = false
    try read(bytes) { number, value throws(Status) in
      if number == 1, case .varint(let raw) = value { result = raw != 0 }
    }
    return result
  }

  /// int32 on the wire: negative numbers are ten bytes.
  static func int(_ value: ProtoReader.Value) -> Int {
    if case .varint(let raw) = value { return Int(Int32(truncatingIfNeeded: raw)) }
    return 0
  }

  static func status(_ bytes: ArraySlice<UInt8>) throws(Status) -> Status {
    var code = 0
    var message = ""
    try read(bytes) { number, value throws(Status) in
      if number == 1 { code = int(value) }
      if number == 2, case .bytes(let text) = value { message = String(decoding: text, as: UTF8.self) }
    }
    return Status(UInt8(exactly: code).flatMap(Status.Code.init) ?? .unknown, message)
  }

  static func encoded(_ flag: Bool) -> [UInt8] {
    var writer = ProtoWriter()
    if flag { writer.write(1, 1) }
    return writer.bytes
  }

  static func encoded(_ status: Status) -> [UInt8] {
    var writer = ProtoWriter()
    writer.write(1, UInt64(status.code.rawValue))
    writer.write(2, status.message)
    return writer.bytes
  }
}

extension SimpleRequest {
  init(decoding bytes: ArraySlice<UInt8>) throws(Status) {
    var result = SimpleRequest()
    try Fields.read(bytes) { number, value throws(Status) in
      switch (number, value) {
      case (2, _): result.responseSize = Fields.int(value)
      case (3, .bytes(let payload)): result.payload = try Payload.size(payload)
      case (6, .bytes(let flag)): result.responseCompressed = try Fields.bool(flag)
      case (7, .bytes(let status)): result.responseStatus = try Fields.status(status)
      case (8, .bytes(let flag)): result.expectCompressed = try Fields.bool(flag)
      default: break
      }
    }
    self = result
  }

  func encoded() -> [UInt8] {
    var writer = ProtoWriter()
    if responseSize > 0 { writer.write(2, UInt64(responseSize)) }
    if let payload { writer.write(3, Payload.encoded(payload)) }
    if let responseCompressed { writer.write(6, Fields.encoded(responseCompressed)) }
    if let responseStatus { writer.write(7, Fields.encoded(responseStatus)) }
    if let expectCompressed { writer.write(8, Fields.encoded(expectCompressed)) }
    return writer.bytes
  }
}

extension StreamingOutputRequest {
  init(decoding bytes: [UInt8]) throws(Status) {
    var result = StreamingOutputRequest()
    try Fields.read(bytes[...]) { number, value throws(Status) in
      switch (number, value) {
      case (2, .bytes(let bytes)):
        var parameters = Parameters()
        try Fields.read(bytes) { number, value throws(Status) in
          if number == 1 { parameters.size = Fields.int(value) }
          if number == 2 { parameters.intervalMicroseconds = Fields.int(value) }
          if number == 3, case .bytes(let flag) = value { parameters.compressed = try Fields.bool(flag) }
        }
        result.parameters.append(parameters)
      case (3, .bytes(let payload)): result.payload = try Payload.size(payload)
      case (7, .bytes(let status)): result.responseStatus = try Fields.status(status)
      default: break
      }
    }
    self = result
  }

  func encoded() -> [UInt8] {
    var writer = ProtoWriter()
    for parameter in parameters {
      var inner = ProtoWriter()
      inner.write(1, UInt64(parameter.size))
      if parameter.intervalMicroseconds > 0 { inner.write(2, UInt64(parameter.intervalMicroseconds)) }
      if let compressed = parameter.compressed { inner.write(3, Fields.encoded(compressed)) }
      writer.write(2, inner.bytes)
    }
    if let payload { writer.write(3, Payload.encoded(payload)) }
    if let responseStatus { writer.write(7, Fields.encoded(responseStatus)) }
    return writer.bytes
  }
}

extension StreamingInputRequest {
  init(decoding bytes: [UInt8]) throws(Status) {
    var result = StreamingInputRequest()
    try Fields.read(bytes[...]) { number, value throws(Status) in
      if number == 1, case .bytes(let payload) = value { result.payload = try Payload.size(payload) }
      if number == 2, case .bytes(let flag) = value { result.expectCompressed = try Fields.bool(flag) }
    }
    self = result
  }

  func encoded() -> [UInt8] {
    var writer = ProtoWriter()
    writer.write(1, Payload.encoded(payload))
    if let expectCompressed { writer.write(2, Fields.encoded(expectCompressed)) }
    return writer.bytes
  }
}
