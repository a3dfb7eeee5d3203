import Glibc

/// What the disk of a folder gives at this moment: it varies tenfold within minutes on shared machines, so
/// that only figures of the same minute compare.
enum DiskSpeed {
    /// How often a second a page of a file is overwritten and made durable.
    static func syncsPerSecond(in folder: String) throws -> Double {
        let path = folder + "/sync-probe"
        let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchmarkFailure("cannot write \(path)") }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 7, count: 4_096)
        guard pwrite(file, page, page.count, 0) == page.count, fsync(file) == 0 else {
            throw BenchmarkFailure("cannot write \(path)")
        }
        var count = 0
        let watch = Stopwatch()
        while watch.wall < 0.5 {
            guard pwrite(file, page, page.count, 0) == page.count, fdatasync(file) == 0 else {
                throw BenchmarkFailure("cannot write \(path)")
            }
            count += 1
        }
        return Double(count) / watch.wall
    }
}
