import Foundation
import Media
import TestSupport
import Testing

/// Motion in videos whose truth is known, and against OpenCV.
@Suite(.onOwnThreads, .serialized, .enabled(if: Footage.hasTools, "needs ffmpeg")) struct MotionScanTests {
    /// A picture with noise over which a box goes in some stretches of time.
    struct Scene: CustomTestStringConvertible {
        var testDescription: String
        var seconds = 40
        var rate = 25
        var size = (640, 360)
        /// When the box goes from left to right, in seconds.
        var moving: [ClosedRange<Double>] = [5...9, 20...23.5, 30...33]
        var arguments = ["-g", "250"]
        var file = "scene.mp4"
        var grain = 6
        /// What moves is patterned, so that it costs bytes.
        var isPatterned = false

        func make(in folder: TemporaryFolder) throws -> String {
            let path = folder.url.appendingPathComponent(file).path
            // A still picture with grain that changes, and a box that is outside of it where it does not
            // move.
            var x = "-200"
            for range in moving.reversed() {
                let span = range.upperBound - range.lowerBound
                x =
                    "if(between(t,\(range.lowerBound),\(range.upperBound)),(t-\(range.lowerBound))/\(span)*(W-w)*0.8+W*0.05,\(x))"
            }
            let made = try Program.run(
                "ffmpeg",
                [
                    "-v", "error", "-y", "-f", "lavfi", "-i",
                    "gradients=s=\(size.0)x\(size.1):c0=0x404850:c1=0x90a0a8:x0=0:y0=0:x1=\(size.0):y1=\(size.1):speed=0.00001:d=\(seconds):r=\(rate):seed=3",
                    "-f", "lavfi", "-i",
                    (isPatterned ? "testsrc2=" : "color=c=0x302018:")
                        + "s=\(size.0 / 16)x\(size.1 / 5):d=\(seconds):r=\(rate)",
                    "-filter_complex",
                    "[0][1]overlay=x='\(x)':y=H/3,noise=alls=\(grain):allf=t,format=yuv420p", "-c:v",
                    "libx264",
                    "-preset",
                    "veryfast", "-threads", "1",
                ] + arguments + [path])
            guard made.status == 0 else {
                throw CocoaError(
                    .executableLoad,
                    userInfo: [NSLocalizedDescriptionKey: "ffmpeg: \(made.everything.prefix(500))"])
            }
            return path
        }

        static let kinds = [
            Scene(testDescription: "groups of ten seconds"),
            Scene(testDescription: "groups of half a second", arguments: ["-g", "12"]),
            Scene(
                testDescription: "a constant rate of bits",
                arguments: ["-g", "50", "-b:v", "800k", "-maxrate", "800k", "-bufsize", "800k"]),
            Scene(testDescription: "a transport stream", arguments: ["-g", "50"], file: "scene.ts"),
            Scene(
                testDescription: "AVI, which keeps no times", arguments: ["-c:v", "mpeg4", "-q:v", "4"],
                file: "scene.avi"),
        ]
    }

    /// Seconds that `found` and `expected` have in common, over those that either has, on a grid of
    /// milliseconds.
    private func iou(_ found: [Range<Double>], _ expected: [ClosedRange<Double>]) -> Double {
        func ticks(_ low: Double, _ high: Double) -> Range<Int> {
            Int(low * 1000)..<max(Int(low * 1000), Int(high * 1000))
        }
        let mine = Set(found.flatMap { ticks($0.lowerBound, $0.upperBound) })
        let truth = Set(expected.flatMap { ticks($0.lowerBound, $0.upperBound) })
        return Double(mine.intersection(truth).count) / Double(max(1, mine.union(truth).count))
    }

    /// Stretches in which samples are high, gaps up to `gap` seconds filled.
    private func intervals(_ report: MotionReport, end: Double, gap: Double = 0.5) -> [Range<Double>] {
        var found: [Range<Double>] = []
        for (place, sample) in report.samples.enumerated() where sample.score >= 0.001 {
            let next = place + 1 < report.samples.count ? report.samples[place + 1].time : end
            if let last = found.last, sample.time - last.upperBound <= gap {
                found[found.count - 1] = last.lowerBound..<next
            } else {
                found.append(sample.time..<next)
            }
        }
        return found.filter { $0.upperBound - $0.lowerBound >= 0.2 }
    }

    @Test(arguments: Scene.kinds)
    func `motion is found where it is`(_ scene: Scene) throws {
        let folder = try TemporaryFolder()
        let file = try scene.make(in: folder)
        let report = try MotionScan.run(FileVideo(file))
        // A transport stream's clock does not begin at 0.
        let start = try #require(report.samples.first?.time)
        let found = intervals(report, end: start + Double(scene.seconds)).map {
            $0.lowerBound - start..<$0.upperBound - start
        }
        let quality = iou(found, scene.moving)
        #expect(quality >= 0.9, "\(scene): \(found)")
        #expect(report.frameCount == scene.seconds * scene.rate)
        #expect(zip(report.samples, report.samples.dropFirst()).allSatisfy { $0.frame < $1.frame })
        let moving = try #require(report.samples.first { $0.score > 0.002 })
        #expect(moving.grid.count > 0 && moving.grid.columns == 16 && moving.grid.rows == 9)
        // The box is in the middle third of the height.
        for row in [0, 1, 7, 8] {
            for column in 0..<16 { #expect(!moving.grid[column, row], "row \(row)") }
        }
    }

    @Test func `groups whose packets are small are passed over, and no motion is lost`() throws {
        let folder = try TemporaryFolder()
        let scene = Scene(
            testDescription: "", seconds: 120, size: (640, 360), moving: [5...12, 80...84],
            arguments: ["-g", "100"], grain: 3, isPatterned: true)
        let file = try FileVideo(scene.make(in: folder))
        let report = try MotionScan.run(file)
        #expect(report.packets.threshold != nil && report.packets.missed == 0)
        #expect(report.groupCount >= 30 && report.groupsBySize >= 12, "\(report.groupsBySize)")
        #expect(report.decodedCount < report.frameCount / 2, "\(report.decodedCount)")
        #expect(iou(intervals(report, end: 120), scene.moving) >= 0.9)
        let all = try MotionScan.run(file, MotionOptions(trustsPackets: false))
        #expect(all.groupsBySize == 0 && all.decodedCount > report.decodedCount)
        #expect(iou(intervals(all, end: 120), scene.moving) >= 0.9)
    }

    @Test func `exact refinement finds the frame`() throws {
        let folder = try TemporaryFolder()
        let scene = Scene(testDescription: "", seconds: 12, moving: [5.2...9])
        let report = try MotionScan.run(FileVideo(scene.make(in: folder)), MotionOptions(refinement: .exact))
        let first = try #require(report.samples.first { $0.score >= 0.001 })
        // The box appears in frame 130, at 5.2 seconds.
        #expect(first.frame == 130)
    }

    @Test func `what is ignored does not count`() throws {
        let folder = try TemporaryFolder()
        let file = try Scene(testDescription: "", seconds: 12, moving: [3...8]).make(in: folder)
        let band = MotionOptions.Region(x: 0, y: 100, width: 640, height: 120)
        let blind = try MotionScan.run(FileVideo(file), MotionOptions(ignoring: [band]))
        #expect(blind.samples.allSatisfy { $0.score < 0.001 })
        let left = MotionOptions.Region(x: 0, y: 0, width: 320, height: 360)
        let half = try MotionScan.run(FileVideo(file), MotionOptions(ignoring: [left]))
        let first = try #require(half.samples.first { $0.score >= 0.001 })
        // The box is 40 pixels wide and reaches x = 320 when (t − 3) / 5 · 480 + 32 + 40 = 320.
        #expect(abs(first.time - 5.58) < 0.3)
        let whole = try MotionScan.run(
            FileVideo(file), MotionOptions(ignoring: [.init(x: 0, y: 0, width: 640, height: 360)]))
        #expect(whole.samples.allSatisfy { $0.score == 0 })
    }

    @Test func `options that make no sense are refused, and a scan can be given up`() throws {
        let folder = try TemporaryFolder()
        let file = try FileVideo(Scene(testDescription: "", seconds: 2, moving: []).make(in: folder))
        for options in [
            MotionOptions(samplesPerSecond: 0), MotionOptions(samplesPerSecond: .nan),
            MotionOptions(pixels: 1),
            MotionOptions(backgroundRate: 2), MotionOptions(noiseFactor: -1),
            MotionOptions(differences: 0...256),
            MotionOptions(high: 0.1, low: 0.2), MotionOptions(longestUnseen: -1),
            MotionOptions(auditInterval: 0),
        ] {
            let error = #expect(throws: MediaError.self) { try MotionScan.run(file, options) }
            #expect(error?.code == .invalidOperation && error?.message.hasPrefix("motion: ") == true)
        }
    }

    @Test(.enabled(if: Surroundings.offers("data/one-by-one-person-detection.mp4"), "needs test data"))
    func `people who come one by one move when OpenCV says so`() throws {
        let path = Surroundings.testFolder.appendingPathComponent("data/one-by-one-person-detection.mp4").path
        let moving = try PythonOracle.lines(of: "motion_oracle.py", ["differences", path]).map { $0 == "1" }
        #expect(moving.count == 140)
        let report = try MotionScan.run(FileVideo(path))
        let found = intervals(report, end: 139.4, gap: 1)
        // As for OpenCV, a second in which anything moves.
        let ours = moving.indices.map { second in
            found.contains { $0.lowerBound < Double(second + 1) && $0.upperBound > Double(second) }
        }
        let both = zip(ours, moving).count { $0 && $1 }
        let (recall, precision) = (
            Double(both) / Double(moving.count { $0 }), Double(both) / Double(ours.count { $0 })
        )
        // OpenCV's threshold is a fifth of ours: what fidgets for a frame is below it, in 3 seconds of 81.
        #expect(recall >= 0.96 && precision >= 0.8, "recall \(recall), precision \(precision): \(found)")
        // It is decoded about once.
        #expect(report.decodedCount <= report.frameCount + report.groupCount)
    }

    @Test(
        .enabled(if: PythonOracle.isAvailable, "needs Python"),
        arguments: [(320, 180), (640, 360), (800, 450)])
    func `scores follow from their formula, which OpenCV and NumPy compute anew`(
        _ width: Int, _ height: Int
    ) throws {
        let folder = try TemporaryFolder()
        // Each frame is a sample and a keyframe, so that both see the same frames.
        let file = try Scene(
            testDescription: "", seconds: 12, rate: 5, size: (width, height), moving: [2...6, 8...9],
            arguments: ["-g", "1", "-qp", "4"], file: "scene.mkv"
        ).make(in: folder)
        let options = MotionOptions(refinement: .none, trustsPackets: false, longestUnseen: 0)
        let report = try MotionScan.run(FileVideo(file), options)
        let expected = try PythonOracle.lines(of: "motion_oracle.py", ["scores", file]).compactMap {
            Double($0)
        }
        #expect(report.samples.count == 60 && expected.count == 60)
        for (sample, score) in zip(report.samples, expected) {
            // A rounded background may differ by a 256th of a level.
            #expect(abs(sample.score - score) <= 0.0003, "frame \(sample.frame)")
        }
        #expect(report.samples.count { $0.score > 0.001 } > 15)
    }
}
