import Annotations
import Testing

@testable import Curation

@Suite struct LabelSetVerdictTests {
    private func box(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ name: Int = 0
    ) -> ClassedBox {
        ClassedBox(Box(x: x, y: y, width: width, height: height), name)
    }

    private func faults(_ labels: [ClassedBox], _ truth: [ClassedBox]) -> [String] {
        LabelSetVerdict(of: labels, truth: truth, width: 100, height: 100).findings.map {
            "\($0.fault.rawValue) \($0.truth.map(String.init) ?? "-") \($0.label.map(String.init) ?? "-")"
        }
    }

    @Test func `a side may lie a fifth further out, and no further, and never further in`() {
        let truth = [box(20, 20, 20, 40)]
        #expect(faults([box(20, 20, 20, 40)], truth) == [])
        #expect(faults([box(16, 12, 28, 56)], truth) == [])
        #expect(faults([box(15.9, 20, 24.1, 40)], truth) == ["A2 0 0"])
        #expect(faults([box(20, 11.9, 20, 48.1)], truth) == ["A2 0 0"])
        #expect(faults([box(20.1, 20, 19.9, 40)], truth) == ["A2 0 0"])
        // Beyond the image's edge no label may reach.
        #expect(faults([box(-1, 0, 21, 20)], [box(0, 0, 20, 20)]) == ["A2 0 0"])
    }

    @Test func `what is wrong has its kind`() {
        let truth = [box(10, 10, 20, 20, 1), box(60, 60, 20, 20, 2)]
        #expect(faults([], truth) == ["A1 0 -", "A1 1 -"])
        #expect(faults([box(10, 10, 20, 20, 1), box(60, 60, 20, 20, 1)], truth) == ["A3 1 1"])
        #expect(
            faults([box(10, 10, 20, 20, 1), box(60, 60, 20, 20, 2), box(11, 11, 20, 20, 1)], truth) == [
                "B1 0 2"
            ])
        #expect(
            faults([box(10, 10, 20, 20, 1), box(60, 60, 20, 20, 2), box(0, 80, 5, 5, 1)], truth) == ["B2 - 2"]
        )
        #expect(faults([box(0, 80, 5, 5)], []) == ["B2 - 0"])
        let verdict = LabelSetVerdict(of: [box(10, 10, 20, 20, 1)], truth: truth, width: 100, height: 100)
        #expect(!verdict.isGood && verdict.score == 0.5)
        #expect(LabelSetVerdict(of: [], truth: [], width: 9, height: 9).score == 1)
    }

    @Test func `labels are paired so that as many as can be are good`() {
        // The wide label fits both boxes, the narrow one only the first.
        let truth = [box(10, 10, 20, 20), box(10, 10, 22, 20)]
        #expect(faults([box(10, 10, 23, 20), box(10, 10, 20, 20)], truth) == [])
        #expect(faults([box(10, 10, 20, 20), box(10, 10, 23, 20)], truth) == [])
    }
}
