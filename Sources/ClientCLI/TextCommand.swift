// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import DocumentText

/// `figures-client text FILE`: the text of a file as it is stored, into which all offsets point.
package struct TextCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Print the text of a file as it would be stored: offsets of figures are bytes of this.")

  @Argument(help: TextFile.help)
  var file: String

  package init() {}

  package mutating func run() async throws { Output.print(try TextFile.read(file).text) }
}
