/// Notes what the models of a cascade find in the frames that they are asked about, whatever later stages
/// make of the frame. One thread at a time may use it.
final class CascadeRecord {
    private struct Question: Hashable {
        var model: String
        var frame: Int
    }

    private let models: [String: [Cascade.Model]]
    private var asked: Set<Question> = []
    /// What counts of what was found, by frame; frames with nothing are missing.
    private(set) var findings: [Int: [CascadeFinding]] = [:]

    init(_ cascade: Cascade) {
        models = Dictionary(grouping: cascade.stages.flatMap(\.models), by: \.name)
    }

    /// - Parameter name: of the model, whose findings count by the threshold and the classes that the cascade
    ///   gives it; where it stands in several stages, by those of any.
    func note(_ found: [CascadeFinding], of name: String, in frame: Int) {
        guard asked.insert(Question(model: name, frame: frame)).inserted else { return }
        let counting = found.filter { finding in
            models[name, default: []].contains {
                finding.confidence >= $0.threshold && $0.finding?.allows(finding.className) != false
            }
        }
        if !counting.isEmpty { findings[frame, default: []] += counting }
    }
}

/// A model whose findings are noted.
struct RecordedExaminer: CascadeExaminer {
    let model: String
    let examiner: any CascadeExaminer
    let record: CascadeRecord

    func findings(in frame: Int, of video: any CascadeFrames) throws -> [CascadeFinding] {
        let found = try examiner.findings(in: frame, of: video)
        record.note(found, of: model, in: frame)
        return found
    }
}
