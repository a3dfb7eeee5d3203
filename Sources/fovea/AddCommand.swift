import ArgumentParser
import Base
import Engine
import Pipeline
import Server
import SystemPackage

struct AddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add images and videos: files, folders, patterns, or lists of files with properties.",
        discussion: """
            Folders are walked whole. A .csv or .jsonl file is a list: its 'path' (relative to the list) names the \
            file, 'label' its label, every other column becomes a property. Adding the same content again changes \
            nothing, so an interrupted run is resumed by running it again. With --json each file's verdict is a \
            line: added, duplicate, skipped (neither image nor video, in a folder) or failed, and why. A video is read \
            where it lies, whatever its length; what can be found out of its frames is found out now.

            Examples:
              fovea add ~/Pictures
              fovea add dataset --label-from folder --property source=camera-3
              fovea add '/data/**/*.png' --reference
              fovea add list.csv --json
            """)

    enum LabelFrom: String, ExpressibleByArgument, CaseIterable { case folder }

    @Argument(help: "Files, folders, patterns in quotes, or .csv and .jsonl lists.")
    var paths: [String]
    @Option(help: "A property of everything added, name=value; may be given several times.")
    var property: [String] = []
    @Option(
        help:
            "Take labels from the folders: the first below PATH, or the second where the first is a split such as 'train'."
    )
    var labelFrom: LabelFrom?
    @Flag(help: "Leave the pixels where they are and keep only their path.")
    var reference = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if paths.contains("") { throw ValidationError("A path is empty. '.' is the working folder.") }
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
        let request = IngestRequest(
            paths: paths.map { FilePath($0) }, properties: properties,
            labelSource: labelFrom == nil ? .none : .folder,
            isReference: reference)
        let body = request.absolute.document
        let isJSON = output.json
        let summary = try await store.withClient { client in
            var view = IngestView(isJSON: isJSON)
            do {
                try await client.lines("POST", "/v1/ingest", body) { line, bytes in view.take(line, bytes) }
            } catch {
                // What was added until then stays, and is told.
                if view.hasBegun { _ = view.finish() }
                throw error
            }
            return view.finish()
        }
        if summary.failed > 0 { throw ExitStatus.findings.exitCode }
    }
}

/// What people see of an ingest as its lines come in.
struct IngestView {
    let isJSON: Bool
    private var progress = ProgressLine()
    private var last = Document()
    /// Why items were left out, by its code: how many, and what was said of the first.
    private var skipped: [String: (count: Int, reason: String)] = [:]

    init(isJSON: Bool) { self.isJSON = isJSON }

    /// Whether anything is known of how far the ingest has come.
    var hasBegun: Bool { !last.isEmpty }

    mutating func take(_ line: Document, _ bytes: [UInt8]) {
        if let state = line["progress"]?.objectValue {
            last = state
            progress.show(IngestView.text(state))
        } else if isJSON {
            Terminal.write(bytes + [0x0A])
        } else if line["verdict"]?.stringValue == "failed" {
            progress.clear()
            Terminal.report(
                "failed: \(EntityTable.text(line["path"] ?? line["url"])): \(EntityTable.text(line["reason"]))"
            )
        } else if line["verdict"]?.stringValue == "skipped", let code = line["code"]?.stringValue {
            let said = "\(EntityTable.text(line["url"])): \(EntityTable.text(line["reason"]))"
            skipped[code, default: (0, said)].count += 1
        } else if let note = line["note"] {
            progress.clear()
            Terminal.report(
                "note: \(EntityTable.text(line["path"] ?? line["url"])): \(EntityTable.text(note))")
        }
    }

    mutating func finish() -> (added: Int, failed: Int) {
        progress.clear()
        func number(_ name: String) -> Int { Int(last[name]?.integerValue ?? 0) }
        let parts = [
            "\(number("added")) added", "\(number("duplicate")) duplicate", "\(number("failed")) failed",
            number("skipped") > 0 ? "\(number("skipped")) skipped" : nil,
        ].compactMap { $0 }
        let seconds = last["seconds"]?.floatValue ?? 0
        let rate = last["per_second"]?.floatValue ?? 0
        Terminal.report(
            "\(parts.joined(separator: ", ")) in \(ProgressLine.duration(seconds: seconds)) (\(rate) files/s, \(ByteCount(number("bytes_read"))) read)"
        )
        for (code, (count, said)) in skipped.sorted(by: { $0.key < $1.key }) {
            Terminal.report("skipped \(count), \(code): such as \(said)")
        }
        if skipped["private_address"] != nil {
            Terminal.report("--allow-private-addresses connects to such addresses too")
        }
        return (number("added"), number("failed"))
    }

    private static func text(_ state: Document) -> String {
        func number(_ name: String) -> Int { Int(state[name]?.integerValue ?? 0) }
        let done = number("added") + number("duplicate") + number("failed") + number("skipped")
        let found = number("found")
        let rate = "\(EntityTable.text(state["per_second"]))/s"
        guard state["counted"]?.booleanValue == true, found > 0 else {
            return "\(done) of at least \(found)  \(rate)"
        }
        let left =
            state["seconds_left"]?.floatValue.map { "  \(ProgressLine.duration(seconds: $0)) left" } ?? ""
        return "\(ProgressLine.bar(Double(done) / Double(found)))  \(done)/\(found)  \(rate)\(left)"
    }
}
