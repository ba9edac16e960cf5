// SPDX-License-Identifier: Apache-2.0

/// What a word of lexicon.tsv can be to the rules. In the table's column `class` it is written in small letters.
enum WordClass: UInt64, CaseIterable {
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
  case ordinalSuffix
  case percent
  case per
  case cent
  case month
  case weekday
  case timeUnit
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
  case operationName
  case study
  case total
  case title
  case venue
  case street
  case commonWord
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
  case yearWord
  case ending
  case financial
  case last
  case this
  case out
  case than
  case adverb
  case founded
  case suchAs
  case national
  case areaNoun
  case bodyNoun
  case countryNoun
  case moneyCue
  case currency
  case strong
  case times
  case comparative
  case by
  case ranging
  case distance
  case capacity
  case previousWord
  case publishCue
  case demonym
  case authority
  case table
  case correction
  case oldest
  case every
  case limit
  case irregularPlural
  case juryWord
  case dayWord
  case comparedTo
  case when
  case new
  case superlative
  case changeWord
  case rateWord
  case above
  case or
  case intransitive
  case describing
  case stopNoun
  case protestWord
  case worth
  case with
  case `for`
  case at
  case `as`
  case boiler
  case webWord
  case level
  case iAm
  case modal
  case continent
  case what
  case question
  case against
  case respectively
  case presence
  case plea
  case lifeWord
  case safety
  case publishing
  case saying
  case correctedWord
  case prisonWord
  case dayKind
  case relation
  case doubleWord
  case degree
  case under
  case gang
  case team
  case group
  case dataWord
  case treatment
  case suffering
  case formOfDrug
  case composition
  case up
  case ageBound
  case until
  case please
  case deployment
  case opening
  case movement
  case no
  case staying
  case bailWord
  case offenceWord
  case offenceNoun
  case courtWord
  case nationalWord
  case result
  case furtherAction
  case prosecutor
  case without
  case crowd
  case adult
  case average
  case older
  case generalNoun
  case kindWord
  case plainWord
  case same
  case periodWord
  case sumNoun
  case earlier
  case version
  case furniture
  case wrongly
  case right
  case each
  case fine
  case pay
  case receive
  case majority
  case wholeWord
  case others
  case negation
  case fiscal
  case quarterLabel
  case nationalName
  case prisonBar
  case nearest
  case except
  case measure
  case kindOfDrug
  case nationality
  case posing
  case enduring
  case breaking
  case siteWord
  case siteNoun
  case running
  case reasonWord
  /// The first word of a verb of phrasal_verbs.tsv.
  case phrasal
  /// The last word of a noun of compounds.tsv.
  case compoundHead
  case exploitation
  case caseworker
  case disclosureLaw
  case requestLaw
  case rupeeCountry
  case bracketWord
  case later
}

/// The classes of one word. Read as `reading.isWord(index, .be | .have)`.
struct WordClasses: Hashable {
  private var low: UInt64 = 0
  private var middle: UInt64 = 0
  private var high: UInt64 = 0
  private var highest: UInt64 = 0

  init() {}

  @inline(__always)
  init(_ single: WordClass) {
    let bit = single.rawValue
    switch bit {
    case ..<64: low = 1 << bit
    case ..<128: middle = 1 << (bit - 64)
    case ..<192: high = 1 << (bit - 128)
    default: highest = 1 << (bit - 192)
    }
  }

  private static let named: [String: WordClasses] = {
    precondition(WordClass.allCases.count <= 4 * UInt64.bitWidth, "more classes than bits")
    return Dictionary(uniqueKeysWithValues: WordClass.allCases.map { ("\($0)".lowercased(), WordClasses($0)) })
  }()

  /// Traps on a class that no rule knows: lexicon and program do not fit.
  init(_ name: String) {
    guard let single = Self.named[name] else { preconditionFailure("unknown word class \(name)") }
    self = single
  }

  @inline(__always)
  mutating func insert(_ other: WordClasses) {
    low |= other.low
    middle |= other.middle
    high |= other.high
    highest |= other.highest
  }

  mutating func remove(_ other: WordClasses) {
    low &= ~other.low
    middle &= ~other.middle
    high &= ~other.high
    highest &= ~other.highest
  }

  @inline(__always)
  func intersects(_ other: WordClasses) -> Bool {
    (low & other.low) | (middle & other.middle) | (high & other.high) | (highest & other.highest) != 0
  }

  @inline(__always)
  static func | (left: WordClasses, right: WordClasses) -> WordClasses {
    var result = left
    result.insert(right)
    return result
  }
}

