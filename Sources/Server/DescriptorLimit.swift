#if canImport(Glibc)
    import Glibc
#endif

/// How many files and connections this process may have open.
enum DescriptorLimit {
    /// Descriptors that a store in use and its holder's socket need besides HTTP's connections.
    private static let reserved = 192

    /// Raises the limit to what the system grants without asking, and returns it.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 256 }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            // More than anybody needs makes whatever walks over all descriptors slow.
            raised.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 65_536))
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many of `wanted` connections each of some listeners may have, so that all fit beside the store
    /// under a limit of `descriptors`: where they are few, a quarter of them is shared out.
    static func connections(_ wanted: Int, listeners: Int = 1, of descriptors: Int) -> Int {
        max(1, min(wanted, max(descriptors - reserved, descriptors / 4) / max(listeners, 1)))
    }
}
