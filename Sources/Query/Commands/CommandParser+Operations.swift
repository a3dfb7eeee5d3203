import Base

/// What is done with pictures, and where regions and frames lie.
extension CommandParser {
    /// Which pictures operations are for: not every operation makes sense of each.
    enum OperationTarget {
        case image, video, frames

        var names: [String] {
            switch self {
            case .image: ["threshold", "crop", "resize", "flip", "rotate"]
            case .video: ["threshold", "crop", "resize", "flip", "rotate", "interval", "preview"]
            case .frames: ["threshold", "crop", "resize", "flip", "rotate", "interval"]
            }
        }
    }

    /// The operations of the command, in order.
    func operations(
        _ arguments: CommandArguments, on target: OperationTarget
    ) throws(CommandError) -> [RequestedOperation] {
        guard case .array(let elements)? = arguments.value("operations") else { return [] }
        let place = arguments.place.key("operations")
        guard elements.count <= 1_000 else {
            throw place.commandError(.limitExceeded, "at most 1000 operations, these are \(elements.count)")
        }
        var operations: [RequestedOperation] = []
        for (index, element) in elements.enumerated() {
            operations.append(try operation(element, on: target, at: place.index(index)))
        }
        return operations
    }

    private func operation(
        _ element: Value, on target: OperationTarget, at place: Place
    ) throws(CommandError) -> RequestedOperation {
        guard case .object(let document) = element, case .string(let type)? = document["type"] else {
            throw place.commandError(
                .invalidParameter, "an operation is an object with its type: {\"type\": \"resize\", …}")
        }
        if ["custom", "remoteOp", "syncremoteOp", "userOp"].contains(type) {
            throw place.key("type").commandError(
                .unsupported,
                "\(type) has a program outside the server change the picture, which is not done here")
        }
        let names = target.names.filter { dialect == .aperture || $0 != "preview" }
        guard names.contains(type), let parameters = CommandBlocks.operations[type] else {
            throw place.key("type").commandError(
                .invalidParameter,
                "an operation here is one of \(names.joined(separator: ", ")), this is "
                    + CommandParser.shown(.string(type)))
        }
        let arguments = CommandArguments(document: document, place: place, dialect: dialect)
        try check(arguments, against: parameters, of: type)
        return try operation(type, arguments)
    }

    private func operation(
        _ type: String, _ arguments: CommandArguments
    ) throws(CommandError) -> RequestedOperation {
        let integer = { arguments.integer($0) ?? 0 }
        switch type {
        case "threshold": return .threshold(value: integer("value"))
        case "crop":
            return .crop(
                x: integer("x"), y: integer("y"), width: integer("width"), height: integer("height"))
        case "resize":
            let (width, height) = (arguments.integer("width"), arguments.integer("height"))
            let scale = arguments.number("scale")
            guard (width != nil || height != nil) != (scale != nil) else {
                throw arguments.place.commandError(
                    .invalidParameter, "resize takes either scale, or width, height or both")
            }
            if dialect == .vdms, width == nil || height == nil {
                throw arguments.place.commandError(.missingParameter, "resize needs height and width")
            }
            return .resize(width: width, height: height, scale: scale)
        case "flip": return .flip(code: try flipCode(arguments))
        case "rotate":
            return .rotate(degrees: arguments.number("angle") ?? 0, resize: arguments.flag("resize"))
        case "interval":
            let (start, stop) = (integer("start"), integer("stop"))
            guard start <= stop else {
                throw arguments.invalid("stop", "an interval stops at \(stop) before it starts at \(start)")
            }
            return .interval(start: start, stop: stop, step: arguments.integer("step") ?? 1)
        default:
            var preview = VideoPreview()
            preview.maxFrameCount = arguments.integer("max_frame_count")
            preview.maxTimeFraction = arguments.number("max_time_fraction")
            preview.maxSeconds = try time("max_time_offset", arguments)
            preview.maxMegabytes = arguments.number("max_size_mb")
            return .preview(preview)
        }
    }

    /// A whole number, which ApertureDB's own class of operations declares to be text.
    private func flipCode(_ arguments: CommandArguments) throws(CommandError) -> Int {
        if let code = arguments.integer("code") { return code }
        guard let text = arguments.text("code"), let code = Int(text) else {
            throw arguments.invalid(
                "code", "code is a whole number: 0 upside down, above 0 left to right, below 0 both")
        }
        return code
    }

    // MARK: - Times and frames

    /// Seconds from the start, of `hh:mm:ss.uuu` or a number.
    func time(_ name: String, _ arguments: CommandArguments) throws(CommandError) -> Double? {
        guard let value = arguments.value(name) else { return nil }
        if let seconds = value.floatValue { return seconds }
        guard let text = value.stringValue, let seconds = CommandParser.seconds(text) else {
            throw arguments.invalid(
                name, "\(name) is a time hh:mm:ss.uuu, this is \(CommandParser.shown(value))")
        }
        return seconds
    }

