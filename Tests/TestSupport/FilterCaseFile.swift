public import Base
import Foundation

/// A file of declarative cases of filters, sort orders and projections.
///
/// `Tests/QueryTests/cases/README.md` describes the format. Tests of whatever finds documents run the cases.
public struct FilterCaseFile: Sendable, CustomStringConvertible {
    /// A line that cannot be understood.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// Named documents, in the order they are stored.
    public struct Documents: Sendable {
        /// The file's name and a number, as in `sort3`: no other documents have it.
        public var name: String
        public var all: [(name: String, document: Document)] = []
    }

    /// A query and what it answers.
    public struct Case: Sendable, CustomStringConvertible {
        public var name: String
        /// File and line.
        public var place: String
        public var documents: Documents
        public var filter = "{}"
        public var sort: String?
        public var skip = 0
        /// 0 for none.
        public var limit = 0
        public var projection: String?
        public var expectedNames: [String]?
        public var expectedDocuments: [Value]?
        public var expectedCount: Int?
        public var expectedError: (code: String, path: String?)?

        public var description: String { "\(place) \(name)" }
    }

    /// The file's name.
    public let name: String
    public let cases: [Case]

    public var description: String { name }

    /// The files of `Tests/QueryTests/cases`.
    public static func all() throws -> [FilterCaseFile] {
        let folder = Surroundings.repository.appendingPathComponent("Tests/QueryTests/cases")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "test" }.sorted { $0.path < $1.path }
            .map { try FilterCaseFile($0.lastPathComponent, text: String(contentsOf: $0, encoding: .utf8)) }
    }

    public init(_ name: String, text: String) throws {
        var cases: [Case] = []
        var documents = Documents(name: "")
        var blockCount = 0
        var isWithinDocuments = false
        for (index, rawLine) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = rawLine.drop { $0 == " " }
            let place = "\(name):\(index + 1)"
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if line == "documents" {
                blockCount += 1
                documents = Documents(name: name.prefix { $0 != "." } + "\(blockCount)")
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
                    documents.all.append((key, document))
                } else if cases.isEmpty {
                    throw Failure(description: "\(place): \(key) outside a case")
                } else {
                    try FilterCaseFile.set(key, value, of: &cases[cases.count - 1], place)
                }
            }
        }
        self.name = name
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
