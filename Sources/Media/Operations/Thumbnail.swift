/// Makes an image small enough for a size, without distorting it.
public struct Thumbnail: ImageOperation, Hashable {
    /// What the result must fit into.
    public var size: PixelSize
    public var filter: ResizeFilter

    public init(_ size: PixelSize, filter: ResizeFilter = .bicubic) {
        self.size = size
        self.filter = filter
    }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        size = try arguments.value("size", \.fullSizeValue)
        filter = try arguments.choice("filter")
    }

    public var arguments: OperationArguments {
        OperationArguments(
            of: Self.reference.name,
            ["size": .size(width: size.width, height: size.height), "filter": .word(filter.rawValue)])
    }

    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize {
        let fits = size.width <= self.size.width && size.height <= self.size.height
        return fits ? size : size.fitted(into: self.size)
    }

    public func decodeSize(for size: PixelSize) throws(MediaError) -> PixelSize? { try outputSize(of: size) }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.resized(to: try outputSize(of: size), filter: filter, maxPixels: maxPixels)
    }

    public static let reference = OperationReference(
        name: "thumbnail",
        summary: "Makes an image small enough for a size, without distorting it.",
        formula: """
            An image that fits is left as it is; another one is resized as `letterbox` does it, without the \
            rest around it. As the first operation it decodes with `decode=scaled`, unless `decode=full` \
            stands before it.
            """,
        parameters: [
            .required("size", .size(1...65_535, isOpen: false), summary: "What the result must fit into."),
            OperationParameter(
                "filter", .choice(ResizeFilter.allCases.map(\.rawValue)), default: .word("bicubic"),
                summary: "How the image is resized; see `resize`."),
        ],
        positional: ["size"],
        examples: ["thumbnail=256", "thumbnail=320x240,filter=lanczos"])
}
