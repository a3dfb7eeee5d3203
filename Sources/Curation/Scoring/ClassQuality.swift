/// How likely the class that an image was given is right, by the probabilities that a model gives which has
/// not learnt from it (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset
/// Labels", 2021).
public enum ClassQuality {
    /// The probability of the given class.
    public static func selfConfidence(given: Int, _ probabilities: [Double]) -> Double {
        probabilities[given]
    }

    /// Half of 1 and what the given class has above the likeliest other one: in `0...1`, below 0.5 where
    /// another class is likelier. 1 where there is no other class.
    public static func normalisedMargin(given: Int, _ probabilities: [Double]) -> Double {
        let other = likeliest(except: given, probabilities).map { probabilities[$0] }
        guard let other else { return 1 }
        return (probabilities[given] - other + 1) / 2
    }

    /// The likeliest class but the given one, the first of equals; `nil` where there is no other.
    public static func likeliest(except given: Int, _ probabilities: [Double]) -> Int? {
        var best: Int?
        for (index, probability) in probabilities.enumerated() where index != given {
            if best.map({ probability > probabilities[$0] }) ?? true { best = index }
        }
        return best
    }
}
