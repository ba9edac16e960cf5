// SPDX-License-Identifier: Apache-2.0

import FiguresModel
import FiguresProto
import Testing

private let claim = Claim(
  span: Span(3, 5), numberText: "41", quote: "…41 people…", quantity: Quantity(40, .moreThan, unit: "persons"),
  metric: "arrests", region: "lad/leeds",
  period: Period(start: CalendarDate("2020-01-01"), end: nil, duration: "P6M", text: "since January"),
  operation: Operation(name: "Operation Test", lead: "org/x", duration: "P6M", summary: "Operation Test"),
  population: [Dimension("sex", "male")], populationText: "men", organisation: "org/x", certainty: .hedged,
  section: .quotation, partOf: 7, rules: ["a", "b"],
  remainder: Remainder(whole: 3, parts: [5, 9]))

private let recorded = RecordedDocument(
  id: "doc/1",
  document: Document(title: "T", publisher: "P", url: "U", published: CalendarDate("2020-09-11"), text: "Ü 41"),
  claims: [claim], extractor: "1.0", revision: 0)

private let entry = JournalEntry(
  recordedAtMilliseconds: 1_234, requestID: "r",
  body: .document(recorded))

@Suite struct MessageTests {
  @Test func `an entry comes back as it was`() throws {
    let back = try JournalEntry(decoding: entry.encoded())
    #expect(back.document?.claims == [claim])
    #expect(back.document?.document == recorded.document)
    #expect(back.recordedAtMilliseconds == 1_234 && back.requestID == "r")
  }

  @Test func `retractions and corrections come back as they were`() throws {
    func back(_ body: EntryBody) throws -> EntryBody {
      try JournalEntry(
        decoding: JournalEntry(recordedAtMilliseconds: 1, requestID: "", body: body).encoded()
      ).body
    }
    guard case .retraction("doc/1", "withdrawn") = try back(.retraction(documentID: "doc/1", reason: "withdrawn"))
    else { return #expect(Bool(false), "no retraction") }
    let change = Correction(
      quantity: Quantity(12, .exact, unit: "persons"), metric: "charges", region: "lad/leeds",
      period: Period(start: CalendarDate("2020-01-01"), end: CalendarDate("2020-12-31"), text: "2020"))
    for correction in [change, Correction()] {
      let body = EntryBody.correction(documentID: "doc/1", start: 3, reason: "typo", correction)
      guard case .correction("doc/1", 3, "typo", correction) = try back(body) else {
        return #expect(Bool(false), "no correction")
      }
    }
  }

  @Test func `a separation comes back as it was`() throws {
    let separation = Separation("doc/2", "doc/1", reason: "two operations", isWithdrawn: true)
    let sent = JournalEntry(recordedAtMilliseconds: 1, requestID: "", body: .separation(separation))
    guard case .separation(let back) = try JournalEntry(decoding: sent.encoded()).body else {
      return #expect(Bool(false), "no separation")
    }
    #expect(back == separation && back.documents == ("doc/1", "doc/2"))
  }

  @Test func `only fields that are wanted are sent`() throws {
    var fact = FactRecord()
    (fact.id, fact.metric, fact.metricName, fact.reason) = ("fact/1", "arrests", "arrests", "one claim")
    fact.quantity = Quantity(5, .exact, unit: "persons")
    fact.population = [Dimension("sex", "male")]
    (fact.agreement, fact.claimCount) = (.single, 3)
    func sent(_ names: [String]) throws -> [UInt8] { FigureEncoding.factField(fact, try FactFields(names)) }
    var expected = FactRecord()
    (expected.id, expected.quantity, expected.population) = ("fact/1", fact.quantity, fact.population)
    #expect(try sent(["quantity", "population"]) == FigureEncoding.factField(expected))
    #expect(try sent(FactFields.names) == FigureEncoding.factField(fact))
    #expect(throws: FactFields.UnknownField.self) { try sent(["joy"]) }
  }

  /// What a peer may send instead of a message: it is refused, or read; it never ends the process.
  @Test(arguments: 1...40) func `made-up bytes do no harm`(seed: UInt64) throws {
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(bound, 1)
    }
    var request = GetFiguresRequest(region: "gb")
    request.metrics = ["arrests"]
    request.population = [Dimension("sex", "male")]
    request.factFields = ["quantity"]
    request.from = CalendarDate("2020-01-01")
    let row = FigureRow(
      metric: "arrests", region: "gb", period: "2020", value: "5", population: [Dimension("sex", "male")], unit: "",
      line: "gb,5", valueStart: 3)
    let wholes = [
      entry.encoded(), request.encoded(), GetFactHistoryRequest(id: "fact/1").encoded(),
      SeparateDocumentsRequest(documentID: "doc/1", otherDocumentID: "doc/2", reason: "r").encoded(),
      SubmitDocumentRequest(document: recorded.document).encoded(),
      CorrectClaimRequest(claimID: "doc/1:3", reason: "r", correction: Correction(metric: "charges")).encoded(),
      RecordFiguresRequest(
        release: Release(id: "r", title: "", publisher: "", url: "", published: nil), firstRow: 1, rows: [row]
      ).encoded(),
    ]
    let decoders: [([UInt8]) throws -> [UInt8]] = [
      { try JournalEntry(decoding: $0).encoded() }, { try GetFiguresRequest(decoding: $0).encoded() },
      { try GetFactHistoryRequest(decoding: $0).encoded() }, { try SeparateDocumentsRequest(decoding: $0).encoded() },
      { try ReextractRequest(decoding: $0).encoded() }, { try SubmitDocumentRequest(decoding: $0).encoded() },
      { try CorrectClaimRequest(decoding: $0).encoded() }, { try RecordFiguresRequest(decoding: $0).encoded() },
      { try RetractRequest(decoding: $0).encoded() }, { try CompareRequest(decoding: $0).encoded() },
      { try WatchRequest(decoding: $0).encoded() }, { try GetFactRequest(decoding: $0).encoded() },
      { try ListRequest(decoding: $0).encoded() }, { try GetFiguresResponse(decoding: $0).encoded() },
      { try GetFactResponse(decoding: $0).encoded() }, { try GetFactHistoryResponse(decoding: $0).encoded() },
    ]
    for _ in 0..<100 {
      var bytes = wholes[next(wholes.count)]
      for _ in 0..<next(6) {
        switch next(3) {
        case 0: bytes.insert(UInt8(next(256)), at: next(bytes.count + 1))
        case 1 where !bytes.isEmpty: bytes.remove(at: next(bytes.count))
        default: if !bytes.isEmpty { bytes[next(bytes.count)] = UInt8(next(256)) }
        }
      }
      for decode in decoders {
        // What was read is sent, and read again, as the same.
        guard let once = try? decode(bytes) else { continue }
        #expect(try decode(once) == once)
      }
    }
  }

