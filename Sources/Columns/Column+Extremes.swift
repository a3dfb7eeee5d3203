public import Base

extension Column {
    /// The least value in the rows of `ids` (`nil`: all), or `nil` where none has one. NaN is the least
    /// number.
    public func minimum(over ids: IdSet? = nil) -> ColumnValue? { extreme(over: ids, isLess: true) }

    /// The greatest value in the rows of `ids` (`nil`: all), or `nil` where none has one. NaN is the greatest
    /// only where there is nothing else.
    public func maximum(over ids: IdSet? = nil) -> ColumnValue? { extreme(over: ids, isLess: false) }

    // MARK: - Private

    private func extreme(over ids: IdSet?, isLess: Bool) -> ColumnValue? {
        if type == .string { return extremeString(over: ids, isLess: isLess) }
        let isFloat = type == .float
        var best: UInt64?
        forEachChunk(over: ids) { _, chunk, bits in
            let numbers = chunk.numbers
            // A chunk that can hold nothing better need not be read.
            if let best, let bound = numbers.bound(isLess: isLess, isFloat: isFloat),
                isLess ? bound >= best : bound <= best
            {
                return
            }
            var chosen = best ?? (isLess ? .max : .min)
            bits.forEachBit(words: chunk.words) { place in
                let key = SortKeys.key(numbers.bits(at: place), isFloat: isFloat)
                chosen = isLess ? min(chosen, key) : max(chosen, key)
            }
            best = chosen
        }
        return best.map { value(bits: SortKeys.bits($0, isFloat: isFloat)) }
    }

    private func extremeString(over ids: IdSet?, isLess: Bool) -> ColumnValue? {
        var best: Int?
        forEachChunk(over: ids) { _, chunk, bits in
            var last = -1
            bits.forEachBit(words: chunk.words) { place in
                let code = Int(chunk.numbers.integer(at: place))
                guard code != last else { return }
                last = code
                guard let known = best else {
                    best = code
                    return
                }
                let order = dictionary.compare(code, known)
                if isLess ? order < 0 : order > 0 { best = code }
            }
        }
        return best.map { .string(dictionary.string($0)) }
    }
}

extension PackedNumbers {
    /// A sort key that none is below (or, if not `isLess`, above); `nil` where the chunk does not know one.
    func bound(isLess: Bool, isFloat: Bool) -> UInt64? {
        switch form {
        case .integers: SortKeys.key(UInt64(bitPattern: isLess ? base : maximum), isFloat: false)
        case .decimals:
            SortKeys.key(
                (Double(isLess ? base : maximum) / PackedNumbers.powersOfTen[exponent]).bitPattern,
                isFloat: true)
        case .float32, .float64: nil
        }
    }
}
