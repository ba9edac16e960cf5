// SPDX-License-Identifier: Apache-2.0

/// One message of google.rpc.Status.details: its type and its encoded bytes.
public struct StatusDetail: Sendable, Equatable {
  /// `type.googleapis.com/` and the full name of the message.
  public var typeURL: String
  public var value: [UInt8]

  public init(typeURL: String, value: [UInt8]) {
    self.typeURL = typeURL
    self.value = value
  }

  /// google.rpc.ErrorInfo: a reason for programs (UPPER_SNAKE_CASE), who gave it, and what it is about.
  public static func errorInfo(reason: String, domain: String, metadata: [String: String] = [:]) -> Self {
    var writer = ProtoWriter()
    writer.write(1, reason)
    writer.write(2, domain)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      var entry = ProtoWriter()
      entry.write(1, key)
      entry.write(2, value)
      writer.write(3, entry.bytes)
    }
    return Self(typeURL: "type.googleapis.com/google.rpc.ErrorInfo", value: writer.bytes)
  }
}

extension Status {
  /// A status with google.rpc.Status details.
  public init(_ code: Code, _ message: String, details: [StatusDetail]) {
    var writer = ProtoWriter()
    writer.write(1, UInt64(code.rawValue))
    writer.write(2, message)
    for detail in details {
      var any = ProtoWriter()
      any.write(1, detail.typeURL)
      any.write(2, detail.value)
      writer.write(3, any.bytes)
    }
    self.init(code, message, details: writer.bytes)
  }

  /// The details that ``details`` holds.
  /// - Throws: INTERNAL where they are not a google.rpc.Status.
  public func decodedDetails() throws(Status) -> [StatusDetail] {
    var result: [StatusDetail] = []
    var reader = ProtoReader(details[...])
    while let (number, value) = try reader.next() {
      guard number == 3, case .bytes(let bytes) = value else { continue }
      var detail = StatusDetail(typeURL: "", value: [])
      var any = ProtoReader(bytes)
      while let field = try any.next() {
        guard case .bytes(let bytes) = field.value else { continue }
        if field.number == 1 { detail.typeURL = String(decoding: bytes, as: UTF8.self) }
        if field.number == 2 { detail.value = Array(bytes) }
      }
      result.append(detail)
    }
    return result
  }
}
