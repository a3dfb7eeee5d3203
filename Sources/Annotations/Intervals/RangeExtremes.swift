/// The least and the greatest of any run of numbers, in O(log n) after O(n): a segment tree in one array.
struct RangeExtremes: Sendable {
    private let count: Int
    /// Place `count + i` has number i, place i what is under `2 i` and `2 i + 1`.
    private let leasts: [Int64]
    private let greatests: [Int64]

    init(_ numbers: some Collection<Int64>) {
        let count = numbers.count
        self.count = count
        func tree(_ choose: (Int64, Int64) -> Int64) -> [Int64] {
            [Int64](unsafeUninitializedCapacity: 2 * count) { tree, used in
                for (index, number) in numbers.enumerated() {
                    tree.initializeElement(at: count + index, to: number)
                }
                for index in stride(from: count - 1, through: 1, by: -1) {
                    tree.initializeElement(at: index, to: choose(tree[2 * index], tree[2 * index + 1]))
                }
                if count > 0 { tree.initializeElement(at: 0, to: 0) }
                used = 2 * count
            }
        }
        leasts = tree { min($0, $1) }
        greatests = tree { max($0, $1) }
    }

    /// `Int64.max` of an empty range.
    func least(in range: Range<Int>) -> Int64 {
        var (low, high, found) = (range.lowerBound + count, range.upperBound + count, Int64.max)
        while low < high {
            if low & 1 == 1 {
                found = min(found, leasts[low])
                low += 1
            }
            if high & 1 == 1 {
                high -= 1
                found = min(found, leasts[high])
            }
            low /= 2
            high /= 2
        }
        return found
    }

    /// `Int64.min` of an empty range.
    func greatest(in range: Range<Int>) -> Int64 {
        var (low, high, found) = (range.lowerBound + count, range.upperBound + count, Int64.min)
        while low < high {
            if low & 1 == 1 {
                found = max(found, greatests[low])
                low += 1
            }
            if high & 1 == 1 {
                high -= 1
                found = max(found, greatests[high])
            }
            low /= 2
            high /= 2
        }
        return found
    }
}
