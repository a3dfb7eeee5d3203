import Annotations
import Base
import Catalog
import Engine
import Media
import SystemPackage
import TestSupport
import Testing

@testable import Pipeline

/// Whose boxes are followed where several have seen the same things.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct TrackFindingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func withVideo(_ body: (Store, EntityID) async throws -> Void) async throws {
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        do {
            let video = try TestVideo(counting: 30, in: folder)
            let prepared = try store.prepareVideo(
                .file(video.path), path: video.path.string, properties: [:], labels: [], reference: nil)
            var run = ImportRun(parameters: [:])
            _ = try store.commit([prepared], run: &run)
            try await body(
                store, try #require(try store.labelTargets(LabelTargets([], class: "Video")).ids.last))
        } catch {
            try await store.close()
            throw error
        }
        try await store.close()
    }

    /// A box of 10 × 10 that goes a pixel to the right with each frame.
    private func box(
        _ frame: Int, shift: Double = 0, confidence: Double = 0.9, name: String = "car"
    ) -> NewLabel {
        NewLabel(
            .box, name,
            geometry: .json(
                Region.Geometry.box(Box(x: Double(frame) + shift, y: 10, width: 10, height: 10)).value),
            confidence: confidence, source: "")
    }

    /// Has a source say of frames what `label` gives.
    private func say(
        _ source: String, of id: EntityID, _ frames: some Sequence<Int>, in store: Store,
        _ label: (Int) -> [NewLabel]
    ) throws {
        let index = try store.labelsAndIndex(ofVideo: id, Cancellation()).index
        let said = frames.map { FrameLabels($0, at: index.seconds(of: $0), label($0)) }
        var commit = StatementCommit(kind: "model", source: source)
        let outcomes = try store.commit([Statement(id, by: source, frames: said)], &commit)
        guard case .labelled = outcomes[0] else { throw EngineError(.failed, "\(outcomes)") }
        if let run = commit.run { try store.finish(run: run) }
    }

    /// The boxes that are followed, before they are.
    private func followed(_ store: Store, _ id: EntityID) throws -> [TrackedBoxes] {
        TrackedBoxes.groups(in: try LabelledFootage(store, id, Cancellation()), tag: nil, source: nil)
    }

    /// The left sides of the boxes of the first group, frame by frame.
    private func lefts(_ boxes: [TrackedBoxes]) -> [[Double]] {
        (boxes.first?.frames ?? []).map { frame in frame.sightings.map(\.box.x) }
    }

    private func tracks(_ store: Store, _ id: EntityID) async throws -> [StoredTrack] {
        try await store.tracks(of: id, class: "Video")
    }

    @Test func `a thing that two models have seen is one track, of the model that looked last`() async throws
    {
        try await withVideo { store, id in
            try say("model:a@1", of: id, 0..<20, in: store) { [box($0)] }
            try say("model:b@1", of: id, 0..<10, in: store) { [box($0, shift: 1)] }
            let finding = TrackFinding(store)
            #expect(try await finding.find(in: id, class: "Video", by: .sort) == .labelled(1))
            let newest = try await tracks(store, id)
            #expect(newest.map(\.seenBy) == ["model:b@1"] && newest[0].track.frames == 0..<10)
            #expect(newest[0].source == "tagger:tracks:sort@2")
            let boxes = try followed(store, id)
            let expected: [[Double]] = (1...10).map { (number: Int) in [Double(number)] }
            #expect(boxes.count == 1 && lefts(boxes) == expected)
            // Asked for by its name, with or without a version, it is the other's.
            for source in ["model:a", "model:a@1"] {
                let outcome = try await finding.find(in: id, class: "Video", by: nil, source: source)
                #expect(outcome == .labelled(1))
                let older = try await tracks(store, id)
                #expect(older.map(\.seenBy) == ["model:a@1"] && older[0].track.frames == 0..<20)
            }
            #expect(
                try await finding.find(in: id, class: "Video", by: nil, source: "model:c") == .labelled(0))
            #expect(try await finding.find(in: id, class: "Video", by: nil, again: true) == .labelled(1))
            #expect(try await tracks(store, id).map(\.seenBy) == ["model:b@1"])
        }
    }

    @Test func `classes that different models tell of are followed side by side`() async throws {
        try await withVideo { store, id in
            try say("model:a@1", of: id, 0..<20, in: store) { [box($0)] }
            // Of every fourth frame: that it says nothing between ends no track of the other.
            try say("model:b@1", of: id, stride(from: 0, to: 20, by: 4), in: store) {
                [box($0, name: "face")]
            }
            _ = try await TrackFinding(store).find(in: id, class: "Video", by: .sort)
            let found = try await tracks(store, id).sorted { ($0.name ?? "") < ($1.name ?? "") }
            #expect(found.map(\.name) == ["car", "face"])
            #expect(found.map(\.seenBy) == ["model:a@1", "model:b@1"])
            #expect(found[0].track.frames == 0..<20 && found[0].track.keyframes.count == 20)
        }
    }

    @Test func `what people say takes the place of a model's box, and adds what it has missed`() async throws
    {
        try await withVideo { store, id in
            try say("model:a@1", of: id, (0..<20).filter { $0 != 7 }, in: store) { [box($0)] }
            try say("human:ann", of: id, [5, 7], in: store) { [box($0, shift: 2)] }
            _ = try await TrackFinding(store).find(in: id, class: "Video", by: .sort)
            let found = try await tracks(store, id)
            #expect(found.count == 1 && found[0].track.frames == 0..<20)
            #expect(found[0].track.keyframes.count == 20 && found[0].seenBy == "model:a@1")
            // 8 of 12 pixels in common at frame 5: the person's box, 2 pixels to the right.
            let boxes = lefts(try followed(store, id))
            let expected: [[Double]] = (0..<20).map { (number: Int) in
                [Double(number) + (number == 5 || number == 7 ? 2 : 0)]
            }
            #expect(boxes == expected)
        }
    }

    @Test func `of classes that only people have drawn the newer box counts`() async throws {
        try await withVideo { store, id in
            try say("human:ann", of: id, 0..<10, in: store) { [box($0)] }
            try say("human:bob", of: id, 0..<5, in: store) { [box($0, shift: 1)] }
            _ = try await TrackFinding(store).find(in: id, class: "Video", by: .sort)
            let found = try await tracks(store, id)
            #expect(found.count == 1 && found[0].seenBy == nil && found[0].track.frames == 0..<10)
            let boxes = lefts(try followed(store, id))
            let expected: [[Double]] = (0..<10).map { (number: Int) in
                [Double(number < 5 ? number + 1 : number)]
            }
            #expect(boxes == expected)
        }
    }
}
