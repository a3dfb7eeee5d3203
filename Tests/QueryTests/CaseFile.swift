import Base
import Foundation

/// A file of declarative cases; `cases/README.md` describes the format.
struct CaseFile: Sendable {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Named documents, in the order they are stored.
    typealias Documents = [(name: String, document: Document)]

    struct Case: Sendable, CustomStringConvertible {
        var name: String
        var place: String
        var documents: Documents
        var filter = "{}"
        var sort: String?
        var skip = 0
        var limit = 0
        var projection: String?
        var expectedNames: [String]?
        var expectedDocuments: [Value]?
        var expectedCount: Int?
        var expectedError: (code: String, path: String?)?

        var description: String { "\(place) \(name)" }
    }

    let cases: [Case]

    /// The `.test` files of the folder `cases` beside this file.
    static func all() throws -> [CaseFile] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "cases")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "test" }.sorted { $0.path < $1.path }
            .map { try CaseFile($0.lastPathComponent, text: String(contentsOf: $0, encoding: .utf8)) }
    }

    init(_ name: String, text: String) throws {
        var cases: [Case] = []
        var documents: Documents = []
        var isWithinDocuments = false
        for (index, rawLine) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = rawLine.drop { $0 == " " }
            let place = "\(name):\(index + 1)"
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if line == "documents" {
                documents = []
                isWithinDocuments = true
            } else if line.hasPrefix("case ") {
                isWithinDocuments = false
                cases.append(Case(name: String(line.dropFirst(5)), place: place, documents: documents))
            } else {
                guard let colon = line.firstIndex(of: ":") else {
                    throw Failure(description: "\(place): no colon")
                }
                let key = String(line[..<colon])
                let value = String(line[line.index(after: colon)...].drop { $0 == " " })
                if isWithinDocuments {
                    guard let document = try JSON.parse(value).objectValue else {
                        throw Failure(description: "\(place): no object")
                    }
                    documents.append((key, document))
                } else if cases.isEmpty {
                    throw Failure(description: "\(place): \(key) outside a case")
                } else {
                    try CaseFile.set(key, value, of: &cases[cases.count - 1], place)
                }
            }
        }
        self.cases = cases
    }

    private static func set(_ key: String, _ value: String, of test: inout Case, _ place: String) throws {
        switch key {
        case "filter": test.filter = value
        case "sort": test.sort = value
        case "skip": test.skip = try number(value, place)
        case "limit": test.limit = try number(value, place)
        case "projection": test.projection = value
        case "expect": test.expectedNames = value.split(separator: " ").map(String.init)
        case "return": test.expectedDocuments = (test.expectedDocuments ?? []) + [try JSON.parse(value)]
        case "count": test.expectedCount = try number(value, place)
        case "error":
            let words = value.split(separator: " ", maxSplits: 2).map(String.init)
            test.expectedError = (words[0], words.count == 3 ? words[2] : nil)
        default: throw Failure(description: "\(place): unknown line \(key)")
        }
    }

    private static func number(_ text: String, _ place: String) throws -> Int {
        guard let number = Int(text) else { throw Failure(description: "\(place): no number") }
        return number
    }
}
