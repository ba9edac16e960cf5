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

/// `figures.v1.RetractResponse` and `figures.v1.CorrectClaimResponse`, which have the same fields.
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
