import CPixels

/// How frames are made small for comparing, and where they are watched.
struct MotionGeometry {
    /// Of samples as they are stored.
    let size: PixelSize
    /// By how much they are to be turned to stand upright: 0, 90, 180 or 270.
    let rotation: Int
    private let coded: PixelSize
    /// See `fovea_motion_shrink`.
    private var scratch: [UInt32] = []

    /// - Parameters:
    ///   - coded: of frames as they are stored.
    ///   - pixels: how many a sample has at most, about.
    init(coded: PixelSize, rotation: Int, pixels: Int) {
        let scale = max(1, (Double(coded.width) * Double(coded.height) / Double(pixels)).squareRoot())
        size = PixelSize(
            width: max(1, Int((Double(coded.width) / scale).rounded())),
            height: max(1, Int((Double(coded.height) / scale).rounded())))
        self.rotation = rotation
        self.coded = coded
    }

    var upright: PixelSize {
        rotation % 180 == 0 ? size : PixelSize(width: size.height, height: size.width)
    }

    /// A frame's luma as a sample; see `fovea_motion_shrink`.
    mutating func shrunk(
        _ rows: UnsafeRawPointer, stride: Int, sampleWidth: Int, bits: Int, of frame: PixelSize
    ) -> [UInt8] {
        let wanted = frame.width + size.width + 1
        if scratch.count < wanted { scratch = [UInt32](repeating: 0, count: wanted) }
        return [UInt8](unsafeUninitializedCapacity: size.width * size.height) { buffer, count in
            scratch.withUnsafeMutableBufferPointer { scratch in
                fovea_motion_shrink(
                    rows.assumingMemoryBound(to: UInt8.self), stride, CInt(sampleWidth),
                    CInt(max(0, bits - 8)),
                    CInt(frame.width), CInt(frame.height), scratch.baseAddress, buffer.baseAddress,
                    CInt(size.width),
                    CInt(size.height))
            }
            count = buffer.count
        }
    }

    /// A byte for each pixel of a sample, 0 where its centre lies in one of `regions`.
    func watched(ignoring regions: [MotionOptions.Region]) -> [UInt8] {
        var watched = [UInt8](repeating: 1, count: size.width * size.height)
        guard !regions.isEmpty else { return watched }
        for row in 0..<size.height {
            for column in 0..<size.width {
                let x = (Double(column) + 0.5) * Double(coded.width) / Double(size.width)
                let y = (Double(row) + 0.5) * Double(coded.height) / Double(size.height)
                let place: (x: Double, y: Double)
                switch rotation {
                case 90: place = (Double(coded.height) - y, x)
                case 180: place = (Double(coded.width) - x, Double(coded.height) - y)
                case 270: place = (y, Double(coded.width) - x)
                default: place = (x, y)
                }
                if regions.contains(where: { $0.contains(place.x, place.y) }) {
                    watched[row * size.width + column] = 0
                }
            }
        }
        return watched
    }
}

extension MotionOptions.Region {
    /// By the even-odd rule.
    fileprivate func contains(_ x: Double, _ y: Double) -> Bool {
        guard var before = corners.last else { return false }
        var isInside = false
        for corner in corners {
            if (corner.y > y) != (before.y > y),
                x < corner.x + (y - corner.y) / (before.y - corner.y) * (before.x - corner.x)
            {
                isInside.toggle()
            }
            before = corner
        }
        return isInside
    }
}
