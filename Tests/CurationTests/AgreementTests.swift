import Annotations
import Base
import TestSupport
import Testing

@testable import Curation

@Suite struct AgreementTests {
    private static func box(_ x: Double, _ width: Double = 10) -> Box {
        Box(x: x, y: 0, width: width, height: 10)
    }

    @Test(
        "scikit-learn gives the same κ, and SciPy pairs of the same sum",
        .enabled(if: PythonOracle.isAvailable),
        .onOwnThreads)
    func oracle() throws {
        func numbers(_ value: Value?) -> [Double] { (value?.arrayValue ?? []).compactMap(\.floatValue) }
        for (seed, line) in try PythonOracle.lines(of: "label_quality_oracle.py", ["agreement", "100"])
            .enumerated()
        {
            let told = try #require(try JSON.parse(line).objectValue)
            let kappa = try #require(Agreement.kappa(numbers(told["left"]), numbers(told["right"])))
            #expect(abs(kappa - (told["kappa"]?.floatValue ?? .nan)) < 1e-12, "seed \(seed)")
            let values = (told["values"]?.arrayValue ?? []).map { numbers($0) }
            let pairs = Agreement.bestPairs(values)
            let wanted = (told["pairs"]?.arrayValue ?? []).map { numbers($0).map { Int($0) } }
            #expect(pairs.map { [$0.row, $0.column] } == wanted, "seed \(seed)")
        }
    }

    @Test func `κ is 1, 0 and −1 where it must be, and nothing where chance explains all`() {
        #expect(Agreement.kappa([true, false, true], [true, false, true]) == 1)
        #expect(Agreement.kappa([true, true, false, false], [true, false, true, false]) == 0)
        #expect(Agreement.kappa([true, false], [false, true]) == -1)
        #expect(Agreement.kappa([true, true], [true, true]) == nil)
        #expect(Agreement.kappa([Bool](), []) == nil)
    }

    @Test func `boxes are paired for the greatest sum, and those left alone count against`() {
        #expect(Agreement.meanBestIoU([Box](), []) == 1 && Agreement.meanBestIoU([Self.box(0)], []) == 0)
        #expect(Agreement.meanBestIoU([Self.box(0), Self.box(50)], [Self.box(50), Self.box(0)]) == 1)
        // 8 of 12 in common; one box alone.
        let mean = Agreement.meanBestIoU([Self.box(0), Self.box(50)], [Self.box(2)])
        #expect(abs(mean - (8.0 / 12) / 2) < 1e-12)
        // 4 of 16 in common is below the half that a pair needs.
        #expect(Agreement.meanBestIoU([Self.box(0)], [Self.box(6)]) == 0)
    }

    @Test func `Wilson's lower bound is as published`() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3, which
        // prints four places of z = 1.959964.
        for (count, total, bound) in [(81, 263, 0.2553), (15, 148, 0.0624), (0, 20, 0.0), (1, 29, 0.0061)] {
            #expect(abs(ReviewThreshold.lowerBound(count, of: total, z: 1.959964) - bound) < 0.00005)
        }
        #expect(ReviewThreshold.lowerBound(0, of: 0) == 0)
    }

    @Test func `the threshold is the least confidence from which labels are right often enough`() {
        // Right from 0.8 on, wrong below.
        let answers = (0..<200).map { index -> (confidence: Double, isAccepted: Bool) in
            (confidence: Double(index % 10) / 10, isAccepted: index % 10 >= 8)
        }
        let threshold = ReviewThreshold(answers, precision: 0.9)
        #expect(threshold.confidence == 0.8 && threshold.answered == 40 && threshold.accepted == 40)
        // Forty right ones show no more than 0.912 (40 / 43.84).
        #expect(ReviewThreshold(answers, precision: 0.95).confidence == nil)
        #expect(ReviewThreshold([], precision: 0.5).confidence == nil)
        #expect(ReviewThreshold(answers, precision: 0.95).answered == 200)
    }
}
