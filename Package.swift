// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is built with: Swift 6 language mode, and a warning is an error.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// C kernels are always optimised: a debug build would spend its tests in unvectorised loops.
let kernels: [CSetting] = [.unsafeFlags(["-O3", "-fno-math-errno", "-ffp-contract=off"])]

/// One of our rooms. `rooms` are the rooms below it that it may import (`docs/architecture.md`).
func room(_ name: String, rooms: [String], c: [String] = [], outside: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: rooms.map { .byName(name: $0) } + c.map { .byName(name: $0) } + outside,
        swiftSettings: strict)
}

/// The tests of a room.
func tests(
    _ name: String, rooms: [String], excluding: [String] = [], outside: [Target.Dependency] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: rooms.map { .byName(name: $0) } + ["TestSupport"] + outside,
        exclude: excluding,
        swiftSettings: strict)
}

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

let package = Package(
    name: "fovea",
    products: [.executable(name: "fovea", targets: ["fovea"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .target(name: "CChecksum", cSettings: kernels),
        .target(name: "CColumns", cSettings: kernels),
        .target(name: "CFFmpeg", linkerSettings: [.linkedLibrary("dl"), .linkedLibrary("pthread")]),
        .target(name: "CPageChecksum", cSettings: kernels, linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "CPixels", cSettings: kernels),
        .target(name: "CVectors", cSettings: kernels),
        .target(name: "CModelFiles", exclude: ["files"]),
        .target(name: "CWebFiles", exclude: ["files"]),
        .systemLibrary(name: "CAllocator"),
        .systemLibrary(
            name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CVips"),
        .systemLibrary(name: "COpenVINO"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),

        room(
            "Base", rooms: [], c: ["CChecksum"],
            outside: [
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        room("Annotations", rooms: ["Base"]),
        room("Arrow", rooms: []),
        room("Query", rooms: ["Base"]),
        room("Media", rooms: ["Base"], c: ["CTurboJPEG", "CVips", "CPNG", "CWebP", "CFFmpeg", "CPixels"]),
        room(
            "Blobs", rooms: ["Base"],
            outside: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        room("Columns", rooms: ["Base"], c: ["CColumns"]),
        room("Vectors", rooms: ["Base"], c: ["CVectors"]),
        room(
            "Certificates", rooms: [],
            outside: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "X509", package: "swift-certificates"),
            ]),
        room(
            "Fetching", rooms: ["Base"],
            outside: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ]),
        room(
            "Catalog", rooms: ["Annotations", "Columns", "Query", "Base"], c: ["CPageChecksum"],
            outside: [
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        room(
            "Inference", rooms: ["Media", "Annotations", "Base"], c: ["CModelFiles", "COpenVINO", "CZlib"],
            outside: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        room(
            "Engine",
            rooms: [
                "Catalog", "Annotations", "Arrow", "Columns", "Vectors", "Query", "Media", "Blobs", "Base",
            ],
            outside: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        room("Curation", rooms: ["Engine", "Catalog", "Annotations", "Query", "Base"]),
        room(
            "Pipeline",
            rooms: [
                "Engine", "Catalog", "Inference", "Annotations", "Query", "Media", "Blobs", "Fetching",
                "Base",
            ],
            outside: [
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        room(
            "Server",
            rooms: [
                "Pipeline", "Curation", "Engine", "Inference", "Query", "Media", "Certificates", "Base",
            ],
            c: ["CWebFiles"],
            outside: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .executableTarget(
            name: "fovea",
            dependencies: [
                "Server", "Pipeline", "Curation", "Engine", "Inference", "Annotations", "Media", "Query",
                "Base",
                "CAllocator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["Base", systemPackage], path: "Tests/TestSupport",
            swiftSettings: strict),
        tests("BaseTests", rooms: ["Base"]),
        tests("AnnotationsTests", rooms: ["Annotations"]),
        tests("ArrowTests", rooms: ["Arrow"]),
        tests("QueryTests", rooms: ["Query", "Base"], excluding: ["cases", "questions.txt"]),
        tests("MediaTests", rooms: ["Media", "Base"]),
        tests("BlobsTests", rooms: ["Blobs", "Base"], outside: [systemPackage]),
        tests("ColumnsTests", rooms: ["Columns", "Base"]),
        tests("VectorsTests", rooms: ["Vectors", "CVectors", "Base"]),
        tests("CertificatesTests", rooms: ["Certificates", "Base"], outside: [systemPackage]),
        tests("FetchingTests", rooms: ["Fetching", "Base"], outside: [systemPackage]),
        tests(
            "CatalogTests", rooms: ["Catalog", "Annotations", "Columns", "Query", "Base"],
            excluding: ["Fixtures"],
            outside: [systemPackage]),
        tests(
            "EngineTests", rooms: ["Engine", "Catalog", "Query", "Media", "Blobs", "Base"],
            outside: [systemPackage]),
        tests(
            "InferenceTests", rooms: ["Inference", "Media", "Annotations", "Base"], outside: [systemPackage]),
        tests(
            "CurationTests", rooms: ["Curation", "Engine", "Catalog", "Annotations", "Query", "Base"],
            outside: [systemPackage]),
        tests(
            "PipelineTests",
            rooms: ["Pipeline", "Engine", "Catalog", "Inference", "Annotations", "Query", "Media", "Base"],
            outside: [systemPackage]),
        tests(
            "ServerTests", rooms: ["Server", "Pipeline", "Engine", "Inference", "Catalog", "Query", "Base"],
            outside: [
                systemPackage, .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),
        tests("EndToEndTests", rooms: ["Base"]),
    ]
)

// Benchmarks are built only for Benchmarks/run, which sets this.
if Context.environment["FOVEA_BENCHMARKS"] != nil {
    func benchmark(
        _ name: String, folder: String, rooms: [String], outside: [Target.Dependency] = []
    ) -> Target {
        .executableTarget(
            name: name, dependencies: rooms.map { .byName(name: $0) } + ["Rounds"] + outside,
            path: "Benchmarks/\(folder)", swiftSettings: strict)
    }
    package.targets += [
        .target(name: "Rounds", path: "Benchmarks/Rounds", swiftSettings: strict),
        benchmark("MediaBenchmark", folder: "Media", rooms: ["Media"]),
        benchmark("VideoBenchmark", folder: "Video", rooms: ["Media"]),
        benchmark("MotionBenchmark", folder: "Motion", rooms: ["Media", "Annotations"]),
        benchmark("VectorsBenchmark", folder: "Vectors", rooms: ["Vectors", "Base"]),
        benchmark(
            "CatalogBenchmark", folder: "Catalog",
            rooms: ["Engine", "Catalog", "Columns", "Query", "Media", "Blobs", "Base"],
            outside: [systemPackage]),
    ]
}

// libFuzzer brings its own flags and sanitizer, so only `scripts/fuzz` declares these targets.
if Context.environment["FOVEA_FUZZ"] != nil {
    func fuzzer(_ name: String, rooms: [String], outside: [Target.Dependency] = []) -> Target {
        .executableTarget(
            name: name, dependencies: ["Driver"] + rooms.map { .byName(name: $0) } + outside,
            path: "Fuzz/\(name)", swiftSettings: strict)
    }
    package.targets += [
        .systemLibrary(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
        .target(name: "Driver", dependencies: ["CLibFuzzer"], path: "Fuzz/Driver", swiftSettings: strict),
        .target(
            name: "Decoding", dependencies: ["Driver", "Media"], path: "Fuzz/Decoding", swiftSettings: strict),
        fuzzer("FuzzFilter", rooms: ["Query", "Base"]),
        fuzzer("FuzzCommands", rooms: ["Engine", "Query", "Base"], outside: [systemPackage]),
        fuzzer("FuzzPattern", rooms: ["Query"]),
        fuzzer("FuzzQuestions", rooms: ["Query"]),
        fuzzer("FuzzRules", rooms: ["Engine", "Query"]),
        fuzzer("FuzzJSON", rooms: ["Base"]),
        fuzzer("FuzzDecode", rooms: ["Decoding", "Media"]),
        fuzzer("FuzzVips", rooms: ["Decoding", "Media"]),
        fuzzer("FuzzVideos", rooms: ["Media"]),
        fuzzer("FuzzOperations", rooms: ["Media"]),
        fuzzer("FuzzModels", rooms: ["Inference", "Base"]),
        fuzzer("FuzzMetadata", rooms: ["Media", "Base"]),
        fuzzer("FuzzLists", rooms: ["Pipeline", "Base"], outside: [systemPackage]),
        fuzzer("FuzzFetching", rooms: ["Fetching"]),
        fuzzer("FuzzRequest", rooms: ["Server", "Base"]),
        fuzzer(
            "FuzzFrames", rooms: ["Server", "Engine", "Query", "Base"],
            outside: [
                systemPackage, .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
    ]
}
