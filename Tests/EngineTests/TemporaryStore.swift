import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage
import TestSupport

@testable import Catalog
@testable import Engine

/// A store in a folder of its own, which is removed with this value.
final class TemporaryStore: Sendable {
    private let temporary: TemporaryFolder
    let store: Store
    var folder: FilePath { temporary.path }

    /// Few threads, as tests run beside each other, and pools last as long as the process.
    init(options: StoreOptions = StoreOptions(computeThreads: 1, readThreads: 1)) async throws {
        temporary = try TemporaryFolder()
        let directory = temporary.path.appending("store")
        try Store.create(at: directory)
        store = try await Store.open(at: directory, options: options)
    }

    /// Adds one picture and returns what became of it.
    @discardableResult
    func add(
        _ picture: [UInt8], path: String = "", properties: Document = [:], labels: [String] = []
    ) throws -> CommittedMedia {
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
            let part = store.directory.appending(name)
            return files(below: part).contains { file in
                // A file may go while it is looked for; then it holds nothing.
                guard let bytes = try? contents(of: part.appending(file)) else { return false }
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

    /// Adds entities of a class without pixels.
    func insert(_ className: String, _ documents: [Document]) throws {
        try store.catalog.write { transaction in
            for document in documents { try transaction.insert(className, document) }
        }
    }
}
