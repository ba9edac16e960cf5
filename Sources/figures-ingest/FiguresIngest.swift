// SPDX-License-Identifier: Apache-2.0

import Ingest
import ServiceSupport

@main
struct FiguresIngest {
  static func main() async { await ServerMain.run(IngestCommand.self) }
}
