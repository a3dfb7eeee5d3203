import ArgumentParser
import Base
import Engine
import Server

struct LabelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "label", abstract: "Have a model, or taggers, label images.",
        discussion: """
            A model's boxes, classes, masks and key points become labels of the images, with its confidence and the \
            source model:<id>@<version>; its vectors become descriptors. Images that the model has looked at already are \
            passed over, so that a second run does nothing. 'fovea model list' shows the models, 'fovea revert' takes back \
            what a run has said.

            It is a job of the store: one that was interrupted goes on with 'fovea jobs resume', or when the next server \
            starts. An image that cannot be looked at is reported, and does not end it. With --json each image's verdict is \
            a line: labelled, nothing (was found), failed (and why), known (to the model already) or gone.

            Examples:
              fovea label --model yolox-nano
              fovea label --model yolox-nano '{"width": {"$gte": 640}}' --limit 1000
              fovea label --model yolox-nano --retry-failed
              fovea label --tagger blur --tagger lighting
              fovea label --model open-nsfw --detach --priority 10
            """)

    @OptionGroup var selection: SelectionOption
    @Option(help: "The model's id.")
    var model: String?
    @Option(help: "A tagger, which needs no model; may be given several times.")
    var tagger: [String] = []
    @Option(help: "At most n images; 0 for all.")
    var limit = 0
    @Option(help: "Where jobs wait: higher ones come first.")
    var priority = 0
    @Flag(help: "Look at images again that were looked at; what was found before gives way.")
    var again = false
    @Flag(help: "Look only at images that could not be looked at before.")
    var retryFailed = false
    @Flag(help: "Keep what other versions of the model have said beside what this one says.")
    var keepOlder = false
    @Flag(help: "Leave the job to a server, and print its number.")
    var detach = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if (model == nil) == tagger.isEmpty {
            throw ValidationError("Give a model by --model ID, or taggers by --tagger NAME.")
        }
        if limit < 0 { throw ValidationError("--limit must be 0 or more.") }
        if !(-1_000...1_000).contains(priority) {
            throw ValidationError("--priority must be in -1000...1000.")
        }
        if again, retryFailed { throw ValidationError("--again takes all, --retry-failed a part: give one.") }
    }

    func run() async throws {
        var request: Document = [
            "class": .string(selection.entityClass), "filter": try selection.parsed(),
            "limit": .integer(Int64(limit)), "priority": .integer(Int64(priority)),
            "again": .boolean(again), "retry_failed": .boolean(retryFailed),
            "keep_older": .boolean(keepOlder),
        ]
        if let model { request["model"] = .string(model) }
        if !tagger.isEmpty { request["taggers"] = .array(tagger.map { .string($0) }) }
        let (body, isJSON) = (request, output.json)
        if detach {
            let job = try await store.withClient { try await $0.call("POST", "/v1/jobs", body) }
            if isJSON { return Terminal.print(job.json) }
            return Terminal.report(
                "job \(EntityTable.text(job["job"])) waits for a server; 'fovea jobs list' shows how it goes")
        }
        try await JobView.follow(store, "/v1/jobs", body, isJSON: isJSON)
    }
}

/// What people see of a job while it goes on.
struct JobView {
    let isJSON: Bool
    private var progress = ProgressLine()
    private var last = Document()
    private var job = Document()

    /// What is looked at.
    private let things: String

    init(isJSON: Bool, things: String = "images") {
        self.isJSON = isJSON
        self.things = things
    }

    /// Sends a request that has a job worked on, and shows it to its end.
    /// - Throws: ``ExitStatus/findings`` where some entities failed; where the job has.
    static func follow(
        _ store: StoreOption, _ path: String, _ body: Document, isJSON: Bool, things: String = "images"
    ) async throws {
        let view = try await store.withClient { client in
            var view = JobView(isJSON: isJSON, things: things)
            do {
                try await client.lines("POST", path, body) { line, bytes in try view.take(line, bytes) }
            } catch {
                // What was stored until then stays, and is told.
                view.finish()
                throw error
            }
            view.finish()
            return view
        }
        switch view.job["state"]?.stringValue {
        case "failed": throw EngineError(.failed, view.job["error"]?.stringValue ?? "the job failed")
        case "done":
            if view.number("failed") > 0 { throw ExitStatus.findings.exitCode }
        default:
            let number = EntityTable.text(view.job["job"])
            let reason = view.job["error"]?.stringValue.map { ": \($0)" } ?? ""
            Terminal.report(
                "job \(number) is \(EntityTable.text(view.job["state"]))\(reason); 'fovea jobs resume \(number)' goes on"
            )
            throw ExitStatus.failure.exitCode
        }
    }

    mutating func take(_ line: Document, _ bytes: [UInt8]) throws {
        if let state = line["progress"]?.objectValue {
            last = state
            progress.show(text)
        } else if let state = line["job"]?.objectValue {
            job = state
            if isJSON { Terminal.write(bytes + [0x0A]) }
        } else if isJSON {
            Terminal.write(bytes + [0x0A])
            try Terminal.checkOutput()
        } else if line["rule"] != nil {
            progress.clear()
            if let reason = line["reason"] {
                Terminal.report(
                    "the rule \(EntityTable.text(line["rule"])) was not applied: \(EntityTable.text(reason))")
            } else if line["added"] != 0 || line["removed"] != 0 {
                RuleCommand.report(line)
            }
        } else if line["video"] != nil {
            progress.clear()
            CascadeView.report(line)
        } else if line["verdict"]?.stringValue == "failed" {
            progress.clear()
            Terminal.report(
                "failed: \(EntityTable.text(line["image"])): \(EntityTable.text(line["reason"]))")
        }
    }

    mutating func finish() {
        progress.clear()
        guard !last.isEmpty else { return }
        let others = [("failed", "failed"), ("known", "known already"), ("gone", "deleted meanwhile")]
            .filter { number($0.0) > 0 }.map { ", \(number($0.0)) \($0.1)" }.joined()
        let run = job["run"].map { " as run \($0.json)" } ?? ""
        if last["videos"] != nil { return CascadeView.finish(last, others: others, run: run) }
        let seconds = last["seconds"]?.floatValue ?? 0
        Terminal.report(
            """
            \(number("labelled")) labelled (\(number("labels")) labels), \(number("nothing")) with nothing found\(others)\
            \(run) in \(ProgressLine.duration(seconds: seconds)) (\(EntityTable.text(last["per_second"])) \(things)/s)
            """)
    }

    // MARK: - Private

    private func number(_ name: String) -> Int { Int(last[name]?.integerValue ?? 0) }

    private var text: String {
        let done =
            number("labelled") + number("nothing") + number("failed") + number("known") + number("gone")
        let total = number("total")
        guard total > 0 else { return "nothing to look at" }
        if last["videos"] != nil { return CascadeView.text(last, done: done, total: total) }
        let left =
            last["seconds_left"]?.floatValue.map { "  \(ProgressLine.duration(seconds: $0)) left" } ?? ""
        let rate = EntityTable.text(last["per_second"])
        return "\(ProgressLine.bar(Double(done) / Double(total)))  \(done)/\(total)  \(rate)/s\(left)"
    }
}
