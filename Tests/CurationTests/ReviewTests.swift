import Annotations
import Base
import Catalog
import Engine
import Query
import TestSupport
import Testing

@testable import Curation

@Suite struct ReviewTests {
    private func question(
        _ limit: Int = 0, source: String? = nil, percent: Double = 100, seed: UInt64 = 0,
        honeypots: Double = 0
    ) throws -> ReviewQuestion {
        ReviewQuestion(
            labels: try LabelRequest(entityClass: "Image", filter: .all, source: source, limit: limit),
            sample: LabelSample(percent: percent, seed: seed), honeypotPercent: honeypots)
    }

    private func next(_ store: Store, _ question: ReviewQuestion, for name: String) async throws -> [Int64] {
        try await store.reviewQuestions(question, for: name).compactMap { $0["label"]?.integerValue }
    }

    private func state(_ answer: Document) -> String? { answer["state"]?.stringValue }

    /// An image with so many boxes of a model.
    private func labelled(_ count: Int) async throws -> (temporary: TemporaryStore, id: EntityID, [LabelID]) {
        let temporary = try await TemporaryStore()
        let id = try await temporary.add(
            (0..<count).map {
                .box("cat", Double($0), 0, 10, 10, by: "model:m@1", confidence: Double($0) / Double(count))
            })
        return (temporary, id, try await temporary.labels(id).map(\.id))
    }

