import Base
import Query

/// A field that is shown with an entity and is no property of it.
enum SystemField: String {
    case id = "_uniqueid"
    case key = "_key"
    case digest = "sha256"
    case label
    case labels

    /// The field that `path` begins in; `nil` for a property.
    init?(_ path: FieldPath) { self.init(rawValue: path.root) }

    /// What an index can be asked.
    enum Question {
        case ids([String])
        /// Entities whose number within the class lies before or behind that of an id.
        case idsBefore(EntityID, orEqual: Bool)
        case idsBehind(EntityID, orEqual: Bool)
        case keys([String])
        case digests([String])
        /// Entities with a class label of one of these names; with any where `nil`.
        case labels([String]?)
        /// Entities with a label of any kind of one of these names; that names a class where `nil`.
        case labelsOfAnyKind([String]?)
        /// Entities with a label of any kind.
        case labelled
    }

    /// Whether the documents that decide need their labels.
    var needsLabels: Bool { self == .label || self == .labels }

    /// What to ask, where equality with texts is all that `predicate` says; `nil` where documents must
    /// decide.
    ///
    /// `_uniqueid` is ordered by its numbers, as in a sort: 1.0.9 is less than 1.0.10.
    func lookUp(_ path: FieldPath, _ predicate: Predicate) -> Question? {
        let isWhole = path.components.count == 1
        guard isWhole || path.isLabelClass else { return nil }

        if self == .id, let range = SystemField.range(predicate) { return range }
        let texts: [String]
        switch predicate {
        case .equal(.string(let text)): texts = [text]
        case .isA(_, let members): texts = members.values.compactMap(\.stringValue)
        case .exists where self == .label: return .labels(nil)
        case .exists where self == .labels && isWhole: return .labelled
        case .exists where path.isLabelClass: return .labelsOfAnyKind(nil)
        case .among(let list, let patterns) where patterns.isEmpty:
            let strings = list.values.compactMap(\.stringValue)
            guard strings.count == list.values.count else { return nil }
            texts = strings
        default: return nil
        }
        return switch self {
        case .id: .ids(texts)
        case .key: .keys(texts)
        case .digest: .digests(texts)
        case .label: .labels(texts)
        case .labels: path.isLabelClass ? .labelsOfAnyKind(texts) : nil
        }
    }

    private static func range(_ predicate: Predicate) -> Question? {
        switch predicate {
        case .less(.string(let text)): EntityID(text).map { .idsBefore($0, orEqual: false) }
        case .lessOrEqual(.string(let text)): EntityID(text).map { .idsBefore($0, orEqual: true) }
        case .greater(.string(let text)): EntityID(text).map { .idsBehind($0, orEqual: false) }
        case .greaterOrEqual(.string(let text)): EntityID(text).map { .idsBehind($0, orEqual: true) }
        default: nil
        }
    }
}

extension FieldPath {
    /// The classes of labels of any kind.
    static let labelClass = "labels.class"

    /// Whether it is ``labelClass``.
    var isLabelClass: Bool {
        components.count == 2 && root == SystemField.labels.rawValue && components[1] == "class"
    }
}
