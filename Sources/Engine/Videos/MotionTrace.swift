import Base
import Media
import Query

/// Where in a video something moves: of each frame that was looked at, the cells of its grid in which
/// something does. What holds of one frame holds until the next that was looked at.
///
/// ```
/// "fovmotio" · version (1) · columns (1) · rows (1) · count (4) · of each its frame (4) · of each its cells:
/// a bit each, row by row, the least bit first, in whole bytes · CRC-32C (4) of all the above; numbers
/// little-endian
/// ```
struct MotionTrace: Sendable, Hashable {
    private static let magic: [UInt8] = Array("fovmotio".utf8)
    private static let version: UInt8 = 1
    private static let headLength = 15

    let columns: Int
    let rows: Int
    /// Rising.
    private let frames: [UInt32]
    private let cells: [UInt8]

    private var cellByteCount: Int { (columns * rows + 7) / 8 }

    init(_ report: MotionReport) {
        let grid = report.samples.first?.grid
        columns = grid?.columns ?? 16
        rows = grid?.rows ?? 9
        let width = (columns * rows + 7) / 8
        var cells = [UInt8](repeating: 0, count: report.samples.count * width)
        for (place, sample) in report.samples.enumerated() where sample.grid.count > 0 {
            for cell in 0..<columns * rows where sample.grid[cell % columns, cell / columns] {
                cells[place * width + cell / 8] |= 1 << UInt8(cell % 8)
            }
        }
        frames = report.samples.map { UInt32(clamping: $0.frame) }
        self.cells = cells
    }

    /// The frames of `range` while something moves in a cell that has pixels in common with a rectangle.
    /// - Parameter size: of upright frames, which the grid lies over.
    func runs(
        in rectangle: RegionRectangle, of size: (width: Int, height: Int), within range: Range<Int>
    ) -> [Range<Int>] {
        let mask = mask(of: rectangle, size)
        guard mask.contains(where: { $0 != 0 }), !range.isEmpty else { return [] }
        var runs: [Range<Int>] = []
        // The last frame that was looked at up to the beginning of the range.
        var (low, high) = (0, frames.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(frames[middle]) <= range.lowerBound { low = middle + 1 } else { high = middle }
        }
        for place in max(0, low - 1)..<max(frames.count, 0) {
            let begin = Int(frames[place])
            guard begin < range.upperBound else { break }
            let end = place + 1 < frames.count ? Int(frames[place + 1]) : Int.max
            guard begin < end else { continue }
            let part = (begin..<end).clamped(to: range)
            let moves = mask.indices.contains { cells[place * cellByteCount + $0] & mask[$0] != 0 }
            guard moves, !part.isEmpty else { continue }
            if let last = runs.last, last.upperBound == part.lowerBound {
                runs[runs.count - 1] = last.lowerBound..<part.upperBound
            } else {
                runs.append(part)
            }
        }
        return runs
    }

    /// The cells that have pixels in common with a rectangle.
    private func mask(of rectangle: RegionRectangle, _ size: (width: Int, height: Int)) -> [UInt8] {
        var mask = [UInt8](repeating: 0, count: cellByteCount)
        let (cellWidth, cellHeight) = (
            Double(size.width) / Double(columns), Double(size.height) / Double(rows)
        )
        for cell in 0..<columns * rows {
            let (left, top) = (Double(cell % columns) * cellWidth, Double(cell / columns) * cellHeight)
            let touches =
                left < rectangle.x + rectangle.width && rectangle.x < left + cellWidth
                && top < rectangle.y + rectangle.height && rectangle.y < top + cellHeight
            if touches { mask[cell / 8] |= 1 << UInt8(cell % 8) }
        }
        return mask
    }

    // MARK: - Bytes

    var encoded: [UInt8] {
        var bytes = MotionTrace.magic + [MotionTrace.version, UInt8(columns), UInt8(rows)]
        bytes.reserveCapacity(MotionTrace.headLength + frames.count * 4 + cells.count + 4)
        MotionTrace.append(UInt32(frames.count), to: &bytes)
        for frame in frames { MotionTrace.append(frame, to: &bytes) }
        bytes += cells
        MotionTrace.append(CRC32C.checksum(bytes), to: &bytes)
        return bytes
    }

    /// Reads what ``encoded`` wrote; `nil` for anything else, damage included.
    init?(encoded bytes: [UInt8]) {
        guard bytes.count >= MotionTrace.headLength + 4, bytes.starts(with: MotionTrace.magic),
            bytes[8] == MotionTrace.version
        else { return nil }
        func number(at place: Int) -> UInt32 {
            bytes[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        columns = Int(bytes[9])
        rows = Int(bytes[10])
        let count = Int(number(at: 11))
        let width = (columns * rows + 7) / 8
        let length = MotionTrace.headLength + count * (4 + width)
        guard bytes.count == length + 4, CRC32C.checksum(Array(bytes[..<length])) == number(at: length)
        else { return nil }
        frames = (0..<count).map { number(at: MotionTrace.headLength + $0 * 4) }
        cells = Array(bytes[(MotionTrace.headLength + count * 4)..<length])
    }

    private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> UInt32(shift)))
        }
    }
}
