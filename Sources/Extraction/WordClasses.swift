// SPDX-License-Identifier: Apache-2.0

/// What a word of lexicon.tsv can be to the rules; the raw value is the name in the table's column `class`.
enum WordClass: String, CaseIterable {
  case number
  case magnitude
  case suffix
  case collective
  case vague
  case several
  case fraction
  case multiple
  case fold
  case halved
  case none
  case ordinal
  case ordinalSuffix = "ordinalsuffix"
  case percent
  case per
  case cent
  case month
  case weekday
  case timeUnit = "timeunit"
  case clock
  case noun
  case action
  case increase
  case decrease
  case be
  case have
  case locative
  case preposition
  case relative
  case pronoun
  case determiner
  case and
  case conjunction
  case link
  case verb
  case include
  case operation
  case operationName = "operationname"
  case study
  case total
  case title
  case venue
  case street
  case commonWord = "commonword"
  case age
  case old
  case young
  case phone
  case statute
  case page
  case rank
  case identifier
  case since
  case from
  case to
  case between
  case `in`
  case of
  case yearWord = "yearword"
  case ending
  case financial
  case last
  case this
  case compared
  case out
  case than
  case more
  case adverb
  case founded
  case suchAs = "suchas"
  case national
  case nationalAdjective = "nationaladj"
  case areaNoun = "areanoun"
  case bodyNoun = "bodynoun"
  case countryNoun = "countrynoun"
  case sex
  case moneyCue = "moneycue"
  case currency
  case strong
  case times
  case comparative
  case by
  case ranging
  case distance
  case capacity
  case previousWord = "previousword"
  case publishCue = "publishcue"
  case demonym
  case authority
  case table
  case correction
  case oldest
  case every
  case limit
  case irregularPlural = "irregularplural"
  case juryWord = "juryword"
  case dayWord = "dayword"
  case comparedTo = "comparedto"
  case when
  case new
  case superlative
  case changeWord = "changeword"
  case rateWord = "rateword"
  case above
  case or
  case intransitive
  case describing
  case stopNoun = "stopnoun"
  case protestWord = "protestword"
  case worth
  case with
  case `for`
  case at
  case `as`
  case boiler
  case webWord = "webword"
  case average
  case older
  case generalNoun = "generalnoun"
  case kindWord = "kindword"
  case plainWord = "plainword"
  case same
  case periodWord = "periodword"
  case sumNoun = "sumnoun"
  case earlier
  case version
  case furniture
  case wrongly
  case right
  case each
  case fine
  case pay
  case receive
}

/// The classes of one word. Read as `reading.isWord(index, .be | .have)`.
struct WordClasses: Hashable {
  private var low: UInt64 = 0
  private var middle: UInt64 = 0
  private var high: UInt64 = 0

  init() {}

  @inline(__always)
  fileprivate init(bit: UInt64) {
    switch bit {
    case ..<64: low = 1 << bit
    case ..<128: middle = 1 << (bit - 64)
    default: high = 1 << (bit - 128)
    }
  }

  /// Traps on a class that no rule knows: lexicon and program do not fit.
  init(_ name: String) {
    guard let index = WordClass.allCases.firstIndex(where: { $0.rawValue == name }) else {
      preconditionFailure("unknown word class \(name)")
    }
    self.init(bit: UInt64(index))
  }

  @inline(__always)
  mutating func insert(_ other: WordClasses) {
    low |= other.low
    middle |= other.middle
    high |= other.high
  }

  @inline(__always)
  func intersects(_ other: WordClasses) -> Bool {
    (low & other.low) | (middle & other.middle) | (high & other.high) != 0
  }

  @inline(__always)
  static func | (left: WordClasses, right: WordClasses) -> WordClasses {
    var result = left
    result.insert(right)
    return result
  }
}

