// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// Reads CSV as RFC 4180 has it, record by record, with the bytes that each record and each field stand in: a release of
/// a million rows is not held as a million arrays, and every figure keeps the exact words of its row.
struct CSVReader {
  struct Field {
    var text: String
    /// Where its text stands in the record, in bytes; without the quotes.
    var start: Int
  }

  struct Record {
    var fields: [Field]
    /// The record as it stands in the file, without the end of its line.
    var line: String
  }

  private let bytes: Data
  private var index: Int
  private let separator: UInt8

  /// - Parameter separator: "," or a tab; nil: a tab where the first line has one, else a comma.
  init(_ bytes: Data, separator: UInt8? = nil) {
    self.bytes = bytes
    // A byte order mark says nothing here.
    index = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    let head = bytes.prefix { $0 != UInt8(ascii: "\n") }
    self.separator = separator ?? (head.contains(UInt8(ascii: "\t")) ? UInt8(ascii: "\t") : UInt8(ascii: ","))
  }

  /// Bytes that were read.
  var position: Int { index }

  /// The next record; nil at the end. Empty lines are passed over.
  mutating func next() throws -> Record? {
    bytes.withUnsafeBytes { raw in
      while index < raw.count, raw[index] == 10 || raw[index] == 13 { index += 1 }
    }
    guard index < bytes.count else { return nil }
    return try bytes.withUnsafeBytes { raw in try record(raw) }
  }

  private mutating func record(_ raw: UnsafeRawBufferPointer) throws -> Record {
    let start = index
    var fields: [Field] = []
    while true {
      fields.append(try field(raw, start))
      guard index < raw.count, raw[index] == separator else { break }
      index += 1
    }
    let end = index
    if index < raw.count, raw[index] == 13 { index += 1 }
    if index < raw.count, raw[index] == 10 { index += 1 }
    return Record(fields: fields, line: String(decoding: raw[start..<end], as: UTF8.self))
  }

  private mutating func field(_ raw: UnsafeRawBufferPointer, _ recordStart: Int) throws -> Field {
    guard index < raw.count, raw[index] == UInt8(ascii: "\"") else {
      let start = index
      while index < raw.count, raw[index] != separator, raw[index] != 10, raw[index] != 13 { index += 1 }
      return Field(text: String(decoding: raw[start..<index], as: UTF8.self), start: start - recordStart)
    }
    index += 1
    let start = index
    var text: [UInt8] = []
    while true {
      guard index < raw.count else {
        throw ClientError(
          exit: ClientExit.refused, "a quoted field that begins at byte \(start - 1) of the file is never closed")
      }
      if raw[index] == UInt8(ascii: "\"") {
        index += 1
        guard index < raw.count, raw[index] == UInt8(ascii: "\"") else { break }
      }
      text.append(raw[index])
      index += 1
    }
    return Field(text: String(decoding: text, as: UTF8.self), start: start - recordStart)
  }
}
