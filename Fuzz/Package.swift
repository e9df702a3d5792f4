// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody builds fuzzers who does not run them: Fuzz/run.sh

/// A parser under libFuzzer, which brings the `main`.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies + ["Invariant"],
        swiftSettings: [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .treatAllWarnings(as: .error),
            .unsafeFlags(["-sanitize=address,fuzzer", "-parse-as-library"]),
        ],
        linkerSettings: [.unsafeFlags(["-sanitize=address,fuzzer"])])
}

let promptCache = Target.Dependency.product(name: "PromptCache", package: "prompt-cache-warmer")

let package = Package(
    name: "fuzz",
    dependencies: [
        .package(name: "prompt-cache-warmer", path: "../")
    ],
    targets: [
        .target(name: "Invariant"),
        fuzzer("JSONFuzz", [promptCache]),
        fuzzer("UsageFuzz", [promptCache]),
        fuzzer(
            "ConfigurationFuzz",
            [
                .product(name: "PromptCacheWarmer", package: "prompt-cache-warmer"),
                .product(name: "WarmerService", package: "prompt-cache-warmer"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
