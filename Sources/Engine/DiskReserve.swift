#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// A file of a quarter of a megabyte beside the catalog, given up where the disk is so full that the store
/// does not even open: SQLite needs some room to read, too. What is given up lets the store be read, and what
/// nothing refers to be removed. It is made anew at a later opening, as soon as there is room.
struct DiskReserve {
    let path: FilePath

    /// What SQLite's index of its log and a few of its pages take.
    static let byteCount = 256 << 10

    /// Makes the file unless it is there. Without room there is none, and nothing else is worse for that.
    func keep() {
        guard access(path.string, F_OK) != 0 else { return }
        let file = open(path.string, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let isMade = posix_fallocate(file, 0, off_t(DiskReserve.byteCount)) == 0
        close(file)
        if !isMade { unlink(path.string) }
    }

    /// Removes the file.
    /// - Returns: whether that has made room.
    func giveUp() -> Bool { unlink(path.string) == 0 }
}
