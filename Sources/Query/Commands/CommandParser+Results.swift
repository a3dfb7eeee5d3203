import Base

/// What a search tells of what it found, from `results` and what stands beside it.
extension CommandParser {
    func results(_ arguments: CommandArguments) throws(CommandError) -> ResultRequest {
        var request = ResultRequest()
        let block = arguments.block("results")
        if let block {
            request.isGiven = true
            request.list = try names("list", block)
            request.allProperties = block.flag("all_properties")
            request.count = block.mark("count")
            request.sum = try names("sum", block) ?? []
            request.average = try names("average", block) ?? []
            request.min = try names("min", block) ?? []
            request.max = try names("max", block) ?? []
            request.group = try names("group", block) ?? []
        }
        request.limit = try either("limit", arguments, block) { $0.integer("limit") }
        request.offset = try either("offset", arguments, block) { $0.integer("offset") } ?? 0
        request.sort =
            try either("sort", arguments, block) { source throws(CommandError) in try sortKeys(source) } ?? []
        request.groupsBySource =
            try either("group_by_source", arguments, block) { $0.boolean("group_by_source") } ?? false
        if let batch = arguments.block("batch") {
            request.batch = ResultBatch(
                size: batch.integer("batch_size"), id: batch.integer("batch_id") ?? 0)
            guard request.limit == nil, request.offset == 0 else {
                throw arguments.invalid(
                    "batch", "batch is a page of its own: it does not go with limit or offset")
            }
            guard request.batch?.size != nil || !batch.has("batch_id") else {
                throw batch.place.commandError(.missingParameter, "batch_id needs batch_size")
            }
        }
        request.uniqueIDs = arguments.flag("uniqueids") || arguments.flag("ids")
        request.blobs = dialect == .vdms ? block?.boolean("blob") : arguments.boolean("blobs")
        for (name, field) in CommandBlocks.shownFields where arguments.flag(name) {
            request.shown.insert(field)
        }
        try checkGrouping(request, arguments)
        return request
    }

    private func checkGrouping(
        _ request: ResultRequest, _ arguments: CommandArguments
    ) throws(CommandError) {
        guard request.groupsBySource else { return }
        let place =
            arguments.has("group_by_source") ? arguments.place : arguments.place.key("results")
        guard ["is_connected_to", "image_ref", "image", "video_ref"].contains(where: arguments.has) else {
            throw place.key("group_by_source").commandError(
                .invalidParameter, "group_by_source needs is_connected_to, whose results are the sources")
        }
        guard !request.hasAggregates, request.batch == nil else {
            throw place.key("group_by_source").commandError(
                .invalidParameter,
                "group_by_source does not go with count, sum, average, min, max, group or batch")
        }
    }

    /// A parameter that may stand in `results` or beside it, but not in both.
    private func either<Found>(
        _ name: String, _ arguments: CommandArguments, _ block: CommandArguments?,
        read: (CommandArguments) throws(CommandError) -> Found?
    ) throws(CommandError) -> Found? {
        guard let block, block.has(name) else { return try read(arguments) }
        guard !arguments.has(name) else {
            throw arguments.invalid(name, "\(name) is given here and in results; give it once")
        }
        return try read(block)
    }

    /// The names of properties under `name`.
    private func names(_ name: String, _ block: CommandArguments) throws(CommandError) -> [String]? {
        // VDMS has one name under `sum` and `average`.
        guard let names = block.texts(name) else { return nil }
        for (index, text) in names.enumerated() {
            let place = block.place.key(name)
            let isList = block.value(name)?.arrayValue != nil
            try checkLength(text, at: isList ? place.index(index) : place)
        }
        return names
    }

    private func sortKeys(_ arguments: CommandArguments) throws(CommandError) -> [ResultSortKey]? {
        guard let value = arguments.value("sort") else { return nil }
        let place = arguments.place.key("sort")
        guard case .array(let elements) = value else { return [try sortKey(value, at: place)] }
        guard elements.count <= 32 else {
            throw place.commandError(.limitExceeded, "at most 32 sort keys, these are \(elements.count)")
        }
        var keys: [ResultSortKey] = []
        for (index, element) in elements.enumerated() {
            keys.append(try sortKey(element, at: place.index(index)))
        }
        return keys
    }

    private func sortKey(_ value: Value, at place: Place) throws(CommandError) -> ResultSortKey {
        switch value {
        case .string(let key):
            try checkSortName(key, at: place)
            return ResultSortKey(key)
        case .object(let document):
            let block = CommandArguments(document: document, place: place, dialect: dialect)
            try check(block, against: CommandBlocks.sortKey(dialect).parameters, of: "sort")
            let key = block.text("key") ?? ""
            try checkSortName(key, at: place.key("key"))
            var sequence: [Value]?
            if case .array(let elements)? = block.value("sequence") {
                var values: [Value] = []
                values.reserveCapacity(elements.count)
                for (index, element) in elements.enumerated() {
                    values.append(
                        try plainValue(element, at: place.key("sequence").index(index)))
                }
                sequence = values
            }
            return ResultSortKey(key, ascending: block.text("order") != "descending", sequence: sequence)
        default:
            throw place.commandError(
                .invalidParameter,
                "a sort key is a name or {\"key\": …, \"order\": …}, this is \(value.kindWithArticle)")
        }
    }

    private func checkSortName(_ name: String, at place: Place) throws(CommandError) {
        guard !name.isEmpty else {
            throw place.commandError(.invalidParameter, "a sort key is the name of a property, this is empty")
        }
        try checkLength(name, at: place)
    }
}
