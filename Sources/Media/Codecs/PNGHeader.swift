import CPNG

/// What the chunks of a PNG file say before and after its pixels (ISO/IEC 15948).
struct PNGHeader {
    let width: Int
    let height: Int
    let isGray: Bool
    let image: ImageHeader
    /// Where a chunk of pixels begins that the end of the file cuts off.
    let cutChunk: Int?

    /// Unpacked profiles and Exif texts larger than this are left out.
    private static let profileLimit = 16 << 20
    private static let textLimit = 1 << 20
    /// Chunks beyond these are not looked at.
    private static let chunkLimit = 100_000

    init(_ bytes: ByteView) throws(MediaError) {
        guard let first = bytes.view(at: 16, count: 17), bytes.uint32(at: 8, .big) == 13,
            bytes.has("IHDR", at: 12),
            let width = first.uint32(at: 0, .big), let height = first.uint32(at: 4, .big),
            let bits = first.byte(at: 8), let color = first.byte(at: 9)
        else { throw MediaError(.malformedInput, "PNG: cut short before the end of its header") }
        guard (1..<1 << 31).contains(width), (1..<1 << 31).contains(height) else {
            throw MediaError(.malformedInput, "PNG: the size is \(width)×\(height)")
        }
        guard let depths = PNGHeader.depths[color], depths.contains(bits) else {
            throw MediaError(.malformedInput, "PNG: colour type \(color) with \(bits) bits a sample")
        }
        (self.width, self.height) = (width, height)
        isGray = color & 2 == 0

        var extras = Extras()
        var cutChunk: Int?
        var offset = 33
        for _ in 0..<PNGHeader.chunkLimit {
            guard let length = bytes.uint32(at: offset, .big),
                let type = bytes.view(at: offset + 4, count: 4),
                !type.has("IEND")
            else { break }
            guard let body = bytes.view(at: offset + 8, count: length) else {
                if type.has("IDAT") { cutChunk = offset }
                break
            }
            extras.read(type: type, body: body)
            offset += 12 + length
        }
        self.cutChunk = cutChunk
        let hasAlpha = color & 4 != 0 || extras.hasTransparency
        image = ImageHeader(
            format: .png, storedWidth: width, storedHeight: height,
            channels: (isGray ? 1 : 3) + (hasAlpha ? 1 : 0), bitsPerChannel: Int(bits), hasAlpha: hasAlpha,
            orientation: extras.orientation, frameCount: extras.frameCount, exif: extras.exif,
            iccProfile: extras.profile)
    }

    /// The memory for a decode as `options` ask for it; libpng holds a row or two beside the raster.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        let channels = PNGDecoder.channels(of: self, layout: options.layout)
        return DecodeCost(rasterBytes: width * height * channels, isBounded: true)
    }

    private static let depths: [UInt8: [UInt8]] = [
        0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16],
    ]

    /// What stands in the chunks beside the pixels.
    private struct Extras {
        var hasTransparency = false
        var isAnimated = false
        var frameControls = 0
        var exif: EXIF?
        var profile: [UInt8]?
        private var packetOrientation: Int?
        /// What is packed is unpacked once, whatever comes of it: a file may hold any number of chunks that
        /// unpack to the limit and are nothing.
        private var hasProfile = false
        private var hasText = false
        private var packetBytes = 0

        var frameCount: Int { isAnimated ? max(1, frameControls) : 1 }

        /// Exif data in its own chunk counts before that in a text, and both before an XMP packet.
        var orientation: Int { exif?.orientation ?? packetOrientation ?? 1 }

        mutating func read(type: ByteView, body: ByteView) {
            if type.has("tRNS") {
                hasTransparency = true
            } else if type.has("acTL") {
                isAnimated = true
            } else if type.has("fcTL") {
                frameControls += 1
            } else if type.has("eXIf") {
                exif = EXIF(body) ?? exif
            } else if type.has("iCCP"), !hasProfile {
                hasProfile = true
                profile = PNGHeader.keyword(body).flatMap { _, rest in
                    guard rest.byte(at: 0) == 0, let packed = rest.suffix(from: 1) else { return nil }
                    return PNGHeader.inflate(packed, limit: PNGHeader.profileLimit)
                }
            } else if type.has("zTXt"), exif == nil, !hasText, let (word, rest) = PNGHeader.keyword(body),
                word == "Raw profile type exif" || word == "Raw profile type APP1",
                let packed = rest.suffix(from: 1)
            {
                hasText = true
                exif = PNGHeader.inflate(packed, limit: PNGHeader.textLimit)
                    .flatMap { EXIF(ByteView(PNGHeader.hexProfile($0))) }
            } else if type.has("iTXt"), let (word, rest) = PNGHeader.keyword(body),
                word == "XML:com.adobe.xmp",
                rest.byte(at: 0) == 0
            {
                packetBytes += rest.count
                guard packetBytes <= PNGHeader.profileLimit else { return }
                packetOrientation = PNGHeader.packetOrientation(rest.text)
            }
        }
    }

    /// The text before the first zero byte, and the bytes after it.
    private static func keyword(_ body: ByteView) -> (String, ByteView)? {
        guard let end = body.firstOffset(of: 0, from: 0), let rest = body.suffix(from: end + 1) else {
            return nil
        }
        return (body.prefix(end).text, rest)
    }

    private static func inflate(_ packed: ByteView, limit: Int) -> [UInt8]? {
        // Deflate packs at most 1,032 bytes into one.
        let capacity = min(limit, packed.count * 1_032 + 1_024)
        let unpacked = [UInt8](unsafeUninitializedCapacity: capacity) { output, initialized in
            let count = packed.withUnsafeBytes {
                fovea_inflate($0.baseAddress, $0.count, output.baseAddress, capacity)
            }
            initialized = max(0, count)
        }
        return unpacked.isEmpty ? nil : unpacked
    }

    /// ImageMagick's way before PNG had a chunk for it: a line with the name, one with the length, then hex
    /// digits.
    private static func hexProfile(_ text: [UInt8]) -> [UInt8] {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in lines.dropFirst(2).joined() {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue.map(UInt8.init) else { continue }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }

    /// `tiff:Orientation="6"` or `<tiff:Orientation>6</…`, as Pillow looks for it.
    private static func packetOrientation(_ packet: String) -> Int? {
        let name = "tiff:Orientation"
        var rest = packet[...].utf8
        while let start = rest.firstIndex(of: UInt8(ascii: "t")) {
            rest = rest[start...]
            if rest.starts(with: name.utf8) {
                let value = Array(rest.dropFirst(name.utf8.count).prefix(3))
                if value.count == 3, value.starts(with: "=\"".utf8) { return Int(value[2]) - 0x30 }
                if value.count >= 2, value[0] == UInt8(ascii: ">") { return Int(value[1]) - 0x30 }
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}
