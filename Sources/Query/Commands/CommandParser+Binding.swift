import Base

/// Parameters that the table has checked become typed commands.
extension CommandParser {
    /// What the command does, and how many blobs it takes.
    mutating func bind(
        _ row: CommandRow, _ arguments: CommandArguments
    ) throws(CommandError) -> (CommandAction, blobCount: Int) {
        switch row.binding {
        case .add(let subject): return try bindAdd(subject, arguments)
        case .find(let subject):
            let find = try bindFind(subject, arguments)
            return (.find(find), find.neighbours == nil ? 0 : 1)
        case .findFrames: return (.find(try bindFindFrames(arguments)), 0)
        case .findDescriptorBatch: return (.find(try bindFindDescriptorBatch(arguments)), 1)
        case .update(let subject): return (.update(try bindUpdate(subject, arguments)), 0)
        case .delete(let subject): return (.delete(try bindDelete(subject, arguments)), 0)
        case .classifyDescriptor: return (.classifyDescriptor(try bindClassify(arguments)), 1)
        case .regionIoU:
            let first = try reference("roi_1", arguments, to: .region) ?? 0
            let second = try reference("roi_2", arguments, to: .region) ?? 0
            return (.regionIoU(RegionIoUCommand(first: first, second: second)), 0)
        case .extractFrames: return (.extractFrames(try bindExtractFrames(arguments)), 0)
        case .findIntervals: return (.findIntervals(try bindFindIntervals(arguments)), 0)
        default: return (try bindServerCommand(row.binding, arguments), 0)
        }
    }

    // MARK: - Selections

    /// What a search, a change or a removal is about.
    mutating func selection(
        _ subject: CommandSubject, _ arguments: CommandArguments, classKey: String
    ) throws(CommandError) -> CommandSelection {
        var selection = CommandSelection(subject)
        if let name = arguments.text(classKey), [.entity, .connection].contains(subject) {
            if subject == .entity, let system = CommandSubject(systemClass: name, dialect: dialect) {
                selection.subject = system
            } else if name != (subject == .entity ? "_Entity" : "_Connection") {
                selection.className = name
            }
        }
        selection.filter = try constraints("constraints", arguments)
        selection.link = try links(arguments)
        selection.within = try reference("ref", arguments, to: .selection(selection.subject))
        let (source, destination) = dialect == .vdms ? ("ref1", "ref2") : ("src", "dst")
        selection.source = try reference(source, arguments, to: .end)
        selection.destination = try reference(destination, arguments, to: .end)
        selection.owner = try owner(arguments)
        selection.setName =
            arguments.text("set") ?? (subject == .descriptorSet ? arguments.text("with_name") : nil)
        selection.label = arguments.text("with_label")
        selection.inRectangle = rectangle(dialect == .vdms ? "rectangle" : "in_rectangle", arguments)
        selection.inSpan = try span(arguments, prefix: "in_")
        selection.isUnique = arguments.flag("unique")
        return selection
    }

    /// The earlier result of images or videos that regions, clips and frames belong to.
    func owner(_ arguments: CommandArguments) throws(CommandError) -> Int? {
        guard !(arguments.has("image_ref") && arguments.has("image")) else {
            throw arguments.invalid("image", "image is the old name of image_ref; give one of them")
        }
        if let image = try reference("image_ref", arguments, to: .image) { return image }
        if let image = try reference("image", arguments, to: .image) { return image }
        return try reference("video_ref", arguments, to: .video)
    }

    // MARK: - Find

