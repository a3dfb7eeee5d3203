import Annotations
import Testing

@Suite struct NonMaximumSuppressionTests {
    private func kept(
        _ boxes: [(x: Double, classIndex: Int, confidence: Double)], iou: Double, limit: Int = .max
    ) -> [Int] {
        // Squares of 10 in a row: moved by d of 10 they have an IoU of (10 − d) ÷ (10 + d).
        NonMaximumSuppression.kept(
            of: boxes.map { (Box(x: $0.x, y: 0, width: 10, height: 10), $0.classIndex, $0.confidence) },
            iou: iou,
            limit: limit)
    }

    @Test func `the most confident of overlapping boxes stays`() {
        #expect(kept([(0, 0, 0.5), (2, 0, 0.9), (30, 0, 0.4)], iou: 0.5) == [1, 2])
    }

    @Test func `boxes of different classes leave each other alone`() {
        #expect(kept([(0, 0, 0.5), (0, 1, 0.9)], iou: 0.5) == [1, 0])
    }

    @Test func `exactly the threshold is not above it`() {
        // Moved by 5: a third.
        #expect(kept([(0, 0, 0.9), (5, 0, 0.5)], iou: 1.0 / 3 + 1e-12) == [0, 1])
        #expect(kept([(0, 0, 0.9), (5, 0, 0.5)], iou: 1.0 / 3 - 1e-12) == [0])
    }

    @Test func `a box that has gone takes no other with it`() {
        // Each overlaps its neighbour by 0.54, the outer ones by 0.25.
        #expect(kept([(0, 0, 0.9), (3, 0, 0.8), (6, 0, 0.7)], iou: 0.5) == [0, 2])
    }

    @Test func `equal boxes of equal confidence stay in their order`() {
        #expect(kept([(0, 0, 0.5), (0, 0, 0.5), (30, 0, 0.5)], iou: 0.5) == [0, 2])
        #expect(kept([(0, 0, 0.5), (0, 0, 0.5)], iou: 1) == [0, 1])
    }

    @Test func `no more than the limit stay, and none of none`() {
        #expect(kept([(0, 0, 0.5), (20, 0, 0.9), (40, 0, 0.7)], iou: 0.5, limit: 2) == [1, 2])
        #expect(kept([], iou: 0.5) == [])
    }
}
