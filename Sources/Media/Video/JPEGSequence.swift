/// JPEGs that become a video with their bytes untouched: Motion JPEG, each shown from its own time on.
///
/// All must be of one size, which is a property of the video. One thread at a time may use a value.
public final class JPEGSequence {
    public let size: PixelSize
    public let container: VideoContainer
    public private(set) var count = 0
    private let writer: VideoWriter
    private let unit: Ratio
    private let lastDuration: Int64
    private var first: Int64 = 0
    /// The newest, of which is not known yet how long it is shown.
    private var waiting: (bytes: [UInt8], time: Int64)?

    /// Begins the video.
    ///
    /// - Parameters:
    ///   - container: Matroska keeps times in milliseconds, MP4 and QuickTime here in microseconds.
    ///   - size: Of the JPEGs as they are stored.
    ///   - rate: About how many there are in a second; the last one is shown for as long.
    /// - Throws: ``MediaError/Code/invalidOperation`` for a container that holds no JPEGs, or no times.
    public init(
        _ container: VideoContainer = .mkv, of size: PixelSize, rate: Double, to sink: any VideoSink
    ) throws {
        guard container.keepsTimes, container.codecs.contains(.mjpeg) else {
            throw MediaError(
                .invalidOperation,
                "\(container.rawValue) cannot hold JPEGs with their times: mp4, mov and mkv can")
        }
        guard let unit = container.timeBase ?? Ratio(1, 1_000_000), let rate = Ratio(near: rate) else {
            throw MediaError(.invalidOperation, "\(rate) pictures in a second are no rate")
        }
        guard size.width > 0, size.height > 0, size.width <= 65_535, size.height <= 65_535 else {
            throw MediaError(.invalidOperation, "JPEGs cannot have \(size) pixels")
        }
        self.size = size
        self.container = container
        self.unit = unit
        lastDuration = Int64((1 / rate.value / unit.value).rounded())
        writer = try VideoWriter(
            VideoWriter.Plan(
                container: container, encoding: nil, size: size, pixelFormat: nil, liesAsSource: false,
                timeBase: unit, rate: rate, maxBytes: nil, stretch: 0..<1),
            like: nil, sound: nil, to: sink)
    }

    /// Adds a JPEG.
    ///
    /// - Parameter microseconds: From when on it is shown, on any clock; the first one's time becomes 0.
    /// - Throws: ``MediaError/Code/invalidOperation`` for another size, or a time that is not behind that of
    ///   the one before, in the unit of the container; ``MediaError/Code/malformedInput`` for what is no
    ///   JPEG. Nothing was added then.
    public func add(_ jpeg: [UInt8], at microseconds: Int64) throws {
        guard ImageFormat.sniff(jpeg) == .jpeg else {
            throw MediaError(.malformedInput, "only JPEGs can be shown as they are")
        }
        let header = try ImageCodec.header(of: jpeg)
        let stored = PixelSize(width: header.storedWidth, height: header.storedHeight)
        guard stored == size else {
            throw MediaError(.invalidOperation, "it has \(stored) pixels, those before it have \(size)")
        }
        if waiting == nil { first = microseconds }
        let (elapsed, overflow) = microseconds.subtractingReportingOverflow(first)
        guard !overflow, elapsed >= 0, elapsed < 1 << 52 else {
            throw MediaError(
                .invalidOperation, "its time lies before that of the first, or centuries behind it")
        }
        let time = Int64((Double(elapsed) / 1e6 / unit.value).rounded())
        if let waiting {
            guard time > waiting.time else {
                throw MediaError(
                    .invalidOperation,
                    "it begins at \(time) · \(unit) s, which is not behind the one before it, at "
                        + "\(waiting.time) · \(unit) s")
            }
            try writer.writePacket(waiting.bytes, at: waiting.time, for: time - waiting.time)
        }
        waiting = (jpeg, time)
        count += 1
    }

    /// Writes the end.
    /// - Throws: ``MediaError/Code/invalidOperation`` where there is no JPEG at all.
    public func finish() throws {
        guard let waiting else { throw MediaError(.invalidOperation, "there is no picture for a video") }
        try writer.writePacket(waiting.bytes, at: waiting.time, for: lastDuration)
        self.waiting = nil
        try writer.finish()
    }
}
