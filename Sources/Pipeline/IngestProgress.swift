public import Base

/// How far an ingest has come: counts by outcome, bytes read, and the rate.
public struct IngestProgress: Sendable {
    public var added = 0
    public var duplicate = 0
    public var skipped = 0
    public var failed = 0
    /// Files found so far; final once ``isCounted``.
    public var found = 0
    /// Whether every folder has been walked, so that ``found`` is the total.
    public var isCounted = false
    public var bytesRead = 0
    public var elapsed: Duration = .zero

    public init() {}

    public var done: Int { added + duplicate + skipped + failed }

    /// Files a second since the start.
    public var rate: Double {
        let seconds = elapsed / .seconds(1)
        return seconds > 0 ? Double(done) / seconds : 0
    }

    /// What is left at the present rate; `nil` before the total is known.
    public var remaining: Duration? {
        guard isCounted, rate > 0 else { return nil }
        return .seconds(Double(found - done) / rate)
    }

    mutating func count(_ outcome: IngestVerdict.Outcome) {
        switch outcome {
        case .added: added += 1
        case .duplicate: duplicate += 1
        case .skipped: skipped += 1
        case .failed: failed += 1
        }
    }

    public var document: Document {
        var document: Document = [
            "added": .integer(Int64(added)), "duplicate": .integer(Int64(duplicate)),
            "skipped": .integer(Int64(skipped)), "failed": .integer(Int64(failed)),
            "found": .integer(Int64(found)),
            "counted": .boolean(isCounted), "bytes_read": .integer(Int64(bytesRead)),
            "seconds": .float((elapsed / .milliseconds(1)).rounded() / 1_000),
            "per_second": .float((rate * 10).rounded() / 10),
        ]
        if let remaining {
            document["seconds_left"] = .float((remaining / .milliseconds(100)).rounded() / 10)
        }
        return document
    }
}
