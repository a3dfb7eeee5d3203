import Base
import Media

/// How a video is written anew: which of its frames, what is done with them, and as what.
struct VideoPlan: Sendable {
    var cut: FrameCut
    /// Done with each frame, upright.
    var operations: [any ImageOperation]
    /// The file ends with the frame that would pass so many bytes.
    var maxBytes: Int?
    var encoding: VideoEncoding
    /// Where packets are copied to if exactly these frames come of it; `nil` where frames must be encoded.
    var copy: VideoContainer?

    /// As large as anything that a reply may hold.
    static let mostBytes = 1 << 30

    /// Names the plan, for the cache of derived pixels.
    var text: String {
        let steps = operations.map(\.text).joined(separator: ";")
        return
            "frames=\(cut.range.lowerBound)-\(cut.range.upperBound)/\(cut.step);\(steps);bytes=\(maxBytes ?? 0);\(encoding.codec.rawValue).\(encoding.container.rawValue);copy=\(copy?.rawValue ?? "")"
    }

    /// Writes it. Blocks and computes.
    /// - Throws: ``MediaError``, see ``Media/VideoReader/render(_:to:progress:)``.
    func write(with reader: VideoReader) throws -> [UInt8] {
        var request = VideoRequest(
            .frames(from: cut.range.lowerBound, to: cut.range.upperBound), step: cut.step,
            operations: operations, preview: maxBytes.map { VideoRequest.Preview(maxBytes: $0) })
        if let copy, let bytes = try copied(request, into: copy, with: reader) { return bytes }
        request.output = .encoded(encoding)
        let sink = VideoBuffer(maxBytes: VideoPlan.mostBytes)
        _ = try reader.render(request, to: sink)
        return sink.bytes
    }

    /// `nil` where copied packets would be other frames, or cannot be copied.
    private func copied(
        _ request: VideoRequest, into container: VideoContainer, with reader: VideoReader
    ) throws -> [UInt8]? {
        var request = request
        request.output = .copied(container)
        let sink = VideoBuffer(maxBytes: VideoPlan.mostBytes)
        do {
            return try reader.render(request, to: sink).frames == cut.range ? sink.bytes : nil
        } catch let error as MediaError
            where error.cause == nil
            && [.invalidOperation, .unsupported, .malformedInput].contains(error.code)
        {
            // What packets do not allow may be done with frames, which says by itself where it is not.
            return nil
        }
    }
}
