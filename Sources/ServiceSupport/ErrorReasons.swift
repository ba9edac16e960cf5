// SPDX-License-Identifier: Apache-2.0

package import RPC

extension Status {
  /// The same status with a google.rpc.ErrorInfo of ours.
  ///
  /// - Parameters:
  ///   - reason: the name of a value of `figures.v1.ErrorReason`.
  ///   - metadata: by the keys that the contract lists there; empty values are left out.
  package init(explaining status: Status, reason: String, _ metadata: [(String, String)]) {
    let filled = metadata.filter { !$0.1.isEmpty }
    self.init(
      status.code, status.message,
      details: [
        .errorInfo(
          reason: reason, domain: "figures.v1", metadata: Dictionary(filled) { first, _ in first })
      ])
  }
}