/// One constant a class, in the order of ``WordClass``: the compiler folds them, and a rule that asks for five classes
/// costs one comparison.
extension WordClasses {
  static var number: Self { Self(bit: 0) }
  static var magnitude: Self { Self(bit: 1) }
  static var suffix: Self { Self(bit: 2) }
  static var collective: Self { Self(bit: 3) }
  static var vague: Self { Self(bit: 4) }
  static var several: Self { Self(bit: 5) }
  static var fraction: Self { Self(bit: 6) }
  static var multiple: Self { Self(bit: 7) }
  static var fold: Self { Self(bit: 8) }
  static var halved: Self { Self(bit: 9) }
  static var none: Self { Self(bit: 10) }
  static var ordinal: Self { Self(bit: 11) }
  static var ordinalSuffix: Self { Self(bit: 12) }
  static var percent: Self { Self(bit: 13) }
  static var per: Self { Self(bit: 14) }
  static var cent: Self { Self(bit: 15) }
  static var month: Self { Self(bit: 16) }
  static var weekday: Self { Self(bit: 17) }
  static var timeUnit: Self { Self(bit: 18) }
  static var clock: Self { Self(bit: 19) }
  static var noun: Self { Self(bit: 20) }
  static var action: Self { Self(bit: 21) }
  static var increase: Self { Self(bit: 22) }
  static var decrease: Self { Self(bit: 23) }
  static var be: Self { Self(bit: 24) }
  static var have: Self { Self(bit: 25) }
  static var locative: Self { Self(bit: 26) }
  static var preposition: Self { Self(bit: 27) }
  static var relative: Self { Self(bit: 28) }
  static var pronoun: Self { Self(bit: 29) }
  static var determiner: Self { Self(bit: 30) }
  static var and: Self { Self(bit: 31) }
  static var conjunction: Self { Self(bit: 32) }
  static var link: Self { Self(bit: 33) }
  static var verb: Self { Self(bit: 34) }
  static var include: Self { Self(bit: 35) }
  static var operation: Self { Self(bit: 36) }
  static var operationName: Self { Self(bit: 37) }
  static var study: Self { Self(bit: 38) }
  static var total: Self { Self(bit: 39) }
  static var title: Self { Self(bit: 40) }
  static var venue: Self { Self(bit: 41) }
  static var street: Self { Self(bit: 42) }
  static var commonWord: Self { Self(bit: 43) }
  static var age: Self { Self(bit: 44) }
  static var old: Self { Self(bit: 45) }
  static var young: Self { Self(bit: 46) }
  static var phone: Self { Self(bit: 47) }
  static var statute: Self { Self(bit: 48) }
  static var page: Self { Self(bit: 49) }
  static var rank: Self { Self(bit: 50) }
  static var identifier: Self { Self(bit: 51) }
  static var since: Self { Self(bit: 52) }
  static var from: Self { Self(bit: 53) }
  static var to: Self { Self(bit: 54) }
  static var between: Self { Self(bit: 55) }
  static var `in`: Self { Self(bit: 56) }
  static var of: Self { Self(bit: 57) }
  static var yearWord: Self { Self(bit: 58) }
  static var ending: Self { Self(bit: 59) }
  static var financial: Self { Self(bit: 60) }
  static var last: Self { Self(bit: 61) }
  static var this: Self { Self(bit: 62) }
  static var compared: Self { Self(bit: 63) }
  static var out: Self { Self(bit: 64) }
  static var than: Self { Self(bit: 65) }
  static var more: Self { Self(bit: 66) }
  static var adverb: Self { Self(bit: 67) }
  static var founded: Self { Self(bit: 68) }
  static var suchAs: Self { Self(bit: 69) }
  static var national: Self { Self(bit: 70) }
  static var nationalAdjective: Self { Self(bit: 71) }
  static var areaNoun: Self { Self(bit: 72) }
  static var bodyNoun: Self { Self(bit: 73) }
  static var countryNoun: Self { Self(bit: 74) }
  static var sex: Self { Self(bit: 75) }
  static var moneyCue: Self { Self(bit: 76) }
  static var currency: Self { Self(bit: 77) }
  static var strong: Self { Self(bit: 78) }
  static var times: Self { Self(bit: 79) }
  static var comparative: Self { Self(bit: 80) }
  static var by: Self { Self(bit: 81) }
  static var ranging: Self { Self(bit: 82) }
  static var distance: Self { Self(bit: 83) }
  static var capacity: Self { Self(bit: 84) }
  static var previousWord: Self { Self(bit: 85) }
  static var publishCue: Self { Self(bit: 86) }
  static var demonym: Self { Self(bit: 87) }
  static var authority: Self { Self(bit: 88) }
  static var table: Self { Self(bit: 89) }
  static var correction: Self { Self(bit: 90) }
  static var oldest: Self { Self(bit: 91) }
  static var every: Self { Self(bit: 92) }
  static var limit: Self { Self(bit: 93) }
  static var irregularPlural: Self { Self(bit: 94) }
  static var juryWord: Self { Self(bit: 95) }
  static var dayWord: Self { Self(bit: 96) }
  static var comparedTo: Self { Self(bit: 97) }
  static var when: Self { Self(bit: 98) }
  static var new: Self { Self(bit: 99) }
  static var superlative: Self { Self(bit: 100) }
  static var changeWord: Self { Self(bit: 101) }
  static var rateWord: Self { Self(bit: 102) }
  static var above: Self { Self(bit: 103) }
  static var or: Self { Self(bit: 104) }
  static var intransitive: Self { Self(bit: 105) }
  static var describing: Self { Self(bit: 106) }
  static var stopNoun: Self { Self(bit: 107) }
  static var protestWord: Self { Self(bit: 108) }
  static var worth: Self { Self(bit: 109) }
  static var with: Self { Self(bit: 110) }
  static var `for`: Self { Self(bit: 111) }
  static var at: Self { Self(bit: 112) }
  static var `as`: Self { Self(bit: 113) }
  static var boiler: Self { Self(bit: 114) }
  static var webWord: Self { Self(bit: 115) }
  static var average: Self { Self(bit: 116) }
  static var older: Self { Self(bit: 117) }
  static var generalNoun: Self { Self(bit: 118) }
  static var kindWord: Self { Self(bit: 119) }
  static var plainWord: Self { Self(bit: 120) }
  static var same: Self { Self(bit: 121) }
  static var periodWord: Self { Self(bit: 122) }
  static var sumNoun: Self { Self(bit: 123) }
  static var earlier: Self { Self(bit: 124) }
  static var version: Self { Self(bit: 125) }
  static var furniture: Self { Self(bit: 126) }
  static var wrongly: Self { Self(bit: 127) }
  static var right: Self { Self(bit: 128) }
  static var each: Self { Self(bit: 129) }
  static var fine: Self { Self(bit: 130) }
  static var pay: Self { Self(bit: 131) }
  static var receive: Self { Self(bit: 132) }
}
