import Base
import Catalog
import Query

/// What a condition on samples asks of indexes; without documents being looked at.
indirect enum SampleQuestion {
    case constant(Bool)
    /// A condition on what the store has of the image itself, in the store's own names.
    case stored(Filter)
    /// Images that were first seen at a time that a condition on `datetime` accepts: their keys know.
    case seen(Filter)
    /// Images with a flag that says `true`.
    case flag(SampleField)
    /// Images with a box that satisfies a condition.
    case box(BoxQuestion)
    case all([SampleQuestion])
    case any([SampleQuestion])
    case not(SampleQuestion)

    /// - Returns: `nil` for what only documents can tell.
    init?(_ path: FieldPath, _ predicate: Predicate) {
        if case .all(let predicates) = predicate {
            let questions = predicates.compactMap { SampleQuestion(path, $0) }
            guard questions.count == predicates.count else { return nil }
            self = questions.isEmpty ? .constant(false) : .all(questions)
            return
        }
        let filter = Filter.field(path, predicate)
        guard let field = SampleField(rawValue: path.root) else {
            // No document has such a field.
            self = .constant(filter.matches([:]))
            return
        }
        switch field {
        case .url, .source, .height, .width, .hash, .quality:
            guard let name = field.storedName else { return nil }
            self = .stored(.field(path.renamed(name), predicate))
        case .type:
            self = .constant(filter.matches([path.root: .string(SampleField.image)]))
        case .objectsProcessed, .posesProcessed, .facesProcessed:
            switch (filter.matches([path.root: "true"]), filter.matches([path.root: "false"])) {
            case (true, false): self = .flag(field)
            case (false, true): self = .not(.flag(field))
            case (let answer, _): self = .constant(answer)
            }
        case .id:
            guard let keys = SampleQuestion.keys(path, predicate) else { return nil }
            self = keys
        case .datetime: self = .seen(filter)
        case .objects:
            guard let question = SampleQuestion.objects(path, predicate) else { return nil }
            self = question
        }
    }

    // MARK: - Private

    private static func keys(_ path: FieldPath, _ predicate: Predicate) -> SampleQuestion? {
        let texts: [String]
        switch predicate {
        case .equal(.string(let text)): texts = [text]
        case .among(let list, let patterns) where patterns.isEmpty:
            texts = list.values.compactMap(\.stringValue)
            guard texts.count == list.values.count else { return nil }
        default: return nil
        }
        guard path.components.count == 1 else { return .constant(false) }
        let keys = texts.compactMap { EntityKey(sampleID: $0) }.map { Value.string($0.description) }
        if keys.isEmpty { return .constant(false) }
        return .stored(
            .field(FieldPath(SystemField.key.rawValue), .among(ValueList(keys), patterns: [])))
    }

    /// Of the lists of boxes. There is one where somebody has looked, and none elsewhere.
    private static func objects(_ path: FieldPath, _ predicate: Predicate) -> SampleQuestion? {
        let names = path.components.dropFirst()
        guard let first = names.first else { return whole(predicate) }
        // Lists of lists are never entered by a name alone, and there is no second list.
        guard first == "0" else { return .constant(false) }
        if names.count == 1 { return list(predicate).map { .all([.flag(.objectsProcessed), $0]) } }
        let rest = Array(names.dropFirst())
        guard let name = rest.first, !name.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            !predicate.takesWholeArrays
        else { return nil }
        return BoxQuestion(.field(FieldPath(rest.joined(separator: ".")), predicate)).map { .box($0) }
    }

    /// Of the outer list as a whole.
    private static func whole(_ predicate: Predicate) -> SampleQuestion? {
        switch predicate {
        case .exists: return .constant(true)
        case .type(let types): return .constant(types.contains(.array))
        case .size(0): return .not(.flag(.objectsProcessed))
        case .size(1): return .flag(.objectsProcessed)
        case .size: return .constant(false)
        case .elementMatchesValue(let filter):
            return list(filter).map { .all([.flag(.objectsProcessed), $0]) }
        default: return nil
        }
    }

    /// Of the inner list, where there is one.
    private static func list(_ filter: Filter) -> SampleQuestion? {
        func each(_ parts: [Filter]) -> [SampleQuestion]? {
            let questions = parts.compactMap { list($0) }
            return questions.count == parts.count ? questions : nil
        }
        switch filter {
        case .all: return .constant(true)
        case .and(let parts): return each(parts).map { .all($0) }
        case .or(let parts): return each(parts).map { .any($0) }
        case .nor(let parts): return each(parts).map { .not(.any($0)) }
        case .not(let part): return list(part).map { .not($0) }
        case .field(_, let predicate): return list(predicate)
        }
    }

    private static func list(_ predicate: Predicate) -> SampleQuestion? {
        switch predicate {
        case .exists: return .constant(true)
        case .type(let types): return .constant(types.contains(.array))
        case .size(0): return BoxQuestion(.all).map { .not(.box($0)) }
        case .elementMatchesDocument(let filter): return BoxQuestion(filter).map { .box($0) }
        case .all(let predicates):
            let questions = predicates.compactMap { list($0) }
            guard questions.count == predicates.count else { return nil }
            return questions.isEmpty ? .constant(false) : .all(questions)
        default: return nil
        }
    }
}

extension FieldPath {
    /// The path with another first name.
    func renamed(_ root: String) -> FieldPath {
        FieldPath(([root] + components.dropFirst()).joined(separator: "."))
    }
}
