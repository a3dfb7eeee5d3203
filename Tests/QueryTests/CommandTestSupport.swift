import Base
import Query
import Testing

/// The only command of a query, or the last one.
func command(_ json: String, _ dialect: CommandDialect = .aperture) throws -> Command {
    try #require(try CommandQuery.parse("[\(json)]", dialect: dialect).commands.last)
}

func found(_ json: String, _ dialect: CommandDialect = .aperture) throws -> FindCommand {
    guard case .find(let find) = try command(json, dialect).action else {
        throw CommandError(.malformedQuery, "no find: \(json)")
    }
    return find
}

func added(_ json: String, _ dialect: CommandDialect = .aperture) throws -> AddCommand {
    guard case .add(let add) = try command(json, dialect).action else {
        throw CommandError(.malformedQuery, "no add: \(json)")
    }
    return add
}

/// The error of a query that is refused.
func refusal(
    _ json: String, _ dialect: CommandDialect = .aperture, limits: CommandLimits = CommandLimits(),
    sourceLocation: SourceLocation = #_sourceLocation
) -> CommandError? {
    #expect(throws: CommandError.self, sourceLocation: sourceLocation) {
        _ = try CommandQuery.parse("[\(json)]", dialect: dialect, limits: limits)
    }
}
