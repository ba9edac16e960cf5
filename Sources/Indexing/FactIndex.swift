// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import HashTreeCollections
internal import Reconciliation

/// The numbers of scopes and grounds: of the fold alone, so that no snapshot makes it copy them.
struct IndexNumbers: Sendable {
  var scopes: [String: Int] = [:]
  var grounds: [String: Int] = [:]
  /// The ground of an area, by the number of the area's id among the texts; -1 where it was not looked up yet.
  var groundOfText: [Int32] = []
  /// What stands in keys for an area and for a period, by their numbers; nil where it was not looked up yet.
  private var groundWords: [String?] = []
  private var periodWords: [String?] = []

  /// What stands in the keys of a document's claims for their areas and periods.
  mutating func words(of document: RecordedDocument, _ texts: [ClaimNumbers], _ reconciler: Reconciler) -> [KeyWords] {
    document.claims.withUnsafeBufferPointer { claims in
      claims.indices.map { index in
        let text = texts[index]
        return KeyWords(
          ground: Self.word(text.region, &groundWords) { reconciler.ground(of: claims[index].region) },
          period: Self.word(text.period, &periodWords) { claims[index].period?.key ?? "" })
      }
    }
  }

  private static func word(_ number: UInt32, _ words: inout [String?], _ make: () -> String) -> String {
    let number = Int(number)
    while words.count <= number { words.append(nil) }
    if let known = words[number] { return known }
    let word = make()
    words[number] = word
    return word
  }
}

/// What facts are of, by the hashes of their keys, in parts: a change after a snapshot copies one small part.
struct FactTable: Sendable {
  struct Entry: Sendable {
    var scope: UInt32
    var ground: UInt32
    var claims: UInt32
  }

  private static let partBits = 12
  private var parts: ChunkedArray<[UInt64: Entry]>
  private(set) var count = 0

  init() {
    parts = ChunkedArray()
    for _ in 0..<1 << Self.partBits { parts.append([:]) }
  }

  private static func part(_ hash: UInt64) -> Int { Int(hash >> (64 - UInt64(partBits))) }

  subscript(hash: UInt64) -> Entry? { parts[Self.part(hash)][hash] }

  /// Counts a claim of a fact, or one less.
  /// - Returns: 1 where the fact is new, -1 where it is gone.
  mutating func change(_ hash: UInt64, _ scope: Int, _ ground: Int, by sign: Int) -> Int {
    let part = Self.part(hash)
    var step = 0
    if sign > 0 {
      step = Self.increase(&parts[part][hash, default: Entry(scope: UInt32(scope), ground: UInt32(ground), claims: 0)])
    } else if let entry = parts[part][hash] {
      step = entry.claims > 1 ? 0 : -1
      parts[part][hash] =
        entry.claims > 1 ? Entry(scope: entry.scope, ground: entry.ground, claims: entry.claims - 1) : nil
    }
    count += step
    return step
  }

  private static func increase(_ entry: inout Entry) -> Int {
    entry.claims += 1
    return entry.claims == 1 ? 1 : 0
  }
}

/// The numbers of a claim's metric and area among the texts, and of its period: 0 for none.
struct ClaimNumbers: Sendable {
  var metric: UInt32
  var region: UInt32
  var period: UInt32
}

/// Which facts there are, where they stand and which documents they are made of; the facts themselves are made when they
/// are asked for.
struct FactIndex: Sendable {
  /// Claims of a document that stand next to each other, by their place in it.
  struct Run: Sendable {
    var document: UInt32
    var first: UInt32
    var count: UInt32
  }

  struct Scope: Sendable {
    var id: String
    /// The claims in it, document by document.
    var runs: [Run] = []
    /// The revision that changed it last.
    var version: UInt64 = 0

    mutating func append(_ document: Int, _ offset: Int) {
      let (document, offset) = (UInt32(document), UInt32(offset))
      if let last = runs.indices.last, runs[last].document == document, runs[last].first + runs[last].count == offset {
        runs[last].count += 1
      } else {
        runs.append(Run(document: document, first: offset, count: 1))
      }
    }
  }

  struct Ground: Sendable {
    var id: String
    var factCount = 0
    /// Scopes that have, or had, facts here; some more than once.
    private(set) var scopes: [UInt32] = []
    /// The revision that changed it last.
    var version: UInt64 = 0

    mutating func count(_ scope: UInt32, by step: Int, revision: UInt64) {
      version = revision
      factCount += step
      guard step > 0, scopes.last != scope else { return }
      // Each fact brings its scope once: more than twice as many are mostly repeats, or gone.
      if scopes.count > 64, scopes.count > factCount * 2 { scopes = Array(Set(scopes)) }
      scopes.append(scope)
    }
  }

