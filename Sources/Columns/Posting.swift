import Base

/// The edges of one key with many of them, immutable: one run of 32-bit ids, or cells of 65,536 ids once
/// these are well filled.
final class Posting: Sendable {
    /// At least one; cells in order of ids.
    let blocks: [EdgeBlock]
    let edgeCount: Int
    /// How many different ids there are: no id is in two cells.
    let idCount: Int

    init(_ blocks: [EdgeBlock]) {
        self.blocks = blocks
        edgeCount = blocks.reduce(0) { $0 + $1.count }
        idCount = blocks.reduce(0) { $0 + $1.idCount }
    }

    /// Packs edges, of which there is at least one.
    convenience init(_ edges: EdgeList) {
        guard Posting.suitsCells(edges) else {
            self.init([EdgeBlock(edges, cell: nil)])
            return
        }
        var blocks: [EdgeBlock] = []
        Posting.forEachCell(of: edges) { base, range in
            blocks.append(EdgeBlock(edges.slice(range), cell: base))
        }
        self.init(blocks)
    }

    var isCellular: Bool { blocks[0].form != .ids }
    var byteCount: Int { blocks.reduce(64) { $0 + $1.byteCount + 8 } }

    /// All edges.
    var list: EdgeList {
        var list = EdgeList(propertyCount: blocks[0].numbers.count)
        for block in blocks { list.append(contentsOf: block.list) }
        return list
    }

    /// The posting with `deletions` taken away and `insertions` added, both ordered by id; `nil` if none is
    /// left.
    func applying(insertions: EdgeList, deletions: EdgeList) throws(ColumnsError) -> Posting? {
        guard isCellular else {
            if deletions.count == 0,
                insertions.ids.last.map({ !startsCells(upTo: $0, adding: insertions.count) }) ?? true,
                let grown = blocks[0].appending(insertions)
            {
                return Posting([grown])
            }
            let list = try blocks[0].list.applying(insertions: insertions, deletions: deletions)
            return list.count == 0 ? nil : Posting(list)
        }
        if deletions.count == 0, let grown = appendingToLastCell(insertions) { return grown }
        var cells: [LocalID: (insertions: Range<Int>, deletions: Range<Int>)] = [:]
        Posting.forEachCell(of: insertions) { cells[$0, default: (0..<0, 0..<0)].insertions = $1 }
        Posting.forEachCell(of: deletions) { cells[$0, default: (0..<0, 0..<0)].deletions = $1 }
        var next = blocks
        for (base, change) in cells {
            let place = next.firstIndex { $0.base >= base } ?? next.count
            let isThere = place < next.count && next[place].base == base
            let added = insertions.slice(change.insertions)
            if isThere, change.deletions.isEmpty, let grown = next[place].appending(added) {
                next[place] = grown
                continue
            }
            let old = isThere ? next[place].list : EdgeList(propertyCount: insertions.columns.count)
            let list = try old.applying(insertions: added, deletions: deletions.slice(change.deletions))
            if isThere { next.remove(at: place) }
            if list.count > 0 { next.insert(EdgeBlock(list, cell: base), at: place) }
        }
        guard !next.isEmpty else { return nil }
        let posting = Posting(next)
        // Half of what makes cells worth while: edges that come and go do not repack the posting each time.
        return posting.edgeCount * 2 < Posting.leastCellularCount ? Posting(posting.list) : posting
    }

    // MARK: - Private

    private static let leastCellularCount = 4_096
    /// A cell costs about what the 16-bit ids of so many edges save.
    private static let leastCellCount = 128

    private static func suitsCells(_ edges: EdgeList) -> Bool {
        guard edges.count >= leastCellularCount else { return false }
        var cells = 0
        forEachCell(of: edges) { _, _ in cells += 1 }
        return edges.count >= cells * leastCellCount
    }

    /// The posting with edges that follow all others within the last cell, the usual insertions.
    private func appendingToLastCell(_ edges: EdgeList) -> Posting? {
        let last = blocks[blocks.count - 1]
        guard let first = edges.ids.first, let end = edges.ids.last, first > last.base,
            Int(end) < Int(last.base) + EdgeBlock.cellWidth, let grown = last.appending(edges)
        else { return nil }
        var next = blocks
        next[next.count - 1] = grown
        return Posting(next)
    }

    /// Whether a run that grows to these edges might suit cells, judged without looking at all of them.
    private func startsCells(upTo last: LocalID, adding count: Int) -> Bool {
        let total = edgeCount + count
        return total >= Posting.leastCellularCount
            && total >= (Int(last) / EdgeBlock.cellWidth + 1) * Posting.leastCellCount
    }

    private static func forEachCell(of edges: EdgeList, _ body: (LocalID, Range<Int>) -> Void) {
        var place = 0
        while place < edges.count {
            let cell = Int(edges.ids[place]) / EdgeBlock.cellWidth
            // The end of the cell, by halving: ids are in order.
            var low = place
            var high = edges.count
            while low < high {
                let middle = (low + high) / 2
                if Int(edges.ids[middle]) / EdgeBlock.cellWidth <= cell {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            body(LocalID(cell * EdgeBlock.cellWidth), place..<low)
            place = low
        }
    }
}
