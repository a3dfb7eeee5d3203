/// What a scan for motion found, and what it looked at.
public struct MotionReport: Sendable, Hashable {
    /// Rising in time. A score holds from its frame until the next sample's.
    public var samples: [MotionSample] = []
    /// Frames that the video has.
    public var frameCount: Int = 0
    /// Frames that were decoded, those that were decoded twice counted so.
    public var decodedCount: Int = 0
    /// Of upright frames when they are compared.
    public var size: PixelSize
    /// What packets were found to tell.
    public var packets: PacketCalibration = PacketCalibration()
    /// Groups of pictures: a keyframe and what is behind it.
    public var groupCount: Int = 0
    /// Those of which only the keyframe was decoded, because both keyframes about them agree.
    public var groupsBetweenKeyframes: Int = 0
    /// Those of which not all was decoded, because the packets are small.
    public var groupsBySize: Int = 0
}
