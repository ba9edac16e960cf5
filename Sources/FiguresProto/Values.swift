// SPDX-License-Identifier: Apache-2.0
//
// The values of figure.proto: to protobuf-c structs in an arena, and back.

internal import CFiguresProto
package import FiguresModel

/// An area, as answers show it; `figures.v1.Region`.
package struct RegionRecord: Sendable, Equatable {
  package var id = ""
  package var name = ""
  package var kind = ""
  package var label = ""
  package var parents: [String] = []
  package var figureCount: UInt32 = 0
  package var sameExtent: [String] = []

  package init(id: String = "", name: String = "", kind: String = "", label: String = "") {
    self.id = id
    self.name = name
    self.kind = kind
    self.label = label
  }
}

/// An operation with its identity; `figures.v1.Operation`.
package struct OperationRecord: Sendable, Equatable {
  package var id = ""
  package var name = ""
  package var lead = ""
  package var duration = ""
  package var summary = ""
  package var evidence = ""

  package init(
    id: String = "", name: String = "", lead: String = "", duration: String = "", summary: String = "",
    evidence: String = ""
  ) {
    self.evidence = evidence
    self.id = id
    self.name = name
    self.lead = lead
    self.duration = duration
    self.summary = summary
  }
}

/// A fact as answers carry it; `figures.v1.Fact`.
package struct FactRecord: Sendable, Equatable {
  package var id = ""
  package var metric = ""
  package var metricName = ""
  package var quantity: Quantity?
  package var quantityText = ""
  package var region: RegionRecord?
  package var period: Period?
  package var operation: OperationRecord?
  package var population: [Dimension] = []
  package var populationText = ""
  package var agreement: Agreement?
  package var sourceCount: UInt32 = 0
  package var claimCount: UInt32 = 0
  package var documentCount: UInt32 = 0
  package var chosenClaim = ""
  package var reason = ""
  package var partOf: [String] = []
  package var conflicting: [String] = []
  package var certainty: Certainty?
  package var check = ""
  /// "41 - 1"; empty for what a document states.
  package var formula = ""
  /// Ids of the facts that a derived figure was made of.
  package var inputs: [String] = []
  /// Why the figure is hidden; empty for those that are shown.
  package var suppressed = ""

  package init() {}
}

/// `figures.v1.RankedClaim`.
package struct RankedClaimRecord: Sendable {
  package var claim: Claim
  package var claimID: String
  package var documentID: String
  package var rank: ClaimRank?
  package var reason: String
  package var documentTitle: String
  package var publisher: String

  package init(
    claim: Claim, claimID: String, documentID: String, rank: ClaimRank?, reason: String,
    documentTitle: String, publisher: String
  ) {
    self.claim = claim
    self.claimID = claimID
    self.documentID = documentID
    self.rank = rank
    self.reason = reason
    self.documentTitle = documentTitle
    self.publisher = publisher
  }
}

/// `figures.v1.Relation`.
package struct RelationRecord: Sendable, Equatable {
  package var kind: RelationKind?
  package var fact: String
  package var members: [String]
  package var check: CheckResult?
  package var detail: String
  package var claims: [String]

  package init(
    kind: RelationKind?, fact: String, members: [String], check: CheckResult?, detail: String, claims: [String] = []
  ) {
    self.claims = claims
    self.kind = kind
    self.fact = fact
    self.members = members
    self.check = check
    self.detail = detail
  }
}

/// A document as answers list it; `figures.v1.Document`.
package struct DocumentRecord: Sendable, Equatable {
  package var id = ""
  package var document: Document
  package var claimCount: UInt32 = 0
  package var revision: UInt64 = 0
  package var extractor = ""

  package init(document: Document) { self.document = document }
}

func wireText(_ pointer: UnsafeMutablePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}

func wireStrings(_ pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, _ count: Int) -> [String] {
  (0..<count).map { wireText(pointers?[$0]) }
}

func wireValues<Element, Value>(
  _ pointers: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>?, _ count: Int,
  _ convert: (Element) throws -> Value
) rethrows -> [Value] {
  try (0..<count).compactMap { index in
    guard let element = pointers?[index] else { return nil }
    return try convert(element.pointee)
  }
}

