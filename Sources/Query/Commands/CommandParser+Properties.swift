import Base

/// Properties that are given, and what VDMS says with names among them.
extension CommandParser {
    /// The properties under `name`, and the seconds after which what has them expires.
    func properties(
        _ name: String, _ arguments: CommandArguments, isUpdate: Bool = false
    ) throws(CommandError) -> (properties: Document, expiration: Int64?) {
        guard let document = arguments.value(name)?.objectValue else { return (Document(), nil) }
        return try properties(document, at: arguments.place.key(name), isUpdate: isUpdate)
    }

    func properties(
        _ document: Document, at place: Place, isUpdate: Bool = false
    ) throws(CommandError) -> (properties: Document, expiration: Int64?) {
        var properties = Document()
        var expiration: Int64?
        for (key, value) in document.members {
            let place = place.key(key)
            if dialect == .vdms, key == "_expiration" {
                guard let seconds = value.integerValue, seconds >= 0 else {
                    throw place.commandError(
                        .invalidParameter, "_expiration is a whole number of seconds from 0 on")
                }
                expiration = seconds
                continue
            }
            try checkPropertyName(key, at: place)
            if value.isNull, !isUpdate, dialect == .aperture { continue }
            properties.append(key, try propertyValue(value, at: place))
        }
        return (properties, expiration)
    }

    func checkPropertyName(_ name: String, at place: Place) throws(CommandError) {
        try checkLength(name, at: place)
        guard let first = name.utf8.first, first != UInt8(ascii: "_"), first != UInt8(ascii: "$"),
            !name.utf8.contains(UInt8(ascii: "."))
        else {
            throw place.commandError(
                .invalidParameter,
                "\"\(shortened(name))\" is no property's name: those that begin with _ are the system's, "
                    + "$ and . have other meanings")
        }
        guard dialect == .aperture || !name.hasPrefix("VD:") else {
            throw place.commandError(
                .invalidParameter, "\"\(shortened(name))\": names that begin with VD: are the system's")
        }
    }

    private func propertyValue(_ value: Value, at place: Place) throws(CommandError) -> Value {
        switch value {
        case .boolean, .integer, .float, .string: return value
        case .null:
            throw place.commandError(
                .invalidParameter, "null is no value of a property; remove it with remove_props")
        case .object(let document) where document.count == 1 && document["_date"] != nil:
            return .dateTime(try date(document["_date"] ?? .null, at: place.key("_date")))
        case .object(let document) where dialect == .vdms && document.count == 1:
            // VDMS keeps it as text.
            if case .string(let text)? = document["_blob"] { return .string(text) }
        case .array, .object: if dialect == .aperture { return try plainValue(value, at: place) }
        case .dateTime: return value
        }
        throw place.commandError(
            .invalidParameter,
            "a property is a number, text, true, false or {\"_date\": \"…\"}, this is "
                + value.kindWithArticle)
    }

    /// The connections to make under `name`.
    mutating func newConnections(
        _ name: String, _ arguments: CommandArguments
    ) throws(CommandError) -> [NewConnection] {
        var connections: [NewConnection] = []
        for block in arguments.blocks(name) {
            guard let reference = try reference("ref", block, to: .link) else { continue }
            let direction = block.word("direction", as: LinkDirection.self) ?? .outgoing
            guard direction != .either else {
                throw block.invalid("direction", "a new connection goes one way: direction is in or out")
            }
            if let className = block.text("class") {
                try checkNewClass(className, at: block.place.key("class"))
            }
            let given = try properties("properties", block).properties
            connections.append(
                NewConnection(
                    reference, direction: direction, className: block.text("class"), properties: given))
        }
        return connections
    }

    /// Checks the name of a class that the user makes.
    func checkNewClass(_ name: String, at place: Place) throws(CommandError) {
        try checkLength(name, at: place)
        guard !name.hasPrefix(dialect == .vdms ? "VD:" : "_"), !name.hasPrefix("_") else {
            throw place.commandError(
                .invalidParameter,
                "\"\(shortened(name))\" is a name of the system; a class of your own begins otherwise")
        }
    }
}
