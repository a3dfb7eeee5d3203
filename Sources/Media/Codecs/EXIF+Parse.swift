import Base

extension EXIF {
    /// The most tags that are kept, over all directories.
    private static let tagLimit = 1_024
    /// The most numbers, or bytes of text, that the value of one tag may have.
    private static let numberLimit = 64
    private static let textLimit = 4_096
    /// Tags that only say where in the file something lies: strips, tiles, colour map, other directories.
    private static let layoutTags: Set<Int> = [
        0x0111, 0x0117, 0x0140, 0x0144, 0x0145, 0x014A, 0x0201, 0x0202, 0x8769, 0x8825, 0xA005,
    ]

    /// Reads the TIFF structure that Exif metadata is, with or without `Exif\0\0` before it.
    ///
    /// `nil` where there is no such structure, or nothing in it that can be read. A damaged part is left out,
    /// the rest is kept.
    init?(_ bytes: ByteView) {
        let body = bytes.has("Exif\0\0") ? bytes.suffix(from: 6) : bytes
        guard let body, let structure = TIFFStructure(body) else { return nil }
        self.init(structure)
    }

    /// Reads the first directory of `structure`, and the Exif and GPS directories that it names.
    ///
    /// Three directories at most are read, whatever they refer to, so that no cycle can be walked.
    init?(_ structure: TIFFStructure) {
        guard let main = structure.directory(at: structure.firstDirectory) else { return nil }
        let camera = main[0x8769]?.integer().flatMap { structure.directory(at: $0) }
        let position = main[0x8825]?.integer().flatMap { structure.directory(at: $0) }
        self.init()
        make = main[0x010F]?.nonEmptyText
        model = main[0x0110]?.nonEmptyText
        orientation = main[0x0112]?.integer().flatMap { (1...8).contains($0) ? $0 : nil }
        capturedAt = EXIF.capturedAt(main: main, camera: camera)
        if let position { readPosition(position) }

        var members: [(String, Value)] = []
        for (directory, names) in [
            (main, EXIF.mainTagNames), (camera, EXIF.cameraTagNames),
            (position, EXIF.positionTagNames),
        ] {
            for entry in directory?.entries ?? [] where members.count < EXIF.tagLimit {
                guard !EXIF.layoutTags.contains(entry.tag), let value = EXIF.value(of: entry) else {
                    continue
                }
                members.append((names[entry.tag] ?? EXIF.numberName(entry.tag), value))
            }
        }
        tags = Document(members)
    }

    // MARK: - Private

    private mutating func readPosition(_ directory: TIFFStructure.Directory) {
        latitude = EXIF.degrees(
            directory[2], reference: directory[1], positive: "N", negative: "S", limit: 90)
        longitude = EXIF.degrees(
            directory[4], reference: directory[3], positive: "E", negative: "W", limit: 180)
        if let metres = directory[6]?.number() {
            altitude = directory[5]?.integer() == 1 ? -metres : metres
        }
    }

    /// Degrees, minutes and seconds with their letter; without the letter the hemisphere is not known, and a
    /// position on the wrong one would be worse than none.
    private static func degrees(
        _ entry: TIFFStructure.Entry?, reference: TIFFStructure.Entry?, positive: String, negative: String,
        limit: Double
    ) -> Double? {
        guard let entry, let reference, let degrees = entry.number(at: 0) else { return nil }
        let minutes = entry.count > 1 ? entry.number(at: 1) : 0
        let seconds = entry.count > 2 ? entry.number(at: 2) : 0
        // Cameras that write whole minutes leave the seconds 0/0.
        let angle = degrees + (minutes ?? 0) / 60 + (seconds ?? 0) / 3_600
        guard (0...limit).contains(angle) else { return nil }
        switch reference.text.uppercased() {
        case positive: return angle
        case negative: return -angle
        default: return nil
        }
    }

