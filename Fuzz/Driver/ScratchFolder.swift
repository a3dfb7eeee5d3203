import Glibc

/// A folder in memory for a fuzzer that needs files. It goes with the process, unless there is a finding.
public enum ScratchFolder {
    // Written once, before libFuzzer is started.
    nonisolated(unsafe) private static var path = ""

    /// Makes the folder; one for a process.
    public static func make() -> String {
        path = "/dev/shm/fovea-fuzz-\(UInt64.random(in: 0...UInt64.max))"
        Fuzzer.require(path.withCString { mkdir($0, 0o700) } == 0, "no folder at \(path)")
        atexit { _ = system("rm -rf \(ScratchFolder.path)") }
        return path
    }
}
