/// When a URL that failed is tried again: after a pause that doubles with each attempt and is spread by
/// chance, so that many that failed together do not come back together.
public struct RetryPlan: Sendable, Hashable {
    /// Attempts in all.
    public var maxAttempts: Int
    /// The pause behind the first attempt.
    public var first: Duration
    /// The longest pause, `Retry-After` included.
    public var longest: Duration
    /// What the spreading is drawn from: the same seed gives the same pauses.
    public var seed: UInt64

    public init(
        maxAttempts: Int = 4, first: Duration = .seconds(1), longest: Duration = .seconds(300),
        seed: UInt64 = 0
    ) {
        self.maxAttempts = maxAttempts
        self.first = first
        self.longest = longest
        self.seed = seed
    }

    /// The pause before the next attempt; `nil` where there is to be none.
    ///
    /// Between a half and the whole of `first × 2ⁿ⁻¹` behind attempt n, at most a fifth of ``longest``; and
    /// never less than the server asked for.
    /// - Parameter attempts: Attempts so far, at least one.
    public func pause(after failure: FetchFailure, attempts: Int, of url: WebURL) -> Duration? {
        guard failure.isTransient, failure.code != .busy, attempts < maxAttempts else { return nil }
        if let asked = failure.retryAfter, asked > longest { return nil }
        let whole = min(first * (1 << min(attempts - 1, 20)), longest / 5)
        let pause = whole / 2 + whole / 2 * chance(url, attempts)
        return max(pause, failure.retryAfter ?? .zero)
    }

    /// In `0..<1`, from the seed, the URL and the attempt alone: the order of events does not matter. FNV-1a,
    /// then the last step of SplitMix64.
    private func chance(_ url: WebURL, _ attempt: Int) -> Double {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in url.description.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash &+= UInt64(attempt) &* 0x9E37_79B9_7F4A_7C15
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((hash ^ (hash >> 31)) >> 11) / Double(1 << 53)
    }
}
