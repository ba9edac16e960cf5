// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOSSL

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// How long a closing side waits for the other's close_notify: many never send one.
private let farewell = TimeAmount.milliseconds(300)

/// Certificates of a server: PEM files, read again when they change.
public struct ServerTLS: Sendable, Equatable {
  /// The certificate, then those that signed it.
  public var certificateChainFile: String
  public var privateKeyFile: String
  /// Who may sign the certificates of clients; with it, a client without one is refused (mTLS).
  public var clientCertificatesFile: String?
  /// How often the files are looked at.
  public var reloadInterval: Duration = .seconds(5)

  public init(certificateChainFile: String, privateKeyFile: String, clientCertificatesFile: String? = nil) {
    self.certificateChainFile = certificateChainFile
    self.privateKeyFile = privateKeyFile
    self.clientCertificatesFile = clientCertificatesFile
  }
}

/// What a client trusts, and how it names itself.
public struct ClientTLS: Sendable, Equatable {
  /// PEM file of those who may sign the server's certificate; nil for the system's.
  public var trustedCertificatesFile: String?
  /// The client's own certificate, for servers that ask for one.
  public var certificateChainFile: String?
  public var privateKeyFile: String?
  /// The name that the server's certificate must have; nil for the target's host.
  public var serverName: String?

  public init(
    trustedCertificatesFile: String? = nil, certificateChainFile: String? = nil,
    privateKeyFile: String? = nil, serverName: String? = nil
  ) {
    self.trustedCertificatesFile = trustedCertificatesFile
    self.certificateChainFile = certificateChainFile
    self.privateKeyFile = privateKeyFile
    self.serverName = serverName
  }

  func makeContext() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2"]
    configuration.shutdownTimeout = farewell
    if let file = trustedCertificatesFile { configuration.trustRoots = .file(file) }
    if let chain = certificateChainFile, let key = privateKeyFile {
      configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) }
      configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
    }
    return try NIOSSLContext(configuration: configuration)
  }
}

/// The server's certificates as they are now. A new connection takes what is current; open ones go on
/// with what they have.
final class CertificateStore: Sendable {
  private struct State {
    var context: NIOSSLContext
    var stamp: [Int64]
  }

  private let tls: ServerTLS
  private let logger: Logger
  private let state: NIOLockedValueBox<State>

  /// - Throws: UNAVAILABLE, naming the file that can't be used.
  init(_ tls: ServerTLS, logger: Logger) throws(Status) {
    self.tls = tls
    self.logger = logger
    do {
      state = NIOLockedValueBox(State(context: try Self.load(tls), stamp: Self.stamp(tls)))
    } catch {
      throw Status(
        .unavailable, "the certificate \(tls.certificateChainFile) and its key can't be used: \(error)")
    }
  }

  var context: NIOSSLContext { state.withLockedValue { $0.context } }

  /// Reads the files again if they have changed. What can't be used is logged, and the old stays.
  func reloadIfChanged() {
    let stamp = Self.stamp(tls)
    guard state.withLockedValue({ $0.stamp != stamp }) else { return }
    do {
      let context = try Self.load(tls)
      state.withLockedValue { $0 = State(context: context, stamp: stamp) }
      logger.info("certificates loaded again", metadata: ["file": "\(tls.certificateChainFile)"])
    } catch {
      logger.error(
        "the changed certificates can't be used; the old ones stay",
        metadata: ["file": "\(tls.certificateChainFile)", "error": "\(error)"])
    }
  }

  private static func load(_ tls: ServerTLS) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(tls.certificateChainFile).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: tls.privateKeyFile, format: .pem)))
    // RFC 9113 section 9.2: TLS 1.2 or later, h2 by ALPN.
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2"]
    configuration.shutdownTimeout = farewell
    if let clients = tls.clientCertificatesFile {
      configuration.trustRoots = .file(clients)
      configuration.certificateVerification = .noHostnameVerification
    }
    return try NIOSSLContext(configuration: configuration)
  }

  /// Modification times, in nanoseconds, and sizes: what tells that a file was replaced.
  private static func stamp(_ tls: ServerTLS) -> [Int64] {
    [tls.certificateChainFile, tls.privateKeyFile, tls.clientCertificatesFile].compactMap { $0 }.flatMap {
      var info = stat()
      guard stat($0, &info) == 0 else { return [Int64]() }
      return [
        Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec), Int64(info.st_size),
        Int64(info.st_ino),
      ]
    }
  }
}

/// Whether a certificate is for a name.
///
/// NIOSSL checks this too, but also lets a certificate pass that names the peer's IP address where a host
/// name was asked for, and falls back to the common name. Neither says who the host is.
/// - Source: RFC 9525 sections 6.3 and 6.4.
enum CertificateName {
  static func isValid(_ name: String, on pipeline: ChannelPipeline.SynchronousOperations) -> Bool {
    guard let handler = try? pipeline.handler(type: NIOSSLClientHandler.self),
      let certificate = handler.peerCertificate
    else { return false }
    return certificate._subjectAlternativeNames().contains { alternative in
      alternative.nameType == .dnsName && matches(String(decoding: alternative.contents, as: UTF8.self), name)
    }
  }

  /// The pattern's first label may be `*`, which stands for one whole label.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    let pattern = pattern.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    let name = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    guard pattern.count == name.count, pattern.count > 0 else { return false }
    if pattern[0] == "*" { return pattern.count > 2 && pattern.dropFirst() == name.dropFirst() && !name[0].isEmpty }
    return pattern == name
  }
}
