public import Base
import Catalog
public import Media

/// A frame that was decoded.
public struct DecodedFrame: Sendable {
    /// Its number in the video.
    public var number: Int
    /// Upright, in RGB.
    public var raster: Raster
}

extension Store {
    /// The index of a video's frames, and the numbers of those in a span.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what has no frames, and for a span that makes no sense;
    ///   ``EngineError/Code/unsupportedMedia``.
    public func frameNumbers(
        of id: EntityID, class entityClass: String, _ span: FrameSpan
    ) async throws -> (index: FrameIndex, numbers: [Int]) {
        let source = try await read { try $0.frameSource(id, class: entityClass) }
        let (index, numbers) = try await frameNumbers(span, of: source)
        return (index, numbers)
    }

    /// Pixels of frames that are in memory at a time, in bytes, beyond one frame.
    private static let visitedBytes = 64 << 20
    /// Frames that are handed over together, at most.
    private static let visitedCount = 32

    /// Decodes frames of a video, a clip or a frame, and hands them over, some at a time and in order. Blocks
    /// and computes.
    /// - Parameter body: Told the index of the video's frames, and decoded ones; for groups that it can split
    ///   among cores.
    /// - Returns: the index of the video's frames, and which of them belong to the entity.
    /// - Throws: ``EngineError/Code/notFound``, ``EngineError/Code/gone``;
    ///   ``EngineError/Code/invalidRequest`` for what has no frames; ``EngineError/Code/unsupportedMedia``
    ///   for a video that cannot be decoded, at once or on the way; ``EngineError/Code/cancelled``; what
    ///   `body` throws.
    @discardableResult
    public func visitFrames(
        of id: EntityID, class entityClass: String, _ span: FrameSpan, _ cancellation: Cancellation,
        _ body: (_ index: FrameIndex, _ frames: [DecodedFrame]) throws -> Void
    ) throws -> (index: FrameIndex, bounds: Range<Int>) {
        let source = try translating {
            try catalog.read(cancellation) { try $0.frameSource(id, class: entityClass) }
        }
        let index = try frameIndex(of: source.stored, cancellation)
        let bounds = source.bounds(in: index)
        let numbers = try span.numbers(in: index, bounds)
        guard let first = numbers.first else { return (index, bounds) }
        try withReader(of: source.stored, near: first, cancellation) { reader in
            var group: [DecodedFrame] = []
            var byteCount = 0
            for number in numbers {
                try cancellation.check()
                // A bad one does not end the visit.
                guard try reader.frameUnlessDamaged(number) != nil else { continue }
                let frame = DecodedFrame(number: number, raster: try reader.raster())
                byteCount += frame.raster.pixels.count
                group.append(frame)
                if group.count >= Store.visitedCount || byteCount >= Store.visitedBytes {
                    try body(index, group)
                    group.removeAll(keepingCapacity: true)
                    byteCount = 0
                }
            }
            if !group.isEmpty { try body(index, group) }
        }
        return (index, bounds)
    }
}
