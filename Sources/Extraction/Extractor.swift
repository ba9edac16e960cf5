// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
internal import Gazetteer

/// What was read from a document.
package struct Extraction: Sendable {
  /// In order of the text.
  package var claims: [Claim]
  /// Numbers that are no figures, with the reason, in order of the text.
  package var rejections: [Rejection]
}

/// Reads the figures of a text: how many, of what, where, when, of whom, by whom, how sure.
///
/// Pure and deterministic: the same document gives the same claims. Linear in the text.
package struct Extractor: Sendable {
  /// Changes with every change of rules or lexicon that can change a claim: documents that another version has read can be
  /// read again. `ExamplesTests` fails where the examples are read differently under the same version.
  package static let version = "1.9"

  private let lexicon: Lexicon

  package init(lexicon: Lexicon = .bundled) { self.lexicon = lexicon }

  package func extract(_ document: Document) -> Extraction { read(document, trace: nil) }

  /// The same figures, with the rules that gave each attribute and the words that they used.
  package func explain(_ document: Document) -> Explanation {
    let trace = Trace()
    let extraction = read(document, trace: trace)
    return Explanation(extraction: extraction, evidence: trace.evidence(of: extraction.claims))
  }

  private func read(_ document: Document, trace: Trace?) -> Extraction {
    var text = document.text
    return text.withUTF8 { bytes in
      let builder = ClaimBuilder(
        reading: Reading(UnsafeRawBufferPointer(bytes), lexicon: lexicon), published: document.published, trace: trace)
      return builder.build()
    }
  }
}
