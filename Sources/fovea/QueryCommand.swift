import ArgumentParser
import Base
import Engine
import Query
import Server
import SystemPackage

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Ask a query in the JSON command language of ApertureDB or VDMS.",
        discussion: """
            The reply is printed; blobs that come with it are written to the folder that -o \
            names. Where the query fails nothing of it is kept, and the exit status is 2. \
            docs/query-language.md lists the commands.

            Examples:
              fovea query '[{"GetSchema": {}}]'
              fovea query '[{"FindImage": {"uniqueids": true, "blobs": true}}]' -o found
              fovea query '[{"AddImage": {"properties": {"n": 1}}}]' --blob cat.jpg
              fovea query '[{"FindEntity": {"class": "P"}}]' --dialect vdms
              fovea query @query.json --blob a.jpg --blob b.jpg
              fovea query '[{"FindImage": {"_ref": 1}}]' --explain
            """)

    @Argument(help: "The query as JSON; '@FILE' reads it from a file, '@-' from standard input.")
    var query: String
    @Option(help: "A file that a command takes as its blob; in the order of the commands.")
    var blob: [String] = []
    @Option(help: "The language: aperture or vdms.")
    var dialect = "aperture"
    @Option(name: .shortAndLong, help: "A folder for the reply's blobs; made if it is not there.")
    var output: String?
    @Flag(help: "Show how the query would be answered, and change nothing.")
    var explain = false
    @OptionGroup var store: StoreOption
    @OptionGroup var printing: OutputOption

    func validate() throws {
        if CommandDialect(rawValue: dialect) == nil {
            throw ValidationError("--dialect '\(dialect)' must be aperture or vdms.")
        }
        if output?.isEmpty == true { throw ValidationError("--output is empty: name a folder.") }
    }

    func run() async throws {
        let dialect = CommandDialect(rawValue: dialect) ?? .aperture
        let message = CommandMessage(
            json: try QueryCommand.text(query), blobs: try blob.map { try QueryCommand.bytes(of: $0) })
        if explain { return try await explain(message, dialect) }
        if let output { try FolderMaking.check(FilePath(output), of: "-o") }
        let reply = try await store.withClient { try await $0.query(message, dialect: dialect) }
        let value = try JSON.parse(reply.json)
        Terminal.print(printing.json ? value.json : value.indentedJSON)
        try write(reply.blobs)
        if let failure = QueryCommand.failure(in: value) {
            Terminal.report("fovea: \(failure)")
            throw ExitCode(ExitStatus.failure.rawValue)
        }
    }

    private func explain(_ message: CommandMessage, _ dialect: CommandDialect) async throws {
        let answer = try await store.withClient { try await $0.explain(message, dialect: dialect) }
        guard !printing.json else { return Terminal.print(answer.json) }
        var table = Table(["command", "step", "by", "estimated", "ids", "ms"], rightAligned: [3, 4, 5])
        for command in (answer["commands"]?.arrayValue ?? []).compactMap(\.objectValue) {
            table.rows.append([
                EntityTable.text(command["command"]), "", "", "", EntityTable.text(command["count"]),
                EntityTable.text(command["ms"]),
            ])
            for step in (command["steps"]?.arrayValue ?? []).compactMap(\.objectValue) {
                table.rows.append(
                    [""] + ["step", "by", "estimated", "ids", "ms"].map { EntityTable.text(step[$0]) })
            }
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }

    private func write(_ blobs: [[UInt8]]) throws {
        guard let output else {
            if !blobs.isEmpty {
                let bytes = blobs.reduce(0) { $0 + $1.count }
                Terminal.report(
                    "fovea: \(blobs.count) blobs of \(ByteCount(bytes)) came with the reply; -o DIR writes them"
                )
            }
            return
        }
        let folder = FilePath(output)
        try FolderMaking.make(folder)
        let width = String(max(blobs.count - 1, 0)).count
        for (index, blob) in blobs.enumerated() {
            let number = String(index)
            let name = String(repeating: "0", count: width - number.count) + number
            let file = folder.appending("\(name).\(QueryCommand.fileExtension(of: blob))")
            let descriptor = try FileDescriptor.open(
                file, .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(blob) }
        }
        Terminal.report("fovea: \(blobs.count) blobs written to \(folder)")
    }

    /// What a blob's first bytes say it is.
    private static func fileExtension(of blob: [UInt8]) -> String {
        if blob.starts(with: [0xFF, 0xD8, 0xFF]) { return "jpg" }
        if blob.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "png" }
        if blob.starts(with: Array("RIFF".utf8)), blob.dropFirst(8).starts(with: Array("WEBP".utf8)) {
            return "webp"
        }
        return "bin"
    }

    /// Why the query failed, as the reply says; `nil` where it did not.
    private static func failure(in reply: Value) -> String? {
        guard let commands = reply.arrayValue else { return reason(in: reply.objectValue ?? [:]) }
        for command in commands {
            guard let members = command.objectValue else {
                return "the reply is no list of commands' replies"
            }
            if let failed = members["FailedCommand"] {
                let name = failed.stringValue ?? failed.objectValue?.keys.first ?? "a command"
                return "\(name): \(reason(in: members))"
            }
            guard let (name, value) = members.members.first, let told = value.objectValue,
                (told["status"]?.integerValue ?? 0) < 0
            else { continue }
            return "\(name): \(reason(in: told))"
        }
        return nil
    }

    private static func reason(in reply: Document) -> String {
        reply["info"]?.stringValue ?? "the query failed with status \(reply["status"]?.integerValue ?? -1)"
    }

    /// JSON as it was given: itself, or `@FILE`.
    static func text(_ query: String) throws -> [UInt8] {
        guard query.hasPrefix("@") else { return Array(query.utf8) }
        return try bytes(of: String(query.dropFirst()))
    }

    private static func bytes(of file: String) throws -> [UInt8] {
        do {
            let descriptor =
                file == "-" ? .standardInput : try FileDescriptor.open(FilePath(file), .readOnly)
            defer { if file != "-" { try? descriptor.close() } }  // It was only read from.
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 20)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return bytes }
                bytes += buffer[..<count]
                guard bytes.count <= 1 << 30 else {
                    throw EngineError(.limitExceeded, "\(file) has more than 1 GiB")
                }
            }
        } catch let error as Errno {
            throw EngineError(.notFound, "cannot read \(file): \(error)", cause: error)
        }
    }
}
