import Base
import CColumns

extension PostingIndex {
    /// The index as bytes, in pieces of about a mebibyte to be written one after the other.
    public func encoded() -> [[UInt8]] {
        var writer = SnapshotWriter()
        writer.put(properties.count)
        for property in properties { writer.put(property) }
        writer.put(idLimit)
        var pageCount = 0
        pages.forEach { _, _ in pageCount += 1 }
        writer.put(pageCount)
        pages.forEach { index, page in
            writer.put(UInt32(index))
            writer.put(UInt32(page.common == nil ? 0 : 1))
            if let common = page.common {
                page.ends.withUnsafeBytes { writer.put($0) }
                common.encode(into: &writer)
            }
            writer.put(page.postings.count)
            for (place, posting) in zip(page.ownPlaces, page.postings) {
                writer.put(UInt32(place))
                writer.put(UInt32(posting.blocks.count))
                for block in posting.blocks { block.encode(into: &writer) }
            }
        }
        return writer.finish(.postingIndex)
    }

    /// The index that ``encoded()`` wrote; at memory speed.
    ///
    /// - Throws: `malformedSnapshot` for bytes that are cut short, damaged or contradict themselves;
    ///   `unsupportedVersion` for those of a newer program.
    public convenience init(decoding bytes: UnsafeRawBufferPointer) throws(ColumnsError) {
        var reader = try SnapshotReader(bytes, kind: .postingIndex)
        var properties: [String] = []
        for _ in 0..<(try reader.integer(in: 0...reader.remaining / 8, "properties")) {
            properties.append(try reader.string())
        }
        let idLimit = try reader.integer(in: 0...1 << 32, "a limit of ids")
        let pageCount = try reader.integer(in: 0...reader.remaining / 16, "pages")
        var pages = ChunkList<KeyPage>()
        var last = -1
        var edgeCount = 0
        for _ in 0..<pageCount {
            let index = Int(try reader.uint32())
            try reader.require(index > last && index < (1 << 32) / KeyPage.width, "page \(index)")
            let page = try KeyPage(decoding: &reader, propertyCount: properties.count, idLimit: idLimit)
            pages[index] = page
            edgeCount += (page.common?.count ?? 0) + page.postings.reduce(0) { $0 + $1.edgeCount }
            last = index
        }
        try reader.finish()
        self.init(properties: properties, edgeCount: edgeCount, idLimit: idLimit, pages: pages)
    }
}

extension KeyPage {
    fileprivate convenience init(
        decoding reader: inout SnapshotReader, propertyCount: Int, idLimit: Int
    ) throws(ColumnsError) {
        let hasCommon = try reader.uint32()
        var ends = [UInt32](repeating: 0, count: KeyPage.width)
        var idCounts = [UInt32](repeating: 0, count: KeyPage.width)
        var common: EdgeBlock?
        if hasCommon != 0 {
            let bytes = try reader.bytes(KeyPage.width * 4)
            ends = (0..<KeyPage.width).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self) }
            let block = try EdgeBlock(
                decoding: &reader, propertyCount: propertyCount, idLimit: idLimit, isInOrder: false)
            var start = 0
            for place in 0..<KeyPage.width {
                let end = Int(ends[place])
                try reader.require(
                    end >= start && end <= block.count && block.form == .ids, "the ends of keys")
                for edge in start..<end {
                    let isNew = edge == start || block.id(at: edge) != block.id(at: edge - 1)
                    try reader.require(
                        edge == start || block.id(at: edge) >= block.id(at: edge - 1), "edges in order")
                    if isNew { idCounts[place] += 1 }
                }
                start = end
            }
            try reader.require(start == block.count, "the ends of keys")
            common = block
        }
        var places: [UInt8] = []
        var postings: [Posting] = []
        for _ in 0..<(try reader.integer(in: 0...KeyPage.width, "keys")) {
            let place = try reader.uint32()
            try reader.require(
                place < KeyPage.width && place > places.last.map(Int.init) ?? -1, "key \(place)")
            let isEmpty = ends[Int(place)] == (place == 0 ? 0 : ends[Int(place) - 1])
            let posting = try Posting(decoding: &reader, propertyCount: propertyCount, idLimit: idLimit)
            try reader.require(isEmpty && posting.edgeCount <= UInt32.max, "edges of key \(place)")
            idCounts[Int(place)] = UInt32(posting.idCount)
            places.append(UInt8(place))
            postings.append(posting)
        }
        try reader.require(common != nil || !postings.isEmpty, "an empty page")
        self.init(ends: ends, idCounts: idCounts, common: common, ownPlaces: places, postings: postings)
    }
}