    mutating func bindFind(
        _ subject: CommandSubject, _ arguments: CommandArguments
    ) throws(CommandError) -> FindCommand {
        var find = FindCommand(
            try selection(subject, arguments, classKey: dialect == .vdms ? "class" : "with_class"))
        if dialect == .vdms {
            try takeDeletionMark(&find, arguments)
            guard !(arguments.has("image") && arguments.has("link")) else {
                throw arguments.invalid("link", "image and link do not go together")
            }
        }
        find.reference = arguments.integer("_ref")
        find.results = try results(arguments)
        let isVideo = subject == .video || subject == .clip
        find.operations = try operations(arguments, on: isVideo ? .video : .image)
        find.format = arguments.text(dialect == .vdms ? "format" : "as_format")
        find.quality = arguments.integer("quality")
        if find.quality != nil, let format = find.format, ["png", "bin"].contains(format) {
            throw arguments.invalid("quality", "quality is of JPEG and WebP, the format is \(format)")
        }
        find.codec = arguments.text(dialect == .vdms ? "codec" : "as_codec")
        find.container = arguments.text(dialect == .vdms ? "container" : "as_container")
        if subject == .descriptor { find.neighbours = try neighbours(arguments) }
        return find
    }

    /// VDMS's `"_deletion": ["==", 1]` is no condition: it asks that what is found is removed.
    private mutating func takeDeletionMark(
        _ find: inout FindCommand, _ arguments: CommandArguments
    ) throws(CommandError) {
        guard case .object(var document)? = arguments.value("constraints"),
            let mark = document["_deletion"]
        else { return }
        guard mark == ["==", 1] || mark == ["==", true] else {
            throw arguments.place.key("constraints").key("_deletion").commandError(
                .invalidParameter, "_deletion is [\"==\", 1]")
        }
        document["_deletion"] = nil
        conditionCount = 0
        find.selection.filter = try constraints(
            "constraints",
            CommandArguments(
                document: ["constraints": .object(document)], place: arguments.place, dialect: dialect))
        find.marksForDeletion = true
    }

    private func neighbours(_ arguments: CommandArguments) throws(CommandError) -> NeighbourSearch? {
        guard let count = arguments.integer("k_neighbors") else {
            for name in ["knn_first", "indexed_results_only"] where arguments.flag(name) {
                throw arguments.invalid(name, "\(name) goes with k_neighbors")
            }
            return nil
        }
        try checkNeighbourCount(count, arguments)
        if arguments.text("set") == nil {
            throw arguments.place.commandError(.missingParameter, "a search by k_neighbors needs its set")
        }
        guard dialect == .aperture || !arguments.has("_ref") else {
            throw arguments.invalid("_ref", "_ref is not supported for KNN search")
        }
        var search = NeighbourSearch(count: count)
        search.metric = arguments.word("metric", as: DescriptorMetric.self)
        search.engine = arguments.word("engine", as: DescriptorEngine.self)
        search.filtersAfterwards = dialect == .vdms || arguments.flag("knn_first")
        search.indexedOnly = arguments.flag("indexed_results_only")
        return search
    }

    private func checkNeighbourCount(
        _ count: Int, _ arguments: CommandArguments
    ) throws(CommandError) {
        guard count <= limits.neighbourCount else {
            throw arguments.error(
                .limitExceeded, "k_neighbors",
                "k_neighbors is at most \(limits.neighbourCount), this is \(count)")
        }
    }

    private mutating func bindFindDescriptorBatch(
        _ arguments: CommandArguments
    ) throws(CommandError) -> FindCommand {
        var find = try bindFind(.descriptor, arguments)
        let vectors = arguments.integer("n_descriptors") ?? 1
        let neighbours = vectors.multipliedReportingOverflow(by: find.neighbours?.count ?? 1)
        guard !neighbours.overflow, neighbours.partialValue <= limits.neighbourCount else {
            throw arguments.error(
                .limitExceeded, "n_descriptors",
                "n_descriptors times k_neighbors is at most \(limits.neighbourCount); ask in several queries")
        }
        find.neighbours?.batchCount = vectors
        return find
    }

