/// Which row goes with which column, so that the costs of all pairs add up to the least: the Hungarian
/// method.
public enum Assignment {
    /// The column of each row; `nil` for those that get none where there are more rows than columns.
    ///
    /// By shortest augmenting paths (Jonker and Volgenant, 1987). Of several assignments that cost the same
    /// any may be given, always the same one.
    /// - Parameter costs: `rows × columns` finite numbers, row by row.
    /// - Complexity: O(n² m) for the smaller n and the larger m of both.
    public static func columns(rows: Int, columns: Int, costs: [Double]) -> [Int?] {
        guard rows > 0, columns > 0 else { return [Int?](repeating: nil, count: max(0, rows)) }
        if rows > columns {
            var turned = [Double](repeating: 0, count: rows * columns)
            for row in 0..<rows {
                for column in 0..<columns { turned[column * rows + row] = costs[row * columns + column] }
            }
            var found = [Int?](repeating: nil, count: rows)
            for (column, row) in Assignment.columns(rows: columns, columns: rows, costs: turned).enumerated()
            {
                if let row { found[row] = column }
            }
            return found
        }
        // Rows and columns count from 1 here; column 0 is where a row without a column waits.
        var rowPrices = [Double](repeating: 0, count: rows + 1)
        var columnPrices = [Double](repeating: 0, count: columns + 1)
        var rowOfColumn = [Int](repeating: 0, count: columns + 1)
        var columnBefore = [Int](repeating: 0, count: columns + 1)
        for row in 1...rows {
            rowOfColumn[0] = row
            var column = 0
            var least = [Double](repeating: .infinity, count: columns + 1)
            var isReached = [Bool](repeating: false, count: columns + 1)
            repeat {
                isReached[column] = true
                let here = rowOfColumn[column]
                var step = Double.infinity
                var next = 0
                for other in 1...columns where !isReached[other] {
                    let cost = costs[(here - 1) * columns + other - 1] - rowPrices[here] - columnPrices[other]
                    if cost < least[other] {
                        least[other] = cost
                        columnBefore[other] = column
                    }
                    if least[other] < step {
                        step = least[other]
                        next = other
                    }
                }
                for other in 0...columns {
                    if isReached[other] {
                        rowPrices[rowOfColumn[other]] += step
                        columnPrices[other] -= step
                    } else {
                        least[other] -= step
                    }
                }
                column = next
            } while rowOfColumn[column] != 0
            while column != 0 {
                let before = columnBefore[column]
                rowOfColumn[column] = rowOfColumn[before]
                column = before
            }
        }
        var found = [Int?](repeating: nil, count: rows)
        for column in 1...columns where rowOfColumn[column] > 0 {
            found[rowOfColumn[column] - 1] = column - 1
        }
        return found
    }
}
