// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// Tab-separated resources: a header line, no quoting; lines that begin with `#` are comments.
package struct TSV: Sendable {
  package let columns: [String]
  package let rows: [[String]]

  package init(_ text: String) {
    var lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    columns =
      lines.isEmpty
      ? [] : lines.removeFirst().split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    let count = columns.count
    rows = lines.map { line in
      var cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      while cells.count < count { cells.append("") }
      return cells
    }
  }

  /// The place of a column. Traps where a resource of our own lacks it: the program is wrong.
  package func column(_ name: String) -> Int {
    guard let index = columns.firstIndex(of: name) else {
      preconditionFailure("no column \(name) among \(columns)")
    }
    return index
  }

  /// Reads a file of a target's resources. Traps if it is missing: the installation is broken.
  package static func resource(_ name: String, in bundle: Bundle) -> TSV {
    let url = bundle.bundleURL.appendingPathComponent("Resources/\(name).tsv")
    guard let data = try? Data(contentsOf: url) else {
      preconditionFailure("the resource \(name).tsv is missing beside the program")
    }
    return TSV(String(decoding: data, as: UTF8.self))
  }
}
