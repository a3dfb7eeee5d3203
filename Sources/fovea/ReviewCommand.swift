import ArgumentParser
import Base
import Engine
import Server

struct ReviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review", abstract: "Let people say whether labels are right.",
        discussion: """
            A rejected label goes, a correction takes its place at once; the label log keeps both. Nobody reviews \
            their own labels. With 'fovea review people 2' two people must agree.

            Examples:
              fovea review next --source 'model:*' --percent 10 --seed 1
              fovea review accept 7
              fovea review correct 8 --class dog --box 10,20,30,40
              fovea review stats
            """,
        subcommands: [
            ReviewNextCommand.self, ReviewAcceptCommand.self, ReviewRejectCommand.self,
            ReviewCorrectCommand.self, ReviewStatsCommand.self, ReviewPeopleCommand.self,
            ReviewHoneypotCommand.self,
        ])
}

/// Who answers.
struct ReviewerOption: ParsableArguments {
    @Option(help: "The name of the person who reviews. Default: the user of this machine.")
    var user: String?
}

struct ReviewNextCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "List the labels to review next.",
        discussion: """
            Those that people have not agreed on, and that this person has neither made nor answered about. The \
            same seed always chooses the same labels.

            Examples:
              fovea review next --limit 10
              fovea review next '{"label_quality": {"$lt": 0.5}}' --kind box --json
              fovea review next --percent 5 --seed 7 --honeypots 10 --user ann
              fovea review next --source 'model:*' --precision 0.95
            """)

    @OptionGroup var selection: SelectionOption
    @Option(help: "Only labels of a kind: class, box, polygon, mask, points, caption, track or interval.")
    var kind: String?
    @Option(help: "Only labels of this class, such as cat.")
    var label: String?
    @Option(help: "Only labels of this source; 'model:*' is every source that begins so.")
    var source: String?
    @Option(help: "Only a sample: so many of a hundred labels, on average.")
    var percent = 100.0
    @Option(help: "Chooses the sample, and the order of honeypots.")
    var seed: UInt32 = 0
    @Option(help: "So many of a hundred labels are such whose answer is known.")
    var honeypots = 0.0
    @Option(help: "Leave out labels that answers so far show to be right so often, as in 0.95.")
    var precision: Double?
    @Option(help: "At most n; 0 for all.")
    var limit = 25
    @OptionGroup var reviewer: ReviewerOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var request: Document = [
            "class": .string(selection.entityClass), "filter": try selection.parsed(),
            "percent": .float(percent), "seed": .integer(Int64(seed)), "honeypots": .float(honeypots),
            "limit": .integer(Int64(limit)),
        ]
        if let kind { request["kind"] = .string(kind) }
        if let label { request["label"] = .string(label) }
        if let source { request["source"] = .string(source) }
        if let precision { request["precision"] = .float(precision) }
        if let user = reviewer.user { request["user"] = .string(user) }
        let body = request
        let answer = try await store.withClient { try await $0.call("POST", "/v1/reviews/next", body) }
        let labels = (answer["labels"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return labels.forEach { Terminal.print($0.json) } }
        guard !labels.isEmpty else { return Terminal.report("there is no label to review") }
        var table = Table(
            [
                "label", "image", "class", "confidence", "x", "y", "width", "height", "kind", "source",
                "state",
            ],
            rightAligned: [0, 3, 4, 5, 6, 7])
        table.rows = labels.map { label in
            table.header.map { name in
                switch label[name] {
                case nil, .null?: ""
                case .string(let text)?: text
                case .float(let number)?: Value.float((number * 1_000).rounded() / 1_000).json
                case let value?: value.json
                }
            }
        }
        table.dropColumns(toFit: Terminal.width)
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

/// An answer on its way to the store.
struct ReviewAnswerOption: ParsableArguments {
    @Argument(help: ArgumentHelp("The number of the label.", valueName: "label"))
    var number: Int64
    @Option(help: "What is to be said of it.")
    var note: String?
    @OptionGroup var reviewer: ReviewerOption
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run(_ answer: String, _ more: Document = [:]) async throws {
        var request: Document = ["label": .integer(number), "answer": .string(answer)]
        for (name, value) in more.members { request[name] = value }
        if let note { request["note"] = .string(note) }
        if let user = reviewer.user { request["user"] = .string(user) }
        let body = request
        let outcome = try await store.withClient { try await $0.call("POST", "/v1/reviews", body) }
        if output.json { return Terminal.print(outcome.json) }
        let state = (outcome["state"]?.stringValue ?? "").replacing("_", with: " ")
        let successor = outcome["successor"].map { "; label \($0.json) takes its place" } ?? ""
        Terminal.report("label \(number): \(state)\(successor)")
    }
}

struct ReviewAcceptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Say that a label is right.",
        discussion: """
            Example:
              fovea review accept 7
            """)

    @OptionGroup var answer: ReviewAnswerOption

    func run() async throws { try await answer.run("accept") }
}

struct ReviewRejectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject", abstract: "Say that a label is wrong; it goes when enough people say so.",
        discussion: """
            Example:
              fovea review reject 7 --note "a shadow"
            """)

    @OptionGroup var answer: ReviewAnswerOption

    func run() async throws { try await answer.run("reject") }
}

struct ReviewCorrectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct", abstract: "Put a right label in the place of a wrong one.",
        discussion: """
            What is not given stays as it was.

            Examples:
              fovea review correct 8 --class dog
              fovea review correct 8 --box 10,20,30,40
            """)

    @OptionGroup var answer: ReviewAnswerOption
    @Option(name: .customLong("class"), help: "The right class.")
    var name: String?
    @Option(help: "The right box: x,y,width,height in pixels.")
    var box: String?
    @Option(help: "The right geometry of another kind of label, as JSON.")
    var geometry: String?

    func validate() throws {
        if name == nil, box == nil, geometry == nil {
            throw ValidationError("Say what is right: --class, --box or --geometry.")
        }
        if box != nil, geometry != nil { throw ValidationError("Give --box or --geometry, not both.") }
        if let box, ReviewCorrectCommand.parsed(box: box) == nil {
            throw ValidationError("'\(box)' is no box: four numbers are, as in 10,20,30,40.")
        }
    }

    func run() async throws {
        var more = Document()
        if let name { more["class"] = .string(name) }
        if let box { more["geometry"] = ReviewCorrectCommand.parsed(box: box) }
        if let geometry {
            do throws(JSONError) {
                more["geometry"] = try JSON.parse(geometry)
            } catch {
                throw EngineError(.invalidRequest, "the geometry is no JSON: \(error)", cause: error)
            }
        }
        try await answer.run("correct", more)
    }

    private static func parsed(box: String) -> Value? {
        let numbers = box.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2],
            let height = numbers[3]
        else { return nil }
        return ["x": .float(x), "y": .float(y), "width": .float(width), "height": .float(height)]
    }
}
