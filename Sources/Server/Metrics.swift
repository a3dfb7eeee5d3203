import Synchronization

/// What the server counts about itself, written in Prometheus' text format (version 0.0.4).
///
/// Requests are counted and timed by route and status. Route templates, not paths, are the labels, so that
/// there are as many series as endpoints.
final class Metrics: Sendable {
    private struct Series: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    fileprivate struct Timing {
        var count = 0
        var seconds = 0.0
        var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
    }

    /// Upper bounds of the latency histogram, in seconds.
    static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    private let timings = Mutex<[Series: Timing]>([:])

    func record(route: String, method: String, status: Int, seconds: Double) {
        timings.withLock { timings in
            let series = Series(route: route, method: method, status: status)
            timings[series, default: Timing()].add(seconds)
        }
    }

    /// The text, with `gauges` (name, what it is, value) that the caller reads at this moment.
    func text(gauges: [(name: String, help: String, value: Double)]) -> String {
        var text = ""
        for gauge in gauges {
            text +=
                "# HELP \(gauge.name) \(gauge.help)\n# TYPE \(gauge.name) gauge\n\(gauge.name) \(gauge.value)\n"
        }
        let name = "fovea_http_request_duration_seconds"
        text += "# HELP \(name) Time from the request's head to the answer's.\n# TYPE \(name) histogram\n"
        let timings = timings.withLock { $0 }
        for (series, timing) in timings.sorted(by: {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }) {
            let labels = "route=\"\(series.route)\",method=\"\(series.method)\",status=\"\(series.status)\""
            var cumulated = 0
            for (bound, count) in zip(Metrics.bounds, timing.buckets) {
                cumulated += count
                text += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(cumulated)\n"
            }
            text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(timing.count)\n"
            text += "\(name)_sum{\(labels)} \(timing.seconds)\n\(name)_count{\(labels)} \(timing.count)\n"
        }
        return text
    }
}

extension Metrics.Timing {
    fileprivate mutating func add(_ seconds: Double) {
        count += 1
        self.seconds += seconds
        if let bucket = Metrics.bounds.firstIndex(where: { seconds <= $0 }) { buckets[bucket] += 1 }
    }
}
