/// Decodes the primary image of a HEIF or AVIF file with libvips and libheif.
///
/// libheif turns and mirrors as the file's boxes say, so that size and pixels are upright; the orientation in
/// Exif data is not to be applied again (ISO/IEC 23008-12, 6.5.10).
enum HEIFDecoder {
    static func header(_ bytes: [UInt8], format: ImageFormat) throws(MediaError) -> ImageHeader {
        try VipsImage.withImage(.heif, of: bytes) { image in header(of: image, format: format) }
    }

    static func decode(
        _ bytes: [UInt8], format: ImageFormat, maxPixels: Int
    ) throws(MediaError) -> DecodedImage {
        try VipsImage.withImage(.heif, of: bytes) { (image) throws(MediaError) in
            let header = header(of: image, format: format)
            try ImageCodec.checkLimit(header, maxPixels: maxPixels)
            var pixels: [UInt8] = []
            let count = image.width * image.height * image.bands
            pixels.reserveCapacity(count)
            let rows = try image.eachStrip { samples, rows in
                samples.withEightBit(count: count / image.height * rows) { pixels += $0 }
            }
            if pixels.count < count { pixels += repeatElement(0, count: count - pixels.count) }
            let raster = Raster(
                width: image.width, height: image.height, channels: image.bands, pixels: pixels)
            return DecodedImage(raster: raster, header: header, decodeError: rows.damage)
        }
    }

    private static func header(of image: borrowing VipsImage, format: ImageFormat) -> ImageHeader {
        let exif = image.blob("exif-data").flatMap { EXIF(ByteView($0)) }
        return ImageHeader(
            format: format, storedWidth: image.width, storedHeight: image.height, channels: image.bands,
            bitsPerChannel: image.integer("heif-bitdepth") ?? 8,
            hasAlpha: image.bands == 2 || image.bands == 4,
            orientation: 1, frameCount: max(1, image.integer("n-pages") ?? 1), exif: exif,
            iccProfile: image.blob("icc-profile-data"))
    }
}
