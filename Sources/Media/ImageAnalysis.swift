/// Reads everything that is recorded of an image, with one full decode.
public enum ImageAnalysis {
    /// The facts of the image file `bytes`.
    ///
    /// A file that begins like an image but cannot be decoded, or not within `maxPixels`, has facts too: its
    /// format, its header if that much could be read, and what is wrong with it.
    ///
    /// - Throws: ``MediaError/Code/unknownFormat`` or ``MediaError/Code/unsupported`` for bytes that do not
    ///   begin like an image that we know; ``MediaError/Code/malformedInput`` if there are none at all.
    public static func analyse(_ bytes: [UInt8], maxPixels: Int = 1 << 28) throws(MediaError) -> ImageFacts {
        guard let format = ImageFormat.sniff(bytes) else {
            // The header's error says what the bytes look like instead.
            let header = try ImageCodec.header(of: bytes)
            return try facts(bytes, format: header.format, maxPixels: maxPixels)
        }
        return try facts(bytes, format: format, maxPixels: maxPixels)
    }

    /// Fingerprints and statistics of decoded pixels.
    public static func analyse(_ raster: Raster) throws(MediaError) -> PixelFacts {
        let reduction = try PixelReduction(of: raster, [.pHash, .dHash, .histograms])
        let colours = raster.channels == 4 ? 3 : raster.channels
        return PixelFacts(
            pHash: PerceptualHash.pHash(reduction), dHash: PerceptualHash.dHash(reduction),
            channels: reduction.histograms[..<colours].map(SampleStatistics.init(histogram:)))
    }

    // MARK: - Private

    private static func facts(
        _ bytes: [UInt8], format: ImageFormat, maxPixels: Int
    ) throws(MediaError) -> ImageFacts {
        let decoded: DecodedImage
        do throws(MediaError) {
            decoded = try ImageCodec.decode(bytes, options: DecodeOptions(maxPixels: maxPixels))
        } catch {
            if error.code == .cancelled { throw error }
            return ImageFacts(format: format, header: header(of: bytes), decodeError: error.message)
        }
        return ImageFacts(
            format: decoded.header.format, header: decoded.header, pixels: try analyse(decoded.raster),
            decodeError: decoded.decodeError)
    }

    /// The header of a file that could not be decoded; `nil` if that is why.
    private static func header(of bytes: [UInt8]) -> ImageHeader? {
        do throws(MediaError) {
            return try ImageCodec.header(of: bytes)
        } catch {
            // The decoder met the same fault and its message is kept.
            return nil
        }
    }
}
