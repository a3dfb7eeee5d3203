/// The few words before the pixels of a Netpbm file: `P1` to `P6`, width, height and largest value.
struct PNMHeader {
    let kind: Kind
    let isPlain: Bool
    let width: Int
    let height: Int
    /// The value that stands for full brightness, in `1...65535`.
    let maximum: Int
    let pixelOffset: Int

    enum Kind {
        case bitmap, gray, color
    }

    var image: ImageHeader {
        ImageHeader(
            format: .pnm, storedWidth: width, storedHeight: height, channels: kind == .color ? 3 : 1,
            bitsPerChannel: kind == .bitmap ? 1 : maximum < 256 ? 8 : 16)
    }

    /// The memory for a decode: the raster, which grows as values are read.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        DecodeCost(rasterBytes: width * height * (kind == .color ? 3 : 1), isBounded: true)
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    init(_ bytes: ByteView) throws(MediaError) {
        guard let digit = bytes.byte(at: 1), (0x31...0x36).contains(digit) else {
            throw MediaError(.malformedInput, "PNM: cut short before the end of its header")
        }
        isPlain = digit < 0x34
        kind = [.bitmap, .gray, .color][Int(digit - 0x31) % 3]
        var offset = 2
        width = try PNMHeader.number(bytes, at: &offset)
        height = try PNMHeader.number(bytes, at: &offset)
        maximum = kind == .bitmap ? 1 : try PNMHeader.number(bytes, at: &offset)
        guard width > 0, height > 0 else {
            throw MediaError(.malformedInput, "PNM: the size is \(width)×\(height)")
        }
        guard (1...65_535).contains(maximum) else {
            throw MediaError(.malformedInput, "PNM: the largest value is \(maximum), it must be in 1...65535")
        }
        pixelOffset = offset
    }

    /// The next number, and one blank after it; blanks and comments before it are skipped.
    private static func number(_ bytes: ByteView, at offset: inout Int) throws(MediaError) -> Int {
        var digits = 0
        var number = 0
        while let byte = bytes.byte(at: offset) {
            offset += 1
            if byte == UInt8(ascii: "#") {
                while let skipped = bytes.byte(at: offset), skipped != 0x0A, skipped != 0x0D { offset += 1 }
            } else if isBlank(byte) {
                if digits > 0 { return number }
            } else {
                guard (0x30...0x39).contains(byte), digits < 9 else {
                    throw MediaError(.malformedInput, "PNM: a number was expected at byte \(offset - 1)")
                }
                digits += 1
                number = number * 10 + Int(byte - 0x30)
            }
        }
        throw MediaError(.malformedInput, "PNM: cut short before the end of its header")
    }
}
