/// How a set is kept.
public struct VectorSetOptions: Sendable {
    /// Whether codes and graph are made by a thread in the background as rows are published. Otherwise
    /// ``VectorSet/build(cancellation:)`` makes them when it is called. All sets of the process share the
    /// thread.
    public var buildsInBackground = true
    /// Whether the files are only read, as where their folder may not be written to. What is derived from
    /// them is not saved then.
    public var isReadOnly = false

    public init() {}
}