/// One constant a class: the compiler folds them, and a rule that asks for five classes costs one comparison.
extension WordClasses {
  static var number: Self { Self(.number) }
  static var magnitude: Self { Self(.magnitude) }
  static var suffix: Self { Self(.suffix) }
  static var collective: Self { Self(.collective) }
  static var vague: Self { Self(.vague) }
  static var several: Self { Self(.several) }
  static var fraction: Self { Self(.fraction) }
  static var multiple: Self { Self(.multiple) }
  static var fold: Self { Self(.fold) }
  static var halved: Self { Self(.halved) }
  static var none: Self { Self(.none) }
  static var ordinal: Self { Self(.ordinal) }
  static var ordinalSuffix: Self { Self(.ordinalSuffix) }
  static var percent: Self { Self(.percent) }
  static var per: Self { Self(.per) }
  static var cent: Self { Self(.cent) }
  static var month: Self { Self(.month) }
  static var weekday: Self { Self(.weekday) }
  static var timeUnit: Self { Self(.timeUnit) }
  static var clock: Self { Self(.clock) }
  static var noun: Self { Self(.noun) }
  static var action: Self { Self(.action) }
  static var increase: Self { Self(.increase) }
  static var decrease: Self { Self(.decrease) }
  static var be: Self { Self(.be) }
  static var have: Self { Self(.have) }
  static var locative: Self { Self(.locative) }
  static var preposition: Self { Self(.preposition) }
  static var relative: Self { Self(.relative) }
  static var pronoun: Self { Self(.pronoun) }
  static var determiner: Self { Self(.determiner) }
  static var and: Self { Self(.and) }
  static var conjunction: Self { Self(.conjunction) }
  static var link: Self { Self(.link) }
  static var verb: Self { Self(.verb) }
  static var include: Self { Self(.include) }
  static var operation: Self { Self(.operation) }
  static var operationName: Self { Self(.operationName) }
  static var study: Self { Self(.study) }
  static var total: Self { Self(.total) }
  static var title: Self { Self(.title) }
  static var venue: Self { Self(.venue) }
  static var street: Self { Self(.street) }
  static var commonWord: Self { Self(.commonWord) }
  static var age: Self { Self(.age) }
  static var old: Self { Self(.old) }
  static var young: Self { Self(.young) }
  static var phone: Self { Self(.phone) }
  static var statute: Self { Self(.statute) }
  static var page: Self { Self(.page) }
  static var rank: Self { Self(.rank) }
  static var identifier: Self { Self(.identifier) }
  static var since: Self { Self(.since) }
  static var from: Self { Self(.from) }
  static var to: Self { Self(.to) }
  static var between: Self { Self(.between) }
  static var `in`: Self { Self(.in) }
  static var of: Self { Self(.of) }
  static var yearWord: Self { Self(.yearWord) }
  static var ending: Self { Self(.ending) }
  static var financial: Self { Self(.financial) }
  static var last: Self { Self(.last) }
  static var this: Self { Self(.this) }
  static var out: Self { Self(.out) }
  static var than: Self { Self(.than) }
  static var adverb: Self { Self(.adverb) }
  static var founded: Self { Self(.founded) }
  static var suchAs: Self { Self(.suchAs) }
  static var national: Self { Self(.national) }
  static var areaNoun: Self { Self(.areaNoun) }
  static var bodyNoun: Self { Self(.bodyNoun) }
  static var countryNoun: Self { Self(.countryNoun) }
  static var moneyCue: Self { Self(.moneyCue) }
  static var currency: Self { Self(.currency) }
  static var strong: Self { Self(.strong) }
  static var times: Self { Self(.times) }
  static var comparative: Self { Self(.comparative) }
  static var by: Self { Self(.by) }
  static var ranging: Self { Self(.ranging) }
  static var distance: Self { Self(.distance) }
  static var capacity: Self { Self(.capacity) }
  static var previousWord: Self { Self(.previousWord) }
  static var publishCue: Self { Self(.publishCue) }
  static var demonym: Self { Self(.demonym) }
  static var authority: Self { Self(.authority) }
  static var table: Self { Self(.table) }
  static var correction: Self { Self(.correction) }
  static var oldest: Self { Self(.oldest) }
  static var every: Self { Self(.every) }
  static var limit: Self { Self(.limit) }
  static var irregularPlural: Self { Self(.irregularPlural) }
  static var juryWord: Self { Self(.juryWord) }
  static var dayWord: Self { Self(.dayWord) }
  static var comparedTo: Self { Self(.comparedTo) }
  static var when: Self { Self(.when) }
  static var new: Self { Self(.new) }
  static var superlative: Self { Self(.superlative) }
  static var changeWord: Self { Self(.changeWord) }
  static var rateWord: Self { Self(.rateWord) }
  static var above: Self { Self(.above) }
  static var or: Self { Self(.or) }
  static var intransitive: Self { Self(.intransitive) }
  static var describing: Self { Self(.describing) }
  static var stopNoun: Self { Self(.stopNoun) }
  static var protestWord: Self { Self(.protestWord) }
  static var worth: Self { Self(.worth) }
  static var with: Self { Self(.with) }
  static var `for`: Self { Self(.for) }
  static var at: Self { Self(.at) }
  static var `as`: Self { Self(.as) }
  static var boiler: Self { Self(.boiler) }
  static var webWord: Self { Self(.webWord) }
  static var level: Self { Self(.level) }
  static var iAm: Self { Self(.iAm) }
  static var modal: Self { Self(.modal) }
  static var continent: Self { Self(.continent) }
  static var what: Self { Self(.what) }
  static var question: Self { Self(.question) }
  static var against: Self { Self(.against) }
  static var respectively: Self { Self(.respectively) }
  static var presence: Self { Self(.presence) }
  static var plea: Self { Self(.plea) }
  static var lifeWord: Self { Self(.lifeWord) }
  static var safety: Self { Self(.safety) }
  static var publishing: Self { Self(.publishing) }
  static var saying: Self { Self(.saying) }
  static var correctedWord: Self { Self(.correctedWord) }
  static var prisonWord: Self { Self(.prisonWord) }
  static var dayKind: Self { Self(.dayKind) }
  static var relation: Self { Self(.relation) }
  static var doubleWord: Self { Self(.doubleWord) }
  static var degree: Self { Self(.degree) }
  static var under: Self { Self(.under) }
  static var gang: Self { Self(.gang) }
  static var team: Self { Self(.team) }
  static var group: Self { Self(.group) }
  static var dataWord: Self { Self(.dataWord) }
  static var treatment: Self { Self(.treatment) }
  static var suffering: Self { Self(.suffering) }
  static var formOfDrug: Self { Self(.formOfDrug) }
  static var composition: Self { Self(.composition) }
  static var up: Self { Self(.up) }
  static var ageBound: Self { Self(.ageBound) }
  static var until: Self { Self(.until) }
  static var please: Self { Self(.please) }
  static var deployment: Self { Self(.deployment) }
  static var opening: Self { Self(.opening) }
  static var movement: Self { Self(.movement) }
  static var no: Self { Self(.no) }
  static var staying: Self { Self(.staying) }
  static var offenceWord: Self { Self(.offenceWord) }
  static var offenceNoun: Self { Self(.offenceNoun) }
  static var bailWord: Self { Self(.bailWord) }
  static var courtWord: Self { Self(.courtWord) }
  static var nationalWord: Self { Self(.nationalWord) }
  static var result: Self { Self(.result) }
  static var furtherAction: Self { Self(.furtherAction) }
  static var prosecutor: Self { Self(.prosecutor) }
  static var without: Self { Self(.without) }
  static var crowd: Self { Self(.crowd) }
  static var adult: Self { Self(.adult) }
  static var average: Self { Self(.average) }
  static var older: Self { Self(.older) }
  static var generalNoun: Self { Self(.generalNoun) }
  static var kindWord: Self { Self(.kindWord) }
  static var plainWord: Self { Self(.plainWord) }
  static var same: Self { Self(.same) }
  static var periodWord: Self { Self(.periodWord) }
  static var sumNoun: Self { Self(.sumNoun) }
  static var earlier: Self { Self(.earlier) }
  static var version: Self { Self(.version) }
  static var furniture: Self { Self(.furniture) }
  static var wrongly: Self { Self(.wrongly) }
  static var right: Self { Self(.right) }
  static var each: Self { Self(.each) }
  static var fine: Self { Self(.fine) }
  static var pay: Self { Self(.pay) }
  static var receive: Self { Self(.receive) }
  static var majority: Self { Self(.majority) }
  static var wholeWord: Self { Self(.wholeWord) }
  static var others: Self { Self(.others) }
  static var negation: Self { Self(.negation) }
  static var fiscal: Self { Self(.fiscal) }
  static var quarterLabel: Self { Self(.quarterLabel) }
  static var nationalName: Self { Self(.nationalName) }
  static var prisonBar: Self { Self(.prisonBar) }
  static var nearest: Self { Self(.nearest) }
  static var except: Self { Self(.except) }
  static var measure: Self { Self(.measure) }
  static var kindOfDrug: Self { Self(.kindOfDrug) }
  static var nationality: Self { Self(.nationality) }
  static var posing: Self { Self(.posing) }
  static var enduring: Self { Self(.enduring) }
  static var breaking: Self { Self(.breaking) }
  static var siteWord: Self { Self(.siteWord) }
  static var siteNoun: Self { Self(.siteNoun) }
  static var running: Self { Self(.running) }
  static var reasonWord: Self { Self(.reasonWord) }
  static var phrasal: Self { Self(.phrasal) }
  static var compoundHead: Self { Self(.compoundHead) }
  static var exploitation: Self { Self(.exploitation) }
  static var caseworker: Self { Self(.caseworker) }
  static var disclosureLaw: Self { Self(.disclosureLaw) }
  static var requestLaw: Self { Self(.requestLaw) }
  static var rupeeCountry: Self { Self(.rupeeCountry) }
  static var bracketWord: Self { Self(.bracketWord) }
  static var later: Self { Self(.later) }
}
