public import Base
import Foundation

/// A file of declarative cases of commands: queries, what goes with them, and what is answered.
///
/// `Tests/QueryTests/cases/commands/README.md` describes the format. The parser's tests read the queries;
/// tests of whatever answers queries run them and compare with ``CommandReplyPattern``.
public struct CommandCaseFile: Sendable {
    /// A line that cannot be understood.
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    /// One query of a case, and what is answered.
    public struct Step: Sendable {
        /// JSON text.
        public var query: String
        /// What goes with it, by name.
        public var blobs: [String] = []
        /// The reply, with wildcards; `nil` where it does not matter.
        public var reply: Value?
        /// The blobs returned, by name, `*` for any; `nil` where they do not matter.
        public var returned: [String]?
        /// The code and the path of the error that the query alone shows, without a store.
        public var error: (code: String, path: String?)?
    }

    /// Queries that are put one after another to a store that is empty before.
    public struct Case: Sendable, CustomStringConvertible {
        public var name: String
        /// File and line.
        public var place: String
        /// `aperture` or `vdms`.
        public var dialect: String
        /// Queries put first, in the same dialect unless one of their own is named.
        public var setup: [Step]
        public var steps: [Step] = []
        /// Blobs by name.
        public var blobs: [String: [UInt8]]

        public var description: String { "\(place) \(name)" }
    }

    public let cases: [Case]

    /// The files of `Tests/QueryTests/cases/commands`.
    public static func all() throws -> [CommandCaseFile] {
        let folder = Surroundings.repository.appendingPathComponent("Tests/QueryTests/cases/commands")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "test" }.sorted { $0.path < $1.path }
            .map { try CommandCaseFile($0.lastPathComponent, text: String(contentsOf: $0, encoding: .utf8)) }
    }

    public init(_ name: String, text: String) throws {
        var reader = Reader(file: name)
        for (number, line) in CommandCaseFile.joined(text) { try reader.read(line, number) }
        cases = reader.cases
    }

    // MARK: - Private

    /// Lines without comments; one that is indented goes on with the line before it.
    private static func joined(_ text: String) -> [(number: Int, line: String)] {
        var lines: [(Int, String)] = []
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if raw.hasPrefix("#") || raw.allSatisfy({ $0 == " " }) { continue }
            if raw.hasPrefix(" "), let last = lines.indices.last {
                lines[last].1 += " " + raw.drop { $0 == " " }
            } else {
                lines.append((index + 1, String(raw)))
            }
        }
        return lines
    }

    private struct Reader {
        let file: String
        var cases: [Case] = []
        private var dialect = ""
        private var setup: [Step] = []
        private var blobs: [String: [UInt8]] = [:]
        private var isWithinSetup = false

        init(file: String) { self.file = file }

        mutating func read(_ line: String, _ number: Int) throws {
            let place = "\(file):\(number)"
            if line == "setup" {
                setup = []
                isWithinSetup = true
                return
            }
            guard let space = line.firstIndex(of: " ") else {
                throw Failure(description: "\(place): not understood: \(line)")
            }
            let key = String(line[..<space])
            let value = String(line[line.index(after: space)...])
            switch key {
            case "dialect": dialect = value
            case "blob":
                let words = value.split(separator: " ").map(String.init)
                blobs[words[0]] = try CommandCaseFile.bytes(Array(words.dropFirst()), place)
            case "case":
                isWithinSetup = false
                cases.append(
                    Case(name: value, place: place, dialect: dialect, setup: setup, blobs: blobs))
            case "query:":
                if isWithinSetup {
                    setup.append(Step(query: value))
                } else if !cases.isEmpty {
                    cases[cases.count - 1].steps.append(Step(query: value))
                } else {
                    throw Failure(description: "\(place): a query outside a case")
                }
            default:
                try changeLastStep(place) { step in try CommandCaseFile.set(key, value, of: &step, place) }
            }
        }

        private mutating func changeLastStep(_ place: String, _ change: (inout Step) throws -> Void) throws {
            if isWithinSetup, !setup.isEmpty {
                try change(&setup[setup.count - 1])
            } else if let last = cases.indices.last, let step = cases[last].steps.indices.last {
                try change(&cases[last].steps[step])
            } else {
                throw Failure(description: "\(place): no query before it")
            }
        }
    }

    private static func set(_ key: String, _ value: String, of step: inout Step, _ place: String) throws {
        switch key {
        case "blobs:": step.blobs = value.split(separator: " ").map(String.init)
        case "reply:": step.reply = try JSON.parse(value)
        case "returns:":
            step.returned = value == "nothing" ? [] : value.split(separator: " ").map(String.init)
        case "error:":
            let words = value.split(separator: " ", maxSplits: 2).map(String.init)
            step.error = (words[0], words.count == 3 ? words[2] : nil)
        default: throw Failure(description: "\(place): unknown line \(key)")
        }
    }

    /// `text WORDS`, `floats NUMBERS` (32 bits, little-endian), `picture WIDTHxHEIGHT [SEED]`.
    private static func bytes(_ words: [String], _ place: String) throws -> [UInt8] {
        switch words.first {
        case "text": return Array(words.dropFirst().joined(separator: " ").utf8)
        case "floats":
            return words.dropFirst().compactMap(Float.init).flatMap { number in
                (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
            }
        case "picture":
            let sides = words[1].split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2 else { break }
            return Picture.ppm(
                width: sides[0], height: sides[1], seed: words.count > 2 ? Int(words[2]) ?? 0 : 0)
        default: break
        }
        throw Failure(description: "\(place): a blob is text, floats or a picture")
    }
}
