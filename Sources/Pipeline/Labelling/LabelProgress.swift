import Base
import Engine

/// How far labelling has come: pictures by what became of them.
struct LabelProgress: Sendable {
    /// Something was found.
    var labelled = 0
    /// Nothing was found.
    var nothing = 0
    /// It could not be looked at.
    var failed = 0
    /// Somebody else had looked at it meanwhile.
    var known = 0
    /// It was deleted meanwhile.
    var gone = 0
    /// Labels, and vectors.
    var labels = 0
    /// How many there are to look at in all.
    var total = 0
    /// Of ``done``, those of earlier attempts: they say nothing of the rate.
    var before = 0
    var elapsed = Duration.zero

    init() {}

    /// Reads what ``document`` wrote.
    init(_ counts: Document) {
        func number(_ name: String) -> Int { Int(clamping: counts[name]?.integerValue ?? 0) }
        labelled = number("labelled")
        nothing = number("nothing")
        failed = number("failed")
        known = number("known")
        gone = number("gone")
        labels = number("labels")
        before = done
    }

    var done: Int { labelled + nothing + failed + known + gone }

    mutating func count(_ outcomes: ArraySlice<StatementOutcome>) {
        // A picture has an outcome for each source: one that found something decides, then one that failed.
        var found = 0
        var isFailed = false
        var isLookedAt = false
        var isGone = false
        for outcome in outcomes {
            switch outcome {
            case .labelled(let count):
                found += count
                isLookedAt = true
            case .failed: isFailed = true
            case .gone: isGone = true
            case .known: break
            }
        }
        labels += found
        if found > 0 {
            labelled += 1
        } else if isFailed {
            failed += 1
        } else if isLookedAt {
            nothing += 1
        } else if isGone {
            gone += 1
        } else {
            known += 1
        }
    }

    /// What is kept of it.
    var counts: Document {
        var counts = numbers
        counts["seconds"] = .float((elapsed / .milliseconds(1)).rounded() / 1_000)
        return counts
    }

    private var numbers: Document {
        [
            "total": .integer(Int64(total)), "labelled": .integer(Int64(labelled)),
            "nothing": .integer(Int64(nothing)), "failed": .integer(Int64(failed)),
            "known": .integer(Int64(known)), "gone": .integer(Int64(gone)),
            "labels": .integer(Int64(labels)),
        ]
    }

    /// The same with the rate.
    var document: Document {
        var document = counts
        let seconds = elapsed / .seconds(1)
        let rate = seconds > 0 ? Double(done - before) / seconds : 0
        document["per_second"] = .float((rate * 10).rounded() / 10)
        if rate > 0 { document["seconds_left"] = .float((Double(total - done) / rate * 10).rounded() / 10) }
        return document
    }
}
