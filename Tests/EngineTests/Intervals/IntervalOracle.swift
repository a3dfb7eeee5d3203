import Query
import TestSupport

/// Intervals in frames, all equally long, and questions answered by the definitions: every pair is looked at,
/// and time is a row of frames.
struct IntervalOracle {
    /// Frames a second: numbers of seconds below are multiples of a tenth.
    static let rate = 10

    struct Interval: Hashable, Comparable {
        var video: Int
        /// Half-open.
        var start, stop: Int
        var name: String?
        var score: Double?
        var source: String?
        var label: Int64?

        static func < (left: Interval, right: Interval) -> Bool {
            (left.video, left.start, left.stop, left.label ?? 0)
                < (right.video, right.start, right.stop, right.label ?? 0)
        }
    }

    /// Of each video that there is.
    var frameCounts: [Int: Int]
    var labelled: [Interval]

    func find(_ question: IntervalQuestion) -> [Interval] {
        var found: [Interval] = []
        switch question.base {
        case .labelled(let asked):
            found = labelled.filter {
                frameCounts[$0.video] != nil && asked.names.contains($0.name ?? "")
                    && (asked.minScore == nil || $0.score ?? -1 >= asked.minScore ?? 0)
                    && (asked.source == nil || $0.source == asked.source)
            }
        case .tracked: break
        case .all(let parts):
            let rows = parts.map { frames(find($0)) }
            found = runs { video, frame in rows.allSatisfy { $0[video]?[frame] == true } }
        case .any(let parts):
            let rows = parts.map { frames(find($0)) }
            found = runs { video, frame in rows.contains { $0[video]?[frame] == true } }
        case .none(let part):
            let row = frames(find(part))
            found = runs { video, frame in row[video]?[frame] != true }
        case .sequence(let parts, let within):
            let steps = parts.map(find)
            func earliest(_ interval: Interval, _ step: Int) -> Int? {
                if step == parts.count - 1 { return interval.stop }
                return steps[step + 1].filter { next in
                    let gap = next.start - interval.stop
                    return next.video == interval.video && gap >= 0
                        && (within[step].map { Double(gap) / 10 <= $0 + 1e-9 } ?? true)
                }.compactMap { earliest($0, step + 1) }.min()
            }
            found = steps[0].compactMap { first in
                earliest(first, 0).map { Interval(video: first.video, start: first.start, stop: $0) }
            }
        }
        if let seconds = question.bridge {
            let row = frames(found)
            let most = tenths(seconds)
            found = runs { video, frame in
                let frames = row[video] ?? []
                guard !frames[frame] else { return true }
                let before = frames[..<frame].lastIndex(of: true),
                    after = frames[frame...].firstIndex(of: true)
                guard let before, let after else { return false }
                return after - before - 1 <= most
            }
        }
        found = found.filter {
            (question.minDuration.map(tenths) ?? 0) <= $0.stop - $0.start
                && $0.stop - $0.start <= question.maxDuration.map(tenths) ?? .max
        }
        for condition in question.conditions {
            let others = find(condition.other)
            let within = condition.within.map(tenths) ?? .max
            found = found.filter { one in
                others.contains {
                    $0.video == one.video && IntervalOracle.holds(condition.relation, one, $0, within)
                } != condition.isNegated
            }
        }
        return found.sorted()
    }

    /// The definitions of Allen's table, one by one.
    private static func holds(
        _ relation: IntervalRelation, _ a: Interval, _ b: Interval, _ within: Int
    ) -> Bool {
        switch relation {
        case .before: a.stop < b.start && b.start - a.stop <= within
        case .after: b.stop < a.start && a.start - b.stop <= within
        case .precedes: a.stop <= b.start && b.start - a.stop <= within
        case .meets: a.stop == b.start
        case .metBy: b.stop == a.start
        case .overlaps: a.start < b.start && a.stop > b.start && a.stop < b.stop
        case .overlappedBy: b.start < a.start && b.stop > a.start && b.stop < a.stop
        case .starts: a.start == b.start && a.stop < b.stop
        case .startedBy: a.start == b.start && a.stop > b.stop
        case .during: a.start > b.start && a.stop < b.stop
        case .contains: b.start > a.start && b.stop < a.stop
        case .finishes: a.stop == b.stop && a.start > b.start
        case .finishedBy: a.stop == b.stop && a.start < b.start
        case .equals: a.start == b.start && a.stop == b.stop
        case .intersects: (a.start..<a.stop).overlaps(b.start..<b.stop)
        }
    }

    private func tenths(_ seconds: Double) -> Int { Int((seconds * 10).rounded()) }

    private func frames(_ intervals: [Interval]) -> [Int: [Bool]] {
        var rows = frameCounts.mapValues { Array(repeating: false, count: $0) }
        for interval in intervals {
            for frame in interval.start..<interval.stop { rows[interval.video]?[frame] = true }
        }
        return rows
    }

    private func runs(_ isIn: (_ video: Int, _ frame: Int) -> Bool) -> [Interval] {
        var found: [Interval] = []
        for (video, count) in frameCounts {
            var start: Int?
            for frame in 0...count {
                let inside = frame < count && isIn(video, frame)
                if inside, start == nil { start = frame }
                if !inside, let begin = start {
                    found.append(Interval(video: video, start: begin, stop: frame))
                    start = nil
                }
            }
        }
        return found
    }
}

/// Random questions of all kinds.
struct QuestionGenerator {
    var random: SeededGenerator
    static let names = ["person", "car", "door"]

    mutating func question(depth: Int = 0) -> IntervalQuestion {
        let kind = depth >= 2 ? 0 : Int.random(in: 0..<8, using: &random)
        var question: IntervalQuestion
        switch kind {
        case 4: question = IntervalQuestion(.all(parts(depth)))
        case 5: question = IntervalQuestion(.any(parts(depth)))
        case 6: question = IntervalQuestion(.none(self.question(depth: depth + 1)))
        case 7:
            let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in
                self.question(depth: depth + 1)
            }
            question = IntervalQuestion(
                .sequence(parts, within: parts.dropFirst().map { _ in random.chance(0.6) ? seconds() : nil }))
        default:
            question = IntervalQuestion(
                .labelled(
                    LabelledIntervals(
                        random.chance(0.3)
                            ? Array(QuestionGenerator.names.shuffled(using: &random).prefix(2))
                            : [random.pick(QuestionGenerator.names)],
                        minScore: random.chance(0.2) ? 0.5 : nil,
                        source: random.chance(0.1) ? "model:a@1" : nil)))
        }
        if random.chance(0.15) { question.bridge = seconds() }
        if random.chance(0.2) { question.minDuration = seconds() }
        if random.chance(0.1) { question.maxDuration = seconds() }
        while depth < 2, random.chance(0.4) {
            let relation = random.pick(IntervalRelation.allCases)
            question.conditions.append(
                IntervalCondition(
                    relation, self.question(depth: depth + 1),
                    within: relation.hasGap && random.chance(0.5) ? seconds() : nil,
                    isNegated: random.chance(0.25)))
        }
        return question
    }

    private mutating func parts(_ depth: Int) -> [IntervalQuestion] {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in question(depth: depth + 1) }
    }

    private mutating func seconds() -> Double { Double(Int.random(in: 0...40, using: &random)) / 10 }
}
