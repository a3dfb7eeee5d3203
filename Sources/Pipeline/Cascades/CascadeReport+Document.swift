public import Base

extension CascadeReport {
    /// The report as it is kept and told: `frames` that were looked at, `kept`, those of them that were
    /// `held`, `calls` of the last stage's models, `stages` in their order and, where a recall was asked for,
    /// `audit`.
    public var document: Document {
        var document: Document = [
            "frames": .integer(Int64(lookedAt)), "kept": .integer(Int64(frames.count)),
            "held": .integer(Int64(heldCount)), "calls": .integer(Int64(lastCalls)),
            "stages": .array(stages.map { .object($0.document) }),
        ]
        if let audit { document.append("audit", .object(audit.document)) }
        return document
    }

    /// How often the last stage was asked about a frame.
    public var lastCalls: Int {
        (stages.last?.framesIn ?? 0) + (audit?.audited ?? 0) + (audit?.takenBack ?? 0)
            + (audit?.heldAudited ?? 0)
    }
}

extension CascadeReport.Stage {
    fileprivate var document: Document {
        var document: Document = [
            "name": .string(name), "frames_in": .integer(Int64(framesIn)),
            "frames_out": .integer(Int64(framesOut)), "failed": .integer(Int64(failed)),
            "seconds": .float((seconds * 1_000).rounded() / 1_000),
        ]
        if let failure { document.append("failure", .string(String(failure.prefix(500)))) }
        return document
    }
}

extension CascadeReport.Audit {
    fileprivate var document: Document {
        [
            "target_recall": .float(targetRecall), "confidence": .float(confidence),
            "recall_bound": .float(recallBound), "met": .boolean(isMet),
            "dropped": .integer(Int64(dropped)), "audited": .integer(Int64(audited)),
            "taken_back": .integer(Int64(takenBack)), "found": .integer(Int64(found)),
            "held_audited": .integer(Int64(heldAudited)), "held_wrong": .integer(Int64(heldWrong)),
            "failed": .integer(Int64(failed)), "rounds": .integer(Int64(rounds)),
            "seconds": .float((seconds * 1_000).rounded() / 1_000),
        ]
    }
}
