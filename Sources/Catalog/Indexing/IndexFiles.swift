#if canImport(Glibc)
    import Glibc
#endif
import Base
import Columns
import Dispatch
import Synchronization
import SystemPackage

/// Snapshots of the memory indexes in `columns/`, so that a large store opens at full speed.
///
/// One file an index: a header that names the store, the commit and the index, and the index as its type
/// encodes itself. A file of another commit, or a damaged one, is as good as none: the index is built anew.
struct IndexFiles: Sendable {
    let directory: FilePath
    /// The identity of the store: columns of another are of no use.
    let store: [UInt8]

    /// Writes the indexes of a version, and removes what is not of it. What cannot be written is not there,
    /// and will be built anew.
    func save(_ version: CatalogVersion) {
        guard !version.indexes.isEmpty || access(directory.string, F_OK) == 0 else { return }
        mkdir(directory.string, 0o777)
        let names = Dictionary(
            uniqueKeysWithValues: version.indexes.keys.map { (IndexFiles.name(of: $0), $0) })
        for name in list() where names[name] == nil { remove(name) }
        for (name, key) in names {
            guard let index = version.indexes[key], header(of: name)?.commit != version.commit else {
                continue
            }
            let header = IndexFileHeader(store: store, commit: version.commit, key: key, index: index)
            do {
                try write([header.encoded] + index.encoded, to: name)
            } catch {
                remove(name)
            }
        }
        syncDirectory()
    }

    /// The indexes of the commit of `version` that lie in files; other files are of no use to anyone.
    func load(_ version: CatalogVersion, removingOthers: Bool) -> [IndexKey: BuiltIndex] {
        // Decoding takes longer than reading: the files are shared out among the processor's cores, the
        // largest first, as it may well take as long as the rest.
        let names = list().map { ($0, size(of: $0)) }.sorted { $0.1 > $1.1 }.map { $0.0 }
        let indexes = Mutex<[IndexKey: BuiltIndex]>([:])
        DispatchQueue.concurrentPerform(iterations: names.count) { place in
            if let (key, index) = load(names[place], of: version) {
                indexes.withLock { $0[key] = index }
            } else if removingOthers {
                remove(names[place])
            }
        }
        return indexes.withLock { $0 }
    }

    private func load(_ name: String, of version: CatalogVersion) -> (IndexKey, BuiltIndex)? {
        // What cannot be read or decoded is as none, and built anew.
        guard let bytes = read(name), let (header, size) = IndexFileHeader.read(bytes), header.store == store,
            header.commit == version.commit, header.isIn(version.schema),
            let index = bytes.withUnsafeBytes({
                try? header.index(decoding: UnsafeRawBufferPointer(rebasing: $0[size...]))
            })
        else { return nil }
        return (header.key, index)
    }

    /// Removes all files, those too that others keep here of what they have read: something that they may
    /// hold must be nowhere any more.
    func removeAll() {
        for name in list("") where name != "." && name != ".." { remove(name) }
        syncDirectory()
    }

    // MARK: - Files

    private static let suffix = ".column"

    /// A name that says what is in the file as far as a name can; paths within JSON are told apart by a
    /// checksum.
    private static func name(of key: IndexKey) -> String {
        switch key {
        case .property(let classID, let property, let type):
            return "\(classID)-p\(property)-\(type)" + suffix
        case .path(let classID, let property, let components):
            let text = components.map { "\($0.text.utf8.count):\($0.text)" }.joined()
            return "\(classID)-p\(property)-path-\(String(CRC32C.checksum(Array(text.utf8)), radix: 16))"
                + suffix
        case .connections(let classID, let ends, let keyedBySource):
            return "\(classID)-\(ends.source)-\(ends.target)-\(keyedBySource ? "out" : "in")" + suffix
        case .labels(let classID, let kind): return "\(classID)-labels-\(kind)" + suffix
        case .examined(let classID): return "\(classID)-examined" + suffix
        case .keys(let classID): return "\(classID)-keys" + suffix
        }
    }

    /// - Parameter ending: of the names; those of unfinished files are listed as well.
    private func list(_ ending: String = IndexFiles.suffix) -> [String] {
        guard let stream = opendir(directory.string) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if ending.isEmpty || name.hasSuffix(ending) || name.hasSuffix(".new") { names.append(name) }
        }
        return names
    }

    private func remove(_ name: String) { unlink(directory.appending(name).string) }

    private func size(of name: String) -> Int {
        var status = stat()
        return stat(directory.appending(name).string, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The whole file; `nil` where it cannot be read: an index is then built anew.
    private func read(_ name: String) -> [UInt8]? {
        guard name.hasSuffix(IndexFiles.suffix),
            let file = try? FileDescriptor.open(directory.appending(name), .readOnly, options: .closeOnExec)
        else { return nil }
        // Closing what was only read loses nothing if it fails.
        defer { _ = try? file.close() }
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { return nil }
        var isWhole = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            // A failure shows as bytes that are missing.
            while initialized < raw.count,
                let count = try? file.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: raw[initialized...])), count > 0
            {
                initialized += count
            }
            isWhole = initialized == raw.count
        }
        return isWhole ? bytes : nil
    }

    private func header(of name: String) -> IndexFileHeader? {
        // A file that cannot be read is as none: indexes are derived.
        guard let file = try? FileDescriptor.open(directory.appending(name), .readOnly, options: .closeOnExec)
        else {
            return nil
        }
        // Closing what was only read loses nothing if it fails.
        defer { _ = try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        // As above: a file that cannot be read is as none.
        guard let count = try? bytes.withUnsafeMutableBytes({ try file.read(into: $0) }) else { return nil }
        return IndexFileHeader.read(Array(bytes[..<count]))?.header
    }

    /// Writes a file whole: under another name first, so that its own name never stands for a part of it.
    private func write(_ pieces: [[UInt8]], to name: String) throws {
        let temporary = directory.appending(name + ".new")
        let file = try FileDescriptor.open(
            temporary, .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead])
        do {
            for piece in pieces { try file.writeAll(piece) }
            guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            try file.close()
        } catch {
            unlink(temporary.string)
            throw error
        }
        guard rename(temporary.string, directory.appending(name).string) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    private func syncDirectory() {
        // What is lost in a crash is built anew.
        guard let file = try? FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec])
        else {
            return
        }
        // As above; closing what was only synced loses nothing if it fails.
        _ = fsync(file.rawValue)
        _ = try? file.close()
    }
}
