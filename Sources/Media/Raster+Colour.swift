import CPixels

extension Raster {
    /// One channel of luma: `(19595 R + 38470 G + 7471 B + 32768) >> 16`, as Pillow's `convert("L")`. Alpha
    /// is dropped.
    public func grayscale() throws(MediaError) -> Raster {
        guard channels > 1 else { return self }
        return try Raster.made(size, channels: 1, by: "grayscale") { target in
            fovea_gray(pixels, width * height, CInt(channels), target)
            return 0
        }
    }

    /// Samples that are not above `value` become 0, the others stay, as OpenCV's THRESH_TOZERO does it. Alpha
    /// stays.
    public func thresholded(above value: UInt8) throws(MediaError) -> Raster {
        try Raster.made(size, channels: channels, by: "threshold") { target in
            fovea_threshold(pixels, width * height, CInt(channels), CInt(value), target)
            return 0
        }
    }
}
