import Base

/// What results must be connected to.
extension CommandParser {
    /// The links that a search of either dialect gives.
    mutating func links(_ arguments: CommandArguments) throws(CommandError) -> LinkCondition? {
        guard let block = arguments.block(dialect == .vdms ? "link" : "is_connected_to") else { return nil }
        return try condition(block, level: 0)
    }

    private mutating func condition(
        _ block: CommandArguments, level: Int
    ) throws(CommandError) -> LinkCondition {
        guard level <= limits.nesting else {
            throw block.place.commandError(
                .limitExceeded, "links are nested deeper than \(limits.nesting) levels")
        }
        if block.document.count == 1, let member = block.document.members.first,
            member.key == "all" || member.key == "any"
        {
            let place = block.place.key(member.key)
            guard case .array(let elements) = member.value, !elements.isEmpty else {
                throw place.commandError(
                    .invalidParameter,
                    "\(member.key) is a list of links, at least one: [{\"ref\": 1}, …]")
            }
            guard elements.count <= limits.listCount else {
                throw place.commandError(
                    .limitExceeded,
                    "\(member.key) has \(elements.count) links, the limit is \(limits.listCount)")
            }
            var conditions: [LinkCondition] = []
            for (index, element) in elements.enumerated() {
                guard case .object(let document) = element else {
                    throw place.index(index).commandError(
                        .invalidParameter, "a link is an object, this is \(element.kindWithArticle)")
                }
                conditions.append(
                    try condition(
                        CommandArguments(document: document, place: place.index(index), dialect: dialect),
                        level: level + 1))
            }
            return member.key == "all" ? .all(conditions) : .any(conditions)
        }
        let (kind, connectionClass) =
            dialect == .vdms
            ? (CommandBlocks.vdmsLink, "class") : (CommandBlocks.isConnectedTo, "connection_class")
        let name = dialect == .vdms ? "link" : kind.name
        try check(block, against: kind.parameters, of: name)
        guard let reference = try reference("ref", block, to: .link) else {
            throw block.place.commandError(.missingParameter, "\(name) needs ref")
        }
        return .link(
            Link(
                reference, direction: block.word("direction", as: LinkDirection.self) ?? .either,
                connectionClass: block.text(connectionClass),
                filter: try constraints("constraints", block)))
    }
}
