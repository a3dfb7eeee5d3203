public import Base
import Engine
import SystemPackage

extension IngestRequest {
    /// The request with every path made absolute against this process's working directory.
    public var absolute: IngestRequest {
        var request = self
        request.paths = paths.map(FileTree.absolute)
        return request
    }

    /// The request as it goes over the holder's socket. A path that is no UTF-8 goes as hexadecimal digits of
    /// its bytes.
    public var document: Document {
        return [
            "paths": .array(paths.map(FileTree.document)),
            "properties": Value.object(properties).withTaggedDates,
            "label_from": .string(labelSource.rawValue),
            "reference": .boolean(isReference),
        ]
    }

    /// Reads what ``document`` wrote.
    /// - Throws: ``EngineError/Code/invalidRequest`` naming the member that is wrong.
    public init(document: Document) throws {
        func refuse(_ member: String, _ what: String) -> EngineError {
            EngineError(.invalidRequest, "'\(member)' must be \(what)", path: member)
        }
        guard let paths = document["paths"]?.arrayValue, !paths.isEmpty else {
            throw refuse("paths", "a list of at least one path")
        }
        let files = try paths.map { path -> FilePath in
            guard let file = FileTree.path(path) else {
                throw refuse("paths", "a list of texts, or of objects with 'hex'")
            }
            guard file.isAbsolute else { throw refuse("paths", "absolute: '\(file)' is not") }
            return file
        }
        let source = document["label_from"]?.stringValue ?? LabelSource.none.rawValue
        guard let labelSource = LabelSource(rawValue: source) else {
            throw refuse(
                "label_from", "one of \(LabelSource.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let given = document["properties"] ?? .object([:])
        guard let properties = given.withDates(zone: .local)?.objectValue else {
            throw refuse("properties", "an object")
        }
        self.init(
            paths: files, properties: properties, labelSource: labelSource,
            isReference: document["reference"]?.booleanValue ?? false)
    }
}
