import Testing

@testable import Engine

@Suite struct AttemptThrottleTests {
    private let start = ContinuousClock.Instant.now

    /// Fails as often as it is let, a second after each delay; returns the delays.
    private func guess(
        _ throttle: inout AttemptThrottle, user: (Int) -> String, address: (Int) -> String, count: Int,
        from now: inout ContinuousClock.Instant
    ) -> [Duration] {
        var delays: [Duration] = []
        for number in 0..<count {
            if let delay = throttle.delay(user: user(number), address: address(number), at: now) {
                delays.append(delay)
                now += delay
            }
            _ = throttle.noteFailure(user: user(number), address: address(number), at: now)
        }
        return delays
    }

    @Test func `three failures cost nothing, then each delay is twice the one before, then comes a lock-out`()
    {
        var throttle = AttemptThrottle()
        var now = start
        let delays = guess(
            &throttle, user: { _ in "ann" }, address: { _ in "10.0.0.1" }, count: 10, from: &now)
        #expect(delays == [1, 2, 4, 8, 16, 32].map { Duration.seconds($0) })
        #expect(throttle.delay(user: "ann", address: "10.0.0.1", at: now) == .seconds(900))
        #expect(throttle.delay(user: "ann", address: "10.0.0.1", at: now + .seconds(900)) == nil)
    }

    @Test func `a guess after a lock-out begins the next one, and an hour of peace makes up for it`() {
        var throttle = AttemptThrottle()
        var now = start
        _ = guess(&throttle, user: { _ in "ann" }, address: { _ in "10.0.0.1" }, count: 10, from: &now)
        now += .seconds(901)
        #expect(throttle.noteFailure(user: "ann", address: "10.0.0.1", at: now) == .seconds(900))
        now += .seconds(3_601)
        #expect(throttle.noteFailure(user: "ann", address: "10.0.0.1", at: now) == nil)
        #expect(throttle.delay(user: "ann", address: "10.0.0.1", at: now) == nil)
    }

    @Test func `guessing somebody's password from elsewhere does not lock them out where they are known`() {
        var throttle = AttemptThrottle()
        throttle.noteSuccess(user: "ann", address: "10.0.0.1")
        var now = start
        _ = guess(&throttle, user: { _ in "ann" }, address: { "172.16.0.\($0)" }, count: 200, from: &now)
        #expect(throttle.delay(user: "ann", address: "10.0.0.1", at: now) == nil)
        #expect(throttle.delay(user: "ann", address: "10.0.0.2", at: now) != nil, "a new place waits")
        #expect(throttle.delay(user: "bob", address: "10.0.0.2", at: now) == nil, "others are not concerned")
    }

    @Test func `guessing names from an address does not lock out who is known there`() {
        var throttle = AttemptThrottle()
        throttle.noteSuccess(user: "ann", address: "127.0.0.1")
        var now = start
        _ = guess(&throttle, user: { "name\($0)" }, address: { _ in "127.0.0.1" }, count: 120, from: &now)
        #expect(throttle.delay(user: "ann", address: "127.0.0.1", at: now) == nil)
        #expect(throttle.delay(user: "bob", address: "127.0.0.1", at: now) != nil)
    }

    @Test func `a success forgets the failures before it`() {
        var throttle = AttemptThrottle()
        var now = start
        _ = guess(&throttle, user: { _ in "ann" }, address: { _ in "10.0.0.1" }, count: 6, from: &now)
        throttle.noteSuccess(user: "ann", address: "10.0.0.1")
        #expect(throttle.delay(user: "ann", address: "10.0.0.1", at: now) == nil)
    }

    @Test func `the tables stay within their limit however many names and addresses are tried`() {
        var limits = AttemptThrottle.Limits()
        limits.entries = 100
        var throttle = AttemptThrottle(limits)
        for number in 0..<10_000 {
            _ = throttle.noteFailure(
                user: "u\(number)", address: "10.\(number / 256).\(number % 256).1", at: start)
            throttle.noteSuccess(user: "v\(number)", address: "10.0.0.1")
        }
        #expect(throttle.count <= 400)
    }

    @Test(
        "addresses of one party are one",
        arguments: [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::1", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("::ffff:10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.2", false),
            ("socket", "socket", true),
        ])
    func network(left: String, right: String, isOne: Bool) {
        #expect((AttemptThrottle.network(of: left) == AttemptThrottle.network(of: right)) == isOne)
    }
}
