public import Base
public import Catalog
public import Engine

/// People who say whether labels are right.
extension Store {
    /// The setting that says how many people must agree.
    private static let peopleSetting = "review_people"

    /// How many people must agree that a label is right, or wrong: 1 unless set.
    public func reviewPeople() async throws -> Int { try await consult { try $0.reviewPeople } }

    /// Sets how many people must agree: 2 for the rule of two persons. Counts for answers that are there,
    /// too; what was removed stays removed.
    /// - Throws: ``EngineError/Code/invalidRequest`` unless it is 1 to 9.
    public func setReviewPeople(_ count: Int) async throws {
        guard (1...9).contains(count) else {
            throw EngineError(
                .invalidRequest, "\(count) people cannot be asked to agree: 1 to 9 can", path: "people")
        }
        try await change { try $0.setSetting(Store.peopleSetting, .integer(Int64(count))) }
    }

    /// Says of a label whether it is known to be right; `nil` takes that back.
    /// - Throws: ``EngineError/Code/notFound``.
    public func setHoneypot(_ label: LabelID, isRight: Bool?) async throws {
        try await change { try $0.setHoneypot(label, isRight: isRight) }
    }

    /// The next labels that somebody is to be asked about, each as ``labels(_:)`` tells it and with its
    /// `state`: those of the sample that people have not agreed on, that this one has not answered, and did
    /// not make, less those that need no review. Labels whose answer is known are among them and look alike.
    public func reviewQuestions(_ question: ReviewQuestion, for reviewer: String) async throws -> [Document] {
        if let precision = question.precision { try ReviewStatistics.check(precision: precision) }
        let wanted = question.labels.limit == 0 ? Int.max : question.labels.limit
        let pots = try await honeypots(question, for: reviewer, wanted: wanted)
        let ids = try await ids(
            FindRequest(entityClass: question.labels.entityClass, filter: question.labels.filter))
        let thresholds = try await consult { snapshot in
            try question.precision.map {
                try snapshot.reviewStatistics().statistics.thresholds(precision: $0)
            }
        }
        var found: [Document] = []
        for start in stride(from: 0, to: ids.count, by: EntityBatches.size)
        where found.count < wanted - pots.count {
            try Task.checkCancellation()
            let batch = Array(ids[start..<min(start + EntityBatches.size, ids.count)])
            let left = wanted - pots.count - found.count
            found += try await consult { snapshot in
                let people = try snapshot.reviewPeople
                let known = Set(try snapshot.honeypots().map(\.label))
                var lines: [Document] = []
                for id in batch {
                    for label in try snapshot.labels(of: id)
                    where question.labels.accepts(label) && question.sample.contains(label.id)
                        && label.source != "human:\(reviewer)" && !known.contains(label.id)
                        && !Store.needsNone(label, thresholds)
                    {
                        let reviews = try snapshot.reviews(of: label.id)
                        let state = ReviewState(reviews, people: people)
                        guard state.isOpen, !reviews.contains(where: { $0.reviewer == reviewer }) else {
                            continue
                        }
                        lines.append(label.question(state))
                        if lines.count == left { return lines }
                    }
                }
                return lines
            }
        }
        return Store.mixed(found, pots, question.sample.seed)
    }

    /// Puts an answer into the store, and does what follows from it, in one transaction.
    ///
    /// A label that enough people reject goes; a correction takes its place at once. Both are entries of the
    /// label log, so that history stays. Of a label whose answer is known only the answer is kept.
    /// - Returns: `label`, `answer`, its `state` now, and `successor`, the label in its place.
    /// - Throws: ``EngineError/Code/notFound``; ``EngineError/Code/conflict`` where the label no longer
    ///   holds, or is the reviewer's own; ``EngineError/Code/invalidRequest`` for a correction that corrects
    ///   nothing, or a geometry that is none.
    public func review(_ reply: ReviewReply, by reviewer: String) async throws -> Document {
        try await change { try $0.review(reply, by: reviewer) }
    }

    // MARK: - Private

    /// Whether what people answered about others shows that a label is right often enough.
    private static func needsNone(_ label: Label, _ thresholds: [ReviewStatistics.Group: Double]?) -> Bool {
        guard let confidence = label.confidence,
            let threshold = thresholds?[ReviewStatistics.Group(label)]
        else { return false }
        return confidence >= threshold
    }

    private func honeypots(
        _ question: ReviewQuestion, for reviewer: String, wanted: Int
    ) async throws -> [Document] {
        guard question.honeypotPercent > 0, wanted < .max else { return [] }
        let count = Int((Double(wanted) * question.honeypotPercent / 100).rounded())
        return try await consult { snapshot in
            let people = try snapshot.reviewPeople
            let order = try snapshot.honeypots().map(\.label).sorted {
                LabelSample.part($0, seed: question.sample.seed)
                    < LabelSample.part($1, seed: question.sample.seed)
            }
            var lines: [Document] = []
            for id in order where lines.count < count {
                guard let label = try snapshot.loggedLabel(id), label.source != "human:\(reviewer)",
                    try snapshot.exists(label.target), question.labels.accepts(label),
                    snapshot.schema.entityClass(of: label.target)?.name == question.labels.entityClass
                else { continue }
                let reviews = try snapshot.reviews(of: id)
                if reviews.contains(where: { $0.reviewer == reviewer }) { continue }
                // As open as the others.
                let state = ReviewState(reviews, people: people)
                lines.append(label.question(state.isOpen ? state : .inReview))
            }
            return lines
        }
    }

    /// Both lists as one, in an order that shows nothing of where a line comes from.
    private static func mixed(_ found: [Document], _ pots: [Document], _ seed: UInt64) -> [Document] {
        if pots.isEmpty { return found }
        func place(_ line: Document) -> Double {
            LabelSample.part(line["label"]?.integerValue ?? 0, seed: ~seed)
        }
        return (found + pots).sorted { place($0) < place($1) }
    }
}

extension Label {
    fileprivate func question(_ state: ReviewState) -> Document {
        var line = line
        // Where it came from in detail would tell honeypots from others.
        line["run"] = nil
        line["parent"] = nil
        line.append("state", .string(state.rawValue))
        return line
    }
}

extension CatalogSnapshot {
    /// How many people must agree.
    var reviewPeople: Int {
        get throws { Int(try setting("review_people")?.integerValue ?? 1) }
    }
}
