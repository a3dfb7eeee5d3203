import Base
import SystemPackage

/// Turns what the caller named into files, in a total order: as named, folders walked depth first in byte
/// order.
///
/// A folder that several symbolic links lead to is walked by each of their paths. A link to a folder that it
/// lies in itself is told and not followed, and no folder is followed more often than ``maxLinks`` times, as
/// links to folders of links may be more than anybody can walk. What is missing or unreadable becomes an item
/// with its failure, and the walk goes on.
struct IngestSource {
    static let maxDepth = 128
    /// How often links may lead to one folder, for each path that the caller named.
    static let maxLinks = 64

    let request: IngestRequest
    let cancellation: Cancellation
    /// Takes each file found; `false` ends the walk.
    let visit: @Sendable (IngestItem) -> Bool

    /// Walks everything. Returns early when the visitor has had enough or the work is cancelled.
    func walk() {
        for path in request.paths {
            guard walk(named: path) else { return }
        }
    }

    // MARK: - Private

    private func walk(named path: FilePath) -> Bool {
        let path = FileTree.absolute(path)
        do throws(Errno) {
            switch try FileTree.kind(of: path) {
            case .folder(let identity):
                return FolderWalk(source: self, root: path).walk(path, identity, matching: nil)
            case .other: return fail(path, "is neither a file nor a folder")
            case .file:
                if PathList.isList(path) { return walk(list: path) }
                return visit(item(path, root: nil, below: [], isNamed: true))
            }
        } catch {
            let bytes = FileTree.bytes(of: path)
            guard error == .noSuchFileOrDirectory, GlobPattern.isPattern(bytes) else {
                return fail(path, IngestSource.reason(error))
            }
            return walk(pattern: path, bytes)
        }
    }

    private func walk(pattern path: FilePath, _ bytes: [UInt8]) -> Bool {
        let pattern = GlobPattern(bytes)
        let root = pattern.root.reduce(FilePath("/")) { FileTree.appending($1, to: $0) }
        let found = IngestCounter()
        let counting = IngestSource(request: request, cancellation: cancellation) { [visit] item in
            found.increment()
            return visit(item)
        }
        do throws(Errno) {
            if case .folder(let identity) = try FileTree.kind(of: root) {
                let walk = FolderWalk(source: counting, root: root)
                guard walk.walk(root, identity, matching: pattern) else { return false }
            }
        } catch {
            return fail(root, IngestSource.reason(error))
        }
        guard found.state.found == 0 else { return true }
        return fail(path, "matches no file")
    }

    private func walk(list path: FilePath) -> Bool {
        do {
            return try PathList(path).forEach { row in
                guard !cancellation.isCancelled else { return false }
                var properties = request.properties
                for (key, value) in row.properties.members { properties[key] = value }
                let file = row.path.isRelative ? path.removingLastComponent().pushing(row.path) : row.path
                var item = IngestItem(path: FileTree.absolute(file), properties: properties, isNamed: true)
                item.labels = row.labels
                item.failure = row.failure
                if request.labelSource == .folder, row.failure == nil {
                    addFolderLabel(to: &item, root: nil, below: [])
                }
                return visit(item)
            }
        } catch {
            return fail(path, "\(error)")
        }
    }

    func item(_ path: FilePath, root: FilePath?, below names: [[UInt8]], isNamed: Bool) -> IngestItem {
        var item = IngestItem(path: path, properties: request.properties, isNamed: isNamed)
        if request.labelSource == .folder { addFolderLabel(to: &item, root: root, below: names) }
        return item
    }

    private func addFolderLabel(to item: inout IngestItem, root: FilePath?, below names: [[UInt8]]) {
        let root = root ?? item.path.removingLastComponent()
        let folder = FolderLabel(
            root: root.lastComponent?.string, folders: names.map(FileTree.shown))
        if let label = folder.label, !item.labels.contains(label) { item.labels.append(label) }
        if let split = folder.split, item.properties["split"] == nil {
            item.properties["split"] = .string(split)
        }
    }

    func fail(_ path: FilePath, _ reason: String) -> Bool {
        visit(IngestItem(path: path, isNamed: true, failure: reason))
    }

    static func reason(_ error: Errno) -> String {
        switch error {
        case .noSuchFileOrDirectory: "there is no such file or folder"
        case .permissionDenied: "may not be read: permission denied"
        default: "cannot be read: \(error)"
        }
    }
}
