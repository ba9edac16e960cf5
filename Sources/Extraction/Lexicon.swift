// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
package import Gazetteer

/// A noun that can be counted.
struct CountedNoun {
  let kind: String
  let unit: String
  /// The metric where no action says more; empty if an action is needed.
  let metric: String

  static let stopSearch = CountedNoun(kind: "search", unit: "items", metric: "stop_searches")
  static let caseOfBank = CountedNoun(kind: "case", unit: "crimes", metric: "incidents")
  static let caseOfOthers = CountedNoun(kind: "case", unit: "items", metric: "cases")
  /// A request of anybody: for data, for help. It says nothing of what the numbers of a text count.
  static let plainRequest = CountedNoun(kind: "request", unit: "items", metric: "")
  static let none = CountedNoun(kind: "", unit: "", metric: "")
}

/// Everything the rules know about one word.
struct Lexeme {
  var classes = WordClasses()
  var value = 0.0
  var noun: Int16 = -1
  var action: Int16 = -1
  /// Indices into ``Lexicon/texts``: numbers alone make a copy of a lexeme cheap. 0 is the empty text.
  var timeUnit: Int16 = 0
  var moneyMetric: Int16 = 0
  /// Percent of a fraction word: apart from `value`, for "third" and "fifth" are ordinals as well.
  var share = 0.0
  var currency: Int16 = 0
  var demonym: Int16 = 0
}

