import CPNG

/// Decodes PNG with libpng, straight into the raster's memory.
enum PNGDecoder {
    /// 16-bit samples keep their upper byte; of a file that is cut short the rows that arrived are kept.
    static func decode(
        _ original: [UInt8], header: PNGHeader, layout: PixelLayout
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let channels =
            header.isGray && (layout == .automatic || layout == .gray) ? 1 : layout == .rgba ? 4 : 3
        let bytes = header.cutChunk.map { closing(chunk: $0, of: original) } ?? original
        let count = header.width * header.height * channels
        var status = FOVEA_PNG_FAILED
        let message = CMessage(count: 160)
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            status = bytes.withUnsafeBufferPointer {
                fovea_png_decode(
                    $0.baseAddress, $0.count, UInt32(header.width), UInt32(header.height), CInt(channels),
                    output.baseAddress, message.characters)
            }
            initialized = status == FOVEA_PNG_FAILED ? 0 : count
        }
        guard status != FOVEA_PNG_FAILED else { throw MediaError(.malformedInput, "PNG: \(message.text)") }
        let raster = Raster(width: header.width, height: header.height, channels: channels, pixels: pixels)
        return (raster, status == FOVEA_PNG_DAMAGED ? "PNG: \(message.text)" : nil)
    }

    // MARK: - Private

    /// The file with the length and checksum of its last chunk set to what there is of it: libpng reads in
    /// blocks, and would not look at the last one when it is not whole.
    private static func closing(chunk: Int, of bytes: [UInt8]) -> [UInt8] {
        func bigEndian(_ number: UInt32) -> [UInt8] {
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
        }
        let body = bytes[(chunk + 4)...]
        let checksum = body.withUnsafeBufferPointer { fovea_crc32($0.baseAddress, $0.count) }
        return bytes[..<chunk] + bigEndian(UInt32(body.count - 4)) + body + bigEndian(checksum)
    }
}
