import Base
import Catalog
import Engine
import Foundation
import Inference
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

/// Projects of Sieve's with a workflow, with a small model that another program has made: it calls a picture
/// blue.
@Suite(
    .onOwnThreads,
    .enabled(
        if: TestVideo.hasTools && !Surroundings.openVINO.isEmpty && PythonOracle.isAvailable,
        "needs ffmpeg, OpenVINO and Python")
)
struct SieveCascadeTests {
    private let folder: TemporaryFolder
    private let registry: ModelRegistry

    init() throws {
        folder = try TemporaryFolder()
        registry = ModelRegistry(folder: folder.path.appending("models"))
        _ = try PythonOracle.run("tiny_models.py", [Surroundings.openVINO, folder.path.string])
        for (id, labels) in [
            ("colour", #"["red", "green", "blue"]"#), ("hue", #"["warm", "grass", "cold"]"#),
        ] {
            // Means of red, green and blue in 0...1, times 1, 2 and 3: of full blue the sigmoid is 0.953.
            let text = """
                {"id": "\(id)", "version": "1", "task": "classification", "licence": "MIT",
                 "labels": \(labels), "file": {"name": "classes.xml"}, "weights": {"name": "classes.bin"},
                 "decoder": {"kind": "classes", "activation": "sigmoid", "confidence": 0.55},
                 "input": {"width": 4, "height": 2, "layout": "nchw", "colour": "rgb",
                           "scale": 0.00392156862745098, "resize": {"kind": "squash", "filter": "linear"}}}
                """
            let description = FilePath(try folder.write(Array(text.utf8), to: "\(id).json"))
            try registry.add(folder.path.appending("classes.xml"), description: description, isTried: true)
        }
    }

    /// 12 s at 10 frames a second: black, with a white square that jumps to and fro from second 4 to 8; the
    /// picture about it is blue from second 1 to 2, when nothing moves, and from second 5 to 7.
    private func scene() throws -> TestVideo {
        try TestVideo(
            "scene.mp4",
            [
                "-f", "lavfi", "-i", "color=c=0x000000:s=160x90:r=10:d=12", "-f", "lavfi", "-i",
                "color=c=0x0000FF:s=160x90:r=10:d=12", "-f", "lavfi", "-i",
                "color=c=0xFFFFFF:s=16x16:r=10:d=12", "-filter_complex",
                "[0][1]overlay=x=0:y=0:enable='between(t,0.95,1.95)+between(t,4.95,6.95)'[a];[a][2]overlay=x='if(between(t,3.95,7.95),mod(t*60,140),-100)':y=30,format=yuv420p",
                "-c:v", "libx264", "-g", "20", "-qp", "10", "-threads", "1",
            ], in: folder)
    }

    private func withSieve(_ body: (Store, Sieve) async throws -> Void) async throws {
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        let sieve = Sieve(
            store: store,
            web: WebBytes(userAgent: "test", allowsPrivateAddresses: true).forLargeFiles(
                maxBytes: Sieve.fetchedBytes), models: registry)
        let working = Task { await sieve.run { _, _ in } }
        do {
            try await body(store, sieve)
        } catch {
            working.cancel()
            try await store.close()
            throw error
        }
        working.cancel()
        await working.value
        try await store.close()
    }

    private func pushed(
        _ name: String, _ file: [UInt8], isImage: Bool = false, to project: SieveProject, _ sieve: Sieve
    ) async throws -> SieveVideo {
        let server = try ScriptedServer { request in
            request.target == "/\(name)" ? .answer(200, [], file) : .answer(404)
        }
        let job = try await sieve.push(
            "\(server.root)/\(name)", name: name, isImage: isImage, userMetadata: [:], to: project)
        while true {
            let video = try await sieve.job(job, of: project.name)
            if [.finished, .failed].contains(video.status) { return video }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private let levels: Value = [
        ["filter_workflow": ["motion"], "models": [["model_name": "colour", "threshold": 0.9]]],
        [
            "models": [
                ["model_name": "hue", "threshold": 0.9, "class_restrictions": ["classes": ["blue"]]],
                ["model_name": "nobody-has-it"],
            ]
        ],
    ]

    @Test func `each layer looks only at what the one before kept, and all that they find are tags`()
        async throws
    {
        try await withSieve { store, sieve in
            let config: Document = ["fps": 10, "levels": levels]
            let project = try await sieve.addProject("blue yard", config: config)
            let video = try await pushed("v", try scene().bytes, to: project, sieve)
            #expect(video.status == .finished, "\(video.error ?? "")")
            let media = try #require(video.media)
            let labels = try store.labelsAndIndex(ofVideo: media, Cancellation()).labels
            let report = try #require(
                labels.first { $0.source.hasPrefix("cascade:blue-yard-") && $0.kind == .class })
            guard case .json(let told)? = report.geometry else {
                Issue.record("no report")
                return
            }
            let stages = told.objectValue?["stages"]?.arrayValue?.compactMap(\.objectValue) ?? []
            #expect(stages.map { $0["name"] } == ["motion", "colour", "hue"])
            func number(_ stage: Int, _ name: String) -> Int64 { stages[stage][name]?.integerValue ?? -1 }
            #expect(number(0, "frames_in") == 120)
            // Four of twelve seconds move; of the blue second before them hardly a frame is looked at.
            #expect(
                number(1, "frames_in") == number(0, "frames_out")
                    && (40...70).contains(number(1, "frames_in")))

            for tag in ["blue_detected", "cold_detected"] {
                let frames = try await sieve.frames(of: project, tags: [(tag, "True")])
                let numbers = frames.documents(0..<frames.count).compactMap {
                    $0["frame_number"]?.integerValue
                }
                // Of the still second only its beginning is a change; of the other all frames move.
                #expect(numbers.filter { $0 >= 20 } == Array(50..<70), "\(tag): \(numbers)")
                #expect((0...4).contains(numbers.count - 20) && numbers.allSatisfy { $0 >= 10 })
                #expect(number(2, "frames_in") == Int64(numbers.count))
                let others = try await sieve.frames(of: project, tags: [(tag, "False")])
                #expect(others.count == 120 - numbers.count, "\(tag)")
            }
            #expect(
                !FileManager.default.fileExists(atPath: store.directory.string + "/jobs/sieve-\(video.jobID)")
            )
            // Pushed once more under another name it is the same video, which nobody looks at again.
            let runs = try await store.labelRuns().count
            let again = try await pushed("w", try scene().bytes, to: project, sieve)
            #expect(again.status == .finished && again.media == media)
            #expect(try await store.labelRuns().filter { $0["kind"] == "model" }.count == 1, "\(runs)")
        }
    }

