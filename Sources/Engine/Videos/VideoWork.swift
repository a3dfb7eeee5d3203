import Base
import Media
import Query

/// What a command wants of a video beyond its stored bytes: another codec or container, other frames or
/// pixels.
///
/// A video that comes of it must be written, which this version does not do: here is said what is wanted, for
/// whoever writes videos, and the one place that refuses it.
struct VideoWork: Sendable, Hashable {
    /// As the command language names it: `h264`, `xvid` or `h263`; `nil` for as it is.
    var codec: String?
    /// `mp4`, `avi` or `mov`; `nil` for as it is.
    var container: String?
    var operations: [RequestedOperation]

    /// - Returns: `nil` where nothing is wanted.
    init?(_ operations: [RequestedOperation], codec: String?, container: String?) {
        guard !operations.isEmpty || codec != nil || container != nil else { return nil }
        self.codec = codec
        self.container = container
        self.operations = operations
    }

    /// What is left of it for a video of that codec and container, which may have what is wanted already.
    /// - Parameters:
    ///   - known: FFmpeg's name of the codec.
    ///   - format: the value of the property `container`.
    func rest(codec known: String?, container format: String?) -> VideoWork? {
        let names = ["h264": "h264", "xvid": "mpeg4", "h263": "h263"]
        return VideoWork(
            operations, codec: codec.flatMap { names[$0] == known ? nil : $0 },
            container: container.flatMap { $0 == format ? nil : $0 })
    }

    /// Why it is not done.
    func refusal(of command: String) -> EngineError {
        var wanted: [String] = []
        if let codec { wanted.append("the codec \(codec)") }
        if let container { wanted.append("the container \(container)") }
        if !operations.isEmpty { wanted.append("operations") }
        return EngineError(
            .invalidRequest,
            "\(command): a video with \(wanted.joined(separator: " and ")) would have to be written, which this version does not do; FindFrames and ExtractFrames return its frames"
        )
    }
}
