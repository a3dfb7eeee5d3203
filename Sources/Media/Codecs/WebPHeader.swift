import CWebP

/// What the chunks of a WebP file say (the WebP container specification).
struct WebPHeader {
    let isAnimated: Bool
    let image: ImageHeader
    /// Whether every chunk is there in full, to the end that the file's first bytes announce.
    let isWhole: Bool
    /// Of an animation, where the first frame's chunk ends.
    let firstFrameEnd: Int?
    private let isLossy: Bool

    init(_ bytes: ByteView) throws(MediaError) {
        var features = WebPBitstreamFeatures()
        let status = bytes.withUnsafeBytes {
            WebPGetFeaturesInternal($0.baseAddress, $0.count, &features, CInt(WEBP_DECODER_ABI_VERSION))
        }
        guard status == VP8_STATUS_OK, features.width > 0, features.height > 0 else {
            throw MediaError(.malformedInput, "WebP: \(WebPHeader.text(of: status))")
        }
        isAnimated = features.has_animation != 0
        isLossy = features.format == 1
        var frameCount = 0
        var firstFrameEnd: Int?
        var exif: EXIF?
        var profile: [UInt8]?
        var offset = 12
        while let size = bytes.uint32(at: offset + 4, .little), let type = bytes.view(at: offset, count: 4) {
            let body = bytes.view(at: offset + 8, count: size)
            if type.has("ANMF") {
                frameCount += 1
                if frameCount == 1, body != nil { firstFrameEnd = offset + 8 + size }
            }
            if type.has("EXIF"), exif == nil { exif = body.flatMap { EXIF($0) } }
            if type.has("ICCP"), profile == nil { profile = body?.array }
            offset += 8 + size
            // A last chunk of odd length lacks its filling byte in some files, and nothing with it.
            if offset < bytes.count { offset += size % 2 }
        }
        let end = 8 + (bytes.uint32(at: 4, .little) ?? 0)
        isWhole = bytes.has("RIFF") ? offset >= end - 1 && offset <= bytes.count : true
        self.firstFrameEnd = firstFrameEnd
        let hasAlpha = features.has_alpha != 0
        image = ImageHeader(
            format: .webp, storedWidth: Int(features.width), storedHeight: Int(features.height),
            channels: hasAlpha ? 4 : 3, bitsPerChannel: 8, hasAlpha: hasAlpha,
            orientation: exif?.orientation ?? 1, frameCount: max(1, frameCount), exif: exif,
            iccProfile: profile)
    }

    /// The memory for a decode as `options` ask for it: without loss libwebp has four bytes for each pixel
    /// beside the raster, with loss one for alpha, and for an animation two canvases and a frame.
    func cost(_ options: DecodeOptions) -> DecodeCost {
        let pixels = image.storedWidth * image.storedHeight
        let channels = isAnimated || options.layout == .rgba ? 4 : 3
        let beside = isAnimated ? 12 : isLossy ? (image.hasAlpha ? 1 : 0) : 4
        return DecodeCost(rasterBytes: pixels * channels, workingBytes: pixels * beside, isBounded: false)
    }

    static func text(of status: VP8StatusCode) -> String {
        switch status {
        case VP8_STATUS_OUT_OF_MEMORY: "out of memory"
        case VP8_STATUS_UNSUPPORTED_FEATURE: "a feature that is not supported"
        case VP8_STATUS_NOT_ENOUGH_DATA, VP8_STATUS_SUSPENDED: "the file is cut short"
        default: "the bitstream is damaged"
        }
    }
}
