// SPDX-License-Identifier: Apache-2.0

import FiguresModel
import Testing

@Suite struct CalendarDateTests {
  @Test(arguments: ["2020-02-29", "2019-12-31", "0001-01-01", "9999-12-31", "2000-02-29"])
  func `dates read back as they were written`(text: String) throws {
    #expect(try #require(CalendarDate(text)).description == text)
  }

  @Test(arguments: [
    "", "2019-02-29", "1900-02-29", "2020-13-01", "2020-00-10", "2020-1-01", "20200101", "2020-04-31", "2020-01-0x",
  ])
  func `what is no date is refused`(text: String) { #expect(CalendarDate(text) == nil) }

  @Test func `every day of nine years has its own number`() throws {
    var date = try #require(CalendarDate("1999-01-01"))
    let end = try #require(CalendarDate("2008-01-01"))
    while date < end {
      let next = try #require(date.adding(days: 1))
      #expect(next > date)
      #expect(next.dayNumber == date.dayNumber + 1)
      #expect(CalendarDate(dayNumber: next.dayNumber) == next)
      date = next
    }
  }

  @Test func `adding months keeps to the month's end`() {
    #expect(CalendarDate("2020-01-31")?.adding(months: 1) == CalendarDate("2020-02-29"))
    #expect(CalendarDate("2020-03-31")?.adding(months: -13) == CalendarDate("2019-02-28"))
  }
}

@Suite struct QuantityTests {
  @Test(arguments: [
    (Quantity(400, .moreThan, unit: "children"), "more than 400"), (Quantity(80, .about, unit: "children"), "about 80"),
    (Quantity(431, .exact, unit: "children"), "431"), (Quantity(2_500_000, .exact, unit: "items"), "2.5 million"),
    (Quantity(9172, .exact, unit: "devices"), "9,172"), (Quantity(25, .exact, unit: "percent"), "25 %"),
    (Quantity(140, .almost, unit: "items"), "almost 140"), (Quantity(4, .moreThan, unit: "times"), "more than 4 times"),
    (Quantity(low: 200, high: 1250, precision: .range, unit: "persons"), "200 to 1,250"),
    (Quantity(2_512_345, .exact, unit: "items"), "2,512,345"), (Quantity(0, .exact, unit: "persons"), "0"),
    (Quantity(11.111, .exact, unit: "percent"), "11.11 %"),
  ])
  func `quantities read as they were put`(quantity: Quantity, text: String) { #expect(quantity.text == text) }

  @Test func `a bound never reads back as a point`() {
    #expect(Quantity(600, .moreThan, unit: "").high == nil)
    #expect(Quantity(140, .almost, unit: "").low == nil)
    #expect(Quantity(200, .vague, unit: "").nominal == nil)
  }
}

@Suite struct MetricCatalogTests {
  @Test func `suffixes make metrics of a base metric`() {
    #expect(MetricCatalog.bundled["arrests"]?.isAdditive == true)
    #expect(MetricCatalog.bundled["arrests_share"]?.unit == "percent")
    #expect(MetricCatalog.bundled["arrests_share"]?.isAdditive == false)
    #expect(MetricCatalog.bundled["nothing_share"] == nil)
  }
}

@Suite struct StatedFormTests {
  @Test(arguments: [
    ("2023", "2023-01-01/2023-12-31"), ("2023-04", "2023-04-01/2023-04-30"), ("2023-04-17", "2023-04-17/2023-04-17"),
    ("2023-Q2", "2023-04-01/2023-06-30"), ("2023 Q4", "2023-10-01/2023-12-31"), ("2022/23", "2022-04-01/2023-03-31"),
    ("2022-23", "2022-04-01/2023-03-31"), ("2022/2023", "2022-04-01/2023-03-31"), ("1999/00", "1999-04-01/2000-03-31"),
    ("2022/23 Q1", "2022-04-01/2022-06-30"), ("2022/23 Q4", "2023-01-01/2023-03-31"),
    ("2023-04-01/2024-03-31", "2023-04-01/2024-03-31"), ("2011-12", "2011-12-01/2011-12-31"),
  ])
  func `periods are read as tables name them`(text: String, expected: String) throws {
    let period = try #require(Period(stated: text))
    #expect("\(period.start?.description ?? "")/\(period.end?.description ?? "")" == expected)
  }

  @Test(arguments: [
    "", "23", "2023-13", "2023-Q5", "2022/24", "2023-04-31", "2024-01-01/2023-01-01", "last year", "2023x",
  ])
  func `other periods are refused`(text: String) { #expect(Period(stated: text) == nil) }

  @Test(arguments: [
    ("5", "5"), ("1,204", "1,204"), ("12.5", "12.5"), ("<5", "less than 5"), (">100", "more than 100"),
    ("~ 80", "about 80"), (">=3", "at least 3"), ("<=3", "up to 3"), ("0", "0"), ("1 204", "1,204"),
  ])
  func `values are read as tables print them`(text: String, expected: String) throws {
    #expect(try #require(Quantity(stated: text, unit: "items")).text == expected)
  }

  @Test(arguments: ["", "-", "many", "-5", "1e5", "5%", "..", "1.2.3", "<"])
  func `other values are refused`(text: String) { #expect(Quantity(stated: text, unit: "items") == nil) }
}
