/// Cuts a part out of an image.
public struct Crop: ImageOperation, Hashable {
    /// The top-left corner.
    public var x, y: Int
    public var width, height: Int

    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        x = try arguments.value("x", \.integerValue)
        y = try arguments.value("y", \.integerValue)
        width = try arguments.value("width", \.integerValue)
        height = try arguments.value("height", \.integerValue)
    }

    public var arguments: OperationArguments {
        OperationArguments(
            of: Self.reference.name,
            ["x": .integer(x), "y": .integer(y), "width": .integer(width), "height": .integer(height)])
    }

    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize {
        guard width >= 1, height >= 1, x >= 0, y >= 0, width <= size.width, height <= size.height,
            x <= size.width - width, y <= size.height - height
        else {
            throw Self.reference.failure(
                "x=\(x), y=\(y), width=\(width), height=\(height) must lie within the image of \(size)")
        }
        return PixelSize(width: width, height: height)
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.cropped(x: x, y: y, width: width, height: height)
    }

    public static let reference = OperationReference(
        name: "crop",
        summary: "Cuts a part out of an image.",
        formula: """
            The result at (i, j) is the image at (x + i, y + j). The part must lie within the image: nothing \
            is clipped or filled.
            """,
        parameters: [
            .required("x", .integer(0...1_048_575), summary: "Left edge in pixels."),
            .required("y", .integer(0...1_048_575), summary: "Top edge in pixels."),
            .required("width", .integer(1...1_048_576), summary: "Width in pixels."),
            .required("height", .integer(1...1_048_576), summary: "Height in pixels."),
        ],
        positional: ["x", "y", "width", "height"],
        examples: ["crop=10,20,300,200", "crop=x=10,y=20,width=300,height=200"])
}