    private mutating func bindFindFrames(_ arguments: CommandArguments) throws(CommandError) -> FindCommand {
        var find = FindCommand(try selection(.video, arguments, classKey: "class"))
        find.reference = arguments.integer("_ref")
        find.results = try results(arguments)
        find.format = arguments.text("format")
        let operations = try operations(arguments, on: .frames)
        var interval: FrameSelection?
        for operation in operations {
            guard case .interval(let start, let stop, let step) = operation else {
                find.operations.append(operation)
                continue
            }
            interval = .interval(start: start, stop: stop, step: step)
        }
        let frames = try frames("frames", arguments)
        guard (frames == nil) != (interval == nil), let chosen = frames ?? interval else {
            throw arguments.place.commandError(
                .invalidParameter, "Either one of 'frames' or 'operations::interval' must be specified")
        }
        find.frames = chosen
        return find
    }

    // MARK: - Update and delete

    private mutating func bindUpdate(
        _ subject: CommandSubject, _ arguments: CommandArguments
    ) throws(CommandError) -> UpdateCommand {
        var selection = try selection(
            subject, arguments, classKey: dialect == .vdms ? "class" : "with_class")
        // In an update of VDMS a rectangle is the new one.
        selection.inRectangle = nil
        var reference: Int?
        if let number = arguments.integer("_ref") {
            if dialect == .vdms, results[number] != nil {
                selection.within = try self.reference(
                    "_ref", arguments, to: .selection(selection.subject))
            } else {
                reference = number
            }
        }
        var update = UpdateCommand(selection)
        update.reference = reference
        (update.properties, update.expirationSeconds) = try properties(
            "properties", arguments, isUpdate: true)
        update.removedProperties = arguments.texts("remove_props") ?? []
        guard update.removedProperties.count <= limits.propertyCount else {
            throw arguments.error(
                .limitExceeded, "remove_props",
                "remove_props has \(update.removedProperties.count) names, the limit is \(limits.propertyCount)"
            )
        }
        let given = Set(update.properties.keys)
        for (index, name) in update.removedProperties.enumerated() {
            let place = arguments.place.key("remove_props").index(index)
            try checkPropertyName(name, at: place)
            guard !given.contains(name) else {
                throw place.commandError(
                    .invalidParameter, "\(shortened(name)) is set and removed by one command")
            }
        }
        update.connections = try newConnections("connect", arguments)
        update.rectangle = rectangle("rectangle", arguments)
        update.polygons = try polygons(arguments)
        update.span = try span(arguments)
        update.position = try position(arguments)
        update.label = arguments.text("label")
        return update
    }

    private mutating func bindDelete(
        _ subject: CommandSubject, _ arguments: CommandArguments
    ) throws(CommandError) -> DeleteCommand {
        guard !arguments.document.isEmpty else {
            throw arguments.place.commandError(
                .missingParameter,
                "say what to delete: ref, constraints or another condition; all of them are those with "
                    + "{\"constraints\": {\"_uniqueid\": [\"!=\", \"0.0.0\"]}}")
        }
        return DeleteCommand(try selection(subject, arguments, classKey: "with_class"))
    }

    // MARK: - Others

    private func bindClassify(
        _ arguments: CommandArguments
    ) throws(CommandError) -> ClassifyDescriptorCommand {
        let count = arguments.integer("k_neighbors") ?? 1
        try checkNeighbourCount(count, arguments)
        var classify = ClassifyDescriptorCommand(setName: arguments.text("set") ?? "", count: count)
        classify.metric = arguments.word("metric", as: DescriptorMetric.self)
        classify.engine = arguments.word("engine", as: DescriptorEngine.self)
        classify.reference = arguments.integer("_ref")
        return classify
    }

    private func bindExtractFrames(
        _ arguments: CommandArguments
    ) throws(CommandError) -> ExtractFramesCommand {
        let video = try reference("video_ref", arguments, to: .video) ?? 0
        guard let frames = try frames("frame_spec", arguments) else {
            throw arguments.place.commandError(.missingParameter, "ExtractFrames needs frame_spec")
        }
        var extract = ExtractFramesCommand(video: video, frames: frames)
        extract.operations = try operations(arguments, on: .image)
        extract.format = arguments.text("as_format")
        return extract
    }
}
