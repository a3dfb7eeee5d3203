public import Annotations
public import Media

/// The frames of a video, however it is kept. One thread at a time may use it.
public protocol CascadeFrames: AnyObject {
    /// How many there are.
    var frameCount: Int { get }

    /// When a frame begins to be shown, in seconds from the first one on.
    func seconds(of frame: Int) -> Double

    /// The pixels of a frame, upright. Blocks.
    func raster(of frame: Int) throws -> Raster
}

/// What a model of a cascade found in a frame.
public struct CascadeFinding: Sendable, Hashable {
    public var className: String
    /// In `0...1`.
    public var confidence: Double
    /// `nil` where it is of the whole frame.
    public var box: Box?

    public init(_ className: String, confidence: Double, box: Box? = nil) {
        self.className = className
        self.confidence = confidence
        self.box = box
    }
}

/// Something that looks at frames for a cascade.
public protocol CascadeExaminer {
    /// What it finds in a frame, at any confidence. Blocks.
    /// - Throws: where it cannot look.
    func findings(in frame: Int, of video: any CascadeFrames) throws -> [CascadeFinding]
}

/// A video that is read where it lies.
public final class CascadeVideo: CascadeFrames {
    private let reader: VideoReader
    private let index: FrameIndex
    public var frameCount: Int { index.count }

    /// - Throws: ``MediaError`` as ``VideoReader``.
    public init(_ reader: VideoReader) throws {
        self.reader = reader
        index = try reader.index()
    }

    public func seconds(of frame: Int) -> Double { index.seconds(of: frame) }

    public func raster(of frame: Int) throws -> Raster {
        try reader.frame(frame)
        return try reader.raster()
    }
}
