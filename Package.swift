// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Every Swift target is built with these; a warning fails the build.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// RPC hands bytes to handlers as spans, whose lifetimes its interface states.
let spans: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "figures",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "RPC", targets: ["RPC"]),
    .executable(name: "figures-ingest", targets: ["figures-ingest"]),
    .executable(name: "figures-query", targets: ["figures-query"]),
    .executable(name: "figures-client", targets: ["figures-client"]),
    .executable(name: "grpc-interop", targets: ["grpc-interop"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // C libraries and generated C. Nothing but the one target named beside each may import it.
    .systemLibrary(
      name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .target(name: "CFiguresProto", dependencies: ["CProtobufC"]),
    .target(name: "CStandardProto", dependencies: ["CProtobufC"]),
    .target(name: "CInteropProto"),

    // RPC: gRPC over HTTP/2. Knows nothing of figures.
    .target(name: "HTTP2", dependencies: ["CNghttp2"], swiftSettings: strict),
    .target(
      name: "RPC",
      dependencies: [
        "HTTP2", "CStandardProto", "CProtobufC", "CZlib", nioCore, nioPosix, nioSSL, nioTLS, logging,
      ],
      swiftSettings: spans),

    // gRPC's interoperability tests: knows nothing of figures either.
    .target(
      name: "Interop",
      dependencies: ["RPC", "CInteropProto", logging, argumentParser, nioCore, nioPosix], swiftSettings: strict),

    // Domain: values and rules, no I/O.
    .target(name: "FiguresModel", resources: [.copy("Resources")], swiftSettings: strict),
    .target(
      name: "Gazetteer", dependencies: ["FiguresModel"], resources: [.copy("Resources")],
      swiftSettings: strict),
    .target(
      name: "Extraction", dependencies: ["FiguresModel", "Gazetteer"],
      resources: [.copy("Resources")], swiftSettings: strict),
    .target(
      name: "Reconciliation", dependencies: ["FiguresModel", "Gazetteer"], swiftSettings: strict),

    // Contract: values to protobuf and back.
    .target(
      name: "FiguresProto",
      dependencies: ["FiguresModel", "Gazetteer", "CFiguresProto", "CProtobufC"],
      swiftSettings: strict),

    // Storage and index.
    .target(
      name: "Journaling",
      dependencies: [.product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
    .target(
      name: "Indexing",
      dependencies: [
        "FiguresModel", "FiguresProto", "Gazetteer", "Reconciliation",
        .product(name: "HashTreeCollections", package: "swift-collections"),
      ],
      swiftSettings: strict),

    // Services.
    .target(
      name: "ServiceSupport",
      dependencies: [
        "RPC", logging, lifecycle, argumentParser, nioCore,
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict),
    .target(
      name: "Ingest",
      dependencies: [
        "RPC", "FiguresProto", "FiguresModel", "Extraction", "Gazetteer", "Journaling",
        "ServiceSupport", logging, lifecycle, argumentParser, nioCore, nioPosix,
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict),
    .target(
      name: "Query",
      dependencies: [
        "RPC", "FiguresProto", "FiguresModel", "Gazetteer", "Indexing", "ServiceSupport",
        logging, lifecycle, argumentParser, nioCore, nioPosix,
      ],
      swiftSettings: strict),
    .target(name: "DocumentText", dependencies: ["CLibXML2", "FiguresModel"], swiftSettings: strict),
    .target(
      name: "ClientCLI",
      dependencies: [
        "RPC", "FiguresProto", "FiguresModel", "DocumentText", "Extraction", "Gazetteer", "ServiceSupport", logging,
        argumentParser, nioCore, nioPosix,
      ],
      swiftSettings: strict),

    // Programs: one line each.
    .executableTarget(
      name: "figures-ingest", dependencies: ["Ingest", "ServiceSupport"], swiftSettings: strict),
    .executableTarget(
      name: "figures-query", dependencies: ["Query", "ServiceSupport"], swiftSettings: strict),
    .executableTarget(
      name: "figures-client", dependencies: ["ClientCLI"], swiftSettings: strict),

    .executableTarget(name: "grpc-interop", dependencies: ["Interop"], swiftSettings: strict),

    // How fast the fold is, and in how much memory: scripts/fold-bench.sh.
    .executableTarget(
      name: "fold-bench",
      dependencies: ["FiguresModel", "FiguresProto", "Gazetteer", "Indexing", argumentParser], swiftSettings: strict),

    // Tests; those of the programs as a whole are in Tests/System, with gRPC's own client.
    .testTarget(name: "FiguresModelTests", dependencies: ["FiguresModel"]),
    .testTarget(name: "FiguresProtoTests", dependencies: ["FiguresProto", "FiguresModel"]),
    .testTarget(name: "GazetteerTests", dependencies: ["Gazetteer"]),
    .testTarget(name: "DocumentTextTests", dependencies: ["DocumentText", "FiguresModel"]),
    .testTarget(
      name: "ExtractionTests", dependencies: ["Extraction", "FiguresModel", "Gazetteer"],
      resources: [.copy("Resources")]),
    .testTarget(
      name: "ReconciliationTests", dependencies: ["Extraction", "Reconciliation", "FiguresModel", "Gazetteer"],
      resources: [.copy("Resources")], swiftSettings: strict),
    .testTarget(
      name: "IndexingTests",
      dependencies: ["Indexing", "Extraction", "Reconciliation", "FiguresModel", "FiguresProto", "Gazetteer"],
      swiftSettings: strict),
    .testTarget(name: "HTTP2Tests", dependencies: ["HTTP2"]),
    .testTarget(
      name: "RPCTests",
      dependencies: [
        "RPC", "HTTP2", nioCore, nioPosix, logging,
        .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
      ]),
    .testTarget(name: "JournalingTests", dependencies: ["Journaling", .product(name: "GRDB", package: "GRDB.swift")]),
  ],
  swiftLanguageModes: [.v6]
)
