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
        case keys([String])
        case digests([String])
        /// Entities with a class label of one of these names.
        case labels([String])
    }

    /// Whether the documents that decide need their labels.
    var needsLabels: Bool { self == .label || self == .labels }

    /// What to ask, where equality with texts is all that `predicate` says; `nil` where documents must
    /// decide.
    func lookUp(_ predicate: Predicate) -> Question? {
        let texts: [String]
        switch predicate {
        case .equal(.string(let text)): texts = [text]
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
        case .labels: nil
        }
    }
}
