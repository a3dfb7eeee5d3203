import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

@testable import Catalog
@testable import Engine

/// A store in a folder of its own, which is removed with this value.
final class TemporaryStore: Sendable {
    let folder: FilePath
    let store: Store

    init(options: StoreOptions = StoreOptions()) async throws {
        var template = Array("/tmp/fovea-engine-XXXXXX".utf8CString)
        folder = FilePath(platformString: mkdtemp(&template)!)
        try Store.create(at: folder.appending("store"))
        store = try await Store.open(at: folder.appending("store"), options: options)
    }

    deinit { FolderCopy.removeAll(folder) }

    /// Adds one picture and returns what became of it.
    @discardableResult
    func add(
        _ picture: [UInt8], path: String = "", properties: Document = [:], labels: [String] = []
    ) throws -> CommittedImage {
        var run = ImportRun(parameters: [:])
        let image = try store.prepare(
            picture, path: path, properties: properties, labels: labels, reference: nil)
        return try store.commit([image], run: &run)[0]
    }

    /// Adds entities of a class without pixels.
    func insert(_ className: String, _ documents: [Document]) throws {
        try store.catalog.write { transaction in
            for document in documents { try transaction.insert(className, document) }
        }
    }
}

/// Small pictures in binary PPM, every pixel a formula.
enum Picture {
    static func ppm(width: Int, height: Int, seed: Int = 0) -> [UInt8] {
        var bytes = Array("P6\n\(width) \(height)\n255\n".utf8)
        for y in 0..<height {
            for x in 0..<width {
                bytes += [
                    UInt8((x * 3 + seed) & 255), UInt8((y * 5 + seed * 7) & 255),
                    UInt8((x + y + seed * 13) & 255),
                ]
            }
        }
        return bytes
    }
}

/// A seeded generator (SplitMix64, Steele et al. 2014), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
