/// Turns an image about its centre.
public struct Rotate: ImageOperation, Hashable {
    /// Counter-clockwise.
    public var degrees: Double
    /// Whether the result has room for the whole turned image, otherwise it keeps the size.
    public var expand: Bool
    public var filter: RotateFilter
    /// What stands where nothing comes from the image.
    public var fill: FillColour

    public init(
        degrees: Double, expand: Bool = false, filter: RotateFilter = .bilinear, fill: FillColour = .clear
    ) {
        self.degrees = degrees
        self.expand = expand
        self.filter = filter
        self.fill = fill
    }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        degrees = try arguments.value("angle", \.numberValue)
        expand = try arguments.value("expand", \.booleanValue)
        filter = try arguments.choice("filter")
        fill = try arguments.value("fill", \.colourValue)
    }

    public var arguments: OperationArguments {
        OperationArguments(
            of: Self.reference.name,
            [
                "angle": .number(Rotation.normalized(degrees)), "expand": .boolean(expand),
                "filter": .word(filter.rawValue), "fill": .colour(fill),
            ])
    }

    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize {
        guard degrees.isFinite else {
            throw Self.reference.failure("the angle must be finite, not \(degrees)")
        }
        return Rotation(degrees: degrees, size: size, expand: expand).result
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.rotated(degrees: degrees, filter: filter, expand: expand, fill: fill, maxPixels: maxPixels)
    }

    public static let reference = OperationReference(
        name: "rotate",
        summary: "Turns an image counter-clockwise about its centre.",
        formula: """
            As Pillow's (10.4) `Image.rotate`, to the bit. With θ = −angle, cosine and sine rounded to 15 \
            decimals, and the centre (W / 2, H / 2), the result's pixel (i, j) is the image at (x, y) = \
            centre + ((cos θ, sin θ), (−sin θ, cos θ)) · ((i + ½, j + ½) − centre of the result). Where that \
            lies outside the image the result is `fill`.

            - `nearest`: the pixel at (⌊x⌋, ⌊y⌋), the coordinates in 16.16 fixed point while they are below \
            32768
            - `bilinear`: from the four pixels around (x − ½, y − ½) in double precision, truncated
            - `bicubic`: from sixteen, by the cubic with a = −1, truncated and clamped

            With `expand` the result has ⌈max⌉ − ⌊min⌋ pixels of the turned corners along each side. Angles \
            of 0 and 180, and of 90 and 270 with `expand` or of square images, only move pixels. With an \
            alpha channel colours are interpolated multiplied by it, as in `resize`.
            """,
        parameters: [
            .required("angle", .number(-360...360), summary: "Degrees, counter-clockwise."),
            OperationParameter(
                "expand", .boolean, default: .boolean(false),
                summary: "Whether the result grows to hold all of the image."),
            OperationParameter(
                "filter", .choice(RotateFilter.allCases.map(\.rawValue)), default: .word("bilinear"),
                summary: "How a pixel is made from its neighbours."),
            OperationParameter(
                "fill", .colour, default: .colour(.clear),
                summary: "What stands where nothing comes from the image."),
        ],
        positional: ["angle"],
        examples: ["rotate=90,expand", "rotate=-7.5,filter=bicubic,fill=ffffff"])
}
