/// Decodes the first frame of a GIF on its canvas, as Pillow shows it.
///
/// Own code because libvips gives see-through pixels no colour, while `convert("RGB")` shows the palette's.
enum GIFDecoder {
    static func decode(
        _ bytes: ByteView, header: GIFHeader, layout: PixelLayout
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let frame = header.frame
        let (unpacked, arrived) = try unpack(bytes, frame: frame)
        let indices = canvas(unpacked, header: header)
        let count = frame.width * frame.height
        let damage =
            arrived < count
            ? "GIF: damaged or cut short after \(arrived) of \(count) pixels"
            : header.isWhole ? nil : "GIF: cut short behind its first frame"

        if header.isGray, layout == .automatic || layout == .gray {
            return (Raster(width: header.width, height: header.height, channels: 1, pixels: indices), damage)
        }
        let channels = layout == .rgba ? 4 : 3
        let pixels =
            channels == 4 ? colors(indices, frame, withAlpha: true) : colors(indices, frame, withAlpha: false)
        return (
            Raster(width: header.width, height: header.height, channels: channels, pixels: pixels), damage
        )
    }

    // MARK: - Private

    /// The frame's indices in the order of the file, and how many of them arrived; the others are the
    /// background.
    private static func unpack(_ bytes: ByteView, frame: GIFHeader.Frame) throws(MediaError) -> ([UInt8], Int)
    {
        let count = frame.width * frame.height
        guard count > 0 else { return ([], 0) }
        guard let rootBits = bytes.byte(at: frame.dataOffset), (1...8).contains(rootBits),
            let blocks = bytes.suffix(from: frame.dataOffset + 1)
        else {
            throw MediaError(.malformedInput, "GIF: cut short before its pixels, or a code size out of 1...8")
        }
        var arrived = 0
        let indices = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            blocks.withUnsafeBytes { input in
                var unpacker = LZWUnpacker(input)
                arrived = unpacker.unpack(
                    rootBits: UInt32(rootBits), into: UnsafeMutableBufferPointer(rebasing: output[..<count]))
            }
            output[arrived..<count].initialize(repeating: frame.background)
            initialized = count
        }
        guard arrived > 0 else { throw MediaError(.malformedInput, "GIF: no pixel could be decoded") }
        return (indices, arrived)
    }

    /// The frame in its place on the canvas, its rows in order.
    private static func canvas(_ indices: [UInt8], header: GIFHeader) -> [UInt8] {
        let frame = header.frame
        let fillsCanvas = (frame.width, frame.height) == (header.width, header.height)
        if fillsCanvas, !frame.isInterlaced { return indices }
        var canvas = [UInt8](repeating: frame.background, count: header.width * header.height)
        var source = 0
        for (start, step) in frame.isInterlaced ? [(0, 8), (4, 8), (2, 4), (1, 2)] : [(0, 1)] {
            for row in stride(from: start, to: frame.height, by: step) {
                let place = (frame.top + row) * header.width + frame.left
                canvas.replaceSubrange(
                    place..<place + frame.width, with: indices[source..<source + frame.width])
                source += frame.width
            }
        }
        return canvas
    }

    @inline(__always)
    private static func colors(_ indices: [UInt8], _ frame: GIFHeader.Frame, withAlpha: Bool) -> [UInt8] {
        let channels = withAlpha ? 4 : 3
        let count = indices.count * channels
        return [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            frame.palette.withUnsafeBufferPointer { palette in
                indices.withUnsafeBufferPointer { indices in
                    for place in 0..<indices.count {
                        let index = indices[place]
                        for channel in 0..<3 {
                            output[place * channels + channel] = palette[Int(index) * 3 + channel]
                        }
                        if withAlpha { output[place * 4 + 3] = index == frame.transparentIndex ? 0 : 255 }
                    }
                }
            }
            initialized = count
        }
    }
}
