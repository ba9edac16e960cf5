// SPDX-License-Identifier: Apache-2.0

/// The coding of `grpc-message`: bytes outside %x20-%x24 and %x26-%x7E as %XX.
/// - Source: "Status-Message", grpc/grpc doc/PROTOCOL-HTTP2.md.
enum PercentCoding {
  /// Bytes that a coded message may have. Peers take header lists of 8 KiB and more by default, and an
  /// answer over that is lost as a whole, its status with it.
  static let encodedBytesMax = 4096

  /// Codes a message; one that is too long is cut at a character and ends with "...".
  static func encode(_ text: String) -> [UInt8] {
    let whole = encodeAll(text)
    guard whole.count > encodedBytesMax else { return whole }
    var result: [UInt8] = []
    for character in text {
      let coded = encodeAll(String(character))
      guard result.count + coded.count <= encodedBytesMax - 3 else { break }
      result += coded
    }
    return result + Array("...".utf8)
  }

  private static func encodeAll(_ text: String) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      if byte >= 0x20, byte <= 0x7e, byte != UInt8(ascii: "%") {
        result.append(byte)
      } else {
        result.append(UInt8(ascii: "%"))
        result.append(digits[Int(byte >> 4)])
        result.append(digits[Int(byte & 15)])
      }
    }
    return result
  }

  /// What can't be decoded stays as it is: a bad message must not hide the status.
  static func decode(_ bytes: some Collection<UInt8>) -> String {
    let input = Array(bytes)
    var output: [UInt8] = []
    var index = 0
    while index < input.count {
      if input[index] == UInt8(ascii: "%"), index + 2 < input.count,
        let high = hex(input[index + 1]), let low = hex(input[index + 2])
      {
        output.append(high << 4 | low)
        index += 3
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
