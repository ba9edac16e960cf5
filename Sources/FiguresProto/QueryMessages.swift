// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto
package import FiguresModel

/// `figures.v1.Consistency`.
package enum Consistency: Sendable, Equatable {
  case any
  case atLeast(UInt64)
  case exactly(UInt64)
  /// As it was known at a revision.
  case asOf(UInt64)
  /// As it was known at a time, in milliseconds since 1970.
  case asOfTime(Int64)

  fileprivate init(_ pointer: UnsafeMutablePointer<Figures__V1__Consistency>?) {
    switch pointer?.pointee.revision_case {
    case FIGURES__V1__CONSISTENCY__REVISION_AT_LEAST_REVISION:
      self = .atLeast(pointer?.pointee.at_least_revision ?? 0)
    case FIGURES__V1__CONSISTENCY__REVISION_EXACT_REVISION:
      self = .exactly(pointer?.pointee.exact_revision ?? 0)
    case FIGURES__V1__CONSISTENCY__REVISION_AS_OF_REVISION:
      self = .asOf(pointer?.pointee.as_of_revision ?? 0)
    case FIGURES__V1__CONSISTENCY__REVISION_AS_OF_TIME_MS:
      self = .asOfTime(pointer?.pointee.as_of_time_ms ?? 0)
    default: self = .any
    }
  }
}

