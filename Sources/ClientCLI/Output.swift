// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What the client leaves behind for scripts.
enum ClientExit {
  static let found: Int32 = 0
  static let nothingFound: Int32 = 1
  static let usage: Int32 = 2
  static let unreachable: Int32 = 3
  static let refused: Int32 = 4
}

/// A failure that ends the client with a message on standard error and an exit code.
struct ClientError: Error {
  let exit: Int32
  let message: String

  init(exit: Int32, _ message: String) {
    self.exit = exit
    self.message = message
  }
}

/// Standard output and standard error.
enum Output {
  static func print(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  static func message(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}

/// Columns of text, as wide as their widest cell.
struct TextTable {
  private var rows: [[String]]
  private let alignsRight: Set<Int>

  init(_ header: [String], alignsRight: Set<Int> = []) {
    rows = [header]
    self.alignsRight = alignsRight
  }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table without a line break at its end. A column that is empty in every row is left out.
  var text: String {
    let columns = (rows.first ?? []).indices.filter { column in
      rows.count == 1 || rows.dropFirst().contains { !$0[column].isEmpty }
    }
    let widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (position, column) in columns.enumerated() {
        let cell = row[column]
        let padding = String(repeating: " ", count: widths[position] - cell.count)
        line += (position > 0 ? "  " : "") + (alignsRight.contains(column) ? padding + cell : cell + padding)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
