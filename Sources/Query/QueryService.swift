// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
internal import FiguresModel
internal import Gazetteer
internal import Indexing
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Reconciliation
package import RPC

/// Answers queries from the snapshot of the moment. Every method answers at once, on the event loop.
package final class QueryService: Sendable {
  private let store: SnapshotStore
  private let past = PastSnapshots()
  private let ready: ReadyAnswers
  private let isCaughtUp: @Sendable () -> Bool
  private let isDraining = NIOLockedValueBox(false)

  package init(store: SnapshotStore, isCaughtUp: @escaping @Sendable () -> Bool) {
    self.store = store
    ready = ReadyAnswers(loops: store.loopCount)
    self.isCaughtUp = isCaughtUp
  }

  package func register(in router: inout Router) {
    let store = self.store
    let past = self.past
    let ready = self.ready
    router.immediate(Methods.getFigures) { call, reply in
      let snapshot = store.current(call.loop)
      // The query that is asked most names an area and nothing else: field 1, and no other byte.
      return call.message.withUnsafeBytes { message in
        if let name = Self.onlyRegion(message), let answer = ready.find(name, snapshot, call.loop) {
          reply.append(snapshot.revisionField)
          reply.end(with: answer.bytes, keptBy: answer)
          return .ok
        }
        return Self.reply(&reply) {
          try GeneralAnswer.figures(GetFiguresRequest(decoding: message), snapshot, past)
        }
      }
    }
    router.serverStreaming(Methods.watch) { request, call in
      do { try await self.watch(WatchRequest(decoding: request), call) } catch { throw QueryError.status(of: error) }
    }
    add(Methods.getFact, &router) { try Self.fact(GetFactRequest(decoding: $0), $1, past) }
    add(Methods.resolveRegion, &router) { try Self.resolve(ResolveRegionRequest(decoding: $0), $1) }
    add(Methods.listMetrics, &router) {
      try EmptyRequest.listMetrics.check($0)
      return Self.metrics($1)
    }
    add(Methods.listOperations, &router) { try Self.operations(ListOperationsRequest(decoding: $0), $1) }
    add(Methods.compare, &router) { try SeriesAnswer.compare(CompareRequest(decoding: $0), $1, past).encoded() }
    add(Methods.listDocuments, &router) { try Self.documents(ListDocumentsRequest(decoding: $0), $1) }
    add(Methods.getDocument, &router) { try Self.document(GetDocumentRequest(decoding: $0), $1) }
    let isCaughtUp = self.isCaughtUp
    add(Methods.queryStatus, &router) {
      try EmptyRequest.queryStatus.check($0)
      return Self.status($1, isCaughtUp())
    }
  }

  /// Ends the watches, so that a drain has an end.
  package func drain() {
    isDraining.withLockedValue { $0 = true }
    store.changes.notify()
  }

  /// Without news a watcher hears a checkpoint this often.
  private static let checkpointInterval: TimeAmount = .seconds(15)

  private func watch(_ request: WatchRequest, _ call: ServerCall) async throws {
    var watching = try Watching(request, store.latest, past)
    while true {
      let version = store.changes.version
      try Task.checkCancellation()
      if isDraining.withLockedValue({ $0 }) { throw Status(.unavailable, "figures-query is shutting down") }
      let snapshot = store.latest
      guard snapshot.revision >= watching.revision else {
        throw Status(.failedPrecondition, "the journal was replaced by another one; watch again from revision 0")
      }
      for change in try watching.changes(snapshot) { try await call.send(change.encoded()) }
      try await call.send(WatchResponse(revision: snapshot.revision).encoded())
      await store.changes.wait(after: version, timeout: (Self.checkpointInterval, call.eventLoop))
    }
  }

  private func add(
    _ path: String, _ router: inout Router,
    _ body: @escaping @Sendable (UnsafeRawBufferPointer, Snapshot) throws -> [UInt8]
  ) {
    let store = self.store
    router.immediate(path) { call, reply in
      let snapshot = store.current(call.loop)
      return call.message.withUnsafeBytes { message in
        Self.reply(&reply) { try body(message, snapshot) }
      }
    }
  }

  private static func reply(
    _ reply: inout ImmediateReply, _ body: () throws -> [UInt8]
  ) -> Status {
    do {
      reply.buffer.append(try body())
      return .ok
    } catch {
      return QueryError.status(of: error)
    }
  }

  /// The value of field 1 where a request holds nothing else.
  private static func onlyRegion(_ message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard message.count > 2, message[0] == 0x0a, message[1] < 0x80, message.count == 2 + Int(message[1])
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: message[2...])
  }

  // MARK: - Methods

  private static func fact(
    _ request: GetFactRequest, _ newest: Snapshot, _ past: PastSnapshots
  ) throws -> [UInt8] {
    let snapshot = try GeneralAnswer.reading(request.consistency, newest, past)
    guard !request.id.isEmpty else {
      throw QueryError.missing(field: "id", allowed: "the id of a fact, as answers show it")
    }
    guard let (fact, documents) = snapshot.fact(request.id) else { throw QueryError.unknownFact(id: request.id) }
    let claims = fact.claims.map { ranked in
      let document = documents[ranked.reference.document]
      let claim = document.claims[ranked.reference.claim]
      return RankedClaimRecord(
        claim: claim, claimID: document.claimID(claim), documentID: document.id,
        rank: ranked.rank, reason: ranked.reason,
        documentTitle: document.document.title, publisher: document.document.publisher)
    }
    let relations = fact.relations.map {
      RelationRecord(
        kind: $0.kind, fact: fact.id, members: $0.members,
        check: $0.check, detail: $0.detail,
        claims: $0.claims.map { reference in
          let document = documents[reference.document]
          return document.claimID(document.claims[reference.claim])
        })
    }
    return GetFactResponse(
      revision: snapshot.revision, fact: snapshot.record(fact, documents), claims: claims, relations: relations
    ).encoded()
  }

  private static func resolve(_ request: ResolveRegionRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    guard !request.name.isEmpty else {
      throw QueryError.missing(field: "name", allowed: "the id or a name of an area")
    }
    let candidates = snapshot.candidates(request.name)
    return ResolveRegionResponse(
      revision: snapshot.revision, candidates: candidates.map { snapshot.record($0) },
      nearestNames: candidates.isEmpty ? snapshot.gazetteer.nearestNames(to: request.name) : []
    ).encoded()
  }

  private static func metrics(_ snapshot: Snapshot) -> [UInt8] {
    let counts = snapshot.factsByMetric
    let known = Set(snapshot.catalog.metrics.map(\.id))
    let derived = counts.keys.filter { !known.contains($0) }.sorted().compactMap { snapshot.catalog[$0] }
    return ListMetricsResponse(
      revision: snapshot.revision,
      metrics: (snapshot.catalog.metrics + derived).map { metric in
        MetricRecord(
          id: metric.id, name: metric.name, unit: metric.unit, kind: metric.kind,
          isAdditive: metric.isAdditive, factCount: UInt32(clamping: counts[metric.id] ?? 0))
      }
    ).encoded()
  }

  private static func operations(_ request: ListOperationsRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    guard request.pageSize <= 1000 else {
      throw QueryError.invalid(field: "page_size", value: "\(request.pageSize)", allowed: "0 to 1000")
    }
    // The token is the last id of the page before.
    guard request.pageToken.isEmpty || request.pageToken.hasPrefix("op/") else {
      throw QueryError.invalid(
        field: "page_token", value: String(request.pageToken.prefix(64)), allowed: "the next_page_token of an answer")
    }
    let size = request.pageSize == 0 ? 500 : Int(request.pageSize)
    let (page, hasMore) = snapshot.operations(after: request.pageToken, limit: size)
    return ListOperationsResponse(
      revision: snapshot.revision, operations: page, nextPageToken: hasMore ? page.last?.operation.id ?? "" : ""
    ).encoded()
  }

  private static func documents(_ request: ListDocumentsRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    guard request.pageSize <= 1000 else {
      throw QueryError.invalid(field: "page_size", value: "\(request.pageSize)", allowed: "0 to 1000")
    }
    // The token is the last revision of the page before: documents never move.
    var after: UInt64 = 0
    if !request.pageToken.isEmpty {
      guard let revision = UInt64(request.pageToken) else {
        throw QueryError.invalid(
          field: "page_token", value: String(request.pageToken.prefix(64)),
          allowed: "the next_page_token of an answer")
      }
      after = revision
    }
    let size = request.pageSize == 0 ? 500 : Int(request.pageSize)
    let (page, hasMore) = snapshot.documents(after: after, limit: size)
    return ListDocumentsResponse(
      revision: snapshot.revision, documents: page, nextPageToken: hasMore ? "\(page.last?.revision ?? 0)" : ""
    ).encoded()
  }

  private static func document(_ request: GetDocumentRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    guard !request.id.isEmpty else {
      throw QueryError.missing(field: "id", allowed: "the id of a document, as ListDocuments shows it")
    }
    guard let document = snapshot.document(request.id) else {
      throw QueryError.unknownDocument(id: request.id)
    }
    return GetDocumentResponse(
      revision: snapshot.revision, document: record(document), claims: document.claims
    ).encoded()
  }

  private static func record(_ recorded: RecordedDocument) -> DocumentRecord {
    var record = DocumentRecord(document: recorded.document)
    record.id = recorded.id
    record.claimCount = UInt32(clamping: recorded.claims.count)
    record.revision = recorded.revision
    record.extractor = recorded.extractor
    return record
  }

  private static func status(_ snapshot: Snapshot, _ isCaughtUp: Bool) -> [UInt8] {
    var status = QueryStatus()
    status.revision = snapshot.revision
    status.journalID = snapshot.journalID
    status.isCaughtUp = isCaughtUp
    status.factsDigest = snapshot.digest
    status.documents = UInt64(snapshot.documentCount)
    status.claims = UInt64(snapshot.claimCount)
    status.facts = UInt64(snapshot.factCount)
    return status.encoded()
  }
}