/// The words and phrases of the rules, of the gazetteer and of the bodies: one table of symbols, so
/// that a text is looked up word by word once. A value without mutable state: safe to share.
package final class Lexicon: Sendable {
  typealias Symbol = Int32

  /// What the end of a phrase stands for.
  enum Meaning: Sendable {
    case regions([Int])
    case organisation(Int)
    case qualifierBefore(Precision)
    case qualifierAfter(Precision)
    case population(Dimension, text: String)
    case hedge
  }

  let gazetteer: Gazetteer
  let catalog: MetricCatalog
  let nouns: [CountedNoun]
  /// What the indices of a ``Lexeme`` stand for.
  let texts: [String]
  private let symbols: SymbolTable
  let lexemes: [Lexeme]
  /// Actions by index, and the metric of action and kind of noun.
  private let metricRules: [String: String]
  private let soleMetrics: [String?]
  private let allMetrics: [[String]]
  private let personalActions: [Bool]
  let actionNames: [String]
  /// The first word of each action in the table: "seized".
  let actionParticiples: [String]
  /// Phrases of names and of rules, apart: names are matched in capitals.
  let names: PhraseTrie
  let phrases: PhraseTrie
  /// Qualifiers before a number, matched backwards.
  let qualifiers: PhraseTrie

  package static let bundled = Lexicon(gazetteer: .bundled, catalog: .bundled)

  package init(gazetteer: Gazetteer, catalog: MetricCatalog) {
    self.gazetteer = gazetteer
    self.catalog = catalog
    var symbols = SymbolTable()
    var lexemes: [Lexeme] = [Lexeme()]
    func symbol(_ word: String) -> Symbol {
      let id = symbols.insert(Array(word.utf8))
      while lexemes.count <= Int(id) { lexemes.append(Lexeme()) }
      return id
    }

    var texts = [""]
    func text(_ value: String) -> Int16 {
      if let index = texts.firstIndex(of: value) { return Int16(index) }
      texts.append(value)
      return Int16(texts.count - 1)
    }

    var nouns: [CountedNoun] = []
    var actions: [String: Int16] = [:]
    var actionNames: [String] = []
    var actionParticiples: [String] = []
    let table = TSV.rules("lexicon")
    let columns = ["word", "class", "a", "b", "c"].map { table.column($0) }
    for row in table.rows {
      let id = Int(symbol(row[columns[0]]))
      let (name, a) = (row[columns[1]], row[columns[2]])
      lexemes[id].classes.insert(WordClasses(name))
      switch name {
      case "noun":
        lexemes[id].noun = Int16(nouns.count)
        nouns.append(CountedNoun(kind: a, unit: row[columns[3]], metric: row[columns[4]]))
      case "action":
        if actions[a] == nil {
          actions[a] = Int16(actionNames.count)
          actionNames.append(a)
          actionParticiples.append(row[columns[0]])
        }
        lexemes[id].action = actions[a] ?? -1
      case "timeunit": lexemes[id].timeUnit = text(a)
      case "moneycue": lexemes[id].moneyMetric = text(row[columns[4]])
      case "sex": break
      case "fraction": lexemes[id].share = Double(a) ?? 0
      case "currency": lexemes[id].currency = text(a)
      case "demonym": lexemes[id].demonym = text(a)
      default:
        if let value = Double(a) { lexemes[id].value = value }
      }
    }
    let phrasalRows = TSV.rules("phrasal_verbs").rows
    for row in phrasalRows where actions[row[1]] == nil {
      actions[row[1]] = Int16(actionNames.count)
      actionNames.append(row[1])
      actionParticiples.append(row[0])
    }
    self.texts = texts
    self.actionNames = actionNames
    self.actionParticiples = actionParticiples

    let rules = TSV.rules("metric_rules")
    var metricRules: [String: String] = [:]
    for row in rules.rows { metricRules[row[0] + "/" + row[1]] = row[2] }
    self.metricRules = metricRules
    personalActions = actionNames.map { action in
      let kinds = rules.rows.filter { $0[0] == action }.map { $0[1] }
      return kinds.contains("person")
        && !kinds.contains { ["vehicle", "device", "property", "premises", "image", "money", "crime"].contains($0) }
    }
    allMetrics = actionNames.map { action in rules.rows.filter { $0[0] == action }.map { $0[2] } }
    soleMetrics = actionNames.map { action in
      let metrics = Set(rules.rows.filter { $0[0] == action }.map { $0[2] })
      return metrics.count == 1 ? metrics.first : nil
    }

    func sequence(_ phrase: String) -> [Symbol] {
      RegionNames.normalized(phrase).split(separator: " ").map { symbol(String($0)) }
    }
    let article = symbol("the")
    var names = PhraseTrie()
    var regionsByName: [[Symbol]: [Int]] = [:]
    var order: [[Symbol]] = []
    var shortened: [(key: [Symbol], region: Int)] = []
    var shortKeys: Set<[Symbol]> = []
    for alias in gazetteer.aliases {
      let region = gazetteer.regions[alias.region]
      // Foreign subdivisions are many and their names common: short ones are not read.
      if region.kind == .subdivision, alias.name.utf8.count < 4, !alias.isAbbreviation { continue }
      var key = sequence(alias.name)
      // "the West Midlands" is "West Midlands": an article never decides which area is meant.
      if key.count > 1, key.first == article { key.removeFirst() }
      if key.isEmpty { continue }
      if regionsByName[key] == nil { order.append(key) }
      regionsByName[key, default: []].append(alias.region)
      // "Türkiye": also with its accents, as a text has them.
      if !alias.name.utf8.allSatisfy({ $0 < 0x80 }) {
        let accented = alias.name.lowercased().split(separator: " ").map { symbol(String($0)) }
        if regionsByName[accented] == nil { order.append(accented) }
        regionsByName[accented, default: []].append(alias.region)
      }
      // "Notts", "W Mids": where no area is called that.
      if region.kind != .subdivision, region.kind != .place {
        for short in Gazetteer.shortened(alias.name) { shortened.append((sequence(short), alias.region)) }
      }
    }
    for (key, region) in shortened where shortKeys.contains(key) || regionsByName[key] == nil {
      if regionsByName[key] == nil {
        order.append(key)
        shortKeys.insert(key)
      }
      regionsByName[key, default: []].append(region)
    }
    for key in order {
      let found = regionsByName[key] ?? []
      // What is also an area at home, or a country, is seldom meant as a subdivision abroad.
      let home = found.filter { gazetteer.regions[$0].kind != .subdivision }
      // A town and a state of one name ("Washington") are told apart by the text.
      let isTown = home.allSatisfy { gazetteer.regions[$0].kind == .place }
      let sorted = Set(home.isEmpty || isTown ? found : home).sorted {
        let (left, right) = (gazetteer.regions[$0], gazetteer.regions[$1])
        return (left.kind.rank, left.id) < (right.kind.rank, right.id)
      }
      names.insert(key, .regions(sorted))
    }
    for (index, organisation) in gazetteer.organisations.enumerated() {
      for name in [organisation.name, organisation.abbreviation] + Gazetteer.shortened(organisation.name)
      where !name.isEmpty {
        let key = sequence(name)
        // A name that is an area's as well ("West Midlands Police") is read as the body.
        if !key.isEmpty { names.insert(key, .organisation(index)) }
        // "An Garda Síochána": also with its accents, as a text has them.
        if !name.utf8.allSatisfy({ $0 < 0x80 }) {
          names.insert(name.lowercased().split(separator: " ").map { symbol(String($0)) }, .organisation(index))
        }
      }
    }
    self.names = names

    var phrases = PhraseTrie()
    var qualifiers = PhraseTrie()
    let qualifierTable = TSV.rules("qualifiers")
    for row in qualifierTable.rows {
      guard let precision = Precision(rawValue: row[2]) else {
        preconditionFailure("unknown precision \(row[2])")
      }
      if row[1] == "before" {
        qualifiers.insert(sequence(row[0]).reversed(), .qualifierBefore(precision))
      } else {
        phrases.insert(sequence(row[0]), .qualifierAfter(precision))
      }
    }
    for row in TSV.rules("hedges").rows { phrases.insert(sequence(row[0]), .hedge) }
    var populations = PhraseTrie()
    for row in TSV.rules("population").rows {
      populations.insert(
        sequence(row[0]), .population(Dimension(row[1], row[2]), text: row[3]))
    }
    var phrasalVerbs: [Symbol: [PhrasalVerb]] = [:]
    for row in phrasalRows {
      let parts = row[0].split(separator: "*").map { sequence(String($0)) }
      guard let action = actions[row[1]], let first = parts.first?.first else {
        preconditionFailure("unknown action \(row[1])")
      }
      // A word of its own, which no text contains: what its first word is, and what all of it does.
      let whole = symbol(row[0])
      lexemes[Int(whole)] = lexemes[Int(first)]
      lexemes[Int(whole)].classes.remove(.deployment | .intransitive | .receive | .verb | .phrasal | .be | .have)
      lexemes[Int(whole)].classes.insert(.action)
      lexemes[Int(whole)].action = action
      lexemes[Int(whole)].noun = -1
      lexemes[Int(whole)].moneyMetric = 0
      lexemes[Int(first)].classes.insert(.phrasal)
      let rest = Array(parts[0].dropFirst())
      phrasalVerbs[first, default: []].append(
        PhrasalVerb(parts: (rest.isEmpty ? [] : [rest]) + parts.dropFirst(), isOpen: rest.isEmpty, symbol: whole))
    }
    self.phrasalVerbs = phrasalVerbs
    var compounds: [Symbol: [CompoundNoun]] = [:]
    for row in TSV.rules("compounds").rows {
      let noun = Int16(nouns.count)
      nouns.append(CountedNoun(kind: row[2], unit: row[3], metric: row[4]))
      for head in row[1].split(separator: "|") {
        let headSymbol = symbol(String(head))
        // A word of its own, which no text contains: what its last word is, but for what it counts.
        let whole = symbol(row[0] + " " + head)
        lexemes[Int(whole)] = lexemes[Int(headSymbol)]
        lexemes[Int(whole)].classes.remove(.action | .verb | .stopNoun)
        lexemes[Int(whole)].classes.insert(.noun)
        lexemes[Int(whole)].action = -1
        lexemes[Int(whole)].noun = noun
        lexemes[Int(headSymbol)].classes.insert(.compoundHead)
        for modifier in row[0].split(separator: "|") {
          compounds[headSymbol, default: []].append(
            CompoundNoun(modifiers: sequence(String(modifier)).reversed(), symbol: whole))
        }
      }
    }
    self.compounds = compounds
    self.nouns = nouns
    self.phrases = phrases
    self.populations = populations
    self.qualifiers = qualifiers
    and = symbol("and")
    count = symbol("count")
    tally = symbol("tally")
    self.symbols = symbols
    self.lexemes = lexemes
  }

  let populations: PhraseTrie
  /// Verbs of several words, by their first.
  let phrasalVerbs: [Symbol: [PhrasalVerb]]
  /// Nouns that the words before them make another one, by their last word.
  let compounds: [Symbol: [CompoundNoun]]
  /// The word "and", which names may have as "&".
  let and: Symbol
  /// "count", a charge where "of" follows, and "tally", which is none.
  let (count, tally): (Symbol, Symbol)

  /// - Parameter word: letters in lower case, apostrophes left out.
  func symbol(_ word: UnsafeRawBufferPointer) -> Symbol { symbols.find(word) }

  func lexeme(_ symbol: Symbol) -> Lexeme { lexemes[Int(symbol)] }

  /// Whether an action is done to people only.
  func isPersonal(_ action: Int16) -> Bool { action >= 0 && personalActions[Int(action)] }

  /// All metrics of an action.
  func metrics(action: Int16) -> [String] { action >= 0 ? allMetrics[Int(action)] : [] }

  /// The metric that all rules of an action share; nil where they differ.
  func metric(action: Int16) -> String? { action >= 0 ? soleMetrics[Int(action)] : nil }

  /// The metric of an action done to a kind of thing; nil where there is none.
  func metric(action: Int16, kind: String) -> String? {
    guard action >= 0 else { return nil }
    return metric(action: actionNames[Int(action)], kind: kind)
  }

  func metric(action: String, kind: String) -> String? {
    metricRules[action + "/" + kind] ?? (Self.kindsOfPerson.contains(kind) ? metricRules[action + "/person"] : nil)
  }

  /// Kinds of noun for which the rules of a person hold where they have none of their own.
  private static let kindsOfPerson: Set<String> = ["suspect", "offender", "child", "victim", "protester", "migrant"]
}

