import CTurboJPEG

/// Decodes JPEG with libjpeg-turbo: accurate DCT and smooth chroma, as Pillow does.
enum JPEGDecoder {
    /// Decodes straight into the raster's memory, which is written once.
    static func decode(
        _ bytes: [UInt8], header: JPEGHeader, layout: PixelLayout, scaling: DecodeScaling
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let channels = channels(of: header, layout: layout)
        let (width, height) = size(of: header, scaling: scaling)
        let isCMYK = header.components == 4
        let format = isCMYK ? TJPF_CMYK : channels == 1 ? TJPF_GRAY : channels == 4 ? TJPF_RGBA : TJPF_RGB
        let stored = isCMYK ? 4 : channels

        let (pixels, damage) = try TurboJPEGHandles.decompressors.withHandle(isFresh: !header.isSelfContained)
        {
            (handle) throws(MediaError) -> ([UInt8], String?) in
            try checkSize(bytes, header: header, handle: handle)
            var failure: MediaError?
            var damage: String?
            let count = width * height * stored
            let pixels = [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
                let status = bytes.withUnsafeBufferPointer {
                    tjDecompress2(
                        handle, $0.baseAddress, UInt($0.count), pixels.baseAddress, CInt(width),
                        CInt(width * stored), CInt(height), CInt(format.rawValue), TJFLAG_LIMITSCANS)
                }
                if status != 0 {
                    let message = String(cString: tjGetErrorStr2(handle))
                    if tjGetErrorCode(handle) == CInt(TJERR_WARNING.rawValue) {
                        // A warning leaves a whole image, gray where nothing arrived.
                        damage = message
                    } else {
                        failure = MediaError(.malformedInput, "JPEG: \(message)")
                    }
                }
                initialized = failure == nil ? count : 0
            }
            if let failure { throw failure }
            return (pixels, damage)
        }
        guard isCMYK else {
            return (Raster(width: width, height: height, channels: channels, pixels: pixels), damage)
        }
        let rgb = PixelConversion.rgb(fromInvertedCMYK: pixels)
        let raster = Raster(width: width, height: height, channels: 3, pixels: rgb)
        return (channels == 4 ? PixelConversion.addingAlpha(raster) : raster, damage)
    }

    /// Channels of the raster.
    static func channels(of header: JPEGHeader, layout: PixelLayout) -> Int {
        let isGray = header.components == 1
        return isGray && (layout == .automatic || layout == .gray) ? 1 : layout == .rgba ? 4 : 3
    }

    /// The size of the raster, not turned upright.
    static func size(of header: JPEGHeader, scaling: DecodeScaling) -> (width: Int, height: Int) {
        let divisor = divisor(header: header, scaling: scaling)
        return ((header.width + divisor - 1) / divisor, (header.height + divisor - 1) / divisor)
    }

    // MARK: - Private

    /// The largest of 8, 4 and 2 that leaves the upright image at least as large as asked on both sides, else
    /// 1.
    private static func divisor(header: JPEGHeader, scaling: DecodeScaling) -> Int {
        guard case .covering(var width, var height) = scaling else { return 1 }
        if header.exif?.orientation ?? 1 >= 5 { swap(&width, &height) }
        return [8, 4, 2].first {
            (header.width + $0 - 1) / $0 >= width && (header.height + $0 - 1) / $0 >= height
        } ?? 1
    }

    /// Makes sure that libjpeg-turbo sees the size that we read: the pixels' memory was measured by ours.
    private static func checkSize(_ bytes: [UInt8], header: JPEGHeader, handle: tjhandle) throws(MediaError) {
        var width: CInt = 0, height: CInt = 0, subsampling: CInt = 0, colorspace: CInt = 0
        let status = bytes.withUnsafeBufferPointer {
            tjDecompressHeader3(
                handle, $0.baseAddress, UInt($0.count), &width, &height, &subsampling, &colorspace)
        }
        // It also fails on unusual subsampling, which it then decodes well; the size is set before that.
        guard status == 0 || width > 0 else {
            throw MediaError(.malformedInput, "JPEG: \(String(cString: tjGetErrorStr2(handle)))")
        }
        guard width == header.width, height == header.height else {
            throw MediaError(
                .malformedInput,
                "JPEG: two frame headers, \(header.width)×\(header.height) and \(width)×\(height)")
        }
    }
}
