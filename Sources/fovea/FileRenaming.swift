import ArgumentParser
#if canImport(Glibc)
    import Glibc
#endif
import SystemPackage

/// Renaming, which SystemPackage does not have.
enum FileRenaming {
    /// Puts the file at `source` in the place of whatever is at `target`, in one step.
    static func rename(_ source: FilePath, to target: FilePath) throws(Errno) {
        guard Glibc.rename(source.string, target.string) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes what is left of a file that could not be written. What cannot be removed stays: the failure
    /// before says more.
    static func remove(_ path: FilePath) { _ = unlink(path.string) }

    /// Whether something is at `path` that is neither a file nor a folder.
    static func isSpecial(_ path: FilePath) -> Bool {
        do throws(Errno) {
            return ![.regular, .directory].contains(try path.stat().type)
        } catch {
            return false
        }
    }
}

/// Making folders, which SystemPackage does not have either.
enum FolderMaking {
    /// Makes a folder, unless it is there.
    static func make(_ path: FilePath) throws(Errno) {
        if mkdir(path.string, 0o777) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
    }

    /// Refuses what can be no folder: what is there and is none, and what lies in no folder.
    static func check(_ path: FilePath, of option: String) throws {
        if let kind = kind(of: path) {
            guard kind == .directory else {
                throw ValidationError("\(option) '\(path)' is no folder: name one, or one to be made.")
            }
            return
        }
        let parent = path.removingLastComponent()
        guard kind(of: parent.isEmpty ? "." : parent) == .directory else {
            throw ValidationError("\(option) '\(path)': there is no folder '\(parent)' to make it in.")
        }
    }

    /// What is at `path`; `nil` where that is nothing, or cannot be told.
    private static func kind(of path: FilePath) -> FileType? {
        do throws(Errno) {
            return try path.stat().type
        } catch {
            return nil
        }
    }
}
