/// Changes of a raster's channels by Pillow's formulas.
enum PixelConversion {
    /// RGB from CMYK as Adobe's programs store it in JPEG: each ink is 255 where there is none of it.
    static func rgb(fromInvertedCMYK pixels: [UInt8]) -> [UInt8] {
        let count = pixels.count / 4
        return [UInt8](unsafeUninitializedCapacity: count * 3) { output, initialized in
            for index in 0..<count {
                let light = Int(pixels[index * 4 + 3])
                for channel in 0..<3 {
                    output[index * 3 + channel] = paper(light, ink: 255 - Int(pixels[index * 4 + channel]))
                }
            }
            initialized = count * 3
        }
    }

    /// RGB of one pixel of CMYK as TIFF stores it: each ink is 0 where there is none of it.
    static func rgb(cyan: UInt8, magenta: UInt8, yellow: UInt8, black: UInt8) -> (UInt8, UInt8, UInt8) {
        let light = 255 - Int(black)
        return (paper(light, ink: Int(cyan)), paper(light, ink: Int(magenta)), paper(light, ink: Int(yellow)))
    }

    /// `raster` with the channels that `layout` asks for; alpha is dropped or set to 255.
    static func convert(_ raster: Raster, to layout: PixelLayout) -> Raster {
        switch (layout, raster.channels) {
        case (.automatic, 4), (.rgb, 4): droppingAlpha(raster)
        case (.automatic, _), (.rgb, 3), (.gray, 1), (.rgba, 4): raster
        case (.rgb, _): spreadingGray(raster)
        case (.rgba, 3): addingAlpha(raster)
        case (.rgba, _): addingAlpha(spreadingGray(raster))
        case (.gray, _): luma(raster)
        }
    }

    static func addingAlpha(_ raster: Raster) -> Raster {
        map(raster, channels: 4) { input, output, index in
            for channel in 0..<3 { output[index * 4 + channel] = input[index * 3 + channel] }
            output[index * 4 + 3] = 255
        }
    }

    // MARK: - Private

    private static func droppingAlpha(_ raster: Raster) -> Raster {
        map(raster, channels: 3) { input, output, index in
            for channel in 0..<3 { output[index * 3 + channel] = input[index * 4 + channel] }
        }
    }

    private static func spreadingGray(_ raster: Raster) -> Raster {
        map(raster, channels: 3) { input, output, index in
            for channel in 0..<3 { output[index * 3 + channel] = input[index] }
        }
    }

    /// ITU-R BT.601 in 16-bit fixed point, rounded: Pillow's `convert("L")`.
    private static func luma(_ raster: Raster) -> Raster {
        let step = raster.channels
        return map(raster, channels: 1) { input, output, index in
            let red = UInt32(input[index * step]), green = UInt32(input[index * step + 1])
            let blue = UInt32(input[index * step + 2])
            output[index] = UInt8(
                truncatingIfNeeded: (red * 19_595 + green * 38_470 + blue * 7_471 + 0x8000) >> 16)
        }
    }

    @inline(__always)
    private static func map(
        _ raster: Raster, channels: Int,
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>, Int) -> Void
    ) -> Raster {
        let count = raster.width * raster.height
        let pixels = [UInt8](unsafeUninitializedCapacity: count * channels) { output, initialized in
            raster.pixels.withUnsafeBufferPointer { input in
                for index in 0..<count { body(input, output, index) }
            }
            initialized = count * channels
        }
        return Raster(width: raster.width, height: raster.height, channels: channels, pixels: pixels)
    }

    /// What is left of `light`, 255 being all of it, under an ink: Pillow's `MULDIV255`, which rounds.
    @inline(__always)
    private static func paper(_ light: Int, ink: Int) -> UInt8 {
        let product = light * ink + 128
        return UInt8(truncatingIfNeeded: max(0, light - (((product >> 8) + product) >> 8)))
    }
}
