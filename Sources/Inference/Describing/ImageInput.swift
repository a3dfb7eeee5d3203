import Base
public import Media

/// How an image becomes the numbers that a model takes.
public struct ImageInput: Sendable, Hashable {
    /// The order of an image's three channels.
    public enum Colour: String, Sendable, Hashable, CaseIterable {
        case rgb, bgr
        /// One channel of luma.
        case gray
    }

    /// How an image gets the model's size.
    public enum Resize: Sendable, Hashable {
        /// To exactly that size, whatever the shape.
        case squash
        /// To `size`, whatever the shape; then the middle of it is taken.
        case crop(size: PixelSize)
        /// So that the shorter side is `side`; then the middle is taken.
        case shortest(side: Int)
        /// As large as fits, its shape kept: `scale = min(width ÷ image's width, height ÷ image's height)`,
        /// sides rounded down; the rest is `pad`. The image lies in the top left corner, or in the middle, of
        /// an odd rest the smaller half left and above.
        case letterbox(isCentred: Bool, pad: FillColour)
    }

    public var size: PixelSize
    public var colour: Colour
    public var resize: Resize
    public var filter: ResizeFilter
    /// Type, layout, and what a sample becomes; means and deviations in the order of `colour`.
    public var format: TensorFormat

    var channels: Int { colour == .gray ? 1 : 3 }
    /// The shape of one image.
    var shape: [Int] { format.shape(of: size, channels: channels) }
}

extension ImageInput {
    /// The longest side of a model's input.
    static let longestSide = 4_096

    init(_ reader: DescriptionReader) throws(InferenceError) {
        let object = try reader.object(
            "width", "height", "layout", "element", "colour", "resize", "scale", "mean", "std")
        let sides = 1...ImageInput.longestSide
        size = PixelSize(
            width: try object.required("width").integer(in: sides),
            height: try object.required("height").integer(in: sides))
        colour = try object.required("colour").choice(Colour.self)
        let element = try object.optional("element")?.choice(TensorFormat.Element.self) ?? .float32
        let layout = try object.required("layout").choice(TensorFormat.Layout.self)
        let channels = colour == .gray ? 1 : 3
        func values(_ key: String, _ range: ClosedRange<Double>) throws(InferenceError) -> [Double]? {
            guard let member = object.optional(key) else { return nil }
            if member.value.arrayValue == nil { return [try member.number(in: range)] }
            let values = try member.elements(1...3).map { reader throws(InferenceError) in
                try reader.number(in: range)
            }
            guard values.count == channels || values.count == 1 else {
                throw member.failure("must have one value, or one for each of \(channels) channels")
            }
            return values
        }
        let scale = try object.optional("scale")?.number(in: -1e6...1e6)
        let mean = try values("mean", -1e6...1e6), std = try values("std", 1e-6...1e6)
        if element == .uint8, scale != nil || mean != nil || std != nil {
            throw reader.failure("has scale, mean or std, which is not for numbers of 8 bits")
        }
        format = TensorFormat(
            element: element, layout: layout, scale: scale ?? 1, mean: mean ?? [0], std: std ?? [1])
        (resize, filter) = try Resize.parsed(object.required("resize"), within: size)
    }
}

extension ImageInput.Resize {
    private enum Kind: String, CaseIterable {
        case squash, crop, shortest, letterbox
    }

    private enum Position: String, CaseIterable {
        case corner, centre
    }

    static func parsed(
        _ reader: DescriptionReader, within size: PixelSize
    ) throws(InferenceError) -> (ImageInput.Resize, ResizeFilter) {
        let all = try reader.object("kind", "filter", "width", "height", "side", "position", "pad")
        let kind = try all.required("kind").choice(Kind.self)
        let filter = try all.required("filter").choice(ResizeFilter.self)
        switch kind {
        case .squash:
            _ = try reader.object("kind", "filter")
            return (.squash, filter)
        case .crop:
            let object = try reader.object("kind", "filter", "width", "height")
            let width = try object.required("width").integer(in: size.width...ImageInput.longestSide)
            let height = try object.required("height").integer(in: size.height...ImageInput.longestSide)
            return (.crop(size: PixelSize(width: width, height: height)), filter)
        case .shortest:
            let object = try reader.object("kind", "filter", "side")
            let least = max(size.width, size.height)
            return (
                .shortest(side: try object.required("side").integer(in: least...ImageInput.longestSide)),
                filter
            )
        case .letterbox:
            let object = try reader.object("kind", "filter", "position", "pad")
            let position = try object.required("position").choice(Position.self)
            let pad = try object.required("pad")
            let samples =
                pad.value.arrayValue == nil
                ? Array(repeating: try pad.integer(in: 0...255), count: 3)
                : try pad.elements(3...3).map { reader throws(InferenceError) in
                    try reader.integer(in: 0...255)
                }
            let colour = FillColour(
                red: UInt8(samples[0]), green: UInt8(samples[1]), blue: UInt8(samples[2]))
            return (.letterbox(isCentred: position == .centre, pad: colour), filter)
        }
    }
}
