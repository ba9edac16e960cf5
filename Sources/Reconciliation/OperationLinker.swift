// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import Gazetteer

/// Decides which documents speak of one operation, and which repeat one announcement.
///
/// A name decides by itself. An operation without a name is linked across documents only with
/// evidence: the same lead body, the same stated duration, and at least two exact values of the same
/// metric, area and population that agree while none disagrees.
package struct OperationLinker: Sendable {
  private let gazetteer: Gazetteer

  package init(gazetteer: Gazetteer) { self.gazetteer = gazetteer }

  /// Values that must agree before two documents are linked.
  private static let agreeingValuesMin = 2
  /// Values that documents must share to count as one announcement.
  private static let sharedValuesMin = 3
  /// A value below this is too common to tell that two documents share a source.
  private static let rareValueMin = 30.0

  /// What an exact value is of, for comparison between documents.
  private struct ValueKey: Hashable {
    var metric: String
    var region: String
    var population: [Dimension]
  }

  /// What operations without a name are linked by; nil for those that a name, or too little, identifies.
  package static func bucket(_ operation: Operation) -> String? {
    operation.name.isEmpty && !operation.lead.isEmpty && !operation.duration.isEmpty
      ? operation.lead + " " + operation.duration : nil
  }

  /// - Returns: for each document, by index, the identity of each operation its claims name.
  package func identities(_ documents: [RecordedDocument]) -> [[Operation: OperationIdentity]] {
    var result: [[Operation: OperationIdentity]] = []
    var unnamed: [String: [(document: Int, operation: Operation)]] = [:]
    for (index, document) in documents.enumerated() {
      result.append(identities(of: document))
      for operation in result[index].keys {
        if let bucket = Self.bucket(operation) { unnamed[bucket, default: []].append((index, operation)) }
      }
    }
    for (_, group) in unnamed.sorted(by: { $0.key < $1.key }) {
      let group = group.sorted { ($0.document, $0.operation.summary) < ($1.document, $1.operation.summary) }
      for (member, identity) in zip(group, link(group.map { ($0.operation, documents[$0.document]) })) {
        result[member.document][member.operation] = identity
      }
    }
    return result
  }

  /// The identities that a document gives by itself: a name, or an operation of its own.
  package func identities(of document: RecordedDocument) -> [Operation: OperationIdentity] {
    var result: [Operation: OperationIdentity] = [:]
    for claim in document.claims {
      guard let operation = claim.operation, result[operation] == nil else { continue }
      result[operation] =
        operation.name.isEmpty
        ? alone(operation, document)
        : OperationIdentity(id: "op/" + Self.slug(operation.name), operation: operation, evidence: "")
    }
    return result
  }

  /// - Parameter documents: those of one operation.
  /// - Returns: for each document, by index, the smallest index of the documents that repeat the
  ///   same announcement.
  func announcements(_ documents: [RecordedDocument]) -> [Int] {
    var groups = DisjointSets(documents.count)
    guard documents.count > 1 else { return Array(documents.indices) }
    let values = documents.map { exactValues(of: $0, operation: nil).filter { $0.value >= Self.rareValueMin } }
    /// Documents that state each rare value: only those that share some are compared.
    var stating: [ValueKey: [Int]] = [:]
    for left in documents.indices {
      var shared: [Int: Int] = [:]
      for (key, value) in values[left] {
        for other in stating[key] ?? [] where values[other][key] == value { shared[other, default: 0] += 1 }
        stating[key, default: []].append(left)
      }
      for (other, count) in shared where count >= Self.sharedValuesMin { groups.join(other, left) }
    }
    return documents.indices.map { groups.root($0) }
  }

  private func alone(_ operation: Operation, _ document: RecordedDocument) -> OperationIdentity {
    OperationIdentity(
      id: "op/\(Self.slug(operation.summary))-\(document.id.suffix(32).prefix(8))", operation: operation, evidence: "")
  }

  /// Which of the operations of one bucket are one.
  ///
  /// - Parameter group: in order of the documents' ids.
  package func link(
    _ group: [(operation: Operation, document: RecordedDocument)]
  ) -> [OperationIdentity] {
    var sets = DisjointSets(group.count)
    var evidence: [Int: Int] = [:]
    let values = group.map { exactValues(of: $0.document, operation: $0.operation) }
    var stating: [ValueKey: [Int]] = [:]
    for right in group.indices {
      var counts: [Int: (agreeing: Int, disagreeing: Int)] = [:]
      for (key, value) in values[right] {
        for left in stating[key] ?? [] {
          if values[left][key] == value {
            counts[left, default: (0, 0)].agreeing += 1
          } else {
            counts[left, default: (0, 0)].disagreeing += 1
          }
        }
        stating[key, default: []].append(right)
      }
      for (left, count) in counts where count.agreeing >= Self.agreeingValuesMin && count.disagreeing == 0 {
        sets.join(left, right)
        evidence[left] = max(count.agreeing, evidence[left] ?? 0)
        evidence[right] = max(count.agreeing, evidence[right] ?? 0)
      }
    }
    return group.indices.map { index in
      // The document with the smallest id names the operation, so that order of arrival plays no part.
      let root = sets.root(index)
      var identity = alone(group[root].operation, group[root].document)
      if let count = evidence[index] {
        identity.evidence =
          "the same lead body, the same duration, and \(count) exact values that agree while none disagrees"
      }
      return identity
    }
  }

  /// The exact values of a document: those of the body where it says anything, each key once; a key
  /// with two values has none.
  private func exactValues(of document: RecordedDocument, operation: Operation?) -> [ValueKey: Double] {
    var values: [ValueKey: (rank: Int, value: Double?)] = [:]
    for claim in document.claims {
      guard claim.quantity.precision == .exact, let value = claim.quantity.low,
        operation == nil || claim.operation == operation
      else { continue }
      let key = ValueKey(
        metric: claim.metric, region: gazetteer.ground(claim.region), population: claim.population)
      let rank = claim.section.weight
      if let known = values[key] {
        if known.rank > rank { continue }
        if known.rank == rank {
          if known.value != value { values[key] = (rank, nil) }
          continue
        }
      }
      values[key] = (rank, value)
    }
    return values.compactMapValues(\.value)
  }

  static func slug(_ text: String) -> String {
    RegionNames.normalized(text).split(separator: " ").joined(separator: "-")
  }
}

extension Section {
  /// How much a claim weighs where claims conflict: headlines and captions are cut and rounded.
  var weight: Int {
    switch self {
    case .body, .quotation, .list, .table, .correction: 2
    case .headline: 1
    case .caption, .standfirst, .boilerplate: 0
    }
  }
}

/// Union-find whose roots are the smallest members.
struct DisjointSets {
  private var parents: [Int]

  init(_ count: Int) { parents = Array(0..<count) }

  func root(_ member: Int) -> Int {
    var current = member
    while parents[current] != current { current = parents[current] }
    return current
  }

  mutating func join(_ left: Int, _ right: Int) {
    let (a, b) = (root(left), root(right))
    parents[max(a, b)] = min(a, b)
  }
}
