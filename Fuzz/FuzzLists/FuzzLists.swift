import Base
import Driver
import Glibc
import SystemPackage

@testable import Pipeline

/// Lists of files and of URLs: CSV in whole and in pieces, JSON lines, cells, and patterns of paths.
@main enum FuzzLists {
    static func main() {
        let folder = "/dev/shm/fovea-fuzz-\(UInt64.random(in: 0...UInt64.max))"
        Fuzzer.run { bytes in
            csv(bytes)
            for ending in ["csv", "jsonl"] { list(bytes, in: FilePath("\(folder).\(ending)")) }
            for ending in ["csv", "tsv", "jsonl", "txt"] { urls(bytes, in: FilePath("\(folder).\(ending)")) }
            if let text = String(validating: bytes, as: UTF8.self) { _ = Value(inferredFrom: text) }
            pattern(bytes)
            // What is refused is of no interest: that it ends, and in time, is.
            _ = try? YAML.parse(bytes)
            _ = try? Cascade(text: bytes)
        }
    }

    private static func csv(_ bytes: [UInt8]) {
        func records(_ size: Int) -> [[[UInt8]]]? {
            var reader = CSVReader()
            var records: [[[UInt8]]] = []
            do {
                for start in stride(from: 0, to: bytes.count, by: size) {
                    try reader.read(bytes[start..<min(bytes.count, start + size)]) {
                        records.append($0); _ = $1
                    }
                }
                try reader.finish {
                    records.append($0); _ = $1
                }
            } catch {
                return nil
            }
            return records
        }
        Fuzzer.require(records(max(1, bytes.count)) == records(3), "pieces and the whole differ")
    }

    private static func list(_ bytes: [UInt8], in file: FilePath) {
        writing(bytes, to: file) {
            _ = try? PathList(file).forEach { row in
                Fuzzer.require(row.failure != nil || !row.path.isEmpty, "a row without path or failure")
                return true
            }
        }
    }

    private static func urls(_ bytes: [UInt8], in file: FilePath) {
        writing(bytes, to: file) {
            _ = try? URLList(file, columns: URLList.Columns()).forEach { row in
                Fuzzer.require(row.failure != nil || !row.url.isEmpty, "a row without URL or failure")
                let kept = CollectItem(url: row.url, given: row.given)
                Fuzzer.require(
                    kept.captions == row.captions && kept.labels == row.labels, "a row is not kept")
                return true
            }
        }
    }

    private static func writing(_ bytes: [UInt8], to file: FilePath, _ body: () -> Void) {
        guard
            let descriptor = try? FileDescriptor.open(
                file, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        else { return }
        defer { unlink(file.string) }
        _ = try? descriptor.closeAfter { try descriptor.writeAll(bytes) }
        body()
    }

    /// A pattern and a path, parted by a zero byte.
    private static func pattern(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0, maxSplits: 1)
        guard parts.count == 2 else { return }
        let pattern = GlobPattern(Array(parts[0]))
        let names = parts[1].split(separator: UInt8(ascii: "/")).map(Array.init)
        if pattern.matches(names) {
            for count in 1..<max(1, names.count) {
                Fuzzer.require(pattern.mayContain(Array(names[..<count])), "a match in a folder left out")
            }
        }
    }
}
