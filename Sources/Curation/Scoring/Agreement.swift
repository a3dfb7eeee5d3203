public import Annotations

/// How far two who judge the same things agree.
public enum Agreement {
    /// Cohen's κ of two lists of answers to the same questions: 1 where they always agree, 0 where no more
    /// than by chance, negative where less.
    ///
    /// `nil` where there is no answer, or where both always give one and the same: chance then explains all.
    ///
    /// Cohen, "A coefficient of agreement for nominal scales", 1960.
    public static func kappa<Answer: Hashable>(_ left: [Answer], _ right: [Answer]) -> Double? {
        precondition(left.count == right.count, "answers to different questions")
        guard !left.isEmpty else { return nil }
        let total = Double(left.count)
        let observed = Double(zip(left, right).count { $0 == $1 }) / total
        var counts: [Answer: (left: Int, right: Int)] = [:]
        for answer in left { counts[answer, default: (0, 0)].left += 1 }
        for answer in right { counts[answer, default: (0, 0)].right += 1 }
        // Counted whole, so that the order in which a dictionary gives its members leaves no trace.
        let common = counts.values.reduce(0) { $0 + $1.left * $1.right }
        let expected = Double(common) / (total * total)
        return expected == 1 ? nil : (observed - expected) / (1 - expected)
    }

    /// How well the boxes of two people agree, in `0...1`: they are paired so that the sum of the pairs'
    /// IoUs is greatest, and the sum of those of at least `threshold` is divided by the number of pairs and
    /// of boxes that stay alone. 1 where neither has any box.
    /// - Complexity: O(n³) for n boxes.
    public static func meanBestIoU(_ left: [Box], _ right: [Box], threshold: Double = 0.5) -> Double {
        meanBestIoU(left.map { ClassedBox($0, 0) }, right.map { ClassedBox($0, 0) }, threshold: threshold)
    }

    /// The same, where only boxes of one class can be pairs.
    public static func meanBestIoU(
        _ left: [ClassedBox], _ right: [ClassedBox], threshold: Double = 0.5
    ) -> Double {
        if left.isEmpty, right.isEmpty { return 1 }
        let overlaps = left.map { label in
            right.map { $0.classIndex == label.classIndex ? label.box.iou(with: $0.box) : 0 }
        }
        let pairs = bestPairs(overlaps).map { overlaps[$0.row][$0.column] }.filter { $0 >= threshold }
        return pairs.sorted().reduce(0, +) / Double(left.count + right.count - pairs.count)
    }

    /// The pairs of rows and columns, each in one pair at most, whose values have the greatest sum; as many
    /// as there are rows or columns, whichever are fewer, in the order of the rows.
    ///
    /// The Hungarian method with potentials, in the form of Jonker and Volgenant, 1987.
    static func bestPairs(_ values: [[Double]]) -> [(row: Int, column: Int)] {
        guard let columnCount = values.first?.count, columnCount > 0 else { return [] }
        if values.count > columnCount {
            let turned = (0..<columnCount).map { column in values.map { $0[column] } }
            return bestPairs(turned).map { (row: $0.column, column: $0.row) }.sorted { $0.row < $1.row }
        }
        // Rows and columns count from 1; column 0 stands for the row that is being placed.
        var rowPotential = [Double](repeating: 0, count: values.count + 1)
        var columnPotential = [Double](repeating: 0, count: columnCount + 1)
        var rowOfColumn = [Int](repeating: 0, count: columnCount + 1)
        for row in 1...values.count {
            rowOfColumn[0] = row
            var column = 0
            var least = [Double](repeating: .infinity, count: columnCount + 1)
            var previous = [Int](repeating: 0, count: columnCount + 1)
            var isDone = [Bool](repeating: false, count: columnCount + 1)
            repeat {
                isDone[column] = true
                let current = rowOfColumn[column]
                var (step, next) = (Double.infinity, 0)
                for other in 1...columnCount where !isDone[other] {
                    let cost =
                        -values[current - 1][other - 1] - rowPotential[current] - columnPotential[other]
                    if cost < least[other] { (least[other], previous[other]) = (cost, column) }
                    if least[other] < step { (step, next) = (least[other], other) }
                }
                for other in 0...columnCount {
                    if isDone[other] {
                        rowPotential[rowOfColumn[other]] += step
                        columnPotential[other] -= step
                    } else {
                        least[other] -= step
                    }
                }
                column = next
            } while rowOfColumn[column] != 0
            while column != 0 {
                rowOfColumn[column] = rowOfColumn[previous[column]]
                column = previous[column]
            }
        }
        return (1...columnCount).filter { rowOfColumn[$0] != 0 }
            .map { (row: rowOfColumn[$0] - 1, column: $0 - 1) }.sorted { $0.row < $1.row }
    }
}
