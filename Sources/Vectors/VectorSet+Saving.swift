import Base
import Synchronization

extension VectorSet {
    /// Saves codes and graph, so that the set opens with them; without that they are built anew. To be called
    /// before a set is let go of; does nothing for one that is only read.
    ///
    /// - Throws: what the disk refuses; the vectors are safe in any case.
    public func save() throws(VectorsError) {
        if options.isReadOnly { return }
        var failure: VectorsError?
        // Nobody builds meanwhile: links of the rows that are saved would lead to rows that are not.
        builder.withLock { _ in
            let snapshot = snapshot
            guard var graph = snapshot.graph, graph.builtCount > 0,
                background.withLock({ $0.savedCount }) < graph.builtCount
            else { return }
            graph.unlinked = graph.unlinked.intersection(IdSet(0..<LocalID(graph.builtCount)))
            do throws(VectorsError) {
                try GraphFile.save(graph, snapshot.rows, in: directory)
                let saved = graph.builtCount
                background.withLock { $0.savedCount = saved }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Saves once a quarter of the rows has come since the last time.
    func saveIfWorthwhile() throws(VectorsError) {
        let built = snapshot.graph?.builtCount ?? 0
        let saved = background.withLock { $0.savedCount }
        if built - saved >= max(10_000, saved / 4) { try save() }
    }

    /// Takes up the graph that was saved. One that cannot be used is told by ``progress`` and built anew.
    func loadGraph() {
        let snapshot = snapshot
        do throws(VectorsError) {
            guard
                let graph = try GraphFile.load(
                    in: directory, file.header, snapshot.rows, rowCount: snapshot.rowCount)
            else { return }
            state.withLock { $0.graph = graph }
            background.withLock { $0.savedCount = graph.builtCount }
        } catch {
            background.withLock { $0.discardedGraph = error }
        }
    }
}
