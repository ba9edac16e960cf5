// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
package import RPC

/// How a client speaks TLS.
package struct ClientTLSOptions: ParsableArguments {
  @Option(name: .long, help: "Speak TLS; a PEM file of those who may sign the server's certificate.")
  package var tlsCa: String?

  @Option(name: .long, help: "A PEM file with the client's own certificate, for servers that ask for one.")
  package var tlsCert: String?

  @Option(name: .long, help: "A PEM file with the key of --tls-cert.")
  package var tlsKey: String?

  package init() {}
}

/// Where a client connects to, and how, settled from its options.
package struct ClientSetup: Sendable {
  package let target: Target
  package var configuration = RPCChannelConfiguration()

  /// - Parameters:
  ///   - setting: the name of the setting that holds the target.
  ///   - authorities: PEM file of those who may sign the server's certificate; nil for clear text.
  /// - Throws: `ValidationError` that names the setting and what is allowed.
  package init(
    _ settings: Settings, _ setting: String, _ flag: String?, default fallback: String,
    authorities: String?, certificate: String?, key: String?
  ) throws {
    let text = settings.string(setting, flag, default: fallback)
    do {
      target = try Target(text)
    } catch {
      throw ValidationError(
        "\(setting) is \"\(text)\"; allowed: HOST:PORT with a port from 0 to 65535, or unix:PATH")
    }
    guard (certificate == nil) == (key == nil) else {
      throw ValidationError("tls-cert and tls-key go together; only one of them is given")
    }
    if let authorities {
      configuration.tls = ClientTLS(
        trustedCertificatesFile: authorities, certificateChainFile: certificate, privateKeyFile: key)
    }
  }
}
