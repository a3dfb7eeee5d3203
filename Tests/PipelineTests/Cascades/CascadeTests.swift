import Base
import Engine
import Foundation
import Media
import Pipeline
import TestSupport
import Testing

/// Cascades of made-up models over made-up frames: what is so is known, and no stage has seen it before.
@Suite(.onOwnThreads) struct CascadeTests {
    private final class Frames: CascadeFrames {
        let frameCount: Int
        init(_ count: Int) { frameCount = count }
        func seconds(of frame: Int) -> Double { Double(frame) / 10 }
        func raster(of frame: Int) throws -> Raster { Raster(width: 1, height: 1, channels: 1, pixels: [0]) }
    }

    /// Says of each frame what it was told to say, and counts how often it was asked.
    private final class Oracle: CascadeExaminer {
        let scores: [Double]
        let className: String
        let failing: Set<Int>
        private(set) var asked: [Int] = []

        init(_ scores: [Double], _ className: String = "person", failing: Set<Int> = []) {
            self.scores = scores
            self.className = className
            self.failing = failing
        }

        func findings(in frame: Int, of video: any CascadeFrames) throws -> [CascadeFinding] {
            asked.append(frame)
            if failing.contains(frame) { throw MediaError(.malformedInput, "damaged") }
            return [CascadeFinding(className, confidence: scores[frame])]
        }
    }

    private func cascade(_ text: String) throws -> Cascade {
        try Cascade(document: try #require(try JSON.parse(text).objectValue))
    }

    @Test func `each stage looks only at what the one before kept`() throws {
        let motion = Oracle([0, 0.01, 0.01, 0.01, 0, 0.01], "motion")
        let cheap = Oracle([0.9, 0.9, 0.1, 0.9, 0.9, 0.4])
        let dear = Oracle([0.9, 0.9, 0.9, 0.2, 0.9, 0.9])
        let run = try CascadeRun(
            try cascade(
                #"{"stages": [{"model": "motion"}, {"model": "cheap", "threshold": 0.3}, {"models": [{"model": "dear"}]}]}"#
            ),
            examiners: ["motion": motion, "cheap": cheap, "dear": dear])
        let report = try run.run(Frames(6), frames: 0..<6)
        #expect(
            motion.asked == [0, 1, 2, 3, 4, 5] && cheap.asked == [1, 2, 3, 5] && dear.asked == [1, 3, 5])
        #expect(report.frames == [1, 5] && report.audit == nil)
        #expect(report.stages.map(\.framesIn) == [6, 4, 3] && report.stages.map(\.framesOut) == [4, 3, 2])
        #expect(report.stages.map(\.name) == ["motion", "cheap", "dear"])
        #expect(report.findings.map { $0.map(\.className) } == [["person"], ["person"]])
    }

    @Test func `a rate of frames leaves out those between, whatever the video's own`() throws {
        // 25 frames a second, then a pause of a second, in milliseconds.
        var times: [Int64] = (0..<50).map { $0 * 40 }
        for step in 0..<10 as Range<Int64> { times.append(3_000 + step * 40) }
        let index = FrameIndex(
            basis: .packets, timeBase: try #require(Ratio(1, 1_000)), presentations: times, lastDuration: 40,
            keyframes: [])
        var cascade = Cascade(stages: [])
        #expect(cascade.frames(of: index) == Array(0..<60))
        cascade.framesPerSecond = 5
        #expect(cascade.frames(of: index) == [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55])
        cascade.framesPerSecond = 100
        #expect(cascade.frames(of: index) == Array(0..<60))
        cascade.framesPerSecond = 0.5
        #expect(cascade.frames(of: index) == [0, 50])
    }

