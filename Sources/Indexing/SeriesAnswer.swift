// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
package import FiguresProto
internal import Gazetteer
internal import Reconciliation

/// Areas side by side.
package enum SeriesAnswer {
  private static let regionsMax = 50

  package static func compare(
    _ request: CompareRequest, _ newest: Snapshot, _ past: PastSnapshots
  ) throws(QueryError) -> CompareResponse {
    guard (1...regionsMax).contains(request.regions.count) else {
      throw .invalid(field: "regions", value: "\(request.regions.count) areas", allowed: "1 to \(regionsMax)")
    }
    guard !request.metric.isEmpty else { throw .missing(field: "metric", allowed: "a metric that ListMetrics lists") }
    let snapshot = try GeneralAnswer.reading(request.consistency, newest, past)
    guard snapshot.catalog[request.metric] != nil else { throw .unknownMetric(name: request.metric) }
    if let from = request.from, let to = request.to, from > to {
      throw .invalid(field: "to", value: to.description, allowed: "a date not before from (\(from))")
    }
    var filter = GetFiguresRequest(region: "")
    filter.metrics = [request.metric]
    filter.from = request.from
    filter.to = request.to
    filter.operation = request.operation
    let population = request.population.sorted()
    var series: [SeriesRecord] = []
    for name in request.regions {
      guard let (shown, _) = snapshot.resolve(name) else {
        throw .unknownRegion(name: name, nearest: snapshot.gazetteer.nearestNames(to: name))
      }
      let listing = snapshot.listing(shown.id, subAreas: .none)
      let chosen = listing.figures.filter { index in
        let fact = listing.area[index]
        return fact.population == population && GeneralAnswer.matches(fact, filter)
      }
      let ordered = chosen.sorted { left, right in
        let (a, b) = (listing.area[left], listing.area[right])
        return (order(a.period?.start), order(a.period?.end), a.id) < (
          order(b.period?.start), order(b.period?.end), b.id
        )
      }
      series.append(
        SeriesRecord(region: snapshot.record(shown), facts: ordered.map { listing.area.record($0, snapshot) }))
    }
    return CompareResponse(revision: snapshot.revision, series: series)
  }

  /// Whether an answer takes longer than an event loop may be held up.
  package static func takesLong(_ request: CompareRequest, _ newest: Snapshot, _ past: PastSnapshots) -> Bool {
    guard GeneralAnswer.isAtHand(request.consistency, newest, past) else { return true }
    return request.regions.contains { name in
      newest.resolve(name).map { !newest.isQuick($0.shown.id, subAreas: .none) } ?? false
    }
  }

  /// What has no date comes last.
  private static func order(_ date: CalendarDate?) -> Int { date?.dayNumber ?? .max }
}
