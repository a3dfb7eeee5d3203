import Base
import CVectors

/// Codes and graph as far as they are built: what a reader takes with it. Both follow from the vectors.
struct Graph: Sendable {
    /// No row.
    static let none = LocalID.max

    var memory: GraphMemory
    /// Rows below this number have codes.
    var codedCount = 0
    /// Rows below this number are in the graph, except those that it passed over.
    var builtCount = 0
    /// How many rows are in the graph.
    var linkedCount = 0
    /// How many runs of links of upper layers are in use.
    var upperCount = 0
    /// Where walks begin.
    var entry = Graph.none
    var topLayer: Int32 = 0
    /// Rows below `builtCount` that a walk cannot find although they may match: damaged ones, which no search
    /// may silently leave out.
    var unlinked = IdSet()

    var kernelGraph: fovea_graph { memory.kernelGraph(entry: entry, topLayer: topLayer) }
}
