/// What the packets of a video tell of its frames: some 8 bytes each, 20 more for a keyframe.
struct PacketRows {
    let index: FrameIndex
    /// Bytes of the packet of each frame; empty where that was not asked for.
    let byteCounts: [Int32]

    /// The most frames that codecs keep back for another order.
    private static let mostLeading = 16

    /// Reads all packets: see ``FrameIndex/ofPackets(_:limit:)``.
    init?(_ decoder: VideoDecoder, limit: Int, keepsSizes: Bool) throws {
        var begin: Int64?
        // In order of decoding, as the numbers of keyframes and damaged frames are at first.
        var times: [Int64] = []
        var sizes: [Int32] = []
        var keyframes = FrameIndex.Keyframes()
        var damaged: [Int] = []
        var lastDuration: Int64 = 0
        let likelyCount = decoder.likelyFrameCount(limit: limit)
        times.reserveCapacity(likelyCount)
        if decoder.isIntraOnly { keyframes.reserveCapacity(likelyCount) }
        if keepsSizes { sizes.reserveCapacity(likelyCount) }
        let needsIndex = decoder.facts.container == "avi" && !decoder.isIntraOnly
        var wasKeyframe = false
        var (latest, latestDecoding) = (Int64.min, Int64.min / 2)
        let backlash = decoder.backlash
        var leadingCount = 0
        // The times that are furthest behind, rising: one more than may come before a frame.
        var furthest: [Int64] = []
        let reordering = decoder.reordering
        while let packet = try decoder.nextPacket() {
            // AVI has empty packets where the frame before is shown once more.
            if packet.byteCount == 0 { continue }
            guard let presentation = packet.presentation, FrameIndex.canBeShown(at: presentation) else {
                return nil
            }
            if needsIndex, wasKeyframe, packet.isKeyframe { return nil }
            wasKeyframe = packet.isKeyframe
            // Where one stream was put behind another, times may start anew. Within one, whatever is decoded
            // before a keyframe is shown before it.
            if let backlash, let decoding = packet.decoding {
                if decoding < latestDecoding - backlash { return nil }
                latestDecoding = max(latestDecoding, decoding)
            }
            if !packet.isHidden {
                if packet.mayBegin, presentation <= latest { return nil }
                latest = max(latest, presentation)
            }
            if let reordering {
                // Frames come in the order that their codec tells, and in that of times only if those agree.
                if furthest.count > reordering, presentation < furthest[0] { return nil }
                furthest.insert(presentation, at: furthest.firstIndex { $0 > presentation } ?? furthest.count)
                if furthest.count > reordering + 1 { furthest.removeFirst() }
            }
            if begin == nil {
                guard packet.mayBegin else { continue }
                begin = presentation
            }
            if packet.isHidden { continue }
            if let begin, presentation < begin {
                // What lacks its beginning comes right behind the keyframe, and is little.
                leadingCount += 1
                if latest > begin || leadingCount > PacketRows.mostLeading { return nil }
                continue
            }
            try FrameIndex.check(times.count, limit)
            if packet.isDamaged {
                damaged.append(times.count)
            } else if packet.isKeyframe {
                keyframes.append(
                    FrameIndex.Keyframe(
                        frame: times.count, decoding: packet.decoding, position: packet.position))
            }
            if presentation == latest { lastDuration = packet.duration }
            if keepsSizes { sizes.append(Int32(clamping: packet.byteCount)) }
            times.append(presentation)
        }
        if begin == nil || (needsIndex && wasKeyframe && times.count > 1) { return nil }
        if PacketRows.rise(times) {
            byteCounts = sizes
        } else {
            // Order of decoding becomes order of presentation.
            let decoded = times
            times.sort()
            // Frames that begin together cannot be told apart.
            guard PacketRows.rise(times) else { return nil }
            func number(_ place: Int) -> Int { PacketRows.place(of: decoded[place], in: times) }
            keyframes.renumber(number)
            damaged = damaged.map(number).sorted()
            var sorted = [Int32](repeating: 0, count: sizes.count)
            for (place, size) in sizes.enumerated() { sorted[number(place)] = size }
            byteCounts = sorted
        }
        index = FrameIndex(
            basis: .packets, timeBase: decoder.facts.timeBase, presentations: times,
            lastDuration: lastDuration, keyframes: keyframes,
            damaged: [Range<Int>](rising: damaged))
    }

    /// Whether each is greater than the one before.
    private static func rise(_ times: [Int64]) -> Bool {
        times.withUnsafeBufferPointer { times in
            times.indices.dropFirst().allSatisfy { times[$0 - 1] < times[$0] }
        }
    }

    /// Where a time is that is among them.
    private static func place(of time: Int64, in times: [Int64]) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension VideoDecoder {
    /// How far times of decoding may go back within one stream, in ticks, where they are guessed from frame
    /// to frame: a quarter of a second. `nil` for containers that keep order.
    fileprivate var backlash: Int64? {
        guard ["mpegts", "mpeg", "ogg"].contains(facts.container) else { return nil }
        let base = facts.timeBase
        return Int64(base.denominator) / (4 * Int64(base.numerator))
    }
}
