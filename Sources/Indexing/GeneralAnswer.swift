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
  case expiredPage(asked: UInt64, here: UInt64)
}

/// Answers to any `GetFiguresRequest`, put together from the facts' encoded bytes.
package enum GeneralAnswer {
  private static let pageSizeDefault = 500
  private static let pageSizeMax: UInt32 = 1000
  private static let suppressBelowMax: UInt32 = 1000

  package static func figures(
    _ request: GetFiguresRequest, _ newest: Snapshot, _ past: PastSnapshots
  ) throws(QueryError) -> [UInt8] {
    guard !request.region.isEmpty else {
      throw .missing(field: "region", allowed: "the id or a name of an area")
    }
    let snapshot = try reading(request.consistency, newest, past)
    for metric in request.metrics where snapshot.catalog[metric] == nil { throw .unknownMetric(name: metric) }
    if let from = request.from, let to = request.to, from > to {
      throw .invalid(field: "to", value: to.description, allowed: "a date not before from (\(from))")
    }
    guard request.pageSize <= pageSizeMax else {
      throw .invalid(field: "page_size", value: "\(request.pageSize)", allowed: "0 to \(pageSizeMax)")
    }
    guard let (shown, others) = snapshot.resolve(request.region) else {
      throw .unknownRegion(
        name: request.region, nearest: snapshot.gazetteer.nearestNames(to: request.region))
    }
    let listing = snapshot.listing(shown.id, subAreas: request.subAreas)
    let area = listing.area
    let matching = hasFilter(request) ? listing.figures.filter { matches(area[$0], request) } : listing.figures
    guard request.suppressBelow <= suppressBelowMax else {
      throw .invalid(field: "suppress_below", value: "\(request.suppressBelow)", allowed: "0 to \(suppressBelowMax)")
    }
    let filter = PageToken.hash(request)
    var start = 0
    if !request.pageToken.isEmpty {
      guard let token = PageToken(request.pageToken), token.filter == filter else {
        throw .invalid(
          field: "page_token", value: String(request.pageToken.prefix(64)),
          allowed: "the next_page_token of an answer to the same request")
      }
      guard token.revision == snapshot.revision else {
        throw .expiredPage(asked: token.revision, here: snapshot.revision)
      }
      start = min(token.offset, matching.count)
    }
    let size = request.pageSize == 0 ? pageSizeDefault : Int(request.pageSize)
    let end = min(start + size, matching.count)
    var bytes = snapshot.revisionField + head(snapshot, shown: shown, others: others, total: matching.count)
    if request.suppressBelow == 0 {
      for index in matching[start..<end] { bytes.append(contentsOf: area.encoded(index)) }
    } else {
      // Over the whole listing, so that no page, and no filter, gives away what another hides.
      let suppression = Suppression(listing.figures.map { area[$0] }, below: Double(request.suppressBelow))
      for index in matching[start..<end] {
        let record = suppression.shown(area.record(index, snapshot), area[index], threshold: request.suppressBelow)
        bytes.append(contentsOf: FigureEncoding.factField(record))
      }
      bytes += FigureEncoding.suppressedField(matching.count { suppression.hidden.contains(area[$0].id) })
    }
    if end < matching.count {
      let token = PageToken(revision: snapshot.revision, filter: filter, offset: end).text
      bytes.append(0x2a)  // field 5, next_page_token
      appendVarint(UInt64(token.utf8.count), to: &bytes)
      bytes.append(contentsOf: token.utf8)
    }
    return bytes
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
    switch consistency {
    case .any, .atLeast, .exactly:
      try check(consistency, snapshot)
      return snapshot
    case .asOf(let revision):
      if snapshot.revision < revision { throw .behind(asked: revision, here: snapshot.revision) }
      return past.snapshot(at: revision, of: snapshot)
    case .asOfTime(let milliseconds):
      return past.snapshot(at: snapshot.revision(at: milliseconds), of: snapshot)
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

/// Where the next page begins: opaque to callers, bound to the request and the revision.
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

  /// Of everything in a request but the page.
  static func hash(_ request: GetFiguresRequest) -> UInt64 {
    var plain = request
    plain.pageToken = ""
    plain.pageSize = 0
    return FNV1a.hash(plain.encoded())
  }
}
