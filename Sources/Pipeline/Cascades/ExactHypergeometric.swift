import Glibc

/// Bounds of how many of a known number are marked, of which some were seen in a random sample without
/// replacement.
///
/// Where the sample is a good part of the whole they are far narrower than those of a binomial, and nothing
/// is left open where all were looked at.
public enum ExactHypergeometric {
    /// The greatest number of marked ones with which at most `seen` would be seen with a probability above
    /// `risk`: that there are more is said wrongly with probability `risk` at most.
    ///
    /// The one-sided bound by inverting the test, as for the binomial by Clopper and Pearson. Source:
    /// Buonaccorsi, "A note on confidence intervals for proportions in finite populations", The American
    /// Statistician 41, 1987.
    /// - Parameters:
    ///   - seen: marked ones among the sample, in `0...sampled`.
    ///   - sampled: in `0...population`.
    ///   - risk: in `0..<1`, 0 excluded.
    /// - Complexity: O(`seen` · log `population`).
    public static func mostMarked(seen: Int, of sampled: Int, in population: Int, risk: Double) -> Int {
        var (low, high) = (seen, population - sampled + seen)
        while low < high {
            let middle = low + (high - low + 1) / 2
            if atMost(seen, of: sampled, in: population, marked: middle) > risk {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return low
    }

    /// How many must be looked at, so that `most` at most are marked where `seen` of them are; all where
    /// nothing less shows it.
    /// - Complexity: O(`seen` · log `population`).
    public static func sampleSize(
        showing most: Int, seen: Int, in population: Int, risk: Double
    ) -> Int {
        guard most >= seen, most < population else { return most >= population ? 0 : population }
        var (low, high) = (seen, population)
        while low < high {
            let middle = (low + high) / 2
            if atMost(seen, of: middle, in: population, marked: most + 1) <= risk {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }

    /// The probability that at most `count` of `sampled` are marked, where `marked` of `population` are.
    static func atMost(_ count: Int, of sampled: Int, in population: Int, marked: Int) -> Double {
        let least = max(0, sampled - (population - marked))
        let count = min(count, min(sampled, marked))
        guard count >= least else { return 0 }
        if count == min(sampled, marked) { return 1 }
        func choices(_ count: Double, of total: Double) -> Double {
            lgamma(total + 1) - lgamma(count + 1) - lgamma(total - count + 1)
        }
        let (n, k, all) = (Double(sampled), Double(marked), Double(population))
        func term(_ place: Double) -> Double {
            exp(choices(place, of: k) + choices(n - place, of: all - k) - choices(n, of: all))
        }
        // The smaller part is added up, away from the middle, each term from its neighbour: the terms fall.
        var sum = 0.0
        if Double(count) < n * k / all {
            var place = Double(count)
            var next = term(place)
            while next > sum * 1e-17, next > 0 {
                sum += next
                guard Int(place) > least else { break }
                next *= place * (all - k - n + place) / ((k - place + 1) * (n - place + 1))
                place -= 1
            }
            return min(1, sum)
        }
        var place = Double(count + 1)
        var next = term(place)
        while next > sum * 1e-17, next > 0 {
            sum += next
            guard place < min(n, k) else { break }
            next *= (k - place) * (n - place) / ((place + 1) * (all - k - n + place + 1))
            place += 1
        }
        return max(0, 1 - sum)
    }
}
