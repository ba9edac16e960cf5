// SPDX-License-Identifier: Apache-2.0

internal import FiguresProto
internal import Indexing

/// The ready answers of each event loop.
struct ReadyAnswers: Sendable {
  private let caches: [AnswerCache]

  init(loops: Int) { caches = (0..<loops).map { _ in AnswerCache() } }

  /// The answer to a name, from the cache of a loop; put together if it is not there. Nil where the general path answers.
  @inline(__always)
  func find(_ name: UnsafeRawBufferPointer, _ snapshot: Snapshot, _ loop: Int) -> ReadyAnswer? {
    caches[loop].find(name, snapshot) ?? make(name, snapshot, loop)
  }

  private func make(_ name: UnsafeRawBufferPointer, _ snapshot: Snapshot, _ loop: Int) -> ReadyAnswer? {
    guard let text = String(validating: name.bindMemory(to: UInt8.self), as: UTF8.self), !text.utf8.contains(0),
      let answer = GeneralAnswer.ready(text, snapshot)
    else { return nil }
    caches[loop].keep(answer, for: name, snapshot)
    return answer
  }
}
