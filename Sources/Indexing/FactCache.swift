// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
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

/// Readings of scopes that were asked for, as long as they stand and there is room.
final class FactCache: Sendable {
  /// Facts that are kept; about a kilobyte each.
  private static let factsMax = 50_000

  private struct Key: Hashable {
    var scope: Int
    var version: UInt64
  }

  private struct Content {
    var readings: [Key: ScopeReading] = [:]
    var facts = 0
  }

  private let content = Mutex(Content())

  init() {}

  func reading(_ scope: Int, version: UInt64, _ make: () -> ScopeReading) -> ScopeReading {
    let key = Key(scope: scope, version: version)
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
