extension VideoReader {
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
}
