#if canImport(Glibc)
    import Glibc
#endif

/// The user that this process runs as.
public enum ProcessOwner {
    /// The name of the user; the number where the system knows no name.
    public static var name: String {
        let user = getuid()
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &result) == 0, result != nil,
            let name = entry.pw_name
        else { return String(user) }
        return String(cString: name)
    }
}
