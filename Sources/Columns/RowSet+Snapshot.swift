import CColumns

extension RowSet {
    /// The set as bytes, in pieces to be written one after the other.
    public func encoded() -> [[UInt8]] {
        var writer = SnapshotWriter()
        var blockCount = 0
        blocks.forEach { _, _ in blockCount += 1 }
        writer.put(blockCount)
        blocks.forEach { index, block in
            writer.put(index)
            writer.put(block.memory, count: Block.width / 8)
        }
        return writer.finish(.rowSet)
    }

    /// The set that ``encoded()`` wrote.
    ///
    /// - Throws: `malformedSnapshot` for bytes that are cut short, damaged or contradict themselves;
    ///   `unsupportedVersion` for those of a newer program.
    public convenience init(decoding bytes: UnsafeRawBufferPointer) throws(ColumnsError) {
        var reader = try SnapshotReader(bytes, kind: .rowSet)
        let blockCount = try reader.integer(in: 0...reader.remaining / (Block.width / 8), "blocks")
        var blocks = ChunkList<Block>()
        var count = 0
        var last = -1
        for _ in 0..<blockCount {
            let index = try reader.integer(in: 0...(1 << 32) / Block.width - 1, "block")
            try reader.require(index > last, "block \(index)")
            let block = Block(try reader.block(Block.width / 8))
            count += fovea_columns_count_both(block.memory.words, nil, Block.wordCount)
            blocks[index] = block
            last = index
        }
        try reader.finish()
        self.init(count: count, blocks: blocks)
    }
}
