import CColumns

/// What numbers are asked for: one closed interval, or NaN.
enum NumberTest: Sendable, Equatable {
    /// Of integers.
    case integers(Int64, Int64)
    /// Of floats, neither end NaN.
    case doubles(Double, Double)
    case notANumber
}

/// An immutable array of 64-bit numbers in as few bytes each as their range allows, exact to the bit.
///
/// Integers are offsets from the least one (frame of reference), date-times in whole milliseconds or seconds
/// where all are. Floats that are short decimals, as measurements and confidences mostly are, become the
/// integers `k` with `k / 10^e` equal to the float (Afroozeh and Boncz, "ALP", SIGMOD 2023); others stay
/// floats of 32 or 64 bits. So a comparison never sees a rounded value, and most scans read a quarter of the
/// memory.
struct PackedNumbers: Sendable {
    enum Form: UInt8, Sendable {
        case integers = 0
        case decimals = 1
        case float32 = 2
        case float64 = 3
    }

    let form: Form
    /// Bytes a number: 0 where all are the same, 1, 2, 4 or 8.
    let width: Int
    /// The integer that offset 0 stands for; the bits of the one number that all 64-bit floats of width 0
    /// are.
    let base: Int64
    /// No integer is greater than this. Updates may leave it, and `base`, farther out than the numbers are.
    let maximum: Int64
    /// By how much offsets 0 and 1 differ.
    let step: UInt64
    /// The power of ten that decimals are divided by.
    let exponent: Int
    /// How many numbers fit in the block, slots for kernels that read whole words included.
    let capacity: Int
    let block: MemoryBlock

    var values: UnsafeRawPointer { UnsafeRawPointer(block.base) }
    var isFloat: Bool { form != .integers }
    var byteCount: Int { block.byteCount }

