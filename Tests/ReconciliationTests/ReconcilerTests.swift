// SPDX-License-Identifier: Apache-2.0

import FiguresModel
import Gazetteer
@testable import Reconciliation
import Testing

private let operation = Operation(lead: "org/national-crime-agency", duration: "P6M", summary: "six-month operation")

private func claim(
  _ value: Double, _ precision: Precision = .exact, metric: String = "arrests", region: String = "gb",
  section: Section = .body, at start: Int = 0, operation: Operation? = operation, population: [Dimension] = [],
  certainty: Certainty = .stated, period: Period? = nil
) -> Claim {
  Claim(
    span: Span(start, start + 1), numberText: "", quote: "", quantity: Quantity(value, precision, unit: "persons"),
    metric: metric, region: region, period: period, operation: operation, population: population,
    certainty: certainty, section: section)
}

private func document(_ id: String, _ claims: [Claim]) -> RecordedDocument {
  RecordedDocument(id: id, document: Document(text: id), claims: claims, extractor: "test", revision: 1)
}

private func facts(_ documents: [RecordedDocument]) -> [Fact] {
  Reconciler(gazetteer: .bundled, catalog: .bundled).facts(documents.sorted { $0.id < $1.id })
}

@Suite struct ReconcilerTests {
  @Test func `compatible claims agree on the tightest`() throws {
    let fact = try #require(facts([document("a", [claim(600, .moreThan), claim(660), claim(200, .vague)])]).first)
    #expect(fact.quantity.text == "660")
    #expect(fact.agreement == .agreed)
  }

  @Test func `the body weighs more than a caption`() throws {
    let claims = [
      claim(600, section: .caption), claim(600, section: .caption), claim(660), claim(200, .vague),
      claim(600, .moreThan),
    ]
    let fact = try #require(facts([document("a", claims)]).first)
    #expect(fact.quantity.text == "660")
    #expect(fact.agreement == .conflict)
    #expect(fact.conflicting == ["600"])
    #expect(fact.claims.filter { $0.rank == .conflicts }.count == 2)
  }

  @Test func `a tie is disputed, and both stand`() throws {
    let fact = try #require(facts([document("a", [claim(40), claim(41)])]).first)
    #expect(fact.agreement == .disputed)
    #expect(fact.claims.count == 2)
  }

  @Test func `repeats in one document count once`() throws {
    let many = document("a", [claim(40), claim(40), claim(40)])
    let fact = try #require(facts([many, document("b", [claim(41, operation: nil)])]).first { $0.operation != nil })
    #expect(fact.documentCount == 1 && fact.sourceCount == 1)
  }

  @Test func `what is hedged gives way`() throws {
    let fact = try #require(facts([document("a", [claim(35, certainty: .hedged), claim(40)])]).first)
    #expect(fact.quantity.text == "40" && fact.agreement == .conflict)
  }

  @Test func `an unnamed operation is linked by two agreeing values and no other`() {
    let shared = [claim(45, metric: "forces_involved"), claim(833, metric: "properties_searched")]
    let linked = facts([document("a", shared + [claim(660)]), document("b", shared + [claim(400, .moreThan)])])
    #expect(Set(linked.compactMap { $0.operation?.id }).count == 1)
    #expect(linked.first { $0.metric == "arrests" }?.documentCount == 2)
    let one = facts([document("a", [shared[0], claim(660)]), document("b", [shared[0], claim(400, .moreThan)])])
    #expect(Set(one.compactMap { $0.operation?.id }).count == 2)
    let against = facts([document("a", shared + [claim(660)]), document("b", shared + [claim(661)])])
    #expect(Set(against.compactMap { $0.operation?.id }).count == 2)
  }

  @Test func `a document that agrees and contradicts is not linked, and both tell of it`() throws {
    let shared = [claim(45, metric: "forces_involved"), claim(833, metric: "properties_searched")]
    let list = facts([
      document("a", shared + [claim(660)]), document("b", shared + [claim(655), claim(12, metric: "charges")]),
    ])
    let arrests = list.filter { $0.metric == "arrests" }
    #expect(Set(arrests.map(\.quantity.text)) == ["660", "655"] && arrests.allSatisfy { $0.agreement == .single })
    for (fact, other) in [(arrests[0], arrests[1]), (arrests[1], arrests[0])] {
      let relation = try #require(fact.relations.first { $0.kind == .conflictsWith })
      #expect(relation.members == [other.id] && relation.check == .fails)
      #expect(fact.check.contains("says \(other.quantity.text)") && fact.check.contains("2 values are the same"))
    }
    #expect(list.filter { $0.metric != "arrests" }.allSatisfy { $0.relations.isEmpty })
    // One value that agrees links nothing; and where it is small it tells nothing.
    let small = facts([document("a", [shared[0], claim(660)]), document("b", [shared[0], claim(655)])])
    #expect(small.allSatisfy { $0.relations.isEmpty })
    let large = facts([document("a", [shared[1], claim(660)]), document("b", [shared[1], claim(655)])])
    #expect(large.filter { $0.metric == "arrests" }.allSatisfy { $0.check.contains("and one value is the same") })
  }

