import Base

extension VideoReader {
    /// Writes a part of the video anew, as `request` says.
    ///
    /// The frames are exactly those of the part, each shown when and as long as it was, the first at 0; only
    /// AVI and Matroska round times, to a rate and to milliseconds. Without operations frames are encoded as
    /// they were decoded, and rotation is left to the container where it can say so; with operations they are
    /// upright RGB, as images are, and 4:2:0 in the end. Ranges and matrices of colours are kept where the
    /// codec tells them, and converted otherwise. The same request gives the same bytes.
    ///
    /// One frame after another is in memory, beside those that the encoder keeps back. What `sink` has got
    /// when this throws is of no use.
    ///
    /// - Parameters:
    ///   - sink: Where the file goes; ``VideoFile`` is to be committed afterwards.
    ///   - progress: Told after each frame how many there are, and of how many.
    /// - Throws: ``MediaError``: `invalidOperation` for what cannot be made of this video, or cannot be
    ///   written so, naming what could; `limitExceeded` beyond the request's limits or the sink's;
    ///   `malformedInput` where the video is damaged; `cancelled`; what the sink throws.
    public func render(
        _ request: VideoRequest, to sink: any VideoSink,
        progress: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws -> VideoRendering {
        switch request.output {
        case .copied(let container): try copy(request, in: container, to: sink, progress)
        case .encoded(let encoding): try encode(request, encoding, to: sink, progress)
        }
    }

    // MARK: - Private

    private func encode(
        _ request: VideoRequest, _ encoding: VideoEncoding, to sink: any VideoSink,
        _ progress: (Int, Int) -> Void
    ) throws -> VideoRendering {
        try encoding.check()
        guard request.step > 0 else {
            throw MediaError(.invalidOperation, "a step is at least 1 frame, not \(request.step)")
        }
        let index = try index()
        var range = try request.part.frames(in: index)
        // What is written takes after a frame.
        try frame(range.lowerBound)
        let asked = range
        if let preview = request.preview { range = try preview.limited(range, step: request.step, index) }
        let times = try WrittenTimes(
            index, range, step: request.step, told: facts.toldRate, in: encoding.container)
        guard times.count <= request.maxFrames else {
            throw MediaError(
                .limitExceeded,
                "\(times.count) frames would be written, the limit is \(request.maxFrames)")
        }
        let isTurned = facts.rotation != 0 && !encoding.container.keepsRotation
        let isRaster = isTurned || !request.operations.isEmpty
        let size = try outputSize(request, isRaster: isRaster)
        let maxBytes = request.preview?.maxBytes
        let plan = VideoWriter.Plan(
            container: encoding.container, encoding: encoding, size: size,
            pixelFormat: isRaster ? "yuv420p" : nil, liesAsSource: !isRaster, timeBase: times.timeBase,
            rate: times.rate, maxBytes: maxBytes, stretch: times.stretch)
        // Where a preview ends is not known before its frames are encoded, so that it has no sound.
        let sound = try request.keepsSound && maxBytes == nil ? soundDecoder() : nil
        let writer = try VideoWriter(plan, like: decoder, sound: sound, to: sink)
        for place in 0..<times.count {
            try checkCancellation()
            try frame(range.lowerBound + place * request.step)
            let (time, duration) = times.time(place)
            if isRaster {
                var raster = try raster()
                for operation in request.operations {
                    raster = try operation.apply(to: raster, maxPixels: request.maxPixels)
                }
                try writer.write(raster, at: time, for: duration)
            } else {
                try writer.writeFrame(at: time, for: duration)
            }
            progress(place + 1, times.count)
            if writer.written.isFull { break }
        }
        try writer.finish()
        let written = writer.written
        guard written.packets > 0 else {
            throw MediaError(
                .limitExceeded, "one frame alone takes more than the limit of \(maxBytes ?? 0) bytes")
        }
        let end = written.isFull ? range.lowerBound + (written.packets - 1) * request.step + 1 : nil
        let last = times.time(written.packets - 1)
        let kept = range.lowerBound..<(end ?? range.upperBound)
        return VideoRendering(
            frames: kept, step: request.step, frameCount: written.packets,
            duration: VideoTime(last.time + last.duration, times.timeBase),
            size: isRaster || facts.rotation % 180 == 0
                ? size : PixelSize(width: size.height, height: size.width),
            pixelFormat: written.pixelFormat, byteCount: sink.byteCount, soundCount: written.sounds,
            unheldSoundCount: written.unheldSounds, isCutShort: kept.upperBound < asked.upperBound)
    }

    /// Of the frames as they are stored.
    private func outputSize(_ request: VideoRequest, isRaster: Bool) throws -> PixelSize {
        var size = isRaster ? facts.size : facts.codedSize
        for operation in request.operations {
            size = try operation.outputSize(of: size)
            let (count, overflow) = size.width.multipliedReportingOverflow(by: size.height)
            guard !overflow, count <= request.maxPixels else {
                throw MediaError(
                    .limitExceeded,
                    "its frames would have \(size) pixels, the limit is \(request.maxPixels)")
            }
        }
        guard size.width * size.height <= request.maxPixels else {
            throw MediaError(
                .limitExceeded, "its frames have \(size) pixels, the limit is \(request.maxPixels)")
        }
        return size
    }

    func checkCancellation() throws(MediaError) {
        if cancellation?.isCancelled == true { throw MediaError(.cancelled, "cancelled") }
    }

    /// A second decoder of the same bytes, from which sound is copied; `nil` where there is none.
    func soundDecoder() throws -> VideoDecoder? {
        facts.audio.isEmpty ? nil : try VideoDecoder(bytes, options, cancellation: cancellation)
    }
}

extension VideoRequest.Preview {
    /// The beginning of `range` that is within the limits; of bytes is known only later.
    func limited(_ range: Range<Int>, step: Int, _ index: FrameIndex) throws(MediaError) -> Range<Int> {
        var end = range.upperBound
        if let maxFrames {
            guard maxFrames > 0 else {
                throw MediaError(.invalidOperation, "a preview has at least 1 frame, not \(maxFrames)")
            }
            let (reach, overflow) = (maxFrames - 1).multipliedReportingOverflow(by: step)
            if !overflow, reach < end - range.lowerBound { end = range.lowerBound + reach + 1 }
        }
        if let maxFraction {
            guard maxFraction > 0, maxFraction <= 1 else {
                throw MediaError(
                    .invalidOperation, "the part of a preview is above 0 and at most 1, not \(maxFraction)")
            }
            end = min(end, try VideoPart.fractions(from: 0, to: maxFraction).frames(in: index).upperBound)
        }
        if let maxSeconds {
            guard maxSeconds > 0 else {
                throw MediaError(.invalidOperation, "a preview ends after 0 seconds, not at \(maxSeconds)")
            }
            end = min(end, try VideoPart.seconds(from: 0, to: maxSeconds).frames(in: index).upperBound)
        }
        if let maxBytes, maxBytes <= 0 {
            throw MediaError(.invalidOperation, "a preview has more than 0 bytes, not \(maxBytes)")
        }
        guard end > range.lowerBound else {
            throw MediaError(
                .invalidOperation,
                "the preview ends at frame \(end), before the part of the video, which begins at frame "
                    + "\(range.lowerBound)")
        }
        return range.lowerBound..<end
    }
}
