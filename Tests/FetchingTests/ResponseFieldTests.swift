import Base
@testable import Fetching
import Testing

@Suite struct ResponseFieldTests {
    @Test(
        "X-Robots-Tag says no to everybody, or to whom it names",
        arguments: [
            ("noai", "noai"), ("NoImageAI, nofollow", "noimageai"), ("nofollow, noindex", "noindex"),
            ("none", "none"), ("all", nil), ("nofollow", nil), ("fovea: noai", "noai"),
            ("googlebot: noindex", nil), ("*: noindex", "noindex"),
            ("unavailable_after: 25 Jun 2010 15:00:00 PST, noai", "noai"),
            ("max-image-preview:large", nil), ("", nil), (":noai", nil),
        ] as [(String, String?)])
    func optOut(field: String, word: String?) {
        #expect(ResponseFields.optOut(field, token: "fovea") == word)
    }

    @Test func `Retry-After is seconds or a date`() throws {
        // RFC 9110, section 5.6.7: 784111777 seconds.
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(ResponseFields.date(date)?.microseconds == 784_111_777_000_000)
        let now = DateTime(microseconds: 784_111_700_000_000)
        #expect(ResponseFields.retryAfter(date, now: now) == .seconds(77))
        #expect(ResponseFields.retryAfter(" 120 ", now: now) == .seconds(120))
        #expect(ResponseFields.retryAfter(date, now: DateTime(microseconds: 784_111_999_000_000)) == .zero)
        for text in ["", "-1", "soon", "1.5", "Sun, 06 Nov 1994", "Sun, 6 Nov 1994 08:49:37 GMT"] {
            #expect(ResponseFields.retryAfter(text, now: now) == nil, "\(text)")
        }
        let day = Duration.seconds(86_400)
        #expect(ResponseFields.retryAfter("86399", now: now) == .seconds(86_399))
        for text in ["86401", "9223372036854775807", "99999999999999999999", "Sun, 06 Nov 2094 08:49:37 GMT"]
        {
            #expect(ResponseFields.retryAfter(text, now: now) == day, "\(text)")
        }
    }

    @Test func `a host's turns come one delay after another, and not before it is ready again`() {
        let turns = HostTurns()
        let now = ContinuousClock.now
        #expect(turns.take("a", delay: .seconds(1), now: now) == now)
        #expect(turns.take("a", delay: .seconds(1), now: now) == now + .seconds(1))
        #expect(turns.take("b", delay: .seconds(1), now: now) == now)
        #expect(turns.next(of: "a", now: now) == now + .seconds(2))
        turns.postpone("a", until: now + .seconds(9))
        #expect(turns.take("a", delay: .seconds(1), now: now + .seconds(5)) == now + .seconds(9))
        turns.postpone("a", until: now)
        #expect(turns.next(of: "a", now: now) == now + .seconds(10), "a later turn stays")
    }

    @Test func `a turn that nobody waits for any more is the next one's`() {
        let turns = HostTurns()
        let now = ContinuousClock.now
        let taken = (0..<60).compactMap { _ in turns.take("a", delay: .seconds(1), now: now) }
        #expect(taken.count == 60 && taken[59] == now + .seconds(59))
        #expect(turns.take("a", delay: .seconds(1), now: now, within: .seconds(20)) == nil)
        #expect(!turns.isHeld("a", at: now), "the host has said nothing")
        for turn in taken[10..<20].shuffled() { turns.giveBack(turn, of: "a", delay: .seconds(1)) }
        #expect(turns.next(of: "a", now: now) == now + .seconds(10))
        #expect(turns.take("a", delay: .seconds(2), now: now) == now + .seconds(60), "none is long enough")
        #expect(turns.take("a", delay: .seconds(1), now: now) == now + .seconds(10))
        let later = now + .milliseconds(11_500)
        #expect(turns.take("a", delay: .seconds(1), now: later) == now + .seconds(12), "half a turn is none")
        for turn in taken[20...] { turns.giveBack(turn, of: "a", delay: .seconds(1)) }
        turns.giveBack(now + .seconds(60), of: "a", delay: .seconds(2))
        for number in 13..<100 {
            #expect(turns.take("a", delay: .seconds(1), now: later) == now + .seconds(Int64(number)))
        }
        turns.postpone("a", until: now + .seconds(200))
        turns.giveBack(now + .seconds(99), of: "a", delay: .seconds(1))
        #expect(turns.take("a", delay: .seconds(1), now: later) == now + .seconds(200))
        #expect(turns.isHeld("a", at: later) && !turns.isHeld("a", at: now + .seconds(200)))
    }

    @Test func `pauses double, are spread by chance, and are the same for the same seed`() throws {
        let url = try WebURL("http://example.com/a")
        let failure = FetchFailure(.status, "", status: 503)
        let plan = RetryPlan(maxAttempts: 6, seed: 7)
        for attempt in 1...5 {
            let pause = try #require(plan.pause(after: failure, attempts: attempt, of: url))
            let whole = Duration.seconds(1 << (attempt - 1))
            #expect(pause >= whole / 2 && pause < whole)
            #expect(pause == plan.pause(after: failure, attempts: attempt, of: url))
        }
        #expect(plan.pause(after: failure, attempts: 6, of: url) == nil)
        var other = plan
        other.seed = 8
        #expect(
            other.pause(after: failure, attempts: 1, of: url)
                != plan.pause(after: failure, attempts: 1, of: url))
        let asked = FetchFailure(.status, "", status: 429, retryAfter: .seconds(40))
        #expect(plan.pause(after: asked, attempts: 1, of: url) == .seconds(40))
        let long = FetchFailure(.status, "", status: 429, retryAfter: .seconds(3_600))
        #expect(plan.pause(after: long, attempts: 1, of: url) == nil)
        for final in [FetchFailure(.status, "", status: 404), FetchFailure(.wrongContent, "", status: 200)] {
            #expect(plan.pause(after: final, attempts: 1, of: url) == nil)
        }
    }
}
