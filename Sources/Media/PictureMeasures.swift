/// What can be measured of a picture without knowing what it shows. `docs/labelling.md` has the formulas.
public struct PictureMeasures: Sendable {
    private let picture: Raster
    let gray: Raster

    /// The longest side at which sharpness is measured: how sharp a picture looks does not depend on its
    /// size.
    static let sharpnessSide = 512
    /// The longest side at which colours are counted.
    static let colourSide = 128

    /// - Parameter picture: upright.
    /// - Throws: ``MediaError/Code/limitExceeded`` where there is no memory for a gray copy.
    public init(_ picture: Raster) throws(MediaError) {
        self.picture = picture
        gray = try picture.grayscale()
    }

    /// The mean and the standard deviation (of the population) of luma, in `0...1` and `0...0.5`.
    public var luma: (mean: Double, deviation: Double) {
        var histogram = [Int](repeating: 0, count: 256)
        gray.pixels.withUnsafeBufferPointer { pixels in
            histogram.withUnsafeMutableBufferPointer { histogram in
                for pixel in pixels { histogram[Int(pixel)] += 1 }
            }
        }
        var (count, sum, squares) = (0, 0, 0)
        for (value, number) in histogram.enumerated() {
            count += number
            sum += number * value
            squares += number * value * value
        }
        let mean = Double(sum) / Double(count)
        let variance = max(0, Double(squares) / Double(count) - mean * mean)
        return (mean / 255, variance.squareRoot() / 255)
    }

    /// The variance of the Laplacian (4 neighbours, edges mirrored without their last pixel, as OpenCV's
    /// `Laplacian` with its standard border) of luma, at most 512 pixels a side (`area`).
    ///
    /// Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", 2000.
    public func sharpness() throws(MediaError) -> Double {
        let image = try PictureMeasures.shrunk(gray, to: PictureMeasures.sharpnessSide)
        let (width, height) = (image.width, image.height)
        var (sum, squares) = (0, 0)
        image.pixels.withUnsafeBufferPointer { pixels in
            func mirrored(_ place: Int, _ count: Int) -> Int {
                if count == 1 { return 0 }
                return place < 0 ? 1 : place >= count ? count - 2 : place
            }
            for y in 0..<height {
                let above = mirrored(y - 1, height) * width, below = mirrored(y + 1, height) * width
                let row = y * width
                for x in 0..<width {
                    let left = Int(pixels[row + mirrored(x - 1, width)])
                    let right = Int(pixels[row + mirrored(x + 1, width)])
                    let value =
                        left + right + Int(pixels[above + x]) + Int(pixels[below + x])
                        - 4 * Int(pixels[row + x])
                    sum += value
                    squares += value * value
                }
            }
        }
        let count = Double(width * height)
        let mean = Double(sum) / count
        return Double(squares) / count - mean * mean
    }

    /// The colours of ``BasicColour``, each with the part of the pixels that are nearer to it than to any
    /// other, the most frequent first, equal ones in their order; at most 128 pixels a side (`area`).
    public func colours() throws(MediaError) -> [(colour: BasicColour, part: Double)] {
        let image = try PictureMeasures.shrunk(picture, to: PictureMeasures.colourSide)
        let palette = BasicColour.allCases.map(\.rgb)
        var counts = [Int](repeating: 0, count: palette.count)
        let channels = image.channels
        image.pixels.withUnsafeBufferPointer { pixels in
            for start in stride(from: 0, to: pixels.count, by: channels) {
                let red = Int(pixels[start])
                let green = channels < 3 ? red : Int(pixels[start + 1])
                let blue = channels < 3 ? red : Int(pixels[start + 2])
                var (best, least) = (0, Int.max)
                for (index, colour) in palette.enumerated() {
                    let (r, g, b) = (red - colour.red, green - colour.green, blue - colour.blue)
                    let distance = r * r + g * g + b * b
                    if distance < least { (best, least) = (index, distance) }
                }
                counts[best] += 1
            }
        }
        let total = Double(image.width * image.height)
        return zip(BasicColour.allCases, counts).enumerated()
            .sorted { $0.element.1 != $1.element.1 ? $0.element.1 > $1.element.1 : $0.offset < $1.offset }
            .filter { $0.element.1 > 0 }
            .map { ($0.element.0, Double($0.element.1) / total) }
    }

    // MARK: - Private

    /// The longer side at most `side`, the other in proportion, rounded half up, at least 1.
    static func shrunk(_ image: Raster, to side: Int) throws(MediaError) -> Raster {
        let longest = max(image.width, image.height)
        guard longest > side else { return image }
        func scaled(_ length: Int) -> Int { max(1, (2 * length * side + longest) / (2 * longest)) }
        return try image.resized(
            to: PixelSize(width: scaled(image.width), height: scaled(image.height)), filter: .area)
    }
}

/// Colours that have a name of their own in most languages (Berlin and Kay, "Basic Color Terms", 1969), and
/// cyan.
public enum BasicColour: String, Sendable, CaseIterable {
    case black, white, gray, red, orange, yellow, green, cyan, blue, purple, pink, brown

    /// As in CSS, but for green and purple, whose CSS values are dark.
    public var rgb: (red: Int, green: Int, blue: Int) {
        switch self {
        case .black: (0, 0, 0)
        case .white: (255, 255, 255)
        case .gray: (128, 128, 128)
        case .red: (220, 20, 30)
        case .orange: (255, 140, 0)
        case .yellow: (255, 225, 25)
        case .green: (40, 150, 50)
        case .cyan: (0, 200, 220)
        case .blue: (20, 70, 210)
        case .purple: (130, 40, 170)
        case .pink: (255, 150, 190)
        case .brown: (120, 70, 30)
        }
    }
}
