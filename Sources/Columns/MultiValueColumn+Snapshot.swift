extension MultiValueColumn {
    /// The column as bytes, in pieces of about a mebibyte to be written one after the other.
    public func encoded() -> [[UInt8]] {
        var writer = SnapshotWriter()
        writer.put(rowCount)
        var chunkCount = 0
        chunks.forEach { _, _ in chunkCount += 1 }
        writer.put(chunkCount)
        dictionary.encode(into: &writer)
        chunks.forEach { index, chunk in
            writer.put(UInt32(index))
            writer.put(UInt32(chunk.rowCount))
            writer.put(UInt32(chunk.valueCount))
            writer.put(chunk.type.map { UInt32($0.rawValue) } ?? MultiValueChunk.mixedTypes)
            writer.put(chunk.ends, count: chunk.rowCount * 4)
            if let types = chunk.types { writer.put(types, count: chunk.valueCount) }
            chunk.numbers.encode(count: chunk.valueCount, into: &writer)
        }
        return writer.finish(.multiValueColumn)
    }

    /// The column that ``encoded()`` wrote.
    ///
    /// - Throws: `malformedSnapshot` for bytes that are cut short, damaged or contradict themselves;
    ///   `unsupportedVersion` for those of a newer program.
    public convenience init(decoding bytes: UnsafeRawBufferPointer) throws(ColumnsError) {
        var reader = try SnapshotReader(bytes, kind: .multiValueColumn)
        let rowCount = try reader.integer(in: 0...1 << 32, "rows")
        let chunkCount = try reader.integer(in: 0...reader.remaining / 48, "chunks")
        let dictionary = try StringDictionary(decoding: &reader)
        var chunks = ChunkList<MultiValueChunk>()
        var count = 0
        var valueCount = 0
        var last = -1
        for _ in 0..<chunkCount {
            let index = Int(try reader.uint32())
            let chunk = try MultiValueChunk(decoding: &reader, stringCount: dictionary.count)
            try reader.require(
                index > last && index * MultiValueChunk.width + chunk.rowCount <= rowCount, "chunk \(index)")
            chunks[index] = chunk
            count += chunk.presentCount
            valueCount += chunk.valueCount
            last = index
        }
        try reader.finish()
        self.init(
            rowCount: rowCount, count: count, valueCount: valueCount, chunks: chunks, dictionary: dictionary)
    }
}

extension MultiValueChunk {
    fileprivate static let mixedTypes: UInt32 = 0xFFFF_FFFF

    fileprivate convenience init(decoding reader: inout SnapshotReader, stringCount: Int) throws(ColumnsError)
    {
        let rowCount = Int(try reader.uint32())
        let valueCount = Int(try reader.uint32())
        let typeNumber = try reader.uint32()
        let type = UInt8(exactly: typeNumber).flatMap { ColumnType(rawValue: $0) }
        try reader.require(
            (1...MultiValueChunk.width).contains(rowCount) && valueCount > 0
                && (type != nil || typeNumber == MultiValueChunk.mixedTypes), "the shape of a chunk")
        let ends = try reader.block(rowCount * 4)
        let types = type == nil ? try reader.block(valueCount) : nil
        // The types, or the numbers, say whether there really are so many values; a constant takes no bytes
        // at all.
        try reader.require(
            valueCount <= 1 << 24 || valueCount <= reader.remaining, "\(valueCount) values of a chunk")
        let numbers = try PackedNumbers(
            decoding: &reader, count: valueCount, capacity: wordCount(forBits: valueCount) * 64)
        try reader.require(numbers.isFloat == (type == .float), "numbers of another type")
        var present = 0
        var last: UInt32 = 0
        for row in 0..<rowCount {
            let end = ends.base.load(fromByteOffset: row * 4, as: UInt32.self)
            try reader.require(end >= last, "the ends of rows")
            if end > last { present += 1 }
            last = end
        }
        try reader.require(last == UInt32(valueCount), "the ends of rows")
        for place in 0..<valueCount {
            let valueType =
                types.map { ColumnType(rawValue: $0.base.load(fromByteOffset: place, as: UInt8.self)) }
                ?? type
            guard let valueType else { throw SnapshotReader.malformed("the type of a value") }
            if valueType == .string {
                try reader.require(numbers.bits(at: place) < UInt64(stringCount), "the code of a string")
            }
        }
        self.init(
            rowCount: rowCount, presentCount: present, valueCount: valueCount, ends: ends, type: type,
            types: types,
            numbers: numbers)
    }
}
