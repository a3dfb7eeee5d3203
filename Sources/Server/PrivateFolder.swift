import Engine
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// A fresh folder that only this user may enter, below `TMPDIR`.
struct PrivateFolder: Sendable {
    let path: FilePath

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/fovea-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw EngineError(.failed, "cannot make a folder in \(parent): \(Errno(rawValue: errno))")
        }
        path = FilePath(platformString: template)
    }

    /// Removes the folder once nothing is in it any more. Where there is none this does nothing.
    func remove() { rmdir(path.string) }
}
