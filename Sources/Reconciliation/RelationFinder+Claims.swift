// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What holds among the claims of one fact.
extension RelationFinder {
  func relateClaims(_ scope: inout ScopeFacts, _ announcements: [Int]) {
    for index in scope.indices where scope.facts[index].claims.count > 1 {
      refine(index, &scope)
      conflict(index, &scope)
      differ(index, &scope)
      duplicate(index, &scope, announcements)
    }
  }

  /// 660 refines "more than 600" and "several hundred".
  private func refine(_ index: Int, _ scope: inout ScopeFacts) {
    let fact = scope.facts[index]
    guard let chosen = fact.claims.first else { return }
    let looser = fact.claims.dropFirst().filter {
      $0.rank == .agrees && scope.claim($0.reference).quantity != fact.quantity
    }
    guard !looser.isEmpty else { return }
    scope.relate(
      index, .refines, claims: [chosen.reference] + looser.map(\.reference), .holds,
      "\(fact.quantity.text) refines \(texts(looser, scope))")
  }

  private func conflict(_ index: Int, _ scope: inout ScopeFacts) {
    let fact = scope.facts[index]
    let against = fact.claims.filter { $0.rank == .conflicts }
    guard let chosen = fact.claims.first, let first = against.first else { return }
    scope.relate(
      index, .conflictsWith, claims: [chosen.reference] + against.map(\.reference), .fails,
      "\(texts(against, scope)) against \(fact.quantity.text): \(first.reason)")
  }

  /// "In the last 12 months" beside "from July 2019 to June 2020": the dates stand.
  private func differ(_ index: Int, _ scope: inout ScopeFacts) {
    let key = scope.keys[index].period
    let fact = scope.facts[index]
    let others = fact.claims.filter { ranked in
      scope.claim(ranked.reference).period.map { !$0.duration.isEmpty && !key.isEmpty && $0.key != key } ?? false
    }
    guard !others.isEmpty, let period = fact.period, period.duration.isEmpty else { return }
    let words = Set(others.compactMap { scope.claim($0.reference).period?.text }).sorted()
    scope.relate(
      index, .periodDiffers, claims: others.map(\.reference), .notChecked,
      "\(words.map { "“\($0)”" }.joined(separator: ", ")) stands as stated; the dates of “\(period.text)” are chosen")
  }

  /// Documents that repeat one announcement are one source.
  private func duplicate(_ index: Int, _ scope: inout ScopeFacts, _ announcements: [Int]) {
    let fact = scope.facts[index]
    let groups = Dictionary(grouping: fact.claims) { announcements[$0.reference.document] }
    for (_, claims) in groups.sorted(by: { $0.key < $1.key }) {
      let documents = Set(claims.map(\.reference.document)).count
      guard documents > 1 else { continue }
      scope.relate(
        index, .duplicates, claims: claims.map(\.reference).sorted(), .holds,
        "\(documents) documents report one announcement: they count as one source")
    }
  }

  private func texts(_ claims: some Collection<RankedClaim>, _ scope: ScopeFacts) -> String {
    Set(claims.map { scope.claim($0.reference).quantity.text }).sorted().joined(separator: ", ")
  }
}
