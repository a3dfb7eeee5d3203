import Base
import TestSupport
import Testing

@testable import Engine

@Suite struct SessionTableTests {
    private struct Model {
        var user: String
        var session: SHA256Digest
        var refresh: SHA256Digest?
        var sessionEnd: ContinuousClock.Instant
        var refreshEnd: ContinuousClock.Instant
    }

    private func user(_ name: String) -> AccessDirectory.User {
        AccessDirectory.User(id: 1, name: name, password: nil, changedCommit: 1, permissions: .none)
    }

    /// Against a list that is looked through from end to end, with limits that are not reached.
    @Test func `a random life of sessions is that of the list that defines it`() {
        var generator = SeededGenerator(seed: 23)
        for _ in 0..<20 {
            var table = SessionTable(limit: 10_000, userLimit: 10_000)
            var models: [Model] = []
            var now = ContinuousClock.now
            for _ in 0..<400 {
                let digest = { AccessToken.make(.session).digest }
                let known = models.isEmpty ? nil : generator.pick(models)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0, 1:
                    let name = "u\(Int.random(in: 0..<5, using: &generator))"
                    let model = Model(
                        user: name, session: digest(), refresh: digest(), sessionEnd: now + .seconds(60),
                        refreshEnd: now + .seconds(300))
                    table.begin(
                        of: user(name), session: model.session, until: model.sessionEnd,
                        refresh: model.refresh!, until: model.refreshEnd, at: now)
                    models.append(model)
                case 2:
                    guard let known, let refresh = known.refresh else { continue }
                    let taken = table.takeRefresh(refresh, at: now)
                    #expect((taken?.user == known.user) == (known.refreshEnd > now))
                    let place = models.firstIndex { $0.session == known.session }!
                    models[place].refresh = nil
                    #expect(table.takeRefresh(refresh, at: now) == nil)
                case 3:
                    guard let known, generator.chance(0.3) else { continue }
                    table.end(known.session)
                    models.removeAll { $0.session == known.session }
                case 4: now += .seconds(Int.random(in: 0...30, using: &generator))
                default:
                    guard let known else { continue }
                    let found = table.session(known.session, at: now)
                    #expect((found?.user == known.user) == (known.sessionEnd > now))
                    #expect(table.session(digest(), at: now) == nil)
                    if let refresh = known.refresh { #expect(table.session(refresh, at: now) == nil) }
                }
            }
        }
    }

    @Test func `at the limit what is over goes first, then the oldest session of whoever has most`() {
        var table = SessionTable(limit: 4, userLimit: 10)
        let now = ContinuousClock.now
        let sessions = (0..<7).map { _ in AccessToken.make(.session).digest }
        func begin(_ index: Int, _ name: String, at time: ContinuousClock.Instant) {
            table.begin(
                of: user(name), session: sessions[index], until: time + .seconds(60),
                refresh: AccessToken.make(.refresh).digest, until: time + .seconds(60), at: time)
        }
        begin(0, "ann", at: now)
        begin(1, "bob", at: now)
        begin(2, "bob", at: now)
        begin(3, "bob", at: now)
        begin(4, "ann", at: now)
        #expect(table.count == 4)
        #expect(table.session(sessions[0], at: now) != nil && table.session(sessions[1], at: now) == nil)
        let later = now + .seconds(60)
        begin(5, "eve", at: later)
        #expect(table.count == 1 && table.session(sessions[5], at: later) != nil)
    }
}
