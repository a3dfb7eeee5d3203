/// In which parts of an upright picture something moves: 16 × 9 cells, or 9 × 16 where the picture was turned
/// by a quarter.
public struct MotionGrid: Sendable, Hashable {
    public let columns: Int
    public let rows: Int
    /// A bit a cell, row by row.
    private var bits: (UInt64, UInt64, UInt64) = (0, 0, 0)

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// Whether something moves in a cell; columns count from the left, rows from the top.
    public subscript(column: Int, row: Int) -> Bool {
        let cell = row * columns + column
        let word = cell < 64 ? bits.0 : cell < 128 ? bits.1 : bits.2
        return word >> UInt64(cell % 64) & 1 == 1
    }

    mutating func mark(column: Int, row: Int) {
        let cell = row * columns + column
        let bit: UInt64 = 1 << UInt64(cell % 64)
        switch cell {
        case ..<64: bits.0 |= bit
        case ..<128: bits.1 |= bit
        default: bits.2 |= bit
        }
    }

    /// In how many cells something moves.
    public var count: Int { bits.0.nonzeroBitCount + bits.1.nonzeroBitCount + bits.2.nonzeroBitCount }

    public static func == (left: MotionGrid, right: MotionGrid) -> Bool {
        left.columns == right.columns && left.bits == right.bits
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(columns)
        hasher.combine(bits.0)
        hasher.combine(bits.1)
        hasher.combine(bits.2)
    }
}
