import Base
import TestSupport
import Testing

@testable import Curation

@Suite(.onOwnThreads) struct ConfidentLearningTests {
    private static func numbers(_ value: Value?) -> [Double] {
        (value?.arrayValue ?? []).compactMap(\.floatValue)
    }

    @Test(
        "cleanlab gives the same thresholds, counts, flags and scores", .enabled(if: PythonOracle.isAvailable)
    )
    func oracle() throws {
        let lines = try PythonOracle.lines(of: "label_quality_oracle.py", ["classes", "200"])
        #expect(lines.count == 200)
        for (seed, line) in lines.enumerated() {
            let told = try #require(try JSON.parse(line).objectValue)
            let given = Self.numbers(told["given"]).map { Int($0) }
            let probabilities = (told["probabilities"]?.arrayValue ?? []).map { Self.numbers($0) }
            var thresholds = ConfidentThresholds(classCount: probabilities[0].count)
            for (name, row) in zip(given, probabilities) {
                thresholds.include(given: name, probability: row[name])
            }
            let wanted = Self.numbers(told["thresholds"])
            #expect(zip(thresholds.values, wanted).allSatisfy { abs($0 - $1) < 1e-9 }, "seed \(seed)")

            var joint = ConfidentJoint(thresholds)
            for (name, row) in zip(given, probabilities) { joint.include(given: name, row) }
            // cleanlab gives each class itself once at least, as the joint does.
            let counts = joint.counts.enumerated().map { row in
                row.element.enumerated().map { $0.offset == row.offset ? max($0.element, 1) : $0.element }
            }
            #expect(counts == (told["counts"]?.arrayValue ?? []).map { Self.numbers($0).map { Int($0) } })
            // There the joint is rounded to whole images, so that a cell is off by less than one.
            for (row, expected) in zip(joint.joint, told["joint"]?.arrayValue ?? []) {
                let cells = zip(row, Self.numbers(expected))
                #expect(cells.allSatisfy { abs($0 - $1) * Double(given.count) < 1.01 }, "seed \(seed)")
            }
            #expect(abs(joint.joint.joined().reduce(0, +) - 1) < 1e-9)
            let flagged = given.indices.filter { thresholds.isFlagged(given: given[$0], probabilities[$0]) }
            #expect(flagged == Self.numbers(told["flagged"]).map { Int($0) }, "seed \(seed)")

            let confidences = zip(given, probabilities).map { ClassQuality.selfConfidence(given: $0, $1) }
            let margins = zip(given, probabilities).map { ClassQuality.normalisedMargin(given: $0, $1) }
            #expect(
                zip(confidences, Self.numbers(told["self_confidence"])).allSatisfy { abs($0 - $1) < 1e-9 })
            #expect(zip(margins, Self.numbers(told["margin"])).allSatisfy { abs($0 - $1) < 1e-9 })
        }
    }

    @Test func `twenty flips planted among three hundred are found, and nothing else`() {
        var generator = SeededGenerator(seed: 7)
        let given = (0..<300).map { $0 % 3 }
        let flipped = Set((0..<300).shuffled(using: &generator).prefix(20))
        let probabilities = given.enumerated().map { index, name in
            let actual = flipped.contains(index) ? (name + 1) % 3 : name
            return (0..<3).map { $0 == actual ? 0.9 : 0.05 }
        }
        var thresholds = ConfidentThresholds(classCount: 3)
        for (name, row) in zip(given, probabilities) {
            thresholds.include(given: name, probability: row[name])
        }
        #expect(
            Set(given.indices.filter { thresholds.isFlagged(given: given[$0], probabilities[$0]) }) == flipped
        )
    }

    @Test func `a class that nothing was given is never confident`() {
        var thresholds = ConfidentThresholds(classCount: 2)
        thresholds.include(given: 0, probability: 0.4)
        var joint = ConfidentJoint(thresholds)
        joint.include(given: 0, [0.4, 0.6])
        #expect(joint.counts == [[1, 0], [0, 0]] && !thresholds.isFlagged(given: 0, [0.4, 0.6]))
        #expect(joint.joint == [[1, 0], [0, 0]])
        #expect(ConfidentJoint(ConfidentThresholds(classCount: 0)).joint.isEmpty)
        #expect(ClassQuality.normalisedMargin(given: 0, [1]) == 1)
    }
}
