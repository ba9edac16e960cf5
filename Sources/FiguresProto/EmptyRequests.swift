// SPDX-License-Identifier: Apache-2.0

internal import CFiguresProto

/// Requests without fields: what comes must still be their message.
package enum EmptyRequest: Sendable {
  case journalStatus, queryStatus, listMetrics

  /// - Throws: ``WireError`` where the bytes are not the message.
  package func check(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
    let arena = ProtoArena()
    switch self {
    case .journalStatus: _ = try arena.unpack(bytes, figures__v1__journal_status_request__init)
    case .queryStatus: _ = try arena.unpack(bytes, figures__v1__query_status_request__init)
    case .listMetrics: _ = try arena.unpack(bytes, figures__v1__list_metrics_request__init)
    }
  }
}
