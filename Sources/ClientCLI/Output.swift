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

  /// Whether a person may be reading, on a terminal that shows marks.
  static var isTerminal: Bool {
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
      && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Columns of the terminal; a hundred and sixty where standard output is none.
  static var width: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 160
    }
    return Int(size.ws_col)
  }

  static func message(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}

/// Columns of text, as wide as their widest cell.
struct TextTable {
  private var rows: [[String]]
  private let alignsRight: Set<Int>
  private let shrinks: Int?
  private let width: Int

  /// - Parameters:
  ///   - shrinks: the column whose cells are cut where the table is wider than `width`.
  ///   - width: in characters; without a column that shrinks it counts for nothing.
  init(_ header: [String], alignsRight: Set<Int> = [], shrinks: Int? = nil, width: Int = .max) {
    rows = [header]
    self.alignsRight = alignsRight
    self.shrinks = shrinks
    self.width = width
  }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The table without a line break at its end. A column that is empty in every row is left out.
  var text: String {
    let columns = (rows.first ?? []).indices.filter { column in
      rows.count == 1 || rows.dropFirst().contains { !$0[column].isEmpty }
    }
    var widths = columns.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let excess = widths.reduce(0, +) + 2 * (widths.count - 1) - width
    if excess > 0, let shrinks, let position = columns.firstIndex(of: shrinks) {
      widths[position] = max(widths[position] - excess, Self.cellMin)
    }
    return rows.map { row in
      var line = ""
      for (position, column) in columns.enumerated() {
        let cell =
          row[column].count <= widths[position] ? row[column] : row[column].prefix(widths[position] - 1) + "…"
        let padding = String(repeating: " ", count: widths[position] - cell.count)
        line += (position > 0 ? "  " : "") + (alignsRight.contains(column) ? padding + cell : cell + padding)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  /// What a cell that shrinks keeps at least.
  private static let cellMin = 16
}