    @Test func `an image is one frame, which motion does not keep from the models`() async throws {
        try await withSieve { store, sieve in
            let project = try await sieve.addProject("p", config: ["levels": levels])
            // All of it is blue.
            var picture = Array("P6 8 8 255\n".utf8)
            for _ in 0..<64 { picture += [0, 0, 255] }
            let blue = try await pushed("blue", picture, isImage: true, to: project, sieve)
            let gray = try await pushed(
                "gray", Array("P6 1 1 255\n".utf8) + [9, 9, 9], isImage: true, to: project, sieve)
            #expect(blue.status == .finished && gray.status == .finished, "\(blue.error ?? gray.error ?? "")")
            let found = try await sieve.frames(of: project, tags: [("cold_detected", "True")])
            #expect(found.documents(0..<found.count).map { $0["video_name"] } == ["blue"])
        }
    }

    @Test func `a workflow that makes no sense is refused when the project is made`() async throws {
        try await withSieve { _, sieve in
            for (config, path): (Document, String) in [
                (
                    ["levels": [["models": [["model_name": "a", "colour": 1]]]]],
                    "config.levels[0].models[0].colour"
                ),
                (["layers": [["models": []]]], "config.layers[0].models"),
                (
                    ["layers": [["filter_workflow": ["day"], "models": [["model_id": "a"]]]]],
                    "config.layers[0].filter_workflow[0]"
                ),
                (["levels": levels, "layers": levels], "config.layers"), (["levels": 1], "config.levels"),
            ] {
                let error = await #expect(throws: EngineError.self) {
                    try await sieve.addProject("q", config: config)
                }
                #expect(error?.code == .invalidRequest && error?.path == path, "\(String(describing: error))")
            }
            _ = try await sieve.addProject("q", config: ["levels": [], "fps": 2])
        }
    }

    @Test func `what is fetched is limited, and leaves no file behind`() async throws {
        try await withSieve { store, sieve in
            let project = try await sieve.addProject("p", config: [:])
            let server = try ScriptedServer { request in
                switch request.target {
                case "/long":
                    .close(ScriptedServer.Reply.head(200, [("content-length", "\(2 << 30)")]) + [1])
                case "/cut":
                    .close(ScriptedServer.Reply.head(200, [("content-length", "100000")]) + [1, 2, 3])
                default: .answer(404)
                }
            }
            for (name, what) in [("long", "1073741824"), ("cut", "after 3 bytes")] {
                let job = try await sieve.push(
                    "\(server.root)/\(name)", name: name, isImage: false, userMetadata: [:], to: project)
                var video = try await sieve.job(job, of: "p")
                while ![.finished, .failed].contains(video.status) {
                    try await Task.sleep(for: .milliseconds(20))
                    video = try await sieve.job(job, of: "p")
                }
                #expect(
                    video.status == .failed && video.error?.contains(what) == true, "\(video.error ?? "")")
            }
            let left = try FileManager.default.contentsOfDirectory(
                atPath: store.directory.string + "/uploads")
            #expect(left.isEmpty, "\(left)")
        }
    }
}

