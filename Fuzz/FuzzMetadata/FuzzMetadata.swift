import Base
import Driver

@testable import Media

/// What stands beside the pixels: EXIF and TIFF structures, and the bodies of PNG and JPEG metadata.
@main enum FuzzMetadata {
    static func main() {
        Fuzzer.run { bytes in
            let view = ByteView(bytes)
            if let exif = EXIF(view) {
                Fuzzer.require(exif.latitude.map { abs($0) <= 90 } != false, "a latitude beyond the pole")
                Fuzzer.require(exif.longitude.map { abs($0) <= 180 } != false, "a longitude beyond 180°")
                Fuzzer.require(exif.altitude?.isFinite != false, "an altitude without end")
                Fuzzer.require(exif.orientation.map { (1...8).contains($0) } != false, "no orientation")
                _ = exif.tags.json
            }
            _ = try? TIFFHeader(view)
            guard bytes.count < 1 << 15 else { return }
            for chunk in ["eXIf", "iCCP", "zTXt", "iTXt", "tRNS"] {
                _ = try? PNGHeader(ByteView(png(chunk, bytes)))
            }
            _ = try? JPEGHeader(ByteView(jpeg(bytes)))
        }
    }

    private static func png(_ chunk: String, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]
        bytes += Array("IHDR".utf8) + [0, 0, 0, 8, 0, 0, 0, 8, 8, 2, 0, 0, 0, 0, 0, 0, 0]
        bytes += [0, 0, UInt8(body.count >> 8), UInt8(body.count & 255)]
        return bytes + Array(chunk.utf8) + body + [0, 0, 0, 0]
    }

    private static func jpeg(_ body: [UInt8]) -> [UInt8] {
        let count = body.count + 2
        var bytes: [UInt8] = [0xFF, 0xD8]
        for marker: UInt8 in [0xE1, 0xE2] {
            bytes += [0xFF, marker, UInt8(count >> 8), UInt8(count & 255)] + body
        }
        return bytes + [0xFF, 0xC0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0, 0xFF, 0xD9]
    }
}
