// SPDX-License-Identifier: Apache-2.0

import Gazetteer
import Testing

@Suite struct GazetteerTests {
  let gazetteer = Gazetteer.bundled

  @Test func `one name can mean several areas`() {
    let ids = gazetteer.candidates("West Midlands").map(\.id)
    #expect(Set(ids) == ["county/west-midlands", "force/west-midlands", "region/west-midlands", "rocu/west-midlands"])
    #expect(ids.first == "force/west-midlands")
  }

  @Test(arguments: [
    ("birmingham", "lad/birmingham"), ("GREATER MANCHESTER POLICE", "force/greater-manchester"),
    ("the Met", "force/metropolitan"),
    ("St. Albans", "lad/st-albans"), ("Saint Albans", "lad/st-albans"), ("lad/leeds", "lad/leeds"), ("France", "fr"),
    ("W Mids", "force/west-midlands"), ("W. Yorks", "force/west-yorkshire"), ("N Yorks", "lad/north-yorkshire"),
    ("Notts", "force/nottinghamshire"), ("Met", "force/metropolitan"), ("Gtr Manchester", "force/greater-manchester"),
    ("E23000036", "force/avon-and-somerset"), ("e06000001", "lad/hartlepool"),
  ])
  func `names are found however they are written`(name: String, id: String) {
    #expect(gazetteer.candidates(name).first?.id == id)
  }

  @Test(arguments: ["Brum", "W", "Mids", "Yorks W"])
  func `short words that mean no area give none`(name: String) { #expect(gazetteer.candidates(name).isEmpty) }

  @Test func `areas on one ground are told`() {
    #expect(gazetteer.ground("county/west-midlands") == gazetteer.ground("force/west-midlands"))
    #expect(gazetteer.ground("region/west-midlands") != gazetteer.ground("force/west-midlands"))
    #expect(gazetteer.sameExtent("rocu/west-midlands") == ["region/west-midlands"])
  }

  @Test func `containment is transitive and strict`() {
    #expect(gazetteer.contains("gb", "lad/birmingham"))
    #expect(gazetteer.contains("rocu/west-midlands", "force/west-midlands"))
    #expect(!gazetteer.contains("lad/birmingham", "gb"))
    #expect(!gazetteer.contains("county/west-midlands", "force/west-midlands"))
    #expect(!gazetteer.contains("gb", "gb"))
  }

  @Test func `seven boroughs make the force area, six do not`() {
    let boroughs = ["birmingham", "coventry", "dudley", "sandwell", "solihull", "walsall", "wolverhampton"].map {
      "lad/" + $0
    }
    #expect(gazetteer.areas(boroughs, partition: "force/west-midlands"))
    #expect(!gazetteer.areas(Array(boroughs.dropLast()), partition: "force/west-midlands"))
    #expect(!gazetteer.areas(boroughs + ["lad/birmingham"], partition: "force/west-midlands"))
    #expect(gazetteer.areas(["gb-eng", "gb-wls", "gb-sct", "gb-nir"], partition: "gb"))
  }

  @Test func `an unknown name is offered the nearest`() {
    #expect(gazetteer.candidates("Birmingam").isEmpty)
    #expect(gazetteer.nearestNames(to: "Birmingam").first == "Birmingham")
    #expect(gazetteer.nearestNames(to: "zzzzzzzzzz").isEmpty)
  }

  @Test func `a force area has an area's name`() {
    #expect(gazetteer.region("force/west-midlands")?.name == "West Midlands")
    #expect(gazetteer.region("force/scotland")?.name == "Scotland")
    #expect(gazetteer.region("force/northern-ireland")?.name == "Northern Ireland")
  }
}
