// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto

/// What the contract is made of, for server reflection.
package enum Descriptors {
  /// An encoded google.protobuf.FileDescriptorSet of package figures.v1.
  package static let set: [UInt8] = {
    var count = 0
    let bytes = figures_descriptors(&count)
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }()
}
