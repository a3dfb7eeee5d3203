import Base
import Query
import TestSupport
import Testing

@testable import Engine
@testable import Media

/// Where something moves, as it is kept.
@Suite struct MotionTraceTests {
    /// Samples of every tenth frame; the columns in whose middle row something moves.
    private func trace(_ columns: [[Int]]) -> MotionTrace {
        var report = MotionReport(size: PixelSize(width: 320, height: 180))
        for (place, columns) in columns.enumerated() {
            var grid = MotionGrid(columns: 16, rows: 9)
            for column in columns { grid.mark(column: column, row: 4) }
            report.samples.append(
                MotionSample(
                    frame: place * 10, time: Double(place), score: columns.isEmpty ? 0 : 0.1, grid: grid,
                    isCut: false))
        }
        return MotionTrace(report)
    }

    private func runs(
        _ trace: MotionTrace, _ x: Double, _ width: Double, _ range: Range<Int> = 0..<60, y: Double = 0,
        height: Double = 180
    ) -> [Range<Int>] {
        trace.runs(
            in: RegionRectangle(x: x, y: y, width: width, height: height), of: (640, 360), within: range)
    }

    @Test func `what moves in a cell holds until the next frame that was looked at`() {
        // Cells are 40 × 40 pixels of 640 × 360.
        let trace = trace([[], [0], [1], [], [15], []])
        #expect(runs(trace, 0, 640) == [10..<30, 40..<50])
        #expect(runs(trace, 0, 40) == [10..<20])
        #expect(runs(trace, 40, 1) == [20..<30])
        #expect(runs(trace, 39, 2) == [10..<30])
        #expect(runs(trace, 600, 100) == [40..<50])
        #expect(runs(trace, 640, 100).isEmpty && runs(trace, -50, 50).isEmpty)
        // The middle row begins at 160.
        #expect(runs(trace, 0, 640, y: 0, height: 160).isEmpty)
        #expect(runs(trace, 0, 640, y: 0, height: 161) == [10..<30, 40..<50])
        // Within a part, from between two frames that were looked at.
        #expect(runs(trace, 0, 640, 15..<45) == [15..<30, 40..<45])
        #expect(runs(trace, 0, 640, 30..<40).isEmpty && runs(trace, 0, 640, 12..<12).isEmpty)
        #expect(runs(self.trace([[3]]), 0, 640, 5..<90) == [5..<90])
        #expect(runs(self.trace([]), 0, 640).isEmpty)
    }

    @Test func `bytes come back as they were, and damage is told`() throws {
        let trace = trace([[], [0, 7], [15], []])
        let bytes = trace.encoded
        #expect(MotionTrace(encoded: bytes) == trace)
        let empty = self.trace([])
        #expect(MotionTrace(encoded: empty.encoded) == empty)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(MotionTrace(encoded: damaged) == nil, "\(place)")
            #expect(MotionTrace(encoded: Array(bytes[..<place])) == nil, "\(place)")
        }
    }
}
