// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Journaling
import Testing

/// A directory of its own for a test.
private func withDirectory(_ body: (String) async throws -> Void) async throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("figures-\(UUID().uuidString)").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  try await body(path)
}

@Suite struct SQLiteJournalTests {
  @Test func `entries have places without gaps, and a key is taken once`() async throws {
    try await withDirectory { (path: String) async throws in
      let journal = try SQLiteJournal(directory: path)
      #expect(try await journal.head() == 0)
      #expect(try await journal.append(key: "a", payload: [1]) == Appended(revision: 1, isNew: true))
      #expect(try await journal.append(key: "b", payload: [2, 2]).revision == 2)
      #expect(try await journal.append(key: "a", payload: [9]) == Appended(revision: 1, isNew: false))
      #expect(try await journal.find(key: "a")?.payload == [1])
      #expect(try await journal.entries(after: 0, limit: 10, bytesMax: 100).map(\.revision) == [1, 2])
      #expect(try await journal.entries(after: 1, limit: 10, bytesMax: 100).map(\.key) == ["b"])
      #expect(try await journal.entries(after: 0, limit: 1, bytesMax: 100).count == 1)
      // At least one entry, however small the bound.
      #expect(try await journal.entries(after: 0, limit: 10, bytesMax: 1).count == 1)
    }
  }

  @Test func `a journal is the same after it was opened again`() async throws {
    try await withDirectory { (path: String) async throws in
      var journal: SQLiteJournal? = try SQLiteJournal(directory: path)
      let id = try #require(journal?.id)
      _ = try await journal?.append(key: "a", payload: [1, 2, 3])
      journal = nil
      let again = try SQLiteJournal(directory: path)
      #expect(again.id == id)
      #expect(try await again.find(key: "a")?.payload == [1, 2, 3])
      #expect(try await again.append(key: "b", payload: []).revision == 2)
    }
  }

  @Test func `two owners of one directory are refused`() async throws {
    try await withDirectory { (path: String) async throws in
      let journal = try SQLiteJournal(directory: path)
      let error = #expect(throws: JournalError.self) { try SQLiteJournal(directory: path) }
      #expect(error?.code == .inUse)
      #expect(try await journal.head() == 0)
    }
  }

  @Test func `a damaged entry is reported and not served`() async throws {
    try await withDirectory { (path: String) async throws in
      var journal: SQLiteJournal? = try SQLiteJournal(directory: path)
      _ = try await journal?.append(key: "a", payload: [1, 2, 3])
      journal = nil
      let queue = try DatabaseQueue(path: path + "/journal.sqlite")
      try await queue.write { try $0.execute(sql: "UPDATE entries SET payload = x'010204'") }
      try queue.close()
      let damaged = try SQLiteJournal(directory: path)
      let error = await #expect(throws: JournalError.self) { _ = try await damaged.find(key: "a") }
      #expect(error?.code == .corrupt)
    }
  }
}
