// SPDX-License-Identifier: Apache-2.0

import ClientCLI

@main
struct FiguresClient {
  static func main() async {
    await ClientCommand.main(arguments: Array(CommandLine.arguments.dropFirst()))
  }
}
