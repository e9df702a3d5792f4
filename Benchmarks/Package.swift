// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that nobody builds benchmarks who does not run them:
// swift run -c release --package-path Benchmarks ByteBenchmarks

let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "prompt-cache-warmer", path: "../")],
    targets: [
        .executableTarget(
            name: "ByteBenchmarks",
            dependencies: [.product(name: "PromptCache", package: "prompt-cache-warmer")],
            swiftSettings: [
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ])
    ],
    swiftLanguageModes: [.v6]
)
