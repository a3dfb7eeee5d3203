/// What stands before the pixels of a BMP file (Microsoft's BITMAPFILEHEADER and the headers that may follow
/// it).
struct BMPHeader {
    let width: Int
    let height: Int
    let isTopDown: Bool
    let bits: Int
    let compression: Compression
    let pixelOffset: Int
    /// R, G, B of each index; beyond the file's palette, index i is gray i. Empty above 8 bits.
    let palette: [UInt8]
    let isGray: Bool
    /// Where red, green, blue and alpha lie in a pixel of 16 or 32 bits; an alpha of 0 is none.
    let masks: [UInt32]

    enum Compression: Int {
        case none = 0, runs8, runs4, fields
    }

    /// Whether the bytes begin as a BMP file does: `BM`, and the size of a header that exists where it must
    /// stand.
    static func isAtStart(of bytes: ByteView) -> Bool {
        bytes.has("BM") && bytes.uint32(at: 14, .little).map { (12...256).contains($0) } == true
    }

    var image: ImageHeader {
        let hasAlpha = masks.count == 4 && masks[3] != 0
        return ImageHeader(
            format: .bmp, storedWidth: width, storedHeight: height, channels: isGray ? 1 : hasAlpha ? 4 : 3,
            bitsPerChannel: bits < 16 ? bits : bits == 16 ? 5 : 8, hasAlpha: hasAlpha)
    }

    /// The memory for a decode as `options` ask for it: of runs the indices come before the colours.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        let hasRuns = compression == .runs8 || compression == .runs4
        return DecodeCost(
            rasterBytes: width * height * BMPDecoder.channels(of: self, layout: options.layout),
            workingBytes: hasRuns ? width * height : 0, isBounded: !hasRuns)
    }

    init(_ bytes: ByteView) throws(MediaError) {
        let size = bytes.uint32(at: 14, .little) ?? 0
        guard [12, 40, 52, 56, 64, 108, 124].contains(size) else {
            throw MediaError(.unsupported, "BMP: a header of \(size) bytes is not read")
        }
        let isCore = size == 12
        guard let offset = bytes.uint32(at: 10, .little), let header = bytes.view(at: 14, count: size),
            let width = isCore ? header.uint16(at: 4, .little) : header.uint32(at: 4, .little),
            let storedHeight = isCore ? header.uint16(at: 6, .little) : header.uint32(at: 8, .little),
            let bits = header.uint16(at: isCore ? 10 : 14, .little)
        else { throw MediaError(.malformedInput, "BMP: cut short before the end of its header") }
        let signedHeight = isCore ? storedHeight : Int(Int32(truncatingIfNeeded: storedHeight))
        guard width > 0, width < 1 << 31, signedHeight != 0, signedHeight > -1 << 31 else {
            throw MediaError(.malformedInput, "BMP: the size is \(width)×\(signedHeight)")
        }
        guard [1, 4, 8, 16, 24, 32].contains(bits) else {
            throw MediaError(.unsupported, "BMP: \(bits) bits a pixel are not read")
        }
        let method = isCore ? 0 : header.uint32(at: 16, .little) ?? 0
        guard let compression = Compression(rawValue: method) else {
            throw MediaError(.unsupported, "BMP: compression \(method) is not read")
        }
        guard compression != .runs8 || bits == 8, compression != .runs4 || bits == 4,
            compression != .fields || bits >= 16
        else {
            throw MediaError(
                .malformedInput, "BMP: compression \(method) does not go with \(bits) bits a pixel")
        }
        self.width = width
        height = abs(signedHeight)
        isTopDown = signedHeight < 0
        self.bits = bits
        self.compression = compression

        var end = 14 + size
        if compression == .fields, size == 40 { end += 12 }
        masks = try BMPHeader.masks(bytes, bits: bits, compression: compression, headerSize: size)
        var declared = isCore ? 0 : header.uint32(at: 32, .little) ?? 0
        if bits <= 8 {
            if declared == 0 { declared = 1 << bits }
            let entry = isCore ? 3 : 4
            palette = BMPHeader.palette(bytes, at: end, count: min(declared, 256), entry: entry)
            isGray = BMPHeader.isGray(palette, colors: declared)
            // Some writers give the end of the header where the pixels' place should stand.
            pixelOffset = offset == 14 + size ? end + declared * entry : offset
        } else {
            palette = []
            isGray = false
            pixelOffset = offset == 0 ? end : offset
        }
    }

    // MARK: - Private

    private static func masks(
        _ bytes: ByteView, bits: Int, compression: Compression, headerSize: Int
    ) throws(MediaError) -> [UInt32] {
        guard bits == 16 || bits == 32 else { return [] }
        guard compression == .fields else {
            return bits == 16 ? [0x7C00, 0x3E0, 0x1F, 0] : [0xFF_0000, 0xFF00, 0xFF, 0]
        }
        let count = headerSize >= 56 ? 4 : 3
        var masks: [UInt32] = []
        for index in 0..<count {
            guard let mask = bytes.uint32(at: 54 + index * 4, .little) else {
                throw MediaError(.malformedInput, "BMP: cut short before the end of its colour masks")
            }
            masks.append(UInt32(mask))
        }
        if count == 3 { masks.append(0) }
        if masks.allSatisfy({ $0 == 0 }), bits == 32 { return [0xFF_0000, 0xFF00, 0xFF, 0xFF00_0000] }
        return masks
    }

    private static func palette(_ bytes: ByteView, at offset: Int, count: Int, entry: Int) -> [UInt8] {
        var palette = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }
        for index in 0..<count {
            guard let color = bytes.view(at: offset + index * entry, count: 3)?.array else { break }
            for channel in 0..<3 { palette[index * 3 + channel] = color[2 - channel] }
        }
        return palette
    }

    /// Two colours that are black and white, or more of which each is the gray of its index.
    private static func isGray(_ palette: [UInt8], colors: Int) -> Bool {
        if colors == 2 { return palette.prefix(6).elementsEqual([0, 0, 0, 255, 255, 255]) }
        return (0..<256).allSatisfy { index in palette[index * 3..<index * 3 + 3].allSatisfy { $0 == index } }
    }
}
