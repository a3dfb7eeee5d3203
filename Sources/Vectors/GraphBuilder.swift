import Base
import CVectors

/// Makes codes and links, one row after the other. One thread at a time uses it; the graph it hands out in
/// between is complete up to its `builtCount`.
struct GraphBuilder {
    /// How many candidates an insertion looks at.
    static let breadth = 100
    /// Below so many rows a scan is quicker than any walk.
    static let leastRows = 1_024

    private(set) var graph: Graph
    private let scratch: WalkScratch
    private let code, otherCode: [Int8]

    /// Goes on where `graph` ended, with room for `rowCount` rows.
    init(_ graph: Graph, rowCount: Int) throws(VectorsError) {
        self.graph = graph
        if rowCount > graph.memory.capacity {
            self.graph.memory = try graph.memory.grown(
                to: rowCount, used: max(graph.codedCount, graph.builtCount), upperUsed: graph.upperCount)
        }
        let capacity = self.graph.memory.capacity
        scratch = try WalkScratch(
            capacity: capacity, breadth: GraphBuilder.breadth, candidateCapacity: 1)
        code = [Int8](repeating: 0, count: self.graph.memory.stride)
        otherCode = code
    }

    /// How many rows there is room for.
    var capacity: Int { graph.memory.capacity }

    /// Codes the rows up to `end`. Damaged ones get the bound that never excludes them.
    mutating func code(to end: Int, _ rows: StoredRows) {
        let codes = graph.memory.kernelCodes
        withUnsafePointer(to: codes) { pointer in
            for row in graph.codedCount..<end {
                let row = LocalID(row)
                if rows.sum(of: row) != 0 {
                    // What fails here is told by whoever searches.
                    if (try? rows.check(row..<row + 1)) != nil {
                        fovea_vectors_encode(pointer, row, rows.floats(of: row))
                    } else {
                        codes.residuals[Int(row)] = .greatestFiniteMagnitude
                        graph.unlinked = graph.unlinked.union([row])
                    }
                }
            }
        }
        graph.codedCount = max(graph.codedCount, end)
    }

    /// Links the rows up to `end`, which have codes, except those that `isPassedOver`.
    mutating func link(to end: Int, passingOver isPassedOver: (LocalID) -> Bool) throws(VectorsError) {
        var kernelGraph = graph.kernelGraph
        var buffers = (code, otherCode)
        for place in graph.builtCount..<end {
            let row = LocalID(place)
            let links = kernelGraph.links + place * FOVEA_LINKS_0
            for link in 0..<FOVEA_LINKS_0 { links[link] = Graph.none }
            kernelGraph.upper_places[place] = LocalID(graph.upperCount)
            if isPassedOver(row) || graph.unlinked.contains(row) { continue }
            let layers = Int(fovea_vectors_layer(row))
            guard graph.upperCount + layers <= graph.memory.upperCapacity else {
                throw VectorsError(.limitExceeded, "no room for the layers of row \(row)")
            }
            let runs = kernelGraph.upper + graph.upperCount * FOVEA_LINKS
            for link in 0..<layers * FOVEA_LINKS { runs[link] = Graph.none }
            graph.upperCount += layers
            graph.linkedCount += 1
            buffers.0.withUnsafeMutableBufferPointer { code in
                buffers.1.withUnsafeMutableBufferPointer { other in
                    fovea_vectors_insert(
                        &kernelGraph, row, UInt32(GraphBuilder.breadth), code.baseAddress, other.baseAddress,
                        scratch.base)
                }
            }
        }
        graph.entry = kernelGraph.entry
        graph.topLayer = kernelGraph.top_layer
        graph.builtCount = max(graph.builtCount, end)
    }
}
