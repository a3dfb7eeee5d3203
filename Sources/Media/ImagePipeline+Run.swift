public import Base

/// What a pipeline made.
public struct PipelineOutput: Sendable, Equatable {
    public var bytes: [UInt8]
    /// The media type of `bytes`: of an image, or `application/octet-stream` for an array.
    public var contentType: String
    /// Width of the image in pixels.
    public var width: Int
    /// Height of the image in pixels.
    public var height: Int
    /// 1, 3 or 4.
    public var channels: Int
    /// The sides of an array, the outermost first; empty for an image file.
    public var shape: [Int]
    /// The type of an array's numbers; `nil` for an image file.
    public var element: TensorFormat.Element?
    /// What the decoder complained of where the file is damaged but part of it could be shown.
    public var decodeError: String?

    public init(
        bytes: [UInt8], contentType: String, width: Int, height: Int, channels: Int, shape: [Int] = [],
        element: TensorFormat.Element? = nil, decodeError: String? = nil
    ) {
        self.bytes = bytes
        self.contentType = contentType
        self.width = width
        self.height = height
        self.channels = channels
        self.shape = shape
        self.element = element
        self.decodeError = decodeError
    }
}

extension ImagePipeline {
    /// Does it all on an image file.
    ///
    /// - Parameters:
    ///   - maxPixels: The most pixels that the file's image, and every result, may have.
    ///   - cancellation: Looked at between the steps; one that has begun is finished.
    /// - Throws: What ``ImageCodec/decode(_:options:)`` throws; ``MediaError/Code/invalidOperation`` if an
    ///   operation cannot be done on this image; ``MediaError/Code/limitExceeded`` above `maxPixels`.
    public func run(
        _ bytes: [UInt8], maxPixels: Int = 1 << 28, cancellation: Cancellation = Cancellation()
    ) throws(MediaError) -> PipelineOutput {
        let decoded = try decodedImage(bytes, maxPixels: maxPixels)
        let raster = try pixels(of: decoded, maxPixels: maxPixels, cancellation)
        try Self.check(cancellation)
        var result = try finished(raster, from: decoded.header)
        result.decodeError = decoded.decodeError
        return result
    }

    /// Does it all on pixels that were decoded already, such as those of a frame of a video.
    ///
    /// How a file is decoded is of no concern here, but for a wish for gray. `encode=auto` makes a JPEG.
    /// - Parameter raster: RGB.
    /// - Throws: ``MediaError/Code/invalidOperation`` if an operation cannot be done on them;
    ///   ``MediaError/Code/limitExceeded`` above `maxPixels`.
    public func run(
        on raster: Raster, maxPixels: Int = 1 << 28, cancellation: Cancellation = Cancellation()
    ) throws(MediaError) -> PipelineOutput {
        let header = ImageHeader(
            format: .jpeg, storedWidth: raster.width, storedHeight: raster.height,
            channels: raster.channels,
            bitsPerChannel: 8)
        let seen = decode.channels == .gray ? try raster.grayscale() : raster
        let result = try pixels(
            of: DecodedImage(raster: seen, header: header), maxPixels: maxPixels, cancellation)
        try Self.check(cancellation)
        return try finished(result, from: header)
    }

    /// Does the operations, without the output, on an image file.
    ///
    /// - Throws: As ``run(_:maxPixels:)``.
    public func raster(_ bytes: [UInt8], maxPixels: Int = 1 << 28) throws(MediaError) -> Raster {
        try pixels(of: try decodedImage(bytes, maxPixels: maxPixels), maxPixels: maxPixels, Cancellation())
    }

    // MARK: - Private

    private func decodedImage(_ bytes: [UInt8], maxPixels: Int) throws(MediaError) -> DecodedImage {
        var options = DecodeOptions(maxPixels: maxPixels, layout: decode.channels)
        let isJPEG = ImageFormat.sniff(bytes) == .jpeg
        if decode.isScaled, isJPEG, let first = operations.first {
            let header = try ImageCodec.header(of: bytes)
            let size = PixelSize(width: header.width, height: header.height)
            if let needed = try first.decodeSize(for: size) {
                options.scaling = .covering(width: needed.width, height: needed.height)
            }
        }
        // Of the formats that are read, JPEG alone has no alpha, and needs no look at its header.
        if decode.channels == .automatic, output.holdsAlpha, !isJPEG,
            try ImageCodec.header(of: bytes).hasAlpha
        {
            options.layout = .rgba
        }
        return try ImageCodec.decode(bytes, options: options)
    }

    private static func check(_ cancellation: Cancellation) throws(MediaError) {
        if cancellation.isCancelled { throw MediaError(.cancelled, "cancelled") }
    }

    private func pixels(
        of decoded: DecodedImage, maxPixels: Int, _ cancellation: Cancellation
    ) throws(MediaError) -> Raster {
        var raster = decoded.raster
        for (index, operation) in operations.enumerated() {
            try Self.check(cancellation)
            // Only the first may meet fewer pixels than the image has.
            let size =
                index == 0
                ? PixelSize(width: decoded.header.width, height: decoded.header.height) : raster.size
            raster = try operation.apply(to: raster, of: size, maxPixels: maxPixels)
        }
        return raster
    }

    private func finished(_ raster: Raster, from header: ImageHeader) throws(MediaError) -> PipelineOutput {
        var result = PipelineOutput(
            bytes: [], contentType: "application/octet-stream", width: raster.width, height: raster.height,
            channels: raster.channels)
        let encoding: Encoding
        switch output {
        case .tensor(let format):
            let tensor = try raster.tensor(format)
            result.bytes = tensor.bytes
            result.shape = tensor.shape
            result.element = tensor.element
            return result
        case .encode(let given): encoding = given
        case .automatic:
            let keepsJPEG = header.format == .jpeg && raster.channels != 4
            encoding = keepsJPEG ? .jpeg(quality: OutputStep.jpegQuality) : .png()
        }
        result.bytes = try ImageCodec.encode(raster, as: encoding)
        if let profile = header.iccProfile.flatMap(ICCProfile.init) {
            result.bytes = profile.embedded(
                in: result.bytes, as: encoding.format, channels: raster.channels)
        }
        result.contentType = encoding.format.mediaType
        if case .jpeg = encoding, raster.channels == 4 { result.channels = 3 }
        return result
    }
}
