// SPDX-License-Identifier: Apache-2.0

import Extraction
import FiguresModel
import Foundation
import Testing

private func read(_ text: String, published: String = "") -> Extraction {
  Extractor().extract(Document(published: CalendarDate(published), text: text))
}

/// "metric:value@region", for short expectations.
private func short(_ claim: Claim) -> String {
  "\(claim.metric):\(claim.quantity.text)@\(claim.region)"
}

@Suite struct ExtractorTests {
  @Test(arguments: [
    // Active, passive, nominal.
    ("Kent Police arrested 12 people.", ["arrests:12@force/kent"]),
    ("Twelve people were arrested in Leeds.", ["arrests:12@lad/leeds"]),
    ("The raid led to the arrest of 27 suspects in Hull.", ["arrests:27@lad/kingston-upon-hull"]),
    ("Officers in Leeds seized 14 phones and 3 cars.", ["devices_seized:14@lad/leeds", "vehicles_seized:3@lad/leeds"]),
    // Qualifiers.
    ("More than 40 people were arrested in Leeds.", ["arrests:more than 40@lad/leeds"]),
    ("No fewer than 40 people were arrested in Leeds.", ["arrests:at least 40@lad/leeds"]),
    ("Some 80 children were safeguarded in Kent.", ["children_safeguarded:about 80@force/kent"]),
    ("Almost 140 warrants were executed in Kent.", ["warrants:almost 140@force/kent"]),
    ("Up to 30 people were arrested in Leeds.", ["arrests:up to 30@lad/leeds"]),
    ("Between 200 and 250 people were arrested in Leeds.", ["arrests:200 to 250@lad/leeds"]),
    ("40 or more people were arrested in Leeds.", ["arrests:at least 40@lad/leeds"]),
    // Each number has its own place.
    (
      "Arrests included six in Dudley, two in Walsall and one in Solihull.",
      ["arrests:6@lad/dudley", "arrests:2@lad/walsall", "arrests:1@lad/solihull"]
    ),
    // Two periods, no range.
    (
      "In Kent, recorded crimes rose from 120 in 2011 to 310 in 2016.",
      ["recorded_crimes:120@force/kent", "recorded_crimes:310@force/kent"]
    ),
    // Shares and changes.
    ("One in four arrests in Kent was for fraud.", ["arrests_share:25 %@force/kent"]),
    ("In Kent arrests increased by 12 per cent.", ["arrests_increase:12 %@force/kent"]),
    // A stated zero.
    ("None of those arrested in Kent is a police officer.", ["arrests:0@force/kent"]),
    // Words and magnitudes.
    ("Forty-one people were charged in Leeds.", ["charges:41@lad/leeds"]),
    ("Two hundred and fifty people were charged in Leeds.", ["charges:250@lad/leeds"]),
    ("A dozen people were charged in Leeds.", ["charges:12@lad/leeds"]),
    ("Police in Leeds found 2.5 million images.", ["images:2.5 million@lad/leeds"]),
  ])
  func `sentences give their figures`(text: String, expected: [String]) {
    #expect(read(text).claims.map(short) == expected)
  }

  @Test(arguments: [
    ("A 43-year-old man was arrested.", RejectionReason.age), ("A girl aged 14 went missing.", .age),
    ("The operation took place on 12 May 2020.", .date), ("It began in 2016.", .date),
    ("They worked for two hours.", .duration), ("The six-month operation goes on.", .duration),
    ("Call 101 with information.", .phone), ("Ring 0808 800 5000 in confidence.", .phone),
    ("He was jailed for 12 years.", .penalty), ("Fraud is our number one priority.", .rank),
    ("The meeting began at 10:30 sharp.", .time), ("It happened on the M6 motorway.", .identifier),
    ("They live at 12 High Street today.", .address), ("He was charged under section 47 today.", .statute),
    ("This is a two-pronged operation.", .other), ("One recent case stands out.", .pronoun),
  ])
  func `numbers that are no figures are refused with a reason`(text: String, reason: RejectionReason) {
    let result = read(text)
    #expect(result.claims.isEmpty)
    #expect(result.rejections.map(\.reason).contains(reason), "\(result.rejections)")
  }

  @Test func `no currency is guessed`() {
    let frozen = "Police have frozen Rs 3.6 crore in"
    #expect(read("\(frozen) Delhi, India.").claims.map(\.quantity.unit) == ["INR"])
    #expect(read("\(frozen) Lahore, Pakistan.").claims.map(\.quantity.unit) == ["PKR"])
    #expect(read("Units in France took millions in dirty cash.").claims.map(\.quantity.unit) == ["currency"])
  }

