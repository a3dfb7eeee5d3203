import CFFmpeg
import CPixels
import CTurboJPEG

extension VideoReader {
    /// The frame decoded last as an upright JPEG.
    ///
    /// Where it lies in planes of 8 bits, as nearly all do, these are encoded as they are, with the
    /// subsampling that they have: nothing is converted but what JFIF demands, full range and the matrix of
    /// ITU-R BT.601. (Luma then takes its share of the nearest sample of chroma.) Other frames become RGB,
    /// and 4:2:0.
    ///
    /// - Parameter quality: in 1...100.
    /// - Throws: ``MediaError/Code/invalidOperation`` for a quality out of its range, or a side beyond 65500;
    ///   ``MediaError/Code/unsupported`` where its pixels cannot be converted.
    public func jpeg(quality: Int = 85) throws -> [UInt8] {
        let rotation = facts.rotation
        let encoded = try decoder.withPlanes { (planes) throws(MediaError) -> [UInt8]? in
            let isTurned = rotation % 180 != 0
            let (across, down) = (Int(planes.shift_across), Int(planes.shift_down))
            let shifts = isTurned ? (down, across) : (across, down)
            let sampling: TJSAMP
            switch planes.planes.1 == nil ? (-1, -1) : shifts {
            case (-1, -1): sampling = TJSAMP_GRAY
            case (0, 0): sampling = TJSAMP_444
            case (1, 0): sampling = TJSAMP_422
            case (1, 1): sampling = TJSAMP_420
            case (0, 1): sampling = TJSAMP_440
            case (2, 0): sampling = TJSAMP_411
            default: return nil
            }
            let size = PixelSize(width: Int(planes.width), height: Int(planes.height))
            let upright = isTurned ? PixelSize(width: size.height, height: size.width) : size
            let conversion = JFIFConversion(
                isFullRange: planes.is_full_range != 0, red: planes.red, blue: planes.blue)
            let straight = [planes.strides.0, planes.strides.1, planes.strides.2].allSatisfy { $0 >= 0 }
            if conversion == nil, rotation == 0, straight {
                let pointers = [planes.planes.0, planes.planes.1, planes.planes.2].compactMap(\.self)
                let strides = [planes.strides.0, planes.strides.1, planes.strides.2].map {
                    CInt(truncatingIfNeeded: $0)
                }
                return try JPEGEncoder.encode(
                    pointers, strides: strides, size: upright, sampling: sampling, quality: quality)
            }
            let orientation = [90: 6, 180: 3, 270: 8][rotation] ?? 1
            let parts = (conversion ?? .identity).converted(planes).map {
                Orientation.upright($0, orientation: orientation)
            }
            return try VideoReader.withPointers(parts) { (pointers) throws(MediaError) in
                try JPEGEncoder.encode(
                    pointers, strides: parts.map { CInt($0.width) }, size: upright, sampling: sampling,
                    quality: quality)
            }
        }
        if let encoded = encoded ?? nil { return encoded }
        return try ImageCodec.encode(raster(), as: .jpeg(quality: quality))
    }

    // MARK: - Private

    private static func withPointers<Result>(
        _ parts: [Raster], _ body: ([UnsafePointer<UInt8>]) throws(MediaError) -> Result
    ) throws(MediaError) -> Result {
        func nested(
            _ rest: ArraySlice<Raster>, _ pointers: [UnsafePointer<UInt8>]
        ) throws(MediaError) -> Result {
            guard let first = rest.first else { return try body(pointers) }
            return try first.pixels.withUnsafeBufferPointer { (buffer) throws(MediaError) -> Result in
                try nested(rest.dropFirst(), pointers + [buffer.baseAddress].compactMap(\.self))
            }
        }
        return try nested(parts[...], [])
    }
}

/// From Y, Cb and Cr of any range and matrix to those of JFIF: full range, ITU-R BT.601.
struct JFIFConversion {
    private var luma, blue, red: fovea_mix
    /// Whether luma and chroma are not mixed: the matrix is the same.
    private let isOfRange: Bool

    /// Leaves all samples as they are.
    static let identity = JFIFConversion(
        luma: fovea_mix(luma: 1 << 14, blue: 0, red: 0, offset: 0),
        blue: fovea_mix(luma: 1 << 14, blue: 0, red: 0, offset: 0),
        red: fovea_mix(luma: 1 << 14, blue: 0, red: 0, offset: 0), isOfRange: true)

