// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody builds benchmarks who does not run them:
// swift run -c release --package-path Benchmarks ByteBenchmarks

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "prompt-cache-warmer", path: "../"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "SampleBodies", swiftSettings: strict),
        .target(name: "ProcessFigures", swiftSettings: strict),
        .executableTarget(
            name: "ByteBenchmarks",
            dependencies: ["SampleBodies", .product(name: "PromptCache", package: "prompt-cache-warmer")],
            swiftSettings: strict),
        .executableTarget(
            name: "HoldBenchmark",
            dependencies: [
                .product(name: "PromptCache", package: "prompt-cache-warmer"),
                .product(name: "PromptCacheEmulator", package: "prompt-cache-warmer"),
                .product(name: "PromptCacheWarmer", package: "prompt-cache-warmer"),
                .product(name: "WarmerTesting", package: "prompt-cache-warmer"),
                .product(name: "Upstreams", package: "prompt-cache-warmer"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "ScaleBenchmark",
            dependencies: [
                "ProcessFigures",
                .product(name: "PromptCache", package: "prompt-cache-warmer"),
                .product(name: "PromptCacheWarmer", package: "prompt-cache-warmer"),
                .product(name: "Upstreams", package: "prompt-cache-warmer"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "LedgerBenchmark",
            dependencies: [
                "SampleBodies",
                .product(name: "CacheReports", package: "prompt-cache-warmer"),
                .product(name: "PromptCache", package: "prompt-cache-warmer"),
                .product(name: "PromptCacheWarmer", package: "prompt-cache-warmer"),
                .product(name: "PromptInspection", package: "prompt-cache-warmer"),
                .product(name: "SQLiteWarmStore", package: "prompt-cache-warmer"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "FleetBenchmark",
            dependencies: [
                "ProcessFigures",
                .product(name: "PostgresWarmStore", package: "prompt-cache-warmer"),
                .product(name: "PromptCache", package: "prompt-cache-warmer"),
                .product(name: "PromptCacheWarmer", package: "prompt-cache-warmer"),
                .product(name: "SQLiteWarmStore", package: "prompt-cache-warmer"),
                .product(name: "TestPostgres", package: "prompt-cache-warmer"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "ProxyBenchmark",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "PolicyBenchmark",
            dependencies: [
                .product(name: "PromptCache", package: "prompt-cache-warmer"),
                .product(name: "TrafficImport", package: "prompt-cache-warmer"),
                .product(name: "WarmerTesting", package: "prompt-cache-warmer"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