  private(set) var facts = FactTable()
  /// Figures that a share may give.
  private(set) var derivable = FactTable()
  private(set) var scopes = ChunkedArray<Scope>()
  private(set) var grounds = ChunkedArray<Ground>()
  private(set) var groundOf = TreeDictionary<String, Int>()
  /// By the number of a text: claims that state it as their area; facts of which it is the metric.
  private var stated = ChunkedArray<Int32>()
  private var metrics = ChunkedArray<Int32>()
  /// The numbers of texts that are areas.
  private var numberOfRegion = TreeDictionary<String, UInt32>()
  private(set) var claimCount = 0
  /// Two sums over all claims and their facts: replicas that hold the same have the same, in whatever order it came.
  private(set) var digest: (UInt64, UInt64) = (0, 0)

  /// Where a fact stands; nil if there is none of that hash.
  func place(ofFact hash: UInt64) -> FactTable.Entry? { facts[hash] ?? derivable[hash] }

  /// Whether claims state an area as their own.
  func isStated(_ region: String) -> Bool { numberOfRegion[region].map { stated[Int($0)] > 0 } ?? false }

  /// Facts of each metric that has any.
  func factsByMetric(_ texts: ChunkedArray<String>) -> [String: Int] {
    var result: [String: Int] = [:]
    for number in metrics.indices where metrics[number] > 0 { result[texts[number]] = Int(metrics[number]) }
    return result
  }

  /// Adds what a document says, or takes all of it away.
  ///
  /// - Parameters:
  ///   - sign: 1 or -1.
  ///   - keys: what each of the document's claims is of.
  ///   - texts: the numbers of each claim's metric and area.
  ///   - offsets: each claim's place in the document as it was recorded; nil where it is the same.
  mutating func change(
    by sign: Int, _ document: RecordedDocument, at place: Int, _ keys: [FactKey], _ texts: [ClaimNumbers],
    offsets: [Int]?, revision: UInt64, _ numbers: inout IndexNumbers
  ) {
    let documentHash = FNV1a.hash(document.id.utf8)
    var scope = -1
    var scopeID = ""
    for index in keys.indices {
      if scope < 0 || keys[index].scope != scopeID {
        scopeID = keys[index].scope
        scope = number(ofScope: scopeID, &numbers)
        scopes[scope].version = revision
        if sign < 0 { scopes[scope].runs.removeAll { $0.document == UInt32(place) } }
      }
      if sign > 0 { scopes[scope].append(place, offsets?[index] ?? index) }
      let text = texts[index]
      let ground = ground(ofText: Int(text.region), keys[index].region, document.claims[index].region, &numbers)
      let hash = keys[index].hash
      let step = facts.change(hash, scope, ground, by: sign)
      if step != 0 {
        while metrics.count <= Int(text.metric) { metrics.append(0) }
        metrics[Int(text.metric)] += Int32(step)
      }
      grounds[ground].count(UInt32(scope), by: step, revision: revision)
      if let whole = keys[index].ofWhole { _ = derivable.change(whole.hash, scope, ground, by: sign) }
      stated[Int(text.region)] += Int32(sign)
      let (first, second) = document.claims.withUnsafeBufferPointer { Self.digest($0[index], documentHash, hash) }
      digest = sign > 0 ? (digest.0 &+ first, digest.1 &+ second) : (digest.0 &- first, digest.1 &- second)
    }
    claimCount += sign * keys.count
  }

  private mutating func number(ofScope id: String, _ numbers: inout IndexNumbers) -> Int {
    if let known = numbers.scopes[id] { return known }
    numbers.scopes[id] = scopes.count
    scopes.append(Scope(id: id))
    return scopes.count - 1
  }

  private mutating func ground(
    ofText text: Int, _ id: String, _ region: String, _ numbers: inout IndexNumbers
  ) -> Int {
    while numbers.groundOfText.count <= text { numbers.groundOfText.append(-1) }
    if numbers.groundOfText[text] >= 0 { return Int(numbers.groundOfText[text]) }
    while stated.count <= text { stated.append(0) }
    numberOfRegion[region] = UInt32(text)
    let ground = numbers.grounds[id] ?? grounds.count
    if ground == grounds.count {
      numbers.grounds[id] = ground
      groundOf[id] = ground
      grounds.append(Ground(id: id))
    }
    numbers.groundOfText[text] = Int32(ground)
    return ground
  }

  private static func digest(_ claim: Claim, _ document: UInt64, _ fact: UInt64) -> (UInt64, UInt64) {
    var state = mixed(fact ^ document &* 0x9e37_79b9_7f4a_7c15)
    state = mixed(state ^ UInt64(claim.span.start) << 16 ^ UInt64(PackedClaim.traits(claim)))
    state = mixed(state ^ (claim.quantity.low?.bitPattern ?? 1))
    state = mixed(state ^ (claim.quantity.high?.bitPattern ?? 2))
    return (state, mixed(state &+ 0x9e37_79b9_7f4a_7c15))
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
