// SPDX-License-Identifier: Apache-2.0

import FiguresModel
import FiguresProto
import Gazetteer
@testable import Indexing
import Reconciliation
import Testing

private struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

private let text = (0..<40).map { "\($0 + 10) people were arrested.\n" }.joined()

/// A document whose claims stand where its text says them.
private func randomDocument(_ number: Int, _ random: inout Seeded) -> RecordedDocument {
  let operations = [
    nil, Operation(name: "Operation Test", summary: "Operation Test"),
    Operation(lead: "org/national-crime-agency", duration: "P6M", summary: "six-month operation"),
    Operation(
      name: "Operation Test", lead: "org/national-crime-agency", duration: "P6M", summary: "Operation Test"),
    Operation(
      name: "Operation Other", lead: "org/national-crime-agency", duration: "P6M", summary: "Operation Other"),
  ]
  let operation = operations.randomElement(using: &random) ?? nil
  // Many documents agree in all they say, so that evidence links some.
  let values = Bool.random(using: &random) ? 30...30 : 30...34
  let claims = (0..<Int.random(in: 1...10, using: &random)).map { line in
    let start = line * 27
    return Claim(
      span: Span(start, start + 2), numberText: "\(line + 10)", quote: "\(line + 10) people were arrested.",
      quantity: Quantity(
        Double(Int.random(in: values, using: &random)),
        [.exact, .exact, .moreThan, .about].randomElement(using: &random) ?? .exact,
        unit: "persons"),
      metric: ["arrests", "charges", "arrests_share"].randomElement(using: &random) ?? "arrests",
      region: ["gb", "force/west-midlands", "county/west-midlands", "lad/dudley", ""].randomElement(using: &random)
        ?? "gb",
      period: Bool.random(using: &random)
        ? nil : Period(start: CalendarDate("2020-01-01"), end: CalendarDate("2020-12-31"), text: "2020"),
      operation: operation,
      population: Bool.random(using: &random) ? [] : [Dimension("sex", "male")], populationText: "men",
      section: [.body, .headline].randomElement(using: &random) ?? .body,
      partOf: line > 3 ? 0 : nil, rules: ["rule"], remainder: line == 9 ? Remainder(whole: 0, parts: [27]) : nil)
  }
  return RecordedDocument(
    id: "doc/\(number)", document: Document(title: "T", text: text), claims: claims, extractor: "1", revision: 0)
}

private func line(_ fact: Fact) -> String {
  "\(fact.id) \(fact.quantity) \(fact.region) \(fact.agreement) \(fact.sourceCount) \(fact.documentCount) \(fact.claims.count) "
    + "\(fact.partOf) \(fact.operation?.id ?? "") "
    + fact.relations.map { "\($0.kind) \($0.members) \($0.check) \($0.detail)" }.joined(separator: ";")
}

/// All facts of a snapshot: of the areas of the random documents, and of none.
private func lines(_ snapshot: Snapshot) -> Set<String> {
  var result: Set<String> = []
  for region in ["gb", "force/west-midlands", "lad/dudley", ""] {
    for fact in snapshot.area(region, subAreas: .none).facts { result.insert(line(fact)) }
  }
  return result
}

/// What counts after an entry.
private struct Held {
  /// As they were recorded.
  private var recorded: [String: RecordedDocument] = [:]
  /// By document and the start of a claim's span.
  private var corrections: [String: [Int: Correction]] = [:]
  private(set) var separations: [String: Set<String>] = [:]

  var documents: [String: RecordedDocument] {
    recorded.mapValues { document in
      var document = document
      let standing = corrections[document.id] ?? [:]
      document.claims = document.claims.compactMap { claim in
        guard let correction = standing[claim.span.start] else { return claim }
        return correction.isWithdrawal ? nil : correction.applied(to: claim)
      }
      return document
    }
  }