/// Reads a date field; an empty string is no date.
func wireDate(_ pointer: UnsafeMutablePointer<CChar>?, field: String) throws(WireError) -> CalendarDate? {
  let value = wireText(pointer)
  if value.isEmpty { return nil }
  guard let date = CalendarDate(value) else {
    throw WireError(
      field: field, message: "\"\(value.prefix(40))\" is not a date; allowed: YYYY-MM-DD, or empty")
  }
  return date
}

extension ProtoArena {
  func strings(_ list: [String]) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    array(list.map { string($0) })
  }

  // MARK: - Encoding

  func quantity(_ value: Quantity) -> UnsafeMutablePointer<Figures__V1__Quantity> {
    let message = make(figures__v1__quantity__init)
    if let low = value.low {
      message.pointee.lower_bound_case = FIGURES__V1__QUANTITY__LOWER_BOUND_LOW
      message.pointee.low = low
    }
    if let high = value.high {
      message.pointee.upper_bound_case = FIGURES__V1__QUANTITY__UPPER_BOUND_HIGH
      message.pointee.high = high
    }
    message.pointee.precision = Figures__V1__Precision(rawValue: value.precision.wireNumber)
    message.pointee.unit = string(value.unit)
    message.pointee.text = string(value.text)
    return message
  }

  func region(_ value: RegionRecord) -> UnsafeMutablePointer<Figures__V1__Region> {
    let message = make(figures__v1__region__init)
    message.pointee.id = string(value.id)
    message.pointee.name = string(value.name)
    message.pointee.kind = string(value.kind)
    message.pointee.label = string(value.label)
    message.pointee.n_parents = value.parents.count
    message.pointee.parents = strings(value.parents)
    message.pointee.figure_count = value.figureCount
    message.pointee.n_same_extent = value.sameExtent.count
    message.pointee.same_extent = strings(value.sameExtent)
    return message
  }

  func period(_ value: Period) -> UnsafeMutablePointer<Figures__V1__Period> {
    let message = make(figures__v1__period__init)
    message.pointee.start = string(value.start?.description ?? "")
    message.pointee.end = string(value.end?.description ?? "")
    message.pointee.duration = string(value.duration)
    message.pointee.text = string(value.text)
    return message
  }

  func operation(_ value: OperationRecord) -> UnsafeMutablePointer<Figures__V1__Operation> {
    let message = make(figures__v1__operation__init)
    message.pointee.id = string(value.id)
    message.pointee.name = string(value.name)
    message.pointee.lead = string(value.lead)
    message.pointee.duration = string(value.duration)
    message.pointee.description = string(value.summary)
    message.pointee.evidence = string(value.evidence)
    return message
  }

  func dimension(_ value: Dimension) -> UnsafeMutablePointer<Figures__V1__Dimension> {
    let message = make(figures__v1__dimension__init)
    message.pointee.name = string(value.name)
    message.pointee.value = string(value.value)
    return message
  }

  func span(_ value: Span) -> UnsafeMutablePointer<Figures__V1__Span> {
    let message = make(figures__v1__span__init)
    message.pointee.start = UInt32(clamping: value.start)
    message.pointee.end = UInt32(clamping: value.end)
    return message
  }

  func claim(_ value: Claim, id: String, documentID: String) -> UnsafeMutablePointer<Figures__V1__Claim> {
    let message = make(figures__v1__claim__init)
    message.pointee.id = string(id)
    message.pointee.document_id = string(documentID)
    message.pointee.span = span(value.span)
    message.pointee.number_text = string(value.numberText)
    message.pointee.quote = string(value.quote)
    message.pointee.quantity = quantity(value.quantity)
    message.pointee.metric = string(value.metric)
    if !value.region.isEmpty { message.pointee.region = region(RegionRecord(id: value.region)) }
    if let period = value.period { message.pointee.period = self.period(period) }
    if let operation = value.operation {
      message.pointee.operation = self.operation(
        OperationRecord(
          name: operation.name, lead: operation.lead, duration: operation.duration, summary: operation.summary))
    }
    message.pointee.n_population = value.population.count
    message.pointee.population = array(value.population.map { dimension($0) })
    message.pointee.population_text = string(value.populationText)
    message.pointee.organisation = string(value.organisation)
    message.pointee.certainty = Figures__V1__Certainty(rawValue: value.certainty.wireNumber)
    message.pointee.section = Figures__V1__Section(rawValue: value.section.wireNumber)
    if let partOf = value.partOf {
      message.pointee.part_case = FIGURES__V1__CLAIM__PART_PART_OF
      message.pointee.part_of = UInt32(clamping: partOf)
    }
    message.pointee.n_rules = value.rules.count
    message.pointee.rules = strings(value.rules)
    if let remainder = value.remainder { message.pointee.remainder = self.remainder(remainder) }
    return message
  }

  private func remainder(_ value: Remainder) -> UnsafeMutablePointer<Figures__V1__Remainder> {
    let message = make(figures__v1__remainder__init)
    if let whole = value.whole {
      message.pointee.of_case = FIGURES__V1__REMAINDER__OF_WHOLE
      message.pointee.whole = UInt32(clamping: whole)
    }
    message.pointee.n_parts = value.parts.count
    message.pointee.parts = numbers(value.parts.map { UInt32(clamping: $0) })
    return message
  }

  func correction(_ value: Correction) -> UnsafeMutablePointer<Figures__V1__Correction> {
    let message = make(figures__v1__correction__init)
    if let quantity = value.quantity { message.pointee.quantity = self.quantity(quantity) }
    message.pointee.metric = string(value.metric ?? "")
    message.pointee.region = string(value.region ?? "")
    if let period = value.period { message.pointee.period = self.period(period) }
    return message
  }

  func document(_ value: DocumentRecord, includesText: Bool) -> UnsafeMutablePointer<Figures__V1__Document> {
    let message = make(figures__v1__document__init)
    message.pointee.id = string(value.id)
    message.pointee.title = string(value.document.title)
    message.pointee.publisher = string(value.document.publisher)
    message.pointee.url = string(value.document.url)
    message.pointee.published = string(value.document.published?.description ?? "")
    if includesText { message.pointee.text = string(value.document.text) }
    message.pointee.claim_count = value.claimCount
    message.pointee.revision = value.revision
    message.pointee.extractor = string(value.extractor)
    message.pointee.release = string(value.document.release)
    return message
  }

  func fact(_ value: FactRecord) -> UnsafeMutablePointer<Figures__V1__Fact> {
    let message = make(figures__v1__fact__init)
    message.pointee.id = string(value.id)
    message.pointee.metric = string(value.metric)
    message.pointee.metric_name = string(value.metricName)
    if let quantity = value.quantity { message.pointee.quantity = self.quantity(quantity) }
    if let region = value.region { message.pointee.region = self.region(region) }
    if let period = value.period { message.pointee.period = self.period(period) }
    if let operation = value.operation { message.pointee.operation = self.operation(operation) }
    message.pointee.n_population = value.population.count
    message.pointee.population = array(value.population.map { dimension($0) })
    message.pointee.population_text = string(value.populationText)
    message.pointee.agreement = Figures__V1__Agreement(rawValue: value.agreement?.wireNumber ?? 0)
    message.pointee.source_count = value.sourceCount
    message.pointee.claim_count = value.claimCount
    message.pointee.document_count = value.documentCount
    message.pointee.chosen_claim = string(value.chosenClaim)
    message.pointee.reason = string(value.reason)
    message.pointee.n_part_of = value.partOf.count
    message.pointee.part_of = strings(value.partOf)
    message.pointee.n_conflicting = value.conflicting.count
    message.pointee.conflicting = strings(value.conflicting)
    message.pointee.certainty = Figures__V1__Certainty(rawValue: value.certainty?.wireNumber ?? 0)
    message.pointee.check = string(value.check)
    if !value.formula.isEmpty {
      let derivation = make(figures__v1__derivation__init)
      derivation.pointee.formula = string(value.formula)
      derivation.pointee.n_inputs = value.inputs.count
      derivation.pointee.inputs = strings(value.inputs)
      message.pointee.derivation = derivation
    }
    message.pointee.suppressed = string(value.suppressed)
    return message
  }

  func rankedClaim(_ value: RankedClaimRecord) -> UnsafeMutablePointer<Figures__V1__RankedClaim> {
    let message = make(figures__v1__ranked_claim__init)
    message.pointee.claim = claim(value.claim, id: value.claimID, documentID: value.documentID)
    message.pointee.rank = Figures__V1__ClaimRank(rawValue: value.rank?.wireNumber ?? 0)
    message.pointee.reason = string(value.reason)
    message.pointee.document_title = string(value.documentTitle)
    message.pointee.publisher = string(value.publisher)
    return message
  }

  func relation(_ value: RelationRecord) -> UnsafeMutablePointer<Figures__V1__Relation> {
    let message = make(figures__v1__relation__init)
    message.pointee.kind = Figures__V1__RelationKind(rawValue: value.kind?.wireNumber ?? 0)
    message.pointee.fact = string(value.fact)
    message.pointee.n_members = value.members.count
    message.pointee.members = strings(value.members)
    message.pointee.check = Figures__V1__CheckResult(rawValue: value.check?.wireNumber ?? 0)
    message.pointee.detail = string(value.detail)
    message.pointee.n_claims = value.claims.count
    message.pointee.claims = strings(value.claims)
    return message
  }
}

