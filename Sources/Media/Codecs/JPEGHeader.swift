/// What stands before the pixels of a JPEG file (ISO/IEC 10918-1, annex B), and how many scans follow.
struct JPEGHeader {
    let width: Int
    let height: Int
    let components: Int
    let bits: Int
    let exif: EXIF?
    let iccProfile: [UInt8]?
    /// Scans in the file; 1 without looking where the first holds all components of a baseline image.
    let scanCount: Int
    /// Whether the pixels are only made when all scans were read: each coefficient is kept until then.
    let keepsCoefficients: Bool
    /// Bytes of all coefficients.
    private let coefficientBytes: Int
    private let isArithmetic: Bool
    /// Whether each scan finds its tables in the file. A decoder that has seen other files would take theirs.
    let isSelfContained: Bool

    /// The most scans of an image of any size, which is libjpeg-turbo's own limit too, and the most pixels
    /// that all scans together may pass over: a scan of a few bytes costs as much as the image is large.
    /// Scans of nothing took half a nanosecond a pixel, so that these take about two seconds.
    static let scanLimit = 500
    static let scannedPixelLimit = 1 << 32

    var image: ImageHeader {
        ImageHeader(
            format: .jpeg, storedWidth: width, storedHeight: height, channels: components,
            bitsPerChannel: bits,
            orientation: exif?.orientation ?? 1, exif: exif, iccProfile: iccProfile)
    }

    /// - Throws: ``MediaError/Code/malformedInput`` where no frame header comes,
    ///   ``MediaError/Code/unsupported`` for lossless, hierarchical and 12-bit frames,
    ///   ``MediaError/Code/limitExceeded`` for too many scans.
    init(_ bytes: ByteView) throws(MediaError) {
        var frame: Frame?
        var exif: EXIF?
        var profileParts: [ProfilePart] = []
        var scans = 0
        var keepsCoefficients = false
        var tables = Tables()
        var reader = MarkerReader(bytes: bytes, offset: 2)
        reading: while let segment = reader.next() {
            switch segment.marker {
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard frame == nil else {
                    throw MediaError(.malformedInput, "JPEG: a second frame header")
                }
                frame = try Frame(marker: segment.marker, body: segment.body)
            case 0xE1 where exif == nil && segment.body.has("Exif\0\0"):
                exif = EXIF(segment.body)
            case 0xE2:
                if let part = ProfilePart(segment.body) { profileParts.append(part) }
            case 0xDA:
                guard let frame else {
                    throw MediaError(.malformedInput, "JPEG: the pixels come before the frame header")
                }
                tables.check(scan: segment.body, of: frame)
                let inScan = segment.body.byte(at: 0).map(Int.init) ?? 0
                scans = 1
                keepsCoefficients = frame.isProgressive || inScan < frame.components
                if keepsCoefficients {
                    scans += reader.countScans(of: frame, tables: &tables)
                }
                break reading
            case 0xD9:
                break reading
            default:
                tables.define(marker: segment.marker, body: segment.body)
            }
        }
        guard let frame else { throw MediaError(.malformedInput, "JPEG: cut short before the frame header") }
        (width, height, components, bits) = (frame.width, frame.height, frame.components, frame.bits)
        self.exif = exif
        iccProfile = ProfilePart.joined(profileParts)
        scanCount = scans
        self.keepsCoefficients = keepsCoefficients
        (coefficientBytes, isArithmetic) = (frame.coefficientBytes, frame.isArithmetic)
        isSelfContained = tables.areComplete
        guard scans <= JPEGHeader.scanLimit, scans * width * height <= JPEGHeader.scannedPixelLimit else {
            throw MediaError(
                .limitExceeded,
                "JPEG has \(scans) scans of \(width)×\(height), limit is "
                    + "\(JPEGHeader.scanLimit) scans and \(JPEGHeader.scannedPixelLimit) pixels in all of them"
            )
        }
    }

    /// The memory for a decode as `options` ask for it: full coefficients even where it is scaled.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        let size = JPEGDecoder.size(of: self, scaling: options.scaling)
        let pixels = size.width * size.height
        let channels = JPEGDecoder.channels(of: self, layout: options.layout)
        let inks = components == 4 ? pixels * 4 : 0
        return DecodeCost(
            rasterBytes: pixels * channels,
            workingBytes: (keepsCoefficients ? coefficientBytes : 0) + inks, isBounded: !isArithmetic)
    }
}

extension JPEGHeader {
    /// A frame header: SOF0 to SOF15.
    private struct Frame {
        let width, height, components, bits: Int
        let isProgressive: Bool
        let isArithmetic: Bool
        /// Two bytes for each coefficient of each component, in whole blocks and whole units of the scan.
        let coefficientBytes: Int
        /// The bits of the quantization tables that the components name.
        let quantization: UInt

