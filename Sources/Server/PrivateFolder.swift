import Engine
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// A fresh folder that only this user may enter, below `TMPDIR`.
enum PrivateFolder {
    static func make() throws -> FilePath {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/fovea-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw EngineError(.failed, "cannot make a folder in \(parent): \(Errno(rawValue: errno))")
        }
        return FilePath(platformString: template)
    }
}
