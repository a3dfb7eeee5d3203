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

    /// Few threads, as tests run beside each other, and pools last as long as the process.
    init(options: StoreOptions = StoreOptions(computeThreads: 1, readThreads: 1)) async throws {
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
        return try store.commit([image], run: &run)[0].get()
    }

    /// Makes an empty file beside the store.
    func writeFile(_ name: String) throws {
        try FileDescriptor.open(
            folder.appending(name), .writeOnly, options: .create, permissions: .ownerReadWrite
        ).close()
    }

    /// Whether any file of the store's blobs or derived pixels holds these bytes.
    func holds(_ needle: [UInt8]) -> Bool {
        ["blobs/packs", "blobs/large", "cache"].contains { name in
            TemporaryStore.files(below: store.directory.appending(name)).contains { file in
                guard let bytes = TemporaryStore.contents(of: file) else { return false }
                return bytes.withUnsafeBytes { hay in
                    needle.withUnsafeBytes { needle in
                        hay.indices.dropLast(needle.count - 1).contains {
                            memcmp(hay.baseAddress! + $0, needle.baseAddress!, needle.count) == 0
                        }
                    }
                }
            }
        }
    }

    private static func files(below folder: FilePath) -> [FilePath] {
        guard let stream = opendir(folder.string) else { return [] }
        defer { closedir(stream) }
        var files: [FilePath] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = folder.appending(name)
            files += entry.pointee.d_type == DT_DIR ? TemporaryStore.files(below: path) : [path]
        }
        return files
    }

    private static func contents(of file: FilePath) -> [UInt8]? {
        guard let descriptor = try? FileDescriptor.open(file, .readOnly) else { return nil }
        defer { try? descriptor.close() }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? piece.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 {
            bytes += piece[..<count]
        }
        return bytes
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
