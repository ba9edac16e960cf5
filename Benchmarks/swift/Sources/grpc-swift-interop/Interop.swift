// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `grpc-swift-interop`: gRPC's interoperability tests on grpc-swift 2 and its NIO transport, either side,
/// with the flags of gRPC's own programs.
@main
enum Interop {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    var flags: [String: String] = [:]
    for argument in arguments.dropFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { usage() }
      flags[String(parts[0])] = String(parts[1])
    }
    guard flags.removeValue(forKey: "--use_tls") ?? "false" == "false" else { usage() }
    switch arguments.first {
    case "server":
      guard let port = flags.removeValue(forKey: "--port").flatMap({ Int($0) }), flags.isEmpty else { usage() }
      try await TestServer.run(port: port)
    case "client":
      guard let host = flags.removeValue(forKey: "--server_host"),
        let port = flags.removeValue(forKey: "--server_port").flatMap({ Int($0) }),
        let name = flags.removeValue(forKey: "--test_case"), let body = TestClient.cases[name], flags.isEmpty
      else { usage() }
      do {
        try await TestClient.run(host: host, port: port, body)
      } catch let reason as Inexpressible {
        end(3, "\(name): \(reason)")
      } catch {
        end(1, "\(name): \(error)")
      }
    default:
      usage()
    }
  }

  private static func usage() -> Never {
    end(
      2,
      """
      usage: grpc-swift-interop server --port=N
             grpc-swift-interop client --server_host=HOST --server_port=N --test_case=NAME
      cases: \(TestClient.cases.keys.sorted().joined(separator: " "))
      exit code of the client: 0 if the case holds, 1 if not, 3 if \(limit) express it
      """)
  }

  private static func end(_ code: Int32, _ text: String) -> Never {
    let bytes = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
    exit(code)
  }
}

/// Standard output is no terminal when a script reads it, and then it is written only when full.
func flushStandardOutput() {
  fflush(nil)
}
