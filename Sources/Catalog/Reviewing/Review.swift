public import Base

/// What somebody answered when asked whether a label is right.
public enum ReviewAnswer: Int64, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// It is right.
    case accept = 0
    /// It is wrong, and there is nothing to put in its place.
    case reject = 1
    /// It is wrong, and another takes its place.
    case correct = 2

    /// The word for it on the wire.
    public var description: String {
        switch self {
        case .accept: "accept"
        case .reject: "reject"
        case .correct: "correct"
        }
    }
}

/// One answer about one label. Answers are appended, never changed: of several of one person the last counts.
public struct Review: Sendable, Hashable {
    public var label: LabelID
    /// Who answered: the name of a user.
    public var reviewer: String
    public var answer: ReviewAnswer
    /// The label that a correction put in its place.
    public var successor: LabelID?
    /// What the reviewer wants to say of it.
    public var note: String?
    public var time: DateTime

    public init(
        _ label: LabelID, by reviewer: String, _ answer: ReviewAnswer, successor: LabelID? = nil,
        note: String? = nil, at time: DateTime
    ) {
        self.label = label
        self.reviewer = reviewer
        self.answer = answer
        self.successor = successor
        self.note = note
        self.time = time
    }
}

/// A label of which it is known whether it is right: reviewers are asked about it as about any other, to see
/// how they answer.
public struct Honeypot: Sendable, Hashable {
    public var label: LabelID
    public var isRight: Bool

    public init(_ label: LabelID, isRight: Bool) {
        self.label = label
        self.isRight = isRight
    }
}
