import ArgumentParser
import Base
import Engine
import Server
import SystemPackage

/// How a list of URLs is written.
enum URLListFormat {
    case csv
    case tsv
    case jsonl

    init(file: String) throws {
        switch FilePath(file).extension?.lowercased() {
        case "csv": self = .csv
        case "tsv": self = .tsv
        case "jsonl": self = .jsonl
        default:
            throw ValidationError(
                "--export-list '\(file)' must end in .csv, .tsv or .jsonl, which says how it is written.")
        }
    }
}

/// Writes the images that have a URL as a list that `fovea collect` and img2dataset read.
struct URLListExport {
    static let columns = ["url", "caption", "label", "source", "width", "height", "sha256"]

    let file: String

    func run(_ store: StoreOption) async throws {
        let format = try URLListFormat(file: file)
        let output: FileDescriptor
        do {
            output = try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw EngineError(.failed, "cannot write '\(file)': \(error)")
        }
        let body: Document = [
            "filter": ["url": ["$exists": true]], "limit": 0,
            "projection": [
                "url": 1, "source": 1, "width": 1, "height": 1, "sha256": 1, "label": 1, "labels": 1,
            ],
        ]
        let count = try await output.closeAfterAwaiting {
            try await store.withClient { client in
                var pending: [UInt8] = []
                var count = 0
                if format != .jsonl { pending += URLListExport.line(URLListExport.columns, format) }
                try await client.lines("POST", "/v1/entities/Image/find", body) { entity, _ in
                    guard entity["url"]?.stringValue != nil else { return }
                    pending += URLListExport.line(entity, format)
                    count += 1
                    if pending.count >= 64 << 10 {
                        try output.writeAll(pending)
                        pending.removeAll(keepingCapacity: true)
                    }
                }
                try output.writeAll(pending)
                return count
            }
        }
        Terminal.report("\(count) images written to \(file)")
    }

    // MARK: - Private

    private static func line(_ entity: Document, _ format: URLListFormat) -> [UInt8] {
        let labels = entity["labels"]?.arrayValue?.compactMap(\.objectValue) ?? []
        let captions = labels.filter { $0["kind"]?.stringValue == "caption" }.compactMap {
            $0["geometry"]?.stringValue
        }
        var document = Document()
        for name in columns {
            switch name {
            case "caption": if let caption = captions.first { document[name] = .string(caption) }
            case "label": if let label = entity[name] { document[name] = label.arrayValue?.first ?? label }
            default: if let value = entity[name] { document[name] = value }
            }
        }
        if format == .jsonl { return Array(document.json.utf8) + [0x0A] }
        return line(columns.map { document[$0].map { $0.stringValue ?? $0.json } ?? "" }, format)
    }

    private static func line(_ fields: [String], _ format: URLListFormat) -> [UInt8] {
        let separator = format == .csv ? "," : "\t"
        let quoted = fields.map { field in
            let isPlain = !field.utf8.contains { [0x22, 0x2C, 0x09, 0x0A, 0x0D].contains($0) }
            return isPlain
                ? field
                : "\""
                    + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                    + "\""
        }
        return Array((quoted.joined(separator: separator) + "\n").utf8)
    }
}

extension FileDescriptor {
    /// Runs `body` and closes the descriptor, whatever comes of it.
    fileprivate func closeAfterAwaiting<Result>(_ body: () async throws -> Result) async throws -> Result {
        let result: Result
        do {
            result = try await body()
        } catch {
            try? close()  // What went wrong first is what is told.
            throw error
        }
        try close()
        return result
    }
}
