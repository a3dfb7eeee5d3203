import Glibc

/// How a benchmark talks with `Benchmarks/run`: a line of JSON on standard output for each line of standard
/// input, as `Benchmarks/harness/contest.py` describes.
public enum Rounds {
    /// Answers until the input ends.
    ///
    /// - Parameters:
    ///   - about: What the program says of itself at the start, such as a version.
    ///   - round: Does the work once, given what stands behind `round`, and returns how many items it did.
    ///     Its time is taken.
    ///   - request: Answers any other line with the text of a JSON object; `nil` where there is no such
    ///     request.
    public static func answer(
        about: String = "", round: (String) throws -> Int, request: (String) throws -> String? = { _ in nil }
    ) throws {
        write("{\"about\":\"\(about)\"}")
        while let line = readLine() {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.first == "round" else {
                write(try request(line) ?? "{\"error\":\"no such request\"}")
                continue
            }
            let wall = now(CLOCK_MONOTONIC)
            let cpu = now(CLOCK_PROCESS_CPUTIME_ID)
            let items = try round(words.count > 1 ? String(words[1]) : "")
            let cpuEnd = now(CLOCK_PROCESS_CPUTIME_ID)
            let wallEnd = now(CLOCK_MONOTONIC)
            write("{\"items\":\(items),\"wall\":\(wallEnd - wall),\"cpu\":\(cpuEnd - cpu)}")
        }
    }

    // MARK: - Private

    /// Seconds of a clock. That of the process counts all its threads.
    private static func now(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func write(_ line: String) {
        print(line)
        fflush(nil)
    }
}
