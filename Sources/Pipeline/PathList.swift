import Base
import Engine
import SystemPackage

/// A list of files with properties: a `.csv` file whose first line names the columns, or a `.jsonl` file with
/// an object on each line. `path` names the file, relative to the list; `label` is a label; every other
/// column is a property.
struct PathList {
    struct Row {
        var path: FilePath
        var properties: Document = [:]
        var labels: [String] = []
        var failure: String?
    }

    private let file: ListFile

    init(_ path: FilePath) { file = ListFile(path: path) }

    /// Whether the name of `path` ends in `.csv` or `.jsonl`.
    static func isList(_ path: FilePath) -> Bool {
        guard let ending = path.extension?.lowercased() else { return false }
        return ending == "csv" || ending == "jsonl"
    }

    /// Hands over each row in order; `false` from `body` ends the reading, and is returned.
    /// - Throws: What is wrong with the list as a whole: unreadable, no `path` column, a quote left open.
    func forEach(_ body: (Row) -> Bool) throws -> Bool {
        file.path.extension?.lowercased() == "csv" ? try readCSV(body) : try readLines(body)
    }

    // MARK: - Private

    private func readCSV(_ body: (Row) -> Bool) throws -> Bool {
        try file.forEachRecord(separator: UInt8(ascii: ","), header: header) { fields, names, line in
            body(row(fields, names, line))
        }
    }

    /// The names of the columns. A name that no property can have is told here once, and not in every row.
    private func header(_ fields: [[UInt8]]) throws -> [String] {
        var names = fields.map { FileTree.shown($0) }
        if let first = names.first, first.hasPrefix("\u{FEFF}") { names[0] = String(first.dropFirst()) }
        guard names.contains("path") else {
            throw ListFile.Unreadable(
                description: "no column is named 'path'; the columns are \(names.joined(separator: ", "))")
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ListFile.Unreadable(description: "two columns are named '\(twice)'")
        }
        for (index, name) in names.enumerated() where name != "path" && name != "label" {
            if name.isEmpty {
                throw ListFile.Unreadable(
                    description: "column \(index + 1) has no name: name it in the first line, or take it out")
            }
            do throws(EngineError) {
                try Store.checkGiven(property: name)
            } catch {
                throw ListFile.Unreadable(
                    description: "column \(index + 1): \(error); nothing of the list was added")
            }
        }
        return names
    }

    private func row(_ fields: [[UInt8]], _ names: [String], _ line: Int) -> Row {
        guard fields.count == names.count else {
            return Row(
                path: place(ofLine: line),
                failure: "line \(line) has \(fields.count) fields, the header has \(names.count)")
        }
        var row = Row(path: FilePath(""))
        for (name, field) in zip(names, fields) {
            if name == "path" {
                row.path = FileTree.appending(
                    field, to: FilePath(field.first == UInt8(ascii: "/") ? "/" : ""))
                continue
            }
            guard let text = String(validating: field, as: UTF8.self) else {
                row.failure = "line \(line): the column '\(name)' is no UTF-8"
                continue
            }
            if name == "label" {
                if !text.isEmpty { row.labels.append(text) }
            } else if let value = Value(inferredFrom: text) {
                row.properties[name] = value
            }
        }
        if row.path.isEmpty { row.failure = "line \(line): the path is empty" }
        return row
    }

    private func readLines(_ body: (Row) -> Bool) throws -> Bool {
        try file.forEachLine { line, number in
            if let line { return body(row(line, number)) }
            let reason = "line \(number) is longer than \(ListFile.maxLine) bytes"
            return body(Row(path: place(ofLine: number), failure: reason))
        }
    }

    private func row(_ bytes: [UInt8], _ number: Int) -> Row {
        let place = place(ofLine: number)
        do throws(JSONError) {
            guard let object = try JSON.parse(bytes).objectValue else {
                return Row(path: place, failure: "line \(number) is no JSON object")
            }
            guard let path = object["path"]?.stringValue, !path.isEmpty else {
                return Row(path: place, failure: "line \(number) has no 'path', or one that is no text")
            }
            var row = Row(path: FilePath(path))
            for (key, value) in object.members where key != "path" {
                switch (key, value) {
                case ("label", .string(let label)): row.labels.append(label)
                case ("label", .array(let labels)) where labels.allSatisfy({ $0.stringValue != nil }):
                    row.labels += labels.compactMap(\.stringValue)
                case ("label", .null): break
                case ("label", _): row.failure = "line \(number): 'label' must be text or a list of texts"
                default:
                    guard let dated = value.withDates else {
                        row.failure =
                            "line \(number): '\(key)' has a date that is none: \(value.json); dates are {\"$date\": \"2024-05-06T07:08:09Z\"}"
                        continue
                    }
                    row.properties[key] = dated
                }
            }
            return row
        } catch {
            return Row(path: place, failure: "line \(number) is no JSON: \(error)")
        }
    }

    /// What a row is called that names no file.
    private func place(ofLine number: Int) -> FilePath {
        FilePath(file.place(ofLine: number))
    }
}
