import Glibc

/// Bounds of a share of which some were seen in a random sample.
public enum ExactBinomial {
    /// The upper end of Clopper and Pearson's one-sided interval: the least share with which at most `count`
    /// of `total` would be seen with probability `risk` or less. 1 where all were seen, or none was looked
    /// at.
    ///
    /// It holds for samples without replacement too, for which it is wider than need be. Source: Clopper and
    /// Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934.
    /// - Parameter risk: that the share is above, in `0..<1`, 0 excluded.
    /// - Complexity: O(`count`).
    public static func upperBound(_ count: Int, of total: Int, risk: Double) -> Double {
        guard total > 0, count < total else { return 1 }
        if count <= 0 { return -expm1(log(risk) / Double(total)) }
        var (low, high) = (Double(count) / Double(total), 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if atMost(count, of: total, middle) > risk { low = middle } else { high = middle }
        }
        return high
    }

    /// The probability of at most `count` of `total`, each with probability `share`, in `0..<1`, 0 excluded.
    private static func atMost(_ count: Int, of total: Int, _ share: Double) -> Double {
        guard share > 0, share < 1 else { return share <= 0 ? 1 : 0 }
        // Downwards from `count`, each term from the one above: the ratio of neighbours needs no factorial.
        let n = Double(total), k = Double(count)
        var term = exp(
            lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(share) + (n - k) * log1p(-share))
        var sum = term
        var below = k
        let odds = (1 - share) / share
        while below > 0, term > sum * 1e-17 {
            term *= below / (n - below + 1) * odds
            sum += term
            below -= 1
        }
        return min(1, sum)
    }
}
