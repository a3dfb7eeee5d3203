import ArgumentParser
import Base
import Curation
import Engine
import Server

struct QualityScoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality-score",
        abstract: "Score labels by what another source says of the same images, the worst first.",
        discussion: """
            Predictions should come from a model that has not learnt from the labels which are scored. Scores are \
            0 to 1, 1 for good; --write keeps each in the image's property label_quality.

            Methods:
            \(QualityMethod.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            Examples:
              fovea quality-score --given 'import:*' --predicted 'model:yolox-nano@*'
              fovea quality-score --given 'human:*' --predicted 'model:*' --method confident-learning --json
              fovea quality-score '{"split": "train"}' --given 'human:*' --predicted 'model:*' --write
            """)

    @OptionGroup var selection: SelectionOption
    @Option(help: "Whose labels are scored; 'human:*' is every source that begins so.")
    var given: String
    @Option(help: "Whose labels they are compared with.")
    var predicted: String
    @Option(help: "\(QualityMethod.allCases.map(\.rawValue).joined(separator: ", ")).")
    var method = QualityMethod.objectLab.rawValue
    @Flag(help: "Write each image's score to its property label_quality.")
    var write = false
    @Option(help: "At most n images; 0 for all. Default: 25 in a table, all with --json.")
    var limit: Int?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        let request: Document = [
            "filter": try selection.parsed(), "given": .string(given), "predicted": .string(predicted),
            "method": .string(method), "limit": .integer(Int64(limit ?? (output.json ? 0 : 25))),
        ]
        if write {
            let path = selection.path("quality/write")
            let answer = try await store.withClient { try await $0.call("POST", path, request) }
            if output.json { return Terminal.print(answer.json) }
            let written = answer["written"]?.integerValue ?? 0
            return Terminal.report(
                "wrote label_quality of \(written) image\(written == 1 ? "" : "s"); "
                    + "\(answer["skipped"]?.json ?? "0") not scored, as one of the two says nothing of them")
        }
        let (path, isJSON) = (selection.path("quality"), output.json)
        try await store.withClient { client in
            if isJSON {
                return try await client.lines("POST", path, request) { _, line in
                    Terminal.write(line + [0x0A])
                    try Terminal.checkOutput()
                }
            }
            QualityScoreCommand.show(try await client.call("POST", path, request))
        }
    }

    // MARK: - Private

    private static func show(_ answer: Document) {
        let images = (answer["images"]?.arrayValue ?? []).compactMap(\.objectValue)
        if !images.isEmpty {
            var table = Table(["image", "score", "why"], rightAligned: [1])
            table.rows = images.map { image in
                [image["image"]?.stringValue ?? "", places(image["score"]?.floatValue ?? 0), reason(image)]
            }
            for line in table.lines(width: Terminal.width) { Terminal.print(line) }
        }
        Terminal.report(
            "\(answer["scored"]?.json ?? "0") scored, \(answer["skipped"]?.json ?? "0") not, as one of the two says nothing of them"
        )
    }

    /// What takes most from the score.
    private static func reason(_ image: Document) -> String {
        if let name = image["class"]?.stringValue {
            let other = image["likeliest"]?.stringValue.map {
                ", \($0) \(places(image["likeliest_probability"]?.floatValue ?? 0))"
            }
            return "\(name) \(places(image["probability"]?.floatValue ?? 0))\(other ?? "")"
        }
        guard let cause = image["causes"]?.arrayValue?.first?.objectValue else { return "" }
        let term = cause["term"]?.stringValue ?? ""
        return cause["text"]?.stringValue.map { "\(term): \($0)" } ?? term
    }

    private static func places(_ number: Double) -> String {
        let thousandths = Int((number * 1_000).rounded())
        let digits = String(thousandths % 1_000)
        return "\(thousandths / 1_000).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
    }
}
