// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto
package import FiguresModel

/// `figures.v1.GetFactHistoryRequest`.
package struct GetFactHistoryRequest: WireMessage, Equatable {
  package var id: String
  package var pageSize: UInt32 = 0
  package var pageToken = ""

  package init(id: String) { self.id = id }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_fact_history_request__init)
    id = wireText(message.pointee.id)
    pageSize = message.pointee.page_size
    pageToken = wireText(message.pointee.page_token)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_fact_history_request__init)
    message.pointee.id = arena.string(id)
    message.pointee.page_size = pageSize
    message.pointee.page_token = arena.string(pageToken)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.FactChange`.
package struct FactChangeRecord: Sendable, Equatable {
  package var revision: UInt64
  package var recordedAtMilliseconds: Int64
  package var kind: ChangeKind?
  package var fact: FactRecord
  package var cause: String
  package var documentID: String
  package var reason: String

  package init(
    revision: UInt64, recordedAtMilliseconds: Int64, kind: ChangeKind?, fact: FactRecord, cause: String,
    documentID: String, reason: String
  ) {
    self.revision = revision
    self.recordedAtMilliseconds = recordedAtMilliseconds
    self.kind = kind
    self.fact = fact
    self.cause = cause
    self.documentID = documentID
    self.reason = reason
  }
}

/// `figures.v1.GetFactHistoryResponse`.
package struct GetFactHistoryResponse: WireMessage {
  package var revision: UInt64
  package var changes: [FactChangeRecord]
  package var nextPageToken: String

  package init(revision: UInt64, changes: [FactChangeRecord], nextPageToken: String = "") {
    self.revision = revision
    self.changes = changes
    self.nextPageToken = nextPageToken
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_fact_history_response__init)
    revision = message.pointee.revision
    nextPageToken = wireText(message.pointee.next_page_token)
    changes = []
    for index in 0..<message.pointee.n_changes {
      guard let change = message.pointee.changes?[index]?.pointee else { continue }
      guard let fact = change.fact else { throw WireError(field: "changes.fact", message: "it is missing") }
      changes.append(
        FactChangeRecord(
          revision: change.revision, recordedAtMilliseconds: change.recorded_at_ms,
          kind: ChangeKind(wireNumber: change.kind.rawValue), fact: try FactRecord(fact.pointee),
          cause: wireText(change.cause), documentID: wireText(change.document_id), reason: wireText(change.reason)))
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_fact_history_response__init)
    message.pointee.revision = revision
    message.pointee.next_page_token = arena.string(nextPageToken)
    message.pointee.n_changes = changes.count
    message.pointee.changes = arena.array(
      changes.map { change in
        let row = arena.make(figures__v1__fact_change__init)
        row.pointee.revision = change.revision
        row.pointee.recorded_at_ms = change.recordedAtMilliseconds
        row.pointee.kind = Figures__V1__ChangeKind(rawValue: change.kind?.wireNumber ?? 0)
        row.pointee.fact = arena.fact(change.fact)
        row.pointee.cause = arena.string(change.cause)
        row.pointee.document_id = arena.string(change.documentID)
        row.pointee.reason = arena.string(change.reason)
        return row
      })
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.RollUp`.
package struct RollUpRecord: Sendable, Equatable {
  package var fact: FactRecord
  /// At most ``missingMax`` of them.
  package var missing: [RegionRecord]
  package var missingCount: UInt32
  package var reason: String

  package static let missingMax = 50

  package init(fact: FactRecord, missing: [RegionRecord], missingCount: UInt32, reason: String) {
    self.fact = fact
    self.missing = missing
    self.missingCount = missingCount
    self.reason = reason
  }

  init(_ message: Figures__V1__RollUp) throws(WireError) {
    guard let fact = message.fact else { throw WireError(field: "roll_ups.fact", message: "it is missing") }
    self.fact = try FactRecord(fact.pointee)
    missing = wireValues(message.missing, message.n_missing) { RegionRecord($0) }
    missingCount = message.missing_count
    reason = wireText(message.reason)
  }
}

extension FigureEncoding {
  /// Field 8 of a `GetFiguresResponse`.
  package static func rollUpField(_ rollUp: RollUpRecord) -> [UInt8] {
    let arena = ProtoArena()
    return field(0x42, ProtoArena.pack(arena.rollUp(rollUp)))
  }
}

extension ProtoArena {
  func rollUp(_ value: RollUpRecord) -> UnsafeMutablePointer<Figures__V1__RollUp> {
    let message = make(figures__v1__roll_up__init)
    message.pointee.fact = fact(value.fact)
    message.pointee.n_missing = value.missing.count
    message.pointee.missing = array(value.missing.map { region($0) })
    message.pointee.missing_count = value.missingCount
    message.pointee.reason = string(value.reason)
    return message
  }
}
