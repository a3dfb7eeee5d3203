import CPixels

extension Raster {
    /// This image as an array of numbers.
    ///
    /// - Throws: ``MediaError/Code/invalidOperation`` if `format` has means or deviations for another number
    ///   of channels, a deviation of 0, or a result past what single precision holds.
    public func tensor(_ format: TensorFormat) throws(MediaError) -> Tensor {
        let shape = format.shape(of: size, channels: channels)
        guard format.element == .float32 else {
            guard format.layout == .nchw, channels > 1 else {
                return Tensor(shape: shape, element: .uint8, bytes: pixels)
            }
            let planes = try Raster.made(size, channels: channels, by: "tensor") { target in
                fovea_to_planes(pixels, width * height, CInt(channels), target)
                return 0
            }
            return Tensor(shape: shape, element: .uint8, bytes: planes.pixels)
        }
        let tables = try format.tables(channels: channels)
        let count = pixels.count * 4
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.withMemoryRebound(to: Float.self) { floats in
                fovea_to_float(
                    pixels, width * height, CInt(channels), tables, format.layout == .nchw ? 1 : 0,
                    floats.baseAddress)
            }
            initialized = count
        }
        return Tensor(shape: shape, element: .float32, bytes: bytes)
    }
}

extension TensorFormat {
    /// `channels × 256` results, one for each value of a sample.
    fileprivate func tables(channels: Int) throws(MediaError) -> [Float] {
        var tables: [Float] = []
        tables.reserveCapacity(channels * 256)
        for channel in 0..<channels {
            let mean = try value(mean, of: "mean", channel: channel, channels: channels)
            let std = try value(std, of: "std", channel: channel, channels: channels)
            for sample in 0..<256 {
                let number = Float((Double(sample) * scale - mean) / std)
                guard number.isFinite else {
                    throw MediaError(
                        .invalidOperation,
                        "tensor: (\(sample) × \(scale) − \(mean)) ÷ \(std) is no number of single precision")
                }
                tables.append(number)
            }
        }
        return tables
    }

    private func value(
        _ values: [Double], of name: String, channel: Int, channels: Int
    ) throws(MediaError) -> Double {
        if values.count == 1 { return values[0] }
        guard values.count == channels else {
            let image = channels == 1 ? "1 channel" : "\(channels) channels"
            throw MediaError(
                .invalidOperation, "tensor: \(name) has \(values.count) values, the image has \(image)")
        }
        return values[channel]
    }
}
