// SPDX-License-Identifier: Apache-2.0

import Interop

@main
struct GRPCInterop {
  static func main() async { await InteropCommand.runMain() }
}