    static let powersOfTen: [Double] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]

    /// The stored pattern of place `index`.
    @inline(__always)
    func pattern(at index: Int) -> UInt64 {
        switch width {
        case 0: 0
        case 1: UInt64(values.load(fromByteOffset: index, as: UInt8.self))
        case 2: UInt64(values.load(fromByteOffset: index &* 2, as: UInt16.self))
        case 4: UInt64(values.load(fromByteOffset: index &* 4, as: UInt32.self))
        default: values.load(fromByteOffset: index &* 8, as: UInt64.self)
        }
    }

    /// Has the pattern of place `index` fetched, which need not be there.
    @inline(__always)
    func prefetch(at index: Int) { fovea_columns_prefetch_line(values + index &* width) }

    /// The integer at `index`: the number itself, or of decimals `k`.
    @inline(__always)
    func integer(at index: Int) -> Int64 {
        Int64(bitPattern: UInt64(bitPattern: base) &+ pattern(at: index) &* step)
    }

    /// The float at `index`.
    @inline(__always)
    func double(at index: Int) -> Double {
        switch form {
        case .integers, .decimals: Double(integer(at: index)) / PackedNumbers.powersOfTen[exponent]
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern(at: index))))
        case .float64: Double(bitPattern: width == 0 ? UInt64(bitPattern: base) : pattern(at: index))
        }
    }

    /// The number at `index`: an integer's bits, or a float's.
    @inline(__always)
    func bits(at index: Int) -> UInt64 {
        form == .integers ? UInt64(bitPattern: integer(at: index)) : double(at: index).bitPattern
    }

    /// Writes the bits of the first `count` numbers.
    func unpack(count: Int, into out: UnsafeMutablePointer<UInt64>) {
        switch form {
        case .integers:
            out.withMemoryRebound(to: Int64.self, capacity: count) {
                fovea_columns_unpack(values, Int32(width), count, base, step, $0)
            }
        case .decimals, .float32: for index in 0..<count { out[index] = double(at: index).bitPattern }
        case .float64:
            if width == 0 {
                out.update(repeating: UInt64(bitPattern: base), count: count)
            } else {
                out.update(from: values.assumingMemoryBound(to: UInt64.self), count: count)
            }
        }
    }

    /// What `match` found.
    enum Outcome { case none, all, bits }

    /// Tests the numbers from `first` on. Writes `words` words only if the outcome is `.bits`; the bits of
    /// places that hold no number mean nothing.
    func match(_ test: NumberTest, first: Int = 0, words: Int, into out: BitBuffer) -> Outcome {
        switch form {
        case .integers:
            guard case .integers(let low, let high) = test else { return .none }
            return match(low, high, first: first, words: words, into: out)
        case .decimals:
            guard case .doubles(let low, let high) = test,
                let bounds = PackedNumbers.decimals(from: low, through: high, exponent: exponent)
            else { return .none }
            return match(bounds.low, bounds.high, first: first, words: words, into: out)
        case .float32:
            let start = (values + first * 4).assumingMemoryBound(to: Float.self)
            switch test {
            case .integers: return .none
            case .notANumber: fovea_columns_nan_f32(start, words, out)
            case .doubles(let low, let high):
                var least = Float(low)
                if Double(least) < low { least = least.nextUp }
                var greatest = Float(high)
                if Double(greatest) > high { greatest = greatest.nextDown }
                fovea_columns_range_f32(start, words, least, greatest, out)
            }
            return .bits
        case .float64:
            if width == 0 {
                if case .integers = test { return .none }
                return test.accepts(UInt64(bitPattern: base)) ? .all : .none
            }
            let start = (values + first * 8).assumingMemoryBound(to: Double.self)
            switch test {
            case .integers: return .none
            case .notANumber: fovea_columns_nan_f64(start, words, out)
            case .doubles(let low, let high): fovea_columns_range_f64(start, words, low, high, out)
            }
            return .bits
        }
    }

    private func match(_ low: Int64, _ high: Int64, first: Int, words: Int, into out: BitBuffer) -> Outcome {
        switch scale.offsets(from: low, through: high, width: width) {
        case .none: return .none
        case .all: return .all
        case .between(let least, let span):
            fovea_columns_range(values + first * width, Int32(width), words, least, span, out)
            return .bits
        }
    }

    /// How offsets lie among the integers.
    var scale: Scale { Scale(base: base, maximum: maximum, step: step) }

    /// What integers the offsets of an array stand for.
    struct Scale: Sendable {
        let base: Int64
        let maximum: Int64
        let step: UInt64

        /// Which offsets an interval of integers asks for.
        enum Wanted {
            case none, all
            case between(UInt64, span: UInt64)
        }

        /// What the integers from `low` through `high` are as offsets of `width` bytes.
        @inline(__always)
        func offsets(from low: Int64, through high: Int64, width: Int) -> Wanted {
            guard low <= high, low <= maximum, high >= base else { return .none }
            if low <= base, high >= maximum { return .all }
            let origin = UInt64(bitPattern: base)
            let least = low <= base ? 0 : (UInt64(bitPattern: low) &- origin &+ (step - 1)) / step
            let greatest = (UInt64(bitPattern: min(high, maximum)) &- origin) / step
            guard least <= greatest else { return .none }
            if width == 0 { return least == 0 ? .all : .none }
            return .between(least, span: greatest - least)
        }
    }

    /// The least and greatest `k` whose `k / 10^exponent` lies between `low` and `high`; `nil` where there is
    /// none.
    static func decimals(from low: Double, through high: Double, exponent: Int) -> (low: Int64, high: Int64)?
    {
        let power = powersOfTen[exponent]
        let limit = 0x1p52
        let least = (low * power).rounded(.up)
        let greatest = (high * power).rounded(.down)
        guard low <= high, least < limit, greatest > -limit else { return nil }
        // The product is rounded; the quotient decides, as it is what the numbers were encoded by.
        var first = Int64(max(least, -limit))
        if least > -limit {
            while Double(first - 1) / power >= low { first -= 1 }
            while Double(first) / power < low { first += 1 }
        }
        var last = Int64(min(greatest, limit))
        if greatest < limit {
            while Double(last + 1) / power <= high { last += 1 }
            while Double(last) / power > high { last -= 1 }
        }
        return first <= last ? (first, last) : nil
    }
}
