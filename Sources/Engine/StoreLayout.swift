import Base
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// Which file of a store is what.
struct StoreLayout {
    let directory: FilePath

    init(_ directory: FilePath) { self.directory = directory }

    var catalog: FilePath { directory.appending("catalog.sqlite") }
    var blobs: FilePath { directory.appending("blobs") }
    var cache: FilePath { directory.appending("cache") }
    /// Room that is given up when there is none.
    var reserve: DiskReserve { DiskReserve(path: directory.appending("reserve")) }
    /// Indexes of the frames of videos; derived.
    var frames: FilePath { directory.appending("frames") }
    /// Where in videos something moves; derived.
    var motion: FilePath { directory.appending("motion") }
    /// What unfinished jobs need only to go on.
    var jobs: FilePath { directory.appending("jobs") }
    /// The models that were added to the store, with their descriptions.
    var models: FilePath { directory.appending("models") }
    /// The vectors of sets of descriptors.
    var vectors: FilePath { directory.appending("vectors") }

    func checkExists() throws {
        if try exists(catalog) { return }
        guard try exists(directory) else {
            throw EngineError(
                .notFound, "there is no store at \(directory); 'fovea init --store \(directory)' makes one")
        }
        throw EngineError(
            .notFound,
            "\(directory) is no store: it holds no catalog.sqlite; 'fovea init' makes a store in a new folder"
        )
    }

    /// Makes the folder, or takes an empty one where `takesEmpty`.
    func make(takesEmpty: Bool = true) throws {
        if try exists(catalog) { throw EngineError(.conflict, "there is a store at \(directory) already") }
        if mkdir(directory.string, 0o700) != 0 {
            let error = Errno(rawValue: errno)
            guard error == .fileExists else {
                throw EngineError(.failed, "cannot make the folder \(directory): \(error)", cause: error)
            }
            guard takesEmpty else {
                throw EngineError(.conflict, "\(directory) is there already; name a folder that is not")
            }
            try removeUnfinished()
            guard try isEmpty() else {
                throw EngineError(
                    .conflict, "\(directory) is there already and holds something else; name a new folder")
            }
        }
        if let parent = open(
            directory.removingLastComponent().isEmpty ? "." : directory.removingLastComponent().string)
        {
            defer { close(parent) }
            // The folder's own entry must survive a power failure with what it will hold.
            guard fsync(parent) == 0 else {
                throw EngineError(
                    .failed, "cannot make the folder \(directory) durable: \(Errno(rawValue: errno))")
            }
        }
    }

    /// Whether a folder that is to be made would lie in this store.
    func contains(_ folder: FilePath) -> Bool {
        let parent = folder.removingLastComponent()
        guard let outer = StoreLayout.resolved(directory), let inner = StoreLayout.resolved(parent) else {
            return false
        }
        return inner.starts(with: outer)
    }

    /// Makes the folder of derived pixels, if needed; `nil` where that fails: the cache then is memory alone.
    func makeCache() throws -> FilePath? {
        mkdir(cache.string, 0o700) == 0 || errno == EEXIST ? cache : nil
    }

    // MARK: - Private

    /// Removes what a creation or a restoration that was killed has left: a catalog without its final name is
    /// of no use to anybody.
    private func removeUnfinished() throws {
        let unfinished = directory.appending("catalog.sqlite.new")
        guard try exists(unfinished) else { return }
        for path in [blobs, vectors, models]
            + ["", "-wal", "-shm", "-journal"].map({ FilePath(unfinished.string + $0) })
        {
            FolderCopy.removeAll(path)
        }
    }

    /// - Throws: ``EngineError/Code/failed`` where that cannot be seen, as in the folder of another user.
    private func exists(_ path: FilePath) throws -> Bool {
        if path.withPlatformString({ access($0, F_OK) }) == 0 { return true }
        let error = Errno(rawValue: errno)
        switch error {
        case .noSuchFileOrDirectory: return false
        case .permissionDenied:
            throw EngineError(
                .failed,
                "the store at \(directory) may not be entered: permission denied; only the user who made it may",
                cause: error)
        default:
            throw EngineError(.failed, "the store at \(directory) cannot be opened: \(error)", cause: error)
        }
    }

    /// The path without links; `nil` where nothing is there.
    private static func resolved(_ path: FilePath) -> FilePath? {
        guard let text = realpath(path.isEmpty ? "." : path.string, nil) else { return nil }
        defer { free(text) }
        return FilePath(platformString: text)
    }

    private func open(_ path: String) -> CInt? {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return descriptor >= 0 ? descriptor : nil
    }

    private func isEmpty() throws -> Bool {
        guard let stream = opendir(directory.string) else {
            throw EngineError(.conflict, "\(directory) is there already and is no folder that can be read")
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let isDots = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    [".", ".."].contains(String(cString: $0))
                }
            }
            if !isDots { return false }
        }
        return true
    }
}
