import Annotations
import Base
import Media
import Query

/// Operations of the command language on an image.
struct PixelWork: Sendable {
    /// The part of the image that they are done on; it may stick out.
    var part: Box?
    private var operations: [any ImageOperation]
    private var output: OutputStep

    /// - Returns: `nil` where there is nothing to do.
    /// - Throws: ``EngineError/Code/invalidOperation`` naming the operation.
    init?(_ requested: [RequestedOperation], format: String?, quality: Int? = nil) throws {
        guard !requested.isEmpty || format != nil || quality != nil else { return nil }
        operations = try requested.map { try $0.operation() }
        output = try PixelWork.output(format, quality)
    }

    /// As ``init(_:format:quality:)``; and nothing where `bytes` are of the format already.
    init?(_ requested: [RequestedOperation], format: String?, keeping bytes: [UInt8]) throws {
        if requested.isEmpty {
            switch try PixelWork.output(format) {
            case .automatic: return nil
            case .encode(let encoding) where ImageFormat.sniff(bytes) == encoding.format: return nil
            default: break
            }
        }
        try self.init(requested, format: format)
    }

    /// The part of an image within `bounds`, and what is done with it then.
    init(croppingTo bounds: Box, then work: PixelWork?) {
        part = bounds
        operations = work?.operations ?? []
        output = work?.output ?? .automatic
    }

    /// Names the work, for the cache of derived pixels.
    var text: String {
        let crop = part.map { ["part=\($0.x),\($0.y),\($0.width),\($0.height)"] } ?? []
        return (crop + operations.map { $0.text } + [output.text]).joined(separator: ";")
    }

    /// What is to be done on one image file.
    /// - Throws: ``MediaError``, also where the part lies outside the image.
    func pipeline(for bytes: [UInt8]) throws -> ImagePipeline {
        guard part != nil else { return ImagePipeline(operations: operations, output: output) }
        let header = try ImageCodec.header(of: bytes)
        return try pipeline(for: PixelSize(width: header.width, height: header.height))
    }

    /// What is to be done on pixels of that size.
    /// - Throws: ``EngineError/Code/invalidOperation`` where the part lies outside.
    func pipeline(for size: PixelSize) throws -> ImagePipeline {
        guard let part else { return ImagePipeline(operations: operations, output: output) }
        guard let crop = Crop(touching: part, width: size.width, height: size.height) else {
            throw EngineError(
                .invalidOperation,
                "a region \(part.place) lies outside its image of \(size.width) × \(size.height)")
        }
        return ImagePipeline(operations: [crop] + operations, output: output)
    }

    private static func output(_ format: String?, _ quality: Int? = nil) throws -> OutputStep {
        switch format?.lowercased() ?? quality.map({ _ in "jpg" }) {
        case nil, "bin": .automatic
        case "jpg", "jpeg": .encode(.jpeg(quality: quality ?? 95, subsampling: .half))
        case "png": .encode(.png())
        case "webp": .encode(.webp(quality: quality ?? 80, lossless: false))
        case let other?:
            throw EngineError(
                .invalidOperation, "'\(other.prefix(20))' is no format of images; jpg, png and webp are")
        }
    }
}

extension Crop {
    /// The whole pixels of an image that `part` touches; `nil` where there are none.
    init?(touching part: Box, width: Int, height: Int) {
        let left = max(part.x, 0).rounded(.down)
        let top = max(part.y, 0).rounded(.down)
        let right = min(part.right, Double(width)).rounded(.up)
        let bottom = min(part.bottom, Double(height)).rounded(.up)
        guard left < right, top < bottom else { return nil }
        self.init(x: Int(left), y: Int(top), width: Int(right - left), height: Int(bottom - top))
    }
}

extension Box {
    /// As messages say where it is.
    var place: String { "at \(x), \(y) of \(width) × \(height)" }
}

extension RequestedOperation {
    /// As an operation on one picture.
    /// - Throws: ``EngineError/Code/invalidOperation`` for one on videos.
    func operation() throws -> any ImageOperation {
        switch self {
        case .threshold(let value): return Threshold(above: UInt8(clamping: value))
        case .crop(let x, let y, let width, let height):
            return Crop(x: x, y: y, width: width, height: height)
        case .resize(let width, let height, let scale):
            let target: Resize.Target
            switch (width, height, scale) {
            case (let width?, let height?, _): target = .size(PixelSize(width: width, height: height))
            case (let width?, nil, _): target = .width(width)
            case (nil, let height?, _): target = .height(height)
            case (nil, nil, let scale?): target = .scale(scale)
            default: throw EngineError(.invalidOperation, "resize: width, height or scale must be given")
            }
            // Both systems resize with OpenCV's default.
            return Resize(target, filter: .linear)
        case .flip(let code): return Flip(code == 0 ? .vertical : code > 0 ? .horizontal : .both)
        case .rotate(let degrees, let resize): return Rotate(degrees: degrees, expand: resize)
        case .interval, .preview:
            throw EngineError(.invalidOperation, "'interval' and 'preview' are operations on videos")
        }
    }
}
