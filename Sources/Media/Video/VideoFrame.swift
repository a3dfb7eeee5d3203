/// What is known of a frame that was decoded.
public struct VideoFrame: Sendable, Hashable {
    /// In ticks of the video's time base; `nil` where neither container nor decoder tells.
    public var presentation: Int64?
    /// How long it is shown, in ticks; 0 where it is not told.
    public var duration: Int64
    /// Where its packet begins in the file; `nil` where that is not known.
    public var position: Int64?
    public var codedSize: PixelSize
    public var isKeyframe: Bool
    /// The decoder had to make up parts of it.
    public var isDamaged: Bool
    public var kind: Kind

    /// What it was predicted from.
    public enum Kind: Character, Sendable, Hashable {
        /// From itself.
        case intra = "I"
        /// From frames before it.
        case predicted = "P"
        /// From frames before and behind it.
        case bidirectional = "B"
        case other = "?"
    }
}
