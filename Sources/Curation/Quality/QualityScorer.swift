import Base
import Engine

/// Scores the labels of one entity after another, once it has seen all of them.
protocol QualityScorer: Sendable {
    /// Properties of the entities that are looked at.
    var properties: [String] { get }
    /// How often it must see all entities before it scores.
    var passCount: Int { get }
    /// Sees an entity.
    mutating func include(_ entity: LabelledEntity, pass: Int)
    /// The score, in `0...1`, and whether it is worth telling; `nil` where one of the two says nothing.
    func score(_ entity: LabelledEntity) -> (score: Double, isListed: Bool)?
    /// What takes from the score.
    func report(_ entity: LabelledEntity) -> Document
}
