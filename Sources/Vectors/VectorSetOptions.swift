/// How a set is kept.
public struct VectorSetOptions: Sendable {
    /// Whether codes and graph are made by a thread in the background as rows are published. Otherwise
    /// ``VectorSet/build(cancellation:)`` makes them when it is called. All sets of the process share the
    /// thread.
    public var buildsInBackground = true

    public init() {}
}
