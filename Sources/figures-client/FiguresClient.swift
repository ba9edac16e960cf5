// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ClientCLI

@main
struct FiguresClient {
  static func main() async { await ExtractCommand.main(Array(CommandLine.arguments.dropFirst(2))) }
}