/// Words to small numbers; 0 is every word that is not in the table.
struct SymbolTable: Sendable {
  private var slots: [Int32] = Array(repeating: 0, count: 1024)
  private var keys: [[UInt8]] = [[]]

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
    let hash = FNV1a.hash(bytes)
    return Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & 0x7fff_ffff)
  }

  func find(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    let mask = slots.count - 1
    var slot = Self.hash(bytes) & mask
    while slots[slot] != 0 {
      let key = keys[Int(slots[slot])]
      if key.count == bytes.count, key.withUnsafeBytes({ $0.elementsEqual(bytes) }) {
        return slots[slot]
      }
      slot = (slot + 1) & mask
    }
    return 0
  }

  mutating func insert(_ key: [UInt8]) -> Int32 {
    let found = key.withUnsafeBytes { find($0) }
    if found != 0 { return found }
    keys.append(key)
    if keys.count * 2 > slots.count {
      slots = Array(repeating: 0, count: slots.count * 2)
      for index in 1..<keys.count { place(Int32(index)) }
    } else {
      place(Int32(keys.count - 1))
    }
    return Int32(keys.count - 1)
  }

  private mutating func place(_ index: Int32) {
    let mask = slots.count - 1
    var slot = keys[Int(index)].withUnsafeBytes { Self.hash($0) } & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = index
  }
}

