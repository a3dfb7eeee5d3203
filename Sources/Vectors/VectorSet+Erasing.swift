public import Base
import CVectors
import Glibc
import Synchronization

extension VectorSet {
    /// Overwrites the vectors of `rows`, in the files and in all that is derived from them, durably: they are
    /// as if never written. For what must be gone; to delete a row it is enough to search without it.
    ///
    /// Copies codes and graph once. Called by the one thread that writes.
    ///
    /// - Throws: ``VectorsError/Code/missing`` for rows that are not published, before anything is done; what
    ///   the disk refuses.
    public func erase(_ rows: IdSet) throws(VectorsError) {
        guard let last = rows.last else { return }
        guard Int(last) < rowCount else {
            throw VectorsError(.missing, "row \(last) of \(directory) is not published")
        }
        var failure: VectorsError?
        builder.withLock { builder in
            do throws(VectorsError) {
                // Searches pass over the rows before these change.
                state.withLock { $0.absent = $0.absent.union(rows) }
                let path = "\(directory)/\(GraphFile.name)"
                if unlink(path) != 0, errno != ENOENT { throw .system(errno, "remove", path) }
                background.withLock { $0.savedCount = 0 }
                try rows.forEach { (row) throws(VectorsError) in try file.erase(Int(row)) }
                try file.sync()
                guard var graph = snapshot.graph else { return }
                graph.memory = try graph.memory.grown(
                    to: max(rowCount, graph.codedCount), used: graph.codedCount, upperUsed: graph.upperCount)
                rows.forEach { if Int($0) < graph.codedCount { graph.memory.eraseCode(of: $0) } }
                graph.unlinked = graph.unlinked.subtracting(rows)
                let clean = graph
                state.withLock { $0.graph = clean }
                builder = nil
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        try save()
    }
}
