extension ImageFormat {
    /// The format whose files begin as `bytes` do; `nil` for anything else.
    ///
    /// A known beginning promises nothing about the rest.
    public static func sniff(_ bytes: [UInt8]) -> ImageFormat? { sniff(ByteView(bytes)) }

    static func sniff(_ bytes: ByteView) -> ImageFormat? {
        if bytes.uint32(at: 0, .big) == 0x8950_4E47, bytes.uint32(at: 4, .big) == 0x0D0A_1A0A { return .png }
        switch bytes.uint16(at: 0, .big) {
        case 0xFFD8 where bytes.byte(at: 2) == nil || bytes.byte(at: 2) == 0xFF: return .jpeg
        case 0x4949 where bytes.uint16(at: 2, .little).map({ $0 == 42 || $0 == 43 }) == true: return .tiff
        case 0x4D4D where bytes.uint16(at: 2, .big).map({ $0 == 42 || $0 == 43 }) == true: return .tiff
        default: break
        }
        if bytes.has("GIF87a") || bytes.has("GIF89a") { return .gif }
        if bytes.has("RIFF"), bytes.has("WEBP", at: 8) { return .webp }
        if bytes.has("ftyp", at: 4) { return isoMedia(bytes) }
        if BMPHeader.isAtStart(of: bytes) { return .bmp }
        if bytes.has("P"), let kind = bytes.byte(at: 1), (0x31...0x36).contains(kind),
            let next = bytes.byte(at: 2), PNMHeader.isBlank(next) || next == UInt8(ascii: "#")
        {
            return .pnm
        }
        return nil
    }

    /// HEIF and AVIF are told apart by the brands in the file type box (ISO/IEC 23008-12, AV1 Image File
    /// Format).
    private static func isoMedia(_ bytes: ByteView) -> ImageFormat? {
        guard let size = bytes.uint32(at: 0, .big) else { return nil }
        var brands: [String] = []
        for offset in [8] + Array(stride(from: 16, to: min(size, 8 + 4 * 64), by: 4)) {
            if let brand = bytes.view(at: offset, count: 4) { brands.append(brand.text) }
        }
        if brands.contains("avif") || brands.contains("avis") { return .avif }
        let heif: Set<String> = [
            "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1",
        ]
        return brands.contains(where: heif.contains) ? .heif : nil
    }

    /// The error for bytes that no format claims: it names what they look like.
    static func unknown(_ bytes: ByteView) -> MediaError {
        if bytes.count == 0 { return MediaError(.malformedInput, "the file is empty") }
        let refused: [(StaticString, Int, String)] = [
            ("%PDF-", 0, "a PDF document"), ("8BPS", 0, "a Photoshop document"),
            ("gimp xcf", 0, "a GIMP image"),
            ("\u{0}\u{0}\u{1}\u{0}", 0, "a Windows icon"), ("%!PS", 0, "a PostScript document"),
            ("P7\n", 0, "a PAM image"), ("PF\n", 0, "a PFM image"), ("Pf\n", 0, "a PFM image"),
            ("jP  ", 4, "a JPEG 2000 image"), ("qoif", 0, "a QOI image"), ("SIMPLE  =", 0, "a FITS image"),
            ("DDS ", 0, "a DirectDraw surface"), ("#?RADIANCE", 0, "a Radiance image"),
            ("JXL ", 4, "a JPEG XL image"),
        ]
        for (magic, offset, name) in refused where bytes.has(magic, at: offset) {
            return MediaError(.unsupported, "this is \(name), a format that is not read")
        }
        if bytes.uint16(at: 0, .big) == 0xFF0A {
            return MediaError(.unsupported, "this is a JPEG XL image, a format that is not read")
        }
        if bytes.uint32(at: 0, .big) == 0xFF4F_FF51 {
            return MediaError(.unsupported, "this is a JPEG 2000 image, a format that is not read")
        }
        let known: [(StaticString, Int, String)] = [
            ("ftyp", 4, "a video (MP4 or QuickTime)"), ("PK\u{3}\u{4}", 0, "a ZIP archive"),
            ("ID3", 0, "an MP3 file"), ("OggS", 0, "an Ogg file"), ("RIFF", 0, "a RIFF file (AVI or WAV)"),
            ("\u{7F}ELF", 0, "a program"), ("SQLite format 3", 0, "an SQLite database"),
            ("NUMPY", 1, "a NumPy array"),
        ]
        for (magic, offset, name) in known where bytes.has(magic, at: offset) {
            return MediaError(.unknownFormat, "not an image: this looks like \(name)")
        }
        if bytes.uint16(at: 0, .big) == 0x1F8B {
            return MediaError(.unknownFormat, "not an image: this looks like gzip-compressed data")
        }
        if bytes.uint32(at: 0, .big) == 0x1A45_DFA3 {
            return MediaError(.unknownFormat, "not an image: this looks like a video (Matroska or WebM)")
        }
        return textual(bytes)
    }

    /// SVG, HTML, JSON and other text are told from binary data by their first bytes.
    private static func textual(_ bytes: ByteView) -> MediaError {
        let start = bytes.prefix(1_024).array
        if start.allSatisfy({ $0 == 0 }) {
            return MediaError(.unknownFormat, "not an image: the file begins with \(start.count) zero bytes")
        }
        let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) || $0 == 0x1B }
        guard isText else {
            let shown = start.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            return MediaError(
                .unknownFormat,
                "not an image that is known: the file begins with bytes \(shown.joined(separator: " "))")
        }
        let text = String(decoding: start, as: UTF8.self).trimmingBlanks.lowercased()
        if text.hasPrefix("<svg") || text.hasPrefix("<?xml") && text.contains("<svg") {
            return MediaError(.unsupported, "this is an SVG drawing, a format that is not read")
        }
        if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
            return MediaError(.unknownFormat, "not an image: this looks like an HTML page")
        }
        if text.hasPrefix("<?xml") {
            return MediaError(.unknownFormat, "not an image: this looks like an XML document")
        }
        if text.hasPrefix("{") || text.hasPrefix("[") {
            return MediaError(.unknownFormat, "not an image: this looks like JSON text")
        }
        if text.hasPrefix("version https://git-lfs") {
            return MediaError(
                .unknownFormat, "not an image: this is a Git LFS pointer, the image was not fetched")
        }
        return MediaError(.unknownFormat, "not an image: this looks like plain text")
    }
}