    /// `nil` where nothing is to be done.
    ///
    /// - Parameters:
    ///   - redShare: Luma is `red · R + (1 − red − blue) · G + blue · B`.
    init?(isFullRange: Bool, red redShare: Double, blue blueShare: Double) {
        let isOfRange = abs(redShare - 0.299) < 0.002 && abs(blueShare - 0.114) < 0.002
        if isFullRange, isOfRange { return nil }
        // ITU-R BT.601: luma has 219 steps from 16 on, chroma 224 around 128.
        let lumaStep = isFullRange ? 1 : 255.0 / 219
        let chromaStep = isFullRange ? 1 : 255.0 / 224
        let black = isFullRange ? 0.0 : 16
        let one = Double(1 << 14)
        func mix(_ luma: Double, _ blue: Double, _ red: Double, centre: Double) -> fovea_mix {
            let offset = centre + 0.5 - luma * black - (blue + red) * 128
            return fovea_mix(
                luma: Int32((luma * one).rounded()), blue: Int32((blue * one).rounded()),
                red: Int32((red * one).rounded()), offset: Int32((offset * one).rounded()))
        }
        self.isOfRange = isOfRange
        guard !isOfRange else {
            luma = mix(lumaStep, 0, 0, centre: 0)
            // One plane alone: its samples stand where luma does otherwise, their middle is kept.
            let offset = 128.5 - chromaStep * 128
            let chroma = fovea_mix(
                luma: Int32((chromaStep * one).rounded()), blue: 0, red: 0,
                offset: Int32((offset * one).rounded()))
            (blue, red) = (chroma, chroma)
            return
        }
        // By way of R = Y + 2 (1 − Kr) Cr, B = Y + 2 (1 − Kb) Cb, and G from both.
        let greenShare = 1 - redShare - blueShare
        let (red601, blue601) = (0.299, 0.114)
        let green601 = 1 - red601 - blue601
        let lumaOfBlue = 2 * (1 - blueShare) * (blue601 - green601 * blueShare / greenShare)
        let lumaOfRed = 2 * (1 - redShare) * (red601 - green601 * redShare / greenShare)
        luma = mix(lumaStep, lumaOfBlue * chromaStep, lumaOfRed * chromaStep, centre: 0)
        let (blueScale, redScale) = (chromaStep / (2 * (1 - blue601)), chromaStep / (2 * (1 - red601)))
        blue = mix(
            0, (2 * (1 - blueShare) - lumaOfBlue) * blueScale, -lumaOfRed * blueScale, centre: 128)
        red = mix(0, -lumaOfBlue * redScale, (2 * (1 - redShare) - lumaOfRed) * redScale, centre: 128)
    }

    private init(luma: fovea_mix, blue: fovea_mix, red: fovea_mix, isOfRange: Bool) {
        (self.luma, self.blue, self.red, self.isOfRange) = (luma, blue, red, isOfRange)
    }

    /// The planes, one of gray and otherwise three, without padding between rows.
    func converted(_ planes: fovea_video_planes) -> [Raster] {
        let (width, height) = (Int(planes.width), Int(planes.height))
        guard let y = planes.planes.0 else { return [] }
        let luma = luma
        guard let cb = planes.planes.1, let cr = planes.planes.2 else {
            // Gray has no chroma to take from, whatever the matrix.
            return [
                JFIFConversion.plane(width, height) { row, out in
                    var mix = luma
                    mix.offset += 128 * (mix.blue + mix.red)
                    fovea_mix_plane(y + row * Int(planes.strides.0), width, &mix, out)
                }
            ]
        }
        let (across, down) = (Int(planes.shift_across), Int(planes.shift_down))
        let (columns, rows) = ((width + (1 << across) - 1) >> across, (height + (1 << down) - 1) >> down)
        func chroma(_ mix: fovea_mix, _ own: UnsafePointer<UInt8>, _ stride: Int64) -> Raster {
            JFIFConversion.plane(columns, rows) { row, out in
                var mix = mix
                if isOfRange {
                    fovea_mix_plane(own + row * Int(stride), columns, &mix, out)
                } else {
                    fovea_mix_chroma(
                        cb + row * Int(planes.strides.1), cr + row * Int(planes.strides.2), columns, &mix, out
                    )
                }
            }
        }
        return [
            JFIFConversion.plane(width, height) { row, out in
                var mix = luma
                let from = y + row * Int(planes.strides.0)
                if isOfRange {
                    fovea_mix_plane(from, width, &mix, out)
                } else {
                    fovea_mix_luma(
                        from, cb + (row >> down) * Int(planes.strides.1),
                        cr + (row >> down) * Int(planes.strides.2), width, CInt(across), &mix, out)
                }
            },
            chroma(blue, cb, planes.strides.1), chroma(red, cr, planes.strides.2),
        ]
    }

    // MARK: - Private

    private static func plane(
        _ width: Int, _ height: Int, _ row: (Int, UnsafeMutablePointer<UInt8>) -> Void
    ) -> Raster {
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { buffer, count in
            if let base = buffer.baseAddress {
                for number in 0..<height { row(number, base + number * width) }
            }
            count = width * height
        }
        return Raster(width: width, height: height, channels: 1, pixels: pixels)
    }
}
