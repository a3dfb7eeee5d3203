import CWebP

/// Decodes WebP with libwebp; of an animation the first frame on its canvas.
enum WebPDecoder {
    static func decode(
        _ bytes: [UInt8], header: WebPHeader, layout: PixelLayout
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let end = header.isWhole ? nil : "WebP: cut short behind its pixels"
        if header.isAnimated { return (try firstFrame(bytes, header: header), end) }
        let width = header.image.storedWidth
        let height = header.image.storedHeight
        let channels = layout == .rgba ? 4 : 3
        let count = width * height * channels
        let stride = CInt(width * channels)
        var rowCount = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            bytes.withUnsafeBufferPointer { input in
                let decode = channels == 4 ? WebPDecodeRGBAInto : WebPDecodeRGBInto
                if decode(input.baseAddress, input.count, output.baseAddress, count, stride) != nil {
                    rowCount = height
                    return
                }
                // Damaged or cut short: the incremental decoder tells how far it came.
                let colors = channels == 4 ? MODE_RGBA : MODE_RGB
                guard let decoder = WebPINewRGB(colors, output.baseAddress, count, stride) else { return }
                defer { WebPIDelete(decoder) }
                _ = WebPIAppend(decoder, input.baseAddress, input.count)
                var lastRow: CInt = 0
                if WebPIDecGetRGB(decoder, &lastRow, nil, nil, nil) != nil {
                    rowCount = min(height, Int(lastRow))
                }
            }
            output[(rowCount * width * channels)...].initialize(repeating: 0)
            initialized = rowCount > 0 ? count : 0
        }
        guard rowCount > 0 else {
            throw MediaError(.malformedInput, "WebP: no row of pixels could be decoded")
        }
        let damage = rowCount < height ? "WebP: damaged or cut short after row \(rowCount) of \(height)" : end
        return (Raster(width: width, height: height, channels: channels, pixels: pixels), damage)
    }

    // MARK: - Private

    /// RGBA, transparent where the first frame does not cover the canvas.
    private static func firstFrame(_ bytes: [UInt8], header: WebPHeader) throws(MediaError) -> Raster {
        let width = header.image.storedWidth
        let height = header.image.storedHeight
        let animation = WebPDecoder.ending(bytes, behind: header.firstFrameEnd ?? bytes.count)
        let pixels: [UInt8]? = animation.withUnsafeBufferPointer { input in
            var data = WebPData(bytes: input.baseAddress, size: input.count)
            guard let decoder = WebPAnimDecoderNewInternal(&data, nil, CInt(WEBP_DEMUX_ABI_VERSION)) else {
                return nil
            }
            defer { WebPAnimDecoderDelete(decoder) }
            var canvas = WebPAnimInfo()
            var frame: UnsafeMutablePointer<UInt8>?
            var time: CInt = 0
            guard WebPAnimDecoderGetInfo(decoder, &canvas) != 0, canvas.canvas_width == UInt32(width),
                canvas.canvas_height == UInt32(height), WebPAnimDecoderGetNext(decoder, &frame, &time) != 0,
                let frame
            else { return nil }
            return Array(UnsafeBufferPointer(start: frame, count: width * height * 4))
        }
        guard let pixels else {
            throw MediaError(.malformedInput, "WebP: the animation is damaged or cut short")
        }
        return Raster(width: width, height: height, channels: 4, pixels: pixels)
    }

    /// The file without what follows the chunk that ends at `end`: the other frames, of which libwebp would
    /// look at each, and refuse all for one that is cut short.
    private static func ending(_ bytes: [UInt8], behind end: Int) -> [UInt8] {
        var part = Array(bytes[..<end])
        if part.count % 2 == 1 { part.append(0) }
        for place in 0..<4 { part[4 + place] = UInt8(truncatingIfNeeded: (part.count - 8) >> (8 * place)) }
        return part
    }
}
