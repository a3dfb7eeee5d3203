/// Fits an image into a size without distorting it, and fills the rest.
public struct Letterbox: ImageOperation, Hashable {
    public var size: PixelSize
    public var filter: ResizeFilter
    public var fill: FillColour

    public init(
        _ size: PixelSize, filter: ResizeFilter = .bilinear, fill: FillColour = Letterbox.gray
    ) {
        self.size = size
        self.filter = filter
        self.fill = fill
    }

    /// The gray, 114, with which YOLO's models were trained.
    public static let gray = FillColour(red: 114, green: 114, blue: 114)

    public init(_ arguments: OperationArguments) throws(MediaError) {
        size = try arguments.value("size", \.fullSizeValue)
        filter = try arguments.choice("filter")
        fill = try arguments.value("fill", \.colourValue)
    }

    public var arguments: OperationArguments {
        OperationArguments(
            of: Self.reference.name,
            [
                "size": .size(width: size.width, height: size.height), "filter": .word(filter.rawValue),
                "fill": .colour(fill),
            ])
    }

    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize { self.size }

    public func decodeSize(for size: PixelSize) throws(MediaError) -> PixelSize? {
        size.fitted(into: self.size)
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try Raster.checkResult(self.size, maxPixels: maxPixels, of: Self.reference.name)
        let inner = try raster.resized(to: size.fitted(into: self.size), filter: filter, maxPixels: maxPixels)
        return try inner.padded(to: self.size, fill: fill, maxPixels: maxPixels)
    }

    public static let reference = OperationReference(
        name: "letterbox",
        summary: "Fits an image into a size without distorting it, and fills the rest.",
        formula: """
            Of an image of W × H and a size of w × h: if w · H ≤ h · W the image is resized to w × h′ with \
            h′ = max(1, ⌊H · w / W + ½⌋), otherwise to w′ × h with w′ = max(1, ⌊W · h / H + ½⌋). It is laid \
            onto `fill` with its top-left corner at (⌊(w − w′) / 2⌋, ⌊(h − h′) / 2⌋). Small images grow. For \
            the filters see `resize`; gray images take the luma of `fill`.
            """,
        parameters: [
            .required("size", .size(1...65_535, isOpen: false), summary: "Size of the result."),
            OperationParameter(
                "filter", .choice(ResizeFilter.allCases.map(\.rawValue)), default: .word("bilinear"),
                summary: "How the image is resized."),
            OperationParameter("fill", .colour, default: .colour(gray), summary: "Colour of the rest."),
        ],
        positional: ["size"],
        examples: ["letterbox=640x640", "letterbox=640,filter=linear,fill=000000"])
}
