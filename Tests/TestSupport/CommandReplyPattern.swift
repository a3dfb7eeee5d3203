public import Base

/// Compares replies with what a case expects, and remembers what names in angle brackets stood for.
public struct CommandReplyPattern: Sendable {
    /// What `<name>` was when it first was compared; the same name must stand for the same value later.
    public private(set) var captured: [String: Value] = [:]

    public init() {}

    /// What is different, as a path and a sentence; `nil` if `reply` is as `pattern` says.
    public mutating func difference(_ reply: Value, _ pattern: Value, at path: String = "") -> String? {
        if case .string(let text) = pattern, text == "*" || text.hasPrefix("*") || Self.isName(text) {
            return wildcard(reply, text, path)
        }
        switch (reply, pattern) {
        case (.object(let document), .object(let expected)):
            let isOpen = expected["..."] != nil
            for (key, value) in expected.members where key != "..." {
                guard let found = document[key] else { return "\(path).\(key) is missing" }
                if let difference = difference(found, value, at: "\(path).\(key)") { return difference }
            }
            if isOpen { return nil }
            let extra = document.keys.filter { expected[$0] == nil }
            return extra.isEmpty ? nil : "\(path) has \(extra.joined(separator: ", ")) besides"
        case (.array(let elements), .array(let expected)):
            let isOpen = expected.last == "..."
            let wanted = isOpen ? Array(expected.dropLast()) : expected
            guard elements.count == wanted.count || isOpen && elements.count > wanted.count else {
                return "\(path) has \(elements.count) elements, not \(wanted.count)"
            }
            for (index, value) in wanted.enumerated() {
                if let difference = difference(elements[index], value, at: "\(path)[\(index)]") {
                    return difference
                }
            }
            return nil
        default:
            if let number = reply.floatValue, let other = pattern.floatValue {
                let isClose = abs(number - other) <= 1e-5 * max(1, abs(other))
                return isClose ? nil : "\(path) is \(number), not \(other)"
            }
            return reply == pattern ? nil : "\(path) is \(reply.json), not \(pattern.json)"
        }
    }

    /// `query` with what was captured in the place of names.
    public func filled(_ query: String) -> String {
        var query = query
        for (name, value) in captured {
            query = query.split(separator: "\"\(name)\"", omittingEmptySubsequences: false)
                .joined(separator: value.json)
        }
        return query
    }

    // MARK: - Private

    private static func isName(_ text: String) -> Bool {
        text.hasPrefix("<") && text.hasSuffix(">") && text.count > 2
    }

    private mutating func wildcard(_ reply: Value, _ text: String, _ path: String) -> String? {
        switch text {
        case "*": return nil
        case "*text": return reply.stringValue == nil ? "\(path) is no text" : nil
        case "*number": return reply.floatValue == nil ? "\(path) is no number" : nil
        case "*failure":
            let status = reply.objectValue?["status"] ?? reply.arrayValue?.first?.objectValue?["status"]
            return (status?.integerValue ?? 0) < 0 ? nil : "\(path) is no failure: \(reply.json)"
        case _ where text.hasPrefix("*contains "):
            let part = text.dropFirst("*contains ".count)
            return reply.stringValue?.contains(part) == true
                ? nil : "\(path) is \(reply.json), without \(part)"
        default:
            guard Self.isName(text) else { return reply == .string(text) ? nil : "\(path) is \(reply.json)" }
            if let known = captured[text] {
                return known == reply ? nil : "\(path) is \(reply.json), \(text) was \(known.json)"
            }
            captured[text] = reply
            return nil
        }
    }
}
