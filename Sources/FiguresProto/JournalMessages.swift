// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto
package import FiguresModel

/// `figures.v1.SubscribeRequest`.
package struct SubscribeRequest: WireMessage {
  package var afterRevision: UInt64
  package var journalID: String

  package init(afterRevision: UInt64, journalID: String) {
    self.afterRevision = afterRevision
    self.journalID = journalID
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__subscribe_request__init)
    afterRevision = message.pointee.after_revision
    journalID = wireText(message.pointee.journal_id)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__subscribe_request__init)
    message.pointee.after_revision = afterRevision
    message.pointee.journal_id = arena.string(journalID)
    return ProtoArena.pack(message)
  }
}

/// One entry of the journal: `figures.v1.Entry`.
///
/// Ingest stores the bytes of ``encoded()`` without a revision; the revision is the entry's place in
/// the journal, and is added to the bytes when they are read (concatenated messages merge).
package struct JournalEntry: WireMessage {
  package var recordedAtMilliseconds: Int64
  package var requestID: String
  package var body: EntryBody
  /// The entry's place in the journal; 0 before it is stored.
  package var revision: UInt64 = 0

  package init(recordedAtMilliseconds: Int64, requestID: String, body: EntryBody) {
    self.recordedAtMilliseconds = recordedAtMilliseconds
    self.requestID = requestID
    self.body = body
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    try self.init(try arena.unpack(bytes, figures__v1__entry__init).pointee)
  }

  /// The document of the entry; nil for entries of other kinds.
  package var document: RecordedDocument? {
    if case .document(let document) = body { document } else { nil }
  }

  fileprivate init(_ message: Figures__V1__Entry) throws(WireError) {
    recordedAtMilliseconds = message.recorded_at_ms
    requestID = wireText(message.request_id)
    revision = message.revision
    switch message.body_case {
    case FIGURES__V1__ENTRY__BODY_DOCUMENT:
      guard let body = message.document, let document = body.pointee.document else {
        throw WireError(field: "entry.document", message: "it is missing")
      }
      let record = try DocumentRecord(document.pointee)
      var claims: [Claim] = []
      claims.reserveCapacity(body.pointee.n_claims)
      for index in 0..<body.pointee.n_claims {
        if let claim = body.pointee.claims?[index] { claims.append(try Claim(claim.pointee)) }
      }
      self.body = .document(
        RecordedDocument(
          id: record.id, document: record.document, claims: claims, extractor: record.extractor,
          revision: message.revision))
    case FIGURES__V1__ENTRY__BODY_RETRACTION:
      body = .retraction(
        documentID: wireText(message.retraction?.pointee.document_id),
        reason: wireText(message.retraction?.pointee.reason))
    case FIGURES__V1__ENTRY__BODY_CORRECTION:
      let entry = message.correction?.pointee
      let correction = try entry?.correction.map { value throws(WireError) in
        try Correction(value.pointee, field: "entry.correction")
      }
      body = .correction(
        documentID: wireText(entry?.document_id), start: Int(entry?.start ?? 0), reason: wireText(entry?.reason),
        correction ?? Correction())
    case FIGURES__V1__ENTRY__BODY_SEPARATION:
      let entry = message.separation?.pointee
      body = .separation(
        Separation(
          wireText(entry?.document_id), wireText(entry?.other_document_id), reason: wireText(entry?.reason),
          isWithdrawn: entry?.withdrawn ?? 0 != 0))
    default:
      throw WireError(field: "entry.body", message: "it is of a kind that this version does not know")
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let entry = arena.make(figures__v1__entry__init)
    entry.pointee.recorded_at_ms = recordedAtMilliseconds
    entry.pointee.request_id = arena.string(requestID)
    switch body {
    case .document(let document):
      let body = arena.make(figures__v1__document_entry__init)
      var record = DocumentRecord(document: document.document)
      record.id = document.id
      record.claimCount = UInt32(clamping: document.claims.count)
      record.extractor = document.extractor
      body.pointee.document = arena.document(record, includesText: true)
      body.pointee.n_claims = document.claims.count
      body.pointee.claims = arena.array(
        document.claims.map { arena.claim($0, id: document.claimID($0), documentID: document.id) })
      entry.pointee.body_case = FIGURES__V1__ENTRY__BODY_DOCUMENT
      entry.pointee.document = body
    case .retraction(let documentID, let reason):
      let body = arena.make(figures__v1__retraction_entry__init)
      body.pointee.document_id = arena.string(documentID)
      body.pointee.reason = arena.string(reason)
      entry.pointee.body_case = FIGURES__V1__ENTRY__BODY_RETRACTION
      entry.pointee.retraction = body
    case .correction(let documentID, let start, let reason, let correction):
      let body = arena.make(figures__v1__correction_entry__init)
      body.pointee.document_id = arena.string(documentID)
      body.pointee.start = UInt32(clamping: start)
      body.pointee.reason = arena.string(reason)
      body.pointee.correction = arena.correction(correction)
      entry.pointee.body_case = FIGURES__V1__ENTRY__BODY_CORRECTION
      entry.pointee.correction = body
    case .separation(let separation):
      let body = arena.make(figures__v1__separation_entry__init)
      body.pointee.document_id = arena.string(separation.documents.0)
      body.pointee.other_document_id = arena.string(separation.documents.1)
      body.pointee.reason = arena.string(separation.reason)
      body.pointee.withdrawn = separation.isWithdrawn ? 1 : 0
      entry.pointee.body_case = FIGURES__V1__ENTRY__BODY_SEPARATION
      entry.pointee.separation = body
    }
    return ProtoArena.pack(entry)
  }
}

/// `figures.v1.SubscribeResponse`.
package enum FeedEvent: Sendable {
  case hello(journalID: String, head: UInt64)
  case entry(JournalEntry)
  case caughtUp(UInt64)
  case checkpoint(UInt64)

  package init(decoding bytes: [UInt8]) throws(WireError) {
    let arena = ProtoArena()
    let result: Result<FeedEvent, WireError> = bytes.withUnsafeBytes { pointer in
      do throws(WireError) {
        let message = try arena.unpack(pointer, figures__v1__subscribe_response__init).pointee
        switch message.event_case {
        case FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_ENTRY:
          guard let entry = message.entry else { break }
          return .success(.entry(try JournalEntry(entry.pointee)))
        case FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_CAUGHT_UP:
          return .success(.caughtUp(message.caught_up?.pointee.revision ?? 0))
        case FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_CHECKPOINT:
          return .success(.checkpoint(message.checkpoint?.pointee.revision ?? 0))
        case FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_HELLO:
          return .success(
            .hello(
              journalID: wireText(message.hello?.pointee.journal_id),
              head: message.hello?.pointee.head_revision ?? 0))
        default: break
        }
        throw WireError(field: "event", message: "it is of a kind that this version does not know")
      } catch { return .failure(error) }
    }
    self = try result.get()
  }

  /// The event of an entry, from the bytes that the journal holds and the entry's revision.
  package static func encoded(entry bytes: [UInt8], revision: UInt64) -> [UInt8] {
    // Field 1 of Entry, a varint: appended, it merges with the stored message.
    var stored = bytes
    stored.append(0x08)
    appendVarint(revision, to: &stored)
    // Field 1 of SubscribeResponse, length-delimited.
    var event: [UInt8] = [0x0a]
    event.reserveCapacity(stored.count + 11)
    appendVarint(UInt64(stored.count), to: &event)
    event.append(contentsOf: stored)
    return event
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__subscribe_response__init)
    switch self {
    case .hello(let journalID, let head):
      let hello = arena.make(figures__v1__hello__init)
      hello.pointee.journal_id = arena.string(journalID)
      hello.pointee.head_revision = head
      message.pointee.event_case = FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_HELLO
      message.pointee.hello = hello
    case .caughtUp(let revision):
      let caughtUp = arena.make(figures__v1__caught_up__init)
      caughtUp.pointee.revision = revision
      message.pointee.event_case = FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_CAUGHT_UP
      message.pointee.caught_up = caughtUp
    case .checkpoint(let revision):
      let checkpoint = arena.make(figures__v1__checkpoint__init)
      checkpoint.pointee.revision = revision
      message.pointee.event_case = FIGURES__V1__SUBSCRIBE_RESPONSE__EVENT_CHECKPOINT
      message.pointee.checkpoint = checkpoint
    case .entry(let entry):
      return Self.encoded(entry: entry.encoded(), revision: entry.revision)
    }
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.JournalStatusResponse`.
package struct JournalStatus: WireMessage, Equatable {
  package var journalID: String
  package var headRevision: UInt64

  package init(journalID: String, headRevision: UInt64) {
    self.journalID = journalID
    self.headRevision = headRevision
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__journal_status_response__init)
    journalID = wireText(message.pointee.journal_id)
    headRevision = message.pointee.head_revision
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__journal_status_response__init)
    message.pointee.journal_id = arena.string(journalID)
    message.pointee.head_revision = headRevision
    return ProtoArena.pack(message)
  }
}

/// Appends a base-128 varint.
package func appendVarint(_ value: UInt64, to bytes: inout [UInt8]) {
  var rest = value
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(rest))
}
