// SPDX-License-Identifier: Apache-2.0

package import FiguresModel
internal import Foundation

/// An area that figures can be stated for.
package struct Region: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case country, nation, localAuthority = "local_authority", policeForceArea = "police_force_area"
    case county, onsRegion = "ons_region", rocu, place, nationGroup = "nation_group"
    case specialForce = "special_force", subdivision

    /// For people.
    package var label: String {
      switch self {
      case .country: "country"
      case .nation: "nation"
      case .localAuthority: "local authority"
      case .policeForceArea: "police force area"
      case .county: "county"
      case .onsRegion: "region"
      case .rocu: "regional organised crime unit's area"
      case .place: "place"
      case .nationGroup: "group of nations"
      case .specialForce: "special police force"
      case .subdivision: "subdivision"
      }
    }

    /// The order in which areas of one name are offered and read: what people mean most often comes
    /// first.
    package var rank: Int {
      switch self {
      case .country: 0
      case .nation: 1
      case .localAuthority: 2
      case .policeForceArea: 3
      case .county: 4
      case .onsRegion: 5
      case .rocu: 6
      case .nationGroup: 7
      case .specialForce: 8
      case .place: 9
      case .subdivision: 10
      }
    }
  }

  package let id: String
  /// The area's own name: "West Midlands" for the force area of West Midlands Police.
  package let name: String
  package let kind: Kind

  /// "West Midlands (police force area)".
  package var label: String { "\(name) (\(kind.label))" }
}

/// A body that states figures or is reported to have made them.
package struct Organisation: Hashable, Sendable {
  package let id: String
  package let name: String
  package let abbreviation: String
  package let kind: String
  /// Region id; empty for international bodies.
  package let jurisdiction: String
  /// The body that runs it; empty if none does.
  package let parent: String
}

