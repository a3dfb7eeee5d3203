extension OperationTable {
    /// `docs/operations.md`.
    public static var markdown: String {
        var lines = [
            "# Operations on images",
            "",
            "<!-- Written by `OperationTable.markdown` from the operations themselves; a test compares. -->",
            "",
            "A pipeline is a list of operations, done in the order in which they stand. Each is a text `name=arguments`,",
            "on the command line one `--op` each, in a URL the items of the query string:",
            "",
            "```",
            "fovea get ID --op resize=224x224,filter=lanczos --op encode=jpeg,quality=90 -o cat.jpg",
            "GET /v1/entities/Image/ID/pixels?resize=224x224,filter=lanczos&encode=jpeg,quality=90",
            "```",
            "",
            "Arguments are separated by commas, `name=value`; those marked *first*, *second* … may be given without",
            "their names, in that order, and a boolean by its name alone. A number may be a ratio, such as `1/255`.",
            "`decode` stands first or not at all, `encode` or `tensor` last or not at all (then it is `encode=auto`).",
            "",
            "Pixels have their origin top left; samples have 8 bits; an image has 1 (gray), 3 (RGB) or 4 (RGBA)",
            "channels. Every operation checks the size of its result against the limit before it takes memory.",
            "",
        ]
        for reference in references { lines += section(reference) }
        return lines.joined(separator: "\n")
    }

    /// Help for the command line: one line for each operation, or all about one of them.
    public static func help(for name: String? = nil) -> String {
        guard let name, let reference = reference(named: name) else {
            let width = references.map(\.name.count).max() ?? 0
            return references.map { reference in
                let padding = String(repeating: " ", count: width - reference.name.count)
                return "\(reference.name)\(padding)  \(plain(reference.summary))"
            }.joined(separator: "\n")
        }
        var lines = ["\(reference.name): \(plain(reference.summary))", ""]
        for parameter in reference.parameters {
            lines.append("  \(parameter.name)  \(plain(parameter.summary))")
            lines.append("      \(parameter.kind.range)\(presence(parameter))")
        }
        if !reference.parameters.isEmpty { lines.append("") }
        lines += reference.examples.map { "  --op \($0)" }
        return lines.joined(separator: "\n")
    }

    // MARK: - Private

    private static func section(_ reference: OperationReference) -> [String] {
        var lines = ["## \(reference.name)", "", reference.summary, ""]
        if !reference.aliases.isEmpty {
            lines += ["Also called \(reference.aliases.map { "`\($0)`" }.joined(separator: ", ")).", ""]
        }
        if !reference.parameters.isEmpty {
            lines += ["| parameter | values | default | |", "|---|---|---|---|"]
            lines += reference.parameters.map { row($0, of: reference) } + [""]
        }
        lines += reference.formula.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            wrapped($0)
        }
        lines += ["", "```"] + reference.examples + ["```", ""]
        return lines
    }

    private static func row(_ parameter: OperationParameter, of reference: OperationReference) -> String {
        let ordinals = ["first", "second", "third", "fourth"]
        let place = reference.positional.firstIndex(of: parameter.name).map { " (*\(ordinals[$0])*)" } ?? ""
        let standard = parameter.isRequired ? "required" : parameter.defaultValue.map { "`\($0.text)`" } ?? ""
        return
            "| `\(parameter.name)`\(place) | \(parameter.kind.range) | \(standard) | \(parameter.summary) |"
    }

    private static func presence(_ parameter: OperationParameter) -> String {
        if parameter.isRequired { return "; required" }
        return parameter.defaultValue.map { "; \($0.text) if not given" } ?? ""
    }

    private static func plain(_ markdown: String) -> String { String(markdown.filter { $0 != "`" }) }

    /// A paragraph in lines of at most 110 characters; a list item keeps its indent.
    private static func wrapped(_ paragraph: Substring) -> [String] {
        let indent = paragraph.hasPrefix("- ") ? "  " : ""
        var lines: [String] = [], line = ""
        for word in paragraph.split(separator: " ") {
            if !line.isEmpty, line.count + word.count + 1 > 110 {
                lines.append(line)
                line = indent + word
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
