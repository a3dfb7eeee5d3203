import Base
import Foundation
import Media
import SystemPackage
import TestSupport
import Testing

@testable import Engine

/// Frames that cannot be had, among others that can.
@Suite(.onOwnThreads, .enabled(if: TestVideo.hasTools, "needs ffmpeg")) struct FrameWalkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func add(_ video: FilePath, to store: Store) throws -> EntityID {
        var run = ImportRun(parameters: [:])
        let prepared = try store.prepareVideo(
            .file(video), path: video.string, properties: [:], labels: [], reference: nil)
        return try store.commit([prepared], run: &run)[0].get().id
    }

    /// What a list tells before it ends, and with what it ends.
    private func list(_ id: EntityID, of store: Store) async throws -> ([Document], EngineError?) {
        var request = FrameListRequest(id, class: "Video")
        request.wantsChecksums = true
        var all: [Document] = []
        do {
            for try await some in try await store.frames(request) { all += some }
        } catch let error as EngineError {
            return (all, error)
        }
        return (all, nil)
    }

    /// Noise that takes some megabytes, so that its bytes have several checksums.
    private func noise(_ arguments: [String]) throws -> TestVideo {
        try TestVideo(
            "noise.mkv",
            [
                "-f", "lavfi", "-i", "testsrc2=size=960x540:rate=25", "-frames:v", "60", "-vf",
                "noise=c0s=60:c0f=t:c0_seed=5",
            ] + arguments, in: folder)
    }

    @Test(arguments: [
        ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"],
        ["-c:v", "libx264", "-qp", "12", "-g", "10", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
    ])
    func `bytes that have changed on disk take the frames that need them, and no others`(
        _ arguments: [String]
    ) async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let video = try noise(arguments)
        let bytes = try video.bytes
        #expect(bytes.count > 12 << 20)
        let shown = try video.shown
        let id = try add(video.path, to: store)
        let (whole, none) = try await list(id, of: store)
        #expect(none == nil && whole.map { $0["crc"]?.stringValue } == shown.map(\.crc))

        // A bit in the stored copy, behind what is read to open it.
        let middle = bytes.count * 3 / 4
        let needle = Data(bytes[middle..<middle + 64])
        let blobs = URL(fileURLWithPath: store.directory.appending("blobs").string)
        var count = 0
        for case let url as URL in try #require(
            FileManager.default.enumerator(at: blobs, includingPropertiesForKeys: nil))
        where !url.hasDirectoryPath {
            var stored = try Data(contentsOf: url)
            guard let place = stored.range(of: needle)?.lowerBound else { continue }
            stored[place + 3] ^= 1
            try stored.write(to: url)
            count += 1
        }
        #expect(count == 1)

        // Nothing of it is left in memory.
        store.restingReaders.closeAll()
        let (listed, error) = try await list(id, of: store)
        try #require(
            listed.map { $0["frame_number"]?.integerValue } == (0..<60).map { Int64($0) },
            "\(error?.message ?? "")")
        let lost = listed.indices.filter { listed[$0]["damaged"] == true }
        #expect(!lost.isEmpty && lost.count < 30)
        for number in 0..<60 where !lost.contains(number) {
            #expect(listed[number]["crc"]?.stringValue == shown[number].crc, "frame \(number)")
        }
        let first = try #require(lost.first)
        #expect(error?.code == .corrupt)
        #expect(error?.message.hasPrefix("frame \(first) ") == true, "\(error?.message ?? "")")

        let pictures = folder.path.appending("pictures")
        let request = FrameExportRequest(
            id, class: "Video", pipeline: try Store.pipeline(["resize=64x48", "encode=png"]),
            folder: pictures, ending: "png")
        let failure = await #expect(throws: EngineError.self) {
            try await store.exportFrames(request) { _ in }
        }
        #expect(failure?.code == .corrupt)
        let names = try FileManager.default.contentsOfDirectory(atPath: pictures.string)
        #expect(Set(names) == Set((0..<60).filter { !lost.contains($0) }.map { "\(id)-\($0).png" }))
    }

    @Test func `frames that are not decoded are named by verify, where it decodes`() async throws {
        let temporary = try await TemporaryStore()
        let store = temporary.store
        let whole = try TestVideo(counting: 40, in: folder)
        _ = try add(whole.path, to: store)
        // The bytes of a frame in the middle are other ones before it is added.
        let probed = try Program.run(
            "ffprobe",
            [
                "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pos", "-of", "csv=p=0",
                whole.path.string,
            ])
        let positions = probed.text.split(separator: "\n").compactMap { Int($0) }
        var bytes = try whole.bytes
        bytes[positions[25] + 4] = 30
        let id = try add(FilePath(try folder.write(bytes, to: "lost.mp4")), to: store)
        func findings(decoding: Bool) async throws -> ([String], [String]) {
            var (findings, progress): ([String], [String]) = ([], [])
            for try await event in store.verify(decodesVideos: decoding) {
                switch event {
                case .finding(let kind, let message): findings.append("\(kind): \(message)")
                case .videos: progress.append(event.document.json)
                case .progress: break
                }
            }
            return (findings, progress)
        }
        let (none, told) = try await findings(decoding: false)
        #expect(none == [])
        #expect(told == [#"{"progress":{"videos":2,"videos_decoded":0,"frames":0}}"#])
        let (found, last) = try await findings(decoding: true)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("video: Video \(id): frame ") == true, "\(found)")
        #expect(found.first?.hasSuffix(" of 40 is damaged") == true, "\(found)")
        #expect(last.last == #"{"progress":{"videos":2,"videos_decoded":2,"frames":79}}"#)
    }
}