/// Areas, their names and what lies in what; bodies and where they act.
///
/// Made from Resources/*.tsv, whose sources and licences stand in Resources/SOURCES.md. Values only:
/// safe to share, read from any thread.
package final class Gazetteer: Sendable {
  package let regions: [Region]
  package let organisations: [Organisation]
  /// Every name under which a region is known, as written, with the index of the region.
  package let aliases: [(name: String, region: Int, isAbbreviation: Bool)]

  private let indexByID: [String: Int]
  private let organisationByID: [String: Int]
  private let forceByArea: [String: Int]
  private let candidatesByName: [String: [Int]]
  private let parents: [[Int]]
  private let ancestors: [Set<Int>]
  /// The local authorities of each area that is made of some, by index; empty for the others.
  private let extents: [Set<Int>]
  /// The areas of each extent, by index.
  private let byExtent: [Set<Int>: [Int]]
  /// Whether each area is national: asked for every place of a text.
  private let national: [Bool]
  private let groundOf: [Int]
  /// The areas around each, by the first area on each ground.
  private let outer: [[Int]]
  private let aliasesOf: [[Int]]

  package static let bundled = Gazetteer(
    regions: .resource("regions", in: .module), world: .resource("world", in: .module),
    cities: .resource("cities", in: .module),
    containment: .resource("containment", in: .module), aliases: .resource("aliases", in: .module),
    organisations: .resource("organisations", in: .module))

  package init(regions: TSV, world: TSV, cities: TSV, containment: TSV, aliases: TSV, organisations: TSV) {
    var list: [Region] = []
    let (id, name, kind) = (regions.column("id"), regions.column("name"), regions.column("kind"))
    let regionNames = Set(
      regions.rows.filter { $0[kind] == Region.Kind.onsRegion.rawValue }.map { RegionNames.normalized($0[name]) })
    for row in regions.rows {
      guard let kind = Region.Kind(rawValue: row[kind]) else { continue }
      list.append(Region(id: row[id], name: Self.areaName(row[name], kind, regionNames), kind: kind))
    }
    let (worldID, worldName, level, worldParent, common) = (
      world.column("id"), world.column("name"), world.column("level"), world.column("parent"),
      world.column("common_name")
    )
    var worldParents: [(String, String)] = []
    for row in world.rows {
      let isCountry = row[level] == "0"
      list.append(
        Region(
          id: row[worldID], name: row[common].isEmpty ? row[worldName] : row[common],
          kind: isCountry ? .country : .subdivision))
      if !row[worldParent].isEmpty { worldParents.append((row[worldID], row[worldParent])) }
    }
    let firstCity = list.count
    let (cityID, cityName, cityParent) = (cities.column("id"), cities.column("name"), cities.column("parent"))
    for row in cities.rows {
      list.append(Region(id: row[cityID], name: row[cityName], kind: .place))
      worldParents.append((row[cityID], row[cityParent]))
    }
    self.regions = list
    let indexByID = Dictionary(uniqueKeysWithValues: list.enumerated().map { ($1.id, $0) })
    self.indexByID = indexByID

    var parents = [[Int]](repeating: [], count: list.count)
    func contain(_ child: String, _ parent: String) {
      guard let child = indexByID[child], let parent = indexByID[parent] else { return }
      parents[child].append(parent)
    }
    let (childColumn, parentColumn) = (containment.column("child"), containment.column("parent"))
    for row in containment.rows { contain(row[childColumn], row[parentColumn]) }
    for (child, parent) in worldParents { contain(child, parent) }
    self.parents = parents

    var ancestors = [Set<Int>](repeating: [], count: list.count)
    for index in list.indices {
      var open = parents[index]
      while let next = open.popLast() {
        if ancestors[index].insert(next).inserted { open += parents[next] }
      }
    }
    self.ancestors = ancestors

    var extents = [Set<Int>](repeating: [], count: list.count)
    for (index, region) in list.enumerated() where region.kind == .localAuthority {
      extents[index].insert(index)
      for ancestor in ancestors[index] { extents[ancestor].insert(index) }
    }
    self.extents = extents
    let byExtent = Dictionary(grouping: list.indices.filter { !extents[$0].isEmpty }) { extents[$0] }
    self.byExtent = byExtent
    let kinds: Set<Region.Kind> = [.country, .nation, .nationGroup]
    national = list.indices.map { index in
      kinds.contains(list[index].kind)
        || !extents[index].isEmpty && (byExtent[extents[index]] ?? []).contains { kinds.contains(list[$0].kind) }
    }

    // Areas on one ground share the index of the first of them.
    var firstOnGround: [Set<Int>: Int] = [:]
    groundOf = list.indices.map { index in
      guard !extents[index].isEmpty, list[index].kind != .place else { return index }
      if let first = firstOnGround[extents[index]] { return first }
      firstOnGround[extents[index]] = index
      return index
    }

    // Areas with more ground all hold the first authority, whichever it is.
    var holding: [Int: [Int]] = [:]
    for index in list.indices where groundOf[index] == index {
      for authority in extents[index] { holding[authority, default: []].append(index) }
    }
    outer = list.indices.map { [groundOf] index in
      var around = Set(ancestors[index].map { groundOf[$0] })
      if list[index].kind != .place, let first = extents[index].first {
        around.formUnion((holding[first] ?? []).filter { extents[index].isStrictSubset(of: extents[$0]) })
      }
      around.remove(groundOf[index])
      return around.sorted()
    }

    var candidates: [String: [Int]] = [:]
    var names: [(name: String, region: Int, isAbbreviation: Bool)] = []
    let (alias, aliasRegion, aliasKind) = (
      aliases.column("alias"), aliases.column("region_id"), aliases.column("kind")
    )
    func add(_ name: String, _ index: Int, isAbbreviation: Bool) {
      names.append((name, index, isAbbreviation))
      candidates[RegionNames.normalized(name), default: []].append(index)
    }
    for row in aliases.rows {
      guard let index = indexByID[row[aliasRegion]] else { continue }
      add(row[alias], index, isAbbreviation: row[aliasKind] == "abbreviation")
    }
    let known = candidates
    for (index, region) in list.enumerated() {
      let normalized = RegionNames.normalized(region.name)
      // A name that stands for an area already is not given to a foreign subdivision or city as well.
      // But a state and a town may share one ("Washington"): the text says which.
      let isTown = known[normalized]?.allSatisfy { list[$0].kind == .place } ?? false
      let isState = region.kind == .subdivision && ["us-", "nz-"].contains(String(region.id.prefix(3)))
      if region.kind == .subdivision || index >= firstCity, known[normalized] != nil, !(isState && isTown) { continue }
      if candidates[normalized]?.contains(index) != true, region.id != "place/wales" {
        add(region.name, index, isAbbreviation: false)
      }
    }
    self.aliases = names
    var aliasesOf = [[Int]](repeating: [], count: list.count)
    for (index, alias) in names.enumerated() { aliasesOf[alias.region].append(index) }
    self.aliasesOf = aliasesOf
    candidatesByName = candidates.mapValues { indices in
      Array(Set(indices)).sorted {
        (list[$0].kind.rank, list[$0].id) < (list[$1].kind.rank, list[$1].id)
      }
    }

    let columns = ["id", "name", "abbreviation", "kind", "jurisdiction", "parent", "end"].map {
      organisations.column($0)
    }
    self.organisations = organisations.rows.map { row in
      Organisation(
        id: row[columns[0]], name: row[columns[1]],
        // What a body was called for short that ended long ago means others by now.
        abbreviation: !row[columns[6]].isEmpty && row[columns[6]] < Self.abbreviationsSince ? "" : row[columns[2]],
        kind: row[columns[3]], jurisdiction: row[columns[4]], parent: row[columns[5]])
    }
    forceByArea = Dictionary(
      self.organisations.indices.lazy.filter { [organisations = self.organisations] in
        ["police_force", "regional_unit"].contains(organisations[$0].kind)
      }.map { [organisations = self.organisations] in (organisations[$0].jurisdiction, $0) },
      uniquingKeysWith: { first, _ in first })
    organisationByID = Dictionary(
      uniqueKeysWithValues: self.organisations.enumerated().map { ($1.id, $0) })
  }

  /// Bodies that ended before are known by their full names only.
  private static let abbreviationsSince = "2000"

  /// The police force or regional unit of an area, by index into the organisations; nil where there is none.
  package func force(of jurisdiction: String) -> Int? { forceByArea[jurisdiction] }

  /// "West Midlands" for the area of West Midlands Police; other kinds keep their name.
  private static func areaName(_ name: String, _ kind: Region.Kind, _ regionNames: Set<String>) -> String {
    switch kind {
    case .policeForceArea:
      if name.hasPrefix("Metropolitan Police") { return "Metropolitan Police" }
      var result = name
      for prefix in ["Police Service of ", "Police "] where result.hasPrefix(prefix) {
        result.removeFirst(prefix.count)
      }
      for suffix in [" Police Service", " Police", " Constabulary"] where result.hasSuffix(suffix) {
        result.removeLast(suffix.count)
      }
      return result
    case .rocu:
      // "South West", but not "Eastern": what is no region's name says nothing by itself.
      let suffix = " ROCU region"
      guard name.hasSuffix(suffix) else { return name }
      let short = String(name.dropLast(suffix.count))
      return regionNames.contains(RegionNames.normalized(short)) ? short : name
    default:
      return name
    }
  }

  // MARK: - Lookup

  package func region(_ id: String) -> Region? { indexByID[id].map { regions[$0] } }
  package func index(of id: String) -> Int? { indexByID[id] }

  package func organisation(_ id: String) -> Organisation? {
    organisationByID[id].map { organisations[$0] }
  }

  private static let abbreviations: [String: String] = {
    let table = TSV.resource("abbreviations", in: .module)
    return Dictionary(uniqueKeysWithValues: table.rows.map { ($0[0], $0[1]) })
  }()

  /// How a text may shorten a word of a name, by the word; whether it may stand alone.
  private static let proseAbbreviations: [String: (word: String, isAlone: Bool)] = {
    let table = TSV.resource("abbreviations", in: .module)
    return Dictionary(
      table.rows.filter { !$0[2].isEmpty }.map { ($0[1], ($0[0], $0[2] == "alone")) },
      uniquingKeysWith: { one, _ in one })
  }()

  /// How a text may shorten a name: "Notts", "West Mids" and "W Mids", "S Yorks Police"; none for names without such words.
  package static func shortened(_ name: String) -> [String] {
    let words = RegionNames.normalized(name).split(separator: " ").map(String.init)
    let short = words.map { proseAbbreviations[$0] }
    guard words.count > 1 else { return short.first.flatMap { $0 }.map { $0.isAlone ? [$0.word] : [] } ?? [] }
    // One letter stands only beside another shortened word: "W Mids", and never "N Ireland" for what a text spells out.
    let long = zip(words, short).map { ($1?.word.utf8.count ?? 0) > 1 ? $1?.word ?? $0 : $0 }
    guard long != words else { return [] }
    let all = zip(words, short).map { $1?.word ?? $0 }
    return Set([long, all]).map { $0.joined(separator: " ") }.sorted()
  }

  /// Area ids by the codes of the Office for National Statistics: those in use, and older ones of the same ground. The code of
  /// an area that became a part of another means neither.
  private static let codes: [String: String] = {
    let table = TSV.resource("gss_codes", in: .module)
    let (code, id, relation) = (table.column("gss_code"), table.column("id"), table.column("relation"))
    let same = table.rows.filter { $0[relation] != "merged-into" }
    return Dictionary(same.map { ($0[code], $0[id]) }) { first, _ in first }
  }()

  /// The areas a name can mean, those meant most often first; an id, or a code of the Office for National Statistics, means
  /// one.
  package func candidates(_ name: String) -> [Region] {
    if let index = indexByID[name] { return [regions[index]] }
    let written = RegionNames.normalized(name)
    if let known = candidatesByName[written] { return known.map { regions[$0] } }
    if let id = Self.codes[name.uppercased()], let index = indexByID[id] { return [regions[index]] }
    // "W Mids", "N. Yorks": spelled out, for areas of the United Kingdom.
    let words = written.split(separator: " ").map { Self.abbreviations[String($0)] ?? String($0) }
    return (candidatesByName[words.joined(separator: " ")] ?? []).map { regions[$0] }
      .filter { contains("gb", $0.id) }
  }

  /// Direct parents.
  package func parents(of id: String) -> [Region] {
    guard let index = indexByID[id] else { return [] }
    return parents[index].map { regions[$0] }
  }

  /// Whether an area lies in another; false for the area itself.
  package func contains(_ outer: String, _ inner: String) -> Bool {
    guard let outer = indexByID[outer], let inner = indexByID[inner], outer != inner else {
      return false
    }
    if groundOf[outer] == groundOf[inner] { return false }
    if ancestors[inner].contains(outer) { return true }
    return !extents[inner].isEmpty && regions[inner].kind != .place
      && extents[inner].isStrictSubset(of: extents[outer])
  }

  /// The areas that an area lies in, each ground once and by its ``ground(_:)``.
  package func areas(around id: String) -> [String] {
    guard let index = indexByID[id] else { return [] }
    return outer[index].map { regions[$0].id }
  }

  /// One id for all areas on the same ground: `county/west-midlands` and `force/west-midlands` give
  /// the same. Unknown ids give themselves.
  package func ground(_ id: String) -> String {
    indexByID[id].map { regions[groundOf[$0]].id } ?? id
  }

  /// Whether an area is a country, a nation, a group of nations, or the same ground: the area of a national force.
  package func isNational(_ index: Int) -> Bool { national[index] }

  /// The smallest area that two areas lie in; nil where there is none.
  package func common(_ first: Int, _ second: Int) -> Int? {
    ancestors[first].union([first]).intersection(ancestors[second].union([second]))
      .min { (extents[$0].count, regions[$0].kind.rank, $0) < (extents[$1].count, regions[$1].kind.rank, $1) }
  }

  /// The names under which an area is known, as written.
  package func names(of id: String) -> [String] {
    indexByID[id].map { aliasesOf[$0].map { aliases[$0].name } } ?? []
  }

  /// The other areas on the same ground.
  package func sameExtent(_ id: String) -> [String] {
    guard let index = indexByID[id] else { return [] }
    return regions.indices.filter { $0 != index && groundOf[$0] == groundOf[index] }
      .map { regions[$0].id }
  }

  /// Whether areas cover another completely and without overlap, by local authorities.
  package func areas(_ parts: [String], partition whole: String) -> Bool {
    guard let whole = indexByID[whole], !extents[whole].isEmpty else { return false }
    return ground(of: parts) == extents[whole]
  }

  /// The areas that consist of exactly these others, in order of kind.
  package func unions(of parts: [String]) -> [Region] {
    guard let covered = ground(of: parts) else { return [] }
    return (byExtent[covered] ?? []).map { regions[$0] }.sorted { ($0.kind.rank, $0.id) < ($1.kind.rank, $1.id) }
  }

  /// What areas that do not overlap cover together; nil where they overlap, are unknown or too few.
  private func ground(of parts: [String]) -> Set<Int>? {
    guard parts.count > 1 else { return nil }
    var covered: Set<Int> = []
    for part in parts {
      guard let index = indexByID[part], regions[index].kind != .place,
        !extents[index].isEmpty, covered.isDisjoint(with: extents[index])
      else { return nil }
      covered.formUnion(extents[index])
    }
    return covered
  }

  /// How areas cover another one, by local authorities.
  package enum Coverage: Equatable, Sendable {
    /// Completely and without overlap.
    case complete
    /// Two of them lie on the same ground in part.
    case overlapping(String, String)
    /// Areas that are not covered: of the kind that most of the parts are of where they fit, else local authorities.
    case lacking([Region])
    /// The gazetteer does not say what an area consists of.
    case unknown
  }

  /// - Parameter parts: areas inside the whole, none of them inside another one.
  package func coverage(_ parts: [String], of whole: String) -> Coverage {
    guard let whole = indexByID[whole], !extents[whole].isEmpty else { return .unknown }
    var owner: [Int: Int] = [:]
    for part in parts {
      guard let index = indexByID[part], regions[index].kind != .place, !extents[index].isEmpty else { return .unknown }
      for authority in extents[index] {
        if let other = owner.updateValue(index, forKey: authority) {
          return .overlapping(regions[min(other, index)].id, regions[max(other, index)].id)
        }
      }
    }
    let left = extents[whole].subtracting(owner.keys)
    if left.isEmpty { return .complete }
    let kinds = Dictionary(grouping: parts.compactMap { indexByID[$0] }) { regions[$0].kind }
    let usual = kinds.max { ($0.value.count, $1.key.rank) < ($1.value.count, $0.key.rank) }?.key
    var lacking = regions.indices.filter { index in
      regions[index].kind == usual && !extents[index].isEmpty && extents[index].isSubset(of: left)
    }
    let fits = lacking.reduce(into: Set<Int>()) { $0.formUnion(extents[$1]) } == left
    if !fits { lacking = Array(left) }
    return .lacking(lacking.map { regions[$0] }.sorted { $0.id < $1.id })
  }

  /// Names close to one that nothing is known by, nearest first, by edit distance of at most a third
  /// of the length.
  package func nearestNames(to name: String, limit: Int = 5) -> [String] {
    let wanted = Array(RegionNames.normalized(name).utf8)
    guard !wanted.isEmpty, wanted.count <= 64 else { return [] }
    let bound = max(1, wanted.count / 3)
    var found: [String: Int] = [:]
    for alias in aliases where !alias.isAbbreviation {
      let candidate = Array(RegionNames.normalized(alias.name).utf8)
      guard abs(candidate.count - wanted.count) <= bound else { continue }
      let distance = Self.distance(wanted, candidate)
      if distance <= bound { found[alias.name] = min(distance, found[alias.name] ?? .max) }
    }
    return found.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(limit).map(\.key)
  }

  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var previous = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let old = row[j + 1]
        row[j + 1] = min(old + 1, row[j] + 1, previous + (a == b ? 0 : 1))
        previous = old
      }
    }
    return row[right.count]
  }
}
