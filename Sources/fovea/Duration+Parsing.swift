extension Duration {
    /// Reads `90s`, `15m`, `12h`, `7d`, or seconds without a unit; `nil` for anything else, negatives and
    /// overflow included.
    init?(parsing text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits),
            let factor: Int64 = ["": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400][
                text.dropFirst(digits.count)]
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self = .seconds(seconds)
    }
}