/// Sequences of symbols with a meaning at their end.
struct PhraseTrie: Sendable {
  /// Open addressing from (node, symbol) to the next node; key 0 is empty. Its size is a power of two.
  private var keys: [UInt64] = Array(repeating: 0, count: 16)
  private var targets: [Int32] = Array(repeating: 0, count: 16)
  private var count = 0
  private var meanings: [Lexicon.Meaning?] = [nil]

  static let root: Int32 = 0

  mutating func insert(_ phrase: some Sequence<Lexicon.Symbol>, _ meaning: Lexicon.Meaning) {
    var node = Self.root
    for symbol in phrase {
      if let next = next(node, symbol) {
        node = next
      } else {
        let made = Int32(meanings.count)
        meanings.append(nil)
        add(Self.key(node, symbol), made)
        node = made
      }
    }
    meanings[Int(node)] = meaning
  }

  private mutating func add(_ key: UInt64, _ target: Int32) {
    count += 1
    if count * 2 > keys.count {
      let (oldKeys, oldTargets) = (keys, targets)
      keys = Array(repeating: 0, count: oldKeys.count * 2)
      targets = Array(repeating: 0, count: oldKeys.count * 2)
      for index in oldKeys.indices where oldKeys[index] != 0 { place(oldKeys[index], oldTargets[index]) }
    }
    place(key, target)
  }

  private mutating func place(_ key: UInt64, _ target: Int32) {
    var slot = slot(of: key)
    while keys[slot] != 0 { slot = (slot + 1) & (keys.count - 1) }
    keys[slot] = key
    targets[slot] = target
  }

  private func slot(of key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & (keys.count - 1)
  }

  @inline(__always)
  func next(_ node: Int32, _ symbol: Lexicon.Symbol) -> Int32? {
    guard symbol != 0 else { return nil }
    let key = Self.key(node, symbol)
    var slot = slot(of: key)
    while keys[slot] != 0 {
      if keys[slot] == key { return targets[slot] }
      slot = (slot + 1) & (keys.count - 1)
    }
    return nil
  }

  func meaning(_ node: Int32) -> Lexicon.Meaning? { meanings[Int(node)] }

  /// Never 0: a symbol of 0 is no word of ours.
  private static func key(_ node: Int32, _ symbol: Lexicon.Symbol) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: symbol))
  }
}
