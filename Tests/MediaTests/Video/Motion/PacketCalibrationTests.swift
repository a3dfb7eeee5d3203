import Media
import Testing

/// When sizes of packets are trusted, worked by hand.
@Suite struct PacketCalibrationTests {
    private func calibration(moving: [Double], still: [Double]) -> PacketCalibration {
        var calibration = PacketCalibration()
        for size in moving { calibration.learn(size: size, moves: true) }
        for size in still { calibration.learn(size: size, moves: false) }
        return calibration
    }

    private let moving = [1_000.0, 2_000, 1_500, 1_200, 3_000, 1_100]

    @Test func `too little was seen to judge`() {
        #expect(PacketCalibration().threshold == nil)
        #expect(
            calibration(moving: Array(moving.prefix(5)), still: [Double](repeating: 1, count: 99)).threshold
                == nil)
        #expect(calibration(moving: moving, still: [Double](repeating: 1, count: 7)).threshold == nil)
    }

    @Test func `where sizes tell, the threshold is below what moves`() {
        let found = calibration(moving: moving, still: [Double](repeating: 100, count: 8)).threshold
        #expect(found == 600)
        // Half of the still stretches are as large as moving ones: the other half is worth it.
        #expect(calibration(moving: moving, still: [1, 2, 3, 4, 900, 900, 900, 900]).threshold == 600)
    }

    @Test func `where a constant rate spends the same on everything, sizes tell nothing`() {
        #expect(calibration(moving: moving, still: [Double](repeating: 1_000, count: 50)).threshold == nil)
    }

    @Test func `what was missed once is never trusted again`() {
        var found = calibration(moving: moving, still: [Double](repeating: 100, count: 8))
        found.missed = 1
        #expect(found.threshold == nil)
    }

    @Test func `only the last thousand stretches count`() {
        var found = calibration(moving: [1] + moving, still: [Double](repeating: 100, count: 8))
        #expect(found.threshold == nil)
        for _ in 0..<1_000 { found.learn(size: 1_000, moves: true) }
        #expect(found.threshold == 600)
    }
}
