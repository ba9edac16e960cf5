// SPDX-License-Identifier: Apache-2.0

/// The outcome of a call: a code and, unless it is ok, what a caller should know.
///
/// Sixteen bytes at most, and no allocation for ``ok``: it is returned on the path of every call.
/// - Source: grpc/grpc doc/statuscodes.md.
package struct Status: Error, Sendable, Equatable {
  package enum Code: UInt8, Sendable, CaseIterable {
    case ok = 0
    case cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists
    case permissionDenied, resourceExhausted, failedPrecondition, aborted, outOfRange
    case unimplemented, `internal`, unavailable, dataLoss, unauthenticated

    /// As it stands in gRPC's documents: `INVALID_ARGUMENT`.
    package var name: String {
      switch self {
      case .ok: "OK"
      case .cancelled: "CANCELLED"
      case .unknown: "UNKNOWN"
      case .invalidArgument: "INVALID_ARGUMENT"
      case .deadlineExceeded: "DEADLINE_EXCEEDED"
      case .notFound: "NOT_FOUND"
      case .alreadyExists: "ALREADY_EXISTS"
      case .permissionDenied: "PERMISSION_DENIED"
      case .resourceExhausted: "RESOURCE_EXHAUSTED"
      case .failedPrecondition: "FAILED_PRECONDITION"
      case .aborted: "ABORTED"
      case .outOfRange: "OUT_OF_RANGE"
      case .unimplemented: "UNIMPLEMENTED"
      case .internal: "INTERNAL"
      case .unavailable: "UNAVAILABLE"
      case .dataLoss: "DATA_LOSS"
      case .unauthenticated: "UNAUTHENTICATED"
      }
    }
  }

  private final class Detail: Sendable {
    let message: String
    init(message: String) { self.message = message }
  }

  package let code: Code
  private let detail: Detail?

  package init(_ code: Code, _ message: String = "") {
    self.code = code
    detail = message.isEmpty ? nil : Detail(message: message)
  }

  package static let ok = Status(.ok)

  package var isOK: Bool { code == .ok }
  /// For people; empty if nothing was said.
  package var message: String { detail?.message ?? "" }

  package static func == (left: Status, right: Status) -> Bool {
    left.code == right.code && left.message == right.message
  }

  /// The status of any error a handler throws: its own, or UNKNOWN with a text that gives nothing away.
  package init(of error: any Error) {
    switch error {
    case let status as Status: self = status.isOK ? Status(.unknown, "handler threw ok") : status
    case is CancellationError: self = Status(.cancelled, "the call was cancelled")
    default: self = Status(.unknown, "the service failed; its log says why")
    }
  }

  /// The status that an HTTP response without grpc-status stands for.
  /// - Source: grpc/grpc doc/http-grpc-status-mapping.md.
  package init(httpStatus: Int) {
    let code: Code =
      switch httpStatus {
      case 400: .internal
      case 401: .unauthenticated
      case 403: .permissionDenied
      case 404: .unimplemented
      case 429, 502, 503, 504: .unavailable
      default: .unknown
      }
    self.init(code, "the server answered with HTTP status \(httpStatus) and no grpc-status")
  }
}

extension Status: CustomStringConvertible {
  package var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }
}
