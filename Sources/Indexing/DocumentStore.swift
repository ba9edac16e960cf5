// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import HashTreeCollections

/// A document as it was recorded; its claims are a range of the packed ones.
struct DocumentRow: Sendable {
  var id: String
  var document: Document
  var extractor: String
  var revision: UInt64
  var firstClaim: Int
  var claimCount: Int
}

/// What an entry of the journal did, in order of revision.
struct Event: Sendable {
  enum Deed: Sendable {
    /// A document, by its place, counts from here on.
    case recorded(Int)
    /// It no longer does; the reason. Of corrections likewise.
    case retracted(Int, String)
    case corrected(document: Int, claim: Int, Correction, String)
    case separated(Separation)
    /// An entry that names nothing that is known: it changes nothing.
    case none
  }

  var recordedAtMilliseconds: Int64
  var deed: Deed
}

/// Documents with their claims as they count at a revision.
struct DocumentStore: Sendable {
  var rows = ChunkedArray<DocumentRow>()
  var tables = ClaimTables()
  /// By the claim's index, the last one last.
  var corrections = TreeDictionary<UInt32, [Correction]>()
  /// The documents that count, by id.
  var active = TreeDictionary<String, Int>()
  var events = ChunkedArray<Event>()

  /// A document with its claims, corrected where they were.
  func document(_ index: Int) -> RecordedDocument {
    document(index, [0..<rows[index].claimCount]) { _ in true }
  }

  /// A document with some of its claims, corrected where they were.
  ///
  /// - Parameters:
  ///   - ranges: which claims, by their places in it.
  ///   - isWanted: whether claims of an area are, by the number of the area's id among the texts; a corrected claim always is.
  func document(_ index: Int, _ ranges: [Range<Int>], isWanted: (UInt32) -> Bool) -> RecordedDocument {
    let row = rows[index]
    var claims: [Claim] = []
    var text = row.document.text
    text.withUTF8 { bytes in
      for range in ranges {
        for place in row.firstClaim + range.lowerBound..<row.firstClaim + range.upperBound {
          let correction = corrections.isEmpty ? nil : corrections[UInt32(place)]?.last
          if let correction {
            if !correction.isWithdrawal { claims.append(correction.applied(to: tables.claim(place, bytes))) }
          } else if isWanted(tables.claims[place].region) {
            claims.append(tables.claim(place, bytes))
          }
        }
      }
    }
    return RecordedDocument(
      id: row.id, document: row.document, claims: claims, extractor: row.extractor, revision: row.revision)
  }

  /// The places of a document's claims that were not withdrawn; nil where none was corrected.
  func offsets(of index: Int) -> [Int]? {
    let row = rows[index]
    guard !corrections.isEmpty else { return nil }
    let offsets = (0..<row.claimCount).filter { corrections[UInt32(row.firstClaim + $0)]?.last?.isWithdrawal != true }
    return offsets.count == row.claimCount ? nil : offsets
  }

  /// Puts the corrections of a recording's claims on the claims of a later one that stand at the same place.
  /// - Returns: whether there were any.
  mutating func carryCorrections(from before: Int, to place: Int) -> Bool {
    guard !corrections.isEmpty else { return false }
    let row = rows[before]
    var isAny = false
    for claim in row.firstClaim..<row.firstClaim + row.claimCount {
      guard let carried = corrections[UInt32(claim)],
        let now = self.claim(of: place, at: Int(tables.claims[claim].start))
      else { continue }
      corrections[UInt32(now)] = carried
      isAny = true
    }
    return isAny
  }

  /// The first document recorded after a revision.
  func firstRow(after revision: UInt64) -> Int {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].revision <= revision { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The claim of a document whose span starts at a byte; nil if there is none.
  func claim(of index: Int, at start: Int) -> Int? {
    let row = rows[index]
    return (row.firstClaim..<row.firstClaim + row.claimCount).first { Int(tables.claims[$0].start) == start }
  }
}
