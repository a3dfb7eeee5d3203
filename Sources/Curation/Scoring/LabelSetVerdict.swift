import Annotations

/// Whether the boxes of an image are as good as those of its truth, and what is wrong with them.
///
/// Boxes are good when, class by class, each stands for one box of the truth and each of these has one; a
/// label stands for a box that it holds, if none of its sides lies further out than 0.2 times that box's
/// width (left and right) or height (top and bottom), or beyond the image: the box's *uncertainty region*
/// (Pičuljan and Car, 2023).
public struct LabelSetVerdict: Sendable, Hashable {
    /// What can be wrong.
    public enum Fault: String, Sendable, CaseIterable {
        /// A box of the truth that no label is near (A1).
        case missing = "A1"
        /// A label of the right class that overlaps its box, and is not within its region (A2).
        case outside = "A2"
        /// A label within the region of a box of another class (A3).
        case wrongClass = "A3"
        /// A label too many on something that has one already (B1).
        case repeated = "B1"
        /// A label where the truth has nothing (B2).
        case surplus = "B2"
    }

    /// One thing that is wrong.
    public struct Finding: Sendable, Hashable {
        public var fault: Fault
        /// The place of the box of the truth, where there is one.
        public var truth: Int?
        /// The place of the label; `nil` where it is missing.
        public var label: Int?
    }

    /// How far a side may lie outwards, as a part of the box's width or height.
    public static let margin = 0.2

    /// Labels that stand for a box.
    public var goodCount: Int
    /// Boxes in the order of the truth, then labels too many in their order.
    public var findings: [Finding]

    public var isGood: Bool { findings.isEmpty }
    /// Labels that stand for a box, of these and all that is wrong together: 1 exactly where all is good.
    public var score: Double {
        findings.isEmpty ? 1 : Double(goodCount) / Double(goodCount + findings.count)
    }

    /// Compares labels with the truth of an image of that size in pixels.
    /// - Complexity: O(labels · truth²) at worst.
    public init(of labels: [ClassedBox], truth: [ClassedBox], width: Double, height: Double) {
        let regions = truth.map { LabelSetVerdict.region(of: $0.box, width: width, height: height) }
        func fits(_ label: Int, _ box: Int) -> Bool {
            labels[label].box.contains(truth[box].box) && regions[box].contains(labels[label].box)
        }
        func isSame(_ label: Int, _ box: Int) -> Bool { labels[label].classIndex == truth[box].classIndex }

        var freeTruth = Array(truth.indices)
        var freeLabels = Array(labels.indices)
        func pair(_ accepts: (_ label: Int, _ box: Int) -> Bool) -> [(truth: Int, label: Int)] {
            let pairs = LabelSetVerdict.pairs(freeTruth, freeLabels, accepts)
            let (boxes, taken) = (Set(pairs.map(\.truth)), Set(pairs.map(\.label)))
            freeTruth.removeAll { boxes.contains($0) }
            freeLabels.removeAll { taken.contains($0) }
            return pairs
        }

        goodCount = pair { isSame($0, $1) && fits($0, $1) }.count
        findings = pair(fits).map { Finding(fault: .wrongClass, truth: $0.truth, label: $0.label) }
        findings += pair { isSame($0, $1) && labels[$0].box.iou(with: truth[$1].box) > 0 }
            .map { Finding(fault: .outside, truth: $0.truth, label: $0.label) }
        findings += freeTruth.map { Finding(fault: .missing, truth: $0, label: nil) }
        findings.sort { ($0.truth ?? 0) < ($1.truth ?? 0) }
        findings += freeLabels.map { label in
            let box = truth.indices.max {
                labels[label].box.iou(with: truth[$0].box) < labels[label].box.iou(with: truth[$1].box)
            }
            let isOnSomething = box.map { labels[label].box.iou(with: truth[$0].box) > 0 } ?? false
            return Finding(
                fault: isOnSomething ? .repeated : .surplus, truth: isOnSomething ? box : nil, label: label)
        }
    }

    // MARK: - Private

    /// Where a label may reach that stands for `box`.
    private static func region(of box: Box, width: Double, height: Double) -> Box {
        let (dx, dy) = (margin * box.width, margin * box.height)
        // A box that lies outside of the image itself is its own region there.
        let left = min(box.x, max(0, box.x - dx))
        let top = min(box.y, max(0, box.y - dy))
        let right = max(box.right, min(width, box.right + dx))
        let bottom = max(box.bottom, min(height, box.bottom + dy))
        return Box(x: left, y: top, width: right - left, height: bottom - top)
    }

    /// As many pairs as there can be, by augmenting paths (Kuhn 1955).
    private static func pairs(
        _ boxes: [Int], _ labels: [Int], _ accepts: (_ label: Int, _ box: Int) -> Bool
    ) -> [(truth: Int, label: Int)] {
        var boxOf: [Int: Int] = [:]
        func place(_ box: Int, _ tried: inout Set<Int>) -> Bool {
            for label in labels where accepts(label, box) && tried.insert(label).inserted {
                if boxOf[label].map({ place($0, &tried) }) ?? true {
                    boxOf[label] = box
                    return true
                }
            }
            return false
        }
        for box in boxes {
            var tried: Set<Int> = []
            _ = place(box, &tried)
        }
        return boxOf.map { (truth: $0.value, label: $0.key) }.sorted { $0.truth < $1.truth }
    }
}
