// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// What a channel connects to.
///
/// - Source: grpc/grpc doc/naming.md: `dns:[//authority/]host[:port]`, `unix:path`, `unix:///absolute`,
///   `ipv4:address[:port][,…]`, `ipv6:[address][:port][,…]`; without a scheme it is a DNS name.
public struct Target: Sendable, Hashable, CustomStringConvertible {
  enum Kind: Sendable, Hashable {
    case name(host: String, port: Int)
    case addresses([Endpoint])
  }

  let kind: Kind
  /// As it was given.
  public let description: String
  /// gRPC's default where a target names no port.
  static let defaultPort = 443

  /// A host name or IP address.
  public static func host(_ host: String, port: Int) -> Target {
    let shown = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    return Target(kind: .name(host: host, port: port), description: shown)
  }

  /// A socket in the file system.
  public static func unixDomainSocket(_ path: String) -> Target {
    Target(kind: .addresses([.unix(path)]), description: "unix:\(path)")
  }

  private init(kind: Kind, description: String) {
    self.kind = kind
    self.description = description
  }

  /// - Throws: INVALID_ARGUMENT, with the forms that are allowed.
  public init(_ text: String) throws(Status) {
    description = text
    if let rest = text.dropping("unix://") ?? text.dropping("unix:") {
      guard !rest.isEmpty else { throw Self.malformed(text) }
      kind = .addresses([.unix(rest)])
    } else if let rest = text.dropping("ipv4:") ?? text.dropping("ipv6:") {
      var list: [Endpoint] = []
      for part in rest.split(separator: ",", omittingEmptySubsequences: false) {
        let (host, port) = try Self.hostAndPort(String(part), in: text)
        guard (try? SocketAddress(ipAddress: host, port: port)) != nil else { throw Self.malformed(text) }
        list.append(.inet(host: host, port: port))
      }
      kind = .addresses(list)
    } else {
      var rest = text.dropping("dns:") ?? text
      if rest.hasPrefix("//") {
        // dns://authority/name: the authority would be another name server; the system's is asked.
        guard let slash = rest.dropFirst(2).firstIndex(of: "/") else { throw Self.malformed(text) }
        rest = String(rest[rest.index(after: slash)...])
      }
      let (host, port) = try Self.hostAndPort(rest, in: text)
      kind = .name(host: host, port: port)
    }
  }

  private static func hostAndPort(_ text: String, in whole: String) throws(Status) -> (String, Int) {
    var host = text
    var port = defaultPort
    let hasBrackets = text.hasPrefix("[")
    let colons = text.filter { $0 == ":" }.count
    if hasBrackets || colons == 1, let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      guard let number = Int(text[text.index(after: colon)...]), (0...65535).contains(number) else {
        throw malformed(whole)
      }
      port = number
      host = String(text[..<colon])
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty, !host.contains("/"), !host.contains(" ") else { throw malformed(whole) }
    return (host, port)
  }

  private static func malformed(_ text: String) -> Status {
    Status(
      .invalidArgument,
      "target \"\(text)\" can't be read; allowed: HOST:PORT, dns:HOST:PORT, ipv4:ADDRESS:PORT[,…], "
        + "ipv6:[ADDRESS]:PORT[,…], unix:PATH")
  }

  /// What stands in `:authority`.
  var authority: String {
    switch kind {
    case .name(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .addresses(let list):
      if case .inet(let host, let port)? = list.first {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
      } else {
        "localhost"
      }
    }
  }

  /// The name that a certificate must have; nil for addresses.
  var serverName: String? {
    guard case .name(let host, _) = kind, (try? SocketAddress(ipAddress: host, port: 0)) == nil else { return nil }
    return host
  }
}

extension String {
  fileprivate func dropping(_ prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}

/// One address to connect to.
enum Endpoint: Sendable, Hashable, CustomStringConvertible {
  case inet(host: String, port: Int)
  case unix(String)

  var description: String {
    switch self {
    case .inet(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

/// Finds the addresses of a target.
enum Resolver {
  /// - Throws: UNAVAILABLE where the name has no address.
  static func resolve(_ target: Target) async throws -> [Endpoint] {
    switch target.kind {
    case .addresses(let list): return list
    case .name(let host, let port):
      if (try? SocketAddress(ipAddress: host, port: port)) != nil { return [.inet(host: host, port: port)] }
      // getaddrinfo blocks: it has a thread of its own.
      return try await NIOThreadPool.singleton.runIfActive { try lookUp(host, port) }
    }
  }

  private static func lookUp(_ host: String, _ port: Int) throws(Status) -> [Endpoint] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &found)
    guard code == 0 else {
      throw Status(.unavailable, "the name \(host) can't be resolved: \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(found) }
    var result: [Endpoint] = []
    var next = found
    while let info = next {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let isNamed = getnameinfo(
        info.pointee.ai_addr, info.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      if isNamed == 0 {
        let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let endpoint = Endpoint.inet(host: address, port: port)
        if !result.contains(endpoint) { result.append(endpoint) }
      }
      next = info.pointee.ai_next
    }
    return result
  }
}
