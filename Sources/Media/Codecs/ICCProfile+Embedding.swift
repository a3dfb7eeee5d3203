import CPNG

extension ICCProfile {
    /// An encoded image with this profile added; the image as it is where the profile is not of its colours.
    ///
    /// - Parameters:
    ///   - file: As ``ImageCodec/encode(_:as:)`` made it, without a profile.
    ///   - channels: Of the raster that was encoded.
    func embedded(in file: [UInt8], as format: ImageFormat, channels: Int) -> [UInt8] {
        switch format {
        case .jpeg: fits(channels: channels) ? inJPEG(file) : file
        case .png: fits(channels: channels) ? inPNG(file) : file
        // WebP has no gray.
        case .webp: colourSpace == .rgb && channels >= 3 ? inWebP(file, hasAlpha: channels == 4) : file
        default: file
        }
    }

    // MARK: - Private

    /// APP2 segments behind the JFIF segment, each with its number and how many there are (ICC.1, B.4).
    private func inJPEG(_ file: [UInt8]) -> [UInt8] {
        let room = 65_533 - 14
        let count = (bytes.count + room - 1) / room
        // The count has one byte.
        guard count <= 255, file.count > 6 else { return file }
        var place = 2
        if file[2] == 0xFF, file[3] == 0xE0 { place += 2 + Int(file[4]) << 8 + Int(file[5]) }
        var segments: [UInt8] = []
        segments.reserveCapacity(bytes.count + 18 * count)
        for number in 0..<count {
            let part = bytes[number * room..<min(bytes.count, (number + 1) * room)]
            segments += [0xFF, 0xE2] + ICCProfile.bigEndian(part.count + 16, width: 2)
            segments += Array("ICC_PROFILE\0".utf8) + [UInt8(number + 1), UInt8(count)]
            segments += part
        }
        return Array(file[..<place]) + segments + file[place...]
    }

    /// An `iCCP` chunk behind `IHDR` (PNG, 11.3.2.3).
    private func inPNG(_ file: [UInt8]) -> [UInt8] {
        let headerEnd = 8 + 25
        guard file.count > headerEnd else { return file }
        var chunk = Array("iCCPicc\0\0".utf8)
        let capacity = Int(compressBound(UInt(bytes.count)))
        let packed = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var written = UInt(capacity)
            let status = compress2(
                buffer.baseAddress, &written, bytes, UInt(bytes.count), Z_DEFAULT_COMPRESSION)
            count = status == Z_OK ? Int(written) : 0
        }
        guard !packed.isEmpty else { return file }
        chunk += packed
        let sum = Int(fovea_crc32(chunk, chunk.count))
        return Array(file[..<headerEnd]) + ICCProfile.bigEndian(chunk.count - 4, width: 4) + chunk
            + ICCProfile.bigEndian(sum, width: 4) + file[headerEnd...]
    }

    /// An `ICCP` chunk behind `VP8X`, which is made where the file is a simple one (RFC 9649, 2.7).
    private func inWebP(_ file: [UInt8], hasAlpha: Bool) -> [UInt8] {
        let view = ByteView(file)
        let profileFlag: UInt8 = 0x20
        let alphaFlag: UInt8 = 0x10
        var extended: [UInt8]
        var rest = 12
        if view.has("VP8X", at: 12) {
            rest = 12 + 18
            guard file.count >= rest else { return file }
            extended = Array(file[12..<rest])
            extended[8] |= profileFlag
        } else {
            // It was encoded here and does read; else it goes without its profile.
            guard let header = try? WebPHeader(view).image else { return file }
            extended = Array("VP8X".utf8) + [10, 0, 0, 0, profileFlag | (hasAlpha ? alphaFlag : 0), 0, 0, 0]
            for side in [header.storedWidth - 1, header.storedHeight - 1] {
                extended += [UInt8(side & 0xFF), UInt8(side >> 8 & 0xFF), UInt8(side >> 16 & 0xFF)]
            }
        }
        var chunk = Array("ICCP".utf8) + ICCProfile.littleEndian(bytes.count) + bytes
        if chunk.count % 2 == 1 { chunk.append(0) }
        let body = Array("WEBP".utf8) + extended + chunk + file[rest...]
        return Array("RIFF".utf8) + ICCProfile.littleEndian(body.count) + body
    }

    private static func bigEndian(_ number: Int, width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func littleEndian(_ number: Int) -> [UInt8] { bigEndian(number, width: 4).reversed() }
}
