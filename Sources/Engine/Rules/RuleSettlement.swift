/// What applying all rules to what has changed came to.
public struct RuleSettlement: Sendable, Hashable {
    /// A rule that could not be applied, and why.
    public struct Failure: Sendable, Hashable {
        public var rule: String
        public var reason: String
    }

    /// What became of the labels of each rule that was applied, by the rules' ids.
    public var outcomes: [RuleOutcome] = []
    public var failures: [Failure] = []
    /// Rules that still changed labels in the last round, as two do that contradict each other.
    public var unsettled: [String] = []
    /// The newest commit when nothing was left to be done.
    public var commit: UInt64 = 0
}
