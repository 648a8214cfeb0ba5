// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
/// For targets where unsafe code has no business.
let safe: [SwiftSetting] = strict + [.strictMemorySafety()]

/// For the two processes that carry the load (docs/decisions/0010-jemalloc.md).
let allocator: [LinkerSetting] = [.linkedLibrary("jemalloc")]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "millrace",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Floor 0: C libraries, each with one owner, and what every process needs.
    .systemLibrary(name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(
      name: "CSimdjson", cxxSettings: [.unsafeFlags(["-O3"])], linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "JSONCodec", dependencies: ["CSimdjson"], swiftSettings: strict),
    .systemLibrary(name: "CLinux"),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .systemLibrary(
      name: "CJavaScriptCore", pkgConfig: "javascriptcoregtk-4.1", providers: [.apt(["libjavascriptcoregtk-4.1-dev"])]),
    .target(
      name: "CScriptRunner", exclude: ["prelude"], cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: [.linkedLibrary("crypto"), .linkedLibrary("seccomp"), .linkedLibrary("icuuc")]),
    .target(name: "Patterns", dependencies: ["CRE2"], swiftSettings: safe),
    .target(name: "Executors", dependencies: ["CLinux"], swiftSettings: strict),
    .target(
      name: "ProcessSupport", dependencies: [logging, nioCore, nioPosix, nioHTTP, nioSSL, lifecycle],
      swiftSettings: strict),

    // Floor 1: one subject each.
    .target(
      name: "Workflows", dependencies: ["JSONCodec", .product(name: "Yams", package: "Yams")], swiftSettings: safe),
    .target(
      name: "RedisClient", dependencies: ["CHiredis", "ProcessSupport", nioCore, nioPosix, nioSSL, logging],
      swiftSettings: strict),
    .target(name: "AuditLog", dependencies: ["JSONCodec", "ProcessSupport"], swiftSettings: strict),
    .target(name: "JSONQuery", dependencies: ["JSONCodec", "Patterns"], swiftSettings: safe),
    .target(name: "JSONValidation", dependencies: ["JSONCodec", "Patterns"], swiftSettings: safe),
    .target(
      name: "Scripting", dependencies: ["JSONCodec", "ProcessSupport", nioCore, nioPosix, logging],
      swiftSettings: strict),
    .target(name: "OutboundHTTP", dependencies: ["CCurl", "Executors", "ProcessSupport"], swiftSettings: strict),

    // Floor 2: the queue and the engine.
    .target(
      name: "ExecutionQueue", dependencies: ["RedisClient", "ProcessSupport", nioCore, lifecycle, logging],
      swiftSettings: safe),
    .target(
      name: "WorkflowEngine",
      dependencies: ["Workflows", "OutboundHTTP", "Scripting", "JSONQuery", "JSONCodec", "ProcessSupport"],
      swiftSettings: safe),

    .target(
      name: "Verification", dependencies: ["JSONCodec", "ProcessSupport", crypto, cryptoExtras, asn1],
      swiftSettings: safe),

    // Floor 3: which workflows there are, read from the queue's store.
    .target(
      name: "Catalog", dependencies: ["ExecutionQueue", "Workflows", "JSONCodec", lifecycle, logging],
      swiftSettings: safe),

    .target(
      name: "WebhookChecks",
      dependencies: ["Verification", "JSONValidation", "Workflows", "JSONCodec", "ProcessSupport", crypto],
      swiftSettings: safe),

    // Floor 4: the services.
    .target(
      name: "IngestService",
      dependencies: [
        "AuditLog", "Catalog", "WebhookChecks", "Verification", "JSONValidation", "ExecutionQueue", "Workflows",
        "JSONCodec", "ProcessSupport", nioCore, nioPosix, nioHTTP, nioTLS, nioSSL, lifecycle, logging,
      ], swiftSettings: strict),
    .target(
      name: "WorkerService",
      dependencies: [
        "Catalog", "ExecutionQueue", "WorkflowEngine", "Workflows", "JSONCodec", "ProcessSupport", nioCore, lifecycle,
        logging,
      ], swiftSettings: safe),

    // Floor 5: the programs.
    .executableTarget(
      name: "millrace-ingest",
      dependencies: [
        "IngestService", "WebhookChecks", "Catalog", "ExecutionQueue", "RedisClient", "ProcessSupport", "Workflows",
        nioCore, nioPosix, lifecycle, signals, logging,
      ], swiftSettings: strict, linkerSettings: allocator),
    .executableTarget(
      name: "millrace-worker",
      dependencies: [
        "WorkerService", "WebhookChecks", "WorkflowEngine", "OutboundHTTP", "Scripting", "Catalog", "ExecutionQueue",
        "RedisClient",
        "ProcessSupport", "Workflows", nioCore, nioPosix, lifecycle, signals, logging,
      ], swiftSettings: strict, linkerSettings: allocator),
    .executableTarget(
      name: "millrace-script", dependencies: ["CJavaScriptCore", "CScriptRunner"], swiftSettings: strict),
    .executableTarget(
      name: "millrace",
      dependencies: [
        "AuditLog", "WebhookChecks", "JSONValidation", "Verification", "WorkflowEngine", "OutboundHTTP", "Scripting",
        "Catalog",
        "ExecutionQueue",
        "RedisClient", "Workflows", "JSONCodec", "ProcessSupport", nioCore, nioPosix, logging, arguments,
      ], swiftSettings: strict),
    .executableTarget(
      name: "millrace-bench",
      dependencies: [
        "ProcessSupport", "JSONCodec", "Scripting", "Verification", arguments, nioCore, nioPosix, nioHTTP, logging,
      ],
      swiftSettings: strict),

    // Tests: a target for each module, and one for the whole.
    .target(
      name: "TestSupport",
      dependencies: ["ExecutionQueue", "JSONCodec", "ProcessSupport", logging, nioCore, nioPosix, nioHTTP, nioSSL],
      path: "Tests/TestSupport",
      swiftSettings: strict),
    .executableTarget(
      name: "millrace-torture",
      dependencies: ["TestSupport", "JSONCodec", "ProcessSupport", arguments, nioCore, nioPosix, nioHTTP],
      path: "Tests/Torture", swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(name: "JSONCodecTests", dependencies: ["JSONCodec", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ExecutorsTests", dependencies: ["Executors"], swiftSettings: strict),
    .testTarget(
      name: "ProcessSupportTests", dependencies: ["ProcessSupport", "TestSupport", logging], swiftSettings: strict),
    .testTarget(
      name: "WorkflowsTests", dependencies: ["Workflows", "JSONCodec", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "RedisClientTests",
      dependencies: ["RedisClient", "ProcessSupport", "TestSupport", nioCore, nioPosix, nioEmbedded],
      swiftSettings: strict),
    .testTarget(
      name: "VerificationTests",
      dependencies: [
        "Verification", "JSONCodec", "TestSupport", "millrace", "millrace-ingest", "millrace-worker", "millrace-script",
        crypto, cryptoExtras,
      ], swiftSettings: strict),
    .testTarget(
      name: "JSONValidationTests", dependencies: ["JSONValidation", "JSONCodec", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AuditLogTests", dependencies: ["AuditLog", "JSONCodec", "ProcessSupport", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "JSONQueryTests", dependencies: ["JSONQuery", "JSONCodec", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ScriptingTests",
      dependencies: [
        "Scripting", "ProcessSupport", "JSONCodec", "TestSupport", "millrace-script", nioCore, nioPosix, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "OutboundHTTPTests", dependencies: ["OutboundHTTP", "ProcessSupport", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ExecutionQueueTests",
      dependencies: [
        "ExecutionQueue", "RedisClient", "ProcessSupport", "TestSupport", nioCore, nioPosix, nioEmbedded, logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "WorkflowEngineTests",
      dependencies: [
        "AuditLog", "WorkflowEngine", "WebhookChecks", "OutboundHTTP", "Scripting", "Workflows", "JSONCodec",
        "ProcessSupport", "TestSupport",
        "millrace-script", nioCore, nioPosix, logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "IngestServiceTests",
      dependencies: [
        "IngestService", "AuditLog", "WebhookChecks", "Catalog", "ExecutionQueue", "Workflows", "JSONCodec",
        "ProcessSupport", "TestSupport", lifecycle,
        nioCore, nioPosix, nioEmbedded, nioHTTP, nioTLS, nioSSL, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "CatalogTests",
      dependencies: ["Catalog", "ExecutionQueue", "Workflows", "JSONCodec", "TestSupport", logging],
      swiftSettings: strict),
    .testTarget(
      name: "WorkerServiceTests",
      dependencies: [
        "WorkerService", "WebhookChecks", "WorkflowEngine", "OutboundHTTP", "Catalog", "ExecutionQueue", "Workflows",
        "JSONCodec",
        "ProcessSupport", "TestSupport", nioCore, nioPosix, lifecycle, logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "TestSupport", "JSONCodec", "ProcessSupport", "Verification", "millrace", "millrace-ingest", "millrace-worker",
        "millrace-script", "millrace-torture", crypto, cryptoExtras,
      ], swiftSettings: strict),
  ],
  cLanguageStandard: .gnu2x, cxxLanguageStandard: .cxx17
)

// The fuzz targets, for deploy/fuzz alone (docs/fuzzing.md): every other build goes without them.
if Context.environment["MILLRACE_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "millrace-fuzz",
      dependencies: [
        "IngestService", "WorkflowEngine", "WebhookChecks", "Verification", "JSONQuery", "JSONValidation", "Workflows",
        "JSONCodec", "ProcessSupport", crypto, cryptoExtras, nioCore, nioEmbedded, nioHTTP, logging,
      ], path: "Tests/Fuzz", swiftSettings: strict))
  for target in package.targets where target.type == .regular || target.name == "millrace-fuzz" {
    // Of two options the compiler heeds the last alone, so the two that `swift build --sanitize` gives are not enough.
    var flags = ["-sanitize=address,fuzzer"]
    if target.name == "IngestService" { flags.append("-enable-testing") }
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(flags)]
  }
}
