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
    /// Whether all frames were decoded in order, so that those that do not come are known.
    private var knowsLost = false
    private var hasFindings = false
    /// Keyframes at which decoding cannot begin, by their frames.
    private var unreachable: Set<Int> = []
    /// Whether decoding has begun at a keyframe.
    private var hasReached = false
    /// The most keyframes that are tried in vain before none is any more.
    private static let mostUnreachable = 4

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
        try SampleTables.check(bytes, limit: options.maxFrames)
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

    /// The index of all frames. Reads the whole file the first time and decodes a few frames, or all where
    /// packets do not tell which there are.
    ///
    /// Frames keep their numbers: what is found out later is only which of them cannot be decoded.
    public func index() throws -> FrameIndex {
        if let known { return known }
        let index: FrameIndex
        if options.frames == .all {
            isPlaced = false
            index = try madeIndex()
        } else {
            var all = options
            all.frames = .all
            index = try VideoReader(bytes, all, cancellation: cancellation).index()
        }
        known = index
        return index
    }

    /// The index, once all frames were decoded in order: it names each that cannot be.
    public func checkedIndex() throws -> FrameIndex {
        var index = try countableIndex()
        isPlaced = false
        let lost: [Range<Int>]
        switch index.basis {
        case .packets: lost = try index.framesNotDecoded(by: decoder)
        case .frames:
            let count = try FrameIndex.ofFrames(decoder, limit: options.maxFrames).count
            lost = count < index.count ? [count..<index.count] : []
        }
        knowsLost = true
        hasFindings = hasFindings || lost.contains { range in range.contains { !index.isDamaged($0) } }
        index = index.marking(lost)
        known = index
        return index
    }

    /// The index with frames that were found not to come since this was asked last; `nil` if none were.
    public func takeFindings() -> FrameIndex? {
        defer { hasFindings = false }
        return hasFindings ? known : nil
    }

    /// How many bytes the packet of each frame has. Reads the whole file, and decodes nothing more than
    /// ``index()``.
    /// - Throws: ``MediaError/Code/unsupported`` where packets do not tell which frame each is.
    func packetSizes() throws -> PacketSizes {
        let known = try index()
        isPlaced = false
        guard known.basis == .packets else { throw VideoReader.packetsDoNotTell }
        try decoder.rewind()
        guard let (index, byteCounts) = try FrameIndex.ofPacketsWithSizes(decoder, limit: options.maxFrames),
            known.presentations == index.presentations
        else { throw VideoReader.packetsDoNotTell }
        return PacketSizes(byteCounts, known)
    }

    /// The frame decoded last as it is stored; `nil` before the first.
    var decodedSize: PixelSize? { current?.frame.codedSize }

    /// Decodes the frame that follows the one decoded last, the first one to begin with; `nil` behind the
    /// last.
    ///
    /// Numbers come from the index where it was asked for or not all frames are decoded, and are counted
    /// otherwise. Frames that cannot be decoded are passed over.
    public func next() throws -> (number: Int, frame: VideoFrame)? {
        let index = options.frames == .all ? known : try countableIndex()
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
                guard let place = place(of: frame, after: number - 1, index) else { continue }
                number = place
            }
            current = (number, frame)
            if index?.isDamaged(number) != true { return current }
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

    /// The number of the frame that follows the one decoded last.
    public var nextFrame: Int { current.map { $0.number + 1 } ?? 0 }

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

    private static let packetsDoNotTell = MediaError(
        .unsupported, "its packets do not tell when frames are shown: all of its frames must be decoded")

    private func madeIndex() throws -> FrameIndex {
        try decoder.rewind()
        guard let index = try FrameIndex.ofPackets(decoder, limit: options.maxFrames) else {
            return try FrameIndex.ofFrames(decoder, limit: options.maxFrames)
        }
        if try index.beginsAsDecoded(by: decoder) { return index }
        // Packets said something else than the decoder.
        let decoded = try FrameIndex.ofFramesAndTheirOrder(decoder, limit: options.maxFrames)
        guard decoded.ascend, let lost = index.frames(missingIn: decoded.index) else { return decoded.index }
        return index.marking(lost)
    }

    /// The index, by which the frames that this decoder gives are told apart.
    private func countableIndex() throws -> FrameIndex {
        let index = try index()
        guard index.basis == .packets || options.frames == .all else { throw VideoReader.packetsDoNotTell }
        return index
    }

    private func outcome(of number: Int) throws -> Outcome {
        var index = try countableIndex()
        guard index.presentations.indices.contains(number) else { return .beyond(count: index.count) }
        // What a decoder makes of a part of a packet is left over from other frames.
        if index.isDamaged(number) { return .damaged(count: index.count) }
        if let found = try reach(number, index) { return .reached(number: found.number, found.frame) }
        if index.basis == .packets, !knowsLost, options.frames == .all {
            // Which frames come of decoding in order decides, whichever is asked for first.
            index = try checkedIndex()
            if index.isDamaged(number) { return .damaged(count: index.count) }
        }
        guard options.frames == .all else { return .damaged(count: index.count) }
        // It comes then, so that decoding began at what is no keyframe.
        for _ in 0..<2 {
            guard let entry = entry(for: number, index) else { break }
            unreachable.insert(entry.frame)
            if let found = try reach(number, index) { return .reached(number: found.number, found.frame) }
        }
        if let found = try reach(number, index, isFromBeginning: true) {
            return .reached(number: found.number, found.frame)
        }
        return .damaged(count: index.count)
    }

    /// Goes to a frame; `nil` where it does not come.
    private func reach(
        _ number: Int, _ index: FrameIndex, isFromBeginning: Bool = false
    ) throws -> (number: Int, frame: VideoFrame)? {
        if let current, isPlaced, current.number == number { return current }
        let entry = isFromBeginning ? nil : entry(for: number, index)
        // What a decoder puts in the place of what is damaged depends on all frames before.
        let skipsOthers = index.basis == .packets && index.damaged.isEmpty
        let wanted = skipsOthers ? index.presentations[number] : nil
        let goesOn =
            isPlaced && !isFromBeginning
            && current.map { $0.number < number && $0.number >= entry?.frame ?? 0 } == true
        var found: (number: Int, frame: VideoFrame)
        if goesOn, let current {
            found = current
        } else {
            isPlaced = false
            // Not on from before a keyframe: what a damaged one gives is then the same for whoever asks.
            guard let first = try start(for: number, at: entry, towards: wanted, index) else { return nil }
            found = first
        }
        isPlaced = false
        while found.number < number {
            guard let frame = try decoder.nextFrame(towards: wanted) else { return nil }
            // What the index does not know is no frame.
            guard let next = place(of: frame, after: found.number, index) else { continue }
            found = (next, frame)
        }
        isPlaced = true
        current = found
        return found.number == number ? found : nil
    }

    /// Where decoding may begin for a frame; `nil` for the file's beginning.
    private func entry(for number: Int, _ index: FrameIndex) -> FrameIndex.Keyframe? {
        if unreachable.count >= VideoReader.mostUnreachable, !hasReached { return nil }
        // Where frames are counted, only a place in the file says which keyframe it is.
        return index.keyframes.prefix(index.keyframes.count(notAfter: number)).last {
            !unreachable.contains($0.frame) && (index.basis == .packets || $0.position != nil)
        }
    }

    /// Decodes the first frame on the way to `number`: a keyframe, from `entry` backwards, or the first of
    /// all.
    private func start(
        for number: Int, at entry: FrameIndex.Keyframe?, towards wanted: Int64?, _ index: FrameIndex
    ) throws -> (number: Int, frame: VideoFrame)? {
        var place = entry
        while let entry = place, entry.frame > 0 {
            let frame = try decoder.frame(
                at: VideoDecoder.Entry(
                    presentation: index.presentations[entry.frame], decoding: entry.decoding,
                    position: entry.position),
                isCounted: index.basis == .frames, towards: wanted)
            if let frame, let first = self.number(of: frame, startedAt: entry, index) {
                hasReached = true
                return (first, frame)
            }
            unreachable.insert(entry.frame)
            place = self.entry(for: number, index)
        }
        try decoder.rewind()
        while let frame = try decoder.nextFrame(towards: wanted) {
            if let first = self.place(of: frame, after: -1, index) { return (first, frame) }
        }
        return nil
    }

    /// The number of the frame that came where decoding began at `entry`.
    private func number(
        of frame: VideoFrame, startedAt entry: FrameIndex.Keyframe, _ index: FrameIndex
    ) -> Int? {
        switch index.basis {
        // What a container takes for a keyframe need not be one, and what stands in the place of a damaged
        // one depends on those before.
        case _ where frame.isDamaged: nil
        case .packets:
            frame.isKeyframe || decoder.isIntraOnly ? place(of: frame, after: entry.frame - 1, index) : nil
        case .frames: frame.isKeyframe && frame.position == entry.position ? entry.frame : nil
        }
    }

    /// The number of a frame that came after frame `earlier`; `nil` for one that the index does not know.
    private func place(of frame: VideoFrame, after earlier: Int, _ index: FrameIndex) -> Int? {
        if index.basis == .frames { return earlier + 1 < index.count ? earlier + 1 : nil }
        guard let presentation = frame.presentation, let number = index.frame(at: presentation) else {
            return nil
        }
        return number > earlier ? number : nil
    }
}
