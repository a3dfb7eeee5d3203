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
        #expect(try #require(ResponseFields.retryAfter("99999999999999999999", now: now)) > .seconds(1 << 30))
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
