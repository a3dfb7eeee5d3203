import Base
import Glibc

/// One pass over a video: group of pictures by group of pictures, each decoded as far as it must be.
final class MotionScanner {
    /// A keyframe and what is shown from it on until the next one.
    private struct Group {
        var frames: Range<Int>
        var isLast: Bool
    }

    private let bytes: any VideoBytes
    private let options: MotionOptions
    private let video: VideoOptions
    private let cancellation: Cancellation?
    private let reader: VideoReader
    private let index: FrameIndex
    private let sizes: PacketSizes
    private var geometry: MotionGeometry
    private let hasLuma: Bool
    private let model: MotionModel
    /// Decodes all frames; made when it is needed.
    private var exactReader: VideoReader?
    /// Frame follows on frame: nothing is skipped, as the file is not what its packets tell.
    private let isSequential: Bool
    private var report: MotionReport
    /// Frames that were decoded since the last sample, and are none themselves.
    private var passed: [(frame: Int, pixels: [UInt8])] = []
    private var auditCount = 0
    /// Frames of 16 MB, or one: samples may be far apart.
    private var mostPassed: Int { max(1, (16 << 20) / (geometry.size.width * geometry.size.height)) }

    init(
        _ bytes: any VideoBytes, _ options: MotionOptions, _ video: VideoOptions, _ index: FrameIndex?,
        _ cancellation: Cancellation?, isSequential: Bool
    ) throws {
        self.bytes = bytes
        self.options = options
        self.cancellation = cancellation
        var all = video
        all.frames = .all
        all.skipsLoopFilter = true
        self.video = all
        var quick = all
        if !isSequential { quick.frames = .referenced }
        let reader = try VideoReader(bytes, quick, index: index, cancellation: cancellation)
        self.isSequential = isSequential
        sizes = isSequential ? PacketSizes([], try reader.index()) : try reader.packetSizes()
        self.reader = reader
        self.index = try reader.index()
        let first = try self.index.count > 0 ? reader.next()?.frame : nil
        hasLuma = first != nil && reader.withLuma { _, _, _ in true } == true
        let facts = reader.facts
        let coded = first?.codedSize ?? facts.codedSize
        let turned = PixelSize(width: coded.height, height: coded.width)
        // Where there is no luma, it is made from pixels that stand upright.
        geometry = MotionGeometry(
            coded: hasLuma || facts.rotation % 180 == 0 ? coded : turned,
            rotation: hasLuma ? facts.rotation : 0,
            pixels: options.pixels)
        model = try MotionModel(
            size: geometry.size, rotation: geometry.rotation,
            watched: geometry.watched(ignoring: options.ignoring),
            options)
        report = MotionReport(frameCount: self.index.count, size: geometry.upright)
    }

    /// - Returns: what the whole video shows.
    func run() throws -> MotionReport {
        guard index.count > 0 else { return report }
        let groups = self.groups
        report.groupCount = groups.count
        report.decodedCount = 1
        try take(0)
        for group in groups {
            try checkCancellation()
            if group.isLast {
                let end = isStillBySize(group.frames) ? group.frames.lowerBound + 1 : group.frames.upperBound
                if end < group.frames.upperBound { report.groupsBySize += 1 }
                try look(through: group.frames.lowerBound..<end)
            } else if try !agrees(group) {
                try look(through: group)
            }
        }
        return report
    }

    // MARK: - Private

    private var groups: [Group] {
        var starts = isSequential ? [] : index.keyframes.map(\.frame)
        if starts.first != 0 { starts.insert(0, at: 0) }
        let ends = starts.dropFirst() + [index.count]
        return zip(starts, ends).map { Group(frames: $0..<$1, isLast: $1 == index.count) }
    }

    private func time(_ frame: Int) -> Double { index.time(of: frame).seconds }

    private func isStill(_ score: Double) -> Bool { score < options.low }
    private func moves(_ score: Double) -> Bool { score >= options.high }

    /// Whether packets say that nothing moves in these frames.
    private func isStillBySize(_ frames: Range<Int>) -> Bool {
        guard options.trustsPackets, let last = report.samples.last, isStill(last.score),
            let threshold = report.packets.threshold
        else { return false }
        let time = (from: time(frames.lowerBound), to: time(frames.upperBound - 1))
        return sizes.stretches(from: time.from, to: time.to).allSatisfy { $0.size < threshold }
    }

    /// Whether the keyframes about a group say enough; the one behind it is then taken as the next sample.
    private func agrees(_ group: Group) throws -> Bool {
        guard let last = report.samples.last, last.frame == group.frames.lowerBound else { return false }
        let next = group.frames.upperBound
        let isShort = time(next) - last.time <= options.longestUnseen
        let isSmall = isStillBySize(group.frames)
        guard isSmall || (isShort && (isStill(last.score) || moves(last.score))) else { return false }
        if isShort, !isSmall, isStill(last.score), options.trustsPackets, report.packets.threshold != nil {
            return false
        }
        if isSmall, !isShort {
            auditCount += 1
            if auditCount % options.auditInterval == 0 { return false }
        }
        try reader.frame(next)
        report.decodedCount += 1
        let sample = try pixels()
        let score = model.measure(sample).score
        let agrees =
            isStill(last.score) ? isStill(score) : isShort && moves(score)
        guard agrees else { return false }
        if isShort { report.groupsBetweenKeyframes += 1 } else { report.groupsBySize += 1 }
        try take(next, sample)
        return true
    }

