import CPixels

extension Raster {
    /// The part of this image with its top-left corner at (`x`, `y`).
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` unless the part has at least one pixel and lies within
    ///   the image.
    public func cropped(x: Int, y: Int, width: Int, height: Int) throws(MediaError) -> Raster {
        guard width >= 1, height >= 1, x >= 0, y >= 0, width <= self.width, height <= self.height,
            x <= self.width - width, y <= self.height - height
        else {
            throw MediaError(
                .invalidOperation,
                "crop: x=\(x), y=\(y), width=\(width), height=\(height) must lie within the image of \(size)")
        }
        return try Raster.made(PixelSize(width: width, height: height), channels: channels, by: "crop") {
            target in
            fovea_crop(
                pixels, CInt(self.width), CInt(channels), CInt(x), CInt(y), CInt(width), CInt(height), target)
            return 0
        }
    }

    /// This image in a larger one of `fill`: in the middle, of an odd rest the smaller half left and above,
    /// or in the top left corner.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` if `size` is smaller than this image on a side;
    ///   ``MediaError/Code/limitExceeded`` above `maxPixels`.
    public func padded(
        to size: PixelSize, fill: FillColour, isCentred: Bool = true, maxPixels: Int = 1 << 28
    ) throws(MediaError) -> Raster {
        try Raster.checkResult(size, maxPixels: maxPixels, of: "pad")
        guard size.width >= width, size.height >= height else {
            throw MediaError(.invalidOperation, "pad: an image of \(self.size) does not fit into \(size)")
        }
        let left = isCentred ? (size.width - width) / 2 : 0, top = isCentred ? (size.height - height) / 2 : 0
        return try Raster.made(size, channels: channels, by: "pad") { target in
            fovea_lay(
                pixels, CInt(width), CInt(height), CInt(channels), fill.pixel(channels: channels), CInt(left),
                CInt(top), target, CInt(size.width), CInt(size.height))
            return 0
        }
    }

    /// Mirrored left and right if `across`, top and bottom if `down`.
    public func flipped(across: Bool, down: Bool) throws(MediaError) -> Raster {
        guard across || down else { return self }
        return try Raster.made(size, channels: channels, by: "flip") { target in
            fovea_flip(
                pixels, CInt(width), CInt(height), CInt(channels), across ? 1 : 0, down ? 1 : 0, target)
            return 0
        }
    }

    /// Turned by a quarter.
    func turned(clockwise: Bool) throws(MediaError) -> Raster {
        try Raster.made(PixelSize(width: height, height: width), channels: channels, by: "rotate") { target in
            fovea_turn(pixels, CInt(width), CInt(height), CInt(channels), clockwise ? 1 : 0, target)
            return 0
        }
    }
}
