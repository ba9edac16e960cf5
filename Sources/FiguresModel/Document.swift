// SPDX-License-Identifier: Apache-2.0

/// A text with what is known of it. A publication date is known or it is nil; it is never guessed.
package struct Document: Hashable, Sendable {
  package var title: String
  package var publisher: String
  package var url: String
  package var published: CalendarDate?
  package var text: String
  /// Of recorded rows: the release they are of; empty for documents that were read.
  package var release: String

  package init(
    title: String = "", publisher: String = "", url: String = "", published: CalendarDate? = nil,
    text: String, release: String = ""
  ) {
    self.release = release
    self.title = title
    self.publisher = publisher
    self.url = url
    self.published = published
    self.text = text
  }
}

/// A document as the journal has it: with its id, its revision, and the claims made from it.
package struct RecordedDocument: Sendable {
  /// "doc/" and the first 32 hexadecimal digits of the SHA-256 of the text.
  package var id: String
  package var document: Document
  package var claims: [Claim]
  package var extractor: String
  package var revision: UInt64

  package init(
    id: String, document: Document, claims: [Claim], extractor: String, revision: UInt64
  ) {
    self.id = id
    self.document = document
    self.claims = claims
    self.extractor = extractor
    self.revision = revision
  }

  /// The operations that the claims are of, each once, in order.
  package var operations: [Operation] {
    var result: [Operation] = []
    claims.withUnsafeBufferPointer { claims in
      for index in claims.indices {
        guard let operation = claims[index].operation, result.last != operation, !result.contains(operation) else {
          continue
        }
        result.append(operation)
      }
    }
    return result
  }

  /// Identity of a claim: its document, and where the number starts.
  package func claimID(_ claim: Claim) -> String { "\(id):\(claim.span.start)" }
}

/// What takes the place of a claim's own reading. Only what is set is changed.
package struct Correction: Hashable, Sendable {
  package var quantity: Quantity?
  package var metric: String?
  package var region: String?
  package var period: Period?

  package init(
    quantity: Quantity? = nil, metric: String? = nil, region: String? = nil, period: Period? = nil
  ) {
    self.quantity = quantity
    self.metric = metric
    self.region = region
    self.period = period
  }

  /// Nothing takes the claim's place: it is withdrawn.
  package var isWithdrawal: Bool { self == Correction() }

  package func applied(to claim: Claim) -> Claim {
    var result = claim
    if let quantity { result.quantity = quantity }
    if let metric { result.metric = metric }
    if let region { result.region = region }
    if let period { result.period = period }
    result.rules.append("corrected")
    return result
  }
}

/// What an entry of the journal says.
package enum EntryBody: Sendable {
  case document(RecordedDocument)
  /// A document no longer counts.
  case retraction(documentID: String, reason: String)
  /// A claim, by the start of its span, no longer counts as it was read.
  case correction(documentID: String, start: Int, reason: String, Correction)
  case separation(Separation)
}

/// Two documents that do not speak of one operation, whatever links them.
package struct Separation: Sendable, Equatable {
  /// Their ids, the smaller one first.
  package let documents: (String, String)
  package var reason: String
  /// An earlier separation of the two counts no more.
  package var isWithdrawn: Bool

  package init(_ one: String, _ other: String, reason: String, isWithdrawn: Bool = false) {
    documents = (min(one, other), max(one, other))
    self.reason = reason
    self.isWithdrawn = isWithdrawn
  }

  package static func == (left: Separation, right: Separation) -> Bool {
    left.documents == right.documents && left.reason == right.reason && left.isWithdrawn == right.isWithdrawn
  }
}