        init(marker: UInt8, body: ByteView) throws(MediaError) {
            guard let bits = body.byte(at: 0), let height = body.uint16(at: 1, .big),
                let width = body.uint16(at: 3, .big), let components = body.byte(at: 5),
                body.count >= 6 + 3 * Int(components)
            else { throw MediaError(.malformedInput, "JPEG: the frame header is too short") }
            let process = marker & 0x0F
            guard process & 3 != 3 else {
                throw MediaError(.unsupported, "JPEG: lossless compression (SOF\(process)) is not read")
            }
            guard process & 4 == 0 else {
                throw MediaError(.unsupported, "JPEG: hierarchical compression (SOF\(process)) is not read")
            }
            guard bits == 8 else {
                throw MediaError(.unsupported, "JPEG: \(bits) bits a sample are not read, only 8")
            }
            guard width > 0 else { throw MediaError(.malformedInput, "JPEG: the frame is 0 pixels wide") }
            guard height > 0 else {
                throw MediaError(.unsupported, "JPEG: a height given after the pixels (DNL) is not read")
            }
            guard components == 1 || components == 3 || components == 4 else {
                throw MediaError(.unsupported, "JPEG: \(components) components are not read, only 1, 3 and 4")
            }
            (self.width, self.height) = (width, height)
            (self.components, self.bits) = (Int(components), Int(bits))
            isProgressive = process & 2 != 0
            isArithmetic = process & 8 != 0
            let factors = (0..<Int(components)).map { index in
                let both = body.byte(at: 7 + index * 3) ?? 0
                return (across: max(1, Int(both >> 4)), down: max(1, Int(both & 15)))
            }
            let units = (
                across: Frame.quotientUp(width, by: 8 * (factors.map(\.across).max() ?? 1)),
                down: Frame.quotientUp(height, by: 8 * (factors.map(\.down).max() ?? 1))
            )
            coefficientBytes = factors.reduce(0) {
                $0 + units.across * $1.across * units.down * $1.down * 128
            }
            quantization = (0..<Int(components)).reduce(0) { set, index in
                set | 1 << UInt((body.byte(at: 8 + index * 3) ?? 0) & 15)
            }
        }

        private static func quotientUp(_ number: Int, by divisor: Int) -> Int {
            (number + divisor - 1) / divisor
        }
    }

    /// One of the segments that a colour profile is cut into (ICC.1:2010, annex B.4).
    private struct ProfilePart {
        let number, count: Int
        let bytes: ByteView

        init?(_ body: ByteView) {
            guard body.has("ICC_PROFILE\0"), let number = body.byte(at: 12), let count = body.byte(at: 13),
                let bytes = body.suffix(from: 14)
            else { return nil }
            (self.number, self.count, self.bytes) = (Int(number), Int(count), bytes)
        }

        /// The whole profile; `nil` where a part is missing or comes twice.
        static func joined(_ parts: [ProfilePart]) -> [UInt8]? {
            let sorted = parts.sorted { $0.number < $1.number }
            guard let count = sorted.first?.count, sorted.map(\.number) == Array(1...max(1, count)) else {
                return nil
            }
            return sorted.flatMap(\.bytes.array)
        }
    }

    /// The tables that the file has defined so far, one bit for each number.
    private struct Tables {
        private var quantization: UInt = 0
        /// Huffman tables for DC in bits 0 to 15, for AC in bits 16 to 31: their number as it stands in the
        /// file.
        private var huffman: UInt = 0
        private(set) var areComplete = true

        mutating func define(marker: UInt8, body: ByteView) {
            var offset = 0
            while let first = body.byte(at: offset), marker == 0xDB || marker == 0xC4 {
                if marker == 0xDB {
                    quantization |= 1 << UInt(first & 15)
                    offset += first & 0xF0 == 0 ? 65 : 129
                } else {
                    huffman |= 1 << UInt(first & 31)
                    offset += 17 + (0..<16).reduce(0) { $0 + Int(body.byte(at: offset + 1 + $1) ?? 0) }
                }
            }
        }

        mutating func check(scan: ByteView, of frame: Frame) {
            if quantization & frame.quantization != frame.quantization { areComplete = false }
            guard !frame.isArithmetic, let count = scan.byte(at: 0).map(Int.init) else { return }
            let first = scan.byte(at: 1 + count * 2) ?? 0
            let isRefinement = (scan.byte(at: 3 + count * 2) ?? 0) >> 4 > 0
            for index in 0..<count {
                let numbers = scan.byte(at: 2 + index * 2) ?? 0
                let usesDC = !frame.isProgressive || first == 0 && !isRefinement
                let usesAC = !frame.isProgressive || first > 0
                if usesDC, huffman & 1 << UInt(numbers >> 4) == 0 { areComplete = false }
                if usesAC, huffman & 1 << (16 + UInt(numbers & 15)) == 0 { areComplete = false }
            }
        }
    }

    /// Walks the markers as libjpeg does: bytes between segments are skipped, and `0xFF` may be repeated.
    private struct MarkerReader {
        let bytes: ByteView
        var offset: Int

        /// The next segment; `nil` at the end of the bytes. Markers that have no body come with an empty one.
        mutating func next() -> (marker: UInt8, body: ByteView)? {
            while let start = bytes.firstOffset(of: 0xFF, from: offset) {
                var place = start
                while bytes.byte(at: place) == 0xFF { place += 1 }
                guard let marker = bytes.byte(at: place) else { return nil }
                offset = place + 1
                switch marker {
                case 0:
                    continue
                case 0x01, 0xD0...0xD9:
                    return (marker, bytes.prefix(0))
                default:
                    guard let length = bytes.uint16(at: offset, .big), length >= 2 else { return nil }
                    let body = bytes.view(at: offset + 2, count: length - 2)
                    guard let body = body ?? bytes.suffix(from: offset + 2) else { return nil }
                    offset += length
                    return (marker, body)
                }
            }
            return nil
        }

        /// The scans from here to the end of the image.
        mutating func countScans(of frame: Frame, tables: inout Tables) -> Int {
            var count = 0
            while let segment = next(), segment.marker != 0xD9 {
                if segment.marker == 0xDA {
                    count += 1
                    tables.check(scan: segment.body, of: frame)
                } else {
                    tables.define(marker: segment.marker, body: segment.body)
                }
            }
            return count
        }
    }
}
