// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto
package import FiguresModel

/// `figures.v1.SubmitDocumentRequest`.
package struct SubmitDocumentRequest: WireMessage {
  package var document: Document
  package var requestID: String

  package init(document: Document, requestID: String = "") {
    self.document = document
    self.requestID = requestID
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__submit_document_request__init)
    document = try Document(message.pointee.document)
    requestID = wireText(message.pointee.request_id)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__submit_document_request__init)
    message.pointee.document = arena.documentInput(document)
    message.pointee.request_id = arena.string(requestID)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.SubmitDocumentResponse`.
package struct SubmitDocumentResponse: WireMessage, Equatable {
  package var documentID: String
  package var revision: UInt64
  package var outcome: SubmitOutcome
  package var claimCount: UInt32
  package var differingFields: [String]

  package init(
    documentID: String, revision: UInt64, outcome: SubmitOutcome, claimCount: UInt32,
    differingFields: [String] = []
  ) {
    self.documentID = documentID
    self.revision = revision
    self.outcome = outcome
    self.claimCount = claimCount
    self.differingFields = differingFields
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__submit_document_response__init)
    documentID = wireText(message.pointee.document_id)
    revision = message.pointee.revision
    outcome = SubmitOutcome(wireNumber: message.pointee.outcome.rawValue) ?? .recorded
    claimCount = message.pointee.claim_count
    differingFields = wireStrings(message.pointee.differing_fields, message.pointee.n_differing_fields)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__submit_document_response__init)
    message.pointee.document_id = arena.string(documentID)
    message.pointee.revision = revision
    message.pointee.outcome = Figures__V1__SubmitOutcome(rawValue: outcome.wireNumber)
    message.pointee.claim_count = claimCount
    message.pointee.n_differing_fields = differingFields.count
    message.pointee.differing_fields = arena.strings(differingFields)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.DryRunRequest`.
package struct DryRunRequest: WireMessage {
  package var document: Document

  package init(document: Document) { self.document = document }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__dry_run_request__init)
    document = try Document(message.pointee.document)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__dry_run_request__init)
    message.pointee.document = arena.documentInput(document)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.DryRunResponse`.
package struct DryRunResponse: WireMessage {
  package var documentID: String
  package var extractor: String
  package var claims: [Claim]
  package var rejections: [Rejection]

  package init(documentID: String, extractor: String, claims: [Claim], rejections: [Rejection]) {
    self.documentID = documentID
    self.extractor = extractor
    self.claims = claims
    self.rejections = rejections
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__dry_run_response__init)
    documentID = wireText(message.pointee.document_id)
    extractor = wireText(message.pointee.extractor)
    claims = []
    for index in 0..<message.pointee.n_claims {
      if let claim = message.pointee.claims?[index] { claims.append(try Claim(claim.pointee)) }
    }
    rejections = wireValues(message.pointee.rejections, message.pointee.n_rejections) { rejection in
      Rejection(
        span: Span(
          Int(rejection.span?.pointee.start ?? 0), Int(rejection.span?.pointee.end ?? 0)),
        text: wireText(rejection.text),
        reason: RejectionReason(rawValue: wireText(rejection.reason)) ?? .other)
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__dry_run_response__init)
    message.pointee.document_id = arena.string(documentID)
    message.pointee.extractor = arena.string(extractor)
    message.pointee.n_claims = claims.count
    message.pointee.claims = arena.array(
      claims.map { arena.claim($0, id: "\(documentID):\($0.span.start)", documentID: documentID) })
    message.pointee.n_rejections = rejections.count
    message.pointee.rejections = arena.array(
      rejections.map { rejection in
        let row = arena.make(figures__v1__rejection__init)
        row.pointee.span = arena.span(rejection.span)
        row.pointee.text = arena.string(rejection.text)
        row.pointee.reason = arena.string(rejection.reason.rawValue)
        return row
      })
    return ProtoArena.pack(message)
  }
}

extension ProtoArena {
  fileprivate func documentInput(_ value: Document) -> UnsafeMutablePointer<Figures__V1__DocumentInput> {
    let message = make(figures__v1__document_input__init)
    message.pointee.title = string(value.title)
    message.pointee.publisher = string(value.publisher)
    message.pointee.url = string(value.url)
    message.pointee.published = string(value.published?.description ?? "")
    message.pointee.text = string(value.text)
    return message
  }
}

extension Document {
  fileprivate init(_ pointer: UnsafeMutablePointer<Figures__V1__DocumentInput>?) throws(WireError) {
    guard let message = pointer?.pointee else {
      throw WireError(field: "document", message: "it is missing; it is required")
    }
    self.init(
      title: wireText(message.title), publisher: wireText(message.publisher), url: wireText(message.url),
      published: try wireDate(message.published, field: "document.published"),
      text: wireText(message.text))
  }
}

/// `figures.v1.RetractRequest`.
package struct RetractRequest: WireMessage, Equatable {
  package var documentID: String
  package var reason: String
  package var requestID: String

  package init(documentID: String, reason: String, requestID: String = "") {
    self.documentID = documentID
    self.reason = reason
    self.requestID = requestID
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__retract_request__init)
    documentID = wireText(message.pointee.document_id)
    reason = wireText(message.pointee.reason)
    requestID = wireText(message.pointee.request_id)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__retract_request__init)
    message.pointee.document_id = arena.string(documentID)
    message.pointee.reason = arena.string(reason)
    message.pointee.request_id = arena.string(requestID)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.CorrectClaimRequest`.
