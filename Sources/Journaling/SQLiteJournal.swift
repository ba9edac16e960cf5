// SPDX-License-Identifier: Apache-2.0
//
// File: DATA/journal.sqlite, SQLite in WAL mode, synchronous=FULL: a commit returns after the WAL
// has been synced, so an acknowledged entry survives the process and the machine.
//
//   journal(id TEXT)                                 one row, the journal's identity
//   entries(revision INTEGER PRIMARY KEY, key TEXT UNIQUE, checksum INTEGER, payload BLOB)
//
// One process writes: it holds a lock on DATA/journal.lock from open to close. An entry that was cut
// short by a crash is rolled back by SQLite; an entry whose checksum differs is reported, not served.

internal import Foundation
internal import GRDB

/// A journal in one SQLite file.
package final class SQLiteJournal: Journal {
  package let id: String
  private let pool: DatabasePool
  private let lock: FileLock

  /// Opens the journal in a directory, and makes both if they are not there.
  /// - Throws: ``JournalError``.
  package init(directory: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw JournalError(.failed, "the data directory \(directory) can't be made: \(error.localizedDescription)")
    }
    lock = try FileLock(path: directory + "/journal.lock")
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    do {
      pool = try DatabasePool(path: directory + "/journal.sqlite", configuration: configuration)
      id = try pool.write { database in
        try database.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS journal(id TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS entries(
              revision INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL,
              payload BLOB NOT NULL);
            """)
        if let id = try String.fetchOne(database, sql: "SELECT id FROM journal") { return id }
        let id = UUID().uuidString.lowercased()
        try database.execute(sql: "INSERT INTO journal(id) VALUES (?)", arguments: [id])
        return id
      }
    } catch { throw Self.translate(error) }
  }

  package func head() async throws -> UInt64 {
    try await reading { database in
      UInt64(try Int64.fetchOne(database, sql: "SELECT max(revision) FROM entries") ?? 0)
    }
  }

  package func append(key: String, payload: [UInt8]) async throws -> Appended {
    let data = Data(payload)
    let checksum = Self.checksum(payload)
    do {
      return try await pool.write { database in
        if let revision = try Int64.fetchOne(
          database, sql: "SELECT revision FROM entries WHERE key = ?", arguments: [key])
        {
          return Appended(revision: UInt64(revision), isNew: false)
        }
        let last = try Int64.fetchOne(database, sql: "SELECT max(revision) FROM entries") ?? 0
        try database.execute(
          sql: "INSERT INTO entries(revision, key, checksum, payload) VALUES (?, ?, ?, ?)",
          arguments: [last + 1, key, checksum, data])
        return Appended(revision: UInt64(last + 1), isNew: true)
      }
    } catch { throw Self.translate(error) }
  }

  package func find(key: String) async throws -> JournalRecord? {
    try await reading { database in
      try Row.fetchOne(database, sql: "SELECT * FROM entries WHERE key = ?", arguments: [key])
        .map { try Self.record($0) }
    }
  }

  package func entries(
    after revision: UInt64, limit: Int, bytesMax: Int
  ) async throws -> [JournalRecord] {
    try await reading { database in
      var result: [JournalRecord] = []
      var bytes = 0
      let rows = try Row.fetchCursor(
        database, sql: "SELECT * FROM entries WHERE revision > ? ORDER BY revision LIMIT ?",
        arguments: [Int64(clamping: revision), limit])
      while bytes < bytesMax, let row = try rows.next() {
        let record = try Self.record(row)
        bytes += record.payload.count
        result.append(record)
      }
      return result
    }
  }

  private func reading<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    do { return try await pool.read(body) } catch { throw Self.translate(error) }
  }

  private static func record(_ row: Row) throws -> JournalRecord {
    let payload = [UInt8](row["payload"] as Data)
    let revision = UInt64(row["revision"] as Int64)
    guard checksum(payload) == row["checksum"] as Int64 else {
      throw JournalError(.corrupt, "entry \(revision) is not what was written: its checksum differs")
    }
    return JournalRecord(revision: revision, key: row["key"], payload: payload)
  }

  /// FNV-1a over 64 bits: it finds damage, it is no defence.
  private static func checksum(_ bytes: [UInt8]) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int64(bitPattern: hash)
  }

  private static func translate(_ error: any Error) -> any Error {
    guard let error = error as? DatabaseError else { return error }
    return switch error.resultCode {
    case .SQLITE_FULL: JournalError(.full, "the disk is full")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: JournalError(.corrupt, error.message ?? "the file is damaged")
    case .SQLITE_BUSY, .SQLITE_LOCKED: JournalError(.inUse, "another process has the journal open")
    default: JournalError(.failed, error.message ?? "SQLite code \(error.resultCode.rawValue)")
    }
  }
}

/// A lock that a process holds on a file until it ends.
private final class FileLock: Sendable {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw JournalError(.failed, "the lock file can't be opened: \(String(cString: strerror(errno)))")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw JournalError(.inUse, "another process has the data directory open")
    }
  }

  deinit { close(descriptor) }
}
