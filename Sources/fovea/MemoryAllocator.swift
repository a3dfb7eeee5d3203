import CAllocator

/// How glibc's allocator keeps memory for this process.
enum MemoryAllocator {
    /// The pixels of 20 megapixels, and more than those of most photographs.
    private static let keptBytes: CInt = 64 << 20

    /// Keeps freed blocks up to ``keptBytes`` for the next image.
    ///
    /// glibc learns to keep what a process uses again and again, but nothing above 32 MiB: the pixels of a
    /// photograph of 12 megapixels come from the kernel each time, and are zeroed page by page.
    /// `docs/decisions/memory-allocator.md` has the measurements. Not meant for threads: call it first.
    static func keepPixelBuffers() {
        // Both answer 0 where the allocator knows no such setting, which costs speed and nothing else.
        _ = mallopt(M_MMAP_THRESHOLD, keptBytes)
        _ = mallopt(M_TRIM_THRESHOLD, keptBytes)
    }
}
