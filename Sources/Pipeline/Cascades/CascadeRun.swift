public import Base
import Engine

/// Takes the frames of a video through a cascade, and keeps to the recall that it states.
///
/// Of the frames that earlier stages dropped, a random sample goes to the last stage. From how many of them
/// it would have kept follows how many were missed at most (``ExactHypergeometric``). Where that is too many, the
/// dropped frames that came nearest to being kept are taken back, and the rest is audited anew, until the
/// bound is met or nothing is left. The risk is divided among the audits, a half of what is left to each, so
/// that the bound holds for all of them together.
public struct CascadeRun {
    private let cascade: Cascade
    private let stages: [[(model: Cascade.Model, examiner: any CascadeExaminer)]]

    /// - Parameter examiners: one for each name of a model in the cascade.
    /// - Throws: `EngineError` with the code `invalidRequest` where one is missing.
    public init(_ cascade: Cascade, examiners: [String: any CascadeExaminer]) throws {
        guard !cascade.stages.isEmpty, cascade.stages.allSatisfy({ !$0.models.isEmpty }) else {
            throw EngineError(
                .invalidRequest, "a cascade has at least one stage, and each at least one model")
        }
        self.cascade = cascade
        stages = try cascade.stages.map { stage in
            try stage.models.map { model in
                guard let examiner = examiners[model.name] else {
                    throw EngineError(.invalidRequest, "there is no model '\(model.name)' for the cascade")
                }
                return (model, examiner)
            }
        }
    }

    /// A frame that a stage dropped.
    private struct Dropped {
        var frame: Int
        var stage: Int
        /// How near it came: the greatest confidence over its model's threshold.
        var nearness: Double
    }

    /// How far a run has come.
    public struct Progress: Sendable, Hashable {
        /// Frames that all stages are done with, of those that are looked at.
        public var done = 0
        public var total = 0
        /// Dropped frames that the last stage was asked about after all.
        public var audited = 0
    }