    @Test func `accepting keeps a label, rejecting takes it away, and the log keeps both`() async throws {
        let (temporary, id, labels) = try await labelled(3)
        let store = temporary.store
        #expect(state(try await store.review(ReviewReply(labels[0], .accept), by: "ann")) == "accepted")
        #expect(
            state(try await store.review(ReviewReply(labels[1], .reject, note: "a dog"), by: "ann"))
                == "rejected")
        #expect(try await temporary.labels(id).map(\.id) == [labels[0], labels[2]])
        #expect(try await next(store, question(), for: "ann") == [labels[2]])
        let logged = try await store.consult { try $0.loggedLabel(labels[1]) }
        #expect(logged?.name == "cat")
        #expect(try await store.consult { try $0.reviews(of: labels[1]) }.map(\.note) == ["a dog"])
        let again = await #expect(throws: EngineError.self) {
            try await store.review(ReviewReply(labels[1], .accept), by: "bob")
        }
        #expect(again?.code == .conflict)
        let never = await #expect(throws: EngineError.self) {
            try await store.review(ReviewReply(999, .accept), by: "bob")
        }
        #expect(never?.code == .notFound)
        #expect(try await store.consult { try $0.labelCount() } == 2)
    }

    @Test func `a correction is a label of the person, in the place of the one before`() async throws {
        let (temporary, id, labels) = try await labelled(1)
        let store = temporary.store
        let box: Value = ["x": 1.0, "y": 2.0, "width": 3.0, "height": 4.0]
        let answer = try await store.review(
            ReviewReply(labels[0], .correct, name: "dog", geometry: .json(box)), by: "ann")
        #expect(state(answer) == "corrected")
        let label = try #require(try await temporary.labels(id).first)
        #expect(label.name == "dog" && label.box == Box(x: 1, y: 2, width: 3, height: 4))
        #expect(label.source == "human:ann" && label.parent == labels[0] && label.confidence == nil)
        #expect(answer["successor"] == .integer(label.id))
        // Nobody reviews their own labels.
        #expect(try await next(store, question(), for: "ann") == [])
        #expect(try await next(store, question(), for: "bob") == [label.id])
        let own = await #expect(throws: EngineError.self) {
            try await store.review(ReviewReply(label.id, .accept), by: "ann")
        }
        #expect(own?.code == .conflict && own?.message.contains("own") == true)
    }

    @Test func `a correction that says nothing, or no place, is refused and changes nothing`() async throws {
        let (temporary, id, labels) = try await labelled(1)
        for reply in [
            ReviewReply(labels[0], .correct), ReviewReply(labels[0], .correct, geometry: .json([1, 2])),
            ReviewReply(
                labels[0], .correct, geometry: .json(["x": 1.0, "y": 1.0, "width": 0.0, "height": 1.0])),
        ] {
            let error = await #expect(throws: EngineError.self) {
                try await temporary.store.review(reply, by: "ann")
            }
            #expect(error?.code == .invalidRequest)
        }
        #expect(try await temporary.labels(id).map(\.id) == labels)
        #expect(try await temporary.store.consult { try $0.reviews(of: labels[0]) } == [])
        #expect(throws: EngineError.self) { try ReviewReply(label: 1, answer: "perhaps") }
        #expect(throws: EngineError.self) { try ReviewReply(label: 1, answer: "accept", name: "dog") }
    }

    @Test func `under the rule of two persons two different people must agree`() async throws {
        let (temporary, id, labels) = try await labelled(2)
        let store = temporary.store
        try await store.setReviewPeople(2)
        func answer(_ place: Int, _ answer: ReviewAnswer, _ name: String) async throws -> String? {
            state(try await store.review(ReviewReply(labels[place], answer), by: name))
        }
        #expect(try await answer(0, .reject, "ann") == "in_review")
        #expect(try await answer(0, .reject, "ann") == "in_review", "one person twice is one person")
        #expect(try await temporary.labels(id).count == 2)
        #expect(try await next(store, question(), for: "ann") == [labels[1]])
        #expect(try await answer(0, .accept, "bob") == "disputed")
        #expect(try await answer(0, .reject, "cyd") == "rejected")
        #expect(try await temporary.labels(id).map(\.id) == [labels[1]])
        #expect(try await answer(1, .reject, "ann") == "in_review")
        #expect(try await answer(1, .accept, "ann") == "in_review", "the last word of a person counts")
        #expect(try await answer(1, .accept, "bob") == "accepted")
        #expect(try await next(store, question(), for: "cyd") == [])
        let error = await #expect(throws: EngineError.self) { try await store.setReviewPeople(0) }
        #expect(error?.path == "people")
    }

    @Test func `a sample is so large as asked, the same for a seed, and keeps its labels as others come`()
        async throws
    {
        let (temporary, _, labels) = try await labelled(1_000)
        let store = temporary.store
        let some = try await next(store, question(percent: 20, seed: 5), for: "ann")
        // Twice 2.5 standard deviations of a binomial of 1,000 and 0.2.
        #expect(abs(some.count - 200) < 63)
        #expect(try await next(store, question(percent: 20, seed: 5), for: "ann") == some)
        #expect(try await next(store, question(percent: 20, seed: 6), for: "ann") != some)
        #expect(
            try await next(store, question(10, percent: 20, seed: 5), for: "ann") == Array(some.prefix(10)))
        try await temporary.add([.box("cat", 0, 0, 9, 9, by: "model:m@1")])
        #expect(
            try await next(store, question(percent: 20, seed: 5), for: "ann").filter(labels.contains) == some)
        #expect(try await next(store, question(percent: 0), for: "ann") == [])
    }

    @Test func `honeypots look like other labels, change nothing, and tell who can be relied on`()
        async throws
    {
        let (temporary, id, labels) = try await labelled(10)
        let store = temporary.store
        // A label that was taken away is known to be wrong.
        _ = try await store.review(ReviewReply(labels[9], .reject), by: "owner")
        try await store.setHoneypot(labels[9], isRight: false)
        try await store.setHoneypot(labels[0], isRight: true)
        let asked = try await store.reviewQuestions(question(5, honeypots: 40), for: "ann")
        let numbers = asked.compactMap { $0["label"]?.integerValue }
        #expect(numbers.count == 5 && numbers.contains(labels[0]) && numbers.contains(labels[9]))
        #expect(Set(asked.map { $0.keys }) == [asked[0].keys])
        let before = try await temporary.labels(id)
        _ = try await store.review(ReviewReply(labels[0], .reject), by: "ann")
        _ = try await store.review(ReviewReply(labels[9], .correct, name: "dog"), by: "ann")
        _ = try await store.review(ReviewReply(labels[0], .accept), by: "bob")
        #expect(try await temporary.labels(id) == before)
        let told =
            try await store.reviewStatistics()["reviewers"]?.arrayValue?.compactMap(\.objectValue) ?? []
        #expect(told.map { $0["reviewer"] } == ["ann", "bob", "owner"])
        #expect(told[0]["accuracy"] == 0.5 && told[0]["honeypots"] == 2 && told[1]["accuracy"] == 1.0)
        #expect(try await next(store, question(5, honeypots: 40), for: "ann").allSatisfy { $0 != labels[0] })
        let error = await #expect(throws: EngineError.self) {
            try await store.setHoneypot(999, isRight: true)
        }
        #expect(error?.code == .notFound)
    }

    @Test func `statistics say how far it is, how people agree, and what needs no review`() async throws {
        let (temporary, _, labels) = try await labelled(100)
        let store = temporary.store
        // Right from the confidence 0.5 on.
        for (place, label) in labels.enumerated() where place < 99 {
            _ = try await store.review(ReviewReply(label, place >= 50 ? .accept : .reject), by: "ann")
        }
        for label in labels[50..<54] { _ = try await store.review(ReviewReply(label, .accept), by: "bob") }
        let told = try await store.reviewStatistics(precision: 0.9)
        let states = try #require(told["states"]?.objectValue)
        #expect(states["accepted"] == 49 && states["rejected"] == 50 && states["unreviewed"] == 1)
        #expect(told["labels"] == 50)
        let agreement = try #require(told["agreement"]?.arrayValue?.first?.objectValue)
        #expect(agreement["labels"] == 4 && agreement["kappa"] == nil, "both always accept")
        let threshold = try #require(told["thresholds"]?.arrayValue?.first?.objectValue)
        #expect(threshold["source"] == "model:m@1" && threshold["class"] == "cat")
        #expect(threshold["reviewed"] == 99 && threshold["accepted"] == 49)
        // 49 right ones and n wrong ones: Wilson's lower end stays at 0.9 with n = 0 (0.927), and not with 1.
        #expect(threshold["confidence"] == 0.5 && threshold["accepted_above"] == 49)
        // Of the one that is left nobody need be asked any more.
        var asked = try question()
        #expect(try await next(store, asked, for: "cyd") == [labels[99]])
        asked.precision = 0.9
        #expect(try await next(store, asked, for: "cyd") == [])
        asked.precision = 0.95
        #expect(try await next(store, asked, for: "cyd") == [labels[99]])
        let error = await #expect(throws: EngineError.self) { try await store.reviewStatistics(precision: 2) }
        #expect(error?.path == "precision")
    }

    @Test func `purging an image forgets what was answered about its labels`() async throws {
        let (temporary, id, labels) = try await labelled(1)
        let store = temporary.store
        _ = try await store.review(ReviewReply(labels[0], .accept, note: "private"), by: "ann")
        try await store.setHoneypot(labels[0], isRight: true)
        _ = try await store.purge(
            DeletionRequest(entityClass: "Image", target: .ids([id]), isDryRun: false, by: "ann"))
        #expect(try await store.consult { try $0.reviews(of: labels[0]) } == [])
        #expect(try await store.consult { try $0.honeypots() } == [])
    }
}
