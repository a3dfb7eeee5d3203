import ArgumentParser
import Base
import Engine
import Pipeline
import Server
import SystemPackage

struct VideoWatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Add the videos of a folder as they are finished, each once.",
        discussion: """
            A file is finished when it has not changed for --settle seconds. One that the store has under its path and with \
            its length is passed over, also after a restart. Ends with Ctrl-C, or with --once when what is there has been \
            added.

            Examples:
              fovea video watch /srv/camera-3 --property camera=3
              fovea video watch clips --settle 5 --json
            """)

    @Argument(help: "The folder.")
    var folder: String
    @Option(help: "How long a file must not have changed, in seconds.")
    var settle = 2.0
    @Option(help: "A property of everything added, name=value; may be given several times.")
    var property: [String] = []
    @Flag(help: "End when what is there now has been added.")
    var once = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if !(settle >= 0 && settle <= 86_400) { throw ValidationError("--settle must be from 0 to 86400.") }
        for text in property where text.first == "=" || !text.contains("=") {
            throw ValidationError("--property '\(text)' must be name=value.")
        }
    }

    func run() async throws {
        var properties = Document()
        for text in property {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            properties[String(parts[0])] = Value(inferredFrom: String(parts[1]))
        }
        var watched = SegmentFolder(FilePath(folder).absolute, settling: .seconds(settle))
        _ = try watched.look()
        let pause = Duration.seconds(min(max(settle / 2, 0.1), 1))
        let end = ContinuousClock.now + .seconds(settle) + pause
        while true {
            try await Task.sleep(for: pause)
            let isLast = once && ContinuousClock.now > end
            let finished = try watched.look()
            let known = try await VideoWatchCommand.known(finished, in: store)
            let new = finished.filter { !known.contains($0) }
            if !new.isEmpty {
                try await VideoWatchCommand.add(new.map(\.path), properties, to: store, isJSON: output.json)
            }
            for segment in finished { watched.done(segment) }
            if isLast { return }
        }
    }

    /// Adds files, and tells of each.
    static func add(
        _ paths: [FilePath], _ properties: Document, to store: StoreOption, isJSON: Bool
    ) async throws {
        let request = IngestRequest(
            paths: paths, properties: properties, labelSource: .none, isReference: false)
        let body = request.document
        try await store.withClient { client in
            try await client.lines("POST", "/v1/ingest", body) { line, bytes in
                guard let verdict = line["verdict"]?.stringValue else { return }
                guard !isJSON else { return Terminal.write(bytes + [0x0A]) }
                let reason = line["reason"].map { ": \(EntityTable.text($0))" } ?? ""
                Terminal.report("\(verdict): \(EntityTable.text(line["path"]))\(reason)")
            }
        }
    }

    /// Those that the store has already: under their paths, and as long as they are.
    private static func known(
        _ segments: [SegmentFolder.Segment], in store: StoreOption
    ) async throws -> Set<SegmentFolder.Segment> {
        guard !segments.isEmpty else { return [] }
        let paths = Value.array(segments.map { .string($0.path.string) })
        let request: Document = [
            "filter": ["$or": [["path": ["$in": paths]], ["paths": ["$in": paths]]]], "limit": 0,
            "projection": ["path": 1, "paths": 1, "bytes": 1],
        ]
        let answer = try await store.withClient {
            try await $0.call("POST", "/v1/entities/Video/find", request)
        }
        var known: Set<SegmentFolder.Segment> = []
        for video in answer["entities"]?.arrayValue?.compactMap(\.objectValue) ?? [] {
            let names = [video["path"]].compactMap { $0 } + (video["paths"]?.arrayValue ?? [])
            for segment in segments
            where video["bytes"]?.integerValue == Int64(segment.byteCount)
                && names.contains(.string(segment.path.string))
            {
                known.insert(segment)
            }
        }
        return known
    }
}
