public import Base
import Engine

/// Takes the frames of a video through a cascade, and keeps to the recall that it states (``CascadeAudit``).
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

    /// How far a run has come.
    public struct Progress: Sendable, Hashable {
        /// Frames that all stages are done with, of those that are looked at.
        public var done = 0
        public var total = 0
        /// Dropped frames that the last stage was asked about after all.
        public var audited = 0
    }

    /// Looks at `frames`, rising: each goes through the stages before the next one comes, so that it is
    /// decoded once; where frames are held (``Cascade/hold``), the last stage looks when the others have.
    /// Blocks: it belongs on a pool of threads that may.
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
        var (kept, held, dropped): ([CascadeAudit.Kept], [CascadeAudit.Kept], [CascadeAudit.Dropped]) = (
            [], [], []
        )
        let last = stages.count - 1
        if cascade.hold > 0 {
            (kept, held, dropped) = try runHolding(video, Array(frames), &report.stages, cancellation) {
                state.done += 1
                progress(state)
            }
        } else {
            for frame in frames {
                if let found = try pass(
                    frame, of: video, 0...last, [], &report.stages, &dropped, cancellation)
                {
                    kept.append((frame, found))
                }
                state.done += 1
                progress(state)
            }
        }
        if let target = cascade.targetRecall {
            var audit = CascadeAudit(cascade, target: target, kept: kept, held: held)
            report.audit = try audit.run(dropped) { frame in
                try cancellation?.check()
                state.audited += 1
                defer { progress(state) }
                do {
                    let (found, nearness) = try look(at: frame, of: video, stage: last, earlier: [])
                    return nearness >= 1 ? .kept(found) : .dropped
                } catch {
                    // One that gave up because it was told to has not failed.
                    try cancellation?.check()
                    return .failed
                }
            }
            (kept, held) = (audit.kept, audit.held)
        }
        report.heldCount = held.count
        let all = (kept + held).sorted { $0.frame < $1.frame }
        report.frames = all.map(\.frame)
        report.findings = all.map(\.found)
        return report
    }

    // MARK: - Private

    /// Takes frames through all stages but the last, and asks that one about as few as tell of the others.
    private func runHolding(
        _ video: any CascadeFrames, _ frames: [Int], _ reports: inout [CascadeReport.Stage],
        _ cancellation: Cancellation?, _ step: () -> Void
    ) throws -> (kept: [CascadeAudit.Kept], held: [CascadeAudit.Kept], dropped: [CascadeAudit.Dropped]) {
        let last = stages.count - 1
        var passed: [[CascadeFinding]?] = []
        var dropped: [CascadeAudit.Dropped] = []
        for frame in frames {
            passed.append(
                last == 0
                    ? [] : try pass(frame, of: video, 0...last - 1, [], &reports, &dropped, cancellation))
            step()
        }
        var holding = CascadeHolding(
            hold: cascade.hold, times: frames.map { video.seconds(of: $0) },
            isCandidate: passed.map { $0 != nil })
        var ignored: [CascadeAudit.Dropped] = []
        try holding.run { place in
            let found = try pass(
                frames[place], of: video, last...last, passed[place] ?? [], &reports, &ignored, cancellation)
            return found.map { .kept($0) } ?? .dropped
        }
        var (kept, held): ([CascadeAudit.Kept], [CascadeAudit.Kept]) = ([], [])
        let byFrame = Dictionary(uniqueKeysWithValues: dropped.map { ($0.frame, $0) })
        dropped = []
        for (place, frame) in frames.enumerated() {
            switch holding.states[place] {
            case .kept(let found): kept.append((frame, found))
            case .dropped: break
            case .unknown:
                if let found = holding.held[place] {
                    held.append((frame, found))
                } else if holding.near.contains(place) || passed[place] != nil {
                    // Beside what is kept, or between frames about which the last stage was asked.
                    let nearness = holding.near.contains(place) ? 0.9 : 0.1
                    dropped.append(CascadeAudit.Dropped(frame: frame, stage: last, nearness: nearness))
                } else if let known = byFrame[frame] {
                    dropped.append(known)
                }
            }
        }
        return (kept, held, dropped)
    }

    /// Takes a frame through some of the stages.
    /// - Returns: what was found where the last of them keeps it.
    private func pass(
        _ frame: Int, of video: any CascadeFrames, _ places: ClosedRange<Int>, _ earlier: [CascadeFinding],
        _ reports: inout [CascadeReport.Stage], _ dropped: inout [CascadeAudit.Dropped],
        _ cancellation: Cancellation?
    ) throws -> [CascadeFinding]? {
        var found = earlier
        let clock = ContinuousClock()
        for place in places {
            try cancellation?.check()
            let isLast = place == stages.count - 1
            let begun = clock.now
            defer { reports[place].seconds += (clock.now - begun).inSeconds }
            reports[place].framesIn += 1
            do {
                let (finding, nearness) = try look(at: frame, of: video, stage: place, earlier: found)
                guard nearness >= 1 else {
                    if !isLast {
                        dropped.append(CascadeAudit.Dropped(frame: frame, stage: place, nearness: nearness))
                    }
                    return nil
                }
                found = finding
            } catch {
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
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
