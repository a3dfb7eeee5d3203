import Base
import SystemPackage

/// Turns what the caller named into files, in a total order: as named, folders walked depth first in byte
/// order.
///
/// A folder reached twice through symbolic links is walked twice but never endlessly: nesting is bounded.
/// What is missing or unreadable becomes an item with its failure, and the walk goes on.
struct IngestSource {
    static let maxDepth = 128

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
            case .folder: return walk(folder: path, root: path, below: [], matching: nil)
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
        let goesOn = IngestSource(request: request, cancellation: cancellation) { [visit] item in
            found.increment()
            return visit(item)
        }.walk(folder: root, root: root, below: [], matching: pattern)
        guard goesOn, found.state.found == 0 else { return goesOn }
        return fail(path, "matches no file")
    }

    private func walk(
        folder: FilePath, root: FilePath, below names: [[UInt8]], matching: GlobPattern?
    ) -> Bool {
        guard !cancellation.isCancelled else { return false }
        guard names.count <= IngestSource.maxDepth else {
            return fail(
                folder, "lies more than \(IngestSource.maxDepth) folders deep; do links form a circle?")
        }
        let entries: [[UInt8]]
        do throws(Errno) {
            entries = try FileTree.names(in: folder)
        } catch {
            return fail(folder, IngestSource.reason(error))
        }
        for name in entries {
            let path = FileTree.appending(name, to: folder)
            do throws(Errno) {
                switch try FileTree.kind(of: path) {
                case .folder:
                    let goesOn =
                        matching.map { $0.mayContain(names + [name]) || $0.matches(names + [name]) } ?? true
                    // A folder that the pattern itself names is taken whole.
                    let rest = matching.flatMap { $0.matches(names + [name]) ? nil : $0 }
                    if goesOn, !walk(folder: path, root: root, below: names + [name], matching: rest) {
                        return false
                    }
                case .file:
                    if let matching, !matching.matches(names + [name]) { continue }
                    if !visit(item(path, root: root, below: names, isNamed: matching != nil)) { return false }
                case .other: continue
                }
            } catch {
                if !fail(path, IngestSource.reason(error)) { return false }
            }
        }
        return true
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

    private func item(_ path: FilePath, root: FilePath?, below names: [[UInt8]], isNamed: Bool) -> IngestItem
    {
        var item = IngestItem(path: path, properties: request.properties, isNamed: isNamed)
        if request.labelSource == .folder { addFolderLabel(to: &item, root: root, below: names) }
        return item
    }

    private func addFolderLabel(to item: inout IngestItem, root: FilePath?, below names: [[UInt8]]) {
        let root = root ?? item.path.removingLastComponent()
        let folder = FolderLabel(
            root: root.lastComponent?.string, folders: names.map { String(decoding: $0, as: UTF8.self) })
        if let label = folder.label, !item.labels.contains(label) { item.labels.append(label) }
        if let split = folder.split, item.properties["split"] == nil {
            item.properties["split"] = .string(split)
        }
    }

    private func fail(_ path: FilePath, _ reason: String) -> Bool {
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
