// SPDX-License-Identifier: Apache-2.0

/// Paths of the methods of package figures.v1.
package enum Methods {
  package static let submitDocument = "/figures.v1.Ingestion/SubmitDocument"
  package static let dryRun = "/figures.v1.Ingestion/DryRun"
  package static let recordFigures = "/figures.v1.Ingestion/RecordFigures"
  package static let retract = "/figures.v1.Ingestion/Retract"
  package static let correctClaim = "/figures.v1.Ingestion/CorrectClaim"
  package static let separateDocuments = "/figures.v1.Ingestion/SeparateDocuments"
  package static let reextract = "/figures.v1.Ingestion/Reextract"
  package static let subscribe = "/figures.v1.Journal/Subscribe"
  package static let journalStatus = "/figures.v1.Journal/Status"
  package static let getFigures = "/figures.v1.Query/GetFigures"
  package static let getFact = "/figures.v1.Query/GetFact"
  package static let getFactHistory = "/figures.v1.Query/GetFactHistory"
  package static let resolveRegion = "/figures.v1.Query/ResolveRegion"
  package static let listMetrics = "/figures.v1.Query/ListMetrics"
  package static let watch = "/figures.v1.Query/Watch"
  package static let listOperations = "/figures.v1.Query/ListOperations"
  package static let compare = "/figures.v1.Query/Compare"
  package static let listDocuments = "/figures.v1.Query/ListDocuments"
  package static let getDocument = "/figures.v1.Query/GetDocument"
  package static let queryStatus = "/figures.v1.Query/Status"
}

/// A message of the contract as a Swift value.
package protocol WireMessage: Sendable {
  /// - Throws: ``WireError`` that names the field and the rule.
  init(decoding bytes: UnsafeRawBufferPointer) throws(WireError)
  func encoded() -> [UInt8]
}

extension WireMessage {
  package init(decoding bytes: [UInt8]) throws(WireError) {
    // `withUnsafeBytes` rethrows untyped; the result carries the typed error across.
    let result: Result<Self, WireError> = bytes.withUnsafeBytes { pointer in
      do throws(WireError) { return .success(try Self(decoding: pointer)) } catch { return .failure(error) }
    }
    self = try result.get()
  }
}
