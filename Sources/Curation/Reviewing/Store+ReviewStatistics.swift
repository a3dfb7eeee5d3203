public import Base
import Catalog
public import Engine

extension Store {
    /// What people's answers come to: `states`, how many labels are in each state; `reviewers`, what each has
    /// answered and how often that was right where it is known; `agreement`, Cohen's κ of each two about
    /// whether a label is right; `thresholds`, for each source and class the confidence from which on labels
    /// need no review (``ReviewThreshold``).
    ///
    /// Reads all reviews.
    /// - Parameter precision: the share of right labels that is asked of those which need no review.
    /// - Throws: ``EngineError/Code/invalidRequest`` unless that is in `0...1`.
    public func reviewStatistics(precision: Double = 0.95) async throws -> Document {
        try ReviewStatistics.check(precision: precision)
        return try await consult { snapshot in
            let (statistics, reviewedCount) = try snapshot.reviewStatistics()
            return statistics.document(
                labelCount: try snapshot.labelCount(), reviewedCount: reviewedCount, precision: precision)
        }
    }
}

extension CatalogSnapshot {
    /// All answers, and how many labels that hold have any.
    func reviewStatistics() throws -> (statistics: ReviewStatistics, reviewedCount: Int) {
        var statistics = ReviewStatistics(people: try reviewPeople, honeypots: try honeypots())
        var reviewedCount = 0
        try forEachReviewedLabel { reviews in
            guard let first = reviews.first else { return }
            let label = try loggedLabel(first.label)
            if let label, try labels(of: label.target).contains(where: { $0.id == label.id }) {
                reviewedCount += 1
            }
            statistics.include(reviews, of: label)
        }
        return (statistics, reviewedCount)
    }
}

extension ReviewStatistics {
    /// - Throws: ``EngineError/Code/invalidRequest`` unless it is in `0...1`.
    static func check(precision: Double) throws(EngineError) {
        guard (0...1).contains(precision) else {
            throw EngineError(
                .invalidRequest, "'precision' is \(precision), it must be 0 to 1", path: "precision")
        }
    }
}
