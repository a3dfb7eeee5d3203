extension VideoReader {
    /// A packet that is copied.
    private struct Copied {
        var presentation: Int64
        var isHidden: Bool
    }

    /// Copies the packets of a range of frames, and of those that they need: from the keyframe at or before
    /// its first frame on, to the first place at which no frame is missing among those copied.
    ///
    /// No edit list hides the frames that are more than was asked for: the rendering says which came out.
    /// (MP4 and QuickTime have one all the same where frames are encoded in another order than they are
    /// shown, as decoding then begins before the first is shown.)
    func copy(
        _ request: VideoRequest, in container: VideoContainer, to sink: any VideoSink,
        _ progress: (Int, Int) -> Void
    ) throws -> VideoRendering {
        guard request.operations.isEmpty, request.step == 1, request.preview == nil else {
            throw MediaError(
                .invalidOperation,
                "packets that are copied take no operations, no step and no preview: encode them")
        }
        let index = try index()
        let asked = try request.part.frames(in: index)
        guard index.basis == .packets else {
            throw MediaError(
                .invalidOperation,
                "its packets do not tell when frames are shown, so that they cannot be copied: encode them")
        }
        guard let keyframe = index.keyframe(notAfter: asked.lowerBound) else {
            let first = index.keyframes.first.map { "begin at frame \($0.frame) or later, or" } ?? ""
            throw MediaError(
                .invalidOperation,
                "frame \(asked.lowerBound) needs a keyframe that is not shown, so that packets cannot be "
                    + "copied from there: \(first) encode it")
        }
        guard facts.codedSize.width * facts.codedSize.height <= request.maxPixels else {
            throw MediaError(
                .limitExceeded,
                "its frames have \(facts.codedSize) pixels, the limit is \(request.maxPixels)")
        }
        if facts.rotation != 0, !container.keepsRotation {
            throw MediaError(
                .invalidOperation,
                "\(container.rawValue) does not say by how much frames are to be turned, and these are to be "
                    + "turned by \(facts.rotation)°: take mp4 or mov, or encode them")
        }
        let packets = try packets(from: keyframe, to: asked.upperBound, index)
        let range = keyframe.frame..<(keyframe.frame + packets.count { !$0.isHidden })
        guard range.count <= request.maxFrames else {
            throw MediaError(
                .limitExceeded, "\(range.count) frames would be written, the limit is \(request.maxFrames)")
        }
        let times = try WrittenTimes(index, range, step: 1, told: facts.toldRate, in: container)
        guard container.keepsTimes else {
            throw MediaError(
                .invalidOperation, "\(container.rawValue) does not keep times of packets: encode them")
        }
        let plan = VideoWriter.Plan(
            container: container, encoding: nil, size: facts.codedSize, pixelFormat: nil, liesAsSource: true,
            timeBase: times.timeBase, rate: times.rate, maxBytes: nil, stretch: times.stretch)
        let writer = try VideoWriter(
            plan, like: decoder, sound: request.keepsSound ? soundDecoder() : nil, to: sink)
        try write(packets, from: keyframe, range, times, index, writer, progress)
        try writer.finish()
        let written = writer.written
        return VideoRendering(
            frames: range, step: 1, frameCount: range.count, duration: times.duration, size: facts.size,
            pixelFormat: written.pixelFormat, byteCount: sink.byteCount, soundCount: written.sounds,
            unheldSoundCount: written.unheldSounds, isCutShort: false)
    }

    // MARK: - Private

    /// The packets from a keyframe on up to where all frames before `end`, or before a later frame, are among
    /// them, in order of decoding. Those of frames before the keyframe, which lack what they were predicted
    /// from, are left out.
    private func packets(
        from keyframe: FrameIndex.Keyframe, to end: Int, _ index: FrameIndex
    ) throws -> [Copied] {
        let first = index.presentations[keyframe.frame]
        var packets: [Copied] = []
        var (shown, latest) = (0, keyframe.frame)
        while let packet = try packets.isEmpty ? begin(at: keyframe, index) : nextCopied(from: first) {
            packets.append(packet)
            if packet.isHidden { continue }
            guard let number = index.frame(at: packet.presentation) else {
                throw MediaError(.malformedInput, "a packet tells of a frame that the index does not know")
            }
            shown += 1
            latest = max(latest, number)
            if keyframe.frame + shown >= end, latest == keyframe.frame + shown - 1 { return packets }
            try checkCancellation()
        }
        guard latest == keyframe.frame + shown - 1, shown > 0 else {
            throw MediaError(.malformedInput, "packets of some frames are missing: encode them")
        }
        return packets
    }

    private func write(
        _ packets: [Copied], from keyframe: FrameIndex.Keyframe, _ range: Range<Int>, _ times: WrittenTimes,
        _ index: FrameIndex, _ writer: VideoWriter, _ progress: (Int, Int) -> Void
    ) throws {
        let first = index.presentations[keyframe.frame]
        // Times of decoding: those at which frames are shown, in order, as much earlier as the packet needs
        // that comes latest.
        let sorted = packets.map(\.presentation).sorted()
        let delay = zip(sorted, packets).map { $0 - $1.presentation }.max() ?? 0
        for (place, expected) in packets.enumerated() {
            try checkCancellation()
            let packet = try place == 0 ? begin(at: keyframe, index) : nextCopied(from: first)
            guard let packet, packet.presentation == expected.presentation else {
                throw MediaError(.malformedInput, "its packets are others when they are read again")
            }
            let number = index.frame(at: packet.presentation)
            let duration = number.map { times.time($0 - range.lowerBound).duration } ?? 0
            try writer.copyPacket(
                at: packet.presentation - first, decodedAt: sorted[place] - delay - first, for: duration)
            progress(place + 1, packets.count)
        }
    }

    private func nextCopied(from first: Int64) throws -> Copied? {
        while let packet = try decoder.nextPacket() {
            if packet.byteCount == 0 { continue }
            guard let presentation = packet.presentation else {
                throw MediaError(.malformedInput, "a packet does not tell when it is shown")
            }
            if presentation >= first { return Copied(presentation: presentation, isHidden: packet.isHidden) }
        }
        return nil
    }

    private func begin(at keyframe: FrameIndex.Keyframe, _ index: FrameIndex) throws -> Copied {
        guard let packet = try packet(at: keyframe, index), let presentation = packet.presentation else {
            throw MediaError(
                .malformedInput, "the keyframe \(keyframe.frame) cannot be reached: encode the frames")
        }
        return Copied(presentation: presentation, isHidden: packet.isHidden)
    }
}
