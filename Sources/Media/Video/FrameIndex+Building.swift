extension FrameIndex {
    /// Reads all packets from where the decoder is, which is the beginning, and decodes none.
    ///
    /// Frames that come, or are shown, before the first keyframe lack what they were predicted from: they are
    /// none. Keyframes whose packets are damaged are not told: decoding cannot begin there.
    /// - Returns: `nil` where the packets do not tell when frames are shown, or where decoding may begin; and
    ///   where times start anew in the middle, so that they do not tell the order of frames. An AVI without
    ///   its index takes every packet for a keyframe, one whose index ends too early those behind that.
    /// - Throws: ``MediaError/Code/limitExceeded`` beyond `limit` packets.
    static func ofPackets(_ decoder: VideoDecoder, limit: Int) throws -> FrameIndex? {
        try PacketRows(decoder, limit: limit, keepsSizes: false)?.index
    }

    /// The same, and how many bytes the packet of each frame has.
    static func ofPacketsWithSizes(
        _ decoder: VideoDecoder, limit: Int
    ) throws -> (index: FrameIndex, byteCounts: [Int32])? {
        try PacketRows(decoder, limit: limit, keepsSizes: true).map { ($0.index, $0.byteCounts) }
    }

    /// Decodes all frames from the beginning.
    ///
    /// A frame that tells no time, or none behind that of the frame before, is taken to begin where that one
    /// ends; where times run out of all bounds, each frame takes a tick. Positions that do not ascend from
    /// keyframe to keyframe lead nowhere, and are not told.
    /// - Throws: ``MediaError/Code/limitExceeded`` beyond `limit` frames.
    static func ofFrames(_ decoder: VideoDecoder, limit: Int) throws -> FrameIndex {
        try ofFramesAndTheirOrder(decoder, limit: limit).index
    }

    /// The same, and whether the times that frames tell ascend.
    static func ofFramesAndTheirOrder(
        _ decoder: VideoDecoder, limit: Int
    ) throws -> (index: FrameIndex, ascend: Bool) {
        var ascend = true
        try decoder.rewind()
        var presentations: [Int64] = []
        presentations.reserveCapacity(decoder.likelyFrameCount(limit: limit))
        var keyframes = Keyframes()
        var lastPosition = Int64.min
        var duration: Int64 = 0
        var areTimes = true
        while let frame = try decoder.nextFrame() {
            try check(presentations.count, limit)
            let earliest = presentations.last.map { $0.addingReportingOverflow(max(1, duration)) }
            var presentation = frame.presentation ?? earliest?.partialValue ?? 0
            if let last = presentations.last, presentation <= last, let earliest {
                presentation = earliest.partialValue
                ascend = false
            }
            if !areTimes || earliest?.overflow == true || !canBeShown(at: presentation) {
                // They run out of all bounds, and say nothing.
                if areTimes { presentations = presentations.indices.map { Int64($0) } }
                areTimes = false
                presentation = Int64(presentations.count)
            }
            if frame.isKeyframe {
                var position = frame.position
                if let told = position, told <= lastPosition {
                    // Several have one place, as frames of a page have, or the order is another.
                    if told == lastPosition { keyframes.forgetPosition(keyframes.count - 1) }
                    position = nil
                }
                lastPosition = max(lastPosition, position ?? lastPosition)
                keyframes.append(Keyframe(frame: presentations.count, decoding: nil, position: position))
            }
            presentations.append(presentation)
            duration = areTimes ? max(0, frame.duration) : 1
        }
        let index = FrameIndex(
            basis: .frames, timeBase: decoder.facts.timeBase, presentations: presentations,
            lastDuration: duration, keyframes: keyframes)
        return (index, ascend)
    }

    /// How many frames at the beginning are decoded to see whether they are those that the packets tell.
    private static let triedCount = 16

    /// Decodes the first frames, and looks whether they are those that the packets tell of. `true` where
    /// packets among them are known to be damaged.
    func beginsAsDecoded(by decoder: VideoDecoder) throws -> Bool {
        if let first = damaged.first, first.lowerBound < 2 * FrameIndex.triedCount { return true }
        try decoder.rewind()
        for number in 0..<FrameIndex.triedCount {
            guard let frame = try decoder.nextFrame() else { return number == count }
            guard number < count, frame.presentation == presentations[number] else { return false }
        }
        return true
    }

    /// The frames of an index of packets that do not come where all are decoded in order. Frames that the
    /// index does not know, or that come behind later ones, are none of its.
    func framesNotDecoded(by decoder: VideoDecoder) throws -> [Range<Int>] {
        try decoder.rewind()
        var hasCome = [Bool](repeating: false, count: count)
        var last = -1
        while let frame = try decoder.nextFrame() {
            guard let number = frame.presentation.flatMap({ self.frame(at: $0) }), number > last else {
                continue
            }
            hasCome[number] = true
            last = number
        }
        return [Range<Int>](rising: hasCome.indices.lazy.filter { !hasCome[$0] })
    }

    /// The frames of an index of packets that decoding all did not give, where no other came: damaged ones.
    /// `nil` where the packets tell other frames than there are.
    func frames(missingIn decoded: FrameIndex) -> [Range<Int>]? {
        var ranges: [Range<Int>] = []
        var place = 0
        for (number, presentation) in presentations.enumerated() {
            if place < decoded.count, decoded.presentations[place] == presentation {
                place += 1
            } else {
                ranges.append(rising: number)
            }
        }
        guard place == decoded.count else { return nil }
        // Fields that come in packets of their own are every second one.
        return ranges.count > 1 && ranges.count * 5 >= count * 2 ? nil : ranges
    }

    static func check(_ count: Int, _ limit: Int) throws(MediaError) {
        if count >= limit {
            throw MediaError(.limitExceeded, "it has more than \(limit) frames, which is the limit")
        }
    }
}

extension VideoDecoder {
    /// How many frames there will be, for memory that is taken at once: what the header says, within bounds.
    func likelyFrameCount(limit: Int) -> Int { min(facts.toldFrameCount ?? 0, limit) }
}
