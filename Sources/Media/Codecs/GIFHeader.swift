/// What the blocks of a GIF file say (GIF89a specification, CompuServe 1990).
struct GIFHeader {
    /// The canvas, grown where the first frame reaches beyond it.
    let width: Int
    let height: Int
    let frame: Frame
    let image: ImageHeader
    /// Whether the file's end mark was found.
    let isWhole: Bool

    /// The first frame.
    struct Frame {
        var left = 0, top = 0, width = 0, height = 0
        var isInterlaced = false
        /// The index that is see-through.
        var transparentIndex: UInt8?
        /// R, G, B of each index; where there is no palette, or beyond its end, index i is gray i.
        var palette: [UInt8] = GIFHeader.grayRamp
        /// Where the compressed indices begin: the code size, then blocks of bytes.
        var dataOffset = 0

        /// The index that shows where the frame does not: as Pillow has it, not the canvas's background
        /// colour.
        var background: UInt8 { transparentIndex ?? 0 }
    }

    private static let grayRamp: [UInt8] = (0..<256).flatMap { [UInt8($0), UInt8($0), UInt8($0)] }

    init(_ bytes: ByteView) throws(MediaError) {
        guard let canvasWidth = bytes.uint16(at: 6, .little), let canvasHeight = bytes.uint16(at: 8, .little),
            let flags = bytes.byte(at: 10), bytes.count >= 13
        else { throw MediaError(.malformedInput, "GIF: cut short before the end of its header") }
        var offset = 13
        var palette = GIFHeader.grayRamp
        if flags & 0x80 != 0 { palette = GIFHeader.palette(bytes, at: &offset, flags: flags) }

        var first: Frame?
        var frameCount = 0
        var transparentIndex: UInt8?
        var isWhole = false
        walking: while let kind = bytes.byte(at: offset) {
            offset += 1
            switch kind {
            case 0x21:
                let control = bytes.byte(at: offset) == 0xF9 ? bytes.view(at: offset + 1, count: 5) : nil
                if first == nil, let control, let controlFlags = control.byte(at: 1), controlFlags & 1 != 0 {
                    transparentIndex = control.byte(at: 4)
                }
                offset += 1
                GIFHeader.skipBlocks(bytes, at: &offset)
            case 0x2C:
                guard let left = bytes.uint16(at: offset, .little),
                    let top = bytes.uint16(at: offset + 2, .little),
                    let width = bytes.uint16(at: offset + 4, .little),
                    let height = bytes.uint16(at: offset + 6, .little),
                    let frameFlags = bytes.byte(at: offset + 8)
                else { break walking }
                offset += 9
                frameCount += 1
                var frame = Frame(left: left, top: top, width: width, height: height)
                frame.isInterlaced = frameFlags & 0x40 != 0
                frame.transparentIndex = transparentIndex
                frame.palette = palette
                if frameFlags & 0x80 != 0 {
                    frame.palette = GIFHeader.palette(bytes, at: &offset, flags: frameFlags)
                }
                frame.dataOffset = offset
                if first == nil { first = frame }
                offset += 1
                GIFHeader.skipBlocks(bytes, at: &offset)
            case 0x3B:
                isWhole = true
                break walking
            default:
                // Encoders leave stray bytes between blocks; Pillow and browsers pass over them.
                continue
            }
        }
        guard let first else { throw MediaError(.malformedInput, "GIF: there is no frame in it") }
        frame = first
        self.isWhole = isWhole
        width = max(canvasWidth, first.left + first.width)
        height = max(canvasHeight, first.top + first.height)
        guard width > 0, height > 0 else {
            throw MediaError(.malformedInput, "GIF: the size is \(width)×\(height)")
        }
        let isGray = first.palette == GIFHeader.grayRamp
        let hasAlpha = first.transparentIndex != nil
        image = ImageHeader(
            format: .gif, storedWidth: width, storedHeight: height,
            channels: (isGray ? 1 : 3) + (hasAlpha ? 1 : 0), bitsPerChannel: 8, hasAlpha: hasAlpha,
            frameCount: frameCount)
    }

    /// The memory for a decode as `options` ask for it: the frame's indices, the canvas's, and the colours.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        let pixels = width * height
        let staysGray = isGray && (options.layout == .automatic || options.layout == .gray)
        return DecodeCost(
            rasterBytes: pixels * (staysGray ? 1 : options.layout == .rgba ? 4 : 3),
            workingBytes: frame.width * frame.height + (staysGray ? 0 : pixels), isBounded: true)
    }

    /// Whether every colour of the first frame is the gray of its index.
    var isGray: Bool { frame.palette == GIFHeader.grayRamp }

    // MARK: - Private

    private static func palette(_ bytes: ByteView, at offset: inout Int, flags: UInt8) -> [UInt8] {
        let count = 3 << (Int(flags & 7) + 1)
        defer { offset += count }
        let colors = bytes.suffix(from: offset)?.prefix(count).array ?? []
        return colors + grayRamp.dropFirst(colors.count)
    }

    private static func skipBlocks(_ bytes: ByteView, at offset: inout Int) {
        while let count = bytes.byte(at: offset) {
            offset += 1 + Int(count)
            if count == 0 { return }
        }
    }
}
