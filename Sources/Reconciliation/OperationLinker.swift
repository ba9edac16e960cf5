// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import Gazetteer

/// Decides which documents speak of one operation, and which repeat one announcement.
///
/// A name decides by itself. An operation without a name is linked to others, named or not, only with
/// evidence: the same lead body, the same stated duration, and at least two exact values of the same
/// metric, area, period and population that agree while none disagrees. Where some agree and others don't, the documents
/// stay apart and each tells of the other. A link that was refused between two documents is not made, named or not.
package struct OperationLinker: Sendable {
  private let gazetteer: Gazetteer

  package init(gazetteer: Gazetteer) { self.gazetteer = gazetteer }

  /// Values that must agree before two documents are linked.
  private static let agreeingValuesMin = 2
  /// One value that agrees is enough to tell of a document that differs in others, if it is at least this: three digits are
  /// seldom the same by chance.
  private static let tellingValueMin = 100.0
  /// Values that documents must share to count as one announcement.
  private static let sharedValuesMin = 3
  /// A value below this is too common to tell that two documents share a source.
  private static let rareValueMin = 30.0

  /// What an operation is linked by beyond its name: none where that, or too little, identifies it.
  /// - Parameter isSeparated: whether a link of the document to another one was refused: then its names decide no more.
  package static func buckets(_ operation: Operation, isSeparated: Bool = false) -> [String] {
    var result: [String] = []
    if !operation.name.isEmpty, isSeparated { result.append(nameBucket + slug(operation.name)) }
    if !operation.lead.isEmpty, !operation.duration.isEmpty { result.append(operation.lead + " " + operation.duration) }
    return result
  }

  /// What the buckets begin with in which names are told apart.
  private static let nameBucket = "op/"

  /// - Returns: for each document, by index, the identity of each operation its claims name.
  package func identities(
    _ documents: [RecordedDocument], _ separations: [String: Set<String>] = [:]
  ) -> [[Operation: OperationIdentity]] {
    var result: [[Operation: OperationIdentity]] = []
    var buckets: [String: [(document: Int, operation: Operation)]] = [:]
    for (index, document) in documents.enumerated() {
      result.append(identities(of: document))
      for operation in result[index].keys {
        for bucket in Self.buckets(operation, isSeparated: separations[document.id] != nil) {
          buckets[bucket, default: []].append((index, operation))
        }
      }
    }
    for (bucket, group) in buckets.sorted(by: { $0.key < $1.key }) {
      let group = group.sorted { ($0.document, $0.operation.summary) < ($1.document, $1.operation.summary) }
      let linked = link(bucket, group.map { ($0.operation, documents[$0.document]) }, separations)
      for (member, identity) in zip(group, linked) {
        if let identity { result[member.document][member.operation] = identity }
      }
    }
    return result
  }

  /// The identities that a document gives by itself: a name, or an operation of its own.
  package func identities(of document: RecordedDocument) -> [Operation: OperationIdentity] {
    var result: [Operation: OperationIdentity] = [:]
    for operation in document.operations {
      result[operation] =
        operation.name.isEmpty
        ? alone(operation, document)
        : named(operation)
    }
    return result
  }

  private func named(_ operation: Operation) -> OperationIdentity {
    OperationIdentity(id: "op/" + Self.slug(operation.name), operation: operation, evidence: "")
  }

  /// - Parameter documents: those of one operation.
  /// - Returns: for each document, by index, the smallest index of the documents that repeat the
  ///   same announcement.
  func announcements(_ documents: [RecordedDocument]) -> [Int] {
    var groups = DisjointSets(documents.count)
    guard documents.count > 1 else { return Array(documents.indices) }
    let values = documents.map { exactValues(of: $0, operation: nil).filter { $0.value >= Self.rareValueMin } }
    /// Documents that state each rare value: only those that share some are compared.
    var stating: [FactKey: [Int]] = [:]
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

  /// One member of a bucket: a document with one of its operations.
  package typealias Member = (operation: Operation, document: RecordedDocument)

  /// Which of the operations of one bucket are one.
  ///
  /// - Parameters:
  ///   - group: in order of the documents' ids.
  ///   - separations: ids of the documents that each one, by its id, was separated from.
  /// - Returns: nil for an operation that another bucket decides: one of a name that was told apart.
  package func link(
    _ bucket: String, _ group: [Member], _ separations: [String: Set<String>]
  ) -> [OperationIdentity?] {
    let isApart = { (left: Int, right: Int) in
      separations[group[left].document.id]?.contains(group[right].document.id) ?? false
    }
    if bucket.hasPrefix(Self.nameBucket) { return linkNamed(group, isApart) }
    let names = group.map { Self.slug($0.operation.name) }
    let isKeptApart = separations.isEmpty ? nil : isApart
    var sets = DisjointSets(group.count)
    var first: [String: Int] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      if let same = first[name] { sets.join(same, index, unless: isKeptApart) } else { first[name] = index }
    }
    var nameOfRoot = Dictionary(
      names.indices.map { (sets.root($0), names[$0]) }, uniquingKeysWith: { one, _ in one })
    let values = group.map { exactValues(of: $0.document, operation: $0.operation) }
    let pairs = Self.compare(values).filter { names[$0.left].isEmpty || names[$0.right].isEmpty }
    var evidence: [Int: Int] = [:]
    var refused: [Int: Set<Int>] = [:]
    for pair in pairs where pair.agreeing >= Self.agreeingValuesMin && pair.differing.isEmpty {
      let (left, right) = (pair.left, pair.right)
      if isApart(left, right) {
        refused[left, default: []].insert(right)
        refused[right, default: []].insert(left)
        continue
      }
      // Two names are two operations, whatever else agrees.
      let own = Set([left, right].compactMap { nameOfRoot[sets.root($0)] }.filter { !$0.isEmpty })
      guard own.count < 2, sets.join(left, right, unless: isKeptApart) else { continue }
      nameOfRoot[sets.root(left)] = own.first ?? ""
      evidence[left] = max(pair.agreeing, evidence[left] ?? 0)
      evidence[right] = max(pair.agreeing, evidence[right] ?? 0)
    }
    let namedOf = Dictionary(
      group.indices.filter { !names[$0].isEmpty }.map { (sets.root($0), $0) }, uniquingKeysWith: { min($0, $1) })
    // A name, else the document with the smallest id, names the operation, so that order of arrival plays no part.
    var identities = group.indices.map { index in
      let root = sets.root(index)
      var identity =
        namedOf[root].map { named(group[$0].operation) } ?? alone(group[root].operation, group[root].document)
      if !names[index].isEmpty { identity.operation = group[index].operation }
      let linked = evidence[index].map {
        "the same lead body, the same duration, and \($0) exact values that agree while none disagrees"
      }
      let others = (refused[index] ?? []).sorted().map { "the link to \(group[$0].document.id) was refused" }
      identity.evidence = ([linked].compactMap { $0 } + others).joined(separator: "; ")
      return identity
    }
    for pair in pairs where pair.isTelling && !pair.differing.isEmpty {
      guard sets.root(pair.left) != sets.root(pair.right), !isApart(pair.left, pair.right) else { continue }
      for (one, other) in [(pair.left, pair.right), (pair.right, pair.left)] {
        identities[one].rivals.append(
          Rival(
            document: group[other].document.id, agreeing: pair.agreeing,
            differences: pair.differing.compactMap { key in
              values[other][key].map { .init(key: key.inScope(identities[other].id), value: $0) }
            }.sorted { $0.key < $1.key }))
      }
    }
    return group.indices.map { index in
      names[index].isEmpty || separations[group[index].document.id] == nil ? identities[index] : nil
    }
  }

  /// Operations of one name, of which some links were refused: each goes with the first ones that it is not kept apart from.
  private func linkNamed(_ group: [Member], _ isApart: (Int, Int) -> Bool) -> [OperationIdentity] {
    var parties: [[Int]] = []
    return group.indices.map { index in
      let party = parties.firstIndex { !$0.contains { isApart($0, index) } } ?? parties.count
      if party == parties.count { parties.append([]) }
      parties[party].append(index)
      var identity = named(group[index].operation)
      // Who was never kept apart from anybody is of the first party, and not among these.
      if party > 0 { identity.id += "-\(group[parties[party][0]].document.id.suffix(32).prefix(8))" }
      let others = group.indices.filter { isApart($0, index) }.map { group[$0].document.id }
      identity.evidence = others.map { "the link to \($0) was refused" }.joined(separator: "; ")
      return identity
    }
  }

  private struct Pair {
    var left: Int
    var right: Int
    var agreeing = 0
    /// The largest of the values that agree.
    var largest = 0.0
    var differing: [FactKey] = []

    mutating func agree(in value: Double) {
      agreeing += 1
      largest = max(largest, value)
    }

    /// Whether enough agrees to say that the two may be of one operation.
    var isTelling: Bool { agreeing >= agreeingValuesMin || largest >= tellingValueMin }
  }

  /// Those that state a value of the same thing; what agrees most comes first.
  private static func compare(_ values: [[FactKey: Double]]) -> [Pair] {
    var pairs: [Pair] = []
    var stating: [FactKey: [Int]] = [:]
    for right in values.indices {
      var found: [Int: Pair] = [:]
      for (key, value) in values[right] {
        for left in stating[key] ?? [] {
          if values[left][key] == value {
            found[left, default: Pair(left: left, right: right)].agree(in: value)
          } else {
            found[left, default: Pair(left: left, right: right)].differing.append(key)
          }
        }
        stating[key, default: []].append(right)
      }
      pairs += found.values
    }
    return pairs.sorted { (-$0.agreeing, $0.left, $0.right) < (-$1.agreeing, $1.left, $1.right) }
  }

  /// The exact values of a document, by what they are of but for the scope: those of the body where it says anything, each
  /// key once; a key with two values has none.
  private func exactValues(of document: RecordedDocument, operation: Operation?) -> [FactKey: Double] {
    var values: [FactKey: (rank: Int, value: Double?)] = [:]
    for claim in document.claims {
      guard claim.quantity.precision == .exact, let value = claim.quantity.low,
        operation == nil || claim.operation == operation
      else { continue }
      // Within an operation a length without an anchor is the operation's own.
      let key = FactKey(
        metric: claim.metric, region: gazetteer.ground(claim.region), scope: "",
        period: claim.period.map { $0.isAnchored ? $0.key : "" } ?? "", population: claim.population.sorted())
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

  /// Joins the sets of two members, unless a member of one and a member of the other must stay apart.
  /// - Returns: whether they are one now.
  @discardableResult
  mutating func join(_ left: Int, _ right: Int, unless isApart: ((Int, Int) -> Bool)?) -> Bool {
    let (a, b) = (root(left), root(right))
    if a == b { return true }
    guard let isApart else {
      join(left, right)
      return true
    }
    let (one, other) = (parents.indices.filter { root($0) == a }, parents.indices.filter { root($0) == b })
    if one.contains(where: { member in other.contains { isApart(member, $0) } }) { return false }
    join(left, right)
    return true
  }
}