  @Test func `evidence links what has no name to what has one`() throws {
    func named(_ name: String) -> Operation {
      Operation(name: name, lead: operation.lead, duration: operation.duration, summary: name)
    }
    func shared(_ operation: Operation) -> [Claim] {
      [
        claim(45, metric: "forces_involved", operation: operation),
        claim(833, metric: "properties_searched", operation: operation),
      ]
    }
    let described = document("a", shared(operation) + [claim(660)])
    let test = named("Operation Test")
    let one = facts([described, document("b", shared(test) + [claim(600, .moreThan, operation: test)])])
    #expect(Set(one.compactMap { $0.operation?.id }) == ["op/operation-test"])
    let arrests = try #require(one.first { $0.metric == "arrests" })
    #expect(arrests.quantity.text == "660" && arrests.documentCount == 2)
    #expect(arrests.operation?.evidence.contains("2 exact values that agree") == true)
    // What contradicts stays apart, and both tell of it.
    let against = facts([described, document("b", shared(test) + [claim(655, operation: test)])])
    #expect(Set(against.compactMap { $0.operation?.id }).count == 2)
    #expect(
      against.filter { $0.metric == "arrests" }.allSatisfy { $0.relations.contains { $0.kind == .conflictsWith } })
    // Two names are two operations, whatever else agrees: the one without a name is of the first.
    let other = named("Operation Other")
    let two = facts([described, document("b", shared(test)), document("c", shared(other))])
    #expect(Set(two.compactMap { $0.operation?.id }) == ["op/operation-test", "op/operation-other"])
    #expect(two.first { $0.metric == "arrests" }?.operation?.id == "op/operation-test")
    // A refused link between the two is not made by way of a third of that name.
    let reconciler = Reconciler(gazetteer: .bundled, catalog: .bundled)
    let apart = reconciler.facts(
      [described, document("b", shared(test)), document("c", shared(test))], separations: ["a": ["b"], "b": ["a"]])
    #expect(apart.first { $0.metric == "arrests" }?.operation?.operation.name.isEmpty == true)
    #expect(Set(apart.compactMap { $0.operation?.id }).count == 2)
  }

  @Test func `a link that was refused is not made`() throws {
    let shared = [claim(45, metric: "forces_involved"), claim(833, metric: "properties_searched")]
    let documents = ["a", "b", "c"].map { document($0, shared) }
    let reconciler = Reconciler(gazetteer: .bundled, catalog: .bundled)
    func operations(_ separations: [String: Set<String>], _ documents: [RecordedDocument]) -> [Int] {
      let facts = reconciler.facts(documents, separations: separations)
      return facts.filter { $0.metric == "forces_involved" }.map(\.documentCount).sorted()
    }
    #expect(operations([:], documents) == [3])
    #expect(operations(["a": ["b"], "b": ["a"]], documents) == [1, 2])
    let apart = ["a": Set(["b", "c"]), "b": ["a", "c"], "c": ["a", "b"]]
    #expect(operations(apart, documents) == [1, 1, 1])
    let evidence = reconciler.facts(documents, separations: apart).compactMap { $0.operation?.evidence }
    #expect(evidence.allSatisfy { $0.contains("was refused") })
    // A name links as well, and may be refused.
    let name = Operation(name: "Operation Test", summary: "Operation Test")
    let named = ["a", "b", "c"].map { document($0, [claim(45, metric: "forces_involved", operation: name)]) }
    #expect(operations([:], named) == [3])
    #expect(operations(["b": ["c"], "c": ["b"]], named) == [1, 2])
  }

  @Test func `areas add up only where they cover the whole`() throws {
    let parts = [
      "lad/birmingham", "lad/coventry", "lad/dudley", "lad/sandwell", "lad/solihull", "lad/walsall",
      "lad/wolverhampton",
    ]
    func rollUps(_ claims: [Claim], for region: String = "force/west-midlands") -> [RollUp] {
      RollUp.find(in: facts([document("a", claims)]), for: region, .bundled, .bundled)
    }
    let all = parts.enumerated().map { claim(Double($0 + 1), region: $1, at: $0 * 2) }
    let sum = try #require(rollUps(all).first)
    #expect(sum.quantity?.text == "28" && sum.formula == "1 + 2 + 3 + 4 + 5 + 6 + 7" && sum.inputs.count == 7)
    let lacking = try #require(rollUps(Array(all.dropLast())).first)
    #expect(lacking.quantity == nil && lacking.missing.map(\.id) == ["lad/wolverhampton"])
    #expect(lacking.reason == "1 area has no figure")
    // The area's own figure, one of two periods, or a metric that does not add up: nothing to roll up.
    #expect(rollUps(all + [claim(28, region: "force/west-midlands", at: 50)]).isEmpty)
    let year = Period(start: CalendarDate("2020-01-01"), end: CalendarDate("2020-12-31"))
    let mixed = [claim(9, region: parts[0], at: 60, period: year)] + all.dropFirst()
    #expect(rollUps(mixed).allSatisfy { $0.quantity == nil && !$0.inputs.isEmpty })
    #expect(rollUps(all.map { claim(0.5, metric: "arrests_share", region: $0.region, at: $0.span.start) }).isEmpty)
    // What lies in an area that is counted is counted there.
    let inner = all + [claim(1, region: "place/walsall", at: 70)]
    #expect(rollUps(inner).first?.quantity?.text == "28")
    // Bounds add up as bounds.
    let bounds = [claim(5, .moreThan, region: parts[0])] + all.dropFirst()
    #expect(rollUps(bounds).first?.quantity?.text == "at least 32")
    #expect(rollUps(all, for: "gb").first?.reason.contains("have no figure") == true)
    #expect(rollUps(all, for: "fr").isEmpty)
  }

  @Test func `figures of documents without an operation never meet`() {
    let list = facts([document("a", [claim(12, operation: nil)]), document("b", [claim(13, operation: nil)])])
    #expect(list.count == 2 && list.allSatisfy { $0.agreement == .single })
  }

  @Test func `sums are checked where the parts are closed`() throws {
    let boroughs = [
      "birmingham": 15.0, "coventry": 7, "dudley": 6, "sandwell": 8, "solihull": 1, "walsall": 2, "wolverhampton": 2,
    ]
    func total(_ value: Double, dropping name: String? = nil) -> Fact? {
      let parts = boroughs.filter { $0.key != name }.map { claim($0.value, region: "lad/" + $0.key) }
      return facts([document("a", parts + [claim(value, region: "force/west-midlands")])])
        .first { $0.region == "force/west-midlands" }
    }
    #expect(try #require(total(41)).check.contains("7 areas add up to 41"))
    #expect(
      try #require(total(42)).relations.contains { $0.check == .fails && $0.detail.contains("the total says 42") })
    #expect(try #require(total(41, dropping: "walsall")).check.isEmpty)
  }

  @Test func `what differs in population is a part, not a rival`() throws {
    let men = [Dimension("sex", "male")]
    let list = facts([document("a", [claim(41), claim(39, population: men)])])
    let part = try #require(list.first { $0.population == men })
    #expect(part.partOf == [try #require(list.first { $0.population.isEmpty }).id])
    #expect(list.allSatisfy { $0.agreement == .single })
  }

  @Test func `order of arrival never changes the facts`() {
    let documents = [
      document("c", [claim(660), claim(45, metric: "forces_involved"), claim(833, metric: "properties_searched")]),
      document(
        "a", [claim(600, .moreThan), claim(45, metric: "forces_involved"), claim(833, metric: "properties_searched")]),
      document("b", [claim(76, operation: Operation(name: "Operation Test"))]),
    ]
    func lines(_ list: [RecordedDocument]) -> [String] {
      facts(list).map {
        "\($0.id) \($0.quantity) \($0.agreement) \($0.sourceCount) \($0.partOf) \($0.operation?.id ?? "")"
      }
    }
    let expected = lines(documents)
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
      #expect(lines(order.map { documents[$0] }) == expected)
    }
  }

  /// A vague claim that is compatible never moves an exact value that was chosen.
  @Test(arguments: 1...40) func `vague claims never move an exact value`(seed: Int) throws {
    let value = Double(seed * 17)
    let vague = [claim(value / 2, .moreThan), claim(value, .atLeast), claim(value, .upTo), claim(value * 1.04, .about)]
    let fact = try #require(facts([document("a", [claim(value)] + vague.prefix(seed % 5))]).first)
    #expect(fact.quantity == Quantity(value, .exact, unit: "persons"))
    #expect(fact.conflicting.isEmpty)
  }

  // MARK: - Properties

  /// A number generator whose sequence a seed decides.
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  private func randomDocuments(_ seed: Int) -> [RecordedDocument] {
    var random = Seeded(state: UInt64(seed) &* 0x9e37_79b9_7f4a_7c15)
    let precisions = Precision.allCases.filter { $0 != .range }
    let regions = ["gb", "force/west-midlands", "lad/birmingham", "lad/dudley"]
    let populations = [[], [Dimension("sex", "male")], [Dimension("sex", "female")], [Dimension("status", "known")]]
    return (0..<Int.random(in: 1...5, using: &random)).map { number in
      let claims = (0..<Int.random(in: 1...12, using: &random)).map { at in
        claim(
          Double(Int.random(in: 1...60, using: &random)), precisions.randomElement(using: &random) ?? .exact,
          metric: ["arrests", "charges"].randomElement(using: &random) ?? "arrests",
          region: regions.randomElement(using: &random) ?? "gb",
          section: [.body, .headline, .caption].randomElement(using: &random) ?? .body, at: at * 10,
          operation: Bool.random(using: &random) ? Operation(name: "Operation Test") : nil,
          population: populations.randomElement(using: &random) ?? [],
          certainty: Int.random(in: 0..<8, using: &random) == 0 ? .hedged : .stated)
      }
      return document("doc/\(number)", claims)
    }
  }

  private func lines(_ facts: [Fact]) -> [String] {
    facts.map { fact in
      "\(fact.id) \(fact.quantity) \(fact.agreement) \(fact.sourceCount) \(fact.partOf) \(fact.conflicting) "
        + fact.relations.map { "\($0.kind) \($0.members) \($0.check) \($0.detail)" }.joined(separator: ";")
    }
  }

  @Test(arguments: 1...60) func `taking a document away and back is the identity, in any order`(seed: Int) {
    let documents = randomDocuments(seed)
    let before = lines(facts(documents))
    for index in documents.indices {
      var rest = documents
      let taken = rest.remove(at: index)
      _ = facts(rest)
      rest.insert(taken, at: 0)
      #expect(lines(facts(rest.shuffled())) == before)
    }
  }

  @Test(arguments: 1...60) func `a fact lies within every claim that agrees with it`(seed: Int) {
    let documents = randomDocuments(seed)
    for fact in facts(documents) where fact.derivation == nil {
      for ranked in fact.claims {
        let claim = documents[ranked.reference.document].claims[ranked.reference.claim]
        let isWithin = Compatibility.allows(fact.quantity, claim.quantity)
        #expect(isWithin == (ranked.rank != .conflicts))
      }
      #expect(fact.claims.first?.rank == .chosen)
      #expect(
        fact.claims.first.map { documents[$0.reference.document].claims[$0.reference.claim].quantity } == fact.quantity)
    }
  }

  @Test(arguments: 1...60) func `one more vague claim that fits never moves an exact value`(seed: Int) {
    let documents = randomDocuments(seed)
    for fact in facts(documents) where fact.quantity.precision == .exact && fact.agreement != .disputed {
      guard let chosen = fact.claims.first, let value = fact.quantity.low, value > 1 else { continue }
      var more = documents[chosen.reference.document].claims[chosen.reference.claim]
      more.quantity = Quantity(value / 2, .moreThan, unit: "persons")
      more.span = Span(999, 1000)
      var changed = documents
      changed[chosen.reference.document].claims.append(more)
      #expect(facts(changed).first { $0.id == fact.id }?.quantity == fact.quantity)
    }
  }

  @Test func `a stated part that is more than its total is shown as a failed check`() throws {
    var part = claim(50, at: 20, population: [Dimension("status", "known")])
    part.partOf = 10
    let list = facts([document("a", [claim(41, at: 10), part])])
    let relation = try #require(list.first { !$0.population.isEmpty }?.relations.first { $0.kind == .partOf })
    #expect(relation.check == .fails && relation.detail == "50 is more than its total, 41")
  }

  @Test func `ratios and changes are checked against their levels`() throws {
    func year(_ value: Int) -> Period {
      Period(start: CalendarDate("\(value)-01-01"), end: CalendarDate("\(value)-12-31"), text: "\(value)")
    }
    func check(_ metric: String, _ stated: Quantity, _ before: Double, _ after: Double) throws -> CheckResult {
      var change = claim(0, metric: metric, at: 30)
      change.quantity = stated
      let levels = [claim(before, at: 10, period: year(2011)), claim(after, at: 20, period: year(2016))]
      let fact = try #require(facts([document("a", levels + [change])]).first { $0.metric == metric })
      return try #require(fact.relations.first { $0.kind == .ratioOf }).check
    }
    #expect(try check("arrests_multiple", Quantity(4, .moreThan, unit: "times"), 151, 640) == .holds)
    #expect(try check("arrests_multiple", Quantity(4, .moreThan, unit: "times"), 161, 640) == .fails)
    #expect(try check("arrests_multiple", Quantity(2, .exact, unit: "times"), 50, 104) == .holds)
    #expect(try check("arrests_increase", Quantity(12, .exact, unit: "percent"), 3848, 4310) == .holds)
    #expect(try check("arrests_increase", Quantity(13, .exact, unit: "percent"), 3848, 4310) == .fails)
    #expect(try check("arrests_decrease", Quantity(25, .exact, unit: "percent"), 80, 60) == .holds)
    #expect(try check("arrests_increase", Quantity(25, .exact, unit: "percent"), 80, 60) == .fails)
  }
}