    /// Decodes a group, and the keyframe behind it.
    private func look(through group: Group) throws {
        let wasSmall = isStillBySize(group.frames)
        let begun = report.samples.count
        try look(through: group.frames)
        if wasSmall {
            report.packets.audited += 1
            let found = report.samples[begun...].count {
                $0.frame < group.frames.upperBound && moves($0.score)
            }
            if found > 1 { report.packets.missed += 1 }
        }
        try reader.frame(group.frames.upperBound)
        report.decodedCount += 1
        try take(group.frames.upperBound)
    }

    /// Decodes frames behind the first of `frames`, which is the sample before, up to the last.
    private func look(through frames: Range<Int>) throws {
        guard frames.count > 1 else { return }
        if !isSequential { try reader.frame(frames.lowerBound) }
        var due = (report.samples.last?.time ?? 0) + 1 / options.samplesPerSecond
        let begun = report.samples.count
        let stop = lastOfInterest(frames)
        while let (number, _) = try reader.next(), number < frames.upperBound {
            report.decodedCount += 1
            if report.decodedCount % 64 == 0 { try checkCancellation() }
            // Half a tick of a hundred frames a second: times of frames are rounded.
            if time(number) + 0.005 >= due {
                try take(number)
                due = time(number) + 1 / options.samplesPerSecond
                if number >= stop, let last = report.samples.last, isStill(last.score) {
                    report.groupsBySize += 1
                    break
                }
            } else if options.refinement != .none, passed.count < mostPassed {
                passed.append((number, try pixels()))
            }
        }
        passed.removeAll()
        if sizes.isKnown, options.trustsPackets { learnSizes(begun) }
    }

    /// The last frame of `frames` that packets do not say to be still, and a stretch more.
    private func lastOfInterest(_ frames: Range<Int>) -> Int {
        guard options.trustsPackets, let threshold = report.packets.threshold else { return .max }
        let stretches = sizes.stretches(from: time(frames.lowerBound), to: time(frames.upperBound - 1))
        guard let last = stretches.last(where: { $0.size >= threshold }) else {
            // An audit, or an uncertain keyframe: everything is looked at.
            return .max
        }
        let end = last.start + 2 * PacketCalibration.stretch
        return index.frame(shownAt: end) ?? .max
    }

    /// Takes the frame decoded last as the next sample, and looks at those before it where it differs.
    private func take(_ frame: Int, _ known: [UInt8]? = nil) throws {
        let sample = try known ?? pixels()
        let measures = model.measure(sample)
        let last = report.samples.last
        if let last,
            moves(last.score) != moves(measures.score) || !isStill(measures.score) && !moves(measures.score)
        {
            try refine(from: last.frame, to: frame)
        }
        let isCut = measures.different > 0.7
        append(frame, measures, isCut: isCut)
        let seconds = max(0, time(frame) - (last?.time ?? 0))
        let rate = 1 - pow(1 - options.backgroundRate, seconds * 5)
        model.learn(sample, rate: rate, beginsAnew: isCut)
        passed.removeAll(keepingCapacity: true)
    }

    private func refine(from first: Int, to last: Int) throws {
        var between = passed
        if options.refinement == .exact, last - first > 1 + passed.count, last - first < 250 {
            let exact = try exactReader ?? VideoReader(bytes, video, index: index, cancellation: cancellation)
            exactReader = exact
            between = []
            for frame in first + 1..<last {
                try exact.frame(frame)
                report.decodedCount += 1
                between.append((frame, try pixels(of: exact)))
            }
        }
        for (frame, sample) in between { append(frame, model.measure(sample), isCut: false) }
    }

    private func append(_ frame: Int, _ measures: MotionModel.Measures, isCut: Bool) {
        report.samples.append(
            MotionSample(
                frame: frame, time: time(frame), score: measures.score, grid: measures.grid, isCut: isCut))
    }

    /// Compares samples from `begun` on with the sizes of the packets of the same half seconds.
    private func learnSizes(_ begun: Int) {
        let samples = report.samples[max(0, begun - 1)...]
        guard let first = samples.first, let last = samples.last, first.time < last.time else { return }
        for stretch in sizes.stretches(from: first.time, to: last.time) {
            let end = stretch.start + PacketCalibration.stretch
            let within = samples.filter { $0.time >= stretch.start && $0.time < end }
            guard within.count > 1 else { continue }
            if within.count(where: { moves($0.score) }) > 1 {
                report.packets.learn(size: stretch.size, moves: true)
            } else if within.allSatisfy({ isStill($0.score) }) {
                report.packets.learn(size: stretch.size, moves: false)
            }
        }
    }

    private func pixels() throws -> [UInt8] { try pixels(of: reader) }

    private func pixels(of reader: VideoReader) throws -> [UInt8] {
        let bits = reader.facts.bitsPerSample
        if hasLuma, let frame = reader.decodedSize,
            let sample = reader.withLuma({ rows, stride, width in
                geometry.shrunk(rows, stride: stride, sampleWidth: width, bits: bits, of: frame)
            })
        {
            return sample
        }
        let gray = try reader.raster().grayscale()
        return gray.pixels.withUnsafeBytes { bytes in
            bytes.baseAddress.map {
                geometry.shrunk($0, stride: gray.width, sampleWidth: 1, bits: 8, of: gray.size)
            } ?? []
        }
    }

    private func checkCancellation() throws(MediaError) {
        if cancellation?.isCancelled == true { throw MediaError(.cancelled, "cancelled") }
    }
}
