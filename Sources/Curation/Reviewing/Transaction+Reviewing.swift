import Annotations
import Base
import Catalog
import Engine

extension Transaction {
    /// Puts an answer into the store, and does what follows from it (``Store/review(_:by:)``).
    func review(_ reply: ReviewReply, by reviewer: String) throws -> Document {
        guard let label = try loggedLabel(reply.label) else {
            throw EngineError(.notFound, "there never was a label \(reply.label)", path: "label")
        }
        let source = "human:\(reviewer)"
        var answer: Document = [
            "label": .integer(label.id), "answer": .string(reply.answer.description),
        ]
        var review = Review(label.id, by: reviewer, reply.answer, note: reply.note, at: time)
        if try honeypot(label.id) != nil {
            try addReview(review)
            let people = try read { try $0.reviewPeople }
            answer["state"] = .string(ReviewState(try reviews(of: label.id), people: people).rawValue)
            return answer
        }
        guard try labels(of: label.target).contains(where: { $0.id == label.id }) else {
            throw EngineError(
                .conflict, "label \(label.id) no longer holds: it was removed or replaced", path: "label")
        }
        guard label.source != source else {
            throw EngineError(
                .conflict, "label \(label.id) is by \(reviewer), and nobody reviews their own labels",
                path: "label")
        }
        if reply.answer == .correct {
            review.successor = try addLabel(try correction(reply, of: label, by: source), to: label.target)
        }
        try addReview(review)
        let people = try read { try $0.reviewPeople }
        let state = ReviewState(try reviews(of: label.id), people: people)
        if state == .rejected { try removeLabel(label.id, source: source) }
        answer["state"] = .string(state.rawValue)
        if let successor = review.successor { answer["successor"] = .integer(successor) }
        return answer
    }

    /// The label that takes another's place.
    private func correction(_ reply: ReviewReply, of label: Label, by source: String) throws -> NewLabel {
        guard reply.name != nil || reply.geometry != nil else {
            throw EngineError(
                .invalidRequest, "a correction says what is right: give 'class', 'geometry' or both",
                path: "class")
        }
        let geometry = reply.geometry ?? label.geometry
        var corrected = label
        corrected.geometry = geometry
        let isReadable =
            switch label.kind {
            case .box, .polygon: corrected.region.map { Transaction.hasPlace($0.bounds) } ?? false
            case .track: corrected.track != nil
            default: true
            }
        guard isReadable else {
            throw EngineError(
                .invalidRequest, "the geometry is no \(label.kind) with an area", path: "geometry")
        }
        return NewLabel(
            label.kind, reply.name ?? label.name, geometry: geometry, source: source, parent: label.id)
    }

    private static func hasPlace(_ box: Box) -> Bool {
        [box.x, box.y, box.width, box.height].allSatisfy(\.isFinite) && box.width > 0 && box.height > 0
    }
}
