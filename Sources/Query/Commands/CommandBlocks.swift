/// Objects with parameters of their own.
enum CommandBlocks {
    // MARK: - VDMS

    static let vdmsResults = CommandBlock(
        name: "results", summary: "What is told of what is found.",
        parameters: [
            CommandParameter("list", .names, "properties of each, in `entities` or `connections`"),
            CommandParameter("count", .mark, "how many there are, in `count`"),
            CommandParameter("sum", .name, "a property to add up, in `sum`"),
            CommandParameter("average", .name, "a property to average, in `average`"),
            CommandParameter("group", .names, groups),
            CommandParameter("limit", .integer(1...Int.max), "how many at most"),
            CommandParameter("sort", .sort, "the order"),
            CommandParameter("blob", .boolean, "whether blobs are returned"),
        ])

    private static let groups =
        "properties by whose values count, sum and the like are grouped, in `groups`; of connections also "
        + "`_src`, `_dst`, and properties of these ends, such as `_dst.name`"

    static let vdmsLink = CommandBlock(
        name: "link in a search",
        summary: "A connection to an earlier result that what is found must have. Several are joined by "
            + "`{\"all\": […]}` and `{\"any\": […]}`, which may stand within each other; VDMS itself takes one.",
        parameters: linkEnds("whether it leaves the earlier result (`out`), enters it (`in`), or either") + [
            CommandParameter("class", .name, "the connection's class"),
            CommandParameter("constraints", .constraints, "conditions on the connection's properties"),
            CommandParameter("properties", .properties, "without meaning in a search"),
        ])

    static let vdmsNewLink = CommandBlock(
        name: "link when adding", summary: "A connection made between the new thing and an earlier result.",
        parameters: linkEnds(
            "`out` (the default): from the new thing to the earlier result; `in`: the other way")
            + [
                CommandParameter(
                    "class", .name, "the connection's class; if not given, one by the kind of thing"),
                CommandParameter("properties", .properties, "the connection's properties"),
                CommandParameter("constraints", .constraints, "without meaning when adding"),
            ])

    static let vdmsRectangle = CommandBlock(
        name: "rectangle of VDMS", summary: "A rectangle in pixels, the origin top left.",
        parameters: [
            CommandParameter("x", .integer(0...Int(Int32.max)), "the left edge").required,
            CommandParameter("y", .integer(0...Int(Int32.max)), "the upper edge").required,
            CommandParameter("w", .integer(1...Int(Int32.max)), "the width").required,
            CommandParameter("h", .integer(1...Int(Int32.max)), "the height").required,
        ])

    // MARK: - ApertureDB

    static let results = CommandBlock(
        name: "results", summary: "What is told of what is found.",
        parameters: [
            CommandParameter("list", .names, "properties of each; null where one is missing"),
            CommandParameter("all_properties", .boolean, "every property of each"),
            CommandParameter("count", .mark, "how many there are, before limit"),
            CommandParameter("sum", .names, "properties to add up"),
            CommandParameter("average", .names, "properties to average"),
            CommandParameter("min", .names, "properties whose least value is told"),
            CommandParameter("max", .names, "properties whose greatest value is told"),
            CommandParameter("group", .names, groups),
        ] + page)

    /// Where clients up to 0.4 write these is `results`, later ones write them beside it.
    static let page = [
        CommandParameter("limit", .integer(0...Int.max), "how many at most"),
        CommandParameter("offset", .integer(0...Int.max), "how many to pass over first"),
        CommandParameter("sort", .sort, "the order"),
        CommandParameter(
            "group_by_source", .boolean,
            "lists for each entity of the earlier result, under its `_uniqueid`, what is connected to it"),
    ]

    static let batch = CommandBlock(
        name: "batch",
        summary:
            "One page of the results; the reply's `batch` tells `total_elements`. An empty object asks for "
            + "that alone.",
        parameters: [
            CommandParameter("batch_size", .integer(1...Int(Int32.max)), "how many a page has"),
            CommandParameter("batch_id", .integer(0...Int(Int32.max)), "which page, from 0"),
        ])

    static let isConnectedTo = CommandBlock(
        name: "is_connected_to",
        summary: "A connection to an earlier result that what is found must have. Several are joined by "
            + "`{\"all\": […]}` and `{\"any\": […]}`, which may stand within each other.",
        parameters: linkEnds("whether it leaves the earlier result (`out`), enters it (`in`), or either") + [
            CommandParameter("connection_class", .name, "the connection's class"),
            CommandParameter("constraints", .constraints, "conditions on the connection's properties"),
        ])

    static let connect = CommandBlock(
        name: "connect", summary: "A connection made between the new thing and an earlier result.",
        parameters: linkEnds(
            "`out` (the default): from the new thing to the earlier result; `in`: the other way")
            + [
                CommandParameter("class", .name, "the connection's class"),
                CommandParameter("properties", .properties, "the connection's properties"),
            ])

