/// What the first directory of a TIFF file says of its pixels (TIFF 6.0).
struct TIFFHeader {
    let width: Int
    let height: Int
    let photometric: Photometric
    /// Samples of a pixel, alpha and other extras included.
    let samples: Int
    let bits: Int
    let image: ImageHeader
    /// Whether the directories, their values and the pixels of the first page lie in the file.
    let isWhole: Bool
    private let pixels: TIFFPixelLayout

    enum Photometric: Int {
        case whiteIsZero = 0, blackIsZero, rgb, palette, mask, cmyk, ycbcr
        case lab = 8

        /// Samples without alpha and other extras.
        var colors: Int {
            switch self {
            case .whiteIsZero, .blackIsZero, .palette, .mask: 1
            case .rgb, .ycbcr, .lab: 3
            case .cmyk: 4
            }
        }
    }

    init(_ bytes: ByteView) throws(MediaError) {
        guard let structure = TIFFStructure(bytes),
            let directory = structure.directory(at: structure.firstDirectory)
        else { throw MediaError(.malformedInput, "TIFF: the first directory is missing or cut short") }
        guard let width = directory[0x0100]?.integer(), let height = directory[0x0101]?.integer() else {
            throw MediaError(.malformedInput, "TIFF: the image has no size")
        }
        guard (1..<1 << 31).contains(width), (1..<1 << 31).contains(height) else {
            throw MediaError(.malformedInput, "TIFF: the size is \(width)×\(height)")
        }
        let photometricCode = directory[0x0106]?.integer() ?? 1
        guard let photometric = Photometric(rawValue: photometricCode), photometric != .mask,
            photometric != .lab
        else {
            throw MediaError(.unsupported, "TIFF: photometric interpretation \(photometricCode) is not read")
        }
        let samples = directory[0x0115]?.integer() ?? photometric.colors
        guard samples >= photometric.colors, samples <= photometric.colors + 4 else {
            throw MediaError(
                .unsupported,
                "TIFF: \(samples) samples a pixel with photometric interpretation \(photometricCode)")
        }
        let bits = directory[0x0102]?.integer() ?? 1
        guard [1, 2, 4, 8, 16, 32, 64].contains(bits) else {
            throw MediaError(.unsupported, "TIFF: \(bits) bits a sample are not read")
        }
        try TIFFHeader.checkTiles(directory, width: width, height: height)

        (self.width, self.height, self.photometric) = (width, height, photometric)
        (self.samples, self.bits) = (samples, bits)
        let extra =
            samples > photometric.colors ? directory[0x0152]?.integer() ?? (photometric == .rgb ? 2 : 0) : 0
        let hasAlpha = extra == 1 || extra == 2 || extra == 999
        let colors = photometric == .palette ? 3 : photometric.colors
        let exif = EXIF(structure)
        let profile = directory[0x8773]?.bytes.array
        let chain = structure.directoryChain(limit: 65_536)
        pixels = TIFFPixelLayout(directory, width: width, height: height, samples: samples, bits: bits)
        isWhole =
            directory.isWhole && chain.isWhole && pixels.lies(in: bytes)
            && [0x8769, 0x8825].allSatisfy { tag in
                guard let place = directory[tag]?.integer() else { return true }
                return structure.directory(at: place)?.isWhole == true
            }
        image = ImageHeader(
            format: .tiff, storedWidth: width, storedHeight: height,
            channels: min(4, colors + (hasAlpha ? 1 : 0)),
            bitsPerChannel: bits, hasAlpha: hasAlpha, orientation: exif?.orientation ?? 1,
            frameCount: max(1, chain.count), exif: exif, iccProfile: profile)
    }

    /// The memory for a decode as `options` ask for it.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        let staysGray = photometric.colors == 1 && photometric != .palette
        let isOne = staysGray && (options.layout == .automatic || options.layout == .gray)
        return DecodeCost(
            rasterBytes: width * height * (isOne ? 1 : options.layout == .rgba ? 4 : 3),
            workingBytes: pixels.workingBytes, isBounded: pixels.isBounded)
    }

    /// Tiles and strips are unpacked as a whole: one may not be much larger than the image.
    private static func checkTiles(
        _ directory: TIFFStructure.Directory, width: Int, height: Int
    ) throws(MediaError) {
        guard let tileWidth = directory[0x0142]?.integer(), let tileHeight = directory[0x0143]?.integer()
        else {
            return
        }
        guard (1...max(8_192, width)).contains(tileWidth), (1...max(8_192, height)).contains(tileHeight)
        else {
            throw MediaError(
                .limitExceeded, "TIFF: tiles of \(tileWidth)×\(tileHeight) in an image of \(width)×\(height)")
        }
    }
}
