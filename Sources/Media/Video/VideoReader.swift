public import Base

/// The frames of a video: one by one from any of them on, or any by its number.
///
/// To reach a frame decodes at most from the keyframe before it. One thread at a time may use a reader, and
/// its calls block: see `BlockingPool`.
public final class VideoReader {
    public let facts: VideoFacts
    let options: VideoOptions
    let decoder: VideoDecoder
    let bytes: any VideoBytes
    private var known: FrameIndex?
    /// The number of the frame decoded last, and what is known of it.
    private var current: (number: Int, frame: VideoFrame)?
    /// Whether frame follows on frame from where the decoder is.
    private var isPlaced = true
    /// Frames that the decoder was seen to pass over.
    private var missing: [Range<Int>] = []

    /// What came of going to a frame.
    private enum Outcome {
        case reached(number: Int, VideoFrame)
        /// There is no frame of this number.
        case beyond(count: Int)
        /// There is one, and it cannot be decoded.
        case damaged(count: Int)
    }

    /// Opens a video and reads its head.
    /// - Parameter index: what ``index()`` gave for the same bytes before.
    /// - Throws: ``MediaError``: `malformedInput` for what is no video or cannot be read, `unknownFormat`
    ///   where there is no picture stream in it, `unsupported` for a codec that is not there or where FFmpeg
    ///   is missing (``checkAvailable()``), `limitExceeded` beyond `options`.
    public init(
        _ bytes: any VideoBytes, _ options: VideoOptions = VideoOptions(), index: FrameIndex? = nil,
        cancellation: Cancellation? = nil
    ) throws {
        decoder = try VideoDecoder(bytes, options, cancellation: cancellation)
        self.options = options
        self.bytes = bytes
        facts = decoder.facts
        known = index
    }

    /// Looks whether FFmpeg's libraries are there.
    /// - Throws: ``MediaError/Code/unsupported`` saying which is missing.
    public static func checkAvailable() throws(MediaError) { try VideoDecoder.checkLibraries() }

    /// What ends the calls that follow; `nil` for nothing.
    public var cancellation: Cancellation? {
        get { decoder.cancellation }
        set { decoder.cancellation = newValue }
    }

    /// The index of all frames. Reads the whole file the first time, and decodes it where packets do not
    /// tell.
    public func index() throws -> FrameIndex {
        if let known { return known }
        try decoder.rewind()
        isPlaced = false
        let index =
            try FrameIndex.ofPackets(decoder, limit: options.maxFrames)
            ?? decodedIndex()
        known = index
        return index
    }

    /// How many bytes the packet of each frame has. Reads the whole file, and decodes nothing.
    /// - Throws: ``MediaError/Code/unsupported`` where packets do not tell which frame each is.
    func packetSizes() throws -> PacketSizes {
        try decoder.rewind()
        isPlaced = false
        guard let (index, byteCounts) = try FrameIndex.ofPacketsWithSizes(decoder, limit: options.maxFrames),
            known == nil || known?.presentations == index.presentations
        else { throw MediaError(.unsupported, "its packets do not tell when frames are shown") }
        known = index
        return PacketSizes(byteCounts, index)
    }

    /// The frame decoded last as it is stored; `nil` before the first.
    var decodedSize: PixelSize? { current?.frame.codedSize }

    /// Decodes the frame that follows the one decoded last, the first one to begin with; `nil` behind the
    /// last.
    ///
    /// Numbers come from the index where it was asked for or not all frames are decoded, and are counted
    /// otherwise. Frames that cannot be decoded are passed over.
    public func next() throws -> (number: Int, frame: VideoFrame)? {
        let index = options.frames == .all ? nil : try index()
        if !isPlaced {
            var following = current.map { $0.number + 1 }
            while let number = following {
                switch try outcome(of: number) {
                case .reached(let number, let frame): return (number, frame)
                case .beyond: return nil
                case .damaged: following = number + 1
                }
            }
            try decoder.rewind()
            isPlaced = true
        }
        while let frame = try decoder.nextFrame() {
            var number = nextFrame
            if let index {
                guard let presentation = frame.presentation, let place = index.frame(at: presentation) else {
                    throw MediaError(
                        .malformedInput, "a frame begins at a time that the index does not know")
                }
                number = place
            } else if let known, known.basis == .packets, let presentation = frame.presentation {
                number = known.frame(at: presentation) ?? number
            }
            current = (number, frame)
            if known?.isDamaged(number) != true { return current }
        }
        isPlaced = false
        current = nil
        return nil
    }

    /// Decodes frame `number`.
    /// - Throws: ``MediaError/Code/invalidOperation`` where there is no such frame;
    ///   ``MediaError/Code/malformedInput`` where it is damaged.
    @discardableResult
    public func frame(_ number: Int) throws -> VideoFrame {
        switch try outcome(of: number) {
        case .reached(_, let frame): return frame
        case .beyond(let count):
            throw MediaError(
                .invalidOperation, "there is no frame \(number): frames are 0 to \(count - 1)")
        case .damaged(let count):
            throw MediaError(
                .malformedInput, "frame \(number) of \(count) is damaged: it cannot be decoded")
        }
    }

    /// Decodes frame `number`; `nil` where it is damaged, after which the reader goes on as before.
    /// - Throws: as ``frame(_:)``.
    @discardableResult
    public func frameUnlessDamaged(_ number: Int) throws -> VideoFrame? {
        if case .damaged = try outcome(of: number) { return nil }
        return try frame(number)
    }