extension Posting {
    fileprivate convenience init(
        decoding reader: inout SnapshotReader, propertyCount: Int, idLimit: Int
    ) throws(ColumnsError) {
        let blockCount = try reader.uint32()
        var blocks: [EdgeBlock] = []
        for index in 0..<blockCount {
            let block = try EdgeBlock(
                decoding: &reader, propertyCount: propertyCount, idLimit: idLimit, isInOrder: true)
            try reader.require(
                block.form == .ids ? blockCount == 1 : index == 0 || block.base > blocks[Int(index) - 1].base,
                "cells in order")
            blocks.append(block)
        }
        try reader.require(!blocks.isEmpty, "a key without edges")
        self.init(blocks)
    }
}

extension EdgeBlock {
    fileprivate func encode(into writer: inout SnapshotWriter) {
        writer.put(UInt32(form.rawValue))
        writer.put(base)
        writer.put(count)
        switch form {
        case .ids: writer.put(places, count: count * 4)
        case .lows: writer.put(places, count: count * 2)
        case .bitmap: writer.put(places, count: EdgeBlock.cellWidth / 8)
        }
        for numbers in numbers { numbers.encode(count: count, into: &writer) }
    }

    /// Reads a block; its ids must be in order if `isInOrder`, and below `idLimit`.
    fileprivate convenience init(
        decoding reader: inout SnapshotReader, propertyCount: Int, idLimit: Int, isInOrder: Bool
    ) throws(ColumnsError) {
        guard let form = Form(rawValue: UInt8(truncatingIfNeeded: try reader.uint32())) else {
            throw SnapshotReader.malformed("a form of edges")
        }
        let base = try reader.uint32()
        let count = try reader.integer(in: 1...Int(UInt32.max), "edges")
        try reader.require(form == .ids ? base == 0 : Int(base) % EdgeBlock.cellWidth == 0, "a cell")
        let places: MemoryBlock
        switch form {
        case .ids: places = try reader.block(count * 4, byteCount: EdgeBlock.capacity(count) * 4)
        case .lows: places = try reader.block(count * 2, byteCount: EdgeBlock.capacity(count) * 2)
        case .bitmap: places = try reader.block(EdgeBlock.cellWidth / 8)
        }
        var idCount = count
        if form == .bitmap {
            try reader.require(
                fovea_columns_count_both(places.words, nil, EdgeBlock.cellWords) == count,
                "the bits of a cell")
        } else {
            let ids = EdgeBlock(
                form: form, base: base, count: count, idCount: count, places: places, numbers: [])
            var isRising = true
            var greatest = ids.id(at: 0)
            for place in 1..<count {
                let id = ids.id(at: place)
                let before = ids.id(at: place - 1)
                if id < before { isRising = false }
                if id == before { idCount -= 1 }
                greatest = max(greatest, id)
            }
            try reader.require((isRising || !isInOrder) && Int(greatest) < idLimit, "the ids of edges")
        }
        var numbers: [PackedNumbers] = []
        for _ in 0..<propertyCount {
            let packed = try PackedNumbers(
                decoding: &reader, count: count, capacity: EdgeBlock.capacity(count))
            try reader.require(packed.isFloat, "numbers of another type")
            numbers.append(packed)
        }
        self.init(form: form, base: base, count: count, idCount: idCount, places: places, numbers: numbers)
        try reader.require(Int(lastID) < idLimit, "the ids of edges")
    }
}
