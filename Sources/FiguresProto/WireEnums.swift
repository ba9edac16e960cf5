// SPDX-License-Identifier: Apache-2.0

package import FiguresModel

/// An enum whose cases stand in the contract in the same order, from 1; 0 is "unspecified".
protocol WireEnum: CaseIterable, Equatable {}

extension WireEnum {
  var wireNumber: UInt32 {
    UInt32(
      (Self.allCases.firstIndex(of: self).map { Self.allCases.distance(from: Self.allCases.startIndex, to: $0) } ?? -1)
        + 1)
  }

  /// Nil for 0 and for numbers of a later version.
  init?(wireNumber: UInt32) {
    guard wireNumber > 0, wireNumber <= UInt32(Self.allCases.count) else { return nil }
    self = Self.allCases[Self.allCases.index(Self.allCases.startIndex, offsetBy: Int(wireNumber) - 1)]
  }
}

extension Precision: WireEnum {}
extension Certainty: WireEnum {}

extension Section: WireEnum {
  // In the contract's order: headline, caption, body, quotation, standfirst, list, table, correction, boilerplate.
}

extension Agreement: WireEnum {}
extension ClaimRank: WireEnum {}
extension RelationKind: WireEnum {}
extension ChangeKind: WireEnum {}
extension CheckResult: WireEnum {}

/// `figures.v1.SubmitOutcome`.
package enum SubmitOutcome: String, Sendable, CaseIterable, WireEnum { case recorded, unchanged }

/// `figures.v1.SubAreas`.
package enum SubAreas: String, Sendable, CaseIterable, WireEnum { case parts, none, all }
