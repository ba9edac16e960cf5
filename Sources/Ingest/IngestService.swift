// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Extraction
internal import FiguresModel
internal import FiguresProto
internal import Foundation
package import Journaling
package import Logging
internal import NIOCore
internal import NIOConcurrencyHelpers
package import NIOPosix
package import RPC

/// Bounds of what a caller may submit; each is named in its error.
package struct IngestLimits: Sendable {
  package var documentBytesMax = 10 * 1024 * 1024  // max-document-bytes
  package var titleBytesMax = 1024
  package var urlBytesMax = 2048
  package var requestIDBytesMax = 128
  package var rowsMax = 10_000
  package var releaseIDBytesMax = 128
  /// Bytes of a journal entry: below what a replica takes as one message.
  package var entryBytesMax = 56 * 1024 * 1024

  package init() {}

  /// Bytes of a request message: room for a text that is over the limit, so that the error can name
  /// the document's limit and not the message's.
  package var messageBytesMax: Int { documentBytesMax * 2 + 1024 * 1024 }
}

/// Takes documents in: validates, extracts, appends to the journal, and only then replies. Serves the
/// journal as a feed.
package final class IngestService: Sendable {
  let journal: any Journal
  private let extractor: Extractor
  let limits: IngestLimits
  let threads: NIOThreadPool
  let logger: Logger
  /// Notified when an entry was appended, and when the service drains.
  let changes = ChangeSignal()
  private let isDraining = NIOLockedValueBox(false)

  /// Entries and bytes that a subscription reads at a time: its memory.
  private static let batchEntries = 256
  private static let batchBytes = 4 * 1024 * 1024
  /// Without news a subscriber hears a checkpoint this often.
  private static let checkpointInterval: TimeAmount = .seconds(15)

  package init(
    journal: any Journal, extractor: Extractor, limits: IngestLimits, threads: NIOThreadPool,
    logger: Logger
  ) {
    self.journal = journal
    self.extractor = extractor
    self.limits = limits
    self.threads = threads
    self.logger = logger
  }

  package func register(in router: inout Router) {
    router.unary(Methods.submitDocument) { request, _ in
      try await self.mapped { try await self.submit(SubmitDocumentRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.dryRun) { request, _ in
      try await self.mapped { try await self.dryRun(DryRunRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.recordFigures) { request, _ in
      try await self.mapped { try await self.record(RecordFiguresRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.retract) { request, _ in
      try await self.mapped { try await self.retract(RetractRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.correctClaim) { request, _ in
      try await self.mapped { try await self.correct(CorrectClaimRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.separateDocuments) { request, _ in
      try await self.mapped { try await self.separate(SeparateDocumentsRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.reextract) { request, _ in
      try await self.mapped { try await self.reextract(ReextractRequest(decoding: request)).encoded() }
    }
    router.unary(Methods.journalStatus) { request, _ in
      try await self.mapped {
        try request.withUnsafeBytes { try EmptyRequest.journalStatus.check($0) }
        return JournalStatus(journalID: self.journal.id, headRevision: try await self.journal.head()).encoded()
      }
    }
    router.serverStreaming(Methods.subscribe) { request, call in
      _ = try await self.mapped {
        try await self.feed(SubscribeRequest(decoding: request), call)
        return []
      }
    }
  }

  /// Ends the feeds, so that a drain has an end.
  package func drain() {
    isDraining.withLockedValue { $0 = true }
    changes.notify()
  }

  // MARK: - Submission

  /// Identity of a document: its text.
  package static func documentID(_ text: String) -> String {
    var text = text
    let digest = text.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
    return "doc/" + hexadecimal(digest.prefix(16))
  }

  private func submit(_ request: SubmitDocumentRequest) async throws -> SubmitDocumentResponse {
    try validate(request.document)
    try validate(requestID: request.requestID)
    let id = Self.documentID(request.document.text)
    let state = try await recording(of: id)
    if let known = state.recorded, !state.isRetracted { return try unchanged(known, request) }
    let extraction = try await extract(request.document)
    let appended = try await append(
      RecordedDocument(
        id: id, document: request.document, claims: extraction.claims, extractor: Extractor.version, revision: 0),
      number: state.count + 1, request.requestID)
    guard appended.isNew else {
      // Another call was quicker with the same text.
      guard let known = try await recording(of: id).recorded else {
        throw JournalError(.corrupt, "entry \(appended.revision) can't be read back")
      }
      return try unchanged(known, request)
    }
    return SubmitDocumentResponse(
      documentID: id, revision: appended.revision, outcome: .recorded,
      claimCount: UInt32(clamping: extraction.claims.count))
  }

  /// Reads a document's text again, where another extractor has read it.
  private func reextract(_ request: ReextractRequest) async throws -> SubmitDocumentResponse {
    try validate(requestID: request.requestID)
    let id = request.documentID
    while true {
      let state = try await recording(of: id)
      guard let known = state.recorded, !state.isRetracted else { throw IngestError.unknownDocument(id: id) }
      let stored = try document(of: known)
      guard stored.document.release.isEmpty, stored.extractor != Extractor.version else {
        return SubmitDocumentResponse(
          documentID: id, revision: known.revision, outcome: .unchanged,
          claimCount: UInt32(clamping: stored.claims.count))
      }
      let extraction = try await extract(stored.document)
      let appended = try await append(
        RecordedDocument(
          id: id, document: stored.document, claims: extraction.claims, extractor: Extractor.version, revision: 0),
        key: EntryKey.end(id, state.count), request.requestID)
      // Another call was quicker, with a retraction or the same: look at it first.
      guard appended.isNew else { continue }
      return SubmitDocumentResponse(
        documentID: id, revision: appended.revision, outcome: .recorded,
        claimCount: UInt32(clamping: extraction.claims.count))
    }
  }

  /// Appends a document's n-th recording.
  func append(_ document: RecordedDocument, number: Int, _ requestID: String) async throws -> Appended {
    try await append(document, key: EntryKey.recording(document.id, number), requestID)
  }

  private func append(_ document: RecordedDocument, key: String, _ requestID: String) async throws -> Appended {
    let payload = entry(.document(document), requestID).encoded()
    guard payload.count <= limits.entryBytesMax else {
      throw IngestError.tooManyFigures(
        claims: document.claims.count, bytes: payload.count, limit: limits.entryBytesMax)
    }
    let appended = try await journal.append(key: key, payload: payload)
    guard appended.isNew else { return appended }
    changes.notify()
    logger.info(
      "document recorded",
      metadata: [
        "document": "\(document.id)", "revision": "\(appended.revision)", "claims": "\(document.claims.count)",
        "bytes": "\(document.document.text.utf8.count)",
      ])
    return appended
  }

  private func unchanged(
    _ known: JournalRecord, _ request: SubmitDocumentRequest
  ) throws -> SubmitDocumentResponse {
    let stored = try document(of: known)
    var differing: [String] = []
    if stored.document.title != request.document.title { differing.append("title") }
    if stored.document.publisher != request.document.publisher { differing.append("publisher") }
    if stored.document.url != request.document.url { differing.append("url") }
    if stored.document.published != request.document.published { differing.append("published") }
    return SubmitDocumentResponse(
      documentID: stored.id, revision: known.revision, outcome: .unchanged,
      claimCount: UInt32(clamping: stored.claims.count), differingFields: differing)
  }

  private func dryRun(_ request: DryRunRequest) async throws -> DryRunResponse {
    try validate(request.document)
    let extraction = try await extract(request.document)
    return DryRunResponse(
      documentID: Self.documentID(request.document.text), extractor: Extractor.version,
      claims: extraction.claims, rejections: extraction.rejections)
  }

  /// Off the event loop: a large document takes a while.
  private func extract(_ document: Document) async throws -> Extraction {
    let extractor = self.extractor
    return try await threads.runIfActive { extractor.extract(document) }
  }

  func entry(_ body: EntryBody, _ requestID: String) -> JournalEntry {
    JournalEntry(
      recordedAtMilliseconds: Int64(Date().timeIntervalSince1970 * 1000), requestID: requestID, body: body)
  }

  func validate(requestID: String) throws {
    if requestID.utf8.count > limits.requestIDBytesMax {
      throw IngestError.tooLong(
        field: "request_id", bytes: requestID.utf8.count, limit: limits.requestIDBytesMax, name: nil)
    }
  }

  func validate(_ document: Document) throws {
    let bytes = document.text.utf8.count
    guard bytes <= limits.documentBytesMax else {
      throw IngestError.tooLong(
        field: "document.text", bytes: bytes, limit: limits.documentBytesMax, name: "max-document-bytes")
    }
    guard document.text.contains(where: { !$0.isWhitespace }) else {
      throw IngestError.empty(field: "document.text")
    }
    for (field, value, limit) in [
      ("document.title", document.title, limits.titleBytesMax),
      ("document.publisher", document.publisher, limits.titleBytesMax),
      ("document.url", document.url, limits.urlBytesMax),
    ] where value.utf8.count > limit {
      throw IngestError.tooLong(field: field, bytes: value.utf8.count, limit: limit, name: nil)
    }
  }

  // MARK: - Feed

  /// Sends what the journal has after a revision, then what comes. A slow subscriber slows only its
  /// own reading: entries are read from the journal when there is room to send them.
  private func feed(_ request: SubscribeRequest, _ call: ServerCall) async throws {
    let head = try await journal.head()
    if !request.journalID.isEmpty, request.journalID != journal.id {
      throw IngestError.otherJournal(asked: request.journalID, here: journal.id)
    }
    guard request.afterRevision <= head else {
      throw IngestError.beyondHead(asked: request.afterRevision, head: head)
    }
    try await call.send(FeedEvent.hello(journalID: journal.id, head: head).encoded())
    var position = request.afterRevision
    var isLive = false
    while true {
      let version = changes.version
      try Task.checkCancellation()
      if isDraining.withLockedValue({ $0 }) { throw Status(.unavailable, "figures-ingest is shutting down") }
      let batch = try await journal.entries(
        after: position, limit: Self.batchEntries, bytesMax: Self.batchBytes)
      for record in batch {
        try await call.send(FeedEvent.encoded(entry: record.payload, revision: record.revision))
        position = record.revision
      }
      guard batch.isEmpty else { continue }
      if !isLive {
        try await call.send(FeedEvent.caughtUp(position).encoded())
        isLive = true
      }
      await changes.wait(after: version, timeout: (Self.checkpointInterval, call.eventLoop))
      if changes.version == version, !Task.isCancelled {
        try await call.send(FeedEvent.checkpoint(position).encoded())
      }
    }
  }

  // MARK: - Errors

  private func mapped(_ body: () async throws -> [UInt8]) async throws -> [UInt8] {
    do { return try await body() } catch {
      let status = IngestError.status(of: error)
      if status.code == .unknown || status.code == .internal || status.code == .dataLoss {
        logger.error("call failed", metadata: ["error": "\(error)"])
      }
      throw status
    }
  }
}
