// SPDX-License-Identifier: Apache-2.0

package import FiguresProto
internal import FiguresModel
internal import Gazetteer
internal import Reconciliation

/// What changes in the figures of an area from one snapshot to the next.
package struct Watching: Sendable {
  private let request: WatchRequest
  private let region: String
  private let filter: GetFiguresRequest
  /// What was told of each fact last, as bytes.
  private var told: [String: [UInt8]] = [:]
  package private(set) var revision: UInt64 = 0

  /// - Parameter newest: the snapshot of the moment.
  /// - Throws: ``QueryError`` where the request is malformed, or names a revision that is not reached.
  package init(_ request: WatchRequest, _ newest: Snapshot, _ past: PastSnapshots) throws(QueryError) {
    self.request = request
    guard !request.region.isEmpty else {
      throw .missing(field: "region", allowed: "the id or a name of an area")
    }
    for metric in request.metrics where newest.catalog[metric] == nil { throw .unknownMetric(name: metric) }
    guard let (shown, _) = newest.resolve(request.region) else {
      throw .unknownRegion(name: request.region, nearest: newest.gazetteer.nearestNames(to: request.region))
    }
    region = shown.id
    var filter = GetFiguresRequest(region: region)
    filter.metrics = request.metrics
    self.filter = filter
    guard request.afterRevision > 0 else { return }
    let before = try GeneralAnswer.reading(.asOf(request.afterRevision), newest, past)
    told = facts(before)
    revision = request.afterRevision
  }

  private func facts(_ snapshot: Snapshot) -> [String: [UInt8]] {
    let listing = snapshot.listing(region, subAreas: request.subAreas)
    var result: [String: [UInt8]] = [:]
    for index in listing.figures where GeneralAnswer.matches(listing.area[index], filter) {
      result[listing.area[index].id] = listing.area.encoded(index)
    }
    return result
  }

  /// Whether ``changes(_:)`` may be called on an event loop.
  package func isQuick(_ snapshot: Snapshot) -> Bool { snapshot.isQuick(region, subAreas: request.subAreas) }

  /// What changed since the last call, in order of the facts' ids.
  package mutating func changes(_ snapshot: Snapshot) throws -> [WatchResponse] {
    let now = facts(snapshot)
    revision = snapshot.revision
    var changes: [WatchResponse] = []
    for id in Set(told.keys).union(now.keys).sorted() {
      let (before, after) = (told[id], now[id])
      guard before != after, let bytes = after ?? before else { continue }
      let kind: ChangeKind = before == nil ? .added : after == nil ? .removed : .changed
      // The bytes of one fact are an answer with one fact.
      let fact = try GetFiguresResponse(decoding: bytes).facts.first
      changes.append(WatchResponse(revision: revision, kind: kind, fact: fact))
    }
    told = now
    return changes
  }
}
