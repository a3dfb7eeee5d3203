public import Base
import Engine

extension Cascade {
    /// The longest text of a cascade, in bytes.
    public static let longestText = 1 << 20

    /// Reads a cascade from text: JSON where it begins with a brace, otherwise ``YAML``.
    /// - Throws: `EngineError` with the code `invalidRequest`, with the line of what is no YAML, and
    ///   otherwise as ``init(document:)``.
    public init(text: [UInt8]) throws {
        try self.init(document: Cascade.document(text: text))
    }

    /// The members that a text tells.
    /// - Throws: as ``init(text:)``.
    public static func document(text: [UInt8]) throws -> Document {
        func refusal(_ what: String, _ cause: (any Error)? = nil) -> EngineError {
            EngineError(.invalidRequest, what, path: "cascade", cause: cause)
        }
        guard text.count <= longestText else {
            throw refusal("a cascade of \(text.count) bytes; the limit is \(longestText)")
        }
        let value: Value
        if text.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
            do throws(JSONError) {
                value = try JSON.parse(text)
            } catch {
                throw refusal("the cascade is no JSON: \(error)", error)
            }
        } else {
            do throws(YAMLError) {
                value = try YAML.parse(text)
            } catch {
                throw refusal("the cascade is no YAML: \(error)", error)
            }
        }
        guard let document = value.objectValue else {
            throw refusal("a cascade is a map with 'stages'; docs/cascades.md shows one")
        }
        return document
    }

    /// The cascade as ``init(document:)`` reads it, with all that was left to defaults.
    public var document: Document {
        var document: Document = ["name": .string(name)]
        if let framesPerSecond { document.append("fps", .float(framesPerSecond)) }
        if hold > 0 { document.append("hold", .float(hold)) }
        if let targetRecall { document.append("target_recall", .float(targetRecall)) }
        document.append("confidence", .float(confidence))
        document.append("seed", .integer(Int64(clamping: seed)))
        document.append(
            "stages",
            .array(stages.map { ["models": .array($0.models.map { .object($0.document) })] }))
        return document
    }
}

extension Cascade.Model {
    /// What a stage's member `models` has.
    fileprivate var document: Document {
        func names(_ restriction: Cascade.ClassRestriction) -> Value {
            .array(
                restriction.classes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) })
        }
        var document: Document = ["model": .string(name)]
        if let version { document.append("version", .string(version)) }
        document.append("threshold", .float(threshold))
        if let finding { document.append("classes", names(finding)) }
        if let taking {
            document.append(
                "class_restrictions", ["classes": names(taking), "keep": .boolean(taking.keeps)])
        }
        return document
    }
}
