// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
internal import Indexing
internal import RPC

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
    case .expiredPage(let asked, let here):
      Status(
        .failedPrecondition,
        "page_token: it is of revision \(asked), this is \(here); begin again without it")
    }
  }

  /// The one place where errors of this service become statuses.
  static func status(of error: any Error) -> Status {
    switch error {
    case let error as QueryError: error.status
    case let error as WireError: Status(.invalidArgument, error.description)
    default: Status(catching: error)
    }
  }
}
