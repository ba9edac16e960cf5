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

  /// Shares in words that no rule reads yet ("almost all", "almost every", "almost exclusively", "most aged").
  private static let unread: Set<String> = ["s2-15", "s2-17", "s3-16", "s3-17"]

  @Test func `every claim of the reference is read`() {
    let missing = seeds.rows.map(\.id).filter { seeds.factOfRow[$0] == nil }
    #expect(Set(missing) == Self.unread)
  }

  @Test func `claims fall into the reference's facts`() {
    let rows = seeds.rows.filter { seeds.factOfRow[$0.id] != nil }
    for left in rows {
      for right in rows where left.id < right.id {
        let isOne = seeds.factOfRow[left.id] == seeds.factOfRow[right.id]
        #expect(isOne == (left.fact == right.fact), "\(left.id) and \(right.id)")
      }
    }
  }
}
