public import Catalog

/// What became of a label that people were asked about.
public enum ReviewState: String, Sendable, CaseIterable {
    /// Nobody has answered.
    case unreviewed
    /// Fewer people than must agree have answered, and none against another.
    case inReview = "in_review"
    case accepted
    case rejected
    /// Another label took its place.
    case corrected
    /// People differ, and those on neither side are enough and more.
    case disputed

    /// Whether another person should be asked.
    public var isOpen: Bool { [.unreviewed, .inReview, .disputed].contains(self) }

    /// Of each person the last answer counts. A correction settles it at once, as what it says is a label
    /// that is reviewed itself; otherwise one side has it when it has `people` or more, and more than the
    /// other.
    /// - Parameters:
    ///   - reviews: of one label, oldest first.
    ///   - people: who must agree: 1, or 2 for the rule of two persons.
    public init(_ reviews: [Review], people: Int) {
        let answers = ReviewState.lastAnswers(reviews)
        let accepted = answers.count { $0.answer == .accept }
        let rejected = answers.count - accepted
        self =
            if answers.contains(where: { $0.answer == .correct }) {
                .corrected
            } else if accepted >= people, accepted > rejected {
                .accepted
            } else if rejected >= people, rejected > accepted {
                .rejected
            } else if accepted > 0, rejected > 0 {
                .disputed
            } else {
                answers.isEmpty ? .unreviewed : .inReview
            }
    }

    /// The last answer of each person, in the order in which they first answered.
    static func lastAnswers(_ reviews: [Review]) -> [Review] {
        var last: [Review] = []
        for review in reviews {
            if let place = last.firstIndex(where: { $0.reviewer == review.reviewer }) {
                last[place] = review
            } else {
                last.append(review)
            }
        }
        return last
    }
}
