// SPDX-License-Identifier: Apache-2.0

/// A piece of a document's UTF-8 text, in bytes, end exclusive.
package struct Span: Hashable, Sendable, Comparable {
  package var start: Int
  package var end: Int

  package init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  package static func < (left: Span, right: Span) -> Bool {
    (left.start, left.end) < (right.start, right.end)
  }
}

/// When. What the text does not anchor stays without dates.
package struct Period: Hashable, Sendable {
  package var start: CalendarDate?
  /// Inclusive.
  package var end: CalendarDate?
  /// ISO 8601, for a length without an anchor: "P6M", "PT48H".
  package var duration: String
  /// The words as stated.
  package var text: String

  package init(
    start: CalendarDate? = nil, end: CalendarDate? = nil, duration: String = "", text: String = ""
  ) {
    self.start = start
    self.end = end
    self.duration = duration
    self.text = text
  }

  package var isAnchored: Bool { start != nil || end != nil }
}

/// A police operation as one document describes it.
package struct Operation: Hashable, Sendable {
  /// "Project Atari"; empty where the text gives no name.
  package var name: String
  /// Organisation id of the lead body; empty if it is not stated.
  package var lead: String
  /// ISO 8601; empty if it is not stated.
  package var duration: String
  /// For reading.
  package var summary: String

  package init(name: String = "", lead: String = "", duration: String = "", summary: String = "") {
    self.name = name
    self.lead = lead
    self.duration = duration
    self.summary = summary
  }
}

/// One dimension of a sub-figure: sex = male, risk = at immediate risk of harm.
package struct Dimension: Hashable, Sendable, Comparable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  package static func < (left: Dimension, right: Dimension) -> Bool {
    (left.name, left.value) < (right.name, right.value)
  }
}

package enum Certainty: String, Sendable, CaseIterable { case stated, hedged }

package enum Section: String, Sendable, CaseIterable {
  case headline, caption, body, quotation
  /// The lines below a headline that sum a text up.
  case standfirst
  case list, table
  /// A note that corrects an earlier version.
  case correction
  /// Site furniture; no claim is made of it.
  case boilerplate
}

/// One figure as one document states it, with the exact bytes it came from.
package struct Claim: Hashable, Sendable {
  /// The number itself.
  package var span: Span
  package var numberText: String
  /// The sentence it stands in, exact.
  package var quote: String
  package var quantity: Quantity
  package var metric: String
  /// Region id; empty where the text gives no area.
  package var region: String
  package var period: Period?
  package var operation: Operation?
  package var population: [Dimension]
  package var populationText: String
  /// Organisation id of the body whose figure it is; empty if none is stated.
  package var organisation: String
  package var certainty: Certainty
  package var section: Section
  /// Start of the span of the total this figure is stated to be a part of ("of the 660 …, 39 …").
  package var partOf: Int?
  /// Names of the rules that fired, in order.
  package var rules: [String]
  /// Of what a figure was made that the text implies without a number ("all the others"); nil for printed figures.
  package var remainder: Remainder?

  package init(
    span: Span, numberText: String, quote: String, quantity: Quantity, metric: String,
    region: String = "", period: Period? = nil, operation: Operation? = nil,
    population: [Dimension] = [], populationText: String = "", organisation: String = "",
    certainty: Certainty = .stated, section: Section = .body, partOf: Int? = nil,
    rules: [String] = [], remainder: Remainder? = nil
  ) {
    self.span = span
    self.numberText = numberText
    self.quote = quote
    self.quantity = quantity
    self.metric = metric
    self.region = region
    self.period = period
    self.operation = operation
    self.population = population
    self.populationText = populationText
    self.organisation = organisation
    self.certainty = certainty
    self.section = section
    self.partOf = partOf
    self.rules = rules
    self.remainder = remainder
  }
}

/// What a whole leaves when its parts are taken away: "41 arrested, one charged, all the others on bail".
package struct Remainder: Hashable, Sendable {
  /// Start of the span of the whole's claim; nil where it is a share, of which the whole is 100 %.
  package var whole: Int?
  /// Starts of the spans of the parts' claims, in order.
  package var parts: [Int]

  package init(whole: Int?, parts: [Int]) {
    self.whole = whole
    self.parts = parts
  }
}

/// Why a number of the text is not a figure.
package enum RejectionReason: String, Sendable, CaseIterable {
  case age, date, time, duration, phone, postcode, statute, address, rank, bullet, penalty
  case denominator, measure, page, ordinal, identifier, pronoun
  /// A figure that a correction note calls wrong.
  case corrected
  /// Site furniture.
  case boilerplate
  case other
}

package struct Rejection: Hashable, Sendable {
  package var span: Span
  package var text: String
  package var reason: RejectionReason

  package init(span: Span, text: String, reason: RejectionReason) {
    self.span = span
    self.text = text
    self.reason = reason
  }
}
