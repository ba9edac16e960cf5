// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Reconciliation
internal import Synchronization

/// The facts of one scope with the documents they were made of, and each fact as it stands in an answer.
final class ScopeReading: Sendable {
  let documents: [RecordedDocument]
  let facts: [Fact]
  /// Field 4 of a `GetFiguresResponse`, by fact.
  let encoded: [[UInt8]]

  init(documents: [RecordedDocument], facts: [Fact], encoded: [[UInt8]]) {
    self.documents = documents
    self.facts = facts
    self.encoded = encoded
  }
}

/// The figures of an area in the order in which they are shown.
final class AreaListing: Sendable {
  let area: AreaReading
  let figures: [Int]

  init(area: AreaReading, figures: [Int]) {
    self.area = area
    self.figures = figures
  }
}

/// Readings of scopes that were asked for, as long as they stand and there is room.
final class FactCache: Sendable {
  /// Facts that are kept; about a kilobyte each.
  private static let factsMax = 50_000

  private struct Key: Hashable {
    var scope: Int
    var version: UInt64
    /// The ground that a part of the scope was read for; -1 for all of it.
    var ground: Int
  }

  private struct Content {
    var readings: [Key: ScopeReading] = [:]
    var facts = 0
  }

  /// Listings that are kept: pages of one come one after the other, and a large area is asked for again and again.
  private static let listingsMax = 16

  struct ListingKey: Hashable {
    var region: String
    var subAreas: SubAreas
    /// The revision that changed the area last; for all areas inside, that of the snapshot.
    var version: UInt64
  }

  private let content = Mutex(Content())
  private let listings = Mutex<[(key: ListingKey, listing: AreaListing)]>([])

  init() {}

  func hasListing(_ key: ListingKey) -> Bool { listings.withLock { list in list.contains { $0.key == key } } }

  func listing(_ key: ListingKey, _ make: () -> AreaListing) -> AreaListing {
    if let known = listings.withLock({ list in list.first { $0.key == key }?.listing }) { return known }
    let made = make()
    listings.withLock { list in
      // An older listing of the same area will hardly be asked for again.
      list.removeAll { $0.key.region == key.region && $0.key.subAreas == key.subAreas }
      list.append((key, made))
      if list.count > Self.listingsMax { list.removeFirst() }
    }
    return made
  }

  func reading(_ scope: Int, version: UInt64, ground: Int, _ make: () -> ScopeReading) -> ScopeReading {
    let key = Key(scope: scope, version: version, ground: ground)
    if let known = content.withLock({ $0.readings[key] }) { return known }
    // Two callers may make the same reading at once; both are the same.
    let made = make()
    content.withLock { content in
      if content.facts + made.facts.count > Self.factsMax { content = Content() }
      guard content.readings.updateValue(made, forKey: key) == nil else { return }
      content.facts += made.facts.count
    }
    return made
  }
}
