/// Decodes the primary image of a HEIF or AVIF file with libvips and libheif.
///
/// libheif turns and mirrors as the file's boxes say, so that size and pixels are upright; the orientation in
/// Exif data is not to be applied again (ISO/IEC 23008-12, 6.5.10).
enum HEIFDecoder {
    static func header(_ bytes: [UInt8], format: ImageFormat) throws(MediaError) -> ImageHeader {
        try VipsImage.withImage(.heif, of: bytes) { image in header(of: image, format: format) }
    }

    static func decode(
        _ bytes: [UInt8], format: ImageFormat, options: DecodeOptions
    ) throws(MediaError) -> DecodedImage {
        let end = isWhole(ByteView(bytes)) ? nil : "\(format.rawValue): cut short behind its pixels"
        return try VipsImage.withImage(.heif, of: bytes) { (image) throws(MediaError) in
            let header = header(of: image, format: format)
            // libvips holds sides and bands in 32 bits; the limits come before the product is used.
            let count = image.width * image.height * image.bands
            let bytesPerSample = header.bitsPerChannel > 8 ? 2 : 1
            try ImageCodec.checkLimits(header, byteCount: bytes.count, options: options) { _ in
                // The codec's planes, libheif's pixels made of them, and libvips' copy of these.
                let working = image.width * image.height * (3 + image.bands * 2) * bytesPerSample
                return DecodeCost(rasterBytes: count, workingBytes: working, isBounded: false)
            }
            var pixels: [UInt8] = []
            pixels.reserveCapacity(count)
            let rows = try image.eachStrip { samples, rows in
                samples.withEightBit(count: count / image.height * rows) { pixels += $0 }
            }
            if pixels.count < count { pixels += repeatElement(0, count: count - pixels.count) }
            let raster = Raster(
                width: image.width, height: image.height, channels: image.bands, pixels: pixels)
            return DecodedImage(raster: raster, header: header, decodeError: rows.damage ?? end)
        }
    }

    /// Whether the boxes of the file are all there in full (ISO/IEC 14496-12, 4.2).
    private static func isWhole(_ bytes: ByteView) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard var size = bytes.uint32(at: offset, .big) else { return false }
            if size == 0 { return true }  // to the end of the file
            if size == 1 {
                guard let long = bytes.uint64(at: offset + 8, .big) else { return false }
                size = long
            }
            guard size >= 8, bytes.view(at: offset, count: size) != nil else { return false }
            offset += size
        }
        return true
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