/// `figures.v1.GetFiguresRequest`.
package struct GetFiguresRequest: WireMessage, Equatable {
  package var region = ""
  package var subAreas = SubAreas.parts
  package var metrics: [String] = []
  package var from: CalendarDate?
  package var to: CalendarDate?
  package var operation = ""
  package var population: [Dimension] = []
  package var consistency = Consistency.any
  package var pageSize: UInt32 = 0
  package var pageToken = ""
  package var suppressBelow: UInt32 = 0
  package var rollUp = false
  package var factFields: [String] = []

  package init(region: String) { self.region = region }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_figures_request__init)
    region = wireText(message.pointee.region)
    subAreas = SubAreas(wireNumber: message.pointee.sub_areas.rawValue) ?? .parts
    metrics = wireStrings(message.pointee.metrics, message.pointee.n_metrics)
    from = try wireDate(message.pointee.from, field: "from")
    to = try wireDate(message.pointee.to, field: "to")
    operation = wireText(message.pointee.operation)
    population = wireValues(message.pointee.population, message.pointee.n_population) { Dimension($0) }
    consistency = Consistency(message.pointee.consistency)
    pageSize = message.pointee.page_size
    pageToken = wireText(message.pointee.page_token)
    suppressBelow = message.pointee.suppress_below
    rollUp = message.pointee.roll_up != 0
    factFields = wireStrings(message.pointee.fact_fields, message.pointee.n_fact_fields)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_figures_request__init)
    message.pointee.suppress_below = suppressBelow
    message.pointee.roll_up = rollUp ? 1 : 0
    message.pointee.n_fact_fields = factFields.count
    message.pointee.fact_fields = arena.strings(factFields)
    message.pointee.region = arena.string(region)
    message.pointee.sub_areas = Figures__V1__SubAreas(rawValue: subAreas.wireNumber)
    message.pointee.n_metrics = metrics.count
    message.pointee.metrics = arena.strings(metrics)
    message.pointee.from = arena.string(from?.description ?? "")
    message.pointee.to = arena.string(to?.description ?? "")
    message.pointee.operation = arena.string(operation)
    message.pointee.n_population = population.count
    message.pointee.population = arena.array(population.map { arena.dimension($0) })
    message.pointee.consistency = arena.consistency(consistency)
    message.pointee.page_size = pageSize
    message.pointee.page_token = arena.string(pageToken)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.GetFiguresResponse`.
package struct GetFiguresResponse: WireMessage {
  package var revision: UInt64 = 0
  package var region = RegionRecord()
  package var others: [RegionRecord] = []
  package var facts: [FactRecord] = []
  package var nextPageToken = ""
  package var total: UInt32 = 0
  package var suppressed: UInt32 = 0
  package var rollUps: [RollUpRecord] = []

  package init() {}

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_figures_response__init)
    revision = message.pointee.revision
    region = message.pointee.region.map { RegionRecord($0.pointee) } ?? RegionRecord()
    others = wireValues(message.pointee.others, message.pointee.n_others) { RegionRecord($0) }
    for index in 0..<message.pointee.n_facts {
      if let fact = message.pointee.facts?[index] { facts.append(try FactRecord(fact.pointee)) }
    }
    nextPageToken = wireText(message.pointee.next_page_token)
    total = message.pointee.total
    suppressed = message.pointee.suppressed
    for index in 0..<message.pointee.n_roll_ups {
      if let rollUp = message.pointee.roll_ups?[index] { rollUps.append(try RollUpRecord(rollUp.pointee)) }
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_figures_response__init)
    message.pointee.revision = revision
    message.pointee.region = arena.region(region)
    message.pointee.n_others = others.count
    message.pointee.others = arena.array(others.map { arena.region($0) })
    message.pointee.n_facts = facts.count
    message.pointee.facts = arena.array(facts.map { arena.fact($0) })
    message.pointee.next_page_token = arena.string(nextPageToken)
    message.pointee.total = total
    message.pointee.suppressed = suppressed
    message.pointee.n_roll_ups = rollUps.count
    message.pointee.roll_ups = arena.array(rollUps.map { arena.rollUp($0) })
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.GetFactRequest`.
package struct GetFactRequest: WireMessage {
  package var id: String
  package var consistency = Consistency.any

  package init(id: String) { self.id = id }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_fact_request__init)
    id = wireText(message.pointee.id)
    consistency = Consistency(message.pointee.consistency)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_fact_request__init)
    message.pointee.id = arena.string(id)
    message.pointee.consistency = arena.consistency(consistency)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.GetFactResponse`.
package struct GetFactResponse: WireMessage {
  package var revision: UInt64
  package var fact: FactRecord
  package var claims: [RankedClaimRecord]
  package var relations: [RelationRecord]

  package init(
    revision: UInt64, fact: FactRecord, claims: [RankedClaimRecord], relations: [RelationRecord]
  ) {
    self.revision = revision
    self.fact = fact
    self.claims = claims
    self.relations = relations
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_fact_response__init)
    revision = message.pointee.revision
    guard let fact = message.pointee.fact else { throw WireError(field: "fact", message: "it is missing") }
    self.fact = try FactRecord(fact.pointee)
    claims = []
    for index in 0..<message.pointee.n_claims {
      if let claim = message.pointee.claims?[index] { claims.append(try RankedClaimRecord(claim.pointee)) }
    }
    relations = wireValues(message.pointee.relations, message.pointee.n_relations) { RelationRecord($0) }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_fact_response__init)
    message.pointee.revision = revision
    message.pointee.fact = arena.fact(fact)
    message.pointee.n_claims = claims.count
    message.pointee.claims = arena.array(claims.map { arena.rankedClaim($0) })
    message.pointee.n_relations = relations.count
    message.pointee.relations = arena.array(relations.map { arena.relation($0) })
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.ResolveRegionRequest`.
package struct ResolveRegionRequest: WireMessage {
  package var name: String

  package init(name: String) { self.name = name }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    name = wireText(try arena.unpack(bytes, figures__v1__resolve_region_request__init).pointee.name)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__resolve_region_request__init)
    message.pointee.name = arena.string(name)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.ResolveRegionResponse`.
package struct ResolveRegionResponse: WireMessage {
  package var revision: UInt64
  package var candidates: [RegionRecord]
  package var nearestNames: [String]

  package init(revision: UInt64, candidates: [RegionRecord], nearestNames: [String]) {
    self.revision = revision
    self.candidates = candidates
    self.nearestNames = nearestNames
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__resolve_region_response__init)
    revision = message.pointee.revision
    candidates = wireValues(message.pointee.candidates, message.pointee.n_candidates) { RegionRecord($0) }
    nearestNames = wireStrings(message.pointee.nearest_names, message.pointee.n_nearest_names)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__resolve_region_response__init)
    message.pointee.revision = revision
    message.pointee.n_candidates = candidates.count
    message.pointee.candidates = arena.array(candidates.map { arena.region($0) })
    message.pointee.n_nearest_names = nearestNames.count
    message.pointee.nearest_names = arena.strings(nearestNames)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.Metric`.
