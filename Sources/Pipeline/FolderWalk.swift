import Base
import SystemPackage

/// The walk through one folder that the caller named.
final class FolderWalk {
    private let source: IngestSource
    private let root: FilePath
    /// The folders on the way from the root to where the walk is.
    private var way: [FileTree.FolderIdentity] = []
    /// How often links have led to a folder.
    private var linkCounts: [FileTree.FolderIdentity: Int] = [:]

    init(source: IngestSource, root: FilePath) {
        self.source = source
        self.root = root
    }

    /// Walks `folder`, which lies `below` the root; `false` when the visitor has had enough.
    func walk(
        _ folder: FilePath, _ identity: FileTree.FolderIdentity, below names: [[UInt8]] = [],
        matching: GlobPattern?
    ) -> Bool {
        guard !source.cancellation.isCancelled else { return false }
        guard names.count <= IngestSource.maxDepth else {
            return source.fail(folder, "lies more than \(IngestSource.maxDepth) folders deep")
        }
        way.append(identity)
        defer { way.removeLast() }
        let entries: [[UInt8]]
        do throws(Errno) {
            entries = try FileTree.names(in: folder)
        } catch {
            return source.fail(folder, IngestSource.reason(error))
        }
        for name in entries {
            let path = FileTree.appending(name, to: folder)
            do throws(Errno) {
                switch try FileTree.kind(of: path) {
                case .folder(let identity):
                    if !enter(path, identity, below: names + [name], matching) { return false }
                case .file:
                    if let matching, !matching.matches(names + [name]) { continue }
                    let item = source.item(path, root: root, below: names, isNamed: matching != nil)
                    if !source.visit(item) { return false }
                case .other: continue
                }
            } catch {
                if !source.fail(path, IngestSource.reason(error)) { return false }
            }
        }
        return true
    }

    // MARK: - Private

    private func enter(
        _ path: FilePath, _ identity: FileTree.FolderIdentity, below names: [[UInt8]],
        _ matching: GlobPattern?
    ) -> Bool {
        let isNamed = matching?.matches(names) ?? false
        guard matching?.mayContain(names) ?? true || isNamed else { return true }
        if way.contains(identity) {
            return source.fail(path, "leads back to a folder that it lies in; the link was not followed")
        }
        if FileTree.isLink(path) {
            linkCounts[identity, default: 0] += 1
            // Told once: what comes after it would say the same.
            if linkCounts[identity] == IngestSource.maxLinks + 1 {
                return source.fail(
                    path,
                    "more than \(IngestSource.maxLinks) links lead to this folder; the rest was not followed")
            }
            guard linkCounts[identity, default: 0] <= IngestSource.maxLinks else { return true }
        }
        // A folder that the pattern itself names is taken whole.
        return walk(path, identity, below: names, matching: isNamed ? nil : matching)
    }
}
