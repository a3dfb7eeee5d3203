import Base
import Logging
import Media
import Query

/// What the commands of a query work with, beside the store's contents.
struct CommandService: Sendable {
    var principal: Principal
    var vectors: DescriptorSets
    var intervals: IntervalTables
    /// The index of a video's frames, which is read or made.
    var frameIndex: @Sendable (StoredBytes, Cancellation) throws -> FrameIndex
    /// Where in a video something moves; `nil` where that is not known.
    var motionTrace: @Sendable (SHA256Digest) -> MotionTrace?
    var logger: Logger
    /// Documents that may be looked at one by one.
    var maxDocuments: Int
    /// Connections that one command may make.
    var maxConnections = 1_000_000
    /// Pairs of regions that one command may compare.
    var maxComparisons = 10_000_000

    /// What labels name as their source.
    var source: String { "human:\(principal.name)" }
}
