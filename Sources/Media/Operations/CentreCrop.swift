/// Cuts the middle out of an image.
public struct CentreCrop: ImageOperation, Hashable {
    /// The size of the middle; `nil` for the largest square.
    public var size: PixelSize?

    public init(_ size: PixelSize? = nil) { self.size = size }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        size = try arguments.optional("size", \.fullSizeValue)
    }

    public var arguments: OperationArguments {
        OperationArguments(
            of: Self.reference.name, ["size": size.map { .size(width: $0.width, height: $0.height) }])
    }

    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize {
        let side = min(size.width, size.height)
        let part = self.size ?? PixelSize(width: side, height: side)
        guard part.width <= size.width, part.height <= size.height else {
            throw Self.reference.failure("\(part) must lie within the image of \(size)")
        }
        return part
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        let part = try outputSize(of: raster.size)
        return try raster.cropped(
            x: (raster.width - part.width) / 2, y: (raster.height - part.height) / 2, width: part.width,
            height: part.height)
    }

    public static let reference = OperationReference(
        name: "centre_crop",
        aliases: ["center_crop"],
        summary: "Cuts the middle out of an image.",
        formula: """
            Of an image of W × H, the part of w × h whose top-left corner is at (⌊(W − w) / 2⌋, ⌊(H − h) / \
            2⌋). Without a size, w = h = min(W, H). The part must fit.
            """,
        parameters: [
            OperationParameter(
                "size", .size(1...1_048_576, isOpen: false),
                summary: "Size of the part; the largest square if not given.")
        ],
        positional: ["size"],
        examples: ["centre_crop", "centre_crop=224x224"])
}
