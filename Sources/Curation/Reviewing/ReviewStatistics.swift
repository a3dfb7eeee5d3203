import Base
import Catalog

/// What people's answers come to: how far the work is, who can be relied on, and which labels need no review.
struct ReviewStatistics {
    /// What is counted of one reviewer.
    private struct Reviewer {
        var answers: [ReviewAnswer: Int] = [:]
        var honeypots = 0
        var rightHoneypots = 0
    }

    /// The labels of one source and class.
    struct Group: Hashable, Sendable {
        var source: String
        var name: String

        init(_ label: Label) { (source, name) = (label.source, label.name ?? "") }
    }

    /// Two reviewers, the one whose name comes first first.
    private struct Pair: Hashable {
        var first: String
        var second: String
    }

    private let people: Int
    private let honeypots: [LabelID: Bool]
    private var states: [ReviewState: Int] = [:]
    private var reviewers: [String: Reviewer] = [:]
    private var pairs: [Pair: (first: [Bool], second: [Bool])] = [:]
    private var outcomes: [Group: [(confidence: Double, isAccepted: Bool)]] = [:]

    init(people: Int, honeypots: [Honeypot]) {
        self.people = people
        self.honeypots = Dictionary(honeypots.map { ($0.label, $0.isRight) }) { first, _ in first }
    }

    /// Takes in all answers about one label.
    /// - Parameter label: as the log has it.
    mutating func include(_ reviews: [Review], of label: Label?) {
        let answers = ReviewState.lastAnswers(reviews)
        for answer in answers {
            reviewers[answer.reviewer, default: Reviewer()].answers[answer.answer, default: 0] += 1
        }
        for (place, first) in answers.enumerated() {
            for second in answers[(place + 1)...] {
                let (low, high) =
                    first.reviewer.utf8.lexicographicallyPrecedes(second.reviewer.utf8)
                    ? (first, second) : (second, first)
                let pair = Pair(first: low.reviewer, second: high.reviewer)
                pairs[pair, default: ([], [])].first.append(low.answer == .accept)
                pairs[pair, default: ([], [])].second.append(high.answer == .accept)
            }
        }
        guard let first = answers.first else { return }
        if let isRight = honeypots[first.label] {
            for answer in answers {
                reviewers[answer.reviewer, default: Reviewer()].honeypots += 1
                if (answer.answer == .accept) == isRight {
                    reviewers[answer.reviewer, default: Reviewer()].rightHoneypots += 1
                }
            }
            return
        }
        let state = ReviewState(reviews, people: people)
        states[state, default: 0] += 1
        guard let label, let confidence = label.confidence, !state.isOpen else { return }
        outcomes[Group(label), default: []].append((confidence, state == .accepted))
    }

    /// - Parameters:
    ///   - labelCount: labels that hold.
    ///   - reviewedCount: labels that hold, and that somebody answered about.
    ///   - precision: the share of right labels that is asked of those which need no review.
    func document(labelCount: Int, reviewedCount: Int, precision: Double) -> Document {
        var counts = states
        counts[.unreviewed] = max(0, labelCount - reviewedCount)
        return [
            "people": .integer(Int64(people)), "labels": .integer(Int64(labelCount)),
            "states": .object(
                Document(ReviewState.allCases.map { ($0.rawValue, .integer(Int64(counts[$0] ?? 0))) })),
            "reviewers": .array(reviewers.sorted { $0.key.precedes($1.key) }.map { told($0.key, $0.value) }),
            "agreement": .array(
                pairs.sorted { ($0.key.first, $0.key.second) < ($1.key.first, $1.key.second) }.map {
                    pair, answers in
                    var line: Document = [
                        "reviewers": [.string(pair.first), .string(pair.second)],
                        "labels": .integer(Int64(answers.first.count)),
                    ]
                    if let kappa = Agreement.kappa(answers.first, answers.second) {
                        line.append("kappa", .float(kappa))
                    }
                    return .object(line)
                }),
            "precision": .float(precision),
            "thresholds": .array(
                outcomes.sorted { ($0.key.source, $0.key.name) < ($1.key.source, $1.key.name) }.map {
                    group, answers in
                    told(group, answers, ReviewThreshold(answers, precision: precision))
                }),
        ]
    }

    /// For each source and class the confidence from which on labels need no review, where there is one.
    func thresholds(precision: Double) -> [Group: Double] {
        outcomes.compactMapValues { ReviewThreshold($0, precision: precision).confidence }
    }

    // MARK: - Private

    private func told(_ name: String, _ reviewer: Reviewer) -> Value {
        var line: Document = ["reviewer": .string(name)]
        for answer in ReviewAnswer.allCases {
            line.append(answer.description, .integer(Int64(reviewer.answers[answer] ?? 0)))
        }
        line.append("honeypots", .integer(Int64(reviewer.honeypots)))
        if reviewer.honeypots > 0 {
            line.append("accuracy", .float(Double(reviewer.rightHoneypots) / Double(reviewer.honeypots)))
        }
        return .object(line)
    }

    private func told(
        _ group: Group, _ answers: [(confidence: Double, isAccepted: Bool)], _ threshold: ReviewThreshold
    ) -> Value {
        var line: Document = [
            "source": .string(group.source), "class": .string(group.name),
            "reviewed": .integer(Int64(answers.count)),
            "accepted": .integer(Int64(answers.count { $0.isAccepted })),
        ]
        if let confidence = threshold.confidence {
            line.append("confidence", .float(confidence))
            line.append("reviewed_above", .integer(Int64(threshold.answered)))
            line.append("accepted_above", .integer(Int64(threshold.accepted)))
        }
        return .object(line)
    }
}

extension String {
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
