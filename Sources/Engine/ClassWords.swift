import Base
import Catalog
import Query

/// The words for the label classes of one commit: those that were declared, and those that labels say without
/// anybody having declared them.
struct ClassWords {
    let hierarchy: LabelHierarchy
    /// What current labels of entities of the class say, in order.
    let used: [String]
    private let usedNames: Set<ExactName>

    init(_ snapshot: CatalogSnapshot, _ known: ClassSchema?) throws {
        hierarchy = try snapshot.labelHierarchy()
        var names: Set<ExactName> = []
        if let known, known.kind == .entity {
            for kind in LabelKind.allCases {
                for name in try snapshot.labelNames(known, kind) { names.insert(ExactName(name)) }
            }
        }
        usedNames = names
        used = names.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What a label may say that belongs to the class which `word` means, or to one below it. What labels say
    /// and nobody declared is a class without others below it.
    /// - Throws: ``EngineError/Code/invalidFilter`` where several classes are called so, or none is.
    func labels(within word: String) throws -> [String] {
        let meant = hierarchy.classes(meant: word)
        guard meant.count <= 1 else {
            throw EngineError(
                .invalidFilter,
                "\(meant.count) label classes are called '\(word)': write one of \(meant.prefix(10).joined(separator: ", "))"
            )
        }
        if let name = meant.first { return hierarchy.words(within: name) }
        if usedNames.contains(ExactName(word)) { return [word] }
        let near = Nearest.words(to: word, among: used + hierarchy.classes.flatMap(\.words), atMost: 3)
        let advice = near.isEmpty ? "" : "; near it are: \(near.joined(separator: ", "))"
        throw EngineError(.invalidFilter, "there is no label class '\(word.prefix(100))'\(advice)")
    }
}
