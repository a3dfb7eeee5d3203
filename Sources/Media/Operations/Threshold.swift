/// Blackens the samples that are not above a value.
public struct Threshold: ImageOperation, Hashable {
    public var value: UInt8

    public init(above value: UInt8) { self.value = value }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        value = try arguments.value("value") { $0.integerValue.flatMap(UInt8.init(exactly:)) }
    }

    public var arguments: OperationArguments {
        OperationArguments(of: Self.reference.name, ["value": .integer(Int(value))])
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.thresholded(above: value)
    }

    public static let reference = OperationReference(
        name: "threshold",
        summary: "Blackens the samples that are not above a value.",
        formula: """
            Each sample v of each colour channel becomes v if v > value, otherwise 0: OpenCV's \
            THRESH_TOZERO, as VDMS applies it. Alpha stays.
            """,
        parameters: [.required("value", .integer(0...255), summary: "The largest sample that becomes 0.")],
        positional: ["value"],
        examples: ["threshold=128"])
}