package struct MetricRecord: Sendable, Equatable {
  package var id: String
  package var name: String
  package var unit: String
  package var kind: String
  package var isAdditive: Bool
  package var factCount: UInt32

  package init(id: String, name: String, unit: String, kind: String, isAdditive: Bool, factCount: UInt32) {
    self.id = id
    self.name = name
    self.unit = unit
    self.kind = kind
    self.isAdditive = isAdditive
    self.factCount = factCount
  }
}

/// `figures.v1.ListMetricsResponse`.
package struct ListMetricsResponse: WireMessage {
  package var revision: UInt64
  package var metrics: [MetricRecord]

  package init(revision: UInt64, metrics: [MetricRecord]) {
    self.revision = revision
    self.metrics = metrics
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__list_metrics_response__init)
    revision = message.pointee.revision
    metrics = wireValues(message.pointee.metrics, message.pointee.n_metrics) { metric in
      MetricRecord(
        id: wireText(metric.id), name: wireText(metric.name), unit: wireText(metric.unit),
        kind: wireText(metric.kind), isAdditive: metric.additive != 0, factCount: metric.fact_count)
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__list_metrics_response__init)
    message.pointee.revision = revision
    message.pointee.n_metrics = metrics.count
    message.pointee.metrics = arena.array(
      metrics.map { metric in
        let row = arena.make(figures__v1__metric__init)
        row.pointee.id = arena.string(metric.id)
        row.pointee.name = arena.string(metric.name)
        row.pointee.unit = arena.string(metric.unit)
        row.pointee.kind = arena.string(metric.kind)
        row.pointee.additive = metric.isAdditive ? 1 : 0
        row.pointee.fact_count = metric.factCount
        return row
      })
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.WatchRequest`.
package struct WatchRequest: WireMessage, Equatable {
  package var region: String
  package var subAreas = SubAreas.parts
  package var metrics: [String] = []
  package var afterRevision: UInt64 = 0

  package init(region: String) { self.region = region }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__watch_request__init)
    region = wireText(message.pointee.region)
    subAreas = SubAreas(wireNumber: message.pointee.sub_areas.rawValue) ?? .parts
    metrics = wireStrings(message.pointee.metrics, message.pointee.n_metrics)
    afterRevision = message.pointee.after_revision
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__watch_request__init)
    message.pointee.region = arena.string(region)
    message.pointee.sub_areas = Figures__V1__SubAreas(rawValue: subAreas.wireNumber)
    message.pointee.n_metrics = metrics.count
    message.pointee.metrics = arena.strings(metrics)
    message.pointee.after_revision = afterRevision
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.WatchResponse`.
package struct WatchResponse: WireMessage, Equatable {
  package var revision: UInt64
  /// Nil for a checkpoint.
  package var kind: ChangeKind?
  package var fact: FactRecord?

  package init(revision: UInt64, kind: ChangeKind? = nil, fact: FactRecord? = nil) {
    self.revision = revision
    self.kind = kind
    self.fact = fact
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__watch_response__init)
    revision = message.pointee.revision
    kind = ChangeKind(wireNumber: message.pointee.kind.rawValue)
    if let fact = message.pointee.fact { self.fact = try FactRecord(fact.pointee) }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__watch_response__init)
    message.pointee.revision = revision
    message.pointee.kind = Figures__V1__ChangeKind(rawValue: kind?.wireNumber ?? 0)
    if let fact { message.pointee.fact = arena.fact(fact) }
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.ListOperationsRequest` and `figures.v1.ListDocumentsRequest`, which have the same fields.
package struct ListRequest: WireMessage {
  package var pageSize: UInt32
  package var pageToken: String

  package init(pageSize: UInt32 = 0, pageToken: String = "") {
    self.pageSize = pageSize
    self.pageToken = pageToken
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__list_operations_request__init)
    pageSize = message.pointee.page_size
    pageToken = wireText(message.pointee.page_token)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__list_operations_request__init)
    message.pointee.page_size = pageSize
    message.pointee.page_token = arena.string(pageToken)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.OperationSummary`.
package struct OperationSummaryRecord: Sendable, Equatable {
  package var operation: OperationRecord
  package var documentCount: UInt32
  package var claimCount: UInt32

  package init(operation: OperationRecord, documentCount: UInt32, claimCount: UInt32) {
    self.operation = operation
    self.documentCount = documentCount
    self.claimCount = claimCount
  }
}

/// `figures.v1.ListOperationsResponse`.
package struct ListOperationsResponse: WireMessage {
  package var revision: UInt64
  package var operations: [OperationSummaryRecord]
  package var nextPageToken: String

  package init(revision: UInt64, operations: [OperationSummaryRecord], nextPageToken: String) {
    self.revision = revision
    self.operations = operations
    self.nextPageToken = nextPageToken
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__list_operations_response__init)
    revision = message.pointee.revision
    operations = wireValues(message.pointee.operations, message.pointee.n_operations) { row in
      OperationSummaryRecord(
        operation: row.operation.map { OperationRecord($0.pointee) } ?? OperationRecord(),
        documentCount: row.document_count, claimCount: row.claim_count)
    }
    nextPageToken = wireText(message.pointee.next_page_token)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__list_operations_response__init)
    message.pointee.revision = revision
    message.pointee.n_operations = operations.count
    message.pointee.operations = arena.array(
      operations.map { summary in
        let row = arena.make(figures__v1__operation_summary__init)
        row.pointee.operation = arena.operation(summary.operation)
        row.pointee.document_count = summary.documentCount
        row.pointee.claim_count = summary.claimCount
        return row
      })
    message.pointee.next_page_token = arena.string(nextPageToken)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.CompareRequest`.
package struct CompareRequest: WireMessage, Equatable {
  package var regions: [String]
  package var metric: String
  package var from: CalendarDate?
  package var to: CalendarDate?
  package var operation = ""
  package var population: [Dimension] = []
  package var consistency = Consistency.any

  package init(regions: [String], metric: String) {
    self.regions = regions
    self.metric = metric
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__compare_request__init)
    regions = wireStrings(message.pointee.regions, message.pointee.n_regions)
    metric = wireText(message.pointee.metric)
    from = try wireDate(message.pointee.from, field: "from")
    to = try wireDate(message.pointee.to, field: "to")
    operation = wireText(message.pointee.operation)
    population = wireValues(message.pointee.population, message.pointee.n_population) { Dimension($0) }
    consistency = Consistency(message.pointee.consistency)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__compare_request__init)
    message.pointee.n_regions = regions.count
    message.pointee.regions = arena.strings(regions)
    message.pointee.metric = arena.string(metric)
    message.pointee.from = arena.string(from?.description ?? "")
    message.pointee.to = arena.string(to?.description ?? "")
    message.pointee.operation = arena.string(operation)
    message.pointee.n_population = population.count
    message.pointee.population = arena.array(population.map { arena.dimension($0) })
    message.pointee.consistency = arena.consistency(consistency)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.Series`.
package struct SeriesRecord: Sendable, Equatable {
  package var region: RegionRecord
  package var facts: [FactRecord]

  package init(region: RegionRecord, facts: [FactRecord]) {
    self.region = region
    self.facts = facts
  }
}

/// `figures.v1.CompareResponse`.
package struct CompareResponse: WireMessage {
  package var revision: UInt64
  package var series: [SeriesRecord]

  package init(revision: UInt64, series: [SeriesRecord]) {
    self.revision = revision
    self.series = series
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__compare_response__init)
    revision = message.pointee.revision
    series = []
    for index in 0..<message.pointee.n_series {
      guard let row = message.pointee.series?[index]?.pointee else { continue }
      var facts: [FactRecord] = []
      for place in 0..<row.n_facts {
        if let fact = row.facts?[place] { facts.append(try FactRecord(fact.pointee)) }
      }
      series.append(SeriesRecord(region: row.region.map { RegionRecord($0.pointee) } ?? RegionRecord(), facts: facts))
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__compare_response__init)
    message.pointee.revision = revision
    message.pointee.n_series = series.count
    message.pointee.series = arena.array(
      series.map { series in
        let row = arena.make(figures__v1__series__init)
        row.pointee.region = arena.region(series.region)
        row.pointee.n_facts = series.facts.count
        row.pointee.facts = arena.array(series.facts.map { arena.fact($0) })
        return row
      })
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.ListDocumentsResponse`.
package struct ListDocumentsResponse: WireMessage {
  package var revision: UInt64
  package var documents: [DocumentRecord]
  package var nextPageToken: String

  package init(revision: UInt64, documents: [DocumentRecord], nextPageToken: String) {
    self.revision = revision
    self.documents = documents
    self.nextPageToken = nextPageToken
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__list_documents_response__init)
    revision = message.pointee.revision
    documents = []
    for index in 0..<message.pointee.n_documents {
      if let document = message.pointee.documents?[index] {
        documents.append(try DocumentRecord(document.pointee))
      }
    }
    nextPageToken = wireText(message.pointee.next_page_token)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__list_documents_response__init)
    message.pointee.revision = revision
    message.pointee.n_documents = documents.count
    message.pointee.documents = arena.array(documents.map { arena.document($0, includesText: false) })
    message.pointee.next_page_token = arena.string(nextPageToken)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.GetDocumentRequest`.
package struct GetDocumentRequest: WireMessage {
  package var id: String

  package init(id: String) { self.id = id }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    id = wireText(try arena.unpack(bytes, figures__v1__get_document_request__init).pointee.id)
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_document_request__init)
    message.pointee.id = arena.string(id)
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.GetDocumentResponse`.
package struct GetDocumentResponse: WireMessage {
  package var revision: UInt64
  package var document: DocumentRecord
  package var claims: [Claim]

  package init(revision: UInt64, document: DocumentRecord, claims: [Claim]) {
    self.revision = revision
    self.document = document
    self.claims = claims
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__get_document_response__init)
    revision = message.pointee.revision
    guard let document = message.pointee.document else {
      throw WireError(field: "document", message: "it is missing")
    }
    self.document = try DocumentRecord(document.pointee)
    claims = []
    for index in 0..<message.pointee.n_claims {
      if let claim = message.pointee.claims?[index] { claims.append(try Claim(claim.pointee)) }
    }
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__get_document_response__init)
    message.pointee.revision = revision
    message.pointee.document = arena.document(document, includesText: true)
    message.pointee.n_claims = claims.count
    message.pointee.claims = arena.array(
      claims.map { arena.claim($0, id: "\(document.id):\($0.span.start)", documentID: document.id) })
    return ProtoArena.pack(message)
  }
}

/// `figures.v1.QueryStatusResponse`.
package struct QueryStatus: WireMessage, Equatable {
  package var revision: UInt64 = 0
  package var journalID = ""
  package var isCaughtUp = false
  package var factsDigest = ""
  package var documents: UInt64 = 0
  package var claims: UInt64 = 0
  package var facts: UInt64 = 0

  package init() {}

  package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    let message = try arena.unpack(bytes, figures__v1__query_status_response__init)
    revision = message.pointee.revision
    journalID = wireText(message.pointee.journal_id)
    isCaughtUp = message.pointee.caught_up != 0
    factsDigest = wireText(message.pointee.facts_digest)
    documents = message.pointee.documents
    claims = message.pointee.claims
    facts = message.pointee.facts
  }

  package func encoded() -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.make(figures__v1__query_status_response__init)
    message.pointee.revision = revision
    message.pointee.journal_id = arena.string(journalID)
    message.pointee.caught_up = isCaughtUp ? 1 : 0
    message.pointee.facts_digest = arena.string(factsDigest)
    message.pointee.documents = documents
    message.pointee.claims = claims
    message.pointee.facts = facts
    return ProtoArena.pack(message)
  }
}

/// A fact's bytes as they stand inside a `GetFiguresResponse` (field 4), for answers that are put
/// together from parts encoded before.
package enum FigureEncoding {
  /// - Parameter fields: those that it holds; nil for all.
  package static func factField(_ fact: FactRecord, _ fields: FactFields? = nil) -> [UInt8] {
    let arena = ProtoArena()
    let message = arena.fact(fact)
    fields?.clear(message)
    return field(0x22, ProtoArena.pack(message))
  }

  /// Field 2, the area shown.
  package static func regionField(_ region: RegionRecord) -> [UInt8] {
    let arena = ProtoArena()
    return field(0x12, ProtoArena.pack(arena.region(region)))
  }

  /// Field 3, another area of the same name.
  package static func otherField(_ region: RegionRecord) -> [UInt8] {
    let arena = ProtoArena()
    return field(0x1a, ProtoArena.pack(arena.region(region)))
  }

  /// Field 1, the revision.
  package static func revisionField(_ revision: UInt64) -> [UInt8] {
    guard revision > 0 else { return [] }
    var bytes: [UInt8] = [0x08]
    appendVarint(revision, to: &bytes)
    return bytes
  }

  /// Field 6, the total.
  package static func totalField(_ total: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    if total > 0 {
      bytes.append(0x30)
      appendVarint(UInt64(total), to: &bytes)
    }
    return bytes
  }

  /// Field 7, how many figures are hidden.
  package static func suppressedField(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    if count > 0 {
      bytes.append(0x38)
      appendVarint(UInt64(count), to: &bytes)
    }
    return bytes
  }

  static func field(_ tag: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [tag]
    bytes.reserveCapacity(payload.count + 6)
    appendVarint(UInt64(payload.count), to: &bytes)
    bytes.append(contentsOf: payload)
    return bytes
  }
}

extension ProtoArena {
  fileprivate func consistency(_ value: Consistency) -> UnsafeMutablePointer<Figures__V1__Consistency>? {
    switch value {
    case .any: return nil
    case .atLeast(let revision):
      let message = make(figures__v1__consistency__init)
      message.pointee.revision_case = FIGURES__V1__CONSISTENCY__REVISION_AT_LEAST_REVISION
      message.pointee.at_least_revision = revision
      return message
    case .exactly(let revision):
      let message = make(figures__v1__consistency__init)
      message.pointee.revision_case = FIGURES__V1__CONSISTENCY__REVISION_EXACT_REVISION
      message.pointee.exact_revision = revision
      return message
    case .asOf(let revision):
      let message = make(figures__v1__consistency__init)
      message.pointee.revision_case = FIGURES__V1__CONSISTENCY__REVISION_AS_OF_REVISION
      message.pointee.as_of_revision = revision
      return message
    case .asOfTime(let milliseconds):
      let message = make(figures__v1__consistency__init)
      message.pointee.revision_case = FIGURES__V1__CONSISTENCY__REVISION_AS_OF_TIME_MS
      message.pointee.as_of_time_ms = milliseconds
      return message
    }
  }
}
