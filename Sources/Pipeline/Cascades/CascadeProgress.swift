import Base
import Engine

/// How far a job of cascades has come: videos by what became of them.
struct CascadeProgress: Sendable {
    /// Some of its frames were kept.
    var labelled = 0
    /// None was.
    var nothing = 0
    /// It could not be gone through.
    var failed = 0
    /// It was deleted meanwhile.
    var gone = 0
    /// Labels of frames.
    var labels = 0
    /// Frames that were looked at, that were kept, and about which the last stage was asked.
    var frames = 0, kept = 0, calls = 0
    /// How many videos there are to go through in all.
    var total = 0
    var elapsed = Duration.zero

    init() {}

    /// Reads what ``counts`` wrote.
    init(_ counts: Document) {
        func number(_ name: String) -> Int { Int(clamping: counts[name]?.integerValue ?? 0) }
        labelled = number("labelled")
        nothing = number("nothing")
        failed = number("failed")
        gone = number("gone")
        labels = number("labels")
        frames = number("frames")
        kept = number("kept")
        calls = number("calls")
    }

    var done: Int { labelled + nothing + failed + gone }

    mutating func count(_ report: CascadeReport, labels count: Int) {
        if report.frames.isEmpty { nothing += 1 } else { labelled += 1 }
        labels += count
        frames += report.lookedAt
        kept += report.frames.count
        calls += report.lastCalls
    }

    /// What is kept of it.
    var counts: Document {
        func whole(_ number: Int) -> Value { .integer(Int64(number)) }
        return [
            "total": whole(total), "labelled": whole(labelled), "nothing": whole(nothing),
            "failed": whole(failed), "known": 0, "gone": whole(gone), "labels": whole(labels),
            "frames": whole(frames), "kept": whole(kept), "calls": whole(calls),
            "seconds": .float((elapsed.inSeconds * 1_000).rounded() / 1_000),
        ]
    }
}
