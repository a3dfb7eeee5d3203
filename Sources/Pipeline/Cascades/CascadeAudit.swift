import Base

/// Looks again at what a cascade dropped, and at what it kept without asking, until the stated recall is
/// shown.
///
/// Of the frames that were kept without asking, some are asked about, from which follows how many of them the
/// last stage would keep at the least. Of those that were dropped, a random sample goes to the last stage,
/// from which follows how many were missed at most (``ExactHypergeometric``). Where that is too many, the
/// sample is extended; where it still is, the dropped frames that came nearest to being kept are taken back,
/// and the rest is audited anew, until the bound is met or nothing is left. The risk is divided among all of
/// these looks, so that the bound holds for all of them together.
struct CascadeAudit {
    /// A frame that is not kept.
    struct Dropped {
        var frame: Int
        var stage: Int
        /// How near it came: the greatest confidence over its model's threshold.
        var nearness: Double
    }

    /// What the last stage says of a frame.
    enum Answer {
        case kept([CascadeFinding])
        case dropped
        case failed
    }

    typealias Kept = (frame: Int, found: [CascadeFinding])

    /// How many wrongly dropped frames the second of two samples bears.
    private static let tolerated = 3
    /// How many frames are asked about that were kept without asking.
    private static let heldSample = 40

    let target: Double
    let confidence: Double
    /// Frames that the last stage keeps.
    var kept: [Kept]
    /// Frames that are kept without asking.
    var held: [Kept]
    private var random: SplitMix

    init(_ cascade: Cascade, target: Double, kept: [Kept], held: [Kept]) {
        self.target = target
        confidence = cascade.confidence
        self.kept = kept
        self.held = held
        random = SplitMix(seed: cascade.seed)
    }

    /// - Parameter ask: asks the last stage about a frame. It is called in the order in which frames are
    ///   shown within a sample, so that no group of pictures is decoded twice for one.
    mutating func run(
        _ dropped: [Dropped], _ ask: (Int) throws -> Answer
    ) throws -> CascadeReport.Audit {
        var audit = CascadeReport.Audit(
            targetRecall: target, confidence: confidence, dropped: dropped.count)
        let clock = ContinuousClock(), begun = clock.now
        defer { audit.seconds = (clock.now - begun).inSeconds }
        var risk = 1 - confidence
        let certainlyHeld = try auditHeld(risk: risk / 4, &audit, ask)
        if !held.isEmpty || audit.heldAudited > 0 { risk *= 0.75 }
        // Those that came nearest are behind, from where they are taken.
        var left = dropped.sorted {
            ($0.stage, $0.nearness, $1.frame) < ($1.stage, $1.nearness, $0.frame)
        }
        while !left.isEmpty {
            let before = kept.count + certainlyHeld
            // The first places of a random order are the sample, however far it goes; the others keep theirs.
            var order = Array(left.indices)
            var (taken, seen) = (0, 0)
            // How large both samples are follows from what is known before either is looked at.
            let sizes = [0, CascadeAudit.tolerated].map { seen in
                CascadeAudit.sampleSize(
                    of: left.count, kept: before, seen: seen, target: target,
                    risk: seen == 0 ? risk / 2 : risk / 4)
            }
            for size in sizes where size > taken || taken == 0 {
                audit.rounds += 1
                risk /= 2
                for place in taken..<size { order.swapAt(place, place + random.below(order.count - place)) }
                seen += try look(at: order[taken..<size].map { left[$0].frame }, &audit, ask)
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
            _ = try look(at: takenBack.map(\.frame), &audit, ask)
            if left.isEmpty { audit.recallBound = 1 }
        }
        return audit
    }

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

    // MARK: - Private

    /// Asks about some of the frames that were kept without asking; those that the last stage does not keep
    /// are kept no more.
    /// - Returns: how many of those that are left it would keep at the least.
    private mutating func auditHeld(
        risk: Double, _ audit: inout CascadeReport.Audit, _ ask: (Int) throws -> Answer
    ) throws -> Int {
        guard !held.isEmpty else { return 0 }
        let all = held.count
        let count = min(all, CascadeAudit.heldSample)
        for place in 0..<count { held.swapAt(place, place + random.below(all - place)) }
        let sample = held.prefix(count).map(\.frame)
        held.removeFirst(count)
        let found = audit.found
        let right = try look(at: sample, &audit, ask)
        // What is found here was kept before.
        audit.found = found
        audit.heldAudited = count
        audit.heldWrong = count - right
        let mostWrong = ExactHypergeometric.mostMarked(seen: count - right, of: count, in: all, risk: risk)
        return max(0, held.count - (mostWrong - (count - right)))
    }

    /// - Returns: how many of some frames the last stage keeps.
    private mutating func look(
        at frames: [Int], _ audit: inout CascadeReport.Audit, _ ask: (Int) throws -> Answer
    ) throws -> Int {
        let before = kept.count
        for frame in frames.sorted() {
            switch try ask(frame) {
            case .kept(let found): kept.append((frame, found))
            case .dropped: break
            case .failed: audit.failed += 1
            }
        }
        audit.found += kept.count - before
        return kept.count - before
    }
}
