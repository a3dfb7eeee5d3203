/// Commands on intervals of videos, which are our own and the same in both dialects.
extension CommandTable {
    static func findIntervals(_ dialect: CommandDialect) -> CommandRow {
        let link =
            dialect == .vdms
            ? CommandParameter(
                "link", .links(CommandBlocks.vdmsLink),
                "an earlier result that the videos must be connected to")
            : CommandParameter(
                "is_connected_to", .links(CommandBlocks.isConnectedTo),
                "earlier results that the videos must be connected to")
        return CommandRow(
            "FindIntervals", .findIntervals,
            "Finds stretches of videos by what labels say of them: a command of ours. See [intervals](#intervals).",
            [
                CommandParameter("intervals", .intervals, "what is looked for").required,
                CommandParameter(
                    "video_ref", .reference, "the earlier result of videos that they must be in"),
                CommandParameter("constraints", .constraints, "conditions on properties of the videos"), link,
                CommandParameter(
                    "limit", .integer(0...100_000), "how many are told of at most; 1,000 if not given"),
                CommandParameter("offset", .integer(0...Int.max), "how many to pass over first"),
            ],
            reply:
                "`intervals`, `returned`, `count` of all, and `duration`, the seconds that are in any of them",
            example:
                #"{"FindIntervals": {"intervals": {"sequence": [{"tag": "door"}, {"tag": "person", "min_duration": 2}], "within": 5}, "limit": 100}}"#
        )
    }
}
