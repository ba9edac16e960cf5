// SPDX-License-Identifier: Apache-2.0

/// A text with what is known of it. A publication date is known or it is nil; it is never guessed.
package struct Document: Hashable, Sendable {
  package var title: String
  package var publisher: String
  package var url: String
  package var published: CalendarDate?
  package var text: String

  package init(
    title: String = "", publisher: String = "", url: String = "", published: CalendarDate? = nil,
    text: String
  ) {
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

  /// Identity of a claim: its document, and where the number starts.
  package func claimID(_ claim: Claim) -> String { "\(id):\(claim.span.start)" }
}