    private static func capturedAt(
        main: TIFFStructure.Directory, camera: TIFFStructure.Directory?
    ) -> DateTime? {
        let candidates = [
            (camera?[0x9003], camera?[0x9011], camera?[0x9291]),  // DateTimeOriginal
            (camera?[0x9004], camera?[0x9012], camera?[0x9292]),  // DateTimeDigitized
            (main[0x0132], camera?[0x9010], camera?[0x9290]),  // DateTime
        ]
        for (clock, offset, fraction) in candidates {
            guard let clock else { continue }
            if let time = dateTime(clock: clock.text, offset: offset?.text, fraction: fraction?.text) {
                return time
            }
        }
        return nil
    }

    /// `2024:05:06 07:08:09` with an offset such as `+02:00` and the digits after the decimal point.
    static func dateTime(clock: String, offset: String?, fraction: String?) -> DateTime? {
        let fields = clock.utf8.split(omittingEmptySubsequences: false) { !(0x30...0x39).contains($0) }
        guard fields.count == 6, fields[0].count == 4, fields.dropFirst().allSatisfy({ $0.count == 2 }) else {
            return nil
        }
        let numbers = fields.map { $0.reduce(0) { $0 * 10 + Int($1 - 0x30) } }
        var microsecond = 0
        let digits = (fraction ?? "").utf8.prefix(6)
        if !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
            microsecond = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            for _ in digits.count..<6 { microsecond *= 10 }
        }
        return DateTime(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers[5], microsecond: microsecond, zone: offset.flatMap(zone) ?? .local)
    }

    private static func zone(_ text: String) -> DateTime.Zone? {
        if text == "Z" { return DateTime.utc }
        let bytes = Array(text.utf8)
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"), let hours = Int(text.dropFirst().prefix(2)),
            let minutes = Int(text.suffix(2)), (0...23).contains(hours), (0...59).contains(minutes)
        else { return nil }
        let magnitude = Int16(hours * 60 + minutes)
        return .offset(minutes: bytes[0] == UInt8(ascii: "-") ? -magnitude : magnitude)
    }

    /// A tag's value as JSON has it; `nil` for maker notes and other long binary values.
    private static func value(of entry: TIFFStructure.Entry) -> Value? {
        switch entry.type {
        case .ascii:
            guard entry.count <= textLimit else { return nil }
            return .string(entry.text)
        case .undefined where entry.tag == 0x9286:
            return comment(entry.bytes)
        case .undefined where entry.isPrintable && entry.count > 1 && entry.count <= numberLimit:
            return .string(entry.text)
        default:
            guard entry.count > 0, entry.count <= numberLimit else { return nil }
            let values = (0..<entry.count).map { number(entry, at: $0) }
            guard let first = values.first, values.count == 1 else { return .array(values) }
            if first.isNull { return Optional.none }
            return first
        }
    }

    private static func number(_ entry: TIFFStructure.Entry, at index: Int) -> Value {
        if let integer = entry.integer(at: index) { return .integer(Int64(integer)) }
        if let number = entry.number(at: index) { return .float(number) }
        return .null
    }

    /// UserComment: eight bytes that name its character set, then the text.
    private static func comment(_ bytes: ByteView) -> Value? {
        guard bytes.count <= textLimit, let body = bytes.suffix(from: 8) else { return nil }
        guard bytes.has("ASCII\0\0\0") || bytes.has("\0\0\0\0\0\0\0\0") else { return nil }
        let end = body.firstOffset(of: 0, from: 0) ?? body.count
        let text = body.prefix(end).text.trimmingBlanks
        return text.isEmpty ? nil : .string(text)
    }

    private static func numberName(_ tag: Int) -> String {
        let digits = String(tag, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension TIFFStructure.Entry {
    fileprivate var nonEmptyText: String? {
        guard type == .ascii, count <= 4_096 else { return nil }
        let text = text
        return text.isEmpty ? nil : text
    }

    /// Whether all bytes are printable ASCII: a version number such as `0231`.
    fileprivate var isPrintable: Bool { bytes.array.allSatisfy { (0x20...0x7E).contains($0) } }
}
