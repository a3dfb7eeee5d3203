/// The container of a video, as the first bytes of its file tell it.
public enum VideoFormat: String, Sendable, Hashable, CaseIterable {
    case mp4
    case mov
    case webm
    case mkv
    case avi
    /// A transport stream.
    case ts
    /// A program stream, or bare MPEG.
    case mpeg
    case flv
    case ogg
    case asf
    case mxf
    case ivf

    /// The media type, as in `Content-Type`.
    public var mediaType: String {
        switch self {
        case .mp4: "video/mp4"
        case .mov: "video/quicktime"
        case .webm: "video/webm"
        case .mkv: "video/x-matroska"
        case .avi: "video/x-msvideo"
        case .ts: "video/mp2t"
        case .mpeg: "video/mpeg"
        case .flv: "video/x-flv"
        case .ogg: "video/ogg"
        case .asf: "video/x-ms-asf"
        case .mxf: "application/mxf"
        case .ivf: "video/x-ivf"
        }
    }

    /// Endings of names that are a video's. `.ts` is not among them: most such files are programs.
    public static let fileNames: Set<String> = [
        "mp4", "m4v", "mov", "qt", "3gp", "3g2", "webm", "mkv", "avi", "m2ts", "mts", "mpg", "mpeg", "vob",
        "flv", "ogv", "wmv", "asf", "mxf", "ivf",
    ]

    /// How many bytes ``sniff(_:)`` looks at, at most.
    public static let sniffedByteCount = 1_024

    /// The container whose files begin as `bytes` do; `nil` for anything else, and for pictures and sound in
    /// such a container.
    ///
    /// A known beginning promises nothing about the rest, nor that there are pictures in it.
    public static func sniff(_ bytes: [UInt8]) -> VideoFormat? {
        let view = ByteView(bytes)
        if let first = isoMedia(view) {
            // The first box of a file without a file type is one of these; QuickTime's early files have none.
            if first != "ftyp" { return ["moov", "mdat", "wide", "skip"].contains(first) ? .mov : nil }
            guard ImageFormat.sniff(bytes) == nil else { return nil }
            let brand = view.view(at: 8, count: 4)?.text ?? ""
            if ["M4A ", "M4B ", "M4P ", "crx "].contains(brand) { return nil }
            return brand == "qt  " ? .mov : .mp4
        }
        if view.uint32(at: 0, .big) == 0x1A45_DFA3 {
            let head = bytes.prefix(sniffedByteCount)
            return head.contains(subsequence: Array("webm".utf8)) ? .webm : .mkv
        }
        if view.has("RIFF"), view.has("AVI ", at: 8) { return .avi }
        if view.has("FLV"), view.byte(at: 3) == 1 { return .flv }
        if view.has("OggS") { return .ogg }
        if view.has("DKIF") { return .ivf }
        switch view.uint32(at: 0, .big) {
        case 0x3026_B275: return .asf
        case 0x060E_2B34: return .mxf
        case 0x0000_01BA, 0x0000_01B3: return .mpeg
        default: break
        }
        // Packets of 188 bytes begin with 0x47; on discs a time of 4 bytes stands before each.
        for (start, length) in [(0, 188), (4, 192)]
        where (0..<4).allSatisfy({ view.byte(at: start + $0 * length) == 0x47 }) { return .ts }
        return nil
    }

    /// The name of the first box of a file of the ISO base media file format (ISO/IEC 14496-12); `nil` where
    /// it does not begin with one.
    private static func isoMedia(_ view: ByteView) -> String? {
        guard let size = view.uint32(at: 0, .big), size == 1 || size >= 8,
            let name = view.view(at: 4, count: 4)?.text, name.utf8.count == 4
        else { return nil }
        return ["ftyp", "moov", "mdat", "wide", "skip"].contains(name) ? name : nil
    }
}

extension ArraySlice<UInt8> {
    fileprivate func contains(subsequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: subsequence) }
    }
}
