// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
internal import FiguresModel
internal import Gazetteer
internal import Indexing
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import Reconciliation
package import RPC

/// Answers queries from the snapshot of the moment. Nearly every call is answered at once, on the event loop; what would hold
/// the loop up is done on a thread, one after the other.
package final class QueryService: Sendable {
  private let store: SnapshotStore
  private let past = PastSnapshots()
  private let long: LongReadings
  private let ready: ReadyAnswers
  private let isCaughtUp: @Sendable () -> Bool
  private let isDraining = NIOLockedValueBox(false)

  /// - Parameter longReadingsMax: max-long-readings.
  package init(
    store: SnapshotStore, longReadingsMax: Int = LongReadings.countMaxDefault,
    isCaughtUp: @escaping @Sendable () -> Bool
  ) {
    self.store = store
    long = LongReadings(countMax: longReadingsMax)
    ready = ReadyAnswers(loops: store.loopCount)
    self.isCaughtUp = isCaughtUp
  }

  package func register(in router: inout Router) {
    let store = self.store
    let past = self.past
    let ready = self.ready
    let long = self.long
    router.immediate(Methods.getFigures) { call, reply in
      let snapshot = store.current(call.loop)
      // The query that is asked most names an area and nothing else: field 1, and no other byte.
      return call.message.withUnsafeBytes { message in
        if let name = Self.onlyRegion(message), let answer = ready.find(name, snapshot, call.loop) {
          reply.append(snapshot.revisionField)
          reply.end(with: answer.bytes, keptBy: answer)
          return .ok
        }
        return Self.reply(&reply) { reply in
          let request = try GetFiguresRequest(decoding: message)
          guard GeneralAnswer.takesLong(request, snapshot, past) else {
            return try GeneralAnswer.figures(request, snapshot, past)
          }
          reply.handOver(to: long.handler { try GeneralAnswer.figures(request, snapshot, past) })
          return []
        }
      }
    }
    router.serverStreaming(Methods.watch) { request, call in
      do { try await self.watch(WatchRequest(decoding: request), call) } catch { throw QueryError.status(of: error) }
    }
    add(Methods.getFact, &router) { (request: GetFactRequest, snapshot) in
      !snapshot.isQuick(fact: request.id) || !GeneralAnswer.isAtHand(request.consistency, snapshot, past)
    } _: {
      try Self.fact($0, $1, past)
    }
    add(Methods.getFactHistory, &router) { (_: GetFactHistoryRequest, _) in
      true
    } _: {
      try Self.history($0, $1)
    }
    add(Methods.resolveRegion, &router) { try Self.resolve($0, $1) }
    add(Methods.listOperations, &router) { try Self.operations($0, $1) }
    add(Methods.compare, &router) { (request: CompareRequest, snapshot) in
      SeriesAnswer.takesLong(request, snapshot, past)
    } _: {
      try SeriesAnswer.compare($0, $1, past).encoded()
    }
    add(Methods.listDocuments, &router) { try Self.documents($0, $1) }
    add(Methods.getDocument, &router) { try Self.document($0, $1) }
    let isCaughtUp = self.isCaughtUp
    add(Methods.listMetrics, &router, .listMetrics) { Self.metrics($0) }
    add(Methods.queryStatus, &router, .queryStatus) { Self.status($0, isCaughtUp()) }
  }

  /// Ends the watches, so that a drain has an end.
  package func drain() {
    isDraining.withLockedValue { $0 = true }
    store.changes.notify()
  }

  /// Without news a watcher hears a checkpoint this often.
  private static let checkpointInterval: TimeAmount = .seconds(15)

  private func watch(_ request: WatchRequest, _ call: ServerCall) async throws {
    var watching = try await watching(request)
    while true {
      let version = store.changes.version
      try Task.checkCancellation()
      if isDraining.withLockedValue({ $0 }) { throw Status(.unavailable, "figures-query is shutting down") }
      let snapshot = store.latest
      guard snapshot.revision >= watching.revision else {
        throw Status(.failedPrecondition, "the journal was replaced by another one; watch again from revision 0")
      }
      let (next, changes) = try await changes(watching, snapshot)
      watching = next
      for change in changes { try await call.send(change.encoded()) }
      try await call.send(WatchResponse(revision: snapshot.revision).encoded())
      await store.changes.wait(after: version, timeout: (Self.checkpointInterval, call.eventLoop))
    }
  }

  private func watching(_ request: WatchRequest) async throws -> Watching {
    let (snapshot, past) = (store.latest, past)
    let isAtHand =
      request.afterRevision == 0 || GeneralAnswer.isAtHand(.asOf(request.afterRevision), snapshot, past)
    if isAtHand { return try Watching(request, snapshot, past) }
    return try await long.run { try Watching(request, snapshot, past) }
  }

  private func changes(_ watching: Watching, _ snapshot: Snapshot) async throws -> (Watching, [WatchResponse]) {
    let work = {
      @Sendable () throws -> (Watching, [WatchResponse]) in
      var next = watching
      let changes = try next.changes(snapshot)
      return (next, changes)
    }
    return watching.isQuick(snapshot) ? try work() : try await long.run(work)
  }

  /// Adds a method that takes a message.
  /// - Parameter takesLong: whether a request must not be answered on the event loop.
  private func add<Request: WireMessage>(
    _ path: String, _ router: inout Router,
    takesLong: @escaping @Sendable (Request, Snapshot) -> Bool = { _, _ in false },
    _ body: @escaping @Sendable (Request, Snapshot) throws -> [UInt8]
  ) {
    let store = self.store
    let long = self.long
    router.immediate(path) { call, reply in
      let snapshot = store.current(call.loop)
      return call.message.withUnsafeBytes { message in
        Self.reply(&reply) { reply in
          let request = try Request(decoding: message)
          guard takesLong(request, snapshot) else { return try body(request, snapshot) }
          reply.handOver(to: long.handler { try body(request, snapshot) })
          return []
        }
      }
    }
  }

  /// Adds a method whose request has no fields.
  private func add(
    _ path: String, _ router: inout Router, _ request: EmptyRequest,
    _ body: @escaping @Sendable (Snapshot) -> [UInt8]
  ) {
    let store = self.store
    router.immediate(path) { call, reply in
      let snapshot = store.current(call.loop)
      return call.message.withUnsafeBytes { message in
        Self.reply(&reply) { reply in
          try request.check(message)
          return body(snapshot)
        }
      }
    }
  }

  private static func reply(
    _ reply: inout ImmediateReply, _ body: (inout ImmediateReply) throws -> [UInt8]
  ) -> Status {
    do {
      let bytes = try body(&reply)
      reply.append(bytes)
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
    var record = snapshot.record(fact, documents)
    record.operation?.evidence = fact.operation?.evidence ?? ""
    return GetFactResponse(
      revision: snapshot.revision, fact: record, claims: claims, relations: relations
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

  /// The size and beginning of a page.
  /// - Parameter position: what a token says; nil where it is none of this method's.
  private static func page<Position>(
    _ size: UInt32, _ token: String, first: Position, position: (String) -> Position?
  ) throws -> (size: Int, after: Position) {
    guard size <= GeneralAnswer.pageSizeMax else {
      throw QueryError.invalid(field: "page_size", value: "\(size)", allowed: "0 to \(GeneralAnswer.pageSizeMax)")
    }
    guard let after = token.isEmpty ? first : position(token) else {
      throw QueryError.invalid(
        field: "page_token", value: String(token.prefix(64)), allowed: "the next_page_token of an answer")
    }
    return (size == 0 ? GeneralAnswer.pageSizeDefault : Int(size), after)
  }

  private static func operations(_ request: ListRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    // The token is the last id of the page before.
    let (size, after) = try page(request.pageSize, request.pageToken, first: "") { $0.hasPrefix("op/") ? $0 : nil }
    let (page, hasMore) = snapshot.operations(after: after, limit: size)
    return ListOperationsResponse(
      revision: snapshot.revision, operations: page, nextPageToken: hasMore ? page.last?.operation.id ?? "" : ""
    ).encoded()
  }

  private static func documents(_ request: ListRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    // The token is the last revision of the page before: documents never move.
    let (size, after) = try page(request.pageSize, request.pageToken, first: 0) { UInt64($0) }
    let (page, hasMore) = snapshot.documents(after: after, limit: size)
    return ListDocumentsResponse(
      revision: snapshot.revision, documents: page, nextPageToken: hasMore ? "\(page.last?.revision ?? 0)" : ""
    ).encoded()
  }

  private static func history(_ request: GetFactHistoryRequest, _ snapshot: Snapshot) throws -> [UInt8] {
    guard !request.id.isEmpty else {
      throw QueryError.missing(field: "id", allowed: "the id of a fact, as answers show it")
    }
    // The token is the last revision of the page before; later changes don't move earlier ones.
    let (size, before) = try page(request.pageSize, request.pageToken, first: UInt64.max) { UInt64($0) }
    guard let all = FactHistory.changes(of: request.id, snapshot) else { throw QueryError.unknownFact(id: request.id) }
    let rest = all.drop { $0.revision >= before }
    let page = Array(rest.prefix(size))
    return GetFactHistoryResponse(
      revision: snapshot.revision, changes: page,
      nextPageToken: rest.count > size ? "\(page.last?.revision ?? 0)" : ""
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
