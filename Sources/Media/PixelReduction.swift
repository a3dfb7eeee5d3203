import CPixels

/// What hashes and statistics need of an image, taken in one pass over its pixels.
struct PixelReduction {
    /// What is wanted; the rest is left at 0.
    struct Parts: OptionSet {
        let rawValue: Int

        static let pHash = Parts(rawValue: 1)
        static let dHash = Parts(rawValue: 2)
        static let aHash = Parts(rawValue: 4)
        static let histograms = Parts(rawValue: 8)
    }

    /// Luma resampled by Lanczos: 32 × 32, 9 × 8 and 8 × 8 (width × height).
    let luma32, luma9x8, luma8: [UInt8]
    /// 256 counts for each channel.
    let histograms: [[UInt32]]

    init(of raster: Raster, _ parts: Parts) throws(MediaError) {
        let large = 32 * 32, oblong = 9 * 8, small = 8 * 8, values = 256
        var luma = [UInt8](repeating: 0, count: large + oblong + small)
        var counts = [UInt32](repeating: 0, count: raster.channels * values)
        let status = luma.withUnsafeMutableBufferPointer { luma in
            counts.withUnsafeMutableBufferPointer { counts in
                var targets = fovea_reductions()
                if parts.contains(.pHash) { targets.luma_32 = luma.baseAddress }
                if parts.contains(.dHash) { targets.luma_9x8 = luma.baseAddress.map { $0 + large } }
                if parts.contains(.aHash) { targets.luma_8 = luma.baseAddress.map { $0 + large + oblong } }
                if parts.contains(.histograms) { targets.histogram = counts.baseAddress }
                return fovea_reduce(
                    raster.pixels, CInt(raster.width), CInt(raster.height), CInt(raster.channels), &targets)
            }
        }
        guard status == 0 else {
            throw MediaError(
                .limitExceeded, "hash: there is not enough memory for an image of \(raster.size)")
        }
        luma32 = Array(luma[..<large])
        luma9x8 = Array(luma[large..<large + oblong])
        luma8 = Array(luma[(large + oblong)...])
        histograms = (0..<raster.channels).map { Array(counts[$0 * values..<($0 + 1) * values]) }
    }
}
