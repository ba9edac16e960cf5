// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Gazetteer
internal import Journaling
internal import NIOPosix

/// Rows of statistical releases.
extension IngestService {
  func record(_ request: RecordFiguresRequest) async throws -> RecordFiguresResponse {
    try validate(request.release)
    try validate(requestID: request.requestID)
    guard (1...limits.rowsMax).contains(request.rows.count) else {
      throw IngestError.invalid(field: "rows", value: "\(request.rows.count) rows", allowed: "1 to \(limits.rowsMax)")
    }
    let reader = RowReader(gazetteer: .bundled, catalog: .bundled)
    let (rows, firstRow) = (request.rows, request.firstRow)
    let read = try await threads.runIfActive { reader.read(rows, firstRow: firstRow) }
    let errors = read.errors.map { RefusedRow(row: $0.0, error: $0.1) }
    guard !read.claims.isEmpty else {
      return RecordFiguresResponse(documentID: "", revision: 0, outcome: nil, recorded: 0, errors: errors)
    }
    let release = request.release
    let document = Document(
      title: release.title.isEmpty ? release.id : release.title, publisher: release.publisher, url: release.url,
      published: release.published, text: read.text, release: release.id)
    try validate(document)
    // The same lines may stand in two releases.
    let id = Self.documentID("release \(release.id)\n" + read.text)
    func response(_ revision: UInt64, _ outcome: SubmitOutcome) -> RecordFiguresResponse {
      RecordFiguresResponse(
        documentID: id, revision: revision, outcome: outcome, recorded: UInt32(clamping: read.claims.count),
        errors: errors)
    }
    let state = try await recording(of: id)
    if let known = state.recorded, !state.isRetracted { return response(known.revision, .unchanged) }
    let appended = try await append(
      RecordedDocument(id: id, document: document, claims: read.claims, extractor: RowReader.version, revision: 0),
      number: state.count + 1, request.requestID)
    return response(appended.revision, appended.isNew ? .recorded : .unchanged)
  }

  private func validate(_ release: Release) throws {
    let allowed = "letters, digits, \"-\", \"_\" and \".\"; at most \(limits.releaseIDBytesMax) bytes"
    let isPlain = release.id.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || [45, 46, 95].contains(byte)
    }
    guard !release.id.isEmpty, isPlain, release.id.utf8.count <= limits.releaseIDBytesMax else {
      throw IngestError.invalid(field: "release.id", value: release.id, allowed: allowed)
    }
    for (field, value, limit) in [
      ("release.title", release.title, limits.titleBytesMax),
      ("release.publisher", release.publisher, limits.titleBytesMax), ("release.url", release.url, limits.urlBytesMax),
    ] where value.utf8.count > limit {
      throw IngestError.tooLong(field: field, bytes: value.utf8.count, limit: limit, name: nil)
    }
  }
}
