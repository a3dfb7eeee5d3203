import Base

extension Value {
    /// As JSON that people read: a member a line, what is short on one.
    var indentedJSON: String { indented(by: 0) }

    private func indented(by depth: Int) -> String {
        let text = json
        guard text.utf8.count + depth > 80 else { return text }
        let inner = String(repeating: " ", count: depth + 2)
        let outer = String(repeating: " ", count: depth)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + $0.indented(by: depth + 2) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let document) where !document.isEmpty:
            let lines = document.members.map { key, value in
                inner + Value.string(key).json + ": " + value.indented(by: depth + 2)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return text
        }
    }
}
