import CPixels

/// A background that is learnt from samples, and what of a sample differs from it and moves.
final class MotionModel {
    /// Of one sample.
    struct Measures {
        /// Shares of the watched pixels.
        var score = 0.0
        var different = 0.0
        var grid: MotionGrid
    }

    /// Of samples as they are stored, which may have to be turned.
    let size: PixelSize
    private let rotation: Int
    private let handle: OpaquePointer
    private var rules: fovea_motion_rules

    /// - Parameter watched: `size.height × size.width`, 0 where nothing counts.
    init(size: PixelSize, rotation: Int, watched: [UInt8], _ options: MotionOptions) throws(MediaError) {
        guard let made = fovea_motion_new(CInt(size.width), CInt(size.height), watched) else {
            throw MediaError(.limitExceeded, "motion: there is not enough memory for samples of \(size)")
        }
        handle = made
        self.size = size
        self.rotation = rotation
        rules = fovea_motion_rules(
            noise_factor: CInt(options.noiseFactor), least_difference: CInt(options.differences.lowerBound),
            most_difference: CInt(options.differences.upperBound))
    }

    deinit { fovea_motion_free(handle) }

    /// Compares a sample with the background and the sample learnt last.
    func measure(_ sample: [UInt8]) -> Measures {
        var found = fovea_motion_measures()
        fovea_motion_measure(handle, sample, &rules, &found)
        let isTurned = rotation % 180 != 0
        let (columns, rows) = (Int(FOVEA_MOTION_COLUMNS), Int(FOVEA_MOTION_ROWS))
        var measures = Measures(
            grid: MotionGrid(columns: isTurned ? rows : columns, rows: isTurned ? columns : rows))
        guard found.watched > 0 else { return measures }
        measures.score = Double(found.moving) / Double(found.watched)
        measures.different = Double(found.different) / Double(found.watched)
        guard found.moving > 0 else { return measures }
        withUnsafeBytes(of: found.cells) { bytes in
            let cells = bytes.bindMemory(to: UInt32.self)
            for row in 0..<rows {
                for column in 0..<columns where cells[row * columns + column] > 0 {
                    switch rotation {
                    case 90: measures.grid.mark(column: rows - 1 - row, row: column)
                    case 180: measures.grid.mark(column: columns - 1 - column, row: rows - 1 - row)
                    case 270: measures.grid.mark(column: row, row: columns - 1 - column)
                    default: measures.grid.mark(column: column, row: row)
                    }
                }
            }
        }
        return measures
    }

    /// Moves the background towards a sample.
    func learn(_ sample: [UInt8], rate: Double, beginsAnew: Bool) {
        fovea_motion_learn(handle, sample, &rules, rate, beginsAnew ? 1 : 0)
    }
}
