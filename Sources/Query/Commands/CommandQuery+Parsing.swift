public import Base

extension CommandQuery {
    /// Reads a query from JSON text: a list of objects of one key, the command's name.
    ///
    /// All that can be wrong without a store is found here: names, types and ranges of parameters, numbers of
    /// earlier results (`_ref`) and what they yield, and how many blobs each command takes. As a result is
    /// used only after it was given a number, there are no cycles.
    ///
    /// - Throws: ``CommandError``, with the command and the JSON path of what is wrong.
    public static func parse(
        _ json: [UInt8], dialect: CommandDialect, limits: CommandLimits = CommandLimits()
    ) throws(CommandError) -> CommandQuery {
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(
                json,
                limits: JSON.Limits(
                    byteCount: limits.byteCount, depth: limits.depth, valueCount: limits.valueCount))
        } catch {
            guard error.code == .malformed else {
                throw CommandError(.limitExceeded, "\(error)", position: error.position)
            }
            // VDMS's words, whole; its clients compare them.
            let text = "Error parsing the query, ill formed JSON"
            throw CommandError(
                .malformedJSON, dialect == .vdms ? text : "\(text): \(error)", position: error.position)
        }
        return try parse(value, dialect: dialect, limits: limits)
    }

    /// Reads a query from JSON text.
    /// - Throws: as ``parse(_:dialect:limits:)-([UInt8],_,_)`` does.
    public static func parse(
        _ json: String, dialect: CommandDialect, limits: CommandLimits = CommandLimits()
    ) throws(CommandError) -> CommandQuery {
        try parse(Array(json.utf8), dialect: dialect, limits: limits)
    }

    /// Reads a query from a JSON value.
    /// - Throws: as ``parse(_:dialect:limits:)-([UInt8],_,_)`` does.
    public static func parse(
        _ value: Value, dialect: CommandDialect, limits: CommandLimits = CommandLimits()
    ) throws(CommandError) -> CommandQuery {
        var parser = CommandParser(dialect: dialect, limits: limits)
        return CommandQuery(dialect: dialect, commands: try parser.parse(value))
    }
}
