// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import HashTreeCollections

/// A claim in 80 bytes: its words are read from the document's text, and what comes again and again is a number.
struct PackedClaim: Sendable {
  /// Not a number where the quantity has no such bound.
  var low: Double
  var high: Double
  var start: UInt32
  /// Start of the sentence before the number, in bytes; both lengths in bytes.
  var quoteBefore: UInt16
  var quoteLength: UInt16
  var length: UInt16
  var traits: UInt16
  var unit: UInt32
  var metric: UInt32
  var region: UInt32
  /// 0 for none; else the number of the value, and one.
  var period: UInt32
  var operation: UInt32
  var population: UInt32
  var organisation: UInt32
  var rules: UInt32
  /// `UInt32.max` for none.
  var partOf: UInt32
}

/// What few claims have, beside the packed ones.
struct ClaimExtras: Sendable {
  /// Words that are not where the packed form says, for the text is not at hand.
  var words: (number: String, quote: String)?
  var remainder: Remainder?
}

struct Population: Hashable, Sendable {
  var dimensions: [Dimension]
  var text: String
}

/// What packed claims refer to, for reading.
struct ClaimTables: Sendable {
  var texts = ChunkedArray<String>()
  var periods = ChunkedArray<Period>()
  var operations = ChunkedArray<Operation>()
  var populations = ChunkedArray<Population>()
  var rules = ChunkedArray<[String]>()
  var claims = ChunkedArray<PackedClaim>()
  var extras = TreeDictionary<UInt32, ClaimExtras>()

  /// - Parameter text: the document's, in UTF-8.
  func claim(_ index: Int, _ text: UnsafeBufferPointer<UInt8>) -> Claim {
    let packed = claims[index]
    let extra = packed.traits & PackedClaim.hasExtras == 0 ? nil : extras[UInt32(index)]
    let start = Int(packed.start)
    func words(_ from: Int, _ length: Int) -> String {
      guard from >= 0, from + length <= text.count else { return "" }
      return String(decoding: text[from..<from + length], as: UTF8.self)
    }
    let span = Span(start, start + Int(packed.length))
    let number = extra?.words?.number ?? words(start, Int(packed.length))
    let quote = extra?.words?.quote ?? words(start - Int(packed.quoteBefore), Int(packed.quoteLength))
    var claim = Claim(
      span: span, numberText: number, quote: quote,
      quantity: Quantity(
        low: packed.low.isNaN ? nil : packed.low, high: packed.high.isNaN ? nil : packed.high,
        precision: packed.precision, unit: texts[Int(packed.unit)]),
      metric: texts[Int(packed.metric)])
    claim.region = texts[Int(packed.region)]
    if packed.period > 0 { claim.period = periods[Int(packed.period) - 1] }
    if packed.operation > 0 { claim.operation = operations[Int(packed.operation) - 1] }
    if packed.population > 0 {
      let population = populations[Int(packed.population) - 1]
      claim.population = population.dimensions
      claim.populationText = population.text
    }
    claim.organisation = texts[Int(packed.organisation)]
    claim.certainty = packed.certainty
    claim.section = packed.section
    if packed.partOf != .max { claim.partOf = Int(packed.partOf) }
    if packed.rules > 0 { claim.rules = rules[Int(packed.rules) - 1] }
    claim.remainder = extra?.remainder
    return claim
  }
}

/// The number of a value that is mostly the one before's: comparing with that costs less than looking it up.
struct Repeated<Value: Hashable & Sendable>: Sendable {
  private var last: (value: Value, number: UInt32)?

  mutating func number(of value: Value, else find: (Value) -> UInt32) -> UInt32 {
    if let last, last.value == value { return last.number }
    let number = find(value)
    last = (value, number)
    return number
  }
}

/// Packs claims into tables; knows what the tables hold already.
struct ClaimPacker: Sendable {
  private var texts = Numbering<String>()
  private var periods = Numbering<Period>()
  private var operations = Numbering<Operation>()
  private var populations = Numbering<Population>()
  private var rules = Numbering<[String]>()
  private var lastUnit = Repeated<String>()
  private var lastOrganisation = Repeated<String>()
  private var lastOperation = Repeated<Operation>()
  private var lastRules = Repeated<[String]>()

  init() {}

  /// - Parameter tables: what was packed before, to go on with its texts and periods.
  init(_ tables: ClaimTables) {
    texts = Numbering(tables.texts)
    periods = Numbering(tables.periods)
  }

  /// The numbers of each claim's metric, area and period.
  mutating func numbers(_ document: RecordedDocument, _ tables: inout ClaimTables) -> [ClaimNumbers] {
    document.claims.map {
      ClaimNumbers(
        metric: texts.number(of: $0.metric, in: &tables.texts), region: texts.number(of: $0.region, in: &tables.texts),
        period: number(of: $0.period, &tables))
    }
  }

