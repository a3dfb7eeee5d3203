import Base

/// One line on standard error that is written over as work goes on; silent where nobody looks.
struct ProgressLine {
    private var shownWidth = 0
    private var lastShown: ContinuousClock.Instant?

    /// Shows `text`, at most ten times a second unless `always`.
    mutating func show(_ text: String, always: Bool = false) {
        guard Terminal.showsProgress else { return }
        let now = ContinuousClock.now
        if !always, let lastShown, now - lastShown < .milliseconds(100) { return }
        lastShown = now
        let width = max(20, Terminal.errorWidth - 1)
        let line = Table.width(of: text) > width ? String(text.prefix(width - 1)) + "…" : text
        let padding = String(repeating: " ", count: max(0, shownWidth - Table.width(of: line)))
        Terminal.reportInPlace("\r" + line + padding)
        shownWidth = Table.width(of: line)
    }

    /// Takes the line away.
    mutating func clear() {
        guard shownWidth > 0 else { return }
        Terminal.reportInPlace("\r" + String(repeating: " ", count: shownWidth) + "\r")
        shownWidth = 0
    }

    /// `[████████░░░░] 66%` for a part in `0...1`, 24 columns.
    static func bar(_ part: Double) -> String {
        let filled = Int((max(0, min(1, part)) * 16).rounded(.down))
        let percent = String(Int((max(0, min(1, part)) * 100).rounded(.down)))
        return "[" + String(repeating: "█", count: filled) + String(repeating: "░", count: 16 - filled) + "] "
            + String(repeating: " ", count: 3 - percent.count) + percent + "%"
    }

    /// `1:02:03`, `2:03`, or `5s`.
    static func duration(seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        if whole >= 3_600 { return "\(whole / 3_600):\(two(whole / 60 % 60)):\(two(whole % 60))" }
        if whole >= 60 { return "\(whole / 60):\(two(whole % 60))" }
        return "\(whole)s"
    }
}
