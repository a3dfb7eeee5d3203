import Base

/// Commands that put something in.
extension CommandParser {
    mutating func bindAdd(
        _ subject: CommandSubject, _ arguments: CommandArguments
    ) throws(CommandError) -> (CommandAction, blobCount: Int) {
        let (content, blobCount) = try newContent(subject, arguments)
        var add = AddCommand(content)
        add.reference = arguments.integer("_ref")
        (add.properties, add.expirationSeconds) = try properties("properties", arguments)
        add.connections = try newConnections(dialect == .vdms ? "link" : "connect", arguments)
        let condition = dialect == .vdms ? "constraints" : "if_not_found"
        if arguments.has(condition) { add.ifNotFound = try constraints(condition, arguments) }
        return (.add(add), blobCount)
    }

    private mutating func newContent(
        _ subject: CommandSubject, _ arguments: CommandArguments
    ) throws(CommandError) -> (NewContent, blobCount: Int) {
        let label = arguments.text("label")
        switch subject {
        case .entity:
            let hasBlob = arguments.flag("blob")
            return (.entity(className: try newClass(arguments), hasBlob: hasBlob), hasBlob ? 1 : 0)
        case .connection:
            let (source, destination) = dialect == .vdms ? ("ref1", "ref2") : ("src", "dst")
            return (
                .connection(
                    className: try newClass(arguments),
                    source: try reference(source, arguments, to: .end) ?? 0,
                    destination: try reference(destination, arguments, to: .end) ?? 0), 0
            )
        case .image, .video, .blob:
            let media = try newMedia(subject, arguments)
            let content: NewContent =
                subject == .image ? .image(media) : subject == .video ? .video(media) : .blob(media)
            return (content, media.source == .blob ? 1 : 0)
        case .boundingBox:
            let rectangle =
                rectangle("rectangle", arguments) ?? RegionRectangle(x: 0, y: 0, width: 0, height: 0)
            return (.boundingBox(rectangle, label: label, owner: try owner(arguments)), 0)
        case .polygon:
            let polygons = try polygons(arguments) ?? RegionPolygons([])
            return (.polygon(polygons, label: label, owner: try owner(arguments)), 0)
        case .clip:
            guard let span = try span(arguments) else {
                throw arguments.place.commandError(
                    .missingParameter,
                    "AddClip needs frame_number_range, time_offset_range or time_fraction_range")
            }
            return (.clip(span, label: label, owner: try owner(arguments)), 0)
        case .frame:
            guard let position = try position(arguments) else {
                throw arguments.place.commandError(
                    .missingParameter, "AddFrame needs frame_number, time_offset or time_fraction")
            }
            return (.frame(position, label: label, owner: try owner(arguments)), 0)
        case .descriptor: return (.descriptor(try newDescriptor(arguments)), 1)
        case .descriptorSet:
            let set = NewDescriptorSet(
                name: arguments.text("name") ?? "", dimensions: arguments.integer("dimensions") ?? 0,
                metrics: arguments.words("metric", as: DescriptorMetric.self) ?? [.l2],
                engines: arguments.words("engine", as: DescriptorEngine.self)
                    ?? [dialect == .vdms ? .faissFlat : .hnsw])
            return (.descriptorSet(set), 0)
        }
    }

    private func newClass(_ arguments: CommandArguments) throws(CommandError) -> String {
        let name = arguments.text("class") ?? ""
        try checkNewClass(name, at: arguments.place.key("class"))
        return name
    }

    private func newMedia(
        _ subject: CommandSubject, _ arguments: CommandArguments
    ) throws(CommandError) -> NewMedia {
        var media = NewMedia(try source(arguments))
        media.format = arguments.text("format")
        media.codec = arguments.text("codec")
        media.container = arguments.text("container")
        media.operations = try operations(arguments, on: subject == .video ? .video : .image)
        media.indexesFrames = arguments.flag("index_frames")
        return media
    }

    private func source(_ arguments: CommandArguments) throws(CommandError) -> NewMedia.Source {
        let names = ["url", "from_server_file", "from_file_path"].filter { arguments.has($0) }
        guard names.count <= 1 else {
            throw arguments.invalid(names[1], "\(names[1]) and \(names[0]) are two sources; give one of them")
        }
        guard let name = names.first, let text = arguments.text(name) else { return .blob }
        guard !text.isEmpty, text.utf8.count <= 4_096, !text.utf8.contains(0) else {
            throw arguments.invalid(name, "\(name) is a text of 1 to 4096 bytes")
        }
        guard name == "url" else { return .serverFile(text) }
        guard ["s3://", "gs://", "http://", "https://"].contains(where: text.hasPrefix) else {
            throw arguments.invalid("url", "a url begins with s3://, gs://, http:// or https://")
        }
        return .url(text)
    }

    private func newDescriptor(_ arguments: CommandArguments) throws(CommandError) -> NewDescriptor {
        var descriptor = NewDescriptor(
            setName: arguments.text("set") ?? "", label: arguments.text("label"))
        guard case .array(let elements)? = arguments.value("batch_properties") else { return descriptor }
        guard !arguments.has("properties") else {
            throw arguments.invalid("properties", "properties and batch_properties do not go together")
        }
        var batch: [Document] = []
        batch.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            batch.append(
                try properties(
                    element.objectValue ?? Document(),
                    at: arguments.place.key("batch_properties").index(index)
                ).properties)
        }
        descriptor.batch = batch
        return descriptor
    }
}
