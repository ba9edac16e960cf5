// SPDX-License-Identifier: Apache-2.0

/// The value of `grpc-timeout`: at most eight digits and a unit (H, M, S, m, u, n).
/// - Source: "Timeout", grpc/grpc doc/PROTOCOL-HTTP2.md.
enum Timeout {
  /// - Returns: nanoseconds, saturated at `Int64.max`; nil where the value breaks the rule.
  static func nanoseconds(_ value: UnsafeRawBufferPointer) -> Int64? {
    guard value.count >= 2, value.count <= 9 else { return nil }
    var amount: Int64 = 0
    for byte in value.dropLast() {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      amount = amount * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    let unit: Int64
    switch value[value.count - 1] {
    case UInt8(ascii: "H"): unit = 3_600_000_000_000
    case UInt8(ascii: "M"): unit = 60_000_000_000
    case UInt8(ascii: "S"): unit = 1_000_000_000
    case UInt8(ascii: "m"): unit = 1_000_000
    case UInt8(ascii: "u"): unit = 1_000
    case UInt8(ascii: "n"): unit = 1
    default: return nil
    }
    let (product, overflow) = amount.multipliedReportingOverflow(by: unit)
    return overflow ? .max : product
  }

  /// The shortest unit in which the duration fits into eight digits, rounded up.
  static func header(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let whole = Swift.max(seconds, 0)
    if whole < 99_999_999 / 1_000_000 {
      let micros = whole * 1_000_000 + (attoseconds + 999_999_999_999) / 1_000_000_000_000
      return "\(Swift.max(micros, 0))u"
    }
    if whole < 99_999 { return "\(whole * 1000 + attoseconds / 1_000_000_000_000_000)m" }
    if whole < 99_999_999 { return "\(whole)S" }
    return "\(Swift.min(whole / 3600, 99_999_999))H"
  }
}