  /// 0 for none; else the number of the period, and one.
  private mutating func number(of period: Period?, _ tables: inout ClaimTables) -> UInt32 {
    period.map { periods.number(of: $0, in: &tables.periods) + 1 } ?? 0
  }

  /// Appends a document's claims.
  mutating func append(_ document: RecordedDocument, to tables: inout ClaimTables) {
    var text = document.document.text
    text.withUTF8 { bytes in
      document.claims.withUnsafeBufferPointer { claims in
        for index in claims.indices { append(claims[index], bytes, &tables) }
      }
    }
  }

  private mutating func append(_ claim: Claim, _ text: UnsafeBufferPointer<UInt8>, _ tables: inout ClaimTables) {
    var packed = PackedClaim(
      low: claim.quantity.low ?? .nan, high: claim.quantity.high ?? .nan, start: UInt32(clamping: claim.span.start),
      quoteBefore: 0, quoteLength: 0, length: UInt16(clamping: claim.span.end - claim.span.start),
      traits: PackedClaim.traits(claim),
      unit: lastUnit.number(of: claim.quantity.unit) { texts.number(of: $0, in: &tables.texts) },
      metric: texts.number(of: claim.metric, in: &tables.texts),
      region: texts.number(of: claim.region, in: &tables.texts), period: 0, operation: 0, population: 0,
      organisation: lastOrganisation.number(of: claim.organisation) { texts.number(of: $0, in: &tables.texts) },
      rules: 0,
      partOf: claim.partOf.map { UInt32(clamping: $0) } ?? .max)
    packed.period = number(of: claim.period, &tables)
    if let operation = claim.operation {
      packed.operation = lastOperation.number(of: operation) { operations.number(of: $0, in: &tables.operations) } + 1
    }
    if !claim.population.isEmpty || !claim.populationText.isEmpty {
      let population = Population(dimensions: claim.population, text: claim.populationText)
      packed.population = populations.number(of: population, in: &tables.populations) + 1
    }
    if !claim.rules.isEmpty {
      packed.rules = lastRules.number(of: claim.rules) { rules.number(of: $0, in: &tables.rules) } + 1
    }
    var extra = ClaimExtras(remainder: claim.remainder)
    if let before = Self.quoteBefore(claim, text) {
      packed.quoteBefore = before
      packed.quoteLength = UInt16(claim.quote.utf8.count)
    } else {
      extra.words = (claim.numberText, claim.quote)
    }
    if extra.words != nil || extra.remainder != nil {
      packed.traits |= PackedClaim.hasExtras
      tables.extras[UInt32(tables.claims.count)] = extra
    }
    tables.claims.append(packed)
  }

  /// How far before the number its sentence starts; nil where the words are not in the text as claimed.
  private static func quoteBefore(_ claim: Claim, _ text: UnsafeBufferPointer<UInt8>) -> UInt16? {
    let (start, end) = (claim.span.start, claim.span.end)
    guard start >= 0, end <= text.count, start < end, end - start <= Int(UInt16.max),
      text[start..<end].elementsEqual(claim.numberText.utf8)
    else { return nil }
    let length = claim.quote.utf8.count
    guard length <= Int(UInt16.max), length >= end - start else { return nil }
    var quote = claim.quote
    return quote.withUTF8 { words in
      // Nearest first: the number stands in its sentence.
      for before in 0...min(start, length - (end - start)) {
        let from = start - before
        guard from + length <= text.count, text[from] == words[0], text[from + length - 1] == words[length - 1] else {
          continue
        }
        if text[from..<from + length].elementsEqual(words) { return UInt16(before) }
      }
      return nil
    }
  }
}

extension PackedClaim {
  static let hasExtras: UInt16 = 1 << 15

  private static let precisions = Precision.allCases
  private static let sections = Section.allCases

  /// Precision in the lowest four bits, then the section in four, then one for what is hedged.
  static func traits(_ claim: Claim) -> UInt16 {
    let precision = UInt16(precisions.firstIndex(of: claim.quantity.precision) ?? 0)
    let section = UInt16(sections.firstIndex(of: claim.section) ?? 0)
    return precision | section << 4 | (claim.certainty == .hedged ? 1 << 8 : 0)
  }

  var precision: Precision { Self.precisions[Int(traits & 15)] }
  var section: Section { Self.sections[Int(traits >> 4 & 15)] }
  var certainty: Certainty { traits >> 8 & 1 == 1 ? .hedged : .stated }
}
