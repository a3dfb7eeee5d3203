import NIOHTTP1
import Synchronization

/// What the server counts about itself, written in Prometheus' text format (version 0.0.4).
///
/// Requests are counted and timed by route and status. Route templates, not paths, are the labels, and
/// methods that nobody knows are one, so that no client can make series.
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
    private let commandTimings = Mutex<[String: Timing]>([:])
    private let connections = Atomic(0)
    private let refusedConnections = Atomic(0)

    /// The label of a method.
    static func name(of method: HTTPMethod) -> String {
        switch method {
        case .GET, .HEAD, .POST, .PUT, .PATCH, .DELETE, .OPTIONS: method.rawValue
        default: "other"
        }
    }

    func record(route: String, method: String, status: Int, seconds: Double) {
        timings.withLock { timings in
            let series = Series(route: route, method: method, status: status)
            timings[series, default: Timing()].add(seconds)
        }
    }

    /// Counts a message of the query port.
    func record(dialect: String, isAnswered: Bool, seconds: Double) {
        let labels = "dialect=\"\(dialect)\",outcome=\"\(isAnswered ? "answered" : "abandoned")\""
        commandTimings.withLock { $0[labels, default: Timing()].add(seconds) }
    }

    func noteConnection(isServed: Bool) {
        if isServed {
            connections.add(1, ordering: .relaxed)
        } else {
            refusedConnections.add(1, ordering: .relaxed)
        }
    }

    func noteConnectionEnd() { connections.subtract(1, ordering: .relaxed) }

    /// The text, with `gauges` (name, what it is, value) that the caller reads at this moment.
    func text(gauges: [(name: String, help: String, value: Double)]) -> String {
        var text = ""
        let own = [
            (
                "fovea_http_connections", "Connections that are open.",
                Double(connections.load(ordering: .relaxed))
            )
        ]
        for gauge in gauges + own {
            text += Metrics.preamble(gauge.0, gauge.1, "gauge") + "\(gauge.0) \(gauge.2)\n"
        }
        let refused = "fovea_http_refused_connections_total"
        text +=
            Metrics.preamble(refused, "Connections beyond the limit.", "counter")
            + "\(refused) \(refusedConnections.load(ordering: .relaxed))\n"
        let series = timings.withLock { $0 }.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }.map { series, timing in
            (
                labels:
                    "route=\"\(Metrics.escaped(series.route))\",method=\"\(Metrics.escaped(series.method))\","
                    + "status=\"\(series.status)\"", timing: timing
            )
        }
        text += Metrics.histogram(
            "fovea_http_request_duration_seconds",
            "Time from the request's head to its answer's; status 499 where the client left.", series)
        let commands = commandTimings.withLock { $0 }.sorted { $0.key < $1.key }
        guard !commands.isEmpty else { return text }
        return text
            + Metrics.histogram(
                "fovea_command_duration_seconds",
                "Time from a message's first byte at the query port until its reply was handed to the system.",
                commands.map { (labels: $0.key, timing: $0.value) })
    }

    private static func histogram(
        _ name: String, _ help: String, _ series: [(labels: String, timing: Timing)]
    ) -> String {
        var text = preamble(name, help, "histogram")
        for (labels, timing) in series {
            var cumulated = 0
            for (bound, count) in zip(bounds, timing.buckets) {
                cumulated += count
                text += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(cumulated)\n"
            }
            text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(timing.count)\n"
            text += "\(name)_sum{\(labels)} \(timing.seconds)\n\(name)_count{\(labels)} \(timing.count)\n"
        }
        return text
    }

    private static func preamble(_ name: String, _ help: String, _ kind: String) -> String {
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private static func escaped(_ label: String) -> String {
        label.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

extension Metrics.Timing {
    fileprivate mutating func add(_ seconds: Double) {
        count += 1
        self.seconds += seconds
        if let bucket = Metrics.bounds.firstIndex(where: { seconds <= $0 }) { buckets[bucket] += 1 }
    }
}
