import Glibc

/// Files that are read before and written after what is measured.
enum InputFiles {
    /// The contents of a folder's files, in the order of their names.
    static func read(folder: String) throws -> [[UInt8]] {
        guard let stream = opendir(folder) else { throw MediaBenchmark.Failure.file(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return try names.sorted().map { try read("\(folder)/\($0)") }
    }

    /// Puts `parts` behind one another into a file.
    static func write(_ parts: [[UInt8]], to path: String) throws {
        guard let file = fopen(path, "wb") else { throw MediaBenchmark.Failure.file(path) }
        for part in parts {
            guard fwrite(part, 1, part.count, file) == part.count else {
                throw MediaBenchmark.Failure.file(path)
            }
        }
        guard fclose(file) == 0 else { throw MediaBenchmark.Failure.file(path) }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw MediaBenchmark.Failure.file(path) }
        defer { fclose(file) }
        guard fseek(file, 0, SEEK_END) == 0 else { throw MediaBenchmark.Failure.file(path) }
        let count = ftell(file)
        rewind(file)
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = fread(buffer.baseAddress, 1, count, file)
            guard initialized == count else { throw MediaBenchmark.Failure.file(path) }
        }
    }
}
