// swift-tools-version: 6.2
import PackageDescription

// The house: arrows point down only. Each target names exactly the rooms it may look into.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func room(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "prompt-cache-warmer",
    products: [
        .library(
            name: "PromptCacheWarmer",
            targets: ["PromptCacheWarmer", "WarmingPolicies", "CachePrices", "PromptCache", "OrderedJSON"]),
        .library(name: "PromptInspection", targets: ["PromptInspection"]),
        .library(name: "CacheReports", targets: ["CacheReports"]),
        .library(name: "CacheProbe", targets: ["CacheProbe"]),
        .library(name: "SQLiteWarmStore", targets: ["SQLiteWarmStore"]),
        .library(name: "PostgresWarmStore", targets: ["PostgresWarmStore"]),
        .library(name: "StoreConformance", targets: ["StoreConformance"]),
        .library(name: "TestPostgres", targets: ["TestPostgres"]),
        .library(name: "Upstreams", targets: ["Upstreams"]),
        .library(name: "PromptCacheEmulator", targets: ["PromptCacheEmulator", "SteppedTime"]),
        .library(name: "WarmerTesting", targets: ["WarmerTesting", "SteppedTime"]),
        .library(name: "TrafficImport", targets: ["TrafficImport", "WarmingPolicies"]),
        .library(name: "PromptCache", targets: ["PromptCache", "OrderedJSON"]),
        .library(name: "WarmerService", targets: ["WarmerService"]),
        .executable(name: "warmer", targets: ["warmer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // Pure: bytes and values.
        room("OrderedJSON"),
        room("PromptCache", ["OrderedJSON", crypto]),
        room("CachePrices", ["OrderedJSON", "PromptCache"], resources: [.embedInCode("Resources/prices.json")]),
        room("PromptInspection", ["OrderedJSON", "PromptCache", "CachePrices", "WarmingPolicies"]),
        room("WarmingPolicies", ["PromptCache", heap]),
        // What makes a run repeatable: virtual time, which the emulator's clock steps through, and seeded chance.
        room("SteppedTime", [heap]),
        // The library people import.
        room(
            "PromptCacheWarmer",
            [
                "OrderedJSON", "PromptCache", "CachePrices", "WarmingPolicies", heap, deque, log, metrics, tracing,
                lifecycle,
            ]),
        room(
            "Upstreams",
            [
                "OrderedJSON", "PromptCache", "PromptCacheWarmer", asyncHTTPClient, crypto, nioCore, nioHTTP1, nioPosix,
                nioSSL,
            ]),
        room(
            "SQLiteWarmStore",
            [
                "CachePrices", "PromptCache", "PromptCacheWarmer", "PromptInspection", "WarmingPolicies", grdb, log,
                metrics,
            ]),
        // What a cache really does, for a few cents.
        room("CacheProbe", ["CachePrices", "OrderedJSON", "PromptCache", "PromptCacheWarmer", "WarmingPolicies"]),
        // The fleet's engine, through Debian's libpq, which is loaded where a fleet is.
        .target(name: "CPostgres", linkerSettings: [.linkedLibrary("dl")]),
        room(
            "PostgresWarmStore",
            [
                "CPostgres", "CachePrices", "PromptCache", "PromptCacheWarmer", "PromptInspection", "WarmingPolicies",
                deque, log,
            ]),
        room("CacheReports", ["CachePrices", "OrderedJSON", "PromptCache", "PromptCacheWarmer", "WarmingPolicies"]),
        // What every engine of the store protocols must do, for its tests.
        room(
            "StoreConformance",
            ["CachePrices", "PromptCache", "PromptCacheWarmer", "PromptInspection", "WarmingPolicies"]),
        // For tests of hosts: the warmer's clock on stepped time.
        room("WarmerTesting", ["PromptCacheWarmer", "SteppedTime", "WarmingPolicies"]),
        // Memory that bodies come and go in, in place of libc's.
        .systemLibrary(name: "CJemalloc", pkgConfig: "jemalloc", providers: [.apt(["libjemalloc-dev"])]),
        // Compressed bodies, by Debian's zlib, brotli and zstd.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
        .systemLibrary(name: "CZstandard", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        room("BodyCodings", ["CBrotli", "CZlib", "CZstandard"]),
        // The reverse proxy.
        room(
            "CacheProxy",
            [
                "BodyCodings", "OrderedJSON", "PromptCache", "WarmingPolicies", nioCore, nioHTTP1, nioPosix, nioSSL,
            ]),
        // The provider's cache, beside the house.
        room(
            "PromptCacheEmulator",
            ["OrderedJSON", "SteppedTime", "BodyCodings", crypto, hummingbird, httpTypes, nioCore, log]),
        // Recorded traffic from files, and reports on it.
        room(
            "TrafficImport",
            ["OrderedJSON", "PromptCache", "CachePrices", "WarmingPolicies", "PromptCacheWarmer", "BodyCodings"]),
        // A fast hash for what the proxy only looks at.
        .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
        // The daemon and the command.
        room(
            "WarmerService",
            [
                "CXXHash", "BodyCodings", "CacheProxy", "CacheReports", "OrderedJSON", "PromptCache", "CachePrices",
                "TrafficImport", "WarmingPolicies", "SteppedTime", "PromptCacheWarmer", "PostgresWarmStore",
                "PromptInspection", "SQLiteWarmStore", "Upstreams", hummingbird, mustache, httpTypes, nioCore, nioHTTP1,
                nioPosix, deque,
                asyncHTTPClient, yams, crypto, lifecycle, log, coreMetrics, metrics, unixSignals,
            ],
            resources: [.embedInCode("Dashboard/Resources")]),
        .executableTarget(
            name: "warmer",
            dependencies: [
                "CJemalloc", "OrderedJSON", "PromptCache", "CachePrices", "CacheProbe", "CacheReports",
                "PromptInspection",
                "WarmingPolicies", "SQLiteWarmStore", "SteppedTime", "TrafficImport", "PromptCacheWarmer", "Upstreams",
                "PromptCacheEmulator", "WarmerService", "WarmerTesting", "CacheProxy", argumentParser, asyncHTTPClient,
                lifecycle,
                unixSignals, nioCore, nioHTTP1, nioSSL, log, coreMetrics,
            ],
            swiftSettings: strict),

        // Inputs that the fuzzer has kept, and changes to them.
        .target(name: "Mutations", dependencies: ["SteppedTime"], path: "Tests/Mutations", swiftSettings: strict),
        tests("OrderedJSONTests", ["OrderedJSON", "Mutations", "SteppedTime"]),
        tests("PromptCacheTests", ["PromptCache", "OrderedJSON", "Mutations", "SteppedTime"]),
        tests("CachePricesTests", ["CachePrices", "PromptCache", "SteppedTime"]),
        tests(
            "PromptInspectionTests", ["PromptInspection", "CachePrices", "OrderedJSON", "PromptCache", "SteppedTime"]),
        tests("WarmingPoliciesTests", ["WarmingPolicies", "PromptCache", "SteppedTime"]),
        // Writes to a ledger until it is killed.
        .executableTarget(
            name: "LedgerWriter",
            dependencies: [
                "CachePrices", "PostgresWarmStore", "PromptCache", "PromptCacheWarmer", "SQLiteWarmStore",
                "SteppedTime",
                "WarmingPolicies",
            ],
            path: "Tests/LedgerWriter", swiftSettings: strict),
        .target(name: "WriterProcess", path: "Tests/WriterProcess", swiftSettings: strict),
        tests(
            "CacheReportsTests",
            [
                "CacheReports", "CachePrices", "OrderedJSON", "PromptCache", "PromptCacheWarmer", "SteppedTime",
                "WarmingPolicies",
            ]),
        tests(
            "SQLiteWarmStoreTests",
            [
                "CachePrices", "LedgerWriter", "PromptCache", "PromptCacheWarmer", "PromptInspection",
                "SQLiteWarmStore",
                "StoreConformance", "SteppedTime", "WarmingPolicies", "WriterProcess", grdb, log,
            ]),
        // A real PostgreSQL on loopback, which ends with the tests.
        .target(
            name: "TestPostgres", dependencies: ["CPostgres"], path: "Tests/TestPostgres", swiftSettings: strict),
        tests(
            "PostgresWarmStoreTests",
            [
                "CachePrices", "LedgerWriter", "PostgresWarmStore", "PromptCache", "PromptCacheWarmer",
                "PromptInspection", "StoreConformance", "SteppedTime", "TestPostgres", "WarmingPolicies",
                "WriterProcess", log,
            ]),
        tests(
            "PromptCacheWarmerTests",
            [
                "PromptCacheWarmer", "StoreConformance", "CachePrices", "OrderedJSON", "PromptCache", "SteppedTime",
                "WarmerTesting",
                "WarmingPolicies", log,
            ]),
        tests(
            "TrafficImportTests",
            [
                "TrafficImport", "BodyCodings", "CachePrices", "PromptCache", "PromptCacheWarmer", "SteppedTime",
                "WarmingPolicies",
            ]),
        tests("SteppedTimeTests", ["SteppedTime"]),
        tests("BodyCodingsTests", ["BodyCodings", "SteppedTime"]),
        tests(
            "CacheProxyTests",
            ["CacheProxy", "PromptCache", "SteppedTime", "WarmingPolicies", nioCore, nioHTTP1, nioPosix, nioSSL]),
        tests(
            "WarmerServiceTests",
            [
                "WarmerService", "CacheProxy", "CacheReports", "CachePrices", "Mutations", "OrderedJSON", "PromptCache",
                "PromptCacheEmulator",
                "PostgresWarmStore", "PromptCacheWarmer", "SQLiteWarmStore", "SteppedTime", "TestPostgres",
                "Upstreams", "WarmerTesting", "WarmingPolicies", asyncHTTPClient, lifecycle, log, coreMetrics,
                nioCore, nioHTTP1, yams,
                hummingbird, httpTypes,
            ]),
        tests(
            "PromptCacheEmulatorTests",
            ["PromptCacheEmulator", "OrderedJSON", "SteppedTime", asyncHTTPClient, nioCore, nioHTTP1]),
        tests(
            "CacheProbeTests",
            [
                "CacheProbe", "CachePrices", "PromptCache", "PromptCacheEmulator", "PromptCacheWarmer", "SteppedTime",
                "Upstreams", "WarmerTesting", "WarmingPolicies", log,
            ]),
        tests(
            "EndToEndTests",
            [
                "CachePrices", "CacheReports", "PostgresWarmStore", "PromptCache", "PromptCacheEmulator",
                "PromptCacheWarmer", "SQLiteWarmStore", "SteppedTime", "TestPostgres", "Upstreams", "WarmerTesting",
                "WarmingPolicies", log,
            ]),
    ],
    swiftLanguageModes: [.v6]
)
