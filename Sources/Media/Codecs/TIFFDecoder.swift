import CVips

/// Decodes the first page of a TIFF file with libvips, with samples and colours as Pillow shows them.
enum TIFFDecoder {
    /// 16-bit samples keep their upper byte; other integers and floats are cut to `0...255`. Colours that
    /// were multiplied by alpha are divided again, by libvips.
    static func decode(
        _ bytes: [UInt8], header: TIFFHeader, layout: PixelLayout
    ) throws(MediaError) -> (raster: Raster, damage: String?) {
        try VipsImage.withImage(.tiff, of: bytes) { (image) throws(MediaError) in
            guard image.width == header.width, image.height == header.height else {
                throw MediaError(
                    .malformedInput,
                    "TIFF: the size is \(header.width)×\(header.height) in the first directory, "
                        + "\(image.width)×\(image.height) to libtiff")
            }
            let plan = try Plan(header: header, bands: image.bands, layout: layout)
            let row = header.width * plan.channels
            var pixels = [UInt8](repeating: 0, count: row * header.height)
            var filled = 0
            let rows = try image.eachStrip { samples, rows in
                samples.withEightBit(count: rows * header.width * image.bands) { strip in
                    pixels.withUnsafeMutableBufferPointer {
                        plan.convert(
                            strip, to: UnsafeMutableBufferPointer(rebasing: $0[filled...].prefix(rows * row)))
                    }
                }
                filled += rows * row
            }
            let raster = Raster(
                width: header.width, height: header.height, channels: plan.channels, pixels: pixels)
            let end = header.isWhole ? nil : "cut short: a directory, a value or pixels lie beyond its end"
            return (raster, (rows.damage ?? end).map { "TIFF: \($0)" })
        }
    }

    // MARK: - Private

    /// How the bands that libvips delivers become the raster's channels.
    private struct Plan {
        let bands: Int
        let channels: Int
        private let source: Source
        private let hasAlpha: Bool

        private enum Source {
            case gray, rgb, cmyk
        }

        init(header: TIFFHeader, bands: Int, layout: PixelLayout) throws(MediaError) {
            self.bands = bands
            let colors: Int
            switch header.photometric {
            case .cmyk: (source, colors) = (.cmyk, 4)
            case .rgb, .ycbcr: (source, colors) = (.rgb, 3)
            // libvips delivers a palette of grays as one band.
            case .palette: (source, colors) = bands < 3 ? (.gray, 1) : (.rgb, 3)
            case .whiteIsZero, .blackIsZero, .mask, .lab: (source, colors) = (.gray, 1)
            }
            guard bands >= colors else {
                throw MediaError(.unsupported, "TIFF: \(bands) bands where \(colors) were expected")
            }
            hasAlpha = header.image.hasAlpha && bands > colors && source != .cmyk
            let staysGray =
                source == .gray && header.photometric != .palette
                && (layout == .automatic || layout == .gray)
            channels = staysGray ? 1 : layout == .rgba ? 4 : 3
        }

        /// Fills `pixels` from as many pixels of `bands` samples each.
        func convert(_ samples: UnsafeBufferPointer<UInt8>, to pixels: UnsafeMutableBufferPointer<UInt8>) {
            if bands == channels, source != .cmyk, channels < 4 || hasAlpha {
                _ = pixels.update(fromContentsOf: samples)
                return
            }
            let count = min(samples.count / bands, pixels.count / channels)
            for index in 0..<count {
                let (start, place) = (index * bands, index * channels)
                switch source {
                case .gray:
                    for channel in 0..<min(channels, 3) { pixels[place + channel] = samples[start] }
                case .rgb:
                    for channel in 0..<3 { pixels[place + channel] = samples[start + channel] }
                case .cmyk:
                    let color = PixelConversion.rgb(
                        cyan: samples[start], magenta: samples[start + 1], yellow: samples[start + 2],
                        black: samples[start + 3])
                    (pixels[place], pixels[place + 1], pixels[place + 2]) = color
                }
                if channels == 4 {
                    pixels[place + 3] = hasAlpha ? samples[start + (source == .gray ? 1 : 3)] : 255
                }
            }
        }
    }
}
