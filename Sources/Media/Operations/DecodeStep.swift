/// How a pipeline reads the image file.
public struct DecodeStep: Sendable, Hashable {
    /// Whether a JPEG may be decoded at 1/2, 1/4 or 1/8 of its size, where the first operation makes it
    /// smaller.
    public var isScaled: Bool
    /// The channels that the operations see.
    public var channels: PixelLayout

    public init(isScaled: Bool = false, channels: PixelLayout = .automatic) {
        self.isScaled = isScaled
        self.channels = channels
    }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        isScaled = try arguments.value("size", \.wordValue) == "scaled"
        channels = try arguments.choice("channels")
    }

    public var arguments: OperationArguments {
        OperationArguments(
            of: Self.reference.name,
            ["size": .word(isScaled ? "scaled" : "full"), "channels": .word(channels.rawValue)])
    }

    public static let reference = OperationReference(
        name: "decode",
        stage: .decode,
        summary: "How the image file is read. Stands first, or is left out.",
        formula: """
            `full` decodes every pixel, so that all that follows is exact. `scaled` lets the JPEG decoder \
            leave out frequencies: if the first operation is `resize`, `letterbox` or `thumbnail`, the file \
            is decoded at the smallest of 1/8, 1/4, 1/2 and 1 of its size (rounded up) that still is at \
            least as large on both sides as what is needed. The sizes of results stay those of the full \
            image. Other formats are decoded in full.

            The image is turned upright as its EXIF orientation says. `automatic` gives one channel for gray \
            files, otherwise RGB; alpha is kept if the file has it and the output can (`encode=auto`, PNG, \
            WebP), otherwise dropped, as Pillow's `convert("RGB")` drops it. `gray` is the luma of \
            `grayscale`. Colour profiles are not applied; `encode` passes them on.
            """,
        parameters: [
            OperationParameter(
                "size", .choice(["full", "scaled"]), default: .word("full"),
                summary: "Whether all pixels are decoded."),
            OperationParameter(
                "channels", .choice(PixelLayout.allCases.map(\.rawValue)), default: .word("automatic"),
                summary: "The channels that the operations see."),
        ],
        positional: ["size"],
        examples: ["decode=scaled", "decode=full,channels=rgb"])
}