    /// Looks at `frames`, rising: each goes through the stages before the next one comes, so that it is decoded
    /// once. Blocks: it belongs on a pool of threads that may.
    /// - Parameter progress: told after each frame.
    /// - Throws: ``CancelledError``. A frame at which a model fails never ends the run.
    public func run(
        _ video: any CascadeFrames, frames: some Collection<Int>, cancellation: Cancellation? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws -> CascadeReport {
        var report = CascadeReport()
        report.stages = cascade.stages.map { CascadeReport.Stage(name: $0.name) }
        report.lookedAt = frames.count
        var state = Progress(total: frames.count)
        var kept: [(frame: Int, found: [CascadeFinding])] = []
        var dropped: [Dropped] = []
        for frame in frames {
            if let found = try pass(frame, of: video, &report.stages, &dropped, cancellation) {
                kept.append((frame, found))
            }
            state.done += 1
            progress(state)
        }
        if let target = cascade.targetRecall {
            report.audit = try audit(video, &kept, dropped, target, cancellation) {
                state.audited += 1
                progress(state)
            }
            kept.sort { $0.frame < $1.frame }
        }
        report.frames = kept.map(\.frame)
        report.findings = kept.map(\.found)
        return report
    }

    // MARK: - Private

    /// Takes a frame through the stages.
    /// - Returns: what was found where the last stage keeps it.
    private func pass(
        _ frame: Int, of video: any CascadeFrames, _ reports: inout [CascadeReport.Stage],
        _ dropped: inout [Dropped], _ cancellation: Cancellation?
    ) throws -> [CascadeFinding]? {
        var found: [CascadeFinding] = []
        let clock = ContinuousClock()
        for place in stages.indices {
            try cancellation?.check()
            let isLast = place == stages.count - 1
            let begun = clock.now
            defer { reports[place].seconds += (clock.now - begun).inSeconds }
            reports[place].framesIn += 1
            do {
                let (finding, nearness) = try look(at: frame, of: video, stage: place, earlier: found)
                guard nearness >= 1 else {
                    if !isLast { dropped.append(Dropped(frame: frame, stage: place, nearness: nearness)) }
                    return nil
                }
                found = finding
            } catch {
                // One that gave up because it was told to has not failed.
                try cancellation?.check()
                reports[place].failed += 1
                reports[place].failure = reports[place].failure ?? "frame \(frame): \(error)"
                if isLast { return nil }
            }
            reports[place].framesOut += 1
        }
        return found
    }

    /// What the models of a stage find, and how near the frame comes to being kept: from 1 on it is.
    private func look(
        at frame: Int, of video: any CascadeFrames, stage: Int, earlier: [CascadeFinding]
    ) throws -> (found: [CascadeFinding], nearness: Double) {
        var counting: [CascadeFinding] = []
        var nearness = 0.0
        for (model, examiner) in stages[stage] {
            let classes = earlier.filter { $0.className != Cascade.motion }
            if let taking = model.taking, !classes.isEmpty,
                !classes.contains(where: { taking.allows($0.className) })
            {
                continue
            }
            for finding in try examiner.findings(in: frame, of: video)
            where model.finding?.allows(finding.className) != false {
                let near = model.threshold > 0 ? finding.confidence / model.threshold : 1
                nearness = max(nearness, near)
                if near >= 1 { counting.append(finding) }
            }
        }
        // What earlier stages found is what later ones are restricted by, unless this one found something
        // itself.
        return (
            counting.contains { $0.className != Cascade.motion } ? counting : earlier + counting, nearness
        )
    }

    private func audit(
        _ video: any CascadeFrames, _ kept: inout [(frame: Int, found: [CascadeFinding])],
        _ dropped: [Dropped], _ target: Double, _ cancellation: Cancellation?, _ step: () -> Void
    ) throws -> CascadeReport.Audit {
        var audit = CascadeReport.Audit(
            targetRecall: target, confidence: cascade.confidence, dropped: dropped.count)
        let clock = ContinuousClock(), begun = clock.now
        defer { audit.seconds = (clock.now - begun).inSeconds }
        // Those that came nearest are behind, from where they are taken.
        var left = dropped.sorted {
            ($0.stage, $0.nearness, $1.frame) < ($1.stage, $1.nearness, $0.frame)
        }
        var random = SplitMix(seed: cascade.seed)
        var risk = 1 - cascade.confidence
        /// How many of some frames the last stage keeps. They are looked at in the order in which they are
        /// shown, so that no group of pictures is decoded twice.
        func ask(_ frames: [Int]) throws -> Int {
            let before = audit.found
            for frame in frames.sorted() {
                try cancellation?.check()
                do {
                    let (found, nearness) = try look(
                        at: frame, of: video, stage: stages.count - 1, earlier: [])
                    if nearness >= 1 {
                        kept.append((frame, found))
                        audit.found += 1
                    }
                } catch {
                    try cancellation?.check()
                    audit.failed += 1
                }
                step()
            }
            return audit.found - before
        }
        while !left.isEmpty {
            let before = kept.count
            // The first places of a random order are the sample, however far it goes; the others keep theirs.
            var order = Array(left.indices)
            var (taken, seen) = (0, 0)
            // How large both samples are follows from what is known before either is looked at.
            let sizes = [0, CascadeRun.tolerated].map { seen in
                CascadeRun.sampleSize(
                    of: left.count, kept: before, seen: seen, target: target,
                    risk: seen == 0 ? risk / 2 : risk / 4)
            }
            for size in sizes where size > taken || taken == 0 {
                audit.rounds += 1
                risk /= 2
                for place in taken..<size {
                    order.swapAt(place, place + random.below(order.count - place))
                }
                seen += try ask(order[taken..<size].map { left[$0].frame })
                audit.audited += size - taken
                taken = size
                let most = ExactHypergeometric.mostMarked(
                    seen: seen, of: taken, in: left.count, risk: risk)
                audit.recallBound =
                    before + most == 0 ? 1 : Double(before + seen) / Double(before + most)
                if audit.isMet || taken == left.count { break }
            }
            let sample = Set(order.prefix(taken))
            left = left.indices.filter { !sample.contains($0) }.map { left[$0] }
            if audit.isMet || left.isEmpty { break }
            let takenBack = left.suffix(max(1, left.count / 4))
            left.removeLast(takenBack.count)
            audit.takenBack += takenBack.count
            _ = try ask(takenBack.map(\.frame))
            if left.isEmpty { audit.recallBound = 1 }
        }
        return audit
    }

    /// How many wrongly dropped frames the second of two samples bears.
    private static let tolerated = 3

    /// How many of `count` dropped frames are looked at, so that the target is shown to be met if the last
    /// stage keeps `seen` of them; at least one.
    static func sampleSize(of count: Int, kept: Int, seen: Int, target: Double, risk: Double) -> Int {
        guard target > 0 else { return min(count, 1) }
        let most = (Double(kept + seen) / target).rounded(.down) - Double(kept)
        return max(
            min(count, 1),
            ExactHypergeometric.sampleSize(
                showing: Int(min(most, Double(count))), seen: seen, in: count, risk: risk))
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
