extension FrameIndex {
    /// Reads all packets from where the decoder is, which is the beginning, and decodes none.
    ///
    /// Frames that come, or are shown, before the first keyframe lack what they were predicted from: they are
    /// none. Keyframes whose packets are damaged are not told: decoding cannot begin there.
    /// - Returns: `nil` where the packets do not tell when frames are shown, or where decoding may begin. An
    ///   AVI without its index takes every packet for a keyframe, one whose index ends too early those behind
    ///   that.
    /// - Throws: ``MediaError/Code/limitExceeded`` beyond `limit` packets.
    static func ofPackets(_ decoder: VideoDecoder, limit: Int) throws -> FrameIndex? {
        try ofPacketsWithSizes(decoder, limit: limit)?.index
    }

    /// The same, and how many bytes the packet of each frame has.
    static func ofPacketsWithSizes(
        _ decoder: VideoDecoder, limit: Int
    ) throws -> (index: FrameIndex, byteCounts: [Int32])? {
        var begin: Int64?
        var shown:
            [(
                presentation: Int64, duration: Int64, byteCount: Int32, keyframe: Keyframe?, isDamaged: Bool
            )] = []
        let needsIndex = decoder.facts.container == "avi" && !decoder.isIntraOnly
        var wasKeyframe = false
        while let packet = try decoder.nextPacket() {
            // AVI has empty packets where the frame before is shown once more.
            if packet.byteCount == 0 { continue }
            guard let presentation = packet.presentation, canBeShown(at: presentation) else { return nil }
            if needsIndex, wasKeyframe, packet.isKeyframe { return nil }
            wasKeyframe = packet.isKeyframe
            if begin == nil {
                guard packet.isKeyframe else { continue }
                begin = presentation
            }
            if packet.isHidden { continue }
            if let begin, presentation < begin { continue }
            try check(shown.count, limit)
            shown.append(
                (
                    presentation, packet.duration, Int32(clamping: packet.byteCount),
                    packet.isKeyframe && !packet.isDamaged
                        ? Keyframe(frame: 0, decoding: packet.decoding, position: packet.position) : nil,
                    packet.isDamaged
                ))
        }
        if begin == nil || (needsIndex && wasKeyframe && shown.count > 1) { return nil }
        // Order of decoding becomes order of presentation; frames that begin together cannot be told apart.
        shown.sort { $0.presentation < $1.presentation }
        for (earlier, later) in zip(shown, shown.dropFirst())
        where earlier.presentation == later.presentation {
            return nil
        }
        let index = FrameIndex(
            basis: .packets, timeBase: decoder.facts.timeBase, presentations: shown.map(\.presentation),
            lastDuration: shown.last?.duration ?? 0,
            keyframes: shown.enumerated().compactMap { number, frame in
                guard var keyframe = frame.keyframe else { return nil }
                keyframe.frame = number
                return keyframe
            }, damaged: [Range<Int>](rising: shown.indices.filter { shown[$0].isDamaged }))
        return (index, shown.map(\.byteCount))
    }

    /// Decodes all frames from the beginning.
    ///
    /// A frame that tells no time, or none behind that of the frame before, is taken to begin where that one
    /// ends.
    /// - Throws: ``MediaError/Code/limitExceeded`` beyond `limit` frames.
    static func ofFrames(_ decoder: VideoDecoder, limit: Int) throws -> FrameIndex {
        try decoder.rewind()
        var presentations: [Int64] = []
        var keyframes: [Keyframe] = []
        var duration: Int64 = 0
        while let frame = try decoder.nextFrame() {
            try check(presentations.count, limit)
            let earliest = presentations.last.map { $0.addingReportingOverflow(max(1, duration)) }
            var presentation = frame.presentation ?? earliest?.partialValue ?? 0
            if let last = presentations.last, presentation <= last, let earliest {
                presentation = earliest.partialValue
            }
            guard earliest?.overflow != true, canBeShown(at: presentation) else {
                throw MediaError(.malformedInput, "its times run out of all bounds")
            }
            if frame.isKeyframe {
                keyframes.append(
                    Keyframe(frame: presentations.count, decoding: nil, position: frame.position))
            }
            presentations.append(presentation)
            duration = max(0, frame.duration)
        }
        return FrameIndex(
            basis: .frames, timeBase: decoder.facts.timeBase, presentations: presentations,
            lastDuration: duration, keyframes: keyframes)
    }

    /// The frames of an index of packets that decoding all did not give, where most came and no other did:
    /// damaged ones. `nil` where the packets tell other frames than there are.
    func frames(missingIn decoded: FrameIndex) -> [Range<Int>]? {
        let came = Set(decoded.presentations)
        let lost = presentations.indices.filter { !came.contains(presentations[$0]) }
        // Fields that come in packets of their own would be every second one.
        guard count - lost.count == decoded.count, decoded.count * 5 >= count * 3 else { return nil }
        return [Range<Int>](rising: lost)
    }

    private static func check(_ count: Int, _ limit: Int) throws(MediaError) {
        if count >= limit {
            throw MediaError(.limitExceeded, "it has more than \(limit) frames, which is the limit")
        }
    }
}
