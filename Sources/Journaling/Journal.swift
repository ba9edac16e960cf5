// SPDX-License-Identifier: Apache-2.0

/// An entry of a journal: opaque bytes under a key, at a place.
package struct JournalRecord: Sendable, Equatable {
  /// The entry's place, from 1, without gaps.
  package var revision: UInt64
  /// Unique within the journal.
  package var key: String
  package var payload: [UInt8]

  package init(revision: UInt64, key: String, payload: [UInt8]) {
    self.revision = revision
    self.key = key
    self.payload = payload
  }
}

/// What an append did.
package struct Appended: Sendable, Equatable {
  package var revision: UInt64
  /// False where an entry of the key was there already: nothing was written, this is its revision.
  package var isNew: Bool

  package init(revision: UInt64, isNew: Bool) {
    self.revision = revision
    self.isNew = isNew
  }
}

/// An append-only list of entries, each under its own key. It keeps bytes and knows nothing of what
/// they mean.
///
/// When ``append(key:payload:)`` returns, the entry is on disk.
package protocol Journal: Sendable {
  /// Identity of the journal, made with it: revisions of one journal mean nothing in another.
  var id: String { get }
  /// The last entry's revision; 0 in an empty journal.
  func head() async throws -> UInt64
  func append(key: String, payload: [UInt8]) async throws -> Appended
  func find(key: String) async throws -> JournalRecord?
  /// Entries after a revision, in order: at most `limit`, and not many more than `bytesMax` bytes,
  /// but at least one if there is one.
  func entries(after revision: UInt64, limit: Int, bytesMax: Int) async throws -> [JournalRecord]
}

/// What can go wrong with a journal.
package struct JournalError: Error, Sendable, CustomStringConvertible {
  package enum Code: Sendable, Equatable {
    /// The disk is full, or a quota is used up.
    case full
    /// An entry's bytes are not what was written.
    case corrupt
    /// Another process has the journal open.
    case inUse
    /// Anything else the system says.
    case failed
  }

  package var code: Code
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code): \(message)" }
}
