// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
package import FiguresProto
internal import Gazetteer
internal import Reconciliation

/// Why a query has no answer.
package enum QueryError: Error, Sendable, Equatable {
  case missing(field: String, allowed: String)
  case invalid(field: String, value: String, allowed: String)
  case unknownRegion(name: String, nearest: [String])
  case unknownMetric(name: String)
  case unknownFact(id: String)
  case unknownDocument(id: String)
  case behind(asked: UInt64, here: UInt64)
  case otherRevision(asked: UInt64, here: UInt64)
}

/// Answers to any `GetFiguresRequest`, put together from the facts' encoded bytes.
package enum GeneralAnswer {
  package static let pageSizeDefault = 500
  package static let pageSizeMax: UInt32 = 1000
  private static let suppressBelowMax: UInt32 = 1000

  package static func figures(
    _ request: GetFiguresRequest, _ newest: Snapshot, _ past: PastSnapshots
  ) throws(QueryError) -> [UInt8] {
    guard !request.region.isEmpty else {
      throw .missing(field: "region", allowed: "the id or a name of an area")
    }
    let token = try PageToken(of: request, newest)
    let snapshot = past.snapshot(at: try revision(request.consistency, token, newest), of: newest)
    let fields = try checked(request, snapshot)
    guard let (shown, others) = snapshot.resolve(request.region) else {
      throw .unknownRegion(
        name: request.region, nearest: snapshot.gazetteer.nearestNames(to: request.region))
    }
    let listing = snapshot.listing(shown.id, subAreas: request.subAreas)
    let area = listing.area
    let matching = hasFilter(request) ? listing.figures.filter { matches(area[$0], request) } : listing.figures
    let start = min(token?.offset ?? 0, matching.count)
    let size = request.pageSize == 0 ? pageSizeDefault : Int(request.pageSize)
    let end = min(start + size, matching.count)
    var bytes = snapshot.revisionField + head(snapshot, shown: shown, others: others, total: matching.count)
    if request.suppressBelow == 0 {
      for index in matching[start..<end] {
        bytes += fields.map { FigureEncoding.factField(area.record(index, snapshot), $0) } ?? area.encoded(index)
      }
    } else {
      // Over the whole listing, so that no page, and no filter, gives away what another hides.
      let suppression = Suppression(listing.figures.map { area[$0] }, below: Double(request.suppressBelow))
      for index in matching[start..<end] {
        let record = suppression.shown(area.record(index, snapshot), area[index], threshold: request.suppressBelow)
        bytes += FigureEncoding.factField(record, fields)
      }
      bytes += FigureEncoding.suppressedField(matching.count { suppression.hidden.contains(area[$0].id) })
    }
    if request.rollUp, start == 0 { bytes += rollUps(request, snapshot, shown.id) }
    if end < matching.count {
      let token = PageToken(
        revision: snapshot.revision, filter: PageToken.hash(request, newest.journalID), offset: end
      ).text
      bytes.append(0x2a)  // field 5, next_page_token
      appendVarint(UInt64(token.utf8.count), to: &bytes)
      bytes.append(contentsOf: token.utf8)
    }
    return bytes
  }

  /// Whether an answer takes longer than an event loop may be held up.
  package static func takesLong(_ request: GetFiguresRequest, _ newest: Snapshot, _ past: PastSnapshots) -> Bool {
    let revision: UInt64
    do {
      revision = try self.revision(request.consistency, try PageToken(of: request, newest), newest)
    } catch {
      return false  // refused at once
    }
    guard let snapshot = past.atHand(revision, of: newest) else { return true }
    guard let shown = snapshot.resolve(request.region)?.shown else { return false }
    return !snapshot.isQuick(shown.id, subAreas: request.rollUp ? .all : request.subAreas)
  }

  /// - Returns: the fields of facts that are wanted; nil for all.
  private static func checked(
    _ request: GetFiguresRequest, _ snapshot: Snapshot
  ) throws(QueryError) -> FactFields? {
    for metric in request.metrics where snapshot.catalog[metric] == nil { throw .unknownMetric(name: metric) }
    if let from = request.from, let to = request.to, from > to {
      throw .invalid(field: "to", value: to.description, allowed: "a date not before from (\(from))")
    }
    guard request.pageSize <= pageSizeMax else {
      throw .invalid(field: "page_size", value: "\(request.pageSize)", allowed: "0 to \(pageSizeMax)")
    }
    guard request.suppressBelow <= suppressBelowMax else {
      throw .invalid(field: "suppress_below", value: "\(request.suppressBelow)", allowed: "0 to \(suppressBelowMax)")
    }
    guard !request.factFields.isEmpty else { return nil }
    do { return try FactFields(request.factFields) } catch {
      throw .invalid(
        field: "fact_fields", value: error.name, allowed: FactFields.names.joined(separator: ", "))
    }
  }

  /// Fields 8 of an answer.
  private static func rollUps(_ request: GetFiguresRequest, _ snapshot: Snapshot, _ region: String) -> [UInt8] {
    let area = snapshot.listing(region, subAreas: .all).area
    let found = area.rollUps(for: region, snapshot.catalog) { !hasFilter(request) || matches($0, request) }
    let hidden = request.suppressBelow == 0 ? [] : Suppression(area.facts, below: Double(request.suppressBelow)).hidden
    return found.flatMap { rollUp, documents in
      var record = snapshot.record(rollUp)
      if rollUp.inputs.contains(where: { hidden.contains($0) }) {
        record.fact.quantity = nil
        record.fact.formula = ""
        record.fact.suppressed = "of figures that are hidden"
      }
      return FigureEncoding.rollUpField(record)
    }
  }

  /// The whole answer to a request that names an area and asks for nothing else; nil where it does not fit one page or
  /// there is no such area.
  package static func ready(_ name: String, _ snapshot: Snapshot) -> ReadyAnswer? {
    guard let (shown, others) = snapshot.resolve(name), snapshot.factCount(shown.id) <= pageSizeDefault else {
      return nil
    }
    let listing = snapshot.listing(shown.id, subAreas: .parts)
    guard listing.figures.count <= pageSizeDefault else { return nil }
    var bytes = head(snapshot, shown: shown, others: others, total: listing.figures.count)
    for index in listing.figures { bytes.append(contentsOf: listing.area.encoded(index)) }
    return ReadyAnswer(bytes, grounds: snapshot.grounds(of: name))
  }

  package static func check(
    _ consistency: Consistency, _ snapshot: Snapshot
  ) throws(QueryError) {
    switch consistency {
    case .any: break
    case .atLeast(let revision):
      if snapshot.revision < revision { throw .behind(asked: revision, here: snapshot.revision) }
    case .exactly(let revision):
      if snapshot.revision != revision { throw .otherRevision(asked: revision, here: snapshot.revision) }
    case .asOf, .asOfTime: break
    }
  }

  /// The snapshot that a request asks for: the one at hand, or what was known at an earlier revision or time.
  package static func reading(
    _ consistency: Consistency, _ snapshot: Snapshot, _ past: PastSnapshots
  ) throws(QueryError) -> Snapshot {
    past.snapshot(at: try revision(consistency, nil, snapshot), of: snapshot)
  }

  /// Whether the snapshot that a request asks for need not be made first.
  package static func isAtHand(_ consistency: Consistency, _ newest: Snapshot, _ past: PastSnapshots) -> Bool {
    // A request that has no answer is refused at once.
    guard let revision = try? revision(consistency, nil, newest) else { return true }
    return past.atHand(revision, of: newest) != nil
  }

  /// The revision that a request is answered at: that of the page before, or the one it asks for.
  static func revision(
    _ consistency: Consistency, _ token: PageToken?, _ newest: Snapshot
  ) throws(QueryError) -> UInt64 {
    try check(consistency, newest)
    if let token {
      if newest.revision < token.revision { throw .behind(asked: token.revision, here: newest.revision) }
      return token.revision
    }
    switch consistency {
    case .any, .atLeast, .exactly: return newest.revision
    case .asOf(let revision):
      if newest.revision < revision { throw .behind(asked: revision, here: newest.revision) }
      return revision
    case .asOfTime(let milliseconds): return newest.revision(at: milliseconds)
    }
  }

  /// The fields of an answer between the revision and the facts.
  static func head(
    _ snapshot: Snapshot, shown: Region, others: [Region], total: Int
  ) -> [UInt8] {
    var bytes = FigureEncoding.totalField(total)
    bytes += FigureEncoding.regionField(snapshot.record(shown))
    for other in others { bytes += FigureEncoding.otherField(snapshot.record(other)) }
    return bytes
  }

  private static func hasFilter(_ request: GetFiguresRequest) -> Bool {
    !request.metrics.isEmpty || !request.operation.isEmpty || !request.population.isEmpty || request.from != nil
      || request.to != nil
  }

  static func matches(_ fact: Fact, _ request: GetFiguresRequest) -> Bool {
    if !request.metrics.isEmpty, !request.metrics.contains(fact.metric) { return false }
    if !request.operation.isEmpty {
      guard let operation = fact.operation else { return false }
      let wanted = RegionNames.normalized(request.operation)
      guard
        operation.id == request.operation || RegionNames.normalized(operation.operation.name) == wanted
          || RegionNames.normalized(operation.operation.summary) == wanted
      else { return false }
    }
    for dimension in request.population where !fact.population.contains(dimension) { return false }
    if request.from != nil || request.to != nil {
      // A fact without dates can't be said to lie in a range of dates.
      guard let period = fact.period, period.isAnchored else { return false }
      if let from = request.from, let end = period.end, end < from { return false }
      if let to = request.to, let start = period.start, start > to { return false }
    }
    return true
  }
}