// MARK: - Decoding

extension Quantity {
  init(_ message: Figures__V1__Quantity) {
    self.init(
      low: message.lower_bound_case == FIGURES__V1__QUANTITY__LOWER_BOUND_LOW ? message.low : nil,
      high: message.upper_bound_case == FIGURES__V1__QUANTITY__UPPER_BOUND_HIGH ? message.high : nil,
      precision: Precision(wireNumber: message.precision.rawValue) ?? .vague, unit: wireText(message.unit))
  }
}

extension Period {
  init(_ message: Figures__V1__Period, field: String) throws(WireError) {
    self.init(
      start: try wireDate(message.start, field: field + ".start"),
      end: try wireDate(message.end, field: field + ".end"), duration: wireText(message.duration),
      text: wireText(message.text))
  }
}

extension RegionRecord {
  init(_ message: Figures__V1__Region) {
    self.init(
      id: wireText(message.id), name: wireText(message.name), kind: wireText(message.kind),
      label: wireText(message.label))
    parents = wireStrings(message.parents, message.n_parents)
    figureCount = message.figure_count
    sameExtent = wireStrings(message.same_extent, message.n_same_extent)
  }
}

extension OperationRecord {
  init(_ message: Figures__V1__Operation) {
    self.init(
      id: wireText(message.id), name: wireText(message.name), lead: wireText(message.lead),
      duration: wireText(message.duration), summary: wireText(message.description),
      evidence: wireText(message.evidence))
  }
}

