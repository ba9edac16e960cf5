// SPDX-License-Identifier: Apache-2.0

import Extraction
import FiguresModel
import Foundation
import Gazetteer
import Reconciliation
import Testing

/// The five seeds against their reference reading (Resources/claims.tsv).
struct Seeds {
  struct Row {
    var id: String
    var seed: Int
    var span: Span
    var isImplied: Bool
    var fact: String
  }

  let documents: [RecordedDocument]
  let facts: [Fact]
  let rows: [Row]
  /// For each reference row, the fact that holds the claim of its words.
  private(set) var factOfRow: [String: Int] = [:]

  static let shared = Seeds()

  private init() {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../seeds").standardized
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    documents = files.filter { $0.hasSuffix(".txt") }.sorted().enumerated().map { index, name in
      let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
      let document = Document(text: text)
      return RecordedDocument(
        id: "doc/\(index)", document: document, claims: Extractor().extract(document).claims,
        extractor: Extractor.version, revision: UInt64(index + 1))
    }
    facts = Reconciler(gazetteer: .bundled, catalog: .bundled).facts(documents)
    let table = TSV.resource("claims", in: .module)
    rows = table.rows.map {
      Row(
        id: $0[0], seed: Int($0[1]) ?? -1, span: Span(Int($0[2]) ?? 0, Int($0[3]) ?? 0), isImplied: $0[4] == "implied",
        fact: $0[5])
    }
    for (index, fact) in facts.enumerated() {
      for ranked in fact.claims {
        let claim = documents[ranked.reference.document].claims[ranked.reference.claim]
        for row in rows
        where row.seed == ranked.reference.document && row.span.start <= claim.span.start
          && claim.span.end <= row.span.end
        {
          factOfRow[row.id] = index
        }
      }
    }
  }
}

@Suite struct GoldTests {
  private let seeds = Seeds.shared

  @Test func `every claim of the reference is read`() {
    let missing = seeds.rows.map(\.id).filter { seeds.factOfRow[$0] == nil }
    #expect(missing == [])
  }

  @Test func `claims fall into the reference's facts`() {
    for left in seeds.rows {
      for right in seeds.rows where left.id < right.id {
        let isOne = seeds.factOfRow[left.id] == seeds.factOfRow[right.id]
        #expect(isOne == (left.fact == right.fact), "\(left.id) and \(right.id)")
      }
    }
  }

  // MARK: - Relations

  struct Expectation: CustomStringConvertible, Sendable {
    var kind: String
    var target: String
    var members: [String]
    var expected: String
    var description: String { "\(kind) \(target) \(members.joined(separator: " "))" }
  }

  static let expectations = TSV.resource("relations", in: .module).rows.map {
    Expectation(kind: $0[0], target: $0[1], members: $0[2].split(separator: " ").map(String.init), expected: $0[3])
  }

