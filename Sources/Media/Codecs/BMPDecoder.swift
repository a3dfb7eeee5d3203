/// Decodes BMP: 1 to 32 bits a pixel, palettes, run lengths and bit fields.
///
/// Own code because libvips reads BMP through ImageMagick only, which must not see foreign bytes.
enum BMPDecoder {
    static func decode(
        _ bytes: ByteView, header: BMPHeader, layout: PixelLayout
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        let channels = channels(of: header, layout: layout)
        let row = header.width * channels
        guard header.pixelOffset < bytes.count else {
            throw MediaError(.malformedInput, "BMP: no row of pixels is in the file")
        }
        var pixels = [UInt8](repeating: 0, count: row * header.height)
        let colors = Colors(header: header, channels: channels)
        var arrived = 0

        if header.compression == .runs8 || header.compression == .runs4 {
            let (indices, rows) = runs(bytes, header: header)
            arrived = rows
            for y in 0..<rows {
                let place = (header.isTopDown ? y : header.height - 1 - y) * row
                for x in 0..<header.width {
                    colors.write(index: indices[y * header.width + x], to: &pixels, at: place + x * channels)
                }
            }
        } else {
            // Rows are padded to whole 32-bit words.
            let stride = (header.width * header.bits + 31) / 32 * 4
            while arrived < header.height,
                let stored = bytes.view(
                    at: header.pixelOffset.addingClamped(arrived * stride),
                    count: (header.width * header.bits + 7) / 8)
            {
                let place = (header.isTopDown ? arrived : header.height - 1 - arrived) * row
                stored.withUnsafeBytes { colors.write(row: $0, width: header.width, to: &pixels, at: place) }
                arrived += 1
            }
        }
        guard arrived > 0 else { throw MediaError(.malformedInput, "BMP: no row of pixels is in the file") }
        let raster = Raster(width: header.width, height: header.height, channels: channels, pixels: pixels)
        let isWhole = arrived == header.height
        return (raster, isWhole ? nil : "BMP: cut short after row \(arrived) of \(header.height)")
    }

    /// Channels of the raster.
    static func channels(of header: BMPHeader, layout: PixelLayout) -> Int {
        let isGray = header.bits <= 8 && header.isGray && (layout == .automatic || layout == .gray)
        return isGray ? 1 : layout == .rgba ? 4 : 3
    }

    // MARK: - Private

    /// The indices of a run-length encoded image, rows in the file's order, and how many rows there are of
    /// them: all of them where an end mark comes, else those begun before the bytes ended.
    private static func runs(_ bytes: ByteView, header: BMPHeader) -> (indices: [UInt8], rows: Int) {
        let (width, height) = (header.width, header.height)
        let isHalf = header.compression == .runs4
        var indices = [UInt8](repeating: 0, count: width * height)
        var offset = header.pixelOffset
        var (x, y) = (0, 0)
        while let first = bytes.byte(at: offset), let second = bytes.byte(at: offset + 1) {
            offset += 2
            switch (first, second) {
            case (0, 0):
                (x, y) = (0, y + 1)
            case (0, 1):
                return (indices, height)
            case (0, 2):
                guard let right = bytes.byte(at: offset), let up = bytes.byte(at: offset + 1) else {
                    return (indices, min(y, height))
                }
                offset += 2
                (x, y) = (x + Int(right), y + Int(up))
            case (0, let count):
                // Absolute: so many indices as they are, padded to 16 bits.
                let byteCount = isHalf ? (Int(count) + 1) / 2 : Int(count)
                guard let run = bytes.view(at: offset, count: byteCount) else {
                    return (indices, min(y, height))
                }
                for place in 0..<Int(count) where x + place < width && y < height {
                    guard let byte = run.byte(at: isHalf ? place / 2 : place) else { break }
                    indices[y * width + x + place] = isHalf ? (place % 2 == 0 ? byte >> 4 : byte & 15) : byte
                }
                x += Int(count)
                offset += byteCount + byteCount % 2
            case (let count, let byte):
                for place in 0..<Int(count) where x + place < width && y < height {
                    indices[y * width + x + place] = isHalf ? (place % 2 == 0 ? byte >> 4 : byte & 15) : byte
                }
                x += Int(count)
            }
            if y >= height { return (indices, height) }
        }
        return (indices, min(y, height))
    }

    /// Turns stored pixels into bytes of the raster.
    private struct Colors {
        let bits: Int
        let channels: Int
        /// `channels` bytes for each index.
        let table: [UInt8]
        let fields: [Field]

        /// The bits of one colour in a pixel of 16 or 32 bits.
        struct Field {
            let mask: UInt32
            let shift: UInt32
            let maximum: UInt32

            init(mask: UInt32) {
                self.mask = mask
                shift = mask == 0 ? 0 : UInt32(mask.trailingZeroBitCount)
                maximum = mask >> shift
            }

            /// The value scaled to `0...255`, rounded down as Pillow does.
            func value(_ pixel: UInt32) -> UInt8 {
                guard maximum > 0 else { return 0 }
                return UInt8(truncatingIfNeeded: UInt64((pixel & mask) >> shift) * 255 / UInt64(maximum))
            }
        }

        init(header: BMPHeader, channels: Int) {
            bits = header.bits
            self.channels = channels
            var table: [UInt8] = []
            for index in 0..<header.palette.count / 3 {
                table +=
                    channels == 1 ? [header.palette[index * 3]] : header.palette[index * 3..<index * 3 + 3]
                if channels == 4 { table.append(255) }
            }
            self.table = table
            fields = header.masks.map(Field.init)
        }

        func write(index: UInt8, to pixels: inout [UInt8], at place: Int) {
            for channel in 0..<channels { pixels[place + channel] = table[Int(index) * channels + channel] }
        }

        func write(row: UnsafeBufferPointer<UInt8>, width: Int, to pixels: inout [UInt8], at place: Int) {
            switch bits {
            case 24:
                for x in 0..<width {
                    for channel in 0..<3 { pixels[place + x * channels + channel] = row[x * 3 + 2 - channel] }
                    if channels == 4 { pixels[place + x * 4 + 3] = 255 }
                }
            case 16, 32:
                let width16 = bits == 16
                for x in 0..<width {
                    var pixel = UInt32(row[x * bits / 8]) | UInt32(row[x * bits / 8 + 1]) << 8
                    if !width16 { pixel |= UInt32(row[x * 4 + 2]) << 16 | UInt32(row[x * 4 + 3]) << 24 }
                    for channel in 0..<3 {
                        pixels[place + x * channels + channel] = fields[channel].value(pixel)
                    }
                    if channels == 4 {
                        pixels[place + x * 4 + 3] = fields[3].mask == 0 ? 255 : fields[3].value(pixel)
                    }
                }
            default:
                for x in 0..<width {
                    let shift = 8 - bits - x * bits % 8
                    let index = row[x * bits / 8] >> UInt8(shift) & UInt8(truncatingIfNeeded: 1 << bits - 1)
                    write(index: index, to: &pixels, at: place + x * channels)
                }
            }
        }
    }
}
