extension CommandTable {
    /// `docs/query-language.md`.
    public static var markdown: String {
        var lines = CommandLanguageText.opening
        lines += ["## ApertureDB's commands", ""]
        lines += aperture.flatMap { section($0, .aperture) }
        lines += ["## VDMS's commands", ""]
        lines += VDMSTable.rows.flatMap { section($0, .vdms) }
        lines += ["## Objects within commands", ""]
        for (block, dialect) in blocks { lines += section(block, dialect) }
        lines += ["## Operations on pictures", ""] + CommandLanguageText.operations
        for name in operationOrder { lines += operation(name) }
        return (lines.dropLast() + [""]).joined(separator: "\n")
    }

    // MARK: - Private

    private static let blocks: [(CommandBlock, CommandDialect)] = [
        (CommandBlocks.results, .aperture), (CommandBlocks.sortKey(.aperture), .aperture),
        (CommandBlocks.batch, .aperture), (CommandBlocks.isConnectedTo, .aperture),
        (CommandBlocks.connect, .aperture), (CommandBlocks.rectangle, .aperture),
        (CommandBlocks.frameRange, .aperture), (CommandBlocks.timeRange, .aperture),
        (CommandBlocks.fractionRange, .aperture), (CommandBlocks.interval, .aperture),
        (CommandBlocks.vdmsResults, .vdms), (CommandBlocks.sortKey(.vdms), .vdms),
        (CommandBlocks.vdmsLink, .vdms), (CommandBlocks.vdmsNewLink, .vdms),
        (CommandBlocks.vdmsRectangle, .vdms),
    ]

    private static let operationOrder = [
        "threshold", "crop", "resize", "flip", "rotate", "interval", "preview",
    ]

    private static func section(_ row: CommandRow, _ dialect: CommandDialect) -> [String] {
        var lines = ["### \(row.name)", ""] + wrapped(row.summary) + [""]
        lines += table(row.parameters, dialect)
        if !row.reply.isEmpty { lines += wrapped("Reply: \(row.reply).") + [""] }
        return lines + ["```json", row.example, "```", ""]
    }

    private static func section(_ block: CommandBlock, _ dialect: CommandDialect) -> [String] {
        let language = dialect == .vdms ? "VDMS" : "ApertureDB"
        return ["### \(block.name) (\(language))", ""] + wrapped(block.summary) + [""]
            + table(block.parameters, dialect)
    }

    private static func operation(_ name: String) -> [String] {
        let parameters = (CommandBlocks.operations[name] ?? []).filter { $0.name != "type" }
        return ["### \(name)", ""] + table(parameters, .aperture)
    }

    private static func table(_ parameters: [CommandParameter], _ dialect: CommandDialect) -> [String] {
        guard !parameters.isEmpty else { return [] }
        let rows = parameters.map { parameter in
            let required = parameter.isRequired ? "yes" : ""
            return
                "| `\(parameter.name)` | \(parameter.kind.range(in: dialect)) | \(required) | \(parameter.summary) |"
        }
        return ["| parameter | values | required | |", "|---|---|---|---|"] + rows + [""]
    }

    /// A paragraph in lines of at most 110 characters.
    static func wrapped(_ paragraph: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in paragraph.split(separator: " ") {
            if !line.isEmpty, line.count + word.count + 1 > 110 {
                lines.append(line)
                line = String(word)
            } else {
                line += (line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
