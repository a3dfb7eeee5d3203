import Base
import Engine
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// Writes an archive of files that any `tar` unpacks: POSIX.1-1988 (ustar), with a header of POSIX.1-2001
/// (pax) before files with names of more than 100 bytes.
struct TarWriter {
    private static let blockLength = 512

    private let descriptor: FileDescriptor
    private let time: Int64

    /// - Parameter time: when files were changed, in seconds since 1970.
    init(_ descriptor: FileDescriptor, time: Int64) {
        self.descriptor = descriptor
        self.time = time
    }

    /// Appends a file.
    /// - Parameter name: relative, with slashes.
    /// - Throws: `Errno`.
    func add(_ name: String, _ bytes: [UInt8]) throws {
        if name.utf8.count > 100 {
            let record = TarWriter.record("path", name)
            try write(header("PaxHeader", byteCount: record.count, kind: "x") + TarWriter.padded(record))
        }
        try write(header(name, byteCount: bytes.count, kind: "0"))
        try write(TarWriter.padded(bytes))
    }

    /// Ends the archive.
    /// - Throws: `Errno`.
    func finish() throws { try write([UInt8](repeating: 0, count: 2 * TarWriter.blockLength)) }

    // MARK: - Private

    private func write(_ bytes: [UInt8]) throws { _ = try descriptor.writeAll(bytes) }

    private func header(_ name: String, byteCount: Int, kind: Unicode.Scalar) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarWriter.blockLength)
        func put(_ bytes: some Sequence<UInt8>, at place: Int) {
            for (offset, byte) in bytes.enumerated() { block[place + offset] = byte }
        }
        put(name.utf8.prefix(100), at: 0)
        put("0000644".utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(TarWriter.octal(Int64(byteCount), 11).utf8, at: 124)
        put(TarWriter.octal(time, 11).utf8, at: 136)
        put("        ".utf8, at: 148)
        block[156] = UInt8(kind.value)
        put("ustar".utf8, at: 257)
        put("00".utf8, at: 263)
        let sum = block.reduce(0) { $0 + Int64($1) }
        put(TarWriter.octal(sum, 6).utf8, at: 148)
        block[154] = 0
        return block
    }

    /// A record of a pax header: its own length in decimal, which counts itself, a name and a value.
    private static func record(_ name: String, _ value: String) -> [UInt8] {
        let rest = " \(name)=\(value)\n"
        var length = rest.utf8.count
        while length != String(length).utf8.count + rest.utf8.count {
            length = String(length).utf8.count + rest.utf8.count
        }
        return Array("\(length)\(rest)".utf8)
    }

    private static func octal(_ number: Int64, _ width: Int) -> String {
        let digits = String(number, radix: 8)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        let rest = bytes.count % blockLength
        return rest == 0 ? bytes : bytes + [UInt8](repeating: 0, count: blockLength - rest)
    }
}
