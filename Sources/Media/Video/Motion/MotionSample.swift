/// How much of a frame moves.
public struct MotionSample: Sendable, Hashable {
    public var frame: Int
    /// When it is shown, in seconds of the file's clock.
    public var time: Double
    /// The pixels that move as a share of those that are watched, in `0...1`.
    public var score: Double
    public var grid: MotionGrid
    /// So much was different that the background began anew: a cut, or a light that was switched.
    public var isCut: Bool
}
