import CPixels

extension Raster {
    /// The longest side that an operation reads or makes: its tables grow with the sides, whatever the area.
    static let longestSide = 1 << 20

    /// This image, or a part of it, resampled to `size`.
    ///
    /// Equal to the bit to Pillow 10.4's `Image.resize` for the filters named after it (with four channels,
    /// colour is multiplied by alpha before, and divided by it after), and to OpenCV's `resize` for
    /// ``ResizeFilter/linear`` and ``ResizeFilter/area``, which take no `box`.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` for a side below 1, or a box that is empty, not finite,
    ///   or reaches outside the image; ``MediaError/Code/limitExceeded`` above `maxPixels`.
    public func resized(
        to size: PixelSize, filter: ResizeFilter = .bicubic, box: PixelBox? = nil, maxPixels: Int = 1 << 28
    ) throws(MediaError) -> Raster {
        try Raster.checkResult(size, maxPixels: maxPixels, of: "resize")
        guard max(width, height) <= Raster.longestSide else {
            throw MediaError(
                .limitExceeded,
                "resize: the image is \(self.size), a side may have \(Raster.longestSide) pixels")
        }
        var spec = fovea_resample_spec(
            channels: CInt(channels), in_width: CInt(width), in_height: CInt(height),
            out_width: CInt(size.width), out_height: CInt(size.height), filter: filter.kernel,
            box: try edges(of: box, filter: filter))
        let isWhole =
            spec.box.0 == 0 && spec.box.1 == 0 && spec.box.2 == Float(width) && spec.box.3 == Float(height)
        if isWhole && size == self.size { return self }
        return try Raster.made(size, channels: channels, by: "resize") { target in
            switch filter {
            case .nearest: fovea_resample_nearest(&spec, pixels, target)
            case .linear: fovea_resize_linear(&spec, pixels, target)
            case .area: fovea_resize_area(&spec, pixels, target)
            case .box, .bilinear, .hamming, .bicubic, .lanczos: fovea_resample(&spec, pixels, target)
            }
        }
    }

    /// Throws unless `size` is an image that may be made.
    static func checkResult(_ size: PixelSize, maxPixels: Int, of operation: String) throws(MediaError) {
        guard size.width >= 1, size.height >= 1 else {
            throw MediaError(
                .invalidOperation, "\(operation): the result would be \(size), a side has at least 1 pixel")
        }
        guard size.width <= longestSide, size.height <= longestSide else {
            throw MediaError(
                .limitExceeded,
                "\(operation): the result would be \(size), a side may have \(longestSide) pixels")
        }
        guard size.width * size.height <= maxPixels else {
            throw MediaError(
                .limitExceeded, "\(operation): the result would be \(size), limit is \(maxPixels) pixels")
        }
    }

    /// An image whose pixels `write` fills, returning 0 or an error number.
    static func made(
        _ size: PixelSize, channels: Int, by operation: String, write: (UnsafeMutablePointer<UInt8>?) -> CInt
    ) throws(MediaError) -> Raster {
        let count = size.width * size.height * channels
        var status: CInt = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            status = write(buffer.baseAddress)
            initialized = status == 0 ? count : 0
        }
        guard status == 0 else {
            throw MediaError(
                .limitExceeded, "\(operation): there is not enough memory for an image of \(size)")
        }
        return Raster(width: size.width, height: size.height, channels: channels, pixels: pixels)
    }

    // MARK: - Private

    /// Left, top, right and bottom in the single precision in which Pillow takes them.
    private func edges(
        of box: PixelBox?, filter: ResizeFilter
    ) throws(MediaError) -> (Float, Float, Float, Float) {
        guard let box else { return (0, 0, Float(width), Float(height)) }
        guard filter != .linear, filter != .area else {
            throw MediaError(
                .invalidOperation, "resize: filter \(filter.rawValue) takes no box; crop before it")
        }
        let edges = (Float(box.x), Float(box.y), Float(box.x + box.width), Float(box.y + box.height))
        let isInside =
            box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && edges.0 < edges.2
            && edges.1 < edges.3 && edges.2 <= Float(width) && edges.3 <= Float(height)
        guard isInside else {
            throw MediaError(
                .invalidOperation,
                "resize: box \(OperationValue.box(box).text) must lie within the image of \(size)")
        }
        return edges
    }
}

extension ResizeFilter {
    /// The kernel's number of a convolution filter; the others have functions of their own.
    fileprivate var kernel: CInt {
        switch self {
        case .bilinear: FOVEA_FILTER_BILINEAR
        case .hamming: FOVEA_FILTER_HAMMING
        case .bicubic: FOVEA_FILTER_BICUBIC
        case .lanczos: FOVEA_FILTER_LANCZOS
        case .box, .nearest, .linear, .area: FOVEA_FILTER_BOX
        }
    }
}
