import Base
@testable import Catalog
import SystemPackage
import Testing

/// What the tables of keys, rules, jobs and reviews may say wrongly.
@Suite struct TableDamageTests {
    @Test(
        "a row that no writer leaves is found, and named",
        arguments: [
            ("UPDATE api_keys SET sha256 = zeroblob(31)", "the key 'fvk_000000000' has a malformed digest"),
            ("UPDATE rules SET id = ''", "the rule '' lacks"),
            ("UPDATE rules SET definition = ''", "the rule 'r' lacks"),
            ("UPDATE rules SET who = ''", "the rule 'r' lacks"),
            ("UPDATE jobs SET state = 9", "job 1 has an unknown state"),
            ("UPDATE jobs SET request = '{'", "job 1 is malformed"),
            ("UPDATE jobs SET request = '[]'", "job 1 is malformed"),
            ("UPDATE jobs SET counts = '7'", "job 1 is malformed"),
            ("UPDATE jobs SET kind = ''", "job 1 names no kind"),
            ("UPDATE jobs SET run = 99", "job 1 names a run that does not exist"),
            ("UPDATE jobs SET ended = NULL", "job 1 has ended at no time"),
            ("UPDATE reviews SET answer = 3", "review 1 of label 1 has an unknown answer"),
            ("UPDATE reviews SET reviewer = ''", "review 1 of label 1 is by nobody"),
            ("UPDATE reviews SET label = 40", "review 1 of label 40 is of a label that there never was"),
            ("UPDATE reviews SET successor = 1", "review 1 of label 1 is no correction"),
            (
                "UPDATE reviews SET answer = 2, successor = 41",
                "review 1 of label 1 names a label in its place that there never was"
            ),
            ("UPDATE honeypots SET label = 42", "the honeypot 42 is no label"),
            ("UPDATE honeypots SET is_right = 2", "the honeypot 1 is neither right nor wrong"),
            ("UPDATE examined SET source = 99", "a source that does not exist"),
        ])
    func findings(sql: String, words: String) throws {
        let store = try TemporaryStore()
        let catalog = try Catalog.create(store.directory)
        let digest = try #require(SHA256Digest(bytes: [UInt8](repeating: 1, count: 32)))
        try catalog.write { transaction in
            let image = try transaction.insert("Image", ["n": 1])
            let label = try transaction.addLabel(NewLabel(.class, "cat", source: "model:m@1"), to: image)
            try transaction.addReview(Review(label, by: "ann", .accept, at: transaction.time))
            try transaction.setHoneypot(label, isRight: true)
            try transaction.noteExamined(image, by: "model:m@1", run: nil, labels: 1)
            try transaction.setRule("r", "if any(cat) then tag pet", by: "human:ann")
            try transaction.addAPIKey(
                StoredAPIKey(
                    digest: digest, prefix: "fvk_000000000", name: "", scope: "free",
                    created: transaction.time))
            var job = try transaction.addJob("label", [:], priority: 0, by: "human:ann")
            (job.state, job.ended) = (.done, transaction.time)
            try transaction.updateJob(job)
        }
        #expect(try catalog.findings() == [])
        catalog.close()
        let connection = try SQLiteConnection(
            path: store.directory.appending("catalog.sqlite").string, mode: .readWrite)
        try connection.execute(sql)
        let broken = try Catalog.open(store.directory)
        defer { broken.close() }
        let messages = try broken.findings().map(\.message)
        #expect(messages.contains { $0.contains(words) }, "\(messages)")
    }
}
