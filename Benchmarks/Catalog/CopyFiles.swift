import Glibc

/// The collection as files in COPY's binary format, which PostgreSQL reads quicker than text.
struct CopyFiles {
    /// A folder that the server may read.
    let directory: String

    var images: String { directory + "/images.copy" }
    var tags: String { directory + "/tagged.copy" }

    func write(_ collection: Collection) throws {
        var file = try CopyFile(images)
        for row in 0..<collection.count {
            file.beginRow(columns: 13)
            file.append(Int32(row))
            file.append(collection.paths[row])
            file.append(collection.owners[row])
            file.append(collection.camera[row])
            file.append(collection.country[row])
            file.append(collection.license[row])
            file.append(Int32(collection.width[row]))
            file.append(Int32(collection.height[row]))
            file.append(collection.byteCounts[row])
            file.append(CopyFile.time(collection.captured[row]))
            file.append(collection.latitude[row])
            file.append(collection.longitude[row])
            file.append(collection.quality[row])
        }
        try file.close()
        file = try CopyFile(tags)
        for place in collection.tags.indices {
            file.beginRow(columns: 3)
            file.append(Int32(place / Collection.tagsPerImage))
            file.append(collection.tags[place])
            file.append(collection.probabilities[place])
        }
        try file.close()
    }
}

/// A file in COPY's binary format (PostgreSQL 15, COPY, "File Formats").
private struct CopyFile {
    private let file: UnsafeMutablePointer<FILE>
    private var bytes: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0] + [UInt8](repeating: 0, count: 8)

    init(_ path: String) throws {
        guard let file = fopen(path, "w") else { throw BenchmarkFailure("cannot write \(path)") }
        self.file = file
        bytes.reserveCapacity(1 << 20)
    }

    /// PostgreSQL counts microseconds from 2000.
    static func time(_ microseconds: Int64) -> Int64 { microseconds - 946_684_800_000_000 }

    mutating func beginRow(columns: Int16) {
        if bytes.count > 1 << 20 - 4_096 { flush() }
        put(columns)
    }

    mutating func append(_ number: Int32) {
        put(Int32(4))
        put(number)
    }

    mutating func append(_ number: Int64) {
        put(Int32(8))
        put(number)
    }

    mutating func append(_ number: Double) { append(Int64(bitPattern: number.bitPattern)) }

    mutating func append(_ text: String) {
        put(Int32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    mutating func close() throws {
        put(Int16(-1))
        flush()
        guard fclose(file) == 0 else { throw BenchmarkFailure("cannot write the files for COPY") }
    }

    private mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func flush() {
        _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        bytes.removeAll(keepingCapacity: true)
    }
}
