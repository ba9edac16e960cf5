// SPDX-License-Identifier: Apache-2.0

package import HTTP2

/// Custom metadata of a call: names in lower case, values as sent, repeats kept in order.
///
/// Values of names that end in `-bin` stand here in their base64 form, as they are on the wire.
package struct Metadata: Sendable, Equatable {
  package private(set) var fields: [HeaderField] = []

  package init() {}
  package init(_ fields: [HeaderField]) { self.fields = fields }

  package mutating func add(_ name: String, _ value: String) {
    fields.append(HeaderField(name.lowercased(), value))
  }

  mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    fields.append(HeaderField(String(decoding: name, as: UTF8.self), bytes: Array(value)))
  }

  /// All values of a name, in order.
  package subscript(name: String) -> [String] {
    fields.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// Names of HTTP/2 and gRPC itself; they are not metadata of the caller's.
  static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let first = name.first else { return true }
    if first == UInt8(ascii: ":") { return true }
    if name.hasPrefix("grpc-") { return true }
    return name.equals("te") || name.equals("content-type")
  }
}
