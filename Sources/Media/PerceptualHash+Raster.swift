import CPixels

extension PerceptualHash {
    /// Which of the 64 lowest frequencies of the luma are above their median, the constant one included; the
    /// luma is first reduced to 32 × 32.
    ///
    /// Frequencies are computed with the rounding errors of SciPy's transform, since in an image that is
    /// constant in one direction nothing else decides.
    public static func pHash(of raster: Raster) throws(MediaError) -> PerceptualHash {
        pHash(try PixelReduction(of: raster, .pHash))
    }

    /// Whether the luma grows from each pixel to its right neighbour, reduced to 9 × 8.
    public static func dHash(of raster: Raster) throws(MediaError) -> PerceptualHash {
        dHash(try PixelReduction(of: raster, .dHash))
    }

    /// Whether the luma is above its mean, reduced to 8 × 8.
    public static func aHash(of raster: Raster) throws(MediaError) -> PerceptualHash {
        let luma = try PixelReduction(of: raster, .aHash).luma8
        let sum = luma.reduce(0) { $0 + Int($1) }
        return PerceptualHash(luma.lazy.map { Int($0) * luma.count > sum })
    }

    static func pHash(_ reduction: PixelReduction) -> PerceptualHash {
        let frequencies = [Double](unsafeUninitializedCapacity: 64) { buffer, count in
            fovea_dct_corner(reduction.luma32, buffer.baseAddress)
            count = 64
        }
        let sorted = frequencies.sorted()
        let median = (sorted[31] + sorted[32]) / 2
        return PerceptualHash(frequencies.lazy.map { $0 > median })
    }

    static func dHash(_ reduction: PixelReduction) -> PerceptualHash {
        let luma = reduction.luma9x8
        return PerceptualHash(
            (0..<64).lazy.map { bit in
                let left = bit / 8 * 9 + bit % 8
                return luma[left + 1] > luma[left]
            })
    }
}
