import Base

/// Questions about intervals.
extension CommandParser {
    mutating func bindFindIntervals(
        _ arguments: CommandArguments
    ) throws(CommandError) -> FindIntervalsCommand {
        var search = FindIntervalsCommand(try question("intervals", arguments))
        search.videos.filter = try constraints("constraints", arguments)
        search.videos.link = try links(arguments)
        search.videos.within = try reference("video_ref", arguments, to: .selection(.video))
        search.limit = arguments.integer("limit")
        search.offset = arguments.integer("offset") ?? 0
        return search
    }

    private func question(
        _ name: String, _ arguments: CommandArguments
    ) throws(CommandError) -> IntervalQuestion {
        do throws(FilterError) {
            return try IntervalQuestion(arguments.value(name) ?? .null)
        } catch {
            let place = arguments.place.key(name).path
            let separator = error.path.isEmpty || error.path.hasPrefix("[") ? "" : "."
            throw CommandError(
                error.code == .limitExceeded ? .limitExceeded : .invalidParameter, error.message,
                path: place + separator + error.path)
        }
    }
}
