/// Makes an image of one channel, its luma.
public struct Grayscale: ImageOperation, Hashable {
    public init() {}

    public init(_ arguments: OperationArguments) throws(MediaError) {}

    public var arguments: OperationArguments { OperationArguments(of: Self.reference.name) }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.grayscale()
    }

    public static let reference = OperationReference(
        name: "grayscale",
        aliases: ["gray"],
        summary: "Makes an image of one channel, its luma.",
        formula: """
            L = (19595 R + 38470 G + 7471 B + 32768) >> 16, as Pillow's `convert("L")`: the luma of ITU-R \
            BT.601 in fixed point. Alpha is dropped; an image of one channel is left as it is.
            """,
        parameters: [],
        examples: ["grayscale"])
}