@Suite struct SignedFrameTests {
    private let now = DateTime(microseconds: 1_700_000_000_000_000)

    @Test func `an address is good for a day, for its frame alone, and for nobody who has another key`()
        throws
    {
        let signer = AddressSigner(keyFile: nil)
        let frame = SignedFrame(job: "j", frame: 5, now: now)
        #expect(frame.expires >= 1_700_000_000 + 86_400 && frame.expires < 1_700_000_000 + 90_000)
        let target = frame.target(signedBy: signer)
        #expect(target.hasPrefix("/sieve/v1/signed/j/5?expires=\(frame.expires)&signature="))
        let signature = String(target.suffix(64))
        try frame.check(signature, by: signer, now: now)
        func refusal(_ frame: SignedFrame, _ signature: String, _ seconds: Int64 = 0) -> String? {
            do {
                try frame.check(
                    signature, by: signer, now: DateTime(microseconds: now.microseconds + seconds * 1_000_000)
                )
                return nil
            } catch {
                return error.path
            }
        }
        #expect(refusal(frame, signature, 86_399) == nil)
        #expect(refusal(frame, signature, 90_000) == "expires")
        var other = frame
        other.frame = 6
        #expect(refusal(other, signature) == "signature")
        other = frame
        other.expires += 3_600
        #expect(refusal(other, signature, 90_000) == "signature")
        other = frame
        other.job = "k"
        #expect(refusal(other, signature) == "signature")
        for forged in ["", "00", String(signature.dropLast()) + "z", String(signature.reversed())] {
            #expect(refusal(frame, forged) == "signature", "\(forged)")
        }
        #expect(!AddressSigner(keyFile: nil).isValid(signature, of: "sieve-frame\nj\n5\n\(frame.expires)"))
    }

    @Test func `the key lasts as long as its file, and is HMAC's`() throws {
        let folder = try TemporaryFolder()
        let file = folder.path.appending("signing.key")
        let made = AddressSigner(keyFile: file).signature(of: "a")
        #expect(AddressSigner(keyFile: file).isValid(made, of: "a"))
        let mode = try FileManager.default.attributesOfItem(atPath: file.string)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // python3: hmac.new(bytes(range(32)), b"sieve-frame\nj\n5\n100", "sha256").hexdigest()
        _ = try folder.write(Array(0..<32), to: "signing.key")
        let known = "b081748bfe285ce772a48758cca0a932579bc9a1402e8a6967636ffd7baaaf49"
        #expect(AddressSigner(keyFile: file).signature(of: "sieve-frame\nj\n5\n100") == known)
        #expect(!AddressSigner(keyFile: file).isValid(made, of: "a"))
        // What holds no key is replaced by one.
        _ = try folder.write([1, 2, 3], to: "signing.key")
        let renewed = AddressSigner(keyFile: file).signature(of: "a")
        #expect(AddressSigner(keyFile: file).isValid(renewed, of: "a"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string) == ["signing.key"])
    }
}
