/// The memory that decoding an image takes, told from its header before any of it is taken.
struct DecodeCost {
    /// Bytes of the raster that the decoder fills.
    let rasterBytes: Int
    /// Bytes that the decoder holds beside the raster, at most: coefficients of all scans, planes, palettes'
    /// indices, rows of tiles. What does not grow with the image is not counted.
    let workingBytes: Int
    /// Whether a byte of the format cannot stand for more pixels than ``pixelsPerByte``, however plain the
    /// picture is.
    let isBounded: Bool

    /// More pixels than a byte can stand for in any format with a bound: JPEG by Huffman has a bit or more
    /// for each block of 64 pixels (512 pixels a byte), deflate makes at most 1,032 bytes of one (8,256
    /// pixels of one bit), LZW at most 4,096 of 12 bits (21,846 pixels of one bit). Formats without a bound
    /// are those whose codes may take no bits at all: WebP, HEIF, AVIF, arithmetic JPEG, fax, and BMP's runs,
    /// which may skip.
    static let pixelsPerByte = 65_536
    /// Images of less memory than this are not held against ``pixelsPerByte``: of a file cut right behind its
    /// header the size is still of use.
    static let freeBytes = 64 << 20

    init(rasterBytes: Int, workingBytes: Int = 0, isBounded: Bool) {
        self.rasterBytes = rasterBytes
        self.workingBytes = workingBytes
        self.isBounded = isBounded
    }

    /// Compares the cost of the image in a file of `byteCount` bytes with the limits. Its pixels are within
    /// ``DecodeOptions/maxPixels``, so that no number here overflows.
    func check(_ header: ImageHeader, byteCount: Int, options: DecodeOptions) throws(MediaError) {
        let pixels = header.width * header.height
        let size = "\(header.width)×\(header.height)"
        if isBounded, rasterBytes + workingBytes > DecodeCost.freeBytes,
            pixels / DecodeCost.pixelsPerByte > byteCount
        {
            throw MediaError(
                .malformedInput,
                "\(header.format.rawValue) image of \(size) in a file of \(byteCount) bytes, which cannot "
                    + "hold so many pixels")
        }
        let bytes = rasterBytes + max(workingBytes, copyBytes(header, options))
        guard bytes <= options.maxBytes else {
            throw MediaError(
                .limitExceeded,
                "\(header.format.rawValue) image of \(size) needs \(bytes) bytes of memory, limit is "
                    + "\(options.maxBytes)")
        }
    }

    // MARK: - Private

    /// The bytes of the copy that is made where pixels are turned upright or get other channels.
    private func copyBytes(_ header: ImageHeader, _ options: DecodeOptions) -> Int {
        let isTurned = options.appliesOrientation && header.orientation != 1
        let pixels = header.width * header.height
        switch options.layout {
        case .automatic: return isTurned ? rasterBytes : 0
        case .gray: return rasterBytes > pixels || isTurned ? pixels : 0
        case .rgb: return rasterBytes != pixels * 3 || isTurned ? pixels * 3 : 0
        case .rgba: return rasterBytes != pixels * 4 || isTurned ? pixels * 4 : 0
        }
    }
}
