import Base
import SystemPackage

/// Where things lie below the blobs' directory.
struct BlobLayout: Sendable {
    let root: FilePath
    var parent: FilePath {
        let parent = root.removingLastComponent()
        return parent.isEmpty ? "." : parent
    }
    var packs: FilePath { root.appending("packs") }
    var large: FilePath { root.appending("large") }
    /// Large files that are still being written. On the same file system as `large`, so that they can be
    /// renamed.
    var temporary: FilePath { root.appending("temporary") }
    /// Locked by the one process that writes.
    var lock: FilePath { root.appending("writer.lock") }

    func pack(_ number: UInt32) -> FilePath {
        let digits = String(number)
        return packs.appending(String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".pack")
    }

    /// `large/ab`, for digests that begin with `ab`: a directory of a million names is slow to list.
    func largeDirectory(_ digest: SHA256Digest) -> FilePath {
        large.appending(String(digest.description.prefix(2)))
    }

    /// The file holds the bytes and nothing else, so that other programs can read it in place.
    func largeFile(_ digest: SHA256Digest) -> FilePath {
        largeDirectory(digest).appending(digest.description)
    }

    /// The checksums of a large file's blocks (``BlockSums``).
    func largeSums(_ digest: SHA256Digest) -> FilePath {
        largeDirectory(digest).appending(digest.description + Self.sumsSuffix)
    }

    static let sumsSuffix = ".sums"

    /// The number in a pack's file name; `nil` for a name that we did not give.
    static func packNumber(_ name: String) -> UInt32? {
        guard name.hasSuffix(".pack"), let number = UInt32(name.dropLast(5)),
            (1...(.max / 2)).contains(number)
        else { return nil }
        return BlobLayout(root: "").pack(number).lastComponent?.string == name ? number : nil
    }

    /// The numbers of the packs on disk, ascending; none where the directory is missing.
    func packNumbers(_ calls: FileCalls) throws(BlobError) -> [UInt32] {
        do throws(BlobError) {
            return try calls.names(in: packs).compactMap(Self.packNumber).sorted()
        } catch {
            guard error.code == .missing else { throw error }
            return []
        }
    }

    /// The digests in the names of the large files on disk, ascending; of their checksum files where `sums`.
    func largeDigests(sums: Bool = false, _ calls: FileCalls) throws(BlobError) -> [SHA256Digest] {
        var digests: [SHA256Digest] = []
        do throws(BlobError) {
            for directory in try calls.names(in: large) where directory.utf8.count == 2 {
                for name in try calls.names(in: large.appending(directory)) where name.hasPrefix(directory) {
                    guard name.hasSuffix(Self.sumsSuffix) == sums else { continue }
                    let stem = sums ? name.dropLast(Self.sumsSuffix.count) : Substring(name)
                    // Only names as we spell them: another's file beside ours is not ours to touch.
                    if let digest = SHA256Digest(stem), digest.description == stem { digests.append(digest) }
                }
            }
        } catch {
            guard error.code == .missing else { throw error }
        }
        return digests
    }
}
