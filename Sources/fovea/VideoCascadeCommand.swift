import ArgumentParser
import Base
import Engine
import Pipeline
import Server
import SystemPackage

struct VideoCascadeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cascade", abstract: "Take videos through models in a row, cheap ones first.",
        discussion: """
            FILE says which models, as YAML or JSON: each looks only at frames that the one before kept. What the last one \
            finds becomes labels of those frames, and intervals of the video; a video has the report of its cascade as a \
            label. With --recall (or target_recall in FILE) a sample of what was dropped is looked at after all, until at \
            least that share of the frames that the last model would keep is found; the share that is certain is told.

              name: people
              fps: 5
              target_recall: 0.95
              stages:
                - model: motion
                - model: yolox-nano
                  threshold: 0.5
                  classes: [person]

            It is a job of the store: one that was interrupted goes on with 'fovea jobs resume', or when the next server \
            starts, and asks no model twice about a frame. Videos that the same cascade went through are passed over.

            Examples:
              fovea video cascade people.yaml
              fovea video cascade people.yaml '{"place": "yard"}' --recall 0.95
              fovea video cascade people.yaml --cores 4 --memory 2GiB --json
              fovea video intervals 2.0.1 --tag person
            """)

    @Argument(help: "The file that describes the cascade; - for standard input.")
    var file: String
    @Argument(help: "A filter of videos in MongoDB's language, as JSON. Default: {} for all.")
    var filter = "{}"
    @Option(help: "Find at least this share of what the last model would keep, from 0 to below 1.")
    var recall: Double?
    @Option(help: "At most n videos; 0 for all.")
    var limit = 0
    @Option(help: "Videos at the same time, at most. Default: as many as there are processors.")
    var cores = 0
    @Option(help: "Memory for videos under way, such as 512MiB. Default: 1GiB.")
    var memory: String?
    @Option(help: "Where jobs wait: higher ones come first.")
    var priority = 0
    @Flag(help: "Take videos again that went through; what was found before gives way.")
    var again = false
    @Flag(help: "Take only videos that could not be gone through before.")
    var retryFailed = false
    @Flag(help: "Leave the job to a server, and print its number.")
    var detach = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if let recall, !(0..<1).contains(recall) {
            throw ValidationError("--recall must be from 0 to below 1.")
        }
        if limit < 0 || limit > Int(Int32.max) { throw ValidationError("--limit must be 0 or more.") }
        if !(0...1_024).contains(cores) { throw ValidationError("--cores must be in 0...1024.") }
        if !(-1_000...1_000).contains(priority) {
            throw ValidationError("--priority must be in -1000...1000.")
        }
        if let memory, ByteCount(parsing: memory).map({ $0.bytes > 0 }) != true {
            throw ValidationError("--memory must be a size such as 512MiB.")
        }
        if again, retryFailed { throw ValidationError("--again takes all, --retry-failed a part: give one.") }
    }

    func run() async throws {
        var cascade = try Cascade.document(text: try text())
        if cascade["name"] == nil, let stem = FilePath(file).stem, file != "-" {
            cascade.append("name", .string(VideoCascadeCommand.name(stem)))
        }
        var request: Document = [
            "cascade": .object(cascade), "filter": try SelectionOption.parse(filter: filter),
            "limit": .integer(Int64(limit)), "cores": .integer(Int64(cores)),
            "priority": .integer(Int64(priority)), "again": .boolean(again),
            "retry_failed": .boolean(retryFailed),
        ]
        if let recall { request["recall"] = .float(recall) }
        if let memory, let bytes = ByteCount(parsing: memory) {
            request["memory"] = .integer(Int64(bytes.bytes))
        }
        let (body, isJSON) = (request, output.json)
        if detach {
            let job = try await store.withClient { try await $0.call("POST", "/v1/videos/cascade", body) }
            if isJSON { return Terminal.print(job.json) }
            return Terminal.report(
                "job \(EntityTable.text(job["job"])) waits for a server; 'fovea jobs list' shows how it goes")
        }
        try await JobView.follow(store, "/v1/videos/cascade", body, isJSON: isJSON)
    }

    // MARK: - Private

    private func text() throws -> [UInt8] {
        do {
            let descriptor: FileDescriptor =
                file == "-" ? .standardInput : try FileDescriptor.open(FilePath(file), .readOnly)
            defer { if file != "-" { try? descriptor.close() } }  // It was only read from.
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 1 << 16)
            while bytes.count <= Cascade.longestText {
                let count = try piece.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { break }
                bytes += piece[..<count]
            }
            return bytes
        } catch let error as Errno {
            throw EngineError(.notFound, "\(file) cannot be read: \(error)", cause: error)
        }
    }

    /// A file's name as that of a cascade.
    private static func name(_ stem: String) -> String {
        let name = stem.unicodeScalars.map { $0.value > 0x20 && $0.value != 0x7F && $0 != "@" ? $0 : "-" }
        var text = ""
        for scalar in name where text.utf8.count + 4 <= 64 { text.unicodeScalars.append(scalar) }
        return text
    }
}
