import Glibc

/// A file seen as memory, further than it reaches: what is appended later appears in its place, and nothing
/// that a reader holds ever moves.
///
/// `@unchecked Sendable`: the memory is read-only here. Rows are written through the file before their number
/// is published, and readers touch published rows only.
final class FileMapping: @unchecked Sendable {
    let base: UnsafeRawPointer
    let byteCount: Int

    /// Maps `byteCount` bytes; those beyond the end of the file must not be touched until it has grown.
    init(_ file: DiskFile, byteCount: Int) throws(VectorsError) {
        let memory = mmap(nil, byteCount, PROT_READ, MAP_SHARED | MAP_NORESERVE, file.descriptor, 0)
        guard let memory, memory != MAP_FAILED else { throw .system(errno, "map", file.path) }
        base = UnsafeRawPointer(memory)
        self.byteCount = byteCount
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }

    /// The mapping's size for a file of which `byteCount` bytes are in use: address space costs nothing, and
    /// the next mapping is far away.
    static func room(for byteCount: Int) -> Int {
        let wanted = max(1 << 28, byteCount.multipliedReportingOverflow(by: 4).partialValue)
        return (wanted + 4_095) / 4_096 * 4_096
    }
}
