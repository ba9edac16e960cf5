// SPDX-License-Identifier: Apache-2.0

internal import FiguresModel
internal import FiguresProto
internal import Foundation

/// Answers as JSON, with the contract's field names.
enum FigureJSON {
  struct Answer: Encodable {
    let revision: UInt64
    let region: Area
    let others: [Area]
    let facts: [Row]
    /// Left out where none was asked for.
    let roll_ups: [RollUp]?
  }

  struct RollUp: Encodable {
    let metric: String
    let value: String
    let low: Double?
    let high: Double?
    let unit: String
    let period_start: String
    let period_end: String
    let period: String
    let operation: String
    let population_text: String
    let derived: String
    let inputs: [String]
    let missing: [String]
    let missing_count: UInt32
    let reason: String

    init(_ record: RollUpRecord) {
      let row = Row(record.fact)
      (metric, value, low, high, unit) = (row.metric, row.value, row.low, row.high, row.unit)
      (period_start, period_end, period) = (row.period_start, row.period_end, row.period)
      (operation, population_text) = (row.operation, row.population_text)
      (derived, inputs) = (row.derived, row.inputs)
      missing = record.missing.map(\.id)
      missing_count = record.missingCount
      reason = row.suppressed.isEmpty ? record.reason : row.suppressed
    }
  }

  struct Area: Encodable {
    let id: String
    let name: String
    let kind: String
    let label: String
    let figure_count: UInt32
    let parents: [String]
    let same_extent: [String]

    init(_ record: RegionRecord) {
      id = record.id
      name = record.name
      kind = record.kind
      label = record.label
      figure_count = record.figureCount
      parents = record.parents
      same_extent = record.sameExtent
    }
  }

  struct Row: Encodable {
    let id: String
    let metric: String
    let value: String
    let low: Double?
    let high: Double?
    let precision: String
    let unit: String
    let region: String
    let region_name: String
    let period_start: String
    let period_end: String
    let duration: String
    let period: String
    let operation: String
    let operation_id: String
    let population: [String: String]
    let population_text: String
    let agreement: String
    let certainty: String
    let conflicting: [String]
    let sources: UInt32
    let documents: UInt32
    let claims: UInt32
    let part_of: [String]
    let check: String
    let reason: String
    let derived: String
    let inputs: [String]
    let suppressed: String

    init(_ fact: FactRecord) {
      id = fact.id
      metric = fact.metric
      value = fact.quantity?.text ?? ""
      low = fact.quantity?.low
      high = fact.quantity?.high
      precision = fact.quantity?.precision.rawValue ?? ""
      unit = fact.quantity?.unit ?? ""
      region = fact.region?.id ?? ""
      region_name = fact.region?.name ?? ""
      period_start = fact.period?.start?.description ?? ""
      period_end = fact.period?.end?.description ?? ""
      duration = fact.period?.duration ?? ""
      period = fact.period?.text ?? ""
      operation = fact.operation?.summary ?? ""
      operation_id = fact.operation?.id ?? ""
      population = Dictionary(fact.population.map { ($0.name, $0.value) }) { first, _ in first }
      population_text = fact.populationText
      agreement = fact.agreement?.rawValue ?? ""
      certainty = fact.certainty?.rawValue ?? ""
      conflicting = fact.conflicting
      sources = fact.sourceCount
      documents = fact.documentCount
      claims = fact.claimCount
      part_of = fact.partOf
      check = fact.check
      reason = fact.reason
      derived = fact.formula
      inputs = fact.inputs
      suppressed = fact.suppressed
    }
  }

  static func text(_ answer: GetFiguresResponse) throws -> String {
    try encode(
      Answer(
        revision: answer.revision, region: Area(answer.region), others: answer.others.map(Area.init),
        facts: answer.facts.map(Row.init),
        roll_ups: answer.rollUps.isEmpty ? nil : answer.rollUps.map(RollUp.init)))
  }

  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
