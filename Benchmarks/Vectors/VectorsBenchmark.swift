import Base
import Glibc
import Rounds
import Vectors

/// `VectorsBenchmark FOLDER DIMENSIONS METRIC`: searches the vectors of FOLDER/vectors.f32 for those of
/// FOLDER/queries.f32, one thread. Requests:
///
///     build                      makes codes and graph
///     memory                     what the process holds of its own, and of files
///     answers TASK               the rows that TASK finds
///     round TASK                 its time
///
/// TASK is `K EFFORT FILTER COUNT WAY`: neighbours wanted; candidates, or 0 for the exact scan; a file of
/// rows as 32-bit numbers, or `-`; how many queries; `batch` in one call, or `single`.
@main
struct VectorsBenchmark {
    let set: VectorSet
    let queries: [Float]
    var filters: [String: IdSet] = [:]

    static func main() throws {
        guard CommandLine.arguments.count == 4, let dimensions = Int(CommandLine.arguments[2]),
            let metric = Metric(rawValue: CommandLine.arguments[3])
        else {
            print("usage: VectorsBenchmark FOLDER DIMENSIONS METRIC")
            exit(2)
        }
        let folder = CommandLine.arguments[1]
        var options = VectorSetOptions()
        options.buildsInBackground = false
        let path = "\(folder)/set"
        try VectorSet.remove(at: path)
        let set = try VectorSet.create(at: path, dimensions: dimensions, metric: metric, options: options)
        var row = 0
        try forEachPiece(of: "\(folder)/vectors.f32", bytes: dimensions * 4 * 1_000) { piece in
            try set.write(piece.bindMemory(to: Float.self), at: LocalID(row))
            row += piece.count / (dimensions * 4)
        }
        try set.sync()
        try set.publish(rowCount: row)
        var queries: [Float] = []
        try forEachPiece(of: "\(folder)/queries.f32", bytes: dimensions * 4) {
            queries += $0.bindMemory(to: Float.self)
        }
        var benchmark = VectorsBenchmark(set: set, queries: queries)
        try Rounds.answer(
            about: "", round: { try benchmark.run($0).count },
            request: { line in
                let words = line.split(separator: " ", maxSplits: 1)
                switch words.first {
                case "build":
                    let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), wall = seconds(CLOCK_MONOTONIC)
                    try set.build()
                    return "{\"cpu\":\(seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu),"
                        + "\"wall\":\(seconds(CLOCK_MONOTONIC) - wall)}"
                case "memory":
                    return "{\"own\":\(memory("RssAnon:")),\"files\":\(memory("RssFile:"))}"
                case "answers":
                    let found = try benchmark.run(String(words[1]))
                    let rows = found.map { "[" + $0.map { "\($0.row)" }.joined(separator: ",") + "]" }
                    return "{\"rows\":[\(rows.joined(separator: ","))]}"
                default: return nil
                }
            })
        try VectorSet.remove(at: path)
    }

    mutating func run(_ task: String) throws -> [[Neighbour]] {
        let words = task.split(separator: " ")
        guard words.count == 5, let k = Int(words[0]), let effort = Int(words[1]), let count = Int(words[3])
        else {
            throw VectorsError(.invalid, "no task: \(task)")
        }
        let within = try filter(String(words[2]))
        let wanted = effort == 0 ? SearchEffort.exact : .candidates(effort)
        if words[4] == "batch" {
            return try set.searchBatch(
                Array(queries.prefix(count * set.dimensions)), count: count, k: k, within: within,
                effort: wanted)
        }
        return try (0..<count).map { place in
            try set.search(
                Array(queries[place * set.dimensions..<(place + 1) * set.dimensions]), k: k, within: within,
                effort: wanted)
        }
    }

    // MARK: - Private

    private mutating func filter(_ path: String) throws -> IdSet? {
        guard path != "-" else { return nil }
        if let known = filters[path] { return known }
        var rows: [LocalID] = []
        try VectorsBenchmark.forEachPiece(of: path, bytes: 1 << 20) {
            rows += $0.bindMemory(to: LocalID.self)
        }
        filters[path] = IdSet(rows)
        return filters[path]
    }

    private static func forEachPiece(
        of path: String, bytes: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let file = fopen(path, "r") else { throw VectorsError(.missing, "cannot open \(path)") }
        defer { fclose(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
        defer { buffer.deallocate() }
        while case let count = fread(buffer.baseAddress, 1, bytes, file), count > 0 {
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// A line of /proc/self/status, in bytes.
    private static func memory(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix(name) else { continue }
            return Int(text.split { $0 == " " || $0 == "\t" }[1]).map { $0 * 1_024 } ?? 0
        }
        return 0
    }
}
