// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import Foundation

extension TSV {
  /// One of this target's tables of rules.
  static func rules(_ name: String) -> TSV { .resource(name, in: .module) }
}
