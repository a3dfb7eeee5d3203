/// How many samples the head of an MP4 or MOV tells of: FFmpeg takes memory for each when it opens the file,
/// and a table of samples that are all equally large takes no more bytes for millions of them.
struct SampleTables {
    /// The most boxes of a head that are looked at.
    private static let mostBoxes = 100_000
    private static let mostLevels = 12
    /// Boxes that hold others: ISO/IEC 14496-12.
    private static let containers: Set<String> = [
        "moov", "trak", "mdia", "minf", "stbl", "udta", "edts", "tref", "mvex",
    ]

    private let bytes: any VideoBytes
    private let limit: Int
    private var boxCount = 0
    /// Of all tracks so far.
    private var sampleCount = 0
    /// Of the track that is read.
    private var track = Track()

    private struct Track {
        var isSound = false
        var sampleCount = 0
        /// Whether all samples are equally large.
        var isUniform = false
        /// Whether each is shown as long as a tick.
        var isOfTicks = false
    }

    /// Looks at the head of a file, if it has boxes.
    /// - Throws: ``MediaError/Code/limitExceeded`` where a track of pictures has more than `limit` samples,
    ///   or all tracks have more than twice that; what reading throws.
    static func check(_ bytes: any VideoBytes, limit: Int) throws {
        var tables = SampleTables(bytes, limit)
        var offset = 0
        while let box = try tables.box(at: offset, before: bytes.byteCount) {
            if offset == 0, !["ftyp", "moov", "mdat", "free", "skip", "wide"].contains(box.name) { return }
            if box.name == "moov" { return try tables.read(box.content, level: 0) }
            offset = box.content.upperBound
        }
    }

    private init(_ bytes: any VideoBytes, _ limit: Int) {
        self.bytes = bytes
        self.limit = limit
    }

    /// The box at a place; `nil` where there is none, or it does not end before `end`.
    private mutating func box(at offset: Int, before end: Int) throws -> (name: String, content: Range<Int>)?
    {
        guard offset < end, let head = try VideoFormat.head(of: bytes, at: offset, count: 16) else {
            return nil
        }
        boxCount += 1
        guard boxCount <= SampleTables.mostBoxes else {
            throw MediaError(
                .limitExceeded, "its head has more than \(SampleTables.mostBoxes) boxes, which is the limit")
        }
        let view = ByteView(head)
        guard var size = view.uint32(at: 0, .big), let name = view.view(at: 4, count: 4)?.text else {
            return nil
        }
        var headSize = 8
        if size == 1 {
            guard let long = view.uint64(at: 8, .big).flatMap({ Int(exactly: $0) }) else { return nil }
            (size, headSize) = (long, 16)
        } else if size == 0 {
            size = end - offset
        }
        guard size >= headSize else { return nil }
        // What ends behind its box, or the file, is read as far as it goes.
        return (name, offset + headSize..<(size > end - offset ? end : offset + size))
    }

    private mutating func read(_ content: Range<Int>, level: Int) throws {
        var offset = content.lowerBound
        while let box = try box(at: offset, before: content.upperBound) {
            offset = box.content.upperBound
            if box.name == "trak" { track = Track() }
            if SampleTables.containers.contains(box.name), level < SampleTables.mostLevels {
                try read(box.content, level: level + 1)
            } else {
                try read(box.name, box.content)
            }
            if box.name == "trak" { try finishTrack() }
        }
    }

    private mutating func read(_ name: String, _ content: Range<Int>) throws {
        guard ["hdlr", "stts", "stsz", "stz2"].contains(name),
            let head = try VideoFormat.head(of: bytes, at: content.lowerBound, count: min(16, content.count))
        else { return }
        let view = ByteView(head)
        switch name {
        case "hdlr": if view.has("soun", at: 8) { track.isSound = true }
        case "stts": track.isOfTicks = view.uint32(at: 4, .big) == 1 && view.uint32(at: 12, .big) == 1
        default:
            track.sampleCount = max(track.sampleCount, view.uint32(at: 8, .big) ?? 0)
            track.isUniform = name == "stsz" && view.uint32(at: 4, .big) != 0
        }
    }

    private mutating func finishTrack() throws(MediaError) {
        // Sound that is not compressed is read in pieces, not sample by sample.
        if track.isSound, track.isUniform, track.isOfTicks { return }
        sampleCount += track.sampleCount
        if !track.isSound { try FrameIndex.check(track.sampleCount - 1, limit) }
        try FrameIndex.check(sampleCount - 1, 2 * limit)
    }
}
