import Annotations
import Testing

@Suite struct RunLengthMaskTests {
    @Test func `runs go column by column, and begin outside`() {
        // Rows: .#  /  ##
        let mask = RunLengthMask(width: 2, height: 2) { [false, true, true, true][$0] }
        #expect(mask.counts == [1, 3] && mask.area == 3)
        let full = RunLengthMask(width: 2, height: 2) { _ in true }
        #expect(full.counts == [0, 4] && full.area == 4)
        #expect(RunLengthMask(width: 3, height: 1) { _ in false }.counts == [3])
    }

    /// By hand after rleToString of COCO's maskApi.c: groups of five bits and 48.
    @Test(
        "the text is COCO's compressed form",
        arguments: [
            ([6, 1, 40, 4, 5, 4, 5, 4, 21], 10, 9, "61X13mN000`0"),
            ([0, 4], 2, 2, "04"), ([16], 4, 4, "`0"), ([1, 3], 2, 2, "13"),
        ])
    func text(counts: [Int], width: Int, height: Int, text: String) {
        let mask = RunLengthMask(width: width, height: height, counts: counts)
        #expect(mask.text == text)
        #expect(RunLengthMask(width: width, height: height, text: text) == mask)
    }

    @Test func `a text that is none, or of another size, is refused`() {
        for text in ["", "~", "05", "0", "P", "\u{E9}"] {
            #expect(RunLengthMask(width: 2, height: 2, text: text) == nil, "\(text)")
        }
    }

    @Test func `random masks come back as they were`() {
        var state: UInt64 = 7
        for size in [1, 2, 13, 100] {
            var inside: [Bool] = []
            for _ in 0..<size * size {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                inside.append(state >> 62 == 0)
            }
            let mask = RunLengthMask(width: size, height: size) { inside[$0] }
            #expect(mask.area == inside.count { $0 })
            #expect(RunLengthMask(width: size, height: size, text: mask.text) == mask)
        }
    }
}
