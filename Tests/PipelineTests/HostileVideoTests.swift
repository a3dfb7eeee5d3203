import Base
import Engine
import Foundation
import Pipeline
import SystemPackage
import TestSupport
import Testing

/// Videos whose times are made up to do harm, or that fuzzing has found.
@Suite(
    .onOwnThreads, .timeLimit(.minutes(20)), .enabled(if: Surroundings.hasPrograms("ffmpeg"), "needs ffmpeg"))
struct HostileVideoTests {
    private static let corpus = Surroundings.repository.appendingPathComponent("Fuzz/corpus/FuzzVideos")

    /// The first has a frame that is shown for 2⁶³ − 1 ticks in the middle, the second at its end, the third
    /// times of 2⁶² ticks.
    private static let made = ["long-block.mkv", "long-last.mkv", "far-times.ivf"]

    @Test(arguments: made)
    func `times beyond all bounds end nothing`(_ name: String) async throws {
        #expect(FileManager.default.fileExists(atPath: Self.corpus.appendingPathComponent(name).path))
        try await goThrough([Self.corpus.appendingPathComponent(name)])
    }

    @Test func `every video of the fuzzer's corpus can be added, listed and looked through, or says why not`()
        async throws
    {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.corpus, includingPropertiesForKeys: nil)
        #expect(files.count > 5)
        try await goThrough(files.sorted { $0.path < $1.path })
    }

    /// Adds videos to a store, and asks for what needs their times.
    private func goThrough(_ files: [URL]) async throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let directory = folder.path.appending("store")
        try Store.create(at: directory)
        let store = try await Store.open(at: directory)
        for file in files {
            do {
                var run = ImportRun(parameters: [:])
                let prepared = try store.prepareVideo(
                    .file(FilePath(file.path)), path: file.path, properties: [:], labels: [], reference: nil)
                let id = try store.commit([prepared], run: &run)[0].get().id
                try await ask(of: id, store)
            } catch let error as EngineError {
                #expect(!error.message.isEmpty && !error.isOfStore, "\(file.lastPathComponent): \(error)")
            }
        }
        try await store.close()
    }

    private func ask(of id: EntityID, _ store: Store) async throws {
        for step in [FrameSpan.Step.every(1), .rate(1), .rate(1e18), .keyframes] {
            var request = FrameListRequest(id, class: "Video")
            request.span.step = step
            for try await some in try await store.frames(request) {
                for frame in some { #expect(frame["time"]?.floatValue?.isFinite == true) }
            }
        }
        _ = try await MotionFinding(store).find(in: id, class: "Video")
    }
}
