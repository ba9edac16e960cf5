// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Configuration
internal import Foundation

/// Where a setting comes from, in order: the command line, the environment, the configuration file,
/// the default.
///
/// The key `listen` of the program `ingest` is `--listen`, `FIGURES_INGEST_LISTEN`, and
/// `{"ingest": {"listen": …}}` in a JSON file that `--config` or `FIGURES_CONFIG` names.
package struct Settings: Sendable {
  private let reader: ConfigReader
  private let program: String

  /// - Throws: `ValidationError` where the file is missing or is not JSON.
  package init(program: String, file: String?) async throws {
    self.program = program
    let environment = EnvironmentVariablesProvider()
    var providers: [any ConfigProvider] = [environment.prefixKeys(with: "figures")]
    let path = file ?? ConfigReader(provider: environment).string(forKey: "figures.config")
    if let path {
      do {
        let place = InMemoryProvider(values: ["filePath": .init(.string(path), isSecret: false)])
        providers.append(try await FileProvider<JSONSnapshot>(config: ConfigReader(provider: place)))
      } catch {
        throw ValidationError("the configuration file \(path) can't be used: \(error)")
      }
    }
    reader = ConfigReader(providers: providers)
  }

  package func string(_ key: String, _ flag: String?, default fallback: String) -> String {
    flag ?? configured(key) ?? fallback
  }

  package func optionalString(_ key: String, _ flag: String?) -> String? {
    flag ?? configured(key)
  }

  /// - Throws: `ValidationError` that names the setting and what is allowed.
  package func int(
    _ key: String, _ flag: Int?, default fallback: Int, allowed: ClosedRange<Int>
  ) throws -> Int {
    let value: Int
    if let flag {
      value = flag
    } else if let text = configured(key) {
      guard let number = Int(text) else {
        throw ValidationError(
          "\(key) is \"\(text)\"; allowed: a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
      }
      value = number
    } else {
      value = fallback
    }
    guard allowed.contains(value) else {
      throw ValidationError(
        "\(key) is \(value); allowed: a whole number from \(allowed.lowerBound) to \(allowed.upperBound)")
    }
    return value
  }

  package func flag(_ key: String, _ flag: Bool) -> Bool {
    flag || configured(key) == "true"
  }

  private func configured(_ key: String) -> String? {
    let path = ConfigKey([program, key])
    if let text = reader.string(forKey: path) { return text }
    if let number = reader.int(forKey: path) { return String(number) }
    return reader.bool(forKey: path).map { String($0) }
  }
}

/// HOST:PORT as operators write it.
package struct HostPort: Sendable, Equatable, CustomStringConvertible {
  package var host: String
  package var port: Int

  /// - Throws: `ValidationError` that names the setting and what is allowed.
  package init(_ text: String, setting: String) throws {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port), colon > text.startIndex
    else {
      throw ValidationError("\(setting) is \"\(text)\"; allowed: HOST:PORT with a port from 0 to 65535")
    }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    self.host = host
    self.port = port
  }

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package var isLoopback: Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Where a service listens: HOST:PORT, or `unix:` and the path of a socket.
package enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
  case tcp(HostPort)
  case unix(String)

  /// - Throws: `ValidationError` that names the setting and what is allowed.
  package init(_ text: String, setting: String) throws {
    guard text.hasPrefix("unix:") else {
      self = .tcp(try HostPort(text, setting: setting))
      return
    }
    let path = String(text.dropFirst("unix:".count))
    // sockaddr_un holds 108 bytes with the NUL at the end.
    guard !path.isEmpty, path.utf8.count < 108 else {
      throw ValidationError("\(setting) is \"\(text)\"; allowed: unix: and a path of 1 to 107 bytes")
    }
    self = .unix(path)
  }

  /// Whether only this machine can reach it.
  package var isLocal: Bool {
    switch self {
    case .tcp(let address): address.isLoopback
    case .unix: true
    }
  }

  package var description: String { description(port: nil) }

  /// - Parameter port: the port that was picked, where 0 was asked for.
  func description(port: Int?) -> String {
    switch self {
    case .tcp(let address): HostPort(host: address.host, port: port ?? address.port).description
    case .unix(let path): "unix:\(path)"
    }
  }
}
