import Base

/// The reader behind ``CommandQuery/parse(_:dialect:limits:)``: names and types by the table, then each
/// command by its binding, with what the commands before it have yielded.
struct CommandParser {
    let dialect: CommandDialect
    let limits: CommandLimits
    /// The results that have a number so far.
    private(set) var results: [Int: CommandResult] = [:]
    /// Conditions of the command so far.
    var conditionCount = 0

    init(dialect: CommandDialect, limits: CommandLimits) {
        self.dialect = dialect
        self.limits = limits
    }

    mutating func parse(_ query: Value) throws(CommandError) -> [Command] {
        guard case .array(let elements) = query else {
            throw CommandError(
                .malformedQuery, "a query is a list of commands, this is \(query.kindWithArticle)")
        }
        guard !elements.isEmpty else {
            throw CommandError(.malformedQuery, "a query has at least one command, this list is empty")
        }
        guard elements.count <= limits.commandCount else {
            throw CommandError(
                .limitExceeded,
                "a query has at most \(limits.commandCount) commands, this one \(elements.count)")
        }
        var commands: [Command] = []
        commands.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            commands.append(try parse(element, index: index))
        }
        return commands
    }

    // MARK: - Names and types

    private mutating func parse(_ element: Value, index: Int) throws(CommandError) -> Command {
        let place = Place.root.index(index)
        guard case .object(let document) = element, document.count == 1, let member = document.members.first
        else {
            throw CommandError(
                .malformedQuery, "a command is an object of one key, its name: {\"FindEntity\": {…}}",
                commandIndex: index, path: place.path)
        }
        do throws(CommandError) {
            return try parse(member.key, member.value, index: index, at: place.key(member.key))
        } catch {
            var error = error
            error.commandIndex = index
            error.commandName = shortened(member.key)
            throw error
        }
    }

    private mutating func parse(
        _ name: String, _ parameters: Value, index: Int, at place: Place
    ) throws(CommandError) -> Command {
        guard let row = CommandTable.row(named: name, dialect: dialect) else {
            throw unknownCommand(name, at: place)
        }
        guard case .object(let document) = parameters else {
            throw place.commandError(
                .invalidParameter,
                "the parameters of \(name) are an object, this is \(parameters.kindWithArticle)")
        }
        conditionCount = 0
        let arguments = CommandArguments(document: document, place: place, dialect: dialect)
        try check(arguments, against: row.parameters, of: name)
        let (action, blobCount) = try bind(row, arguments)
        let command = Command(index: index, name: row.name, blobCount: blobCount, action: action)
        try define(command, arguments)
        return command
    }

    private func unknownCommand(_ name: String, at place: Place) -> CommandError {
        // VDMS's words; its clients look for them.
        if dialect == .vdms {
            return place.commandError(.unknownCommand, "\(shortened(name)): Command not found!")
        }
        let names = CommandTable.rows(of: dialect).map(\.name)
        return place.commandError(
            .unknownCommand,
            "\(shortened(name)): Command not found! Did you mean \(Operators.nearest(to: name, among: names))?"
        )
    }

    /// Checks names, types and ranges of the parameters of `owner`, and of the objects within.
    func check(
        _ arguments: CommandArguments, against parameters: [CommandParameter], of owner: String
    ) throws(CommandError) {
        for (key, value) in arguments.document.members {
            guard let parameter = parameters.first(where: { $0.name == key }) else {
                let names = parameters.map(\.name)
                throw arguments.error(
                    .unknownParameter, key,
                    names.isEmpty
                        ? "\(owner) has no parameters"
                        : "\(owner) has no parameter \(shortened(key)): did you mean "
                            + "\(Operators.nearest(to: key, among: names))?")
            }
            try check(value, parameter, arguments)
        }
        for parameter in parameters where parameter.isRequired && !arguments.has(parameter.name) {
            throw arguments.place.commandError(
                .missingParameter, "\(owner) needs \(parameter.name): \(parameter.kind.range(in: dialect))")
        }
    }

    private func check(
        _ value: Value, _ parameter: CommandParameter, _ arguments: CommandArguments
    ) throws(CommandError) {
        if case .refused(let reason) = parameter.kind {
            throw arguments.error(.unsupported, parameter.name, reason)
        }
        guard parameter.kind.accepts(value, dialect: dialect) else {
            throw arguments.invalid(
                parameter.name,
                "\(parameter.name) is \(parameter.kind.range(in: dialect)), this is \(CommandParser.shown(value))"
            )
        }
        switch (parameter.kind, value) {
        case (_, .array(let elements)):
            guard elements.count <= limits.listCount else {
                throw arguments.error(
                    .limitExceeded, parameter.name,
                    "\(parameter.name) has \(elements.count) elements, the limit is \(limits.listCount)")
            }
        case (.properties, .object(let document)), (.constraints, .object(let document)):
            guard document.count <= limits.propertyCount else {
                throw arguments.error(
                    .limitExceeded, parameter.name,
                    "\(parameter.name) has \(document.count) names, the limit is \(limits.propertyCount)")
            }
        default: break
        }
        switch parameter.kind {
        case .properties, .propertyLists:
            try checkLists(in: value, at: arguments.place.key(parameter.name))
        case .name, .names:
            for name in arguments.texts(parameter.name) ?? [] {
                try checkLength(name, at: arguments.place.key(parameter.name))
            }
        case .block(let block), .blocks(let block):
            for inner in arguments.blocks(parameter.name) {
                try check(inner, against: block.parameters, of: parameter.name)
            }
        default: break
        }
    }

    /// Checks the lists within properties. As deep as the JSON text may nest.
    private func checkLists(in value: Value, at place: Place) throws(CommandError) {
        switch value {
        case .array(let elements):
            guard elements.count <= limits.listCount else {
                throw place.commandError(
                    .limitExceeded, "a list of \(elements.count) elements, the limit is \(limits.listCount)")
            }
            for (index, element) in elements.enumerated() where element.isNested {
                try checkLists(in: element, at: place.index(index))
            }
        case .object(let document):
            for (key, member) in document.members where member.isNested {
                try checkLists(in: member, at: place.key(key))
            }
        default: break
        }
    }

    func checkLength(_ name: String, at place: Place) throws(CommandError) {
        guard name.utf8.count <= limits.nameByteCount else {
            throw place.commandError(
                .limitExceeded,
                "a name of \(name.utf8.count) bytes, the limit is \(limits.nameByteCount)")
        }
    }

    /// A value as a message shows it: what it is where it is short, else its kind.
    static func shown(_ value: Value) -> String {
        switch value {
        case .boolean, .integer, .float, .null: value.json
        case .string(let text) where text.unicodeScalars.count <= 64: value.json
        default: value.kindWithArticle
        }
    }

    // MARK: - Results with a number

    /// The number of the earlier result that the parameter `name` gives.
    func reference(
        _ name: String, _ arguments: CommandArguments, to use: CommandResult.Use
    ) throws(CommandError) -> Int? {
        guard let number = arguments.integer(name) else { return nil }
        guard let result = results[number] else {
            throw arguments.error(.invalidReference, name, use.undefined(number, name, in: dialect))
        }
        if let reason = use.refusal(of: result) {
            throw arguments.error(
                .invalidReference, name, "\(name) is the _ref \(number) of a \(result.command), \(reason)")
        }
        return number
    }

    private mutating func define(_ command: Command, _ arguments: CommandArguments) throws(CommandError) {
        guard let number = command.reference else { return }
        guard results[number] == nil else {
            throw arguments.error(
                .invalidReference, "_ref",
                dialect == .vdms
                    ? "Reuse of _ref value"
                    : "Reuse of _ref value: \(number) is the _ref of an earlier command")
        }
        results[number] = CommandResult(command)
    }
}

extension Value {
    /// Whether other values are within it.
    fileprivate var isNested: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
