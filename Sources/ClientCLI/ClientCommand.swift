// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import Foundation
internal import RPC
internal import ServiceSupport

/// The program `figures-client`.
package struct ClientCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "figures-client",
    abstract: "Asks Figures: how many, where, when, said by whom, how sure.",
    discussion: """
      Exit codes: 0 found, 1 nothing found, 2 wrong usage, 3 service unreachable, 4 refused by the \
      service. Messages go to standard error.

      --server, --ingest and --timeout can also be set in the environment (FIGURES_CLIENT_SERVER, …) \
      and in a JSON file ({"client": {"server": "127.0.0.1:7102"}}) that --config or FIGURES_CONFIG \
      names.
      """,
    subcommands: [
      GetCommand.self, CompareCommand.self, WatchCommand.self, FactCommand.self, HistoryCommand.self,
      RegionsCommand.self, MetricsCommand.self, OperationsCommand.self,
      DocumentsCommand.self, DocumentCommand.self, StatusCommand.self, IngestFilesCommand.self,
      RecordCommand.self, RetractCommand.self, CorrectCommand.self, SeparateCommand.self, ReextractCommand.self,
      ExtractCommand.self, ExplainCommand.self, TextCommand.self,
    ])

  package init() {}

  /// Parses, runs, and ends the program with the exit code that says how it went.
  package static func main(arguments: [String]) async {
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as ClientError {
      Output.message("figures-client: \(error.message)")
      Foundation.exit(error.exit)
    } catch let status as Status {
      Output.message("figures-client: \(status.message.isEmpty ? status.code.name : status.message)")
      if status.code == .unavailable {
        Output.message("Is the service running there? --server and --ingest name other addresses.")
      }
      Foundation.exit(exitCode(of: status))
    } catch {
      ServerMain.exit(ClientCommand.self, with: error)
    }
  }

  static func exitCode(of status: Status) -> Int32 {
    switch status.code {
    case .notFound: ClientExit.nothingFound
    case .unavailable, .deadlineExceeded: ClientExit.unreachable
    default: ClientExit.refused
    }
  }
}