    @Test func `classes restrict what is found, and what is taken`() throws {
        func frames(_ text: String) throws -> [Int] {
            let run = try CascadeRun(
                try cascade(text),
                examiners: [
                    "a": Oracle([0.9, 0.9, 0.1], "car"), "b": Oracle([0.9, 0.1, 0.9], "person"),
                    "c": Oracle([1, 1, 1], "hat"),
                ])
            return try run.run(Frames(3), frames: 0..<3).frames
        }
        let both = #"{"models": [{"model": "a"}, {"model": "b"}]}"#
        #expect(try frames(#"{"stages": [\#(both), {"model": "c"}]}"#) == [0, 1, 2])
        let takes = #""class_restrictions": {"classes": ["person"], "keep": true}"#
        #expect(try frames(#"{"stages": [\#(both), {"model": "c", \#(takes)}]}"#) == [0, 2])
        let leaves = #""class_restrictions": {"classes": ["person", "dog"], "keep": false}"#
        #expect(try frames(#"{"stages": [\#(both), {"model": "c", \#(leaves)}]}"#) == [0, 1])
        #expect(
            try frames(#"{"stages": [{"models": [{"model": "a", "classes": ["bus"]}, {"model": "b"}]}]}"#)
                == [0, 2])
    }

    @Test func `Sieve's levels and layers are cascades`() throws {
        let levels = try cascade(
            """
            {"levels": [{"entry": "batch_video", "filter_workflow": ["motion"],
              "models": [{"model_name": "cheap", "model_version": "2", "type": "detector"}]},
              {"entry": "batch_objects", "filter_workflow": ["none"], "models": [{"model_name": "dear",
              "class_restrictions": {"classes": ["person"], "keep": true}}]}]}
            """)
        let native = try cascade(
            """
            {"stages": [{"model": "motion"}, {"model": "cheap", "version": "2"},
              {"model": "dear", "class_restrictions": {"classes": ["person"]}}]}
            """)
        #expect(levels == native)
        let layers = try cascade(
            #"{"fps": 5, "store_data": true, "layers": [{"iteration": "video", "models": [{"model_id": "dear"}]}]}"#
        )
        #expect(layers.stages == [Cascade.Stage([Cascade.Model("dear", threshold: 0.5)])])
        #expect(layers.framesPerSecond == 5)
    }

