public import Base
import Engine
import Glibc

/// Takes the frames of a video through a cascade, and keeps to the recall that it states.
///
/// Of the frames that earlier stages dropped, a random sample goes to the last stage. From how many of them
/// it would have kept follows how many were missed at most (``ExactBinomial``). Where that is too many, the
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

    /// Looks at `frames`, rising. Blocks: it belongs on a pool of threads that may.
    /// - Throws: ``CancelledError``. A frame at which a model fails never ends the run.
    public func run(
        _ video: any CascadeFrames, frames: some Sequence<Int>, cancellation: Cancellation? = nil
    ) throws -> CascadeReport {
        var report = CascadeReport()
        var kept = frames.map { (frame: $0, found: [CascadeFinding]()) }
        var dropped: [Dropped] = []
        for place in stages.indices {
            let isLast = place == stages.count - 1
            var stage = CascadeReport.Stage(name: cascade.stages[place].name, framesIn: kept.count)
            let clock = ContinuousClock(), begun = clock.now
            var passing: [(frame: Int, found: [CascadeFinding])] = []
            for (frame, earlier) in kept {
                try cancellation?.check()
                do {
                    let (found, nearness) = try look(at: frame, of: video, stage: place, earlier: earlier)
                    if nearness >= 1 {
                        passing.append((frame, found))
                    } else if !isLast {
                        dropped.append(Dropped(frame: frame, stage: place, nearness: nearness))
                    }
                } catch {
                    stage.failed += 1
                    stage.failure = stage.failure ?? "frame \(frame): \(error)"
                    if !isLast { passing.append((frame, earlier)) }
                }
            }
            kept = passing
            stage.framesOut = kept.count
            stage.seconds = (clock.now - begun).inSeconds
            report.stages.append(stage)
        }
        if let target = cascade.targetRecall {
            report.audit = try audit(video, &kept, dropped, target, cancellation)
            kept.sort { $0.frame < $1.frame }
        }
        report.frames = kept.map(\.frame)
        report.findings = kept.map(\.found)
        return report
    }

    // MARK: - Private

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
        _ dropped: [Dropped],
        _ target: Double, _ cancellation: Cancellation?
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
        func isKept(_ frame: Int) throws -> Bool {
            try cancellation?.check()
            do {
                let (found, nearness) = try look(at: frame, of: video, stage: stages.count - 1, earlier: [])
                guard nearness >= 1 else { return false }
                kept.append((frame, found))
                audit.found += 1
                return true
            } catch {
                audit.failed += 1
                return false
            }
        }
        while !left.isEmpty {
            audit.rounds += 1
            risk /= 2
            let count = CascadeRun.sampleSize(of: left.count, kept: kept.count, target: target, risk: risk)
            let before = kept.count
            // The first `count` of a random order are the sample; the others keep theirs.
            var order = Array(left.indices)
            for place in 0..<count { order.swapAt(place, place + random.below(order.count - place)) }
            let sample = Set(order.prefix(count))
            var seen = 0
            for place in sample.sorted() where try isKept(left[place].frame) { seen += 1 }
            audit.audited += count
            let share =
                count == left.count
                ? Double(seen) / Double(count) : ExactBinomial.upperBound(seen, of: count, risk: risk)
            let most = max(Double(seen), (share * Double(left.count)).rounded(.down))
            audit.recallBound =
                before + seen == 0 && most == 0 ? 1 : Double(before + seen) / (Double(before) + most)
            left = left.indices.filter { !sample.contains($0) }.map { left[$0] }
            if audit.isMet || left.isEmpty { break }
            let takenBack = left.suffix(max(1, left.count / 4))
            left.removeLast(takenBack.count)
            audit.takenBack += takenBack.count
            for each in takenBack { _ = try isKept(each.frame) }
            if left.isEmpty { audit.recallBound = 1 }
        }
        return audit
    }

    /// How many of `count` frames are looked at, so that the bound is met if hardly any of them would have
    /// been kept: twice what is needed if none would.
    static func sampleSize(of count: Int, kept: Int, target: Double, risk: Double) -> Int {
        guard target > 0 else { return min(count, 1) }
        let mayMiss = Double(kept) * (1 - target) / target
        let share = mayMiss.rounded(.down) / Double(count)
        guard share > 0 else { return count }
        guard share < 1 else { return min(count, 1) }
        let needed = (log(risk) / log1p(-share)).rounded(.up)
        return needed * 2 < Double(count) ? max(1, Int(needed * 2)) : count
    }
}

extension Duration {
    fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
