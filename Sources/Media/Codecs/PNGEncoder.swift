import CPNG

/// Encodes PNG with libpng.
enum PNGEncoder {
    static func encode(_ raster: Raster, compression: Int) throws(MediaError) -> [UInt8] {
        guard (0...9).contains(compression) else {
            throw MediaError(.invalidOperation, "PNG compression is \(compression), it must be in 0...9")
        }
        guard raster.width < 1 << 31, raster.height < 1 << 31 else {
            throw MediaError(.unsupported, "PNG holds at most 2147483647 pixels on a side")
        }
        var encoded: UnsafeMutablePointer<UInt8>?
        var byteCount = 0
        let message = CMessage(count: 160)
        let status = raster.pixels.withUnsafeBufferPointer {
            fovea_png_encode(
                $0.baseAddress, UInt32(raster.width), UInt32(raster.height), CInt(raster.channels),
                CInt(compression), &encoded, &byteCount, message.characters)
        }
        guard status == FOVEA_PNG_OK, let encoded else {
            throw MediaError(.unsupported, "PNG: \(message.text)")
        }
        defer { free(encoded) }
        return Array(UnsafeBufferPointer(start: encoded, count: byteCount))
    }
}
