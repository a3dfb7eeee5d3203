import Annotations
import Base
import Foundation
import Media
import Query
import SystemPackage
import TestSupport
import Testing

@testable import Catalog
@testable import Engine

/// Videos, clips and frames as entities of a store.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct VideoStoreTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func add(
        _ video: FilePath, to store: Store, properties: Document = [:], labels: [String] = []
    ) throws -> CommittedMedia {
        var run = ImportRun(parameters: [:])
        let prepared = try store.prepareVideo(
            .file(video), path: video.string, properties: properties, labels: labels, reference: nil)
        return try store.commit([prepared], run: &run)[0].get()
    }

    private func frames(
        _ id: EntityID, of store: Store, class name: String = "Video", crc: Bool = false,
        _ change: (inout FrameSpan) -> Void = { _ in }
    ) async throws -> [Document] {
        var request = FrameListRequest(id, class: name)
        request.wantsChecksums = crc
        change(&request.span)
        var all: [Document] = []
        for try await some in try await store.frames(request) { all += some }
        return all
    }

    /// The gray of a frame that is gray all over.
    private func gray(
        _ id: EntityID, frame: Int, of store: Store, class name: String = "Video"
    ) async throws -> Int {
        let request = try await store.pixelRequest(
            id, class: name, pipeline: try Store.pipeline(["encode=png"]), frame: frame)
        let image = try ImageCodec.decode(try await store.pixels(request).bytes)
        let samples = image.raster.pixels
        #expect(Int(samples.max() ?? 0) - Int(samples.min() ?? 0) <= 1)
        return Int(samples[0])
    }

    @Test func `the picture of a frame comes out of its video, and facets count the classes of its labels`()
        async throws
    {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let video = try add(try TestVideo(counting: 50, in: folder).path, to: store).id
        let box = LabelGeometry.json(Region.Geometry.box(Box(x: 1, y: 2, width: 3, height: 4)).value)
        func label(_ name: String, _ kind: LabelKind = .box) -> NewLabel {
            NewLabel(kind, name, geometry: kind == .box ? box : nil, confidence: 0.5, source: "")
        }
        var commit = StatementCommit(kind: "model", source: "model:a@1")
        let said = [
            FrameLabels(7, at: 0.28, [label("car"), label("car"), label("dog")]),
            FrameLabels(9, at: 0.36, [label("car"), label("car", .class)]),
            FrameLabels(40, at: 1.6, [label("dog", .class)]),
        ]
        _ = try store.commit([Statement(video, by: "model:a@1", frames: said)], &commit)
        let ids = try store.labelTargets(LabelTargets([], class: "Frame")).ids
        let grays = try ids.map { Int(try store.picture(of: $0).pixels[0]) }
        for (gray, frame) in zip(grays, [7, 9, 40]) {
            #expect(abs(gray - TestVideo.gray(ofFrame: frame)) <= 1)
        }
        #expect(grays.count == 3)

        func facet(_ name: String?, _ filter: String = "{}") async throws -> [Facet] {
            try await store.facets(
                class: "Frame", filter: Filter.parse(filter), properties: name.map { [$0] }, limit: 10
            ).facets
        }
        func counts(_ facet: Facet) -> [String: Int] {
            Dictionary(uniqueKeysWithValues: facet.values.map { ($0.value.stringValue ?? "", $0.count) })
        }
        let classes = try #require(try await facet("labels.class").first)
        // A frame counts once for a class, however many labels and kinds of them say it.
        #expect(counts(classes) == ["car": 2, "dog": 2] && classes.missing == 0 && classes.distinct == 2)
        let few = try #require(try await facet("labels.class", #"{"frame_number": {"$lt": 8}}"#).first)
        #expect(counts(few) == ["car": 1, "dog": 1])
        let whole = try #require(try await facet("label").first)
        #expect(counts(whole) == ["car": 1, "dog": 1] && whole.missing == 1)
        #expect(try await facet(nil).map(\.property).contains("labels.class"))
        #expect(
            try await store.count(
                class: "Frame", filter: Filter.parse(#"{"labels.class": {"$exists": true}}"#)) == 3)
        #expect(
            try await store.count(
                class: "Video", filter: Filter.parse(#"{"labels.class": {"$exists": false}}"#)) == 1)
    }

    @Test func `a video is an entity with the facts of its file`() async throws {
        let temporary = try await TemporaryStore()
        let video = try TestVideo(counting: 50, in: folder)
        let added = try add(
            video.path, to: temporary.store, properties: ["place": "yard", "fps": 99], labels: ["test"])
        #expect(added.isNew && added.id.description == "1.0.0")
        #expect(added.note == "the property 'fps' is the file's own and was not set")
        let entity = try await temporary.store.entity(added.id, class: "Video")
        let expected: Document = [
            "container": "mp4", "codec": "h264", "width": 64, "height": 48, "frame_count": 50,
            "keyframe_count": 5, "frame_rate": "25/1", "duration": 2.0, "fps": 25.0, "audio_tracks": 0,
            "place": "yard", "label": "test", "bytes": .integer(Int64(try video.bytes.count)),
        ]
        for (name, value) in expected.members { #expect(entity[name] == value, "\(name)") }
        #expect(entity["error"] == nil)
        let again = try add(video.path, to: temporary.store)
        #expect(!again.isNew && again.id == added.id)
        let blob = try await temporary.store.blob(added.id, class: "Video")
        #expect(blob.contentType == "video/mp4")
        let stored = try await temporary.store.bytes(of: blob)
        #expect(try stored == video.bytes)
    }

    @Test func `frames are those that FFmpeg's own programs show, in any order`() async throws {
        let temporary = try await TemporaryStore()
        let video = try TestVideo(counting: 50, in: folder)
        let id = try add(video.path, to: temporary.store).id
        let listed = try await frames(id, of: temporary.store, crc: true)
        let shown = try video.shown
        #expect(shown.count == 50)
        #expect(
            listed.map {
                TestVideo.Shown(isKeyframe: $0["keyframe"] == true, crc: $0["crc"]?.stringValue ?? "")
            }
                == shown)
        #expect(listed.map { $0["time"]?.floatValue } == (0..<50).map { Double($0) / 25 })
        for number in [31, 0, 49, 7, 8, 9, 30] {
            let found = try await gray(id, frame: number, of: temporary.store)
            #expect(abs(found - TestVideo.gray(ofFrame: number)) <= 1, "frame \(number)")
        }
        await #expect(throws: EngineError.self) { try await gray(id, frame: 50, of: temporary.store) }
    }

    @Test func `some frames are chosen by range, step, rate or as keyframes`() async throws {
        let temporary = try await TemporaryStore()
        let id = try add(try TestVideo(counting: 50, in: folder).path, to: temporary.store).id
        func numbers(_ change: (inout FrameSpan) -> Void) async throws -> [Int64?] {
            try await frames(id, of: temporary.store, change).map { $0["frame_number"]?.integerValue }
        }
        #expect(try await numbers { ($0.from, $0.to, $0.step) = (10, 20, .every(4)) } == [10, 14, 18])
        #expect(try await numbers { $0.step = .keyframes } == [0, 10, 20, 30, 40])
        // At 25 frames a second, those nearest to 0, 0.4, 0.8, 1.2 and 1.6 seconds.
        #expect(try await numbers { $0.step = .rate(2.5) } == [0, 10, 20, 30, 40])
        #expect(try await numbers { $0.step = .rate(1_000) } == (0..<50).map { $0 })
        for rate in [1e12, 1e18, 1e308] {
            #expect(try await numbers { $0.step = .rate(rate) } == Array(0..<50), "\(rate)")
        }
        #expect(try await numbers { $0.step = .rate(.leastNonzeroMagnitude) } == [0])
        #expect(try await numbers { ($0.from, $0.to) = (48, 99) } == [48, 49])
    }

    @Test func `an index of frames that is gone or damaged is made anew`() async throws {
        let temporary = try await TemporaryStore()
        let video = try TestVideo(counting: 20, in: folder)
        let id = try add(video.path, to: temporary.store).id
        let directory = temporary.store.directory.appending("frames")
        let digest = try await temporary.store.blob(id, class: "Video").digest
        let file = directory.appending(String(digest.description.prefix(2))).appending(digest.description)
        let whole = try #require(CacheFile.contents(of: file))
        #expect(FrameIndex(encoded: whole)?.count == 20)
        for place in whole.indices {
            var damaged = whole
            damaged[place] ^= 0x10
            #expect(FrameIndex(encoded: damaged) == nil, "byte \(place)")
            #expect(FrameIndex(encoded: Array(whole[..<place])) == nil)
        }
        #expect(FrameIndexes(directory: directory).find(digest)?.count == 20)
        #expect(CacheFile.write(Array(whole.dropLast()), to: file, through: FilePath(file.string + ".part")))
        #expect(FrameIndexes(directory: directory).find(digest) == nil)
        #expect(CacheFile.contents(of: file) == nil, "a damaged file is removed")
        // Another reader of the store knows no index, and finds the frames all the same.
        let other = try await Store.open(
            at: temporary.store.directory, access: .readOnly,
            options: StoreOptions(computeThreads: 1, readThreads: 1))
        #expect(try await frames(id, of: other).count == 20)
    }

    @Test func `what is wrong with a video is kept with it, or it is refused`() async throws {
        let temporary = try await TemporaryStore()
        let whole = try TestVideo(counting: 50, in: folder).bytes
        for count in [24, 40, 1_000, whole.count / 2, whole.count - 1] {
            let path = try folder.write(Array(whole.prefix(count)), to: "cut\(count).mp4")
            let added = try add(FilePath(path), to: temporary.store)
            let entity = try await temporary.store.entity(added.id, class: "Video")
            let error = try #require(entity["error"]?.stringValue, "\(count): \(entity.json)")
            // The first 40 bytes are two whole boxes.
            #expect(error.contains("ends too early") == (count != 40), "\(count): \(error)")
            #expect(entity["bytes"] == .integer(Int64(count)))
        }
        let sound = try TestVideo(
            "sound.mp4", ["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac"], in: folder)
        let text = FilePath(try folder.write(Array("no video at all".utf8), to: "text.mp4"))
        let gone = folder.path.appending("gone.mp4")
        for (path, code) in [
            (sound.path, EngineError.Code.unsupportedMedia), (text, .unsupportedMedia), (gone, .gone),
        ] {
            let error = #expect(throws: EngineError.self) { try add(path, to: temporary.store) }
            #expect(error?.code == code, "\(path): \(error?.message ?? "")")
        }
    }

    @Test func `a video takes its clips and frames with it, and the index of its frames`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let first = try add(try TestVideo(counting: 20, in: folder).path, to: store).id
        let second = try add(try TestVideo(counting: 30, name: "b.mp4", in: folder).path, to: store).id
        let parts = try store.catalog.write { transaction in
            try [first, second].map { video in
                (
                    clip: try transaction.addClip(of: video, 3..<9, times: (0.12, 0.36)),
                    frame: try transaction.addFrame(5, of: video, time: 0.2, ["seen": true])
                )
            }
        }
        for (id, frame, name) in [(parts[0].clip, 2, "Clip"), (parts[0].frame, 0, "Frame")] {
            let found = try await gray(id, frame: frame, of: store, class: name)
            #expect(abs(found - TestVideo.gray(ofFrame: 5)) <= 1)
        }
        let known = try store.catalog.write { try $0.frame(5, of: first) }
        #expect(known == parts[0].frame)
        #expect(throws: CatalogError.self) {
            try store.catalog.write { _ = try $0.addFrame(5, of: first, time: 0.2) }
        }
        try await store.delete(first, class: "Video", by: "test")
        for (id, name) in [(parts[0].clip, "Clip"), (parts[0].frame, "Frame")] {
            let error = await #expect(throws: EngineError.self) { try await store.entity(id, class: name) }
            #expect(error?.code == .gone)
        }
        #expect(try await store.entity(parts[1].frame, class: "Frame")["seen"] == true)
        #expect(try await store.entity(parts[1].clip, class: "Clip")["start_frame"] == 3)
        let folderOfIndexes = store.directory.appending("frames")
        #expect(files(below: folderOfIndexes).count == 2)
        _ = try await store.collectGarbage()
        #expect(files(below: folderOfIndexes).count == 1)
        for try await event in store.verify() {
            if case .finding(_, let message) = event { Issue.record("\(message)") }
        }
    }

    @Test func `a frame has what was said of its video`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let video = try add(
            try TestVideo(counting: 20, in: folder).path, to: store,
            properties: ["place": "yard", "camera": 3]
        ).id
        let frame = try store.catalog.write {
            try $0.addFrame(5, of: video, time: 0.2, ["place": "door"])
        }
        let entity = try await store.entity(frame, class: "Frame")
        #expect(entity["place"] == "door" && entity["camera"] == 3 && entity["frame_number"] == 5)
        #expect(entity["video"] == .string(video.description) && entity["codec"] == nil)
    }
}
