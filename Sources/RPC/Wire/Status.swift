// SPDX-License-Identifier: Apache-2.0

internal import HTTP2

/// The outcome of a call: a code and, unless it is ok, what a caller should know.
///
/// Sixteen bytes at most, and no allocation for ``ok``: it is returned on the path of every call. An error
/// that a library function of this module throws is always one of these.
/// - Source: grpc/grpc doc/statuscodes.md.
public struct Status: Error, Sendable, Equatable {
  public enum Code: UInt8, Sendable, CaseIterable {
    case ok = 0
    case cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists
    case permissionDenied, resourceExhausted, failedPrecondition, aborted, outOfRange
    case unimplemented, `internal`, unavailable, dataLoss, unauthenticated

    /// As it stands in gRPC's documents: `INVALID_ARGUMENT`.
    public var name: String {
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
    let details: [UInt8]
    init(message: String, details: [UInt8]) {
      self.message = message
      self.details = details
    }
  }

  /// What kind of outcome it is.
  public let code: Code
  private let detail: Detail?

  /// - Parameter details: an encoded google.rpc.Status, sent in `grpc-status-details-bin`; see
  ///   ``init(_:_:details:)-(_,_,[StatusDetail])`` for one that is put together here.
  public init(_ code: Code, _ message: String = "", details: [UInt8] = []) {
    self.code = code
    detail = message.isEmpty && details.isEmpty ? nil : Detail(message: message, details: details)
  }

  /// A call that went well.
  public static var ok: Status { Status(ok: ()) }

  private init(ok: Void) {
    code = .ok
    detail = nil
  }

  /// Whether the call went well.
  public var isOK: Bool { code == .ok }
  /// For people; empty if nothing was said.
  public var message: String { detail?.message ?? "" }
  /// An encoded google.rpc.Status; empty if there is none.
  public var details: [UInt8] { detail?.details ?? [] }

  public static func == (left: Status, right: Status) -> Bool {
    left.code == right.code && left.message == right.message && left.details == right.details
  }

  /// The status of any error a handler throws: its own, or UNKNOWN with a text that gives nothing away.
  public init(catching error: any Error) {
    switch error {
    case let status as Status: self = status.isOK ? Status(.unknown, "handler threw ok") : status
    case is CancellationError: self = Status(.cancelled, "the call was cancelled")
    default: self = Status(.unknown, "the service failed; its log says why")
    }
  }

  /// The status that stands for a stream that was reset.
  /// - Source: "Errors", grpc/grpc doc/PROTOCOL-HTTP2.md.
  init(reset code: HTTP2ErrorCode) {
    let text = "the call was reset with HTTP/2 code \(code.rawValue)"
    switch code {
    case .refusedStream: self.init(.unavailable, text)
    case .cancel: self.init(.cancelled, text)
    case .enhanceYourCalm: self.init(.resourceExhausted, text)
    case .inadequateSecurity: self.init(.permissionDenied, text)
    default: self.init(.internal, text)
    }
  }

  /// The status that an HTTP response without grpc-status stands for.
  /// - Source: grpc/grpc doc/http-grpc-status-mapping.md.
  init(httpStatus: Int) {
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
  public var description: String { message.isEmpty ? code.name : "\(code.name): \(message)" }
}