  @Test func `dollars are those of the country that a text is about`() {
    #expect(read("Police in Victoria, Australia seized $5,000 in cash.").claims.map(\.quantity.unit) == ["AUD"])
    #expect(read("RCMP seized $5,000 in cash in Canada.").claims.map(\.quantity.unit) == ["CAD"])
    #expect(read("Police in Ohio seized $5,000 in cash.").claims.map(\.quantity.unit) == ["USD"])
    #expect(read("Police in Ohio seized A$5,000 in cash.").claims.map(\.quantity.unit) == ["AUD"])
  }

  @Test func `a name with a number is no figure, a verb before a number is`() {
    #expect(read("Officers in Leeds supported Take Five and Catch 22.").claims.isEmpty)
    #expect(read("Officers in Leeds take 5 people into custody.").claims.map(\.quantity.low) == [5])
  }

  @Test func `totals of prison terms are recorded`() {
    #expect(
      read("Twelve people were jailed for a total of 314 years in Leeds.").claims.map(\.metric) == [
        "convictions", "jail_years",
      ])
  }

  @Test func `spans are exact bytes of the text`() {
    let text = "“Über” – 12 people were arrested in Leeds – and 1,204 phones were seized."
    let bytes = Array(text.utf8)
    let claims = read(text).claims
    #expect(claims.count == 2)
    for claim in claims {
      #expect(String(decoding: bytes[claim.span.start..<claim.span.end], as: UTF8.self) == claim.numberText)
    }
  }

  @Test(arguments: [
    "41 people were arrested in Leeds. One man was charged and all the others are on bail.",
    "Of 252 people arrested in Kent, 85 were charged. In 85% of cases the images were found at home, with the rest at work.",
    "Kent Police made one arrest each in Dover and Ashford.",
  ]) func `every figure is explained by its own evidence`(text: String) {
    let explanation = Extractor().explain(Document(text: text))
    #expect(explanation.evidence.count == explanation.extraction.claims.count)
    for (claim, evidence) in zip(explanation.extraction.claims, explanation.evidence) {
      let value = evidence.first { $0.attribute == "value" }
      #expect(
        value.map { claim.numberText.contains($0.words) || $0.words.contains(claim.numberText) } == true, "\(claim)")
      #expect(evidence.contains { $0.attribute == "metric" })
    }
  }

  @Test func `parts of a whole know it, and who they are`() throws {
    let claims = read("Of the 41 people arrested in Leeds, 39 were men and two were women.").claims
    #expect(claims.map(\.populationText) == ["", "men", "women"])
    #expect(claims[1].partOf == claims[0].span.start)
    #expect(claims.allSatisfy { $0.region == "lad/leeds" && $0.metric == "arrests" })
  }

  @Test func `periods are anchored by the text or by a known publication date only`() {
    let text = "Kent Police arrested 12 people in the last 12 months."
    #expect(read(text).claims.first?.period?.isAnchored == false)
    #expect(read(text).claims.first?.period?.duration == "P12M")
    let known = read(text, published: "2020-09-11").claims.first?.period
    #expect(known?.start == CalendarDate("2019-09-12") && known?.end == CalendarDate("2020-09-11"))
    let stated = read("From July 2019 to June 2020 Kent Police arrested 12 people.").claims.first?.period
    #expect(stated?.start == CalendarDate("2019-07-01") && stated?.end == CalendarDate("2020-06-30"))
  }

  @Test func `hedged figures say so`() {
    #expect(read("Kent Police are believed to have made 35 arrests.").claims.map(\.certainty) == [.hedged])
  }

  @Test(arguments: [
    "", " ", "\n\n\n", "12", "%", "£", "one in", "between 12 and", "\u{2019}s", "1,", "12-",
    "of the 12 of the 13 of the",
  ])
  func `fragments do no harm`(text: String) {
    _ = read(text)
  }

  @Test func `every prefix of a text can be read`() {
    let text =
      "On 12 May 2020, £1.2m was seized – “more than 40” men (aged 14–17) in Stoke-on-Trent’s 3 areas: 50% of 2,016."
    for end in text.indices { _ = read(String(text[..<end])) }
  }

  /// Words that the rules know, in any order: nothing may trap, and spans stay within the text.
  @Test(arguments: 1...60) func `any order of words can be read`(seed: UInt64) {
    let words = [
      "12", "1,204", "2.5", "one", "two", "forty", "hundred", "million", "half", "of", "the", "in", "four", "%", "per",
      "cent", "£", "m",
      "people", "men", "arrested", "were", "who", "them", "between", "and", "to", "from", "since", "2016", "May",
      "year", "ending", "last",
      "months", "-", ",", ".", "\"", "\n", "\n\n", "Leeds", "West", "Midlands", "Police", "Operation", "Alder", "none",
      "more", "than",
      "number", "crimes", "recorded", "for", "total", "jailed", "years", "rose", "by", "doubled", "aged", "call", "101",
      "such", "as", "us",
    ]
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    var text = ""
    for _ in 0..<120 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      text += words[Int(state % UInt64(words.count))] + (state % 11 == 0 ? "" : " ")
    }
    let result = read(text)
    for span in result.claims.map(\.span) + result.rejections.map(\.span) {
      #expect(0 <= span.start && span.start < span.end && span.end <= text.utf8.count)
    }
  }

  /// All words that have a meaning to the rules, with numbers and marks among them, in any order.
  @Test(arguments: 1...40) func `any order of all words of the lexicon can be read`(seed: UInt64) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Extraction/Resources/lexicon.tsv").standardized
    let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let words = rows.filter { !$0.hasPrefix("#") }.dropFirst().compactMap {
      $0.split(separator: "\t").first.map(String.init)
    }
    #expect(words.count > 3000)
    let others = [
      "12", "one", "1,204", "2016", "50%", "£3m", "(", ")", ",", ".", ":", ";", "-", "\n", "\n\n", "|", "Leeds", "Kent",
    ]
    var random = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func pick(_ count: Int) -> Int {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return Int(random % UInt64(count))
    }
    var text = ""
    for _ in 0..<2000 {
      let word = pick(3) == 0 ? others[pick(others.count)] : words[pick(words.count)]
      text += (pick(5) == 0 ? word.capitalized : word) + (pick(11) == 0 ? "" : " ")
    }
    let explanation = Extractor().explain(Document(text: text))
    #expect(explanation.evidence.count == explanation.extraction.claims.count)
    for span in explanation.extraction.claims.map(\.span) + explanation.extraction.rejections.map(\.span) {
      #expect(0 <= span.start && span.start < span.end && span.end <= text.utf8.count)
    }
  }

  @Test func `the same text gives the same figures`() {
    let text =
      "Of the 41 people arrested in Leeds, 39 were men. In 2016, 640 crimes were recorded compared to 151 in 2011."
    let first = read(text)
    #expect(first.claims == read(text).claims)
    #expect(first.claims.count == 4)
  }

  /// Pathological inputs: reading twice the text takes about twice the time, never four times.
  @Test(arguments: [
    "1 ", "one in ", "in Leeds ", "12 people, ", "of the 12 ", "1", " ", "between 1 and 2 ", "\" ", "' ", "1-", "1/",
    "(",
    "abc\n", "12\n", "a | 1 | 2\n", "1\t", "and one in ", "the ", "just ", "\u{201C}", "£", "- ", "* ", "2012 2013 ",
  ])
  func `reading is linear`(unit: String) {
    expectLinear(unit, small: 4_000, best: 3)
  }

  /// Short sentences and lines, none of which is long enough to open a text: what looks for the opening, for the
  /// area or for the period of a whole text shows only in longer texts.
  @Test(arguments: [
    "Police arrested 12 people in Leeds. ", "INTERPOL arrested 12 in Leeds.\n\n", "In June 2020 12 in Leeds.\n\n",
    "Leeds | 12 | 13\n", "Operation Thistle 12\n", "Leeds 12 13\n", "Freedom of Information: 1. 45\n",
    "Gardaí said 12 in Cork.\n\n", "Freedom of Information:\na) how many\na) 45\n", "Crime, 2022 to 2023, up 12.\n",
    "An action day began in May 2020.\n", "2019 2045\n2020 45\n", "Cork saw it. There were 12.\n\n",
  ])
  func `reading short sentences is linear`(unit: String) {
    expectLinear(unit, small: 25_000, best: 1)
  }

  /// Four times the text: 4 when linear, 16 when quadratic, at every attempt. `best`: of so many readings.
  private func expectLinear(_ unit: String, small size: Int, best: Int) {
    func seconds(_ count: Int) -> Double {
      let text = String(repeating: unit, count: count / unit.utf8.count)
      let clock = ContinuousClock()
      return (0..<best).map { _ in
        let duration = clock.measure { _ = read(text) }
        return Double(duration.components.attoseconds) / 1e18 + Double(duration.components.seconds)
      }.min() ?? 0
    }
    var small = seconds(size)
    var large = seconds(size * 4)
    for _ in 0..<3 where large >= max(small, 0.002) * 9 { (small, large) = (seconds(size), seconds(size * 4)) }
    #expect(large < max(small, 0.002) * 9, "\(unit): \(small) s for \(size) bytes, \(large) s for four times as many")
  }
}
