// SPDX-License-Identifier: Apache-2.0
//
// What is said of facts and claims once they were compared. The cases stand in the contract's order.

/// Whether a fact's claims agree.
package enum Agreement: String, Sendable, CaseIterable {
  /// One claim.
  case single
  /// Several, all compatible.
  case agreed
  /// At least one is outside the chosen bounds.
  case conflict
  /// Conflicting claims of equal weight: none was preferred.
  case disputed
}

/// Where a claim stands within its fact.
package enum ClaimRank: String, Sendable, CaseIterable { case chosen, agrees, conflicts }

/// What holds between a fact and others.
package enum RelationKind: String, Sendable, CaseIterable {
  case totalOf, partOf, complement, refines, conflictsWith, duplicates, derivedFrom
  /// A part, if the total counts what it may count; the text does not say so. Never added.
  case possiblePartOf
  /// A multiple or a change beside the two levels it is of.
  case ratioOf
  /// A share and what it is a share of.
  case shareOf
  /// Periods overlap, or may: never added.
  case overlaps
  /// Claims of one fact that name its period differently.
  case periodDiffers
}

/// The result of a relation's check.
package enum CheckResult: String, Sendable, CaseIterable { case holds, fails, notChecked }

/// What became of a fact between two revisions.
package enum ChangeKind: String, Sendable, CaseIterable { case added, changed, removed }
