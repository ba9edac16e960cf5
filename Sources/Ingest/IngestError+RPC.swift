// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
internal import Journaling
internal import RPC
internal import ServiceSupport

/// What a caller of ingest did wrong.
package enum IngestError: Error, Sendable {
  case empty(field: String)
  /// `name`: the setting that holds the limit, if it can be set.
  case tooLong(field: String, bytes: Int, limit: Int, name: String?)
  case tooManyFigures(claims: Int, bytes: Int, limit: Int)
  case otherJournal(asked: String, here: String)
  case beyondHead(asked: UInt64, head: UInt64)
  case unknownDocument(id: String)
  case unknownClaim(id: String)
  case invalid(field: String, value: String, allowed: String)

  var status: Status {
    switch self {
    case .empty(let field):
      Status(
        .invalidArgument, "\(field): it is empty; allowed: UTF-8 text with at least one character that is not space")
    case .tooLong(let field, let bytes, let limit, let name):
      Status(
        name == nil ? .invalidArgument : .resourceExhausted,
        "\(field): it has \(bytes) bytes; allowed: at most \(limit)" + (name.map { " (\($0))" } ?? ""))
    case .tooManyFigures(let claims, let bytes, let limit):
      Status(
        .resourceExhausted,
        "document.text: its \(claims) figures make an entry of \(bytes) bytes; allowed: at most \(limit) "
          + "(max-entry-bytes); submit it in parts")
    case .otherJournal(let asked, let here):
      Status(
        .failedPrecondition,
        "journal_id: \(asked) is another journal; this one is \(here): subscribe from revision 0")
    case .beyondHead(let asked, let head):
      Status(.outOfRange, "after_revision: \(asked) lies beyond the journal's head, \(head)")
    case .unknownDocument(let id):
      Status(.notFound, "document_id: there is no document \"\(id.prefix(128))\", or it is retracted")
    case .unknownClaim(let id):
      Status(
        .notFound, "claim_id: there is no claim \"\(id.prefix(128))\"; GetFact and GetDocument show the ids of claims")
    case .invalid(let field, let value, let allowed):
      Status(.invalidArgument, "\(field): it is \"\(value.prefix(128))\"; allowed: \(allowed)")
    }
  }

  /// Reason and metadata of the error, for programs: the names of `figures.v1.ErrorReason`.
  private var info: (reason: String, metadata: [(String, String)]) {
    switch self {
    case .empty(let field): ("FIELD_MISSING", [("field", field)])
    case .tooLong(let field, _, let limit, let name):
      ("FIELD_TOO_LONG", [("field", field), ("allowed", "\(limit) bytes")] + (name.map { [("limit", $0)] } ?? []))
    case .tooManyFigures(let claims, _, let limit):
      (
        "TOO_MANY_FIGURES",
        [
          ("field", "document.text"), ("value", "\(claims)"), ("allowed", "\(limit) bytes"),
          ("limit", "max-entry-bytes"),
        ]
      )
    case .otherJournal(let asked, let here): ("JOURNAL_REPLACED", [("asked", asked), ("here", here)])
    case .beyondHead(let asked, let head): ("REVISION_BEYOND_HEAD", [("asked", "\(asked)"), ("here", "\(head)")])
    case .unknownDocument(let id):
      ("UNKNOWN_DOCUMENT", [("field", "document_id"), ("value", String(id.prefix(128)))])
    case .unknownClaim(let id): ("UNKNOWN_CLAIM", [("field", "claim_id"), ("value", String(id.prefix(128)))])
    case .invalid(let field, let value, let allowed):
      ("FIELD_INVALID", [("field", field), ("value", String(value.prefix(128))), ("allowed", allowed)])
    }
  }

  /// The one place where errors of this service become statuses.
  static func status(of error: any Error) -> Status {
    switch error {
    case let error as IngestError:
      Status(explaining: error.status, reason: error.info.reason, error.info.metadata)
    case let error as WireError:
      Status(explaining: Status(.invalidArgument, error.description), reason: "FIELD_INVALID", [("field", error.field)])
    case let error as JournalError:
      switch error.code {
      case .full: Status(.resourceExhausted, "the journal's disk is full; nothing was recorded")
      case .corrupt: Status(.dataLoss, "the journal is damaged; the log says where")
      case .inUse: Status(.unavailable, "the journal is busy; try again")
      case .failed: Status(.internal, "the journal failed; the log says why")
      }
    default: Status(catching: error)
    }
  }
}
