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

    let file: FilePath
    private static let maxLine = 16 << 20

    init(_ file: FilePath) { self.file = file }

    /// Whether the name of `path` ends in `.csv` or `.jsonl`.
    static func isList(_ path: FilePath) -> Bool {
        guard let ending = path.extension?.lowercased() else { return false }
        return ending == "csv" || ending == "jsonl"
    }

    /// Hands over each row in order; `false` from `body` ends the reading, and is returned.
    /// - Throws: What is wrong with the list as a whole: unreadable, no `path` column, a quote left open.
    func forEach(_ body: (Row) -> Bool) throws -> Bool {
        file.extension?.lowercased() == "csv" ? try readCSV(body) : try readLines(body)
    }

    // MARK: - Private

    private struct Unreadable: Error, CustomStringConvertible { var description: String }
    private struct Ended: Error {}

    private func readCSV(_ body: (Row) -> Bool) throws -> Bool {
        var reader = CSVReader()
        var columns: [String]?
        func take(_ fields: [[UInt8]], _ line: Int) throws {
            guard let names = columns else {
                columns = try header(fields)
                return
            }
            if !body(row(fields, names, line)) { throw Ended() }
        }
        do {
            try pieces { try reader.read($0, take) }
            try reader.finish(take)
        } catch is Ended {
            return false
        } catch let failure as CSVReader.Failure {
            throw Unreadable(
                description: "line \(failure.line): \(failure.message); the rest of the list was not read")
        }
        guard columns != nil else {
            throw Unreadable(description: "the list is empty: its first line must name the columns")
        }
        return true
    }

    /// The names of the columns. A name that no property can have is told here once, and not in every row.
    private func header(_ fields: [[UInt8]]) throws -> [String] {
        var names = fields.map { FileTree.shown($0) }
        if let first = names.first, first.hasPrefix("\u{FEFF}") { names[0] = String(first.dropFirst()) }
        guard names.contains("path") else {
            throw Unreadable(
                description: "no column is named 'path'; the columns are \(names.joined(separator: ", "))")
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Unreadable(description: "two columns are named '\(twice)'")
        }
        for (index, name) in names.enumerated() where name != "path" && name != "label" {
            if name.isEmpty {
                throw Unreadable(
                    description: "column \(index + 1) has no name: name it in the first line, or take it out")
            }
            do throws(EngineError) {
                try Store.checkGiven(property: name)
            } catch {
                throw Unreadable(description: "column \(index + 1): \(error); nothing of the list was added")
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
        var line: [UInt8] = []
        var number = 0
        var isTooLong = false
        func take() throws {
            number += 1
            defer {
                line.removeAll(keepingCapacity: true)
                isTooLong = false
            }
            if isTooLong {
                let reason = "line \(number) is longer than \(PathList.maxLine) bytes"
                if !body(Row(path: place(ofLine: number), failure: reason)) { throw Ended() }
                return
            }
            if line.last == 0x0D { line.removeLast() }
            // What Windows programs put before UTF-8.
            if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
            if !body(row(line, number)) { throw Ended() }
        }
        do {
            try pieces { piece in
                for byte in piece {
                    if byte == 0x0A {
                        try take()
                    } else if line.count < PathList.maxLine {
                        line.append(byte)
                    } else {
                        isTooLong = true
                    }
                }
            }
            if !line.isEmpty { try take() }
        } catch is Ended {
            return false
        }
        return true
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
        FilePath("\(file.lastComponent?.string ?? "list"):\(number)")
    }

    /// Reads the file in pieces of 64 KiB.
    private func pieces(_ body: (ArraySlice<UInt8>) throws -> Void) throws {
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        } catch let error as Errno {
            throw Unreadable(description: IngestSource.reason(error))
        }
        try descriptor.closeAfter {
            var buffer = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                if count == 0 { return }
                try body(buffer[..<count])
            }
        }
    }
}

extension Value {
    /// This value with each `{"$date": …}` in it turned into a date-time; `nil` where one is no date.
    fileprivate var withDates: Value? {
        switch self {
        case .object(let object):
            if object.count == 1, let date = object["$date"] ?? object["_date"] {
                return date.stringValue.flatMap { DateTime(iso8601: $0) }.map(Value.dateTime)
            }
            var dated = Document()
            for (key, value) in object.members {
                guard let value = value.withDates else { return nil }
                dated[key] = value
            }
            return .object(dated)
        case .array(let elements):
            let dated = elements.compactMap(\.withDates)
            return dated.count == elements.count ? .array(dated) : nil
        default: return self
        }
    }
}
