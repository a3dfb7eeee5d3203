import CPNG

/// Decodes PNG with libpng, straight into the raster's memory.
enum PNGDecoder {
    /// 16-bit samples keep their upper byte; of a file that is cut short the rows that arrived are kept.
    static func decode(
        _ original: [UInt8], header: PNGHeader, layout: PixelLayout
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let channels = channels(of: header, layout: layout)
        let bytes = header.cutChunk.map { closing(chunk: $0, of: original) } ?? original
        let count = header.width * header.height * channels
        var status = FOVEA_PNG_FAILED
        let message = CMessage(count: 160)
        var end = 0
        var endsBadly: CInt = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
            status = bytes.withUnsafeBufferPointer {
                fovea_png_decode(
                    $0.baseAddress, $0.count, UInt32(header.width), UInt32(header.height), CInt(channels),
                    output.baseAddress, &end, &endsBadly, message.characters)
            }
            initialized = status == FOVEA_PNG_FAILED ? 0 : count
        }
        guard status != FOVEA_PNG_FAILED else { throw MediaError(.malformedInput, "PNG: \(message.text)") }
        let raster = Raster(width: header.width, height: header.height, channels: channels, pixels: pixels)
        if status == FOVEA_PNG_DAMAGED || endsBadly != 0 { return (raster, "PNG: \(message.text)") }
        return (raster, damage(in: ByteView(original), pixelsEnd: end))
    }

    /// Channels of the raster.
    static func channels(of header: PNGHeader, layout: PixelLayout) -> Int {
        header.isGray && (layout == .automatic || layout == .gray) ? 1 : layout == .rgba ? 4 : 3
    }

    // MARK: - Private

    /// The file with the length of its last chunk set to what there is of it: libpng reads in blocks, and
    /// would not look at the last one when it is not whole.
    private static func closing(chunk: Int, of bytes: [UInt8]) -> [UInt8] {
        let body = bytes[(chunk + 4)...]
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: (body.count - 4) >> $0) }
        return bytes[..<chunk] + length + body + [0, 0, 0, 0]
    }

    /// What is wrong with the checksums of the chunks that make the picture, or with the end of the file.
    ///
    /// - Parameter pixelsEnd: Where the decoder stopped reading. Of chunks of pixels behind it only the few
    ///   bytes that may end the stream are right; their checksums are not computed.
    private static func damage(in bytes: ByteView, pixelsEnd: Int) -> String? {
        var offset = 8
        var surplus = 0
        while let length = bytes.uint32(at: offset, .big),
            let chunk = bytes.view(at: offset + 4, count: 4 + length),
            let checksum = bytes.uint32(at: offset + 8 + length, .big)
        {
            // A capital letter begins the names of chunks without which the picture is not whole.
            let isBehind = chunk.has("IDAT") && offset + 12 > pixelsEnd
            if isBehind { surplus += length }
            if surplus > 64 { return "PNG: \(surplus) bytes of pixels stand behind the last row" }
            let isNeeded = chunk.byte(at: 0).map { $0 & 0x20 == 0 } == true || chunk.has("tRNS")
            if isNeeded, chunk.withUnsafeBytes({ fovea_crc32($0.baseAddress, $0.count) }) != checksum {
                return "PNG: the checksum of a \(chunk.prefix(4).text) chunk is wrong"
            }
            if chunk.has("IEND") { return nil }
            offset += 12 + length
        }
        return "PNG: cut short behind its pixels"
    }
}
