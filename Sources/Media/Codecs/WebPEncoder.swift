import CWebP

/// Encodes WebP with libwebp.
enum WebPEncoder {
    static func encode(_ raster: Raster, quality: Int, lossless: Bool) throws(MediaError) -> [UInt8] {
        guard (0...100).contains(quality) else {
            throw MediaError(.invalidOperation, "WebP quality is \(quality), it must be in 0...100")
        }
        guard raster.width <= WEBP_MAX_DIMENSION, raster.height <= WEBP_MAX_DIMENSION else {
            throw MediaError(
                .invalidOperation,
                "WebP holds at most \(WEBP_MAX_DIMENSION)×\(WEBP_MAX_DIMENSION) pixels, the image is "
                    + "\(raster.width)×\(raster.height)")
        }
        var settings = WebPConfig()
        var picture = WebPPicture()
        guard
            WebPConfigInitInternal(
                &settings, WEBP_PRESET_DEFAULT, Float(quality), CInt(WEBP_ENCODER_ABI_VERSION)) != 0,
            WebPPictureInitInternal(&picture, CInt(WEBP_ENCODER_ABI_VERSION)) != 0
        else { throw MediaError(.unsupported, "WebP: libwebp is of another version than its headers") }
        settings.lossless = lossless ? 1 : 0
        // Colour under full transparency is data like any other.
        settings.exact = 1
        picture.use_argb = lossless ? 1 : 0
        picture.width = CInt(raster.width)
        picture.height = CInt(raster.height)
        defer { WebPPictureFree(&picture) }

        let source = raster.channels == 1 ? PixelConversion.convert(raster, to: .rgb) : raster
        let imported = source.pixels.withUnsafeBufferPointer {
            let stride = CInt(source.width * source.channels)
            return source.channels == 4
                ? WebPPictureImportRGBA(&picture, $0.baseAddress, stride)
                : WebPPictureImportRGB(&picture, $0.baseAddress, stride)
        }
        var writer = WebPMemoryWriter()
        WebPMemoryWriterInit(&writer)
        defer { WebPMemoryWriterClear(&writer) }
        let encoded = withUnsafeMutablePointer(to: &writer) { writer in
            picture.writer = WebPMemoryWrite
            picture.custom_ptr = UnsafeMutableRawPointer(writer)
            return imported != 0 && WebPEncode(&settings, &picture) != 0
        }
        guard encoded, let bytes = writer.mem else {
            throw MediaError(.unsupported, "WebP: libwebp failed with code \(picture.error_code.rawValue)")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: writer.size))
    }
}
