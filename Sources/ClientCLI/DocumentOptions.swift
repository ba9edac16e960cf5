// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import DocumentText
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

  /// A file as a document: what the options say goes before what the file says of itself.
  func document(path: String) throws -> Document {
    let read = try TextFile.read(path)
    var date = read.published
    if !published.isEmpty {
      date = CalendarDate(published)
      guard date != nil else {
        throw ValidationError("--published is \"\(published)\"; it must be a date, YYYY-MM-DD")
      }
    }
    return Document(
      title: title.isEmpty ? read.title : title, publisher: publisher, url: url, published: date, text: read.text)
  }
}

/// Files that are documents.
enum TextFile {
  static let help: ArgumentHelp =
    "A text, a web page (.html), Markdown (.md) or, where pdftotext is installed, a PDF; - reads standard input."
  /// Endings of the files that a directory stands for.
  static let extensions = ["txt", "md", "html", "htm", "pdf"]

  /// Reads a file as a document's text. A byte that belongs to no encoding is an error that says where it stands.
  static func read(_ path: String) throws -> DocumentText {
    do { return try DocumentText.read(path: path, bytes: try bytes(path)) } catch let error as DocumentTextError {
      throw ClientError(exit: ClientExit.refused, error.description)
    }
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
}
