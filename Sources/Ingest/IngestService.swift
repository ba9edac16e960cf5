// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import Extraction
internal import FiguresModel
internal import FiguresProto
internal import Foundation
internal import Gazetteer
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
  private let journal: any Journal
  private let extractor: Extractor
  private let limits: IngestLimits
  private let threads: NIOThreadPool
  private let logger: Logger
  /// Notified when an entry was appended, and when the service drains.
  private let changes = ChangeSignal()
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

  /// Appends a document's n-th recording.
  private func append(_ document: RecordedDocument, number: Int, _ requestID: String) async throws -> Appended {
    let payload = entry(.document(document), requestID).encoded()
    guard payload.count <= limits.entryBytesMax else {
      throw IngestError.tooManyFigures(
        claims: document.claims.count, bytes: payload.count, limit: limits.entryBytesMax)
    }
    let appended = try await journal.append(key: EntryKey.recording(document.id, number), payload: payload)
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

  // MARK: - Rows

  private func record(_ request: RecordFiguresRequest) async throws -> RecordFiguresResponse {
    try validate(request.release)
    try validate(requestID: request.requestID)
    guard (1...limits.rowsMax).contains(request.rows.count) else {
      throw IngestError.invalid(field: "rows", value: "\(request.rows.count) rows", allowed: "1 to \(limits.rowsMax)")
    }
    let reader = RowReader(gazetteer: .bundled, catalog: .bundled)
    let (rows, firstRow) = (request.rows, request.firstRow)
    let read = try await threads.runIfActive { reader.read(rows, firstRow: firstRow) }
    let errors = read.errors.map { RefusedRow(row: $0.0, error: $0.1) }
    guard !read.claims.isEmpty else {
      return RecordFiguresResponse(documentID: "", revision: 0, outcome: nil, recorded: 0, errors: errors)
    }
    let release = request.release
    let document = Document(
      title: release.title.isEmpty ? release.id : release.title, publisher: release.publisher, url: release.url,
      published: release.published, text: read.text, release: release.id)
    try validate(document)
    // The same lines may stand in two releases.
    let id = Self.documentID("release \(release.id)\n" + read.text)
    func response(_ revision: UInt64, _ outcome: SubmitOutcome) -> RecordFiguresResponse {
      RecordFiguresResponse(
        documentID: id, revision: revision, outcome: outcome, recorded: UInt32(clamping: read.claims.count),
        errors: errors)
    }
    let state = try await recording(of: id)
    if let known = state.recorded, !state.isRetracted { return response(known.revision, .unchanged) }
    let appended = try await append(
      RecordedDocument(id: id, document: document, claims: read.claims, extractor: RowReader.version, revision: 0),
      number: state.count + 1, request.requestID)
    return response(appended.revision, appended.isNew ? .recorded : .unchanged)
  }

  private func validate(_ release: Release) throws {
    let allowed = "letters, digits, \"-\", \"_\" and \".\"; at most \(limits.releaseIDBytesMax) bytes"
    let isPlain = release.id.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
    }
    guard !release.id.isEmpty, isPlain, release.id.utf8.count <= limits.releaseIDBytesMax else {
      throw IngestError.invalid(field: "release.id", value: release.id, allowed: allowed)
    }
    for (field, value, limit) in [
      ("release.title", release.title, limits.titleBytesMax),
      ("release.publisher", release.publisher, limits.titleBytesMax), ("release.url", release.url, limits.urlBytesMax),
    ] where value.utf8.count > limit {
      throw IngestError.tooLong(field: field, bytes: value.utf8.count, limit: limit, name: nil)
    }
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

  private func entry(_ body: EntryBody, _ requestID: String) -> JournalEntry {
    JournalEntry(
      recordedAtMilliseconds: Int64(Date().timeIntervalSince1970 * 1000), requestID: requestID, body: body)
  }

  private func validate(requestID: String) throws {
    if requestID.utf8.count > limits.requestIDBytesMax {
      throw IngestError.tooLong(
        field: "request_id", bytes: requestID.utf8.count, limit: limits.requestIDBytesMax, name: nil)
    }
  }

  private func validate(_ document: Document) throws {
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

  // MARK: - Retraction and correction

  /// How often a document was recorded, its last recording, and whether that one is retracted.
  private func recording(of id: String) async throws -> (count: Int, recorded: JournalRecord?, isRetracted: Bool) {
    var count = 0
    var last: JournalRecord?
    while let next = try await journal.find(key: EntryKey.recording(id, count + 1)) {
      last = next
      count += 1
      guard try await journal.find(key: EntryKey.retraction(id, count)) != nil else { return (count, last, false) }
    }
    return (count, last, last != nil)
  }

  private func document(of record: JournalRecord) throws -> RecordedDocument {
    guard let document = try JournalEntry(decoding: record.payload).document else {
      throw JournalError(.corrupt, "entry \(record.revision) is no document")
    }
    return document
  }

  private func validate(reason: String) throws {
    guard reason.contains(where: { !$0.isWhitespace }) else { throw IngestError.empty(field: "reason") }
    if reason.utf8.count > limits.titleBytesMax {
      throw IngestError.tooLong(field: "reason", bytes: reason.utf8.count, limit: limits.titleBytesMax, name: nil)
    }
  }

  private func retract(_ request: RetractRequest) async throws -> AmendResponse {
    try validate(reason: request.reason)
    try validate(requestID: request.requestID)
    let state = try await recording(of: request.documentID)
    guard state.count > 0 else { throw IngestError.unknownDocument(id: request.documentID) }
    let key = EntryKey.retraction(request.documentID, state.count)
    let body = EntryBody.retraction(documentID: request.documentID, reason: request.reason)
    let appended = try await journal.append(key: key, payload: entry(body, request.requestID).encoded())
    if appended.isNew {
      changes.notify()
      logger.info(
        "document retracted", metadata: ["document": "\(request.documentID)", "revision": "\(appended.revision)"])
    }
    return AmendResponse(revision: appended.revision, outcome: appended.isNew ? .recorded : .unchanged)
  }

  private func correct(_ request: CorrectClaimRequest) async throws -> AmendResponse {
    try validate(reason: request.reason)
    try validate(requestID: request.requestID)
    try validate(request.correction)
    let parts = request.claimID.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let start = Int(parts[1]) else { throw IngestError.unknownClaim(id: request.claimID) }
    let id = String(parts[0])
    let state = try await recording(of: id)
    guard let recorded = state.recorded, !state.isRetracted else { throw IngestError.unknownDocument(id: id) }
    guard try document(of: recorded).claims.contains(where: { $0.span.start == start }) else {
      throw IngestError.unknownClaim(id: request.claimID)
    }
    let body = EntryBody.correction(
      documentID: id, start: start, reason: request.reason, request.correction)
    let payload = entry(body, request.requestID).encoded()
    while true {
      var count = 0
      var last: JournalRecord?
      while let next = try await journal.find(key: EntryKey.correction(request.claimID, state.count, count + 1)) {
        last = next
        count += 1
      }
      if let last, case .correction(_, _, _, let stands) = try JournalEntry(decoding: last.payload).body,
        stands == request.correction
      {
        return AmendResponse(revision: last.revision, outcome: .unchanged)
      }
      let key = EntryKey.correction(request.claimID, state.count, count + 1)
      let appended = try await journal.append(key: key, payload: payload)
      // Another correction of the claim was quicker: look at it first.
      guard appended.isNew else { continue }
      changes.notify()
      logger.info(
        "claim corrected", metadata: ["claim": "\(request.claimID)", "revision": "\(appended.revision)"])
      return AmendResponse(revision: appended.revision, outcome: .recorded)
    }
  }

  private func validate(_ correction: Correction) throws {
    if let metric = correction.metric, MetricCatalog.bundled[metric] == nil {
      throw IngestError.invalid(field: "correction.metric", value: metric, allowed: "a metric that ListMetrics lists")
    }
    if let region = correction.region, Gazetteer.bundled.region(region) == nil {
      throw IngestError.invalid(
        field: "correction.region", value: region, allowed: "the id of an area, as ResolveRegion gives it")
    }
    guard let quantity = correction.quantity else { return }
    let bounds = [quantity.low, quantity.high].compactMap { $0 }
    guard !bounds.isEmpty, bounds.allSatisfy({ $0.isFinite }), bounds.sorted() == bounds else {
      throw IngestError.invalid(
        field: "correction.quantity", value: quantity.text, allowed: "at least one bound, finite, low not above high")
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

/// Keys of the journal: each entry has its own, so that nothing is recorded twice.
enum EntryKey {
  /// The n-th recording of a document, from 1; a second one can only follow a retraction.
  static func recording(_ id: String, _ number: Int) -> String { number == 1 ? id : "\(id)@\(number)" }
  static func retraction(_ id: String, _ number: Int) -> String { "retract/\(id)@\(number)" }
  /// The k-th correction of a claim of the n-th recording of its document.
  static func correction(_ claimID: String, _ number: Int, _ count: Int) -> String {
    "correct/\(claimID)@\(number)#\(count)"
  }
}
