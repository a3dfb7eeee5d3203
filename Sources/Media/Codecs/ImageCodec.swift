/// Image files to pixels and back.
///
/// Decoded pixels equal those of Pillow 10.4 after `ImageOps.exif_transpose` and `convert("RGB")` (`"L"`
/// where the file is gray), but for gray files of 16 bits: Pillow cuts their samples off at 255, here they
/// keep their upper byte. Colour profiles are kept and not applied.
public enum ImageCodec {
    /// Reads what the file says of itself; no pixel is decoded.
    ///
    /// - Throws: ``MediaError/Code/unknownFormat`` for bytes that are no image,
    ///   ``MediaError/Code/unsupported`` for images that are not read (SVG, PDF, lossless JPEG): the message
    ///   names what they look like; ``MediaError/Code/malformedInput`` for a damaged header.
    /// - Complexity: a few microseconds, but for HEIF and AVIF, whose boxes libheif walks, and for
    ///   progressive JPEG and animations, whose scans and frames are counted to the end of the file.
    public static func header(of bytes: [UInt8]) throws(MediaError) -> ImageHeader {
        let view = ByteView(bytes)
        guard let format = ImageFormat.sniff(view) else { throw ImageFormat.unknown(view) }
        return switch format {
        case .jpeg: try JPEGHeader(view).image
        case .png: try PNGHeader(view).image
        case .gif: try GIFHeader(view).image
        case .bmp: try BMPHeader(view).image
        case .tiff: try TIFFHeader(view).image
        case .webp: try WebPHeader(view).image
        case .heif, .avif: try HEIFDecoder.header(bytes, format: format)
        case .pnm: try PNMHeader(view).image
        }
    }

    /// Decodes the first frame of an image file to 8-bit pixels.
    ///
    /// A file that is damaged or cut short is shown as far as it goes; ``DecodedImage/decodeError`` then says
    /// what is wrong with it.
    ///
    /// - Throws: what ``header(of:)`` throws; ``MediaError/Code/limitExceeded`` above the options'
    ///   `maxPixels` or `maxBytes`, before any memory is taken for pixels;
    ///   ``MediaError/Code/malformedInput`` where nothing can be shown, or where more than 64 MiB of memory
    ///   would be filled from less than a byte for 65,536 pixels, which is less than the plainest picture
    ///   takes in JPEG, PNG, GIF, BMP, PNM or TIFF.
    public static func decode(
        _ bytes: [UInt8], options: DecodeOptions = .init()
    ) throws(MediaError) -> DecodedImage {
        let view = ByteView(bytes)
        guard let format = ImageFormat.sniff(view) else { throw ImageFormat.unknown(view) }
        let layout = options.layout
        var image: DecodedImage
        switch format {
        case .jpeg:
            let header = try JPEGHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try JPEGDecoder.decode(bytes, header: header, layout: layout, scaling: options.scaling)
            }
        case .png:
            let header = try PNGHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try PNGDecoder.decode(bytes, header: header, layout: layout)
            }
        case .gif:
            let header = try GIFHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try GIFDecoder.decode(view, header: header, layout: layout)
            }
        case .bmp:
            let header = try BMPHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try BMPDecoder.decode(view, header: header, layout: layout)
            }
        case .tiff:
            let header = try TIFFHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try TIFFDecoder.decode(bytes, header: header, layout: layout)
            }
        case .webp:
            let header = try WebPHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try WebPDecoder.decode(bytes, header: header, layout: layout)
            }
        case .heif, .avif:
            image = try HEIFDecoder.decode(bytes, format: format, options: options)
        case .pnm:
            let header = try PNMHeader(view)
            image = try decode(view, header.image, header.cost, options) { () throws(MediaError) in
                try PNMDecoder.decode(view, header: header)
            }
        }
        image.raster = PixelConversion.convert(image.raster, to: layout)
        if options.appliesOrientation {
            image.raster = Orientation.upright(image.raster, orientation: image.header.orientation)
        }
        return image
    }

    /// Encodes `raster` as an image file.
    ///
    /// The same raster and settings give the same bytes, as long as the codec libraries stay the same.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` for a setting out of its range,
    ///   ``MediaError/Code/unsupported`` for a raster larger than the format can hold.
    public static func encode(_ raster: Raster, as encoding: Encoding) throws(MediaError) -> [UInt8] {
        switch encoding {
        case .jpeg(let quality, let subsampling):
            try JPEGEncoder.encode(raster, quality: quality, subsampling: subsampling)
        case .png(let compression):
            try PNGEncoder.encode(raster, compression: compression)
        case .webp(let quality, let lossless):
            try WebPEncoder.encode(raster, quality: quality, lossless: lossless)
        }
    }

    /// Images with more pixels are refused whatever the caller allows: sizes in bytes stay far from overflow.
    private static let absoluteLimit = 1 << 31

    /// Compares the size in the header, then the memory that it means, with the limits.
    static func checkLimits(
        _ header: ImageHeader, byteCount: Int, options: DecodeOptions, _ cost: (DecodeOptions) -> DecodeCost
    ) throws(MediaError) {
        let limit = min(options.maxPixels, absoluteLimit)
        let (count, overflow) = header.width.multipliedReportingOverflow(by: header.height)
        guard !overflow, count <= limit else {
            throw MediaError(
                .limitExceeded,
                "\(header.format.rawValue) image is \(header.width)×\(header.height), limit is "
                    + "\(limit) pixels")
        }
        try cost(options).check(header, byteCount: byteCount, options: options)
    }

    // MARK: - Private

    private static func decode(
        _ bytes: ByteView, _ header: ImageHeader, _ cost: (DecodeOptions) -> DecodeCost,
        _ options: DecodeOptions, _ pixels: () throws(MediaError) -> (raster: Raster, damage: String?)
    ) throws(MediaError) -> DecodedImage {
        try checkLimits(header, byteCount: bytes.count, options: options, cost)
        let (raster, damage) = try pixels()
        return DecodedImage(raster: raster, header: header, decodeError: damage)
    }
}
