import ArgumentParser
import Base
import Engine
import Server

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List, show, take up and cancel jobs, such as those of 'fovea label'.",
        subcommands: [
            JobsListCommand.self, JobsShowCommand.self, JobsResumeCommand.self, JobsCancelCommand.self,
        ])
}

/// The number of a job on a command line.
struct JobNumber: ParsableArguments {
    @Argument(help: ArgumentHelp("The number of the job.", valueName: "job"))
    var number: Int64

    func validate() throws {
        if number < 1 {
            throw ValidationError("'\(number)' is no number of a job: 'fovea jobs list' lists them.")
        }
    }

    var path: String { "/v1/jobs/\(number)" }
}

struct JobsListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List jobs, the newest first.",
        discussion: """
            A job is waiting, running, interrupted (nobody works on it: a server that starts will), done, failed or \
            cancelled.

            Examples:
              fovea jobs list
              fovea jobs list --open --json
            """)

    @Flag(help: "Only those that are still to be worked on.")
    var open = false
    @Option(help: "At most n.")
    var limit = 25
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func validate() throws {
        if !(1...100_000).contains(limit) { throw ValidationError("--limit must be in 1...100000.") }
    }

    func run() async throws {
        let path = "/v1/jobs?open=\(open)&limit=\(limit)"
        let answer = try await store.withClient { try await $0.call("GET", path) }
        let jobs = (answer["jobs"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return jobs.forEach { Terminal.print($0.json) } }
        guard !jobs.isEmpty else { return Terminal.report("there is no such job") }
        var table = Table(
            ["job", "state", "what", "done", "failed", "labels", "run", "priority", "created"],
            rightAligned: [0, 3, 4, 5, 6, 7])
        table.rows = jobs.map { job in
            let counts = job["counts"]?.objectValue ?? Document()
            func count(_ name: String) -> Int64 { counts[name]?.integerValue ?? 0 }
            let done = ["labelled", "nothing", "failed", "known", "gone"].reduce(0) { $0 + count($1) }
            let request = job["request"]?.objectValue ?? Document()
            let taggers = (request["taggers"]?.arrayValue ?? []).compactMap(\.stringValue)
            return [
                EntityTable.text(job["job"]), EntityTable.text(job["state"]),
                request["model"]?.stringValue ?? CascadeView.name(of: request)
                    ?? taggers.joined(separator: ","),
                counts.isEmpty ? "" : "\(done)/\(count("total"))", counts.isEmpty ? "" : "\(count("failed"))",
                counts.isEmpty ? "" : "\(count("labels"))", job["run"]?.json ?? "",
                EntityTable.text(job["priority"]), EntityTable.text(job["created"]),
            ]
        }
        table.dropColumns(toFit: Terminal.width)
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

struct JobsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a job: what was asked for, and how far it has come.",
        discussion: """
            Example:
              fovea jobs show 3
            """)

    @OptionGroup var job: JobNumber
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let path = job.path
        let answer = try await store.withClient { try await $0.call("GET", path) }
        if output.json { return Terminal.print(answer.json) }
        Terminal.print(Value.object(answer).indentedJSON)
    }
}

struct JobsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Take up a job that was interrupted, cancelled, or has failed.",
        discussion: """
            What it has done is not done again. A job that is done is taken up for what has come since.

            Example:
              fovea jobs resume 3
            """)

    @OptionGroup var job: JobNumber
    @Flag(help: "Leave the job to a server.")
    var detach = false
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let path = job.path + "/resume"
        guard detach else { return try await JobView.follow(store, path, [:], isJSON: output.json) }
        let answer = try await store.withClient { try await $0.call("POST", path) }
        Terminal.print(answer.json)
    }
}

struct JobsCancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Give a job up. What it has stored stays.",
        discussion: """
            'fovea revert' takes back what its run has said. A job that has ended stays as it is.

            Example:
              fovea jobs cancel 3
            """)

    @OptionGroup var job: JobNumber
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let path = job.path
        let answer = try await store.withClient { try await $0.call("DELETE", path) }
        if output.json { return Terminal.print(answer.json) }
        Terminal.report("job \(EntityTable.text(answer["job"])) is \(EntityTable.text(answer["state"]))")
    }
}
