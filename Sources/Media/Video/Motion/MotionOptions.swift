/// What counts as motion in a video, and how closely it is looked.
public struct MotionOptions: Sendable, Hashable {
    /// A part of the picture in which nothing counts, in pixels of upright frames.
    public struct Region: Sendable, Hashable {
        /// Corners, closed from the last to the first; what lies within them an odd number of times is
        /// inside.
        public var corners: [Corner]

        /// A place in a frame.
        public struct Corner: Sendable, Hashable {
            public var x, y: Double

            public init(x: Double, y: Double) {
                self.x = x
                self.y = y
            }
        }

        public init(corners: [Corner]) { self.corners = corners }

        /// A box, half-open.
        public init(x: Double, y: Double, width: Double, height: Double) {
            corners = [
                Corner(x: x, y: y), Corner(x: x + width, y: y), Corner(x: x + width, y: y + height),
                Corner(x: x, y: y + height),
            ]
        }
    }

    /// How far motion that begins or ends between two samples is looked into.
    public enum Refinement: String, Sendable, Hashable {
        /// Not at all.
        case none
        /// Frames between that were decoded anyway: all but those that no other frame needs.
        case decoded
        /// All frames between. It decodes again, from the keyframe before.
        case exact
    }

    /// How many frames a second are looked at, as far as the video has them.
    public var samplesPerSecond: Double
    /// How many pixels frames are made small to; 320 × 180 of 16 : 9.
    public var pixels: Int
    /// By what part the background moves towards a sample within a fifth of a second.
    public var backgroundRate: Double
    /// A pixel is different where it is further from the background than this times the mean deviation there
    /// …
    public var noiseFactor: Int
    /// … but not less, nor more than this, in levels of 256.
    public var differences: ClosedRange<Int>
    /// From this score on, a share of the watched pixels, something moves.
    public var high: Double
    /// Below this nothing does. Between both it is uncertain.
    public var low: Double
    public var ignoring: [Region]
    public var refinement: Refinement
    /// Whether stretches whose packets are as small as those of stretches without motion are passed over,
    /// where that was found to hold in this video.
    public var trustsPackets: Bool
    /// How far apart keyframes may be, in seconds, for what is between two of them that agree to be passed
    /// over.
    public var longestUnseen: Double
    /// One of so many groups of pictures that packets would pass over is looked at nonetheless.
    public var auditInterval: Int

    public init(
        samplesPerSecond: Double = 5, pixels: Int = 320 * 180, backgroundRate: Double = 0.05,
        noiseFactor: Int = 4,
        differences: ClosedRange<Int> = 12...40, high: Double = 0.001, low: Double = 0.0005,
        ignoring: [Region] = [], refinement: Refinement = .decoded, trustsPackets: Bool = true,
        longestUnseen: Double = 1, auditInterval: Int = 10
    ) {
        self.samplesPerSecond = samplesPerSecond
        self.pixels = pixels
        self.backgroundRate = backgroundRate
        self.noiseFactor = noiseFactor
        self.differences = differences
        self.high = high
        self.low = low
        self.ignoring = ignoring
        self.refinement = refinement
        self.trustsPackets = trustsPackets
        self.longestUnseen = longestUnseen
        self.auditInterval = auditInterval
    }

    /// - Throws: ``MediaError/Code/invalidOperation`` for what makes no sense, naming it.
    func check() throws(MediaError) {
        func refuse(_ text: String) throws(MediaError) {
            throw MediaError(.invalidOperation, "motion: \(text)")
        }
        if !(samplesPerSecond > 0 && samplesPerSecond <= 1_000) {
            try refuse("samples a second are \(samplesPerSecond), they must be above 0 and at most 1000")
        }
        if !(64...16_777_216).contains(pixels) {
            try refuse("pixels are \(pixels), they must be 64 to 16777216")
        }
        if !(backgroundRate > 0 && backgroundRate <= 1) {
            try refuse("the background's rate is \(backgroundRate), it must be above 0 and at most 1")
        }
        if !(0...255).contains(noiseFactor) {
            try refuse("the noise's factor is \(noiseFactor), it must be 0 to 255")
        }
        if differences.lowerBound < 0 || differences.upperBound > 255 {
            try refuse("differences are \(differences), they must be within 0...255")
        }
        if !(low > 0 && low <= high && high <= 1) {
            try refuse("scores are low \(low) and high \(high), they must be 0 < low ≤ high ≤ 1")
        }
        if !(longestUnseen >= 0 && longestUnseen.isFinite) {
            try refuse("the longest time unseen is \(longestUnseen), it must be a number from 0 on")
        }
        if auditInterval < 1 { try refuse("the audit's interval is \(auditInterval), it must be at least 1") }
    }
}
