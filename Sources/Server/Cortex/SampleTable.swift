import Base

/// Labelled samples as a list in CSV (RFC 4180) that spreadsheets open without running anything in it.
enum SampleTable {
    static let columns = [
        "_id", "url", "width", "height", "hash", "object_detection", "label_quality_score",
    ]
    static let header = columns.joined(separator: ",") + "\r\n"

    static func line(_ sample: Document) -> String {
        columns.map { cell(text(sample[$0])) }.joined(separator: ",") + "\r\n"
    }

    /// A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    static func cell(_ text: String) -> String {
        var text = text
        if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
        guard text.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private static func text(_ value: Value?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        case .some(let value): value.json
        }
    }
}