    static func seconds(_ text: String) -> Double? {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, text.utf8.count <= 32 else { return nil }
        func digits(_ part: Substring.UTF8View, upTo limit: Int) -> Int? {
            guard !part.isEmpty, part.count <= 9, part.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(String(Substring(part))), number <= limit
            else { return nil }
            return number
        }
        let second = parts[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let hours = digits(parts[0], upTo: 999_999), let minutes = digits(parts[1], upTo: 59),
            second.count <= 2, let first = second.first, let whole = digits(first, upTo: 59)
        else { return nil }
        var fraction = 0.0
        if second.count == 2 {
            guard let number = digits(second[1], upTo: 999_999_999) else { return nil }
            var scale = 1.0
            for _ in 0..<second[1].count { scale *= 10 }
            fraction = Double(number) / scale
        }
        return Double(hours * 3_600 + minutes * 60 + whole) + fraction
    }

    /// The stretch of a video that one of three parameters gives; an error if there are several.
    func span(_ arguments: CommandArguments, prefix: String = "") throws(CommandError) -> VideoSpan? {
        let names = ["frame_number_range", "time_offset_range", "time_fraction_range"].map { prefix + $0 }
        let given = names.filter { arguments.has($0) }
        guard given.count <= 1 else {
            throw arguments.invalid(given[1], "\(given[1]) and \(given[0]) say the same; give one of them")
        }
        guard let name = given.first, let block = arguments.block(name) else { return nil }
        let isOrdered: Bool
        let span: VideoSpan
        switch name {
        case names[0]:
            let (start, stop) = (block.integer("start") ?? 0, block.integer("stop") ?? 0)
            (span, isOrdered) = (.frames(start, stop), start <= stop)
        case names[1]:
            let (start, stop) = (try time("start", block) ?? 0, try time("stop", block) ?? 0)
            (span, isOrdered) = (.offsets(seconds: start, stop), start <= stop)
        default:
            let (start, stop) = (block.number("start") ?? 0, block.number("stop") ?? 0)
            (span, isOrdered) = (.fractions(start, stop), start <= stop)
        }
        guard isOrdered else { throw block.invalid("stop", "\(name) stops before it starts") }
        return span
    }

    /// The place in a video that one of three parameters gives; an error if there are several.
    func position(_ arguments: CommandArguments) throws(CommandError) -> VideoPosition? {
        let given = ["frame_number", "time_offset", "time_fraction"].filter { arguments.has($0) }
        guard given.count <= 1 else {
            throw arguments.invalid(given[1], "\(given[1]) and \(given[0]) say the same; give one of them")
        }
        return switch given.first {
        case "frame_number": .frame(arguments.integer("frame_number") ?? 0)
        case "time_offset": .offset(seconds: try time("time_offset", arguments) ?? 0)
        case "time_fraction": .fraction(arguments.number("time_fraction") ?? 0)
        default: nil
        }
    }

    /// Frames by number, by a list of numbers, or by an interval.
    func frames(_ name: String, _ arguments: CommandArguments) throws(CommandError) -> FrameSelection? {
        switch arguments.value(name) {
        case nil: return nil
        case .object?:
            guard let block = arguments.block(name) else { return nil }
            try check(block, against: CommandBlocks.interval.parameters, of: name)
            let (start, stop) = (block.integer("start") ?? 0, block.integer("stop"))
            guard start <= stop ?? .max else { throw block.invalid("stop", "\(name) stops before it starts") }
            return .interval(start: start, stop: stop, step: block.integer("step") ?? 1)
        case .array(let elements)?:
            guard !elements.isEmpty else { throw arguments.invalid(name, "\(name) names at least one frame") }
            var numbers: [Int] = []
            for (index, element) in elements.enumerated() {
                guard let number = ParameterKind.wholeNumber(element, dialect), number >= 0 else {
                    throw arguments.place.key(name).index(index).commandError(
                        .invalidParameter,
                        "a frame is a whole number from 0 on, this is \(CommandParser.shown(element))")
                }
                numbers.append(number)
            }
            return .numbers(numbers)
        case let value?:
            guard let number = ParameterKind.wholeNumber(value, dialect), number >= 0 else {
                throw arguments.invalid(
                    name, "a frame is a whole number from 0 on, this is \(CommandParser.shown(value))")
            }
            return .numbers([number])
        }
    }

    // MARK: - Regions

    /// The rectangle under `name`.
    func rectangle(_ name: String, _ arguments: CommandArguments) -> RegionRectangle? {
        guard let block = arguments.block(name) else { return nil }
        let (width, height) = dialect == .vdms ? ("w", "h") : ("width", "height")
        func side(_ name: String) -> Double {
            block.number(name) ?? block.integer(name).map(Double.init) ?? 0
        }
        return RegionRectangle(x: side("x"), y: side("y"), width: side(width), height: side(height))
    }

    /// The polygons of the command.
    func polygons(_ arguments: CommandArguments) throws(CommandError) -> RegionPolygons? {
        guard case .array(let elements)? = arguments.value("polygons") else { return nil }
        let place = arguments.place.key("polygons")
        guard !elements.isEmpty else {
            throw place.commandError(.invalidParameter, "polygons has at least one ring of points")
        }
        var rings: [[RegionPoint]] = []
        var pointCount = 0
        for (index, element) in elements.enumerated() {
            let place = place.index(index)
            guard case .array(let points) = element, points.count >= 3 else {
                throw place.commandError(
                    .invalidParameter, "a ring is a list of at least three points [x, y]")
            }
            pointCount += points.count
            guard pointCount <= limits.listCount else {
                throw place.commandError(.limitExceeded, "more than \(limits.listCount) points")
            }
            var ring: [RegionPoint] = []
            ring.reserveCapacity(points.count)
            for (index, point) in points.enumerated() {
                guard case .array(let pair) = point, pair.count == 2, let x = pair[0].floatValue,
                    let y = pair[1].floatValue
                else {
                    throw place.index(index).commandError(
                        .invalidParameter,
                        "a point is a pair of numbers [x, y], this is \(point.kindWithArticle)")
                }
                ring.append(RegionPoint(x: x, y: y))
            }
            rings.append(ring)
        }
        return RegionPolygons(rings)
    }
}
