import Glibc

/// Zeros that take memory only where they are written: arrays with room to grow in place.
///
/// `@unchecked Sendable`: the one thread that builds writes rows that no reader knows of yet. What it changes
/// later, links, is read and written atomically.
final class ReservedMemory: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) throws(VectorsError) {
        let memory = mmap(
            nil, max(byteCount, 1), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0
        )
        guard let memory, memory != MAP_FAILED else { throw .system(errno, "reserve memory for", "a graph") }
        base = memory
        self.byteCount = byteCount
        // Walks jump about: with large pages they miss the translation tables less. In small arrays, pages of
        // 2 MiB would waste more than they win.
        if byteCount >= 64 << 20 { madvise(memory, byteCount, MADV_HUGEPAGE) }
    }

    deinit { munmap(base, max(byteCount, 1)) }
}
