import ArgumentParser
import Base
import Curation
import Engine
import Server

struct CheckLabelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-labels", abstract: "Check labels by rules, and mend what can be mended.",
        discussion: """
            Rules:
            \(LabelRules.all.map { "  \($0.id): \($0.summary)" }.joined(separator: "\n"))

            --fix does, in a run of its own for each rule, which 'fovea revert' takes back:
            \(LabelRules.all.compactMap { rule in rule.remedy.map { "  \(rule.id): \($0)" } }.joined(separator: "\n"))

            Exits 1 if an error is found; warnings do not count.

            Examples:
              fovea check-labels
              fovea check-labels --rule outside-image --rule duplicate --fix
              fovea check-labels '{"split": "train"}' --source 'import:*' --classes cat,dog --json
            """)

    @OptionGroup var selection: SelectionOption
    @Option(name: .customLong("rule"), help: "Only this rule; may be given several times.")
    var rules: [String] = []
    @Option(help: "Only labels of this source; 'model:*' is every source that begins so.")
    var source: String?
    @Option(help: "The classes that labels may have, separated by commas.")
    var classes: String?
    @Flag(help: "Mend what can be mended.")
    var fix = false
    @Option(help: "At most n findings; 0 for all. Default: 25 in a table, all with --json.")
    var limit: Int?
    @OptionGroup var store: StoreOption
    @OptionGroup var output: OutputOption

    func run() async throws {
        var request: Document = ["filter": try selection.parsed()]
        if !rules.isEmpty { request["rules"] = .array(rules.map { .string($0) }) }
        if let source { request["source"] = .string(source) }
        if let classes {
            request["classes"] = .array(classes.split(separator: ",").map { .string(String($0)) })
        }
        if fix { return try await mend(request) }
        request["limit"] = .integer(Int64(limit ?? (output.json ? 0 : 25)))
        let (path, body, isJSON) = (selection.path("labels/check"), request, output.json)
        let hasError = try await store.withClient { client in
            if isJSON {
                var hasError = false
                try await client.lines("POST", path, body) { finding, line in
                    if finding["severity"] == .string(FindingSeverity.error.rawValue) { hasError = true }
                    Terminal.write(line + [0x0A])
                    try Terminal.checkOutput()
                }
                return hasError
            }
            return CheckLabelsCommand.show(try await client.call("POST", path, body))
        }
        if hasError { throw ExitStatus.findings.exitCode }
    }

    // MARK: - Private

    private func mend(_ request: Document) async throws {
        let (path, body) = (selection.path("labels/fix"), request)
        let answer = try await store.withClient { try await $0.call("POST", path, body) }
        let rules = (answer["rules"]?.arrayValue ?? []).compactMap(\.objectValue)
        if output.json { return rules.forEach { Terminal.print($0.json) } }
        for rule in rules where rule["found"] != 0 {
            let name = rule["rule"]?.stringValue ?? ""
            let run = rule["run"].map { " (run \($0.json): 'fovea revert \($0.json)' takes it back)" } ?? ""
            Terminal.report(
                "\(name): \(rule["found"]?.json ?? "0") found, \(rule["fixed"]?.json ?? "0") mended\(run)")
        }
        if rules.allSatisfy({ $0["found"] == 0 }) { Terminal.report("there is nothing to mend") }
    }

    /// - Returns: whether there is an error among the findings.
    private static func show(_ answer: Document) -> Bool {
        let findings = (answer["findings"]?.arrayValue ?? []).compactMap(\.objectValue)
        let counts = (answer["counts"]?.objectValue ?? [:]).members
        guard !counts.isEmpty else {
            Terminal.report("no label breaks a rule")
            return false
        }
        var table = Table(["image", "rule", "severity", "labels", "message"])
        table.rows = findings.map { finding in
            [
                finding["image"]?.stringValue ?? "", finding["rule"]?.stringValue ?? "",
                finding["severity"]?.stringValue ?? "",
                (finding["labels"]?.arrayValue ?? []).map(\.json).joined(separator: " "),
                finding["message"]?.stringValue ?? "",
            ]
        }
        for line in table.lines(width: Terminal.width) { Terminal.print(line) }
        Terminal.report(counts.map { "\($0.key): \($0.value.json)" }.joined(separator: ", "))
        return counts.contains { LabelRules.named($0.key)?.severity == .error }
    }
}
