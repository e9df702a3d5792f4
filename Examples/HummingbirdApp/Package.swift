// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "hummingbird-app",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(name: "prompt-cache-warmer", path: "../.."),
    ],
    targets: [
        .executableTarget(
            name: "App",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "PromptCacheWarmer", package: "prompt-cache-warmer"),
                .product(name: "Upstreams", package: "prompt-cache-warmer"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