  @Test func `the revision joins the stored bytes`() throws {
    guard case .entry(let back) = try FeedEvent(decoding: FeedEvent.encoded(entry: entry.encoded(), revision: 300))
    else {
      Issue.record("not an entry")
      return
    }
    #expect(back.document?.revision == 300 && back.revision == 300 && back.document?.claims == [claim])
  }

  @Test func `presence of bounds survives`() throws {
    for quantity in [
      Quantity(0, .exact, unit: "u"), Quantity(5, .moreThan, unit: "u"), Quantity(5, .almost, unit: "u"),
    ] {
      var fact = FactRecord()
      fact.quantity = quantity
      var response = GetFiguresResponse()
      response.facts = [fact]
      #expect(try GetFiguresResponse(decoding: response.encoded()).facts.first?.quantity == quantity)
    }
  }

  @Test(arguments: Precision.allCases) func `every precision has its number`(precision: Precision) throws {
    var changed = recorded
    changed.claims[0].quantity.precision = precision
    let entry = JournalEntry(recordedAtMilliseconds: 0, requestID: "", body: .document(changed))
    #expect(try JournalEntry(decoding: entry.encoded()).document?.claims[0].quantity.precision == precision)
  }

  @Test func `no truncation of a message does harm`() {
    let bytes = entry.encoded()
    for end in 0..<bytes.count { _ = try? JournalEntry(decoding: Array(bytes[..<end])) }
  }

  @Test func `no changed byte of a message does harm`() {
    let bytes = entry.encoded()
    for index in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[index] ^= 1 << bit
        _ = try? JournalEntry(decoding: changed)
      }
    }
  }

  @Test func `strings that are no UTF-8 or hold a NUL are named`() {
    for (text, what) in [
      ([0x41, 0xff] as [UInt8], "UTF-8 (byte 1)"), ([0x41, 0x00], "U+0000 (byte 1)"), ([0xc0, 0x80], "byte 0"),
      ([0xed, 0xa0, 0x80], "byte 0"),
    ] {
      let document = [0x2a, UInt8(text.count)] + text
      let error = #expect(throws: WireError.self) {
        _ = try SubmitDocumentRequest(decoding: [0x0a, UInt8(document.count)] + document)
      }
      #expect(error?.field == "document.text")
      #expect(error?.message.contains(what) == true)
    }
  }

  @Test func `answers in parts are answers`() throws {
    var fact = FactRecord()
    fact.id = "fact/1"
    fact.metric = "arrests"
    var area = RegionRecord(id: "gb", name: "United Kingdom", kind: "country", label: "United Kingdom (country)")
    area.figureCount = 3
    let parts =
      FigureEncoding.revisionField(300) + FigureEncoding.totalField(1) + FigureEncoding.regionField(area)
      + FigureEncoding.otherField(area) + FigureEncoding.factField(fact)
    let answer = try GetFiguresResponse(decoding: parts)
    #expect(answer.revision == 300 && answer.total == 1 && answer.facts == [fact])
    #expect(answer.region == area && answer.others == [area])
  }
}
