// SPDX-License-Identifier: Apache-2.0

internal import CStandardProto

/// Server reflection, v1 and v1alpha: lets generic tools list and call every method of a server.
///
/// - Source: grpc/grpc doc/server-reflection.md.
public struct ReflectionService: Sendable {
  private static let names = [
    "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection",
  ]

  private let index: DescriptorIndex

  /// - Parameter descriptorSets: encoded google.protobuf.FileDescriptorSet messages with all imports, as
  ///   `protoc --include_imports --descriptor_set_out` writes them. Those of the standard services are here.
  /// - Throws: INTERNAL where one can't be read.
  public init(descriptorSets: [[UInt8]]) throws(Status) {
    var count = 0
    let standard = standard_descriptors(&count)
    index = try DescriptorIndex(
      descriptorSets + [Array(UnsafeBufferPointer(start: standard, count: count))])
  }

  /// Adds both versions. Lists the services that the router has by then, and itself.
  public func register(in router: inout Router) {
    let services = (router.services + Self.names).sorted()
    let index = self.index
    for name in Self.names {
      router.bidirectional("/\(name)/ServerReflectionInfo") { requests, call in
        for try await request in requests {
          try await call.send(try Self.answer(request, index, services))
        }
      }
    }
  }

  /// One ServerReflectionResponse to one ServerReflectionRequest. Field numbers are those of
  /// `proto/grpc/reflection/v1/reflection.proto`.
  static func answer(
    _ request: [UInt8], _ index: DescriptorIndex, _ services: [String]
  ) throws(Status) -> [UInt8] {
    var response = ProtoWriter()
    var host = ""
    var asked: (number: Int, value: ArraySlice<UInt8>)?
    var reader = ProtoReader(request[...])
    while let (number, value) = try reader.next() {
      guard case .bytes(let bytes) = value else { continue }
      if number == 1 { host = String(decoding: bytes, as: UTF8.self) } else { asked = (number, bytes) }
    }
    response.write(1, host)
    response.write(2, request)
    let text = asked.map { String(decoding: $0.value, as: UTF8.self) } ?? ""
    switch asked?.number {
    case 3: write(index.files(named: text), "file \(text)", to: &response)
    case 4: write(index.files(declaring: text), "symbol \(text)", to: &response)
    case 5: write([], "extension of that type", to: &response)
    case 6:
      if index.files(declaring: text).isEmpty {
        write([], "type \(text)", to: &response)
      } else {
        // proto3 messages have no extensions: the list is empty.
        var numbers = ProtoWriter()
        numbers.write(1, text)
        response.write(5, numbers.bytes)
      }
    case 7:
      var list = ProtoWriter()
      for service in services {
        var entry = ProtoWriter()
        entry.write(1, service)
        list.write(1, entry.bytes)
      }
      response.write(6, list.bytes)
    default:
      writeError(.invalidArgument, "the request asks for nothing that is known here", to: &response)
    }
    return response.bytes
  }

  private static func write(_ files: [[UInt8]], _ what: String, to response: inout ProtoWriter) {
    guard !files.isEmpty else { return writeError(.notFound, "no \(what) here", to: &response) }
    var list = ProtoWriter()
    for file in files { list.write(1, file) }
    response.write(4, list.bytes)
  }

  private static func writeError(_ code: Status.Code, _ message: String, to response: inout ProtoWriter) {
    var error = ProtoWriter()
    error.write(1, UInt64(code.rawValue))
    error.write(2, message)
    response.write(7, error.bytes)
  }
}

/// Which file declares what. Field numbers are those of google/protobuf/descriptor.proto.
struct DescriptorIndex: Sendable {
  private struct File {
    let bytes: [UInt8]
    let imports: [String]
  }

  private var files: [String: File] = [:]
  private var declaredIn: [String: String] = [:]

  init(_ sets: [[UInt8]]) throws(Status) {
    for set in sets {
      var reader = ProtoReader(set[...])
      while let (number, value) = try reader.next() {
        if number == 1, case .bytes(let bytes) = value { try add(bytes) }
      }
    }
  }

  /// The file, then all it imports; empty if it is not known.
  func files(named name: String) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var seen: Set<String> = []
    var open = [name]
    while let next = open.popLast() {
      guard seen.insert(next).inserted, let file = files[next] else { continue }
      result.append(file.bytes)
      open += file.imports
    }
    return result
  }

  func files(declaring symbol: String) -> [[UInt8]] {
    declaredIn[symbol].map { files(named: $0) } ?? []
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>) throws(Status) {
    var name = ""
    var package = ""
    var imports: [String] = []
    var declarations: [(kind: Int, bytes: ArraySlice<UInt8>)] = []
    var reader = ProtoReader(bytes)
    while let (number, value) = try reader.next() {
      guard case .bytes(let bytes) = value else { continue }
      switch number {
      case 1: name = String(decoding: bytes, as: UTF8.self)
      case 2: package = String(decoding: bytes, as: UTF8.self)
      case 3: imports.append(String(decoding: bytes, as: UTF8.self))
      case 4, 5, 6: declarations.append((number, bytes))
      default: break
      }
    }
    files[name] = File(bytes: Array(bytes), imports: imports)
    for (kind, bytes) in declarations {
      // Parts that have names: of a message its fields, nested messages and enums; of an enum its values,
      // which stand beside it; of a service its methods.
      switch kind {
      case 4: try declare(message: bytes, in: package, file: name)
      case 5: try declare(bytes, in: package, file: name, partsAreInside: false)
      default: try declare(bytes, in: package, file: name, partsAreInside: true)
      }
    }
  }

  private mutating func declare(message bytes: ArraySlice<UInt8>, in scope: String, file: String) throws(Status) {
    let name = try declare(bytes, in: scope, file: file, partsAreInside: true)
    var reader = ProtoReader(bytes)
    while let (number, value) = try reader.next() {
      guard case .bytes(let nested) = value else { continue }
      if number == 3 { try declare(message: nested, in: name, file: file) }
      if number == 4 { try declare(nested, in: name, file: file, partsAreInside: false) }
    }
  }

  @discardableResult
  private mutating func declare(
    _ bytes: ArraySlice<UInt8>, in scope: String, file: String, partsAreInside: Bool
  ) throws(Status) -> String {
    var own = ""
    var names: [String] = []
    var reader = ProtoReader(bytes)
    while let (number, value) = try reader.next() {
      guard case .bytes(let bytes) = value else { continue }
      if number == 1 { own = String(decoding: bytes, as: UTF8.self) }
      if number == 2, let name = try Self.name(of: bytes) { names.append(name) }
    }
    let full = Self.join(scope, own)
    declaredIn[full] = file
    for name in names { declaredIn[Self.join(partsAreInside ? full : scope, name)] = file }
    return full
  }

  private static func name(of bytes: ArraySlice<UInt8>) throws(Status) -> String? {
    var reader = ProtoReader(bytes)
    while let (number, value) = try reader.next() {
      if number == 1, case .bytes(let bytes) = value { return String(decoding: bytes, as: UTF8.self) }
    }
    return nil
  }

  private static func join(_ scope: String, _ name: String) -> String {
    scope.isEmpty ? name : "\(scope).\(name)"
  }
}