/// Where the next page begins: opaque to callers, bound to the request, the journal and the revision.
struct PageToken: Equatable {
  var revision: UInt64
  var filter: UInt64
  var offset: Int

  init(revision: UInt64, filter: UInt64, offset: Int) {
    self.revision = revision
    self.filter = filter
    self.offset = offset
  }

  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, let revision = UInt64(parts[0], radix: 36),
      let filter = UInt64(parts[1], radix: 36), let offset = Int(parts[2], radix: 36), offset >= 0
    else { return nil }
    self.init(revision: revision, filter: filter, offset: offset)
  }

  var text: String {
    [String(revision, radix: 36), String(filter, radix: 36), String(offset, radix: 36)].joined(separator: "-")
  }

  /// The token of a request; nil for its first page.
  init?(of request: GetFiguresRequest, _ newest: Snapshot) throws(QueryError) {
    if request.pageToken.isEmpty { return nil }
    guard let token = PageToken(request.pageToken), token.filter == Self.hash(request, newest.journalID) else {
      throw .invalid(
        field: "page_token", value: String(request.pageToken.prefix(64)),
        allowed: "the next_page_token of an answer to the same request, of the same journal")
    }
    self = token
  }

  /// Of the journal and everything in a request but the page.
  static func hash(_ request: GetFiguresRequest, _ journalID: String) -> UInt64 {
    var plain = request
    plain.pageToken = ""
    plain.pageSize = 0
    return FNV1a.hash(plain.encoded() + Array(journalID.utf8))
  }
}
