// SPDX-License-Identifier: Apache-2.0

/// A day of the Gregorian calendar.
package struct CalendarDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let year: Int
  package let month: Int  // 1 … 12
  package let day: Int  // 1 … 31

  /// - Returns: nil where there is no such day, or the year is not 1 … 9999.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month),
      day >= 1, day <= Self.days(in: month, of: year)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
  }

  /// Reads `YYYY-MM-DD`, and nothing else.
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return nil
    }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].reduce(into: Int?.some(0)) { value, byte in
        guard let current = value, byte >= 48, byte <= 57 else { return value = nil }
        value = current * 10 + Int(byte - 48)
      }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else {
      return nil
    }
    self.init(year: year, month: month, day: day)
  }

  package static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The same day of another month, or that month's last day; nil beyond year 9999.
  package func adding(months: Int) -> CalendarDate? {
    let total = year * 12 + month - 1 + months
    guard total >= 12 else { return nil }
    let (newYear, newMonth) = (total / 12, total % 12 + 1)
    guard newYear <= 9999 else { return nil }
    return CalendarDate(
      year: newYear, month: newMonth, day: min(day, Self.days(in: newMonth, of: newYear)))
  }

  package func adding(days: Int) -> CalendarDate? { CalendarDate(dayNumber: dayNumber + days) }

  /// Days since 0000-03-01, by the usual count of eras of 400 years.
  package var dayNumber: Int {
    let shifted = month > 2 ? year : year - 1
    let monthIndex = (month + 9) % 12
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400
      + (monthIndex * 306 + 5) / 10 + day - 1
  }

  package init?(dayNumber: Int) {
    guard dayNumber >= 306 else { return nil }
    var year = (10_000 * dayNumber + 14_780) / 3_652_425
    var rest = dayNumber - (365 * year + year / 4 - year / 100 + year / 400)
    if rest < 0 {
      year -= 1
      rest = dayNumber - (365 * year + year / 4 - year / 100 + year / 400)
    }
    let monthIndex = (100 * rest + 52) / 3060
    self.init(
      year: year + (monthIndex + 2) / 12, month: (monthIndex + 2) % 12 + 1,
      day: rest - (monthIndex * 306 + 5) / 10 + 1)
  }

  package static func < (left: CalendarDate, right: CalendarDate) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }

  package var description: String {
    String(unsafeUninitializedCapacity: 10) { bytes in
      var rest = year
      for index in (0..<4).reversed() {
        bytes[index] = UInt8(48 + rest % 10)
        rest /= 10
      }
      for (start, number) in [(4, month), (7, day)] {
        bytes[start] = UInt8(ascii: "-")
        bytes[start + 1] = UInt8(48 + number / 10)
        bytes[start + 2] = UInt8(48 + number % 10)
      }
      return 10
    }
  }
}
