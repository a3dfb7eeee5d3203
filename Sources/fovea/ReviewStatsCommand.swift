import ArgumentParser
import Base
import Server

struct ReviewStatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show how far reviews are, how people agree, and which labels need none.",
        discussion: """
            For each source and class that was reviewed, the confidence from which on labels are right as often as \
            --precision asks, as far as the answers show it: those need no review.

            Example:
              fovea review stats --precision 0.98
            """)

    @Option(help: "The share of right labels that is asked of those which need no review.")
    var precision = 0.95
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let path = "/v1/reviews/stats?precision=\(precision)"
        let answer = try await store.withClient { try await $0.call("GET", path) }
        if output.json { return Terminal.print(answer.json) }
        let states = (answer["states"]?.objectValue ?? [:]).members.filter { $0.value != 0 }
        Terminal.print(
            states.map { "\($0.key.replacing("_", with: " ")): \($0.value.json)" }.joined(separator: ", "))
        show(answer["reviewers"], ["reviewer", "accept", "reject", "correct", "honeypots", "accuracy"])
        show(answer["agreement"], ["reviewers", "labels", "kappa"])
        show(answer["thresholds"], ["source", "class", "reviewed", "accepted", "confidence"])
    }

    private func show(_ value: Value?, _ header: [String]) {
        let lines = (value?.arrayValue ?? []).compactMap(\.objectValue)
        guard !lines.isEmpty else { return }
        Terminal.print("")
        var table = Table(header, rightAligned: Set(header.indices.dropFirst()))
        table.rows = lines.map { line in
            header.map { name in
                switch line[name] {
                case nil: "–"
                case .string(let text)?: text
                case .array(let names)?: names.compactMap(\.stringValue).joined(separator: ", ")
                case .float(let number)?: Value.float((number * 1_000).rounded() / 1_000).json
                case let value?: value.json
                }
            }
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
    }
}

struct ReviewPeopleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people", abstract: "Set how many people must agree that a label is right, or wrong.",
        discussion: """
            1 unless set; 2 is the rule of two persons.

            Example:
              fovea review people 2
            """)

    @Argument(help: "1 to 9.")
    var count: Int
    @OptionGroup var store: StoreOption

    func run() async throws {
        let request: Document = ["people": .integer(Int64(count))]
        _ = try await store.withClient { try await $0.call("POST", "/v1/reviews/people", request) }
        Terminal.report(count == 1 ? "one person decides" : "\(count) people must agree")
    }
}

struct ReviewHoneypotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "honeypot",
        abstract: "Say of a label that it is known to be right, or wrong, to test reviewers.",
        discussion: """
            Reviewers are asked about it as about any other, and what they answer changes nothing but their \
            accuracy in 'fovea review stats'. It may be a label that was removed.

            Examples:
              fovea review honeypot 7 right
              fovea review honeypot 8 wrong
              fovea review honeypot 8 none
            """)

    @Argument(help: ArgumentHelp("The number of the label.", valueName: "label"))
    var number: Int64
    @Argument(help: "right, wrong, or none to take it back.")
    var answer: String
    @OptionGroup var store: StoreOption

    func validate() throws {
        guard ["right", "wrong", "none"].contains(answer) else {
            throw ValidationError("'\(answer)' is not right, wrong or none.")
        }
    }

    func run() async throws {
        let right: Value = answer == "none" ? .null : .boolean(answer == "right")
        let request: Document = ["label": .integer(number), "right": right]
        _ = try await store.withClient { try await $0.call("POST", "/v1/reviews/honeypots", request) }
        Terminal.report(
            answer == "none"
                ? "label \(number) is a label like others" : "label \(number) is known to be \(answer)")
    }
}
