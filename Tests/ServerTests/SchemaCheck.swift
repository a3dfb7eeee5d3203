import Base

/// Compares values with JSON schemas, as far as our own description of the interface uses them.
///
/// A keyword that it does not know is a fault, so that a schema cannot promise what nobody compared.
struct SchemaCheck {
    /// What `#/…` of a reference points into.
    let document: Document

    /// What is wrong with `value`; empty where it is as `schema` says.
    func faults(of value: Value, in schema: Document, at place: String = "$") -> [String] {
        if let reference = schema["$ref"]?.stringValue {
            guard let found = resolve(reference) else { return ["\(place): no schema \(reference)"] }
            return faults(of: value, in: found, at: place)
        }
        return schema.members.flatMap { keyword, wanted in fault(value, schema, keyword, wanted, place) }
    }

    /// What a reference such as `#/components/schemas/Error` names.
    func resolve(_ reference: String) -> Document? {
        var found = document
        for name in reference.split(separator: "/").dropFirst() {
            guard let next = found[String(name)]?.objectValue else { return nil }
            found = next
        }
        return found
    }

    private func fault(
        _ value: Value, _ schema: Document, _ keyword: String, _ wanted: Value, _ place: String
    ) -> [String] {
        switch keyword {
        case "description", "examples": return []
        case "type":
            return has(value, type: wanted.stringValue)
                ? [] : ["\(place): \(value.json) is no \(wanted.json)"]
        case "format":
            // Of JSON nothing is binary.
            return ["\(place): the format \(wanted.json)"]
        case "enum":
            return wanted.arrayValue?.contains(value) == true
                ? [] : ["\(place): \(value.json) is none of them"]
        case "pattern":
            guard let text = value.stringValue, let pattern = try? Regex(wanted.stringValue ?? "") else {
                return ["\(place): no text, or no pattern"]
            }
            return text.contains(pattern) ? [] : ["\(place): \(text) is not \(wanted.json)"]
        case "minimum":
            return (value.floatValue ?? -.infinity) >= (wanted.floatValue ?? .infinity)
                ? [] : ["\(place): too small"]
        case "maximum":
            return (value.floatValue ?? .infinity) <= (wanted.floatValue ?? -.infinity)
                ? [] : ["\(place): too large"]
        case "properties":
            return (value.objectValue?.members ?? []).flatMap { name, member in
                (wanted.objectValue?[name]?.objectValue).map {
                    faults(of: member, in: $0, at: "\(place).\(name)")
                } ?? []
            }
        case "required":
            let missing = (wanted.arrayValue ?? []).compactMap(\.stringValue)
                .filter { value.objectValue?[$0] == nil }
            return missing.map { "\(place): lacks \($0)" }
        case "additionalProperties":
            guard let each = wanted.objectValue else { return wanted == true ? [] : ["\(place): not known"] }
            let named = schema["properties"]?.objectValue ?? Document()
            return (value.objectValue?.members ?? []).filter { named[$0.key] == nil }
                .flatMap { name, member in faults(of: member, in: each, at: "\(place).\(name)") }
        case "anyOf":
            let each = (wanted.arrayValue ?? []).map { schema in
                schema.objectValue.map { faults(of: value, in: $0, at: place) }
                    ?? ["\(place): a schema that is no object"]
            }
            return each.contains { $0.isEmpty } ? [] : ["\(place): none of anyOf fits"] + each.joined()
        case "minItems":
            return (value.arrayValue?.count ?? 0) >= (wanted.integerValue ?? .max)
                ? [] : ["\(place): too few"]
        case "items":
            let each = wanted.objectValue ?? Document()
            return (value.arrayValue ?? []).enumerated()
                .flatMap { index, element in faults(of: element, in: each, at: "\(place)[\(index)]") }
        default: return ["\(place): the keyword '\(keyword)' is not known here"]
        }
    }

    private func has(_ value: Value, type: String?) -> Bool {
        switch type {
        case "object": value.objectValue != nil
        case "array": value.arrayValue != nil
        case "string": value.stringValue != nil
        case "boolean": value.booleanValue != nil
        case "integer": value.integerValue != nil
        case "number": value.floatValue != nil
        default: false
        }
    }
}
