/// Makes an image of another size.
public struct Resize: ImageOperation, Hashable {
    /// How large the result is.
    public enum Target: Sendable, Hashable {
        case size(PixelSize)
        /// The height follows in proportion.
        case width(Int)
        /// The width follows in proportion.
        case height(Int)
        case scale(Double)
    }

    public var target: Target
    public var filter: ResizeFilter
    /// The part of the image that is resized.
    public var box: PixelBox?

    public init(_ target: Target, filter: ResizeFilter = .bicubic, box: PixelBox? = nil) {
        self.target = target
        self.filter = filter
        self.box = box
    }

    public init(_ arguments: OperationArguments) throws(MediaError) {
        let scale = try arguments.optional("scale", \.numberValue)
        switch (try arguments.optional("size", \.sizeValue), scale) {
        case (let (width?, height?)?, nil): target = .size(PixelSize(width: width, height: height))
        case ((let width?, nil)?, nil): target = .width(width)
        case ((nil, let height?)?, nil): target = .height(height)
        case (nil, let scale?): target = .scale(scale)
        case (nil, nil): throw Self.reference.failure("size or scale must be given")
        default: throw Self.reference.failure("either size or scale must be given, not both")
        }
        filter = try arguments.choice("filter")
        box = try arguments.optional("box", \.boxValue)
        guard box == nil || filter != .linear && filter != .area else {
            throw Self.reference.failure("filter \(filter.rawValue) takes no box; crop before it")
        }
    }

    public var arguments: OperationArguments {
        var arguments = OperationArguments(
            of: Self.reference.name,
            ["filter": .word(filter.rawValue), "box": box.map(OperationValue.box)])
        switch target {
        case .size(let size): arguments["size"] = .size(width: size.width, height: size.height)
        case .width(let width): arguments["size"] = .size(width: width, height: nil)
        case .height(let height): arguments["size"] = .size(width: nil, height: height)
        case .scale(let scale): arguments["scale"] = .number(scale)
        }
        return arguments
    }

    public func outputSize(of size: PixelSize) throws(MediaError) -> PixelSize {
        // Proportions are those of what is resized.
        let across = box?.width ?? Double(size.width), down = box?.height ?? Double(size.height)
        switch target {
        case .size(let size): return size
        case .width(let width):
            return PixelSize(width: width, height: try side(Double(width) * down / across))
        case .height(let height):
            return PixelSize(width: try side(Double(height) * across / down), height: height)
        case .scale(let scale):
            return PixelSize(width: try side(across * scale), height: try side(down * scale))
        }
    }

    public func decodeSize(for size: PixelSize) throws(MediaError) -> PixelSize? {
        let output = try outputSize(of: size)
        guard let box, box.width > 0, box.height > 0 else { return output }
        return PixelSize(
            width: try side((Double(output.width) * Double(size.width) / box.width).rounded(.up)),
            height: try side((Double(output.height) * Double(size.height) / box.height).rounded(.up)))
    }

    public func apply(to raster: Raster, of size: PixelSize, maxPixels: Int) throws(MediaError) -> Raster {
        try raster.resized(
            to: try outputSize(of: size), filter: filter, box: box?.scaled(from: size, to: raster.size),
            maxPixels: maxPixels)
    }

    public static let reference = OperationReference(
        name: "resize",
        summary: "Makes an image of another size.",
        formula: """
            With `size=WIDTHx` or `size=xHEIGHT` the other side follows in proportion; with `scale=S` both \
            sides are multiplied by S. A side that is not given is rounded half up, and at least 1.

            `box`, `bilinear`, `hamming`, `bicubic` and `lanczos` are Pillow's (10.4), to the bit. Along a \
            side of `n` pixels (or of the box's extent), with `m` pixels in the result: `scale = n / m`, \
            `stretch = max(scale, 1)`, and for output `i` the centre is `c = offset + (i + ½) · scale`. \
            Inputs `j` from `⌊c − r · stretch + ½⌋` (at least 0) up to, not including, `⌊c + r · stretch + \
            ½⌋` (at most the image's side) weigh `f((j − c + ½) / stretch)`, divided by the sum of all and \
            rounded, half away from zero, to multiples of 2⁻²². The result is the weighted sum, rounded half \
            up to an integer and clamped to 0…255. This is done across, then down, with 8-bit rounding \
            between; a direction that changes nothing is left out. The filters, with their radius r:

            - `box`: r = ½, f = 1
            - `bilinear`: r = 1, f(x) = 1 − |x|
            - `hamming`: r = 1, f(x) = (0.54 + 0.46 cos πx) · sinc x, sinc x = sin(πx) / πx, \
            0.54 and 0.46 of single precision
            - `bicubic`: r = 2, f(x) = 1.5|x|³ − 2.5x² + 1 up to 1, −0.5|x|³ + 2.5x² − 4|x| + 2 up to 2
            - `lanczos`: r = 3, f(x) = sinc x · sinc(x / 3)

            `nearest` is Pillow's too: output `i` is input `⌊a_i⌋`, where `a_0 = offset + scale / 2` and \
            `a_{i+1} = a_i + scale` in double precision.

            With an alpha channel (`nearest` excepted) colours are multiplied by alpha before, `(c · a + \
            128) · 257 >> 16`, and divided by it after, `min(255, ⌊255 c / a⌋)`.

            `linear` and `area` are OpenCV's INTER_LINEAR and INTER_AREA of 8-bit images, to the bit as \
            opencv-python-headless 5.0 computes them; alpha is resized like a colour. With `s = n / m` along \
            a side:

            - `linear`, which is not smoothed whatever the reduction: output `i` lies at `p = (i + ½) · s − \
            ½` (single precision), between inputs `l = ⌊p⌋` and `l + 1`, with the weights `2048 · (l + 1 − \
            p)` and `2048 · (p − l)` rounded half to even, clamped to the image. Across, `R = w₀ · a + w₁ · \
            b`; down, `(((v₀ · (R₀ >> 4)) >> 16) + ((v₁ · (R₁ >> 4)) >> 16) + 2) >> 2`. Where both sides are \
            halved it is `area`.
            - `area`, where no side grows: by whole factors the sum of the pixels under an output times `1 / \
            count` in single precision, rounded half to even, or `(sum + 2) >> 2` of 2 × 2. Otherwise each \
            pixel weighs the share of the output that it covers (shares under 1/1000 of a pixel are left \
            out), in single precision, added up across and then down, rounded half to even.
            - `area`, where a side grows: as `linear`, with `l = ⌊i · s⌋` and the fraction of `max(0, i + 1 \
            − (l + 1) / s)` for `p − l`.
            """,
        parameters: [
            OperationParameter("size", .size(1...65_535, isOpen: true), summary: "Size of the result."),
            OperationParameter(
                "scale", .number(0.0001...1000), summary: "Factor for both sides, instead of `size`."),
            OperationParameter(
                "filter", .choice(ResizeFilter.allCases.map(\.rawValue)), default: .word("bicubic"),
                summary: "How a pixel is made from its neighbours."),
            OperationParameter("box", .box, summary: "Part of the image to resize; all of it if not given."),
        ],
        positional: ["size"],
        examples: [
            "resize=224x224", "resize=224x224,filter=lanczos", "resize=640x", "resize=scale=0.5,filter=area",
        ])

    // MARK: - Private

    private func side(_ length: Double) throws(MediaError) -> Int {
        guard length.isFinite, length < Double(Raster.longestSide) else {
            throw MediaError(
                .limitExceeded, "resize: a side of the result may have \(Raster.longestSide) pixels")
        }
        return max(1, Int((length + 0.5).rounded(.down)))
    }
}
