import CFFmpeg

extension VideoFacts {
    /// What the opened video `handle` tells.
    /// - Throws: ``MediaError/Code/malformedInput`` where its ticks have no length.
    init(_ handle: OpaquePointer, byteCount: Int) throws(MediaError) {
        var told = fovea_video_facts()
        fovea_video_tell_facts(handle, &told)
        guard let timeBase = Ratio(told.time_base_numerator, told.time_base_denominator) else {
            throw MediaError(.malformedInput, "the ticks of its times have no length")
        }
        var streams = [fovea_video_audio](repeating: fovea_video_audio(), count: 128)
        let count = Int(fovea_video_tell_audio(handle, &streams, Int32(streams.count)))
        self.init(
            container: VideoFacts.text(told.container), codec: VideoFacts.text(told.codec),
            pixelFormat: VideoFacts.text(told.pixel_format), bitsPerSample: Int(told.bits_per_sample),
            codedSize: PixelSize(width: Int(told.width), height: Int(told.height)),
            rotation: Int(told.rotation),
            pixelAspect: Ratio(told.sample_aspect_numerator, told.sample_aspect_denominator),
            timeBase: timeBase, toldRate: Ratio(told.rate_numerator, told.rate_denominator),
            toldFrameCount: told.told_frame_count > 0 ? Int(told.told_frame_count) : nil,
            bitRate: max(0, Int(told.bit_rate)),
            toldDuration: told.container_duration > 0 ? Double(told.container_duration) / 1e6 : nil,
            audio: streams[..<count].map { audio in
                let language = VideoFacts.text(audio.language)
                return Audio(
                    codec: VideoFacts.text(audio.codec), channels: Int(audio.channels),
                    sampleRate: Int(audio.sample_rate), language: language.isEmpty ? nil : language)
            },
            byteCount: byteCount)
    }

    /// The text in an array of C, which Swift sees as a tuple.
    private static func text<Characters>(_ characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
