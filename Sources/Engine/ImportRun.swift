public import Base

/// The run that an ingest's labels belong to. It is begun in the store with the first label that is new, so
/// that an ingest that changes nothing leaves no trace.
public struct ImportRun: Sendable {
    /// What the run was asked to do.
    public var parameters: Document
    /// What its labels name as their source: `import:` and a key of its own.
    public let source: String
    /// Its number, once it has begun.
    var id: Int64?

    public init(parameters: Document) {
        self.parameters = parameters
        source = "import:\(EntityKey(at: .now()))"
    }
}
