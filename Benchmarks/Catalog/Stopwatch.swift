import Glibc

/// Wall and processor time since it was started.
struct Stopwatch {
    private let wallStart = Stopwatch.now
    private let processorStart = Stopwatch.processorSeconds

    /// Seconds on a clock that is never set.
    static var now: Double { seconds(CLOCK_MONOTONIC) }

    /// Processor time of this process, all its threads, in seconds.
    static var processorSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    var wall: Double { Stopwatch.now - wallStart }
    var processor: Double { Stopwatch.processorSeconds - processorStart }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// What the rounds of one contender took, in seconds for one item.
struct Series {
    var name: String
    /// `ours`, `peer` or `information`, as the frame of the benchmarks has it.
    var role: String
    var wall: [Double] = []
    /// Processor time, of the server where the work is done there.
    var processor: [Double] = []

    init(_ name: String, role: String) {
        self.name = name
        self.role = role
    }

    /// Measures `body`, which runs in this process.
    mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
        let watch = Stopwatch()
        let result = try body()
        wall.append(watch.wall)
        processor.append(watch.processor)
        return result
    }

    /// Measures `body`, which waits for the server.
    mutating func measure<Result>(on server: PostgresServer, _ body: () throws -> Result) rethrows -> Result {
        let before = server.processorSeconds
        let watch = Stopwatch()
        let result = try body()
        wall.append(watch.wall)
        processor.append(server.processorSeconds - before)
        return result
    }

    var median: Double { Series.quantile(0.5, of: wall) }

    /// The least value that at least so large a part of `values` does not exceed.
    static func quantile(_ part: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.last else { return .nan }
        let place = Int((part * Double(sorted.count)).rounded(.up)) - 1
        return sorted.indices.contains(place) ? sorted[max(place, 0)] : last
    }
}
