import Driver
public import Media

/// Decodes files that may be damaged, and holds what comes out against what the header says.
public enum Decoding {
    private static let maxPixels = 1 << 18

    /// Decodes `bytes` if `formats` has their format; layout, orientation and scaling follow from the bytes.
    public static func check(_ bytes: [UInt8], formats: Set<ImageFormat>) {
        guard let format = ImageFormat.sniff(bytes) else {
            Fuzzer.require((try? ImageCodec.header(of: bytes)) == nil, "a header without a format")
            return
        }
        guard formats.contains(format) else { return }
        let header = try? ImageCodec.header(of: bytes)
        let dice = Int(bytes.reduce(5_381 as UInt32) { $0 &* 33 &+ UInt32($1) } >> 7)
        let options = DecodeOptions(
            maxPixels: maxPixels, layout: PixelLayout.allCases[dice & 3],
            appliesOrientation: dice & 4 == 0, scaling: dice & 8 == 0 ? .full : .covering(width: 5, height: 5)
        )
        guard let image = try? ImageCodec.decode(bytes, options: options) else { return }
        let (width, height) = (image.header.width, image.header.height)
        Fuzzer.require(image.header == header, "two headers of one file")
        Fuzzer.require(width * height <= maxPixels, "\(width)×\(height) is above the limit")
        let raster = image.raster
        if options.scaling == .full {
            let size =
                options.appliesOrientation
                ? (width, height) : (image.header.storedWidth, image.header.storedHeight)
            Fuzzer.require((raster.width, raster.height) == size, "not the size in the header")
        } else {
            Fuzzer.require(raster.width <= max(width, height), "larger than the header says")
        }
        guard let facts = try? ImageAnalysis.analyse(raster) else { return }
        Fuzzer.require(
            facts.channels.allSatisfy {
                $0.histogram.reduce(0) { $0 + Int($1) } == raster.width * raster.height
            },
            "not every pixel was counted")
    }
}