    /// Decodes frames by their numbers, in ascending order and each once, whatever the order they are given
    /// in: no keyframe's group is decoded twice.
    ///
    /// - Parameter body: What is done with each; the reader is at it then.
    /// - Throws: as ``frame(_:)``, before anything is decoded; what `body` throws.
    public func frames(
        _ numbers: some Sequence<Int>, _ body: (_ number: Int, VideoFrame) throws -> Void
    ) throws {
        let wanted = Set(numbers).sorted()
        let count = try index().count
        if let wrong = wanted.first(where: { !(0..<count).contains($0) }) {
            throw MediaError(
                .invalidOperation, "there is no frame \(wrong): frames are 0 to \(count - 1)")
        }
        for number in wanted { try body(number, try frame(number)) }
    }

    /// The number of the frame that follows the one decoded last.
    public var nextFrame: Int { current.map { $0.number + 1 } ?? 0 }

    /// The frame decoded last as upright RGB.
    public func raster() throws -> Raster { try decoder.raster() }

    /// CRC-32 (IEEE 802.3) of the first plane of the frame decoded last, the luma plane in nearly all
    /// formats: its samples row by row without padding, before it is turned upright. What `ffmpeg -vf
    /// extractplanes=y -f framehash -hash crc32` says.
    public func crc() -> UInt32 { decoder.crc() }

    /// The luma samples of the frame decoded last, not turned upright: rows of samples of 1 or 2 bytes,
    /// `stride` bytes from row to row. `nil` where the format has no luma plane of its own.
    public func withLuma<Result>(
        _ body: (_ rows: UnsafeRawPointer, _ stride: Int, _ sampleWidth: Int) throws -> Result
    ) rethrows -> Result? {
        try decoder.withLuma(body)
    }

    /// Goes to where a keyframe's packet is read, for packets to be read from there on, not frames.
    /// - Returns: the packet; `nil` where no way leads there.
    func packet(at keyframe: FrameIndex.Keyframe, _ index: FrameIndex) throws -> VideoDecoder.Packet? {
        isPlaced = false
        return try decoder.packet(
            at: VideoDecoder.Entry(
                presentation: index.presentations[keyframe.frame], decoding: keyframe.decoding,
                position: keyframe.position))
    }

    // MARK: - Private

    private func decodedIndex() throws -> FrameIndex {
        guard options.frames == .all else {
            throw MediaError(
                .unsupported,
                "its packets do not tell when frames are shown: all of its frames must be decoded")
        }
        return try FrameIndex.ofFrames(decoder, limit: options.maxFrames)
    }

    private func outcome(of number: Int) throws -> Outcome {
        let index = try index()
        guard index.presentations.indices.contains(number) else { return .beyond(count: index.count) }
        // What a decoder makes of a part of a packet is left over from other frames.
        if index.isDamaged(number) || missing.contains(where: { $0.contains(number) }) {
            return .damaged(count: index.count)
        }
        if let found = try reach(number, index) { return .reached(number: found.number, found.frame) }
        guard index.basis == .packets else { return .damaged(count: index.count) }
        if !index.damaged.isEmpty { return .damaged(count: index.count) }
        // Packets said something else than the decoder.
        let decoded = try decodedIndex()
        isPlaced = false
        if let lost = index.frames(missingIn: decoded) {
            missing = lost
            return .damaged(count: index.count)
        }
        known = decoded
        missing = []
        guard decoded.presentations.indices.contains(number) else { return .beyond(count: decoded.count) }
        guard let found = try reach(number, decoded) else { return .damaged(count: decoded.count) }
        return .reached(number: found.number, found.frame)
    }

    /// Goes to a frame; `nil` where the frames that come are not those of the index.
    private func reach(_ number: Int, _ index: FrameIndex) throws -> (number: Int, frame: VideoFrame)? {
        if let current, isPlaced, current.number == number { return current }
        let entry = index.keyframe(notAfter: number)
        // What a decoder puts in the place of what is damaged depends on all frames before.
        let skipsOthers = index.basis == .packets && index.damaged.isEmpty
        let wanted = skipsOthers ? index.presentations[number] : nil
        let goesOn = isPlaced && current.map { $0.number < number && $0.number >= entry?.frame ?? 0 } == true
        var found: (number: Int, frame: VideoFrame)
        if goesOn, let current {
            found = current
        } else {
            isPlaced = false
            guard let first = try start(at: entry, towards: wanted, index) else { return nil }
            found = first
        }
        isPlaced = false
        while found.number < number {
            guard let frame = try decoder.nextFrame(towards: wanted),
                let next = place(of: frame, after: found.number, index)
            else { return nil }
            found = (next, frame)
        }
        isPlaced = true
        current = found
        if found.number == number { return found }
        // It came to nothing, and so did those behind it: those before it may have been left out.
        missing.append(number..<found.number)
        return nil
    }

    private func start(
        at entry: FrameIndex.Keyframe?, towards wanted: Int64?, _ index: FrameIndex
    ) throws -> (number: Int, frame: VideoFrame)? {
        if let entry, entry.frame > 0 {
            let place = VideoDecoder.Entry(
                presentation: index.presentations[entry.frame], decoding: entry.decoding,
                position: entry.position)
            if let frame = try decoder.frame(at: place, towards: wanted) {
                let number = frame.presentation.map { index.frame(at: $0) } ?? entry.frame
                if let number, index.basis == .packets || number == entry.frame { return (number, frame) }
            }
        }
        try decoder.rewind()
        guard let frame = try decoder.nextFrame(towards: wanted) else { return nil }
        return place(of: frame, after: -1, index).map { ($0, frame) }
    }

    /// The number of a frame that came after frame `earlier`.
    private func place(of frame: VideoFrame, after earlier: Int, _ index: FrameIndex) -> Int? {
        if index.basis == .frames { return earlier + 1 }
        guard let presentation = frame.presentation, let number = index.frame(at: presentation) else {
            return nil
        }
        return number > earlier ? number : nil
    }
}
