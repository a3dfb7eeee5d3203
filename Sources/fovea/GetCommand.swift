import ArgumentParser
import Base
import Engine
import Media
import Server
import SystemPackage

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Get the pixels of an image or a frame, processed on the way, or stored bytes.",
        discussion: """
            Without --op and --frame the stored bytes come as they are. Operations run in the order given. Of a video or a \
            clip, --frame says which frame, from 0; without it operations are done on the first one. A frame comes as JPEG \
            unless an operation says otherwise.

            Examples:
              fovea get 1.0.42 -o cat.jpg
              fovea get 1.0.42 --op resize=224x224,filter=bicubic -o small.png
              fovea get 1.0.42 --op thumbnail=256 --op encode=webp,quality=75 -o a.webp
              fovea get 1.0.42 --op resize=224x224 --op tensor=f32,layout=nchw -o cat.f32
              fovea get 2.0.1 --frame 40 --op resize=320x180 -o still.jpg

            Operations:
            \(OperationHelp.text)
            """)

    @Argument(help: "The _uniqueid of an image, a video, a clip or a frame.")
    var id: String
    @Option(help: "Of a video or a clip: which frame, from 0.")
    var frame: Int?
    @Option(help: "An operation, such as resize=224x224; may be given several times.")
    var op: [String] = []
    @Option(name: .shortAndLong, help: "The file to write; '-' for standard output.")
    var output: String
    @Flag(help: "Print a JSON object about what was written.")
    var json = false
    @OptionGroup var store: StoreOption

    func validate() throws {
        if let frame, frame < 0 { throw ValidationError("--frame must be 0 or more.") }
        if output.isEmpty { throw ValidationError("--output is empty: name a file, or '-'.") }
        if json, output == "-" {
            throw ValidationError("--json and -o - would both write to standard output.")
        }
    }

    func run() async throws {
        // An operation's text is `name=arguments`, and so is an item of a query string.
        let query = op.map { operation in
            operation.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
                URLText.encode(String($0))
            }
            .joined(separator: "=")
        }
        let items = (frame.map { ["frame=\($0)"] } ?? []) + query
        let id = id
        let answer = try await store.withClient { client in
            let name = try await client.className(of: id)
            // A frame, unlike a video, has no bytes but its pixels'.
            let isStored = items.isEmpty && name != "Frame"
            let base = "/v1/entities/\(URLText.encode(name))/\(URLText.encode(id))"
            return try await client.send(
                "GET", isStored ? base + "/blob" : base + "/pixels?" + items.joined(separator: "&"))
        }
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
            do {
                try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
                try FileRenaming.rename(temporary, to: file)
            } catch {
                FileRenaming.remove(temporary)
                throw error
            }
        } catch let error as Errno {
            throw EngineError(.failed, "cannot write \(file): \(error)", cause: error)
        }
    }
}
