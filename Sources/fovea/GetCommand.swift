import ArgumentParser
import Base
import Engine
import Media
import Server
import SystemPackage

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Get an image's pixels, processed on the way, or its stored bytes.",
        discussion: """
            Without --op the stored bytes come as they are. Operations run in the order given.

            Examples:
              fovea get 1.0.42 -o cat.jpg
              fovea get 1.0.42 --op resize=224x224,filter=bicubic -o small.png
              fovea get 1.0.42 --op thumbnail=256 --op encode=webp,quality=75 -o a.webp
              fovea get 1.0.42 --op resize=224x224 --op tensor=f32,layout=nchw -o cat.f32

            Operations:
            \(OperationHelp.text)
            """)

    @Argument(help: "The image's _uniqueid.")
    var id: String
    @Option(help: "An operation, such as resize=224x224; may be given several times.")
    var op: [String] = []
    @Option(name: .shortAndLong, help: "The file to write; '-' for standard output.")
    var output: String
    @Flag(help: "Print a JSON object about what was written.")
    var json = false
    @OptionGroup var store: StoreOption

    func validate() throws {
        if output.isEmpty { throw ValidationError("--output is empty: name a file, or '-'.") }
        if json, output == "-" {
            throw ValidationError("--json and -o - would both write to standard output.")
        }
    }

    func run() async throws {
        let base = "/v1/entities/Image/\(URLText.encode(id))"
        // An operation's text is `name=arguments`, and so is an item of a query string.
        let query = op.map { operation in
            operation.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                URLText.encode(String($0))
            }
            .joined(separator: "=")
        }
        let path = op.isEmpty ? base + "/blob" : base + "/pixels?" + query.joined(separator: "&")
        let answer = try await store.withClient { try await $0.send("GET", path) }
        if output == "-" { return Terminal.write(answer.body) }
        try GetCommand.write(answer.body, to: FilePath(output))
        guard json else {
            return Terminal.report("\(output): \(ByteCount(answer.body.count)), \(answer.contentType)")
        }
        var report: Document = [
            "file": .string(output), "bytes": .integer(Int64(answer.body.count)),
            "content_type": .string(answer.contentType),
        ]
        for (name, value) in answer.headers where name.lowercased().hasPrefix("x-fovea-") {
            report[name.lowercased().dropFirst(8).map { $0 == "-" ? "_" : String($0) }.joined()] = .string(
                value)
        }
        Terminal.print(report.json)
    }

    /// Writes to a temporary name beside the file and renames it, so that no half-written file is left. What
    /// is there and is no file, such as `/dev/null`, is written to as it is.
    private static func write(_ bytes: [UInt8], to file: FilePath) throws {
        let temporary = FilePath(file.string + ".part")
        do {
            if FileRenaming.isSpecial(file) {
                let descriptor = try FileDescriptor.open(file, .writeOnly)
                return try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            }
            let descriptor = try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            try FileRenaming.rename(temporary, to: file)
        } catch let error as Errno {
            throw EngineError(.failed, "cannot write \(file): \(error)", cause: error)
        }
    }
}
