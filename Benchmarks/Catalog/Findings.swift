import Base
import Glibc

/// What is reported to the frame of the benchmarks: tables of contenders, targets, and remarks.
struct Findings {
    private var tables: [Value] = []
    private var checks: [Value] = []
    private var notes: [Value] = []

    mutating func table(
        _ title: String, item: String, unit: String = "ms", scale: Double = 1e3, _ rows: [Series]
    ) {
        tables.append([
            "title": .string(title), "item": .string(item), "unit": .string(unit), "scale": .float(scale),
            "rows": .array(
                rows.map { row in
                    [
                        "name": .string(row.name), "role": .string(row.role),
                        "wall": .array(row.wall.map { .float($0) }),
                        "cpu": .array(row.processor.map { .float($0) }),
                    ]
                }),
        ])
        print("\(title) (\(item)), \(unit)")
        for row in rows {
            let processor = Series.quantile(0.5, of: row.processor)
            print(
                "  \(row.name): wall \(Findings.text(row.median * scale)), CPU "
                    + "\(Findings.text(processor * scale)); least \(Findings.text((row.wall.min() ?? .nan) * scale))"
                    + ", p90 \(Findings.text(Series.quantile(0.9, of: row.wall) * scale)) of \(row.wall.count)"
            )
        }
        fflush(nil)
    }

    mutating func atMost(_ text: String, _ wanted: Double, _ got: Double, _ unit: String) {
        check(text, "at_most", wanted, got, unit)
    }

    mutating func atLeast(_ text: String, _ wanted: Double, _ got: Double, _ unit: String) {
        check(text, "at_least", wanted, got, unit)
    }

    mutating func note(_ text: String) {
        notes.append(.string(text))
        print(text)
        fflush(nil)
    }

    /// The findings as JSON.
    var document: Document {
        ["tables": .array(tables), "checks": .array(checks), "notes": .array(notes)]
    }

    /// Three digits that count.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let magnitude = abs(value)
        let digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 4
        let power = pow(10, Double(digits))
        let rounded = (value * power).rounded() / power
        return digits == 0 ? String(Int(rounded)) : String(rounded)
    }

    // MARK: - Private

    private mutating func check(
        _ text: String, _ kind: String, _ wanted: Double, _ got: Double, _ unit: String
    ) {
        checks.append([
            "text": .string(text), "kind": .string(kind), "wanted": .float(wanted), "got": .float(got),
            "unit": .string(unit),
        ])
        let isMet = kind == "at_most" ? got <= wanted : got >= wanted
        print(
            "  \(isMet ? "met" : "MISSED"): \(text) \(kind) \(Findings.text(wanted))\(unit), got \(Findings.text(got))\(unit)"
        )
    }
}
