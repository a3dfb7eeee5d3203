import CColumns

extension PackedNumbers {
    /// Packs the integers whose bit is set in `presence` (`nil`: all); the other places read as any number.
    ///
    /// - Parameters:
    ///   - capacity: Places to make room for, at least `count`; those beyond hold zeros.
    ///   - triesSteps: Whether numbers that are all whole thousands or millions apart are stored so.
    static func integers(
        _ numbers: UnsafePointer<Int64>, presence: UnsafePointer<UInt64>?, count: Int, capacity: Int,
        triesSteps: Bool = false, form: Form = .integers, exponent: Int = 0
    ) -> PackedNumbers {
        var least: Int64 = 0
        var greatest: Int64 = 0
        if fovea_columns_extremes_i64(numbers, presence, count, &least, &greatest) == 0 {
            least = 0
            greatest = 0
        }
        let span = UInt64(bitPattern: greatest) &- UInt64(bitPattern: least)
        var step: UInt64 = 1
        if triesSteps, span > 0xFFFF {
            for candidate: UInt64 in [1_000_000, 1_000]
            where fovea_columns_divides(numbers, presence, count, least, candidate) != 0 {
                step = candidate
                break
            }
        }
        let width = width(of: span / step)
        let block = MemoryBlock(byteCount: capacity * width)
        fovea_columns_pack(numbers, presence, count, least, step, Int32(width), block.base)
        block.clear(from: count * width)
        return PackedNumbers(
            form: form, width: width, base: least, maximum: greatest, step: step, exponent: exponent,
            capacity: capacity, block: block)
    }

    /// Packs the floats whose bit is set in `presence` (`nil`: all); the other places read as any number.
    /// `exponent` is the first power of ten to try: what served the neighbours, so that chunks agree.
    static func doubles(
        _ numbers: UnsafePointer<Double>, presence: UnsafePointer<UInt64>?, count: Int, capacity: Int,
        exponent first: Int = 0
    ) -> PackedNumbers {
        let scaled = UnsafeMutablePointer<Int64>.allocate(capacity: max(count, 1))
        defer { scaled.deallocate() }
        var exponent = fovea_columns_decimals(numbers, presence, count, Int32(first), scaled)
        if exponent < 0, first > 0 { exponent = fovea_columns_decimals(numbers, presence, count, 0, scaled) }
        if exponent >= 0 {
            let packed = integers(
                scaled, presence: presence, count: count, capacity: capacity, form: .decimals,
                exponent: Int(exponent))
            if packed.width <= 4 { return packed }
        }
        if let same = sameNumber(numbers, presence: presence, count: count) {
            return PackedNumbers(
                form: .float64, width: 0, base: Int64(bitPattern: same), maximum: 0, step: 1, exponent: 0,
                capacity: capacity, block: MemoryBlock(byteCount: 0))
        }
        let isShort = fovea_columns_fits_f32(numbers, presence, count) != 0
        let width = isShort ? 4 : 8
        let block = MemoryBlock(byteCount: capacity * width)
        if isShort {
            let floats = block.base.assumingMemoryBound(to: Float.self)
            for index in 0..<count { floats[index] = Float(numbers[index]) }
        } else {
            block.base.copyMemory(from: numbers, byteCount: count * 8)
        }
        block.clear(from: count * width)
        return PackedNumbers(
            form: isShort ? .float32 : .float64, width: width, base: 0, maximum: 0, step: 1, exponent: 0,
            capacity: capacity, block: block)
    }

    /// The bits that all the numbers share, for example those of NaN where none has the property at all.
    private static func sameNumber(
        _ numbers: UnsafePointer<Double>, presence: UnsafePointer<UInt64>?, count: Int
    ) -> UInt64? {
        var same: UInt64?
        for index in 0..<count where presence?.isSet(index) ?? true {
            let bits = numbers[index].bitPattern
            if let same, same != bits { return nil }
            same = bits
        }
        return same
    }

    /// A copy with some places changed, or `nil` where a number does not fit this packing.
    ///
    /// - Parameter changes: Places below `capacity` and the bits of the numbers to put there.
    func replacing(_ changes: some Sequence<(place: Int, bits: UInt64)>, capacity: Int) -> PackedNumbers? {
        let copy = MemoryBlock.copy(of: block.bytes, byteCount: capacity * width)
        var maximum = maximum
        for change in changes {
            guard let pattern = pattern(of: change.bits, maximum: &maximum) else { return nil }
            switch width {
            case 0: break
            case 1: copy.base.storeBytes(of: UInt8(pattern), toByteOffset: change.place, as: UInt8.self)
            case 2: copy.base.storeBytes(of: UInt16(pattern), toByteOffset: change.place * 2, as: UInt16.self)
            case 4: copy.base.storeBytes(of: UInt32(pattern), toByteOffset: change.place * 4, as: UInt32.self)
            default: copy.base.storeBytes(of: pattern, toByteOffset: change.place * 8, as: UInt64.self)
            }
        }
        return PackedNumbers(
            form: form, width: width, base: base, maximum: maximum, step: step, exponent: exponent,
            capacity: capacity, block: copy)
    }

    /// How `bits` would be stored, or `nil` where this packing cannot hold them; widens `maximum`.
    private func pattern(of bits: UInt64, maximum: inout Int64) -> UInt64? {
        let integer: Int64
        switch form {
        case .float64: return width > 0 ? bits : Int64(bitPattern: bits) == base ? 0 : nil
        case .float32:
            let short = Float(Double(bitPattern: bits))
            return Double(short).bitPattern == bits ? UInt64(short.bitPattern) : nil
        case .integers: integer = Int64(bitPattern: bits)
        case .decimals:
            let power = PackedNumbers.powersOfTen[exponent]
            let rounded = (Double(bitPattern: bits) * power).rounded(.toNearestOrEven)
            guard abs(rounded) < 0x1p51, (rounded / power).bitPattern == bits else { return nil }
            integer = Int64(rounded)
        }
        guard integer >= base else { return nil }
        let distance = UInt64(bitPattern: integer) &- UInt64(bitPattern: base)
        let (offset, rest) = distance.quotientAndRemainder(dividingBy: step)
        guard rest == 0, PackedNumbers.width(of: offset) <= width else { return nil }
        maximum = max(maximum, integer)
        return offset
    }

    /// The least width that holds `offset`.
    static func width(of offset: UInt64) -> Int {
        switch offset {
        case 0: 0
        case ...0xFF: 1
        case ...0xFFFF: 2
        case ...0xFFFF_FFFF: 4
        default: 8
        }
    }
}

extension MemoryBlock {
    /// Clears the bytes from `start` to the end.
    func clear(from start: Int) {
        guard start < byteCount else { return }
        (base + start).initializeMemory(as: UInt8.self, repeating: 0, count: byteCount - start)
    }
}