    static let rectangle = CommandBlock(
        name: "rectangle", summary: "A rectangle in pixels, the origin top left.",
        parameters: [
            CommandParameter("x", .number(-1e9...1e9), "the left edge").required,
            CommandParameter("y", .number(-1e9...1e9), "the upper edge").required,
            CommandParameter("width", .positive, "the width").required,
            CommandParameter("height", .positive, "the height").required,
        ])

    static let frameRange = CommandBlock(
        name: "a range of frame numbers", summary: "A stretch of a video by frames, both ends included.",
        parameters: [
            CommandParameter("start", .integer(0...Int(Int32.max)), "the first frame").required,
            CommandParameter("stop", .integer(0...Int(Int32.max)), "the last frame").required,
        ])

    static let timeRange = CommandBlock(
        name: "a range of time offsets", summary: "A stretch of a video by time, both ends included.",
        parameters: [
            CommandParameter("start", .time, "its beginning").required,
            CommandParameter("stop", .time, "its end").required,
        ])

    static let fractionRange = CommandBlock(
        name: "a range of time fractions",
        summary: "A stretch of a video as parts of the whole, both ends included.",
        parameters: [
            CommandParameter("start", .number(0...1), "its beginning").required,
            CommandParameter("stop", .number(0...1), "its end").required,
        ])

    static let interval = CommandBlock(
        name: "an interval of frames",
        summary: "Every `step`th frame from `start` up to, not including, `stop`.",
        parameters: [
            CommandParameter("start", .integer(0...Int(Int32.max)), "the first frame; 0 if not given"),
            CommandParameter("stop", .integer(0...Int(Int32.max)), "where to stop; the end if not given"),
            CommandParameter("step", .integer(1...Int(Int32.max)), "how far apart; 1 if not given"),
        ])

    // MARK: - Both

    static func sortKey(_ dialect: CommandDialect) -> CommandBlock {
        CommandBlock(
            name: "sort", summary: "One key of an order. A text by itself is a key, ascending.",
            parameters: [
                CommandParameter("key", .name, "the property").required,
                CommandParameter("order", .word(["ascending", "descending"]), "ascending if not given"),
            ]
                + (dialect == .vdms
                    ? []
                    : [
                        CommandParameter(
                            "sequence", .values,
                            "values in the order they are to come; others come after them")
                    ]))
    }

    /// The flags that show a field.
    static let shownFields: [(String, ShownFields)] = [
        ("coordinates", .coordinates), ("areas", .areas), ("labels", .labels), ("bounds", .bounds),
        ("vertices", .vertices), ("hulls", .hulls), ("decompositions", .decompositions),
        ("distances", .distances), ("metrics", .metrics), ("engines", .engines),
        ("dimensions", .dimensions), ("counts", .counts), ("urls", .urls), ("with_url", .urls),
        ("sets", .sets), ("frame_numbers", .frameNumbers), ("time_offsets", .timeOffsets),
        ("time_fractions", .timeFractions),
    ]

    /// The parameters of each operation on pictures.
    static let operations: [String: [CommandParameter]] = {
        let side = ParameterKind.integer(1...65_535)
        let place = ParameterKind.integer(0...Int(Int32.max))
        let type = CommandParameter("type", .name, "the operation's name").required
        return [
            "threshold": [
                type,
                CommandParameter("value", .integer(0...255), "samples at or below it become 0").required,
            ],
            "crop": [
                type, CommandParameter("x", place, "the left edge").required,
                CommandParameter("y", place, "the upper edge").required,
                CommandParameter("width", side, "the width").required,
                CommandParameter("height", side, "the height").required,
            ],
            "resize": [
                type, CommandParameter("width", side, "the new width"),
                CommandParameter("height", side, "the new height"),
                CommandParameter("scale", .number(0.0001...1_000), "a factor for both sides, instead"),
            ],
            "flip": [
                type,
                CommandParameter("code", .code, "0 upside down, above 0 left to right, below 0 both")
                    .required,
            ],
            "rotate": [
                type,
                CommandParameter("angle", .number(-360_000...360_000), "degrees, counter-clockwise").required,
                CommandParameter("resize", .boolean, "whether the picture grows so that no corner is lost"),
            ],
            "interval": [
                type, CommandParameter("start", place, "the first frame").required,
                CommandParameter("stop", place, "where to stop, not included").required,
                CommandParameter("step", .integer(1...Int(Int32.max)), "how far apart; 1 if not given"),
            ],
            "preview": [
                type, CommandParameter("max_frame_count", .integer(1...Int(Int32.max)), "how many frames"),
                CommandParameter("max_time_fraction", .number(0...1), "which part of the whole"),
                CommandParameter("max_time_offset", .time, "how long"),
                CommandParameter("max_size_mb", .positive, "how large, in millions of bytes"),
            ],
        ]
    }()

    // MARK: - Private

    private static func linkEnds(_ direction: String) -> [CommandParameter] {
        [
            CommandParameter("ref", .reference, "the number of the earlier result").required,
            CommandParameter("direction", .word(["in", "out", "any"]), direction),
        ]
    }
}
