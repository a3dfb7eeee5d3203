/// How carefully a search looks.
public enum SearchEffort: Sendable, Hashable {
    /// What is right for most: finds at least 95 of the 100 nearest on most collections.
    case standard
    /// Keeps this many candidates on its way through the graph: more of them find more, in about
    /// proportional time. Never fewer than `k`.
    case candidates(Int)
    /// Compares every match: the answer is exact.
    case exact
}
