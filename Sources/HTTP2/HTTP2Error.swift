// SPDX-License-Identifier: Apache-2.0

/// What went wrong in HTTP/2, whose fault it was, and how far it reaches.
package struct HTTP2Error: Error, Sendable, CustomStringConvertible {
  /// How far an error reaches.
  package enum Scope: Sendable, Equatable {
    /// The whole connection; no stream of it goes on.
    case connection
    /// One stream.
    case stream(Int32)
  }

  /// Who caused it.
  package enum Initiator: Sendable { case local, remote }

  package var scope: Scope
  package var initiator: Initiator
  /// The code of nghttp2 (negative), see nghttp2's `nghttp2_error`; 0 if there is none.
  package var libraryCode: Int32
  package var message: String
  /// The bound that the peer passed, if it was one.
  package var flood: Flood?

  package init(scope: Scope, initiator: Initiator, libraryCode: Int32, message: String) {
    self.scope = scope
    self.initiator = initiator
    self.libraryCode = libraryCode
    self.message = message
  }

  package var description: String {
    "\(scope), \(initiator): \(message)" + (libraryCode == 0 ? "" : " (nghttp2 \(libraryCode))")
  }
}

/// An HTTP/2 error code as it stands in RST_STREAM and GOAWAY (RFC 9113 section 7).
public struct HTTP2ErrorCode: RawRepresentable, Sendable, Equatable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let noError = Self(rawValue: 0x0)
  package static let protocolError = Self(rawValue: 0x1)
  package static let internalError = Self(rawValue: 0x2)
  package static let flowControlError = Self(rawValue: 0x3)
  package static let streamClosed = Self(rawValue: 0x5)
  package static let frameSizeError = Self(rawValue: 0x6)
  package static let refusedStream = Self(rawValue: 0x7)
  package static let cancel = Self(rawValue: 0x8)
  package static let enhanceYourCalm = Self(rawValue: 0xb)
  package static let inadequateSecurity = Self(rawValue: 0xc)
}
