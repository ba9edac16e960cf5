// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// How names are compared: without case, accents, full stops and apostrophes, with `&` as `and` and
/// `Saint` as `St`; everything else that is not a letter or digit is one space.
package enum RegionNames {
  package static func normalized(_ name: String) -> String {
    var words: [String] = []
    var word = ""
    func end() {
      if !word.isEmpty { words.append(word == "saint" ? "st" : word) }
      word = ""
    }
    for scalar in name.decomposedStringWithCanonicalMapping.unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
      case "A"..."Z": word.unicodeScalars.append(Unicode.Scalar(scalar.value + 32) ?? scalar)
      case "'", "\u{2019}", ".": break
      case "&":
        end()
        words.append("and")
      default:
        // Accents go, other letters stay as they are, the rest separates words.
        if scalar.properties.generalCategory == .nonspacingMark { break }
        if scalar.properties.isAlphabetic {
          word += scalar.properties.lowercaseMapping
        } else {
          end()
        }
      }
    }
    end()
    return words.joined(separator: " ")
  }
}
