// SPDX-License-Identifier: Apache-2.0

import Query
import ServiceSupport

@main
struct FiguresQuery {
  static func main() async { await ServerMain.run(QueryCommand.self) }
}
