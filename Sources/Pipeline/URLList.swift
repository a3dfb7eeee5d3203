import Base
import Engine
import SystemPackage

/// A list of URLs: a `.csv` or `.tsv` file whose first line names the columns, a `.jsonl` file with an object
/// a line, or any other file with a URL a line.
///
/// Besides the columns of the URL and of the caption, `label` is a label, `sha256` the digest that the bytes
/// are to have, and columns that are left out or say what the file itself says (`width`, `bytes`, …) say
/// nothing; every other column is a property. In plain lists a line that begins with `#` is a comment.
struct URLList {
    /// How the columns of lists are called.
    struct Columns: Sendable {
        var url = "url"
        var caption = "caption"
        /// Whether a list without the column of captions is refused.
        var needsCaption = false
        var ignored: Set<String> = []
    }

    private enum Role { case url, caption, label, digest, property, nothing }

    private let file: ListFile
    private let columns: Columns

    init(_ path: FilePath, columns: Columns) {
        file = ListFile(path: path)
        self.columns = columns
    }

    /// Hands over each row in order; `false` from `body` ends the reading, and is returned.
    /// - Throws: what is wrong with the list as a whole: unreadable, no column of URLs, a quote left open.
    func forEach(_ body: (CollectItem) -> Bool) throws -> Bool {
        switch file.path.extension?.lowercased() {
        case "csv": return try readTable(separator: UInt8(ascii: ","), body)
        case "tsv": return try readTable(separator: UInt8(ascii: "\t"), body)
        case "jsonl", "ndjson": return try readObjects(body)
        case "parquet", "gz", "zst", "zip", "tar", "xlsx":
            throw ListFile.Unreadable(
                description: "lists are read as text, .csv, .tsv or .jsonl: convert this one first")
        default: return try readLines(body)
        }
    }

    // MARK: - Private

    private func readLines(_ body: (CollectItem) -> Bool) throws -> Bool {
        try file.forEachLine { line, number in
            let place = file.place(ofLine: number)
            guard let line else { return body(tooLong(place)) }
            if line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "#") { return true }
            guard let text = String(validating: line, as: UTF8.self) else {
                return body(CollectItem(url: "", place: place, failure: "the line is no UTF-8"))
            }
            return body(CollectItem(url: text, place: place))
        }
    }

    private func readTable(separator: UInt8, _ body: (CollectItem) -> Bool) throws -> Bool {
        try file.forEachRecord(separator: separator, header: header) { fields, columns, number in
            body(row(fields, columns, file.place(ofLine: number)))
        }
    }

    /// The columns' names and what each is. A name that no property can have is told here once, and not in
    /// every row.
    private func header(_ fields: [[UInt8]]) throws -> [(name: String, role: Role)] {
        var names = fields.map { FileTree.shown($0) }
        if let first = names.first, first.hasPrefix("\u{FEFF}") { names[0] = String(first.dropFirst()) }
        for (name, isNeeded, flag) in [
            (columns.url, true, "--url-column"), (columns.caption, columns.needsCaption, "--caption-column"),
        ] where isNeeded && !names.contains(name) {
            throw ListFile.Unreadable(
                description:
                    "no column is named '\(name)'; the columns are \(names.joined(separator: ", ")): name it with \(flag)"
            )
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw ListFile.Unreadable(description: "two columns are named '\(twice)'")
        }
        return try names.enumerated().map { index, name in
            let role = role(of: name)
            if role == .property {
                do throws(EngineError) {
                    try Store.checkGiven(property: name)
                } catch {
                    throw ListFile.Unreadable(
                        description:
                            "column \(index + 1): \(error); name it in the first line, or leave it out with --ignore-column; nothing of the list was collected"
                    )
                }
            }
            return (name, role)
        }
    }

    private func role(of name: String) -> Role {
        if name == columns.url { return .url }
        if columns.ignored.contains(name) { return .nothing }
        if name == columns.caption { return .caption }
        switch name {
        case "label": return .label
        case "sha256": return .digest
        default: return Store.isOfFile(property: name) ? .nothing : .property
        }
    }

    private func row(
        _ fields: [[UInt8]], _ columns: [(name: String, role: Role)], _ place: String
    ) -> CollectItem {
        var item = CollectItem(url: "", place: place)
        guard fields.count == columns.count else {
            item.failure = "the line has \(fields.count) fields, the header has \(columns.count)"
            return item
        }
        for (column, field) in zip(columns, fields) where column.role != .nothing {
            guard let text = String(validating: field, as: UTF8.self) else {
                item.failure = "the column '\(column.name)' is no UTF-8"
                continue
            }
            switch column.role {
            case .url: item.url = text
            case .caption: if !text.isEmpty { item.captions.append(text) }
            case .label: if !text.isEmpty { item.labels.append(text) }
            case .digest: take(digest: text, into: &item)
            case .property: if let value = Value(inferredFrom: text) { item.properties[column.name] = value }
            case .nothing: break
            }
        }
        if item.url.isEmpty, item.failure == nil { item.failure = "the URL is empty" }
        return item
    }

    private func readObjects(_ body: (CollectItem) -> Bool) throws -> Bool {
        try file.forEachLine { line, number in
            let place = file.place(ofLine: number)
            guard let line else { return body(tooLong(place)) }
            return body(object(line, place))
        }
    }

    private func object(_ line: [UInt8], _ place: String) -> CollectItem {
        var item = CollectItem(url: "", place: place)
        let object: Document
        do throws(JSONError) {
            guard let parsed = try JSON.parse(line).objectValue else {
                item.failure = "the line is no JSON object"
                return item
            }
            object = parsed
        } catch {
            item.failure = "the line is no JSON: \(error)"
            return item
        }
        for (name, value) in object.members {
            switch (role(of: name), value) {
            case (.nothing, _), (.caption, .null), (.label, .null), (.digest, .null): break
            case (.url, .string(let text)): item.url = text
            case (.caption, _), (.label, _):
                let texts = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue)
                guard let texts, texts.count == value.arrayValue?.count ?? 1 else {
                    item.failure = "'\(name)' must be text or a list of texts"
                    continue
                }
                if role(of: name) == .label { item.labels += texts } else { item.captions += texts }
            case (.digest, .string(let text)): take(digest: text, into: &item)
            case (.url, _), (.digest, _): item.failure = "'\(name)' must be text"
            case (.property, _):
                guard let dated = value.withDates else {
                    item.failure =
                        "'\(name)' has a date that is none: \(value.json); dates are {\"$date\": \"2024-05-06T07:08:09Z\"}"
                    continue
                }
                item.properties[name] = dated
            }
        }
        if item.url.isEmpty, item.failure == nil { item.failure = "the line has no '\(columns.url)'" }
        return item
    }

    private func take(digest text: String, into item: inout CollectItem) {
        if text.isEmpty { return }
        guard let digest = SHA256Digest(text) else {
            item.failure = "'sha256' must be 64 hexadecimal digits, not '\(text.prefix(80))'"
            return
        }
        item.digest = digest
    }

    private func tooLong(_ place: String) -> CollectItem {
        CollectItem(url: "", place: place, failure: "the line is longer than \(ListFile.maxLine) bytes")
    }
}