extension Dimension {
  init(_ message: Figures__V1__Dimension) { self.init(wireText(message.name), wireText(message.value)) }
}

extension Claim {
  init(_ message: Figures__V1__Claim) throws(WireError) {
    guard let quantity = message.quantity, let span = message.span else {
      throw WireError(field: "claim", message: "it has no quantity or no span; both are required")
    }
    self.init(
      span: Span(Int(span.pointee.start), Int(span.pointee.end)), numberText: wireText(message.number_text),
      quote: wireText(message.quote), quantity: Quantity(quantity.pointee), metric: wireText(message.metric))
    region = message.region.map { wireText($0.pointee.id) } ?? ""
    if let period = message.period { self.period = try Period(period.pointee, field: "claim.period") }
    operation = message.operation.map {
      Operation(
        name: wireText($0.pointee.name), lead: wireText($0.pointee.lead), duration: wireText($0.pointee.duration),
        summary: wireText($0.pointee.description))
    }
    population = wireValues(message.population, message.n_population) { Dimension($0) }
    populationText = wireText(message.population_text)
    organisation = wireText(message.organisation)
    certainty = Certainty(wireNumber: message.certainty.rawValue) ?? .stated
    section = Section(wireNumber: message.section.rawValue) ?? .body
    partOf = message.part_case == FIGURES__V1__CLAIM__PART_PART_OF ? Int(message.part_of) : nil
    rules = wireStrings(message.rules, message.n_rules)
    remainder = message.remainder.map { Remainder($0.pointee) }
  }
}

