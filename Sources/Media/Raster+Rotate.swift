import CPixels
import Glibc

/// How ``Raster/rotated(degrees:filter:expand:fill:maxPixels:)`` makes a pixel from its neighbours.
public enum RotateFilter: String, Sendable, Hashable, CaseIterable {
    case nearest, bilinear, bicubic
}

extension Raster {
    /// This image turned counter-clockwise about its centre.
    ///
    /// Equal to the bit to Pillow 10.4's `Image.rotate`. Half turns are exact, and so are quarter turns if
    /// the result grows with them or the image is square. Where nothing comes from the image the result is
    /// `fill` (Pillow takes a fill of part transparency as already multiplied by alpha, this does not).
    ///
    /// - Parameter expand: Whether the result has room for the whole turned image, otherwise it keeps the
    ///   size.
    /// - Throws: ``MediaError/Code/invalidOperation`` if `degrees` is not finite;
    ///   ``MediaError/Code/limitExceeded`` above `maxPixels`.
    public func rotated(
        degrees: Double, filter: RotateFilter = .bilinear, expand: Bool = false, fill: FillColour = .clear,
        maxPixels: Int = 1 << 28
    ) throws(MediaError) -> Raster {
        guard degrees.isFinite else {
            throw MediaError(.invalidOperation, "rotate: the angle must be finite, not \(degrees)")
        }
        let turn = Rotation(degrees: degrees, size: size, expand: expand)
        try Raster.checkResult(turn.result, maxPixels: maxPixels, of: "rotate")
        switch turn.quarters {
        case 0: return self
        case 1: return try turned(clockwise: false)
        case 2: return try flipped(across: true, down: true)
        case 3: return try turned(clockwise: true)
        default: break
        }
        let kernel =
            switch filter {
            case .nearest: FOVEA_WARP_NEAREST
            case .bilinear: FOVEA_WARP_BILINEAR
            case .bicubic: FOVEA_WARP_BICUBIC
            }
        return try Raster.made(turn.result, channels: channels, by: "rotate") { target in
            fovea_warp(
                pixels, CInt(width), CInt(height), CInt(channels), turn.matrix, kernel,
                fill.pixel(channels: channels), target, CInt(turn.result.width), CInt(turn.result.height))
        }
    }
}

/// Where each pixel of a turned image comes from, with the arithmetic of Pillow's `Image.rotate`.
struct Rotation {
    /// Counter-clockwise quarter turns, if the turn is exactly that and needs no interpolation.
    let quarters: Int?
    /// The size of the turned image.
    let result: PixelSize
    /// The source of (x, y) is (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]).
    let matrix: [Double]

    init(degrees: Double, size: PixelSize, expand: Bool) {
        let angle = Rotation.normalized(degrees)
        let isQuarter = angle == 90 || angle == 270
        if angle == 0 || angle == 180 || isQuarter && (expand || size.width == size.height) {
            quarters = Int(angle / 90)
            result = isQuarter ? PixelSize(width: size.height, height: size.width) : size
            matrix = []
            return
        }
        quarters = nil
        let width = Double(size.width), height = Double(size.height)
        let radians = -(angle * (Double.pi / 180))
        let cosine = Rotation.rounded(cos(radians)), sine = Rotation.rounded(sin(radians))
        var matrix = [cosine, sine, 0, Rotation.rounded(-sin(radians)), cosine, 0]
        func source(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            (matrix[0] * x + matrix[1] * y + matrix[2], matrix[3] * x + matrix[4] * y + matrix[5])
        }
        let centre = (x: width / 2, y: height / 2)
        let origin = source(-centre.x, -centre.y)
        matrix[2] = origin.x + centre.x
        matrix[5] = origin.y + centre.y
        if expand {
            let corners = [source(0, 0), source(width, 0), source(width, height), source(0, height)]
            let across = corners.map(\.x), down = corners.map(\.y)
            let newWidth = (across.max() ?? 0).rounded(.up) - (across.min() ?? 0).rounded(.down)
            let newHeight = (down.max() ?? 0).rounded(.up) - (down.min() ?? 0).rounded(.down)
            let shifted = source(-(newWidth - width) / 2, -(newHeight - height) / 2)
            matrix[2] = shifted.x
            matrix[5] = shifted.y
            result = PixelSize(width: Int(newWidth), height: Int(newHeight))
        } else {
            result = size
        }
        self.matrix = matrix
    }

    /// The angle within `0..<360` as Python's `%` gives it; `360` for one a hair below 0.
    static func normalized(_ degrees: Double) -> Double {
        let rest = fmod(degrees, 360)
        return rest < 0 ? rest + 360 : abs(rest)
    }

    /// `value`, which lies in `-1...1`, correctly rounded to 15 decimal places, as Python's `round` does it.
    static func rounded(_ value: Double) -> Double {
        let product = value * 1e15
        let lost = fma(value, 1e15, -product)
        var nearest = product.rounded(.toNearestOrEven)
        // `nearest` is the integer closest to the rounded product; the exact product may be closer to
        // another.
        let distance = (product - nearest) + lost
        if distance > 0.5 { nearest += 1 } else if distance < -0.5 { nearest -= 1 }
        return nearest / 1e15
    }
}