    @Test(arguments: [
        (#"{}"#, "stages"), (#"{"stages": []}"#, "stages"), (#"{"stages": [1]}"#, "stages[0]"),
        (#"{"stages": [{"model": "a"}], "layers": []}"#, "stages"),
        (#"{"stages": [{"model": "a", "treshold": 1}]}"#, "stages[0].treshold"),
        (#"{"stages": [{"model": ""}]}"#, "stages[0].model"),
        (#"{"stages": [{"models": []}]}"#, "stages[0].models"),
        (#"{"stages": [{"model": "a", "threshold": 2}]}"#, "stages[0].threshold"),
        (#"{"stages": [{"model": "a", "classes": [1]}]}"#, "stages[0].classes"),
        (
            #"{"stages": [{"model": "a", "class_restrictions": {"keep": true}}]}"#,
            "stages[0].class_restrictions"
        ),
        (
            #"{"levels": [{"filter_workflow": ["blur"], "models": [{"model_name": "a"}]}]}"#,
            "levels[0].filter_workflow[0]"
        ),
        (#"{"stages": [{"model": "a"}], "target_recall": 1}"#, "target_recall"),
        (#"{"stages": [{"model": "a"}], "confidence": 0.2}"#, "confidence"),
        (#"{"stages": [{"model": "a"}], "seed": -1}"#, "seed"),
        (#"{"stages": [{"model": "a"}], "hold": -1}"#, "hold"),
    ])
    func `what is wrong is named by its path`(_ text: String, _ path: String) throws {
        let error = #expect(throws: EngineError.self) { try cascade(text) }
        #expect(error?.path == path && error?.code == .invalidRequest)
    }

    @Test func `a frame at which a model fails goes on, and ends nothing`() throws {
        let run = try CascadeRun(
            try cascade(#"{"stages": [{"model": "cheap"}, {"model": "dear"}]}"#),
            examiners: [
                "cheap": Oracle([0.9, 0.9, 0.9], failing: [1]),
                "dear": Oracle([0.9, 0.9, 0.9], failing: [2]),
            ])
        let report = try run.run(Frames(3), frames: 0..<3)
        #expect(report.frames == [0, 1])
        #expect(report.stages.map(\.failed) == [1, 1])
        #expect(report.stages[1].failure?.contains("frame 2") == true)
        #expect(throws: EngineError.self) { try CascadeRun(Cascade(stages: []), examiners: [:]) }
        #expect(throws: EngineError.self) {
            try CascadeRun(try cascade(#"{"stages": [{"model": "none"}]}"#), examiners: [:])
        }
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: CancelledError.self) {
            try run.run(Frames(3), frames: 0..<3, cancellation: cancellation)
        }
    }

    /// Frames of which some show a person; a cheap detector overlooks some of those altogether.
    private func scene(_ random: inout SeededGenerator, missed: Double) -> (cheap: [Double], truth: [Double])
    {
        var cheap: [Double] = [], truth: [Double] = []
        for _ in 0..<6_000 {
            let isThere = random.chance(0.06)
            truth.append(isThere ? 1 : 0)
            let isSeen = isThere && !random.chance(missed)
            cheap.append(
                isSeen
                    ? .random(in: 0.3...1, using: &random)
                    : random.chance(0.1)
                        ? .random(in: 0.3...0.8, using: &random)
                        : .random(in: 0...0.35, using: &random))
        }
        return (cheap, truth)
    }

    @Test(arguments: [0.0, 0.03, 0.15])
    func `the stated recall is reached in 95 of 100 runs, whatever the cheap stage misses`(
        _ missed: Double
    ) throws {
        var (reached, held, looked, rounds) = (0, 0, 0, 0)
        let runs = 200
        for seed in 0..<runs {
            var random = SeededGenerator(seed: UInt64(1_000 + seed))
            let (cheap, truth) = scene(&random, missed: missed)
            let dear = Oracle(truth)
            let run = try CascadeRun(
                try cascade(
                    #"{"stages": [{"model": "cheap", "threshold": 0.3}, {"model": "dear"}], "target_recall": 0.95, "seed": \#(seed)}"#
                ),
                examiners: ["cheap": Oracle(cheap), "dear": dear])
            let report = try run.run(Frames(truth.count), frames: truth.indices)
            let audit = try #require(report.audit)
            let there = truth.count { $0 == 1 }
            let recall = Double(report.frames.count { truth[$0] == 1 }) / Double(there)
            #expect(
                report.frames.allSatisfy { truth[$0] == 1 } && Set(report.frames).count == report.frames.count
            )
            #expect(Set(dear.asked).count == dear.asked.count, "no frame is looked at twice")
            #expect(audit.isMet)
            reached += recall >= 0.95 ? 1 : 0
            held += recall >= audit.recallBound ? 1 : 0
            looked += dear.asked.count
            rounds += audit.rounds
        }
        #expect(reached * 100 >= 95 * runs, "\(reached) of \(runs)")
        #expect(held * 100 >= 95 * runs, "\(held) of \(runs)")
        // A fifth is kept by the cheap stage, and a third is what an audit takes that finds nothing.
        if missed == 0 {
            #expect(looked < 6_000 * runs * 6 / 10, "\(looked / runs) of 6000 frames")
            #expect(rounds == runs)
        }
    }

    @Test func `between two frames that are kept nobody is asked, and changes are found to the frame`() throws
    {
        // Somebody comes at frame 37, stands still from 60 on, and goes at 141; somebody else passes at 300.
        let truth = (0..<400).map { (37..<141).contains($0) || (300..<312).contains($0) ? 0.9 : 0.1 }
        let moves = (0..<400).map {
            (35..<60).contains($0) || (135..<145).contains($0) || (295..<315).contains($0)
        }
        let dear = Oracle(truth)
        let run = try CascadeRun(
            try cascade(#"{"stages": [{"model": "motion"}, {"model": "dear"}], "hold": 1}"#),
            examiners: ["motion": Oracle(moves.map { $0 ? 1 : 0 }, "motion"), "dear": dear])
        let report = try run.run(Frames(400), frames: 0..<400)
        #expect(report.frames == truth.indices.filter { truth[$0] > 0.5 })
        #expect(Set(dear.asked).count == dear.asked.count && dear.asked.count < 60, "\(dear.asked.count)")
        #expect(report.heldCount == report.frames.count - report.frames.count { dear.asked.contains($0) })
        #expect(report.findings.allSatisfy { $0.map(\.className) == ["person"] && $0[0].confidence == 0.9 })
        #expect(report.stages.map(\.framesIn) == [400, dear.asked.count])
        // Nothing moves, nobody is asked.
        let idle = Oracle(truth)
        _ = try CascadeRun(
            try cascade(#"{"stages": [{"model": "motion"}, {"model": "dear"}], "hold": 1}"#),
            examiners: ["motion": Oracle(truth.map { _ in 0 }, "motion"), "dear": idle]
        ).run(Frames(400), frames: 0..<400)
        #expect(idle.asked.isEmpty)
    }

    @Test(arguments: [0.0, 0.1])
    func `the stated recall is reached where frames are held, whatever flickers or is missed`(
        _ missed: Double
    ) throws {
        var (reached, held, asked, share) = (0, 0, 0, 0.0)
        let (runs, count) = (200, 4_000)
        for seed in 0..<runs {
            var random = SeededGenerator(seed: UInt64(5_000 + seed))
            var (truth, moves) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
            var frame = 0
            while true {
                frame += Int.random(in: 50...400, using: &random)
                let end = frame + Int.random(in: 20...200, using: &random)
                guard end < count else { break }
                // Some are overlooked by the motion altogether; the others move at first and in the end.
                let isMissed = random.chance(missed)
                for place in frame..<end {
                    truth[place] = random.chance(0.03) ? 0 : 1
                    let isMoving = place < frame + 30 || place > end - 30 || random.chance(0.3)
                    if isMoving, !isMissed { moves[place] = 1 }
                }
                frame = end
            }
            for place in 0..<count where random.chance(0.02) { moves[place] = 1 }
            let dear = Oracle(truth)
            let run = try CascadeRun(
                try cascade(
                    #"{"stages": [{"model": "motion"}, {"model": "dear"}], "hold": 1, "target_recall": 0.95, "seed": \#(seed)}"#
                ), examiners: ["motion": Oracle(moves, "motion"), "dear": dear])
            let report = try run.run(Frames(count), frames: 0..<count)
            let audit = try #require(report.audit)
            let there = truth.count { $0 == 1 }
            let recall = Double(report.frames.count { truth[$0] == 1 }) / Double(max(1, there))
            #expect(audit.isMet && Set(dear.asked).count == dear.asked.count)
            #expect(report.lastCalls == dear.asked.count)
            reached += recall >= 0.95 ? 1 : 0
            held += recall >= audit.recallBound ? 1 : 0
            asked += dear.asked.count
            share += Double(report.frames.count { truth[$0] == 1 }) / Double(max(1, report.frames.count))
        }
        #expect(reached * 100 >= 95 * runs, "\(reached) of \(runs)")
        #expect(held * 100 >= 95 * runs, "\(held) of \(runs)")
        // What is held is right as often as the last stage does not flicker.
        #expect(share / Double(runs) > 0.95, "\(share / Double(runs))")
        #expect(missed > 0 || asked < count * runs * 4 / 10, "\(asked / runs) of \(count)")
    }

    @Test func `the same seed audits the same frames`() throws {
        var random = SeededGenerator(seed: 9)
        let (cheap, truth) = scene(&random, missed: 0.05)
        func asked(_ seed: Int) throws -> [Int] {
            let dear = Oracle(truth)
            _ = try CascadeRun(
                try cascade(
                    #"{"stages": [{"model": "cheap"}, {"model": "dear"}], "target_recall": 0.9, "seed": \#(seed)}"#
                ),
                examiners: ["cheap": Oracle(cheap), "dear": dear]
            ).run(Frames(truth.count), frames: truth.indices)
            return dear.asked
        }
        #expect(try asked(4) == asked(4))
        #expect(try asked(4) != asked(5))
    }

    @Test(.enabled(if: PythonOracle.isAvailable, "needs Python"))
    func `bounds are scipy's`() throws {
        var cases: [(seen: Int, sampled: Int, population: Int, risk: Double)] = []
        for population in [1, 2, 10, 59, 400, 5_000, 200_000] {
            for sampled in Set([1, 2, population / 9, population / 2, population - 1, population])
            where (1...population).contains(sampled) {
                for seen in Set([0, 1, 3, sampled / 5, sampled]) where seen <= sampled {
                    for risk in [0.0499317, 0.0123457] { cases.append((seen, sampled, population, risk)) }
                }
            }
        }
        let input = cases.map { "\($0.seen) \($0.sampled) \($0.population) \($0.risk)" }.joined(
            separator: "\n")
        let expected = try PythonOracle.lines(of: "hypergeometric_oracle.py", [], input: Data(input.utf8))
        try #require(expected.count == cases.count)
        for (each, text) in zip(cases, expected) {
            let found = ExactHypergeometric.mostMarked(
                seen: each.seen, of: each.sampled, in: each.population, risk: each.risk)
            #expect("\(found)" == text, "\(each)")
        }
    }

    @Test func `as few are sampled as show what is to be shown`() {
        for population in [1, 7, 60, 1_000, 30_000] {
            for (most, seen) in [(0, 0), (1, 0), (5, 0), (5, 3), (40, 3), (2, 3)] {
                let size = ExactHypergeometric.sampleSize(
                    showing: most, seen: seen, in: population, risk: 0.025)
                func bound(_ size: Int) -> Int {
                    ExactHypergeometric.mostMarked(seen: seen, of: size, in: population, risk: 0.025)
                }
                guard size > 0, most >= seen else { continue }
                #expect(bound(size) <= most || size == population, "\(population) \(most) \(seen)")
                if size > seen { #expect(bound(size - 1) > most, "\(population) \(most) \(seen)") }
            }
        }
    }

    @Test func `frames that were dropped are looked at in the order in which they are shown`() throws {
        var random = SeededGenerator(seed: 3)
        let (cheap, truth) = scene(&random, missed: 0)
        let dear = Oracle(truth)
        let run = try CascadeRun(
            try cascade(
                #"{"stages": [{"model": "cheap", "threshold": 0.3}, {"model": "dear"}], "target_recall": 0.95}"#
            ),
            examiners: ["cheap": Oracle(cheap), "dear": dear])
        let report = try run.run(Frames(truth.count), frames: truth.indices)
        #expect(report.audit?.rounds == 1)
        let descents = zip(dear.asked, dear.asked.dropFirst()).count { $0 > $1 }
        #expect(descents == 1, "once from the frames that were kept to those that were dropped")
    }

    @Test func `a cascade as it is told is the cascade`() throws {
        let told = try cascade(
            """
            {"name": "people", "fps": 5, "hold": 0.5, "target_recall": 0.9, "confidence": 0.9, "seed": 3, "stages": [
              {"model": "motion"}, {"models": [{"model": "a", "version": "2", "threshold": 0.3, "classes": ["b", "a"]},
              {"model": "c", "class_restrictions": {"classes": ["x"], "keep": false}}]}]}
            """)
        #expect(try Cascade(document: told.document) == told)
        let yaml = """
            # what is looked for
            name: people
            fps: 5
            hold: 0.5
            target_recall: 0.9
            confidence: 0.9
            seed: 3
            stages:
            - model: motion
            - models:
                - {model: a, version: '2', threshold: 0.3, classes: [b, a]}
                - model: c   # all but x
                  class_restrictions:
                    classes: ["x"]
                    keep: false
            """
        #expect(try Cascade(text: Array(yaml.utf8)) == told)
        #expect(try Cascade(text: Array(" \n\(told.document.json)".utf8)) == told)
        for (text, what) in [
            ("stages:\n\t- model: a", "line 2"), ("{\"stages\": }", "no JSON"), ("- model: a", "map"),
            ("", "map"),
        ] {
            let error = #expect(throws: EngineError.self) { try Cascade(text: Array(text.utf8)) }
            #expect(error?.message.contains(what) == true, "\(String(describing: error))")
        }
    }
}
