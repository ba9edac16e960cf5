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
      guard try await journal.find(key: EntryKey.retraction(id, count)) != nil else { return (count, last, false) }
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
