// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel

/// What a claim leaves for the numbers after it. A reference: a context holds several, and copies of whole claims
/// were a tenth of the time of an extraction.
final class Told {
  let metric: String
  let unit: String
  let span: Span
  /// The first of the rules that found the metric.
  let rule: String
  let population: [Dimension]
  let populationText: String
  /// Whether the metric is what a text reports, not who acted or a thing that no table knows.
  let isMain: Bool
  /// Whether it counts people by more than that they are people.
  let isPeople: Bool

  init(_ claim: Claim, isMain: Bool) {
    metric = claim.metric
    unit = claim.quantity.unit
    span = claim.span
    rule = claim.rules.first ?? ""
    population = claim.population
    populationText = claim.populationText
    self.isMain = isMain
    isPeople = isMain && (unit == "persons" || unit == "children") && !MetricFinder.carriers.contains(metric)
  }
}
