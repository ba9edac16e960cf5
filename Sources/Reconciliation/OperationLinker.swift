// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Gazetteer

/// Decides which documents speak of one operation, and which repeat one announcement.
///
/// A name decides by itself. An operation without a name is linked across documents only with
/// evidence: the same lead body, the same stated duration, and at least two exact values of the same
/// metric, area and population that agree while none disagrees.
struct OperationLinker {
  let gazetteer: Gazetteer
  let documents: [RecordedDocument]

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

  /// - Returns: for each document, by index, the identity of each operation its claims name.
  func identities() -> [[Operation: OperationIdentity]] {
    var result = [[Operation: OperationIdentity]](repeating: [:], count: documents.count)
    var unnamed: [String: [(document: Int, operation: Operation)]] = [:]
    for (index, document) in documents.enumerated() {
      for operation in Set(document.claims.compactMap(\.operation)) {
        if !operation.name.isEmpty {
          result[index][operation] = OperationIdentity(
            id: "op/" + Self.slug(operation.name), operation: operation, evidence: "")
        } else if operation.lead.isEmpty || operation.duration.isEmpty {
          result[index][operation] = alone(operation, index)
        } else {
          unnamed[operation.lead + " " + operation.duration, default: []].append((index, operation))
        }
      }
    }
    for (_, group) in unnamed.sorted(by: { $0.key < $1.key }) { link(group, &result) }
    return result
  }

  /// - Returns: for each document, by index, the smallest index of the documents that repeat the
  ///   same announcement.
  func announcements(_ identities: [[Operation: OperationIdentity]]) -> [Int] {
    var groups = DisjointSets(documents.count)
    var byOperation: [String: [Int]] = [:]
    for (index, operations) in identities.enumerated() {
      for id in Set(operations.values.map(\.id)) { byOperation[id, default: []].append(index) }
    }
    for (_, members) in byOperation where members.count > 1 {
      let values = members.map { exactValues(of: $0, operation: nil) }
      for left in members.indices {
        for right in members.indices where right > left {
          let shared = values[left].filter { key, value in
            value >= Self.rareValueMin && values[right][key] == value
          }
          if shared.count >= Self.sharedValuesMin { groups.join(members[left], members[right]) }
        }
      }
    }
    return documents.indices.map { groups.root($0) }
  }

  private func alone(_ operation: Operation, _ document: Int) -> OperationIdentity {
    OperationIdentity(
      id: "op/\(Self.slug(operation.summary))-\(documents[document].id.suffix(32).prefix(8))",
      operation: operation, evidence: "")
  }

  private func link(
    _ group: [(document: Int, operation: Operation)],
    _ result: inout [[Operation: OperationIdentity]]
  ) {
    var sets = DisjointSets(group.count)
    var evidence: [Int: Int] = [:]
    let values = group.map { exactValues(of: $0.document, operation: $0.operation) }
    for left in group.indices {
      for right in group.indices where right > left {
        var agreeing = 0
        var disagreeing = 0
        for (key, value) in values[left] {
          guard let other = values[right][key] else { continue }
          if other == value { agreeing += 1 } else { disagreeing += 1 }
        }
        if agreeing >= Self.agreeingValuesMin, disagreeing == 0 {
          sets.join(left, right)
          evidence[left] = max(agreeing, evidence[left] ?? 0)
          evidence[right] = max(agreeing, evidence[right] ?? 0)
        }
      }
    }
    for index in group.indices {
      // The document with the smallest id names the operation, so that order of arrival plays no part.
      let root = group.indices.first { sets.root($0) == sets.root(index) } ?? index
      var identity = alone(group[root].operation, group[root].document)
      if let count = evidence[index] {
        identity.evidence =
          "the same lead body, the same duration, and \(count) exact values that agree while none disagrees"
      }
      result[group[index].document][group[index].operation] = identity
    }
  }

  /// The exact values of a document: those of the body where it says anything, each key once; a key
  /// with two values has none.
  private func exactValues(of document: Int, operation: Operation?) -> [ValueKey: Double] {
    var values: [ValueKey: (rank: Int, value: Double?)] = [:]
    for claim in documents[document].claims {
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
