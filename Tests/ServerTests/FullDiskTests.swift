import Base
import Engine
import Inference
import Pipeline
import SystemPackage
import TestSupport
import Testing

@testable import Server

/// A disk that fills up under the server.
@Suite(.serialized) struct FullDiskTests {
    @Test(.enabled(if: ServedStore.canMount, "this process may not mount a file system to fill it up"))
    func `a full disk answers uploads with 507, keeps what was taken, and takes more once there is room`()
        async throws
    {
        try await ServedStore.run(disk: "7m") { served in
            let ballast = served.directory.removingLastComponent().appending("ballast")
            let file = try FileDescriptor.open(
                ballast, .writeOnly, options: .create, permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll([UInt8](repeating: 1, count: 1 << 20)) }
            func picture(_ seed: Int) -> [UInt8] {
                // The comment tells pictures apart whose pixels are the same.
                Array("P6\n# \(seed)\n300 200\n255\n".utf8)
                    + [UInt8](repeating: UInt8(seed & 255), count: 180_000)
            }
            var taken: [(id: String, bytes: [UInt8])] = []
            var refusals = 0
            for seed in 0..<200 where refusals < 3 {
                let answer = try await served.answer("POST", "/v1/entities/Image", body: picture(seed))
                if answer.status == 201 {
                    let verdict = answer.json?["verdicts"]?.arrayValue?.first?.objectValue
                    taken.append((try #require(verdict?["_uniqueid"]?.stringValue), picture(seed)))
                } else {
                    #expect(answer.status == 507, "\(answer.text)")
                    #expect(answer.json?["error"]?.objectValue?["code"] == "disk_full")
                    refusals += 1
                }
            }
            #expect(refusals == 3 && taken.count > 2)
            let count = try await served.answer("POST", "/v1/entities/Image/count", json: "{}")
            #expect(count.text == #"{"count":\#(taken.count)}"#)
            for (id, bytes) in taken {
                let blob = try await served.answer("GET", "/v1/entities/Image/\(id)/blob")
                #expect(blob.status == 200 && blob.body == bytes)
            }
            try served.remove(ballast)
            let after = try await served.answer("POST", "/v1/entities/Image", body: picture(999))
            #expect(after.status == 201, "\(after.text)")
        }
    }

    @Test(
        .enabled(
            if: ServedStore.canMount && TestVideo.hasTools,
            "this process may not mount a file system to fill it up, or there is no ffmpeg"))
    func `a disk that fills up in the middle of an export loses nothing, and the export is made later`()
        async throws
    {
        let folder = try TemporaryFolder()
        let video = try TestVideo(
            "clip.mp4",
            [
                "-f", "lavfi", "-i", "testsrc2=s=640x360:r=25:d=8", "-pix_fmt", "yuv420p", "-c:v", "libx264",
                "-threads", "1",
            ], in: folder)
        try await ServedStore.run(disk: "32m") { served in
            let sieve = Sieve(store: served.store, web: WebBytes(userAgent: "test"), models: ModelRegistry())
            let working = Task { await sieve.run { _, _ in } }
            defer { working.cancel() }
            let project = try await sieve.addProject("p", config: ["fps": 25])
            let name = try sieve.uploads.open()
            let sent = folder.path.appending("sent.part")
            let there = served.directory.appending("uploads/sent.part")
            _ = try Program.run("cp", [video.path.string, sent.string])
            _ = try Program.run("cp", [sent.string, there.string])
            try sieve.uploads.take(there, as: name)
            let job = try await sieve.push(
                "http://x" + SieveUploads.path + name, name: "v", isImage: false, userMetadata: [:],
                to: project)
            while try await ![.finished, .failed].contains(sieve.job(job, of: "p").status) {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try await sieve.job(job, of: "p").status == .finished)

            // All but 3 MB is taken: 200 frames as JPEG are more.
            let ballast = served.directory.removingLastComponent().appending("ballast")
            let file = try FileDescriptor.open(
                ballast, .writeOnly, options: .create, permissions: .ownerReadWrite)
            var written: Int64 = 0
            try file.closeAfter {
                let piece = [UInt8](repeating: 1, count: 1 << 18)
                // The disk is full where this throws, which is wanted.
                while let count = piece.withUnsafeBytes({ try? file.write($0) }), count > 0 {
                    written += Int64(count)
                }
                try file.resize(to: max(0, written - 3 << 20))
            }
            func export() async throws -> SieveExport {
                let export = try await sieve.export("all", of: project, tags: [])
                while true {
                    let now = try await sieve.exports(of: "p").first { $0.exportID == export.exportID }
                    if let now, [.complete, .failed].contains(now.status) { return now }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let failed = try await export()
            #expect(failed.status == .failed && failed.error?.contains("full") == true, "\(failed)")
            let left = try Program.run("find", [served.directory.appending("exports").string, "-type", "f"])
            #expect(left.output.isEmpty, "\(left.everything)")
            #expect(try await sieve.frames(of: project, tags: []).count == 200)
            try served.remove(ballast)
            let complete = try await export()
            #expect(complete.status == .complete, "\(complete)")
            let archive = try await sieve.file(Sieve.archiveName, ofExport: complete.exportID)
            let listed = try Program.run("tar", ["-tf", archive.string])
            #expect(listed.status == 0)
            #expect(String(decoding: listed.output, as: UTF8.self).split(separator: "\n").count == 200)
        }
    }
}
