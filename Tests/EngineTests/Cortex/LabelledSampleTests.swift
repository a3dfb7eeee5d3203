import Base
import Catalog
import Query
import TestSupport
import Testing

@testable import Engine

/// The filters of Cortex's later interface, answered by a store.
@Suite struct LabelledSampleTests {
    /// What a filter means, said of the documents that the two interfaces show of one image.
    private static func matches(
        _ filter: SampleFilter, _ sample: Document, _ labelled: Document
    ) -> Bool {
        let detection = labelled["object_detection"]?.objectValue ?? [:]
        switch filter {
        case .all: return true
        case .and(let parts): return parts.allSatisfy { matches($0, sample, labelled) }
        case .or(let parts): return parts.contains { matches($0, sample, labelled) }
        case .not(let part): return !matches(part, sample, labelled)
        case .number(.objectCount, let comparison):
            let boxes = sample["object_analysis"]?.arrayValue?.first?.arrayValue ?? []
            return comparison.accepts(.integer(Int64(boxes.count)))
        case .number(.labelQuality, let comparison):
            return comparison.accepts(sample["label_quality_estimation"])
        case .number(let field, let comparison):
            let value = sample[field.rawValue]
            return comparison.accepts(value?.floatValue == nil ? nil : value)
        case .collected(let comparison):
            // By the key: its first eight digits are seconds.
            let seconds = (sample["_id"]?.stringValue).flatMap { Int64($0.dropFirst(4).prefix(8), radix: 16) }
            return comparison.accepts(
                seconds.map { .dateTime(DateTime(microseconds: $0 * 1_000_000)) })
        case .objects(let condition):
            let boxes = detection[condition.name]?.arrayValue ?? []
            let areas = boxes.compactMap { $0.arrayValue?.compactMap(\.floatValue) }.map {
                ($0[2] - $0[0]) * ($0[3] - $0[1])
            }
            let count = SampleFilter.Comparison([.greaterOrEqual(1)])
            return (condition.count ?? count).accepts(.integer(Int64(boxes.count)))
                && (condition.maxBoxArea?.accepts(areas.max().map { .float($0) }) ?? true)
        }
    }

    private static let filters: [Value] = [
        [:], ["class": "cat"], ["class": "cat", "count": 2], ["class": "cat", "count": ["$gte": 2]],
        ["class": "dog", "max_box_area": ["$gt": 0.37]], ["class": "face"], ["object_count": 0],
        ["object_count": ["$in": [1, 3]]], ["width": ["$gte": 50, "$lt": 150]],
        ["label_quality": ["$gte": 0.5]],
        ["$not": ["label_quality": ["$gte": 0.5]]], ["collected": ["$gt": "2020-01-01"]],
        ["collected": ["$lt": "2020-01-01T00:00:00Z"]],
        ["$or": [["class": "cow"], ["$and": [["class": "dog"], ["$not": ["class": "cat"]]]]]],
    ]

    @Test(arguments: [31, 32, 33] as [UInt64])
    func `filters find what they say`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let temporary = try await TemporaryStore()
        try RandomSamples.fill(temporary, 200, hasUnreadable: seed == 33, sizes: true, &random)
        let store = temporary.store
        let samples = try await store.samples(
            try Filter.parse(#"{"object_analysis_processed": "true"}"#), RandomSamples.roles, skip: 0,
            limit: 1_000
        ).samples
        let labelled = try await store.labelledSamples(
            LabelledSampleSearch(.all, limit: 1_000), RandomSamples.roles
        ).samples
        #expect(samples.map { $0["_id"] } == labelled.map { $0["_id"] })
        for value in Self.filters {
            let filter = try SampleFilter.parse(value)
            let expected = zip(samples, labelled).filter { Self.matches(filter, $0, $1) }.map { $0.0["_id"] }
            let found = try await store.labelledSamples(
                LabelledSampleSearch(filter, limit: 1_000), RandomSamples.roles)
            #expect(found.samples.map { $0["_id"] } == expected, "seed \(seed): \(value.json)")
            #expect(found.count == expected.count)
        }
    }

    @Test(arguments: LabelledSampleSearch.Order.allCases)
    func `pages never overlap and miss nothing, in each order`(order: LabelledSampleSearch.Order) async throws
    {
        var random = SeededGenerator(seed: 5)
        let temporary = try await TemporaryStore()
        try RandomSamples.fill(temporary, 100, hasUnreadable: false, sizes: true, &random)
        let all = try await temporary.store.labelledSamples(
            LabelledSampleSearch(.all, order: order, limit: 1_000))
        var paged: [Document] = []
        for skip in stride(from: 0, through: all.count, by: 7) {
            paged += try await temporary.store.labelledSamples(
                LabelledSampleSearch(.all, order: order, skip: skip, limit: 7)
            ).samples
        }
        #expect(paged == all.samples && all.samples.count == all.count && all.count > 30)
        #expect(Set(paged.map { $0["_id"] }).count == all.count)
        let beyond = try await temporary.store.labelledSamples(
            LabelledSampleSearch(.all, order: order, skip: .max, limit: 7))
        #expect(beyond.samples.isEmpty && beyond.count == all.count)
        let qualities = all.samples.map { $0["label_quality_score"]?.floatValue ?? -1 }
        if order == .quality { #expect(qualities == qualities.sorted(by: >)) }
    }
}
