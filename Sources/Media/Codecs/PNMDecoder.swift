/// Decodes Netpbm bitmaps, graymaps and pixmaps, plain and binary.
enum PNMDecoder {
    /// A value v becomes v·255 ÷ maximum, rounded to the nearest, of two to the even one.
    static func decode(
        _ bytes: ByteView, header: PNMHeader
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let channels = header.kind == .color ? 3 : 1
        let count = header.width * header.height * channels
        var pixels: [UInt8]
        var mayGoOn = false
        if header.kind == .bitmap {
            pixels = header.isPlain ? plainBits(bytes, header: header) : packedBits(bytes, header: header)
        } else {
            pixels =
                header.isPlain
                ? plainValues(bytes, header: header, count: count, &mayGoOn)
                : binaryValues(bytes, header: header, count: count)
        }
        guard !pixels.isEmpty else { throw MediaError(.malformedInput, "PNM: no pixel could be read") }
        let arrived = pixels.count
        if arrived < count { pixels.append(contentsOf: repeatElement(0, count: count - arrived)) }
        let raster = Raster(width: header.width, height: header.height, channels: channels, pixels: pixels)
        let damage =
            arrived < count
            ? "PNM: damaged or cut short after \(arrived) of \(count) values"
            : mayGoOn ? "PNM: ends within or right behind its last value" : nil
        return (raster, damage)
    }

    // MARK: - Private

    private static func scale(maximum: Int) -> [UInt8] {
        (0...maximum).map { UInt8((Double($0) / Double(maximum) * 255).rounded(.toNearestOrEven)) }
    }

    private static func binaryValues(_ bytes: ByteView, header: PNMHeader, count: Int) -> [UInt8] {
        let width = header.maximum < 256 ? 1 : 2
        guard let stored = bytes.suffix(from: header.pixelOffset)?.prefix(count * width) else { return [] }
        if header.maximum == 255 { return stored.array }
        let scale = scale(maximum: header.maximum)
        return stored.withUnsafeBytes { stored in
            (0..<stored.count / width).map { index in
                let value =
                    width == 1
                    ? Int(stored[index])
                    : Int(stored[index * 2]) << 8 | Int(stored[index * 2 + 1])
                return scale[min(value, header.maximum)]
            }
        }
    }

    /// Eight pixels a byte, the leftmost in the highest bit, rows in whole bytes; 1 is black.
    private static func packedBits(_ bytes: ByteView, header: PNMHeader) -> [UInt8] {
        let stride = (header.width + 7) / 8
        guard let stored = bytes.suffix(from: header.pixelOffset)?.prefix(stride * header.height) else {
            return []
        }
        return stored.withUnsafeBytes { stored in
            (0..<stored.count / stride * header.width).map { index in
                let (row, x) = index.quotientAndRemainder(dividingBy: header.width)
                return stored[row * stride + x / 8] >> UInt8(7 - x % 8) & 1 == 1 ? 0 : 255
            }
        }
    }

    /// `0` and `1`, with or without blanks between them.
    private static func plainBits(_ bytes: ByteView, header: PNMHeader) -> [UInt8] {
        var pixels: [UInt8] = []
        var words = PlainReader(bytes: bytes, offset: header.pixelOffset)
        while pixels.count < header.width * header.height, let digit = words.nextDigit(), digit < 2 {
            pixels.append(digit == 1 ? 0 : 255)
        }
        return pixels
    }

    /// - Parameter mayGoOn: Set where the bytes end at the last value, and a digit more would be a value too.
    private static func plainValues(
        _ bytes: ByteView, header: PNMHeader, count: Int, _ mayGoOn: inout Bool
    ) -> [UInt8] {
        var pixels: [UInt8] = []
        let scale = scale(maximum: header.maximum)
        var words = PlainReader(bytes: bytes, offset: header.pixelOffset)
        while pixels.count < count, let value = words.nextNumber(), value <= header.maximum {
            pixels.append(scale[value])
            mayGoOn = words.offset == bytes.count && value > 0 && value * 10 <= header.maximum
        }
        return pixels
    }

    /// Decimal digits among blanks and comments.
    private struct PlainReader {
        let bytes: ByteView
        var offset: Int

        mutating func nextDigit() -> UInt8? {
            while let byte = bytes.byte(at: offset) {
                offset += 1
                if byte == UInt8(ascii: "#") {
                    while let skipped = bytes.byte(at: offset), skipped != 0x0A, skipped != 0x0D {
                        offset += 1
                    }
                } else if !PNMHeader.isBlank(byte) {
                    return (0x30...0x39).contains(byte) ? byte - 0x30 : nil
                }
            }
            return nil
        }

        mutating func nextNumber() -> Int? {
            guard let first = nextDigit() else { return nil }
            var number = Int(first)
            var digits = 1
            while let byte = bytes.byte(at: offset), (0x30...0x39).contains(byte) {
                digits += 1
                guard digits <= 9 else { return nil }
                number = number * 10 + Int(byte - 0x30)
                offset += 1
            }
            return number
        }
    }
}
