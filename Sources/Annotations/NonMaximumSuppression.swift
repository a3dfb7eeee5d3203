/// Greedy non-maximum suppression: of boxes that show the same thing, the most confident one stays.
public enum NonMaximumSuppression {
    /// Which of `boxes` stay, as indices, the most confident first, equal ones in their order.
    ///
    /// Boxes are taken in that order; one whose ``Box/iou(with:)`` with a box of its class that stays is
    /// above `iou` goes. Boxes of different classes leave each other alone.
    ///
    /// - Parameters:
    ///   - boxes: box, class and confidence of each; the confidence is a number.
    ///   - iou: in `0...1`; with 1 all boxes stay.
    ///   - limit: No more than that many stay.
    /// - Complexity: O(n · k) comparisons for k boxes that stay.
    public static func kept(
        of boxes: [(box: Box, classIndex: Int, confidence: Double)], iou: Double, limit: Int = .max
    ) -> [Int] {
        let order = boxes.indices.sorted {
            let left = boxes[$0].confidence, right = boxes[$1].confidence
            return left == right ? $0 < $1 : left > right
        }
        var kept: [Int] = []
        var keptOfClass: [Int: [Int]] = [:]
        for index in order {
            guard kept.count < limit else { break }
            let candidate = boxes[index]
            let rivals = keptOfClass[candidate.classIndex, default: []]
            guard rivals.allSatisfy({ boxes[$0].box.iou(with: candidate.box) <= iou }) else { continue }
            kept.append(index)
            keptOfClass[candidate.classIndex, default: []].append(index)
        }
        return kept
    }
}