  mutating func apply(_ body: EntryBody) {
    switch body {
    case .document(let document):
      // Corrections of what is read again stand where its numbers do.
      let starts = Set(document.claims.map(\.span.start))
      let isAgain = recorded[document.id] != nil
      corrections[document.id] = isAgain ? corrections[document.id]?.filter { starts.contains($0.key) } : nil
      recorded[document.id] = document
    case .retraction(let id, _): recorded[id] = nil
    case .correction(let id, let start, _, let correction):
      guard recorded[id]?.claims.contains(where: { $0.span.start == start }) == true else { return }
      corrections[id, default: [:]][start] = correction
    case .separation(let separation):
      let (one, other) = separation.documents
      if separation.isWithdrawn {
        separations[one]?.remove(other)
        separations[other]?.remove(one)
        separations = separations.filter { !$1.isEmpty }
      } else {
        separations[one, default: []].insert(other)
        separations[other, default: []].insert(one)
      }
    }
  }
}

private func expected(_ held: Held) -> Set<String> {
  Set(
    Reconciler(gazetteer: .bundled, catalog: .bundled)
      .facts(held.documents.values.sorted { $0.id < $1.id }, separations: held.separations).map(line))
}

/// Random entries, with the documents that count after each.
private func randomHistory(_ seed: Int) -> (entries: [JournalEntry], states: [Held]) {
  var random = Seeded(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
  var entries: [JournalEntry] = []
  var states: [Held] = []
  var now = Held()
  for number in 0..<24 {
    var body = EntryBody.document(randomDocument(number % 9, &random))
    let known = now.documents.keys.sorted()
    if let id = known.randomElement(using: &random), let document = now.documents[id] {
      switch Int.random(in: 0..<8, using: &random) {
      case 0: body = .retraction(documentID: id, reason: "withdrawn")
      case 1:
        let claim = document.claims.randomElement(using: &random)
        let correction =
          Bool.random(using: &random)
          ? Correction() : Correction(quantity: Quantity(33, .exact, unit: "persons"), region: "lad/dudley")
        body = .correction(documentID: id, start: claim?.span.start ?? 0, reason: "misread", correction)
      case 2: body = .retraction(documentID: "doc/none", reason: "unknown")
      case 3, 4:
        guard let other = known.randomElement(using: &random), other != id else { break }
        let isWithdrawn = now.separations[id]?.contains(other) ?? false
        body = .separation(Separation(id, other, reason: "two of them", isWithdrawn: isWithdrawn))
      default: break
      }
    }
    now.apply(body)
    var entry = JournalEntry(recordedAtMilliseconds: Int64(number * 1000), requestID: "", body: body)
    entry.revision = UInt64(number + 1)
    entries.append(entry)
    states.append(now)
  }
  return (entries, states)
}

@Suite struct FoldTests {
  @Test(arguments: 1...40) func `an incremental fold holds what all documents at once give`(seed: Int) throws {
    let (entries, states) = randomHistory(seed)
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    for (entry, state) in zip(entries, states) {
      try fold.apply(entry)
      let snapshot = fold.snapshot()
      #expect(lines(snapshot) == expected(state))
      #expect(snapshot.documentCount == state.documents.count)
      #expect(snapshot.claimCount == state.documents.values.reduce(0) { $0 + $1.claims.count })
      // A figure that is only derived has no claim of its own, and is not counted.
      let stated = expected(state).count { !$0.contains("derivedFrom") }
      #expect(snapshot.factCount == stated)
    }
  }

  @Test(arguments: 1...12) func `a reading of the past is what was held then`(seed: Int) throws {
    let (entries, states) = randomHistory(seed)
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    var digests: [String] = []
    for entry in entries {
      try fold.apply(entry)
      digests.append(fold.snapshot().digest)
    }
    let newest = fold.snapshot()
    let past = PastSnapshots()
    for (index, state) in states.enumerated() {
      let snapshot = past.snapshot(at: UInt64(index + 1), of: newest)
      #expect(lines(snapshot) == expected(state))
      #expect(snapshot.digest == digests[index] && snapshot.revision == UInt64(index + 1))
      #expect(newest.revision(at: Int64(index * 1000)) == UInt64(index + 1))
    }
    #expect(newest.revision(at: -1) == 0)
  }

  @Test(arguments: 1...12) func `the digest tells what is held, and not how it came`(seed: Int) throws {
    let (_, states) = randomHistory(seed)
    let state = states[states.count - 1]
    var digests: Set<String> = []
    for order in 0..<3 {
      var fold = Fold(gazetteer: .bundled, catalog: .bundled)
      let documents = state.documents.values.sorted { order == 0 ? $0.id < $1.id : $0.id > $1.id }
      for (number, document) in documents.enumerated() {
        var entry = JournalEntry(recordedAtMilliseconds: 0, requestID: "", body: .document(document))
        entry.revision = UInt64(number + 1)
        try fold.apply(entry)
      }
      digests.insert(fold.snapshot().digest)
    }
    #expect(digests.count == 1)
  }

  @Test(arguments: 1...12) func `packed claims come back as they were`(seed: Int) throws {
    var random = Seeded(state: UInt64(seed))
    var documents = (0..<5).map { randomDocument($0, &random) }
    // Words that are not where the claim says are kept beside it.
    documents[0].claims[0].quote = "words from elsewhere"
    documents[1].document.text = ""
    documents[2].claims[0].period = Period(duration: "P6M", text: "six months")
    documents[3].claims[0].quantity = Quantity(low: nil, high: 5, precision: .vague, unit: "percent")
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    for (number, document) in documents.enumerated() {
      var entry = JournalEntry(recordedAtMilliseconds: 0, requestID: "", body: .document(document))
      entry.revision = UInt64(number + 1)
      try fold.apply(entry)
    }
    let snapshot = fold.snapshot()
    for document in documents { #expect(snapshot.document(document.id)?.claims == document.claims) }
  }

  @Test func `an entry that is missing is noticed, and one that came again changes nothing`() throws {
    let (entries, _) = randomHistory(1)
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    try fold.apply(entries[0])
    let before = fold.snapshot().digest
    try fold.apply(entries[0])
    #expect(fold.snapshot().digest == before)
    #expect(throws: FoldError.self) { try fold.apply(entries[2]) }
  }

  @Test func `a snapshot stays as it was while the fold goes on`() throws {
    let (entries, states) = randomHistory(3)
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    var kept: [(Snapshot, Held)] = []
    for (entry, state) in zip(entries, states) {
      try fold.apply(entry)
      kept.append((fold.snapshot(), state))
    }
    for (snapshot, state) in kept { #expect(lines(snapshot) == expected(state)) }
  }
}

@Suite struct ReleaseTests {
  /// A release of three years: the districts of the West Midlands, its force, and many other areas.
  private func release() -> [RecordedDocument] {
    let districts = ["birmingham", "coventry", "dudley", "sandwell", "solihull", "walsall", "wolverhampton"].map {
      "lad/" + $0
    }
    let others = Gazetteer.bundled.regions.map(\.id).filter { $0.hasPrefix("lad/") && !districts.contains($0) }.prefix(
      300)
    var rows: [(region: String, year: Int, sex: String, value: Int)] = []
    for year in 2020...2022 {
      for (number, region) in (districts + others).enumerated() {
        rows.append((region, year, "", number + year % 10))
        rows.append((region, year, "male", number))
      }
      rows.append(("force/west-midlands", year, "", 21 + districts.count * (year % 10) + (year == 2022 ? 1 : 0)))
      rows.append(("gb", year, "", 99_999))
    }
    return stride(from: 0, to: rows.count, by: 100).map { start in
      var text = ""
      var claims: [Claim] = []
      for row in rows[start..<min(start + 100, rows.count)] {
        let at = text.utf8.count
        text += "\(row.value),\(row.region),\(row.year),\(row.sex)\n"
        claims.append(
          Claim(
            span: Span(at, at + "\(row.value)".utf8.count), numberText: "\(row.value)", quote: "\(row.value)",
            quantity: Quantity(Double(row.value), .exact, unit: "persons"), metric: "arrests", region: row.region,
            period: Period(stated: "\(row.year)"), population: row.sex.isEmpty ? [] : [Dimension("sex", row.sex)],
            section: .table))
      }
      return RecordedDocument(
        id: "doc/\(start)", document: Document(text: text, release: "r"), claims: claims, extractor: "rows/1",
        revision: 0)
    }
  }

  @Test func `a part of a large release gives the facts that the whole gives`() throws {
    let documents = release()
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    for (number, document) in documents.enumerated() {
      var entry = JournalEntry(recordedAtMilliseconds: 0, requestID: "", body: .document(document))
      entry.revision = UInt64(number + 1)
      try fold.apply(entry)
    }
    let snapshot = fold.snapshot()
    let whole = Reconciler(gazetteer: .bundled, catalog: .bundled).facts(documents.sorted { $0.id < $1.id })
    #expect(snapshot.factCount == whole.count)
    for region in ["force/west-midlands", "lad/dudley", "gb"] {
      let area = snapshot.area(region, subAreas: .parts)
      let shown = Set(area.figures(of: region, subAreas: .parts).map { area[$0].id })
      #expect(!shown.isEmpty)
      for fact in whole where shown.contains(fact.id) {
        #expect(area.facts.first { $0.id == fact.id }.map(line) == line(fact))
        #expect(snapshot.fact(fact.id).map { line($0.fact) } == line(fact))
      }
    }
    let force = whole.filter { $0.region == "force/west-midlands" }.sorted { $0.id < $1.id }
    #expect(force.map { $0.relations.first { $0.kind == .totalOf }?.check == .holds }.count { $0 } == 2)
    // Far fewer claims than the whole were read for one district.
    #expect(snapshot.area("lad/dudley", subAreas: .parts).facts.count < 20)
  }
}

@Suite struct SuppressionTests {
  /// Totals of seven districts, of men and women, and of both, with small numbers among them.
  private func facts(_ seed: Int) -> [Fact] {
    var random = Seeded(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
    let districts = ["birmingham", "coventry", "dudley", "sandwell", "solihull", "walsall", "wolverhampton"].map {
      "lad/" + $0
    }
    var values: [(region: String, sex: String, value: Int)] = []
    for region in districts {
      let (men, women) = (Int.random(in: 0...9, using: &random), Int.random(in: 0...9, using: &random))
      values += [(region, "male", men), (region, "female", women), (region, "", men + women)]
    }
    for sex in ["male", "female", ""] {
      let sum = values.filter { $0.sex == sex && $0.region.hasPrefix("lad/") }.reduce(0) { $0 + $1.value }
      values.append(("force/west-midlands", sex, sum))
    }
    let claims = values.enumerated().map { index, row in
      Claim(
        span: Span(index * 10, index * 10 + 1), numberText: "", quote: "",
        quantity: Quantity(Double(row.value), .exact, unit: "persons"), metric: "arrests", region: row.region,
        population: row.sex.isEmpty ? [] : [Dimension("sex", row.sex)])
    }
    let document = RecordedDocument(
      id: "doc/1", document: Document(text: "x"), claims: claims, extractor: "1", revision: 1)
    return Reconciler(gazetteer: .bundled, catalog: .bundled).facts([document])
  }

  @Test(arguments: 1...100) func `no hidden figure is the only unknown of a sum`(seed: Int) {
    let facts = facts(seed)
    let hidden = Suppression(facts, below: 3).hidden
    var sums = 0
    for fact in facts {
      if let value = fact.quantity.low, value > 0, value < 3 { #expect(hidden.contains(fact.id)) }
      for relation in fact.relations where relation.kind == .totalOf {
        sums += 1
        #expect(([fact.id] + relation.members).count { hidden.contains($0) } != 1)
      }
    }
    #expect(sums == 11)
    #expect(Suppression(facts, below: 0).hidden.isEmpty)
  }
}

@Suite struct AnswerCacheTests {
  @Test func `a ready answer stands until one of its areas changes`() throws {
    func document(_ id: String, _ region: String) -> JournalEntry {
      let claim = Claim(
        span: Span(0, 2), numberText: "10", quote: "10 people", quantity: Quantity(10, .exact, unit: "persons"),
        metric: "arrests", region: region)
      return JournalEntry(
        recordedAtMilliseconds: 0, requestID: "",
        body: .document(
          RecordedDocument(
            id: id, document: Document(text: "10 people"), claims: [claim], extractor: "1", revision: 0)))
    }
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    let cache = AnswerCache()
    func find(_ name: String, _ snapshot: Snapshot) -> ReadyAnswer? {
      Array(name.utf8).withUnsafeBytes { cache.find($0, snapshot) }
    }
    func keep(_ name: String, _ snapshot: Snapshot) throws {
      let answer = try #require(GeneralAnswer.ready(name, snapshot))
      Array(name.utf8).withUnsafeBytes { cache.keep(answer, for: $0, snapshot) }
    }
    for (number, region) in ["lad/leeds", "lad/leeds", "lad/dudley", "lad/leeds"].enumerated() {
      var entry = document("doc/\(number)", region)
      entry.revision = UInt64(number + 1)
      try fold.apply(entry)
      let snapshot = fold.snapshot()
      switch number {
      case 0:
        #expect(find("Leeds", snapshot) == nil)
        try keep("Leeds", snapshot)
        try keep("Dudley", snapshot)
        #expect(find("Leeds", snapshot) != nil)
      case 1:
        #expect(find("Leeds", snapshot) == nil && find("Dudley", snapshot) != nil)
        try keep("Leeds", snapshot)
      case 2: #expect(find("Leeds", snapshot) != nil && find("Dudley", snapshot) == nil)
      default: #expect(find("Leeds", snapshot) == nil)
      }
    }
  }

  @Test func `a new part in another area ends the answer of the whole`() throws {
    let operation = Operation(name: "Operation Test", summary: "Operation Test")
    func entry(_ number: Int, _ region: String, _ value: Double) -> JournalEntry {
      let claim = Claim(
        span: Span(0, 2), numberText: "10", quote: "10 people", quantity: Quantity(value, .exact, unit: "persons"),
        metric: "arrests", region: region, operation: operation)
      let document = RecordedDocument(
        id: "doc/\(number)", document: Document(text: "10 people"), claims: [claim], extractor: "1", revision: 0)
      var entry = JournalEntry(recordedAtMilliseconds: 0, requestID: "", body: .document(document))
      entry.revision = UInt64(number)
      return entry
    }
    var fold = Fold(gazetteer: .bundled, catalog: .bundled)
    try fold.apply(entry(1, "force/west-midlands", 41))
    let before = fold.snapshot()
    let answer = try #require(GeneralAnswer.ready("force/west-midlands", before))
    #expect(before.stands(answer))
    #expect(before.listing("force/west-midlands", subAreas: .parts).figures.count == 1)
    try fold.apply(entry(2, "lad/dudley", 6))
    let after = fold.snapshot()
    #expect(!after.stands(answer))
    #expect(after.listing("force/west-midlands", subAreas: .parts).figures.count == 2)
  }

  @Test func `more names than there is room for do no harm`() throws {
    let snapshot = Fold(gazetteer: .bundled, catalog: .bundled).snapshot()
    let cache = AnswerCache()
    let answer = try #require(GeneralAnswer.ready("gb", snapshot))
    for number in 0..<10_000 {
      Array("name \(number)".utf8).withUnsafeBytes { cache.keep(answer, for: $0, snapshot) }
    }
    Array("name 9999".utf8).withUnsafeBytes { #expect(cache.find($0, snapshot) === answer) }
    Array("name 1".utf8).withUnsafeBytes { #expect(cache.find($0, snapshot) == nil) }
  }
}