  /// The fact of a row, or of a fact of the reference by one of its rows.
  private func fact(_ name: String) throws -> Fact {
    let row = seeds.rows.first { $0.id == name || $0.fact == name }?.id ?? name
    return seeds.facts[try #require(seeds.factOfRow[row], "\(name) is not read")]
  }

  private func relations(_ fact: Fact, _ kind: RelationKind) -> [Relation] { fact.relations.filter { $0.kind == kind } }

  /// Whether one of two facts is said to be a part, or a sum, of the other.
  private func areJoined(_ left: Fact, _ right: Fact) -> Bool {
    [(left, right), (right, left)].contains { a, b in
      a.partOf.contains(b.id)
        || a.relations.contains { [.partOf, .totalOf].contains($0.kind) && $0.members.contains(b.id) }
    }
  }

  private func holds(claim row: String, in relation: Relation) -> Bool {
    guard let row = seeds.rows.first(where: { $0.id == row }) else { return false }
    return relation.claims.contains { reference in
      let span = seeds.documents[reference.document].claims[reference.claim].span
      return reference.document == row.seed && row.span.start <= span.start && span.end <= row.span.end
    }
  }

  @Test(arguments: expectations) func `relations come out as the reference states them`(_ want: Expectation) throws {
    switch want.kind {
    case "sum":
      let members = Set(try want.members.map { try fact($0).id })
      #expect(
        relations(try fact(want.target), .totalOf).contains { Set($0.members) == members && $0.check == .holds })
    case "complement":
      let derived = try fact(want.target)
      #expect(derived.quantity.text == want.expected)
      #expect(Set(derived.derivation?.inputs ?? []) == Set(try want.members.map { try fact($0).id }))
      #expect(derived.sourceCount == 0)
    case "same_fact":
      let one = try fact(want.target)
      for member in want.members { #expect(try fact(member).id == one.id) }
      #expect(one.quantity.text == want.expected)
    case "conflict":
      let relation = try #require(relations(try fact(want.target), .conflictsWith).first)
      for member in want.members { #expect(holds(claim: member, in: relation)) }
    case "refines":
      let one = try fact(want.target)
      let relation = try #require(relations(one, .refines).first)
      for member in want.members { #expect(holds(claim: member, in: relation)) }
    case "no_corroboration":
      let one = try fact(want.target)
      #expect(one.documentCount == 2 && one.sourceCount == 1)
      let relation = try #require(relations(one, .duplicates).first)
      for member in want.members { #expect(holds(claim: member, in: relation)) }
    case "part_of":
      let whole = try fact(want.target)
      for member in want.members {
        let part = try fact(member)
        #expect(
          part.partOf.contains(whole.id) && relations(part, .partOf).allSatisfy { $0.check != .fails }, "\(member)")
      }
    case "period_conflict":
      let relation = try #require(relations(try fact(want.target), .periodDiffers).first)
      #expect(holds(claim: want.members[0], in: relation) && !holds(claim: want.members[1], in: relation))
    case "overlap":
      let (left, right) = (try fact(want.target), try fact(want.members[0]))
      #expect(relations(left, .overlaps).contains { $0.members == [right.id] })
      #expect(!areJoined(left, right))
    case "open_list":
      let one = try fact(want.target)
      #expect(relations(one, .totalOf).isEmpty && !seeds.facts.contains { $0.partOf.contains(one.id) })
    case "fraction_of":
      let relation = try #require(relations(try fact(want.target), .shareOf).first)
      #expect(relation.members == [try fact(want.members[0]).id])
      #expect(relation.detail.contains("is \(want.expected)"))
    case "ratio_check":
      let relation = try #require(relations(try fact(want.target), .ratioOf).first)
      #expect(Set(relation.members) == Set(try want.members.map { try fact($0).id }))
      #expect(relation.check == .holds && relation.detail.contains("= \(want.expected)"))
    case "ratio_derived":
      let relation = try #require(relations(try fact(want.target), .ratioOf).first)
      #expect(relation.check == .notChecked && relation.detail.contains("= \(want.expected);"))
      #expect(relation.members == [try fact(want.members.last ?? "").id])
    case "part_of_unclear", "part_of_unstated", "refines_unstated":
      let (left, right) = (try fact(want.target), try fact(want.members[0]))
      #expect(left.id != right.id && !areJoined(left, right))
    case "not_part_of", "not_additive", "not_comparable":
      let (left, right) = (try fact(want.target), try fact(want.members[0]))
      #expect(left.id != right.id && !areJoined(left, right))
      #expect(!left.relations.contains { $0.kind == .possiblePartOf && $0.members.contains(right.id) })
    case "value_collision":
      let read = want.members.filter { seeds.factOfRow[$0] != nil }
      let facts = Set(read.compactMap { seeds.factOfRow[$0] })
      #expect(facts.count == Set(read.compactMap { id in seeds.rows.first { $0.id == id }?.fact }).count)
      for left in facts {
        for right in facts where left != right { #expect(!areJoined(seeds.facts[left], seeds.facts[right])) }
      }
    default: Issue.record("no check for \(want.kind)")
    }
  }
}
