import Annotations
import Base
import TestSupport
import Testing

@testable import Curation

@Suite(.onOwnThreads) struct BoxQualityTests {
    private static func box(_ left: Double, _ top: Double, _ right: Double, _ bottom: Double) -> Box {
        Box(x: left, y: top, width: right - left, height: bottom - top)
    }

    private static func boxes(_ value: Value?, hasConfidence: Bool) -> [ClassedBox] {
        (value?.arrayValue ?? []).compactMap { row in
            let numbers = (row.arrayValue ?? []).compactMap(\.floatValue)
            let corners = numbers.suffix(4)
            guard numbers.count == (hasConfidence ? 6 : 5) else { return nil }
            return ClassedBox(
                box(
                    corners[corners.startIndex], corners[corners.startIndex + 1],
                    corners[corners.startIndex + 2], corners[corners.startIndex + 3]),
                Int(numbers[0]), confidence: hasConfidence ? numbers[1] : 1)
        }
    }

    /// The scores of a data set.
    private static func reports(
        _ images: [(given: [ClassedBox], predicted: [ClassedBox])]
    ) -> [BoxQuality.Report] {
        var quality = BoxQuality()
        for image in images { quality.include(given: image.given, predicted: image.predicted) }
        return images.map { quality.report(given: $0.given, predicted: $0.predicted, causeLimit: .max) }
    }

    @Test(
        "cleanlab gives the same scores of images and of boxes, to 1e-6",
        .enabled(if: PythonOracle.isAvailable))
    func oracle() throws {
        let lines = try PythonOracle.lines(of: "label_quality_oracle.py", ["boxes", "200"])
        #expect(lines.count == 200)
        for (seed, line) in lines.enumerated() {
            let told = try #require(try JSON.parse(line).arrayValue).compactMap(\.objectValue)
            let images = told.map {
                (
                    given: Self.boxes($0["given"], hasConfidence: false),
                    predicted: Self.boxes($0["predicted"], hasConfidence: true)
                )
            }
            for (report, expected) in zip(Self.reports(images), told) {
                let score = try #require(expected["score"]?.floatValue)
                #expect(abs(report.score - score) < 1e-6, "seed \(seed)")
                let terms = try #require(expected["terms"]?.arrayValue)
                for (term, values) in zip(BoxQuality.Term.allCases, terms) {
                    let wanted = (values.arrayValue ?? []).compactMap(\.floatValue).filter { $0 < 1 }.sorted()
                    let found = report.causes.filter { $0.term == term }.map(\.score).sorted()
                    #expect(found.count == wanted.count, "seed \(seed) \(term)")
                    #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-6 }, "seed \(seed) \(term)")
                }
            }
        }
    }

    @Test func `each kind of error is put down to its term and to the boxes that show it`() throws {
        let (cat, dog) = (0, 1)
        let place = Self.box(10, 10, 50, 50), far = Self.box(200, 200, 240, 240)
        let reports = Self.reports([
            ([ClassedBox(place, cat)], [ClassedBox(place, cat, confidence: 0.99)]),
            ([ClassedBox(place, cat)], [ClassedBox(place, dog, confidence: 0.99)]),
            (
                [ClassedBox(place, cat)],
                [ClassedBox(Self.box(30, 30, 70, 70), cat, confidence: 0.99)]
            ),
            (
                [ClassedBox(place, cat)],
                [ClassedBox(place, cat, confidence: 0.99), ClassedBox(far, dog, confidence: 0.97)]
            ),
        ])
        #expect(reports[0].score == 1 && reports[0].causes.isEmpty)
        #expect(reports[1].causes.first?.term == .swapped && reports[1].causes.first?.given == 0)
        #expect(reports[1].causes.first?.predicted == 0 && reports[1].causes.first?.rival == nil)
        #expect(reports[2].causes.first?.term == .badlyLocated && reports[2].causes.first?.predicted == 0)
        #expect(reports[3].causes.first?.term == .overlooked && reports[3].causes.first?.predicted == 1)
        #expect(reports.allSatisfy { (0...1).contains($0.score) })
        #expect(reports[1...].allSatisfy { $0.score < 0.7 })
    }

    @Test func `without boxes nothing is wrong, and what is not there at all is overlooked`() {
        let sure = [ClassedBox(Self.box(0, 0, 9, 9), 0, confidence: 0.99)]
        let reports = Self.reports([([], []), ([ClassedBox(Self.box(0, 0, 9, 9), 0)], []), ([], sure)])
        #expect(reports[0].score == 1 && reports[1].score == 1)
        // What is left of 1 above the confidence, and the third root of it.
        #expect(abs(reports[2].overlooked - 0.01) < 1e-12)
        #expect(abs(reports[2].score - 0.2154434690031884) < 1e-12)
    }
}
