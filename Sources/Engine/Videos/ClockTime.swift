/// Times of a video as the command language writes them: `hh:mm:ss.uuu`.
enum ClockTime {
    /// A time to the thousandth of a second; to the millionth where that says more. Below 0 it is 0.
    static func text(seconds: Double) -> String {
        // As many as fit a number of a double exactly are more than any video lasts.
        let micros = Int(min(max(seconds, 0), 1e9) * 1_000_000 + 0.5)
        let (whole, rest) = micros.quotientAndRemainder(dividingBy: 1_000_000)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let fraction = rest % 1_000 == 0 ? padded(rest / 1_000, 3) : padded(rest, 6)
        return
            "\(padded(whole / 3_600, 2)):\(padded(whole / 60 % 60, 2)):\(padded(whole % 60, 2)).\(fraction)"
    }
}