package struct CorrectClaimRequest: WireMessage, Equatable {
  package var claimID: String
  package var reason: String
  package var requestID: String
  package var correction: Correction

  package init(claimID: String, reason: String, correction: Correction, requestID: String = "") {
    self.claimID = claimID
    self.reason = reason
    self.correction = correction
    self.requestID = requestID
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__correct_claim_request__init)
    claimID = wireText(message.pointee.claim_id)
    reason = wireText(message.pointee.reason)
    requestID = wireText(message.pointee.request_id)
    correction = Correction()
    if let value = message.pointee.correction { correction = try Correction(value.pointee, field: "correction") }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__correct_claim_request__init)
    message.pointee.claim_id = arena.string(claimID)
    message.pointee.reason = arena.string(reason)
    message.pointee.request_id = arena.string(requestID)
    message.pointee.correction = arena.correction(correction)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.SeparateDocumentsRequest`.
package struct SeparateDocumentsRequest: WireMessage, Equatable {
  package var documentID: String
  package var otherDocumentID: String
  package var reason: String
  package var requestID: String
  package var withdraw: Bool

  package init(
    documentID: String, otherDocumentID: String, reason: String, requestID: String = "", withdraw: Bool = false
  ) {
    self.documentID = documentID
    self.otherDocumentID = otherDocumentID
    self.reason = reason
    self.requestID = requestID
    self.withdraw = withdraw
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__separate_documents_request__init)
    documentID = wireText(message.pointee.document_id)
    otherDocumentID = wireText(message.pointee.other_document_id)
    reason = wireText(message.pointee.reason)
    requestID = wireText(message.pointee.request_id)
    withdraw = message.pointee.withdraw != 0
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__separate_documents_request__init)
    message.pointee.document_id = arena.string(documentID)
    message.pointee.other_document_id = arena.string(otherDocumentID)
    message.pointee.reason = arena.string(reason)
    message.pointee.request_id = arena.string(requestID)
    message.pointee.withdraw = withdraw ? 1 : 0
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.ReextractRequest`.
package struct ReextractRequest: WireMessage, Equatable {
  package var documentID: String
  package var requestID: String

  package init(documentID: String, requestID: String = "") {
    self.documentID = documentID
    self.requestID = requestID
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__reextract_request__init)
    documentID = wireText(message.pointee.document_id)
    requestID = wireText(message.pointee.request_id)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__reextract_request__init)
    message.pointee.document_id = arena.string(documentID)
    message.pointee.request_id = arena.string(requestID)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.RetractResponse`, `figures.v1.CorrectClaimResponse` and `figures.v1.SeparateDocumentsResponse`, which have
/// the same fields.
package struct AmendResponse: WireMessage, Equatable {
  package var revision: UInt64
  package var outcome: SubmitOutcome

  package init(revision: UInt64, outcome: SubmitOutcome) {
    self.revision = revision
    self.outcome = outcome
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__retract_response__init)
    revision = message.pointee.revision
    outcome = SubmitOutcome(wireNumber: message.pointee.outcome.rawValue) ?? .recorded
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__retract_response__init)
    message.pointee.revision = revision
    message.pointee.outcome = Figures__V1__SubmitOutcome(rawValue: outcome.wireNumber)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.RecordFiguresRequest`.
