import Media

/// What is done to an image file that lies in memory.
enum MediaTask: String, CaseIterable {
    /// To pixels.
    case decode
    /// To 224 × 224 pixels, bilinear and smoothed, from all pixels.
    case resize
    /// The same from an image that the decoder shrank.
    case scaled
    /// To a tensor: 224 × 224 as above, single precision, normalised, channels first.
    case tensor
    /// To the perceptual hash.
    case phash
    /// To all facts that are recorded of an image.
    case facts

    /// The bytes of the result.
    func run(_ bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .decode: return try ImageCodec.decode(bytes).raster.pixels
        case .resize: return try Self.resizing.raster(bytes).pixels
        case .scaled: return try Self.shrinking.raster(bytes).pixels
        case .tensor: return try Self.tensorMaking.run(bytes).bytes
        case .phash:
            let hash = try PerceptualHash.pHash(of: try ImageCodec.decode(bytes).raster)
            return [UInt8](hash.description.utf8)
        case .facts:
            let facts = try ImageAnalysis.analyse(bytes)
            return [UInt8](facts.pixels?.pHash.description.utf8 ?? "".utf8)
        }
    }

    private static let resizing = pipeline(["decode=channels=rgb", "resize=224x224,filter=bilinear"])
    private static let shrinking = pipeline([
        "decode=scaled,channels=rgb", "resize=224x224,filter=bilinear",
    ])
    private static let tensorMaking = pipeline([
        "decode=channels=rgb", "resize=224x224,filter=bilinear",
        "tensor=f32,layout=nchw,scale=1/255,mean=0.485:0.456:0.406,std=0.229:0.224:0.225",
    ])

    private static func pipeline(_ texts: [String]) -> ImagePipeline {
        do {
            return try ImagePipeline(texts)
        } catch {
            preconditionFailure("\(texts): \(error.message)")
        }
    }
}
