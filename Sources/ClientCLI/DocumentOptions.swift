// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FiguresModel
internal import Foundation

/// What a user may say of a document; the same for `extract` and `ingest`.
struct DocumentOptions: ParsableArguments {
  @Option(help: "The document's title.")
  var title = ""

  @Option(help: "Who published it.")
  var publisher = ""

  @Option(help: "Where it stands on the web.")
  var url = ""

  @Option(help: "Its publication date, YYYY-MM-DD; leave it out if it is not known.")
  var published = ""

  func document(text: String) throws -> Document {
    var date: CalendarDate?
    if !published.isEmpty {
      date = CalendarDate(published)
      guard date != nil else {
        throw ValidationError("--published is \"\(published)\"; it must be a date, YYYY-MM-DD")
      }
    }
    return Document(title: title, publisher: publisher, url: url, published: date, text: text)
  }
}

/// Files of text.
enum TextFile {
  static let help: ArgumentHelp = "The text; - reads standard input."

  /// Reads a file as UTF-8. A byte that is not UTF-8 is an error that says where it stands.
  static func read(_ path: String) throws -> String {
    let bytes = try bytes(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ClientError(
        exit: ClientExit.refused,
        "\(path) is not UTF-8: the byte at offset \(firstInvalid(bytes)) is not part of a character")
    }
    return text
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw ValidationError("there is no file \(path)")
    }
    guard !isDirectory.boolValue else { throw ValidationError("\(path) is a directory, not a file") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("the file \(path) can't be read")
    }
    return Array(data)
  }

  /// The offset of the first byte that is not UTF-8.
  static func firstInvalid(_ bytes: [UInt8]) -> Int {
    var low = 0
    var high = bytes.count
    // The longest valid prefix, give or take the bytes of one character.
    while low < high {
      let middle = (low + high + 1) / 2
      var end = middle
      while end > 0, end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
      if String(validating: bytes[..<end], as: UTF8.self) != nil { low = middle } else { high = middle - 1 }
    }
    while low > 0, low < bytes.count, bytes[low] & 0xc0 == 0x80, String(validating: bytes[..<low], as: UTF8.self) == nil
    { low -= 1 }
    return low
  }
}
