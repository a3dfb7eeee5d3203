/// Mirrors an image.
public struct Flip: ImageOperation, Hashable {
    /// Which sides change places.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// Left becomes right.
        case horizontal
        /// Top becomes bottom.
        case vertical
        case both
    }

    public var direction: Direction

    public init(_ direction: Direction) { self.direction = direction }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        direction = try arguments.choice("direction")
    }

    public var arguments: OperationArguments {
        OperationArguments(of: Self.reference.name, ["direction": .word(direction.rawValue)])
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.flipped(across: direction != .vertical, down: direction != .horizontal)
    }

    public static let reference = OperationReference(
        name: "flip",
        summary: "Mirrors an image.",
        formula: """
            Of an image of W × H, the result at (i, j) is the image at (W − 1 − i, j) for `horizontal`, at \
            (i, H − 1 − j) for `vertical`, and at (W − 1 − i, H − 1 − j) for `both`.
            """,
        parameters: [
            .required(
                "direction", .choice(Direction.allCases.map(\.rawValue)), summary: "What is mirrored.")
        ],
        positional: ["direction"],
        examples: ["flip=horizontal"])
}
