// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
internal import Indexing
internal import RPC
internal import ServiceSupport

extension QueryError {
  var status: Status {
    switch self {
    case .missing(let field, let allowed):
      Status(.invalidArgument, "\(field): it is empty; required: \(allowed)")
    case .invalid(let field, let value, let allowed):
      Status(.invalidArgument, "\(field): it is \"\(value)\"; allowed: \(allowed)")
    case .unknownRegion(let name, let nearest):
      Status(
        .notFound,
        "region: no area is named \"\(name.prefix(128))\""
          + (nearest.isEmpty ? "" : "; nearest names: \(nearest.joined(separator: ", "))"))
    case .unknownMetric(let name):
      Status(.invalidArgument, "metrics: \"\(name.prefix(128))\" is no metric; ListMetrics lists them")
    case .unknownFact(let id): Status(.notFound, "id: there is no fact \"\(id.prefix(128))\"")
    case .unknownDocument(let id): Status(.notFound, "id: there is no document \"\(id.prefix(128))\"")
    case .behind(let asked, let here):
      Status(.unavailable, "consistency: revision \(asked) is not reached here yet (at \(here)); try again")
    case .otherRevision(let asked, let here):
      Status(.failedPrecondition, "consistency: revision \(asked) is not held here; this is \(here)")
    }
  }

  /// Reason and metadata of the error, for programs: the names of `figures.v1.ErrorReason`.
  private var info: (reason: String, metadata: [(String, String)]) {
    switch self {
    case .missing(let field, let allowed): ("FIELD_MISSING", [("field", field), ("allowed", allowed)])
    case .invalid(let field, let value, let allowed):
      ("FIELD_INVALID", [("field", field), ("value", String(value.prefix(128))), ("allowed", allowed)])
    case .unknownRegion(let name, let nearest):
      (
        "UNKNOWN_REGION",
        [("field", "region"), ("value", String(name.prefix(128))), ("nearest", nearest.joined(separator: ", "))]
      )
    case .unknownMetric(let name): ("UNKNOWN_METRIC", [("field", "metrics"), ("value", String(name.prefix(128)))])
    case .unknownFact(let id): ("UNKNOWN_FACT", [("field", "id"), ("value", String(id.prefix(128)))])
    case .unknownDocument(let id): ("UNKNOWN_DOCUMENT", [("field", "id"), ("value", String(id.prefix(128)))])
    case .behind(let asked, let here): ("REVISION_NOT_REACHED", [("asked", "\(asked)"), ("here", "\(here)")])
    case .otherRevision(let asked, let here): ("REVISION_NOT_HELD", [("asked", "\(asked)"), ("here", "\(here)")])
    }
  }

  /// The one place where errors of this service become statuses.
  static func status(of error: any Error) -> Status {
    switch error {
    case let error as QueryError:
      let info = error.info
      return Status(explaining: error.status, reason: info.reason, info.metadata)
    case let error as WireError:
      return Status(
        explaining: Status(.invalidArgument, error.description), reason: "FIELD_INVALID", [("field", error.field)])
    default: return Status(catching: error)
    }
  }
}
