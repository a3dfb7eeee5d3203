/// Rows of text in columns that fit the terminal: numbers to the right, the rest to the left, the widest text
/// column shortened with an ellipsis where the line would be too long.
struct Table {
    var header: [String]
    var rows: [[String]] = []
    /// Columns whose entries stand to the right.
    var rightAligned: Set<Int> = []

    init(_ header: [String], rightAligned: Set<Int> = []) {
        self.header = header
        self.rightAligned = rightAligned
    }

    func lines(width: Int) -> [String] {
        var widths = header.indices.map { column in
            ([header] + rows).map { Table.width(of: $0[column]) }.max() ?? 0
        }
        while widths.reduce(0, +) + 2 * (widths.count - 1) > width {
            guard
                let widest = widths.indices.filter({ !rightAligned.contains($0) }).max(by: {
                    widths[$0] < widths[$1]
                }),
                widths[widest] > Table.narrowest
            else { break }
            widths[widest] -= 1
        }
        return ([header] + rows).map { row in
            let cells = row.indices.map { Table.fit(row[$0], widths[$0], toRight: rightAligned.contains($0)) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// Leaves out columns from the right, but for the first two, until what is left can be made to fit.
    mutating func dropColumns(toFit width: Int) {
        func least(_ column: Int) -> Int {
            let widest = ([header] + rows).map { Table.width(of: $0[column]) }.max() ?? 0
            return rightAligned.contains(column) ? widest : min(widest, Table.narrowest)
        }
        var total = header.indices.reduce(0) { $0 + least($1) + 2 } - 2
        while total > width, header.count > 2 {
            total -= least(header.count - 1) + 2
            header.removeLast()
            for row in rows.indices { rows[row].removeLast() }
        }
    }

    /// A text column is not made narrower than that.
    private static let narrowest = 8

    /// Terminal columns that `text` takes: two for what East Asian terminals show wide, none for combining
    /// marks.
    static func width(of text: String) -> Int { text.reduce(0) { $0 + width(of: $1) } }

    // MARK: - Private

    private static func width(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    private static func fit(_ text: String, _ width: Int, toRight: Bool) -> String {
        var text = Terminal.clean(text)
        if Table.width(of: text) > width {
            // The end of a path says more than its beginning.
            let keepsEnd = text.contains("/")
            while Table.width(of: text) > width - 1 {
                if keepsEnd { text.removeFirst() } else { text.removeLast() }
            }
            text = keepsEnd ? "…" + text : text + "…"
        }
        let padding = String(repeating: " ", count: max(0, width - Table.width(of: text)))
        return toRight ? padding + text : text + padding
    }
}
