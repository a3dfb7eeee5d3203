/// Unpacks the variable-length codes of a GIF's pixels (GIF89a specification, appendix F).
///
/// Each new code stands for the last string and one index more, and that index is the first of the string
/// that follows it in the output. So a code's string need not be kept: it is a stretch of the output, known
/// by its place and length.
struct LZWUnpacker {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var leftInBlock = 0
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0

    /// Reads blocks of bytes, each with its length before it, from the first of `bytes` on.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Fills `output` with indices; `rootBits` is in `1...8`.
    ///
    /// - Returns: how many there were before the end code, the end of the bytes, or a code that was not
    ///   defined.
    mutating func unpack(rootBits: UInt32, into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let clearCode = 1 << Int(rootBits)
        var starts = [Int](repeating: 0, count: 4_096)
        var lengths = [Int](repeating: 0, count: 4_096)
        var codeBits = rootBits + 1
        var nextCode = clearCode + 2
        var count = 0
        /// Length of the last string, which ends where the output ends; 0 after a clear code.
        var lastLength = 0

        while count < output.count, let code = readCode(codeBits) {
            if code == clearCode {
                codeBits = rootBits + 1
                nextCode = clearCode + 2
                lastLength = 0
                continue
            }
            if code == clearCode + 1 { break }
            if lastLength > 0, nextCode < 4_096 {
                // Defined before it is looked up: a code may stand for the string that it is the first to
                // use.
                starts[nextCode] = count - lastLength
                lengths[nextCode] = lastLength + 1
                nextCode += 1
                if nextCode == 1 << Int(codeBits), codeBits < 12 { codeBits += 1 }
            }
            if code < clearCode {
                output[count] = UInt8(code)
                lastLength = 1
            } else {
                guard code < nextCode else { break }
                let start = starts[code]
                lastLength = lengths[code]
                // Forwards and one by one: the string may reach into what is being written.
                for index in 0..<min(lastLength, output.count - count) {
                    output[count + index] = output[start + index]
                }
            }
            count += lastLength
        }
        return min(count, output.count)
    }

    // MARK: - Private

    private mutating func readCode(_ width: UInt32) -> Int? {
        while bitCount < width {
            if leftInBlock == 0 {
                guard offset < bytes.count, bytes[offset] > 0 else { return nil }
                leftInBlock = Int(bytes[offset])
                offset += 1
            }
            guard offset < bytes.count else { return nil }
            bits |= UInt32(bytes[offset]) << bitCount
            bitCount += 8
            offset += 1
            leftInBlock -= 1
        }
        let code = Int(bits & (1 << width - 1))
        bits >>= width
        bitCount -= width
        return code
    }
}
