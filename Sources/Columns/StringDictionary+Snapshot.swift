extension StringDictionary {
    func encode(into writer: inout SnapshotWriter) {
        writer.put(count)
        segments.forEach { _, segment in
            writer.put(segment.byteCount)
            writer.put(segment.content)
        }
    }

    /// Reads a dictionary; its hash table is made when it is first asked for.
    init(decoding reader: inout SnapshotReader) throws(ColumnsError) {
        // A string takes at least four bytes, for where it ends.
        let count = try reader.integer(
            in: 0...min(StringDictionary.maximumCount, reader.remaining / 4), "strings")
        var segments = ChunkList<Segment>()
        for index in 0..<(count + Segment.width - 1) / Segment.width {
            let strings = min(Segment.width, count - index * Segment.width)
            let byteCount = try reader.integer(
                in: strings * 4...max(reader.remaining, strings * 4), "a segment's bytes")
            let content = try reader.bytes(byteCount)
            let segment = Segment(count: strings, byteCount: byteCount) { $0.copyBytes(from: content) }
            let ends = segment.place.ends
            var isRising = true
            for place in 1..<max(strings, 1) where ends[place] < ends[place - 1] { isRising = false }
            try reader.require(
                isRising && Int(ends[strings - 1]) == byteCount - strings * 4, "the ends of strings")
            segments[index] = segment
        }
        self.init(
            segments: segments, count: count,
            index: Index(table: nil, newestCount: count, newest: segments))
    }
}
