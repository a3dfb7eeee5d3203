extension VideoFormat {
    /// Whether a file is shorter than it says itself: by the outermost boxes of MP4 and MOV, the lengths that
    /// the heads of AVI, Matroska, WebM, ASF and FLV tell, the last page of Ogg, and the footer of MXF.
    /// `false` where that cannot be told, as of what was written to a pipe.
    ///
    /// Reads some hundred bytes, of Ogg the last 64 KiB.
    /// - Throws: What reading throws.
    public func isCutShort(_ bytes: any VideoBytes) throws -> Bool {
        let told: Int?
        switch self {
        case .mp4, .mov: return try VideoFormat.isCutShort(boxesOf: bytes)
        case .ogg: return try VideoFormat.isCutShort(pagesOf: bytes)
        case .mxf: return try VideoFormat.isCutShort(footerOf: bytes)
        case .avi:
            guard let head = try VideoFormat.head(of: bytes, at: 0, count: 12) else { return true }
            let size = ByteView(head).uint32(at: 4, .little) ?? 0
            told = size > 0 && size < 0xFFFF_FFFF ? size + 8 : nil
        case .mkv, .webm: told = try VideoFormat.length(toldByMatroska: bytes)
        case .asf: told = try VideoFormat.length(toldByASF: bytes)
        case .flv: told = try VideoFormat.length(toldByFLV: bytes)
        case .ts, .mpeg, .ivf: told = nil
        }
        return told.map { $0 > bytes.byteCount } ?? false
    }

    /// ISO/IEC 14496-12.
    private static func isCutShort(boxesOf bytes: any VideoBytes) throws -> Bool {
        var offset = 0
        // A file has a handful of outermost boxes; one in fragments has two for each.
        for _ in 0..<100_000 where offset < bytes.byteCount {
            // A few bytes at the end are no box, and no loss.
            guard let head = try head(of: bytes, at: offset, count: 16) else { return offset == 0 }
            let view = ByteView(head)
            var size = view.uint32(at: 0, .big) ?? 0
            if size == 1 {
                guard let high = view.uint32(at: 8, .big), let low = view.uint32(at: 12, .big) else {
                    return true
                }
                size = Int(truncatingIfNeeded: UInt64(high) << 32 | UInt64(low))
            }
            // 0 is a box up to the end of the file; other small numbers are no box at all.
            guard size >= 8 else { return false }
            let (end, overflow) = offset.addingReportingOverflow(size)
            if overflow || end > bytes.byteCount { return true }
            offset = end
        }
        return false
    }

    /// Where the segment ends: RFC 8794 and RFC 9559.
    private static func length(toldByMatroska bytes: any VideoBytes) throws -> Int? {
        var offset = 0
        // The head comes first, then the segment; there may be fillings between.
        for _ in 0..<16 {
            guard let head = try head(of: bytes, at: offset, count: 16) else { return nil }
            let view = ByteView(head)
            guard let first = view.byte(at: 0), case let width = first.leadingZeroBitCount + 1, width <= 4,
                let name = view.integer(at: 0, width: width, .big), let lead = view.byte(at: width),
                case let sizeWidth = lead.leadingZeroBitCount + 1, sizeWidth <= 8
            else { return nil }
            var size = Int(lead) & (0xFF >> sizeWidth)
            var isUnknown = size == 0xFF >> sizeWidth
            for place in 1..<sizeWidth where sizeWidth > 1 {
                guard let byte = view.byte(at: width + place) else { return nil }
                size = size << 8 | Int(byte)
                if byte != 0xFF { isUnknown = false }
            }
            guard !isUnknown else { return nil }
            let (end, overflow) = (offset + width + sizeWidth).addingReportingOverflow(size)
            guard !overflow else { return nil }
            if name == 0x1853_8067 { return end }
            offset = end
        }
        return nil
    }

    /// The size in the file's properties: ASF specification 3.2, unless it was sent while it was made.
    private static func length(toldByASF bytes: any VideoBytes) throws -> Int? {
        guard let header = try head(of: bytes, at: 0, count: 30) else { return nil }
        var offset = 30
        for _ in 0..<min(ByteView(header).uint32(at: 24, .little) ?? 0, 64) {
            guard let object = try head(of: bytes, at: offset, count: 92) else { return nil }
            let view = ByteView(object)
            if view.uint32(at: 0, .big) == 0xA1DC_AB8C {
                guard let flags = view.uint32(at: 88, .little), flags & 1 == 0 else { return nil }
                return view.uint64(at: 40, .little)
            }
            guard let size = view.uint64(at: 16, .little), size >= 24,
                case let (end, overflow) = offset.addingReportingOverflow(size), !overflow
            else { return nil }
            offset = end
        }
        return nil
    }

    /// `filesize` of the first tag, which holds what is known of the file.
    private static func length(toldByFLV bytes: any VideoBytes) throws -> Int? {
        guard let head = try head(of: bytes, at: 0, count: 4_096),
            // A name has its length before it; 0 stands before a number of 8 bytes.
            case let name = [0, 8] + Array("filesize".utf8) + [0],
            let place = head.indices.first(where: { head[$0...].starts(with: name) }),
            case let start = place + name.count, head.count >= start + 8
        else { return nil }
        let bits = head[start..<start + 8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        return Int(exactly: Double(bitPattern: bits).rounded())
    }

    /// RFC 3533: the last page of a stream says that it is, and no page ends behind the file.
    private static func isCutShort(pagesOf bytes: any VideoBytes) throws -> Bool {
        let longest = 27 + 255 + 255 * 255
        let start = max(0, bytes.byteCount - longest)
        guard let end = try head(of: bytes, at: start, count: bytes.byteCount - start) else { return true }
        let view = ByteView(end)
        for place in end.indices.reversed() where end[place] == 0x4F && view.has("OggS", at: place) {
            guard let flags = view.byte(at: place + 5), let count = view.byte(at: place + 26),
                let lengths = view.view(at: place + 27, count: Int(count))
            else { return true }
            let size = (0..<lengths.count).reduce(0) { $0 + Int(lengths.byte(at: $1) ?? 0) }
            return flags & 4 == 0 || place + 27 + lengths.count + size > end.count
        }
        return false
    }

    /// SMPTE ST 377-1: the first partition says where the last one is, behind which keys, lengths and values
    /// follow one another up to the end.
    private static func isCutShort(footerOf bytes: any VideoBytes) throws -> Bool {
        guard let pack = try value(of: bytes, at: 0),
            let head = try head(of: bytes, at: pack.lowerBound, count: 32),
            let footer = ByteView(head).uint64(at: 24, .big), footer > 0
        else { return false }
        var offset = footer
        if offset >= bytes.byteCount { return true }
        for _ in 0..<100_000 where offset < bytes.byteCount {
            guard let value = try value(of: bytes, at: offset) else { return false }
            if value.upperBound > bytes.byteCount { return true }
            offset = value.upperBound
        }
        return false
    }

    /// Where the value is whose key, of 16 bytes, begins at `offset`; its length is coded as in BER.
    private static func value(of bytes: any VideoBytes, at offset: Int) throws -> Range<Int>? {
        guard let head = try head(of: bytes, at: offset, count: 25), case let view = ByteView(head),
            view.uint32(at: 0, .big) == 0x060E_2B34, let first = view.byte(at: 16)
        else { return nil }
        let width = first < 0x80 ? 0 : Int(first & 0x7F)
        // Eight bytes are common, of which the first is 0.
        guard width <= 8, width < 8 || view.byte(at: 17) == 0,
            let size = width == 0
                ? Int(first) : view.integer(at: width < 8 ? 17 : 18, width: min(width, 7), .big)
        else { return nil }
        let start = offset + 17 + width
        let (end, overflow) = start.addingReportingOverflow(size)
        return overflow ? nil : start..<end
    }

    /// Up to `count` bytes; `nil` for fewer than 8.
    static func head(of bytes: any VideoBytes, at offset: Int, count: Int) throws -> [UInt8]? {
        var head = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = try head.withUnsafeMutableBytes {
                try bytes.read(
                    at: offset + filled, into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if read == 0 { break }
            filled += read
        }
        return filled < 8 ? nil : Array(head[..<filled])
    }
}
