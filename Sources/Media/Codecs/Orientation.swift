/// Turns stored pixels upright as EXIF's orientation tag says (TIFF 6.0, section 8; CIPA DC-008 4.6.5).
enum Orientation {
    /// `raster` as it is to be seen; 1 and numbers out of `1...8` leave it as it is.
    static func upright(_ raster: Raster, orientation: Int) -> Raster {
        guard (2...8).contains(orientation) else { return raster }
        return switch raster.channels {
        case 1: turned(raster, orientation, as: UInt8.self)
        case 3: turned(raster, orientation, as: RGB.self)
        default: turned(raster, orientation, as: UInt32.self)
        }
    }

    // MARK: - Private

    private struct RGB {
        var red, green, blue: UInt8
    }

    /// Where the stored column and row of an upright pixel lie: `x` and `y` of the first upright pixel, and
    /// what one step right and one step down add.
    private static func turned<Pixel: BitwiseCopyable>(
        _ raster: Raster, _ orientation: Int, as: Pixel.Type
    ) -> Raster {
        let (storedWidth, storedHeight) = (raster.width, raster.height)
        let isTurned = orientation >= 5
        let width = isTurned ? storedHeight : storedWidth
        let height = isTurned ? storedWidth : storedHeight
        let startsRight = [2, 3, 7, 8].contains(orientation)
        let startsBottom = [3, 4, 6, 7].contains(orientation)
        let start = (startsBottom ? storedHeight - 1 : 0) * storedWidth + (startsRight ? storedWidth - 1 : 0)
        let acrossStored = startsRight ? -1 : 1
        let downStored = startsBottom ? -storedWidth : storedWidth
        let right = isTurned ? downStored : acrossStored
        let down = isTurned ? acrossStored : downStored

        let pixels = [UInt8](unsafeUninitializedCapacity: raster.pixels.count) { output, initialized in
            raster.pixels.withUnsafeBytes { input in
                let input = input.assumingMemoryBound(to: Pixel.self)
                let output = UnsafeMutableRawBufferPointer(output).assumingMemoryBound(to: Pixel.self)
                // Square blocks: a quarter turn reads columns, and whole columns would leave the cache.
                let block = 32
                for top in Swift.stride(from: 0, to: height, by: block) {
                    for left in Swift.stride(from: 0, to: width, by: block) {
                        for y in top..<min(top + block, height) {
                            var source = start + y * down + left * right
                            for x in left..<min(left + block, width) {
                                output[y * width + x] = input[source]
                                source += right
                            }
                        }
                    }
                }
            }
            initialized = raster.pixels.count
        }
        return Raster(width: width, height: height, channels: raster.channels, pixels: pixels)
    }
}
