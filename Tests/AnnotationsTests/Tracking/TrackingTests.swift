import Annotations
import Foundation
import TestSupport
import Testing

/// Tracks against SORT and ByteTrack's association in NumPy and SciPy, and against scenes whose truth is
/// known.
@Suite(.onOwnThreads) struct TrackingTests {
    /// Objects that go straight, in and out of a picture of 640 × 480, and what a poor detector sees of them.
    struct Scene {
        var truth: [[(number: Int, box: Box)]] = []
        var detections: [[BoxTracker.Detection]] = []

        init(
            seed: UInt64, objects: Int, frames: Int, missing: Double, noise: Double, false falseBoxes: Double
        ) {
            var random = SeededGenerator(seed: seed)
            func number(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &random) }
            let paths = (0..<objects).map { _ in
                (
                    x: number(0...500), y: number(0...380), dx: number(-4...4), dy: number(-3...3),
                    width: number(30...80), height: number(50...120),
                    from: Int(number(0...Double(frames) / 2))
                )
            }
            for frame in 0..<frames {
                var shown: [(number: Int, box: Box)] = []
                var seen: [BoxTracker.Detection] = []
                for (place, path) in paths.enumerated() where frame >= path.from {
                    let time = Double(frame - path.from)
                    let box = Box(
                        x: path.x + path.dx * time, y: path.y + path.dy * time, width: path.width,
                        height: path.height)
                    guard box.x > -20, box.y > -20, box.right < 660, box.bottom < 500 else { continue }
                    shown.append((place, box))
                    if random.chance(missing) { continue }
                    seen.append(
                        BoxTracker.Detection(
                            box: Box(
                                x: box.x + number(-noise...noise), y: box.y + number(-noise...noise),
                                width: box.width + number(-noise...noise),
                                height: box.height + number(-noise...noise)),
                            confidence: number(0.05...1)))
                }
                while random.chance(falseBoxes) {
                    seen.append(
                        BoxTracker.Detection(
                            box: Box(x: number(0...600), y: number(0...400), width: 40, height: 60),
                            confidence: number(0.05...0.75)))
                }
                truth.append(shown)
                detections.append(seen)
            }
        }
    }

    private static func line(_ value: Any) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
    }

    private static func numbers(_ box: Box) -> [Double] { [box.x, box.y, box.width, box.height] }

    @Test(.enabled(if: PythonOracle.isAvailable, "needs Python"))
    func `an assignment costs as little as scipy's`() throws {
        var random = SeededGenerator(seed: 3)
        var matrices: [[[Double]]] = []
        for round in 0..<120 {
            let rows = Int.random(in: 1...9, using: &random), columns = Int.random(in: 1...9, using: &random)
            // Small whole numbers tie often.
            matrices.append(
                (0..<rows).map { _ in
                    (0..<columns).map { _ in
                        round % 2 == 0
                            ? Double(Int.random(in: -3...3, using: &random))
                            : .random(in: -1...1, using: &random)
                    }
                })
        }
        let expected = try PythonOracle.lines(
            of: "tracking_oracle.py", ["assignment"],
            input: Data(matrices.map { try TrackingTests.line($0) }.joined(separator: "\n").utf8))
        #expect(expected.count == matrices.count)
        for (matrix, text) in zip(matrices, expected) {
            let chosen = Assignment.columns(
                rows: matrix.count, columns: matrix[0].count, costs: Array(matrix.joined()))
            let used = chosen.compactMap { $0 }
            #expect(used.count == min(matrix.count, matrix[0].count) && Set(used).count == used.count)
            let cost = zip(matrix, chosen).reduce(0) { sum, pair in sum + (pair.1.map { pair.0[$0] } ?? 0) }
            #expect(abs(cost - (Double(text) ?? .nan)) < 1e-9)
        }
        #expect(Assignment.columns(rows: 2, columns: 0, costs: []) == [nil, nil])
        #expect(Assignment.columns(rows: 0, columns: 2, costs: []) == [])
    }

    static let kinds: [(String, TrackingRules, String)] = [
        (
            "SORT", .sort,
            #"{"lowest":-1,"first":-1,"beginning":-1,"first_iou":0.3,"second_iou":1,"gap":1,"sightings":3}"#
        ),
        (
            "ByteTrack", .byteTrack,
            #"{"lowest":0.1,"first":0.6,"beginning":0.7,"first_iou":0.2,"second_iou":0.5,"gap":30,"sightings":1}"#
        ),
    ]

    @Test(.enabled(if: PythonOracle.isAvailable, "needs Python"), arguments: kinds)
    func `tracks are those of the same rules in NumPy and SciPy`(
        _ name: String, _ rules: TrackingRules, _ text: String
    ) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let scene = Scene(seed: seed, objects: 14, frames: 120, missing: 0.15, noise: 3, false: 0.3)
            let input = try scene.detections.map { frame in
                try TrackingTests.line(frame.map { TrackingTests.numbers($0.box) + [$0.confidence] })
            }
            let answers = try PythonOracle.lines(
                of: "tracking_oracle.py", ["track", text], input: Data(input.joined(separator: "\n").utf8))
            try #require(answers.count == scene.detections.count)
            var tracker = BoxTracker(rules)
            var sightings = 0
            for (frame, (detections, answer)) in zip(scene.detections, answers).enumerated() {
                let found = tracker.next(detections)
                let expected = try #require(
                    try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [[Double]])
                #expect(
                    found.map { [$0.track, $0.detection] } == expected.map { [Int($0[0]), Int($0[1])] },
                    "\(name), seed \(seed), frame \(frame)")
                for (mine, theirs) in zip(found, expected) {
                    for (a, b) in zip(TrackingTests.numbers(mine.box), theirs.dropFirst(2)) {
                        #expect(abs(a - b) < 1e-6, "\(name), seed \(seed), frame \(frame)")
                    }
                }
                sightings += found.count
            }
            #expect(sightings > 300)
        }
    }

    @Test(.enabled(if: PythonOracle.isAvailable, "needs Python"), arguments: kinds)
    func `objects that are mostly seen keep their numbers`(
        _ name: String, _ rules: TrackingRules, _: String
    ) throws {
        var scene = Scene(seed: 11, objects: 8, frames: 150, missing: 0.02, noise: 1, false: 0.1)
        if name == "SORT" {
            // It has no second round: what is doubtful is left out before.
            scene.detections = scene.detections.map { $0.map { BoxTracker.Detection(box: $0.box) } }
        } else {
            scene.detections = scene.detections.map { frame in
                frame.map { BoxTracker.Detection(box: $0.box, confidence: $0.confidence * 0.6 + 0.4) }
            }
        }
        var tracker = BoxTracker(rules)
        let found = scene.detections.map { detections in
            tracker.next(detections).map { [Double($0.track)] + TrackingTests.numbers($0.box) }
        }
        let truth = scene.truth.map { $0.map { [Double($0.number)] + TrackingTests.numbers($0.box) } }
        let answer = try PythonOracle.lines(
            of: "tracking_oracle.py", ["evaluate"],
            input: Data(try TrackingTests.line(["truth": truth, "found": found]).utf8))
        let quality = try #require(
            try JSONSerialization.jsonObject(with: Data(answer.joined().utf8)) as? [String: Double])
        #expect((quality["mota"] ?? 0) > 0.85, "\(name): \(quality)")
        #expect((quality["idf1"] ?? 0) > 0.85, "\(name): \(quality)")
    }

    @Test func `boxes of different classes never continue each other, and those without area are none`() {
        var tracker = BoxTracker(.byteTrack)
        let box = Box(x: 10, y: 10, width: 20, height: 20)
        #expect(tracker.next([.init(box: box, classIndex: 1)]).map(\.track) == [1])
        #expect(tracker.next([.init(box: box, classIndex: 2)]).map(\.track) == [])
        #expect(
            tracker.next([.init(box: box, classIndex: 2), .init(box: box, classIndex: 1)]).map(\.track) == [
                1, 2,
            ])
        let nothing = [
            Box(x: 0, y: 0, width: 0, height: 5), Box(x: .nan, y: 0, width: 5, height: 5),
            Box(x: 0, y: 0, width: .infinity, height: 5), Box(x: 0, y: 0, width: -5, height: -5),
        ]
        #expect(tracker.next(nothing.map { .init(box: $0) }).isEmpty)
        #expect(tracker.next([]).isEmpty)
    }

    @Test func `velocity, speed, area and count follow from the boxes and the clock`() throws {
        let track = try #require(
            Track([
                .init(frame: 2, box: Box(x: 0, y: 0, width: 10, height: 20)),
                .init(frame: 4, box: Box(x: 6, y: 8, width: 10, height: 20)),
            ]))
        // Frames at 0, 0.1, 0.2, 0.3 and, late, 0.5 seconds.
        let times = [0, 0.1, 0.2, 0.3, 0.5]
        let motion = track.motion { times[$0] }
        #expect(motion.map(\.frame) == [2, 3, 4])
        #expect(motion.map(\.area) == [200, 200, 200])
        // 3 pixels right and 4 down in 0.1 seconds, then in 0.2: 50 and 25 pixels a second.
        for (found, expected) in zip(motion.map(\.speed), [50.0, 50, 25]) {
            #expect(abs(found - expected) < 1e-9)
        }
        #expect(abs(motion[2].velocity.x - 15) < 1e-9 && abs(motion[2].velocity.y - 20) < 1e-9)
        let other = try #require(Track([.init(frame: 4, box: Box(x: 0, y: 0, width: 1, height: 1))]))
        #expect(other.motion { Double($0) }.map(\.speed) == [0])
        #expect(Track.counts(of: [track, other], in: 0..<6) == [0, 0, 1, 1, 2, 0])
        #expect(Track.counts(of: [track], in: 3..<4) == [1])
        #expect(Track.counts(of: [track], in: 5..<5) == [])
    }
}
