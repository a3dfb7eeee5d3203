import Base
import Catalog
import Engine
import Query
import TestSupport
import Testing

@testable import Curation

@Suite struct QualityRunTests {
    private func request(
        _ method: QualityMethod = .objectLab, limit: Int = 0, filter: String = "{}"
    ) throws -> QualityRequest {
        QualityRequest(
            entityClass: "Image", filter: try Filter.parse(filter), given: SourcePattern("human:*"),
            predicted: SourcePattern("model:m@*"), method: method, limit: limit)
    }

    private func reports(_ store: Store, _ request: QualityRequest) async throws -> [Document] {
        var all: [Document] = []
        for try await page in try await store.labelQuality(request).reports(limit: request.limit) {
            all += page
        }
        return all
    }

    @Test func `images come worst first, each with the boxes that take from its score`() async throws {
        let temporary = try await TemporaryStore()
        let good = try await temporary.add([
            .box("cat", 10, 10, 40, 40), .box("cat", 10, 10, 40, 40, by: "model:m@1", confidence: 0.99),
        ])
        let swapped = try await temporary.add([
            .box("cat", 10, 10, 40, 40), .box("dog", 12, 10, 40, 40, by: "model:m@2", confidence: 0.99),
        ])
        let overlooked = try await temporary.add([
            .box("cat", 10, 10, 40, 40), .box("cat", 10, 10, 40, 40, by: "model:m@1", confidence: 0.99),
            .box("dog", 70, 70, 20, 20, by: "model:m@1", confidence: 0.98),
        ])
        // Neither has said anything of these.
        try await temporary.add()
        try await temporary.add([.box("cat", 0, 0, 9, 9, by: "import:1")])
        let told = try await reports(temporary.store, request())
        #expect(told.map { $0["image"]?.stringValue } == [overlooked, swapped, good].map(\.description))
        let causes = told.map { $0["causes"]?.arrayValue?.first?.objectValue }
        #expect(causes[0]?["term"] == "overlooked" && causes[1]?["term"] == "swapped" && causes[2] == nil)
        let predicted = causes[0]?["predicted"]?.objectValue
        #expect(predicted?["class"] == "dog" && predicted?["confidence"] == 0.98)
        #expect(causes[0]?["text"]?.stringValue?.hasPrefix("no box where 'dog' (label ") == true)
        #expect(causes[1]?["given"]?.objectValue?["class"] == "cat")
        let run = try await temporary.store.labelQuality(request())
        #expect(run.scored.count == 3 && run.skipped == 2 && run.scored[2].score == 1)
        #expect(try await reports(temporary.store, request(limit: 1)).count == 1)
    }

