// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto
internal import CProtobufC

/// Which fields of a fact an answer holds: `fact_fields` of a request.
package struct FactFields: Sendable, Equatable {
  /// Places of the other fields among those of the message.
  private let dropped: [Int]

  /// All names, in the contract's order.
  package static let names: [String] = descriptors.map { String(cString: $0.name) }

  private static var descriptors: UnsafeBufferPointer<ProtobufCFieldDescriptor> {
    let message = figures__v1__fact__descriptor
    return UnsafeBufferPointer(start: message.fields, count: Int(message.n_fields))
  }

  /// - Parameter names: those that are wanted, each once or more often; `id` is kept whether it is named or not.
  /// - Throws: the first name that no field has.
  package init(_ names: [String]) throws(UnknownField) {
    let all = Self.names
    for name in names where !all.contains(name) { throw UnknownField(name: name) }
    dropped = all.indices.filter { all[$0] != "id" && !names.contains(all[$0]) }
  }

  package struct UnknownField: Error {
    package let name: String
  }

  /// Sets the fields that are not wanted to what is not sent.
  func clear(_ message: UnsafeMutablePointer<Figures__V1__Fact>) {
    let base = UnsafeMutableRawPointer(message)
    for place in dropped {
      let field = Self.descriptors[place]
      let target = base + Int(field.offset)
      if field.label == PROTOBUF_C_LABEL_REPEATED {
        (base + Int(field.quantifier_offset)).storeBytes(of: 0, as: Int.self)
        continue
      }
      switch field.type {
      case PROTOBUF_C_TYPE_MESSAGE, PROTOBUF_C_TYPE_STRING:
        target.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
      case PROTOBUF_C_TYPE_ENUM, PROTOBUF_C_TYPE_UINT32, PROTOBUF_C_TYPE_BOOL:
        target.storeBytes(of: 0, as: UInt32.self)
      default: preconditionFailure("a field of Fact has a type that is not cleared yet")
      }
    }
  }
}
