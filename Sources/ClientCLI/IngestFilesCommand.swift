// SPDX-License-Identifier: Apache-2.0

package import ArgumentParser
internal import FiguresModel
internal import FiguresProto
internal import Foundation
internal import RPC

/// `figures-client ingest FILE…`: submits documents.
package struct IngestFilesCommand: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "ingest", abstract: "Submit documents; the same text twice is recorded once.",
    discussion: """
      A file manifest.tsv beside a document (columns file, title, publisher, url, published) says what \
      is known of it; the options below are for one document. A directory stands for its .txt, .md, .html, .htm and .pdf files. \
      A document that is refused does not stop the others.
      """)

  @OptionGroup var description: DocumentOptions

  @Argument(help: "Texts, web pages, Markdown or PDF files, or directories of them.")
  var files: [String]

  @OptionGroup var connection: ConnectionOptions

  package init() {}

  package mutating func run() async throws {
    let paths = try files.flatMap(Self.expand)
    guard !paths.isEmpty else {
      throw ValidationError("there are no documents (.txt, .md, .html, .htm, .pdf) in \(files.joined(separator: ", "))")
    }
    let hasDetails = !(description.title + description.publisher + description.url + description.published).isEmpty
    if hasDetails, paths.count > 1 {
      throw ValidationError("--title, --publisher, --url and --published are for one document; use a manifest.tsv")
    }
    let outcome = try await connection.with(.ingest) { service in
      try await Self.submit(paths, description, hasDetails: hasDetails, service)
    }
    if let code = outcome { throw ExitCode(code) }
  }

  private static func expand(_ path: String) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
      return [path]
    }
    return try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { TextFile.extensions.contains(($0 as NSString).pathExtension.lowercased()) && $0 != "README.md" }
      .sorted().map { path + (path.hasSuffix("/") ? "" : "/") + $0 }
  }

  /// - Returns: the exit code of the first document that was refused; nil if none was.
  private static func submit(
    _ paths: [String], _ options: DocumentOptions, hasDetails: Bool, _ service: Service
  ) async throws -> Int32? {
    var progress = ProgressBar(total: paths.count)
    var manifests: [String: [String: Document]] = [:]
    var (recorded, unchanged, refused, figures) = (0, 0, 0, 0)
    var code: Int32?
    var revision: UInt64 = 0
    for path in paths {
      do {
        var document = try options.document(path: path)
        if !hasDetails, path != "-" {
          let url = URL(fileURLWithPath: path)
          let directory = url.deletingLastPathComponent().path
          if manifests[directory] == nil { manifests[directory] = try Manifest.read(directory) }
          if var known = manifests[directory]?[url.lastPathComponent] {
            known.text = document.text
            document = known
          }
        }
        let reply = try await service.call(
          Methods.submitDocument, SubmitDocumentRequest(document: document), as: SubmitDocumentResponse.self)
        revision = max(revision, reply.revision)
        if reply.outcome == .recorded { recorded += 1 } else { unchanged += 1 }
        figures += Int(reply.claimCount)
        progress.clear()
        Output.print(
          "\(reply.outcome.rawValue)  revision \(reply.revision)  \(reply.documentID)  \(reply.claimCount) figures  \(path)"
        )
        if !reply.differingFields.isEmpty {
          Output.message(
            "\(path): recorded before with another \(reply.differingFields.joined(separator: ", ")); what is stored stays"
          )
        }
      } catch let status as Status {
        guard status.code != .unavailable, status.code != .deadlineExceeded else { throw status }
        progress.clear()
        Output.message("\(path): \(status.message)")
        code = code ?? ClientCommand.exitCode(of: status)
        refused += 1
      } catch let error as ClientError {
        progress.clear()
        Output.message(error.message)
        code = code ?? error.exit
        refused += 1
      }
      progress.advance()
    }
    progress.clear()
    if paths.count > 1 {
      Output.message(
        "\(paths.count) documents: \(recorded) recorded, \(unchanged) unchanged, \(refused) refused; "
          + "\(figures) figures; journal at revision \(revision)")
    }
    return code
  }
}

/// What is known of the documents of a directory: `manifest.tsv`.
enum Manifest {
  static func read(_ directory: String) throws -> [String: Document] {
    let path = directory + "/manifest.tsv"
    guard let data = FileManager.default.contents(atPath: path) else { return [:] }
    let table = TSV(String(decoding: data, as: UTF8.self))
    guard table.columns.contains("file") else {
      throw ValidationError("\(path) has no column \"file\"; columns: file, title, publisher, url, published")
    }
    func cell(_ row: [String], _ name: String) -> String {
      table.columns.firstIndex(of: name).map { row[$0] } ?? ""
    }
    var result: [String: Document] = [:]
    for row in table.rows {
      let published = cell(row, "published")
      let date = CalendarDate(published)
      guard published.isEmpty || date != nil else {
        throw ValidationError("\(path): published is \"\(published)\"; it must be a date, YYYY-MM-DD, or empty")
      }
      result[cell(row, "file")] = Document(
        title: cell(row, "title"), publisher: cell(row, "publisher"), url: cell(row, "url"), published: date,
        text: "")
    }
    return result
  }
}

/// A bar on standard error while many documents are submitted; nothing where that is no terminal.
struct ProgressBar {
  private let total: Int
  private var done = 0
  private let isShown: Bool
  private var isDrawn = false

  init(total: Int) {
    self.total = total
    isShown = total > 1 && isatty(STDERR_FILENO) == 1
  }

  mutating func advance() {
    done += 1
    guard isShown else { return }
    let filled = done * 30 / total
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
    FileHandle.standardError.write(Data("\r[\(bar)] \(done)/\(total)".utf8))
    isDrawn = true
  }

  mutating func clear() {
    guard isDrawn else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
    isDrawn = false
  }
}
