import CColumns

extension PackedNumbers {
    /// Writes the first `count` numbers.
    func encode(count: Int, into writer: inout SnapshotWriter) {
        writer.put(UInt32(form.rawValue) | UInt32(width) << 8)
        writer.put(UInt32(exponent))
        writer.put(base)
        writer.put(maximum)
        writer.put(step)
        writer.put(block, count: count * width)
    }

    /// Reads `count` numbers into room for `capacity`.
    ///
    /// - Throws: `malformedSnapshot` also where a number is greater than the bound that comes with the
    ///   numbers.
    init(decoding reader: inout SnapshotReader, count: Int, capacity: Int) throws(ColumnsError) {
        let shape = try reader.uint32()
        let exponent = try reader.uint32()
        let base = try reader.int64()
        let maximum = try reader.int64()
        let step = try reader.uint64()
        let width = Int(shape >> 8)
        guard let form = Form(rawValue: UInt8(truncatingIfNeeded: shape)), [0, 1, 2, 4, 8].contains(width)
        else {
            throw SnapshotReader.malformed("a packing \(shape) of numbers")
        }
        switch form {
        case .integers:
            try reader.require(exponent == 0 && step > 0 && base <= maximum, "a packing of integers")
        case .decimals:
            let limit: Int64 = 1 << 53
            try reader.require(
                exponent < PackedNumbers.powersOfTen.count && step == 1 && width <= 4 && base <= maximum
                    && base > -limit && maximum < limit, "a packing of decimals")
        case .float32: try reader.require(width == 4 && exponent == 0 && step == 1, "a packing of floats")
        case .float64:
            try reader.require(
                (width == 8 || width == 0) && exponent == 0 && step == 1, "a packing of floats")
        }
        let block = try reader.block(count * width, byteCount: capacity * width)
        if form == .integers || form == .decimals {
            let span = (UInt64(bitPattern: maximum) &- UInt64(bitPattern: base)) / step
            try reader.require(
                fovea_columns_greatest(block.base, Int32(width), count) <= span, "a number above its bound")
        }
        self.init(
            form: form, width: width, base: base, maximum: maximum, step: step, exponent: Int(exponent),
            capacity: capacity, block: block)
    }
}
