import CColumns

extension Column {
    /// The column as bytes, in pieces of about a mebibyte to be written one after the other. Derived
    /// structures, as facet codes, are left out.
    public func encoded() -> [[UInt8]] {
        var writer = SnapshotWriter()
        writer.put(Int(type.rawValue))
        writer.put(rowCount)
        var chunkCount = 0
        chunks.forEach { _, _ in chunkCount += 1 }
        writer.put(chunkCount)
        if type == .string { dictionary.encode(into: &writer) }
        chunks.forEach { index, chunk in
            writer.put(UInt32(index))
            writer.put(UInt32(chunk.rowCount) | (chunk.presence == nil ? 0 : 1 << 31))
            if let presence = chunk.presence { writer.put(presence, count: chunk.words * 8) }
            chunk.numbers.encode(count: chunk.rowCount, into: &writer)
        }
        return writer.finish(.column)
    }

    /// The column that ``encoded()`` wrote; at memory speed, as everything is copied and checked but nothing
    /// built.
    ///
    /// - Throws: `malformedSnapshot` for bytes that are cut short, damaged or contradict themselves;
    ///   `unsupportedVersion` for those of a newer program.
    public convenience init(decoding bytes: UnsafeRawBufferPointer) throws(ColumnsError) {
        var reader = try SnapshotReader(bytes, kind: .column)
        let typeNumber = try reader.integer(in: 0...4, "a type")
        guard let type = ColumnType(rawValue: UInt8(typeNumber)) else {
            throw SnapshotReader.malformed("type \(typeNumber)")
        }
        let rowCount = try reader.integer(in: 0...1 << 32, "rows")
        let chunkCount = try reader.integer(in: 0...reader.remaining / 40, "chunks")
        let dictionary = type == .string ? try StringDictionary(decoding: &reader) : StringDictionary()
        var chunks = ChunkList<ColumnChunk>()
        var last = -1
        var count = 0
        for _ in 0..<chunkCount {
            let index = Int(try reader.uint32())
            let chunk = try ColumnChunk(decoding: &reader, type: type, stringCount: dictionary.count)
            try reader.require(
                index > last && index * ColumnChunk.width + chunk.rowCount <= rowCount, "chunk \(index)")
            chunks[index] = chunk
            count += chunk.presentCount
            last = index
        }
        try reader.finish()
        self.init(type: type, rowCount: rowCount, count: count, chunks: chunks, dictionary: dictionary)
    }
}

extension ColumnChunk {
    fileprivate convenience init(
        decoding reader: inout SnapshotReader, type: ColumnType, stringCount: Int
    ) throws(ColumnsError) {
        let shape = try reader.uint32()
        let rowCount = Int(shape & ~(1 << 31))
        try reader.require((1...ColumnChunk.width).contains(rowCount), "\(rowCount) rows of a chunk")
        let words = wordCount(forBits: rowCount)
        var presence: MemoryBlock?
        var presentCount = rowCount
        if shape >> 31 == 1 {
            let block = try reader.block(words * 8)
            presentCount = fovea_columns_count_both(block.words, nil, words)
            let tail = rowCount % 64 == 0 ? 0 : block.words[words - 1] >> UInt64(rowCount % 64)
            try reader.require(tail == 0 && presentCount > 0, "the presence of rows")
            presence = block
        }
        let numbers = try PackedNumbers(decoding: &reader, count: rowCount, capacity: words * 64)
        try reader.require(numbers.isFloat == (type == .float), "numbers of another type")
        switch type {
        case .string:
            try reader.require(
                numbers.base >= 0 && numbers.maximum < Int64(stringCount) && numbers.step == 1,
                "codes of strings")
        case .boolean:
            try reader.require(numbers.base >= 0 && numbers.maximum <= 1 && numbers.step == 1, "booleans")
        case .integer, .float, .dateTime: break
        }
        self.init(rowCount: rowCount, presentCount: presentCount, presence: presence, numbers: numbers)
    }
}
