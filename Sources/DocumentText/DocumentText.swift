// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
internal import Foundation

/// What a file holds.
package enum DocumentFormat: String, Sendable, CaseIterable {
  case text, markdown, html, pdf

  /// Told by the name's ending, else by how the bytes begin.
  package init(path: String, bytes: [UInt8]) {
    switch (path as NSString).pathExtension.lowercased() {
    case "html", "htm", "xhtml": self = .html
    case "md", "markdown": self = .markdown
    case "pdf": self = .pdf
    case "txt", "text": self = .text
    default: self = Self.sniffed(bytes)
    }
  }

  private static func sniffed(_ bytes: [UInt8]) -> DocumentFormat {
    let start = String(decoding: bytes.prefix(512), as: UTF8.self).drop(while: \.isWhitespace).lowercased()
    if start.hasPrefix("%pdf-") { return .pdf }
    let isPage = ["<!doctype html", "<html", "<head", "<body", "\u{FEFF}<!doctype html", "\u{FEFF}<html"].contains {
      start.hasPrefix($0)
    }
    return isPage ? .html : .text
  }
}

/// A file that can't be read as a document.
package struct DocumentTextError: Error, Sendable, CustomStringConvertible {
  package let description: String
}

/// A document's text as it is stored, and read for figures: UTF-8, into which all offsets point; with what its
/// file says of it beside.
package struct DocumentText: Sendable, Equatable {
  package var text: String
  /// Empty where the file names none.
  package var title = ""
  package var published: CalendarDate?

  /// Reads a file's bytes.
  ///
  /// - Parameter path: where the bytes are from, for its ending, and for PDF, which is read from there.
  /// - Throws: ``DocumentTextError`` where the bytes are no text, or the tool for PDF is missing.
  package static func read(path: String, bytes: [UInt8]) throws -> DocumentText {
    switch DocumentFormat(path: path, bytes: bytes) {
    case .text: return DocumentText(text: try TextEncoding.decode(bytes, path: path))
    case .markdown: return DocumentText(text: Markdown.text(try TextEncoding.decode(bytes, path: path)))
    case .html: return try HTMLText.read(bytes, path: path)
    case .pdf: return DocumentText(text: try PDFText.read(bytes, path: path))
    }
  }
}

/// Tells the encoding of bytes, and decodes them.
enum TextEncoding {
  /// UTF-8, UTF-16 with a byte order mark, else Windows-1252, which old British web pages and spreadsheets are in.
  ///
  /// - Throws: where a byte stands for nothing in any of them; UTF-8 is told with the offset of the bad byte.
  static func decode(_ bytes: [UInt8], path: String) throws -> String {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try utf8(Array(bytes.dropFirst(3)), path) }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      guard let text = String(bytes: bytes, encoding: .utf16) else {
        throw DocumentTextError(description: "\(path) begins like UTF-16 and is not")
      }
      return text
    }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    if isWindows1252(bytes), let text = String(bytes: bytes, encoding: .windowsCP1252) { return text }
    return try utf8(bytes, path)
  }

  private static func utf8(_ bytes: [UInt8], _ path: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw DocumentTextError(
        description: "\(path) is no text: the byte at offset \(firstInvalid(bytes)) is not part of a character in "
          + "UTF-8; allowed: UTF-8, UTF-16 with a byte order mark, Windows-1252, and PDF")
    }
    return text
  }

  /// Plain text has no control characters but tabs and line breaks; five bytes are not assigned.
  private static func isWindows1252(_ bytes: [UInt8]) -> Bool {
    !bytes.contains { byte in
      byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte) || [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(byte)
    }
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

/// Text of a PDF, by poppler's pdftotext, if it is installed.
enum PDFText {
  static func read(_ bytes: [UInt8], path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["pdftotext", "-layout", "-enc", "UTF-8", "-q", "-", "-"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch {
      throw DocumentTextError(description: "\(path) is a PDF, and pdftotext can't be started: \(error)")
    }
    // Written beside the reading: a pipe holds little, and both sides would wait.
    let writer = Thread {
      // The program may end, or not be there, before it has read all: that is no reason to end this one.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &signals, nil)
      try? input.fileHandleForWriting.write(contentsOf: Data(bytes))
      try? input.fileHandleForWriting.close()
    }
    writer.start()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    switch process.terminationStatus {
    case 0: return String(decoding: data, as: UTF8.self).replacing("\u{0C}", with: "\n\n")
    case 127:
      throw DocumentTextError(
        description: "\(path) is a PDF, and pdftotext is missing: install it (Debian: apt-get install poppler-utils)")
    default: throw DocumentTextError(description: "\(path): pdftotext can't read this PDF")
    }
  }
}
