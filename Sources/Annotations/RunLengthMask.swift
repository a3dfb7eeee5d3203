/// A mask of an image as runs of pixels, in the form that COCO's tools read: column by column, the first run
/// outside of the mask.
///
/// As text it is COCO's compressed form (`rleToString` of pycocotools): each count is written in groups of
/// five bits, from the third on as the difference to the count two before.
public struct RunLengthMask: Sendable, Hashable {
    /// Of the image, in pixels.
    public var width, height: Int
    /// Lengths of runs, alternately outside and inside, column by column; the first may be 0. Their sum is
    /// `width × height`.
    public var counts: [Int]

    public init(width: Int, height: Int, counts: [Int]) {
        self.width = width
        self.height = height
        self.counts = counts
    }

    /// The pixels for which `isInside` says so.
    /// - Parameter isInside: is asked for the index of each pixel, row by row.
    public init(width: Int, height: Int, where isInside: (Int) -> Bool) {
        var counts: [Int] = []
        var run = 0
        var isIn = false
        for column in 0..<width {
            for row in 0..<height {
                if isInside(row * width + column) != isIn {
                    counts.append(run)
                    run = 0
                    isIn.toggle()
                }
                run += 1
            }
        }
        counts.append(run)
        self.init(width: width, height: height, counts: counts)
    }

    /// How many pixels are inside.
    public var area: Int {
        stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + counts[$1] }
    }

    /// The counts in COCO's compressed form.
    public var text: String {
        var bytes: [UInt8] = []
        for (index, count) in counts.enumerated() {
            var rest = index > 2 ? count - counts[index - 2] : count
            var hasMore = true
            while hasMore {
                var group = rest & 0x1F
                rest >>= 5
                hasMore = group & 0x10 != 0 ? rest != -1 : rest != 0
                if hasMore { group |= 0x20 }
                bytes.append(UInt8(group + 48))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what ``text`` writes; `nil` for what is none, or does not add up to the size.
    public init?(width: Int, height: Int, text: String) {
        var counts: [Int] = []
        var value = 0
        var shift = 0
        for byte in text.utf8 {
            let group = Int(byte) - 48
            guard (0..<64).contains(group), shift <= 55 else { return nil }
            value |= (group & 0x1F) << shift
            shift += 5
            if group & 0x20 != 0 { continue }
            if group & 0x10 != 0 { value |= -1 << shift }
            if counts.count > 2 { value += counts[counts.count - 2] }
            guard value >= 0, value <= width * height else { return nil }
            counts.append(value)
            (value, shift) = (0, 0)
        }
        guard shift == 0, counts.reduce(0, +) == width * height else { return nil }
        self.init(width: width, height: height, counts: counts)
    }
}