extension Remainder {
  fileprivate init(_ message: Figures__V1__Remainder) {
    self.init(
      whole: message.of_case == FIGURES__V1__REMAINDER__OF_WHOLE ? Int(message.whole) : nil,
      parts: (0..<message.n_parts).compactMap { index in message.parts.map { Int($0[index]) } })
  }
}

extension Correction {
  init(_ message: Figures__V1__Correction, field: String) throws(WireError) {
    self.init()
    quantity = message.quantity.map { Quantity($0.pointee) }
    let (metric, region) = (wireText(message.metric), wireText(message.region))
    self.metric = metric.isEmpty ? nil : metric
    self.region = region.isEmpty ? nil : region
    if let period = message.period { self.period = try Period(period.pointee, field: field + ".period") }
  }
}

extension DocumentRecord {
  init(_ message: Figures__V1__Document) throws(WireError) {
    self.init(
      document: Document(
        title: wireText(message.title), publisher: wireText(message.publisher), url: wireText(message.url),
        published: try wireDate(message.published, field: "document.published"), text: wireText(message.text),
        release: wireText(message.release)))
    id = wireText(message.id)
    claimCount = message.claim_count
    revision = message.revision
    extractor = wireText(message.extractor)
  }
}

extension FactRecord {
  init(_ message: Figures__V1__Fact) throws(WireError) {
    self.init()
    id = wireText(message.id)
    metric = wireText(message.metric)
    metricName = wireText(message.metric_name)
    quantity = message.quantity.map { Quantity($0.pointee) }
    quantityText = message.quantity.map { wireText($0.pointee.text) } ?? ""
    region = message.region.map { RegionRecord($0.pointee) }
    if let period = message.period { self.period = try Period(period.pointee, field: "fact.period") }
    operation = message.operation.map { OperationRecord($0.pointee) }
    population = wireValues(message.population, message.n_population) { Dimension($0) }
    populationText = wireText(message.population_text)
    agreement = Agreement(wireNumber: message.agreement.rawValue)
    sourceCount = message.source_count
    claimCount = message.claim_count
    documentCount = message.document_count
    chosenClaim = wireText(message.chosen_claim)
    reason = wireText(message.reason)
    partOf = wireStrings(message.part_of, message.n_part_of)
    conflicting = wireStrings(message.conflicting, message.n_conflicting)
    certainty = Certainty(wireNumber: message.certainty.rawValue)
    check = wireText(message.check)
    if let derivation = message.derivation {
      formula = wireText(derivation.pointee.formula)
      inputs = wireStrings(derivation.pointee.inputs, derivation.pointee.n_inputs)
    }
    suppressed = wireText(message.suppressed)
  }
}

extension RankedClaimRecord {
  init(_ message: Figures__V1__RankedClaim) throws(WireError) {
    guard let claim = message.claim else {
      throw WireError(field: "claims.claim", message: "it is missing")
    }
    self.init(
      claim: try Claim(claim.pointee), claimID: wireText(claim.pointee.id),
      documentID: wireText(claim.pointee.document_id), rank: ClaimRank(wireNumber: message.rank.rawValue),
      reason: wireText(message.reason), documentTitle: wireText(message.document_title),
      publisher: wireText(message.publisher))
  }
}

extension RelationRecord {
  init(_ message: Figures__V1__Relation) {
    self.init(
      kind: RelationKind(wireNumber: message.kind.rawValue), fact: wireText(message.fact),
      members: wireStrings(message.members, message.n_members),
      check: CheckResult(wireNumber: message.check.rawValue), detail: wireText(message.detail),
      claims: wireStrings(message.claims, message.n_claims))
  }
}
