public import Base
public import Catalog
import Engine

/// An answer on its way into the store.
public struct ReviewReply: Sendable {
    public var label: LabelID
    public var answer: ReviewAnswer
    public var note: String?
    /// What a correction says instead of the label: the class, where it was wrong.
    public var name: String?
    /// And where, if that was wrong.
    public var geometry: LabelGeometry?

    public init(
        _ label: LabelID, _ answer: ReviewAnswer, note: String? = nil, name: String? = nil,
        geometry: LabelGeometry? = nil
    ) {
        self.label = label
        self.answer = answer
        self.note = note
        self.name = name
        self.geometry = geometry
    }
}

/// The words of reviews on the wire.
public enum ReviewWords {
    /// `accept`, `reject` and `correct`.
    public static let answers = ReviewAnswer.allCases.map(\.description)
}

extension ReviewReply {
    /// - Parameters:
    ///   - answer: one of ``ReviewWords/answers``.
    ///   - geometry: as JSON.
    /// - Throws: ``EngineError/Code/invalidRequest`` for another word, and for what a correction says with
    ///   another answer.
    public init(
        label: Int64, answer word: String, note: String? = nil, name: String? = nil, geometry: Value? = nil
    ) throws {
        guard let answer = ReviewAnswer.allCases.first(where: { $0.description == word }) else {
            throw EngineError(
                .invalidRequest,
                "'answer' is '\(word.prefix(40))', it must be one of \(ReviewWords.answers.joined(separator: ", "))",
                path: "answer")
        }
        if answer != .correct, name != nil || geometry != nil {
            throw EngineError(
                .invalidRequest, "'class' and 'geometry' are for the answer 'correct'",
                path: name == nil ? "geometry" : "class")
        }
        self.init(label, answer, note: note, name: name, geometry: geometry.map { .json($0) })
    }
}
