import Base

/// Lets a long loop look at a cancellation now and then: to look each time takes longer than most steps.
struct CancellationPace {
    private let cancellation: Cancellation
    private var count = 0

    init(_ cancellation: Cancellation) { self.cancellation = cancellation }

    /// To be called at each step.
    /// - Throws: `CancelledError`, within 4,096 steps of the flag being raised.
    mutating func step() throws(CancelledError) {
        count &+= 1
        if count & 0xFFF == 0 { try cancellation.check() }
    }
}