    @Test func `a score is written as a property, for filters and sorts to use`() async throws {
        let temporary = try await TemporaryStore()
        for shift in 0..<5 {
            try await temporary.add([
                .box("cat", 10, 10, 40, 40),
                .box("cat", 10 + Double(shift), 10, 40, 40, by: "model:m@1", confidence: 0.99),
            ])
        }
        try await temporary.add()
        let store = temporary.store
        let run = try await store.labelQuality(request())
        #expect(try await run.write() == 5)
        let found = try await store.find(
            FindRequest(
                entityClass: "Image", filter: try Filter.parse(#"{"label_quality": {"$lt": 1}}"#),
                sort: try SortOrder.parse("label_quality")))
        #expect(found.entities.count == 4)
        let values = found.entities.compactMap { $0["label_quality"]?.floatValue }
        #expect(values == values.sorted() && values == run.scored.prefix(4).map(\.score))
        #expect(try await store.count(class: "Image", filter: .all) == 6)
    }

    @Test func `more images than are in memory at a time are scored as in one piece`() async throws {
        let temporary = try await TemporaryStore()
        let count = 2 * EntityBatches.size + 7
        try await temporary.store.change { transaction in
            for number in 0..<count {
                let id = try transaction.insert("Image", ["n": .integer(Int64(number))])
                try transaction.addLabel(.box("cat", 0, 0, 100, 100), to: id)
                try transaction.addLabel(
                    .box("cat", 0, 0, 100, Double(count - number), by: "model:m@1", confidence: 0.9), to: id)
            }
        }
        let told = try await reports(temporary.store, request())
        #expect(told.count == count)
        let scores = told.compactMap { $0["score"]?.floatValue }
        #expect(scores == scores.sorted() && scores.last == 1)
        #expect(try await temporary.store.labelQuality(request()).write() == count)
    }

    /// Labels of a class with the confidence of a model for it and for others.
    private func add(
        _ temporary: TemporaryStore, given: String, _ probabilities: [String: Double]
    ) async throws -> EntityID {
        let told = probabilities.sorted { $0.key < $1.key }.map {
            NewLabel(.class, $0.key, confidence: $0.value, source: "model:m@1")
        }
        return try await temporary.add([NewLabel(.class, given, source: "human:ann")] + told)
    }

    @Test func `classes are scored by what a model gives them, and what it does not name shares the rest`()
        async throws
    {
        let temporary = try await TemporaryStore()
        let sure = try await add(temporary, given: "cat", ["cat": 0.9])
        let wrong = try await add(temporary, given: "dog", ["cat": 0.8, "owl": 0.1])
        let unsure = try await add(temporary, given: "owl", ["owl": 0.4, "cat": 0.6])
        try await temporary.add([NewLabel(.class, "cat", source: "human:ann")])
        let told = try await reports(temporary.store, request(.selfConfidence))
        #expect(told.map { $0["image"]?.stringValue } == [wrong, unsure, sure].map(\.description))
        let scores = told.compactMap { $0["score"]?.floatValue }
        // What the model leaves of 1 in the first is 0.1, for the one class that it does not name.
        #expect(zip(scores, [0.1, 0.4, 0.9]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(told[0]["class"] == "dog" && told[0]["likeliest"] == "cat")
        let margins = try await reports(temporary.store, request(.normalisedMargin))
            .compactMap { $0["score"]?.floatValue }
        #expect(zip(margins, [0.15, 0.4, 0.925]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func `confident learning lists what it flags alone`() async throws {
        let temporary = try await TemporaryStore()
        var flipped: EntityID?
        for number in 0..<12 {
            let name = number % 2 == 0 ? "cat" : "dog"
            let other = number % 2 == 0 ? "dog" : "cat"
            let id = try await add(temporary, given: name, number == 5 ? [other: 0.9] : [name: 0.9])
            if number == 5 { flipped = id }
        }
        let told = try await reports(temporary.store, request(.confidentLearning))
        #expect(told.map { $0["image"]?.stringValue } == [flipped?.description])
        #expect(try await temporary.store.labelQuality(request(.confidentLearning)).scored.count == 12)
    }

    @Test func `regions compare with a truth, and name the kind of each error`() async throws {
        let temporary = try await TemporaryStore()
        try await temporary.add([
            .box("cat", 10, 10, 20, 20), .box("cat", 10, 10, 20, 20, by: "model:m@1"),
            .box("dog", 60, 60, 20, 20, by: "model:m@1"),
        ])
        let told = try await reports(temporary.store, request(.regions))
        #expect(told[0]["score"] == 0.5 && told[0]["good"] == 1)
        #expect(told[0]["causes"]?.arrayValue?.compactMap { $0.objectValue?["term"] } == ["A1"])
    }

    @Test func `agreement pairs boxes of one class`() async throws {
        let temporary = try await TemporaryStore()
        try await temporary.add([
            .box("cat", 0, 0, 10, 10), .box("cat", 0, 2, 10, 10, by: "model:m@1"),
            .box("dog", 50, 50, 10, 10), .box("cat", 50, 50, 10, 10, by: "model:m@1"),
        ])
        let told = try await reports(temporary.store, request(.agreement))
        // One pair with 80 of 120 in common, and a box of each alone.
        #expect(abs((told[0]["score"]?.floatValue ?? 0) - (80.0 / 120) / 3) < 1e-12)
    }

    @Test func `a class of entities that was never used is named`() async throws {
        let temporary = try await TemporaryStore()
        let asked = QualityRequest(
            entityClass: "Nothing", filter: .all, given: SourcePattern("human:*"),
            predicted: SourcePattern("model:*"))
        let error = await #expect(throws: EngineError.self) {
            _ = try await temporary.store.labelQuality(asked)
        }
        #expect(error?.code == .notFound)
    }
}
