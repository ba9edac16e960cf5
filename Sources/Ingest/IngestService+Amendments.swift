// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Gazetteer
internal import Journaling
internal import Logging
internal import RPC

/// Retractions and corrections.
extension IngestService {
  /// How often a document was recorded, its last recording, and whether that one is retracted.
  func recording(of id: String) async throws -> (count: Int, recorded: JournalRecord?, isRetracted: Bool) {
    var count = 0
    var last: JournalRecord?
    while let next = try await journal.find(key: EntryKey.recording(id, count + 1)) {
      last = next
      count += 1
      // A recording ends with a retraction, or with the next recording where the text was read again.
      while let end = try await journal.find(key: EntryKey.end(id, count)) {
        guard try JournalEntry(decoding: end.payload).document != nil else { break }
        last = end
        count += 1
      }
      guard try await journal.find(key: EntryKey.end(id, count)) != nil else { return (count, last, false) }
    }
    return (count, last, last != nil)
  }

  func document(of record: JournalRecord) throws -> RecordedDocument {
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

  func retract(_ request: RetractRequest) async throws -> AmendResponse {
    try validate(reason: request.reason)
    try validate(requestID: request.requestID)
    let state = try await recording(of: request.documentID)
    guard state.count > 0 else { throw IngestError.unknownDocument(id: request.documentID) }
    let key = EntryKey.end(request.documentID, state.count)
    let body = EntryBody.retraction(documentID: request.documentID, reason: request.reason)
    let appended = try await journal.append(key: key, payload: entry(body, request.requestID).encoded())
    if appended.isNew {
      changes.notify()
      logger.info(
        "document retracted", metadata: ["document": "\(request.documentID)", "revision": "\(appended.revision)"])
    }
    return AmendResponse(revision: appended.revision, outcome: appended.isNew ? .recorded : .unchanged)
  }

  func correct(_ request: CorrectClaimRequest) async throws -> AmendResponse {
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
    let response = try await append(entry(body, request.requestID)) { count in
      EntryKey.correction(request.claimID, state.count, count)
    } isSaid: { last in
      if case .correction(_, _, _, let stands) = last { stands == request.correction } else { false }
    }
    logger.info(
      "claim corrected", metadata: ["claim": "\(request.claimID)", "revision": "\(response.revision)"])
    return response
  }

  func separate(_ request: SeparateDocumentsRequest) async throws -> AmendResponse {
    try validate(reason: request.reason)
    try validate(requestID: request.requestID)
    guard request.documentID != request.otherDocumentID else {
      throw IngestError.invalid(
        field: "other_document_id", value: request.otherDocumentID, allowed: "another document than document_id")
    }
    for id in [request.documentID, request.otherDocumentID] {
      let state = try await recording(of: id)
      guard state.recorded != nil, !state.isRetracted else { throw IngestError.unknownDocument(id: id) }
    }
    let separation = Separation(
      request.documentID, request.otherDocumentID, reason: request.reason, isWithdrawn: request.withdraw)
    let response = try await append(entry(.separation(separation), request.requestID)) { count in
      EntryKey.separation(separation.documents, count)
    } isSaid: { last in
      // Nothing said before: nothing to take back.
      guard case .separation(let stands) = last else { return separation.isWithdrawn }
      return stands.isWithdrawn == separation.isWithdrawn
    }
    logger.info(
      separation.isWithdrawn ? "separation withdrawn" : "documents separated",
      metadata: [
        "document": "\(separation.documents.0)", "other": "\(separation.documents.1)",
        "revision": "\(response.revision)",
      ])
    return response
  }

  /// Appends an entry behind those that were said of the same thing before.
  ///
  /// - Parameters:
  ///   - key: of the k-th of them, from 1.
  ///   - isSaid: whether nothing is to be said after the last of them; nil where there is none.
  private func append(
    _ entry: JournalEntry, key: (Int) -> String, isSaid: (EntryBody?) throws -> Bool
  ) async throws -> AmendResponse {
    let payload = entry.encoded()
    while true {
      var count = 0
      var last: JournalRecord?
      while let next = try await journal.find(key: key(count + 1)) {
        last = next
        count += 1
      }
      if try isSaid(last.map { try JournalEntry(decoding: $0.payload).body }) {
        return AmendResponse(revision: last?.revision ?? 0, outcome: .unchanged)
      }
      let appended = try await journal.append(key: key(count + 1), payload: payload)
      // Another call was quicker: look at what it said first.
      guard appended.isNew else { continue }
      changes.notify()
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
}

/// Keys of the journal: each entry has its own, so that nothing is recorded twice.
enum EntryKey {
  /// The n-th recording of a document, from 1, where it follows a retraction or nothing.
  static func recording(_ id: String, _ number: Int) -> String { number == 1 ? id : "\(id)@\(number)" }
  /// What ends the n-th recording: its retraction, or the next recording where the text is read again. One key for both, so
  /// that of two calls at once one comes first.
  static func end(_ id: String, _ number: Int) -> String { "retract/\(id)@\(number)" }
  /// The k-th correction of a claim of the n-th recording of its document.
  static func correction(_ claimID: String, _ number: Int, _ count: Int) -> String {
    "correct/\(claimID)@\(number)#\(count)"
  }
  /// The k-th word on whether two documents are of one operation.
  static func separation(_ documents: (String, String), _ count: Int) -> String {
    "separate/\(documents.0)|\(documents.1)#\(count)"
  }
}
