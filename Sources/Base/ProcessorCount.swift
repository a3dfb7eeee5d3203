#if canImport(Glibc)
    import Glibc
#endif

/// How many processors this machine runs with.
public enum ProcessorCount {
    /// The processors that are online; at least 1.
    public static let available = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
