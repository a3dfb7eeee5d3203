import Base
import CColumns

/// What a scan over thousands of blocks needs of each, beside the others in memory: the way to it through the
/// objects that own it is several waits for memory a block.
///
/// `@unchecked Sendable`: it points into memory of its block, which nobody writes, and whoever keeps a run
/// keeps the block.
struct EdgeRun: @unchecked Sendable {
    let form: EdgeBlock.Form
    let hasRepeats: Bool
    /// Bytes a number of the first property; `nil` where there is none, or its numbers are no scaled integers
    /// of up to 32 bits.
    let width: Int8?
    let exponent: Int8
    let base: LocalID
    let count: Int
    let places: UnsafeRawPointer
    let numbers: UnsafeRawPointer
    let scale: PackedNumbers.Scale

    init(_ block: EdgeBlock) {
        form = block.form
        hasRepeats = block.hasRepeats
        base = block.base
        count = block.count
        places = UnsafeRawPointer(block.places.base)
        if let packed = block.numbers.first, packed.form == .decimals, packed.width <= 4 {
            width = Int8(packed.width)
            exponent = Int8(packed.exponent)
            numbers = packed.values
            scale = packed.scale
        } else {
            width = nil
            exponent = 0
            numbers = places
            scale = PackedNumbers.Scale(base: 0, maximum: 0, step: 1)
        }
    }

    var words: UnsafePointer<UInt64> { places.assumingMemoryBound(to: UInt64.self) }
}

/// Counts the ids of postings that are in a set and have a matching edge.
struct EdgeScan {
    private let conditions: [EdgeCondition]
    /// Begins with id 0 and reaches the last cell whole; `nil` for all ids.
    private let set: UnsafePointer<UInt64>?
    /// Ids of the set in each cell.
    private let cellCounts: [Int]?
    private let scratch: EdgeScratch
    /// What runs can decide by themselves: the numbers that the first property is asked for, `nil` for any.
    private let interval: (low: Double, high: Double)?
    private let suitsRuns: Bool
    /// The integers of the interval at the last run's power of ten: mostly all have the same.
    private var bounds: (exponent: Int8, integers: (low: Int64, high: Int64)?) = (-1, nil)

    init(
        _ conditions: [EdgeCondition], set: UnsafePointer<UInt64>?, cellCounts: [Int]?, scratch: EdgeScratch
    ) {
        self.conditions = conditions
        self.set = set
        self.cellCounts = cellCounts
        self.scratch = scratch
        if conditions.count == 1, conditions[0].property == 0,
            case .doubles(let low, let high) = conditions[0].test
        {
            interval = (low, high)
        } else {
            interval = nil
        }
        suitsRuns = conditions.isEmpty || interval != nil
    }

    /// How many different ids of the page's posting number `own` count.
    mutating func idCount(of own: Int, in page: KeyPage) -> Int {
        let first = own == 0 ? 0 : Int(page.runEnds[own - 1])
        let end = Int(page.runEnds[own])
        var count = 0
        page.runs.withUnsafeBufferPointer { runs in
            for index in first..<end {
                if index + 1 < runs.count {
                    fovea_columns_prefetch(runs[index + 1].places)
                    fovea_columns_prefetch(runs[index + 1].numbers)
                }
                let run = runs[index]
                if run.form != .ids, cellCounts?[Int(run.base) / EdgeBlock.cellWidth] == 0 { continue }
                if suitsRuns, !run.hasRepeats, let wanted = wanted(run) {
                    count += set.map { hits(run, wanted, $0 + Int(run.base) / 64) } ?? all(run, wanted)
                } else {
                    let block = page.postings[own].blocks[index - first]
                    count += block.idCount(block.match(conditions, scratch: scratch), in: set)
                }
            }
        }
        return count
    }

    // MARK: - Private

    /// Which offsets of the run are asked for; `nil` where the run alone does not tell.
    @inline(__always)
    private mutating func wanted(_ run: EdgeRun) -> PackedNumbers.Scale.Wanted? {
        guard let interval else { return .all }
        guard let width = run.width else { return nil }
        if bounds.exponent != run.exponent {
            let exponent = Int(run.exponent)
            bounds = (
                run.exponent,
                PackedNumbers.decimals(from: interval.low, through: interval.high, exponent: exponent)
            )
        }
        guard let integers = bounds.integers else { return PackedNumbers.Scale.Wanted.none }
        return run.scale.offsets(from: integers.low, through: integers.high, width: Int(width))
    }

    /// How many of the run's ids are asked for, whatever set they are in.
    @inline(__always)
    private func all(_ run: EdgeRun, _ wanted: PackedNumbers.Scale.Wanted) -> Int {
        switch wanted {
        case .none: 0
        case .all: run.count
        case .between(let least, let span):
            fovea_columns_range_count(
                run.numbers, Int32(run.width ?? 0), UInt32(least), UInt32(span), run.count)
        }
    }

    /// How many of the run's ids are in the set, of which `cell` has the bits from the run's base on.
    @inline(__always)
    private func hits(
        _ run: EdgeRun, _ wanted: PackedNumbers.Scale.Wanted, _ cell: UnsafePointer<UInt64>
    ) -> Int {
        let idWidth: Int32 = run.form == .ids ? 4 : 2
        let width = Int32(run.width ?? 0)
        switch (wanted, run.form) {
        case (.none, _): return 0
        case (.all, .bitmap): return fovea_columns_count_both(run.words, cell, EdgeBlock.cellWords)
        case (.all, _): return fovea_columns_hits(run.places, idWidth, nil, run.count, cell)
        case (.between(let least, let span), .bitmap):
            let words = wordCount(forBits: run.count)
            scratch.reserve(words + 2)
            let matches = scratch.matches
            fovea_columns_range(run.numbers, width, words, least, span, matches)
            matches.clearTail(after: run.count)
            matches[words] = 0
            matches[words + 1] = 0
            return fovea_columns_deposit_hits(run.words, matches, cell, EdgeBlock.cellWords)
        case (.between(let least, let span), _):
            return fovea_columns_range_hits(
                run.places, idWidth, run.numbers, width, UInt32(least), UInt32(span), run.count, cell)
        }
    }
}