package struct RecordFiguresRequest: WireMessage, Equatable {
  package var release: Release
  package var firstRow: UInt32
  package var rows: [FigureRow]
  package var requestID: String

  package init(release: Release, firstRow: UInt32, rows: [FigureRow], requestID: String = "") {
    self.release = release
    self.firstRow = firstRow
    self.rows = rows
    self.requestID = requestID
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__record_figures_request__init)
    firstRow = message.pointee.first_row
    requestID = wireText(message.pointee.request_id)
    let stated = message.pointee.release?.pointee
    release = Release(
      id: wireText(stated?.id), title: wireText(stated?.title), publisher: wireText(stated?.publisher),
      url: wireText(stated?.url), published: try wireDate(stated?.published, field: "release.published"))
    rows = wireValues(message.pointee.rows, message.pointee.n_rows) { row in
      FigureRow(
        metric: wireText(row.metric), region: wireText(row.region), period: wireText(row.period),
        value: wireText(row.value), population: wireValues(row.population, row.n_population) { Dimension($0) },
        unit: wireText(row.unit), line: wireText(row.line), valueStart: Int(row.value_start))
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__record_figures_request__init)
    message.pointee.first_row = firstRow
    message.pointee.request_id = arena.string(requestID)
    let release = arena.make(figures__v1__release__init)
    release.pointee.id = arena.string(self.release.id)
    release.pointee.title = arena.string(self.release.title)
    release.pointee.publisher = arena.string(self.release.publisher)
    release.pointee.url = arena.string(self.release.url)
    release.pointee.published = arena.string(self.release.published?.description ?? "")
    message.pointee.release = release
    message.pointee.n_rows = rows.count
    message.pointee.rows = arena.array(rows.map { arena.row($0) })
    return ProtoArena.pack(message)
  }
}

extension ProtoArena {
  fileprivate func row(_ value: FigureRow) -> UnsafeMutablePointer<Figures__V1__FigureRow> {
    let message = make(figures__v1__figure_row__init)
    message.pointee.metric = string(value.metric)
    message.pointee.region = string(value.region)
    message.pointee.period = string(value.period)
    message.pointee.value = string(value.value)
    message.pointee.n_population = value.population.count
    message.pointee.population = array(value.population.map { dimension($0) })
    message.pointee.unit = string(value.unit)
    message.pointee.line = string(value.line)
    message.pointee.value_start = UInt32(clamping: value.valueStart)
    return message
  }
}

/// A row that was left out.
package struct RefusedRow: Sendable, Equatable {
  package var row: UInt32
  package var error: RowError

  package init(row: UInt32, error: RowError) {
    self.row = row
    self.error = error
  }
}

/// `figures.v1.RecordFiguresResponse`.
package struct RecordFiguresResponse: WireMessage, Equatable {
  package var documentID: String
  package var revision: UInt64
  package var outcome: SubmitOutcome?
  package var recorded: UInt32
  package var errors: [RefusedRow]

  package init(documentID: String, revision: UInt64, outcome: SubmitOutcome?, recorded: UInt32, errors: [RefusedRow]) {
    self.documentID = documentID
    self.revision = revision
    self.outcome = outcome
    self.recorded = recorded
    self.errors = errors
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__record_figures_response__init)
    documentID = wireText(message.pointee.document_id)
    revision = message.pointee.revision
    outcome = SubmitOutcome(wireNumber: message.pointee.outcome.rawValue)
    recorded = message.pointee.recorded
    errors = wireValues(message.pointee.errors, message.pointee.n_errors) { row in
      RefusedRow(
        row: row.row,
        error: RowError(field: wireText(row.field), value: wireText(row.value), allowed: wireText(row.allowed)))
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__record_figures_response__init)
    message.pointee.document_id = arena.string(documentID)
    message.pointee.revision = revision
    message.pointee.outcome = Figures__V1__SubmitOutcome(rawValue: outcome?.wireNumber ?? 0)
    message.pointee.recorded = recorded
    message.pointee.n_errors = errors.count
    message.pointee.errors = arena.array(
      errors.map { refused in
        let row = arena.make(figures__v1__row_error__init)
        row.pointee.row = refused.row
        row.pointee.field = arena.string(refused.error.field)
        row.pointee.value = arena.string(refused.error.value)
        row.pointee.allowed = arena.string(refused.error.allowed)
        return row
      })
    return ProtoArena.pack(message)
  }
}
